/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real libvirt daemon that is stopped or killed while it is asked, in between its messages; and a
 * whole run that asks it, call by call, as root and as nobody. Started by `daemon`, in namespaces
 * of its own.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "faults.h"
#include "read_only.h"
#include "source/live.h"
#include "tracer.h"

enum { DEADLINE_MS = 2000, LATE_MS = 500, NOBODY = 65534 };

static pid_t daemon_pid(void)
{
	size_t size;
	_cleanup_free_ char *text = faults_content("/run/libvirtd.pid", &size);
	uint64_t pid = 0;

	if (text)
		gvnp_slice_unsigned(gvnp_slice_trim(gvnp_slice(text)), 10, &pid);
	return (pid_t)pid;
}

/* The daemon was started in this namespace for this test. */
static void signal_daemon(int number)
{
	pid_t pid = daemon_pid();

	assert_true(pid > 1);
	kill(pid, number);
}

struct disturbance {
	int number; /* signal to the daemon, or 0 */
	unsigned target, n;
	bool is_met;
	struct tracer *tracer;
	struct gvnp_buffer violations;
};

/* A message to the daemon, or a wait for its answer. */
static enum tracer_act judge(void *data, struct tracer_call *call)
{
	struct disturbance *disturbance = data;
	const char *violation = read_only_violation(disturbance->tracer, call, faults_folder, NULL);
	bool is_message = call->role == TRACER_FIRST &&
			  (call->number == SYS_write || call->number == SYS_sendto ||
			   call->number == SYS_sendmsg || call->number == SYS_connect);

	if (violation && disturbance->violations.size < 4096)
		gvnp_buffer_append_format(&disturbance->violations, "process %u: %s\n",
					  (unsigned)call->role, violation);
	if (!is_message || disturbance->n++ != disturbance->target || !disturbance->number)
		return TRACER_GO;
	disturbance->is_met = true;
	signal_daemon(disturbance->number);
	return TRACER_GO;
}

static void run(struct disturbance *disturbance, const char *name, uid_t uid, struct tracer *tracer)
{
	_cleanup_free_ char *report = faults_path(name);
	_cleanup_free_ char *said = faults_path("said");
	_cleanup_close_ int fd = open(said, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	const char *const arguments[] = {
		faults_program, "run",	      "--checks",
		faults_checks,	"--deadline", disturbance->number ? "2" : "20",
		"--format",	"json",	      "-o",
		report,		NULL
	};

	*tracer = (struct tracer){ .arguments = arguments,
				   .uid = uid,
				   .roles = disturbance->number ? 1U << TRACER_FIRST : 0,
				   .output = fd,
				   .judge = judge,
				   .data = disturbance };
	disturbance->tracer = tracer;
	unlink(report);
	assert_int_equal(tracer_run(tracer), 0);
	assert_false(tracer->is_overdue);
	assert_true(WIFEXITED(tracer->status));
	if (disturbance->violations.size)
		fail_msg("%s", gvnp_buffer_text(&disturbance->violations));
	if (!faults_is_whole_report(report))
		fail_msg("no whole report");
}

static void no_call_of_a_run_that_asks_the_daemon_changes_the_host(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		_cleanup_free_ char *report = faults_path("asked");
		struct disturbance nothing = { 0 };
		struct tracer tracer;
		size_t size;

		/* That of root is what the others are compared with. */
		run(&nothing, "asked", i ? 0 : NOBODY, &tracer);
		_cleanup_free_ char *content = faults_content(report, &size);
		printf("as %s: %u messages to the daemon\n", i ? "root" : "nobody", nothing.n);
		_cleanup_free_ char *said = faults_said();
		if (WEXITSTATUS(tracer.status))
			fail_msg("status %d: %s", WEXITSTATUS(tracer.status), said);
		assert_true(nothing.n > 10);
		assert_non_null(strstr(content, "gvnp-faults-one"));
	}
}

/* True if there was such a message. */
static bool disturb(int number, unsigned target)
{
	_cleanup_free_ char *baseline = faults_path("asked");
	_cleanup_free_ char *report = faults_path("report");
	struct disturbance disturbance = { .number = number, .target = target };
	struct tracer tracer;

	run(&disturbance, "report", 0, &tracer);
	if (number == SIGSTOP)
		signal_daemon(SIGCONT);
	const char *improved = faults_improved(report, baseline);
	if (improved)
		fail_msg("message %u: %s passes only then", target, improved);
	if (tracer.took_ms > DEADLINE_MS + LATE_MS)
		fail_msg("message %u: %d ms", target, (int)tracer.took_ms);
	if (WEXITSTATUS(tracer.status) > 1)
		fail_msg("message %u: status %d", target, WEXITSTATUS(tracer.status));
	return disturbance.is_met;
}

static void a_daemon_that_is_stopped_at_any_message_costs_only_its_answers(void **state)
{
	unsigned step = faults_is_long ? 3 : 60, target = 0;

	(void)state;
	while (disturb(SIGSTOP, target))
		target += step;
	printf("stopped at every %u-th of %u messages\n", step, target);
	assert_true(target > 100);
}

/* The last test: the daemon is not started again. */
static void a_daemon_that_is_killed_at_a_message_costs_only_its_answers(void **state)
{
	unsigned target = faults_seed() % 150;

	(void)state;
	printf("killed at message %u\n", target);
	assert_true(disturb(SIGKILL, target));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_call_of_a_run_that_asks_the_daemon_changes_the_host),
		cmocka_unit_test(a_daemon_that_is_stopped_at_any_message_costs_only_its_answers),
		cmocka_unit_test(a_daemon_that_is_killed_at_a_message_costs_only_its_answers),
	};

	if (!faults_begin(argc, argv))
		return 2;
	int failed = tracer_is_possible() ? cmocka_run_group_tests(tests, NULL, NULL) : 77;
	faults_end();
	return failed;
}
