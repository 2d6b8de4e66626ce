/* SPDX-License-Identifier: Apache-2.0 */
/* Prepared inserts and what the store remembers of rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "facts/store.h"

static int64_t count(struct gvnp_facts *facts, const char *sql)
{
	sqlite3_stmt *statement = gvnp_facts_statement(facts, sql);
	int64_t n = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;

	sqlite3_reset(statement);
	return n;
}

/* Examples of checks hand over names that lie where others lay before. */
static void names_that_change_in_place_are_other_names(void **state)
{
	_cleanup_(gvnp_facts_freep) struct gvnp_facts *facts = gvnp_facts_new();
	char table[] = "user_group", column[] = "gid", other[] = "name";

	(void)state;
	gvnp_insert(facts, table, gvnp_text(other, "kvm"), gvnp_integer(column, 1));
	strcpy(table, "process");
	strcpy(column, "uid");
	gvnp_insert(facts, table, gvnp_text(other, "qemu"), gvnp_integer(column, 2),
		    gvnp_integer("pid", 7), gvnp_integer("parent", 1), gvnp_integer("started", 0));
	assert_int_equal(count(facts, "SELECT gid FROM user_group WHERE name = 'kvm'"), 1);
	assert_int_equal(count(facts, "SELECT uid FROM process WHERE name = 'qemu'"), 2);
	assert_int_equal(count(facts, "SELECT count(*) FROM hole"), 0);
}

static void a_null_or_a_column_left_out_is_remembered(void **state)
{
	_cleanup_(gvnp_facts_freep) struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	assert_false(gvnp_facts_may_hold_null(facts, "sysctl"));
	gvnp_insert(facts, "sysctl", gvnp_text("name", "a"), gvnp_text("value", "1"));
	assert_false(gvnp_facts_may_hold_null(facts, "sysctl"));
	gvnp_insert(facts, "sysctl", gvnp_text("name", "b"), gvnp_unreadable("value"));
	assert_true(gvnp_facts_may_hold_null(facts, "sysctl"));
	gvnp_facts_reset(facts);
	assert_false(gvnp_facts_may_hold_null(facts, "sysctl"));
	gvnp_insert(facts, "sysctl", gvnp_text("name", "c"));
	assert_int_equal(count(facts, "SELECT value IS NULL FROM sysctl"), 1);
	assert_true(gvnp_facts_may_hold_null(facts, "sysctl"));
	assert_false(gvnp_facts_may_hold_null(facts, "no_such_table"));
}

static void insert_host(struct gvnp_facts *facts, const char *type, size_t size, int64_t is_virtual)
{
	gvnp_insert(facts, "security", gvnp_text_sized("lockdown", type, size));
	gvnp_insert(facts, "host", gvnp_integer("id", 1), gvnp_integer("is_virtual", is_virtual),
		    gvnp_integer("time", 1));
}

/* SQLite itself is told to ignore the lists of most tables. */
static void what_a_list_does_not_hold_is_refused(void **state)
{
	_cleanup_(gvnp_facts_freep) struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	insert_host(facts, "nonesuch", SIZE_MAX, 2);
	insert_host(facts, "non", SIZE_MAX, -1);
	insert_host(facts, "nonesuch", SIZE_MAX, 10);
	assert_int_equal(count(facts, "SELECT count(*) FROM security"), 0);
	assert_int_equal(count(facts, "SELECT count(*) FROM host"), 0);
	assert_int_equal(count(facts, "SELECT count(*) FROM hole WHERE problem LIKE "
				      "'%CHECK constraint failed: column lockdown'"),
			 1);
	insert_host(facts, "nonesuch", strlen("none"), 0);
	assert_int_equal(count(facts, "SELECT lockdown = 'none' FROM security"), 1);
	assert_int_equal(count(facts, "SELECT is_virtual FROM host"), 0);
}

static void a_table_of_one_row_has_one_row(void **state)
{
	_cleanup_(gvnp_facts_freep) struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	for (int i = 0; i < 3; i++)
		gvnp_insert(facts, "lsm", gvnp_text("name", i ? "yama" : "bpf"),
			    gvnp_integer("position", i));
	for (int i = 0; i < 2; i++)
		gvnp_insert(facts, "security", gvnp_text("lockdown", "none"));
	gvnp_insert(facts, "security", gvnp_integer("id", 2), gvnp_text("lockdown", "none"));
	assert_int_equal(count(facts, "SELECT count(*) FROM security"), 1);
	assert_int_equal(count(facts, "SELECT count(*) FROM lsm"), 2);
}

/* With 1,000 VMs, looking through all rows for each of them would take a million steps. */
static void what_refers_to_a_row_is_found_by_an_index(void **state)
{
	static const char plan[] =
		"EXPLAIN QUERY PLAN SELECT d.uuid, (SELECT max(a.model) FROM domain_device a "
		"WHERE a.domain = d.uuid AND a.kind = 'video') FROM domain d";
	_cleanup_(gvnp_facts_freep) struct gvnp_facts *facts = gvnp_facts_new();
	sqlite3_stmt *row = NULL;
	bool is_covered = false;

	(void)state;
	assert_int_equal(sqlite3_prepare_v2(gvnp_facts_database(facts), plan, -1, &row, NULL),
			 SQLITE_OK);
	while (sqlite3_step(row) == SQLITE_ROW)
		is_covered |=
			strstr((const char *)sqlite3_column_text(row, 3),
			       "COVERING INDEX domain of domain_device (domain=? AND kind=?)") !=
			NULL;
	sqlite3_finalize(row);
	assert_true(is_covered);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_change_in_place_are_other_names),
		cmocka_unit_test(a_null_or_a_column_left_out_is_remembered),
		cmocka_unit_test(what_a_list_does_not_hold_is_refused),
		cmocka_unit_test(a_table_of_one_row_has_one_row),
		cmocka_unit_test(what_refers_to_a_row_is_found_by_an_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
