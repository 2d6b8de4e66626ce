/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock of the supervisor, which loads the catalogue, waits, and writes the report where the
 * user says. It has no system call filter: it starts the processes, and opens what the user names.
 */
#include "privilege/lock.h"

#include <unistd.h>

#include "privilege/lock_parts.h"

bool gvnp_lock_supervisor(void)
{
	static const cap_value_t kept[] = {
		CAP_AUDIT_WRITE,  /* the record that the tool ran */
		CAP_DAC_OVERRIDE, /* root's alone: a report into a folder of somebody else */
	};
	size_t n = geteuid() ? 1 : GVNP_LOCK_COUNT(kept);
	static const char who[] = "the supervisor";

	return gvnp_lock_check(who, "dumps", gvnp_lock_dumps()) &&
	       gvnp_lock_check(who, "capabilities", gvnp_lock_capabilities(kept, n));
}
