/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding the uses of helper functions in the text of a query: naming a fact is requesting it. The
 * rule it keeps: only a literal names a fact, so that what will be collected is known before
 * anything runs.
 *
 * Most of a query is no use of a helper, so its brackets are looked for, and the word before each
 * one; only what follows a helper's name is cut into tokens. Where it takes more than a glance to
 * tell what stands before a bracket, the whole query is cut.
 */
#include "evaluate/helpers.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"

/* token is the function's name, `(` follows. Every argument must be one text literal; only the
 * object that collected() may be asked about is any expression. */
static void read_use(const struct gvnp_sql_token *token, const struct gvnp_helper *helper,
		     struct gvnp_helper_use *ret)
{
	char *arguments[2] = { NULL, NULL };
	const struct gvnp_sql_token *at = &token[2];
	bool is_literal = true;

	*ret = (struct gvnp_helper_use){ .helper = helper,
					 .table = helper->table,
					 .line = token->line };
	for (int i = 0; i < helper->n_arguments && is_literal; i++) {
		bool is_last = i + 1 == helper->n_arguments;

		is_literal = at->kind == GVNP_SQL_STRING &&
			     (gvnp_sql_is_symbol(&at[1], is_last ? ")" : ",") ||
			      (!helper->table && gvnp_sql_is_symbol(&at[1], ",")));
		if (is_literal)
			arguments[i] = gvnp_sql_literal(at);
		at += 2;
	}
	if (is_literal) {
		ret->name = gvnp_helper_fact_name(helper, arguments[0], arguments[1]);
		/* cmdline() and sysctl_configured() read tables whose rows have no name as key */
		bool is_keyless = helper->request == GVNP_REQUEST_NONE && helper->n_arguments == 1;
		ret->object = gvnp_duplicate(is_keyless ? "" : ret->name);
		ret->table = helper->table ? helper->table : ret->name;
		ret->has_object = !helper->table && gvnp_sql_is_symbol(&token[3], ",");
	}
	free(arguments[0]);
	free(arguments[1]);
}

static void add_use(const struct gvnp_sql_token *token, const struct gvnp_helper *helper,
		    struct gvnp_helper_uses *uses)
{
	uses->uses = gvnp_grow(uses->uses, uses->n);
	read_use(token, helper, &uses->uses[uses->n++]);
}

static void read_whole(const char *sql, struct gvnp_helper_uses *uses)
{
	_cleanup_(gvnp_sql_tokens_done) struct gvnp_sql_tokens tokens;

	gvnp_sql_tokens_read(sql, &tokens);
	for (size_t i = 0; i + 1 < tokens.n; i++) {
		const struct gvnp_sql_token *token = &tokens.tokens[i];
		const struct gvnp_helper *helper;

		if ((token->kind != GVNP_SQL_NAME && token->kind != GVNP_SQL_QUOTED) ||
		    !gvnp_sql_is_symbol(&token[1], "("))
			continue;
		helper = gvnp_helper_find(token->slice);
		if (helper)
			add_use(token, helper, uses);
	}
}

/* What a query is glanced over by: bytes that may begin a text, a name in quotes or a comment, or
 * are the bracket; and NUL. */
static const bool marks[0x100] = {
	['\0'] = true, ['\''] = true, ['"'] = true, ['`'] = true,
	['['] = true,  ['-'] = true,  ['/'] = true, ['('] = true,
};

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

struct finder {
	const char *at;
	/* The last thing that is not plain words: where it begins, and the byte after it. */
	const char *begin, *end;
	char mark; /* its first byte: that of a comment or of a quote */
	/* How far lines were counted. */
	const char *counted;
	int line;
};

/* The closing quote, which is not doubled; NULL: none. */
static const char *find_quote(const char *at, char quote)
{
	for (;; at += 2) {
		at = strchr(at, quote);
		if (!at || quote == ']' || at[1] != quote)
			return at;
	}
}

/* Over a text, a name in quotes or a comment. False when it does not end, and nothing follows. */
static bool skip_marked(struct finder *finder)
{
	const char *at = finder->at, *end;

	switch (*at) {
	case '-':
		end = at + strcspn(at, "\n");
		break;
	case '/':
		end = strstr(at + 2, "*/");
		end = end ? end + 2 : NULL;
		break;
	default:
		end = find_quote(at + 1, *at == '[' ? ']' : *at);
		end = end ? end + 1 : NULL;
	}
	finder->begin = at;
	finder->mark = *at;
	finder->at = finder->end = end;
	return end;
}

/* To the next `(` that is neither in a text or name nor in a comment. */
static bool find_bracket(struct finder *finder)
{
	for (;;) {
		while (!marks[(unsigned char)*finder->at])
			finder->at++;
		char mark = *finder->at, next = mark ? finder->at[1] : '\0';

		if (mark == '(' || !mark)
			return mark;
		if ((mark == '-' && next != '-') || (mark == '/' && next != '*'))
			finder->at++;
		else if (!skip_marked(finder))
			return false;
	}
}

/* What stands before the bracket: its beginning, and the name in *ret, which is empty when it is
 * none. NULL when that takes tokens: after a comment, and where a number or a variable may end. */
static const char *name_before(const struct finder *finder, struct gvnp_slice *ret)
{
	const char *end = finder->at, *begin;

	while (end > finder->end && is_blank(end[-1]))
		end--;
	*ret = (struct gvnp_slice){ end, 0 };
	if (end == finder->end && (finder->mark == '-' || finder->mark == '/'))
		return NULL;
	if (end == finder->end) {
		if (finder->mark && finder->mark != '\'')
			*ret = (struct gvnp_slice){ finder->begin + 1,
						    (size_t)(end - finder->begin) - 2 };
		return finder->begin;
	}
	for (begin = end; begin > finder->end && is_word(begin[-1]);)
		begin--;
	*ret = (struct gvnp_slice){ begin, (size_t)(end - begin) };
	return begin > finder->end && strchr(".:?@", begin[-1]) ? NULL : begin;
}

/* At a helper's name: the name, `(`, and its arguments, each with what follows it. */
static void read_use_at(struct finder *finder, const char *begin, const struct gvnp_helper *helper,
			struct gvnp_helper_uses *uses)
{
	_cleanup_(gvnp_sql_tokens_done) struct gvnp_sql_tokens tokens;
	const char *newline;

	while ((newline = memchr(finder->counted, '\n', (size_t)(begin - finder->counted)))) {
		finder->line++;
		finder->counted = newline + 1;
	}
	gvnp_sql_tokens_read_some(begin, 2 + 2 * (size_t)helper->n_arguments, &tokens);
	tokens.tokens[0].line = finder->line;
	add_use(&tokens.tokens[0], helper, uses);
}

void gvnp_helper_uses_read(const char *sql, struct gvnp_helper_uses *ret)
{
	struct finder finder = { .at = sql, .begin = sql, .end = sql, .counted = sql };

	*ret = (struct gvnp_helper_uses){ 0 };
	for (; find_bracket(&finder); finder.at++) {
		struct gvnp_slice name;
		const char *begin = name_before(&finder, &name);
		const struct gvnp_helper *helper = begin ? gvnp_helper_find(name) : NULL;

		if (helper)
			read_use_at(&finder, begin, helper, ret);
		if (begin)
			continue;
		gvnp_helper_uses_done(ret);
		read_whole(sql, ret);
		return;
	}
}

void gvnp_helper_uses_done(struct gvnp_helper_uses *uses)
{
	for (size_t i = 0; i < uses->n; i++) {
		free(uses->uses[i].name);
		free(uses->uses[i].object);
	}
	free(uses->uses);
	*uses = (struct gvnp_helper_uses){ 0 };
}

const struct gvnp_helper_uses *gvnp_helper_uses_keep(const char *sql, struct gvnp_pool *pool)
{
	struct gvnp_helper_uses *kept = gvnp_pool_allocate(pool, sizeof *kept);
	_cleanup_(gvnp_helper_uses_done) struct gvnp_helper_uses uses;

	gvnp_helper_uses_read(sql, &uses);
	kept->n = uses.n;
	kept->uses = gvnp_pool_allocate_array(pool, uses.n, sizeof *kept->uses);
	for (size_t i = 0; i < uses.n; i++) {
		const struct gvnp_helper_use *use = &uses.uses[i];

		kept->uses[i] = *use;
		if (!use->name)
			continue;
		kept->uses[i].name = (char *)gvnp_pool_text(pool, use->name);
		kept->uses[i].object = (char *)gvnp_pool_text(pool, use->object);
		if (use->table == use->name)
			kept->uses[i].table = kept->uses[i].name;
	}
	return kept;
}
