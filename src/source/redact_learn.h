/* SPDX-License-Identifier: Apache-2.0 */
/* Where a recording says what its names are. */
#ifndef GVNP_SOURCE_REDACT_LEARN_H
#define GVNP_SOURCE_REDACT_LEARN_H

#include "base/text.h"

struct gvnp_answer;
struct gvnp_buffer;
struct gvnp_redact_names;
struct gvnp_request;

/* First all answers for names of domains, networks, hosts and users; then all for paths and
 * serials, whose components may hold those names. */
void gvnp_redact_learn_names(struct gvnp_redact_names *names, const struct gvnp_request *request,
			     const struct gvnp_answer *answer);
void gvnp_redact_learn_paths(struct gvnp_redact_names *names, const struct gvnp_request *request,
			     const struct gvnp_answer *answer);

/* The part of the above that reads XML of libvirt. */
void gvnp_redact_learn_xml(struct gvnp_redact_names *names, bool is_network, bool is_for_paths,
			   struct gvnp_slice xml);
void gvnp_redact_learn_path(struct gvnp_redact_names *names, struct gvnp_slice path);
/* Appends the XML with the words of <title>, <description> and <metadata> replaced. */
void gvnp_redact_replace_prose(struct gvnp_redact_names *names, struct gvnp_slice xml,
			       struct gvnp_buffer *out);

#endif
