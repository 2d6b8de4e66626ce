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
	const struct gvnp_result **causes;  /* of each of these, what explains it; NULL: nothing */
	size_t n_ranked;
	size_t n_failed;		    /* shipped checks, unwaived */
	size_t n_consequences;		    /* of these, those that another one explains */
	size_t n_unjudged;		    /* inconclusive or error, unwaived, shipped */
	size_t n_counts[GVNP_CRITICAL + 1]; /* of the failed, by severity */
};

/* A shipped check in the state, unwaived. */
bool gvnp_text_is_failed(const struct gvnp_result *result);
bool gvnp_text_is_unjudged(const struct gvnp_report *report, const struct gvnp_result *result);

/* A finding of its own: failed, and no other finding explains it. `i` is its place in `ranked`. */
bool gvnp_text_is_finding(const struct gvnp_text *text, size_t i);

/* Identity, levels, and the worst findings with what to do, in at most `rows` lines. */
void gvnp_text_summary(const struct gvnp_text *text, int rows);

/* Everything that failed, with evidence and remedy; then waived ones, then the site's own. */
void gvnp_text_findings(const struct gvnp_text *text);

/* VMs by the index of escape-surface-index, when that check is in the catalogue. */
void gvnp_text_surface(const struct gvnp_text *text);

/* What was not judged, by reason; requirement verdicts; threats left open; holes. */
void gvnp_text_unjudged(const struct gvnp_text *text);
void gvnp_text_requirements(const struct gvnp_text *text);
void gvnp_text_threats(const struct gvnp_text *text);
void gvnp_text_holes(const struct gvnp_text *text);

#endif
