/* SPDX-License-Identifier: Apache-2.0 */
/* What collectors ask for because loaded checks name it of a host. */
#ifndef GVNP_COLLECT_FORESEEN_H
#define GVNP_COLLECT_FORESEEN_H

#include "collect/collect.h"
#include "gvnp/collector.h"

/* One request for each name, in the order of the names. */
void gvnp_sysctl_add_names(struct gvnp_batch *batch, const struct gvnp_names *names);
void gvnp_module_add_names(struct gvnp_batch *batch, const struct gvnp_names *names);
void gvnp_file_add_names(struct gvnp_batch *batch, const struct gvnp_names *names);

#endif
