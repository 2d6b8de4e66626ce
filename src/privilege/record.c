/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit record of a run. The rule kept here: it is a courtesy to whoever guards the host. Not
 * being able to write it (no capability, no audit system, a container) is silent and changes
 * nothing.
 */
#include <errno.h>
#include <libaudit.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>

#include "base/cleanup.h"
#include "gvnp/privilege.h"

static bool has_capability(void)
{
	cap_flag_value_t value = CAP_CLEAR;
	cap_t now = cap_get_proc();

	if (now && cap_get_flag(now, CAP_AUDIT_WRITE, CAP_EFFECTIVE, &value) < 0)
		value = CAP_CLEAR;
	cap_free(now);
	return value == CAP_SET;
}

/* The socket, or -1 and why not. */
static int open_audit(const char **ret_why)
{
	if (!has_capability()) {
		*ret_why = "CAP_AUDIT_WRITE is not held";
		return -1;
	}
	int fd = audit_open();
	if (fd < 0)
		*ret_why = errno == EPROTONOSUPPORT || errno == EAFNOSUPPORT
				   ? "the kernel has no audit system, or it is off (audit=0)"
				   : strerrordesc_np(errno);
	return fd;
}

const char *gvnp_privilege_record_refusal(void)
{
	const char *why = NULL;
	_cleanup_close_ int fd = open_audit(&why);

	return fd < 0 ? why : NULL;
}

bool gvnp_privilege_record(int status)
{
	const char *why = NULL;
	_cleanup_close_ int fd = open_audit(&why);
	char message[64];

	if (fd < 0)
		return false;
	snprintf(message, sizeof message, "op=gvnp-audit status=%d", status);
	/* 0 is what libaudit returns when the kernel refuses: a record has a number above that. */
	return audit_log_user_message(fd, AUDIT_TRUSTED_APP, message, NULL, NULL, NULL,
				      status == 0 || status == 1) > 0;
}
