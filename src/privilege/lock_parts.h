/* SPDX-License-Identifier: Apache-2.0 */
/* What the locks are made of. Every function returns 0 or a negative errno. */
#ifndef GVNP_PRIVILEGE_LOCK_PARTS_H
#define GVNP_PRIVILEGE_LOCK_PARTS_H

#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/capability.h>
#include <sys/resource.h>

/* Keeps those of `kept` that are held now, permitted and effective; nothing inheritable, ambient or
 * in the bounding set (as far as that may be said), no new privileges by any exec. */
int gvnp_lock_capabilities(const cap_value_t *kept, size_t n);

/* An upper bound, never raised again. */
struct gvnp_lock_limit {
	int resource; /* RLIMIT_… */
	rlim_t most;
};
int gvnp_lock_limits(const struct gvnp_lock_limit *limits, size_t n);

/* No core file, and others of the same user may not look into the process. */
int gvnp_lock_dumps(void);

/* One allowed call. All conditions hold, or it is not this rule. */
struct gvnp_lock_rule {
	int call; /* SCMP_SYS(…) */
	unsigned n;
	struct scmp_arg_cmp conditions[3];
};

struct gvnp_lock_filter {
	uint32_t otherwise; /* SCMP_ACT_…: what becomes of all other calls */
	const int *calls;   /* allowed whatever the arguments */
	size_t n_calls;
	const struct gvnp_lock_rule *rules; /* allowed with these arguments */
	size_t n_rules;
	const struct gvnp_lock_rule *more; /* likewise */
	size_t n_more;
	const int *refused; /* kill, where `otherwise` does not, and in a wider filter too */
	size_t n_refused;
};

#define GVNP_LOCK_COUNT(array) (sizeof(array) / sizeof *(array))

/* Calls of another architecture (32-bit, x32) kill in any case. */
int gvnp_lock_filter(const struct gvnp_lock_filter *filter);

/* "gvnp-audit: WHO could not be locked: STEP: why" on standard error, if error. True if not. */
bool gvnp_lock_check(const char *who, const char *step, int error);

#endif
