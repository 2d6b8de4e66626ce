/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tries whether a `per:` check keeps its promise: the judgement of one object must not depend on
 * another's rows. The example is cut down to one object, and that object is doubled under another
 * key; each time it must be judged as before.
 */
#include "evaluate/lint.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"

/* Far from any number or name an example would use. */
enum { NUMBER_OF_COPY = 1000000 };

struct tryout {
	struct gvnp_trial *trial;
	const struct gvnp_schema *schema;
	const struct gvnp_example *example;
};

static const char *value_text(struct gvnp_pool *pool, const struct gvnp_value *value)
{
	switch (value->kind) {
	case GVNP_VALUE_OMITTED:
	case GVNP_VALUE_NULL:
		return NULL;
	case GVNP_VALUE_INTEGER:
		return gvnp_pool_format(pool, "%lld", (long long)value->integer);
	case GVNP_VALUE_TEXT:
		return value->text;
	}
	return NULL;
}

static const struct gvnp_example_row *find_row(const struct tryout *tryout, int table,
					       const char *key)
{
	for (size_t i = 0; i < tryout->example->n_rows; i++) {
		const struct gvnp_example_row *row = &tryout->example->rows[i];
		const char *own;

		if (row->table != table)
			continue;
		own = value_text(tryout->trial->pool,
				 &row->values[tryout->schema->tables[table].key]);
		if (own && !strcmp(own, key))
			return row;
	}
	return NULL;
}

/* The key of the object a row belongs to, or NULL when it belongs to none. */
static const char *object_of(const struct tryout *tryout, const struct gvnp_example_row *row)
{
	struct gvnp_path path;
	const char *key;

	if (!gvnp_path_find(tryout->schema, row->table, tryout->trial->scope.per, &path))
		return NULL;
	if (!path.n)
		return value_text(tryout->trial->pool,
				  &row->values[tryout->schema->tables[row->table].key]);
	key = value_text(tryout->trial->pool, &row->values[path.columns[0]]);
	for (int i = 1; i < path.n && key; i++) {
		const struct gvnp_example_row *next = find_row(tryout, path.tables[i], key);

		key = next ? value_text(tryout->trial->pool, &next->values[path.columns[i]]) : NULL;
	}
	return key && *key ? key : NULL;
}

/* The same object under another key, in every column that is its key or leads to it. */
static void rename_values(const struct tryout *tryout, struct gvnp_example_row *row)
{
	const struct gvnp_table *table = &tryout->schema->tables[row->table];
	struct gvnp_pool *pool = tryout->trial->pool;
	struct gvnp_value *values =
		gvnp_pool_allocate_array(pool, table->n_columns, sizeof *values);
	struct gvnp_path path;

	memcpy(values, row->values, table->n_columns * sizeof *values);
	for (size_t c = 0; c < table->n_columns; c++) {
		int next = table->columns[c].references;
		bool leads = next >= 0 &&
			     gvnp_path_find(tryout->schema, next, tryout->trial->scope.per, &path);

		if ((int)c != table->key && !leads)
			continue;
		if (values[c].kind == GVNP_VALUE_INTEGER)
			values[c].integer += NUMBER_OF_COPY;
		else if (values[c].kind == GVNP_VALUE_TEXT && *values[c].text)
			values[c].text = gvnp_pool_format(pool, "%s~copy", values[c].text);
	}
	row->values = values;
}

static void alone(const struct tryout *tryout, const char *object, struct gvnp_example *ret)
{
	*ret = *tryout->example;
	ret->rows = gvnp_pool_allocate_array(tryout->trial->pool, ret->n_rows, sizeof *ret->rows);
	ret->n_rows = 0;
	for (size_t i = 0; i < tryout->example->n_rows; i++) {
		const char *owner = object_of(tryout, &tryout->example->rows[i]);

		if (!owner || !strcmp(owner, object))
			ret->rows[ret->n_rows++] = tryout->example->rows[i];
	}
}

static void doubled(const struct tryout *tryout, const char *object, struct gvnp_example *ret)
{
	size_t n = tryout->example->n_rows;

	*ret = *tryout->example;
	ret->rows = gvnp_pool_allocate_array(tryout->trial->pool, 2 * n, sizeof *ret->rows);
	memcpy(ret->rows, tryout->example->rows, n * sizeof *ret->rows);
	for (size_t i = 0; i < n; i++) {
		const char *owner = object_of(tryout, &tryout->example->rows[i]);

		if (!owner || strcmp(owner, object))
			continue;
		ret->rows[ret->n_rows] = tryout->example->rows[i];
		rename_values(tryout, &ret->rows[ret->n_rows++]);
	}
}

static const struct gvnp_subject *find_subject(const struct gvnp_result *result,
					       const struct gvnp_subject *wanted)
{
	for (size_t i = 0; i < result->n_subjects; i++)
		if (!strcmp(result->subjects[i].object, wanted->object) &&
		    !strcmp(result->subjects[i].subject, wanted->subject))
			return &result->subjects[i];
	return NULL;
}

static void compare(const struct tryout *tryout, const struct gvnp_example *changed,
		    const struct gvnp_subject *before, const char *how)
{
	const struct gvnp_check *check = tryout->trial->check;
	const struct gvnp_subject *after;
	struct gvnp_result result;

	if (!gvnp_trial_judge(tryout->trial, changed, false, &result))
		return;
	after = find_subject(&result, before);
	if (after && after->verdict == before->verdict)
		return;
	gvnp_problems_add(tryout->trial->problems, check->file, tryout->example->line,
			  "per: %s: %s is %s, but %s it is %s: judge the whole host, without per:",
			  check->per, before->subject, gvnp_verdict_name(before->verdict), how,
			  after ? gvnp_verdict_name(after->verdict) : "not returned");
}

size_t gvnp_independence_try(struct gvnp_trial *trial, const struct gvnp_example *example,
			     const struct gvnp_result *result)
{
	struct tryout tryout = { trial, trial->engine->schema, example };
	size_t n = 0;

	for (size_t i = 0; i < result->n_subjects; i++) {
		const struct gvnp_subject *subject = &result->subjects[i];
		struct gvnp_example changed;

		if (!*subject->object)
			continue;
		alone(&tryout, subject->object, &changed);
		compare(&tryout, &changed, subject, "without the others");
		doubled(&tryout, subject->object, &changed);
		compare(&tryout, &changed, subject, "beside a copy of itself");
		n += 2;
	}
	return n;
}
