/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of the processes: runs a plan and holds what came back; a plan that declares nothing
 * may ask for everything. Include after cmocka.h.
 */
#ifndef GVNP_TESTS_SUPERVISED_H
#define GVNP_TESTS_SUPERVISED_H

#include <errno.h>
#include <sys/wait.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "gvnp/privilege.h"
#include "source/live.h"

#define _cleanup_answers_ _cleanup_(gvnp_answers_freep)

/* A build that checks itself compiles wider filters, and its processes may be looked into. */
#ifdef GVNP_WIDE_FILTER
enum { IS_WIDE = 1 };
#else
enum { IS_WIDE = 0 };
#endif

struct result {
	struct gvnp_buffer output, messages, recording;
	struct gvnp_outcome outcome;
	int64_t took_ms;
};

static inline bool declares_all(enum gvnp_operation operation, const char *path)
{
	(void)operation;
	(void)path;
	return true;
}

static inline void result_done(struct result *result)
{
	gvnp_buffer_done(&result->output);
	gvnp_buffer_done(&result->messages);
	gvnp_buffer_done(&result->recording);
}

static inline void assert_no_child(void)
{
	int status;

	assert_int_equal(waitpid(-1, &status, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static inline void supervise(struct gvnp_plan *plan, struct result *result)
{
	int64_t begin = gvnp_live_now();

	*result = (struct result){ 0 };
	result->outcome = (struct gvnp_outcome){ .output = &result->output,
						 .messages = &result->messages,
						 .recording = &result->recording };
	if (!plan->declares)
		plan->declares = declares_all;
	assert_int_equal(gvnp_supervise(plan, &result->outcome), 0);
	result->took_ms = gvnp_live_now() - begin;
	assert_no_child();
}

#define _cleanup_result_ _cleanup_(result_done)

static inline void append_answer(struct gvnp_source *source, struct gvnp_outcome *outcome,
				 enum gvnp_operation operation, const char *path)
{
	_cleanup_answers_ struct gvnp_answers *answers =
		gvnp_source_ask_one(source, operation, "%s", path);
	const struct gvnp_answer *answer = &answers->answers[0];

	gvnp_buffer_append_format(outcome->output, "%d %s%s\n", answer->error, answer->problem,
				  answer->data);
}

#endif
