/* SPDX-License-Identifier: Apache-2.0 */
/* The worker's outcome on its way to the supervisor. */
#ifndef GVNP_PRIVILEGE_OUTCOME_H
#define GVNP_PRIVILEGE_OUTCOME_H

#include "gvnp/privilege.h"

/* Writes a head with the sizes and then the three buffers. Returns 0 or a negative errno. */
int gvnp_outcome_send(int fd, const struct gvnp_outcome *outcome);

/* Takes apart what arrived, and its memory; *outcome is untouched unless it is all there. The output
 * replaces what was in its buffer. 0 or -EBADMSG. */
int gvnp_outcome_decode(struct gvnp_buffer *bytes, struct gvnp_outcome *outcome);

#endif
