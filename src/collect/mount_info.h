/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
#ifndef GVNP_COLLECT_MOUNT_INFO_H
#define GVNP_COLLECT_MOUNT_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* One mount; texts with octal escapes undone. Zero it first, done() frees. */
struct gvnp_mount_info {
	int64_t id;
	char *root, *mountpoint, *source;
	struct gvnp_slice device, options, filesystem, super_options; /* of the line */
};

/* Undoes the octal escapes of mount tables and /proc/swaps (\040 \011 \012 \134 \043). The caller
 * frees. */
char *gvnp_mount_unescape(struct gvnp_slice text);

/* Decodes one line. False, and nothing written, when it is not one of mountinfo. */
bool gvnp_mount_info_decode(struct gvnp_slice line, struct gvnp_mount_info *ret);
void gvnp_mount_info_done(struct gvnp_mount_info *mount);

/* Cuts lines off *rest up to the next mount, which takes the place of what *mount held. False, and
 * *mount zeroed, at the end. */
bool gvnp_mount_info_next(struct gvnp_slice *rest, struct gvnp_mount_info *mount);

/* True if a comma-separated list of options has this one, as a whole word. */
bool gvnp_mount_has_option(struct gvnp_slice options, const char *option);

#endif
