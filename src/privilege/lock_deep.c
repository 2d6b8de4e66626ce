/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock of the deep reader, which only runs with --deep. It has no system call filter, because
 * the kernel shows filters to nobody who is under one; what it may do is held by its capabilities:
 * it reads no file of others, opens no network and starts nothing.
 */
#include "privilege/lock.h"

#include "privilege/lock_parts.h"

enum { MOST_DESCRIPTORS = 16 };

static const cap_value_t kept[] = {
	CAP_SYS_PTRACE, /* seizing a thread of another user */
	CAP_SYS_ADMIN,	/* PTRACE_SECCOMP_GET_FILTER */
};

bool gvnp_lock_deep(void)
{
	static const struct gvnp_lock_limit limits[] = {
		{ RLIMIT_NPROC, 0 },
		{ RLIMIT_NOFILE, MOST_DESCRIPTORS },
		{ RLIMIT_FSIZE, 0 },
	};
	static const char who[] = "the deep reader";

	return gvnp_lock_check(who, "dumps", gvnp_lock_dumps()) &&
	       gvnp_lock_check(who, "limits", gvnp_lock_limits(limits, GVNP_LOCK_COUNT(limits))) &&
	       gvnp_lock_check(who, "capabilities",
			       gvnp_lock_capabilities(kept, GVNP_LOCK_COUNT(kept)));
}
