/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of answers. One arena an object: chunks are filled from the front and freed together.
 * The rule kept here: `problem` and `data` are never NULL, and data has a NUL behind its end.
 */
#include "source/answers.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"

enum { CHUNK_SIZE = 16 * 1024 - 64, ALIGNMENT = 16 };

struct chunk {
	struct chunk *next;
	size_t used, size;
	char bytes[] __attribute__((aligned(ALIGNMENT)));
};

/* What a gvnp_answers really is. */
struct owner {
	struct gvnp_answers answers;
	struct chunk *chunks; /* the first is the one being filled */
	void **adopted;
	size_t n_adopted;
};

static struct owner *owner_of(struct gvnp_answers *answers)
{
	return (struct owner *)answers;
}

struct gvnp_answers *gvnp_answers_new(size_t n)
{
	struct owner *owner = gvnp_allocate(sizeof *owner);

	owner->answers.n = n;
	owner->answers.answers = gvnp_allocate_array(n, sizeof *owner->answers.answers);
	for (size_t i = 0; i < n; i++) {
		owner->answers.answers[i].problem = "";
		owner->answers.answers[i].data = "";
	}
	return &owner->answers;
}

void gvnp_answers_free(struct gvnp_answers *answers)
{
	if (!answers)
		return;
	struct owner *owner = owner_of(answers);
	for (struct chunk *chunk = owner->chunks, *next; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	for (size_t i = 0; i < owner->n_adopted; i++)
		free(owner->adopted[i]);
	free(owner->adopted);
	free(answers->answers);
	free(owner);
}

void gvnp_answers_freep(struct gvnp_answers **answers)
{
	gvnp_answers_free(*answers);
}

static struct chunk *new_chunk(size_t size)
{
	if (size > SIZE_MAX - sizeof(struct chunk))
		gvnp_out_of_memory();
	struct chunk *chunk = gvnp_reallocate(NULL, sizeof *chunk + size);

	*chunk = (struct chunk){ .size = size };
	return chunk;
}

static void *reserve(struct owner *owner, size_t size)
{
	struct chunk *first = owner->chunks;

	if (size > SIZE_MAX - ALIGNMENT)
		gvnp_out_of_memory();
	size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (first && first->size - first->used >= size) {
		first->used += size;
		return first->bytes + first->used - size;
	}
	struct chunk *chunk = new_chunk(size > CHUNK_SIZE ? size : CHUNK_SIZE);
	chunk->used = size;
	/* What has a chunk of its own goes behind the one being filled. */
	if (first && size > CHUNK_SIZE / 4) {
		chunk->next = first->next;
		first->next = chunk;
	} else {
		chunk->next = first;
		owner->chunks = chunk;
	}
	return chunk->bytes;
}

void *gvnp_answers_allocate(struct gvnp_answers *answers, size_t size)
{
	return memset(reserve(owner_of(answers), size), 0, size);
}

const char *gvnp_answers_copy(struct gvnp_answers *answers, const char *data, size_t size)
{
	if (!size)
		return "";
	if (size == SIZE_MAX)
		gvnp_out_of_memory();
	char *copy = reserve(owner_of(answers), size + 1);

	memcpy(copy, data, size);
	copy[size] = '\0';
	return copy;
}

void gvnp_answers_adopt(struct gvnp_answers *answers, void *memory)
{
	struct owner *owner = owner_of(answers);

	owner->adopted = gvnp_grow(owner->adopted, owner->n_adopted);
	owner->adopted[owner->n_adopted++] = memory;
}

void gvnp_answers_set_data(struct gvnp_answers *answers, size_t i, const char *data, size_t size)
{
	answers->answers[i].data = gvnp_answers_copy(answers, data, size);
	answers->answers[i].size = size;
}

void gvnp_answers_set_format(struct gvnp_answers *answers, size_t i, const char *format, ...)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	va_list arguments;

	va_start(arguments, format);
	gvnp_buffer_append_arguments(&text, format, arguments);
	va_end(arguments);
	gvnp_answers_set_data(answers, i, gvnp_buffer_text(&text), text.size);
}

enum gvnp_file_type gvnp_answers_type(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return GVNP_TYPE_REGULAR;
	case S_IFDIR:
		return GVNP_TYPE_DIRECTORY;
	case S_IFLNK:
		return GVNP_TYPE_LINK;
	case S_IFCHR:
		return GVNP_TYPE_CHARACTER;
	case S_IFBLK:
		return GVNP_TYPE_BLOCK;
	case S_IFIFO:
		return GVNP_TYPE_FIFO;
	case S_IFSOCK:
		return GVNP_TYPE_SOCKET;
	}
	/* an anonymous inode: the target of /proc/PID/fd/N of an event descriptor, say */
	return GVNP_TYPE_NONE;
}

const char *gvnp_answers_type_words(enum gvnp_file_type type)
{
	switch (type) {
	case GVNP_TYPE_NONE:
		return "not a file";
	case GVNP_TYPE_REGULAR:
		return "a regular file";
	case GVNP_TYPE_DIRECTORY:
		return "a directory";
	case GVNP_TYPE_LINK:
		return "a symbolic link";
	case GVNP_TYPE_CHARACTER:
		return "a character device";
	case GVNP_TYPE_BLOCK:
		return "a block device";
	case GVNP_TYPE_FIFO:
		return "a FIFO";
	case GVNP_TYPE_SOCKET:
		return "a socket";
	}
	return "not a file";
}

void gvnp_answers_set_metadata(struct gvnp_answers *answers, size_t i, const struct stat *status)
{
	struct gvnp_answer *answer = &answers->answers[i];

	answer->type = gvnp_answers_type(status->st_mode);
	answer->mode = status->st_mode & 07777;
	answer->uid = status->st_uid;
	answer->gid = status->st_gid;
	answer->rdev_major = major(status->st_rdev);
	answer->rdev_minor = minor(status->st_rdev);
	answer->device_major = major(status->st_dev);
	answer->device_minor = minor(status->st_dev);
	answer->inode = status->st_ino;
	answer->modified = status->st_mtim.tv_sec;
}

static void set_problem(struct gvnp_answers *answers, size_t i, int error, const char *problem)
{
	struct gvnp_answer *answer = &answers->answers[i];

	answer->error = error;
	answer->problem = problem;
	answer->data = "";
	answer->size = 0;
	answer->entries = NULL;
	answer->n_entries = 0;
}

void gvnp_answers_fail_because(struct gvnp_answers *answers, size_t i, int error,
			       const char *format, ...)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	va_list arguments;

	va_start(arguments, format);
	gvnp_buffer_append_arguments(&text, format, arguments);
	va_end(arguments);
	set_problem(answers, i, error,
		    gvnp_answers_copy(answers, gvnp_buffer_text(&text), text.size));
}

void gvnp_answers_fail(struct gvnp_answers *answers, size_t i, const char *path, int error)
{
	gvnp_answers_fail_because(answers, i, error, "%s: %s", path, gvnp_source_error_name(error));
}
