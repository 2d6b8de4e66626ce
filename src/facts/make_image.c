/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs while the program is built, and writes C: the schema as SQLite keeps it, with indexes, and
 * what it says of its tables, so that no run of the program has to find out again. The rule it keeps:
 * SQLite itself made the database and answered for it; of the text only the CHECK lists are read
 * here, which SQLite does not tell.
 *   make_image SCRATCH-FILE
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "facts/schema.h"
#include "facts/sql_tokens.h"

/* Of 512 to 4096 bytes, what costs least: smaller ones are more to go through where there are many
 * VMs, larger ones more to clear where there are none. */
#define PAGE_SIZE "2048"

static const char statements[] =
#include "facts/statements.sql.h"
	;

struct table {
	char *name, *sql;
	char *names[GVNP_MOST_COLUMNS];
	char **allowed[GVNP_MOST_COLUMNS];
	struct gvnp_column columns[GVNP_MOST_COLUMNS];
	struct gvnp_table is; /* its `columns` are not used */
};

struct maker {
	sqlite3 *database;
	struct table *tables; /* by name */
	size_t n_tables;
};

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "make_image: %s: %s\n", what, why);
	exit(1);
}

static void run(sqlite3 *database, const char *sql)
{
	if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail("the schema", sqlite3_errmsg(database));
}

static sqlite3_stmt *prepare(sqlite3 *database, const char *sql, const char *argument)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
		fail(sql, sqlite3_errmsg(database));
	if (argument)
		sqlite3_bind_text(statement, 1, argument, -1, SQLITE_STATIC);
	return statement;
}

static const char *text(sqlite3_stmt *row, int column)
{
	const char *value = (const char *)sqlite3_column_text(row, column);

	return value ? value : "";
}

/* ---- what the schema says */

/* Names are looked up without a care for capitals, so they have none. */
static char *name_of(sqlite3_stmt *row)
{
	const char *name = text(row, 0);

	if (!*name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(name))
		fail("the name of a table or column", name);
	return gvnp_duplicate(name);
}

static int find_table(const struct maker *maker, const char *name)
{
	for (size_t i = 0; i < maker->n_tables; i++)
		if (!sqlite3_stricmp(maker->tables[i].name, name))
			return (int)i;
	fail("a reference to a table that is not there", name);
	return -1;
}

static int find_column(const struct table *table, const char *name)
{
	for (size_t c = 0; c < table->is.n_columns; c++)
		if (!sqlite3_stricmp(table->names[c], name))
			return (int)c;
	return -1;
}

static void read_columns(struct maker *maker, struct table *table)
{
	sqlite3_stmt *row = prepare(maker->database,
				    "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1) "
				    "ORDER BY cid",
				    table->name);

	while (sqlite3_step(row) == SQLITE_ROW) {
		size_t c = table->is.n_columns++;

		if (c == GVNP_MOST_COLUMNS)
			fail("too many columns", table->name);
		table->names[c] = name_of(row);
		table->columns[c] = (struct gvnp_column){
			.is_integer = !strcmp(text(row, 1), "INTEGER"),
			.is_nullable = !sqlite3_column_int(row, 2),
			.is_key = sqlite3_column_int(row, 3) > 0,
			.references = -1,
		};
	}
	sqlite3_finalize(row);
	row = prepare(maker->database,
		      "SELECT \"from\", \"table\" FROM pragma_foreign_key_list(?1)", table->name);
	while (sqlite3_step(row) == SQLITE_ROW)
		table->columns[find_column(table, text(row, 0))].references =
			find_table(maker, text(row, 1));
	sqlite3_finalize(row);
}

/* The single-column key; and the object: the key, else the first column that refers to a table. */
static void find_key(struct table *table)
{
	int key = -1, object = -1, n_keys = 0;

	for (size_t c = table->is.n_columns; c-- > 0;) {
		if (table->columns[c].is_key) {
			key = (int)c;
			n_keys++;
		}
		if (table->columns[c].references >= 0)
			object = (int)c;
	}
	table->is.key = n_keys == 1 ? key : -1;
	table->is.object = n_keys == 1 ? key : object;
	if (table->is.key < 0 || !table->columns[key].is_integer)
		return;
	table->columns[key].is_row_number = true;
	table->columns[key].is_nullable = false;
}

static void add_allowed(struct table *table, int c, const struct gvnp_sql_token *token)
{
	struct gvnp_column *column = &table->columns[c];

	table->allowed[c] = gvnp_grow(table->allowed[c], column->n_allowed);
	table->allowed[c][column->n_allowed++] = gvnp_sql_literal(token);
}

/* CHECK (column IN (literal, …)) and CHECK (column = literal). */
static void read_checks(struct table *table)
{
	_cleanup_(gvnp_sql_tokens_done) struct gvnp_sql_tokens tokens;

	gvnp_sql_tokens_read(table->sql, &tokens);
	for (size_t i = 0; i + 4 < tokens.n; i++) {
		const struct gvnp_sql_token *token = &tokens.tokens[i];

		if (!gvnp_sql_is_word(token, "CHECK") || token[2].kind != GVNP_SQL_NAME)
			continue;
		_cleanup_free_ char *name = gvnp_slice_copy(token[2].slice);
		int column = find_column(table, name);
		if (column < 0)
			fail("a CHECK of what is no column", table->name);
		const struct gvnp_sql_token *at = &token[4];
		for (; !gvnp_sql_is_symbol(at, ")") && at->kind != GVNP_SQL_END; at++)
			if (at->kind == GVNP_SQL_STRING || at->kind == GVNP_SQL_NUMBER)
				add_allowed(table, column, at);
	}
}

static void read_tables(struct maker *maker)
{
	sqlite3_stmt *row = prepare(
		maker->database,
		"SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name", NULL);

	while (sqlite3_step(row) == SQLITE_ROW) {
		maker->tables = gvnp_grow(maker->tables, maker->n_tables);
		maker->tables[maker->n_tables++] = (struct table){
			.name = name_of(row),
			.sql = gvnp_duplicate(text(row, 1)),
		};
	}
	sqlite3_finalize(row);
	for (size_t i = 0; i < maker->n_tables; i++) {
		read_columns(maker, &maker->tables[i]);
		find_key(&maker->tables[i]);
		read_checks(&maker->tables[i]);
	}
}

/* ---- indexes */

/* The columns behind `first`, the kind before the others: of what has a kind, checks ask for one
 * kind at a time. */
static void append_others(struct gvnp_buffer *sql, const struct table *table, int first)
{
	int kind = find_column(table, "kind");

	if (kind >= 0 && kind != first)
		gvnp_buffer_append_text(sql, ", kind");
	for (int c = 0; c < (int)table->is.n_columns; c++)
		if (c != first && c != kind)
			gvnp_buffer_append_format(sql, ", \"%s\"", table->names[c]);
}

/* Checks join along references: without an index, 1,000 VMs would take a thousand times as long as
 * one for each of them. It holds all columns, so that the row itself need not be visited. */
static void index_table(sqlite3 *database, const struct table *table)
{
	for (int c = 0; c < (int)table->is.n_columns; c++) {
		_cleanup_buffer_ struct gvnp_buffer sql = { 0 };

		if (table->columns[c].references < 0 || table->columns[c].is_key)
			continue;
		gvnp_buffer_append_format(&sql, "CREATE INDEX \"%s of %s\" ON \"%s\" (\"%s\"",
					  table->names[c], table->name, table->name,
					  table->names[c]);
		append_others(&sql, table, c);
		gvnp_buffer_append_text(&sql, ")");
		run(database, sql.data);
	}
}

/* ---- written as C */

static void write_text(const char *text)
{
	putchar('"');
	for (; *text; text++)
		if ((*text >= '0' && *text <= '9') || (*text >= 'a' && *text <= 'z') ||
		    (*text >= 'A' && *text <= 'Z') || *text == '_' || *text == '-')
			putchar(*text);
		else
			printf("\\%03o", (unsigned)(unsigned char)*text);
	putchar('"');
}

static void write_columns(const struct table *table, size_t number)
{
	for (size_t c = 0; c < table->is.n_columns; c++) {
		if (!table->columns[c].n_allowed)
			continue;
		printf("static const char *const allowed_%zu_%zu[] = {", number, c);
		for (size_t i = 0; i < table->columns[c].n_allowed; i++) {
			write_text(table->allowed[c][i]);
			putchar(',');
		}
		printf("};\n");
	}
	printf("static const struct gvnp_column columns_%zu[] = {\n", number);
	for (size_t c = 0; c < table->is.n_columns; c++) {
		const struct gvnp_column *column = &table->columns[c];

		printf("\t{.name = ");
		write_text(table->names[c]);
		printf(", .is_integer = %d, .is_nullable = %d, .is_key = %d, .is_row_number = %d, "
		       ".references = %d",
		       column->is_integer, column->is_nullable, column->is_key,
		       column->is_row_number, column->references);
		if (column->n_allowed)
			printf(", .allowed = allowed_%zu_%zu, .n_allowed = %zu", number, c,
			       column->n_allowed);
		printf("},\n");
	}
	printf("};\n");
}

static void write_slots(const struct maker *maker)
{
	static short slots[GVNP_SCHEMA_SLOTS]; /* the index and one, 0: none */

	if (maker->n_tables > GVNP_SCHEMA_SLOTS / 2)
		fail("too few slots", "for so many tables");
	for (size_t i = 0; i < maker->n_tables; i++) {
		size_t slot = gvnp_schema_slot(maker->tables[i].name);

		while (slots[slot])
			slot = (slot + 1) % GVNP_SCHEMA_SLOTS;
		slots[slot] = (short)(i + 1);
	}
	printf("static const short slots[] = {");
	for (size_t i = 0; i < GVNP_SCHEMA_SLOTS; i++)
		printf("%s%d,", i % 32 ? "" : "\n", slots[i] - 1);
	printf("};\n");
}

static void write_tables(const struct maker *maker)
{
	for (size_t i = 0; i < maker->n_tables; i++)
		write_columns(&maker->tables[i], i);
	printf("static const struct gvnp_table tables[] = {\n");
	for (size_t i = 0; i < maker->n_tables; i++) {
		const struct gvnp_table *table = &maker->tables[i].is;

		printf("\t{.name = ");
		write_text(maker->tables[i].name);
		printf(", .columns = columns_%zu, .n_columns = %zu, .key = %d, .object = %d},\n", i,
		       table->n_columns, table->key, table->object);
	}
	printf("};\n");
	write_slots(maker);
	printf("const struct gvnp_schema gvnp_schema_built = {tables, %zu, slots};\n",
	       maker->n_tables);
}

/* Every page up to the last byte that is not 0: those of empty tables hold next to nothing. */
static void write_pages(sqlite3_file *file)
{
	static unsigned char page[65536] /* the largest */;
	sqlite3_int64 size = 0, page_size = strtol(PAGE_SIZE, NULL, 10), end = 0;
	_cleanup_free_ size_t *ends = NULL;
	size_t n = 0;

	if (file->pMethods->xFileSize(file, &size) != SQLITE_OK || size % page_size)
		fail("the file", "of no whole number of pages");
	printf("static const unsigned char bytes[] = {");
	for (sqlite3_int64 at = 0; at < size; at += page_size) {
		int used = (int)page_size;

		if (file->pMethods->xRead(file, page, used, at) != SQLITE_OK)
			fail("the file", "not readable");
		while (used && !page[used - 1])
			used--;
		for (int i = 0; i < used; i++)
			printf("%s%u,", i % 32 ? "" : "\n", page[i]);
		ends = gvnp_grow(ends, n);
		ends[n++] = (size_t)(end += used);
	}
	printf("};\nstatic const size_t ends[] = {");
	for (size_t i = 0; i < n; i++)
		printf("%s%zu,", i % 16 ? "" : "\n", ends[i]);
	printf("};\nconst struct gvnp_image gvnp_image = {.page_size = " PAGE_SIZE
	       ", .n_pages = %zu, .bytes = bytes, .ends = ends};\n",
	       n);
}

static void done(struct maker *maker)
{
	for (size_t i = 0; i < maker->n_tables; i++) {
		struct table *table = &maker->tables[i];

		for (size_t c = 0; c < table->is.n_columns; c++) {
			for (size_t a = 0; a < table->columns[c].n_allowed; a++)
				free(table->allowed[c][a]);
			free(table->allowed[c]);
			free(table->names[c]);
		}
		free(table->name);
		free(table->sql);
	}
	free(maker->tables);
	sqlite3_close(maker->database);
}

int main(int argc, char **argv)
{
	_cleanup_(done) struct maker maker = { 0 };
	sqlite3_file *file = NULL;

	if (argc != 2)
		fail("usage", "make_image SCRATCH-FILE");
	remove(argv[1]); /* of an earlier build */
	if (sqlite3_open(argv[1], &maker.database) != SQLITE_OK)
		fail(argv[1], sqlite3_errmsg(maker.database));
	run(maker.database, "PRAGMA page_size = " PAGE_SIZE "; PRAGMA auto_vacuum = 0;"
			    "PRAGMA encoding = 'UTF-8'; PRAGMA journal_mode = OFF; BEGIN");
	run(maker.database, statements);
	run(maker.database, "COMMIT");
	read_tables(&maker);
	for (size_t i = 0; i < maker.n_tables; i++)
		index_table(maker.database, &maker.tables[i]);
	if (sqlite3_file_control(maker.database, "main", SQLITE_FCNTL_FILE_POINTER, &file))
		fail(argv[1], "no file");
	printf("/* Made of schema.sql. */\n#include \"facts/image.h\"\n#include "
	       "\"facts/schema.h\"\n");
	write_pages(file);
	write_tables(&maker);
	return fflush(stdout) || ferror(stdout);
}
