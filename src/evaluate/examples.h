/* SPDX-License-Identifier: Apache-2.0 */
/* The examples of a check: a few rows, and the verdict they must get. */
#ifndef GVNP_EVALUATE_EXAMPLES_H
#define GVNP_EVALUATE_EXAMPLES_H

#include "evaluate/engine.h"
#include "evaluate/yaml.h"

enum gvnp_value_kind { GVNP_VALUE_OMITTED, GVNP_VALUE_NULL, GVNP_VALUE_INTEGER, GVNP_VALUE_TEXT };

struct gvnp_value {
	enum gvnp_value_kind kind;
	int64_t integer;
	const char *text;
};

struct gvnp_example_row {
	int table, line;
	struct gvnp_value *values; /* one a column of the table */
};

struct gvnp_expectation {
	const char *subject;
	enum gvnp_verdict verdict;
	int line;
};

/* A hole: object "" and column "" make the table incomplete. */
struct gvnp_example_hole {
	int table;
	const char *column, *object;
};

struct gvnp_example {
	int line;
	struct gvnp_example_row *rows;
	size_t n_rows;
	struct gvnp_example_hole *holes;
	size_t n_holes;
	enum gvnp_verdict expect;
	struct gvnp_expectation *subjects;
	size_t n_subjects;
};

struct gvnp_examples {
	struct gvnp_example *examples;
	size_t n;
};

/* Reads the `examples` of a check. What is wrong becomes a problem; returns false then. */
bool gvnp_examples_read(const struct gvnp_yaml_node *node, const struct gvnp_schema *schema,
			const char *file, struct gvnp_pool *pool, struct gvnp_problems *problems,
			struct gvnp_examples *ret);

/* That every row gives the columns the query reads. */
bool gvnp_example_gives(const struct gvnp_example *example, const struct gvnp_schema *schema,
			const struct gvnp_scope *scope, const char *file,
			struct gvnp_problems *problems);

/* Fills what was left out with something harmless that the schema allows and no other row has. */
void gvnp_example_complete(struct gvnp_example *example, const struct gvnp_schema *schema,
			   struct gvnp_pool *pool);

/* Makes the facts be the example, and nothing else; rows go in last to first when `is_reversed`.
 * Returns NULL, or what the schema refused; the caller frees. */
char *gvnp_example_fill(const struct gvnp_example *example, struct gvnp_facts *facts,
			bool is_reversed);

#endif
