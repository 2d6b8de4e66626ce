/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking the live host from the worker. The rule kept here: the process that holds the facts blocks
 * only in poll with a timeout; a reader that is stuck in the kernel is abandoned, not waited for.
 */
#include "source/live.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "source/answerer.h"
#include "source/answers.h"
#include "source/message.h"
#include "source/pushed.h"

/* All answers of one batch together. */
enum { BATCH_LIMIT = 512 * 1024 * 1024 };

struct live {
	struct gvnp_source source;
	struct gvnp_live ends;
	uint32_t next_id;
	int reader_error; /* why the reader is not asked any more, or 0 */
	struct gvnp_pushed *pushed;
	struct gvnp_source *deep; /* the deep reader, asked like any reader; NULL: there is none */
	bool is_deep;		  /* this is that source */
	char *bytes;		  /* RECEIVE_SIZE */
};

enum { RECEIVE_SIZE = 256 * 1024 };

/* One batch on its way. */
struct exchange {
	struct gvnp_buffer output;
	size_t sent;
	struct gvnp_buffer input;
	size_t scanned; /* whole frames end here */
	size_t n_wanted, n_received;
};

int64_t gvnp_live_now(void)
{
	struct timespec time = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static int remaining(int64_t deadline)
{
	int64_t left = deadline - gvnp_live_now();

	return left < 0 ? 0 : left > 3600000 ? 3600000 : (int)left;
}

static void abandon_reader(struct live *live, int error)
{
	live->reader_error = error;
	if (!live->source.note)
		live->source.note = gvnp_format("the reader process: %s",
						gvnp_source_error_name(error < 0 ? -error : error));
	gvnp_closep(&live->ends.reader);
	live->ends.reader = -1;
}

static void close_libvirt(struct live *live)
{
	gvnp_closep(&live->ends.libvirt);
	live->ends.libvirt = -1;
}

/* Takes what libvirt has said so far, so that its reader need not wait for us. */
static void receive_libvirt(struct live *live)
{
	ssize_t size = read(live->ends.libvirt, live->bytes, RECEIVE_SIZE);

	if (size < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (size > 0 && !gvnp_pushed_add(live->pushed, live->bytes, (size_t)size))
		return;
	/* It ends late because it was killed at the deadline. */
	if (!size && gvnp_live_now() >= live->ends.libvirt_deadline)
		gvnp_pushed_time_out(live->pushed);
	close_libvirt(live);
}

static int send_some(struct live *live, struct exchange *exchange)
{
	ssize_t size = send(live->ends.reader, exchange->output.data + exchange->sent,
			    exchange->output.size - exchange->sent, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (size < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	exchange->sent += (size_t)size;
	return 0;
}

static int receive_some(struct live *live, struct exchange *exchange)
{
	ssize_t received = recv(live->ends.reader, live->bytes, RECEIVE_SIZE, MSG_DONTWAIT);
	size_t size;
	int error;

	if (received < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	if (!received)
		return -EPIPE;
	if (exchange->input.size + (size_t)received > BATCH_LIMIT)
		return -EMSGSIZE;
	gvnp_buffer_append(&exchange->input, live->bytes, (size_t)received);
	while (!(error = gvnp_message_size(exchange->input.data + exchange->scanned,
					   exchange->input.size - exchange->scanned,
					   GVNP_MESSAGE_ANSWER_LIMIT, &size))) {
		exchange->scanned += size;
		exchange->n_received++;
	}
	if (error != -EAGAIN || exchange->n_received > exchange->n_wanted)
		return -EBADMSG;
	return 0;
}

/* Returns 0 when all answers are there, GVNP_TIMED_OUT, or a negative errno. */
static int run_exchange(struct live *live, struct exchange *exchange)
{
	while (exchange->n_received < exchange->n_wanted) {
		bool is_sending = exchange->sent < exchange->output.size;
		struct pollfd polled[] = {
			{ .fd = live->ends.reader,
			  .events = (short)(POLLIN | (is_sending ? POLLOUT : 0)) },
			{ .fd = live->ends.libvirt, .events = POLLIN },
		};
		int left = remaining(live->ends.deadline), error = 0;

		if (!left)
			return GVNP_TIMED_OUT;
		if (poll(polled, 2, left) < 0 && errno != EINTR)
			return -errno;
		if (polled[1].revents)
			receive_libvirt(live);
		if (polled[0].revents & POLLOUT)
			error = send_some(live, exchange);
		/* What was answered before the reader ended is still there to be read. */
		if (polled[0].revents & (POLLIN | POLLHUP | POLLERR))
			error = receive_some(live, exchange);
		if (error)
			return error;
	}
	return 0;
}

/* Gives the frames received to the file requests, in order. Returns 0 or -EBADMSG. */
static int take_answers(struct exchange *exchange, uint32_t first_id, const size_t *indices,
			struct gvnp_answers *answers, size_t *ret_n)
{
	const char *frame = exchange->input.data;
	struct gvnp_request request;
	size_t size, n = 0;
	uint32_t id;

	*ret_n = 0;
	for (size_t left = exchange->scanned; left && n < exchange->n_wanted;
	     left -= size, frame += size, n++) {
		struct gvnp_answer *answer = &answers->answers[indices[n]];

		if (gvnp_message_size(frame, left, GVNP_MESSAGE_ANSWER_LIMIT, &size) ||
		    gvnp_message_decode_answer(frame, size, answers, &id, &request, answer) ||
		    id != first_id + n)
			return -EBADMSG;
		*ret_n = n + 1;
	}
	return 0;
}

static void fail_unanswered(struct live *live, struct gvnp_answers *answers, size_t i,
			    const char *path)
{
	if (live->reader_error == GVNP_TIMED_OUT)
		gvnp_answers_fail(answers, i, path, GVNP_TIMED_OUT);
	else
		gvnp_answers_fail_because(
			answers, i, EPIPE,
			"%s: the reader process ended before it had answered (%s)", path,
			gvnp_source_error_name(-live->reader_error));
}

/* Asks requests[indices[…]] of the reader. */
static void ask_reader(struct live *live, const struct gvnp_request *requests,
		       const size_t *indices, size_t n, struct gvnp_answers *answers)
{
	struct exchange exchange = { .n_wanted = n };
	uint32_t first_id = live->next_id;
	size_t n_answered = 0;

	live->next_id += (uint32_t)n;
	for (size_t i = 0; i < n && !live->reader_error; i++)
		gvnp_message_append_request(&exchange.output, first_id + (uint32_t)i,
					    &requests[indices[i]]);
	int error = live->reader_error ? 0 : run_exchange(live, &exchange);
	if (take_answers(&exchange, first_id, indices, answers, &n_answered))
		error = -EBADMSG;
	if (error)
		abandon_reader(live, error);
	for (size_t i = n_answered; i < n; i++)
		fail_unanswered(live, answers, indices[i], requests[indices[i]].path);
	gvnp_buffer_done(&exchange.output);
	gvnp_answers_adopt(answers, gvnp_buffer_take(&exchange.input));
}

/* Waits until libvirt has said everything. */
static void finish_libvirt(struct live *live)
{
	while (live->ends.libvirt >= 0 && !gvnp_pushed_is_complete(live->pushed)) {
		struct pollfd polled = { .fd = live->ends.libvirt, .events = POLLIN };
		int left = remaining(live->ends.libvirt_deadline);

		if (!left) {
			gvnp_pushed_time_out(live->pushed);
			break;
		}
		if (poll(&polled, 1, left) < 0 && errno != EINTR)
			break;
		if (polled.revents)
			receive_libvirt(live);
	}
	close_libvirt(live);
}

static bool can_be_sent(const struct gvnp_request *request, struct gvnp_answers *answers, size_t i)
{
	_cleanup_buffer_ struct gvnp_buffer frame = { 0 };

	if (strlen(request->path) < GVNP_MESSAGE_REQUEST_LIMIT / 4 ||
	    gvnp_message_append_request(&frame, 0, request))
		return true;
	gvnp_answers_fail(answers, i, request->path, ENAMETOOLONG);
	return false;
}

/* Few and short: one after the other. */
static void ask_deep(struct live *live, const struct gvnp_request *request,
		     struct gvnp_answers *answers, size_t i)
{
	if (!live->deep) {
		gvnp_answers_fail(answers, i, request->path, GVNP_NOT_ASKED);
		return;
	}
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *theirs =
		live->deep->ask(live->deep, request, 1);
	const struct gvnp_answer *answer = &theirs->answers[0];
	if (answer->error)
		gvnp_answers_fail_because(answers, i, answer->error, "%s", answer->problem);
	else
		gvnp_answers_set_data(answers, i, answer->data, answer->size);
}

static bool is_for_reader(const struct live *live, const struct gvnp_request *request)
{
	return request->operation != GVNP_LIBVIRT &&
	       (request->operation != GVNP_SECCOMP || live->is_deep);
}

static struct gvnp_answers *live_ask(struct gvnp_source *source,
				     const struct gvnp_request *requests, size_t n_requests)
{
	struct live *live = (struct live *)source;
	struct gvnp_answers *answers = gvnp_answers_new(n_requests);
	_cleanup_free_ size_t *indices = gvnp_allocate_array(n_requests, sizeof *indices);
	size_t n = 0;

	/* First, so that what is asked along with them to make sure comes after them. */
	for (size_t i = 0; i < n_requests; i++)
		if (requests[i].operation == GVNP_SECCOMP && !live->is_deep)
			ask_deep(live, &requests[i], answers, i);
	for (size_t i = 0; i < n_requests; i++)
		if (is_for_reader(live, &requests[i]) && can_be_sent(&requests[i], answers, i))
			indices[n++] = i;
	if (n)
		ask_reader(live, requests, indices, n, answers);
	for (size_t i = 0; i < n_requests; i++) {
		if (requests[i].operation != GVNP_LIBVIRT)
			continue;
		finish_libvirt(live);
		gvnp_pushed_answer(live->pushed, requests[i].path, answers, i);
	}
	return answers;
}

static void live_free(struct gvnp_source *source)
{
	struct live *live = (struct live *)source;

	gvnp_closep(&live->ends.reader);
	close_libvirt(live);
	gvnp_pushed_free(live->pushed);
	gvnp_source_free(live->deep);
	free(live->bytes);
	free(live);
}

struct gvnp_source *gvnp_source_new_live(const struct gvnp_live *ends)
{
	struct live *live = gvnp_allocate(sizeof *live);

	live->source.ask = live_ask;
	live->source.free = live_free;
	live->ends = *ends;
	live->pushed = gvnp_pushed_new(ends->libvirt >= 0);
	live->bytes = gvnp_reallocate(NULL, RECEIVE_SIZE);
	if (ends->deep > 0) {
		struct gvnp_live deep = {
			.reader = ends->deep, .libvirt = -1, .deep = -1, .deadline = ends->deadline
		};

		live->deep = gvnp_source_new_live(&deep);
		((struct live *)live->deep)->is_deep = true;
	}
	return &live->source;
}
