/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the text report share. */
#ifndef GVNP_REPORT_TEXT_H
#define GVNP_REPORT_TEXT_H

#include "gvnp/report.h"
#include "report/layout.h"

struct gvnp_text {
	const struct gvnp_report *report;
	struct gvnp_layout layout;
	const struct gvnp_result **ranked;  /* all results: verdict, then severity, worst first */
	size_t n_failed;		    /* shipped checks, unwaived */
	size_t n_unjudged;		    /* inconclusive or error, unwaived, shipped */
	size_t n_counts[GVNP_CRITICAL + 1]; /* of the failed, by severity */
};

/* A shipped check in the state, unwaived. */
bool gvnp_text_is_failed(const struct gvnp_result *result);
bool gvnp_text_is_unjudged(const struct gvnp_report *report, const struct gvnp_result *result);

/* Identity, levels, and the worst findings with what to do, in at most `rows` lines. */
void gvnp_text_summary(const struct gvnp_text *text, int rows);

/* Everything that failed, with evidence and remedy; then waived ones, then the site's own. */
void gvnp_text_findings(const struct gvnp_text *text);

/* What was not judged, by reason; requirement verdicts; threats left open; holes. */
void gvnp_text_unjudged(const struct gvnp_text *text);
void gvnp_text_requirements(const struct gvnp_text *text);
void gvnp_text_threats(const struct gvnp_text *text);
void gvnp_text_holes(const struct gvnp_text *text);

#endif
