/* SPDX-License-Identifier: Apache-2.0 */
/* SQL text cut into tokens, as far as we need it: what is a name, a literal, a comment. */
#ifndef GVNP_FACTS_SQL_TOKENS_H
#define GVNP_FACTS_SQL_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum gvnp_sql_kind {
	GVNP_SQL_END,
	GVNP_SQL_NAME,	 /* a bare word: keyword, table, column, function */
	GVNP_SQL_QUOTED, /* "name", [name] or `name`; `slice` is what is inside */
	GVNP_SQL_STRING, /* 'text'; `slice` is what is inside, '' not yet halved */
	GVNP_SQL_NUMBER,
	GVNP_SQL_VARIABLE, /* :name, ?, @name, $name */
	GVNP_SQL_SYMBOL,   /* an operator or bracket, the longest that fits */
	GVNP_SQL_BROKEN,   /* an unfinished string, name or comment */
};

struct gvnp_sql_token {
	enum gvnp_sql_kind kind;
	struct gvnp_slice slice;
	int line;  /* from 0, in the text */
	int depth; /* how many ( are open before this token; a ( and its ) have the same */
};

struct gvnp_sql_tokens {
	struct gvnp_sql_token *tokens; /* ends with GVNP_SQL_END */
	size_t n;		       /* without it */
};

/* Never fails; the tokens point into `sql`. */
void gvnp_sql_tokens_read(const char *sql, struct gvnp_sql_tokens *ret);
/* The first `most` of them. `sql` may begin at any token. */
void gvnp_sql_tokens_read_some(const char *sql, size_t most, struct gvnp_sql_tokens *ret);
void gvnp_sql_tokens_done(struct gvnp_sql_tokens *tokens);

/* Case does not matter. */
bool gvnp_sql_is_word(const struct gvnp_sql_token *token, const char *word);
bool gvnp_sql_is_symbol(const struct gvnp_sql_token *token, const char *symbol);
/* The value of a STRING, with '' halved, or of a NUMBER; the caller frees. */
char *gvnp_sql_literal(const struct gvnp_sql_token *token);

#endif
