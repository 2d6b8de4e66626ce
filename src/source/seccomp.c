/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread is stopped, asked, and let go. The rule kept here: it is let go on every way out. It
 * is seized, not attached to, so that it runs on if this process dies; and where it does not stop
 * in time this process dies, because a thread that stopped later would stand still until then.
 */
#include "source/seccomp.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "source/answerer.h"
#include "source/answers.h"

enum {
	STEP_NS = 20 * 1000,
	LONGEST_WAIT_NS = 1000 * 1000 * 1000, /* an uninterruptible sleep may last */
	MOST_FILTERS = 64,
	MOST_INSTRUCTIONS = 64 * 1024, /* of all: the kernel allows 4096 each */
	INSTRUCTION_SIZE = 8,
	COULD_NOT_STOP = 72, /* exit status */
};

static void append32(struct gvnp_buffer *buffer, uint32_t value)
{
	const char bytes[] = { (char)value, (char)(value >> 8), (char)(value >> 16),
			       (char)(value >> 24) };

	gvnp_buffer_append(buffer, bytes, sizeof bytes);
}

static void append_instruction(struct gvnp_buffer *buffer, const struct sock_filter *instruction)
{
	const char head[] = { (char)instruction->code, (char)(instruction->code >> 8),
			      (char)instruction->jt, (char)instruction->jf };

	gvnp_buffer_append(buffer, head, sizeof head);
	append32(buffer, instruction->k);
}

/* Waits until the seized thread stands still; then *ret_signal is one that was about to reach it,
 * or 0. Returns 0 or a negative errno: it has ended. */
static int wait_for_stop(pid_t pid, int *ret_signal)
{
	const struct timespec step = { .tv_nsec = STEP_NS };

	for (long waited = 0; waited < LONGEST_WAIT_NS; waited += STEP_NS) {
		int status;
		pid_t found = waitpid(pid, &status, __WALL | WNOHANG);

		if (found < 0 && errno != EINTR)
			return -errno;
		if (found == pid && !WIFSTOPPED(status))
			return -ESRCH;
		if (found == pid) {
			*ret_signal = status >> 16 ? 0 : WSTOPSIG(status);
			return 0;
		}
		nanosleep(&step, NULL);
	}
	_exit(COULD_NOT_STOP);
}

/* One filter. Returns 1, 0 when there is no such filter, or a negative errno. */
static int append_filter(pid_t pid, unsigned long number, struct gvnp_buffer *buffer)
{
	long n = ptrace(PTRACE_SECCOMP_GET_FILTER, pid, (void *)number, NULL);

	if (n < 0)
		return errno == ENOENT && number ? 0 : -errno;
	if ((size_t)n > MOST_INSTRUCTIONS - buffer->size / INSTRUCTION_SIZE)
		return GVNP_TOO_LARGE;
	_cleanup_free_ struct sock_filter *filter =
		gvnp_allocate_array((size_t)n + 1, sizeof *filter);
	if (ptrace(PTRACE_SECCOMP_GET_FILTER, pid, (void *)number, filter) != n)
		return -EIO;
	append32(buffer, (uint32_t)n);
	for (long i = 0; i < n; i++)
		append_instruction(buffer, &filter[i]);
	return 1;
}

static int append_filters(pid_t pid, struct gvnp_buffer *buffer)
{
	int state = 1;

	for (unsigned long i = 0; state == 1 && i < MOST_FILTERS; i++) {
		state = append_filter(pid, i, buffer);
		if (state != 0 && state != 1)
			return state;
	}
	return state ? GVNP_TOO_LARGE : 0;
}

static int read_filters(pid_t pid, struct gvnp_buffer *buffer)
{
	int signal = 0;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
		return -errno;
	/* It fails only when the thread is gone, which waiting finds out. */
	ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	int error = wait_for_stop(pid, &signal);
	if (error)
		return error;
	error = append_filters(pid, buffer);
	ptrace(PTRACE_DETACH, pid, NULL, (void *)(uintptr_t)signal);
	return error;
}

/* "/proc/PID" of another process than the first and this one. */
static bool parse_path(const char *path, pid_t *ret)
{
	uint64_t pid;

	if (!gvnp_text_starts(path, "/proc/") ||
	    !gvnp_parse_unsigned(path + strlen("/proc/"), 10, &pid) || pid < 2 || pid > INT32_MAX ||
	    pid == (uint64_t)getpid() || pid == (uint64_t)getppid())
		return false;
	*ret = (pid_t)pid;
	return true;
}

static void answer(struct gvnp_answers *answers, size_t i, const struct gvnp_request *request)
{
	_cleanup_buffer_ struct gvnp_buffer filters = { 0 };
	pid_t pid;

	if (request->operation != GVNP_SECCOMP || !parse_path(request->path, &pid)) {
		gvnp_answers_fail(answers, i, request->path, EINVAL);
		return;
	}
	int error = read_filters(pid, &filters);
	if (error)
		gvnp_answers_fail(answers, i, request->path, error < 0 ? -error : error);
	else
		gvnp_answers_set_data(answers, i, gvnp_buffer_text(&filters), filters.size);
}

static struct gvnp_answers *deep_ask(struct gvnp_source *source,
				     const struct gvnp_request *requests, size_t n_requests)
{
	struct gvnp_answers *answers = gvnp_answers_new(n_requests);

	(void)source;
	for (size_t i = 0; i < n_requests; i++)
		answer(answers, i, &requests[i]);
	return answers;
}

static void deep_free(struct gvnp_source *source)
{
	free(source);
}

struct gvnp_source *gvnp_source_new_deep(void)
{
	struct gvnp_source *source = gvnp_allocate(sizeof *source);

	source->ask = deep_ask;
	source->free = deep_free;
	return source;
}
