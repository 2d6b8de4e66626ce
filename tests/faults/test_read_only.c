/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every system call of whole runs, of all their processes: none changes the host. As root, as
 * nobody, and with the verbs that look at a host. That the judge would notice is tested first.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "faults.h"
#include "read_only.h"
#include "tracer.h"

enum { NOBODY = 65534 };

struct watch {
	struct tracer *tracer;
	struct gvnp_buffer violations; /* a line each */
	const char *socket;
};

static enum tracer_act judge(void *data, struct tracer_call *call)
{
	struct watch *watch = data;
	const char *violation =
		read_only_violation(watch->tracer, call, faults_folder, watch->socket);

	if (violation && watch->violations.size < 4096)
		gvnp_buffer_append_format(&watch->violations, "process %u: %s\n",
					  (unsigned)call->role, violation);
	return TRACER_GO;
}

/* Runs it; the violations come back. */
static char *trace(const char *const *arguments, uid_t uid, const char *socket_path,
		   int *ret_status, unsigned *ret_n)
{
	_cleanup_free_ char *said = faults_path("said");
	_cleanup_close_ int fd = open(said, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct watch watch = { .socket = socket_path };
	struct tracer tracer = {
		.arguments = arguments, .uid = uid, .output = fd, .judge = judge, .data = &watch
	};

	watch.tracer = &tracer;
	assert_int_equal(tracer_run(&tracer), 0);
	assert_false(tracer.is_overdue);
	assert_true(faults_nobody_left());
	*ret_status = WIFEXITED(tracer.status) ? WEXITSTATUS(tracer.status) : -1;
	*ret_n = 0;
	for (size_t i = 0; i < sizeof tracer.n_calls / sizeof *tracer.n_calls; i++)
		*ret_n += tracer.n_calls[i];
	return gvnp_buffer_take(&watch.violations);
}

/* ---- a program that does what is forbidden, in forms that do nothing */

static void misbehave(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/nowhere/socket" };
	struct sockaddr internet = { .sa_family = AF_INET };
	union bpf_attr nothing;

	memset(&nothing, 0, sizeof nothing);
	close(open("/nowhere/file", O_WRONLY));
	close(open("/nowhere/new", O_RDONLY | O_CREAT, 0600));
	close(open("/nowhere", O_RDWR | O_TMPFILE, 0600));
	close(open("/dev/nowhere", O_RDONLY));
	unlink("/nowhere/unlinked");
	rename("/nowhere/old", "/nowhere/newer");
	mkdir("/nowhere/folder", 0700);
	chmod("/nowhere/mode", 0700);
	adjtimex(&(struct timex){ .modes = ADJ_TICK, .tick = 1 }); /* out of range: refused */
	kill(1, 0);
	kill(getppid(), 0);
	ioctl(-1, TIOCSTI, "x");
	close(socket(AF_INET, SOCK_STREAM, 0));
	int refused = truncate("/nowhere/short", 0);
	refused += connect(-1, (struct sockaddr *)&address, sizeof address);
	refused += connect(-1, &internet, sizeof internet);
	refused += bind(-1, &internet, sizeof internet);
	if (refused != -4)
		_exit(1);
	ptrace(PTRACE_CONT, 1, NULL, NULL); /* not ours, so refused */
	mount("", "/nowhere", "", 0, "");
	syscall(SYS_bpf, BPF_PROG_LOAD, &nothing, 0);
	syscall(SYS_init_module, NULL, 0, "");
	execl("/nowhere/program", "program", (char *)NULL);
}

static void what_would_change_the_host_is_noticed(void **state)
{
	static const char *const expected[] = {
		"opens /nowhere/file for writing",
		"opens /nowhere/new for writing",
		"opens /nowhere for writing",
		"opens the device /dev/nowhere",
		"changes /nowhere/unlinked",
		"changes /nowhere/old",
		"sends signal 0 to 1\n",
		"sets the clock (modes 0x4000)",
		"ioctl 0x5412",
		"makes a socket of family 2",
		"connects to '/nowhere/socket'",
		"connects to address family 2",
		"binds a socket of family 2",
		"bpf command 5",
	};
	static const int unlisted[] = { SYS_ptrace, SYS_mount, SYS_init_module, SYS_truncate };
	char self[4096];
	unsigned n;
	int status;

	(void)state;
	ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
	assert_true(size > 0);
	self[size] = '\0';
	const char *const arguments[] = { self, "--misbehave", NULL };
	_cleanup_free_ char *violations = trace(arguments, 0, NULL, &status, &n);
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		if (!strstr(violations, expected[i]))
			fail_msg("not noticed: %s in\n%s", expected[i], violations);
	for (size_t i = 0; i < sizeof unlisted / sizeof *unlisted; i++) {
		_cleanup_free_ char *words =
			gvnp_format("system call %d, which is not on the list", unlisted[i]);

		assert_non_null(strstr(violations, words));
	}
}

/* ---- the program itself */

static void expect_read_only(const char *const *arguments, uid_t uid)
{
	int status;
	unsigned n;
	_cleanup_free_ char *violations = trace(arguments, uid, NULL, &status, &n);

	printf("%s as %s: %u calls, status %d\n", arguments[1], uid ? "nobody" : "root", n, status);
	if (*violations)
		fail_msg("%s as %u:\n%s", arguments[1], uid, violations);
	assert_true(n > 1000);
	assert_in_range(status, 0, 1);
}

/* Outputs of one account would be in the way of the other. */
static void each_verb(uid_t uid)
{
	_cleanup_free_ char *report = faults_path("report");
	_cleanup_free_ char *recording = faults_path("recording.tar");
	const char *uri = "test:///default";
	const char *const list[][12] = {
		{ faults_program, "run", "--checks", faults_checks, "--connect", uri, NULL },
		{ faults_program, "run", "--checks", faults_checks, "--connect", uri, "-o", report,
		  NULL },
		{ faults_program, "run", "--checks", faults_checks, "--connect", uri, "-o", report,
		  "--activate", NULL },
		{ faults_program, "snapshot", "--checks", faults_checks, "--connect", uri, "-o",
		  report, recording, NULL },
		{ faults_program, "snapshot", "--checks", faults_checks, "--connect", uri, "-o",
		  report, "--redact", recording, NULL },
		{ faults_program, "declare", "--checks", faults_checks, "--connect", uri, "-o",
		  report, NULL },
		{ faults_program, "query", "--checks", faults_checks, "--connect", uri,
		  "SELECT * FROM host", NULL },
		{ faults_program, "run", "--checks", faults_checks, NULL }, /* the host's libvirt */
	};

	faults_empty_folder();
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		expect_read_only(list[i], uid);
}

static void no_call_of_a_run_by_root_changes_the_host(void **state)
{
	(void)state;
	if (faults_is_sanitized)
		skip(); /* the sanitizers make calls of their own */
	each_verb(0);
}

static void no_call_of_a_run_by_nobody_changes_the_host(void **state)
{
	(void)state;
	if (faults_is_sanitized)
		skip();
	each_verb(NOBODY);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_would_change_the_host_is_noticed),
		cmocka_unit_test(no_call_of_a_run_by_root_changes_the_host),
		cmocka_unit_test(no_call_of_a_run_by_nobody_changes_the_host),
	};

	if (argc == 2 && !strcmp(argv[1], "--misbehave")) {
		misbehave();
		return 0;
	}
	if (!faults_begin(argc, argv))
		return 2;
	int failed = tracer_is_possible() ? cmocka_run_group_tests(tests, NULL, NULL) : 77;
	faults_end();
	return failed;
}
