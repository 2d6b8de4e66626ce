/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replaying the log of an OVSDB file. Every record is two lines: "OVSDB JSON LENGTH HASH" and one
 * JSON object. The rules kept here: a value is kept as an array of its members, also when it has
 * one; since Open vSwitch 2.15 a record may hold the difference to what was ("_is_diff": members
 * that come or go). Lengths and hashes are not checked: a redacted recording has others. Work is
 * bounded by a number of comparisons.
 */
#include "collect/ovsdb.h"

#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"

enum { MOST_COMPARISONS = 20 * 1000 * 1000 };

struct gvnp_ovsdb {
	json_t *schema; /* table -> its object in the schema */
	json_t *tables; /* table -> id -> column -> array of members */
	uint64_t comparisons;
};

static void json_freep(json_t **value)
{
	json_decref(*value);
}

#define _cleanup_json_ _cleanup_(json_freep)

void gvnp_ovsdb_free(struct gvnp_ovsdb *database)
{
	if (!database)
		return;
	json_decref(database->schema);
	json_decref(database->tables);
	free(database);
}

void gvnp_ovsdb_freep(struct gvnp_ovsdb **database)
{
	gvnp_ovsdb_free(*database);
}

/* ---- values */

/* ["set", […]] and ["map", […]] to the inner array, one atom to an array of it. A new reference. */
static json_t *members_of(json_t *value)
{
	const char *kind = json_string_value(json_array_get(value, 0));
	json_t *inner = json_array_get(value, 1);

	if (kind && json_is_array(inner) && (!strcmp(kind, "set") || !strcmp(kind, "map")))
		return json_incref(inner);
	json_t *members = json_array();

	json_array_append(members, value);
	return members;
}

/* Where the member, or for a map the pair with its key, stands; the size when nowhere. */
static size_t find(struct gvnp_ovsdb *database, json_t *members, json_t *member, bool is_map)
{
	size_t n = json_array_size(members);

	for (size_t i = 0; i < n; i++) {
		json_t *other = json_array_get(members, i);

		database->comparisons++;
		if (is_map ? json_equal(json_array_get(other, 0), json_array_get(member, 0))
			   : json_equal(other, member))
			return i;
	}
	return n;
}

/* What is in both goes, what is new comes; of a map a key with another value changes. */
static json_t *apply_difference(struct gvnp_ovsdb *database, json_t *old, json_t *difference,
				bool is_map)
{
	json_t *result = json_copy(old), *member;
	size_t i;

	json_array_foreach (difference, i, member) {
		size_t at = find(database, result, member, is_map);

		if (database->comparisons > MOST_COMPARISONS)
			break;
		if (at == json_array_size(result))
			json_array_append(result, member);
		else if (is_map && !json_equal(json_array_get(result, at), member))
			json_array_set(result, at, member);
		else
			json_array_remove(result, at);
	}
	return result;
}

/* Whether the schema lets the column hold more than one member, and whether those are pairs. */
static bool is_composite(const struct gvnp_ovsdb *database, const char *table, const char *column,
			 bool *ret_is_map)
{
	json_t *columns = json_object_get(json_object_get(database->schema, table), "columns");
	json_t *type = json_object_get(json_object_get(columns, column), "type");
	json_t *most = json_object_get(type, "max");

	*ret_is_map = json_object_get(type, "value") != NULL;
	return json_is_string(most) || json_integer_value(most) > 1;
}

/* ---- records */

static void apply_row(struct gvnp_ovsdb *database, const char *table, json_t *row, json_t *changes,
		      bool is_difference)
{
	const char *column;
	json_t *value;

	json_object_foreach (changes, column, value) {
		_cleanup_json_ json_t *members = members_of(value);
		json_t *old = json_object_get(row, column);
		bool is_map;

		if (is_difference && old && is_composite(database, table, column, &is_map))
			json_object_set_new(row, column,
					    apply_difference(database, old, members, is_map));
		else
			json_object_set(row, column, members);
	}
}

static bool apply_table(struct gvnp_ovsdb *database, const char *table, json_t *changes,
			bool is_difference)
{
	json_t *rows = json_object_get(database->tables, table), *change;
	const char *id;

	if (!json_is_object(changes))
		return false;
	if (!rows) {
		rows = json_object();
		json_object_set_new(database->tables, table, rows);
	}
	json_object_foreach (changes, id, change) {
		if (json_is_null(change)) {
			json_object_del(rows, id);
			continue;
		}
		if (!json_is_object(change))
			return false;
		if (!json_object_get(rows, id))
			json_object_set_new(rows, id, json_object());
		apply_row(database, table, json_object_get(rows, id), change, is_difference);
	}
	return true;
}

static bool apply_record(struct gvnp_ovsdb *database, json_t *record)
{
	bool is_difference = json_is_true(json_object_get(record, "_is_diff"));
	const char *name;
	json_t *value;

	/* the schema; a new one later on begins an empty database */
	if (json_is_object(json_object_get(record, "tables")) && json_object_get(record, "name")) {
		json_decref(database->schema);
		json_object_clear(database->tables);
		database->schema = json_incref(json_object_get(record, "tables"));
		return true;
	}
	if (!database->schema)
		return false;
	json_object_foreach (record, name, value)
		if (name[0] != '_' && !apply_table(database, name, value, is_difference))
			return false;
	return database->comparisons <= MOST_COMPARISONS;
}

static const char *replay(struct gvnp_ovsdb *database, struct gvnp_slice rest)
{
	struct gvnp_slice head, body;

	while (gvnp_slice_next(&rest, '\n', &head)) {
		json_error_t error;

		if (gvnp_slice_starts(head, "OVSDB CLUSTER "))
			return "a clustered database is not understood";
		if (!gvnp_slice_starts(head, "OVSDB JSON "))
			return database->schema && !rest.size ? NULL : "not an OVSDB file";
		if (!gvnp_slice_next(&rest, '\n', &body))
			break;
		_cleanup_json_ json_t *record = json_loadb(body.text, body.size, 0, &error);
		if (!record && !rest.size)
			break;
		if (!json_is_object(record) || !apply_record(database, record))
			return "a record is malformed";
	}
	return database->schema ? NULL : "no schema in the file";
}

int gvnp_ovsdb_parse(struct gvnp_slice bytes, struct gvnp_ovsdb **ret, const char **ret_problem)
{
	_cleanup_(gvnp_ovsdb_freep) struct gvnp_ovsdb *database = gvnp_allocate(sizeof *database);

	database->tables = json_object();
	const char *problem = replay(database, bytes);

	if (problem) {
		*ret_problem = problem;
		return -EINVAL;
	}
	*ret = gvnp_take(database);
	return 0;
}

/* ---- looking */

bool gvnp_ovsdb_next(const struct gvnp_ovsdb *database, const char *table,
		     struct gvnp_ovsdb_cursor *cursor, struct gvnp_ovsdb_row *ret)
{
	json_t *rows = json_object_get(database->tables, table);

	cursor->iterator = cursor->is_begun ? json_object_iter_next(rows, cursor->iterator)
					    : json_object_iter(rows);
	cursor->is_begun = true;
	if (!cursor->iterator)
		return false;
	*ret = (struct gvnp_ovsdb_row){ json_object_iter_key(cursor->iterator),
					json_object_iter_value(cursor->iterator) };
	return true;
}

static void append_atom(struct gvnp_buffer *text, json_t *atom)
{
	if (text->size)
		gvnp_buffer_append_text(text, " ");
	if (json_is_string(atom))
		gvnp_buffer_append_text(text, json_string_value(atom));
	else if (json_is_integer(atom))
		gvnp_buffer_append_format(text, "%lld", (long long)json_integer_value(atom));
	else if (json_is_boolean(atom))
		gvnp_buffer_append_text(text, json_is_true(atom) ? "true" : "false");
}

char *gvnp_ovsdb_text(const struct gvnp_ovsdb_row *row, const char *column)
{
	struct gvnp_buffer text = { 0 };
	json_t *atom;
	size_t i;

	json_array_foreach (json_object_get(row->columns, column), i, atom)
		append_atom(&text, atom);
	return text.data ? gvnp_buffer_take(&text) : gvnp_duplicate("");
}

const char *gvnp_ovsdb_value(const struct gvnp_ovsdb_row *row, const char *column, const char *key)
{
	json_t *pair;
	size_t i;

	json_array_foreach (json_object_get(row->columns, column), i, pair) {
		const char *name = json_string_value(json_array_get(pair, 0));
		const char *value = json_string_value(json_array_get(pair, 1));

		if (name && value && !strcmp(name, key))
			return value;
	}
	return "";
}

bool gvnp_ovsdb_follow(const struct gvnp_ovsdb *database, const struct gvnp_ovsdb_row *row,
		       const char *column, const char *table, size_t *position,
		       struct gvnp_ovsdb_row *ret)
{
	json_t *references = json_object_get(row->columns, column);
	json_t *rows = json_object_get(database->tables, table);

	while (*position < json_array_size(references)) {
		json_t *reference = json_array_get(references, (*position)++);
		const char *id = json_string_value(json_array_get(reference, 1));
		json_t *columns = id ? json_object_get(rows, id) : NULL;

		if (!columns)
			continue;
		*ret = (struct gvnp_ovsdb_row){ id, columns };
		return true;
	}
	return false;
}
