/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of what an audit may do to a host: everything on it reads, or concerns the process
 * itself, or is judged by its arguments. A call that is not on the list is a violation: whoever
 * needs a new one adds it here and says why it changes nothing.
 */
#include "read_only.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/un.h>

#include "base/cleanup.h"
#include "base/text.h"

static const uint64_t harmless[] = {
	/* reads; writes to what was opened, which is judged */
	SYS_read,
	SYS_pread64,
	SYS_readv,
	SYS_preadv,
	SYS_write,
	SYS_writev,
	SYS_pwrite64,
	SYS_close,
	SYS_close_range,
	SYS_lseek,
	SYS_fstat,
	SYS_newfstatat,
	SYS_statx,
	SYS_statfs,
	SYS_fstatfs,
	SYS_faccessat,
	SYS_faccessat2,
	SYS_readlinkat,
	SYS_getdents64,
	SYS_fsync,
	SYS_fdatasync,
	SYS_flock,
	SYS_getcwd,
	SYS_getxattr,
	SYS_lgetxattr,
	SYS_fgetxattr,
	/* descriptors of its own */
	SYS_pipe2,
	SYS_dup,
	SYS_dup3,
	SYS_fcntl,
	SYS_eventfd2,
	SYS_epoll_create1,
	SYS_epoll_ctl,
	SYS_epoll_pwait,
	SYS_ppoll,
	SYS_pselect6,
	SYS_timerfd_create,
	SYS_timerfd_settime,
	SYS_signalfd4,
	SYS_socketpair,
	SYS_sendto,
	SYS_sendmsg,
	SYS_recvfrom,
	SYS_recvmsg,
	SYS_getsockname,
	SYS_getpeername,
	SYS_getsockopt,
	SYS_setsockopt,
	SYS_shutdown,
	/* memory of its own */
	SYS_mmap,
	SYS_munmap,
	SYS_mprotect,
	SYS_mremap,
	SYS_madvise,
	SYS_brk,
	SYS_get_mempolicy,
	SYS_set_mempolicy,
	SYS_membarrier,
	SYS_memfd_create,
	/* itself and its children */
	SYS_clone,
	SYS_clone3,
	SYS_exit,
	SYS_exit_group,
	SYS_wait4,
	SYS_waitid,
	SYS_futex,
	SYS_set_robust_list,
	SYS_set_tid_address,
	SYS_rseq,
	SYS_rt_sigaction,
	SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_sigaltstack,
	SYS_prctl,
	SYS_seccomp,
	SYS_capget,
	SYS_capset,
	SYS_setuid,
	SYS_setgid,
	SYS_setresuid,
	SYS_setresgid,
	SYS_setgroups,
	SYS_umask,
	SYS_setsid,
	SYS_chdir,
	SYS_unshare,
	SYS_personality,
	SYS_sched_yield,
	SYS_restart_syscall,
	/* questions */
	SYS_getpid,
	SYS_getppid,
	SYS_gettid,
	SYS_getuid,
	SYS_geteuid,
	SYS_getgid,
	SYS_getegid,
	SYS_getresuid,
	SYS_getresgid,
	SYS_getgroups,
	SYS_getpgid,
	SYS_getsid,
	SYS_getrlimit,
	SYS_getrusage,
	SYS_uname,
	SYS_sysinfo,
	SYS_times,
	SYS_clock_gettime,
	SYS_clock_getres,
	SYS_clock_nanosleep,
	SYS_nanosleep,
	SYS_gettimeofday,
	SYS_getrandom,
	SYS_getcpu,
	SYS_sched_getaffinity,
	SYS_sched_getscheduler,
	SYS_sched_getparam,
	SYS_getpriority,
#ifdef SYS_open /* architectures that kept the old calls */
	SYS_stat,
	SYS_lstat,
	SYS_access,
	SYS_readlink,
	SYS_getdents,
	SYS_pipe,
	SYS_dup2,
	SYS_poll,
	SYS_select,
	SYS_epoll_wait,
	SYS_fork,
	SYS_vfork,
	SYS_arch_prctl,
	SYS_getpgrp,
	SYS_time,
	SYS_alarm,
#endif
};

static bool is_harmless(uint64_t number)
{
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
		if (harmless[i] == number)
			return true;
	return false;
}

static bool is_below(const char *path, const char *folder)
{
	return gvnp_text_starts(path, folder) && !strstr(path, "/../") &&
	       (!path[strlen(folder)] || path[strlen(folder)] == '/');
}

__attribute__((format(printf, 1, 2))) static const char *words(const char *format, ...)
{
	static char text[5000];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	return text;
}

static const char *judge_open(const char *path, uint64_t flags, const char *folder)
{
	static const char *const devices[] = { "/dev/null", "/dev/urandom", "/dev/random" };
	const uint64_t writing = O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);

	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
		if (!strcmp(path, devices[i]) && !(flags & O_CREAT))
			return NULL;
	if (flags & O_PATH)
		return NULL;
	if (gvnp_text_starts(path, "/dev/") && !is_below(path, folder))
		return words("opens the device %s", path);
	if (((flags & O_ACCMODE) == O_RDONLY && !(flags & writing)) || is_below(path, folder))
		return NULL;
	return words("opens %s for writing (flags 0x%llx)", path, (unsigned long long)flags);
}

static const char *judge_opens(const struct tracer_call *call, const char *folder)
{
	const uint64_t *arguments = call->arguments;
	struct open_how how = { 0 };

	switch (call->number) {
#ifdef SYS_open
	case SYS_open:
		return judge_open(tracer_text(call->pid, arguments[0]), arguments[1], folder);
#endif
	case SYS_openat:
		return judge_open(tracer_text(call->pid, arguments[1]), arguments[2], folder);
	default:
		if (!tracer_read(call->pid, arguments[2], &how, sizeof how))
			return "openat2 of nobody knows what";
		return judge_open(tracer_text(call->pid, arguments[1]), how.flags, folder);
	}
}

static const char *judge_path(const struct tracer_call *call, unsigned argument, const char *folder)
{
	const char *path = tracer_text(call->pid, call->arguments[argument]);

	return is_below(path, folder) ? NULL
				      : words("changes %s (call %d)", path, (int)call->number);
}

/* Calls that change what a path names. */
static const char *judge_paths(const struct tracer_call *call, const char *folder)
{
	const char *first;

	switch (call->number) {
#ifdef SYS_open
	case SYS_unlink:
		return judge_path(call, 0, folder);
	case SYS_rename:
		first = judge_path(call, 0, folder);
		return first ? first : judge_path(call, 1, folder);
#endif
	case SYS_unlinkat:
		return judge_path(call, 1, folder);
	case SYS_renameat2:
		first = judge_path(call, 1, folder);
		return first ? first : judge_path(call, 3, folder);
	default: /* linkat: of a file of its own */
		if (!gvnp_text_starts(tracer_text(call->pid, call->arguments[1]), "/proc/self/fd/"))
			return "links a file";
		return judge_path(call, 3, folder);
	}
}

/* libvirt, the journal, and where the C library asks for accounts. */
static const char *judge_connect(const struct tracer_call *call, const char *socket_path)
{
	static const char *const peers[] = { "/run/libvirt",	     "/var/run/libvirt",
					     "/run/systemd/journal", "/dev/log",
					     "/var/run/nscd",	     "/run/nscd",
					     "/run/systemd/userdb",  "/var/lib/sss/pipes" };
	struct sockaddr_un address = { 0 };
	size_t size = call->arguments[2] < sizeof address ? call->arguments[2] : sizeof address;

	if (!tracer_read(call->pid, call->arguments[1], &address, size))
		return "connects to nobody knows what";
	if (address.sun_family == AF_NETLINK)
		return NULL;
	if (address.sun_family != AF_UNIX)
		return words("connects to address family %d", address.sun_family);
	address.sun_path[sizeof address.sun_path - 1] = '\0';
	for (size_t i = 0; i < sizeof peers / sizeof *peers; i++)
		if (is_below(address.sun_path, peers[i]))
			return NULL;
	if (socket_path && !strcmp(address.sun_path, socket_path))
		return NULL;
	return words("connects to '%s'", address.sun_path);
}

static const char *judge_sockets(const struct tracer_call *call, const char *socket_path)
{
	uint16_t family = 0;

	switch (call->number) {
	case SYS_socket:
		return call->arguments[0] == AF_UNIX || call->arguments[0] == AF_NETLINK
			       ? NULL
			       : words("makes a socket of family %d", (int)call->arguments[0]);
	case SYS_bind:
		tracer_read(call->pid, call->arguments[1], &family, sizeof family);
		return family == AF_NETLINK ? NULL : words("binds a socket of family %d", family);
	default:
		return judge_connect(call, socket_path);
	}
}

static const char *judge_signal(const struct tracer *tracer, const struct tracer_call *call)
{
	pid_t target = (pid_t)call->arguments[0];

	return target > 0 && tracer_knows(tracer, target)
		       ? NULL
		       : words("sends signal %d to %d", (int)call->arguments[1], (int)target);
}

static const char *judge_ioctl(const struct tracer_call *call)
{
	switch (call->arguments[1]) {
	case TCGETS: /* is it a terminal */
	case TIOCGWINSZ:
	case FIONREAD:
		return NULL;
	default:
		return words("ioctl 0x%llx", (unsigned long long)call->arguments[1]);
	}
}

static const char *judge_execve(const struct tracer_call *call)
{
	const char *path = tracer_text(call->pid, call->arguments[0]);

	return call->role == TRACER_SUPERVISOR || gvnp_text_ends(path, "/gvnp-audit-libvirt")
		       ? NULL
		       : words("executes %s", path);
}

/* With modes of 0 it tells how the clock is kept, and sets nothing. */
static const char *judge_clock(const struct tracer_call *call)
{
	struct timex timex = { .modes = 1 };

	tracer_read(call->pid, call->arguments[call->number == SYS_adjtimex ? 0 : 1], &timex,
		    sizeof timex);
	return timex.modes ? words("sets the clock (modes 0x%x)", timex.modes) : NULL;
}

const char *read_only_violation(const struct tracer *tracer, const struct tracer_call *call,
				const char *folder, const char *socket_path)
{
	if (is_harmless(call->number))
		return NULL;
	switch (call->number) {
#ifdef SYS_open
	case SYS_open:
#endif
	case SYS_openat:
	case SYS_openat2:
		return judge_opens(call, folder);
#ifdef SYS_open
	case SYS_unlink:
	case SYS_rename:
#endif
	case SYS_unlinkat:
	case SYS_renameat2:
	case SYS_linkat:
		return judge_paths(call, folder);
	case SYS_socket:
	case SYS_bind:
	case SYS_connect:
		return judge_sockets(call, socket_path);
	case SYS_kill:
	case SYS_tkill:
	case SYS_tgkill:
		return judge_signal(tracer, call);
	case SYS_ioctl:
		return judge_ioctl(call);
	case SYS_adjtimex:
	case SYS_clock_adjtime:
		return judge_clock(call);
	case SYS_execve:
		return judge_execve(call);
	case SYS_prlimit64: /* of itself */
		return !call->arguments[0] || !call->arguments[2]
			       ? NULL
			       : "sets limits of another process";
	case SYS_bpf:
		return call->arguments[0] == BPF_PROG_QUERY
			       ? NULL
			       : words("bpf command %d", (int)call->arguments[0]);
	default:
		return words("system call %d, which is not on the list", (int)call->number);
	}
}
