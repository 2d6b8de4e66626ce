/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The soundness rule stands on the authorizer naming every table a query reads. SQLite has syntax
 * that slips past it (USING did), so lint also asks the compiled program which tables it opens.
 */
#include "evaluate/lint_reads.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "gvnp/check.h"

/* The table that the page an opcode opens belongs to, itself or by one of its indexes; -1: none. */
static int table_of_page(struct gvnp_facts *facts, sqlite3_int64 page)
{
	sqlite3_stmt *row = NULL;
	int table = -1;

	if (sqlite3_prepare_v2(gvnp_facts_database(facts),
			       "SELECT tbl_name FROM sqlite_master WHERE rootpage = ?1", -1, &row,
			       NULL) != SQLITE_OK)
		gvnp_out_of_memory();
	sqlite3_bind_int64(row, 1, page);
	if (sqlite3_step(row) == SQLITE_ROW)
		table = gvnp_schema_table(gvnp_facts_tables(facts),
					  (const char *)sqlite3_column_text(row, 0));
	sqlite3_finalize(row);
	return table;
}

void gvnp_lint_reads(struct gvnp_facts *facts, const struct gvnp_check *check,
		     const struct gvnp_reads *reads, struct gvnp_problems *problems)
{
	_cleanup_free_ char *sql = gvnp_format("EXPLAIN %s", check->query);
	sqlite3_stmt *row = NULL;

	/* What does not compile was told before. */
	if (sqlite3_prepare_v2(gvnp_facts_database(facts), sql, -1, &row, NULL) != SQLITE_OK)
		return;
	/* addr, opcode, p1, p2 (the page), p3 (the database: 0 is ours, 1 temporary) */
	while (sqlite3_step(row) == SQLITE_ROW) {
		const char *opcode = (const char *)sqlite3_column_text(row, 1);
		int table;

		if (strcmp(opcode, "OpenRead") || sqlite3_column_int(row, 4))
			continue;
		table = table_of_page(facts, sqlite3_column_int64(row, 3));
		if (table < 0 || !gvnp_reads_find(reads, table))
			gvnp_problems_add(problems, check->file, check->query_line,
					  "the query reads %s in a way the engine cannot see",
					  table < 0 ? "something"
						    : gvnp_facts_tables(facts)->tables[table].name);
	}
	sqlite3_finalize(row);
}
