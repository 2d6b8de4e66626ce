/* SPDX-License-Identifier: Apache-2.0 */
/* Lint of one check at a time, and the proof that the soundness rule holds for it. */
#ifndef GVNP_EVALUATE_LINT_H
#define GVNP_EVALUATE_LINT_H

#include "evaluate/examples.h"

/* A check read as a whole, ready to be run on its examples. */
struct gvnp_trial {
	const struct gvnp_check *check;
	struct gvnp_scope scope;
	struct gvnp_examples examples;
	struct gvnp_engine *engine;
	struct gvnp_pool *pool;
	struct gvnp_problems *problems;
};

/* Fills the facts with an example and judges it. False, with a problem, when the schema refuses a
 * row. */
bool gvnp_trial_judge(struct gvnp_trial *trial, const struct gvnp_example *example,
		      bool is_reversed, struct gvnp_result *ret);

/* That the judgement of one object does not depend on the others: without them, and with a copy of
 * it, it stays the same. Returns the number of judgements made. */
size_t gvnp_independence_try(struct gvnp_trial *trial, const struct gvnp_example *example,
			     const struct gvnp_result *result);

/* Makes each table, object and cell the query reads in an example incomplete, one at a time, with
 * and without its rows: all must be inconclusive; an example that fails may fail still. Returns the
 * number of judgements made. */
size_t gvnp_proof_try(struct gvnp_trial *trial, const struct gvnp_example *example);

struct gvnp_lint_counts {
	size_t n_checks, n_examples, n_independence, n_proofs;
};

/* gvnp_lint(), with the proof when `is_proving`. */
int gvnp_lint_all(const char *const *paths, bool is_proving, struct gvnp_problems *problems,
		  struct gvnp_lint_counts *ret);

#endif
