/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lint of a query as text: what SQLite itself would accept here and refuse elsewhere, or accept and
 * answer differently another day. Works on tokens, so a text or a comment never matches.
 */
#include "evaluate/lint_sql.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "evaluate/lint_values.h"

struct linter {
	const struct gvnp_check *check;
	struct gvnp_problems *problems;
	const struct gvnp_sql_token *tokens;
	size_t n;
};

static void report(const struct linter *linter, const struct gvnp_sql_token *token,
		   const char *what)
{
	gvnp_problems_add(linter->problems, linter->check->file,
			  linter->check->query_line + token->line, "%s", what);
}

/* The target is SQLite 3.34; the version beside each is the one that brought it. */
static void lint_newer(const struct linter *linter, const struct gvnp_sql_token *token)
{
	if (gvnp_sql_is_word(token, "RETURNING"))
		report(linter, token, "RETURNING is newer than SQLite 3.34"); /* 3.35 */
	if (gvnp_sql_is_word(token, "MATERIALIZED"))
		report(linter, token, "MATERIALIZED is newer than SQLite 3.34"); /* 3.35 */
	if (gvnp_sql_is_symbol(token, "->") || gvnp_sql_is_symbol(token, "->>"))
		report(linter, token, "-> and ->> are newer than SQLite 3.34"); /* 3.38 */
	if (gvnp_sql_is_word(token, "RIGHT") || gvnp_sql_is_word(token, "FULL"))
		report(linter, token, "RIGHT and FULL JOIN are newer than SQLite 3.34"); /* 3.39 */
	if (gvnp_sql_is_word(token, "DISTINCT") && gvnp_sql_is_word(&token[1], "FROM"))
		report(linter, token,
		       "IS DISTINCT FROM is newer than SQLite 3.34: write IS NOT"); /* 3.39 */
	if (token->kind == GVNP_SQL_NUMBER && memchr(token->slice.text, '_', token->slice.size))
		report(linter, token, "digits with _ are newer than SQLite 3.34"); /* 3.46 */
	if (token->kind == GVNP_SQL_BROKEN)
		report(linter, token, "a text or comment does not end");
	if (token->kind == GVNP_SQL_NUMBER && memchr(token->slice.text, '.', token->slice.size))
		report(linter, token, "no fractions: judge by integers");
}

/* Is there such a word between the SELECT this token belongs to and the token? */
static bool has_before(const struct linter *linter, size_t at, const char *word)
{
	int depth = linter->tokens[at].depth;

	for (size_t i = at; i-- > 0;) {
		const struct gvnp_sql_token *token = &linter->tokens[i];

		if (token->depth < depth)
			return false;
		if (token->depth == depth && gvnp_sql_is_word(token, word))
			return true;
		if (token->depth == depth && gvnp_sql_is_word(token, "SELECT"))
			return false;
	}
	return false;
}

static void lint_order(const struct linter *linter, size_t at)
{
	const struct gvnp_sql_token *token = &linter->tokens[at];

	if (gvnp_sql_is_word(token, "LIMIT") && !has_before(linter, at, "ORDER"))
		report(linter, token, "LIMIT without ORDER BY picks any row");
	if (gvnp_sql_is_word(token, "HAVING") && !has_before(linter, at, "GROUP"))
		report(linter, token,
		       "HAVING without GROUP BY is newer than SQLite 3.34"); /* 3.39 */
	if (token->kind == GVNP_SQL_VARIABLE && token->slice.text[0] != ':')
		report(linter, token, "parameters are written :name");
}

static bool ends_item(const struct gvnp_sql_token *token, int depth)
{
	if (token->kind == GVNP_SQL_END || token->depth < depth)
		return true;
	if (token->depth > depth)
		return false;
	return gvnp_sql_is_symbol(token, ",") || gvnp_sql_is_symbol(token, ")") ||
	       gvnp_sql_is_word(token, "FROM") || gvnp_sql_is_word(token, "HAVING") ||
	       gvnp_sql_is_word(token, "ORDER") || gvnp_sql_is_word(token, "LIMIT") ||
	       gvnp_sql_is_word(token, "UNION") || gvnp_sql_is_word(token, "WINDOW");
}

/* The last word of a plain column reference, a or t.a, that stands alone or before an alias. */
static const struct gvnp_sql_token *plain_column(const struct gvnp_sql_token *token)
{
	int depth = token->depth;

	if (token->kind != GVNP_SQL_NAME)
		return NULL;
	if (gvnp_sql_is_symbol(&token[1], ".") && token[2].kind == GVNP_SQL_NAME)
		token += 2;
	if (ends_item(&token[1], depth) || gvnp_sql_is_word(&token[1], "AS"))
		return token;
	return NULL;
}

static bool is_grouped(const struct gvnp_sql_token *group, const struct gvnp_sql_token *column)
{
	int depth = group->depth;

	for (const struct gvnp_sql_token *item = &group[2];; item++) {
		const struct gvnp_sql_token *name = plain_column(item);
		_cleanup_free_ char *word = gvnp_slice_copy(column->slice);

		if (name && gvnp_sql_is_word(name, word))
			return true;
		while (!ends_item(item, depth))
			item++;
		if (!gvnp_sql_is_symbol(item, ","))
			return false;
	}
}

/* A column of a grouped SELECT that is neither grouped nor aggregated is that of any row. */
static void lint_group(const struct linter *linter, size_t at)
{
	const struct gvnp_sql_token *group = &linter->tokens[at];
	size_t select = at;

	if (!gvnp_sql_is_word(group, "GROUP"))
		return;
	while (select && !(linter->tokens[select].depth == group->depth &&
			   gvnp_sql_is_word(&linter->tokens[select], "SELECT")))
		select--;
	const struct gvnp_sql_token *item = &linter->tokens[select + 1];
	for (;; item++) {
		const struct gvnp_sql_token *column = plain_column(item);

		if (column && !is_grouped(group, column))
			report(linter, column,
			       "a column that is neither in GROUP BY nor aggregated "
			       "is that of any row: add it to GROUP BY");
		while (!ends_item(item, group->depth))
			item++;
		if (!gvnp_sql_is_symbol(item, ","))
			return;
	}
}

static bool is_path(const char *name)
{
	return name[0] == '/' && name[1] && !strstr(name, "//") && !strstr(name, "/../") &&
	       !strstr(name, "/./") && !strchr(name, '*') && name[strlen(name) - 1] != '/';
}

/* collected() is about tables that are collected whole. */
static void lint_collected(const struct gvnp_check *check, const struct gvnp_schema *schema,
			   int per, const struct gvnp_helper_use *use,
			   struct gvnp_problems *problems)
{
	struct gvnp_path path;
	const struct gvnp_helper *helper = gvnp_helper_requesting(use->name);
	int line = check->query_line + use->line;

	if (gvnp_schema_table(schema, use->name) < 0 || !strcmp(use->name, "hole") ||
	    !strcmp(use->name, "observation"))
		gvnp_problems_add(problems, check->file, line,
				  "collected(): there is no table of facts %s", use->name);
	else if (helper)
		gvnp_problems_add(problems, check->file, line,
				  "table %s holds only what is named: use the state function, "
				  "like %s_state()",
				  use->name, helper->name);
	else if (per >= 0 && !use->has_object &&
		 gvnp_path_find(schema, gvnp_schema_table(schema, use->name), per, &path))
		gvnp_problems_add(problems, check->file, line,
				  "%s belongs to the objects the check is per: ask about one, "
				  "collected('%s', …)",
				  use->name, use->name);
}

static void lint_uses(const struct gvnp_check *check, const struct gvnp_schema *schema,
		      const struct gvnp_scope *scope, struct gvnp_problems *problems)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "._-/";

	for (size_t i = 0; i < scope->uses.n; i++) {
		const struct gvnp_helper_use *use = &scope->uses.uses[i];
		int line = check->query_line + use->line;

		if (!use->name)
			gvnp_problems_add(
				problems, check->file, line,
				"%s() needs its %s as a literal, because naming a fact is "
				"requesting it",
				use->helper->name,
				use->helper->n_arguments > 1 ? "two names" : "name");
		else if (!use->helper->table)
			lint_collected(check, schema, scope->per, use, problems);
		else if (use->helper->request == GVNP_REQUEST_FILE && !is_path(use->name))
			gvnp_problems_add(problems, check->file, line,
					  "%s is not an absolute path without links to itself",
					  use->name);
		else if (use->helper->request != GVNP_REQUEST_FILE &&
			 (!*use->name || strspn(use->name, plain) != strlen(use->name)))
			gvnp_problems_add(problems, check->file, line, "'%s' is no such name",
					  use->name);
	}
}

void gvnp_lint_sql(const struct gvnp_check *check, const struct gvnp_schema *schema,
		   const struct gvnp_scope *scope, struct gvnp_problems *problems)
{
	_cleanup_(gvnp_sql_tokens_done) struct gvnp_sql_tokens tokens;

	gvnp_sql_tokens_read(check->query, &tokens);
	struct linter linter = { check, problems, tokens.tokens, tokens.n };
	for (size_t i = 0; i < tokens.n; i++) {
		lint_newer(&linter, &tokens.tokens[i]);
		lint_order(&linter, i);
		lint_group(&linter, i);
	}
	lint_uses(check, schema, scope, problems);
	gvnp_lint_values(check, &tokens, schema, scope, problems);
}
