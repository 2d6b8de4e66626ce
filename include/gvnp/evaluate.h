/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges facts: one SQL query a check, SQL's three values are the verdict, and the soundness rule
 * over it: no pass and no not-applicable from facts that were not collected or not readable.
 */
#ifndef GVNP_EVALUATE_H
#define GVNP_EVALUATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gvnp/check.h"
#include "gvnp/facts.h"

/* From best to worst: the worst subject decides. */
enum gvnp_verdict {
	GVNP_NOT_APPLICABLE,
	GVNP_PASS,
	GVNP_INCONCLUSIVE,
	GVNP_ERROR,
	GVNP_FAIL,
};

struct gvnp_evidence {
	const char *name;
	bool is_null, is_integer;
	int64_t integer;
	const char *text; /* "" unless a text */
};

struct gvnp_subject {
	const char *object;  /* "" when the check is not per: */
	const char *subject; /* what a person calls it */
	enum gvnp_verdict verdict;
	const char *problem; /* why inconclusive or error; "" otherwise */
	struct gvnp_evidence *evidence;
	size_t n_evidence;
	const struct gvnp_waiver *waiver; /* NULL: none, or expired */
};

struct gvnp_result {
	const struct gvnp_check *check;
	enum gvnp_verdict verdict;
	const char *problem; /* of the whole check; "" */
	struct gvnp_subject *subjects; /* sorted by subject, then object */
	size_t n_subjects;
	bool is_waived; /* every open subject is waived */
	/* The tables the query reads, helper functions included; sorted, ends with NULL; NULL when the
	 * query could not be prepared. The score needs them to tell claims about silicon and firmware
	 * from claims about settings; `explain` prints them. */
	const char *const *tables;
};

struct gvnp_results {
	struct gvnp_result *results; /* in the catalogue's order */
	size_t n;
};

/* Evaluates every check. Never fails: what cannot be judged is GVNP_ERROR or GVNP_INCONCLUSIVE with
 * the reason. Pure: depends on `facts` and `catalogue` only. The caller owns the result, which
 * points into the catalogue. */
struct gvnp_results *gvnp_evaluate(struct gvnp_facts *facts,
				   const struct gvnp_catalogue *catalogue);
void gvnp_results_free(struct gvnp_results *results);
void gvnp_results_freep(struct gvnp_results **results);

const char *gvnp_verdict_name(enum gvnp_verdict verdict); /* "not-applicable" … */

/* Registers sysctl(), kernel_config(), cmdline(), module_parameter(), their _state(), file_*(),
 * list() and version_at_least() on a database of facts, restricted to `names`. */
int gvnp_functions_register(struct gvnp_facts *facts, const struct gvnp_names *names);

/* The literal names an SQL text asks for, for `query`. The caller frees with gvnp_names_free(). */
struct gvnp_names *gvnp_names_of_query(const char *sql);
void gvnp_names_free(struct gvnp_names *names);
/* Adds copies of `more`; the result is sorted and distinct again. */
void gvnp_names_merge(struct gvnp_names *names, const struct gvnp_names *more);

/* The tables an SQL text reads that are incomplete, as "table: problem" strings; for `query`, after
 * gvnp_functions_register(). *ret_lines ends with NULL; the caller frees it and each line.
 * Returns 0, or a negative errno with *ret_error a message to free. */
int gvnp_query_incomplete(struct gvnp_facts *facts, const char *sql, char ***ret_lines,
			  char **ret_error);

#endif
