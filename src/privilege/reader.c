/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop of the reader process. It opens only what collectors declared, it parses nothing that
 * the host wrote, and it does not recover: odd input ends it. Requests that can wait are served
 * when there are no others, a few at a time.
 */
#include "privilege/reader.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "source/answers.h"
#include "source/message.h"
#include "source/range.h"

enum {
	FLUSH_AT = 128 * 1024,	      /* answers are sent when this much waits */
	HOLD_AT = 8 * 1024 * 1024,    /* and no more are made until the worker takes some */
	LATER_MOST = 4 * 1024 * 1024, /* requests put off, before no more are taken */
	LATER_US = 100,		      /* of serving them, before others are looked for */
	FLUSH_US = 1000, /* of which no answers wait longer, lest the next is the last */
};

struct serving {
	int socket;
	struct gvnp_source *source;
	bool (*declares)(enum gvnp_operation operation, const char *path);
	struct gvnp_buffer input;
	struct gvnp_buffer later; /* requests for when there are no others */
	size_t served;		  /* of those, bytes */
	struct gvnp_buffer output;
	size_t sent;   /* of the output */
	int64_t since; /* when answers began to wait; microseconds() */
};

static void serving_done(struct serving *serving)
{
	gvnp_buffer_done(&serving->input);
	gvnp_buffer_done(&serving->later);
	gvnp_buffer_done(&serving->output);
}

static size_t waiting(const struct serving *serving)
{
	return serving->output.size - serving->sent;
}

/* Sends what the socket takes, or with flags 0 all that waits. */
static int send_some(struct serving *serving, int flags)
{
	while (waiting(serving)) {
		ssize_t size = send(serving->socket, serving->output.data + serving->sent,
				    waiting(serving), MSG_NOSIGNAL | flags);

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return errno == EAGAIN ? 0 : -errno;
		serving->sent += (size_t)size;
	}
	gvnp_buffer_clear(&serving->output);
	serving->sent = 0;
	return 0;
}

/* Patterns are matched against the text of a path, so it must be the path: no detours. */
static bool is_plain(const struct gvnp_request *request)
{
	struct gvnp_range range;

	if (request->operation == GVNP_SYSTEM || request->operation == GVNP_LIBVIRT)
		return true;
	if (request->operation == GVNP_RANGE)
		return gvnp_range_parse(request->path, &range) &&
		       gvnp_text_is_plain_path(range.path);
	return gvnp_text_is_plain_path(request->path);
}

static void serve_one(struct serving *serving, uint32_t id, const struct gvnp_request *request)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers = NULL;

	if (is_plain(request) && serving->declares(request->operation, request->path)) {
		answers = gvnp_source_ask(serving->source, request, 1);
	} else {
		answers = gvnp_answers_new(1);
		gvnp_answers_fail(answers, 0, request->path, GVNP_NOT_DECLARED);
	}
	gvnp_message_append_answer(&serving->output, id, NULL, &answers->answers[0]);
}

static bool is_full(const struct serving *serving)
{
	return waiting(serving) >= HOLD_AT;
}

static bool has_later(const struct serving *serving)
{
	return serving->served < serving->later.size;
}

/* There is a whole request in the input. */
static bool has_request(const struct serving *serving)
{
	size_t size;

	return !gvnp_message_size(serving->input.data, serving->input.size,
				  GVNP_MESSAGE_REQUEST_LIMIT, &size);
}

/* Serves the request at the front of `bytes`, or puts it off, which is said in *ret_id. Returns 0;
 * -EAGAIN when it is not all there; -EBADMSG when it is none. */
static int take_request(struct serving *serving, const char *bytes, size_t n, bool can_put_off,
			size_t *ret_size, uint32_t *ret_id)
{
	struct gvnp_request request;
	size_t size;

	int error = gvnp_message_size(bytes, n, GVNP_MESSAGE_REQUEST_LIMIT, &size);
	if (!error)
		error = gvnp_message_decode_request(bytes, size, ret_id, &request);
	if (error)
		return error;
	if (can_put_off && *ret_id & GVNP_MESSAGE_LATER)
		gvnp_buffer_append(&serving->later, bytes, size);
	else
		serve_one(serving, *ret_id, &request);
	*ret_size = size;
	return 0;
}

/* Serves the requests in the input that somebody waits for, and puts the others off. What is no
 * whole request stays. */
static int serve_input(struct serving *serving)
{
	struct gvnp_buffer *input = &serving->input;
	bool is_awaited = false;
	size_t at = 0, size;
	int error = 0;
	uint32_t id;

	while (at < input->size && !is_full(serving)) {
		error = take_request(serving, input->data + at, input->size - at, true, &size, &id);
		if (error)
			break;
		at += size;
		is_awaited |= !(id & GVNP_MESSAGE_LATER);
		if (waiting(serving) >= FLUSH_AT && (error = send_some(serving, MSG_DONTWAIT)))
			return error;
	}
	if (error && error != -EAGAIN)
		return error;
	input->size -= at;
	if (at)
		memmove(input->data, input->data + at, input->size);
	return is_awaited ? send_some(serving, MSG_DONTWAIT) : 0;
}

static int64_t microseconds(void)
{
	struct timespec time = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* Whoever waits for a batch waits for the end of it. */
static bool is_to_be_sent(const struct serving *serving, uint32_t id, int64_t now)
{
	return id & GVNP_MESSAGE_LAST || waiting(serving) >= FLUSH_AT ||
	       now - serving->since >= FLUSH_US;
}

static int serve_later(struct serving *serving)
{
	int64_t now = has_later(serving) ? microseconds() : 0, end = now + LATER_US;
	size_t size;
	uint32_t id;

	if (!waiting(serving))
		serving->since = now;
	while (has_later(serving) && !is_full(serving) && now < end) {
		int error = take_request(serving, serving->later.data + serving->served,
					 serving->later.size - serving->served, false, &size, &id);
		if (error)
			return error;
		serving->served += size;
		now = microseconds();
		if (!is_to_be_sent(serving, id, now))
			continue;
		serving->since = now;
		error = send_some(serving, MSG_DONTWAIT);
		if (error)
			return error;
	}
	if (!has_later(serving)) {
		gvnp_buffer_clear(&serving->later);
		serving->served = 0;
	}
	return 0;
}

/* Takes requests that have come; waits for them, or for room for answers, if there is nothing else
 * to do. Returns 0, -EPIPE at the end of the input, or another negative errno. */
static int receive(struct serving *serving)
{
	bool is_busy = !is_full(serving) && (has_later(serving) || has_request(serving));
	bool can_take = !is_full(serving) && serving->later.size < LATER_MOST;
	struct pollfd polled = { .fd = serving->socket,
				 .events = (short)(POLLOUT | (can_take ? POLLIN : 0)) };
	char bytes[32 * 1024];

	if (is_busy && !can_take)
		return 0;
	if (!is_busy && waiting(serving)) {
		if (poll(&polled, 1, -1) < 0)
			return errno == EINTR ? 0 : -errno;
		if (!(polled.revents & ~POLLOUT))
			return send_some(serving, MSG_DONTWAIT);
	}
	ssize_t size = recv(serving->socket, bytes, sizeof bytes, is_busy ? MSG_DONTWAIT : 0);
	if (size < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	if (!size)
		return -EPIPE;
	gvnp_buffer_append(&serving->input, bytes, (size_t)size);
	return 0;
}

int gvnp_reader_serve(int socket, struct gvnp_source *source,
		      bool (*declares)(enum gvnp_operation operation, const char *path))
{
	_cleanup_(serving_done) struct serving serving = { .socket = socket,
							   .source = source,
							   .declares = declares };
	int error;

	while (!(error = receive(&serving)))
		if ((error = serve_input(&serving)) || (error = serve_later(&serving)))
			return error;
	if (error != -EPIPE)
		return error;
	if (serving.input.size && !has_request(&serving))
		return -EBADMSG;
	return send_some(&serving, 0);
}
