/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose a row is. From any table along its REFERENCES to the table a check is `per:`, so that what
 * is missing or unreadable about one object touches that object only.
 */
#ifndef GVNP_EVALUATE_OBJECTS_H
#define GVNP_EVALUATE_OBJECTS_H

#include <stdint.h>

#include "evaluate/pool.h"
#include "facts/store.h"

/* Which objects of the `per:` table something touches. */
enum gvnp_reach {
	GVNP_REACH_OBJECT, /* one: its key */
	GVNP_REACH_ALL,	   /* any of them, or nobody knows which */
	GVNP_REACH_OTHERS, /* objects that have no row: the per: table itself is incomplete */
	GVNP_REACH_NONE,   /* known to belong to no object of that table */
};

/* One thing that is not known: a hole, or a row with NULLs. */
struct gvnp_gap {
	enum gvnp_reach reach;
	const char *object;  /* of GVNP_REACH_OBJECT, else "" */
	const char *fact;    /* the object by the gap's own table: what a helper function names */
	uint64_t columns;    /* that are not known */
	bool is_any_column;  /* a hole that is about the rows themselves */
	const char *problem; /* NULL for a row with NULLs: name the columns */
};

struct gvnp_gaps {
	struct gvnp_gap *gaps; /* sorted: holes before NULLs, then by object */
	size_t n;
};

/* The gaps of table `table`, as seen from table `per` (-1: the whole host). In `pool`. `holes` is
 * gvnp_gaps_sql, prepared once for many tables. */
extern const char gvnp_gaps_sql[];
void gvnp_gaps_find(struct gvnp_facts *facts, sqlite3_stmt *holes, int table, int per,
		    struct gvnp_pool *pool, struct gvnp_gaps *ret);

/* Every object of a table: its key as text and what a person calls it, sorted by key. */
struct gvnp_object {
	const char *key, *name;
};
struct gvnp_objects {
	struct gvnp_object *objects;
	size_t n;
};
void gvnp_objects_find(struct gvnp_facts *facts, int table, struct gvnp_pool *pool,
		       struct gvnp_objects *ret);
const struct gvnp_object *gvnp_objects_get(const struct gvnp_objects *objects, const char *key);

/* The way from a table along references. */
enum { GVNP_LONGEST_PATH = 6 };
struct gvnp_path {
	int tables[GVNP_LONGEST_PATH + 1]; /* from, …, to */
	int columns[GVNP_LONGEST_PATH];	   /* the reference that is followed at each step */
	int n;				   /* steps; 0: from is to */
};
/* False when there is none. The shortest; among equals the one by the first column. */
bool gvnp_path_find(const struct gvnp_schema *schema, int from, int to, struct gvnp_path *ret);

#endif
