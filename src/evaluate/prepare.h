/* SPDX-License-Identifier: Apache-2.0 */
/* Preparing the query of a check under an authorizer that says no, and remembers what is read. */
#ifndef GVNP_EVALUATE_PREPARE_H
#define GVNP_EVALUATE_PREPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "facts/store.h"

/* One table a query reads, and which of its columns (bits). */
struct gvnp_read {
	int table; /* index in the schema */
	uint64_t columns;
};

struct gvnp_reads {
	struct gvnp_read *reads;
	size_t n;
	uint32_t helpers; /* bits: positions in gvnp_helpers of those that are called */
};
void gvnp_reads_done(struct gvnp_reads *reads);
/* NULL when it is not read. */
const struct gvnp_read *gvnp_reads_find(const struct gvnp_reads *reads, int table);

enum gvnp_purpose {
	GVNP_FOR_CHECK, /* only what a check may use */
	GVNP_FOR_QUERY, /* what a person may ask: any function, any table of facts */
};

/* What a name means that SQLite tells the authorizer of again and again. */
struct gvnp_known_name {
	const char *theirs; /* where SQLite keeps it */
	const char *ours;   /* the same bytes */
	int kind;	    /* of a column: its table; else see prepare.c */
	int value;	    /* index of the table, the column or the helper function */
};

/*
 * Installed once for many statements: installing an authorizer makes SQLite prepare all statements
 * of the database anew, ours too. Between begin and end, statements that do not go through
 * gvnp_prepare() are not restricted.
 */
struct gvnp_authorizer {
	struct gvnp_facts *facts;
	const struct gvnp_schema *schema;
	enum gvnp_purpose purpose;
	struct gvnp_reads *reads; /* of the statement being prepared, else NULL */
	char *refusal;
	struct gvnp_known_name known[1024];
};
void gvnp_authorizer_begin(struct gvnp_authorizer *authorizer, struct gvnp_facts *facts);
void gvnp_authorizer_end(struct gvnp_authorizer *authorizer);
/* gvnp_schema_table() of a name that is asked for again and again. */
int gvnp_authorizer_table(struct gvnp_authorizer *authorizer, const char *table);

/* Prepares one statement. Returns 0, or -EINVAL with *ret_error a message to free. The reads are
 * written in both cases; without the helper functions' own. */
int gvnp_prepare(struct gvnp_authorizer *authorizer, const char *sql, enum gvnp_purpose purpose,
		 struct gvnp_reads *ret_reads, sqlite3_stmt **ret, char **ret_error);

#endif
