/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that failed, worst first: whose, on what evidence, and the exact remedy. Waived
 * results and the site's own checks follow under headings of their own, because they earn and cost
 * nothing.
 */
#include "report/text.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "report/escape.h"
#include "report/words.h"

/* A thousand VMs that fail alike are not a thousand lines; the JSON has them all. */
enum { SUBJECTS_MAX = 20 };

static void subject_line(const struct gvnp_text *text, const struct gvnp_subject *subject)
{
	_cleanup_buffer_ struct gvnp_buffer row = { 0 };

	gvnp_escape_terminal(&row, subject->subject);
	if (*subject->problem) {
		gvnp_buffer_append_text(&row, row.size ? ": " : "");
		gvnp_escape_terminal(&row, subject->problem);
	}
	if (subject->n_evidence) {
		gvnp_buffer_append_text(&row, row.size ? ": " : "");
		gvnp_words_evidence(&row, subject);
	}
	if (row.size)
		gvnp_layout_paragraph(&text->layout, "  * ", "    ", gvnp_buffer_text(&row));
}

static void subjects(const struct gvnp_text *text, const struct gvnp_result *result)
{
	size_t n = 0, n_waived = 0;

	for (size_t i = 0; i < result->n_subjects; i++) {
		const struct gvnp_subject *subject = &result->subjects[i];

		if (subject->verdict != result->verdict)
			continue;
		if (subject->waiver)
			n_waived++;
		else if (n++ < SUBJECTS_MAX)
			subject_line(text, subject);
	}
	if (n > SUBJECTS_MAX)
		gvnp_buffer_append_format(text->layout.out, "  * and %zu more\n", n - SUBJECTS_MAX);
	if (n_waived)
		gvnp_buffer_append_format(text->layout.out, "  * and %zu waived\n", n_waived);
}

static void title(const struct gvnp_text *text, const struct gvnp_result *result)
{
	_cleanup_buffer_ struct gvnp_buffer row = { 0 };
	const struct gvnp_check *check = result->check;

	gvnp_buffer_append_text(text->layout.out, "\n");
	gvnp_buffer_append_format(&row, "%s %s", gvnp_severity_name(check->severity), check->id);
	gvnp_layout_line(&text->layout, gvnp_layout_severity_colour(check->severity), row.size,
			 gvnp_buffer_text(&row));
	gvnp_buffer_clear(&row);
	gvnp_escape_terminal(&row, check->title);
	gvnp_layout_paragraph(&text->layout, "  Not so: ", "    ", gvnp_buffer_text(&row));
}

/* The 3GPP clauses; `explain` adds the guidance of others. */
static void points_to(const struct gvnp_text *text, const struct gvnp_check *check)
{
	_cleanup_buffer_ struct gvnp_buffer row = { 0 };

	for (const char *const *id = check->requirement; id && *id; id++) {
		const struct gvnp_requirement *requirement =
			gvnp_catalogue_requirement(text->report->catalogue, *id);

		if (!requirement || !strcmp(requirement->status, "guidance"))
			continue;
		_cleanup_free_ char *name = gvnp_requirement_name(requirement);
		gvnp_buffer_append_text(&row, row.size ? "; " : "");
		gvnp_escape_terminal(&row, name);
	}
	if (row.size)
		gvnp_layout_paragraph(&text->layout, "  For: ", "    ", gvnp_buffer_text(&row));
}

static size_t count_failing(const struct gvnp_result *result)
{
	size_t n = 0;

	for (size_t i = 0; i < result->n_subjects; i++)
		n += result->subjects[i].verdict == GVNP_FAIL && !result->subjects[i].waiver;
	return n;
}

/* What would not be there without this finding: it is not told again for every VM. */
static void consequences(const struct gvnp_text *text, const struct gvnp_result *result)
{
	_cleanup_buffer_ struct gvnp_buffer row = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < text->n_ranked; i++) {
		const struct gvnp_check *check = text->ranked[i]->check;

		if (text->causes[i] != result)
			continue;
		gvnp_buffer_append_format(&row, "%s%s %s (%zu)", row.size ? ", " : "",
					  gvnp_severity_name(check->severity), check->id,
					  count_failing(text->ranked[i]));
		n += count_failing(text->ranked[i]);
	}
	if (!row.size)
		return;
	gvnp_buffer_append_format(&row, ": %zu finding%s", n, n == 1 ? "" : "s");
	gvnp_layout_paragraph(&text->layout, "  And because of it: ", "    ",
			      gvnp_buffer_text(&row));
}

static void finding(const struct gvnp_text *text, const struct gvnp_result *result)
{
	title(text, result);
	subjects(text, result);
	consequences(text, result);
	gvnp_layout_prose(&text->layout, "  Fix: ", "    ", result->check->remediation);
	points_to(text, result->check);
}

static void waived_finding(const struct gvnp_text *text, const struct gvnp_result *result)
{
	_cleanup_buffer_ struct gvnp_buffer row = { 0 };

	gvnp_buffer_append_format(&row, "%s %s: %s", gvnp_severity_name(result->check->severity),
				  result->check->id, gvnp_verdict_name(result->verdict));
	gvnp_layout_paragraph(&text->layout, "  ", "    ", gvnp_buffer_text(&row));
	for (size_t i = 0; i < result->n_subjects; i++) {
		const struct gvnp_subject *subject = &result->subjects[i];

		if (!subject->waiver)
			continue;
		gvnp_buffer_clear(&row);
		gvnp_escape_terminal(&row, subject->subject);
		gvnp_buffer_append_text(&row, row.size ? ": " : "");
		gvnp_escape_terminal(&row, subject->waiver->reason);
		gvnp_buffer_append_text(&row, " (approved by ");
		gvnp_escape_terminal(&row, subject->waiver->approved_by);
		gvnp_buffer_append_text(&row, ", until ");
		gvnp_escape_terminal(&row, subject->waiver->expires);
		gvnp_buffer_append_text(&row, ")");
		gvnp_layout_paragraph(&text->layout, "    * ", "      ", gvnp_buffer_text(&row));
	}
}

static bool has_waiver(const struct gvnp_result *result)
{
	for (size_t i = 0; i < result->n_subjects; i++)
		if (result->subjects[i].waiver)
			return true;
	return false;
}

static void waived(const struct gvnp_text *text)
{
	bool has_heading = false;

	for (const struct gvnp_result **result = text->ranked; *result; result++) {
		if (!has_waiver(*result))
			continue;
		if (!has_heading)
			gvnp_layout_heading(&text->layout, "WAIVED: accepted by the operator, they "
							   "earn nothing and cap nothing");
		has_heading = true;
		waived_finding(text, *result);
	}
}

static void stale_waivers(const struct gvnp_text *text)
{
	const struct gvnp_catalogue *catalogue = text->report->catalogue;
	bool has_heading = false;

	for (size_t i = 0; i < catalogue->n_waivers; i++) {
		const struct gvnp_waiver *waiver = &catalogue->waivers[i];
		_cleanup_buffer_ struct gvnp_buffer row = { 0 };

		if (!waiver->is_expired && waiver->is_used)
			continue;
		if (!has_heading)
			gvnp_layout_heading(&text->layout, "WAIVERS THAT DO NOTHING");
		has_heading = true;
		gvnp_escape_terminal(&row, waiver->file);
		gvnp_buffer_append_format(&row, ":%d: waiver of ", waiver->line);
		gvnp_escape_terminal(&row, waiver->check);
		gvnp_buffer_append_text(&row, waiver->is_expired ? " expired on "
								 : " matches nothing open");
		gvnp_escape_terminal(&row, waiver->is_expired ? waiver->expires : "");
		gvnp_layout_paragraph(&text->layout, "  ", "    ", gvnp_buffer_text(&row));
	}
}

static void site_checks(const struct gvnp_text *text)
{
	bool has_heading = false;

	for (const struct gvnp_result **result = text->ranked; *result; result++) {
		if (!(*result)->check->is_site)
			continue;
		if (!has_heading)
			gvnp_layout_heading(&text->layout,
					    "CHECKS OF THIS SITE: they count in no score");
		has_heading = true;
		gvnp_buffer_append_format(
			text->layout.out, "  %s %s%s\n", gvnp_verdict_name((*result)->verdict),
			(*result)->check->id, (*result)->is_waived ? " (waived)" : "");
		if ((*result)->verdict < GVNP_INCONCLUSIVE || (*result)->is_waived)
			continue;
		subjects(text, *result);
		if ((*result)->verdict == GVNP_FAIL)
			gvnp_layout_prose(&text->layout, "  Fix: ", "    ",
					  (*result)->check->remediation);
	}
}

void gvnp_text_findings(const struct gvnp_text *text)
{
	if (text->n_consequences)
		gvnp_layout_heading(
			&text->layout,
			"FAILED: %zu checks, worst first; %zu of them are told with the "
			"cause they share",
			text->n_failed, text->n_consequences);
	else if (text->n_failed)
		gvnp_layout_heading(&text->layout, "FAILED: %zu checks, worst first",
				    text->n_failed);
	for (size_t i = 0; i < text->n_ranked; i++)
		if (gvnp_text_is_finding(text, i))
			finding(text, text->ranked[i]);
	waived(text);
	stale_waivers(text);
	site_checks(text);
}
