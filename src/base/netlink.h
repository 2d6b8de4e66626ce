/* SPDX-License-Identifier: Apache-2.0 */
/* Taking netlink messages and their attributes apart: bounded by the bytes given, aligned or not.
 * Numbers are in the byte order of the machine that was asked. */
#ifndef GVNP_BASE_NETLINK_H
#define GVNP_BASE_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct gvnp_netlink_message {
	uint16_t type;
	struct gvnp_slice body; /* behind the header */
};

struct gvnp_netlink_attribute {
	uint16_t type; /* without the bits for nesting and byte order */
	struct gvnp_slice value;
};

/* Cuts the next message off *rest. False at the end, or when what is left is not a message: then
 * *rest is not empty. */
bool gvnp_netlink_next(struct gvnp_slice *rest, struct gvnp_netlink_message *ret);

/* The same for the attributes in a message behind its fixed part, and for nested ones. */
bool gvnp_netlink_attribute_next(struct gvnp_slice *rest, struct gvnp_netlink_attribute *ret);

/* The value of the first attribute of that type; empty when there is none. */
struct gvnp_slice gvnp_netlink_find(struct gvnp_slice attributes, uint16_t type);

/* What is left of a body behind its first `size` bytes, rounded up to 4; empty when it is shorter.
 */
struct gvnp_slice gvnp_netlink_behind(struct gvnp_slice body, size_t size);

/* `size` bytes at `offset`. False, and *ret untouched, when there are not so many. */
bool gvnp_netlink_bytes(struct gvnp_slice slice, size_t offset, void *ret, size_t size);
/* A 32-bit number at `offset`; `otherwise` when it is not there. */
uint32_t gvnp_netlink_number(struct gvnp_slice slice, size_t offset, uint32_t otherwise);
/* Up to the first NUL. */
struct gvnp_slice gvnp_netlink_text(struct gvnp_slice slice);

#endif
