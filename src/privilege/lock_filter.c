/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System call filters, limits and dumps. The rule kept here: a call that is not on a list ends the
 * process, so that what is wrong is seen; and a filter, once it is there, cannot be taken off.
 */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "privilege/lock_parts.h"

static void releasep(scmp_filter_ctx *context)
{
	if (*context)
		seccomp_release(*context);
}

#ifndef GVNP_WIDE_FILTER
static int add_rules(scmp_filter_ctx context, const struct gvnp_lock_rule *rules, size_t n)
{
	int error = 0;

	for (size_t i = 0; !error && i < n; i++)
		error = seccomp_rule_add_array(context, SCMP_ACT_ALLOW, rules[i].call, rules[i].n,
					       rules[i].conditions);
	return error;
}

static int allow(scmp_filter_ctx context, const struct gvnp_lock_filter *filter)
{
	int error = 0;

	for (size_t i = 0; !error && i < filter->n_calls; i++)
		error = seccomp_rule_add(context, SCMP_ACT_ALLOW, filter->calls[i], 0);
	if (!error)
		error = add_rules(context, filter->rules, filter->n_rules);
	return error ? error : add_rules(context, filter->more, filter->n_more);
}
#endif

static int refuse(scmp_filter_ctx context, const struct gvnp_lock_filter *filter)
{
	int error = 0;

	for (size_t i = 0; !error && i < filter->n_refused; i++)
		error = seccomp_rule_add(context, SCMP_ACT_KILL_PROCESS, filter->refused[i], 0);
	return error;
}

int gvnp_lock_filter(const struct gvnp_lock_filter *filter)
{
#ifdef GVNP_WIDE_FILTER
	/* Sanitizers map, read /proc and start threads, and coverage is written to files. */
	uint32_t otherwise = SCMP_ACT_ALLOW;
#else
	uint32_t otherwise = filter->otherwise;
#endif
	__attribute__((cleanup(releasep))) scmp_filter_ctx context = seccomp_init(otherwise);

	if (!context)
		return -ENOSYS;
	int error = seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
#ifndef GVNP_WIDE_FILTER
	if (!error)
		error = allow(context, filter);
#endif
	if (!error && otherwise != SCMP_ACT_KILL_PROCESS)
		error = refuse(context, filter);
	return error ? error : seccomp_load(context);
}

int gvnp_lock_limits(const struct gvnp_lock_limit *limits, size_t n)
{
#ifdef GVNP_WIDE_FILTER
	n = 0;
#endif
	for (size_t i = 0; i < n; i++) {
		struct rlimit limit;

		if (getrlimit((__rlimit_resource_t)limits[i].resource, &limit) < 0)
			return -errno;
		if (limit.rlim_max > limits[i].most)
			limit.rlim_max = limits[i].most;
		if (limit.rlim_cur > limit.rlim_max)
			limit.rlim_cur = limit.rlim_max;
		if (setrlimit((__rlimit_resource_t)limits[i].resource, &limit) < 0)
			return -errno;
	}
	return 0;
}

int gvnp_lock_dumps(void)
{
	static const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) < 0)
		return -errno;
#ifndef GVNP_WIDE_FILTER /* a leak is looked for by a process that traces this one */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return -errno;
#endif
	return 0;
}

bool gvnp_lock_check(const char *who, const char *step, int error)
{
	_cleanup_buffer_ struct gvnp_buffer line = { 0 };
	const char *words = error ? strerrordesc_np(-error) : NULL;

	if (!error)
		return true;
	gvnp_buffer_append_format(
		&line, "gvnp-audit: %s could not be locked, so it does not run: %s: %s\n", who,
		step, words ? words : "unknown error");
	/* It ends in either case. */
	if (write(STDERR_FILENO, gvnp_buffer_text(&line), line.size) < 0)
		return false;
	return false;
}
