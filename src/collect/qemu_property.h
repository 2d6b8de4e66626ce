/* SPDX-License-Identifier: Apache-2.0 */
/* The value of one QEMU option as properties: see qemu_argument.h. */
#ifndef GVNP_COLLECT_QEMU_PROPERTY_H
#define GVNP_COLLECT_QEMU_PROPERTY_H

#include <stddef.h>

struct gvnp_qemu_option;

/*
 * Fills the properties of an option whose value QEMU reads as k=v list or JSON; at most `limit`.
 * Returns NULL, or what is wrong with the value: then it has those properties that were understood.
 * A key that is given again: its last value keeps the plain name, as QEMU takes it, and the earlier
 * ones are NAME.0, NAME.1, … (so hostfwd, which may be repeated, loses nothing).
 */
const char *gvnp_qemu_properties_parse(struct gvnp_qemu_option *option, size_t limit);
void gvnp_qemu_properties_done(struct gvnp_qemu_option *option);

#endif
