/* SPDX-License-Identifier: Apache-2.0 */
/* The tables a query really opens, against those the authorizer was told of. */
#ifndef GVNP_EVALUATE_LINT_READS_H
#define GVNP_EVALUATE_LINT_READS_H

#include "evaluate/engine.h"

/* Adds a problem for each table that SQLite's program opens and the reads do not name. */
void gvnp_lint_reads(struct gvnp_facts *facts, const struct gvnp_check *check,
		     const struct gvnp_reads *reads, struct gvnp_problems *problems);

#endif
