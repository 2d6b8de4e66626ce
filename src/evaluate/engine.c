/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the query of one check and turns its rows into subjects. What SQL refuses, a result that is
 * no verdict, and a query that does not end are errors, never a verdict.
 */
#include "evaluate/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"

/* The runaway limit counts steps of SQLite's machine, not seconds, so that a slow host judges like
 * a fast one. An ordinary check over 1,000 VMs takes well under a million. */
enum {
	STEPS_AT_ONCE = 10000,
	MOST_CALLS = 5000,
	MOST_SUBJECTS = 100000,
	LONGEST_EVIDENCE = 4096,
	/* A value a query may make: four times what a process's arguments may come to. */
	LONGEST_VALUE = 8 * 1024 * 1024,
};

/* Which columns of a result are not evidence. */
struct shape {
	int n, pass, subject, object;
	const char **names;
};

void gvnp_engine_begin(struct gvnp_engine *engine, struct gvnp_facts *facts,
		       const struct gvnp_names *names, struct gvnp_pool *pool)
{
	const struct gvnp_schema *schema = gvnp_facts_tables(facts);

	*engine = (struct gvnp_engine){ .facts = facts, .schema = schema, .pool = pool };
	engine->gaps = gvnp_allocate_array((schema->n_tables + 1) * schema->n_tables,
					   sizeof *engine->gaps);
	engine->objects = gvnp_allocate_array(schema->n_tables, sizeof *engine->objects);
	engine->generation = gvnp_facts_generation(facts);
	gvnp_authorizer_begin(&engine->authorizer, facts);
	/* Can only fail for want of memory: the statements are ours. */
	if (gvnp_functions_register(facts, names) ||
	    sqlite3_prepare_v2(gvnp_facts_database(facts), gvnp_gaps_sql, -1, &engine->holes,
			       NULL) != SQLITE_OK)
		gvnp_out_of_memory();
}

void gvnp_engine_end(struct gvnp_engine *engine)
{
	gvnp_authorizer_end(&engine->authorizer);
	sqlite3_finalize(engine->holes);
	gvnp_pool_done(&engine->cache);
	free(engine->gaps);
	free(engine->objects);
	gvnp_order_done(&engine->order);
	*engine = (struct gvnp_engine){ 0 };
}

static void forget_what_changed(struct gvnp_engine *engine)
{
	size_t n = engine->schema->n_tables;

	if (engine->generation == gvnp_facts_generation(engine->facts))
		return;
	engine->generation = gvnp_facts_generation(engine->facts);
	gvnp_pool_done(&engine->cache);
	memset(engine->gaps, 0, (n + 1) * n * sizeof *engine->gaps);
	memset(engine->objects, 0, n * sizeof *engine->objects);
}

const struct gvnp_gaps *gvnp_engine_gaps(struct gvnp_engine *engine, int table, int per)
{
	struct gvnp_gaps **slot =
		&engine->gaps[(size_t)(per + 1) * engine->schema->n_tables + (size_t)table];

	if (!*slot) {
		*slot = gvnp_pool_allocate(&engine->cache, sizeof **slot);
		gvnp_gaps_find(engine->facts, engine->holes, table, per, &engine->cache, *slot);
	}
	return *slot;
}

const struct gvnp_objects *gvnp_engine_objects(struct gvnp_engine *engine, int table)
{
	struct gvnp_objects **slot = &engine->objects[table];

	if (!*slot) {
		*slot = gvnp_pool_allocate(&engine->cache, sizeof **slot);
		gvnp_objects_find(engine->facts, table, &engine->cache, *slot);
	}
	return *slot;
}

static void fail(struct gvnp_engine *engine, struct gvnp_result *result, const char *problem)
{
	result->verdict = GVNP_ERROR;
	result->problem = gvnp_pool_text(engine->pool, problem);
	result->n_subjects = 0;
}

static int count_call(void *data)
{
	return ++*(int *)data > MOST_CALLS;
}

/* Nearly every text is short and ASCII, and is copied once. */
static bool is_plain(const char *text, size_t size)
{
	uint64_t bytes, all = 0;
	size_t i = 0;

	if (size > LONGEST_EVIDENCE || memchr(text, '\0', size))
		return false;
	for (; i + sizeof bytes <= size; i += sizeof bytes) {
		memcpy(&bytes, text + i, sizeof bytes);
		all |= bytes;
	}
	for (; i < size; i++)
		all |= (unsigned char)text[i];
	return !(all & UINT64_C(0x8080808080808080));
}

/* There is one thread, so that a value of a column may be asked like any other. */
static const char *read_text(struct gvnp_engine *engine, sqlite3_value *value, const char *before)
{
	const char *text = (const char *)sqlite3_value_text(value);
	size_t size = (size_t)sqlite3_value_bytes(value);

	if (!text || !size)
		return "";
	if (before && strlen(before) == size && !memcmp(before, text, size))
		return before;
	if (is_plain(text, size))
		return gvnp_pool_text_sized(engine->pool, text, size);
	_cleanup_free_ char *clean = gvnp_facts_clean_text(text, size, LONGEST_EVIDENCE);
	return gvnp_pool_text(engine->pool, clean);
}

/* `before` is the text of the same column in the row before, or NULL: many are the same. */
static void read_evidence(struct gvnp_engine *engine, sqlite3_value *value, const char *before,
			  struct gvnp_evidence *ret)
{
	int type = sqlite3_value_type(value);

	ret->text = "";
	ret->is_null = type == SQLITE_NULL;
	ret->is_integer = type == SQLITE_INTEGER;
	if (ret->is_integer)
		ret->integer = sqlite3_value_int64(value);
	else if (!ret->is_null)
		ret->text = read_text(engine, value, before);
}

static void read_verdict(struct gvnp_engine *engine, sqlite3_value *value,
			 struct gvnp_subject *subject)
{
	int type = sqlite3_value_type(value);
	sqlite3_int64 pass = type == SQLITE_INTEGER ? sqlite3_value_int64(value) : -1;

	subject->problem = "";
	if (type == SQLITE_NULL) {
		subject->verdict = GVNP_INCONCLUSIVE;
		subject->problem = "the query returned NULL";
	} else if (pass == 0 || pass == 1) {
		subject->verdict = pass ? GVNP_PASS : GVNP_FAIL;
	} else {
		subject->verdict = GVNP_ERROR;
		subject->problem =
			gvnp_pool_format(engine->pool, "pass is '%.40s', not 0, 1 or NULL",
					 read_text(engine, value, NULL));
	}
}

static void read_subject(struct gvnp_engine *engine, sqlite3_stmt *row, const struct shape *shape,
			 const struct gvnp_subject *before, struct gvnp_subject *ret)
{
	*ret = (struct gvnp_subject){ .object = "" };
	ret->subject = read_text(engine, sqlite3_column_value(row, shape->subject), NULL);
	if (shape->object >= 0)
		ret->object = read_text(engine, sqlite3_column_value(row, shape->object), NULL);
	if (!*ret->subject)
		ret->subject = *ret->object ? ret->object : "(unnamed)";
	read_verdict(engine, sqlite3_column_value(row, shape->pass), ret);
	ret->evidence =
		gvnp_pool_allocate_array(engine->pool, (size_t)shape->n, sizeof *ret->evidence);
	for (int i = 0; i < shape->n; i++) {
		size_t at = ret->n_evidence;

		if (i == shape->pass || i == shape->subject || i == shape->object)
			continue;
		ret->evidence[at].name = shape->names[i];
		read_evidence(engine, sqlite3_column_value(row, i),
			      before ? before->evidence[at].text : NULL, &ret->evidence[at]);
		ret->n_evidence++;
	}
}

static int find_column(sqlite3_stmt *statement, const char *name)
{
	for (int i = 0; i < sqlite3_column_count(statement); i++)
		if (!strcmp(sqlite3_column_name(statement, i), name))
			return i;
	return -1;
}

static bool find_shape(struct gvnp_engine *engine, sqlite3_stmt *statement, bool is_per,
		       struct gvnp_result *result, struct shape *ret)
{
	*ret = (struct shape){
		.n = sqlite3_column_count(statement),
		.pass = find_column(statement, "pass"),
		.subject = find_column(statement, "subject"),
		.object = is_per ? find_column(statement, "object") : -1,
	};
	ret->names = gvnp_pool_allocate_array(engine->pool, (size_t)ret->n, sizeof *ret->names);
	for (int i = 0; i < ret->n; i++)
		ret->names[i] = gvnp_pool_text(engine->pool, sqlite3_column_name(statement, i));
	if (ret->pass < 0)
		fail(engine, result, "the query has no column named pass");
	else if (ret->subject < 0)
		fail(engine, result, "the query has no column named subject");
	else if (is_per && ret->object < 0)
		fail(engine, result, "the query has no column named object, which per: needs");
	else
		return true;
	return false;
}

static bool bind_parameters(struct gvnp_engine *engine, const struct gvnp_check *check,
			    sqlite3_stmt *statement, struct gvnp_result *result)
{
	for (int i = 1; i <= sqlite3_bind_parameter_count(statement); i++) {
		const char *name = sqlite3_bind_parameter_name(statement, i);
		size_t p = 0;

		while (name && p < check->n_parameters &&
		       (*name != ':' || strcmp(check->parameters[p].name, name + 1)))
			p++;
		if (!name || p == check->n_parameters) {
			fail(engine, result,
			     gvnp_pool_format(engine->pool, "%s is not among the parameters",
					      name ? name : "?"));
			return false;
		}
		const struct gvnp_parameter *parameter = &check->parameters[p];
		if (parameter->is_integer)
			sqlite3_bind_int64(statement, i, parameter->integer);
		else
			sqlite3_bind_text(statement, i, parameter->text, -1, SQLITE_STATIC);
	}
	return true;
}

static void run_query(struct gvnp_engine *engine, sqlite3_stmt *statement,
		      const struct shape *shape, struct gvnp_result *result)
{
	sqlite3 *database = gvnp_facts_database(engine->facts);
	int n_calls = 0, state;
	int longest = sqlite3_limit(database, SQLITE_LIMIT_LENGTH, LONGEST_VALUE);

	sqlite3_progress_handler(database, STEPS_AT_ONCE, count_call, &n_calls);
	while ((state = sqlite3_step(statement)) == SQLITE_ROW &&
	       result->n_subjects < MOST_SUBJECTS) {
		size_t n = result->n_subjects++;

		result->subjects = gvnp_grow(result->subjects, n);
		read_subject(engine, statement, shape, n ? &result->subjects[n - 1] : NULL,
			     &result->subjects[n]);
	}
	sqlite3_progress_handler(database, 0, NULL, NULL);
	sqlite3_limit(database, SQLITE_LIMIT_LENGTH, longest);
	if (state == SQLITE_ROW)
		fail(engine, result, "the query returns more than 100,000 subjects");
	else if (state == SQLITE_INTERRUPT)
		fail(engine, result, "the query takes too many steps");
	else if (state != SQLITE_DONE)
		fail(engine, result, sqlite3_errmsg(database));
}

/* Every helper that SQLite calls must be one we found in the text with a literal name. */
static bool check_uses(struct gvnp_engine *engine, const struct gvnp_scope *scope,
		       struct gvnp_result *result)
{
	uint32_t unseen = scope->reads.helpers;

	for (size_t i = 0; i < scope->uses.n; i++) {
		const struct gvnp_helper_use *use = &scope->uses.uses[i];

		unseen &= ~(UINT32_C(1) << (use->helper - gvnp_helpers));
		if (use->name && gvnp_authorizer_table(&engine->authorizer, use->table) >= 0)
			continue;
		fail(engine, result,
		     use->name ? gvnp_pool_format(engine->pool, "%s(): there is no table %s",
						  use->helper->name, use->name)
			       : gvnp_pool_format(engine->pool, "%s() needs a name as a literal",
						  use->helper->name));
		return false;
	}
	if (unseen)
		fail(engine, result, "a helper function is called in a way that hides its name");
	return !unseen;
}

static bool find_per(struct gvnp_engine *engine, const struct gvnp_check *check,
		     struct gvnp_scope *scope, struct gvnp_result *result)
{
	scope->per = check->per ? gvnp_authorizer_table(&engine->authorizer, check->per) : -1;
	if (!check->per || (scope->per >= 0 && engine->schema->tables[scope->per].key >= 0))
		return true;
	fail(engine, result,
	     gvnp_pool_format(engine->pool, "per: %s is not a table with a key", check->per));
	return false;
}

static int compare_tables(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The schema's own name of a table, which outlives the uses of a query. */
static const char *name_of(struct gvnp_engine *engine, const char *table)
{
	int index = gvnp_authorizer_table(&engine->authorizer, table);

	return index < 0 ? gvnp_pool_text(engine->pool, table) : engine->schema->tables[index].name;
}

static void list_tables(struct gvnp_engine *engine, const struct gvnp_scope *scope,
			struct gvnp_result *result)
{
	const char **tables = gvnp_pool_allocate_array(
		engine->pool, scope->reads.n + scope->uses.n + 1, sizeof *tables);
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < scope->reads.n; i++)
		tables[n++] = engine->schema->tables[scope->reads.reads[i].table].name;
	for (size_t i = 0; i < scope->uses.n; i++)
		if (scope->uses.uses[i].table)
			tables[n++] = name_of(engine, scope->uses.uses[i].table);
	qsort(tables, n, sizeof *tables, compare_tables);
	for (size_t i = 0; i < n; i++)
		if (!kept || strcmp(tables[kept - 1], tables[i]))
			tables[kept++] = tables[i];
	tables[kept] = NULL;
	result->tables = tables;
}

/* Facts of an option that was not given: nobody asked the question, which is no gap. */
static bool is_declined(struct gvnp_engine *engine, struct gvnp_result *result)
{
	for (const char *const *table = result->tables; *table; table++)
		if (gvnp_facts_is_declined(engine->facts, *table)) {
			result->problem = gvnp_pool_format(
				engine->pool, "not asked: only --deep reads %s", *table);
			return true;
		}
	return false;
}

static void judge(struct gvnp_engine *engine, const struct gvnp_check *check,
		  sqlite3_stmt *statement, struct gvnp_scope *scope, struct gvnp_result *result)
{
	struct shape shape;

	list_tables(engine, scope, result);
	if (is_declined(engine, result))
		return;
	if (!find_per(engine, check, scope, result) || !check_uses(engine, scope, result) ||
	    !find_shape(engine, statement, check->per, result, &shape) ||
	    !bind_parameters(engine, check, statement, result))
		return;
	run_query(engine, statement, &shape, result);
	if (result->verdict != GVNP_ERROR)
		gvnp_soundness_apply(engine, scope, result);
}

/* A check judges the rows of its per: table. Where all of them are known and there is none, its
 * query has nothing to answer, and preparing it is what costs. */
static bool has_no_object(struct gvnp_engine *engine, const struct gvnp_check *check)
{
	int per = check->per ? gvnp_authorizer_table(&engine->authorizer, check->per) : -1;

	if (per < 0 || engine->schema->tables[per].key < 0)
		return false; /* for judge() to tell */
	return !gvnp_engine_objects(engine, per)->n && !gvnp_engine_gaps(engine, per, per)->n;
}

void gvnp_engine_judge(struct gvnp_engine *engine, const struct gvnp_check *check,
		       struct gvnp_waiver *waivers, size_t n_waivers, struct gvnp_result *ret)
{
	_cleanup_(gvnp_helper_uses_done) struct gvnp_helper_uses own = { 0 };
	struct gvnp_scope scope = { .per = -1 };
	sqlite3_stmt *statement = NULL;
	_cleanup_free_ char *error = NULL;

	forget_what_changed(engine);
	*ret = (struct gvnp_result){ .check = check,
				     .verdict = GVNP_NOT_APPLICABLE,
				     .problem = "" };
	if (has_no_object(engine, check))
		return;
	if (!check->uses)
		gvnp_helper_uses_read(check->query, &own);
	scope.uses = check->uses ? *check->uses : own;
	if (gvnp_prepare(&engine->authorizer, check->query, GVNP_FOR_CHECK, &scope.reads,
			 &statement, &error))
		fail(engine, ret, error);
	else
		judge(engine, check, statement, &scope, ret);
	sqlite3_finalize(statement);
	gvnp_reads_done(&scope.reads);
	gvnp_conclude(&engine->order, engine->pool, ret);
	gvnp_waive(ret, waivers, n_waivers);
}
