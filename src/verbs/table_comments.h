/* SPDX-License-Identifier: Apache-2.0 */
/* The comments of schema.sql: what each table and column means. */
#ifndef GVNP_VERBS_TABLE_COMMENTS_H
#define GVNP_VERBS_TABLE_COMMENTS_H

#include <stdbool.h>

#include "base/text.h"

struct gvnp_table_comment {
	struct gvnp_slice table, comment;
	struct gvnp_slice body; /* the lines of its columns */
};

struct gvnp_column_comment {
	struct gvnp_slice column, type, comment;
	bool can_be_unreadable;
};

/* Takes the next table off *rest, which starts as the whole schema. False at the end. */
bool gvnp_table_comment_next(struct gvnp_slice *rest, struct gvnp_table_comment *ret);
/* Takes the next column off the body of a table. False at the end. */
bool gvnp_column_comment_next(struct gvnp_slice *body, struct gvnp_column_comment *ret);
/* The comment of a table, empty when there is no such table. */
bool gvnp_table_comment_find(const char *table, struct gvnp_table_comment *ret);

#endif
