/* SPDX-License-Identifier: Apache-2.0 */
/* Libvirt that hangs, fails, lies or must not be asked: the run goes on without it. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "gvnp/privilege.h"
#include "source/libvirt_wake.h"
#include "supervised.h"

static void report(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome)
{
	(void)data;
	append_answer(source, outcome, GVNP_READ, "/proc/sys/kernel/ostype");
	append_answer(source, outcome, GVNP_LIBVIRT, "uri");
}

static void write_program(const char *path, const char *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void run_program(const char *text, int deadline_ms, struct result *result)
{
	char folder[] = "/tmp/gvnp-supervise-XXXXXX";

	assert_non_null(mkdtemp(folder));
	_cleanup_free_ char *path = gvnp_format("%s/program", folder);
	write_program(path, text);
	struct gvnp_plan plan = { .work = report,
				  .deadline_ms = deadline_ms,
				  .libvirt_uri = "test:///default",
				  .libvirt_program = path };
	supervise(&plan, result);
	unlink(path);
	rmdir(folder);
}

static void a_libvirt_that_hangs_is_killed_and_the_rest_reported(void **state)
{
	_cleanup_result_ struct result result;

	(void)state;
	run_program("#!/bin/sh\nexec sleep 100\n", 600, &result);
	assert_int_equal(result.outcome.status, 0);
	assert_string_equal(result.output.data,
			    "0 Linux\n\n"
			    "100003 libvirt uri: no answer before the deadline\n");
	assert_non_null(strstr(result.messages.data,
			       "gvnp-audit: libvirt did not answer within half of the deadline; "
			       "its reader was killed\n"));
	assert_in_range(result.took_ms, 290, 5000);
}

static void a_libvirt_reader_that_fails_or_raves_is_not_believed(void **state)
{
	static const char *const programs[] = { "#!/bin/sh\necho oh no >&2\nexit 4\n",
						"#!/bin/sh\necho Welcome to libvirt\n" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		_cleanup_result_ struct result result;

		run_program(programs[i], 0, &result);
		assert_int_equal(result.outcome.status, 0);
		assert_string_equal(result.output.data,
				    "0 Linux\n\n"
				    "100004 libvirt uri: the libvirt reader ended before it had "
				    "answered\n");
		assert_int_equal(!i, strstr(result.messages.data,
					    "oh no\ngvnp-audit: the libvirt reader ended with "
					    "status 4\n") != NULL);
	}
}

static void a_missing_libvirt_program_is_told(void **state)
{
	struct gvnp_plan plan = { .work = report,
				  .libvirt_uri = "test:///default",
				  .libvirt_program = "/nowhere/program" };
	_cleanup_result_ struct result result;

	(void)state;
	supervise(&plan, &result);
	assert_int_equal(result.outcome.status, 0);
	assert_non_null(strstr(result.output.data, "100005 libvirt uri: /nowhere/program: No such "
						   "file or directory\n"));
}

static void only_uris_of_this_host_are_asked(void **state)
{
	static const char *const refused[] = { "qemu://other/system",
					       "qemu+ssh:///system",
					       "qemu+ext:///system?command=x",
					       "qemu:///embed?root=/x",
					       "qemu",
					       "qemu:/system",
					       "://",
					       "qemu+tls:///system" };
	static const char *const asked[] = { "test:///default", "qemu:///session",
					     "qemu+unix:///system?socket=/x" };
	struct gvnp_libvirt_wake wake;

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		gvnp_libvirt_wake_check(refused[i], true, &wake);
		assert_int_equal(wake.error, GVNP_LIBVIRT_ERROR);
		assert_int_equal(strncmp(wake.problem, refused[i], strlen(refused[i])), 0);
		free(wake.problem);
	}
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		gvnp_libvirt_wake_check(asked[i], false, &wake);
		assert_int_equal(wake.error, 0);
		assert_null(wake.problem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_libvirt_that_hangs_is_killed_and_the_rest_reported),
		cmocka_unit_test(a_libvirt_reader_that_fails_or_raves_is_not_believed),
		cmocka_unit_test(a_missing_libvirt_program_is_told),
		cmocka_unit_test(only_uris_of_this_host_are_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
