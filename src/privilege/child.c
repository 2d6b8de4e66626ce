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

static void close_range_of(unsigned first, unsigned last)
{
	if (first > last || !syscall(SYS_close_range, first, last, 0))
		return;
	/* Linux before 5.9 */
	for (unsigned fd = first; fd <= last && fd < 4096; fd++)
		close((int)fd);
}

/* Closes everything from 3 on except two descriptors. */
static void close_others(int keep, int keep_too)
{
	int low = keep < keep_too ? keep : keep_too, high = keep < keep_too ? keep_too : keep;
	unsigned first = 3;

	if (low >= 3) {
		close_range_of(first, (unsigned)low - 1);
		first = (unsigned)low + 1;
	}
	if (high >= 3 && high != low) {
		close_range_of(first, (unsigned)high - 1);
		first = (unsigned)high + 1;
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
	close_others(start->keep[0], start->keep[1]);
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
	_exit(start->run(start->data));
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

	if (!child->pid || waitpid(child->pid, &status, WNOHANG) != child->pid)
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

		gvnp_buffer_append_format(messages, "gvnp-audit: %s was killed by signal %d (%s)\n",
					  child->name, WTERMSIG(child->status),
					  words ? words : "unknown");
	} else {
		gvnp_buffer_append_format(messages, "gvnp-audit: %s ended with status %d\n",
					  child->name, WEXITSTATUS(child->status));
	}
	return true;
}
