/* SPDX-License-Identifier: Apache-2.0 */
/* What the text of a query gives away before it runs. */
#ifndef GVNP_EVALUATE_LINT_SQL_H
#define GVNP_EVALUATE_LINT_SQL_H

#include "evaluate/engine.h"

/* Adds problems: syntax newer than SQLite 3.34, results that hang on the order of rows, literals no
 * column can hold, helper functions without a literal name. */
void gvnp_lint_sql(const struct gvnp_check *check, const struct gvnp_schema *schema,
		   const struct gvnp_scope *scope, struct gvnp_problems *problems);

#endif
