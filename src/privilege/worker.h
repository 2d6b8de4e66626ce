/* SPDX-License-Identifier: Apache-2.0 */
/* The worker process: decodes, judges and renders; opens nothing. */
#ifndef GVNP_PRIVILEGE_WORKER_H
#define GVNP_PRIVILEGE_WORKER_H

#include "gvnp/privilege.h"
#include "source/live.h"

struct gvnp_worker {
	struct gvnp_live live; /* unused with a recorded root */
};

/* For a child whose standard output is the pipe to the supervisor: makes the source, runs
 * plan->work and sends the outcome. The exit status. */
int gvnp_worker_run(const struct gvnp_plan *plan, const struct gvnp_worker *worker);

#endif
