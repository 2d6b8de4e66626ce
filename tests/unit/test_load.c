/* SPDX-License-Identifier: Apache-2.0 */
/* Reading checks from disk: what is refused, and that every refusal names file and line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "evaluate/yaml.h"
#include "gvnp/check.h"

static const char requirements[] = "req-1:\n"
				   "  specification: TR 33.818\n"
				   "  version: 17.1.0\n"
				   "  status: study\n"
				   "  clause: 5.2.5.6.7.4\n"
				   "  title: VM escape\n"
				   "  gvnp: [2, 3]\n"
				   "  test: TC_X\n"
				   "  alias: [TC X]\n"
				   "  junit: test_x\n"
				   "  claim: precondition\n"
				   "  threat: [vm-escape]\n"
				   "  provenance: seen\n"
				   "  text: |\n"
				   "    What is wanted.\n"
				   "  owed: [try it]\n";

static const char threats[] = "vm-escape:\n"
			      "  title: Escape\n"
			      "  source: TR 33.818\n"
			      "  provenance: seen\n"
			      "  category: tampering\n"
			      "  text: Out of the VM.\n";

#define HEAD                                                                                       \
	"title: No VM has a floppy controller\n"                                                   \
	"severity: high\n"                                                                         \
	"claim: precondition\n"                                                                    \
	"requirement: [req-1]\n"                                                                   \
	"threat: [vm-escape]\n"
#define TAIL                                                                                       \
	"rationale: Why.\n"                                                                        \
	"remediation: How.\n"

struct folder {
	char path[64];
	struct gvnp_problems problems;
	char *rendered;
};

static void folder_new(struct folder *folder)
{
	static const char *const areas[] = { "isolation", "escape", "hardware", "management" };

	*folder = (struct folder){ .path = "/tmp/gvnp-test-XXXXXX" };
	assert_non_null(mkdtemp(folder->path));
	for (size_t i = 0; i < 4; i++) {
		_cleanup_free_ char *path = gvnp_format("%s/%s", folder->path, areas[i]);

		assert_int_equal(mkdir(path, 0700), 0);
	}
}

static void folder_write(const struct folder *folder, const char *name, const char *text)
{
	_cleanup_free_ char *path = gvnp_format("%s/%s", folder->path, name);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fputs(text, file) >= 0, 1);
	assert_int_equal(fclose(file), 0);
}

static void remove_file(const struct folder *folder, const char *name)
{
	_cleanup_free_ char *path = gvnp_format("%s/%s", folder->path, name);

	remove(path);
}

static void folder_done(struct folder *folder)
{
	static const char *const names[] = {
		"requirements.yaml", "threats.yaml", "escape/escape-a.yaml", "escape/escape-b.yaml",
		"escape/note.txt", "escape/floppy.yaml", "escape/escape-B.yaml", "site-x.yaml", "isolation",
		"escape", "hardware", "management", "",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		remove_file(folder, names[i]);
	gvnp_problems_done(&folder->problems);
	free(folder->rendered);
}

#define FOLDER(name)                                                                               \
	_cleanup_(folder_done) struct folder name;                                                 \
	folder_new(&name);                                                                         \
	folder_write(&name, "requirements.yaml", requirements);                                    \
	folder_write(&name, "threats.yaml", threats)

/* The problems, a line each, without the folder. */
static const char *render(struct folder *folder)
{
	struct gvnp_buffer text = { 0 };

	for (size_t i = 0; i < folder->problems.n; i++) {
		const struct gvnp_problem *problem = &folder->problems.problems[i];
		const char *file = problem->file;

		if (gvnp_text_starts(file, folder->path))
			file += strlen(folder->path) + 1;
		gvnp_buffer_append_format(&text, "%s:%d: %s\n", file, problem->line,
					  problem->text);
	}
	free(folder->rendered);
	folder->rendered = gvnp_buffer_take(&text);
	gvnp_problems_done(&folder->problems);
	return folder->rendered;
}

static const char *load(struct folder *folder)
{
	struct gvnp_catalogue *catalogue = NULL;

	gvnp_catalogue_load(folder->path, &folder->problems, &catalogue);
	gvnp_catalogue_free(catalogue);
	return render(folder);
}

static const char *lint(struct folder *folder, const char *text)
{
	_cleanup_free_ char *path = gvnp_format("%s/escape/escape-a.yaml", folder->path);
	const char *const paths[] = { path, NULL };
	size_t n_checks, n_examples;

	folder_write(folder, "escape/escape-a.yaml", text);
	gvnp_lint(paths, &folder->problems, &n_checks, &n_examples);
	return render(folder);
}

static void a_folder_becomes_a_catalogue(void **state)
{
	struct gvnp_catalogue *catalogue;
	FOLDER(folder);

	(void)state;
	folder_write(&folder, "escape/escape-b.yaml",
		     HEAD "parameters: {most: 3, word: some text, quoted: '3'}\n"
			  "per: domain\n"
			  "query: |\n"
			  "  SELECT sysctl('a.b'),\n"
			  "         kconfig('KVM')\n" TAIL "examples: &anchors {are: not read}\n");
	folder_write(&folder, "escape/escape-a.yaml",
		     HEAD "reference: [CVE-2015-3456]\nquery: SELECT file_mode('/dev/kvm')\n" TAIL);
	assert_int_equal(gvnp_catalogue_load(folder.path, &folder.problems, &catalogue), 0);
	assert_int_equal(catalogue->n_checks, 2);
	const struct gvnp_check *first = &catalogue->checks[0], *second = &catalogue->checks[1];
	assert_string_equal(first->id, "escape-a");
	assert_int_equal(first->area, GVNP_ESCAPE);
	assert_int_equal(first->severity, GVNP_HIGH);
	assert_int_equal(first->claim, GVNP_PRECONDITION);
	assert_string_equal(first->reference[0], "CVE-2015-3456");
	assert_null(first->reference[1]);
	assert_string_equal(first->rationale, "Why.");
	assert_int_equal(first->query_line, 7);
	assert_string_equal(second->id, "escape-b");
	assert_string_equal(second->per, "domain");
	assert_int_equal(second->query_line, 9);
	assert_int_equal(second->n_parameters, 3);
	assert_true(second->parameters[0].is_integer);
	assert_int_equal(second->parameters[0].integer, 3);
	assert_string_equal(second->parameters[1].text, "some text");
	assert_false(second->parameters[2].is_integer);
	assert_string_equal(catalogue->names.sysctl[0], "a.b");
	assert_string_equal(catalogue->names.kernel_config[0], "CONFIG_KVM");
	assert_string_equal(catalogue->names.file[0], "/dev/kvm");
	const struct gvnp_requirement *requirement =
		gvnp_catalogue_requirement(catalogue, "req-1");
	assert_true(requirement->applies_to_type_2 && requirement->applies_to_type_3);
	assert_string_equal(requirement->alias[0], "TC X");
	assert_string_equal(requirement->owed[0], "try it");
	assert_string_equal(requirement->text, "What is wanted.");
	assert_string_equal(gvnp_catalogue_threat(catalogue, "vm-escape")->title, "Escape");
	assert_null(gvnp_catalogue_threat(catalogue, "vm"));
	assert_ptr_equal(gvnp_catalogue_check(catalogue, "escape-b"), second);
	gvnp_catalogue_free(catalogue);
}

static void a_wrong_check_tells_all_its_mistakes(void **state)
{
	FOLDER(folder);

	(void)state;
	folder_write(&folder, "escape/escape-a.yaml",
		     "title: ''\n"
		     "severity: severe\n"
		     "claim: out-of-scope\n"
		     "requirement: req-1\n"
		     "colour: red\n"
		     "parameters: [1]\n"
		     "query: []\n"
		     "rationale: x\n");
	assert_string_equal(
		load(&folder),
		"escape/escape-a.yaml:5: unknown key colour\n"
		"escape/escape-a.yaml:1: title is empty\n"
		"escape/escape-a.yaml:2: severity is severe, not one of low, medium, high, critical\n"
		"escape/escape-a.yaml:3: claim is out-of-scope, not one of direct, precondition, "
		"corroborates\n"
		"escape/escape-a.yaml:4: requirement must be a list\n"
		"escape/escape-a.yaml:1: threat is missing\n"
		"escape/escape-a.yaml:6: parameters must be a mapping\n"
		"escape/escape-a.yaml:7: query must be a text of SQL\n"
		"escape/escape-a.yaml:1: remediation is missing\n");
}

static void what_a_check_points_to_must_exist(void **state)
{
	FOLDER(folder);

	(void)state;
	folder_write(&folder, "escape/escape-a.yaml",
		     "title: x\nseverity: low\nclaim: direct\nrequirement: [req-2]\n"
		     "threat: [flood]\nquery: SELECT 1\n" TAIL);
	assert_string_equal(load(&folder),
			    "escape/escape-a.yaml:0: requirement req-2 is not in requirements.yaml\n"
			    "escape/escape-a.yaml:0: threat flood is not in threats.yaml\n");
}

static void names_of_files_are_checked(void **state)
{
	FOLDER(folder);

	(void)state;
	folder_write(&folder, "escape/note.txt", "x");
	folder_write(&folder, "escape/floppy.yaml", HEAD "query: SELECT 1\n" TAIL);
	folder_write(&folder, "escape/escape-B.yaml", HEAD "area: escape\nquery: SELECT 1\n" TAIL);
	assert_string_equal(
		load(&folder),
		"escape/escape-B.yaml:0: the file name must be made of a-z, 0-9 and single dashes\n"
		"escape/escape-B.yaml:6: the area of this check is its folder's name\n"
		"escape/floppy.yaml:0: the file name must begin with escape-\n"
		"escape/note.txt:0: a check's file ends with .yaml\n");
}

static void a_folder_that_is_no_catalogue_is_refused(void **state)
{
	struct gvnp_catalogue *catalogue = NULL;
	struct gvnp_problems problems = { 0 };

	(void)state;
	assert_true(gvnp_catalogue_load("/nonexistent", &problems, &catalogue) < 0);
	assert_null(catalogue);
	assert_string_equal(problems.problems[0].file, "/nonexistent/requirements.yaml");
	assert_string_equal(problems.problems[0].text, "No such file or directory");
	gvnp_problems_done(&problems);
}

/* The problem of one YAML text as "line: words", or "". */
static char *parse(const char *text, size_t size)
{
	struct gvnp_pool pool = { 0 };
	struct gvnp_problems problems = { 0 };
	struct gvnp_yaml_node *top = NULL;
	char *problem = gvnp_duplicate("");

	gvnp_yaml_parse(text, size, "f", "stop", &pool, &problems, &top);
	assert_true(problems.n <= 1);
	assert_int_equal(problems.n, top ? 0 : 1);
	if (problems.n) {
		free(problem);
		problem = gvnp_format("%d: %s", problems.problems[0].line,
				      problems.problems[0].text);
	}
	gvnp_problems_done(&problems);
	gvnp_pool_done(&pool);
	return problem;
}

#define assert_parsed(text, expected)                                                              \
	do {                                                                                       \
		_cleanup_free_ char *problem_ = parse((text), strlen(text));                       \
		assert_string_equal(problem_, expected);                                           \
	} while (0)

static void only_plain_yaml_is_read(void **state)
{
	(void)state;
	assert_parsed("a: 1\nb: [x, {y: z}]\n", "");
	assert_parsed("a: 1\na: 2\n", "2: the key a is given twice");
	assert_parsed("a: &x 1\n", "1: anchors are not allowed");
	assert_parsed("a: 1\nb: *x\n", "2: aliases are not allowed");
	assert_parsed("a: !!str 1\n", "1: tags are not allowed");
	assert_parsed("a: !own [1]\n", "1: tags are not allowed");
	assert_parsed("%YAML 1.1\n---\na: 1\n", "1: directives are not allowed");
	assert_parsed("a: 1\n---\nb: 1\n", "2: a file holds one document");
	assert_parsed("- a\n", "1: the file must be a mapping of keys");
	assert_parsed("", "1: the file is empty");
	assert_parsed("? [a]\n: 1\n", "1: a key must be a plain word");
	assert_parsed("a: {b: {c: {d: {e: {f: {g: {h: {i: {j: {k: {l: {m: 1}}}}}}}}}}}}\n",
		      "1: nested too deep");
	assert_parsed("a: \"\\0\"\n", "1: a text must not hold a NUL");
	assert_parsed("a: 1\nstop: &x {never: read\n", "");
	assert_parsed("b:\n  stop: 1\n", "");
}

static void broken_yaml_names_its_line(void **state)
{
	_cleanup_free_ char *unfinished = parse("a: 1\nb: [x\nc: 2\n", 15);
	_cleanup_free_ char *bytes = parse("a: \xff\xfe\n", 6);
	_cleanup_free_ char *tab = parse("a:\n\t- b\n", 8);

	(void)state;
	assert_true(*unfinished && *bytes && *tab);
	assert_true(gvnp_text_starts(tab, "2: "));
}

static void a_huge_file_is_refused(void **state)
{
	_cleanup_free_ char *text = gvnp_allocate(GVNP_YAML_LARGEST + 1);
	_cleanup_free_ char *problem = NULL;

	(void)state;
	memset(text, 'a', GVNP_YAML_LARGEST + 1);
	problem = parse(text, GVNP_YAML_LARGEST + 1);
	assert_string_equal(problem, "0: the file is larger than 1 MiB");
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
	assert_string_equal(
		lint(&folder,
		     HEAD FLOPPY TAIL
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
		lint(&folder,
		     HEAD FLOPPY TAIL
		     "examples:\n" PASSES FAILS "  - given:\n"
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
	assert_string_equal(lint(&folder, HEAD FLOPPY TAIL
				 "examples:\n" PASSES FAILS
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
		     "examples:\n" PASSES FAILS
		     "  - given: {domain: [{uuid: a, name: amf}]}\n"
		     "    incomplete: [{table: domain_device, object: a}]\n"
		     "    expect: pass\n"
		     "    subjects: {smf: pass}\n"),
		"escape/escape-a.yaml:19: expected pass, got inconclusive; amf: inconclusive because "
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
		  "a column that is neither in GROUP BY nor aggregated is that of any row: add it to "
		  "GROUP BY" },
		{ "SELECT l.name AS subject, 1 AS pass FROM lsm l FULL JOIN module m ON 1",
		  "RIGHT and FULL JOIN are newer than SQLite 3.34" },
		{ "WITH x AS MATERIALIZED (SELECT name FROM lsm) SELECT name AS subject, 1 AS pass FROM x",
		  "MATERIALIZED is newer than SQLite 3.34" },
		{ "SELECT name AS subject, position IS DISTINCT FROM 1 AS pass FROM lsm",
		  "IS DISTINCT FROM is newer than SQLite 3.34: write IS NOT" },
		{ "SELECT name AS subject, position > 0.5 AS pass FROM lsm",
		  "no fractions: judge by integers" },
		{ "SELECT name AS subject, position = ?1 AS pass FROM lsm",
		  "parameters are written :name" },
		{ "SELECT name AS subject, file_uid('etc/passwd') = 0 AS pass FROM lsm",
		  "etc/passwd is not an absolute path without links to itself" },
		{ "SELECT name AS subject, sysctl('*') = 0 AS pass FROM lsm", "'*' is no such name" },
		{ "SELECT name AS subject, sysctl(name) = 0 AS pass FROM lsm",
		  "sysctl() needs its name as a literal, because naming a fact is requesting it" },
	};
	FOLDER(folder);

	(void)state;
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
		_cleanup_free_ char *text = gvnp_format(
			HEAD "query: |\n  %s\n" TAIL "examples: []\n", queries[i][0]);
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
		lint(&folder, HEAD "parameters: {most: 1}\nquery: SELECT name AS subject, 1 AS pass, "
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
		lint(&folder, HEAD "query: SELECT 'x' AS subject, (SELECT position FROM lsm) = 1 AS "
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
			  "         NOT EXISTS (SELECT 1 FROM domain_interface o JOIN domain_interface i\n"
			  "                      ON o.source = i.source AND o.domain <> i.domain\n"
			  "                      WHERE i.domain = d.uuid) AS pass\n"
			  "    FROM domain d\n" TAIL "examples:\n"
			  "  - given: {domain: [{uuid: a, name: amf}],\n"
			  "            domain_interface: [{domain: a, source: x}]}\n"
			  "    expect: pass\n"
			  "  - given: {domain: [{uuid: a, name: amf}, {uuid: b, name: smf}],\n"
			  "            domain_interface: [{domain: a, source: x}, {domain: b, source: x}]}\n"
			  "    expect: fail\n"),
		"escape/escape-a.yaml:16: per: domain: amf is pass, but beside a copy of itself it is "
		"fail: judge the whole host, without per:\n"
		"escape/escape-a.yaml:19: per: domain: amf is fail, but without the others it is pass: "
		"judge the whole host, without per:\n"
		"escape/escape-a.yaml:19: per: domain: smf is fail, but without the others it is pass: "
		"judge the whole host, without per:\n");
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
		cmocka_unit_test(a_folder_becomes_a_catalogue),
		cmocka_unit_test(a_wrong_check_tells_all_its_mistakes),
		cmocka_unit_test(what_a_check_points_to_must_exist),
		cmocka_unit_test(names_of_files_are_checked),
		cmocka_unit_test(a_folder_that_is_no_catalogue_is_refused),
		cmocka_unit_test(only_plain_yaml_is_read),
		cmocka_unit_test(broken_yaml_names_its_line),
		cmocka_unit_test(a_huge_file_is_refused),
		cmocka_unit_test(a_good_check_passes_lint),
		cmocka_unit_test(lint_wants_a_passing_and_a_failing_example),
		cmocka_unit_test(lint_checks_examples_against_the_schema),
		cmocka_unit_test(lint_tells_what_an_example_got_instead),
		cmocka_unit_test(a_value_no_column_can_hold_is_refused),
		cmocka_unit_test(what_other_days_or_other_hosts_answer_differently_is_refused),
		cmocka_unit_test(columns_need_names_and_parameters_a_use),
		cmocka_unit_test(a_result_that_hangs_on_the_order_of_rows_is_found),
		cmocka_unit_test(per_is_refused_when_objects_depend_on_each_other),
		cmocka_unit_test(a_site_check_is_linted_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
