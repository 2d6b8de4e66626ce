/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop of the reader process. It opens only what collectors declared, it parses nothing that
 * the host wrote, and it does not recover: odd input ends it.
 */
#include "privilege/reader.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "source/answers.h"
#include "source/message.h"
#include "source/range.h"

/* Answers are sent when this many bytes wait, so that the worker can start on them. */
enum { FLUSH_AT = 128 * 1024 };

static int flush(int socket, struct gvnp_buffer *output)
{
	size_t at = 0;

	while (at < output->size) {
		ssize_t size = send(socket, output->data + at, output->size - at, MSG_NOSIGNAL);

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return -errno;
		at += (size_t)size;
	}
	gvnp_buffer_clear(output);
	return 0;
}

/* Patterns are matched against the text of a path, so it must be the path: no detours. */
static bool is_plain(const struct gvnp_request *request)
{
	struct gvnp_slice rest = gvnp_slice(request->path), component;
	struct gvnp_range range;

	if (request->operation == GVNP_SYSTEM || request->operation == GVNP_LIBVIRT)
		return true;
	if (request->operation == GVNP_RANGE) {
		if (!gvnp_range_parse(request->path, &range))
			return false;
		rest = gvnp_slice(range.path);
	}
	if (!gvnp_slice_starts(rest, "/"))
		return false;
	gvnp_slice_next(&rest, '/', &component);
	while (gvnp_slice_next(&rest, '/', &component))
		if (!component.size || gvnp_slice_is(component, ".") ||
		    gvnp_slice_is(component, ".."))
			return false;
	return true;
}

static void serve_one(struct gvnp_source *source,
		      bool (*declares)(enum gvnp_operation operation, const char *path),
		      uint32_t id, const struct gvnp_request *request, struct gvnp_buffer *output)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers = NULL;

	if (is_plain(request) && declares(request->operation, request->path)) {
		answers = gvnp_source_ask(source, request, 1);
	} else {
		answers = gvnp_answers_new(1);
		gvnp_answers_fail(answers, 0, request->path, GVNP_NOT_DECLARED);
	}
	gvnp_message_append_answer(output, id, NULL, &answers->answers[0]);
}

/* Serves every whole request in `input` and keeps the rest of it. */
static int serve_input(int socket, struct gvnp_source *source,
		       bool (*declares)(enum gvnp_operation operation, const char *path),
		       struct gvnp_buffer *input, struct gvnp_buffer *output)
{
	struct gvnp_request request;
	size_t at = 0, size;
	uint32_t id;
	int error;

	while (!(error = gvnp_message_size(input->data + at, input->size - at,
					   GVNP_MESSAGE_REQUEST_LIMIT, &size))) {
		error = gvnp_message_decode_request(input->data + at, size, &id, &request);
		if (error)
			return error;
		serve_one(source, declares, id, &request, output);
		at += size;
		if (output->size >= FLUSH_AT && (error = flush(socket, output)))
			return error;
	}
	if (error != -EAGAIN)
		return error;
	memmove(input->data, input->data + at, input->size - at);
	input->size -= at;
	return flush(socket, output);
}

int gvnp_reader_serve(int socket, struct gvnp_source *source,
		      bool (*declares)(enum gvnp_operation operation, const char *path))
{
	_cleanup_buffer_ struct gvnp_buffer input = { 0 }, output = { 0 };
	char bytes[32 * 1024];

	for (;;) {
		ssize_t size = read(socket, bytes, sizeof bytes);

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return -errno;
		if (!size)
			return input.size ? -EBADMSG : 0;
		gvnp_buffer_append(&input, bytes, (size_t)size);
		int error = serve_input(socket, source, declares, &input, &output);
		if (error)
			return error;
	}
}
