/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of tailoring: what a file of it may say. */
#ifndef GVNP_EVALUATE_TAILOR_H
#define GVNP_EVALUATE_TAILOR_H

#include "evaluate/load.h"

/* One file of tailoring.d. `now` decides whether a waiver is expired. */
void gvnp_tailor_apply(struct gvnp_catalogue *catalogue, const struct gvnp_yaml_node *top,
		       const char *file, int64_t now, struct gvnp_problems *problems);

/* declaration.yaml into the declared_* tables. */
void gvnp_tailor_declare(struct gvnp_catalogue *catalogue, const struct gvnp_yaml_node *top,
			 const char *file, struct gvnp_facts *facts,
			 struct gvnp_problems *problems);

/* Seconds since the epoch at which the day after YYYY-MM-DD begins, UTC. False when it is no day.
 */
bool gvnp_tailor_end_of_day(const char *date, int64_t *ret);

#endif
