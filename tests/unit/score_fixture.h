/* SPDX-License-Identifier: Apache-2.0 */
/* Results made by hand: a few checks whose subjects got the verdicts a test writes as letters. */
#ifndef GVNP_TESTS_SCORE_FIXTURE_H
#define GVNP_TESTS_SCORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gvnp/score.h"

static const char *const escape_requirement[] = { "tr-escape", NULL };
static const char *const direct_requirement[] = { "ts-direct", NULL };
static const char *const vm_escape[] = { "vm-escape", NULL };

static const char *const nothing[] = { NULL };
static const char *const an_attempt[] = { "try it from inside the VM", NULL };
static struct gvnp_requirement requirements[] = {
	{ .id = "tr-escape",
	  .owed = an_attempt,
	  .claim = GVNP_PRECONDITION,
	  .applies_to_type_2 = true,
	  .applies_to_type_3 = true },
	{ .id = "tr-unreached",
	  .owed = nothing,
	  .claim = GVNP_DIRECT,
	  .applies_to_type_2 = true,
	  .applies_to_type_3 = true },
	{ .id = "ts-direct", .owed = nothing, .claim = GVNP_DIRECT, .applies_to_type_3 = true },
};
static struct gvnp_threat threats[] = { { .id = "unused" }, { .id = "vm-escape" } };

/* One check with up to four subjects; the verdicts are given as letters: p f i e n. */
struct fixture {
	struct gvnp_check checks[8];
	struct gvnp_result results[8];
	struct gvnp_subject subjects[8][4];
	struct gvnp_results all;
	struct gvnp_catalogue catalogue;
};

static inline enum gvnp_verdict verdict_of(char letter)
{
	switch (letter) {
	case 'p':
		return GVNP_PASS;
	case 'f':
		return GVNP_FAIL;
	case 'i':
		return GVNP_INCONCLUSIVE;
	case 'e':
		return GVNP_ERROR;
	}
	return GVNP_NOT_APPLICABLE;
}

static inline struct gvnp_result *add(struct fixture *fixture, enum gvnp_area area,
				      enum gvnp_severity severity, const char *letters)
{
	size_t n = fixture->all.n++;
	struct gvnp_result *result = &fixture->results[n];

	assert_true(n < 8);
	fixture->all.results = fixture->results;
	fixture->catalogue.requirements = requirements;
	fixture->catalogue.n_requirements = sizeof requirements / sizeof *requirements;
	fixture->catalogue.threats = threats;
	fixture->catalogue.n_threats = sizeof threats / sizeof *threats;
	fixture->checks[n] = (struct gvnp_check){
		.id = "check", .area = area, .severity = severity, .claim = GVNP_DIRECT
	};
	*result = (struct gvnp_result){ .check = &fixture->checks[n],
					.problem = "",
					.subjects = fixture->subjects[n] };
	for (; letters[result->n_subjects]; result->n_subjects++) {
		struct gvnp_subject *subject = &result->subjects[result->n_subjects];

		*subject =
			(struct gvnp_subject){ .object = "",
					       .subject = "amf",
					       .verdict = verdict_of(letters[result->n_subjects]),
					       .problem = "" };
		if (subject->verdict > result->verdict)
			result->verdict = subject->verdict;
	}
	return result;
}

static inline struct gvnp_scores *score(struct fixture *fixture, int gvnp_type)
{
	return gvnp_score(&fixture->catalogue, &fixture->all, gvnp_type, true);
}

#endif
