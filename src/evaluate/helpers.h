/* SPDX-License-Identifier: Apache-2.0 */
/* The helper functions of checks: what each one asks for, and where a query uses them. */
#ifndef GVNP_EVALUATE_HELPERS_H
#define GVNP_EVALUATE_HELPERS_H

#include <stdbool.h>
#include <stddef.h>

#include "evaluate/pool.h"
#include "facts/sql_tokens.h"
#include "gvnp/collector.h"

/* A fact reached by its name. `value` is the function's result when the fact is known. */
enum gvnp_helper_request {
	GVNP_REQUEST_NONE, /* the table is collected whole */
	GVNP_REQUEST_SYSCTL,
	GVNP_REQUEST_KERNEL_CONFIG,
	GVNP_REQUEST_MODULE_PARAMETER,
	GVNP_REQUEST_FILE,
};

struct gvnp_helper {
	const char *name;
	int n_arguments;
	enum gvnp_helper_request request;
	const char *table;  /* NULL: its argument names the table */
	const char *column; /* what it reads besides the key; '' for whether there are rows */
	bool is_state;	    /* known | absent | unreadable | not-collected */
	bool keeps_type;    /* the table itself says whether it is an integer */
	const char *sql;    /* the value for ?1 (and ?2); one column, at most one row used */
};

/* All of them; ends with a NULL name. */
extern const struct gvnp_helper gvnp_helpers[];
const struct gvnp_helper *gvnp_helper_find(struct gvnp_slice name);
/* The function that requests facts of this table by their names; NULL: it is collected whole. */
const struct gvnp_helper *gvnp_helper_requesting(const char *table);

/* One use of a helper in a query. */
struct gvnp_helper_use {
	const struct gvnp_helper *helper;
	char *name;   /* the fact's name, as in the table; NULL when an argument is no literal */
	char *object; /* what a hole calls it */
	const char *table; /* that it reads; NULL when it is not known */
	int line;	   /* from 0, in the query */
	bool has_object;   /* collected(): asks about one object */
};
struct gvnp_helper_uses {
	struct gvnp_helper_use *uses;
	size_t n;
};
void gvnp_helper_uses_read(const char *sql, struct gvnp_helper_uses *ret);
void gvnp_helper_uses_done(struct gvnp_helper_uses *uses);
/* The same, kept in a pool. */
const struct gvnp_helper_uses *gvnp_helper_uses_keep(const char *sql, struct gvnp_pool *pool);

/* The name a fact has in its table, from the function's arguments: CONFIG_ is put before, '-' in a
 * module's name becomes '_'. The caller frees. */
char *gvnp_helper_fact_name(const struct gvnp_helper *helper, const char *first,
			    const char *second);

/* Grows sets of names; gvnp_names_sort() makes them sorted and distinct. */
void gvnp_names_add(struct gvnp_names *names, const struct gvnp_helper_uses *uses);
void gvnp_names_sort(struct gvnp_names *names);
void gvnp_names_done(struct gvnp_names *names);
void gvnp_names_copy(const struct gvnp_names *names, struct gvnp_names *ret);
bool gvnp_names_hold(const struct gvnp_names *names, enum gvnp_helper_request request,
		     const char *name);

#endif
