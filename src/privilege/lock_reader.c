/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock of the reader, which sees what its user may not. A call that source/ needs belongs into
 * the list below, with the reason; so does a capability. The rule kept here: what is on them looks
 * and does not change anything.
 *
 * A filter does not see memory, where the flags of openat2() are. So it lets only those be given
 * that lie in a table of constants (source/host_way.h), and lets nothing be mapped in its place.
 * Besides, no call that writes takes a file (write() is for standard error alone, no file may
 * grow). Landlock would do as well, but a process in a Landlock domain may not look into others
 * (ptrace access check), which is this one's work. What a netlink message asks for lies in memory,
 * too: source/netlink.c sends only questions.
 */
#include "privilege/lock.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/netlink.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "privilege/lock_parts.h"
#include "source/host_way.h"

enum { MOST_DESCRIPTORS = 256 };

/* All but the first two are held only where a drop-in of the unit adds them, or by root. */
static const cap_value_t kept[] = {
	CAP_DAC_READ_SEARCH, /* files of others */
	CAP_SYS_PTRACE,	     /* /proc/PID of others */
	CAP_NET_ADMIN,	     /* device programs of a control group: BPF_PROG_QUERY */
	CAP_SYS_RAWIO,	     /* registers of a processor */
	CAP_AUDIT_CONTROL,   /* status and rules of the audit system */
};

static const int calls[] = {
	/* files, for reading: source/host.c, direct.c, limits.c, range.c, msr.c */
	SCMP_SYS(read),
	SCMP_SYS(pread64),
	SCMP_SYS(lseek),
	SCMP_SYS(getdents64),
	SCMP_SYS(readlinkat),
	SCMP_SYS(fstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(statx),
	SCMP_SYS(fstatfs),
	/* netlink: source/netlink.c; sockets of other kinds cannot be made */
	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),
	SCMP_SYS(sendto),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	/* the system itself: source/direct.c, netlink.c (setting the clock wants CAP_SYS_TIME) */
	SCMP_SYS(uname),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(adjtimex),
	SCMP_SYS(clock_adjtime),
	/* memory; mapping is among the rules */
	SCMP_SYS(brk),
	SCMP_SYS(madvise),
	SCMP_SYS(sysinfo), /* qsort: how much there is */
	SCMP_SYS(getrandom),
	SCMP_SYS(futex),
	SCMP_SYS(restart_syscall),
	/* itself */
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

/* Kill in a wider filter too. */
static const int refused[] = {
	SCMP_SYS(execve),     SCMP_SYS(execveat),	SCMP_SYS(connect),
	SCMP_SYS(mount),      SCMP_SYS(init_module),	SCMP_SYS(finit_module),
	SCMP_SYS(keyctl),     SCMP_SYS(add_key),	SCMP_SYS(unshare),
	SCMP_SYS(setns),      SCMP_SYS(chroot),		SCMP_SYS(pivot_root),
	SCMP_SYS(kexec_load), SCMP_SYS(io_uring_setup), SCMP_SYS(process_vm_writev),
	SCMP_SYS(ptrace),
};

/* Memory that is asked for lies above the program and its data; 0 where it does not, because the
 * program was started by hand through the dynamic linker. */
static scmp_datum_t end_of_program(void)
{
	extern const char _end[]; /* of the linker */
	/* cppcheck-suppress invalidFunctionArg ; -1 is what anonymous memory asks for */
	void *other = mmap(NULL, 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (other == MAP_FAILED)
		return 0;
	munmap(other, 1);
	return (uintptr_t)other > (uintptr_t)_end ? (uintptr_t)_end : 0;
}

static void list_ways(struct gvnp_lock_rule *ways)
{
	for (size_t i = 0; i < GVNP_HOST_N_WAYS; i++)
		ways[i] = (struct gvnp_lock_rule){
			SCMP_SYS(openat2),
			2,
			{ { 2, SCMP_CMP_EQ, (uintptr_t)&gvnp_host_ways[i], 0 },
			  { 3, SCMP_CMP_EQ, sizeof gvnp_host_ways[i], 0 } }
		};
}

static int filter(int worker)
{
	const scmp_datum_t changes = O_ACCMODE | O_CREAT | O_TRUNC;
	const scmp_datum_t placed = MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_SHARED;
	const scmp_datum_t above = end_of_program();
	struct gvnp_lock_rule ways[GVNP_HOST_N_WAYS];
	const struct gvnp_lock_rule rules[] = {
		/* its own /proc, and descriptors that were looked at first */
		{ SCMP_SYS(openat), 1, { { 2, SCMP_CMP_MASKED_EQ, changes, 0 } } },
		/* Standard error and the way to the worker stay what they are. */
		{ SCMP_SYS(close), 1, { { 0, SCMP_CMP_GT, (scmp_datum_t)worker, 0 } } },
		{ SCMP_SYS(write), 1, { { 0, SCMP_CMP_EQ, STDERR_FILENO, 0 } } },
		{ SCMP_SYS(writev), 1, { { 0, SCMP_CMP_EQ, STDERR_FILENO, 0 } } },
		{ SCMP_SYS(bpf), 1, { { 0, SCMP_CMP_EQ, BPF_PROG_QUERY, 0 } } },
		{ SCMP_SYS(socket),
		  2,
		  { { 0, SCMP_CMP_EQ, AF_NETLINK, 0 }, { 2, SCMP_CMP_EQ, NETLINK_ROUTE, 0 } } },
		{ SCMP_SYS(socket),
		  2,
		  { { 0, SCMP_CMP_EQ, AF_NETLINK, 0 }, { 2, SCMP_CMP_EQ, NETLINK_AUDIT, 0 } } },
		/* no code, and nothing in the place of this program */
		{ SCMP_SYS(mmap),
		  2,
		  { { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 },
		    { 3, SCMP_CMP_MASKED_EQ, placed, 0 } } },
		{ SCMP_SYS(munmap), 1, { { 0, SCMP_CMP_GE, above, 0 } } },
		{ SCMP_SYS(mremap),
		  2,
		  { { 0, SCMP_CMP_GE, above, 0 }, { 3, SCMP_CMP_EQ, MREMAP_MAYMOVE, 0 } } },
		/* abort(), and stopping to be looked at */
		{ SCMP_SYS(tgkill), 1, { { 0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0 } } },
	};
	const struct gvnp_lock_filter reader = {
		.otherwise = SCMP_ACT_KILL_PROCESS,
		.calls = calls,
		.n_calls = GVNP_LOCK_COUNT(calls),
		.rules = rules,
		.n_rules = GVNP_LOCK_COUNT(rules),
		.more = ways,
		.n_more = GVNP_HOST_N_WAYS,
		.refused = refused,
		.n_refused = GVNP_LOCK_COUNT(refused),
	};

	list_ways(ways);
	return gvnp_lock_filter(&reader);
}

bool gvnp_lock_reader(int socket)
{
	static const struct gvnp_lock_limit limits[] = {
		{ RLIMIT_NPROC, 0 },
		{ RLIMIT_NOFILE, MOST_DESCRIPTORS },
		{ RLIMIT_FSIZE, 0 },
	};
	static const char who[] = "the reader";

	return gvnp_lock_check(who, "dumps", gvnp_lock_dumps()) &&
	       gvnp_lock_check(who, "limits", gvnp_lock_limits(limits, GVNP_LOCK_COUNT(limits))) &&
	       gvnp_lock_check(who, "capabilities",
			       gvnp_lock_capabilities(kept, GVNP_LOCK_COUNT(kept))) &&
	       gvnp_lock_check(who, "system call filter", filter(socket));
}
