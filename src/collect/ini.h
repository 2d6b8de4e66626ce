/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration in sections with keys and values, the way systemd, oslo.config and auditd write it.
 */
#ifndef GVNP_COLLECT_INI_H
#define GVNP_COLLECT_INI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct gvnp_ini_line {
	struct gvnp_slice section;    /* "" before the first one */
	struct gvnp_slice key, value; /* trimmed; quotes around the whole value are taken off */
	int64_t line;
};

struct gvnp_ini {
	struct gvnp_slice rest, section;
	int64_t line;
};

/* Begins with the bytes of a file, which must outlive the reading. */
struct gvnp_ini gvnp_ini_new(struct gvnp_slice bytes);

/* The next assignment: KEY = VALUE, or KEY: VALUE where `has_colons`. False at the end. Comments
 * (# and ;), continuation lines and what is no assignment are passed over. */
bool gvnp_ini_next(struct gvnp_ini *ini, bool has_colons, struct gvnp_ini_line *ret);

#endif
