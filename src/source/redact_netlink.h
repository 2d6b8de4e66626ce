/* SPDX-License-Identifier: Apache-2.0 */
/* Redacting netlink messages. */
#ifndef GVNP_SOURCE_REDACT_NETLINK_H
#define GVNP_SOURCE_REDACT_NETLINK_H

#include <stdbool.h>

#include "base/text.h"

struct gvnp_buffer;
struct gvnp_redact_names;

/* True for a GVNP_SYSTEM question whose answer is netlink messages. */
bool gvnp_redact_is_netlink(const char *name);
/* Appends the messages with names, addresses and texts replaced, and without what nobody decodes.
 * Stops at what is not a message. */
void gvnp_redact_netlink(struct gvnp_redact_names *names, const char *name,
			 struct gvnp_slice messages, struct gvnp_buffer *out);

#endif
