/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames. A request is a head and a path; an answer is a head, path, problem, data and entries, in
 * this order, each string with its NUL. Every size stands in the head and their sum must be the
 * frame's: no recovery, no unknown bits, no embedded NUL where a string is meant.
 */
#include "source/message.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/buffer.h"
#include "source/answers.h"
#include "source/limits.h"

enum { KIND_REQUEST = 0x51, KIND_ANSWER = 0x41, PROBLEM_LIMIT = 64 * 1024 };

struct request_head {
	uint32_t size; /* of the frame, this head included */
	uint32_t kind;
	uint32_t id;
	uint32_t operation;
	uint32_t path_size;
};

struct answer_head {
	uint32_t size;
	uint32_t kind;
	uint32_t id;
	uint32_t operation;
	uint32_t path_size, problem_size, data_size, n_entries;
	int32_t error;
	uint32_t type, mode, uid, gid;
	uint32_t rdev_major, rdev_minor, device_major, device_minor;
	uint32_t reserved; /* 0 */
	uint64_t inode;
	int64_t modified;
};

struct entry_head {
	uint32_t name_size;
	uint32_t link_size;
	uint32_t type;
	uint32_t has_link;
};

_Static_assert(sizeof(struct answer_head) == 18 * 4 + 16, "no padding may leak");

bool gvnp_message_append_request(struct gvnp_buffer *buffer, uint32_t id,
				 const struct gvnp_request *request)
{
	size_t path_size = strlen(request->path);

	if (path_size > GVNP_LIMIT_PATH)
		return false;
	struct request_head head = {
		.size = (uint32_t)(sizeof head + path_size + 1),
		.kind = KIND_REQUEST,
		.id = id,
		.operation = request->operation,
		.path_size = (uint32_t)path_size,
	};
	gvnp_buffer_append(buffer, &head, sizeof head);
	gvnp_buffer_append(buffer, request->path, path_size + 1);
	return true;
}

static size_t entries_size(const struct gvnp_answer *answer)
{
	size_t size = 0;

	for (size_t i = 0; i < answer->n_entries; i++) {
		const struct gvnp_entry *entry = &answer->entries[i];

		size += sizeof(struct entry_head) + strlen(entry->name) + 1;
		size += entry->link ? strlen(entry->link) + 1 : 1;
	}
	return size;
}

static void append_entry(struct gvnp_buffer *buffer, const struct gvnp_entry *entry)
{
	const char *link = entry->link ? entry->link : "";
	struct entry_head head = {
		.name_size = (uint32_t)strlen(entry->name),
		.link_size = (uint32_t)strlen(link),
		.type = entry->type,
		.has_link = entry->link != NULL,
	};

	gvnp_buffer_append(buffer, &head, sizeof head);
	gvnp_buffer_append(buffer, entry->name, head.name_size + 1);
	gvnp_buffer_append(buffer, link, head.link_size + 1);
}

void gvnp_message_append_answer(struct gvnp_buffer *buffer, uint32_t id,
				const struct gvnp_request *request,
				const struct gvnp_answer *answer)
{
	const char *path = request ? request->path : "";
	size_t path_size = strlen(path), problem_size = strlen(answer->problem);
	size_t listing = entries_size(answer);
	struct gvnp_answer refusal = { .error = GVNP_TOO_LARGE, .data = "" };

	if (problem_size > PROBLEM_LIMIT)
		problem_size = PROBLEM_LIMIT;
	if (answer->size > GVNP_LIMIT_CONTENT || answer->n_entries > GVNP_LIMIT_ENTRIES ||
	    listing > 2 * GVNP_LIMIT_LISTING) {
		refusal.problem = gvnp_source_error_name(GVNP_TOO_LARGE);
		problem_size = strlen(refusal.problem);
		answer = &refusal;
		listing = 0;
	}
	struct answer_head head = {
		.size = (uint32_t)(sizeof head + path_size + 1 + problem_size + 1 + answer->size +
				   1 + listing),
		.kind = KIND_ANSWER,
		.id = id,
		.operation = request ? request->operation : 0,
		.path_size = (uint32_t)path_size,
		.problem_size = (uint32_t)problem_size,
		.data_size = (uint32_t)answer->size,
		.n_entries = (uint32_t)answer->n_entries,
		.error = answer->error,
		.type = answer->type,
		.mode = answer->mode,
		.uid = answer->uid,
		.gid = answer->gid,
		.rdev_major = answer->rdev_major,
		.rdev_minor = answer->rdev_minor,
		.device_major = answer->device_major,
		.device_minor = answer->device_minor,
		.inode = answer->inode,
		.modified = answer->modified,
	};
	gvnp_buffer_append(buffer, &head, sizeof head);
	gvnp_buffer_append(buffer, path, path_size + 1);
	gvnp_buffer_append(buffer, answer->problem, problem_size);
	gvnp_buffer_append(buffer, "", 1);
	gvnp_buffer_append(buffer, answer->data, answer->size);
	gvnp_buffer_append(buffer, "", 1);
	for (size_t i = 0; i < answer->n_entries; i++)
		append_entry(buffer, &answer->entries[i]);
}

int gvnp_message_size(const char *bytes, size_t available, size_t limit, size_t *ret)
{
	uint32_t size;

	if (available < sizeof size)
		return -EAGAIN;
	memcpy(&size, bytes, sizeof size);
	if (size < sizeof(struct request_head) || size > limit)
		return -EBADMSG;
	if (available < size)
		return -EAGAIN;
	*ret = size;
	return 0;
}

uint32_t gvnp_message_id(const char *frame)
{
	uint32_t id;

	_Static_assert(offsetof(struct request_head, id) == offsetof(struct answer_head, id),
		       "both heads have it at the same place");
	memcpy(&id, frame + offsetof(struct answer_head, id), sizeof id);
	return id;
}

/* Cuts a string of `size` bytes and its NUL off the front. */
static bool take_bytes(const char **at, const char *end, size_t size, const char **ret)
{
	if ((size_t)(end - *at) <= size || (*at)[size])
		return false;
	*ret = *at;
	*at += size + 1;
	return true;
}

static bool take_text(const char **at, const char *end, size_t size, const char **ret)
{
	return take_bytes(at, end, size, ret) && !memchr(*ret, '\0', size);
}

static bool is_operation(uint32_t operation)
{
	return operation <= GVNP_LIBVIRT;
}

int gvnp_message_decode_request(const char *frame, size_t size, uint32_t *ret_id,
				struct gvnp_request *ret)
{
	const char *at = frame + sizeof(struct request_head), *end = frame + size, *path;
	struct request_head head;

	if (size < sizeof head || size > GVNP_MESSAGE_REQUEST_LIMIT)
		return -EBADMSG;
	memcpy(&head, frame, sizeof head);
	if (head.size != size || head.kind != KIND_REQUEST || !is_operation(head.operation) ||
	    head.path_size > GVNP_LIMIT_PATH || !take_text(&at, end, head.path_size, &path) ||
	    at != end)
		return -EBADMSG;
	*ret_id = head.id;
	*ret = (struct gvnp_request){ (enum gvnp_operation)head.operation, path };
	return 0;
}

static bool is_answer_head(const struct answer_head *head, size_t size)
{
	return head->size == size && head->kind == KIND_ANSWER && is_operation(head->operation) &&
	       !head->reserved && head->error >= 0 && head->type <= GVNP_TYPE_SOCKET &&
	       head->mode <= 07777 && head->path_size <= GVNP_LIMIT_PATH &&
	       head->problem_size <= PROBLEM_LIMIT && !head->error == !head->problem_size &&
	       head->data_size <= GVNP_LIMIT_CONTENT && head->n_entries <= GVNP_LIMIT_ENTRIES;
}

static bool take_entry(const char **at, const char *end, struct gvnp_entry *ret)
{
	const char *name, *link;
	struct entry_head head;

	if ((size_t)(end - *at) < sizeof head)
		return false;
	memcpy(&head, *at, sizeof head);
	*at += sizeof head;
	if (head.type > GVNP_TYPE_SOCKET || head.has_link > 1 || !head.name_size ||
	    (!head.has_link && head.link_size))
		return false;
	if (!take_text(at, end, head.name_size, &name) ||
	    !take_text(at, end, head.link_size, &link) || strchr(name, '/'))
		return false;
	*ret = (struct gvnp_entry){ name, (enum gvnp_file_type)head.type,
				    head.has_link ? link : NULL };
	return true;
}

/* An entry has at least its head and two NULs, which bounds what n_entries allocates. */
static bool take_entries(const char **at, const char *end, size_t n, struct gvnp_answers *answers,
			 const struct gvnp_entry **ret)
{
	if (n > (size_t)(end - *at) / (sizeof(struct entry_head) + 2))
		return false;
	struct gvnp_entry *entries = n ? gvnp_answers_allocate(answers, n * sizeof *entries) : NULL;
	for (size_t i = 0; i < n; i++)
		if (!take_entry(at, end, &entries[i]))
			return false;
	*ret = entries;
	return true;
}

int gvnp_message_decode_answer(const char *frame, size_t size, struct gvnp_answers *answers,
			       uint32_t *ret_id, struct gvnp_request *ret_request,
			       struct gvnp_answer *ret)
{
	const char *at = frame + sizeof(struct answer_head), *end = frame + size;
	const struct gvnp_entry *entries;
	const char *path, *problem, *data;
	struct answer_head head;

	if (size < sizeof head || size > GVNP_MESSAGE_ANSWER_LIMIT)
		return -EBADMSG;
	memcpy(&head, frame, sizeof head);
	if (!is_answer_head(&head, size) || !take_text(&at, end, head.path_size, &path) ||
	    !take_text(&at, end, head.problem_size, &problem) ||
	    !take_bytes(&at, end, head.data_size, &data) ||
	    !take_entries(&at, end, head.n_entries, answers, &entries) || at != end)
		return -EBADMSG;
	*ret_id = head.id;
	*ret_request = (struct gvnp_request){ (enum gvnp_operation)head.operation, path };
	*ret = (struct gvnp_answer){
		.error = head.error,
		.problem = problem,
		.data = data,
		.size = head.data_size,
		.entries = entries,
		.n_entries = head.n_entries,
		.type = (enum gvnp_file_type)head.type,
		.mode = head.mode,
		.uid = head.uid,
		.gid = head.gid,
		.rdev_major = head.rdev_major,
		.rdev_minor = head.rdev_minor,
		.device_major = head.device_major,
		.device_minor = head.device_minor,
		.inode = head.inode,
		.modified = head.modified,
	};
	return 0;
}
