/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to GVNP_RANGE in a recording that may be shown. */
#ifndef GVNP_SOURCE_REDACT_IMAGE_H
#define GVNP_SOURCE_REDACT_IMAGE_H

#include "base/text.h"

struct gvnp_buffer;
struct gvnp_redact_names;
struct gvnp_request;

/* Learns the paths that the head of a disk image names. */
void gvnp_redact_learn_image(struct gvnp_redact_names *names, const struct gvnp_request *request,
			     struct gvnp_slice bytes);

/* Appends the bytes redacted: parts of programs as they are; the head of a disk image anew, with
 * what it says about itself, the names in it replaced, and nothing of what else stood there (which
 * may be the guest's). */
void gvnp_redact_image(struct gvnp_redact_names *names, const struct gvnp_request *request,
		       struct gvnp_slice bytes, struct gvnp_buffer *out);

#endif
