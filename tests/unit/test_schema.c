/* SPDX-License-Identifier: Apache-2.0 */
/* What is made of schema.sql when the program is built, against what SQLite makes of its text. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "facts/image.h"
#include "facts/sql_tokens.h"
#include "facts/store.h"

#define _cleanup_facts_ _cleanup_(gvnp_facts_freep)

static const struct gvnp_schema *const schema = &gvnp_schema_built;

static void closep(sqlite3 **database)
{
	assert_int_equal(sqlite3_close(*database), SQLITE_OK);
}

static void finalizep(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

#define _cleanup_statement_ _cleanup_(finalizep)

/* A database made of the text of the schema, as every database of facts once was. */
static sqlite3 *executed(void)
{
	sqlite3 *database = NULL;

	gvnp_facts_begin();
	assert_int_equal(sqlite3_open(":memory:", &database), SQLITE_OK);
	assert_int_equal(sqlite3_exec(database, gvnp_facts_schema(), NULL, NULL, NULL), SQLITE_OK);
	return database;
}

static sqlite3_stmt *ask(sqlite3 *database, const char *sql, const char *argument)
{
	sqlite3_stmt *statement = NULL;

	assert_int_equal(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
	if (argument)
		sqlite3_bind_text(statement, 1, argument, -1, SQLITE_STATIC);
	return statement;
}

static const char *text(sqlite3_stmt *row, int column)
{
	const char *value = (const char *)sqlite3_column_text(row, column);

	return value ? value : "";
}

static void assert_same_sql(const char *one, const char *other)
{
	_cleanup_(gvnp_sql_tokens_done) struct gvnp_sql_tokens left, right;

	gvnp_sql_tokens_read(one, &left);
	gvnp_sql_tokens_read(other, &right);
	assert_int_equal(left.n, right.n);
	for (size_t i = 0; i < left.n; i++) {
		assert_int_equal(left.tokens[i].kind, right.tokens[i].kind);
		assert_int_equal(left.tokens[i].slice.size, right.tokens[i].slice.size);
		assert_memory_equal(left.tokens[i].slice.text, right.tokens[i].slice.text,
				    left.tokens[i].slice.size);
	}
}

static void a_new_database_is_what_the_text_of_the_schema_makes(void **state)
{
	/* Indexes of its own are added to it. */
	static const char sql[] = "SELECT type, name, tbl_name, sql FROM sqlite_master "
				  "WHERE type <> 'index' OR sql IS NULL ORDER BY type, name";
	_cleanup_(closep) sqlite3 *of_text = executed();
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();
	_cleanup_statement_ sqlite3_stmt *expected = ask(of_text, sql, NULL);
	_cleanup_statement_ sqlite3_stmt *found = ask(gvnp_facts_database(facts), sql, NULL);
	size_t n = 0;

	(void)state;
	for (; sqlite3_step(expected) == SQLITE_ROW; n++) {
		assert_int_equal(sqlite3_step(found), SQLITE_ROW);
		for (int c = 0; c < 3; c++)
			assert_string_equal(text(found, c), text(expected, c));
		assert_same_sql(text(found, 3), text(expected, 3));
	}
	assert_int_equal(sqlite3_step(found), SQLITE_DONE);
	assert_true(n > schema->n_tables && schema->n_tables > 100);
}

static void its_pages_are_in_order_and_hold_no_row(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();
	sqlite3 *database = gvnp_facts_database(facts);
	_cleanup_statement_ sqlite3_stmt *check = ask(database, "PRAGMA integrity_check", NULL);
	_cleanup_statement_ sqlite3_stmt *pages = ask(database, "PRAGMA page_count", NULL);

	(void)state;
	assert_int_equal(sqlite3_step(check), SQLITE_ROW);
	assert_string_equal(text(check, 0), "ok");
	assert_int_equal(sqlite3_step(pages), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(pages, 0), gvnp_image.n_pages);
	for (size_t i = 0; i < schema->n_tables; i++) {
		_cleanup_free_ char *sql =
			gvnp_format("SELECT count(*) FROM \"%s\"", schema->tables[i].name);
		_cleanup_statement_ sqlite3_stmt *row = ask(database, sql, NULL);

		assert_int_equal(sqlite3_step(row), SQLITE_ROW);
		assert_int_equal(sqlite3_column_int(row, 0), 0);
	}
}

/* Several at once, each with rows of its own: the image is shared and stays as it is. */
static void databases_do_not_share_rows(void **state)
{
	_cleanup_facts_ struct gvnp_facts *one = gvnp_facts_new(), *other = gvnp_facts_new();

	(void)state;
	gvnp_insert(one, "lsm", gvnp_text("name", "yama"), gvnp_integer("position", 0));
	_cleanup_facts_ struct gvnp_facts *third = gvnp_facts_new();
	struct gvnp_facts *all[] = { one, other, third };
	for (size_t i = 0; i < 3; i++) {
		_cleanup_statement_ sqlite3_stmt *row =
			ask(gvnp_facts_database(all[i]), "SELECT count(*) FROM lsm", NULL);

		assert_int_equal(sqlite3_step(row), SQLITE_ROW);
		assert_int_equal(sqlite3_column_int(row, 0), i == 0);
	}
}

static void the_database_that_is_copied_cannot_be_written_nor_others_opened(void **state)
{
	_cleanup_(closep) sqlite3 *image = NULL;
	_cleanup_(closep) sqlite3 *writable = NULL;

	(void)state;
	gvnp_facts_free(gvnp_facts_new()); /* makes it known to SQLite */
	assert_int_equal(sqlite3_open_v2("image", &image, SQLITE_OPEN_READONLY, "gvnp-image"),
			 SQLITE_OK);
	assert_int_equal(sqlite3_exec(image, "SELECT * FROM host", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(image, "INSERT INTO lsm VALUES ('a', 1)", NULL, NULL, NULL),
			 SQLITE_READONLY);
	assert_int_equal(sqlite3_open_v2("image", &writable,
					 SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "gvnp-image"),
			 SQLITE_CANTOPEN);
}

static void assert_column(const struct gvnp_table *table, size_t c, sqlite3_stmt *row)
{
	const struct gvnp_column *column = &table->columns[c];

	assert_string_equal(column->name, text(row, 0));
	assert_int_equal(column->is_integer, !strcmp(text(row, 1), "INTEGER"));
	assert_int_equal(column->is_key, sqlite3_column_int(row, 3) > 0);
	if (column->is_row_number)
		assert_true(column->is_integer && table->key == (int)c);
	else
		assert_int_equal(column->is_nullable, !sqlite3_column_int(row, 2));
}

static void columns_are_what_sqlite_tells_of_them(void **state)
{
	_cleanup_(closep) sqlite3 *database = executed();
	_cleanup_statement_ sqlite3_stmt *name = ask(
		database, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1", NULL);

	(void)state;
	for (size_t i = 0; i < schema->n_tables; i++) {
		const struct gvnp_table *table = &schema->tables[i];
		_cleanup_statement_ sqlite3_stmt *row =
			ask(database,
			    "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1) ORDER "
			    "BY cid",
			    table->name);

		assert_int_equal(sqlite3_step(name), SQLITE_ROW);
		assert_string_equal(table->name, text(name, 0));
		for (size_t c = 0; c < table->n_columns; c++) {
			assert_int_equal(sqlite3_step(row), SQLITE_ROW);
			assert_column(table, c, row);
		}
		assert_int_equal(sqlite3_step(row), SQLITE_DONE);
	}
	assert_int_equal(sqlite3_step(name), SQLITE_DONE);
}

/* The object of a row is its key of one column, else its first reference. */
static void assert_object(const struct gvnp_table *table)
{
	int key = -1, reference = -1, n_keys = 0;

	for (int c = (int)table->n_columns - 1; c >= 0; c--) {
		if (table->columns[c].is_key) {
			key = c;
			n_keys++;
		}
		if (table->columns[c].references >= 0)
			reference = c;
	}
	assert_int_equal(table->key, n_keys == 1 ? key : -1);
	assert_int_equal(table->object, n_keys == 1 ? key : reference);
	if (n_keys == 1)
		assert_int_equal(table->columns[key].is_row_number, table->columns[key].is_integer);
}

static void references_and_objects_are_what_sqlite_tells_of_them(void **state)
{
	_cleanup_(closep) sqlite3 *database = executed();
	size_t n = 0, n_expected = 0;

	(void)state;
	for (size_t i = 0; i < schema->n_tables; i++) {
		const struct gvnp_table *table = &schema->tables[i];
		_cleanup_statement_ sqlite3_stmt *row =
			ask(database, "SELECT \"from\", \"table\" FROM pragma_foreign_key_list(?1)",
			    table->name);

		for (; sqlite3_step(row) == SQLITE_ROW; n_expected++) {
			int column = gvnp_table_column(table, text(row, 0));

			assert_true(column >= 0 && table->columns[column].references >= 0);
			assert_string_equal(schema->tables[table->columns[column].references].name,
					    text(row, 1));
		}
		for (size_t c = 0; c < table->n_columns; c++)
			n += table->columns[c].references >= 0;
		assert_object(table);
	}
	assert_int_equal(n, n_expected);
	assert_true(n > 20);
}

/* What SQLite says of a row of which one column holds `value`, a literal; the others hold something
 * that fits. */
static int insert(sqlite3 *database, const struct gvnp_table *table, size_t column,
		  const char *value)
{
	_cleanup_buffer_ struct gvnp_buffer sql = { 0 };

	gvnp_buffer_append_format(&sql, "DELETE FROM \"%s\"; INSERT INTO \"%s\" VALUES (",
				  table->name, table->name);
	for (size_t c = 0; c < table->n_columns; c++) {
		const struct gvnp_column *other = &table->columns[c];

		gvnp_buffer_append_text(&sql, c ? ", " : "");
		if (c == column)
			gvnp_buffer_append_text(&sql, value);
		else if (other->n_allowed)
			gvnp_buffer_append_format(&sql, "'%s'", other->allowed[0]);
		else
			gvnp_buffer_append_text(&sql, other->is_integer ? "1" : "'x'");
	}
	gvnp_buffer_append_text(&sql, ")");
	sqlite3_exec(database, sql.data, NULL, NULL, NULL);
	return sqlite3_extended_errcode(database);
}

static size_t assert_list(sqlite3 *database, const struct gvnp_table *table, size_t c)
{
	const struct gvnp_column *column = &table->columns[c];
	int other = insert(database, table, c, column->is_integer ? "7654321" : "'no such value'");
	int null = insert(database, table, c, "NULL");

	assert_int_equal(other, column->n_allowed ? SQLITE_CONSTRAINT_CHECK : SQLITE_OK);
	if (column->is_nullable || column->is_row_number)
		assert_int_equal(null, SQLITE_OK);
	else
		assert_int_equal(null, SQLITE_CONSTRAINT_NOTNULL);
	for (size_t i = 0; i < column->n_allowed; i++) {
		_cleanup_free_ char *value = gvnp_format("'%s'", column->allowed[i]);

		assert_null(strchr(column->allowed[i], '\''));
		assert_int_equal(insert(database, table, c, value), SQLITE_OK);
	}
	return column->n_allowed;
}

static void lists_and_nulls_are_what_sqlite_accepts(void **state)
{
	_cleanup_(closep) sqlite3 *database = executed();
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < schema->n_tables; i++)
		for (size_t c = 0; c < schema->tables[i].n_columns; c++)
			n += assert_list(database, &schema->tables[i], c);
	assert_true(n > 500);
}

static void every_name_is_found_with_and_without_capitals(void **state)
{
	(void)state;
	for (size_t i = 0; i < schema->n_tables; i++) {
		const struct gvnp_table *table = &schema->tables[i];
		_cleanup_free_ char *name = gvnp_duplicate(table->name);
		_cleanup_free_ char *longer = gvnp_format("%s ", name);

		assert_int_equal(gvnp_schema_table(schema, name), i);
		assert_int_equal(gvnp_schema_table(schema, longer), -1);
		name[0] = (char)toupper(name[0]);
		assert_int_equal(gvnp_schema_table(schema, name), i);
		name[strlen(name) - 1] = '\0';
		int shorter = gvnp_schema_table(schema, name);
		assert_true(shorter < 0 || strlen(schema->tables[shorter].name) == strlen(name));
		for (size_t c = 0; c < table->n_columns; c++)
			assert_int_equal(gvnp_table_column(table, table->columns[c].name), c);
	}
	assert_int_equal(gvnp_schema_table(schema, ""), -1);
	assert_int_equal(gvnp_schema_table(schema, "\xc8ost"), -1);
	const struct gvnp_table *cpu = &schema->tables[gvnp_schema_table(schema, "CPU")];
	assert_int_equal(gvnp_table_column(cpu, "Package"), gvnp_table_column(cpu, "package"));
	assert_int_equal(gvnp_table_column(cpu, "pack"), -1);
	assert_int_equal(gvnp_table_column(cpu, "packages"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_database_is_what_the_text_of_the_schema_makes),
		cmocka_unit_test(its_pages_are_in_order_and_hold_no_row),
		cmocka_unit_test(databases_do_not_share_rows),
		cmocka_unit_test(the_database_that_is_copied_cannot_be_written_nor_others_opened),
		cmocka_unit_test(columns_are_what_sqlite_tells_of_them),
		cmocka_unit_test(references_and_objects_are_what_sqlite_tells_of_them),
		cmocka_unit_test(lists_and_nulls_are_what_sqlite_accepts),
		cmocka_unit_test(every_name_is_found_with_and_without_capitals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
