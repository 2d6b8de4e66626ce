/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Levels and scores of the areas and of the host. Integers only. The level is a gate: one open
 * critical check decides it, whatever else passes, so no number can hide a failed row.
 */
#include "gvnp/score.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "score/parts.h"

/* Shares of a check are kept as millionths, so that a third of a weight is not lost to rounding
 * before the sum is made. */
enum { MILLION = 1000000 };

bool gvnp_result_is_open(const struct gvnp_result *result)
{
	return result->verdict >= GVNP_INCONCLUSIVE && !result->is_waived;
}

bool gvnp_score_counts(const struct gvnp_check *check, int gvnp_type)
{
	return !check->is_site && !(gvnp_type == 2 && check->area == GVNP_HARDWARE);
}

static uint64_t weight_of(enum gvnp_severity severity)
{
	static const uint64_t weights[] = {
		[GVNP_LOW] = 1, [GVNP_MEDIUM] = 2, [GVNP_HIGH] = 5, [GVNP_CRITICAL] = 10
	};

	return weights[severity];
}

/* The share of its subjects that pass, in millionths. */
static uint64_t share_of(const struct gvnp_result *result)
{
	uint64_t n = 0, n_passed = 0;

	for (size_t i = 0; i < result->n_subjects; i++) {
		n += result->subjects[i].verdict != GVNP_NOT_APPLICABLE;
		n_passed += result->subjects[i].verdict == GVNP_PASS;
	}
	/* A problem of the whole check outranks subjects that look fine. */
	if (result->verdict != GVNP_PASS && n_passed == n)
		return 0;
	return n ? n_passed * MILLION / n : MILLION;
}

/* 0: something critical is open … 4: nothing is. */
static int gate(const size_t n_open[GVNP_CRITICAL + 1])
{
	for (int severity = GVNP_CRITICAL; severity >= GVNP_LOW; severity--)
		if (n_open[severity])
			return GVNP_CRITICAL - severity;
	return 4;
}

static int cap(int score, const size_t n_open[GVNP_CRITICAL + 1])
{
	if (n_open[GVNP_CRITICAL] && score > 39)
		return 39;
	if (n_open[GVNP_HIGH] && score > 69)
		return 69;
	return score;
}

static void score_area(struct gvnp_area_score *area, const struct gvnp_results *results)
{
	size_t n_open[GVNP_CRITICAL + 1] = { 0 };
	uint64_t total = 0, earned = 0;

	for (size_t i = 0; i < results->n; i++) {
		const struct gvnp_result *result = &results->results[i];
		enum gvnp_severity severity = result->check->severity;

		if (result->check->is_site || result->check->area != area->area)
			continue;
		if (result->is_waived)
			area->n_waived++;
		else
			area->counts[result->verdict][severity]++;
		n_open[severity] += gvnp_result_is_open(result);
		if (result->verdict == GVNP_NOT_APPLICABLE)
			continue;
		total += weight_of(severity) * MILLION;
		earned += weight_of(severity) * share_of(result);
	}
	gvnp_coverage_init(&area->coverage, results, area->area);
	area->is_judged = area->coverage.judged > 0;
	area->level = gate(n_open);
	area->score = total ? cap((int)(earned * 100 / total), n_open) : 0;
}

/* True for the areas that say nothing about a host that runs no hypervisor. */
static bool is_about_vms(enum gvnp_area area)
{
	return area == GVNP_ISOLATION || area == GVNP_ESCAPE;
}

/* An area in which nothing was judged still holds the host's level down while its checks are open:
 * what could not be looked at is not what is in order. */
static void score_host(struct gvnp_scores *scores)
{
	scores->level = 4;
	for (size_t i = 0; i < GVNP_N_AREAS; i++) {
		struct gvnp_area_score *area = &scores->areas[i];

		if (!area->is_in_scope)
			continue;
		if (!scores->has_hypervisor && is_about_vms(area->area)) {
			area->is_judged = false;
			continue;
		}
		scores->is_judged |= area->is_judged;
		if (area->level < scores->level)
			scores->level = area->level;
	}
}

struct gvnp_scores *gvnp_score(const struct gvnp_catalogue *catalogue,
			       const struct gvnp_results *results, int gvnp_type,
			       bool has_hypervisor)
{
	struct gvnp_scores *scores = gvnp_allocate(sizeof *scores);

	scores->has_hypervisor = has_hypervisor;
	for (size_t i = 0; i < GVNP_N_AREAS; i++) {
		scores->areas[i].area = (enum gvnp_area)i;
		scores->areas[i].is_in_scope = !(gvnp_type == 2 && i == GVNP_HARDWARE);
		if (scores->areas[i].is_in_scope)
			score_area(&scores->areas[i], results);
	}
	score_host(scores);
	gvnp_score_requirements(scores, catalogue, results, gvnp_type);
	gvnp_score_threats(scores, catalogue, results, gvnp_type);
	return scores;
}

void gvnp_scores_free(struct gvnp_scores *scores)
{
	if (!scores)
		return;
	for (size_t i = 0; i < GVNP_N_AREAS; i++)
		gvnp_coverage_done(&scores->areas[i].coverage);
	for (size_t i = 0; i < scores->n_requirements; i++)
		free(scores->requirements[i].results);
	free(scores->requirements);
	free(scores->threats);
	free(scores);
}

void gvnp_scores_freep(struct gvnp_scores **scores)
{
	gvnp_scores_free(*scores);
}

bool gvnp_score_is_open(const struct gvnp_results *results, enum gvnp_severity severity,
			int gvnp_type)
{
	for (size_t i = 0; i < results->n; i++) {
		const struct gvnp_result *result = &results->results[i];

		/* A site's own checks earn no score, but a gate the site asks for includes them. */
		if (!result->check->is_site && !gvnp_score_counts(result->check, gvnp_type))
			continue;
		if (result->check->severity >= severity && gvnp_result_is_open(result))
			return true;
	}
	return false;
}
