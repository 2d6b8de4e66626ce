/* SPDX-License-Identifier: Apache-2.0 */
/* Literals that a query compares with columns of a fixed list of values. */
#ifndef GVNP_EVALUATE_LINT_VALUES_H
#define GVNP_EVALUATE_LINT_VALUES_H

#include "evaluate/engine.h"

void gvnp_lint_values(const struct gvnp_check *check, const struct gvnp_sql_tokens *tokens,
		      const struct gvnp_schema *schema, const struct gvnp_scope *scope,
		      struct gvnp_problems *problems);

#endif
