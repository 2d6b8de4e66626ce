/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What follows the findings: what was not judged and why, the 3GPP requirements, the threats left
 * open, and what could not be collected.
 */
#include "report/text.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/escape.h"
#include "report/words.h"

/* ---- what was not judged, one paragraph a reason */

/* Problems that differ by the path only are told one by one up to here. */
enum { MOST_PATHS = 3 };

struct reason {
	char *problem;
	struct gvnp_buffer ids;
	size_t n;
};

struct reasons {
	struct reason *reasons;
	size_t n;
};

static void add_reason(struct reasons *reasons, const char *problem, const char *id)
{
	_cleanup_free_ char *grouped = gvnp_reason_of(problem);
	struct reason *found = NULL;

	for (size_t i = 0; i < reasons->n && !found; i++)
		if (!strcmp(reasons->reasons[i].problem, grouped))
			found = &reasons->reasons[i];
	if (!found) {
		reasons->reasons = gvnp_grow(reasons->reasons, reasons->n);
		found = &reasons->reasons[reasons->n++];
		*found = (struct reason){ .problem = gvnp_take(grouped) };
	}
	gvnp_buffer_append_text(&found->ids, found->ids.size ? ", " : "");
	gvnp_escape_terminal(&found->ids, id);
	found->n++;
}

static int compare_reasons(const void *a, const void *b)
{
	const struct reason *left = a, *right = b;

	if (left->n != right->n)
		return left->n < right->n ? 1 : -1;
	return strcmp(left->problem, right->problem);
}

static void sort_reasons(struct reasons *reasons)
{
	if (reasons->n)
		qsort(reasons->reasons, reasons->n, sizeof *reasons->reasons, compare_reasons);
}

static void print_reasons(const struct gvnp_text *text, struct reasons *reasons)
{
	sort_reasons(reasons);
	for (size_t i = 0; i < reasons->n; i++) {
		struct reason *reason = &reasons->reasons[i];
		_cleanup_buffer_ struct gvnp_buffer row = { 0 };

		gvnp_buffer_append_format(&row, "%zu x ", reason->n);
		gvnp_escape_terminal(&row, reason->problem);
		gvnp_layout_paragraph(&text->layout, "  ", "    ", gvnp_buffer_text(&row));
		gvnp_layout_paragraph(&text->layout, "    ", "    ",
				      gvnp_buffer_text(&reason->ids));
	}
}

static void reasons_done(struct reasons *reasons)
{
	for (size_t i = 0; i < reasons->n; i++) {
		free(reasons->reasons[i].problem);
		gvnp_buffer_done(&reasons->reasons[i].ids);
	}
	free(reasons->reasons);
}

void gvnp_text_unjudged(const struct gvnp_text *text)
{
	_cleanup_(reasons_done) struct reasons inconclusive = { 0 }, errors = { 0 };

	for (const struct gvnp_result **result = text->ranked; *result; result++) {
		if (!gvnp_text_is_unjudged(text->report, *result))
			continue;
		add_reason((*result)->verdict == GVNP_ERROR ? &errors : &inconclusive,
			   gvnp_result_problem(*result), (*result)->check->id);
	}
	if (errors.n)
		gvnp_layout_heading(&text->layout, "ERRORS: checks that could not be evaluated");
	print_reasons(text, &errors);
	if (inconclusive.n)
		gvnp_layout_heading(&text->layout, "NOT JUDGED: what would be needed is missing");
	print_reasons(text, &inconclusive);
}

/* ---- requirements */

/* Ids of its checks with this verdict. */
static void check_ids(struct gvnp_buffer *out, const struct gvnp_requirement_result *result,
		      enum gvnp_verdict verdict)
{
	for (size_t i = 0; i < result->n_results; i++) {
		if (result->results[i]->verdict != verdict)
			continue;
		gvnp_buffer_append_text(out, out->size ? ", " : "");
		gvnp_escape_terminal(out, result->results[i]->check->id);
		if (result->results[i]->is_waived)
			gvnp_buffer_append_text(out, " (waived, which changes no verdict here)");
	}
}

static void requirement(const struct gvnp_text *text, const struct gvnp_requirement_result *result)
{
	_cleanup_buffer_ struct gvnp_buffer row = { 0 }, ids = { 0 };
	_cleanup_free_ char *name = gvnp_requirement_name(result->requirement);

	gvnp_escape_terminal(&row, name);
	gvnp_buffer_append_text(&row, ": ");
	gvnp_escape_terminal(&row, result->requirement->title);
	gvnp_layout_paragraph(&text->layout, "  ", "    ", gvnp_buffer_text(&row));

	if (result->verdict == GVNP_REQUIREMENT_FAIL)
		check_ids(&ids, result, GVNP_FAIL);
	if (result->verdict == GVNP_REQUIREMENT_ERROR)
		check_ids(&ids, result, GVNP_ERROR);
	if (result->verdict == GVNP_REQUIREMENT_INCONCLUSIVE)
		check_ids(&ids, result, GVNP_INCONCLUSIVE);
	if (ids.size)
		gvnp_layout_paragraph(&text->layout, "    ", "    ", gvnp_buffer_text(&ids));
	if (result->verdict != GVNP_REQUIREMENT_PASS_PRECONDITION)
		return;
	for (const char *const *owed = result->requirement->owed; owed && *owed; owed++) {
		gvnp_buffer_clear(&row);
		gvnp_escape_terminal(&row, *owed);
		gvnp_layout_paragraph(&text->layout, "    owed: ", "      ",
				      gvnp_buffer_text(&row));
	}
}

static const char *verdict_words(enum gvnp_requirement_verdict verdict)
{
	switch (verdict) {
	case GVNP_REQUIREMENT_FAIL:
		return "FAIL";
	case GVNP_REQUIREMENT_ERROR:
		return "ERROR";
	case GVNP_REQUIREMENT_INCONCLUSIVE:
		return "INCONCLUSIVE";
	case GVNP_REQUIREMENT_PASS_PRECONDITION:
		return "PASS-PRECONDITION: the host is in order, the laboratory still owes the "
		       "test";
	case GVNP_REQUIREMENT_PASS:
		return "PASS";
	case GVNP_REQUIREMENT_NOT_APPLICABLE:
		break;
	}
	return "NOT APPLICABLE";
}

/* Those with this verdict, 3GPP first and the guidance of others after it. */
static void requirements_with(const struct gvnp_text *text, enum gvnp_requirement_verdict verdict)
{
	const struct gvnp_scores *scores = text->report->scores;
	bool has_heading = false;

	for (int is_guidance = 0; is_guidance <= 1; is_guidance++)
		for (size_t i = 0; i < scores->n_requirements; i++) {
			const struct gvnp_requirement_result *result = &scores->requirements[i];

			if (result->verdict != verdict ||
			    is_guidance != !strcmp(result->requirement->status, "guidance"))
				continue;
			if (!has_heading)
				gvnp_layout_heading(&text->layout, "REQUIREMENTS: %s",
						    verdict_words(verdict));
			has_heading = true;
			requirement(text, result);
		}
}

void gvnp_text_requirements(const struct gvnp_text *text)
{
	for (int verdict = GVNP_REQUIREMENT_FAIL; verdict > GVNP_REQUIREMENT_NOT_APPLICABLE;
	     verdict--)
		requirements_with(text, (enum gvnp_requirement_verdict)verdict);
}

/* ---- threats */

void gvnp_text_threats(const struct gvnp_text *text)
{
	const struct gvnp_scores *scores = text->report->scores;

	if (scores->n_threats)
		gvnp_layout_heading(&text->layout, "THREATS LEFT OPEN");
	for (size_t i = 0; i < scores->n_threats; i++) {
		const struct gvnp_threat_result *threat = &scores->threats[i];
		_cleanup_buffer_ struct gvnp_buffer row = { 0 };

		gvnp_escape_terminal(&row, threat->threat->id);
		gvnp_buffer_append_text(&row, ": ");
		gvnp_escape_terminal(&row, threat->threat->title);
		if (threat->n_failed)
			gvnp_buffer_append_format(&row, ": %zu failed", threat->n_failed);
		if (threat->n_unjudged)
			gvnp_buffer_append_format(&row, "%s %zu not judged",
						  threat->n_failed ? "," : ":", threat->n_unjudged);
		gvnp_layout_paragraph(&text->layout, "  ", "    ", gvnp_buffer_text(&row));
	}
}

/* ---- what could not be collected */

static bool is_listed(const struct gvnp_buffer *ids, const char *name)
{
	struct gvnp_slice rest = gvnp_slice(gvnp_buffer_text(ids)), item;

	while (gvnp_slice_next(&rest, ',', &item))
		if (gvnp_slice_is(gvnp_slice_trim(item), name))
			return true;
	return false;
}

/* What is wrong with the path a problem is about; NULL when it is about something else, or about
 * the same file of many processes. */
static const char *words_after_path(const char *problem)
{
	const char *colon = strstr(problem, ": ");

	if (*problem != '/' || !colon || memchr(problem, ' ', (size_t)(colon - problem)) ||
	    memmem(problem, (size_t)(colon - problem), "/PID", 4))
		return NULL;
	return colon + 2;
}

static bool is_like(const struct reason *reason, const char *words)
{
	const char *own = words_after_path(reason->problem);

	return own && !strcmp(own, words);
}

/* The paths of all reasons with these words go into the first one; the others are dropped. */
static void merge_into(struct reasons *reasons, size_t first, size_t n_paths)
{
	_cleanup_buffer_ struct gvnp_buffer problem = { 0 };
	_cleanup_free_ char *words =
		gvnp_duplicate(words_after_path(reasons->reasons[first].problem));
	struct reason *into = &reasons->reasons[first];
	size_t kept = first + 1, n_shown = 0;

	gvnp_buffer_append_text(&problem, words);
	for (size_t i = first; i < reasons->n; i++) {
		struct reason *reason = &reasons->reasons[i];
		struct gvnp_slice rest = gvnp_slice(gvnp_buffer_text(&reason->ids)), id;

		if (!is_like(reason, words)) {
			reasons->reasons[kept++] = *reason;
			continue;
		}
		if (n_shown < MOST_PATHS)
			gvnp_buffer_append_format(&problem, "%s%.*s", n_shown++ ? ", " : ": ",
						  (int)strcspn(reason->problem, ":"),
						  reason->problem);
		if (i == first)
			continue;
		into->n += reason->n;
		while (gvnp_slice_next(&rest, ',', &id)) {
			_cleanup_free_ char *name = gvnp_slice_copy(gvnp_slice_trim(id));

			if (!is_listed(&into->ids, name))
				gvnp_buffer_append_format(&into->ids, ", %s", name);
		}
		free(reason->problem);
		gvnp_buffer_done(&reason->ids);
	}
	gvnp_buffer_append_format(&problem, ", +%zu more", n_paths - n_shown);
	free(into->problem);
	into->problem = gvnp_buffer_take(&problem);
	reasons->n = kept;
}

/* A view that is refused is refused for every path: said once, with the first few of them. */
static void merge_paths(struct reasons *reasons)
{
	sort_reasons(reasons);
	for (size_t i = 0; i < reasons->n; i++) {
		const char *words = words_after_path(reasons->reasons[i].problem);
		size_t n = 0;

		for (size_t j = i; words && j < reasons->n; j++)
			n += is_like(&reasons->reasons[j], words);
		if (n > MOST_PATHS)
			merge_into(reasons, i, n);
	}
}

void gvnp_text_holes(const struct gvnp_text *text)
{
	const struct gvnp_report *report = text->report;
	_cleanup_(reasons_done) struct reasons reasons = { 0 };

	for (size_t i = 0; i < report->n_holes; i++) {
		_cleanup_free_ char *grouped = gvnp_reason_of(report->holes[i].problem);
		struct reason *found = NULL;

		for (size_t j = 0; j < reasons.n; j++)
			if (!strcmp(reasons.reasons[j].problem, grouped))
				found = &reasons.reasons[j];
		if (found && is_listed(&found->ids, report->holes[i].table))
			found->n++;
		else
			add_reason(&reasons, report->holes[i].problem, report->holes[i].table);
	}
	merge_paths(&reasons);
	if (reasons.n)
		gvnp_layout_heading(&text->layout, "NOT COLLECTED: why, and in which tables");
	print_reasons(text, &reasons);
	if (report->n_observations) {
		gvnp_layout_heading(&text->layout, "TRACE");
		gvnp_buffer_append_format(text->layout.out, "  %zu requests, SHA-256 %s\n",
					  report->n_observations, report->observation_digest);
	}
}
