/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for SQLite: small pieces, handed out again by their size. */
#ifndef GVNP_FACTS_PIECES_H
#define GVNP_FACTS_PIECES_H

#include <sqlite3.h>

/* For SQLITE_CONFIG_MALLOC; for a process in which one thread uses SQLite. Nothing given back goes
 * to the system again: what preparing one query took serves the next. */
extern const sqlite3_mem_methods gvnp_pieces;

#endif
