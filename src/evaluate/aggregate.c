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

struct value {
	char *text;
	bool is_number;
	int64_t number;
};

struct list {
	struct value *values;
	size_t n;
	bool has_unreadable;
};

/* Numbers by value and before words, words by bytes. */
static int compare(const void *a, const void *b)
{
	const struct value *left = a, *right = b;

	if (left->is_number != right->is_number)
		return left->is_number ? -1 : 1;
	if (left->is_number && left->number != right->number)
		return left->number < right->number ? -1 : 1;
	return strcmp(left->text, right->text);
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
	list->values = gvnp_grow(list->values, list->n);
	list->values[list->n++].text = gvnp_duplicate(text);
}

static size_t drop_repeated(struct list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		struct value *value = &list->values[i];

		value->is_number = gvnp_parse_integer(value->text, &value->number);
	}
	qsort(list->values, list->n, sizeof *list->values, compare);
	for (size_t i = 0; i < list->n; i++) {
		if (kept && !strcmp(list->values[kept - 1].text, list->values[i].text))
			free(list->values[i].text);
		else
			list->values[kept++] = list->values[i];
	}
	return kept;
}

static void join(sqlite3_context *context, struct list *list)
{
	struct gvnp_buffer text = { 0 };

	if (list->n > 1)
		list->n = drop_repeated(list);
	for (size_t i = 0; i < list->n; i++) {
		if (i && i < MOST_SHOWN)
			gvnp_buffer_append_text(&text, ", ");
		if (i < MOST_SHOWN)
			gvnp_buffer_append_text(&text, list->values[i].text);
		free(list->values[i].text);
	}
	if (list->n > MOST_SHOWN)
		gvnp_buffer_append_format(&text, ", +%zu more", list->n - MOST_SHOWN);
	if (list->has_unreadable)
		gvnp_buffer_append_format(&text, "%s(unreadable)", text.size ? ", " : "");
	size_t size = text.size;
	sqlite3_result_text64(context, gvnp_buffer_take(&text), size, free, SQLITE_UTF8);
}

/* Most lists are of nothing or of one value. */
static void final(sqlite3_context *context)
{
	struct list *list = sqlite3_aggregate_context(context, 0);

	if (!list || (!list->n && !list->has_unreadable))
		sqlite3_result_text64(context, "", 0, SQLITE_STATIC, SQLITE_UTF8);
	else if (list->n == 1 && !list->has_unreadable)
		sqlite3_result_text64(context, list->values[0].text, strlen(list->values[0].text),
				      free, SQLITE_UTF8);
	else
		join(context, list);
	if (list)
		free(list->values);
}

int gvnp_aggregate_register(sqlite3 *database)
{
	return sqlite3_create_function_v2(database, "list", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
					  NULL, NULL, step, final, NULL)
		       ? -EIO
		       : 0;
}
