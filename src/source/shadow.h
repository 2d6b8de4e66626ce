/* SPDX-License-Identifier: Apache-2.0 */
/* The files in which hashes of passwords lie. */
#ifndef GVNP_SOURCE_SHADOW_H
#define GVNP_SOURCE_SHADOW_H

#include <stdbool.h>

#include "base/text.h"

struct gvnp_buffer;

/* True for /etc/passwd, /etc/shadow, /etc/group and /etc/gshadow. */
bool gvnp_shadow_is(const char *path);

/* Appends the lines with the second field cut to what it is instead of what it says: '$ID$' of a
 * hash, '?' for one of traditional DES, '' for none, 'x' for "in the shadow file", '*' for what no
 * password can match, '!' kept before any of these. Lines without fields are left out. */
void gvnp_shadow_strip(struct gvnp_slice bytes, struct gvnp_buffer *out);

#endif
