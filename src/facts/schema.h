/* SPDX-License-Identifier: Apache-2.0 */
/* What the schema says about its tables: keys, references, enumerations, what can be unreadable. */
#ifndef GVNP_FACTS_SCHEMA_H
#define GVNP_FACTS_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

enum { GVNP_MOST_COLUMNS = 64 }; /* of a table: sets of columns are bits of an uint64_t */

struct gvnp_column {
	const char *name;
	bool is_integer;
	bool is_nullable;	    /* can be unreadable */
	bool is_key;		    /* part of the primary key */
	bool is_row_number;	    /* INTEGER PRIMARY KEY: numbered by itself when left out */
	int references;		    /* index of a table, -1: none */
	const char *const *allowed; /* its CHECK list, as texts */
	size_t n_allowed;	    /* 0: anything */
};

struct gvnp_table {
	const char *name;
	const struct gvnp_column *columns;
	size_t n_columns;
	int key;    /* its single-column primary key, -1: none */
	int object; /* the column that says whose a row is: the key, else the first reference; -1 */
};

enum { GVNP_SCHEMA_SLOTS = 1024 };

struct gvnp_schema {
	const struct gvnp_table *tables; /* sorted by name */
	size_t n_tables;
	/* Each table's index is at the slot of its name or follows there; -1: none. */
	const short *slots;
};

/* That of schema.sql: make_image.c writes it when the program is built. */
extern const struct gvnp_schema gvnp_schema_built;

/* Where a table of this name is looked for. Case does not matter. */
static inline size_t gvnp_schema_slot(const char *name)
{
	unsigned hash = 2166136261u; /* FNV-1a */

	for (; *name; name++)
		hash = (hash ^ ((unsigned char)*name | 0x20)) * 16777619u;
	return (hash ^ hash >> 16) % GVNP_SCHEMA_SLOTS;
}

/* An index, or -1. Case does not matter, as in SQL. */
int gvnp_schema_table(const struct gvnp_schema *schema, const char *name);
int gvnp_table_column(const struct gvnp_table *table, const char *name);
/* True when the column has no CHECK list or the list holds the value. */
bool gvnp_column_allows(const struct gvnp_column *column, const char *value);

#endif
