/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From results to levels, scores, coverage and requirement verdicts (DESIGN: levels are a gate, not
 * a mean; integers only). Pure.
 *
 * Open = fail, error or inconclusive, and not waived. Area level: 1 nothing critical open, 2 nothing
 * high, 3 nothing medium, 4 nothing low; 0 = something critical is open. Weights: critical 10,
 * high 5, medium 2, low 1; a check earns the share of its subjects that pass; not-applicable checks
 * weigh nothing. An open critical caps at 39, an open high at 69.
 */
#ifndef GVNP_SCORE_H
#define GVNP_SCORE_H

#include "gvnp/evaluate.h"

struct gvnp_reason {
	const char *problem;
	size_t n_checks;
};

struct gvnp_coverage {
	size_t judged; /* checks with pass or fail */
	size_t total;  /* checks that are not not-applicable */
	size_t not_applicable;
	struct gvnp_reason *reasons; /* why the rest was not judged, most frequent first */
	size_t n_reasons;
};

struct gvnp_area_score {
	enum gvnp_area area;
	bool is_in_scope; /* false: hardware with GVNP type 2 */
	bool is_judged;	  /* false: level and score are null */
	int level;	  /* 0-4 */
	int score;	  /* 0-100 */
	size_t counts[5][4];	/* [verdict][severity], unwaived */
	size_t n_waived;
	struct gvnp_coverage coverage;
};

enum gvnp_requirement_verdict {
	GVNP_REQUIREMENT_NOT_APPLICABLE,
	GVNP_REQUIREMENT_PASS,
	GVNP_REQUIREMENT_PASS_PRECONDITION,
	GVNP_REQUIREMENT_INCONCLUSIVE,
	GVNP_REQUIREMENT_ERROR,
	GVNP_REQUIREMENT_FAIL,
};

struct gvnp_requirement_result {
	const struct gvnp_requirement *requirement;
	enum gvnp_requirement_verdict verdict;
	const struct gvnp_result **results; /* of the checks that point to it */
	size_t n_results;
};

struct gvnp_threat_result {
	const struct gvnp_threat *threat;
	size_t n_failed, n_unjudged; /* open checks that name it */
};

struct gvnp_scores {
	struct gvnp_area_score areas[GVNP_N_AREAS];
	bool is_judged;
	/* Of the host: its lowest area in scope. An area in which nothing was judged, but something
	 * is open, counts with the level its open checks leave it. */
	int level;
	struct gvnp_requirement_result *requirements; /* only those some check points to */
	size_t n_requirements;
	struct gvnp_threat_result *threats; /* open ones, most failures first */
	size_t n_threats;
	bool has_hypervisor; /* false: report one sentence, not sixty inconclusives */
};

struct gvnp_scores *gvnp_score(const struct gvnp_catalogue *catalogue,
			       const struct gvnp_results *results, int gvnp_type,
			       bool has_hypervisor);
void gvnp_scores_free(struct gvnp_scores *scores);
void gvnp_scores_freep(struct gvnp_scores **scores);

/* Whether the host is itself a VM. */
enum gvnp_virtual { GVNP_VIRTUAL_NO, GVNP_VIRTUAL_YES, GVNP_VIRTUAL_UNKNOWN };

/* Unless the declaration accepts virtual hardware: turns every pass of a hardware check that reads
 * what a hypervisor shows (processor, firmware, TPM, IOMMU, PCI, DMI) into inconclusive when the
 * host is a VM or may be one. To be called between evaluation and score. */
void gvnp_results_distrust_virtual(struct gvnp_results *results,
				   const struct gvnp_catalogue *catalogue,
				   enum gvnp_virtual is_virtual);

/* Fail, error or inconclusive, and not waived. */
bool gvnp_result_is_open(const struct gvnp_result *result);

/* Why a check that was not judged was not: its own problem, else its first subject's. */
const char *gvnp_result_problem(const struct gvnp_result *result);

/* A problem with UUIDs and process ids, but that of process 1, replaced, and cut to a line: what
 * coverage groups by. The caller frees. */
char *gvnp_reason_of(const char *problem);

const char *gvnp_requirement_verdict_name(enum gvnp_requirement_verdict verdict);

/* True if anything unwaived of at least this severity is open (--fail-on), site checks included. */
bool gvnp_score_is_open(const struct gvnp_results *results, enum gvnp_severity severity,
			int gvnp_type);

#endif
