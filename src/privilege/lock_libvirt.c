/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock of the libvirt reader up to the exec. Until it is decided whether libvirt may be asked
 * it looks where other processes' roots are, for a daemon in a container is not this host's; from
 * then on it has no capability at all.
 */
#include "privilege/lock.h"

#include "privilege/lock_parts.h"

static const char who[] = "the libvirt reader";

bool gvnp_lock_libvirt_look(void)
{
	static const cap_value_t kept[] = { CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE };
	static const struct gvnp_lock_limit limits[] = { { RLIMIT_FSIZE, 0 } };

	return gvnp_lock_check(who, "dumps", gvnp_lock_dumps()) &&
	       gvnp_lock_check(who, "limits", gvnp_lock_limits(limits, GVNP_LOCK_COUNT(limits))) &&
	       gvnp_lock_check(who, "capabilities",
			       gvnp_lock_capabilities(kept, GVNP_LOCK_COUNT(kept)));
}

bool gvnp_lock_libvirt_become(void)
{
	return gvnp_lock_check(who, "capabilities", gvnp_lock_capabilities(NULL, 0));
}
