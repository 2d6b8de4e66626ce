/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rule of the facts themselves, below any check: whatever differs for want of one answer is a
 * NULL, or is covered by a hole of its table, of its column or of its object.
 */
#ifndef GVNP_TESTS_HOSTS_ROWS_H
#define GVNP_TESTS_HOSTS_ROWS_H

#include "gvnp/facts.h"

struct rows;

/* All rows of all tables; the caller frees. */
struct rows *rows_read(struct gvnp_facts *facts);
void rows_free(struct rows *rows);

/* Prints each row that differs from `before` and is not covered in `facts`, from which `after` was
 * read; returns their number. `harm` says what was done. */
int rows_compare(const struct rows *before, const struct rows *after, struct gvnp_facts *facts,
		 const char *harm);

#endif
