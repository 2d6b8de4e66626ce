/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is not known of a table, and whom it touches: tables nobody completed, holes, and rows with
 * NULLs. Found once for each pair of table and `per:` table. The rule it keeps: when it is not
 * known whose a gap is, it touches everybody.
 */
#include "evaluate/objects.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"

/* How rows of `table` are led to objects of `per`. Both meet in a table that `way` reaches; when
 * that is not `per` itself, `back` leads there from `per`. */
struct finder {
	struct gvnp_facts *facts;
	const struct gvnp_schema *schema;
	struct gvnp_pool *pool;
	sqlite3_stmt *holes;
	int table, per;
	bool was_sought, has_way; /* nearly always nothing is missing, and no way is sought */
	struct gvnp_path way, back;
	struct gvnp_gap *gaps;
	size_t n;
};

static sqlite3_stmt *prepare(const struct finder *finder, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(gvnp_facts_database(finder->facts), sql, -1, &statement, NULL) !=
	    SQLITE_OK)
		gvnp_out_of_memory();
	return statement;
}

/* `per` first: a way to the object itself beats one to something it has in common. */
static bool find_way(struct finder *finder)
{
	int per = finder->per;

	if (finder->was_sought || per < 0)
		return finder->has_way;
	finder->was_sought = true;
	finder->has_way = gvnp_path_find(finder->schema, finder->table, per, &finder->way);
	if (finder->has_way)
		finder->back = (struct gvnp_path){ .tables = { per } };
	for (size_t i = 0; i < finder->schema->n_tables && !finder->has_way; i++)
		finder->has_way =
			gvnp_path_find(finder->schema, finder->table, (int)i, &finder->way) &&
			gvnp_path_find(finder->schema, per, (int)i, &finder->back) &&
			finder->back.n;
	return finder->has_way;
}

static const char *column_name(const struct finder *finder, int table, int column)
{
	return finder->schema->tables[table].columns[column].name;
}

/* The value a path ends in, as an expression over t0, t1, … */
static void append_link(const struct finder *finder, const struct gvnp_path *path,
			struct gvnp_buffer *sql)
{
	if (!path->n) {
		int key = finder->schema->tables[path->tables[0]].key;

		return gvnp_buffer_append_format(sql, "t0.\"%s\"",
						 column_name(finder, path->tables[0], key));
	}
	int last = path->n - 1;
	gvnp_buffer_append_format(sql, "t%d.\"%s\"", last,
				  column_name(finder, path->tables[last], path->columns[last]));
}

static void append_from(const struct finder *finder, const struct gvnp_path *path,
			struct gvnp_buffer *sql)
{
	gvnp_buffer_append_format(sql, " FROM \"%s\" t0",
				  finder->schema->tables[path->tables[0]].name);
	for (int i = 1; i < path->n; i++) {
		const struct gvnp_table *table = &finder->schema->tables[path->tables[i]];

		gvnp_buffer_append_format(
			sql, " LEFT JOIN \"%s\" t%d ON t%d.\"%s\" = t%d.\"%s\"", table->name, i, i,
			table->columns[table->key].name, i - 1,
			column_name(finder, path->tables[i - 1], path->columns[i - 1]));
	}
}

static void add(struct finder *finder, struct gvnp_gap gap, enum gvnp_reach reach,
		const char *object)
{
	gap.reach = reach;
	gap.object = gvnp_pool_text(finder->pool, object);
	finder->gaps = gvnp_grow(finder->gaps, finder->n);
	finder->gaps[finder->n++] = gap;
}

/* A gap whose way ends in `link` (NULL: not known). */
static void add_linked(struct finder *finder, struct gvnp_gap gap, const char *link)
{
	_cleanup_buffer_ struct gvnp_buffer sql = { 0 };
	const struct gvnp_table *per = &finder->schema->tables[finder->per];
	sqlite3_stmt *row;

	if (!link)
		return add(finder, gap, GVNP_REACH_ALL, "");
	if (!*link)
		return add(finder, gap, GVNP_REACH_NONE, "");
	if (!finder->back.n)
		return add(finder, gap, GVNP_REACH_OBJECT, link);
	gvnp_buffer_append_format(&sql, "SELECT t0.\"%s\"", per->columns[per->key].name);
	append_from(finder, &finder->back, &sql);
	gvnp_buffer_append_text(&sql, " WHERE coalesce(");
	append_link(finder, &finder->back, &sql);
	gvnp_buffer_append_text(&sql, " = ?1, 1)");
	row = prepare(finder, sql.data);
	sqlite3_bind_text(row, 1, link, -1, SQLITE_STATIC);
	add(finder, gap, GVNP_REACH_NONE, "");
	while (sqlite3_step(row) == SQLITE_ROW)
		add(finder, gap, GVNP_REACH_OBJECT, (const char *)sqlite3_column_text(row, 0));
	sqlite3_finalize(row);
}

/* The way from an object named in a hole, which may well have no row in its own table. */
static void add_of_object(struct finder *finder, struct gvnp_gap gap, const char *object)
{
	struct gvnp_path path = finder->way;
	int column = finder->schema->tables[finder->table].object;
	bool has_row = false;

	while (path.n && path.columns[0] == column) {
		path.n--;
		memmove(path.tables, path.tables + 1, sizeof path.tables - sizeof *path.tables);
		memmove(path.columns, path.columns + 1, sizeof path.columns - sizeof *path.columns);
		column = finder->schema->tables[path.tables[0]].key;
	}
	if (!path.n)
		return add_linked(finder, gap, object);
	_cleanup_buffer_ struct gvnp_buffer sql = { 0 };
	gvnp_buffer_append_text(&sql, "SELECT DISTINCT ");
	append_link(finder, &path, &sql);
	append_from(finder, &path, &sql);
	gvnp_buffer_append_format(&sql, " WHERE t0.\"%s\" = ?1",
				  column_name(finder, path.tables[0], column));
	sqlite3_stmt *row = prepare(finder, sql.data);
	sqlite3_bind_text(row, 1, object, -1, SQLITE_STATIC);
	while (sqlite3_step(row) == SQLITE_ROW) {
		has_row = true;
		add_linked(finder, gap, (const char *)sqlite3_column_text(row, 0));
	}
	sqlite3_finalize(row);
	if (!has_row)
		add(finder, gap, GVNP_REACH_ALL, "");
}

static void find_holes(struct finder *finder)
{
	const struct gvnp_table *table = &finder->schema->tables[finder->table];
	sqlite3_stmt *row = finder->holes;
	bool is_whole = gvnp_facts_is_collected(finder->facts, table->name);

	sqlite3_bind_text(row, 1, table->name, -1, SQLITE_STATIC);
	while (sqlite3_step(row) == SQLITE_ROW) {
		const char *object = (const char *)sqlite3_column_text(row, 1);
		int column = gvnp_table_column(table, (const char *)sqlite3_column_text(row, 0));
		struct gvnp_gap gap = {
			.fact = gvnp_pool_text(finder->pool, object),
			.columns = column < 0 ? 0 : UINT64_C(1) << column,
			.is_any_column = column < 0,
			.problem = gvnp_pool_text(finder->pool,
						  (const char *)sqlite3_column_text(row, 2)),
		};

		if (!*object && column < 0)
			is_whole = true;
		if (!*object && column < 0 && finder->table == finder->per)
			add(finder, gap, GVNP_REACH_OTHERS, "");
		else if (!*object || table->object < 0 || !find_way(finder))
			add(finder, gap, GVNP_REACH_ALL, "");
		else
			add_of_object(finder, gap, object);
	}
	sqlite3_reset(row);
	if (!is_whole)
		add(finder,
		    (struct gvnp_gap){
			    .fact = "",
			    .is_any_column = true,
			    .problem = gvnp_pool_format(finder->pool, "%s was not collected",
							table->name),
		    },
		    finder->table == finder->per ? GVNP_REACH_OTHERS : GVNP_REACH_ALL, "");
}

static void find_nulls(struct finder *finder)
{
	const struct gvnp_table *table = &finder->schema->tables[finder->table];
	_cleanup_buffer_ struct gvnp_buffer sql = { 0 }, where = { 0 };
	struct gvnp_path here = { .tables = { finder->table } };

	if (!gvnp_facts_may_hold_null(finder->facts, table->name))
		return;
	bool has_link = find_way(finder);
	const struct gvnp_path *way = has_link ? &finder->way : &here;
	gvnp_buffer_append_text(&sql, "SELECT 0");
	for (size_t c = 0; c < table->n_columns; c++) {
		const struct gvnp_column *column = &table->columns[c];

		if (!column->is_nullable)
			continue;
		gvnp_buffer_append_format(&sql, " | ((t0.\"%s\" IS NULL) << %zu)", column->name, c);
		gvnp_buffer_append_format(&where, " %s t0.\"%s\" IS NULL",
					  where.size ? "OR" : "WHERE", column->name);
	}
	if (!where.size)
		return;
	gvnp_buffer_append_format(&sql, ", t0.\"%s\", ",
				  table->columns[table->object < 0 ? 0 : table->object].name);
	if (has_link)
		append_link(finder, way, &sql);
	else
		gvnp_buffer_append_text(&sql, "NULL");
	append_from(finder, way, &sql);
	gvnp_buffer_append_text(&sql, gvnp_buffer_text(&where));
	sqlite3_stmt *row = prepare(finder, sql.data);
	while (sqlite3_step(row) == SQLITE_ROW) {
		const char *fact = (const char *)sqlite3_column_text(row, 1);
		struct gvnp_gap gap = {
			.fact = gvnp_pool_text(finder->pool, fact ? fact : ""),
			.columns = (uint64_t)sqlite3_column_int64(row, 0),
		};

		add_linked(finder, gap, (const char *)sqlite3_column_text(row, 2));
	}
	sqlite3_finalize(row);
}

static int compare(const void *a, const void *b)
{
	const struct gvnp_gap *left = a, *right = b;
	int order = !left->problem - !right->problem;

	order = order ? order : strcmp(left->object, right->object);
	order = order ? order : strcmp(left->fact, right->fact);
	order = order ? order
		      : strcmp(left->problem ? left->problem : "",
			       right->problem ? right->problem : "");
	return order ? order : (left->columns > right->columns) - (left->columns < right->columns);
}

const char gvnp_gaps_sql[] = "SELECT column_name, object, problem FROM hole WHERE table_name = ?1 "
			     "ORDER BY column_name, object, problem";

void gvnp_gaps_find(struct gvnp_facts *facts, sqlite3_stmt *holes, int table, int per,
		    struct gvnp_pool *pool, struct gvnp_gaps *ret)
{
	struct finder finder = {
		.facts = facts,
		.schema = gvnp_facts_tables(facts),
		.pool = pool,
		.holes = holes,
		.table = table,
		.per = per,
	};

	find_holes(&finder);
	find_nulls(&finder);
	if (finder.n)
		qsort(finder.gaps, finder.n, sizeof *finder.gaps, compare);
	ret->n = finder.n;
	ret->gaps = gvnp_pool_allocate_array(pool, finder.n, sizeof *ret->gaps);
	if (finder.n)
		memcpy(ret->gaps, finder.gaps, finder.n * sizeof *ret->gaps);
	free(finder.gaps);
}
