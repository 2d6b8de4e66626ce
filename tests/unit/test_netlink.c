/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to this very kernel: what is answered, and that a network namespace of our own is never
 * taken for the host's. */
#include "source/netlink.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/netlink.h"
#include "source/answerer.h"

static int error_of(const char *root, enum gvnp_operation operation, const char *path)
{
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = gvnp_source_new_direct(root);
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(source, operation, "%s", path);

	return answers->answers[0].error;
}

static void every_answer_is_whole_messages_or_says_why_not(void **state)
{
	static const char *const names[] = { "links", "addresses", "audit-status", "audit-rules" };
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = gvnp_source_new_direct("/");

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
			gvnp_source_ask_one(source, GVNP_SYSTEM, "%s", names[i]);
		const struct gvnp_answer *answer = &answers->answers[0];
		struct gvnp_slice rest = { answer->data, answer->size };
		struct gvnp_netlink_message message;

		if (answer->error) {
			assert_non_null(strstr(answer->problem, names[i]));
			continue;
		}
		while (gvnp_netlink_next(&rest, &message))
			;
		assert_int_equal(rest.size, 0);
	}
}

static void the_clock_answers_with_four_numbers(void **state)
{
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = gvnp_source_new_direct("/");
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(source, GVNP_SYSTEM, "time-status");
	struct gvnp_slice rest = { answers->answers[0].data, answers->answers[0].size }, line;
	int64_t number;
	size_t n = 0;

	(void)state;
	assert_int_equal(answers->answers[0].error, 0);
	for (; gvnp_slice_next(&rest, '\n', &line); n++)
		assert_true(gvnp_slice_integer(line, &number));
	assert_int_equal(n, 4);
}

static void a_directory_taken_for_a_host_has_no_kernel(void **state)
{
	(void)state;
	assert_int_equal(error_of("/tmp", GVNP_SYSTEM, "links"), GVNP_NOT_HOST_VIEW);
	assert_int_equal(error_of("/tmp", GVNP_SYSTEM, "audit-status"), GVNP_NOT_HOST_VIEW);
	assert_int_equal(error_of("/tmp", GVNP_SYSTEM, "time-status"), EINVAL);
}

static void a_network_namespace_of_our_own_is_not_the_hosts(void **state)
{
	int status = 0;
	pid_t child = fork();

	(void)state;
	if (!child) {
		if (unshare(CLONE_NEWNET) < 0)
			_exit(77);
		bool is_refused = error_of("/", GVNP_SYSTEM, "links") == GVNP_NOT_HOST_VIEW &&
				  error_of("/", GVNP_SYSTEM, "addresses") == GVNP_NOT_HOST_VIEW &&
				  error_of("/", GVNP_READ, "/proc/sys/net/ipv4/ip_forward") ==
					  GVNP_NOT_HOST_VIEW &&
				  error_of("/", GVNP_READ, "/proc/sys/kernel/ostype") == 0;
		_exit(is_refused ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_answer_is_whole_messages_or_says_why_not),
		cmocka_unit_test(the_clock_answers_with_four_numbers),
		cmocka_unit_test(a_directory_taken_for_a_host_has_no_kernel),
		cmocka_unit_test(a_network_namespace_of_our_own_is_not_the_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
