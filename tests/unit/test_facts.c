/* SPDX-License-Identifier: Apache-2.0 */
/* The database of facts: what gets in, what is refused, and that nothing is lost silently. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "facts/store.h"

#define _cleanup_facts_ _cleanup_(gvnp_facts_freep)

/* The first column of the first row as text; "(none)" without a row, "(null)" for NULL. */
static char *ask(struct gvnp_facts *facts, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	char *answer;

	assert_int_equal(sqlite3_prepare_v2(gvnp_facts_database(facts), sql, -1, &statement, NULL),
			 SQLITE_OK);
	if (sqlite3_step(statement) != SQLITE_ROW)
		answer = gvnp_duplicate("(none)");
	else if (sqlite3_column_type(statement, 0) == SQLITE_NULL)
		answer = gvnp_duplicate("(null)");
	else
		answer = gvnp_duplicate((const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	return answer;
}

#define assert_answer(facts, sql, expected)                                                        \
	do {                                                                                       \
		_cleanup_free_ char *answer_ = ask(facts, sql);                                    \
		assert_string_equal(answer_, expected);                                            \
	} while (0)

static void a_new_database_has_every_table_and_none_is_collected(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	assert_true(gvnp_facts_has_table(facts, "domain"));
	assert_true(gvnp_facts_has_table(facts, "sysctl"));
	assert_false(gvnp_facts_has_table(facts, "domains"));
	assert_false(gvnp_facts_is_collected(facts, "domain"));
	gvnp_facts_collected(facts, "domain");
	assert_true(gvnp_facts_is_collected(facts, "domain"));
	assert_false(gvnp_facts_is_collected(facts, "domain_device"));
	assert_true(gvnp_facts_is_collected(facts, "hole"));
	assert_answer(facts, "SELECT count(*) FROM hole", "0");
}

static void rows_come_back_as_they_went_in(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	gvnp_insert(facts, "sysctl", gvnp_text("name", "kernel.kptr_restrict"),
		    gvnp_text("value", "2"));
	gvnp_insert(facts, "sysctl", gvnp_text("name", "kernel.osrelease"),
		    gvnp_text("value", NULL));
	gvnp_insert(facts, "cpu_set_member", gvnp_integer("cpu_set", 1), gvnp_integer("cpu", 7));
	assert_answer(facts,
		      "SELECT value || typeof(value) FROM sysctl WHERE name = "
		      "'kernel.kptr_restrict'",
		      "2text");
	assert_answer(facts, "SELECT value FROM sysctl WHERE name = 'kernel.osrelease'", "(null)");
	assert_answer(facts, "SELECT cpu FROM cpu_set_member WHERE cpu_set = 1", "7");
	assert_answer(facts, "SELECT count(*) FROM hole", "0");
}

static void a_value_outside_an_enumeration_becomes_a_hole(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	gvnp_insert(facts, "domain_device", gvnp_text("domain", "a"), gvnp_text("kind", "flopy"),
		    gvnp_text("model", ""), gvnp_text("name", ""), gvnp_text("origin", "board"),
		    gvnp_text("detail", ""));
	assert_answer(facts, "SELECT count(*) FROM domain_device", "0");
	assert_answer(facts, "SELECT table_name || column_name || object FROM hole",
		      "domain_device");
	assert_answer(facts, "SELECT problem LIKE '%CHECK constraint failed%' FROM hole", "1");
}

static void a_duplicate_key_becomes_a_hole_and_keeps_the_first_row(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	for (int i = 0; i < 3; i++)
		gvnp_insert(facts, "lsm", gvnp_text("name", "apparmor"),
			    gvnp_integer("position", i));
	gvnp_insert(facts, "lsm", gvnp_text("name", "lockdown"), gvnp_integer("position", 9));
	assert_answer(facts, "SELECT group_concat(name || position) FROM lsm",
		      "apparmor0,lockdown9");
	assert_answer(facts, "SELECT count(*) FROM hole", "1");
}

static void missing_and_unknown_columns_become_holes(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	gvnp_insert(facts, "lsm", gvnp_text("name", "apparmor"));
	gvnp_insert(facts, "lsm", gvnp_text("name", "x"), gvnp_integer("rank", 1));
	gvnp_insert(facts, "no_such_table", gvnp_text("name", "x"));
	assert_answer(facts, "SELECT count(*) FROM lsm", "0");
	assert_answer(facts, "SELECT count(*) FROM hole WHERE table_name = 'lsm'", "2");
	assert_answer(facts, "SELECT count(*) FROM hole WHERE table_name = 'no_such_table'", "1");
}

static void a_text_never_gets_into_an_integer_column(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	gvnp_insert(facts, "lsm", gvnp_text("name", "apparmor"), gvnp_text("position", "first"));
	assert_answer(facts, "SELECT count(*) FROM lsm", "0");
	assert_answer(facts, "SELECT problem FROM hole",
		      "a row was refused: a text for the integer column position");
}

static void hostile_text_is_cut_and_cleaned(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	gvnp_insert(facts, "lsm", gvnp_text_sized("name", "a\xff\xc3(\xf0\x9f\x98\x80\0zzz", 12),
		    gvnp_integer("position", 1));
	assert_answer(facts, "SELECT name FROM lsm", "a\xef\xbf\xbd\xef\xbf\xbd(\xf0\x9f\x98\x80");
	gvnp_insert(facts, "lsm", gvnp_text_sized("name", "selinux and more", 7),
		    gvnp_integer("position", 2));
	assert_answer(facts, "SELECT name FROM lsm WHERE position = 2", "selinux");
	assert_answer(facts, "SELECT count(*) FROM hole", "0");
}

static void equal_holes_are_one_and_their_problem_is_formatted(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	for (int i = 0; i < 2; i++)
		gvnp_facts_hole(facts, "process", "exe", "12", "/proc/%d/exe: %s", 12, "refused");
	gvnp_facts_hole(facts, "process", "exe", "13", "/proc/13/exe: refused");
	assert_answer(facts, "SELECT count(*) FROM hole", "2");
	assert_answer(facts, "SELECT problem FROM hole WHERE object = '12'",
		      "/proc/12/exe: refused");
	gvnp_facts_collected(facts, "nonsense");
	assert_answer(facts, "SELECT problem FROM hole WHERE table_name = 'nonsense'",
		      "there is no such table");
}

static void rows_without_their_parents_are_kept(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	gvnp_insert(facts, "domain_pin", gvnp_text("domain", "gone"), gvnp_text("kind", "vcpu"),
		    gvnp_integer("number", 0), gvnp_integer("cpus", 1));
	assert_answer(facts, "SELECT domain FROM domain_pin", "gone");
}

static void a_reset_database_is_new_again(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	gvnp_insert(facts, "lsm", gvnp_text("name", "apparmor"), gvnp_integer("position", 0));
	gvnp_facts_collected(facts, "lsm");
	gvnp_facts_hole(facts, "lsm", "", "", "why");
	gvnp_facts_observation(facts, "read /proc/version", 10, "", 0);
	gvnp_facts_reset(facts);
	assert_false(gvnp_facts_is_collected(facts, "lsm"));
	assert_answer(facts,
		      "SELECT (SELECT count(*) FROM lsm) + (SELECT count(*) FROM hole) + "
		      "(SELECT count(*) FROM observation)",
		      "0");
	gvnp_insert(facts, "lsm", gvnp_text("name", "apparmor"), gvnp_integer("position", 0));
	assert_answer(facts, "SELECT count(*) FROM lsm", "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_database_has_every_table_and_none_is_collected),
		cmocka_unit_test(rows_come_back_as_they_went_in),
		cmocka_unit_test(a_value_outside_an_enumeration_becomes_a_hole),
		cmocka_unit_test(a_duplicate_key_becomes_a_hole_and_keeps_the_first_row),
		cmocka_unit_test(missing_and_unknown_columns_become_holes),
		cmocka_unit_test(a_text_never_gets_into_an_integer_column),
		cmocka_unit_test(hostile_text_is_cut_and_cleaned),
		cmocka_unit_test(equal_holes_are_one_and_their_problem_is_formatted),
		cmocka_unit_test(rows_without_their_parents_are_kept),
		cmocka_unit_test(a_reset_database_is_new_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
