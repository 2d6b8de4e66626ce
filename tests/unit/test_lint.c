/* SPDX-License-Identifier: Apache-2.0 */
/* Lint: what authors of checks are told. */
#include "check_folder.h"

#include "evaluate/lint.h"

static const char *lint(struct folder *folder, const char *text)
{
	_cleanup_free_ char *path = gvnp_format("%s/escape/escape-a.yaml", folder->path);
	const char *const paths[] = { path, NULL };
	size_t n_checks, n_examples;

	folder_write(folder, "escape/escape-a.yaml", text);
	gvnp_lint(paths, &folder->problems, &n_checks, &n_examples);
	return render(folder);
}

#define FLOPPY                                                                                     \
	"per: domain\n"                                                                            \
	"query: |\n"                                                                               \
	"  SELECT d.uuid AS object, d.name AS subject,\n"                                          \
	"         NOT EXISTS (SELECT 1 FROM domain_device v\n"                                     \
	"                      WHERE v.domain = d.uuid AND v.kind = 'fdc') AS pass\n"              \
	"    FROM domain d\n"
#define PASSES "  - given: {domain: [{uuid: a, name: amf}]}\n    expect: pass\n"
#define FAILS                                                                                      \
	"  - given: {domain: [{uuid: a, name: amf}], domain_device: [{domain: a, kind: fdc}]}\n"   \
	"    expect: fail\n"

static void a_good_check_passes_lint(void **state)
{
	FOLDER(folder);

	(void)state;
	assert_string_equal(lint(&folder, HEAD FLOPPY TAIL "examples:\n" PASSES FAILS), "");
}

static void lint_wants_a_passing_and_a_failing_example(void **state)
{
	FOLDER(folder);

	(void)state;
	assert_string_equal(lint(&folder, HEAD FLOPPY TAIL "examples:\n" PASSES),
			    "escape/escape-a.yaml:0: no example fails\n");
	assert_string_equal(lint(&folder, HEAD FLOPPY TAIL "examples: []\n"),
			    "escape/escape-a.yaml:0: no example passes\n"
			    "escape/escape-a.yaml:0: no example fails\n");
	assert_string_equal(lint(&folder, HEAD FLOPPY TAIL),
			    "escape/escape-a.yaml:0: examples are missing\n");
	assert_string_equal(lint(&folder, HEAD FLOPPY "rationale: Why.\nexamples:\n" PASSES FAILS
						      "remediation: How.\n"),
			    "escape/escape-a.yaml:13: examples must be the last key: a run stops "
			    "reading there\n");
}

static void lint_checks_examples_against_the_schema(void **state)
{
	FOLDER(folder);

	(void)state;
	assert_string_equal(lint(&folder, HEAD FLOPPY TAIL
				 "examples:\n" PASSES FAILS "  - given:\n"
				 "      domain: [{uuid: a}, {uuid: null, name: b}]\n"
				 "      domain_device: [{domain: a, kind: flopy}]\n"
				 "      domains: []\n"
				 "      module: [{nme: x}]\n"
				 "      ksm: [{run: many}]\n"
				 "    incomplete: [lms]\n"
				 "    expect: good\n"
				 "    expected: good\n"),
			    "escape/escape-a.yaml:27: unknown key expected\n");
	assert_string_equal(
		lint(&folder, HEAD FLOPPY TAIL "examples:\n" PASSES FAILS "  - given:\n"
					       "      domain: [{uuid: null, name: b}]\n"
					       "      domain_device: [{domain: a, kind: flopy}]\n"
					       "      domains: []\n"
					       "      module: [{nme: x}]\n"
					       "      ksm: [{run: many}]\n"
					       "    incomplete: [lms]\n"
					       "    expect: good\n"),
		"escape/escape-a.yaml:20: uuid cannot be unreadable: the schema says NOT NULL\n"
		"escape/escape-a.yaml:21: kind has a list of values, and this is none of them\n"
		"escape/escape-a.yaml:22: there is no table domains\n"
		"escape/escape-a.yaml:23: table module has no column nme\n"
		"escape/escape-a.yaml:24: run must be an integer\n"
		"escape/escape-a.yaml:25: there is no table lms\n"
		"escape/escape-a.yaml:26: a verdict is pass, fail, inconclusive, not-applicable or "
		"error\n");
	assert_string_equal(
		lint(&folder,
		     HEAD FLOPPY TAIL "examples:\n" PASSES FAILS
				      "  - given: {domain: [{uuid: a}], lsm: [{name: x}]}\n"
				      "    expect: pass\n"),
		"escape/escape-a.yaml:19: the query reads domain.name: the row must give "
		"it\n"
		"escape/escape-a.yaml:19: the query does not read table lsm\n");
}

static void lint_tells_what_an_example_got_instead(void **state)
{
	FOLDER(folder);

	(void)state;
	assert_string_equal(
		lint(&folder, HEAD FLOPPY TAIL
		     "examples:\n" PASSES FAILS "  - given: {domain: [{uuid: a, name: amf}]}\n"
		     "    incomplete: [{table: domain_device, object: a}]\n"
		     "    expect: pass\n"
		     "    subjects: {smf: pass}\n"),
		"escape/escape-a.yaml:19: expected pass, got inconclusive; amf: inconclusive "
		"because "
		"domain_device is incomplete in this example\n"
		"escape/escape-a.yaml:22: expected pass of smf, got amf: inconclusive because "
		"domain_device is incomplete in this example\n");
}

static void a_value_no_column_can_hold_is_refused(void **state)
{
	static const char *const queries[][2] = {
		{ "v.kind = 'flopy'", "'flopy' is not a value of domain_device.kind" },
		{ "'flopy' = v.kind", "'flopy' is not a value of domain_device.kind" },
		{ "v.kind IN ('fdc', 'flopy')", "'flopy' is not a value of domain_device.kind" },
		{ "v.kind NOT IN ('flopy')", "'flopy' is not a value of domain_device.kind" },
		{ "kind IS NOT 'flopy'", "'flopy' is not a value of domain_device.kind" },
		{ "CASE v.kind WHEN 'fdc' THEN 1 WHEN 'flopy' THEN 0 END",
		  "'flopy' is not a value of domain_device.kind" },
		{ "d.is_active = 2", "'2' is not a value of domain.is_active" },
		{ "sysctl_state('a.b') = 'missing'",
		  "'missing' is not a state: known, absent, unreadable or not-collected" },
		{ "cmdline_state('a') IN ('known', 'none')",
		  "'none' is not a state: known, absent, unreadable or not-collected" },
	};
	FOLDER(folder);

	(void)state;
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
		_cleanup_free_ char *text = gvnp_format(
			HEAD "query: SELECT d.name AS subject, %s AS pass FROM domain d JOIN "
			     "domain_device v ON v.domain = d.uuid\n" TAIL "examples: []\n",
			queries[i][0]);
		_cleanup_free_ char *expected =
			gvnp_format("escape/escape-a.yaml:6: %s\n", queries[i][1]);

		assert_string_equal(lint(&folder, text), expected);
	}
}

static void what_other_days_or_other_hosts_answer_differently_is_refused(void **state)
{
	static const char *const queries[][2] = {
		{ "SELECT name AS subject, 1 AS pass FROM lsm LIMIT 1",
		  "LIMIT without ORDER BY picks any row" },
		{ "SELECT name AS subject, count(*) AS pass FROM lsm GROUP BY position",
		  "a column that is neither in GROUP BY nor aggregated is that of any row: add it "
		  "to "
		  "GROUP BY" },
		{ "SELECT l.name AS subject, 1 AS pass FROM lsm l FULL JOIN module m ON 1",
		  "RIGHT and FULL JOIN are newer than SQLite 3.34" },
		{ "WITH x AS MATERIALIZED (SELECT name FROM lsm) SELECT name AS subject, 1 AS pass "
		  "FROM x",
		  "MATERIALIZED is newer than SQLite 3.34" },
		{ "SELECT name AS subject, position IS DISTINCT FROM 1 AS pass FROM lsm",
		  "IS DISTINCT FROM is newer than SQLite 3.34: write IS NOT" },
		{ "SELECT name AS subject, position > 0.5 AS pass FROM lsm",
		  "no fractions: judge by integers" },
		{ "SELECT name AS subject, position = ?1 AS pass FROM lsm",
		  "parameters are written :name" },
		{ "SELECT name AS subject, file_uid('etc/passwd') = 0 AS pass FROM lsm",
		  "etc/passwd is not an absolute path without links to itself" },
		{ "SELECT name AS subject, sysctl('*') = 0 AS pass FROM lsm",
		  "'*' is no such name" },
		{ "SELECT name AS subject, sysctl(name) = 0 AS pass FROM lsm",
		  "sysctl() needs its name as a literal, because naming a fact is requesting it" },
		{ "SELECT name AS subject, collected(name) AS pass FROM lsm",
		  "collected() needs its name as a literal, because naming a fact is requesting "
		  "it" },
		{ "SELECT name AS subject, collected('tmp') AS pass FROM lsm",
		  "collected(): there is no table of facts tmp" },
		{ "SELECT name AS subject, collected('hole') AS pass FROM lsm",
		  "collected(): there is no table of facts hole" },
		{ "SELECT name AS subject, collected('sysctl') AS pass FROM lsm",
		  "table sysctl holds only what is named: use the state function, like "
		  "sysctl_state()" },
	};
	FOLDER(folder);

	(void)state;
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
		_cleanup_free_ char *text =
			gvnp_format(HEAD "query: |\n  %s\n" TAIL "examples: []\n", queries[i][0]);
		_cleanup_free_ char *expected =
			gvnp_format("escape/escape-a.yaml:7: %s\n", queries[i][1]);

		assert_string_equal(lint(&folder, text), expected);
	}
}

static void columns_need_names_and_parameters_a_use(void **state)
{
	FOLDER(folder);

	(void)state;
	assert_string_equal(
		lint(&folder,
		     HEAD "parameters: {most: 1}\nquery: SELECT name AS subject, 1 AS pass, "
			  "position + 1, name AS object, name AS x, name AS x FROM lsm\n" TAIL
			  "examples: []\n"),
		"escape/escape-a.yaml:7: column 3 needs a name in lower case: … AS name\n"
		"escape/escape-a.yaml:7: a column named object is for checks with per:\n"
		"escape/escape-a.yaml:7: two columns are named x\n"
		"escape/escape-a.yaml:0: the query does not use parameter most\n");
}

static void a_result_that_hangs_on_the_order_of_rows_is_found(void **state)
{
	FOLDER(folder);

	(void)state;
	assert_string_equal(
		lint(&folder,
		     HEAD "query: SELECT 'x' AS subject, (SELECT position FROM lsm) = 1 AS "
			  "pass\n" TAIL "examples:\n"
			  "  - given: {lsm: [{name: a, position: 1}]}\n    expect: pass\n"
			  "  - given: {lsm: [{name: a, position: 0}, {name: b, position: 1}]}\n"
			  "    expect: fail\n"),
		"escape/escape-a.yaml:12: the result depends on the order of rows\n");
}

static void per_is_refused_when_objects_depend_on_each_other(void **state)
{
	FOLDER(folder);

	(void)state;
	assert_string_equal(
		lint(&folder,
		     HEAD "per: domain\nquery: |\n  SELECT d.uuid AS object, d.name AS subject,\n"
			  "         NOT EXISTS (SELECT 1 FROM domain_interface o JOIN "
			  "domain_interface i\n"
			  "                      ON o.source = i.source AND o.domain <> i.domain\n"
			  "                      WHERE i.domain = d.uuid) AS pass\n"
			  "    FROM domain d\n" TAIL "examples:\n"
			  "  - given: {domain: [{uuid: a, name: amf}],\n"
			  "            domain_interface: [{domain: a, source: x}]}\n"
			  "    expect: pass\n"
			  "  - given: {domain: [{uuid: a, name: amf}, {uuid: b, name: smf}],\n"
			  "            domain_interface: [{domain: a, source: x}, {domain: b, "
			  "source: x}]}\n"
			  "    expect: fail\n"),
		"escape/escape-a.yaml:16: per: domain: amf is pass, but beside a copy of itself it "
		"is "
		"fail: judge the whole host, without per:\n"
		"escape/escape-a.yaml:19: per: domain: amf is fail, but without the others it is "
		"pass: "
		"judge the whole host, without per:\n"
		"escape/escape-a.yaml:19: per: domain: smf is fail, but without the others it is "
		"pass: "
		"judge the whole host, without per:\n");
}

static void in_a_per_check_collected_names_the_object(void **state)
{
	FOLDER(folder);

	(void)state;
	assert_string_equal(lint(&folder, HEAD
				 "per: domain\nquery: SELECT d.uuid AS object, d.name AS subject, "
				 "collected('domain_device') AS pass FROM domain d\n" TAIL
				 "examples: []\n"),
			    "escape/escape-a.yaml:7: domain_device belongs to the objects the "
			    "check is per: ask "
			    "about one, collected('domain_device', …)\n");
	assert_string_equal(lint(&folder, HEAD
				 "per: domain\nquery: SELECT d.uuid AS object, d.name AS subject, "
				 "d.name <> 'x' AND collected('domain_device', d.uuid) AND "
				 "collected('declared_vmm') AS pass FROM domain d\n" TAIL
				 "examples:\n" PASSES
				 "  - given: {domain: [{uuid: a, name: x}]}\n    expect: fail\n"),
			    "");
}

#define TPM(pass)                                                                                  \
	HEAD "query: SELECT 'TPM' AS subject, " pass " AS pass\n" TAIL "examples:\n"               \
	     "  - given: {tpm: [{device: tpm0}]}\n    expect: pass\n"                              \
	     "  - given: {}\n    expect: fail\n"

static void a_check_that_fails_for_want_of_facts_is_no_proof(void **state)
{
	struct gvnp_lint_counts counts;
	FOLDER(folder);
	_cleanup_free_ char *path = gvnp_format("%s/escape/escape-a.yaml", folder.path);
	const char *const paths[] = { path, NULL };

	(void)state;
	folder_write(&folder, "escape/escape-a.yaml", TPM("EXISTS (SELECT 1 FROM tpm)"));
	gvnp_lint_all(paths, true, &folder.problems, &counts);
	assert_string_equal(render(&folder),
			    "escape/escape-a.yaml:10: false alarm: tpm is missing and the verdict "
			    "is fail\n"
			    "escape/escape-a.yaml:10: false alarm: tpm of tpm0 is missing and the "
			    "verdict is fail\n");
	folder_write(&folder, "escape/escape-a.yaml",
		     TPM("CASE WHEN collected('tpm') THEN EXISTS (SELECT 1 FROM tpm) END"));
	gvnp_lint_all(paths, true, &folder.problems, &counts);
	assert_string_equal(render(&folder), "");
	assert_true(counts.n_proofs >= 6);
}

#define CAUSED(id) HEAD "caused_by: [" id "]\n" FLOPPY TAIL "examples:\n" PASSES FAILS

static void a_cause_is_a_check_of_the_catalogue_without_a_cause_itself(void **state)
{
	FOLDER(folder);

	(void)state;
	assert_string_equal(lint(&folder, CAUSED("escape-b")),
			    "escape/escape-a.yaml:0: caused_by escape-b is not a check\n");
	assert_string_equal(lint(&folder, CAUSED("../../etc/passwd")),
			    "escape/escape-a.yaml:0: caused_by ../../etc/passwd is not a check\n");
	folder_write(&folder, "escape/escape-b.yaml",
		     HEAD FLOPPY TAIL "examples:\n" PASSES FAILS);
	assert_string_equal(lint(&folder, CAUSED("escape-b")), "");
	folder_write(&folder, "escape/escape-b.yaml", CAUSED("escape-a"));
	assert_string_equal(lint(&folder, CAUSED("escape-b")),
			    "escape/escape-a.yaml:0: caused_by escape-b has a cause itself: name "
			    "that one\n");
	assert_string_equal(lint(&folder, CAUSED("escape-a")),
			    "escape/escape-a.yaml:0: caused_by escape-a has a cause itself: name "
			    "that one\n");
}

static void a_site_check_is_linted_alone(void **state)
{
	_cleanup_free_ char *path = NULL;
	size_t n_checks, n_examples;
	FOLDER(folder);

	(void)state;
	path = gvnp_format("%s/site-x.yaml", folder.path);
	const char *const paths[] = { path, NULL };
	folder_write(&folder, "site-x.yaml",
		     HEAD "area: escape\n" FLOPPY TAIL "examples:\n" PASSES FAILS);
	gvnp_lint(paths, &folder.problems, &n_checks, &n_examples);
	assert_string_equal(render(&folder), "");
	assert_int_equal(n_checks, 1);
	assert_int_equal(n_examples, 2);
	folder_write(&folder, "site-x.yaml", HEAD FLOPPY TAIL "examples:\n" PASSES FAILS);
	gvnp_lint(paths, &folder.problems, &n_checks, &n_examples);
	assert_string_equal(render(&folder), "site-x.yaml:1: area is missing\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_check_passes_lint),
		cmocka_unit_test(lint_wants_a_passing_and_a_failing_example),
		cmocka_unit_test(lint_checks_examples_against_the_schema),
		cmocka_unit_test(lint_tells_what_an_example_got_instead),
		cmocka_unit_test(a_value_no_column_can_hold_is_refused),
		cmocka_unit_test(what_other_days_or_other_hosts_answer_differently_is_refused),
		cmocka_unit_test(columns_need_names_and_parameters_a_use),
		cmocka_unit_test(a_result_that_hangs_on_the_order_of_rows_is_found),
		cmocka_unit_test(per_is_refused_when_objects_depend_on_each_other),
		cmocka_unit_test(in_a_per_check_collected_names_the_object),
		cmocka_unit_test(a_check_that_fails_for_want_of_facts_is_no_proof),
		cmocka_unit_test(a_cause_is_a_check_of_the_catalogue_without_a_cause_itself),
		cmocka_unit_test(a_site_check_is_linted_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
