/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preparing a statement for each shape of row, once. The rule kept here: which statement it is
 * depends on what the names say, never on where they lie.
 */
#include "facts/inserts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"

static void insert_free(struct gvnp_insert *insert)
{
	if (!insert)
		return;
	sqlite3_finalize(insert->statement);
	free(insert->refusal);
	free(insert->key);
	free(insert);
}

static void append_key(struct gvnp_buffer *key, const char *table, const struct gvnp_cell *cells)
{
	gvnp_buffer_append_text(key, table);
	gvnp_buffer_append(key, "\n", 1);
	for (; cells->type != GVNP_CELL_END; cells++) {
		gvnp_buffer_append_text(key, cells->column);
		gvnp_buffer_append(key, "\n", 1);
	}
}

/* What the columns hold, so that what does not fit is refused instead of kept; and whether one that
 * is left out is NULL. */
static void read_types(const struct gvnp_schema *schema, struct gvnp_insert *insert,
		       const char *table, const struct gvnp_cell *cells)
{
	const struct gvnp_table *known = &schema->tables[gvnp_schema_table(schema, table)];

	uint64_t given = 0;

	for (size_t i = 0; cells[i].type != GVNP_CELL_END; i++) {
		int column = gvnp_table_column(known, cells[i].column);

		insert->columns[i] = &known->columns[column];
		given |= UINT64_C(1) << column;
	}
	for (size_t c = 0; c < known->n_columns; c++)
		insert->leaves_null |= known->columns[c].is_nullable && !(given >> c & 1);
}

/*
 * SQLite builds the list of a CHECK anew for every row, which was a third of the work of collecting
 * 100 VMs: the store looks at the cells instead. A key that SQLite may number by itself is its own.
 */
static void heed_checks(struct gvnp_inserts *inserts, const char *table)
{
	int index = gvnp_schema_table(inserts->schema, table);
	const struct gvnp_table *known = index < 0 ? NULL : &inserts->schema->tables[index];
	bool is_ours = known && (known->key < 0 || !known->columns[known->key].n_allowed);

	if (is_ours == inserts->ignores_checks)
		return;
	if (sqlite3_exec(inserts->database,
			 is_ours ? "PRAGMA ignore_check_constraints = ON"
				 : "PRAGMA ignore_check_constraints = OFF",
			 NULL, NULL, NULL) == SQLITE_OK)
		inserts->ignores_checks = is_ours;
}

static struct gvnp_insert *prepare_insert(struct gvnp_inserts *inserts, const char *table,
					  const struct gvnp_cell *cells)
{
	_cleanup_buffer_ struct gvnp_buffer sql = { 0 };
	struct gvnp_insert *insert = gvnp_allocate(sizeof *insert);
	size_t n = 0;

	heed_checks(inserts, table);
	gvnp_buffer_append_text(&sql, "INSERT INTO \"");
	gvnp_buffer_append_text(&sql, table);
	for (; cells[n].type != GVNP_CELL_END; n++) {
		gvnp_buffer_append_text(&sql, n ? "\", \"" : "\" (\"");
		gvnp_buffer_append_text(&sql, cells[n].column);
	}
	gvnp_buffer_append_text(&sql, n ? "\") VALUES (" : "\" () VALUES (");
	for (size_t i = 0; i < n; i++)
		gvnp_buffer_append_text(&sql, i ? ", ?" : "?");
	gvnp_buffer_append_text(&sql, ")");
	if (n > GVNP_INSERT_COLUMNS)
		insert->refusal = gvnp_duplicate("too many columns");
	else if (sqlite3_prepare_v3(inserts->database, sql.data, -1, SQLITE_PREPARE_PERSISTENT,
				    &insert->statement, NULL) != SQLITE_OK)
		insert->refusal = gvnp_duplicate(sqlite3_errmsg(inserts->database));
	else
		read_types(inserts->schema, insert, table, cells);
	return insert;
}

/* The insert is for exactly these names. */
static bool has_names(const struct gvnp_insert *insert, const char *table,
		      const struct gvnp_cell *cells)
{
	const char *key = insert->key;
	size_t size = strlen(table);

	if (strncmp(key, table, size) || key[size] != '\n')
		return false;
	for (key += size + 1; cells->type != GVNP_CELL_END; cells++, key += size + 1) {
		size = strlen(cells->column);
		if (strncmp(key, cells->column, size) || key[size] != '\n')
			return false;
	}
	return !*key;
}

static void forget(struct gvnp_inserts *inserts)
{
	for (size_t i = 0; i < GVNP_INSERT_SLOTS; i++)
		insert_free(gvnp_take(inserts->cache[i]));
	memset(inserts->near, 0, sizeof inserts->near);
	inserts->n_cached = 0;
}

static struct gvnp_insert *find_by_names(struct gvnp_inserts *inserts, const char *table,
					 const struct gvnp_cell *cells)
{
	_cleanup_buffer_ struct gvnp_buffer key = { 0 };
	uint64_t hash = 14695981039346656037u; /* FNV-1a */

	append_key(&key, table, cells);
	for (size_t i = 0; i < key.size; i++)
		hash = (hash ^ (unsigned char)key.data[i]) * 1099511628211u;
	/* Collectors have a fixed set of shapes; were it ever exceeded, start over. */
	if (inserts->n_cached >= GVNP_INSERT_SLOTS / 2)
		forget(inserts);
	size_t slot = hash % GVNP_INSERT_SLOTS;
	for (; inserts->cache[slot]; slot = (slot + 1) % GVNP_INSERT_SLOTS)
		if (inserts->cache[slot]->key_size == key.size &&
		    !memcmp(inserts->cache[slot]->key, key.data, key.size))
			return inserts->cache[slot];
	inserts->cache[slot] = prepare_insert(inserts, table, cells);
	inserts->cache[slot]->key_size = key.size;
	inserts->cache[slot]->key = gvnp_buffer_take(&key);
	inserts->n_cached++;
	return inserts->cache[slot];
}

/* A collector's names are literals and lie where they lay for the last row. That is only where to
 * look first: what counts is what they say. */
struct gvnp_insert *gvnp_inserts_find(struct gvnp_inserts *inserts, const char *table,
				      const struct gvnp_cell *cells)
{
	uint64_t hash = (uintptr_t)table;

	for (const struct gvnp_cell *cell = cells; cell->type != GVNP_CELL_END; cell++)
		hash = (hash ^ (uintptr_t)cell->column) * 1099511628211u;
	struct gvnp_insert **near = &inserts->near[(hash ^ hash >> 32) % GVNP_INSERT_NEAR];
	if (!*near || !has_names(*near, table, cells))
		*near = find_by_names(inserts, table, cells);
	return *near;
}

void gvnp_inserts_done(struct gvnp_inserts *inserts)
{
	forget(inserts);
}
