/* SPDX-License-Identifier: Apache-2.0 */
/* What the evaluator and the tests need of the store beyond facts.h. */
#ifndef GVNP_FACTS_STORE_H
#define GVNP_FACTS_STORE_H

#include "facts/schema.h"
#include "gvnp/facts.h"

/* True once the table was declared collected; `hole` and `observation` always are. */
bool gvnp_facts_is_collected(const struct gvnp_facts *facts, const char *table);

/* True once the table was declared left out, by option. */
bool gvnp_facts_is_declined(const struct gvnp_facts *facts, const char *table);

/* False when no row of the table can hold a NULL: none was given one, nor left out a column that may
 * be one. */
bool gvnp_facts_may_hold_null(const struct gvnp_facts *facts, const char *table);

/* True if there is such a table. */
bool gvnp_facts_has_table(const struct gvnp_facts *facts, const char *table);

/* What the schema says. Owned by `facts`. */
const struct gvnp_schema *gvnp_facts_tables(const struct gvnp_facts *facts);

/* Keeps one thing that belongs to the database (registered functions) and releases it before the
 * database closes or when another takes its place. */
void gvnp_facts_attach(struct gvnp_facts *facts, void *data, void (*release)(void *data));

/* Back to a new database: no rows, nothing collected. Examples use one database many times. */
void gvnp_facts_reset(struct gvnp_facts *facts);

/* A counter that moves with every change, so that what was derived from the facts can be kept. */
uint64_t gvnp_facts_generation(const struct gvnp_facts *facts);

/* A copy in which every byte that is not UTF-8 is U+FFFD, cut at the first NUL and at `limit` bytes
 * (0: no limit). The caller frees. */
char *gvnp_facts_clean_text(const char *text, size_t size, size_t limit);

#endif
