/* SPDX-License-Identifier: Apache-2.0 */
/* Judging one check after the other over one database of facts. */
#ifndef GVNP_EVALUATE_ENGINE_H
#define GVNP_EVALUATE_ENGINE_H

#include "evaluate/conclude.h"
#include "evaluate/helpers.h"
#include "evaluate/objects.h"
#include "evaluate/prepare.h"
#include "gvnp/evaluate.h"

struct gvnp_engine {
	struct gvnp_facts *facts;
	const struct gvnp_schema *schema;
	struct gvnp_authorizer authorizer;
	struct gvnp_pool *pool; /* of the results */
	struct gvnp_order order;
	/* What was derived from the facts, until they change. */
	uint64_t generation;
	struct gvnp_pool cache;
	sqlite3_stmt *holes;	       /* of gaps.c */
	struct gvnp_gaps **gaps;       /* [per + 1][table] */
	struct gvnp_objects **objects; /* [table] */
};

/* `names` are those that were collected; `pool` receives the strings of all results. */
void gvnp_engine_begin(struct gvnp_engine *engine, struct gvnp_facts *facts,
		       const struct gvnp_names *names, struct gvnp_pool *pool);
void gvnp_engine_end(struct gvnp_engine *engine);

/* Judges one check: query, soundness rule, waivers (may be none). */
void gvnp_engine_judge(struct gvnp_engine *engine, const struct gvnp_check *check,
		       struct gvnp_waiver *waivers, size_t n_waivers, struct gvnp_result *ret);

/* Cached. */
const struct gvnp_gaps *gvnp_engine_gaps(struct gvnp_engine *engine, int table, int per);
const struct gvnp_objects *gvnp_engine_objects(struct gvnp_engine *engine, int table);

/* What a prepared query reads, helper functions included. */
struct gvnp_scope {
	struct gvnp_reads reads;
	struct gvnp_helper_uses uses;
	int per; /* table, -1: none */
};

/*
 * The soundness rule: a pass, and the absence of any subject, stand only on facts that were
 * collected and readable. Turns subjects inconclusive and adds the objects the query did not
 * return though something about them is missing.
 */
void gvnp_soundness_apply(struct gvnp_engine *engine, const struct gvnp_scope *scope,
			  struct gvnp_result *result);

#endif
