/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Examples from YAML to facts. Columns the query does not read may be left out and get a value the
 * schema allows; what it reads must be written down, so that an example shows all there is to see.
 */
#include "evaluate/examples.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "evaluate/fields.h"

struct reader {
	const struct gvnp_schema *schema;
	const char *file;
	struct gvnp_pool *pool;
	struct gvnp_problems *problems;
};

static bool read_verdict(const struct reader *reader, const struct gvnp_yaml_node *node,
			 enum gvnp_verdict *ret)
{
	for (int i = GVNP_NOT_APPLICABLE; i <= GVNP_FAIL; i++)
		if (node->text && !strcmp(node->text, gvnp_verdict_name((enum gvnp_verdict)i))) {
			*ret = (enum gvnp_verdict)i;
			return true;
		}
	gvnp_problems_add(reader->problems, reader->file, node->line,
			  "a verdict is pass, fail, inconclusive, not-applicable or error");
	return false;
}

static int find_table(const struct reader *reader, const struct gvnp_yaml_node *node)
{
	int table = node->text ? gvnp_schema_table(reader->schema, node->text) : -1;

	if (table < 0)
		gvnp_problems_add(reader->problems, reader->file, node->line,
				  "there is no table %s", node->text ? node->text : "like this");
	return table;
}

static void read_value(const struct reader *reader, const struct gvnp_column *column,
		       const struct gvnp_yaml_node *node, struct gvnp_value *ret)
{
	const char *problem = NULL;
	int64_t number;

	if (node->kind != GVNP_YAML_SCALAR)
		problem = "must be one value";
	else if (gvnp_yaml_is_null(node) && !column->is_nullable)
		problem = "cannot be unreadable: the schema says NOT NULL";
	else if (gvnp_yaml_is_null(node))
		ret->kind = GVNP_VALUE_NULL;
	else if (!gvnp_column_allows(column, node->text))
		problem = "has a list of values, and this is none of them";
	else if (column->is_integer && !gvnp_yaml_integer(node, &ret->integer))
		problem = "must be an integer";
	else if (column->is_integer)
		ret->kind = GVNP_VALUE_INTEGER;
	else {
		ret->kind = GVNP_VALUE_TEXT;
		ret->text = node->text;
		/* Kept for what depends on how it was written: see fill_defaults(). */
		ret->integer = gvnp_yaml_integer(node, &number);
	}
	if (problem)
		gvnp_problems_add(reader->problems, reader->file, node->line, "%s %s", column->name,
				  problem);
}

static void read_row(const struct reader *reader, int table, const struct gvnp_yaml_node *node,
		     struct gvnp_example *example)
{
	const struct gvnp_table *about = &reader->schema->tables[table];
	struct gvnp_example_row row = { .table = table, .line = node->line };

	if (node->kind != GVNP_YAML_MAPPING) {
		gvnp_problems_add(reader->problems, reader->file, node->line,
				  "a row is a mapping of columns");
		return;
	}
	row.values = gvnp_pool_allocate_array(reader->pool, about->n_columns, sizeof *row.values);
	for (size_t i = 0; i < node->n; i++) {
		int column = gvnp_table_column(about, node->keys[i]->text);

		if (column < 0)
			gvnp_problems_add(reader->problems, reader->file, node->keys[i]->line,
					  "table %s has no column %s", about->name,
					  node->keys[i]->text);
		else
			read_value(reader, &about->columns[column], node->items[i],
				   &row.values[column]);
	}
	example->rows = gvnp_grow(example->rows, example->n_rows);
	example->rows[example->n_rows++] = row;
}

static void read_given(const struct reader *reader, const struct gvnp_yaml_node *given,
		       struct gvnp_example *example)
{
	if (given->kind != GVNP_YAML_MAPPING) {
		gvnp_problems_add(reader->problems, reader->file, given->line,
				  "given is a mapping of tables");
		return;
	}
	for (size_t i = 0; i < given->n; i++) {
		int table = find_table(reader, given->keys[i]);
		const struct gvnp_yaml_node *rows = given->items[i];

		if (table < 0)
			continue;
		if (rows->kind != GVNP_YAML_SEQUENCE)
			gvnp_problems_add(reader->problems, reader->file, rows->line,
					  "%s must be a list of rows", given->keys[i]->text);
		for (size_t r = 0; rows->kind == GVNP_YAML_SEQUENCE && r < rows->n; r++)
			read_row(reader, table, rows->items[r], example);
	}
}

static void read_hole(const struct reader *reader, const struct gvnp_yaml_node *node,
		      struct gvnp_example *example)
{
	static const char *const keys[] = { "table", "column", "object", NULL };
	struct gvnp_fields fields = { node, reader->file, reader->pool, reader->problems };
	struct gvnp_example_hole hole = { .table = -1, .column = "", .object = "" };

	if (node->kind == GVNP_YAML_SCALAR) {
		hole.table = find_table(reader, node);
	} else if (gvnp_fields_check_keys(&fields, keys)) {
		const struct gvnp_yaml_node *table = gvnp_yaml_get(node, "table");

		hole.table = find_table(reader, table ? table : node);
		hole.column = gvnp_fields_optional_text(&fields, "column");
		hole.object = gvnp_fields_optional_text(&fields, "object");
	}
	if (hole.table < 0)
		return;
	if (*hole.column && gvnp_table_column(&reader->schema->tables[hole.table], hole.column) < 0)
		gvnp_problems_add(reader->problems, reader->file, node->line,
				  "there is no column %s", hole.column);
	example->holes = gvnp_grow(example->holes, example->n_holes);
	example->holes[example->n_holes++] = hole;
}

static void read_subjects(const struct reader *reader, const struct gvnp_yaml_node *node,
			  struct gvnp_example *example)
{
	if (node->kind != GVNP_YAML_MAPPING) {
		gvnp_problems_add(reader->problems, reader->file, node->line,
				  "subjects is a mapping of subject: verdict");
		return;
	}
	example->subjects =
		gvnp_pool_allocate_array(reader->pool, node->n, sizeof *example->subjects);
	for (size_t i = 0; i < node->n; i++) {
		struct gvnp_expectation *subject = &example->subjects[example->n_subjects];

		subject->subject = node->keys[i]->text;
		subject->line = node->keys[i]->line;
		if (read_verdict(reader, node->items[i], &subject->verdict))
			example->n_subjects++;
	}
}

/* Arrays that grew outside move into the pool. */
static void *keep(const struct reader *reader, void *array, size_t n, size_t size)
{
	void *copy = gvnp_pool_allocate_array(reader->pool, n, size);

	if (n)
		memcpy(copy, array, n * size);
	free(array);
	return copy;
}

static void read_example(const struct reader *reader, const struct gvnp_yaml_node *node,
			 struct gvnp_example *ret)
{
	static const char *const keys[] = { "about",  "given",	  "incomplete",
					    "expect", "subjects", NULL };
	struct gvnp_fields fields = { node, reader->file, reader->pool, reader->problems };
	struct gvnp_example example = { .line = node->line };

	if (!gvnp_fields_check_keys(&fields, keys))
		return;
	const struct gvnp_yaml_node *given = gvnp_yaml_get(node, "given");
	const struct gvnp_yaml_node *incomplete = gvnp_yaml_get(node, "incomplete");
	const struct gvnp_yaml_node *expect = gvnp_yaml_get(node, "expect");
	const struct gvnp_yaml_node *subjects = gvnp_yaml_get(node, "subjects");
	if (given)
		read_given(reader, given, &example);
	if (incomplete && incomplete->kind != GVNP_YAML_SEQUENCE)
		gvnp_fields_problem(&fields, incomplete->line, "incomplete is a list of tables");
	for (size_t i = 0;
	     incomplete && incomplete->kind == GVNP_YAML_SEQUENCE && i < incomplete->n; i++)
		read_hole(reader, incomplete->items[i], &example);
	if (!expect)
		gvnp_fields_problem(&fields, node->line, "expect is missing");
	else
		read_verdict(reader, expect, &example.expect);
	if (subjects)
		read_subjects(reader, subjects, &example);
	example.rows = keep(reader, example.rows, example.n_rows, sizeof *example.rows);
	example.holes = keep(reader, example.holes, example.n_holes, sizeof *example.holes);
	*ret = example;
}

bool gvnp_examples_read(const struct gvnp_yaml_node *node, const struct gvnp_schema *schema,
			const char *file, struct gvnp_pool *pool, struct gvnp_problems *problems,
			struct gvnp_examples *ret)
{
	struct reader reader = { schema, file, pool, problems };
	size_t n_before = problems->n;

	*ret = (struct gvnp_examples){ 0 };
	if (node->kind != GVNP_YAML_SEQUENCE) {
		gvnp_problems_add(problems, file, node->line, "examples must be a list");
		return false;
	}
	ret->examples = gvnp_pool_allocate_array(pool, node->n, sizeof *ret->examples);
	ret->n = node->n;
	for (size_t i = 0; i < node->n; i++)
		read_example(&reader, node->items[i], &ret->examples[i]);
	return problems->n == n_before;
}

/* Which columns of a table the query reads, helper functions included. */
static uint64_t columns_read(const struct gvnp_schema *schema, const struct gvnp_scope *scope,
			     int table)
{
	const struct gvnp_table *about = &schema->tables[table];
	const struct gvnp_read *read = gvnp_reads_find(&scope->reads, table);
	uint64_t columns = read ? read->columns : 0;

	for (size_t i = 0; i < scope->uses.n; i++) {
		const struct gvnp_helper *helper = scope->uses.uses[i].helper;

		if (!helper->table || strcmp(helper->table, about->name))
			continue;
		columns |= UINT64_C(1) << gvnp_table_column(about, helper->column);
		if (about->key >= 0 && !about->columns[about->key].is_row_number)
			columns |= UINT64_C(1) << about->key;
	}
	return columns;
}

bool gvnp_example_gives(const struct gvnp_example *example, const struct gvnp_schema *schema,
			const struct gvnp_scope *scope, const char *file,
			struct gvnp_problems *problems)
{
	bool is_good = true;

	for (size_t i = 0; i < example->n_rows; i++) {
		const struct gvnp_example_row *row = &example->rows[i];
		const struct gvnp_table *table = &schema->tables[row->table];
		uint64_t columns = columns_read(schema, scope, row->table);

		if (!columns && !gvnp_reads_find(&scope->reads, row->table) &&
		    row->table != scope->per) {
			gvnp_problems_add(problems, file, row->line,
					  "the query does not read table %s", table->name);
			is_good = false;
		}
		for (size_t c = 0; c < table->n_columns; c++)
			if ((columns >> c & 1) && row->values[c].kind == GVNP_VALUE_OMITTED) {
				gvnp_problems_add(problems, file, row->line,
						  "the query reads %s.%s: the row must give it",
						  table->name, table->columns[c].name);
				is_good = false;
			}
	}
	return is_good;
}

/* Left out: something harmless that the schema allows and no other row has. */
static void fill_defaults(const struct gvnp_table *table, struct gvnp_value *values,
			  struct gvnp_pool *pool, size_t ordinal)
{
	int value = gvnp_table_column(table, "value");

	for (size_t c = 0; c < table->n_columns; c++) {
		const struct gvnp_column *column = &table->columns[c];
		bool is_free = gvnp_column_allows(column, column->is_integer ? "0" : "");
		const char *first = is_free ? "" : column->allowed[0];

		if (values[c].kind != GVNP_VALUE_OMITTED)
			continue;
		/* A setting written as a number is one. */
		if (!strcmp(table->name, "libvirt_setting") && !strcmp(column->name, "kind"))
			first = values[value].integer ? "integer" : "text";
		if (column->is_integer) {
			values[c].kind = GVNP_VALUE_INTEGER;
			if (!is_free)
				gvnp_parse_integer(first, &values[c].integer);
			else if (column->is_key)
				values[c].integer = (int64_t)ordinal + 1;
		} else {
			values[c].kind = GVNP_VALUE_TEXT;
			values[c].text = first;
			if (is_free && column->is_key)
				values[c].text = gvnp_pool_format(pool, "%zu", ordinal + 1);
		}
	}
}

void gvnp_example_complete(struct gvnp_example *example, const struct gvnp_schema *schema,
			   struct gvnp_pool *pool)
{
	for (size_t i = 0; i < example->n_rows; i++) {
		struct gvnp_example_row *row = &example->rows[i];
		size_t ordinal = 0;

		for (size_t j = 0; j < i; j++)
			ordinal += example->rows[j].table == row->table;
		fill_defaults(&schema->tables[row->table], row->values, pool, ordinal);
	}
}

static void insert_row(const struct gvnp_schema *schema, const struct gvnp_example_row *row,
		       struct gvnp_facts *facts)
{
	const struct gvnp_table *table = &schema->tables[row->table];
	struct gvnp_cell cells[GVNP_MOST_COLUMNS + 1];

	for (size_t c = 0; c < table->n_columns; c++) {
		const char *name = table->columns[c].name;

		switch (row->values[c].kind) {
		case GVNP_VALUE_OMITTED:
		case GVNP_VALUE_NULL:
			cells[c] = gvnp_unreadable(name);
			break;
		case GVNP_VALUE_INTEGER:
			cells[c] = gvnp_integer(name, row->values[c].integer);
			break;
		case GVNP_VALUE_TEXT:
			cells[c] = gvnp_text(name, row->values[c].text);
			break;
		}
	}
	cells[table->n_columns] = (struct gvnp_cell){ .type = GVNP_CELL_END };
	gvnp_facts_insert(facts, table->name, cells);
}

static char *find_refusal(struct gvnp_facts *facts)
{
	sqlite3_stmt *row = NULL;
	char *refusal = NULL;

	if (sqlite3_prepare_v2(gvnp_facts_database(facts),
			       "SELECT table_name || ': ' || problem FROM hole", -1, &row,
			       NULL) != SQLITE_OK)
		gvnp_out_of_memory();
	if (sqlite3_step(row) == SQLITE_ROW)
		refusal = gvnp_duplicate((const char *)sqlite3_column_text(row, 0));
	sqlite3_finalize(row);
	return refusal;
}

char *gvnp_example_fill(const struct gvnp_example *example, struct gvnp_facts *facts,
			bool is_reversed)
{
	const struct gvnp_schema *schema = gvnp_facts_tables(facts);
	char *refusal;

	gvnp_facts_reset(facts);
	for (size_t i = 0; i < schema->n_tables; i++)
		gvnp_facts_collected(facts, schema->tables[i].name);
	for (size_t i = 0; i < example->n_rows; i++) {
		size_t at = is_reversed ? example->n_rows - 1 - i : i;

		insert_row(schema, &example->rows[at], facts);
	}
	refusal = find_refusal(facts);
	for (size_t i = 0; i < example->n_holes; i++) {
		const struct gvnp_example_hole *hole = &example->holes[i];

		gvnp_facts_hole(facts, schema->tables[hole->table].name, hole->column, hole->object,
				"%s is incomplete in this example",
				schema->tables[hole->table].name);
	}
	return refusal;
}
