/* SPDX-License-Identifier: Apache-2.0 */
/* The writers, on a report made by hand in which a guest put everything it could into its name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include "base/buffer.h"
#include "gvnp/report.h"
#include "report/escape.h"

/* Clears the screen, breaks lines, is not UTF-8, closes elements, reverses the writing direction.
 */
#define HOSTILE "amf\x1b[2J\n</testcase>\xff\"&'\xe2\x80\xae]]>\x07"

static const char *const requirement_ids[] = { "tr33818-escape", NULL };
static const char *const threat_ids[] = { "vm-escape", NULL };
static const char *const owed[] = { "attempt an access from <inside> the VNF", "show the log",
				    NULL };
static const char *const aliases[] = { "TC_VM ESCAPE PROTECTION", NULL };
static const char *const nothing[] = { NULL };

static struct gvnp_requirement requirements[] = {
	{ .id = "tr33818-escape",
	  .specification = "TR 33.818",
	  .version = "17.1.0",
	  .status = "study",
	  .clause = "5.2.5.6.7.4",
	  .title = "VM escape protection",
	  .applies_to_type_2 = true,
	  .applies_to_type_3 = true,
	  .test = "TC_VM_ESCAPE_PROTECTION",
	  .junit = "test_33818_h10_TC_VM_ESCAPE_PROTECTION",
	  .alias = aliases,
	  .claim = GVNP_PRECONDITION,
	  .threat = threat_ids,
	  .provenance = "seen",
	  .text = "",
	  .owed = owed },
	{ .id = "ts33117-unreached",
	  .specification = "TS 33.117",
	  .version = "19.2.0",
	  .status = "normative",
	  .clause = "4.2.3.3.5",
	  .title = "Something else",
	  .applies_to_type_2 = true,
	  .applies_to_type_3 = true,
	  .test = "TC_SOMETHING",
	  .junit = "test_33117_j20_TC_SOMETHING",
	  .alias = nothing,
	  .claim = GVNP_DIRECT,
	  .threat = nothing,
	  .provenance = "recalled",
	  .text = "",
	  .owed = nothing },
};
static struct gvnp_threat threats[] = { { .id = "vm-escape", .title = "Escape from a VM" } };

static struct gvnp_evidence evidence[] = {
	{ .name = "uid", .is_integer = true, .text = "" },
	{ .name = "label", .is_null = true, .text = "" },
	{ .name = "name", .text = HOSTILE },
};

static const struct gvnp_waiver waiver = { .check = "isolation-waived",
					   .subject = "",
					   .reason = "old <firmware>",
					   .approved_by = "the operator",
					   .expires = "2027-01-01",
					   .file = "/etc/gvnp-audit/tailoring.d/a.yaml",
					   .line = 3,
					   .is_used = true };

static struct gvnp_check checks[] = {
	{ .id = "escape-inconclusive",
	  .area = GVNP_ESCAPE,
	  .severity = GVNP_HIGH,
	  .claim = GVNP_PRECONDITION,
	  .title = "No VM has a floppy controller" },
	{ .id = "isolation-qemu-unprivileged",
	  .area = GVNP_ISOLATION,
	  .severity = GVNP_CRITICAL,
	  .claim = GVNP_PRECONDITION,
	  .title = "No VM process runs as root" },
	{ .id = "isolation-waived",
	  .area = GVNP_ISOLATION,
	  .severity = GVNP_HIGH,
	  .claim = GVNP_DIRECT,
	  .title = "Nothing is waived" },
	{ .id = "management-fine",
	  .area = GVNP_MANAGEMENT,
	  .severity = GVNP_LOW,
	  .claim = GVNP_DIRECT,
	  .title = "All is well" },
	{ .id = "hardware-absent",
	  .area = GVNP_HARDWARE,
	  .severity = GVNP_LOW,
	  .claim = GVNP_DIRECT,
	  .title = "No such hardware" },
};
enum { N_CHECKS = sizeof checks / sizeof *checks };

struct fixture {
	struct gvnp_subject subjects[N_CHECKS];
	struct gvnp_result results[N_CHECKS];
	struct gvnp_results all;
	struct gvnp_catalogue catalogue;
	struct gvnp_scores *scores;
	struct gvnp_report report;
};

static void prepare_checks(struct fixture *fixture)
{
	static const enum gvnp_verdict verdicts[N_CHECKS] = { GVNP_INCONCLUSIVE, GVNP_FAIL,
							      GVNP_FAIL, GVNP_PASS,
							      GVNP_NOT_APPLICABLE };

	for (size_t i = 0; i < N_CHECKS; i++) {
		checks[i].requirement = i < 2 ? requirement_ids : nothing;
		checks[i].threat = i < 2 ? threat_ids : nothing;
		checks[i].rationale = "why";
		checks[i].remediation = "Set the user of the driver, in the file whose name is "
					"long enough to be wrapped:\n"
					"  user = \"libvirt-qemu\"\n"
					"and restart every VM.\n";
		fixture->subjects[i] = (struct gvnp_subject){
			.object = "", .subject = HOSTILE, .verdict = verdicts[i], .problem = ""
		};
		fixture->results[i] = (struct gvnp_result){ .check = &checks[i],
							    .verdict = verdicts[i],
							    .problem = "",
							    .subjects = &fixture->subjects[i],
							    .n_subjects = 1 };
	}
	fixture->subjects[0].problem = "libvirt is not available";
	fixture->subjects[1].evidence = evidence;
	fixture->subjects[1].n_evidence = sizeof evidence / sizeof *evidence;
	fixture->subjects[2].waiver = &waiver;
	fixture->results[2].is_waived = true;
}

static struct fixture *prepare(void)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	prepare_checks(fixture);
	fixture->all = (struct gvnp_results){ fixture->results, N_CHECKS };
	fixture->catalogue = (struct gvnp_catalogue){ .requirements = requirements,
						      .n_requirements = 2,
						      .threats = threats,
						      .n_threats = 1 };
	fixture->scores = gvnp_score(&fixture->catalogue, &fixture->all, 3, true);
	fixture->report = (struct gvnp_report){
		.run = { "1.2.3", "live", 1000, 20, "uid 0", "qemu:///system" },
		.gvnp_type = 3,
		.time = 1795000000,
		.boot_id = "boot",
		.machine_id_digest = "digest",
		.product = "A product " HOSTILE,
		.kernel = "6.1.0",
		.os = "Debian GNU/Linux 12 (bookworm)",
		.hypervisor = "libvirt 9.0.0, QEMU 7.2.22",
		.observation_digest = "abc",
		.n_observations = 7,
		.catalogue = &fixture->catalogue,
		.results = &fixture->all,
		.scores = fixture->scores,
		.columns = 80,
	};
	return fixture;
}

static void release(struct fixture *fixture)
{
	gvnp_scores_free(fixture->scores);
	free(fixture);
}

static char *write_as(struct fixture *fixture, const char *format)
{
	struct gvnp_buffer out = { 0 };

	gvnp_writer_find(format)->write(&fixture->report, &out);
	return gvnp_buffer_take(&out);
}

static void assert_no_control_bytes(const char *text)
{
	for (; *text; text++)
		assert_true(*text == '\n' || ((unsigned char)*text >= 0x20 && *text != 0x7f));
}

static void every_format_has_a_writer_and_words(void **state)
{
	(void)state;
	assert_null(gvnp_writer_find("arf"));
	for (const struct gvnp_writer *writer = gvnp_writers; writer->name; writer++) {
		assert_ptr_equal(gvnp_writer_find(writer->name), writer);
		assert_true(strlen(writer->about) > 0);
	}
}

static void the_first_screen_fits_24_lines_of_80_columns(void **state)
{
	struct fixture *fixture = prepare();
	size_t n_lines = 0, width = 0;

	(void)state;
	fixture->report.rows = 24;
	char *text = write_as(fixture, "text");
	for (const char *at = text; *at; at++) {
		width = *at == '\n' ? 0 : width + 1;
		n_lines += *at == '\n';
		assert_true(width <= 80);
	}
	assert_true(n_lines <= 23);
	assert_non_null(strstr(text, "HOST level 0 of 4: failed 1 critical"));
	assert_non_null(strstr(text, "FAIL critical No VM process runs as root"));
	assert_non_null(strstr(text, "-> Set the user of the driver"));
	assert_non_null(strstr(text, "libvirt is not available"));
	assert_non_null(strstr(text, "--all"));
	assert_null(strstr(text, "REQUIREMENTS"));
	free(text);
	release(fixture);
}

static void the_text_holds_everything_and_no_byte_a_terminal_obeys(void **state)
{
	struct fixture *fixture = prepare();

	(void)state;
	char *text = write_as(fixture, "text");
	assert_no_control_bytes(text);
	assert_null(strstr(text, "\xe2\x80\xae"));
	assert_non_null(strstr(text, "amf\\x1b[2J\\n"));
	assert_non_null(strstr(text, "uid=0, label=(no value)"));
	assert_non_null(strstr(text, "user = \"libvirt-qemu\"\n"));
	assert_non_null(strstr(text, "old <firmware> (approved by"));
	assert_non_null(strstr(text, "1 x libvirt is not available\n    escape-inconclusive\n"));
	assert_non_null(
		strstr(text, "TR 33.818 V17.1.0 (study) 5.2.5.6.7.4: VM escape protection"));
	assert_non_null(strstr(text, "vm-escape: Escape from a VM: 1 failed, 1 not judged"));
	free(text);
	release(fixture);
}

static void paths_that_share_their_problem_are_told_together(void **state)
{
	static const struct gvnp_hole holes[] = {
		{ "file", "", "/a", "/a: not visible" },
		{ "file", "", "/b", "/b: not visible" },
		{ "file", "", "/c", "/c: Permission denied" },
		{ "file", "", "/d", "/d: not visible" },
		{ "lsm", "", "", "/a: not visible" },
		{ "lsm", "", "", "lsm: not visible" },
		{ "qemu_process", "exe", "12", "/proc/12/exe: not visible" },
		{ "qemu_process", "exe", "13", "/proc/13/exe: not visible" },
		{ "user", "", "", "/e: not visible" },
	};
	struct fixture *fixture = prepare();

	(void)state;
	fixture->report.holes = holes;
	fixture->report.n_holes = sizeof holes / sizeof *holes;
	char *text = write_as(fixture, "text");
	assert_non_null(strstr(text, "  5 x not visible: /a, /b, /d, +1 more\n"
				     "    file, lsm, user\n"
				     "  2 x /proc/PID/exe: not visible\n    qemu_process\n"
				     "  1 x /c: Permission denied\n    file\n"
				     "  1 x lsm: not visible\n    lsm\n"));
	free(text);
	fixture->report.n_holes = 3;
	text = write_as(fixture, "text");
	assert_non_null(strstr(text, "  1 x /a: not visible\n    file\n"
				     "  1 x /b: not visible\n    file\n"));
	free(text);
	release(fixture);
}

static void colour_is_there_only_when_asked_for(void **state)
{
	struct fixture *fixture = prepare();

	(void)state;
	fixture->report.is_colour = true;
	char *text = write_as(fixture, "text");
	assert_non_null(strstr(text, "\x1b[1;31mFAIL critical\x1b[0m"));
	free(text);
	release(fixture);
}

static void a_host_without_hypervisor_gets_one_sentence(void **state)
{
	struct fixture *fixture = prepare();

	(void)state;
	gvnp_scores_free(fixture->scores);
	fixture->scores = gvnp_score(&fixture->catalogue, &fixture->all, 3, false);
	fixture->report.scores = fixture->scores;
	char *text = write_as(fixture, "text");
	assert_non_null(strstr(text, "No hypervisor was found on this host"));
	assert_null(strstr(text, "NOT JUDGED: what would"));
	assert_null(strstr(text, "unjudged"));
	free(text);
	release(fixture);
}

static void the_json_has_the_documented_keys(void **state)
{
	static const char *const keys[] = { "schema",	 "run",		  "level",
					    "areas",	 "checks",	  "requirements",
					    "threats",	 "holes",	  "observations",
					    "gvnp_type", "has_hypervisor" };
	struct fixture *fixture = prepare();
	json_error_t error;

	(void)state;
	char *text = write_as(fixture, "json");
	assert_null(strchr(text, '\x1b'));
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	assert_non_null(root);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		assert_non_null(json_object_get(root, keys[i]));
	json_t *check = json_array_get(json_object_get(root, "checks"), 1);
	assert_string_equal(json_string_value(json_object_get(check, "id")),
			    "isolation-qemu-unprivileged");
	assert_string_equal(json_string_value(json_object_get(check, "verdict")), "fail");
	json_t *subject = json_array_get(json_object_get(check, "subjects"), 0);
	json_t *facts = json_object_get(subject, "evidence");
	assert_int_equal(json_integer_value(json_object_get(facts, "uid")), 0);
	assert_true(json_is_integer(json_object_get(facts, "uid")));
	assert_true(json_is_null(json_object_get(facts, "label")));
	assert_non_null(strstr(json_string_value(json_object_get(facts, "name")), "\x1b[2J"));
	json_t *hardware = json_object_get(json_object_get(root, "areas"), "hardware");
	assert_true(json_is_null(json_object_get(hardware, "level")));
	assert_true(json_is_null(json_object_get(hardware, "score")));
	json_decref(root);
	free(text);
	release(fixture);
}

static void a_replay_differs_in_run_only(void **state)
{
	struct fixture *fixture = prepare();

	(void)state;
	char *live = write_as(fixture, "json");
	fixture->report.run = (struct gvnp_run){ "1.2.4", "replay", 5000, 9, "uid 1", "" };
	char *replay = write_as(fixture, "json");
	json_t *left = json_loads(live, 0, NULL), *right = json_loads(replay, 0, NULL);
	assert_string_not_equal(live, replay);
	json_object_del(left, "run");
	json_object_del(right, "run");
	assert_true(json_equal(left, right));
	/* byte for byte, too: what follows `run` is the same text */
	assert_string_equal(strstr(live, "\"gvnp_type\""), strstr(replay, "\"gvnp_type\""));
	json_decref(left);
	json_decref(right);
	free(live);
	free(replay);
	release(fixture);
}

static xmlNode *find_case(xmlNode *node, const char *name)
{
	for (; node; node = node->next) {
		xmlChar *value = xmlGetProp(node, (const xmlChar *)"name");
		int is_it = value && node->type == XML_ELEMENT_NODE &&
			    !strcmp((const char *)node->name, "testcase") &&
			    !strcmp((const char *)value, name);

		xmlFree(value);
		if (is_it)
			return node;
		xmlNode *below = find_case(node->children, name);
		if (below)
			return below;
	}
	return NULL;
}

/* Name of the element that says how the case went, "" for a pass. */
static const char *outcome_of(xmlNode *root, const char *name)
{
	xmlNode *found = find_case(root, name);

	assert_non_null(found);
	for (xmlNode *child = found->children; child; child = child->next)
		if (child->type == XML_ELEMENT_NODE &&
		    strcmp((const char *)child->name, "properties"))
			return (const char *)child->name;
	return "";
}

static void junit_has_the_runners_names_and_the_mapped_outcomes(void **state)
{
	struct fixture *fixture = prepare();

	(void)state;
	char *text = write_as(fixture, "junit");
	assert_no_control_bytes(text);
	xmlDoc *document = xmlReadMemory(text, (int)strlen(text), "junit.xml", NULL,
					 XML_PARSE_NONET | XML_PARSE_NOERROR);
	assert_non_null(document);
	xmlNode *root = xmlDocGetRootElement(document);
	assert_string_equal(outcome_of(root, "test_33818_h10_TC_VM_ESCAPE_PROTECTION"), "failure");
	assert_string_equal(outcome_of(root, "test_33117_j20_TC_SOMETHING"), "skipped");
	assert_string_equal(outcome_of(root, "isolation-qemu-unprivileged"), "failure");
	assert_string_equal(outcome_of(root, "escape-inconclusive"), "error");
	assert_string_equal(outcome_of(root, "isolation-waived"), "skipped");
	assert_string_equal(outcome_of(root, "hardware-absent"), "skipped");
	assert_string_equal(outcome_of(root, "management-fine"), "");
	assert_non_null(
		strstr(text, "<property name=\"alias\" value=\"TC_VM ESCAPE PROTECTION\"/>"));
	xmlFreeDoc(document);
	free(text);
	release(fixture);
}

static void a_precondition_is_skipped_with_what_is_owed(void **state)
{
	struct fixture *fixture = prepare();

	(void)state;
	for (size_t i = 0; i < 2; i++)
		fixture->results[i].verdict = fixture->subjects[i].verdict = GVNP_PASS;
	gvnp_scores_free(fixture->scores);
	fixture->scores = gvnp_score(&fixture->catalogue, &fixture->all, 3, true);
	fixture->report.scores = fixture->scores;
	char *junit = write_as(fixture, "junit"), *text = write_as(fixture, "text");
	assert_non_null(strstr(junit, "<skipped message=\"pass-precondition"));
	assert_non_null(strstr(junit, "owed: attempt an access from &lt;inside&gt; the VNF"));
	assert_non_null(strstr(text, "owed: attempt an access from <inside> the VNF"));
	free(junit);
	free(text);
	release(fixture);
}

static void escaping_spells_out_what_a_terminal_would_obey(void **state)
{
	static const struct {
		const char *text, *escaped;
	} cases[] = {
		{ "plain \\ text", "plain \\ text" },
		{ "a\x1b[31mb", "a\\x1b[31mb" },
		{ "line\nline\ttab\r", "line\\nline\\ttab\\x0d" },
		{ "\x7f", "\\x7f" },
		{ "\xc2\x9b"
		  "1m",
		  "\\u{9b}1m" },
		{ "\xe2\x80\xae"
		  "abc",
		  "\\u{202e}abc" },
		{ "\xef\xbb\xbf", "\\u{feff}" },
		{ "\xf3\xa0\x80\x81", "\\u{e0001}" },
		{ "caf\xc3\xa9 \xe4\xb8\xad", "caf\xc3\xa9 \xe4\xb8\xad" },
		{ "\xc3", "\\xc3" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct gvnp_buffer out = { 0 };

		gvnp_escape_terminal(&out, cases[i].text);
		assert_string_equal(gvnp_buffer_text(&out), cases[i].escaped);
		gvnp_buffer_done(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_has_a_writer_and_words),
		cmocka_unit_test(the_first_screen_fits_24_lines_of_80_columns),
		cmocka_unit_test(the_text_holds_everything_and_no_byte_a_terminal_obeys),
		cmocka_unit_test(paths_that_share_their_problem_are_told_together),
		cmocka_unit_test(colour_is_there_only_when_asked_for),
		cmocka_unit_test(a_host_without_hypervisor_gets_one_sentence),
		cmocka_unit_test(the_json_has_the_documented_keys),
		cmocka_unit_test(a_replay_differs_in_run_only),
		cmocka_unit_test(junit_has_the_runners_names_and_the_mapped_outcomes),
		cmocka_unit_test(a_precondition_is_skipped_with_what_is_owed),
		cmocka_unit_test(escaping_spells_out_what_a_terminal_would_obey),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
