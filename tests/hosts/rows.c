/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of facts as texts, so that they can be sorted and compared; numbers that only count rows are
 * replaced by what they stand for, since one row less moves them. */
#include "rows.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "facts/schema.h"
#include "facts/store.h"

/* What is told of the collection itself, the trace of it, and sets of processors, which are named
 * by numbers that only count. */
static const char *const not_facts[] = { "hole", "observation", "collected", "cpu_set",
					 "cpu_set_member" };

struct row {
	const struct gvnp_table *table;
	char *cells[GVNP_MOST_COLUMNS]; /* NULL: unreadable */
	char *text;			/* table and cells, to sort by */
};

struct rows {
	struct row *rows;
	size_t n;
};

static bool is_fact(const struct gvnp_table *table)
{
	for (size_t i = 0; i < sizeof not_facts / sizeof *not_facts; i++)
		if (!strcmp(table->name, not_facts[i]))
			return false;
	return true;
}

/* Sets of processors are numbered as they come, so that a number of one run means nothing to
 * another: the set itself is compared. */
static bool is_set_number(const struct gvnp_table *table, const struct gvnp_column *column)
{
	static const struct {
		const char *table, *column;
	} numbers[] = {
		{ "cpu", "siblings" },
		{ "cpu_cache", "cpus" },
		{ "numa_node", "cpus" },
		{ "domain_pin", "cpus" },
		{ "qemu_process_thread", "cpus" },
	};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (!strcmp(table->name, numbers[i].table) &&
		    !strcmp(column->name, numbers[i].column))
			return true;
	return false;
}

static void read_row(sqlite3_stmt *statement, const struct gvnp_table *table, struct row *ret)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };

	*ret = (struct row){ .table = table };
	gvnp_buffer_append_format(&text, "%s", table->name);
	for (size_t i = 0; i < table->n_columns; i++) {
		const char *cell = (const char *)sqlite3_column_text(statement, (int)i);

		if (cell)
			ret->cells[i] = gvnp_duplicate(cell);
		gvnp_buffer_append_format(&text, cell ? "|%s" : "|NULL%s", cell ? cell : "");
	}
	ret->text = gvnp_duplicate(gvnp_buffer_text(&text));
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->text, ((const struct row *)b)->text);
}

static void read_table(struct rows *rows, sqlite3 *database, const struct gvnp_table *table)
{
	_cleanup_buffer_ struct gvnp_buffer sql = { 0 };
	sqlite3_stmt *statement;

	for (size_t i = 0; i < table->n_columns; i++) {
		const struct gvnp_column *column = &table->columns[i];
		bool is_number = is_set_number(table, column);

		gvnp_buffer_append_format(&sql, "%s %s\"%s\"%s", i ? "," : "SELECT",
					  is_number ? "(SELECT list FROM cpu_set WHERE id = " : "",
					  column->name, is_number ? ")" : "");
	}
	gvnp_buffer_append_format(&sql, " FROM \"%s\"", table->name);
	if (sqlite3_prepare_v2(database, gvnp_buffer_text(&sql), -1, &statement, NULL)) {
		fprintf(stderr, "%s: %s\n", table->name, sqlite3_errmsg(database));
		exit(2);
	}
	while (sqlite3_step(statement) == SQLITE_ROW) {
		rows->rows = gvnp_grow(rows->rows, rows->n);
		read_row(statement, table, &rows->rows[rows->n++]);
	}
	sqlite3_finalize(statement);
}

struct rows *rows_read(struct gvnp_facts *facts)
{
	struct rows *rows = gvnp_allocate(sizeof *rows);

	for (size_t i = 0; i < gvnp_schema_built.n_tables; i++)
		if (is_fact(&gvnp_schema_built.tables[i]))
			read_table(rows, gvnp_facts_database(facts), &gvnp_schema_built.tables[i]);
	if (rows->n)
		qsort(rows->rows, rows->n, sizeof *rows->rows, by_text);
	return rows;
}

void rows_free(struct rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		for (size_t k = 0; k < rows->rows[i].table->n_columns; k++)
			free(rows->rows[i].cells[k]);
		free(rows->rows[i].text);
	}
	free(rows->rows);
	free(rows);
}

static bool has_hole(struct gvnp_facts *facts, const struct row *row, const char *column)
{
	const struct gvnp_table *table = row->table;
	sqlite3_stmt *statement = gvnp_facts_statement(
		facts, "SELECT 1 FROM hole WHERE table_name = ?1 AND column_name = ?2 "
		       "AND object IN ('', ?3)");
	const char *object = table->object < 0 ? NULL : row->cells[table->object];

	sqlite3_bind_text(statement, 1, table->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, column, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, object ? object : "", -1, SQLITE_STATIC);
	bool found = sqlite3_step(statement) == SQLITE_ROW;
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return found;
}

/* The harmed row says the same as the whole one but where it is NULL or has a hole. */
static bool is_weaker(struct gvnp_facts *facts, const struct row *harmed, const struct row *whole)
{
	const struct gvnp_table *table = whole->table;

	if (harmed->table != table)
		return false;
	for (size_t i = 0; i < table->n_columns; i++) {
		const char *a = harmed->cells[i], *b = whole->cells[i];

		if (!a || (b && !strcmp(a, b)))
			continue;
		if (!has_hole(facts, harmed, table->columns[i].name))
			return false;
	}
	return true;
}

/* It says that something may be there, and nothing of it: what the kernel refuses to show where it
 * said before that there was nothing. */
static bool says_nothing(const struct row *row)
{
	bool has_cell = false;

	for (size_t i = 0; i < row->table->n_columns; i++) {
		if (row->table->columns[i].is_key || (int)i == row->table->object)
			continue;
		if (row->cells[i])
			return false;
		has_cell = true;
	}
	return has_cell;
}

/* The row belongs to a row that is missing too, and of that one's table a hole says so. */
static bool has_missing_owner(struct gvnp_facts *facts, const struct gvnp_table *table,
			      const char *object)
{
	int owner = table->object < 0 ? -1 : table->columns[table->object].references;
	_cleanup_free_ char *sql = NULL;
	sqlite3_stmt *statement;

	if (owner < 0 || !object)
		return false;
	const struct gvnp_table *about = &gvnp_schema_built.tables[owner];
	sql = gvnp_format(
		"SELECT EXISTS (SELECT 1 FROM \"%s\" WHERE \"%s\" = ?2), EXISTS (SELECT 1 FROM "
		"hole WHERE table_name = ?1 AND column_name = '' AND object IN ('', ?2))",
		about->name, about->columns[about->key].name);
	if (sqlite3_prepare_v2(gvnp_facts_database(facts), sql, -1, &statement, NULL))
		return false;
	sqlite3_bind_text(statement, 1, about->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, object, -1, SQLITE_STATIC);
	sqlite3_step(statement);
	bool is_there = sqlite3_column_int(statement, 0),
	     is_told = sqlite3_column_int(statement, 1);
	sqlite3_finalize(statement);
	return !is_there && (is_told || has_missing_owner(facts, about, object));
}

static bool is_covered(struct gvnp_facts *facts, const struct row *row, const struct rows *others,
		       bool row_is_harmed)
{
	if (!gvnp_facts_is_collected(facts, row->table->name) || has_hole(facts, row, ""))
		return true;
	if (row_is_harmed && says_nothing(row))
		return true;
	if (!row_is_harmed && row->table->object >= 0 &&
	    has_missing_owner(facts, row->table, row->cells[row->table->object]))
		return true;
	for (size_t i = 0; i < others->n; i++) {
		const struct row *other = &others->rows[i];

		if (other->table == row->table &&
		    (row_is_harmed ? is_weaker(facts, row, other) : is_weaker(facts, other, row)))
			return true;
	}
	return false;
}

/* Prints the rows of `some` that are not among `others` and not covered. */
static int tell_rest(const struct rows *some, const struct rows *others, struct gvnp_facts *facts,
		     bool some_is_harmed, const char *harm)
{
	size_t k = 0;
	int n = 0;

	for (size_t i = 0; i < some->n; i++) {
		const struct row *row = &some->rows[i];

		while (k < others->n && strcmp(others->rows[k].text, row->text) < 0)
			k++;
		if (k < others->n && !strcmp(others->rows[k].text, row->text)) {
			k++;
			continue;
		}
		if (is_covered(facts, row, others, some_is_harmed))
			continue;
		printf("%s: %s: %.200s\n", harm, some_is_harmed ? "new row" : "no row", row->text);
		n++;
	}
	return n;
}

int rows_compare(const struct rows *before, const struct rows *after, struct gvnp_facts *facts,
		 const char *harm)
{
	return tell_rest(before, after, facts, false, harm) +
	       tell_rest(after, before, facts, true, harm);
}
