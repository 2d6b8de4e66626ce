/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report a person reads in a terminal. Its first screen says what is wrong and what to do; on a
 * terminal it ends there, because what scrolls away is not read. Everything follows it in a pipe, a
 * file or with --all.
 */
#include "report/text.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "report/cause.h"
#include "report/writers.h"

/* The first screen of a report that does not go to a terminal. */
enum { SCREEN_ROWS = 24 };

bool gvnp_text_is_failed(const struct gvnp_result *result)
{
	return !result->check->is_site && !result->is_waived && result->verdict == GVNP_FAIL;
}

/* On a host without hypervisor one sentence on the first screen speaks for these areas. */
static bool is_said_already(const struct gvnp_report *report, enum gvnp_area area)
{
	return !report->scores->has_hypervisor && (area == GVNP_ISOLATION || area == GVNP_ESCAPE);
}

bool gvnp_text_is_unjudged(const struct gvnp_report *report, const struct gvnp_result *result)
{
	return !result->check->is_site && !result->is_waived &&
	       (result->verdict == GVNP_INCONCLUSIVE || result->verdict == GVNP_ERROR) &&
	       !is_said_already(report, result->check->area);
}

bool gvnp_text_is_finding(const struct gvnp_text *text, size_t i)
{
	return gvnp_text_is_failed(text->ranked[i]) && !text->causes[i];
}

static int compare_results(const void *a, const void *b)
{
	const struct gvnp_result *left = *(const struct gvnp_result *const *)a;
	const struct gvnp_result *right = *(const struct gvnp_result *const *)b;

	if (left->verdict != right->verdict)
		return left->verdict < right->verdict ? 1 : -1;
	if (left->check->severity != right->check->severity)
		return left->check->severity < right->check->severity ? 1 : -1;
	if (left->check->area != right->check->area)
		return left->check->area < right->check->area ? -1 : 1;
	return strcmp(left->check->id, right->check->id);
}

/* With GVNP type 2 the hardware is somebody else's product: its checks stay out of this report. */
static bool is_in_scope(const struct gvnp_report *report, const struct gvnp_result *result)
{
	return result->check->is_site || report->scores->areas[result->check->area].is_in_scope;
}

static void rank(struct gvnp_text *text)
{
	const struct gvnp_results *results = text->report->results;
	size_t n = 0;

	text->ranked = gvnp_allocate_array(results->n + 1, sizeof *text->ranked);
	for (size_t i = 0; i < results->n; i++) {
		const struct gvnp_result *result = &results->results[i];

		if (!is_in_scope(text->report, result))
			continue;
		text->ranked[n++] = result;
		text->n_unjudged += gvnp_text_is_unjudged(text->report, result);
		if (!gvnp_text_is_failed(result))
			continue;
		text->n_failed++;
		text->n_counts[result->check->severity]++;
	}
	if (n)
		qsort(text->ranked, n, sizeof *text->ranked, compare_results);
	text->n_ranked = n;
	text->causes = gvnp_allocate_array(n + 1, sizeof *text->causes);
	for (size_t i = 0; i < n; i++) {
		if (gvnp_text_is_failed(text->ranked[i]))
			text->causes[i] = gvnp_report_cause(text->report, text->ranked[i]);
		/* What is not shown cannot explain anything. */
		if (text->causes[i] && !is_in_scope(text->report, text->causes[i]))
			text->causes[i] = NULL;
		text->n_consequences += text->causes[i] != NULL;
	}
}

static void how_to_get_more(const struct gvnp_text *text)
{
	gvnp_layout_heading(&text->layout, "MORE");
	gvnp_layout_paragraph(&text->layout, "  ", "  ",
			      "gvnp-audit explain ID tells why a check matters and what it reads; "
			      "list requirements "
			      "and list threats show the catalogue; query 'SELECT ...' asks the "
			      "facts themselves; "
			      "--format json and --format junit feed other tools.");
}

void gvnp_report_text(const struct gvnp_report *report, struct gvnp_buffer *out)
{
	struct gvnp_text text = {
		.report = report,
		.layout = { .out = out,
			    .columns = report->columns >= 40 ? report->columns : 80,
			    .is_colour = report->is_colour },
	};

	rank(&text);
	gvnp_text_summary(&text, report->rows ? report->rows : SCREEN_ROWS);
	if (!report->rows) {
		gvnp_text_findings(&text);
		gvnp_text_surface(&text);
		gvnp_text_unjudged(&text);
		gvnp_text_requirements(&text);
		gvnp_text_threats(&text);
		gvnp_text_holes(&text);
		how_to_get_more(&text);
	}
	free(text.ranked);
	free(text.causes);
}
