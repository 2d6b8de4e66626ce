/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker's end of the socket to a reader. Frames that come are only counted, and put to those
 * of their batch; they are decoded when somebody takes them. One that no batch wants next ends the
 * exchange, and what came before it counts.
 */
#include "source/exchange.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "source/answers.h"
#include "source/message.h"

/* All answers that nobody has taken yet; and what is taken from the socket at once. */
enum { UNTAKEN_LIMIT = 512 * 1024 * 1024, RECEIVE_SIZE = 64 * 1024 };

struct gvnp_posted {
	struct gvnp_posted *next; /* posted later */
	uint32_t first_id;
	size_t n_wanted, n_received;
	struct gvnp_buffer frames; /* n_received of them */
};

struct gvnp_exchange {
	int socket;
	int error;
	uint32_t next_id, next_later_id;
	struct gvnp_buffer output;
	size_t sent;
	struct gvnp_posted *posted; /* those that want answers */
	size_t untaken;		    /* bytes of frames in batches */
	struct gvnp_buffer input;   /* the beginning of a frame */
	char *bytes;		    /* RECEIVE_SIZE */
};

struct gvnp_exchange *gvnp_exchange_new(int socket)
{
	struct gvnp_exchange *exchange = gvnp_allocate(sizeof *exchange);

	exchange->socket = socket;
	exchange->next_later_id = GVNP_MESSAGE_LATER;
	exchange->bytes = gvnp_reallocate(NULL, RECEIVE_SIZE);
	return exchange;
}

void gvnp_exchange_free(struct gvnp_exchange *exchange)
{
	if (!exchange)
		return;
	gvnp_closep(&exchange->socket);
	gvnp_buffer_done(&exchange->output);
	gvnp_buffer_done(&exchange->input);
	free(exchange->bytes);
	free(exchange);
}

void gvnp_posted_free(struct gvnp_posted *posted)
{
	if (!posted)
		return;
	gvnp_buffer_done(&posted->frames);
	free(posted);
}

void gvnp_exchange_close(struct gvnp_exchange *exchange)
{
	gvnp_closep(&exchange->socket);
	exchange->socket = -1;
}

void gvnp_exchange_fail(struct gvnp_exchange *exchange, int error)
{
	if (exchange->error)
		return;
	exchange->error = error;
	exchange->posted = NULL;
	gvnp_exchange_close(exchange);
}

int gvnp_exchange_error(const struct gvnp_exchange *exchange)
{
	return exchange->error;
}

int gvnp_exchange_socket(const struct gvnp_exchange *exchange)
{
	return exchange->socket;
}

static bool has_output(const struct gvnp_exchange *exchange)
{
	return exchange->sent < exchange->output.size;
}

short gvnp_exchange_events(const struct gvnp_exchange *exchange)
{
	return (short)(POLLIN | (has_output(exchange) ? POLLOUT : 0));
}

bool gvnp_exchange_is_done(const struct gvnp_exchange *exchange, const struct gvnp_posted *posted)
{
	return exchange->error || posted->n_received == posted->n_wanted;
}

static int send_some(struct gvnp_exchange *exchange)
{
	ssize_t size = send(exchange->socket, exchange->output.data + exchange->sent,
			    exchange->output.size - exchange->sent, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (size < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	exchange->sent += (size_t)size;
	if (!has_output(exchange)) {
		gvnp_buffer_clear(&exchange->output);
		exchange->sent = 0;
	}
	return 0;
}

/* The id of request i. */
static uint32_t id_of(const struct gvnp_posted *posted, size_t i)
{
	return (posted->first_id + (uint32_t)i) |
	       (i + 1 == posted->n_wanted ? GVNP_MESSAGE_LAST : 0);
}

/* The batch whose next answer has this id, as the link to it; NULL: nobody wants it. */
static struct gvnp_posted **find_batch(struct gvnp_exchange *exchange, uint32_t id)
{
	for (struct gvnp_posted **at = &exchange->posted; *at; at = &(*at)->next)
		if (id == id_of(*at, (*at)->n_received))
			return at;
	return NULL;
}

/* Gives whole frames to their batches. Returns 0 and how much that was, or a negative errno. */
static int sort_frames(struct gvnp_exchange *exchange, const char *bytes, size_t n, size_t *ret)
{
	size_t at = 0, size;
	int error;

	while (!(error = gvnp_message_size(bytes + at, n - at, GVNP_MESSAGE_ANSWER_LIMIT, &size))) {
		struct gvnp_posted **link = find_batch(exchange, gvnp_message_id(bytes + at));
		struct gvnp_posted *batch = link ? *link : NULL;

		if (!batch)
			return -EBADMSG;
		if (exchange->untaken + size > UNTAKEN_LIMIT)
			return -EMSGSIZE;
		gvnp_buffer_append(&batch->frames, bytes + at, size);
		exchange->untaken += size;
		if (++batch->n_received == batch->n_wanted)
			*link = batch->next;
		at += size;
	}
	*ret = at;
	return error == -EAGAIN ? 0 : error;
}

/* What is no whole frame yet stays in the input. */
static int take_bytes(struct gvnp_exchange *exchange, size_t received)
{
	struct gvnp_buffer *input = &exchange->input;
	size_t used;
	int error;

	if (!input->size) {
		error = sort_frames(exchange, exchange->bytes, received, &used);
		if (!error && used < received)
			gvnp_buffer_append(input, exchange->bytes + used, received - used);
		return error;
	}
	gvnp_buffer_append(input, exchange->bytes, received);
	error = sort_frames(exchange, input->data, input->size, &used);
	if (error)
		return error;
	input->size -= used;
	if (used)
		memmove(input->data, input->data + used, input->size);
	return 0;
}

static int receive_some(struct gvnp_exchange *exchange)
{
	ssize_t received;

	do {
		received = recv(exchange->socket, exchange->bytes, RECEIVE_SIZE, MSG_DONTWAIT);
		if (received < 0)
			return errno == EINTR || errno == EAGAIN ? 0 : -errno;
		if (!received)
			return -EPIPE;
		int error = take_bytes(exchange, (size_t)received);
		if (error)
			return error;
	} while (received == RECEIVE_SIZE);
	return 0;
}

void gvnp_exchange_step(struct gvnp_exchange *exchange, short events)
{
	int error = 0;

	if (events & POLLOUT && has_output(exchange))
		error = send_some(exchange);
	/* What was answered before the reader ended is still there to be read. */
	if (events & (POLLIN | POLLHUP | POLLERR))
		error = receive_some(exchange);
	if (error)
		gvnp_exchange_fail(exchange, error);
}

static void add_batch(struct gvnp_exchange *exchange, struct gvnp_posted *posted)
{
	struct gvnp_posted **end = &exchange->posted;

	while (*end)
		end = &(*end)->next;
	*end = posted;
}

struct gvnp_posted *gvnp_exchange_post(struct gvnp_exchange *exchange,
				       const struct gvnp_request *requests, size_t n, bool can_wait)
{
	uint32_t *next_id = can_wait ? &exchange->next_later_id : &exchange->next_id;
	struct gvnp_posted *posted = gvnp_allocate(sizeof *posted);
	bool is_idle = !has_output(exchange);

	*posted = (struct gvnp_posted){ .first_id = *next_id, .n_wanted = n };
	if (exchange->error || !n)
		return posted;
	for (size_t i = 0; i < n; i++)
		gvnp_message_append_request(&exchange->output, id_of(posted, i), &requests[i]);
	*next_id += (uint32_t)n;
	add_batch(exchange, posted);
	int error = is_idle ? send_some(exchange) : 0;
	/* Why it does not take more may stand in what it sent. */
	if (error && error != -EPIPE && error != -ECONNRESET)
		gvnp_exchange_fail(exchange, error);
	return posted;
}

size_t gvnp_posted_take(struct gvnp_posted *posted, struct gvnp_exchange *exchange,
			struct gvnp_answers *answers, const size_t *indices)
{
	const char *frame = posted->frames.data;
	size_t left = posted->frames.size, size, n = 0;
	struct gvnp_request request;
	uint32_t id;

	for (; n < posted->n_received; left -= size, frame += size, n++) {
		struct gvnp_answer answer;

		if (gvnp_message_size(frame, left, GVNP_MESSAGE_ANSWER_LIMIT, &size) ||
		    gvnp_message_decode_answer(frame, size, answers, &id, &request, &answer)) {
			gvnp_exchange_fail(exchange, -EBADMSG);
			break;
		}
		answers->answers[indices[n]] = answer;
	}
	exchange->untaken -= posted->frames.size;
	gvnp_answers_adopt(answers, gvnp_buffer_take(&posted->frames));
	return n;
}
