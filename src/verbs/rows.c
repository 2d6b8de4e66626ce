/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of an SQL query as text or JSON. NULL, which means unreadable, is printed as NULL and
 * null: never as nothing. */
#include "verbs/rows.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "report/escape.h"

/* A long value does not push the columns behind it off the screen for every row. */
enum { WIDTH_MAX = 48 };

struct grid {
	char **cells; /* row by row, the names first */
	size_t n_cells, n_columns;
	size_t *widths;
};

static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void add(struct grid *grid, const char *text)
{
	struct gvnp_buffer escaped = { 0 };

	gvnp_escape_terminal(&escaped, text);
	size_t width = width_of(gvnp_buffer_text(&escaped));
	size_t *widest = &grid->widths[grid->n_cells % grid->n_columns];
	if (width > *widest)
		*widest = width < WIDTH_MAX ? width : WIDTH_MAX;
	grid->cells = gvnp_grow(grid->cells, grid->n_cells);
	grid->cells[grid->n_cells++] = gvnp_buffer_take(&escaped);
}

static void print(const struct grid *grid, struct gvnp_buffer *out)
{
	for (size_t i = 0; i < grid->n_cells; i++) {
		size_t column = i % grid->n_columns, width = width_of(grid->cells[i]);

		gvnp_buffer_append_text(out, grid->cells[i]);
		if (column + 1 == grid->n_columns) {
			gvnp_buffer_append_text(out, "\n");
			continue;
		}
		for (; width < grid->widths[column]; width++)
			gvnp_buffer_append_text(out, " ");
		gvnp_buffer_append_text(out, "  ");
	}
}

static void grid_done(struct grid *grid)
{
	for (size_t i = 0; i < grid->n_cells; i++)
		free(grid->cells[i]);
	free(grid->cells);
	free(grid->widths);
}

int gvnp_rows_text(sqlite3_stmt *statement, struct gvnp_buffer *out)
{
	_cleanup_(grid_done) struct grid grid = { .n_columns =
							  (size_t)sqlite3_column_count(statement) };
	int code;

	grid.widths = gvnp_allocate_array(grid.n_columns, sizeof *grid.widths);
	for (size_t i = 0; i < grid.n_columns; i++)
		add(&grid, sqlite3_column_name(statement, (int)i));
	while ((code = sqlite3_step(statement)) == SQLITE_ROW)
		for (size_t i = 0; i < grid.n_columns; i++) {
			const char *text = (const char *)sqlite3_column_text(statement, (int)i);

			add(&grid, text ? text : "NULL");
		}
	print(&grid, out);
	return code;
}

static json_t *cell(sqlite3_stmt *statement, int i)
{
	if (sqlite3_column_type(statement, i) == SQLITE_NULL)
		return json_null();
	if (sqlite3_column_type(statement, i) == SQLITE_INTEGER)
		return json_integer(sqlite3_column_int64(statement, i));
	_cleanup_free_ char *text =
		gvnp_escape_utf8((const char *)sqlite3_column_text(statement, i));
	return json_string(text);
}

static int append(const char *data, size_t size, void *out)
{
	gvnp_buffer_append(out, data, size);
	return 0;
}

int gvnp_rows_json(sqlite3_stmt *statement, struct gvnp_buffer *out)
{
	bool is_first = true;
	int code;

	gvnp_buffer_append_text(out, "[");
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		json_t *row = json_object();

		for (int i = 0; i < sqlite3_column_count(statement); i++) {
			_cleanup_free_ char *name =
				gvnp_escape_utf8(sqlite3_column_name(statement, i));

			json_object_set_new(row, name, cell(statement, i));
		}
		gvnp_buffer_append_text(out, is_first ? "" : ",");
		if (json_dump_callback(row, append, out, JSON_COMPACT))
			gvnp_out_of_memory();
		json_decref(row);
		is_first = false;
	}
	gvnp_buffer_append_text(out, "]\n");
	return code;
}
