/* SPDX-License-Identifier: Apache-2.0 */
/* All checks over all facts, and what a person's own query may not have seen. */
#include "gvnp/evaluate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "evaluate/engine.h"

enum { MOST_LINES_A_TABLE = 20 };

/* The results and the memory of everything in them. */
struct results_store {
	struct gvnp_results results; /* first: what the outside sees */
	struct gvnp_pool pool;
};

struct gvnp_results *gvnp_evaluate(struct gvnp_facts *facts, const struct gvnp_catalogue *catalogue)
{
	struct results_store *store = gvnp_allocate(sizeof *store);
	struct gvnp_results *results = &store->results;
	struct gvnp_engine engine;

	results->n = catalogue->n_checks;
	results->results = gvnp_allocate_array(results->n, sizeof *results->results);
	gvnp_engine_begin(&engine, facts, &catalogue->names, &store->pool);
	for (size_t i = 0; i < results->n; i++)
		gvnp_engine_judge(&engine, &catalogue->checks[i], catalogue->waivers,
				  catalogue->n_waivers, &results->results[i]);
	gvnp_engine_end(&engine);
	return results;
}

void gvnp_results_free(struct gvnp_results *results)
{
	if (!results)
		return;
	free(results->results);
	gvnp_pool_done(&((struct results_store *)results)->pool);
	free(results);
}

void gvnp_results_freep(struct gvnp_results **results)
{
	gvnp_results_free(*results);
}

const char *gvnp_verdict_name(enum gvnp_verdict verdict)
{
	static const char *const names[] = {
		[GVNP_NOT_APPLICABLE] = "not-applicable",
		[GVNP_PASS] = "pass",
		[GVNP_INCONCLUSIVE] = "inconclusive",
		[GVNP_ERROR] = "error",
		[GVNP_FAIL] = "fail",
	};

	return names[verdict];
}

struct lines {
	char **lines;
	size_t n;
};

static void add_line(struct lines *lines, char *line)
{
	lines->lines = gvnp_reallocate_array(lines->lines, lines->n + 2, sizeof *lines->lines);
	lines->lines[lines->n++] = line;
	lines->lines[lines->n] = NULL;
}

static void add_table(struct gvnp_facts *facts, const char *table, struct lines *lines)
{
	static const char sql[] = "SELECT DISTINCT problem FROM hole WHERE table_name = ?1 "
				  "ORDER BY problem";
	sqlite3_stmt *row = NULL;
	size_t n = 0;

	if (sqlite3_prepare_v2(gvnp_facts_database(facts), sql, -1, &row, NULL) != SQLITE_OK)
		gvnp_out_of_memory();
	sqlite3_bind_text(row, 1, table, -1, SQLITE_STATIC);
	while (sqlite3_step(row) == SQLITE_ROW)
		if (n++ < MOST_LINES_A_TABLE)
			add_line(lines, gvnp_format("%s: %s", table,
						    (const char *)sqlite3_column_text(row, 0)));
	sqlite3_finalize(row);
	if (n > MOST_LINES_A_TABLE)
		add_line(lines, gvnp_format("%s: and %zu more", table, n - MOST_LINES_A_TABLE));
	if (!n && !gvnp_facts_is_collected(facts, table))
		add_line(lines, gvnp_format("%s: it was not collected", table));
}

static int compare_tables(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_tables(struct gvnp_facts *facts, const char *sql, const struct gvnp_reads *reads,
		       struct lines *lines)
{
	const struct gvnp_schema *schema = gvnp_facts_tables(facts);
	struct gvnp_helper_uses uses;

	gvnp_helper_uses_read(sql, &uses);
	_cleanup_free_ const char **tables = gvnp_allocate_array(reads->n + uses.n, sizeof *tables);
	size_t n = 0;
	for (size_t i = 0; i < reads->n; i++)
		tables[n++] = schema->tables[reads->reads[i].table].name;
	for (size_t i = 0; i < uses.n; i++)
		if (uses.uses[i].table && gvnp_schema_table(schema, uses.uses[i].table) >= 0)
			tables[n++] = uses.uses[i].table;
	qsort(tables, n, sizeof *tables, compare_tables);
	for (size_t i = 0; i < n; i++)
		if (!i || strcmp(tables[i - 1], tables[i]))
			add_table(facts, tables[i], lines);
	gvnp_helper_uses_done(&uses);
}

int gvnp_query_incomplete(struct gvnp_facts *facts, const char *sql, char ***ret_lines,
			  char **ret_error)
{
	struct gvnp_authorizer authorizer;
	struct gvnp_reads reads;
	struct lines lines = { 0 };
	sqlite3_stmt *statement = NULL;
	int error;

	gvnp_authorizer_begin(&authorizer, facts);
	error = gvnp_prepare(&authorizer, sql, GVNP_FOR_QUERY, &reads, &statement, ret_error);
	gvnp_authorizer_end(&authorizer);
	sqlite3_finalize(statement);
	if (!error) {
		lines.lines = gvnp_allocate_array(1, sizeof *lines.lines);
		add_tables(facts, sql, &reads, &lines);
		*ret_lines = lines.lines;
	}
	gvnp_reads_done(&reads);
	return error;
}
