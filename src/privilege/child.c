/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting and ending child processes. The rules kept here: a child inherits no descriptor it was
 * not given, none outlives the supervisor, and only processes we started are signalled.
 */
#include "privilege/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "privilege/lock.h"

static void close_range_of(unsigned first, unsigned last)
{
	if (first > last || !syscall(SYS_close_range, first, last, 0))
		return;
	/* Linux before 5.9 */
	for (unsigned fd = first; fd <= last && fd < 4096; fd++)
		close((int)fd);
}

static int compare_descriptors(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Closes everything from 3 on except what is kept. */
static void close_others(const int *keep, size_t n)
{
	int sorted[sizeof((struct gvnp_start *)NULL)->keep / sizeof(int)];
	unsigned first = 3;

	memcpy(sorted, keep, n * sizeof *keep);
	qsort(sorted, n, sizeof *sorted, compare_descriptors);
	for (size_t i = 0; i < n; i++) {
		if (sorted[i] < (int)first)
			continue;
		close_range_of(first, (unsigned)sorted[i] - 1);
		first = (unsigned)sorted[i] + 1;
	}
	close_range_of(first, ~0U);
}

/* Standard streams of our own: a reader stuck in the kernel must not hold the user's pipe open. */
static bool arrange_descriptors(const struct gvnp_start *start)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(start->output >= 0 ? start->output : null, STDOUT_FILENO) < 0 ||
	    dup2(start->error, STDERR_FILENO) < 0)
		return false;
	close_others(start->keep, sizeof start->keep / sizeof *start->keep);
	return true;
}

static void reset_signals(void)
{
	static const int handled[] = { SIGINT, SIGTERM, SIGCHLD, SIGPIPE };
	sigset_t none;

	for (size_t i = 0; i < sizeof handled / sizeof *handled; i++)
		signal(handled[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

#ifdef GVNP_COVERAGE
void __gcov_dump(void);
#endif

__attribute__((noreturn)) static void end(int status)
{
#ifdef GVNP_COVERAGE
	__gcov_dump();
#endif
	_exit(status);
}

int gvnp_child_start(struct gvnp_child *child, const char *name, const struct gvnp_start *start)
{
	pid_t parent = getpid();

	*child = (struct gvnp_child){ .name = name };
	pid_t pid = fork();
	if (pid < 0)
		return -errno;
	if (pid) {
		child->pid = pid;
		return 0;
	}
	/* The parent may have died before we asked to die with it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent ||
	    !arrange_descriptors(start))
		_exit(125);
	reset_signals();
	end(start->run(start->data));
}

void gvnp_child_kill(struct gvnp_child *child)
{
	/* Not reaped yet, so the id is still this child's. */
	if (!child->pid)
		return;
	kill(child->pid, SIGKILL);
	child->was_killed = true;
}

void gvnp_child_reap(struct gvnp_child *child)
{
	int status;

	if (!child->pid || waitpid(child->pid, &status, WNOHANG | WUNTRACED) != child->pid)
		return;
	child->is_stopped = WIFSTOPPED(status);
	if (child->is_stopped)
		return;
	child->pid = 0;
	child->status = status;
}

bool gvnp_child_explain(const struct gvnp_child *child, struct gvnp_buffer *messages)
{
	if (child->pid || child->was_killed || !child->name || !child->status)
		return false;
	if (WIFSIGNALED(child->status)) {
		const char *words = sigdescr_np(WTERMSIG(child->status));

		gvnp_buffer_append_format(
			messages, "gvnp-audit: %s was killed by signal %d (%s)%s\n", child->name,
			WTERMSIG(child->status), words ? words : "unknown",
			WTERMSIG(child->status) == SIGSYS
				? ": it made a system call that its lock forbids"
				: "");
	} else {
		gvnp_buffer_append_format(messages, "gvnp-audit: %s ended with status %d\n",
					  child->name, WEXITSTATUS(child->status));
	}
	return true;
}

bool gvnp_child_broke_lock(const struct gvnp_child *child)
{
	if (child->pid || child->was_killed || !child->name)
		return false;
	if (WIFSIGNALED(child->status))
		return WTERMSIG(child->status) == SIGSYS;
	return WEXITSTATUS(child->status) == GVNP_LOCK_FAILED;
}
