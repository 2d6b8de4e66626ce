/* SPDX-License-Identifier: Apache-2.0 */
/* A recording that may be shown: what identifies the host, its guests and its people is replaced,
 * the same original by the same replacement everywhere. */
#ifndef GVNP_SOURCE_REDACT_H
#define GVNP_SOURCE_REDACT_H

#include <stdbool.h>

struct gvnp_buffer;
struct gvnp_recording;

/* Redacts the recording in `tar`. `is_cautious`: names that are one word of letters are replaced
 * only where a name is known to stand. Returns 0 and a recording that the caller frees, or -EINVAL
 * with *ret_problem a message to free. */
int gvnp_redact(const struct gvnp_buffer *tar, bool is_cautious, struct gvnp_recording **ret,
		char **ret_problem);

#endif
