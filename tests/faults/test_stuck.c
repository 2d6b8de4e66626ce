/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that do not answer: the reader or the worker stopped by a signal, held in the middle of
 * a system call, or frozen so that not even SIGKILL ends them. The deadline is kept, and what was
 * seen is reported or status 3 says why not.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "faults.h"
#include "source/live.h"
#include "tracer.h"

enum { DEADLINE_MS = 2000, LATE_MS = 500 };

/* In the order in which they are started on a live host. */
#define LIBVIRT_READER TRACER_FIRST
#define READER TRACER_SECOND
#define WORKER TRACER_THIRD

struct fault {
	enum tracer_role role;
	enum tracer_act act;
	uint64_t number; /* of the call it is met at */
	unsigned after;	 /* calls of that number before it */
	unsigned n;
	pid_t met;
};

static enum tracer_act judge(void *data, struct tracer_call *call)
{
	struct fault *fault = data;

	if (call->role != fault->role || call->number != fault->number ||
	    fault->n++ != fault->after)
		return TRACER_GO;
	fault->met = call->pid;
	return fault->act;
}

static int run(struct fault *fault, const char *uri, struct tracer *tracer)
{
	_cleanup_free_ char *report = faults_path("report");
	_cleanup_free_ char *said = faults_path("said");
	_cleanup_close_ int fd = open(said, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	const char *const arguments[] = { faults_program,
					  "run",
					  "--checks",
					  faults_checks,
					  "--deadline",
					  "2",
					  "--connect",
					  uri,
					  "--format",
					  "json",
					  "-o",
					  report,
					  NULL };

	*tracer = (struct tracer){ .arguments = arguments,
				   .roles = 1U << fault->role,
				   .output = fd,
				   .judge = judge,
				   .data = fault };
	unlink(report);
	assert_int_equal(tracer_run(tracer), 0);
	printf("role %u, call %u of number %d: %d ms\n", (unsigned)fault->role, fault->after,
	       (int)fault->number, (int)tracer->took_ms);
	assert_false(tracer->is_overdue);
	assert_true(fault->met > 0);
	assert_true(faults_nobody_left());
	if (tracer->took_ms > DEADLINE_MS + LATE_MS || tracer->all_gone_ms > tracer->took_ms + 1000)
		fail_msg("ended after %d ms, all gone after %d ms", (int)tracer->took_ms,
			 (int)tracer->all_gone_ms);
	assert_true(WIFEXITED(tracer->status));
	return WEXITSTATUS(tracer->status);
}

static void assert_said(const char *words)
{
	_cleanup_free_ char *said = faults_said();

	if (!strstr(said, words))
		fail_msg("'%s' was not said, but: %s", words, said);
}

static void assert_reported(bool is_expected)
{
	_cleanup_free_ char *report = faults_path("report");

	_cleanup_free_ char *said = faults_said();

	if (is_expected && !faults_is_whole_report(report))
		fail_msg("no whole report: %s", said);
	if (!is_expected)
		assert_int_equal(access(report, F_OK), -1);
}

static void a_reader_that_does_not_return_is_given_up_and_the_rest_reported(void **state)
{
	static const struct fault faults[] = {
		{ .role = READER, .act = TRACER_HOLD, .number = SYS_openat2, .after = 100 },
		{ .role = READER, .act = TRACER_STOP, .number = SYS_getdents64, .after = 10 },
		{ .role = READER, .act = TRACER_STOP, .number = SYS_openat2, .after = 3 },
	};
	struct tracer tracer;

	(void)state;
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		struct fault fault = faults[i];

		assert_int_equal(run(&fault, "test:///default", &tracer), 3);
		assert_in_range(tracer.took_ms, DEADLINE_MS / 2, DEADLINE_MS + LATE_MS);
		assert_said("the reader process: no answer before the deadline");
		/* The clock is among the first answers: without it there is nothing to report. */
		if (fault.after > 3)
			assert_reported(true);
	}
}

static void a_libvirt_reader_that_does_not_return_is_killed(void **state)
{
	struct fault fault = {
		.role = LIBVIRT_READER, .act = TRACER_HOLD, .number = SYS_mmap, .after = 20
	};
	struct tracer tracer;

	(void)state;
	assert_true(run(&fault, "test:///default", &tracer) <= 1);
	assert_in_range(tracer.took_ms, DEADLINE_MS / 2, DEADLINE_MS + LATE_MS);
	assert_said("libvirt did not answer within half of the deadline; its reader was killed");
	assert_reported(true);
}

static void a_worker_that_does_not_return_is_killed_at_the_deadline(void **state)
{
	static const struct fault faults[] = {
		{ .role = WORKER, .act = TRACER_STOP, .number = SYS_poll, .after = 5 },
		/* in the middle of handing the report over */
		{ .role = WORKER, .act = TRACER_STOP, .number = SYS_write, .after = 1 },
	};
	struct tracer tracer;

	(void)state;
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		struct fault fault = faults[i];

		assert_int_equal(run(&fault, "test:///default", &tracer), 3);
		assert_in_range(tracer.took_ms, DEADLINE_MS - 100, DEADLINE_MS + LATE_MS);
		assert_said("the deadline passed before the worker had finished; it was killed");
		assert_reported(false);
	}
}

/* ---- frozen: what SIGKILL does not end, like a read that is stuck in the kernel */

static char freezer[] = "/sys/fs/cgroup/freezer/gvnp-faults-XXXXXX";

static bool put(const char *folder, const char *name, const char *text)
{
	_cleanup_free_ char *path = gvnp_format("%s/%s", folder, name);
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

static void a_process_that_cannot_be_killed_does_not_hold_the_run_up(void **state)
{
	_cleanup_free_ char *report = faults_path("report");
	const char *const arguments[] = { faults_program,
					  "run",
					  "--checks",
					  faults_checks,
					  "--deadline",
					  "2",
					  "--connect",
					  "qemu+unix:///system?socket=/nowhere",
					  "--format",
					  "json",
					  "-o",
					  report,
					  NULL };
	struct faults_run frozen;

	(void)state;
	/* The freezer of cgroup v1; that of v2 lets SIGKILL through. */
	if (!mkdtemp(freezer))
		skip();
	unlink(report);
	faults_start(&frozen, arguments, NULL, 0);
	pid_t pid = faults_child_of(frozen.pid, 1);
	_cleanup_free_ char *number = gvnp_format("%d", (int)pid);
	bool is_frozen = pid > 0 && put(freezer, "cgroup.procs", number) &&
			 put(freezer, "freezer.state", "FROZEN");
	faults_wait(&frozen, 10000);
	_cleanup_free_ char *said = faults_said();
	put(freezer, "freezer.state", "THAWED");
	bool is_nobody_left = faults_nobody_left();
	rmdir(freezer);
	assert_true(is_frozen && is_nobody_left);
	assert_int_equal(WIFEXITED(frozen.status) ? WEXITSTATUS(frozen.status) : -1, 3);
	_cleanup_free_ char *words = gvnp_format(
		"the reader is stuck in the kernel and was abandoned (process %d)", (int)pid);
	assert_non_null(strstr(said, words));
	assert_in_range(frozen.took_ms, DEADLINE_MS / 2, DEADLINE_MS + LATE_MS);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reader_that_does_not_return_is_given_up_and_the_rest_reported),
		cmocka_unit_test(a_libvirt_reader_that_does_not_return_is_killed),
		cmocka_unit_test(a_worker_that_does_not_return_is_killed_at_the_deadline),
		cmocka_unit_test(a_process_that_cannot_be_killed_does_not_hold_the_run_up),
	};

	if (!faults_begin(argc, argv))
		return 2;
	int failed = tracer_is_possible() ? cmocka_run_group_tests(tests, NULL, NULL) : 77;
	faults_end();
	return failed;
}
