/* SPDX-License-Identifier: Apache-2.0 */
/* An outcome on its way from the worker to the supervisor. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "privilege/outcome.h"

struct result {
	struct gvnp_buffer output, messages, recording;
	struct gvnp_outcome outcome;
};

static void result_done(struct result *result)
{
	gvnp_buffer_done(&result->output);
	gvnp_buffer_done(&result->messages);
	gvnp_buffer_done(&result->recording);
}

#define _cleanup_result_ _cleanup_(result_done)

static void an_outcome_that_is_not_all_there_is_refused(void **state)
{
	struct gvnp_buffer output = { 0 }, messages = { 0 }, recording = { 0 };
	struct gvnp_outcome sent = {
		.status = 1, .output = &output, .messages = &messages, .recording = &recording
	};
	_cleanup_result_ struct result result = { 0 };
	_cleanup_buffer_ struct gvnp_buffer bytes = { 0 };
	char raw[256];
	int ends[2];

	(void)state;
	gvnp_buffer_append_text(&output, "report");
	gvnp_buffer_append_text(&recording, "tar");
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(gvnp_outcome_send(ends[1], &sent), 0);
	ssize_t size = read(ends[0], raw, sizeof raw);
	assert_true(size > 9);
	result.outcome = (struct gvnp_outcome){ .output = &result.output,
						.messages = &result.messages,
						.recording = &result.recording };
	for (size_t cut = 0; cut < (size_t)size; cut++) {
		gvnp_buffer_clear(&bytes);
		gvnp_buffer_append(&bytes, raw, cut);
		assert_int_equal(gvnp_outcome_decode(&bytes, &result.outcome), -EBADMSG);
	}
	gvnp_buffer_append(&bytes, raw + size - 1, 1);
	assert_int_equal(gvnp_outcome_decode(&bytes, &result.outcome), 0);
	assert_int_equal(result.outcome.status, 1);
	assert_string_equal(result.output.data, "report");
	assert_string_equal(result.recording.data, "tar");
	gvnp_buffer_done(&output);
	gvnp_buffer_done(&recording);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_outcome_that_is_not_all_there_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
