/* SPDX-License-Identifier: Apache-2.0 */
/* Unit files as systemd.syntax(7) has them, and several of them as one unit. Pure. */
#ifndef GVNP_COLLECT_SYSTEMD_UNIT_H
#define GVNP_COLLECT_SYSTEMD_UNIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct gvnp_unit_setting {
	char *section, *name, *value;
	const char *file; /* the caller's */
};

struct gvnp_unit_settings {
	struct gvnp_unit_setting *settings;
	size_t n;
};
void gvnp_unit_settings_done(struct gvnp_unit_settings *settings);

/* Adds what a unit file or drop-in says to what came before. Lines that are no assignment in a
 * section are skipped, as systemd skips them. NULL, or why the file is refused as a whole. */
const char *gvnp_unit_settings_read(struct gvnp_unit_settings *settings, const char *file,
				    struct gvnp_slice text);

#endif
