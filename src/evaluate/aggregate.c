/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list(x): the distinct values, sorted, at most 20 and "+n more", so that evidence stays short and
 * never shows the order of rows. A value that could not be read shows as "(unreadable)".
 */
#include "evaluate/aggregate.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"

enum { MOST_SHOWN = 20, MOST_KEPT = 100000 };

struct list {
	char **texts;
	size_t n;
	bool has_unreadable;
};

/* Numbers by value and before words, words by bytes. */
static int compare(const void *a, const void *b)
{
	const char *left = *(char *const *)a, *right = *(char *const *)b;
	int64_t left_number, right_number;
	bool is_left = gvnp_parse_integer(left, &left_number);
	bool is_right = gvnp_parse_integer(right, &right_number);

	if (is_left != is_right)
		return is_left ? -1 : 1;
	if (is_left && left_number != right_number)
		return left_number < right_number ? -1 : 1;
	return strcmp(left, right);
}

static void step(sqlite3_context *context, int n, sqlite3_value **values)
{
	struct list *list = sqlite3_aggregate_context(context, sizeof *list);
	const char *text;

	(void)n;
	if (!list)
		gvnp_out_of_memory();
	if (sqlite3_value_type(values[0]) == SQLITE_NULL) {
		list->has_unreadable = true;
		return;
	}
	text = (const char *)sqlite3_value_text(values[0]);
	if (!text || list->n >= MOST_KEPT)
		return;
	list->texts = gvnp_grow(list->texts, list->n);
	list->texts[list->n++] = gvnp_duplicate(text);
}

static size_t drop_repeated(struct list *list)
{
	size_t kept = 0;

	qsort(list->texts, list->n, sizeof *list->texts, compare);
	for (size_t i = 0; i < list->n; i++) {
		if (kept && !strcmp(list->texts[kept - 1], list->texts[i]))
			free(list->texts[i]);
		else
			list->texts[kept++] = list->texts[i];
	}
	return kept;
}

static void final(sqlite3_context *context)
{
	struct list *list = sqlite3_aggregate_context(context, 0);
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };

	if (list && list->n)
		list->n = drop_repeated(list);
	for (size_t i = 0; list && i < list->n; i++) {
		if (i && i < MOST_SHOWN)
			gvnp_buffer_append_text(&text, ", ");
		if (i < MOST_SHOWN)
			gvnp_buffer_append_text(&text, list->texts[i]);
		free(list->texts[i]);
	}
	if (list && list->n > MOST_SHOWN)
		gvnp_buffer_append_format(&text, ", +%zu more", list->n - MOST_SHOWN);
	if (list && list->has_unreadable)
		gvnp_buffer_append_format(&text, "%s(unreadable)", text.size ? ", " : "");
	if (list)
		free(list->texts);
	sqlite3_result_text64(context, gvnp_buffer_text(&text), text.size, SQLITE_TRANSIENT,
			      SQLITE_UTF8);
}

int gvnp_aggregate_register(sqlite3 *database)
{
	return sqlite3_create_function_v2(database, "list", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
					  NULL, NULL, step, final, NULL)
		       ? -EIO
		       : 0;
}
