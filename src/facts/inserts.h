/* SPDX-License-Identifier: Apache-2.0 */
/* The prepared inserts of a database of facts, one a shape: a table and the columns given. */
#ifndef GVNP_FACTS_INSERTS_H
#define GVNP_FACTS_INSERTS_H

#include <stdbool.h>
#include <stddef.h>

#include "facts/schema.h"
#include "gvnp/facts.h"

enum { GVNP_INSERT_SLOTS = 512, GVNP_INSERT_NEAR = 1024, GVNP_INSERT_COLUMNS = 64 };

struct gvnp_table_state;

struct gvnp_insert {
	char *key; /* table, then every column, each ended by '\n' */
	size_t key_size;
	sqlite3_stmt *statement; /* NULL: the schema has no such table or column */
	char *refusal;		 /* why statement is NULL */
	const struct gvnp_column *columns[GVNP_INSERT_COLUMNS]; /* of each cell */
	bool leaves_null;		/* a column that may be NULL is not among them */
	struct gvnp_table_state *table; /* the store's own */
};

struct gvnp_inserts {
	sqlite3 *database;
	const struct gvnp_schema *schema;
	struct gvnp_insert *cache[GVNP_INSERT_SLOTS]; /* open addressing; never full */
	size_t n_cached;
	bool ignores_checks; /* SQLite, in what is prepared next */
	struct gvnp_insert *near[GVNP_INSERT_NEAR]; /* of these, by where the names lie */
};

/* Owned by `inserts` and valid until the next call. */
struct gvnp_insert *gvnp_inserts_find(struct gvnp_inserts *inserts, const char *table,
				      const struct gvnp_cell *cells);
void gvnp_inserts_done(struct gvnp_inserts *inserts);

#endif
