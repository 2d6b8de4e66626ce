/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Giving up capabilities. The rule kept here: what is left is never more than what was held, and no
 * later exec, whatever its file and whoever the user is, gives any of it back.
 */
#include <errno.h>
#include <linux/securebits.h>
#include <sys/prctl.h>

#include "privilege/lock_parts.h"

/* Root by number alone has no power, and an exec gives it none. */
enum {
	BITS = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
	       SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
	       SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED,
};

static void capabilitiesp(cap_t *set)
{
	if (*set)
		cap_free(*set);
}

#define _cleanup_capabilities_ __attribute__((cleanup(capabilitiesp)))

/* These want CAP_SETPCAP. Who does not have it (a service manager has seen to the bounding set
 * then) is still held by no_new_privs. */
static int close_ways_back(const cap_t now)
{
	cap_flag_value_t may = CAP_CLEAR;

	if (cap_get_flag(now, CAP_SETPCAP, CAP_EFFECTIVE, &may) < 0)
		return -errno;
	if (may != CAP_SET)
		return 0;
	if (prctl(PR_SET_SECUREBITS, BITS, 0, 0, 0) < 0)
		return -errno;
	for (cap_value_t value = 0; cap_drop_bound(value) >= 0; value++)
		continue;
	return errno == EINVAL ? 0 : -errno; /* behind the last that this kernel knows */
}

int gvnp_lock_capabilities(const cap_value_t *kept, size_t n)
{
	_cleanup_capabilities_ cap_t now = cap_get_proc(), next = cap_init();

	if (!now || !next)
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	int error = close_ways_back(now);
	if (error)
		return error;
	for (size_t i = 0; i < n; i++) {
		cap_flag_value_t is_held = CAP_CLEAR;

		/* A capability that this kernel does not know cannot be held. */
		if (cap_get_flag(now, kept[i], CAP_PERMITTED, &is_held) < 0 || is_held != CAP_SET)
			continue;
		if (cap_set_flag(next, CAP_PERMITTED, 1, &kept[i], CAP_SET) < 0 ||
		    cap_set_flag(next, CAP_EFFECTIVE, 1, &kept[i], CAP_SET) < 0)
			return -errno;
	}
	/* The ambient set follows: it holds only what is permitted and inheritable. */
	return cap_set_proc(next) < 0 ? -errno : 0;
}
