/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The locks of an ordinary build but for the system call filter, which valgrind can neither install
 * nor live with: it knows no seccomp(2) and makes calls of its own. For tests/proof/memory alone.
 */
#define gvnp_lock_filter(filter) gvnp_lock_filter_of_others(filter)
#include "../../src/privilege/lock_filter.c"
#undef gvnp_lock_filter

int gvnp_lock_filter(const struct gvnp_lock_filter *filter);

int gvnp_lock_filter(const struct gvnp_lock_filter *filter)
{
	(void)filter;
	return 0;
}
