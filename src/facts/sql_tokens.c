/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts SQL into tokens. The rule it keeps: nothing inside a text or a comment is ever taken for
 * SQL. */
#include "facts/sql_tokens.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct cutter {
	const char *at;
	int line, depth;
	struct gvnp_sql_tokens tokens;
	size_t room;
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void add(struct cutter *cutter, enum gvnp_sql_kind kind, const char *text, size_t size)
{
	struct gvnp_sql_tokens *tokens = &cutter->tokens;

	if (tokens->n == cutter->room) {
		cutter->room = cutter->room ? 2 * cutter->room : 32;
		tokens->tokens =
			gvnp_reallocate_array(tokens->tokens, cutter->room, sizeof *tokens->tokens);
	}
	tokens->tokens[tokens->n++] = (struct gvnp_sql_token){
		.kind = kind,
		.slice = { text, size },
		.line = cutter->line,
		.depth = cutter->depth,
	};
}

static void advance(struct cutter *cutter, const char *to)
{
	for (; cutter->at < to; cutter->at++)
		if (*cutter->at == '\n')
			cutter->line++;
}

/* Blanks and comments. False when a comment does not end. */
static bool skip_blanks(struct cutter *cutter)
{
	for (;;) {
		const char *at = cutter->at;

		if (*at == ' ') {
			cutter->at++;
		} else if (*at >= '\t' && *at <= '\r') {
			advance(cutter, at + 1);
		} else if (at[0] == '-' && at[1] == '-') {
			advance(cutter, at + strcspn(at, "\n"));
		} else if (at[0] == '/' && at[1] == '*') {
			const char *end = strstr(at + 2, "*/");

			advance(cutter, end ? end + 2 : at + strlen(at));
			if (!end)
				return false;
		} else {
			return true;
		}
	}
}

/* A text or name between quotes; a doubled quote stands for itself. */
static void cut_quoted(struct cutter *cutter, char quote, enum gvnp_sql_kind kind)
{
	const char *begin = cutter->at + 1, *end = begin;

	for (;; end++) {
		if (!*end)
			break;
		if (*end == quote && end[1] == quote && quote != ']')
			end++;
		else if (*end == quote)
			break;
	}
	add(cutter, *end ? kind : GVNP_SQL_BROKEN, begin, (size_t)(end - begin));
	advance(cutter, *end ? end + 1 : end);
}

static void cut_symbol(struct cutter *cutter)
{
	static const char *const symbols[] = { "->>", "->", "||", "<=", ">=", "<>",
					       "!=",  "==", "<<", ">>", NULL };
	size_t size = 1;

	for (const char *const *symbol = symbols; *symbol && strchr("-|<>=!", *cutter->at);
	     symbol++)
		if (gvnp_text_starts(cutter->at, *symbol)) {
			size = strlen(*symbol);
			break;
		}
	if (*cutter->at == ')' && cutter->depth)
		cutter->depth--;
	add(cutter, GVNP_SQL_SYMBOL, cutter->at, size);
	if (*cutter->at == '(')
		cutter->depth++;
	cutter->at += size;
}

static size_t word_size(const char *text)
{
	size_t size = 0;

	while (is_letter(text[size]) || is_digit(text[size]) || text[size] == '$')
		size++;
	return size;
}

static void cut_plain(struct cutter *cutter)
{
	const char *at = cutter->at;
	enum gvnp_sql_kind kind = GVNP_SQL_NAME;
	size_t size = 0;

	if (is_digit(*at) || (*at == '.' && is_digit(at[1]))) {
		kind = GVNP_SQL_NUMBER;
		while (is_letter(at[size]) || is_digit(at[size]) || at[size] == '.')
			size++;
	} else if (*at == ':' || *at == '?' || *at == '@' || *at == '$') {
		kind = GVNP_SQL_VARIABLE;
		size = 1 + word_size(at + 1);
	} else if (is_letter(*at)) {
		size = word_size(at);
	} else {
		return cut_symbol(cutter);
	}
	add(cutter, kind, at, size);
	cutter->at += size; /* no line ends in it */
}

void gvnp_sql_tokens_read(const char *sql, struct gvnp_sql_tokens *ret)
{
	gvnp_sql_tokens_read_some(sql, SIZE_MAX, ret);
}

void gvnp_sql_tokens_read_some(const char *sql, size_t most, struct gvnp_sql_tokens *ret)
{
	struct cutter cutter = { .at = sql };

	while (cutter.tokens.n < most) {
		if (!skip_blanks(&cutter)) {
			add(&cutter, GVNP_SQL_BROKEN, cutter.at, 0);
			break;
		}
		if (!*cutter.at)
			break;
		switch (*cutter.at) {
		case '\'':
			cut_quoted(&cutter, '\'', GVNP_SQL_STRING);
			break;
		case '"':
			cut_quoted(&cutter, '"', GVNP_SQL_QUOTED);
			break;
		case '`':
			cut_quoted(&cutter, '`', GVNP_SQL_QUOTED);
			break;
		case '[':
			cut_quoted(&cutter, ']', GVNP_SQL_QUOTED);
			break;
		default:
			cut_plain(&cutter);
		}
	}
	add(&cutter, GVNP_SQL_END, cutter.at, 0);
	cutter.tokens.n--;
	*ret = cutter.tokens;
}

void gvnp_sql_tokens_done(struct gvnp_sql_tokens *tokens)
{
	free(tokens->tokens);
	*tokens = (struct gvnp_sql_tokens){ 0 };
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool gvnp_sql_is_word(const struct gvnp_sql_token *token, const char *word)
{
	if (token->kind != GVNP_SQL_NAME || token->slice.size != strlen(word))
		return false;
	for (size_t i = 0; i < token->slice.size; i++)
		if (lower(token->slice.text[i]) != lower(word[i]))
			return false;
	return true;
}

bool gvnp_sql_is_symbol(const struct gvnp_sql_token *token, const char *symbol)
{
	return token->kind == GVNP_SQL_SYMBOL && gvnp_slice_is(token->slice, symbol);
}

char *gvnp_sql_literal(const struct gvnp_sql_token *token)
{
	char *text = gvnp_slice_copy(token->slice), *to = text;

	if (token->kind != GVNP_SQL_STRING)
		return text;
	for (const char *from = text; *from; from++) {
		*to++ = *from;
		if (*from == '\'')
			from++;
	}
	*to = '\0';
	return text;
}
