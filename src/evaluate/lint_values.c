/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 'flopy' must not pass for ever: a literal compared with an enumerated column, or with the state
 * of a helper function, must be one of its values. A column is resolved through the aliases of the
 * query; where several tables are possible, one that allows the value is enough.
 */
#include "evaluate/lint_values.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "gvnp/check.h"

struct alias {
	struct gvnp_slice name;
	int table;
};

struct values {
	const struct gvnp_check *check;
	const struct gvnp_schema *schema;
	const struct gvnp_scope *scope;
	struct gvnp_problems *problems;
	const struct gvnp_sql_tokens *tokens;
	struct alias *aliases;
	size_t n_aliases;
};

static const char *const states[] = { "known", "absent", "unreadable", "not-collected", NULL };

static int table_of(const struct values *values, const struct gvnp_sql_token *token)
{
	_cleanup_free_ char *name = gvnp_slice_copy(token->slice);

	return token->kind == GVNP_SQL_NAME ? gvnp_schema_table(values->schema, name) : -1;
}

static bool is_keyword(const struct gvnp_sql_token *token)
{
	static const char *const keywords[] = { "WHERE", "ON",	   "JOIN",    "LEFT",	"INNER",
						"CROSS", "GROUP",  "ORDER",   "UNION",	"USING",
						"LIMIT", "HAVING", "NATURAL", "EXCEPT", "INTERSECT",
						"SET",	 NULL };

	for (const char *const *keyword = keywords; *keyword; keyword++)
		if (gvnp_sql_is_word(token, *keyword))
			return true;
	return false;
}

/* "table alias" and "table AS alias" wherever they stand: a table's name followed by a word is
 * nothing else. */
static void find_aliases(struct values *values)
{
	for (size_t i = 0; i < values->tokens->n; i++) {
		const struct gvnp_sql_token *token = &values->tokens->tokens[i];
		const struct gvnp_sql_token *alias = &token[1];
		int table = table_of(values, token);

		if (table < 0 || (i && gvnp_sql_is_symbol(&token[-1], ".")))
			continue;
		if (gvnp_sql_is_word(alias, "AS"))
			alias++;
		if (alias->kind != GVNP_SQL_NAME || is_keyword(alias))
			alias = token;
		values->aliases = gvnp_grow(values->aliases, values->n_aliases);
		values->aliases[values->n_aliases++] = (struct alias){ alias->slice, table };
	}
}

static bool same_name(struct gvnp_slice a, struct gvnp_slice b)
{
	return a.size == b.size && !sqlite3_strnicmp(a.text, b.text, (int)a.size);
}

/* Does this table's column, if it has one of that name, take part? Sets *is_enumerated and tells
 * whether the literal is allowed. */
static bool allows(const struct values *values, int table, const char *column, const char *literal,
		   bool *is_known, char **ret_list)
{
	const struct gvnp_table *about = &values->schema->tables[table];
	int index = gvnp_table_column(about, column);

	if (index < 0)
		return false;
	*is_known = true;
	if (gvnp_column_allows(&about->columns[index], literal))
		return true;
	free(*ret_list);
	*ret_list = gvnp_format("%s.%s", about->name, column);
	return false;
}

/* `column` is the last word of a or t.a. */
static void check_literal(const struct values *values, const struct gvnp_sql_token *column,
			  const struct gvnp_sql_token *token)
{
	_cleanup_free_ char *literal = gvnp_sql_literal(token);
	_cleanup_free_ char *name = gvnp_slice_copy(column->slice);
	_cleanup_free_ char *where = NULL;
	bool is_qualified =
		column > values->tokens->tokens + 1 && gvnp_sql_is_symbol(&column[-1], ".");
	bool is_known = false, is_alias = false;

	for (size_t i = 0; is_qualified && i < values->n_aliases; i++) {
		if (!same_name(values->aliases[i].name, column[-2].slice))
			continue;
		is_alias = true;
		if (allows(values, values->aliases[i].table, name, literal, &is_known, &where))
			return;
	}
	for (size_t i = 0; !is_alias && i < values->scope->reads.n; i++)
		if (allows(values, values->scope->reads.reads[i].table, name, literal, &is_known,
			   &where))
			return;
	if (is_known)
		gvnp_problems_add(values->problems, values->check->file,
				  values->check->query_line + token->line,
				  "'%s' is not a value of %s", literal, where);
}

static void check_state(const struct values *values, const struct gvnp_sql_token *token)
{
	_cleanup_free_ char *literal = gvnp_sql_literal(token);

	for (const char *const *state = states; *state; state++)
		if (!strcmp(*state, literal))
			return;
	gvnp_problems_add(
		values->problems, values->check->file, values->check->query_line + token->line,
		"'%s' is not a state: known, absent, unreadable or not-collected", literal);
}

/* The side of a comparison: a column (its last word), or a helper's state (its closing bracket). */
enum side_kind { SIDE_OTHER, SIDE_COLUMN, SIDE_STATE };

static enum side_kind side_before(const struct values *values, const struct gvnp_sql_token *at)
{
	const struct gvnp_sql_token *first = values->tokens->tokens;
	const struct gvnp_sql_token *open = at;

	if (at->kind == GVNP_SQL_NAME && !is_keyword(at))
		return SIDE_COLUMN;
	if (!gvnp_sql_is_symbol(at, ")"))
		return SIDE_OTHER;
	while (open > first && !(open->depth == at->depth && gvnp_sql_is_symbol(open, "(")))
		open--;
	if (open == first)
		return SIDE_OTHER;
	const struct gvnp_helper *helper = gvnp_helper_find(open[-1].slice);
	return helper && helper->is_state ? SIDE_STATE : SIDE_OTHER;
}

static bool is_literal(const struct gvnp_sql_token *token)
{
	return token->kind == GVNP_SQL_STRING || token->kind == GVNP_SQL_NUMBER;
}

static void check_side(const struct values *values, const struct gvnp_sql_token *side,
		       const struct gvnp_sql_token *literal)
{
	switch (side_before(values, side)) {
	case SIDE_OTHER:
		break;
	case SIDE_COLUMN:
		check_literal(values, side, literal);
		break;
	case SIDE_STATE:
		if (literal->kind == GVNP_SQL_STRING)
			check_state(values, literal);
		break;
	}
}

static bool is_equality(const struct gvnp_sql_token *token)
{
	return gvnp_sql_is_symbol(token, "=") || gvnp_sql_is_symbol(token, "==") ||
	       gvnp_sql_is_symbol(token, "<>") || gvnp_sql_is_symbol(token, "!=") ||
	       gvnp_sql_is_word(token, "IS");
}

/* side = literal, side IS [NOT] literal, literal = side */
static void check_equality(const struct values *values, const struct gvnp_sql_token *operator)
{
	const struct gvnp_sql_token *right = &operator[1];

	if (gvnp_sql_is_word(right, "NOT"))
		right++;
	if (is_literal(right) && !gvnp_sql_is_symbol(&right[1], "||"))
		check_side(values, &operator[-1], right);
	if (!is_literal(&operator[-1]) || right->kind != GVNP_SQL_NAME)
		return;
	if (gvnp_sql_is_symbol(&right[1], "."))
		right += 2;
	if (!gvnp_sql_is_symbol(&right[1], "("))
		check_side(values, right, &operator[-1]);
}

/* side [NOT] IN (literal, …) */
static void check_in(const struct values *values, const struct gvnp_sql_token *in)
{
	const struct gvnp_sql_token *side = gvnp_sql_is_word(&in[-1], "NOT") ? &in[-2] : &in[-1];

	if (side < values->tokens->tokens || !gvnp_sql_is_symbol(&in[1], "("))
		return;
	for (const struct gvnp_sql_token *item = &in[2]; is_literal(item); item += 2) {
		check_side(values, side, item);
		if (!gvnp_sql_is_symbol(&item[1], ","))
			break;
	}
}

/* CASE side WHEN literal … */
static void check_case(const struct values *values, const struct gvnp_sql_token *word)
{
	const struct gvnp_sql_token *when = &word[1];
	int depth = word->depth;

	while (when->kind != GVNP_SQL_END && when->depth >= depth &&
	       !(when->depth == depth && gvnp_sql_is_word(when, "WHEN")))
		when++;
	if (when == &word[1])
		return;
	const struct gvnp_sql_token *side = &when[-1];
	/* Nested CASEs are beyond this; their ENDs end the walk. */
	for (; when->kind != GVNP_SQL_END && when->depth >= depth; when++) {
		if (when->depth == depth &&
		    (gvnp_sql_is_word(when, "END") || gvnp_sql_is_word(when, "CASE")))
			break;
		if (when->depth == depth && gvnp_sql_is_word(when, "WHEN") && is_literal(&when[1]))
			check_side(values, side, &when[1]);
	}
}

void gvnp_lint_values(const struct gvnp_check *check, const struct gvnp_sql_tokens *tokens,
		      const struct gvnp_schema *schema, const struct gvnp_scope *scope,
		      struct gvnp_problems *problems)
{
	struct values values = {
		.check = check,
		.schema = schema,
		.scope = scope,
		.problems = problems,
		.tokens = tokens,
	};

	find_aliases(&values);
	for (size_t i = 1; i < tokens->n; i++) {
		const struct gvnp_sql_token *token = &tokens->tokens[i];

		if (is_equality(token))
			check_equality(&values, token);
		else if (gvnp_sql_is_word(token, "IN"))
			check_in(&values, token);
		else if (gvnp_sql_is_word(token, "CASE"))
			check_case(&values, token);
	}
	free(values.aliases);
}
