/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of a table and the way to them along references. */
#include "evaluate/objects.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"

struct step {
	int table, before, column; /* `before` is an index into the steps */
};

static bool refers_to_any(const struct gvnp_table *table)
{
	for (size_t c = 0; c < table->n_columns; c++)
		if (table->columns[c].references >= 0)
			return true;
	return false;
}

/* Breadth first: the schema has some hundred tables and few references. */
bool gvnp_path_find(const struct gvnp_schema *schema, int from, int to, struct gvnp_path *ret)
{
	if (from != to && !refers_to_any(&schema->tables[from]))
		return false;
	_cleanup_free_ struct step *steps =
		gvnp_allocate_array(schema->n_tables + 1, sizeof *steps);
	size_t n = 1, at = 0;

	steps[0] = (struct step){ from, -1, -1 };
	for (; at < n && steps[at].table != to; at++) {
		const struct gvnp_table *table = &schema->tables[steps[at].table];

		for (size_t c = 0; c < table->n_columns; c++) {
			int next = table->columns[c].references;
			bool is_new = next >= 0 && schema->tables[next].key >= 0;

			for (size_t i = 0; i < n && is_new; i++)
				is_new = steps[i].table != next;
			if (is_new)
				steps[n++] = (struct step){ next, (int)at, (int)c };
		}
	}
	if (at == n)
		return false;
	int length = 0;
	for (int i = (int)at; steps[i].before >= 0; i = steps[i].before)
		length++;
	if (length > GVNP_LONGEST_PATH)
		return false;
	ret->n = length;
	for (int i = (int)at, place = length; i >= 0; i = steps[i].before, place--) {
		ret->tables[place] = steps[i].table;
		if (place)
			ret->columns[place - 1] = steps[i].column;
	}
	return true;
}

static int compare_objects(const void *a, const void *b)
{
	return strcmp(((const struct gvnp_object *)a)->key, ((const struct gvnp_object *)b)->key);
}

void gvnp_objects_find(struct gvnp_facts *facts, int table, struct gvnp_pool *pool,
		       struct gvnp_objects *ret)
{
	const struct gvnp_table *about = &gvnp_facts_tables(facts)->tables[table];
	const char *key = about->columns[about->key].name;
	bool has_name = gvnp_table_column(about, "name") >= 0;
	_cleanup_free_ char *sql =
		gvnp_format("SELECT \"%s\", coalesce(\"%s\", \"%s\") FROM \"%s\"", key,
			    has_name ? "name" : key, key, about->name);
	_cleanup_free_ struct gvnp_object *objects = NULL;
	sqlite3_stmt *row = NULL;
	size_t n = 0;

	if (sqlite3_prepare_v2(gvnp_facts_database(facts), sql, -1, &row, NULL) != SQLITE_OK)
		gvnp_out_of_memory();
	while (sqlite3_step(row) == SQLITE_ROW) {
		const char *own_key = (const char *)sqlite3_column_text(row, 0);
		const char *name = (const char *)sqlite3_column_text(row, 1);

		objects = gvnp_grow(objects, n);
		objects[n].key = gvnp_pool_text(pool, own_key ? own_key : "");
		objects[n++].name = gvnp_pool_text(pool, name ? name : "");
	}
	sqlite3_finalize(row);
	if (n)
		qsort(objects, n, sizeof *objects, compare_objects);
	ret->objects = gvnp_pool_allocate_array(pool, n, sizeof *objects);
	ret->n = n;
	if (n)
		memcpy(ret->objects, objects, n * sizeof *objects);
}

const struct gvnp_object *gvnp_objects_get(const struct gvnp_objects *objects, const char *key)
{
	const struct gvnp_object wanted = { key, NULL };

	if (!objects->n)
		return NULL;
	return bsearch(&wanted, objects->objects, objects->n, sizeof wanted, compare_objects);
}
