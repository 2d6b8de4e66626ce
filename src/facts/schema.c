/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the schema back from the database that was made of it, so that there is one description of
 * the facts and everybody follows it: holes, objects, enumerations, examples.
 */
#include "facts/schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "facts/sql_tokens.h"

/* Types, nullability and keys of every column of every table. */
static const char columns_sql[] = "SELECT m.name, c.name, c.type, c.\"notnull\", c.pk "
				  "  FROM sqlite_master m, pragma_table_info(m.name) c "
				  " WHERE m.type = 'table' ORDER BY m.name, c.cid";

static const char references_sql[] =
	"SELECT m.name, f.\"from\", f.\"table\" FROM sqlite_master m, "
	"       pragma_foreign_key_list(m.name) f WHERE m.type = 'table'";

static const char *text(sqlite3_stmt *statement, int column)
{
	const char *value = (const char *)sqlite3_column_text(statement, column);

	return value ? value : "";
}

static sqlite3_stmt *prepare(sqlite3 *database, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
		gvnp_out_of_memory();
	return statement;
}

static void add_column(struct gvnp_table *table, sqlite3_stmt *row)
{
	if (table->n_columns == GVNP_MOST_COLUMNS)
		abort(); /* the schema is ours: 64 columns are too many for a table */
	table->columns = gvnp_grow(table->columns, table->n_columns);
	table->columns[table->n_columns++] = (struct gvnp_column){
		.name = gvnp_duplicate(text(row, 1)),
		.is_integer = !strcmp(text(row, 2), "INTEGER"),
		.is_nullable = !sqlite3_column_int(row, 3),
		.is_key = sqlite3_column_int(row, 4) > 0,
		.references = -1,
	};
}

static void find_key(struct gvnp_table *table)
{
	int key = -1, n = 0;

	for (size_t c = 0; c < table->n_columns; c++)
		if (table->columns[c].is_key) {
			key = (int)c;
			n++;
		}
	if (n != 1)
		return;
	table->key = table->object = key;
	if (table->columns[key].is_integer) {
		table->columns[key].is_row_number = true;
		table->columns[key].is_nullable = false;
	}
}

static void add_allowed(struct gvnp_column *column, const struct gvnp_sql_token *token)
{
	column->allowed = gvnp_grow(column->allowed, column->n_allowed);
	column->allowed[column->n_allowed++] = gvnp_sql_literal(token);
}

/* CHECK (column IN (literal, …)) and CHECK (column = literal). */
static void read_checks(struct gvnp_table *table, const char *sql)
{
	_cleanup_(gvnp_sql_tokens_done) struct gvnp_sql_tokens tokens;

	gvnp_sql_tokens_read(sql, &tokens);
	for (size_t i = 0; i + 4 < tokens.n; i++) {
		const struct gvnp_sql_token *token = &tokens.tokens[i];

		if (!gvnp_sql_is_word(token, "CHECK") || token[2].kind != GVNP_SQL_NAME)
			continue;
		_cleanup_free_ char *name = gvnp_slice_copy(token[2].slice);
		int column = gvnp_table_column(table, name);
		if (column < 0)
			continue;
		const struct gvnp_sql_token *at = &token[4];
		for (; !gvnp_sql_is_symbol(at, ")") && at->kind != GVNP_SQL_END; at++)
			if (at->kind == GVNP_SQL_STRING || at->kind == GVNP_SQL_NUMBER)
				add_allowed(&table->columns[column], at);
	}
}

static void read_columns(struct gvnp_schema *schema, sqlite3 *database)
{
	sqlite3_stmt *row = prepare(database, columns_sql);

	while (sqlite3_step(row) == SQLITE_ROW) {
		struct gvnp_table *table =
			schema->n_tables ? &schema->tables[schema->n_tables - 1] : NULL;

		if (!table || strcmp(table->name, text(row, 0))) {
			schema->tables = gvnp_grow(schema->tables, schema->n_tables);
			table = &schema->tables[schema->n_tables++];
			*table = (struct gvnp_table){ .name = gvnp_duplicate(text(row, 0)),
						      .key = -1,
						      .object = -1 };
		}
		add_column(table, row);
	}
	sqlite3_finalize(row);
	for (size_t i = 0; i < schema->n_tables; i++)
		find_key(&schema->tables[i]);
	row = prepare(database, "SELECT name, sql FROM sqlite_master WHERE type = 'table'");
	while (sqlite3_step(row) == SQLITE_ROW)
		read_checks(&schema->tables[gvnp_schema_table(schema, text(row, 0))], text(row, 1));
	sqlite3_finalize(row);
}

static void read_references(struct gvnp_schema *schema, sqlite3 *database)
{
	sqlite3_stmt *row = prepare(database, references_sql);

	while (sqlite3_step(row) == SQLITE_ROW) {
		struct gvnp_table *table = &schema->tables[gvnp_schema_table(schema, text(row, 0))];
		int column = gvnp_table_column(table, text(row, 1));

		table->columns[column].references = gvnp_schema_table(schema, text(row, 2));
	}
	sqlite3_finalize(row);
	for (size_t i = 0; i < schema->n_tables; i++) {
		struct gvnp_table *table = &schema->tables[i];

		for (size_t c = 0; table->object < 0 && c < table->n_columns; c++)
			if (table->columns[c].references >= 0)
				table->object = (int)c;
	}
}

struct gvnp_schema *gvnp_schema_read(sqlite3 *database)
{
	struct gvnp_schema *schema = gvnp_allocate(sizeof *schema);

	read_columns(schema, database);
	read_references(schema, database);
	return schema;
}

void gvnp_schema_free(struct gvnp_schema *schema)
{
	for (size_t i = 0; schema && i < schema->n_tables; i++) {
		struct gvnp_table *table = &schema->tables[i];

		for (size_t c = 0; c < table->n_columns; c++) {
			struct gvnp_column *column = &table->columns[c];

			for (size_t a = 0; a < column->n_allowed; a++)
				free(column->allowed[a]);
			free(column->allowed);
			free(column->name);
		}
		free(table->columns);
		free(table->name);
	}
	if (schema)
		free(schema->tables);
	free(schema);
}

int gvnp_schema_table(const struct gvnp_schema *schema, const char *name)
{
	int low = 0, high = (int)schema->n_tables;

	while (low < high) {
		int middle = (low + high) / 2;
		int order = sqlite3_stricmp(name, schema->tables[middle].name);

		if (!order)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return -1;
}

int gvnp_table_column(const struct gvnp_table *table, const char *name)
{
	for (size_t i = 0; i < table->n_columns; i++)
		if (!sqlite3_stricmp(name, table->columns[i].name))
			return (int)i;
	return -1;
}

bool gvnp_column_allows(const struct gvnp_column *column, const char *value)
{
	for (size_t i = 0; i < column->n_allowed; i++)
		if (!strcmp(column->allowed[i], value))
			return true;
	return !column->n_allowed;
}
