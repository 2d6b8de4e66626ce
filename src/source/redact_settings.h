/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration that is full of secrets: settings of a cloud's services, and names of other hosts
 * in the configuration of loggers and clocks. */
#ifndef GVNP_SOURCE_REDACT_SETTINGS_H
#define GVNP_SOURCE_REDACT_SETTINGS_H

#include <stdbool.h>

#include "base/text.h"

struct gvnp_buffer;
struct gvnp_redact_names;

/* True for a file of Nova or Neutron. */
bool gvnp_redact_is_cloud(const char *path);
/* Appends the file with the value of every key removed but of those known to be harmless, without
 * comments, and without user and password in addresses. Lines keep their numbers. */
void gvnp_redact_cloud(struct gvnp_slice file, struct gvnp_buffer *out);

/* Learns the hosts that a configuration names, if the path is of a kind that does. */
void gvnp_redact_learn_hosts(struct gvnp_redact_names *names, const char *path,
			     struct gvnp_slice file);

#endif
