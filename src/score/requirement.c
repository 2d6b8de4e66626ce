/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the checks say about requirements and threats. A requirement's verdict is the worst of its
 * checks. Waivers do not count here: an operator may accept a risk, but cannot make a test pass.
 */
#include "score/parts.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"

static bool names(const char *const *list, const char *id)
{
	for (; list && *list; list++)
		if (!strcmp(*list, id))
			return true;
	return false;
}

/* Facts of a host pass a test case only where the clause is decided by configuration, a check
 * claims to decide it, and the test case asks for nothing else. Everything else leaves work to the
 * laboratory. */
static bool is_direct(const struct gvnp_requirement *requirement, const struct gvnp_result *result)
{
	return requirement->claim == GVNP_DIRECT && result->check->claim == GVNP_DIRECT &&
	       !requirement->owed[0];
}

static enum gvnp_requirement_verdict verdict_of(const struct gvnp_requirement_result *result)
{
	enum gvnp_verdict worst = GVNP_NOT_APPLICABLE;
	bool has_direct_pass = false;

	for (size_t i = 0; i < result->n_results; i++) {
		if (result->results[i]->verdict > worst)
			worst = result->results[i]->verdict;
		has_direct_pass |= result->results[i]->verdict == GVNP_PASS &&
				   is_direct(result->requirement, result->results[i]);
	}
	switch (worst) {
	case GVNP_NOT_APPLICABLE:
		break;
	case GVNP_PASS:
		return has_direct_pass ? GVNP_REQUIREMENT_PASS : GVNP_REQUIREMENT_PASS_PRECONDITION;
	case GVNP_INCONCLUSIVE:
		return GVNP_REQUIREMENT_INCONCLUSIVE;
	case GVNP_ERROR:
		return GVNP_REQUIREMENT_ERROR;
	case GVNP_FAIL:
		return GVNP_REQUIREMENT_FAIL;
	}
	return GVNP_REQUIREMENT_NOT_APPLICABLE;
}

static bool applies(const struct gvnp_requirement *requirement, int gvnp_type)
{
	return gvnp_type == 2 ? requirement->applies_to_type_2 : requirement->applies_to_type_3;
}

void gvnp_score_requirements(struct gvnp_scores *scores, const struct gvnp_catalogue *catalogue,
			     const struct gvnp_results *results, int gvnp_type)
{
	scores->requirements =
		gvnp_allocate_array(catalogue->n_requirements, sizeof *scores->requirements);
	for (size_t i = 0; i < catalogue->n_requirements; i++) {
		struct gvnp_requirement_result found = { .requirement =
								 &catalogue->requirements[i] };

		for (size_t j = 0; j < results->n; j++) {
			const struct gvnp_result *result = &results->results[j];

			if (!gvnp_score_counts(result->check, gvnp_type) ||
			    !names(result->check->requirement, found.requirement->id))
				continue;
			found.results = gvnp_grow(found.results, found.n_results);
			found.results[found.n_results++] = result;
		}
		if (!found.n_results)
			continue;
		found.verdict = applies(found.requirement, gvnp_type)
					? verdict_of(&found)
					: GVNP_REQUIREMENT_NOT_APPLICABLE;
		scores->requirements[scores->n_requirements++] = found;
	}
}

static int compare_threats(const void *a, const void *b)
{
	const struct gvnp_threat_result *left = a, *right = b;

	if (left->n_failed != right->n_failed)
		return left->n_failed < right->n_failed ? 1 : -1;
	if (left->n_unjudged != right->n_unjudged)
		return left->n_unjudged < right->n_unjudged ? 1 : -1;
	return strcmp(left->threat->id, right->threat->id);
}

void gvnp_score_threats(struct gvnp_scores *scores, const struct gvnp_catalogue *catalogue,
			const struct gvnp_results *results, int gvnp_type)
{
	scores->threats = gvnp_allocate_array(catalogue->n_threats, sizeof *scores->threats);
	for (size_t i = 0; i < catalogue->n_threats; i++) {
		struct gvnp_threat_result found = { .threat = &catalogue->threats[i] };

		for (size_t j = 0; j < results->n; j++) {
			const struct gvnp_result *result = &results->results[j];

			if (!gvnp_score_counts(result->check, gvnp_type) ||
			    !gvnp_result_is_open(result) ||
			    !names(result->check->threat, found.threat->id))
				continue;
			found.n_failed += result->verdict == GVNP_FAIL;
			found.n_unjudged += result->verdict != GVNP_FAIL;
		}
		if (found.n_failed || found.n_unjudged)
			scores->threats[scores->n_threats++] = found;
	}
	if (scores->n_threats)
		qsort(scores->threats, scores->n_threats, sizeof *scores->threats, compare_threats);
}

const char *gvnp_requirement_verdict_name(enum gvnp_requirement_verdict verdict)
{
	static const char *const verdict_names[] = {
		[GVNP_REQUIREMENT_NOT_APPLICABLE] = "not-applicable",
		[GVNP_REQUIREMENT_PASS] = "pass",
		[GVNP_REQUIREMENT_PASS_PRECONDITION] = "pass-precondition",
		[GVNP_REQUIREMENT_INCONCLUSIVE] = "inconclusive",
		[GVNP_REQUIREMENT_ERROR] = "error",
		[GVNP_REQUIREMENT_FAIL] = "fail",
	};

	return verdict_names[verdict];
}
