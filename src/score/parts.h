/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of score/ share. */
#ifndef GVNP_SCORE_PARTS_H
#define GVNP_SCORE_PARTS_H

#include "gvnp/score.h"

/* True if the check counts at all for this GVNP type: shipped, and its area is in scope. */
bool gvnp_score_counts(const struct gvnp_check *check, int gvnp_type);

/* Counts judged and unjudged checks of an area, and why the rest was not judged. */
void gvnp_coverage_init(struct gvnp_coverage *coverage, const struct gvnp_results *results,
			enum gvnp_area area);
void gvnp_coverage_done(struct gvnp_coverage *coverage);

void gvnp_score_requirements(struct gvnp_scores *scores, const struct gvnp_catalogue *catalogue,
			     const struct gvnp_results *results, int gvnp_type);
void gvnp_score_threats(struct gvnp_scores *scores, const struct gvnp_catalogue *catalogue,
			const struct gvnp_results *results, int gvnp_type);

#endif
