/* SPDX-License-Identifier: Apache-2.0 */
/* The worker process: decodes, judges and renders; opens nothing. */
#ifndef GVNP_PRIVILEGE_WORKER_H
#define GVNP_PRIVILEGE_WORKER_H

#include "gvnp/privilege.h"

/* For a child whose standard output is the pipe to the supervisor: runs plan->work on the live host
 * (NULL: on the recorded root, which it opens) and sends the outcome. The exit status. */
int gvnp_worker_run(const struct gvnp_plan *plan, struct gvnp_source *live);

#endif
