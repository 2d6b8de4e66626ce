/* SPDX-License-Identifier: Apache-2.0 */
/* What an operator may change, and what is refused. */
#include "fake_host.h"

#include "evaluate/load.h"
#include "evaluate/tailor.h"

#define FOLDER "/etc/gvnp-audit"
#define NOW 1774915200 /* 2026-03-31 00:00:00 UTC */

struct bench {
	struct fake_host host;
	struct gvnp_catalogue *catalogue;
	struct gvnp_problems problems;
	char *rendered;
};

static void bench_done(struct bench *bench)
{
	gvnp_catalogue_free(bench->catalogue);
	gvnp_facts_free(bench->host.facts);
	gvnp_problems_done(&bench->problems);
	free(bench->rendered);
}

static void load_check(struct gvnp_catalogue *catalogue, const char *file, const char *text)
{
	struct gvnp_problems problems = { 0 };
	struct gvnp_yaml_node *top;
	const enum gvnp_area area = GVNP_ESCAPE;

	assert_int_equal(gvnp_yaml_parse(text, strlen(text), file, "examples",
					 gvnp_catalogue_pool(catalogue), &problems, &top),
			 0);
	gvnp_load_check(catalogue, top, file, &area, &problems);
	assert_int_equal(problems.n, 0);
}

/* Tailors two shipped checks; returns the problems, a line each. */
static const char *tailor(struct bench *bench, const struct fake_file *files, size_t n_files)
{
	struct gvnp_buffer text = { 0 };
	struct gvnp_problems none = { 0 };

	bench_done(bench);
	*bench = (struct bench){
		.host = { .source = { .ask = fake_ask, .free = fake_free },
			  .files = files,
			  .n_files = n_files,
			  .facts = gvnp_facts_new() },
		.catalogue = gvnp_catalogue_new(),
	};
	load_check(
		bench->catalogue, "escape/escape-a.yaml",
		"title: A\nseverity: medium\nclaim: direct\nrequirement: []\nthreat: []\n"
		"parameters: {most: 3, word: x}\nquery: SELECT 1\nrationale: r\nremediation: r\n");
	load_check(bench->catalogue, "escape/escape-b.yaml",
		   "title: B\nseverity: high\nclaim: direct\nrequirement: []\nthreat: []\n"
		   "query: SELECT 1\nrationale: r\nremediation: r\n");
	gvnp_catalogue_finish(bench->catalogue, &none);
	int error = gvnp_catalogue_tailor(bench->catalogue, &bench->host.source, bench->host.facts,
					  NOW, &bench->problems);
	for (size_t i = 0; i < bench->problems.n; i++) {
		const struct gvnp_problem *problem = &bench->problems.problems[i];

		assert_true(gvnp_text_starts(problem->file, FOLDER "/"));
		gvnp_buffer_append_format(&text, "%s:%d: %s\n", problem->file + sizeof FOLDER,
					  problem->line, problem->text);
	}
	assert_int_equal(error, bench->problems.n ? -EINVAL : 0);
	bench->rendered = gvnp_buffer_take(&text);
	return bench->rendered;
}

#define BENCH(name) _cleanup_(bench_done) struct bench name = { 0 }
#define TAILOR(bench, ...)                                                                         \
	tailor(&(bench), (const struct fake_file[]){ __VA_ARGS__ },                                \
	       sizeof((const struct fake_file[]){ __VA_ARGS__ }) / sizeof(struct fake_file))
#define TAILORING(text)                                                                            \
	LIST(FOLDER "/tailoring.d", "10-site.yaml\n"),                                             \
		READ(FOLDER "/tailoring.d/10-site.yaml", text)

static void nothing_configured_is_fine_and_leaves_declarations_open(void **state)
{
	BENCH(bench);

	(void)state;
	assert_string_equal(TAILOR(bench, READ("/etc/hostname", "x")), "");
	assert_false(gvnp_facts_is_collected(bench.host.facts, "declared"));
	assert_rows(&bench.host, "SELECT table_name, problem FROM hole ORDER BY table_name LIMIT 1",
		    "declared|nothing is documented for this host: there is no "
		    "/etc/gvnp-audit/declaration.yaml\n");
	assert_string_equal(
		TAILOR(bench, REFUSED(GVNP_LIST, FOLDER "/tailoring.d", GVNP_NOT_RECORDED),
		       REFUSED(GVNP_LIST, FOLDER "/checks.d", GVNP_NOT_RECORDED),
		       REFUSED(GVNP_READ, FOLDER "/declaration.yaml", GVNP_NOT_RECORDED)),
		"");
	assert_false(gvnp_facts_is_collected(bench.host.facts, "declared_listener"));
}

static void what_cannot_be_read_is_a_hole_and_no_mistake(void **state)
{
	BENCH(bench);

	(void)state;
	assert_string_equal(TAILOR(bench, REFUSED(GVNP_LIST, FOLDER "/tailoring.d", EACCES),
				   REFUSED(GVNP_READ, FOLDER "/declaration.yaml", EACCES)),
			    "");
	assert_rows(&bench.host,
		    "SELECT problem FROM hole WHERE table_name = 'declared' ORDER BY problem",
		    "/etc/gvnp-audit/declaration.yaml: Permission denied\n"
		    "not applied: /etc/gvnp-audit/tailoring.d: Permission denied\n");
	assert_false(gvnp_facts_is_collected(bench.host.facts, "declared"));
}

static void parameters_change_within_their_type(void **state)
{
	BENCH(bench);

	(void)state;
	assert_string_equal(
		TAILOR(bench, TAILORING("parameters: {escape-a: {most: 5, word: y}}\n")), "");
	assert_int_equal(bench.catalogue->checks[0].parameters[0].integer, 5);
	assert_string_equal(bench.catalogue->checks[0].parameters[1].text, "y");
	assert_string_equal(
		TAILOR(bench, TAILORING("parameters:\n  escape-a: {most: many, least: 1}\n"
					"  escape-c: {x: 1}\n  escape-b: 3\n")),
		"tailoring.d/10-site.yaml:2: most must be an integer\n"
		"tailoring.d/10-site.yaml:2: escape-a has no parameter least\n"
		"tailoring.d/10-site.yaml:3: there is no check escape-c\n"
		"tailoring.d/10-site.yaml:4: write {name: value}\n");
}

static void a_severity_is_only_raised(void **state)
{
	BENCH(bench);

	(void)state;
	assert_string_equal(TAILOR(bench, TAILORING("severity: {escape-a: critical}\n")), "");
	assert_int_equal(bench.catalogue->checks[0].severity, GVNP_CRITICAL);
	assert_string_equal(
		TAILOR(bench, TAILORING("severity: {escape-b: low, escape-a: severe}\n")),
		"tailoring.d/10-site.yaml:1: escape-b is high: a severity is only raised; waive "
		"the "
		"check instead\n"
		"tailoring.d/10-site.yaml:1: a severity is low, medium, high or critical\n");
	assert_int_equal(bench.catalogue->checks[1].severity, GVNP_HIGH);
}

#define WAIVER(check, expires)                                                                     \
	"  - check: " check "\n    reason: r\n    approved_by: boss\n    expires: " expires "\n"

static void a_waiver_ends_after_its_last_day(void **state)
{
	BENCH(bench);

	(void)state;
	assert_string_equal(
		TAILOR(bench, TAILORING("waivers:\n" WAIVER("escape-a", "2026-03-31") WAIVER(
				      "escape-b", "2026-03-30") "    subject: amf\n")),
		"");
	assert_int_equal(bench.catalogue->n_waivers, 2);
	assert_false(bench.catalogue->waivers[0].is_expired);
	assert_string_equal(bench.catalogue->waivers[0].subject, "");
	assert_int_equal(bench.catalogue->waivers[0].line, 2);
	assert_true(bench.catalogue->waivers[1].is_expired);
	assert_string_equal(bench.catalogue->waivers[1].subject, "amf");
}

static void a_waiver_needs_a_reason_a_name_and_an_end(void **state)
{
	BENCH(bench);

	(void)state;
	assert_string_equal(
		TAILOR(bench, TAILORING("waivers:\n"
					"  - {check: escape-a}\n" WAIVER("escape-c", "2026-01-01")
						WAIVER("escape-a", "2026-02-29")
							WAIVER("escape-a", "never"))),
		"tailoring.d/10-site.yaml:2: reason is missing\n"
		"tailoring.d/10-site.yaml:2: approved_by is missing\n"
		"tailoring.d/10-site.yaml:2: expires is missing\n"
		"tailoring.d/10-site.yaml:3: there is no check escape-c\n"
		"tailoring.d/10-site.yaml:10: expires is a day: YYYY-MM-DD\n"
		"tailoring.d/10-site.yaml:14: expires is a day: YYYY-MM-DD\n");
	assert_int_equal(bench.catalogue->n_waivers, 0);
}

static void days_end_when_the_calendar_says(void **state)
{
	static const struct {
		const char *day;
		int64_t end;
	} days[] = {
		{ "1970-01-01", 86400 },      { "2000-02-29", 951868800 },
		{ "2026-03-31", 1775001600 }, { "2100-02-28", 4107542400 },
		{ "2024-12-31", 1735689600 },
	};
	static const char *const wrong[] = { "2100-02-29", "1969-12-31", "2026-13-01", "2026-00-10",
					     "2026-04-31", "2026-4-30",	 "2026-04-3x", "",
					     "2026-01-00", "2026-01-011" };
	int64_t end;

	(void)state;
	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		assert_true(gvnp_tailor_end_of_day(days[i].day, &end));
		assert_int_equal(end, days[i].end);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(gvnp_tailor_end_of_day(wrong[i], &end));
}

static void a_file_others_could_have_written_changes_nothing(void **state)
{
	static const char text[] = "parameters: {escape-a: {most: 5}}\n";
	BENCH(bench);

	(void)state;
	assert_string_equal(TAILOR(bench, LIST(FOLDER "/tailoring.d", "a.yaml\nb.yaml\nc.yaml\n"),
				   { .operation = GVNP_READ,
				     .path = FOLDER "/tailoring.d/a.yaml",
				     .data = text,
				     .mode = 0664 },
				   { .operation = GVNP_READ,
				     .path = FOLDER "/tailoring.d/b.yaml",
				     .data = text,
				     .mode = 0602 },
				   { .operation = GVNP_READ,
				     .path = FOLDER "/tailoring.d/c.yaml",
				     .data = text,
				     .mode = 0600,
				     .uid = 1000 }),
			    "tailoring.d/a.yaml:0: refused: group or others may write it\n"
			    "tailoring.d/b.yaml:0: refused: group or others may write it\n"
			    "tailoring.d/c.yaml:0: refused: its owner must be root\n");
	assert_int_equal(bench.catalogue->checks[0].parameters[0].integer, 3);
}

static void a_folder_others_may_write_and_links_change_nothing(void **state)
{
	static const char text[] = "parameters: {escape-a: {most: 5}}\n";
	BENCH(bench);

	(void)state;
	assert_string_equal(TAILOR(bench,
				   { .operation = GVNP_LIST,
				     .path = FOLDER "/tailoring.d",
				     .data = "a.yaml\n",
				     .mode = 0777 },
				   { .operation = GVNP_LIST,
				     .path = FOLDER "/checks.d",
				     .data = "site-a.yaml\n",
				     .mode = 0755,
				     .uid = 1000 },
				   { .operation = GVNP_READ,
				     .path = FOLDER "/tailoring.d/a.yaml",
				     .data = text,
				     .mode = 0644 }),
			    "checks.d:0: refused: its owner must be root\n"
			    "tailoring.d:0: refused: group or others may write it\n");
	assert_int_equal(bench.catalogue->checks[0].parameters[0].integer, 3);
	assert_string_equal(
		TAILOR(bench, LIST(FOLDER "/tailoring.d", "a.yaml -> ../../../home/eve/a.yaml\n")),
		"tailoring.d/a.yaml:0: refused: a link; put the file itself here\n");
}

static void a_file_by_another_name_is_not_passed_over(void **state)
{
	BENCH(bench);

	(void)state;
	assert_string_equal(
		TAILOR(bench, LIST(FOLDER "/tailoring.d", "waivers.yml\n.hidden\nold.yaml~\n")),
		"tailoring.d/waivers.yml:0: not heeded: a file here ends with .yaml\n");
	assert_string_equal(TAILOR(bench, TAILORING("waiver: []\n")),
			    "tailoring.d/10-site.yaml:1: unknown key waiver\n");
	assert_string_equal(TAILOR(bench, TAILORING("waivers: {}\n")),
			    "tailoring.d/10-site.yaml:1: waivers must be a list\n");
}

static void checks_of_the_site_join_after_the_shipped_ones(void **state)
{
	BENCH(bench);

	(void)state;
	assert_string_equal(TAILOR(bench, LIST(FOLDER "/checks.d", "site-a.yaml\n"),
				   READ(FOLDER "/checks.d/site-a.yaml",
					"title: S\narea: hardware\nseverity: low\nclaim: "
					"direct\nrequirement: []\n"
					"threat: []\nquery: SELECT sysctl('a.b')\nrationale: r\n"
					"remediation: r\nexamples: [\n"),
				   TAILORING("severity: {site-a: high}\n")),
			    "");
	assert_int_equal(bench.catalogue->n_checks, 3);
	const struct gvnp_check *check = &bench.catalogue->checks[2];
	assert_string_equal(check->id, "site-a");
	assert_true(check->is_site);
	assert_int_equal(check->area, GVNP_HARDWARE);
	assert_int_equal(check->severity, GVNP_HIGH);
	assert_string_equal(bench.catalogue->names.sysctl[0], "a.b");
	assert_string_equal(
		TAILOR(bench, LIST(FOLDER "/checks.d", "escape-a.yaml\n"),
		       READ(FOLDER "/checks.d/escape-a.yaml",
			    "title: S\narea: escape\nseverity: low\nclaim: direct\nrequirement: "
			    "[]\n"
			    "threat: [ghosts]\nquery: SELECT 1\nrationale: r\nremediation: r\n")),
		"checks.d/escape-a.yaml:0: the file name must begin with site-\n");
}

static void a_declaration_fills_its_tables(void **state)
{
	BENCH(bench);

	(void)state;
	assert_string_equal(
		TAILOR(bench, READ(FOLDER "/declaration.yaml",
				   "hardware: accept-virtual\n"
				   "listeners: [{protocol: tcp, port: 22, address: 192.0.2.1}, "
				   "{protocol: udp, port: 123}]\n"
				   "vmms: [/usr/bin/cloud-hypervisor]\n")),
		"");
	assert_true(bench.catalogue->accepts_virtual_hardware);
	assert_rows(&bench.host, "SELECT protocol, port, address FROM declared_listener ORDER BY 2",
		    "tcp|22|192.0.2.1\nudp|123|\n");
	assert_rows(&bench.host, "SELECT exe FROM declared_vmm", "/usr/bin/cloud-hypervisor\n");
	assert_rows(&bench.host, "SELECT name, value FROM declared", "hardware|accept-virtual\n");
	assert_true(gvnp_facts_is_collected(bench.host.facts, "declared_listener"));
	assert_rows(&bench.host, "SELECT count(*) FROM hole", "0\n");
}

static void what_a_declaration_leaves_out_stays_open(void **state)
{
	BENCH(bench);

	(void)state;
	assert_string_equal(TAILOR(bench, READ(FOLDER "/declaration.yaml", "listeners: []\n")), "");
	assert_false(bench.catalogue->accepts_virtual_hardware);
	assert_true(gvnp_facts_is_collected(bench.host.facts, "declared_listener"));
	assert_false(gvnp_facts_is_collected(bench.host.facts, "declared_vmm"));
	assert_rows(&bench.host, "SELECT table_name, problem FROM hole",
		    "declared_vmm|/etc/gvnp-audit/declaration.yaml says nothing about vmms\n");
}

static void a_wrong_declaration_is_refused(void **state)
{
	BENCH(bench);

	(void)state;
	assert_string_equal(
		TAILOR(bench, READ(FOLDER "/declaration.yaml", "hardware: virtual\n"
							       "listeners:\n"
							       "  - {protocol: sctp, port: 0}\n"
							       "  - {protocol: tcp, port: 22}\n"
							       "  - {protocol: tcp, port: 22}\n"
							       "vmms: [qemu, /a, /a]\n")),
		"declaration.yaml:1: hardware is virtual, not one of accept-virtual\n"
		"declaration.yaml:3: protocol is sctp, not one of tcp, udp\n"
		"declaration.yaml:3: port is a number from 1 to 65535\n"
		"declaration.yaml:5: this listener is given twice\n"
		"declaration.yaml:6: qemu is not an absolute path\n"
		"declaration.yaml:6: /a is given twice\n");
	assert_string_equal(TAILOR(bench, READ(FOLDER "/declaration.yaml", "listener: []\n")),
			    "declaration.yaml:1: unknown key listener\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_configured_is_fine_and_leaves_declarations_open),
		cmocka_unit_test(what_cannot_be_read_is_a_hole_and_no_mistake),
		cmocka_unit_test(parameters_change_within_their_type),
		cmocka_unit_test(a_severity_is_only_raised),
		cmocka_unit_test(a_waiver_ends_after_its_last_day),
		cmocka_unit_test(a_waiver_needs_a_reason_a_name_and_an_end),
		cmocka_unit_test(days_end_when_the_calendar_says),
		cmocka_unit_test(a_file_others_could_have_written_changes_nothing),
		cmocka_unit_test(a_folder_others_may_write_and_links_change_nothing),
		cmocka_unit_test(a_file_by_another_name_is_not_passed_over),
		cmocka_unit_test(checks_of_the_site_join_after_the_shipped_ones),
		cmocka_unit_test(a_declaration_fills_its_tables),
		cmocka_unit_test(what_a_declaration_leaves_out_stays_open),
		cmocka_unit_test(a_wrong_declaration_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
