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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_change_in_place_are_other_names),
		cmocka_unit_test(a_null_or_a_column_left_out_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
