/* SPDX-License-Identifier: Apache-2.0 */
/* Judging: SQL's three values, what is allowed, evidence, parameters, waivers. */
#include "judge.h"

static void the_three_values_of_sql_are_the_verdict(void **state)
{
	BENCH(bench, "lsm");

	(void)state;
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, 1 AS pass", "pass a=pass");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, 0 AS pass", "fail a=fail");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, NULL AS pass",
		      "inconclusive a=inconclusive[the query returned NULL]");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, 1 AS pass FROM lsm", "not-applicable");
}

static void the_worst_subject_decides_and_subjects_are_sorted(void **state)
{
	BENCH(bench, "lsm");

	(void)state;
	assert_judged(&bench, NULL,
		      "SELECT column1 AS subject, column2 AS pass FROM "
		      "(VALUES ('c', 1), ('b', 0), ('a', NULL), ('d', 7))",
		      "fail a=inconclusive[the query returned NULL] b=fail c=pass "
		      "d=error[pass is '7', not 0, 1 or NULL]");
	assert_judged(&bench, NULL,
		      "SELECT column1 AS subject, column2 AS pass FROM "
		      "(VALUES ('c', 1), ('d', 'yes'))",
		      "error c=pass d=error[pass is 'yes', not 0, 1 or NULL]");
}

static void what_is_no_verdict_is_an_error(void **state)
{
	BENCH(bench, "lsm");

	(void)state;
	assert_judged(&bench, NULL, "SELECT 1 AS pass",
		      "error (the query has no column named subject)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject",
		      "error (the query has no column named pass)");
	assert_judged(&bench, "domain", "SELECT 'a' AS subject, 1 AS pass",
		      "error (the query has no column named object, which per: needs)");
	assert_judged(&bench, "domain_device", "SELECT 'a' AS subject, 1 AS pass, 'a' AS object",
		      "error (per: domain_device is not a table with a key)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, 1 AS pass FROM lms",
		      "error (no such table: lms)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, \"nmae\" AS pass FROM lsm",
		      "error (no such column: nmae)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, 1 AS pass; SELECT 2",
		      "error (there is more than one statement)");
	assert_judged(&bench, NULL, "-- nothing", "error (there is no statement)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, :limit AS pass",
		      "error (:limit is not among the parameters)");
	assert_judged(&bench, NULL, "EXPLAIN SELECT 1", "error (only SELECT is allowed)");
}

static void without_objects_that_are_known_nothing_is_asked(void **state)
{
	static const char sql[] = "SELECT 'a' AS object, 'a' AS subject, 1 AS pass FROM lsm";
	BENCH(bench, "lsm", "domain");

	(void)state;
	gvnp_insert(bench.facts, "lsm", gvnp_text("name", "yama"), gvnp_integer("position", 0));
	assert_judged(&bench, "domain", sql, "not-applicable");
	/* One that could not be read is one. */
	gvnp_facts_hole(bench.facts, "domain", "", "b", "b: gone");
	assert_judged(&bench, "domain", sql,
		      "inconclusive a=inconclusive[b: gone] b=inconclusive[b: gone]");
}

static void what_objects_there_are_must_be_known(void **state)
{
	static const char sql[] = "SELECT uuid AS object, name AS subject, 1 AS pass FROM domain";
	BENCH(bench, "lsm");

	(void)state;
	assert_judged(&bench, "domain", sql,
		      "inconclusive (others)=inconclusive[domain was not collected]");
	gvnp_facts_collected(bench.facts, "domain");
	assert_judged(&bench, "domain", sql, "not-applicable");
}

static void only_reading_facts_is_allowed(void **state)
{
	BENCH(bench, "lsm");

	(void)state;
	assert_judged(&bench, NULL, "DELETE FROM lsm", "error (only SELECT is allowed)");
	assert_judged(&bench, NULL, "PRAGMA user_version", "error (only SELECT is allowed)");
	assert_judged(&bench, NULL, "ATTACH ':memory:' AS x", "error (only SELECT is allowed)");
	assert_judged(&bench, NULL, "SELECT name AS subject, 1 AS pass FROM sqlite_master",
		      "error (sqlite_master is not a table of facts)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, count(*) AS pass FROM sqlite_master",
		      "error (sqlite_master is not a table of facts)");
	/* SQLite would have to make such a table first */
	assert_judged(&bench, NULL,
		      "SELECT name AS subject, 1 AS pass FROM pragma_table_info('lsm')",
		      "error (only SELECT is allowed)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, random() AS pass",
		      "error (function random() is not for checks)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, date('now') AS pass",
		      "error (function date() is not for checks)");
	assert_judged(&bench, NULL, "SELECT group_concat(name) AS subject, 1 AS pass FROM lsm",
		      "error (function group_concat() is not for checks)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, count(*) = 0 AS pass FROM hole",
		      "error (a check must not read table hole: the engine heeds what is missing)");
	assert_judged(&bench, NULL, "SELECT name AS subject, 1 AS pass FROM sysctl",
		      "error (table sysctl holds only what is named: use sysctl('name'))");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, count(*) = 0 AS pass FROM SYSCTL",
		      "error (table sysctl holds only what is named: use sysctl('name'))");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, LENGTH('a') = Max(1, 0) AS pass",
		      "pass a=pass");
}

static void names_are_the_same_in_small_letters_and_in_capitals(void **state)
{
	BENCH(bench, "lsm");

	(void)state;
	gvnp_insert(bench.facts, "lsm", gvnp_text("name", "yama"), gvnp_integer("position", 0));
	gvnp_facts_hole(bench.facts, "lsm", "name", "", "cut short");
	assert_judged(&bench, NULL, "SELECT NAME AS subject, 1 AS pass FROM Lsm",
		      "inconclusive yama=inconclusive[cut short]");
	assert_judged(&bench, NULL, "SELECT position AS subject, 1 AS pass FROM LSM",
		      "pass 0=pass");
	/* a name of the query's own is no fact */
	assert_judged(&bench, NULL,
		      "WITH other (name) AS (VALUES ('a')) SELECT o.name AS subject, 1 AS pass "
		      "FROM other o",
		      "pass a=pass");
}

/* The subjects with their evidence, each check behind '|'. */
static char *render_all(struct bench *bench, const char *const *queries, size_t n)
{
	struct gvnp_buffer text = { 0 };
	struct gvnp_check checks[8] = { 0 };
	struct gvnp_catalogue catalogue = { .checks = checks, .n_checks = n };

	for (size_t i = 0; i < n; i++)
		checks[i] = (struct gvnp_check){ .id = "isolation-test", .query = queries[i] };
	struct gvnp_results *results = gvnp_evaluate(bench->facts, &catalogue);
	for (size_t i = 0; i < n; i++) {
		gvnp_buffer_append_text(&text, "|");
		for (size_t k = 0; k < results->results[i].n_subjects; k++) {
			const struct gvnp_subject *subject = &results->results[i].subjects[k];

			gvnp_buffer_append_format(&text, " %s", subject->subject);
			for (size_t e = 0; e < subject->n_evidence; e++)
				gvnp_buffer_append_format(&text, ":%s",
							  subject->evidence[e].is_null
								  ? "NULL"
								  : subject->evidence[e].text);
		}
	}
	gvnp_results_free(results);
	return gvnp_buffer_take(&text);
}

static void subjects_are_sorted_however_those_of_the_check_before_came(void **state)
{
	static const char *const queries[] = {
		"SELECT column1 AS subject, 1 AS pass FROM (VALUES ('c'), ('a'), ('b'))",
		"SELECT column1 AS subject, 1 AS pass FROM (VALUES ('c'), ('a'), ('b'))",
		"SELECT column1 AS subject, 1 AS pass FROM (VALUES ('b'), ('c'), ('a'))",
		"SELECT column1 AS subject, 1 AS pass FROM (VALUES ('b'), ('a'))",
		"SELECT column1 AS subject, 1 AS pass FROM (VALUES ('c'), ('a'), ('b'))",
		/* alike in all that is compared, which has no NULL: as they came */
		"SELECT 'a' AS subject, 1 AS pass, column1 FROM (VALUES (NULL), (''), (NULL))",
		"SELECT column1 AS subject, 1 AS pass, column2 FROM "
		"(VALUES ('b', ''), ('a', NULL), ('b', NULL))",
	};
	BENCH(bench, "lsm");
	_cleanup_free_ char *text = render_all(&bench, queries, sizeof queries / sizeof *queries);

	(void)state;
	assert_string_equal(text, "| a b c| a b c| a b c| a b| a b c| a:NULL a: a:NULL"
				  "| a:NULL b: b:NULL");
}

static void evidence_that_repeats_is_told_each_time(void **state)
{
	static const char *const queries[] = {
		"SELECT column1 AS subject, 1 AS pass, column2, column3 FROM (VALUES "
		"('a', 'x', 'y'), ('b', 'x', 'x'), ('c', 'xx', 'x'), ('d', NULL, 'x'), "
		"('e', '', 'y'), ('f', 'xx', char(233)), ('g', 'x', char(233)))",
	};
	BENCH(bench, "lsm");
	_cleanup_free_ char *text = render_all(&bench, queries, 1);

	(void)state;
	assert_string_equal(text, "| a:x:y b:x:x c:xx:x d:NULL:x e::y f:xx:\xc3\xa9 g:x:\xc3\xa9");
}

static void a_query_that_does_not_end_is_an_error(void **state)
{
	BENCH(bench, "lsm");

	(void)state;
	assert_judged(&bench, NULL,
		      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
		      "SELECT 'a' AS subject, count(*) AS pass FROM n",
		      "error (the query takes too many steps)");
	assert_judged(&bench, NULL,
		      "WITH RECURSIVE n(x) AS (SELECT 'xxxxxxxx' UNION ALL SELECT x || x FROM n) "
		      "SELECT 'a' AS subject, max(length(x)) AS pass FROM n",
		      "error (string or blob too big)");
}

static void a_helper_without_a_literal_name_is_an_error(void **state)
{
	BENCH(bench, "sysctl", "lsm");

	(void)state;
	assert_judged(&bench, NULL, "SELECT 'k' AS subject, sysctl('a' || '.b') = 1 AS pass",
		      "error (sysctl() needs a name as a literal)");
	assert_judged(&bench, NULL, "SELECT name AS subject, SYSCTL(name) = 1 AS pass FROM lsm",
		      "error (sysctl() needs a name as a literal)");
}

static void evidence_keeps_its_type_its_name_and_a_bounded_size(void **state)
{
	struct gvnp_check check;
	BENCH(bench, "lsm");

	(void)state;
	struct gvnp_results *results =
		judge(&bench, &check, NULL,
		      "SELECT 7 AS number, 'a' AS subject, NULL AS unknown, 1 AS pass, "
		      "'x' AS word, replace(hex('0123456789012345678901234567890123456789012345678"
		      "90123456789'), '3', hex('01234567890123456789012345678901234567890123456789"
		      "0123456789')) AS much");
	const struct gvnp_subject *subject = &results->results[0].subjects[0];
	assert_int_equal(subject->n_evidence, 4);
	assert_string_equal(subject->evidence[0].name, "number");
	assert_true(subject->evidence[0].is_integer);
	assert_int_equal(subject->evidence[0].integer, 7);
	assert_true(subject->evidence[1].is_null);
	assert_string_equal(subject->evidence[2].text, "x");
	assert_int_equal(strlen(subject->evidence[3].text), 4096);
	gvnp_results_free(results);
}

static void parameters_are_bound_by_name(void **state)
{
	BENCH(bench, "lsm");

	(void)state;
	bench.parameters[0] = (struct gvnp_parameter){ "most", true, 3, "" };
	bench.parameters[1] = (struct gvnp_parameter){ "word", false, 0, "x" };
	bench.n_parameters = 2;
	assert_judged(&bench, NULL, "SELECT :word AS subject, 3 <= :most AS pass", "pass x=pass");
	assert_judged(&bench, NULL, "SELECT :word AS subject, 4 <= :most AS pass", "fail x=fail");
	assert_judged(&bench, NULL, "SELECT ? AS subject, 4 <= :most AS pass",
		      "error (? is not among the parameters)");
}

static void a_waiver_covers_open_subjects_until_it_expires(void **state)
{
	static const char query[] = "SELECT column1 AS subject, column2 AS pass FROM "
				    "(VALUES ('a', 0), ('b', 0), ('c', 1))";
	struct gvnp_check check;
	BENCH(bench, "lsm");

	(void)state;
	bench.waivers[0] = (struct gvnp_waiver){ .check = "isolation-test", .subject = "a" };
	bench.n_waivers = 1;
	struct gvnp_results *results = judge(&bench, &check, NULL, query);
	assert_ptr_equal(results->results[0].subjects[0].waiver, &bench.waivers[0]);
	assert_null(results->results[0].subjects[1].waiver);
	assert_false(results->results[0].is_waived);
	assert_true(bench.waivers[0].is_used);
	assert_int_equal(results->results[0].verdict, GVNP_FAIL);
	gvnp_results_free(results);

	bench.waivers[1] = (struct gvnp_waiver){ .check = "isolation-test", .subject = "" };
	bench.n_waivers = 2;
	results = judge(&bench, &check, NULL, query);
	assert_true(results->results[0].is_waived);
	assert_null(results->results[0].subjects[2].waiver);
	gvnp_results_free(results);

	bench.waivers[1].is_expired = true;
	results = judge(&bench, &check, NULL, query);
	assert_false(results->results[0].is_waived);
	gvnp_results_free(results);
}

static void the_tables_of_a_check_are_listed(void **state)
{
	struct gvnp_check check;
	BENCH(bench, "lsm");

	(void)state;
	struct gvnp_results *results = judge(&bench, &check, NULL,
					     "SELECT name AS subject, sysctl('a.b') = 1 AND "
					     "NOT EXISTS (SELECT 1 FROM module) AS pass FROM lsm");
	const char *const *tables = results->results[0].tables;
	assert_string_equal(tables[0], "lsm");
	assert_string_equal(tables[1], "module");
	assert_string_equal(tables[2], "sysctl");
	assert_null(tables[3]);
	gvnp_results_free(results);
}

static void a_query_of_a_person_is_told_what_it_may_not_have_seen(void **state)
{
	_cleanup_free_ char *error = NULL;
	char **lines;
	BENCH(bench, "lsm", "module");

	(void)state;
	struct gvnp_names *names = gvnp_names_of_query("SELECT cmdline('x')");
	assert_int_equal(gvnp_functions_register(bench.facts, names), 0);
	gvnp_names_free(names);
	gvnp_facts_hole(bench.facts, "module", "", "", "cut off");
	assert_int_equal(gvnp_query_incomplete(bench.facts,
					       "SELECT name, random() FROM lsm UNION "
					       "SELECT name, cmdline('x') FROM module",
					       &lines, &error),
			 0);
	assert_string_equal(lines[0], "kernel_parameter: it was not collected");
	assert_string_equal(lines[1], "module: cut off");
	assert_null(lines[2]);
	free(lines[0]);
	free(lines[1]);
	free(lines);
	assert_int_equal(gvnp_query_incomplete(bench.facts, "SELECT name FROM lsm", &lines, &error),
			 0);
	assert_null(lines[0]);
	free(lines);
	assert_int_equal(
		gvnp_query_incomplete(bench.facts,
				      "SELECT l.position FROM lsm l JOIN module USING (name)",
				      &lines, &error),
		0);
	assert_string_equal(lines[0], "module: cut off");
	free(lines[0]);
	free(lines);
	assert_true(gvnp_query_incomplete(bench.facts, "SELECT nme FROM lsm", &lines, &error) < 0);
	assert_string_equal(error, "no such column: nme");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_three_values_of_sql_are_the_verdict),
		cmocka_unit_test(the_worst_subject_decides_and_subjects_are_sorted),
		cmocka_unit_test(what_is_no_verdict_is_an_error),
		cmocka_unit_test(only_reading_facts_is_allowed),
		cmocka_unit_test(names_are_the_same_in_small_letters_and_in_capitals),
		cmocka_unit_test(subjects_are_sorted_however_those_of_the_check_before_came),
		cmocka_unit_test(evidence_that_repeats_is_told_each_time),
		cmocka_unit_test(a_query_that_does_not_end_is_an_error),
		cmocka_unit_test(without_objects_that_are_known_nothing_is_asked),
		cmocka_unit_test(what_objects_there_are_must_be_known),
		cmocka_unit_test(a_helper_without_a_literal_name_is_an_error),
		cmocka_unit_test(evidence_keeps_its_type_its_name_and_a_bounded_size),
		cmocka_unit_test(parameters_are_bound_by_name),
		cmocka_unit_test(a_waiver_covers_open_subjects_until_it_expires),
		cmocka_unit_test(the_tables_of_a_check_are_listed),
		cmocka_unit_test(a_query_of_a_person_is_told_what_it_may_not_have_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
