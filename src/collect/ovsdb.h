/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a standalone Open vSwitch database (ovsdb(5)): a log of transactions, replayed. */
#ifndef GVNP_COLLECT_OVSDB_H
#define GVNP_COLLECT_OVSDB_H

#include <stdbool.h>

#include "base/text.h"

struct gvnp_ovsdb;

/* Replays the log. Returns 0 with a database to free, or -EINVAL with *ret_problem, static. A last
 * record that was cut off is passed over, as Open vSwitch does it. */
int gvnp_ovsdb_parse(struct gvnp_slice bytes, struct gvnp_ovsdb **ret, const char **ret_problem);
void gvnp_ovsdb_free(struct gvnp_ovsdb *database);
void gvnp_ovsdb_freep(struct gvnp_ovsdb **database);

/* A row of a table; valid as long as the database. */
struct gvnp_ovsdb_row {
	const char *id;
	void *columns;
};
/* The next row of the table; start with a zeroed cursor. False at the end. */
struct gvnp_ovsdb_cursor {
	void *iterator;
	bool is_begun;
};
bool gvnp_ovsdb_next(const struct gvnp_ovsdb *database, const char *table,
		     struct gvnp_ovsdb_cursor *cursor, struct gvnp_ovsdb_row *ret);

/* A column that holds a text or a number, as text: "" when it is empty or not there. The caller
 * frees. Of a set, its members with a blank between them. */
char *gvnp_ovsdb_text(const struct gvnp_ovsdb_row *row, const char *column);
/* The value a map column has for the key, "" when none. Owned by the database. */
const char *gvnp_ovsdb_value(const struct gvnp_ovsdb_row *row, const char *column, const char *key);
/* The next row of `table` that a column of references leads to; start with *position 0. */
bool gvnp_ovsdb_follow(const struct gvnp_ovsdb *database, const struct gvnp_ovsdb_row *row,
		       const char *column, const char *table, size_t *position,
		       struct gvnp_ovsdb_row *ret);

#endif
