/* SPDX-License-Identifier: Apache-2.0 */
/* Tailoring and declaration given on the command line, in place of the host's. */
#ifndef GVNP_VERBS_OVERLAY_H
#define GVNP_VERBS_OVERLAY_H

#include "gvnp/source.h"

struct gvnp_overlay;

/* Reads --tailoring DIR and --declaration FILE; either may be NULL. To be called before the
 * processes are started, since the worker opens nothing. Returns 0, or -EINVAL with *ret_problem a
 * message to free. */
int gvnp_overlay_new(const char *tailoring, const char *declaration, struct gvnp_overlay **ret,
		     char **ret_problem);
void gvnp_overlay_free(struct gvnp_overlay *overlay);
void gvnp_overlay_freep(struct gvnp_overlay **overlay);

/* A source that answers from the overlay where it applies and from `source` elsewhere. Both must
 * outlive it. */
struct gvnp_source *gvnp_overlay_source(const struct gvnp_overlay *overlay,
					struct gvnp_source *source);

/* The path the user gave for a file of /etc/gvnp-audit that the overlay stands in for; other paths
 * come back as they are. `overlay` may be NULL. The caller frees. */
char *gvnp_overlay_given_path(const struct gvnp_overlay *overlay, const char *path);

#endif
