/* SPDX-License-Identifier: Apache-2.0 */
/* The last steps of judging a check: its subjects in order, the worst verdict, waivers. */
#ifndef GVNP_EVALUATE_CONCLUDE_H
#define GVNP_EVALUATE_CONCLUDE_H

#include "evaluate/pool.h"
#include "gvnp/evaluate.h"

/* How the subjects of the last query were put in order: the next mostly names the same VMs. */
struct gvnp_order {
	size_t *places; /* of the first, the second, … among the subjects as they came */
	size_t n;
};
void gvnp_order_done(struct gvnp_order *order);

/* Sorts the subjects, which move from the heap into `pool`; the worst decides. */
void gvnp_conclude(struct gvnp_order *order, struct gvnp_pool *pool, struct gvnp_result *result);

/* Waives what is open and named by a waiver that has not expired. */
void gvnp_waive(struct gvnp_result *result, struct gvnp_waiver *waivers, size_t n_waivers);

#endif
