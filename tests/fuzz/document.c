/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts as documents, in both directions. Whatever the bytes are, they are a document: what is not
 * understood is left out. */
#include "document.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "gvnp/collector.h"
#include "source/answers.h"
#include "source/index.h"

enum { BUCKETS = 1024, OPERATIONS = GVNP_LIBVIRT + 1 };

struct message {
	struct gvnp_request request;
	struct gvnp_slice metadata, content;
	struct message *next;
};

struct document {
	struct gvnp_source source;
	struct message *messages;
	size_t n;
	struct message *buckets[BUCKETS];
};

static const char types[] = "-rdlcbfs";

static unsigned hash(const struct gvnp_request *request)
{
	unsigned sum = request->operation;

	for (const char *at = request->path; *at; at++)
		sum = sum * 31 + (unsigned char)*at;
	return sum % BUCKETS;
}

static bool parse_operation(struct gvnp_slice word, enum gvnp_operation *ret)
{
	for (int i = 0; i < OPERATIONS; i++)
		if (gvnp_slice_is(word, gvnp_source_operation_name((enum gvnp_operation)i))) {
			*ret = (enum gvnp_operation)i;
			return true;
		}
	return false;
}

/* Cuts the next message off *rest: a line that begins with '@' and all up to the next such. */
static bool next_message(struct gvnp_slice *rest, struct message *ret)
{
	struct gvnp_slice line, operation, path;

	while (gvnp_slice_next(rest, '\n', &line)) {
		if (!line.size || line.text[0] != '@')
			continue;
		line.text++;
		line.size--;
		ret->content = (struct gvnp_slice){ rest->text, 0 };
		const char *end = rest->size && rest->text[0] == '@'
					  ? rest->text
					  : memmem(rest->text, rest->size, "\n@", 2);
		if (end) {
			ret->content.size = (size_t)(end - rest->text);
			rest->size -= ret->content.size;
			rest->text = end;
		} else {
			ret->content.size = rest->size;
			*rest = (struct gvnp_slice){ rest->text + rest->size, 0 };
		}
		if (!gvnp_slice_word(&line, &operation) ||
		    !parse_operation(operation, &ret->request.operation) ||
		    !gvnp_slice_word(&line, &path) || memchr(path.text, '\0', path.size) ||
		    path.size > 4000)
			continue;
		ret->request.path = gvnp_slice_copy(path);
		ret->metadata = line;
		return true;
	}
	return false;
}

static uint64_t number(struct gvnp_slice text, unsigned base)
{
	uint64_t value;

	return gvnp_slice_unsigned(text, base, &value) ? value : 0;
}

static void pair(struct gvnp_slice *words, uint32_t *ret_first, uint32_t *ret_second)
{
	struct gvnp_slice word, first, second;

	*ret_first = *ret_second = 0;
	if (gvnp_slice_word(words, &word) && gvnp_slice_split(word, ':', &first, &second)) {
		*ret_first = (uint32_t)number(first, 10);
		*ret_second = (uint32_t)number(second, 10);
	}
}

static void set_metadata(struct gvnp_slice words, struct gvnp_answer *answer)
{
	struct gvnp_slice word;

	if (!gvnp_slice_word(&words, &word))
		return;
	const char *type = word.size ? strchr(types, word.text[0]) : NULL;
	if (type && *type)
		answer->type = (enum gvnp_file_type)(type - types);
	answer->mode = number((struct gvnp_slice){ word.text + 1, word.size - 1 }, 8) & 07777;
	pair(&words, &answer->uid, &answer->gid);
	pair(&words, &answer->rdev_major, &answer->rdev_minor);
	pair(&words, &answer->device_major, &answer->device_minor);
	if (gvnp_slice_word(&words, &word))
		answer->inode = number(word, 10);
	if (gvnp_slice_word(&words, &word))
		gvnp_slice_integer(word, &answer->modified);
}

static void answer_message(const struct message *message, struct gvnp_answers *answers, size_t i)
{
	struct gvnp_slice words = message->metadata, rest = words, word;
	const char *path = message->request.path;
	uint64_t error = 0;

	if (gvnp_slice_word(&rest, &word) && word.text[0] == '!') {
		error = number((struct gvnp_slice){ word.text + 1, word.size - 1 }, 10);
		words = rest;
	}
	if (error && error <= GVNP_TOO_LARGE && message->content.size)
		gvnp_answers_fail_because(answers, i, (int)error, "%.*s",
					  (int)message->content.size, message->content.text);
	else if (error && error <= GVNP_TOO_LARGE)
		gvnp_answers_fail(answers, i, path, (int)error);
	else if (message->request.operation != GVNP_LIST)
		gvnp_answers_set_data(answers, i, message->content.text, message->content.size);
	else if (gvnp_index_parse_listing(message->content, answers, i))
		gvnp_answers_fail(answers, i, path, EIO);
	set_metadata(words, &answers->answers[i]);
}

static const struct message *find(const struct document *document,
				  const struct gvnp_request *request)
{
	const struct message *message = document->buckets[hash(request)];

	while (message && (message->request.operation != request->operation ||
			   strcmp(message->request.path, request->path)))
		message = message->next;
	return message;
}

static struct gvnp_answers *document_ask(struct gvnp_source *source,
					 const struct gvnp_request *requests, size_t n_requests)
{
	struct gvnp_answers *answers = gvnp_answers_new(n_requests);

	for (size_t i = 0; i < n_requests; i++) {
		const struct message *message = find((struct document *)source, &requests[i]);

		if (!gvnp_collect_declares(requests[i].operation, requests[i].path))
			gvnp_answers_fail(answers, i, requests[i].path, GVNP_NOT_DECLARED);
		else if (message)
			answer_message(message, answers, i);
		else
			gvnp_answers_fail(answers, i, requests[i].path,
					  requests[i].operation == GVNP_LIBVIRT
						  ? GVNP_LIBVIRT_ABSENT
						  : ENOENT);
	}
	return answers;
}

static void document_free(struct gvnp_source *source)
{
	struct document *document = (struct document *)source;

	for (size_t i = 0; i < document->n; i++)
		free((char *)(uintptr_t)document->messages[i].request.path);
	free(document->messages);
	free(document);
}

struct gvnp_source *fuzz_document_source(const char *bytes, size_t size)
{
	struct document *document = gvnp_allocate(sizeof *document);
	struct gvnp_slice rest = { bytes, size };
	struct message message = { 0 };

	document->source.ask = document_ask;
	document->source.free = document_free;
	while (next_message(&rest, &message)) {
		document->messages = gvnp_grow(document->messages, document->n);
		document->messages[document->n++] = message;
	}
	/* The first of two that answer the same is found: it is put into its chain last. */
	for (size_t i = document->n; i--;) {
		struct message *added = &document->messages[i];
		struct message **bucket = &document->buckets[hash(&added->request)];

		added->next = *bucket;
		*bucket = added;
	}
	return &document->source;
}

void fuzz_document_walk(const char *bytes, size_t size,
			void (*visit)(void *data, const struct gvnp_request *request,
				      const struct gvnp_answer *answer),
			void *data)
{
	struct document *document = (struct document *)fuzz_document_source(bytes, size);

	for (size_t i = 0; i < document->n; i++) {
		_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers = gvnp_answers_new(1);

		answer_message(&document->messages[i], answers, 0);
		visit(data, &document->messages[i].request, &answers->answers[0]);
	}
	document_free(&document->source);
}

void fuzz_document_append(struct gvnp_buffer *document, const struct gvnp_request *request,
			  const struct gvnp_answer *answer, size_t limit)
{
	_cleanup_buffer_ struct gvnp_buffer listing = { 0 };
	struct gvnp_slice content = { answer->data, answer->size };

	if (strpbrk(request->path, " \t\n"))
		return;
	gvnp_buffer_append_format(document, "@%s %s",
				  gvnp_source_operation_name(request->operation), request->path);
	if (answer->error) {
		gvnp_buffer_append_format(document, " !%d", answer->error);
		content = gvnp_slice("");
		if (request->operation == GVNP_LIBVIRT)
			content = gvnp_slice(answer->problem);
	}
	if (answer->type)
		gvnp_buffer_append_format(
			document, " %c%o %u:%u %u:%u %u:%u %llu %lld", types[answer->type],
			answer->mode, answer->uid, answer->gid, answer->rdev_major,
			answer->rdev_minor, answer->device_major, answer->device_minor,
			(unsigned long long)answer->inode, (long long)answer->modified);
	if (answer->n_entries) {
		gvnp_index_append_listing(&listing, answer);
		content = (struct gvnp_slice){ gvnp_buffer_text(&listing), listing.size };
	}
	gvnp_buffer_append_text(document, "\n");
	/* A line is cut short rather than in half. */
	if (content.size > limit && request->operation != GVNP_LIBVIRT) {
		const char *end = memrchr(content.text, '\n', limit);

		content.size = end ? (size_t)(end - content.text) + 1 : limit;
	}
	gvnp_buffer_append(document, content.text, content.size);
	gvnp_buffer_append_text(document, "\n");
}
