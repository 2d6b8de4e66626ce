/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JUnit XML for a SCAS test runner: one test case per 3GPP test, under the runner's own function
 * name, then one per check. fail is a failure; error and inconclusive are errors; not-applicable
 * and pass-precondition are skipped, with what the laboratory still owes. A test that no check
 * reaches is listed as skipped, not left out.
 */
#include "report/writers.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "report/escape.h"
#include "report/words.h"

struct counts {
	size_t n, n_failed, n_errors, n_skipped;
};

static void attribute(struct gvnp_buffer *out, const char *name, const char *value)
{
	gvnp_buffer_append_format(out, " %s=\"", name);
	gvnp_escape_xml(out, value);
	gvnp_buffer_append_text(out, "\"");
}

static void property(struct gvnp_buffer *out, const char *name, const char *value)
{
	gvnp_buffer_append_text(out, "<property");
	attribute(out, "name", name);
	attribute(out, "value", value);
	gvnp_buffer_append_text(out, "/>");
}

static void open_case(struct gvnp_buffer *out, const char *class, const char *name)
{
	gvnp_buffer_append_text(out, "<testcase");
	attribute(out, "classname", class);
	attribute(out, "name", name);
	gvnp_buffer_append_text(out, " time=\"0\">");
}

/* <failure>, <error> or <skipped> with a message; the text inside is already escaped. */
static void outcome(struct gvnp_buffer *out, const char *element, const char *message,
		    const char *escaped)
{
	gvnp_buffer_append_format(out, "<%s", element);
	attribute(out, "message", message);
	gvnp_buffer_append_format(out, ">%s</%s>", escaped, element);
}

/* ---- 3GPP tests */

static const struct gvnp_requirement_result *find_result(const struct gvnp_scores *scores,
							 const struct gvnp_requirement *requirement)
{
	for (size_t i = 0; i < scores->n_requirements; i++)
		if (scores->requirements[i].requirement == requirement)
			return &scores->requirements[i];
	return NULL;
}

/* What the laboratory still does, a line each. */
static void list_owed(struct gvnp_buffer *out, const struct gvnp_requirement *requirement)
{
	for (const char *const *owed = requirement->owed; owed && *owed; owed++) {
		gvnp_buffer_append_text(out, "\nowed: ");
		gvnp_escape_xml(out, *owed);
	}
}

static void list_checks(struct gvnp_buffer *out, const struct gvnp_requirement_result *result)
{
	for (size_t i = 0; i < result->n_results; i++) {
		const struct gvnp_result *check = result->results[i];

		gvnp_buffer_append_format(out, "\n%s: ", gvnp_verdict_name(check->verdict));
		gvnp_escape_xml(out, check->check->id);
		if (check->is_waived)
			gvnp_buffer_append_text(out, " (waived by the operator)");
		if (check->verdict == GVNP_ERROR || check->verdict == GVNP_INCONCLUSIVE) {
			gvnp_buffer_append_text(out, ": ");
			gvnp_escape_xml(out, gvnp_result_problem(check));
		}
	}
}

static void requirement_outcome(struct gvnp_buffer *out, struct counts *counts,
				const struct gvnp_requirement *requirement,
				const struct gvnp_requirement_result *result)
{
	_cleanup_buffer_ struct gvnp_buffer detail = { 0 };
	enum gvnp_requirement_verdict verdict =
		result ? result->verdict : GVNP_REQUIREMENT_NOT_APPLICABLE;

	if (result)
		list_checks(&detail, result);
	list_owed(&detail, requirement);
	switch (verdict) {
	case GVNP_REQUIREMENT_PASS:
		return;
	case GVNP_REQUIREMENT_PASS_PRECONDITION:
		outcome(out, "skipped",
			"pass-precondition: what the host shows is in order, the test itself is "
			"owed",
			gvnp_buffer_text(&detail));
		counts->n_skipped++;
		return;
	case GVNP_REQUIREMENT_NOT_APPLICABLE:
		outcome(out, "skipped",
			result ? "not-applicable" : "no check of gvnp-audit reaches this test",
			gvnp_buffer_text(&detail));
		counts->n_skipped++;
		return;
	case GVNP_REQUIREMENT_INCONCLUSIVE:
	case GVNP_REQUIREMENT_ERROR:
		outcome(out, "error", gvnp_requirement_verdict_name(verdict),
			gvnp_buffer_text(&detail));
		counts->n_errors++;
		return;
	case GVNP_REQUIREMENT_FAIL:
		outcome(out, "failure", "fail", gvnp_buffer_text(&detail));
		counts->n_failed++;
		return;
	}
}

static void requirement_case(struct gvnp_buffer *out, struct counts *counts,
			     const struct gvnp_report *report,
			     const struct gvnp_requirement *requirement)
{
	_cleanup_free_ char *name = gvnp_requirement_name(requirement);

	open_case(out, requirement->specification, requirement->junit);
	gvnp_buffer_append_text(out, "<properties>");
	property(out, "requirement", requirement->id);
	property(out, "clause", name);
	property(out, "title", requirement->title);
	property(out, "test", requirement->test);
	for (const char *const *alias = requirement->alias; alias && *alias; alias++)
		property(out, "alias", *alias);
	gvnp_buffer_append_text(out, "</properties>");
	requirement_outcome(out, counts, requirement, find_result(report->scores, requirement));
	gvnp_buffer_append_text(out, "</testcase>\n");
	counts->n++;
}

/* ---- checks */

static void describe_subjects(struct gvnp_buffer *out, const struct gvnp_result *result)
{
	for (size_t i = 0; i < result->n_subjects; i++) {
		const struct gvnp_subject *subject = &result->subjects[i];
		_cleanup_buffer_ struct gvnp_buffer evidence = { 0 };

		if (subject->verdict < GVNP_INCONCLUSIVE)
			continue;
		gvnp_buffer_append_format(out, "\n%s: ", gvnp_verdict_name(subject->verdict));
		gvnp_escape_xml(out, subject->subject);
		gvnp_buffer_append_text(out, *subject->problem ? ": " : "");
		gvnp_escape_xml(out, subject->problem);
		gvnp_words_evidence(&evidence, subject);
		gvnp_buffer_append_text(out, evidence.size ? ": " : "");
		gvnp_escape_xml(out, gvnp_buffer_text(&evidence));
	}
}

static void describe_remediation(struct gvnp_buffer *out, const struct gvnp_check *check)
{
	struct gvnp_slice rest = gvnp_slice(check->remediation), line;

	gvnp_buffer_append_text(out, "\nremedy:");
	while (gvnp_slice_next(&rest, '\n', &line)) {
		_cleanup_free_ char *copy = gvnp_slice_copy(line);

		gvnp_buffer_append_text(out, "\n  ");
		gvnp_escape_xml(out, copy);
	}
}

static void waived_outcome(struct gvnp_buffer *out, const struct gvnp_result *result)
{
	_cleanup_buffer_ struct gvnp_buffer detail = { 0 };

	for (size_t i = 0; i < result->n_subjects; i++) {
		const struct gvnp_waiver *waiver = result->subjects[i].waiver;

		if (!waiver)
			continue;
		gvnp_buffer_append_text(&detail, "\n");
		gvnp_escape_xml(&detail, result->subjects[i].subject);
		gvnp_buffer_append_text(&detail, ": ");
		gvnp_escape_xml(&detail, waiver->reason);
		gvnp_buffer_append_text(&detail, ", approved by ");
		gvnp_escape_xml(&detail, waiver->approved_by);
		gvnp_buffer_append_text(&detail, ", until ");
		gvnp_escape_xml(&detail, waiver->expires);
	}
	outcome(out, "skipped", "waived", gvnp_buffer_text(&detail));
}

static void check_outcome(struct gvnp_buffer *out, struct counts *counts,
			  const struct gvnp_result *result)
{
	_cleanup_buffer_ struct gvnp_buffer detail = { 0 }, title = { 0 };

	if (result->is_waived) {
		waived_outcome(out, result);
		counts->n_skipped++;
		return;
	}
	describe_subjects(&detail, result);
	switch (result->verdict) {
	case GVNP_PASS:
		return;
	case GVNP_NOT_APPLICABLE:
		outcome(out, "skipped", "not-applicable", "");
		counts->n_skipped++;
		return;
	case GVNP_INCONCLUSIVE:
	case GVNP_ERROR:
		outcome(out, "error", gvnp_result_problem(result), gvnp_buffer_text(&detail));
		counts->n_errors++;
		return;
	case GVNP_FAIL:
		gvnp_buffer_append_format(&title, "not so: %s", result->check->title);
		describe_remediation(&detail, result->check);
		outcome(out, "failure", gvnp_buffer_text(&title), gvnp_buffer_text(&detail));
		counts->n_failed++;
		return;
	}
}

static void check_case(struct gvnp_buffer *out, struct counts *counts,
		       const struct gvnp_result *result, const char *suite)
{
	_cleanup_buffer_ struct gvnp_buffer class = { 0 };

	gvnp_buffer_append_format(&class, "gvnp-audit.%s", suite);
	open_case(out, gvnp_buffer_text(&class), result->check->id);
	gvnp_buffer_append_text(out, "<properties>");
	property(out, "severity", gvnp_severity_name(result->check->severity));
	property(out, "title", result->check->title);
	gvnp_buffer_append_text(out, "</properties>");
	check_outcome(out, counts, result);
	gvnp_buffer_append_text(out, "</testcase>\n");
	counts->n++;
}

/* ---- suites */

static void suite(struct gvnp_buffer *out, const char *name, const struct counts *counts,
		  const struct gvnp_buffer *cases)
{
	if (!counts->n)
		return;
	gvnp_buffer_append_text(out, "<testsuite");
	attribute(out, "name", name);
	gvnp_buffer_append_format(out,
				  " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" "
				  "time=\"0\">\n",
				  counts->n, counts->n_failed, counts->n_errors, counts->n_skipped);
	gvnp_buffer_append(out, gvnp_buffer_text(cases), cases->size);
	gvnp_buffer_append_text(out, "</testsuite>\n");
}

static void requirement_suite(struct gvnp_buffer *out, const struct gvnp_report *report)
{
	_cleanup_buffer_ struct gvnp_buffer cases = { 0 };
	struct counts counts = { 0 };

	for (size_t i = 0; i < report->catalogue->n_requirements; i++) {
		const struct gvnp_requirement *requirement = &report->catalogue->requirements[i];

		if (*requirement->junit)
			requirement_case(&cases, &counts, report, requirement);
	}
	suite(out, "scas", &counts, &cases);
}

/* Checks of one area, or of the site. */
static void check_suite(struct gvnp_buffer *out, const struct gvnp_report *report,
			enum gvnp_area area, bool is_site)
{
	_cleanup_buffer_ struct gvnp_buffer cases = { 0 };
	struct counts counts = { 0 };
	const char *name = is_site ? "site" : gvnp_area_name(area);

	for (size_t i = 0; i < report->results->n; i++) {
		const struct gvnp_result *result = &report->results->results[i];

		if (result->check->is_site == is_site && (is_site || result->check->area == area))
			check_case(&cases, &counts, result, name);
	}
	suite(out, name, &counts, &cases);
}

void gvnp_report_junit(const struct gvnp_report *report, struct gvnp_buffer *out)
{
	gvnp_buffer_append_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
				     "<testsuites name=\"gvnp-audit\">\n");
	requirement_suite(out, report);
	for (size_t i = 0; i < GVNP_N_AREAS; i++)
		if (report->scores->areas[i].is_in_scope)
			check_suite(out, report, (enum gvnp_area)i, false);
	check_suite(out, report, GVNP_ISOLATION, true);
	gvnp_buffer_append_text(out, "</testsuites>\n");
}
