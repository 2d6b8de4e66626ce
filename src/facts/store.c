/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database of facts: opening it, inserting rows, and remembering what was collected. The rule
 * it keeps: nothing is lost silently. A row the schema refuses becomes a hole of its table, and a
 * table nobody declared collected stays incomplete.
 */
#include "facts/store.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "facts/image.h"
#include "facts/inserts.h"
#include "facts/pieces.h"

struct gvnp_table_state {
	bool is_collected, is_declined, is_touched, may_hold_null;
	size_t n_rows; /* given to it; some may have been refused */
};

/* One statement of ours that is needed again and again. */
struct statement {
	const char *sql;
	sqlite3_stmt *statement;
};

struct gvnp_facts {
	sqlite3 *database;
	struct gvnp_inserts inserts;
	struct statement *statements;
	size_t n_statements;
	struct gvnp_table_state *tables; /* one for each of the schema */
	uint64_t generation;
	void *attached;
	void (*release)(void *data);
};

static const char schema_text[] =
#include "facts/schema.sql.h"
	;

const char *gvnp_facts_schema(void)
{
	return schema_text;
}

/* Our own statements are part of the program: if one fails, memory is gone. */
static void run(sqlite3 *database, const char *sql)
{
	char *problem = NULL;

	if (sqlite3_exec(database, sql, NULL, NULL, &problem) == SQLITE_OK)
		return;
	fprintf(stderr, "gvnp-audit: the facts schema: %s\n", problem ? problem : "out of memory");
	abort();
}

void gvnp_facts_begin(void)
{
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
#ifndef GVNP_WIDE_FILTER /* a build that checks itself is to see each piece alone */
	sqlite3_config(SQLITE_CONFIG_MALLOC, &gvnp_pieces);
#endif
}

struct gvnp_facts *gvnp_facts_new(void)
{
	struct gvnp_facts *facts = gvnp_allocate(sizeof *facts);

	gvnp_facts_begin();
	if (sqlite3_open_v2(":memory:", &facts->database,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY |
				    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
			    NULL) != SQLITE_OK)
		gvnp_out_of_memory();
	/* A name in double quotes that is no column must not silently be a text. */
	sqlite3_db_config(facts->database, SQLITE_DBCONFIG_DQS_DML, 0, (int *)NULL);
	sqlite3_db_config(facts->database, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)NULL);
	if (gvnp_image_load(facts->database) != SQLITE_OK)
		gvnp_out_of_memory();
	run(facts->database, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
			     "PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY; BEGIN");
	facts->tables = gvnp_allocate_array(gvnp_schema_built.n_tables, sizeof *facts->tables);
	facts->inserts.database = facts->database;
	facts->inserts.schema = &gvnp_schema_built;
	return facts;
}

void gvnp_facts_free(struct gvnp_facts *facts)
{
	if (!facts)
		return;
	gvnp_inserts_done(&facts->inserts);
	for (size_t i = 0; i < facts->n_statements; i++)
		sqlite3_finalize(facts->statements[i].statement);
	free(facts->statements);
	free(facts->tables);
	gvnp_facts_attach(facts, NULL, NULL);
	sqlite3_close_v2(facts->database);
	free(facts);
}

void gvnp_facts_attach(struct gvnp_facts *facts, void *data, void (*release)(void *data))
{
	if (facts->release)
		facts->release(facts->attached);
	facts->attached = data;
	facts->release = release;
}

void gvnp_facts_freep(struct gvnp_facts **facts)
{
	gvnp_facts_free(*facts);
}

sqlite3 *gvnp_facts_database(struct gvnp_facts *facts)
{
	return facts->database;
}

sqlite3_stmt *gvnp_facts_statement(struct gvnp_facts *facts, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	for (size_t i = 0; i < facts->n_statements; i++)
		if (!strcmp(facts->statements[i].sql, sql))
			return facts->statements[i].statement;
	if (sqlite3_prepare_v3(facts->database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement,
			       NULL) != SQLITE_OK)
		gvnp_out_of_memory();
	facts->statements = gvnp_grow(facts->statements, facts->n_statements);
	facts->statements[facts->n_statements++] = (struct statement){ sql, statement };
	return statement;
}

const struct gvnp_schema *gvnp_facts_tables(const struct gvnp_facts *facts)
{
	(void)facts; /* there is one schema */
	return &gvnp_schema_built;
}

uint64_t gvnp_facts_generation(const struct gvnp_facts *facts)
{
	return facts->generation;
}

static struct gvnp_table_state *find_table(const struct gvnp_facts *facts, const char *name)
{
	int index = gvnp_schema_table(&gvnp_schema_built, name);

	if (index < 0 || strcmp(name, gvnp_schema_built.tables[index].name) != 0)
		return NULL;
	return &facts->tables[index];
}

bool gvnp_facts_has_table(const struct gvnp_facts *facts, const char *table)
{
	return find_table(facts, table);
}

static bool is_about_the_run(const char *table)
{
	return !strcmp(table, "hole") || !strcmp(table, "observation");
}

bool gvnp_facts_is_collected(const struct gvnp_facts *facts, const char *table)
{
	const struct gvnp_table_state *state = find_table(facts, table);

	return is_about_the_run(table) || (state && state->is_collected);
}

bool gvnp_facts_is_declined(const struct gvnp_facts *facts, const char *table)
{
	const struct gvnp_table_state *state = find_table(facts, table);

	return state && state->is_declined && !state->is_collected;
}

void gvnp_facts_declined(struct gvnp_facts *facts, const char *table)
{
	struct gvnp_table_state *state = find_table(facts, table);

	if (!state)
		return gvnp_facts_hole(facts, table, "", "", "there is no such table");
	state->is_declined = true;
	facts->generation++;
}

bool gvnp_facts_may_hold_null(const struct gvnp_facts *facts, const char *table)
{
	const struct gvnp_table_state *state = find_table(facts, table);

	return state && state->may_hold_null;
}

void gvnp_facts_collected(struct gvnp_facts *facts, const char *table)
{
	struct gvnp_table_state *state = find_table(facts, table);

	if (!state)
		return gvnp_facts_hole(facts, table, "", "", "there is no such table");
	state->is_collected = true;
	facts->generation++;
}

char *gvnp_facts_clean_text(const char *text, size_t size, size_t limit)
{
	_cleanup_buffer_ struct gvnp_buffer clean = { 0 };

	for (size_t at = 0; at < size && text[at];) {
		size_t length = gvnp_text_utf8(text + at, size - at);

		if (limit && clean.size + (length ? length : 3) > limit)
			break;
		if (length)
			gvnp_buffer_append(&clean, text + at, length);
		else
			gvnp_buffer_append_text(&clean, "\xef\xbf\xbd");
		at += length ? length : 1;
	}
	return gvnp_buffer_take(&clean);
}

/* So many bytes at the beginning are ASCII for sure; it looks at eight at a time. */
static size_t plain_bytes(const char *text, size_t size)
{
	uint64_t eight;
	size_t at = 0;

	for (; size - at >= sizeof eight; at += sizeof eight) {
		memcpy(&eight, text + at, sizeof eight);
		if (eight & UINT64_C(0x8080808080808080))
			break;
	}
	return at;
}

/* Nearly all text is plain and is bound where it lies. */
static bool is_clean(const char *text, size_t size)
{
	for (size_t at = plain_bytes(text, size); at < size;) {
		if ((unsigned char)text[at] < 0x80) {
			at++;
			continue;
		}
		size_t length = gvnp_text_utf8(text + at, size - at);
		if (!length)
			return false;
		at += length;
	}
	return true;
}

static void bind_text(sqlite3_stmt *statement, int position, const char *text, size_t size)
{
	size = size == SIZE_MAX ? strlen(text) : strnlen(text, size);
	if (is_clean(text, size)) {
		sqlite3_bind_text64(statement, position, text, size, SQLITE_STATIC, SQLITE_UTF8);
		return;
	}
	char *clean = gvnp_facts_clean_text(text, size, 0);
	sqlite3_bind_text64(statement, position, clean, strlen(clean), free, SQLITE_UTF8);
}

/* What a CHECK list says, which SQLite is told to ignore: see heed_checks() of inserts.c. */
static bool allows(const struct gvnp_column *column, const char *text, size_t size)
{
	if (!column->n_allowed)
		return true;
	size = size == SIZE_MAX ? strlen(text) : strnlen(text, size);
	for (size_t i = 0; i < column->n_allowed; i++)
		if (!strncmp(column->allowed[i], text, size) && !column->allowed[i][size])
			return true;
	return false;
}

static bool allows_integer(const struct gvnp_column *column, int64_t value)
{
	char digits[24] = { (char)('0' + value % 10) };

	if (value < 0 || value > 9) /* hardly ever: nearly all are 0 or 1 */
		snprintf(digits, sizeof digits, "%lld", (long long)value);
	return allows(column, digits, SIZE_MAX);
}

static bool bind_cell(const struct gvnp_insert *insert, int i, const struct gvnp_cell *cell)
{
	switch (cell->type) {
	case GVNP_CELL_END:
	case GVNP_CELL_NULL:
		sqlite3_bind_null(insert->statement, i + 1);
		return true;
	case GVNP_CELL_INTEGER:
		sqlite3_bind_int64(insert->statement, i + 1, cell->integer);
		return !insert->columns[i]->n_allowed ||
		       allows_integer(insert->columns[i], cell->integer);
	case GVNP_CELL_TEXT:
		bind_text(insert->statement, i + 1, cell->text, cell->size);
		return allows(insert->columns[i], cell->text, cell->size);
	}
	return false;
}

/* Binds all cells; false, with the reason, when one does not fit its column. */
static bool bind_cells(const struct gvnp_insert *insert, const struct gvnp_cell *cells,
		       char **ret_problem)
{
	for (int i = 0; cells[i].type != GVNP_CELL_END; i++) {
		if (cells[i].type == GVNP_CELL_TEXT && insert->columns[i]->is_integer)
			*ret_problem =
				gvnp_format("a text for the integer column %s", cells[i].column);
		else if (!bind_cell(insert, i, &cells[i]))
			*ret_problem =
				gvnp_format("CHECK constraint failed: column %s", cells[i].column);
		if (*ret_problem)
			return false;
	}
	return true;
}

static void mark_touched(const struct gvnp_insert *insert, const struct gvnp_cell *cells)
{
	struct gvnp_table_state *state = insert->table;

	state->is_touched = true;
	state->n_rows++;
	state->may_hold_null |= insert->leaves_null;
	for (; cells->type != GVNP_CELL_END && !state->may_hold_null; cells++)
		state->may_hold_null = cells->type == GVNP_CELL_NULL;
}

void gvnp_facts_insert(struct gvnp_facts *facts, const char *table, const struct gvnp_cell *cells)
{
	struct gvnp_insert *insert = gvnp_inserts_find(&facts->inserts, table, cells);
	_cleanup_free_ char *problem = NULL;

	facts->generation++;
	if (!insert->table)
		insert->table = find_table(facts, table);
	if (insert->table)
		mark_touched(insert, cells);
	if (!insert->statement)
		return gvnp_facts_hole(facts, table, "", "", "a row was refused: %s",
				       insert->refusal);
	if (bind_cells(insert, cells, &problem) && sqlite3_step(insert->statement) != SQLITE_DONE)
		problem = gvnp_duplicate(sqlite3_errmsg(facts->database));
	sqlite3_reset(insert->statement); /* all of it is bound anew before its next step */
	if (problem)
		gvnp_facts_hole(facts, table, "", "", "a row was refused: %s", problem);
}

void gvnp_facts_hole(struct gvnp_facts *facts, const char *table, const char *column,
		     const char *object, const char *problem_format, ...)
{
	static const char sql[] = "INSERT OR IGNORE INTO hole VALUES (?, ?, ?, ?)";
	_cleanup_buffer_ struct gvnp_buffer problem = { 0 };
	struct gvnp_table_state *state = find_table(facts, "hole");
	sqlite3_stmt *statement = gvnp_facts_statement(facts, sql);
	va_list arguments;

	facts->generation++;
	if (state) /* the schema has it */
		state->is_touched = true;
	va_start(arguments, problem_format);
	gvnp_buffer_append_arguments(&problem, problem_format, arguments);
	va_end(arguments);
	bind_text(statement, 1, table, SIZE_MAX);
	bind_text(statement, 2, column, SIZE_MAX);
	bind_text(statement, 3, object, SIZE_MAX);
	bind_text(statement, 4, gvnp_buffer_text(&problem), SIZE_MAX);
	if (sqlite3_step(statement) != SQLITE_DONE)
		gvnp_out_of_memory();
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

void gvnp_facts_observation(struct gvnp_facts *facts, const char *source, int64_t size,
			    const char *sha256, int error)
{
	gvnp_insert(facts, "observation", gvnp_text("source", source), gvnp_integer("size", size),
		    gvnp_text("sha256", sha256), gvnp_integer("error", error));
}

void gvnp_facts_reset(struct gvnp_facts *facts)
{
	for (size_t i = 0; i < gvnp_schema_built.n_tables; i++) {
		const struct gvnp_table *table = &gvnp_schema_built.tables[i];
		struct gvnp_table_state *state = &facts->tables[i];

		if (state->is_touched) {
			_cleanup_free_ char *sql = gvnp_format("DELETE FROM \"%s\"", table->name);
			run(facts->database, sql);
		}
		state->is_touched = state->is_collected = state->is_declined = false;
		state->may_hold_null = false;
		state->n_rows = 0;
	}
	facts->generation++;
}
