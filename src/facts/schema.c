/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking things up in what the schema says. There is one description of the facts, and everybody
 * follows it: holes, objects, enumerations, examples.
 */
#include "facts/schema.h"

#include <string.h>

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* What the schema names has no capitals. */
static bool is_named(const char *name, const char *known)
{
	while (*known && lower(*name) == *known) {
		name++;
		known++;
	}
	return !*known && !*name;
}

int gvnp_schema_table(const struct gvnp_schema *schema, const char *name)
{
	size_t slot = gvnp_schema_slot(name);

	for (; schema->slots[slot] >= 0; slot = (slot + 1) % GVNP_SCHEMA_SLOTS)
		if (is_named(name, schema->tables[schema->slots[slot]].name))
			return schema->slots[slot];
	return -1;
}

int gvnp_table_column(const struct gvnp_table *table, const char *name)
{
	for (size_t i = 0; i < table->n_columns; i++)
		if (is_named(name, table->columns[i].name))
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
