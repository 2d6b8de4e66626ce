/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock of the worker, which takes apart what guests wrote. It has memory, a clock and the
 * descriptors it was given; it opens nothing, starts nothing, connects to nothing. A recorded host
 * was opened before; what is read of it comes from that one descriptor.
 */
#include "privilege/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "gvnp/facts.h"
#include "privilege/lock_parts.h"

/* Answers and a recording in memory; what a worker sends is no longer either. */
enum { LARGEST_FILE = 1024 * 1024 * 1024, MOST_DESCRIPTORS = 32 };

static const int calls[] = {
	/* what is open */
	SCMP_SYS(read),
	SCMP_SYS(write),
	SCMP_SYS(writev), /* glibc's last words */
	SCMP_SYS(pread64),
	SCMP_SYS(lseek),
	SCMP_SYS(fstat),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(sendto),
	SCMP_SYS(recvfrom),
	SCMP_SYS(close),
	SCMP_SYS(memfd_create), /* a recording that is judged before it is written */
	/* memory; mapping and protecting are among the rules */
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(sysinfo), /* qsort: how much there is */
	SCMP_SYS(getrandom),
	SCMP_SYS(futex),
	/* time */
	SCMP_SYS(clock_gettime),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(nanosleep),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(pause),
	SCMP_SYS(restart_syscall),
	/* itself */
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(getppid),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

/* Kill in a wider filter too. */
static const int refused[] = {
	SCMP_SYS(execve),     SCMP_SYS(execveat),	SCMP_SYS(socket),
	SCMP_SYS(connect),    SCMP_SYS(bind),		SCMP_SYS(mount),
	SCMP_SYS(bpf),	      SCMP_SYS(init_module),	SCMP_SYS(finit_module),
	SCMP_SYS(keyctl),     SCMP_SYS(add_key),	SCMP_SYS(unshare),
	SCMP_SYS(setns),      SCMP_SYS(chroot),		SCMP_SYS(pivot_root),
	SCMP_SYS(kexec_load), SCMP_SYS(io_uring_setup), SCMP_SYS(userfaultfd),
};

/* What libraries open at their first use, they open now: time zone, sources of random numbers. */
static void prepare_libraries(void)
{
	unsigned char byte;

	tzset();
	json_object_seed(0);
	gvnp_facts_begin();
	if (sqlite3_initialize() == SQLITE_OK)
		sqlite3_randomness(sizeof byte, &byte);
}

static int filter(void)
{
	const struct gvnp_lock_rule rules[] = {
		{ SCMP_SYS(mmap), 1, { { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 } } },
		{ SCMP_SYS(mprotect), 1, { { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 } } },
		{ SCMP_SYS(fcntl), 1, { { 1, SCMP_CMP_EQ, F_GETFD, 0 } } },
		{ SCMP_SYS(fcntl), 1, { { 1, SCMP_CMP_EQ, F_GETFL, 0 } } },
		/* glibc's fstat(): of a descriptor */
		{ SCMP_SYS(newfstatat),
		  1,
		  { { 3, SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH } } },
		/* abort(), and stopping to be looked at */
		{ SCMP_SYS(tgkill), 1, { { 0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0 } } },
	};
	const struct gvnp_lock_filter worker = {
		.otherwise = SCMP_ACT_KILL_PROCESS,
		.calls = calls,
		.n_calls = GVNP_LOCK_COUNT(calls),
		.rules = rules,
		.n_rules = GVNP_LOCK_COUNT(rules),
		.refused = refused,
		.n_refused = GVNP_LOCK_COUNT(refused),
	};

	return gvnp_lock_filter(&worker);
}

bool gvnp_lock_worker(void)
{
	static const struct gvnp_lock_limit limits[] = {
		{ RLIMIT_NPROC, 0 },
		{ RLIMIT_NOFILE, MOST_DESCRIPTORS },
		{ RLIMIT_FSIZE, LARGEST_FILE },
	};
	static const char who[] = "the worker";

	prepare_libraries();
	return gvnp_lock_check(who, "dumps", gvnp_lock_dumps()) &&
	       gvnp_lock_check(who, "limits", gvnp_lock_limits(limits, GVNP_LOCK_COUNT(limits))) &&
	       gvnp_lock_check(who, "capabilities", gvnp_lock_capabilities(NULL, 0)) &&
	       gvnp_lock_check(who, "system call filter", filter());
}
