/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of an SQL query as text or JSON. */
#ifndef GVNP_VERBS_ROWS_H
#define GVNP_VERBS_ROWS_H

#include <sqlite3.h>

struct gvnp_buffer;

/* Steps through the statement and prints every row: aligned columns under a line of names; or an
 * array of objects. Returns the last SQLite code, SQLITE_DONE when all is well. */
int gvnp_rows_text(sqlite3_stmt *statement, struct gvnp_buffer *out);
int gvnp_rows_json(sqlite3_stmt *statement, struct gvnp_buffer *out);

#endif
