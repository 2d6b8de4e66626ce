/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A QEMU process that ends between the list and the read, at every question about it, and one whose
 * id another process has by then. The victim is this test program under the name of an emulator.
 * What is told of it is all of one of the two, or a hole: never a mixture.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "faults.h"
#include "tracer.h"

static char bin[] = "/tmp/gvnp-faults-XXXXXX";
static char *emulator; /* a link to this program */
static char self[4096];

/* What only the victim, and only its successor, would be known by. */
#define VICTIM "gvnp-faults-victim"
#define SUCCESSOR "gvnp-faults-successor"

static void be_process(const char *name)
{
	char *const arguments[] = { emulator,
				    (char *)(uintptr_t) "-name",
				    (char *)(uintptr_t)name,
				    (char *)(uintptr_t) "-machine",
				    (char *)(uintptr_t) "q35",
				    (char *)(uintptr_t) "-S",
				    NULL };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execv(emulator, arguments);
	_exit(127);
}

/* Waits until the process has become what it shall be. */
static void wait_for(pid_t pid, const char *name)
{
	_cleanup_free_ char *path = gvnp_format("/proc/%d/cmdline", (int)pid);

	for (int i = 0; i < 2000; i++) {
		size_t size = 0;
		_cleanup_free_ char *command = faults_content(path, &size);

		if (command && memmem(command, size, name, strlen(name)))
			return;
		usleep(1000);
	}
	fail_msg("%s did not start", name);
}

/* `pid`: 0, or the id it shall have, which takes the right to choose. 0: not to be had. */
static pid_t start_process(const char *name, pid_t pid)
{
	struct clone_args arguments = { .exit_signal = SIGCHLD };

	if (pid) {
		arguments.set_tid = (uint64_t)(uintptr_t)&pid;
		arguments.set_tid_size = 1;
	}
	long child = syscall(SYS_clone3, &arguments, sizeof arguments);
	if (!child)
		be_process(name);
	if (child < 0)
		return 0;
	wait_for((pid_t)child, name);
	return (pid_t)child;
}

static void end_process(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

struct disturbance {
	char folder[32]; /* "/proc/PID", as it is asked */
	pid_t victim, successor;
	bool is_replaced; /* by another one with its id */
	unsigned target, n;
	bool is_met;
};

/* Every question about the victim opens something below its folder. */
static bool is_about(const struct disturbance *disturbance, const struct tracer_call *call)
{
	size_t size = strlen(disturbance->folder);

	if (call->role != TRACER_SECOND || call->number != SYS_openat2)
		return false;
	const char *path = tracer_text(call->pid, call->arguments[1]);
	return !strncmp(path, disturbance->folder, size) && (path[size] == '/' || !path[size]);
}

static enum tracer_act judge(void *data, struct tracer_call *call)
{
	struct disturbance *disturbance = data;

	if (!is_about(disturbance, call) || disturbance->n++ != disturbance->target)
		return TRACER_GO;
	disturbance->is_met = true;
	end_process(disturbance->victim);
	if (disturbance->is_replaced)
		disturbance->successor = start_process(SUCCESSOR, disturbance->victim);
	return TRACER_GO;
}

/* Asks for the rows of all VM processes. */
static char *query(struct disturbance *disturbance)
{
	_cleanup_free_ char *said = faults_path("said");
	_cleanup_close_ int fd = open(said, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	const char *const arguments[] = {
		faults_program,
		"query",
		"--checks",
		faults_checks,
		"--connect",
		"test:///default",
		"SELECT q.pid, q.name, (SELECT list(a.value) FROM qemu_process_argument a "
		"WHERE a.pid = q.pid) AS words FROM qemu_process q",
		NULL
	};
	struct tracer tracer = { .arguments = arguments,
				 .roles = 1U << TRACER_SECOND,
				 .output = fd,
				 .judge = judge,
				 .data = disturbance };

	assert_int_equal(tracer_run(&tracer), 0);
	assert_false(tracer.is_overdue);
	if (!WIFEXITED(tracer.status) || WEXITSTATUS(tracer.status) > 1)
		fail_msg("status %x", (unsigned)tracer.status);
	return faults_said();
}

/* One question met. False: there are no more. */
static bool meet(unsigned target, bool is_replaced, unsigned *n_gone)
{
	struct disturbance disturbance = { .target = target, .is_replaced = is_replaced };

	disturbance.victim = start_process(VICTIM, 0);
	assert_true(disturbance.victim > 0);
	snprintf(disturbance.folder, sizeof disturbance.folder, "/proc/%d",
		 (int)disturbance.victim);
	_cleanup_free_ char *said = query(&disturbance);
	if (!disturbance.is_met)
		end_process(disturbance.victim);
	end_process(disturbance.successor);
	bool is_victim = strstr(said, VICTIM), is_successor = strstr(said, SUCCESSOR);
	if (is_victim && is_successor)
		fail_msg("question %u: told of both: %s", target, said);
	if (disturbance.is_met && is_replaced && !disturbance.successor)
		skip(); /* the right to choose an id */
	*n_gone += !is_victim;
	if (!disturbance.is_met && !is_victim)
		fail_msg("undisturbed it is not told of: %s", said);
	return disturbance.is_met;
}

static void sweep(bool is_replaced)
{
	unsigned target = 0, n_gone = 0;

	while (meet(target, is_replaced, &n_gone))
		target += faults_is_long ? 1 : 2;
	printf("%u questions about a process; in %u runs it was not told of\n", target, n_gone);
	assert_true(target >= 5);
	assert_true(n_gone > 0);
}

static void a_vm_may_end_at_any_question_about_it(void **state)
{
	(void)state;
	sweep(false);
}

static void a_successor_with_its_id_is_not_mixed_up_with_it(void **state)
{
	(void)state;
	sweep(true);
}

static int make_emulator(void **state)
{
	ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);

	(void)state;
	if (size < 0 || !mkdtemp(bin) || chmod(bin, 0755))
		return -1;
	self[size] = '\0';
	emulator = gvnp_format("%s/qemu-system-x86_64", bin);
	return link(self, emulator) ? symlink(self, emulator) : 0;
}

static int remove_emulator(void **state)
{
	(void)state;
	unlink(emulator);
	free(emulator);
	return rmdir(bin);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vm_may_end_at_any_question_about_it),
		cmocka_unit_test(a_successor_with_its_id_is_not_mixed_up_with_it),
	};

	if (argc > 1 && !strcmp(argv[1], "-name")) {
		pause();
		return 0;
	}
	if (!faults_begin(argc, argv))
		return 2;
	int failed = tracer_is_possible()
			     ? cmocka_run_group_tests(tests, make_emulator, remove_emulator)
			     : 77;
	faults_end();
	return failed;
}
