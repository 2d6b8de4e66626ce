/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement verdicts and threats, from results made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gvnp/score.h"
#include "score_fixture.h"

static enum gvnp_requirement_verdict verdict_for(const char *first, enum gvnp_claim first_claim,
						 const char *second, const char *const *requirement)
{
	struct fixture fixture = { 0 };

	add(&fixture, GVNP_ESCAPE, GVNP_HIGH, first);
	fixture.checks[0].claim = first_claim;
	fixture.checks[0].requirement = requirement;
	if (second) {
		add(&fixture, GVNP_ESCAPE, GVNP_LOW, second);
		fixture.checks[1].claim = GVNP_PRECONDITION;
		fixture.checks[1].requirement = requirement;
	}
	struct gvnp_scores *scores = score(&fixture, 3);
	assert_int_equal(scores->n_requirements, 1);
	enum gvnp_requirement_verdict verdict = scores->requirements[0].verdict;
	gvnp_scores_free(scores);
	return verdict;
}

static void a_precondition_never_passes_a_requirement_alone(void **state)
{
	(void)state;
	assert_int_equal(verdict_for("p", GVNP_PRECONDITION, NULL, direct_requirement),
			 GVNP_REQUIREMENT_PASS_PRECONDITION);
	assert_int_equal(verdict_for("p", GVNP_CORROBORATES, NULL, direct_requirement),
			 GVNP_REQUIREMENT_PASS_PRECONDITION);
	/* nor does a direct check, where the requirement itself is only a precondition */
	assert_int_equal(verdict_for("p", GVNP_DIRECT, NULL, escape_requirement),
			 GVNP_REQUIREMENT_PASS_PRECONDITION);
	assert_int_equal(verdict_for("p", GVNP_DIRECT, NULL, direct_requirement),
			 GVNP_REQUIREMENT_PASS);
	assert_int_equal(verdict_for("p", GVNP_DIRECT, "p", direct_requirement),
			 GVNP_REQUIREMENT_PASS);
	/* nor does anything, while the laboratory owes a step of the test case */
	requirements[2].owed = an_attempt;
	assert_int_equal(verdict_for("p", GVNP_DIRECT, "p", direct_requirement),
			 GVNP_REQUIREMENT_PASS_PRECONDITION);
	requirements[2].owed = nothing;
}

static void a_requirement_is_as_bad_as_its_worst_check(void **state)
{
	(void)state;
	assert_int_equal(verdict_for("p", GVNP_DIRECT, "f", direct_requirement),
			 GVNP_REQUIREMENT_FAIL);
	assert_int_equal(verdict_for("p", GVNP_DIRECT, "i", direct_requirement),
			 GVNP_REQUIREMENT_INCONCLUSIVE);
	assert_int_equal(verdict_for("i", GVNP_DIRECT, "e", direct_requirement),
			 GVNP_REQUIREMENT_ERROR);
	assert_int_equal(verdict_for("n", GVNP_DIRECT, "p", direct_requirement),
			 GVNP_REQUIREMENT_PASS_PRECONDITION);
	assert_int_equal(verdict_for("n", GVNP_DIRECT, NULL, direct_requirement),
			 GVNP_REQUIREMENT_NOT_APPLICABLE);
}

static void a_waiver_does_not_make_a_test_pass(void **state)
{
	struct fixture fixture = { 0 };

	(void)state;
	add(&fixture, GVNP_ESCAPE, GVNP_HIGH, "f")->is_waived = true;
	fixture.checks[0].requirement = direct_requirement;
	fixture.checks[0].threat = vm_escape;
	struct gvnp_scores *scores = score(&fixture, 3);
	assert_int_equal(scores->requirements[0].verdict, GVNP_REQUIREMENT_FAIL);
	assert_int_equal(scores->n_threats, 0);
	gvnp_scores_free(scores);
}

static void a_requirement_of_another_type_is_not_applicable(void **state)
{
	struct fixture fixture = { 0 };

	(void)state;
	add(&fixture, GVNP_ESCAPE, GVNP_HIGH, "f");
	fixture.checks[0].requirement = direct_requirement;
	struct gvnp_scores *scores = score(&fixture, 2);
	assert_int_equal(scores->requirements[0].verdict, GVNP_REQUIREMENT_NOT_APPLICABLE);
	gvnp_scores_free(scores);
}

static void an_open_threat_counts_failed_and_unjudged_checks(void **state)
{
	struct fixture fixture = { 0 };

	(void)state;
	for (const char *letter = "fipn"; *letter; letter++) {
		char letters[] = { *letter, 0 };

		add(&fixture, GVNP_ESCAPE, GVNP_HIGH, letters);
		fixture.checks[fixture.all.n - 1].threat = vm_escape;
	}
	struct gvnp_scores *scores = score(&fixture, 3);
	assert_int_equal(scores->n_threats, 1);
	assert_string_equal(scores->threats[0].threat->id, "vm-escape");
	assert_int_equal(scores->threats[0].n_failed, 1);
	assert_int_equal(scores->threats[0].n_unjudged, 1);
	gvnp_scores_free(scores);
}

static void a_requirement_or_threat_named_twice_counts_once_and_an_unknown_one_nowhere(void **state)
{
	static const char *const twice[] = { "ts-direct", "zz-unknown", "ts-direct", NULL };
	static const char *const threats_twice[] = { "vm-escape", "vm-escape", "aa", NULL };
	struct fixture fixture = { 0 };

	(void)state;
	add(&fixture, GVNP_ESCAPE, GVNP_HIGH, "f");
	fixture.checks[0].requirement = twice;
	fixture.checks[0].threat = threats_twice;
	struct gvnp_scores *scores = score(&fixture, 3);
	assert_int_equal(scores->n_requirements, 1);
	assert_string_equal(scores->requirements[0].requirement->id, "ts-direct");
	assert_int_equal(scores->requirements[0].n_results, 1);
	assert_int_equal(scores->n_threats, 1);
	assert_int_equal(scores->threats[0].n_failed, 1);
	gvnp_scores_free(scores);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_precondition_never_passes_a_requirement_alone),
		cmocka_unit_test(a_requirement_is_as_bad_as_its_worst_check),
		cmocka_unit_test(a_waiver_does_not_make_a_test_pass),
		cmocka_unit_test(a_requirement_of_another_type_is_not_applicable),
		cmocka_unit_test(an_open_threat_counts_failed_and_unjudged_checks),
		cmocka_unit_test(
			a_requirement_or_threat_named_twice_counts_once_and_an_unknown_one_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
