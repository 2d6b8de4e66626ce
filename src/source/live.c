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
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "source/answerer.h"
#include "source/answers.h"
#include "source/early.h"
#include "source/exchange.h"
#include "source/message.h"
#include "source/pushed.h"

enum { RECEIVE_SIZE = 256 * 1024 };

struct live {
	struct gvnp_source source;
	struct gvnp_live ends;
	struct gvnp_exchange *exchange;
	struct gvnp_early *early;
	struct gvnp_pushed *pushed;
	struct gvnp_source *deep; /* the deep reader, asked like any reader; NULL: there is none */
	bool is_deep;		  /* this is that source */
	char *bytes;		  /* RECEIVE_SIZE */
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

/* Waits until the batch was answered, or will not be. */
static void wait_for(struct live *live, const struct gvnp_posted *posted)
{
	while (!gvnp_exchange_is_done(live->exchange, posted)) {
		struct pollfd polled[] = {
			{ .fd = gvnp_exchange_socket(live->exchange),
			  .events = gvnp_exchange_events(live->exchange) },
			{ .fd = live->ends.libvirt, .events = POLLIN },
		};
		int left = remaining(live->ends.deadline);

		if (!left)
			return gvnp_exchange_fail(live->exchange, GVNP_TIMED_OUT);
		if (poll(polled, 2, left) < 0) {
			if (errno == EINTR)
				continue;
			return gvnp_exchange_fail(live->exchange, -errno);
		}
		if (polled[1].revents)
			receive_libvirt(live);
		gvnp_exchange_step(live->exchange, polled[0].revents);
	}
}

static void note_failure(struct live *live)
{
	int error = gvnp_exchange_error(live->exchange);

	if (error && !live->source.note)
		live->source.note = gvnp_format("the reader process: %s",
						gvnp_source_error_name(error < 0 ? -error : error));
}

static void fail_unanswered(struct live *live, struct gvnp_answers *answers, size_t i,
			    const char *path)
{
	int error = gvnp_exchange_error(live->exchange);

	if (error == GVNP_TIMED_OUT)
		gvnp_answers_fail(answers, i, path, GVNP_TIMED_OUT);
	else
		gvnp_answers_fail_because(
			answers, i, EPIPE,
			"%s: the reader process ended before it had answered (%s)", path,
			gvnp_source_error_name(-error));
}

/* Answers requests[indices[…]], which are as many as `own` holds. */
static void ask_reader(struct live *live, const struct gvnp_request *own, const size_t *indices,
		       size_t n, struct gvnp_answers *answers)
{
	struct gvnp_posted *posted = gvnp_early_take(&live->early, own, n);

	if (!posted)
		posted = gvnp_exchange_post(live->exchange, own, n, false);
	wait_for(live, posted);
	for (size_t i = gvnp_posted_take(posted, live->exchange, answers, indices); i < n; i++)
		fail_unanswered(live, answers, indices[i], own[i].path);
	gvnp_posted_free(posted);
}

/* Waits for a list that is kept, unless that was done. */
static void take_kept(struct live *live, struct gvnp_early *early)
{
	_cleanup_free_ size_t *indices = NULL;

	if (early->answers)
		return;
	indices = gvnp_allocate_array(early->n, sizeof *indices);
	for (size_t k = 0; k < early->n; k++)
		indices[k] = k;
	wait_for(live, early->posted);
	early->answers = gvnp_answers_new(early->n);
	early->n_answered =
		gvnp_posted_take(early->posted, live->exchange, early->answers, indices);
}

/* The memory of the answer lives as long as the source. */
static void answer_kept(struct live *live, struct gvnp_early *early, size_t position,
			struct gvnp_answers *answers, size_t i, const char *path)
{
	take_kept(live, early);
	if (position < early->n_answered)
		answers->answers[i] = early->answers->answers[position];
	else
		fail_unanswered(live, answers, i, path);
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
	_cleanup_free_ struct gvnp_request *own = gvnp_allocate_array(n_requests, sizeof *own);
	size_t n = 0, position;

	/* First, so that what is asked along with them to make sure comes after them. */
	for (size_t i = 0; i < n_requests; i++)
		if (requests[i].operation == GVNP_SECCOMP && !live->is_deep)
			ask_deep(live, &requests[i], answers, i);
	for (size_t i = 0; i < n_requests; i++) {
		struct gvnp_early *kept = gvnp_early_find(live->early, &requests[i], &position);

		if (kept) {
			answer_kept(live, kept, position, answers, i, requests[i].path);
		} else if (is_for_reader(live, &requests[i]) &&
			   can_be_sent(&requests[i], answers, i)) {
			indices[n] = i;
			own[n++] = requests[i];
		}
	}
	if (n)
		ask_reader(live, own, indices, n, answers);
	note_failure(live);
	for (size_t i = 0; i < n_requests; i++) {
		if (requests[i].operation != GVNP_LIBVIRT)
			continue;
		finish_libvirt(live);
		gvnp_pushed_answer(live->pushed, requests[i].path, answers, i);
	}
	return answers;
}

static void live_expect(struct gvnp_source *source, const struct gvnp_request *requests, size_t n,
			bool is_kept)
{
	struct live *live = (struct live *)source;

	for (size_t i = 0; i < n; i++)
		if (!is_for_reader(live, &requests[i]) ||
		    strlen(requests[i].path) >= GVNP_MESSAGE_REQUEST_LIMIT / 4)
			return;
	if (is_kept || !gvnp_early_has(live->early, requests, n))
		gvnp_early_add(&live->early, requests, n, is_kept,
			       gvnp_exchange_post(live->exchange, requests, n, true));
}

static const struct gvnp_answer *live_peek(struct gvnp_source *source,
					   const struct gvnp_request *request)
{
	struct live *live = (struct live *)source;
	size_t position;
	struct gvnp_early *kept = gvnp_early_find(live->early, request, &position);

	if (!kept)
		return NULL;
	take_kept(live, kept);
	return position < kept->n_answered ? &kept->answers->answers[position] : NULL;
}

static void live_finish(struct gvnp_source *source)
{
	struct live *live = (struct live *)source;

	gvnp_exchange_close(live->exchange);
	close_libvirt(live);
	if (live->deep)
		live->deep->finish(live->deep);
}

static void live_free(struct gvnp_source *source)
{
	struct live *live = (struct live *)source;

	gvnp_exchange_free(live->exchange);
	gvnp_early_free(live->early);
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
	live->source.expect = live_expect;
	live->source.peek = live_peek;
	live->source.finish = live_finish;
	live->source.free = live_free;
	live->ends = *ends;
	live->exchange = gvnp_exchange_new(ends->reader);
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
