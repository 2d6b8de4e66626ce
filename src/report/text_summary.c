/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first screen: which host, how it stands, what is worst and what to do about it. Every line is
 * cut to the width, so that the number of lines is known and the screen never scrolls.
 */
#include "report/text.h"

#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/escape.h"
#include "report/words.h"

/* Counts the lines it prints, so that findings fill what is left of the screen. */
struct screen {
	const struct gvnp_text *text;
	int rows_left;
};

static void line(struct screen *screen, enum gvnp_colour colour, size_t n_coloured,
		 const char *escaped)
{
	gvnp_layout_line(&screen->text->layout, colour, n_coloured, escaped);
	screen->rows_left--;
}

static void append_part(struct gvnp_buffer *out, const char *separator, const char *part)
{
	if (!*part)
		return;
	gvnp_buffer_append_text(out, out->size ? separator : "");
	gvnp_escape_terminal(out, part);
}

static void identity(struct screen *screen)
{
	const struct gvnp_report *report = screen->text->report;
	_cleanup_buffer_ struct gvnp_buffer first = { 0 }, second = { 0 };
	_cleanup_free_ char *tool = gvnp_format("gvnp-audit %s", report->run.tool_version);
	_cleanup_free_ char *kernel = gvnp_format("kernel %s", report->kernel);
	_cleanup_free_ char *when = gvnp_words_time(report->time);
	_cleanup_free_ char *type = gvnp_format("GVNP type %d", report->gvnp_type);

	append_part(&first, ", ", tool);
	append_part(&first, ": ", report->product);
	append_part(&first, *report->product ? ", " : ": ", report->os);
	append_part(&first, ", ", *report->kernel ? kernel : "");
	line(screen, GVNP_BOLD, strlen(tool), gvnp_buffer_text(&first));

	append_part(&second, ", ", when);
	append_part(&second, ", ", strcmp(report->run.mode, "live") ? report->run.mode : "");
	append_part(&second, ", ", type);
	if (report->is_virtual)
		append_part(&second, ", ",
			    report->accepts_virtual_hardware ? "VIRTUAL hardware, accepted"
							     : "VIRTUAL hardware");
	append_part(&second, ", ", report->hypervisor);
	line(screen, GVNP_PLAIN, 0, gvnp_buffer_text(&second));
}

static enum gvnp_colour level_colour(int level)
{
	return level < 2 ? GVNP_RED : level < 4 ? GVNP_YELLOW : GVNP_GREEN;
}

static void area_row(struct screen *screen, const struct gvnp_area_score *area)
{
	_cleanup_buffer_ struct gvnp_buffer row = { 0 };
	_cleanup_free_ char *judged =
		gvnp_format("%zu of %zu", area->coverage.judged, area->coverage.total);
	const size_t *failed = area->counts[GVNP_FAIL];

	gvnp_buffer_append_format(&row, "%-22s", gvnp_area_title(area->area));
	if (!area->is_in_scope) {
		gvnp_buffer_append_text(&row, "not part of a GVNP of type 2");
		line(screen, GVNP_PLAIN, 0, gvnp_buffer_text(&row));
		return;
	}
	if (area->is_judged)
		gvnp_buffer_append_format(&row, "%d of 4%7d", area->level, area->score);
	else
		gvnp_buffer_append_text(&row, "   not judged");
	size_t n_coloured = area->is_judged ? row.size : 0;
	gvnp_buffer_append_format(&row, "%12s%14zu%6zu%6zu%6zu", judged, failed[GVNP_CRITICAL],
				  failed[GVNP_HIGH], failed[GVNP_MEDIUM], failed[GVNP_LOW]);
	line(screen, level_colour(area->level), n_coloured, gvnp_buffer_text(&row));
}

static void areas(struct screen *screen)
{
	_cleanup_free_ char *heading =
		gvnp_format("%-22s%6s%7s%12s%14s%6s%6s%6s", "", "Level", "Score", "Judged",
			    "FAILED  crit", "high", "med", "low");

	line(screen, GVNP_DIM, strlen(heading), heading);
	for (size_t i = 0; i < GVNP_N_AREAS; i++)
		area_row(screen, &screen->text->report->scores->areas[i]);
}

static void host_level(struct screen *screen)
{
	const struct gvnp_text *text = screen->text;
	const struct gvnp_scores *scores = text->report->scores;
	const size_t *counts = text->n_counts;
	_cleanup_buffer_ struct gvnp_buffer row = { 0 };

	if (scores->is_judged)
		gvnp_buffer_append_format(&row, "HOST level %d of 4", scores->level);
	else
		gvnp_buffer_append_text(&row, "HOST not judged");
	size_t n_coloured = row.size;
	if (text->n_failed)
		gvnp_buffer_append_format(&row,
					  ": failed %zu critical, %zu high, %zu medium, %zu low",
					  counts[GVNP_CRITICAL], counts[GVNP_HIGH],
					  counts[GVNP_MEDIUM], counts[GVNP_LOW]);
	else
		gvnp_buffer_append_text(&row, ": nothing that was judged failed");
	if (text->n_unjudged)
		gvnp_buffer_append_format(&row, "; %zu unjudged", text->n_unjudged);
	line(screen, scores->is_judged ? level_colour(scores->level) : GVNP_BOLD, n_coloured,
	     gvnp_buffer_text(&row));
}

/* The most frequent reason over all areas in scope. */
static void why_unjudged(struct screen *screen)
{
	const struct gvnp_scores *scores = screen->text->report->scores;
	const struct gvnp_reason *worst = NULL;
	_cleanup_buffer_ struct gvnp_buffer row = { 0 };

	for (size_t i = 0; i < GVNP_N_AREAS; i++) {
		const struct gvnp_coverage *coverage = &scores->areas[i].coverage;

		if (coverage->n_reasons &&
		    (!worst || coverage->reasons->n_checks > worst->n_checks))
			worst = coverage->reasons;
	}
	if (!worst)
		return;
	gvnp_buffer_append_format(&row, "Unjudged, %zu of them: ", worst->n_checks);
	gvnp_escape_terminal(&row, worst->problem);
	line(screen, GVNP_PLAIN, 0, gvnp_buffer_text(&row));
}

static void short_evidence(struct screen *screen, const struct gvnp_result *result)
{
	_cleanup_buffer_ struct gvnp_buffer row = { 0 };
	const struct gvnp_subject *first = NULL;
	size_t n_more = 0;

	for (size_t i = 0; i < result->n_subjects; i++) {
		const struct gvnp_subject *subject = &result->subjects[i];

		if (subject->verdict != result->verdict || subject->waiver)
			continue;
		if (!first)
			first = subject;
		else
			n_more++;
	}
	gvnp_buffer_append_text(&row, "    ");
	gvnp_escape_terminal(&row, result->check->id);
	gvnp_buffer_append_text(&row, ": ");
	if (first) {
		gvnp_escape_terminal(&row, first->subject);
		if (n_more)
			gvnp_buffer_append_format(&row, " and %zu more", n_more);
		gvnp_buffer_append_text(&row, first->n_evidence && *first->subject ? ": " : "");
		gvnp_words_evidence(&row, first);
	} else {
		gvnp_escape_terminal(&row, result->problem);
	}
	line(screen, GVNP_PLAIN, 0, gvnp_buffer_text(&row));
}

/* The beginning of the remedy, in at most `rows` lines. */
static void remedy(struct screen *screen, const struct gvnp_check *check, int rows)
{
	const struct gvnp_text *text = screen->text;
	_cleanup_buffer_ struct gvnp_buffer words = { 0 }, wrapped = { 0 }, row = { 0 };
	_cleanup_free_ char *joined = gvnp_layout_join(check->remediation);
	struct gvnp_layout layout = { .out = &wrapped, .columns = text->layout.columns };
	struct gvnp_slice rest, part;

	gvnp_escape_terminal(&words, joined);
	gvnp_layout_paragraph(&layout, "    -> ", "       ", gvnp_buffer_text(&words));
	rest = gvnp_slice(gvnp_buffer_text(&wrapped));
	for (int i = 0; i < rows && gvnp_slice_next(&rest, '\n', &part); i++) {
		gvnp_buffer_clear(&row);
		gvnp_buffer_append(&row, part.text, part.size);
		if (i + 1 == rows && rest.size) /* what follows shows that it is cut */
			gvnp_buffer_append(&row, rest.text + 6, rest.size - 6);
		line(screen, GVNP_BOLD, i ? 0 : 6, gvnp_buffer_text(&row));
	}
}

static void finding(struct screen *screen, const struct gvnp_result *result, int remedy_rows)
{
	const char *severity = gvnp_severity_name(result->check->severity);
	_cleanup_buffer_ struct gvnp_buffer title = { 0 };

	gvnp_buffer_append_format(&title, "FAIL %-8s ", severity);
	gvnp_escape_terminal(&title, result->check->title);
	line(screen, gvnp_layout_severity_colour(result->check->severity), 13,
	     gvnp_buffer_text(&title));
	short_evidence(screen, result);
	remedy(screen, result->check, remedy_rows);
}

static void closing(struct screen *screen, size_t n_left)
{
	_cleanup_buffer_ struct gvnp_buffer row = { 0 };
	bool is_end = screen->text->report->rows;

	if (n_left)
		gvnp_buffer_append_format(&row, "and %zu more that failed. ", n_left);
	if (is_end)
		gvnp_buffer_append_text(&row, "Everything: the same with --all");
	else if (n_left)
		gvnp_buffer_append_text(&row, "All follow.");
	if (row.size)
		line(screen, GVNP_BOLD, is_end ? row.size : 0, gvnp_buffer_text(&row));
}

/* At least three lines a finding, more of the remedy where there is room; a line for what closes
 * the screen, and one for the prompt of the shell. */
static void findings(struct screen *screen)
{
	const struct gvnp_text *text = screen->text;
	int room = screen->rows_left - 2;
	size_t n_most = room > 3 ? (size_t)room / 3 : 1, n = 0;
	size_t n_findings = text->n_failed - text->n_consequences;

	if (n_most > n_findings)
		n_most = n_findings;
	int remedy_rows = n_most ? room / (int)n_most - 2 : 1;
	remedy_rows = remedy_rows < 1 ? 1 : remedy_rows > 4 ? 4 : remedy_rows;
	for (size_t i = 0; i < text->n_ranked && n < n_most; i++) {
		if (!gvnp_text_is_finding(text, i))
			continue;
		finding(screen, text->ranked[i], remedy_rows);
		n++;
	}
	closing(screen, text->n_failed - n);
}

static void blank(struct screen *screen)
{
	gvnp_buffer_append_text(screen->text->layout.out, "\n");
	screen->rows_left--;
}

void gvnp_text_summary(const struct gvnp_text *text, int rows)
{
	struct screen screen = { .text = text, .rows_left = rows };

	identity(&screen);
	areas(&screen);
	host_level(&screen);
	if (!text->report->scores->has_hypervisor) {
		gvnp_layout_paragraph(&text->layout, "", "", gvnp_words_no_hypervisor);
		screen.rows_left -= 3;
	} else if (text->n_unjudged) {
		why_unjudged(&screen);
	}
	blank(&screen);
	findings(&screen);
}
