/* SPDX-License-Identifier: Apache-2.0 */
/* Frames to the pipe. When nobody reads any more there is nothing left to do: the process exits. */
#include "source/libvirt_push.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/message.h"

/* Small: what waits is lost when the next call into libvirt hangs. */
enum { FLUSH_AT = 16 * 1024 };

void gvnp_push_flush(struct gvnp_push *push)
{
	size_t at = 0;

	while (at < push->waiting.size) {
		ssize_t size = write(push->fd, push->waiting.data + at, push->waiting.size - at);

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			_exit(0);
		at += (size_t)size;
	}
	gvnp_buffer_clear(&push->waiting);
}

static void push_answer(struct gvnp_push *push, const char *path, const struct gvnp_answer *answer)
{
	struct gvnp_request request = { GVNP_LIBVIRT, path };

	gvnp_message_append_answer(&push->waiting, 0, &request, answer);
	if (push->waiting.size >= FLUSH_AT)
		gvnp_push_flush(push);
}

const char *gvnp_push_libvirt_message(void)
{
	const char *message = virGetLastErrorMessage();

	return message && message[0] ? message : "unknown libvirt error";
}

void gvnp_push_text(struct gvnp_push *push, const char *path, const char *text)
{
	struct gvnp_answer answer = { .problem = "", .data = text };

	if (!text) {
		gvnp_push_error(push, path, GVNP_LIBVIRT_ERROR, gvnp_push_libvirt_message());
		return;
	}
	answer.size = strlen(text);
	push_answer(push, path, &answer);
}

void gvnp_push_error(struct gvnp_push *push, const char *path, int error, const char *problem)
{
	struct gvnp_answer answer = { .error = error, .problem = problem, .data = "" };

	push_answer(push, path, &answer);
}

void gvnp_push_end(struct gvnp_push *push, int error, const char *problem)
{
	gvnp_push_error(push, "", error, problem);
	gvnp_push_flush(push);
	gvnp_buffer_done(&push->waiting);
}

void gvnp_push_append_name(struct gvnp_buffer *lines, const char *name)
{
	size_t at = lines->size;

	gvnp_buffer_append_text(lines, name ? name : "");
	for (; at < lines->size; at++)
		if (lines->data[at] == '\n')
			lines->data[at] = '?';
	gvnp_buffer_append_text(lines, "\n");
}
