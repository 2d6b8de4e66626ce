/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the checks say about requirements and threats. A requirement's verdict is the worst of its
 * checks. Waivers do not count here: an operator may accept a risk, but cannot make a test pass.
 */
#include "score/parts.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"

/* The catalogue's requirements, or its threats: both begin with their id and are sorted by it. */
struct known {
	const void *first;
	size_t n, size; /* of each */
};

static const char *id_of(const struct known *known, size_t i)
{
	return *(const char *const *)((const char *)known->first + i * known->size);
}

/* Where this id is, or would be. */
static size_t find(const struct known *known, const char *id)
{
	size_t low = 0, high = known->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(id_of(known, middle), id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* An id before this one is the same: a check counts once. */
static bool is_repeated(const char *const *ids, const char *const *at)
{
	while (ids < at && strcmp(*ids, *at))
		ids++;
	return ids < at;
}

/* Calls `count` for each place that one of the ids names. */
static void count_named(const struct known *known, const char *const *ids,
			const struct gvnp_result *result, void *found,
			void (*count)(void *found, size_t i, const struct gvnp_result *result))
{
	for (const char *const *id = ids; id && *id; id++)
		for (size_t i = is_repeated(ids, id) ? known->n : find(known, *id);
		     i < known->n && !strcmp(id_of(known, i), *id); i++)
			count(found, i, result);
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

static void add_result(void *data, size_t i, const struct gvnp_result *result)
{
	struct gvnp_requirement_result *found = (struct gvnp_requirement_result *)data + i;

	found->results = gvnp_grow(found->results, found->n_results);
	found->results[found->n_results++] = result;
}

void gvnp_score_requirements(struct gvnp_scores *scores, const struct gvnp_catalogue *catalogue,
			     const struct gvnp_results *results, int gvnp_type)
{
	const struct known known = { catalogue->requirements, catalogue->n_requirements,
				     sizeof *catalogue->requirements };
	struct gvnp_requirement_result *found = gvnp_allocate_array(known.n, sizeof *found);

	for (size_t i = 0; i < results->n; i++) {
		const struct gvnp_result *result = &results->results[i];

		if (gvnp_score_counts(result->check, gvnp_type))
			count_named(&known, result->check->requirement, result, found, add_result);
	}
	for (size_t i = 0; i < known.n; i++) {
		if (!found[i].n_results)
			continue;
		found[i].requirement = &catalogue->requirements[i];
		found[i].verdict = applies(found[i].requirement, gvnp_type)
					   ? verdict_of(&found[i])
					   : GVNP_REQUIREMENT_NOT_APPLICABLE;
		found[scores->n_requirements++] = found[i];
	}
	scores->requirements = found;
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

static void count_open(void *data, size_t i, const struct gvnp_result *result)
{
	struct gvnp_threat_result *found = (struct gvnp_threat_result *)data + i;

	found->n_failed += result->verdict == GVNP_FAIL;
	found->n_unjudged += result->verdict != GVNP_FAIL;
}

void gvnp_score_threats(struct gvnp_scores *scores, const struct gvnp_catalogue *catalogue,
			const struct gvnp_results *results, int gvnp_type)
{
	const struct known known = { catalogue->threats, catalogue->n_threats,
				     sizeof *catalogue->threats };
	struct gvnp_threat_result *found = gvnp_allocate_array(known.n, sizeof *found);

	for (size_t i = 0; i < results->n; i++) {
		const struct gvnp_result *result = &results->results[i];

		if (gvnp_score_counts(result->check, gvnp_type) && gvnp_result_is_open(result))
			count_named(&known, result->check->threat, result, found, count_open);
	}
	for (size_t i = 0; i < known.n; i++) {
		if (!found[i].n_failed && !found[i].n_unjudged)
			continue;
		found[i].threat = &catalogue->threats[i];
		found[scores->n_threats++] = found[i];
	}
	scores->threats = found;
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
