/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop of the tracer. It seizes (PTRACE_SEIZE), so that stops by signals stay what they are for
 * the program; a call is failed by spoiling its first two arguments and replacing the result, since
 * a seccomp filter would kill for a call number that is none.
 */
#include "tracer.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "source/live.h"

static volatile sig_atomic_t is_over;

static void end_wait(int number)
{
	(void)number;
	is_over = 1;
}

#if defined(__x86_64__)
#define ARGUMENT_0(registers) ((registers)->rdi)
#define ARGUMENT_1(registers) ((registers)->rsi)
#define RESULT(registers) ((registers)->rax)
#elif defined(__aarch64__)
#define ARGUMENT_0(registers) ((registers)->regs[0])
#define ARGUMENT_1(registers) ((registers)->regs[1])
#define RESULT(registers) ((registers)->regs[0])
#else
#error "which registers hold the arguments of a system call here?"
#endif

static bool registers_of(pid_t pid, struct user_regs_struct *registers, bool is_set)
{
	struct iovec vector = { registers, sizeof *registers };

	return !ptrace(is_set ? PTRACE_SETREGSET : PTRACE_GETREGSET, pid,
		       (void *)(uintptr_t)NT_PRSTATUS, &vector);
}

static void spoil(struct tracer_thread *thread, int error)
{
	struct user_regs_struct registers;

	if (!registers_of(thread->pid, &registers, false))
		return;
	thread->failing = error;
	thread->saved[0] = ARGUMENT_0(&registers);
	thread->saved[1] = ARGUMENT_1(&registers);
	ARGUMENT_0(&registers) = ARGUMENT_1(&registers) = (uint64_t)-1;
	registers_of(thread->pid, &registers, true);
}

static void unspoil(struct tracer_thread *thread)
{
	struct user_regs_struct registers;

	if (registers_of(thread->pid, &registers, false)) {
		ARGUMENT_0(&registers) = thread->saved[0];
		ARGUMENT_1(&registers) = thread->saved[1];
		RESULT(&registers) = (uint64_t)-thread->failing; /* last: it may be argument 0 */
		registers_of(thread->pid, &registers, true);
	}
	thread->failing = 0;
}

bool tracer_read(pid_t pid, uint64_t address, void *ret, size_t size)
{
	struct iovec ours = { ret, size }, theirs = { (void *)(uintptr_t)address, size };

	return process_vm_readv(pid, &ours, 1, &theirs, 1, 0) == (ssize_t)size;
}

const char *tracer_text(pid_t pid, uint64_t address)
{
	static char text[4096];
	size_t size = 0;

	while (size < sizeof text - 1 && tracer_read(pid, address + size, text + size, 1) &&
	       text[size])
		size++;
	text[size] = '\0';
	return text;
}

bool tracer_knows(const struct tracer *tracer, pid_t pid)
{
	for (size_t i = 0; i < tracer->n_threads; i++)
		if (tracer->threads[i].pid == pid)
			return true;
	return false;
}

static struct tracer_thread *thread_of(struct tracer *tracer, pid_t pid)
{
	for (size_t i = 0; i < tracer->n_threads; i++)
		if (tracer->threads[i].pid == pid && !tracer->threads[i].has_ended)
			return &tracer->threads[i];
	if (tracer->n_threads == sizeof tracer->threads / sizeof *tracer->threads)
		return NULL;
	struct tracer_thread *thread = &tracer->threads[tracer->n_threads++];
	*thread = (struct tracer_thread){ .pid = pid };
	return thread;
}

static void resume(const struct tracer *tracer, struct tracer_thread *thread, int number)
{
	bool is_first = thread->role == TRACER_SUPERVISOR;
	bool is_quiet = (is_first && tracer->n_children < tracer->quiet_until) ||
			(tracer->roles && !(tracer->roles & 1U << thread->role));
	bool is_left = tracer->is_first_only && !is_first;

	ptrace(is_left	  ? PTRACE_DETACH
	       : is_quiet ? PTRACE_CONT
			  : PTRACE_SYSCALL,
	       thread->pid, NULL, (void *)(uintptr_t)number);
	thread->has_ended |= is_left; /* its id is the supervisor's to use again */
}

static bool at_entry(struct tracer *tracer, struct tracer_thread *thread,
		     const struct __ptrace_syscall_info *info)
{
	struct tracer_call call = { .pid = thread->pid,
				    .role = thread->role,
				    .index = tracer->n_calls[thread->role]++,
				    .number = info->entry.nr,
				    .error = EIO };

	for (size_t i = 0; i < 6; i++)
		call.arguments[i] = info->entry.args[i];
	switch (tracer->judge ? tracer->judge(tracer->data, &call) : TRACER_GO) {
	case TRACER_GO:
		break;
	case TRACER_FAIL:
		spoil(thread, call.error);
		break;
	case TRACER_KILL:
		kill(thread->pid, SIGKILL);
		return false;
	case TRACER_STOP:
		kill(thread->pid, SIGSTOP);
		break;
	case TRACER_HOLD:
		return false;
	}
	return true;
}

static bool at_call(struct tracer *tracer, struct tracer_thread *thread)
{
	struct __ptrace_syscall_info info = { 0 };

	if (ptrace(PTRACE_GET_SYSCALL_INFO, thread->pid, (void *)sizeof info, &info) < 0)
		return true;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		return at_entry(tracer, thread, &info);
	if (info.op != PTRACE_SYSCALL_INFO_EXIT)
		return true;
	if (thread->failing) {
		unspoil(thread);
	} else if (tracer->watch) {
		struct tracer_call call = { .pid = thread->pid, .role = thread->role };

		tracer->watch(tracer->data, &call, info.exit.rval);
	}
	return true;
}

/* A new process or thread: its first stop may have come before this. */
static void at_birth(struct tracer *tracer, const struct tracer_thread *parent, bool is_thread)
{
	unsigned long pid = 0;
	enum tracer_role role = parent->role;

	ptrace(PTRACE_GETEVENTMSG, parent->pid, NULL, &pid);
	if (!is_thread && role == TRACER_SUPERVISOR) {
		role = TRACER_FIRST + tracer->n_children++;
		role = role > TRACER_FURTHER ? TRACER_FURTHER : role;
	}
	struct tracer_thread *child = pid ? thread_of(tracer, (pid_t)pid) : NULL;
	if (!child)
		return;
	child->role = role;
	child->is_known = true;
	if (child->is_waiting)
		resume(tracer, child, 0);
	child->is_waiting = false;
}

static void at_stop(struct tracer *tracer, struct tracer_thread *thread, int status)
{
	int event = status >> 16, number = WSTOPSIG(status);

	switch (event) {
	case 0:
		if (number == (SIGTRAP | 0x80)) {
			if (at_call(tracer, thread))
				resume(tracer, thread, 0);
		} else {
			resume(tracer, thread, number);
		}
		return;
	case PTRACE_EVENT_STOP:
		if (!thread->is_known)
			thread->is_waiting = true;
		else if (number == SIGTRAP)
			resume(tracer, thread, 0);
		else
			ptrace(PTRACE_LISTEN, thread->pid, NULL, NULL);
		return;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		at_birth(tracer, thread, event == PTRACE_EVENT_CLONE);
		break;
	default:
		break;
	}
	resume(tracer, thread, 0);
}

static void kill_all(struct tracer *tracer)
{
	tracer->is_overdue = true;
	for (size_t i = 0; i < tracer->n_threads; i++)
		if (!tracer->threads[i].has_ended)
			kill(tracer->threads[i].pid, SIGKILL);
}

/* Whoever was left behind untraced is not waited for here. */
static bool is_anybody_left(const struct tracer *tracer)
{
	for (size_t i = 0; i < tracer->n_threads; i++)
		if (!tracer->threads[i].has_ended)
			return true;
	return false;
}

static void follow(struct tracer *tracer, pid_t first, int64_t begin)
{
	while (is_anybody_left(tracer)) {
		int status = 0;
		pid_t pid = waitpid(-1, &status, __WALL);

		if (pid < 0 && errno == EINTR) {
			if (is_over && tracer->is_overdue)
				break;
			if (is_over) {
				kill_all(tracer);
				is_over = 0;
				alarm(1);
			}
			continue;
		}
		if (pid < 0)
			break;
		struct tracer_thread *thread = thread_of(tracer, pid);
		if (!thread)
			continue;
		if (WIFSTOPPED(status)) {
			at_stop(tracer, thread, status);
			continue;
		}
		thread->has_ended = true;
		tracer->all_gone_ms = gvnp_live_now() - begin;
		if (pid == first) {
			tracer->status = status;
			tracer->took_ms = tracer->all_gone_ms;
		}
	}
}

static void become(const struct tracer *tracer, int start)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int output = tracer->output >= 0 ? tracer->output : null;
	char byte;

	/* until we are traced */
	if (read(start, &byte, 1) != 1)
		_exit(126);
	if (dup2(null, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
		_exit(126);
	if (tracer->uid &&
	    (setgroups(0, NULL) || setgid((gid_t)tracer->uid) || setuid(tracer->uid)))
		_exit(126);
	if (tracer->prepare)
		tracer->prepare(tracer->data);
	execv(tracer->arguments[0], (char *const *)(uintptr_t)tracer->arguments);
	_exit(127);
}

int tracer_run(struct tracer *tracer)
{
	const uintptr_t options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
				  PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	struct sigaction old, action = { .sa_handler = end_wait }; /* without SA_RESTART */
	int64_t begin = gvnp_live_now();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	_cleanup_close_ int start = ends[0], go = ends[1];
	pid_t pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid)
		become(tracer, start);
	struct tracer_thread *first = thread_of(tracer, pid);
	first->is_known = true;
	if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)options) < 0) {
		int error = -errno;

		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return error;
	}
	sigaction(SIGALRM, &action, &old);
	is_over = 0;
	alarm((unsigned)(tracer->limit_ms ? tracer->limit_ms / 1000 : 30));
	if (write(go, "g", 1) != 1)
		kill(pid, SIGKILL);
	follow(tracer, pid, begin);
	alarm(0);
	sigaction(SIGALRM, &old, NULL);
	return 0;
}

bool tracer_is_possible(void)
{
	static const char *const arguments[] = { "/bin/true", NULL };
	struct tracer tracer = { .arguments = arguments, .output = -1 };

	return !geteuid() && !tracer_run(&tracer) && WIFEXITED(tracer.status) &&
	       tracer.n_calls[TRACER_SUPERVISOR] > 0;
}
