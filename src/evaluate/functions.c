/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The helper functions of checks on a database of facts. The rule they keep: NULL unless the fact
 * is known, so that neither an absent nor an unreadable value ever compares like a known one; and a
 * fact nobody asked to collect is an error, never NULL.
 */
#include "gvnp/evaluate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "evaluate/aggregate.h"
#include "evaluate/helpers.h"
#include "facts/store.h"

enum { MOST_HELPERS = 32 };

struct function {
	struct shared *shared;
	const struct gvnp_helper *helper;
	sqlite3_stmt *value; /* one for all functions of the same SQL */
};

/* What all functions of one database share; the facts own it and release it before they close. */
struct shared {
	struct gvnp_facts *facts;
	struct gvnp_names names;
	struct function functions[MOST_HELPERS];
	sqlite3_stmt *values[MOST_HELPERS]; /* to finalize */
	sqlite3_stmt *hole; /* ?1 table, ?2 column, ?3 object: the object of a matching hole */
	sqlite3_stmt *hole_of_rows; /* ?1 table, ?2 object or NULL for any */
};

/* The unary plus and the two ORs keep SQLite from building a table of its own for each IN. */
static const char hole_sql[] = "SELECT max(object) FROM hole WHERE table_name = ?1 "
			       "AND (+column_name = '' OR +column_name = ?2) "
			       "AND (+object = '' OR +object = ?3)";

static const char hole_of_rows_sql[] = "SELECT 1 FROM hole WHERE table_name = ?1 "
				       "AND column_name = '' "
				       "AND (?2 IS NULL OR +object = '' OR +object = ?2)";

static void shared_free(void *data)
{
	struct shared *shared = data;

	for (size_t i = 0; i < MOST_HELPERS; i++)
		sqlite3_finalize(shared->values[i]);
	sqlite3_finalize(shared->hole);
	sqlite3_finalize(shared->hole_of_rows);
	gvnp_names_done(&shared->names);
	free(shared);
}

/* An INTEGER only when the whole text is one: '0' >= 1 would be true. */
static void answer_value(sqlite3_context *context, sqlite3_value *value)
{
	struct gvnp_slice text;
	int64_t integer;

	if (sqlite3_value_type(value) != SQLITE_TEXT) {
		sqlite3_result_value(context, value);
		return;
	}
	text.text = (const char *)sqlite3_value_text(value);
	text.size = (size_t)sqlite3_value_bytes(value);
	if (gvnp_slice_integer(text, &integer))
		sqlite3_result_int64(context, integer);
	else
		sqlite3_result_value(context, value);
}

/* The state of a fact that has no row. */
static const char *missing_state(const struct function *function, const char *object)
{
	const struct shared *shared = function->shared;
	const struct gvnp_helper *helper = function->helper;
	const char *state = "absent";

	if (!gvnp_facts_is_collected(shared->facts, helper->table))
		return "not-collected";
	sqlite3_bind_text(shared->hole, 1, helper->table, -1, SQLITE_STATIC);
	sqlite3_bind_text(shared->hole, 2, helper->column, -1, SQLITE_STATIC);
	sqlite3_bind_text(shared->hole, 3, object, -1, SQLITE_STATIC);
	if (sqlite3_step(shared->hole) == SQLITE_ROW &&
	    sqlite3_column_type(shared->hole, 0) != SQLITE_NULL)
		state = sqlite3_column_bytes(shared->hole, 0) ? "unreadable" : "not-collected";
	sqlite3_reset(shared->hole);
	return state;
}

static void answer(sqlite3_context *context, const struct function *function, bool has_row,
		   const char *object)
{
	const char *state;

	if (!function->helper->is_state) {
		sqlite3_value *value = sqlite3_column_value(function->value, 0);

		if (has_row && function->helper->keeps_type)
			sqlite3_result_value(context, value);
		else if (has_row)
			answer_value(context, value);
		return;
	}
	if (!has_row)
		state = missing_state(function, object);
	else if (sqlite3_column_type(function->value, 0) == SQLITE_NULL)
		state = "unreadable";
	else
		state = "known";
	sqlite3_result_text(context, state, -1, SQLITE_STATIC);
}

static void refuse(sqlite3_context *context, const struct gvnp_helper *helper, const char *name)
{
	_cleanup_free_ char *problem =
		gvnp_format("%s: %s was not requested; name it as a literal", helper->name, name);

	sqlite3_result_error(context, problem, -1);
}

static void call_helper(sqlite3_context *context, int n, sqlite3_value **values)
{
	const struct function *function = sqlite3_user_data(context);
	const struct gvnp_helper *helper = function->helper;
	const char *first = (const char *)sqlite3_value_text(values[0]);
	const char *second = n > 1 ? (const char *)sqlite3_value_text(values[1]) : "";

	if (!first || !second) {
		refuse(context, helper, "NULL");
		return;
	}
	_cleanup_free_ char *name = gvnp_helper_fact_name(helper, first, second);
	if (!gvnp_names_hold(&function->shared->names, helper->request, name)) {
		refuse(context, helper, name);
		return;
	}
	sqlite3_bind_text(function->value, 1, name, -1, SQLITE_STATIC);
	if (sqlite3_bind_parameter_count(function->value) > 1)
		sqlite3_bind_text(function->value, 2, second, -1, SQLITE_STATIC);
	bool has_row = sqlite3_step(function->value) == SQLITE_ROW;
	answer(context, function, has_row, name);
	sqlite3_reset(function->value);
}

/* collected(table[, object]): 1 when no row of the table (of that object) is missing, else NULL; so
 * "WHEN collected('tpm') THEN EXISTS (…)" says that there is none only where that is known. */
static void call_collected(sqlite3_context *context, int n, sqlite3_value **values)
{
	const struct function *function = sqlite3_user_data(context);
	struct shared *shared = function->shared;
	const char *table = (const char *)sqlite3_value_text(values[0]);
	const char *object = n > 1 ? (const char *)sqlite3_value_text(values[1]) : NULL;

	if (!table || !gvnp_facts_has_table(shared->facts, table)) {
		_cleanup_free_ char *problem =
			gvnp_format("collected: there is no table %s", table ? table : "NULL");

		sqlite3_result_error(context, problem, -1);
		return;
	}
	if ((n > 1 && !object) || !gvnp_facts_is_collected(shared->facts, table))
		return;
	sqlite3_bind_text(shared->hole_of_rows, 1, table, -1, SQLITE_STATIC);
	sqlite3_bind_text(shared->hole_of_rows, 2, object, -1, SQLITE_STATIC);
	if (sqlite3_step(shared->hole_of_rows) != SQLITE_ROW)
		sqlite3_result_int(context, 1);
	sqlite3_reset(shared->hole_of_rows);
}

/* Numbers of a dotted version, one by one; what follows the last number is ignored ("-1ubuntu3").
 */
static bool next_number(const char **at, bool *has_more, uint64_t *ret)
{
	size_t size = strspn(*at, "0123456789");

	if (!gvnp_slice_unsigned((struct gvnp_slice){ *at, size }, 10, ret))
		return false;
	*at += size;
	*has_more = **at == '.' && (*at)[1] >= '0' && (*at)[1] <= '9';
	if (*has_more)
		(*at)++;
	return true;
}

static void call_version_at_least(sqlite3_context *context, int n, sqlite3_value **values)
{
	const char *version = (const char *)sqlite3_value_text(values[0]);
	const char *wanted = (const char *)sqlite3_value_text(values[1]);
	bool has_more = true, wants_more = true;

	(void)n;
	if (!version || !wanted)
		return;
	while (has_more || wants_more) {
		uint64_t left = 0, right = 0;

		if ((has_more && !next_number(&version, &has_more, &left)) ||
		    (wants_more && !next_number(&wanted, &wants_more, &right)))
			return; /* not a version: NULL */
		if (left != right) {
			sqlite3_result_int(context, left > right);
			return;
		}
	}
	sqlite3_result_int(context, 1);
}

static int register_collected(sqlite3 *database, struct function *function)
{
	for (int n = 1; n <= 2; n++)
		if (sqlite3_create_function_v2(database, function->helper->name, n,
					       SQLITE_UTF8 | SQLITE_DETERMINISTIC, function,
					       call_collected, NULL, NULL, NULL) != SQLITE_OK)
			return -EIO;
	return 0;
}

static int register_helper(sqlite3 *database, struct function *function)
{
	if (!function->helper->table)
		return register_collected(database, function);
	if (sqlite3_create_function_v2(database, function->helper->name,
				       function->helper->n_arguments,
				       SQLITE_UTF8 | SQLITE_DETERMINISTIC, function, call_helper,
				       NULL, NULL, NULL) != SQLITE_OK)
		return -EIO;
	return 0;
}

static int prepare(sqlite3 *database, const char *sql, sqlite3_stmt **ret)
{
	return sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL) ==
			       SQLITE_OK
		       ? 0
		       : -EIO;
}

/* Prepares what a function answers from, unless another does so with the same SQL. */
static int prepare_value(sqlite3 *database, struct shared *shared, size_t i)
{
	const char *sql = gvnp_helpers[i].sql;

	for (size_t k = 0; k < i && sql; k++)
		if (gvnp_helpers[k].sql && !strcmp(gvnp_helpers[k].sql, sql)) {
			shared->functions[i].value = shared->functions[k].value;
			return 0;
		}
	if (sql && prepare(database, sql, &shared->values[i]))
		return -EIO;
	shared->functions[i].value = shared->values[i];
	return 0;
}

/* After all functions: a function that takes the place of one before it makes SQLite prepare every
 * statement of the database anew. */
static int prepare_statements(sqlite3 *database, struct shared *shared)
{
	int error = prepare(database, hole_sql, &shared->hole);

	if (!error)
		error = prepare(database, hole_of_rows_sql, &shared->hole_of_rows);
	for (size_t i = 0; gvnp_helpers[i].name && !error; i++)
		error = prepare_value(database, shared, i);
	return error;
}

int gvnp_functions_register(struct gvnp_facts *facts, const struct gvnp_names *names)
{
	sqlite3 *database = gvnp_facts_database(facts);
	struct shared *shared = gvnp_allocate(sizeof *shared);
	int error = 0;

	shared->facts = facts;
	gvnp_names_copy(names, &shared->names);
	gvnp_names_sort(&shared->names);
	for (size_t i = 0; gvnp_helpers[i].name && !error; i++) {
		shared->functions[i] = (struct function){ shared, &gvnp_helpers[i], NULL };
		error = register_helper(database, &shared->functions[i]);
	}
	if (!error && sqlite3_create_function_v2(
			      database, "version_at_least", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
			      NULL, call_version_at_least, NULL, NULL, NULL) != SQLITE_OK)
		error = -EIO;
	if (!error)
		error = gvnp_aggregate_register(database);
	if (!error)
		error = prepare_statements(database, shared);
	/* From here on no function points to what an earlier call attached. */
	gvnp_facts_attach(facts, shared, shared_free);
	return error;
}
