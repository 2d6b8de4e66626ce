/* SPDX-License-Identifier: Apache-2.0 */
/* Levels, scores, coverage, and what a host that is a virtual machine changes, from results made by
 * hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "gvnp/score.h"
#include "score_fixture.h"

static void one_open_critical_is_level_0_and_caps_at_39(void **state)
{
	struct fixture fixture = { 0 };

	(void)state;
	for (int i = 0; i < 6; i++)
		add(&fixture, GVNP_ESCAPE, GVNP_CRITICAL, "p");
	add(&fixture, GVNP_ESCAPE, GVNP_CRITICAL, "f");
	struct gvnp_scores *scores = score(&fixture, 3);
	assert_int_equal(scores->areas[GVNP_ESCAPE].level, 0);
	assert_int_equal(scores->areas[GVNP_ESCAPE].score, 39);
	assert_int_equal(scores->level, 0);
	gvnp_scores_free(scores);
}

static void each_level_is_the_gate_of_its_severity(void **state)
{
	static const struct {
		enum gvnp_severity severity;
		int level;
	} cases[] = { { GVNP_CRITICAL, 0 }, { GVNP_HIGH, 1 }, { GVNP_MEDIUM, 2 }, { GVNP_LOW, 3 } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (const char *letter = "fei"; *letter; letter++) {
			struct fixture fixture = { 0 };
			char letters[] = { *letter, 0 };

			add(&fixture, GVNP_MANAGEMENT, GVNP_LOW, "p");
			add(&fixture, GVNP_MANAGEMENT, cases[i].severity, letters);
			struct gvnp_scores *scores = score(&fixture, 3);
			assert_int_equal(scores->areas[GVNP_MANAGEMENT].level, cases[i].level);
			gvnp_scores_free(scores);
		}
}

static void a_check_earns_the_share_of_its_subjects_that_pass(void **state)
{
	struct fixture fixture = { 0 };

	(void)state;
	/* weights 2 and 1: (2 * 1/3 + 1 * 1) / 3 = 55.5 % */
	add(&fixture, GVNP_ISOLATION, GVNP_MEDIUM, "pff");
	add(&fixture, GVNP_ISOLATION, GVNP_LOW, "pn");
	struct gvnp_scores *scores = score(&fixture, 3);
	assert_int_equal(scores->areas[GVNP_ISOLATION].score, 55);
	gvnp_scores_free(scores);
}

static void everything_passing_is_level_4_and_100(void **state)
{
	struct fixture fixture = { 0 };

	(void)state;
	add(&fixture, GVNP_ISOLATION, GVNP_CRITICAL, "ppp");
	add(&fixture, GVNP_ISOLATION, GVNP_LOW, "n");
	struct gvnp_scores *scores = score(&fixture, 3);
	assert_int_equal(scores->areas[GVNP_ISOLATION].level, 4);
	assert_int_equal(scores->areas[GVNP_ISOLATION].score, 100);
	assert_int_equal(scores->areas[GVNP_ISOLATION].coverage.total, 1);
	assert_int_equal(scores->areas[GVNP_ISOLATION].coverage.not_applicable, 1);
	gvnp_scores_free(scores);
}

static void a_waived_fail_earns_nothing_and_caps_nothing(void **state)
{
	struct fixture fixture = { 0 };

	(void)state;
	add(&fixture, GVNP_ISOLATION, GVNP_HIGH, "p");
	add(&fixture, GVNP_ISOLATION, GVNP_CRITICAL, "f")->is_waived = true;
	struct gvnp_scores *scores = score(&fixture, 3);
	assert_int_equal(scores->areas[GVNP_ISOLATION].level, 4);
	assert_int_equal(scores->areas[GVNP_ISOLATION].score, 33);
	assert_int_equal(scores->areas[GVNP_ISOLATION].n_waived, 1);
	assert_int_equal(scores->areas[GVNP_ISOLATION].counts[GVNP_FAIL][GVNP_CRITICAL], 0);
	assert_false(gvnp_score_is_open(&fixture.all, GVNP_LOW, 3));
	gvnp_scores_free(scores);
}

static void an_area_where_nothing_was_judged_is_not_judged_but_holds_the_host_down(void **state)
{
	struct fixture fixture = { 0 };

	(void)state;
	add(&fixture, GVNP_ISOLATION, GVNP_HIGH, "p");
	add(&fixture, GVNP_ESCAPE, GVNP_HIGH, "i");
	struct gvnp_scores *scores = score(&fixture, 3);
	assert_false(scores->areas[GVNP_ESCAPE].is_judged);
	assert_false(scores->areas[GVNP_HARDWARE].is_judged);
	assert_true(scores->is_judged);
	assert_int_equal(scores->level, 1);
	gvnp_scores_free(scores);
}

static void nothing_judged_anywhere_leaves_the_host_not_judged(void **state)
{
	struct fixture fixture = { 0 };

	(void)state;
	add(&fixture, GVNP_ISOLATION, GVNP_HIGH, "i");
	struct gvnp_scores *scores = score(&fixture, 3);
	assert_false(scores->is_judged);
	gvnp_scores_free(scores);
}

static void type_2_leaves_the_hardware_out(void **state)
{
	struct fixture fixture = { 0 };

	(void)state;
	add(&fixture, GVNP_ISOLATION, GVNP_HIGH, "p");
	add(&fixture, GVNP_HARDWARE, GVNP_CRITICAL, "f");
	fixture.checks[1].requirement = escape_requirement;
	fixture.checks[1].threat = vm_escape;
	struct gvnp_scores *scores = score(&fixture, 2);
	assert_int_equal(scores->level, 4);
	assert_false(scores->areas[GVNP_HARDWARE].is_in_scope);
	assert_int_equal(scores->n_requirements, 0);
	assert_int_equal(scores->n_threats, 0);
	assert_false(gvnp_score_is_open(&fixture.all, GVNP_LOW, 2));
	assert_true(gvnp_score_is_open(&fixture.all, GVNP_CRITICAL, 3));
	gvnp_scores_free(scores);
}

static void a_host_without_hypervisor_has_no_isolation_to_judge(void **state)
{
	struct fixture fixture = { 0 };

	(void)state;
	add(&fixture, GVNP_ISOLATION, GVNP_CRITICAL, "i");
	add(&fixture, GVNP_ISOLATION, GVNP_LOW, "p");
	add(&fixture, GVNP_MANAGEMENT, GVNP_LOW, "f");
	struct gvnp_scores *scores = gvnp_score(&fixture.catalogue, &fixture.all, 3, false);
	assert_false(scores->areas[GVNP_ISOLATION].is_judged);
	assert_int_equal(scores->level, 3);
	gvnp_scores_free(scores);
}

static void site_checks_count_in_no_score_but_in_the_gate(void **state)
{
	struct fixture fixture = { 0 };

	(void)state;
	add(&fixture, GVNP_ISOLATION, GVNP_LOW, "p");
	add(&fixture, GVNP_ISOLATION, GVNP_CRITICAL, "f");
	fixture.checks[1].is_site = true;
	fixture.checks[1].requirement = direct_requirement;
	struct gvnp_scores *scores = score(&fixture, 3);
	assert_int_equal(scores->areas[GVNP_ISOLATION].score, 100);
	assert_int_equal(scores->level, 4);
	assert_int_equal(scores->n_requirements, 0);
	assert_true(gvnp_score_is_open(&fixture.all, GVNP_CRITICAL, 3));
	gvnp_scores_free(scores);
}

static void one_reason_for_many_processes_is_one_line_of_coverage(void **state)
{
	struct fixture fixture = { 0 };

	(void)state;
	add(&fixture, GVNP_ISOLATION, GVNP_LOW, "pi")->subjects[1].problem =
		"/proc/12/fd: Permission denied";
	add(&fixture, GVNP_ISOLATION, GVNP_LOW, "i")->subjects[0].problem =
		"/proc/4711/fd: Permission denied";
	add(&fixture, GVNP_ISOLATION, GVNP_LOW, "i")->problem = "libvirt is not available";
	add(&fixture, GVNP_ISOLATION, GVNP_LOW, "f");
	struct gvnp_scores *scores = score(&fixture, 3);
	const struct gvnp_coverage *coverage = &scores->areas[GVNP_ISOLATION].coverage;
	assert_int_equal(coverage->judged, 1);
	assert_int_equal(coverage->total, 4);
	assert_int_equal(coverage->n_reasons, 2);
	assert_string_equal(coverage->reasons[0].problem, "/proc/PID/fd: Permission denied");
	assert_int_equal(coverage->reasons[0].n_checks, 2);
	assert_string_equal(coverage->reasons[1].problem, "libvirt is not available");
	gvnp_scores_free(scores);
}

static void reasons_replace_uuids_and_are_cut(void **state)
{
	char long_problem[1000];

	(void)state;
	char *reason = gvnp_reason_of("domain 2f6a7f0e-1111-4abc-8def-0123456789ab vanished");
	assert_string_equal(reason, "domain UUID vanished");
	free(reason);
	memset(long_problem, 'x', sizeof long_problem - 1);
	long_problem[sizeof long_problem - 1] = '\0';
	reason = gvnp_reason_of(long_problem);
	assert_int_equal(strlen(reason), 203);
	free(reason);
}

static void reasons_replace_process_ids_but_that_of_process_1(void **state)
{
	static const char *const problems[][2] = {
		{ "/proc/52/fd: Permission denied", "/proc/PID/fd: Permission denied" },
		{ "/proc/12/task/13/stat: none", "/proc/PID/task/PID/stat: none" },
		{ "process 17 and pid 18", "process PID and pid PID" },
		{ "that of process 1 is refused", "that of process 1 is refused" },
		{ "/proc/1/root: Permission denied", "/proc/1/root: Permission denied" },
		{ "/proc/10", "/proc/PID" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
		_cleanup_free_ char *reason = gvnp_reason_of(problems[i][0]);

		assert_string_equal(reason, problems[i][1]);
	}
}

static const char *const reads_firmware[] = { "firmware", "host", NULL };
static const char *const reads_command_line[] = { "kernel_parameter", NULL };

static void inside_a_vm_a_pass_about_silicon_is_inconclusive_and_a_fail_stays(void **state)
{
	struct fixture fixture = { 0 };

	(void)state;
	add(&fixture, GVNP_HARDWARE, GVNP_HIGH, "p")->tables = reads_firmware;
	add(&fixture, GVNP_HARDWARE, GVNP_HIGH, "pf")->tables = reads_firmware;
	add(&fixture, GVNP_HARDWARE, GVNP_HIGH, "p")->tables = reads_command_line;
	add(&fixture, GVNP_ISOLATION, GVNP_HIGH, "p")->tables = reads_firmware;
	gvnp_results_distrust_virtual(&fixture.all, &fixture.catalogue, GVNP_VIRTUAL_YES);
	assert_int_equal(fixture.results[0].verdict, GVNP_INCONCLUSIVE);
	assert_non_null(strstr(fixture.subjects[0][0].problem, "virtual machine"));
	assert_int_equal(fixture.results[1].verdict, GVNP_FAIL);
	assert_int_equal(fixture.subjects[1][0].verdict, GVNP_INCONCLUSIVE);
	assert_int_equal(fixture.subjects[1][1].verdict, GVNP_FAIL);
	assert_int_equal(fixture.results[2].verdict, GVNP_PASS);
	assert_int_equal(fixture.results[3].verdict, GVNP_PASS);
}

static void a_declaration_or_bare_metal_lifts_the_rule_and_doubt_does_not(void **state)
{
	(void)state;
	for (int guess = GVNP_VIRTUAL_NO; guess <= GVNP_VIRTUAL_UNKNOWN; guess++)
		for (int accepts = 0; accepts <= 1; accepts++) {
			struct fixture fixture = { 0 };

			add(&fixture, GVNP_HARDWARE, GVNP_HIGH, "p")->tables = reads_firmware;
			fixture.catalogue.accepts_virtual_hardware = accepts;
			gvnp_results_distrust_virtual(&fixture.all, &fixture.catalogue,
						      (enum gvnp_virtual)guess);
			assert_int_equal(fixture.results[0].verdict,
					 guess == GVNP_VIRTUAL_NO || accepts ? GVNP_PASS
									     : GVNP_INCONCLUSIVE);
		}
}

static void a_waiver_covers_what_the_virtual_rule_opened(void **state)
{
	struct fixture fixture = { 0 };
	struct gvnp_waiver waivers[] = {
		{ .check = "check", .subject = "", .is_expired = true },
		{ .check = "check", .subject = "amf" },
	};

	(void)state;
	add(&fixture, GVNP_HARDWARE, GVNP_HIGH, "p")->tables = reads_firmware;
	fixture.catalogue.waivers = waivers;
	fixture.catalogue.n_waivers = 2;
	gvnp_results_distrust_virtual(&fixture.all, &fixture.catalogue, GVNP_VIRTUAL_YES);
	assert_ptr_equal(fixture.subjects[0][0].waiver, &waivers[1]);
	assert_true(fixture.results[0].is_waived);
	assert_true(waivers[1].is_used);
	assert_false(waivers[0].is_used);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_open_critical_is_level_0_and_caps_at_39),
		cmocka_unit_test(each_level_is_the_gate_of_its_severity),
		cmocka_unit_test(a_check_earns_the_share_of_its_subjects_that_pass),
		cmocka_unit_test(everything_passing_is_level_4_and_100),
		cmocka_unit_test(a_waived_fail_earns_nothing_and_caps_nothing),
		cmocka_unit_test(
			an_area_where_nothing_was_judged_is_not_judged_but_holds_the_host_down),
		cmocka_unit_test(nothing_judged_anywhere_leaves_the_host_not_judged),
		cmocka_unit_test(type_2_leaves_the_hardware_out),
		cmocka_unit_test(a_host_without_hypervisor_has_no_isolation_to_judge),
		cmocka_unit_test(site_checks_count_in_no_score_but_in_the_gate),
		cmocka_unit_test(one_reason_for_many_processes_is_one_line_of_coverage),
		cmocka_unit_test(reasons_replace_uuids_and_are_cut),
		cmocka_unit_test(reasons_replace_process_ids_but_that_of_process_1),
		cmocka_unit_test(inside_a_vm_a_pass_about_silicon_is_inconclusive_and_a_fail_stays),
		cmocka_unit_test(a_declaration_or_bare_metal_lifts_the_rule_and_doubt_does_not),
		cmocka_unit_test(a_waiver_covers_what_the_virtual_rule_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
