/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The soundness rule: no pass and no not-applicable from facts that were not collected or not
 * readable. A fail stays a fail. In a `per:` check a gap of one object touches that object only.
 */
#include "evaluate/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"

enum { MOST_PROBLEMS = 3 };

/* A gap that matters to this check. */
struct touch {
	enum gvnp_reach reach;
	const char *object, *problem;
	int table;
	bool is_plain_null; /* says less than a hole of the same table would */
};

struct touches {
	struct touch *touches; /* sorted by reach, then object */
	size_t n;
	size_t n_of_objects; /* the first ones: GVNP_REACH_OBJECT */
};

static void touches_done(struct touches *touches)
{
	free(touches->touches);
}

static void add_touch(struct touches *touches, const struct touch *touch)
{
	touches->touches = gvnp_grow(touches->touches, touches->n);
	touches->touches[touches->n++] = *touch;
}

/* Names the first of the columns; `texts` keeps what was said before. */
static const char *null_problem(struct gvnp_engine *engine, int table, uint64_t columns,
				const char *texts[GVNP_MOST_COLUMNS])
{
	const struct gvnp_table *about = &engine->schema->tables[table];
	size_t column = 0;

	while (!(columns >> column & 1))
		column++;
	if (!texts[column])
		texts[column] = gvnp_pool_format(engine->pool, "%s.%s could not be read",
						 about->name, about->columns[column].name);
	return texts[column];
}

static void gather_read(struct gvnp_engine *engine, const struct gvnp_read *read, int per,
			struct touches *touches)
{
	const struct gvnp_gaps *gaps = gvnp_engine_gaps(engine, read->table, per);
	const char *texts[GVNP_MOST_COLUMNS] = { NULL };

	for (size_t i = 0; i < gaps->n; i++) {
		const struct gvnp_gap *gap = &gaps->gaps[i];
		struct touch touch = { gap->reach, gap->object, gap->problem, read->table, false };

		if (!gap->is_any_column && !(gap->columns & read->columns))
			continue;
		if (!touch.problem) {
			touch.problem = null_problem(engine, read->table,
						     gap->columns & read->columns, texts);
			touch.is_plain_null = true;
		}
		add_touch(touches, &touch);
	}
}

/* A helper function reads one fact by its name; only that fact's gaps matter, to everybody. */
static void gather_use(struct gvnp_engine *engine, const struct gvnp_helper_use *use,
		       struct touches *touches)
{
	int table = gvnp_authorizer_table(&engine->authorizer, use->helper->table);
	const struct gvnp_gaps *gaps = gvnp_engine_gaps(engine, table, -1);
	int column = gvnp_table_column(&engine->schema->tables[table], use->helper->column);

	for (size_t i = 0; i < gaps->n; i++) {
		const struct gvnp_gap *gap = &gaps->gaps[i];
		struct touch touch = { GVNP_REACH_ALL, "", gap->problem, table, false };

		if (*gap->fact && *use->object && strcmp(gap->fact, use->object))
			continue;
		if (!gap->is_any_column && !(gap->columns >> column & 1))
			continue;
		if (!touch.problem) {
			touch.problem = gvnp_pool_format(engine->pool, "%s %s could not be read",
							 use->helper->table, use->name);
			touch.is_plain_null = true;
		}
		add_touch(touches, &touch);
	}
}

/* Of what collected() asks about it matters which rows there are, as if the query read them. */
static void gather_collected(struct gvnp_engine *engine, const struct gvnp_scope *scope,
			     const struct gvnp_helper_use *use, struct touches *touches)
{
	struct gvnp_read read = { .table = gvnp_authorizer_table(&engine->authorizer, use->table) };

	if (!gvnp_reads_find(&scope->reads, read.table))
		gather_read(engine, &read, scope->per, touches);
}

/* Where rows of a table are missing, the rows that refer to them are missing too, and their own
 * table says so only of objects that are known: which rows there are is asked of it as well. */
static void gather_owner(struct gvnp_engine *engine, const struct gvnp_scope *scope, int table,
			 struct touches *touches)
{
	const struct gvnp_table *about = &engine->schema->tables[table];
	int owner = about->object < 0 ? -1 : about->columns[about->object].references;

	if (owner < 0 || owner == table || owner == scope->per ||
	    gvnp_reads_find(&scope->reads, owner))
		return;
	gather_read(engine, &(struct gvnp_read){ .table = owner }, scope->per, touches);
	gather_owner(engine, scope, owner, touches);
}

static int compare_touches(const void *a, const void *b)
{
	const struct touch *left = a, *right = b;

	if (left->reach != right->reach)
		return left->reach < right->reach ? -1 : 1;
	int order = strcmp(left->object, right->object);
	return order ? order : strcmp(left->problem, right->problem);
}

static void gather(struct gvnp_engine *engine, const struct gvnp_scope *scope,
		   struct touches *touches)
{
	for (size_t i = 0; i < scope->reads.n; i++) {
		gather_read(engine, &scope->reads.reads[i], scope->per, touches);
		gather_owner(engine, scope, scope->reads.reads[i].table, touches);
	}
	/* Without all objects there is no judgement of all objects, whatever the query reads. */
	if (scope->per >= 0 && !gvnp_reads_find(&scope->reads, scope->per))
		gather_read(engine, &(struct gvnp_read){ .table = scope->per }, scope->per,
			    touches);
	for (size_t i = 0; i < scope->uses.n; i++)
		if (!scope->uses.uses[i].helper->table)
			gather_collected(engine, scope, &scope->uses.uses[i], touches);
		else if (scope->uses.uses[i].name)
			gather_use(engine, &scope->uses.uses[i], touches);
	if (touches->n)
		qsort(touches->touches, touches->n, sizeof *touches->touches, compare_touches);
	while (touches->n_of_objects < touches->n &&
	       touches->touches[touches->n_of_objects].reach == GVNP_REACH_OBJECT)
		touches->n_of_objects++;
}

/* Does the touch say why nothing is known of this object? An object that has no row of its own may
 * be touched by anything. */
static bool is_about(const struct touch *touch, const char *object, bool has_row)
{
	switch (touch->reach) {
	case GVNP_REACH_ALL:
		return true;
	case GVNP_REACH_OBJECT:
		return !has_row || !strcmp(touch->object, object);
	case GVNP_REACH_OTHERS:
	case GVNP_REACH_NONE:
		return !has_row;
	}
	return true;
}

static bool is_repeated(const struct touch *const *touches, size_t n, size_t at)
{
	for (size_t i = 0; i < n; i++) {
		if (i < at && !strcmp(touches[i]->problem, touches[at]->problem))
			return true;
		if (touches[at]->is_plain_null && !touches[i]->is_plain_null &&
		    touches[i]->table == touches[at]->table)
			return true;
	}
	return false;
}

/* One sentence of at most three problems; NULL when there is none. */
static const char *compose(struct gvnp_engine *engine, const struct touch *const *touches, size_t n)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	size_t n_shown = 0, n_more = 0;

	for (size_t i = 0; i < n; i++) {
		/* Thousands of gaps are told apart only as far as they are shown. */
		if (n_shown == MOST_PROBLEMS) {
			n_more++;
			continue;
		}
		if (is_repeated(touches, n, i))
			continue;
		gvnp_buffer_append_format(&text, "%s%s", n_shown ? "; " : "", touches[i]->problem);
		n_shown++;
	}
	if (n_more)
		gvnp_buffer_append_format(&text, "; and more");
	return n_shown ? gvnp_pool_text(engine->pool, text.data) : NULL;
}

/* Where the touches of this very object begin. */
static size_t first_of(const struct touches *touches, const char *object)
{
	size_t low = 0, high = touches->n_of_objects;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(touches->touches[middle].object, object) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What is missing about one object, or NULL. */
static const char *problem_of(struct gvnp_engine *engine, const struct touches *touches,
			      const char *object, bool has_row)
{
	_cleanup_free_ const struct touch **about = NULL;
	size_t n = 0;

	for (size_t i = has_row ? first_of(touches, object) : 0; i < touches->n; i++) {
		const struct touch *touch = &touches->touches[i];

		if (is_about(touch, object, has_row)) {
			about = gvnp_grow(about, n);
			about[n++] = touch;
		} else if (i < touches->n_of_objects) {
			i = touches->n_of_objects - 1; /* on to those of everybody */
		} else {
			break;
		}
	}
	return compose(engine, about, n);
}

static void degrade(struct gvnp_subject *subject, const char *problem)
{
	if (!problem)
		return;
	if (subject->verdict == GVNP_PASS)
		subject->verdict = GVNP_INCONCLUSIVE;
	if (subject->verdict == GVNP_INCONCLUSIVE)
		subject->problem = problem;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Keys and names live in the engine's cache, the result outlives it. */
static void add_subject(struct gvnp_engine *engine, struct gvnp_result *result, const char *object,
			const char *name, const char *problem)
{
	result->subjects = gvnp_grow(result->subjects, result->n_subjects);
	result->subjects[result->n_subjects++] = (struct gvnp_subject){
		.object = gvnp_pool_text(engine->pool, object),
		.subject = gvnp_pool_text(engine->pool, name),
		.verdict = GVNP_INCONCLUSIVE,
		.problem = problem,
	};
}

/* Adds an object the query did not return, unless nothing about it is missing. */
static void add_missing(struct gvnp_engine *engine, const struct touches *touches,
			const struct gvnp_objects *objects, const char *const *returned,
			size_t n_returned, const char *key, struct gvnp_result *result)
{
	const struct gvnp_object *object = gvnp_objects_get(objects, key);
	const char *problem;

	if (n_returned && bsearch(&key, returned, n_returned, sizeof *returned, compare_texts))
		return;
	problem = problem_of(engine, touches, key, true);
	if (problem)
		add_subject(engine, result, key, object ? object->name : key, problem);
}

static void add_others(struct gvnp_engine *engine, const struct touches *touches,
		       struct gvnp_result *result)
{
	_cleanup_free_ const struct touch **about = NULL;
	size_t n = 0;

	for (size_t i = 0; i < touches->n; i++)
		if (touches->touches[i].reach == GVNP_REACH_OTHERS) {
			about = gvnp_grow(about, n);
			about[n++] = &touches->touches[i];
		}
	if (n)
		add_subject(engine, result, "", "(others)", compose(engine, about, n));
}

static void apply_per(struct gvnp_engine *engine, const struct touches *touches, int per,
		      struct gvnp_result *result)
{
	if (!touches->n)
		return; /* nothing is missing of anything */
	const struct gvnp_objects *objects = gvnp_engine_objects(engine, per);
	size_t n_returned = result->n_subjects;
	_cleanup_free_ const char **returned = gvnp_allocate_array(n_returned, sizeof *returned);

	for (size_t i = 0; i < n_returned; i++) {
		struct gvnp_subject *subject = &result->subjects[i];
		bool has_row = gvnp_objects_get(objects, subject->object);

		degrade(subject, problem_of(engine, touches, subject->object, has_row));
		returned[i] = subject->object;
	}
	qsort(returned, n_returned, sizeof *returned, compare_texts);
	for (size_t i = 0; i < touches->n; i++) {
		const struct touch *touch = &touches->touches[i];
		bool is_first = !i || touch[-1].reach != touch->reach ||
				strcmp(touch[-1].object, touch->object);

		if (touch->reach == GVNP_REACH_OBJECT && is_first &&
		    !gvnp_objects_get(objects, touch->object))
			add_missing(engine, touches, objects, returned, n_returned, touch->object,
				    result);
	}
	for (size_t i = 0; i < objects->n; i++)
		add_missing(engine, touches, objects, returned, n_returned, objects->objects[i].key,
			    result);
	add_others(engine, touches, result);
}

static void apply_whole(struct gvnp_engine *engine, const struct touches *touches,
			struct gvnp_result *result)
{
	const char *problem = problem_of(engine, touches, "", false);

	for (size_t i = 0; i < result->n_subjects; i++)
		degrade(&result->subjects[i], problem);
	if (problem && !result->n_subjects) {
		result->verdict = GVNP_INCONCLUSIVE;
		result->problem = problem;
	}
}

void gvnp_soundness_apply(struct gvnp_engine *engine, const struct gvnp_scope *scope,
			  struct gvnp_result *result)
{
	_cleanup_(touches_done) struct touches touches = { 0 };

	gather(engine, scope, &touches);
	if (scope->per >= 0)
		apply_per(engine, &touches, scope->per, result);
	else
		apply_whole(engine, &touches, result);
}
