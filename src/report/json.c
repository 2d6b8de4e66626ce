/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result as JSON, for machines. Compact; keys in a fixed order; numbers are integers. `run` is
 * the only object in which a replay may differ from the run it replays.
 */
#include "report/writers.h"

#include <string.h>

#include "report/cause.h"
#include "report/json_writer.h"

static const char schema[] = "gvnp-audit/1";

static void put_text(struct gvnp_json *json, const char *key, const char *value)
{
	gvnp_json_key(json, key);
	gvnp_json_text(json, value);
}

static void put_integer(struct gvnp_json *json, const char *key, int64_t value)
{
	gvnp_json_key(json, key);
	gvnp_json_integer(json, value);
}

static void put_count(struct gvnp_json *json, const char *key, size_t n)
{
	put_integer(json, key, (int64_t)n);
}

static void put_boolean(struct gvnp_json *json, const char *key, bool value)
{
	gvnp_json_key(json, key);
	gvnp_json_boolean(json, value);
}

static void put_texts(struct gvnp_json *json, const char *key, const char *const *values)
{
	gvnp_json_key(json, key);
	gvnp_json_texts(json, values);
}

/* null unless it was judged */
static void put_judged(struct gvnp_json *json, const char *key, bool is_judged, int64_t value)
{
	gvnp_json_key(json, key);
	if (is_judged)
		gvnp_json_integer(json, value);
	else
		gvnp_json_null(json);
}

static void begin_member(struct gvnp_json *json, const char *key, char bracket)
{
	gvnp_json_key(json, key);
	gvnp_json_begin(json, bracket);
}

static void put_run(struct gvnp_json *json, const struct gvnp_report *report)
{
	begin_member(json, "run", '{');
	put_text(json, "tool", "gvnp-audit");
	put_text(json, "version", report->run.tool_version);
	put_text(json, "mode", report->run.mode);
	put_integer(json, "started", report->run.started);
	put_integer(json, "duration_ms", report->run.duration_ms);
	put_text(json, "privileges", report->run.privileges);
	put_text(json, "libvirt_uri", report->run.libvirt_uri);
	put_text(json, "boot_id", report->boot_id);
	put_text(json, "machine_id_digest", report->machine_id_digest);
	put_text(json, "product", report->product);
	put_text(json, "kernel", report->kernel);
	put_text(json, "os", report->os);
	put_text(json, "hypervisor", report->hypervisor);
	gvnp_json_end(json, '}');
}

/* Of several columns of one name an object can hold one: the last, in the place of the first. */
static bool is_repeated(const struct gvnp_subject *subject, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (!strcmp(subject->evidence[k].name, subject->evidence[i].name))
			return true;
	return false;
}

static const struct gvnp_evidence *last_of_name(const struct gvnp_subject *subject, size_t i)
{
	size_t last = i;

	for (size_t k = i + 1; k < subject->n_evidence; k++)
		if (!strcmp(subject->evidence[k].name, subject->evidence[i].name))
			last = k;
	return &subject->evidence[last];
}

static void put_evidence(struct gvnp_json *json, const struct gvnp_subject *subject)
{
	begin_member(json, "evidence", '{');
	for (size_t i = 0; i < subject->n_evidence; i++) {
		if (is_repeated(subject, i))
			continue;
		const struct gvnp_evidence *evidence = last_of_name(subject, i);
		gvnp_json_key(json, evidence->name);
		if (evidence->is_null)
			gvnp_json_null(json);
		else if (evidence->is_integer)
			gvnp_json_integer(json, evidence->integer);
		else
			gvnp_json_text(json, evidence->text);
	}
	gvnp_json_end(json, '}');
}

static void put_subject(struct gvnp_json *json, const struct gvnp_subject *subject)
{
	gvnp_json_begin(json, '{');
	put_text(json, "subject", subject->subject);
	if (*subject->object)
		put_text(json, "object", subject->object);
	put_text(json, "verdict", gvnp_verdict_name(subject->verdict));
	if (*subject->problem)
		put_text(json, "problem", subject->problem);
	if (subject->waiver) {
		begin_member(json, "waiver", '{');
		put_text(json, "reason", subject->waiver->reason);
		put_text(json, "approved_by", subject->waiver->approved_by);
		put_text(json, "expires", subject->waiver->expires);
		gvnp_json_end(json, '}');
	}
	put_evidence(json, subject);
	gvnp_json_end(json, '}');
}

static void put_check(struct gvnp_json *json, const struct gvnp_report *report,
		      const struct gvnp_result *result)
{
	const struct gvnp_check *check = result->check;
	const struct gvnp_result *cause = gvnp_report_cause(report, result);

	gvnp_json_begin(json, '{');
	put_text(json, "id", check->id);
	put_text(json, "area", gvnp_area_name(check->area));
	put_text(json, "severity", gvnp_severity_name(check->severity));
	put_text(json, "claim", gvnp_claim_name(check->claim));
	put_boolean(json, "site", check->is_site);
	put_text(json, "title", check->title);
	put_text(json, "verdict", gvnp_verdict_name(result->verdict));
	put_boolean(json, "waived", result->is_waived);
	if (cause)
		put_text(json, "caused_by", cause->check->id);
	if (*result->problem)
		put_text(json, "problem", result->problem);
	put_texts(json, "requirement", check->requirement);
	put_texts(json, "threat", check->threat);
	begin_member(json, "subjects", '[');
	for (size_t i = 0; i < result->n_subjects; i++)
		put_subject(json, &result->subjects[i]);
	gvnp_json_end(json, ']');
	gvnp_json_end(json, '}');
}

static void put_checks(struct gvnp_json *json, const struct gvnp_report *report)
{
	const struct gvnp_results *results = report->results;

	begin_member(json, "checks", '[');
	for (size_t i = 0; i < results->n; i++)
		put_check(json, report, &results->results[i]);
	gvnp_json_end(json, ']');
}

static void put_counts(struct gvnp_json *json, const struct gvnp_area_score *area)
{
	begin_member(json, "counts", '{');
	for (int verdict = GVNP_FAIL; verdict >= GVNP_NOT_APPLICABLE; verdict--) {
		begin_member(json, gvnp_verdict_name((enum gvnp_verdict)verdict), '{');
		for (int severity = GVNP_CRITICAL; severity >= GVNP_LOW; severity--)
			put_count(json, gvnp_severity_name((enum gvnp_severity)severity),
				  area->counts[verdict][severity]);
		gvnp_json_end(json, '}');
	}
	gvnp_json_end(json, '}');
}

static void put_coverage(struct gvnp_json *json, const struct gvnp_coverage *coverage)
{
	begin_member(json, "coverage", '{');
	put_count(json, "judged", coverage->judged);
	put_count(json, "total", coverage->total);
	put_count(json, "not_applicable", coverage->not_applicable);
	begin_member(json, "reasons", '[');
	for (size_t i = 0; i < coverage->n_reasons; i++) {
		gvnp_json_begin(json, '{');
		put_text(json, "problem", coverage->reasons[i].problem);
		put_count(json, "checks", coverage->reasons[i].n_checks);
		gvnp_json_end(json, '}');
	}
	gvnp_json_end(json, ']');
	gvnp_json_end(json, '}');
}

static void put_areas(struct gvnp_json *json, const struct gvnp_scores *scores)
{
	begin_member(json, "areas", '{');
	for (size_t i = 0; i < GVNP_N_AREAS; i++) {
		const struct gvnp_area_score *area = &scores->areas[i];

		begin_member(json, gvnp_area_name(area->area), '{');
		put_boolean(json, "in_scope", area->is_in_scope);
		put_judged(json, "level", area->is_judged, area->level);
		put_judged(json, "score", area->is_judged, area->score);
		put_counts(json, area);
		put_count(json, "waived", area->n_waived);
		put_coverage(json, &area->coverage);
		gvnp_json_end(json, '}');
	}
	gvnp_json_end(json, '}');
}

/* Which checks it rests on, each check says of itself: twice would be a tenth of the report. */
static void put_requirement(struct gvnp_json *json, const struct gvnp_requirement_result *result)
{
	const struct gvnp_requirement *requirement = result->requirement;

	gvnp_json_begin(json, '{');
	put_text(json, "id", requirement->id);
	put_text(json, "specification", requirement->specification);
	put_text(json, "version", requirement->version);
	put_text(json, "status", requirement->status);
	put_text(json, "clause", requirement->clause);
	put_text(json, "title", requirement->title);
	put_text(json, "test", requirement->test);
	put_text(json, "claim", gvnp_claim_name(requirement->claim));
	put_text(json, "provenance", requirement->provenance);
	put_text(json, "verdict", gvnp_requirement_verdict_name(result->verdict));
	put_texts(json, "owed", requirement->owed);
	gvnp_json_end(json, '}');
}

static void put_requirements(struct gvnp_json *json, const struct gvnp_scores *scores)
{
	begin_member(json, "requirements", '[');
	for (size_t i = 0; i < scores->n_requirements; i++)
		put_requirement(json, &scores->requirements[i]);
	gvnp_json_end(json, ']');
}

static void put_threats(struct gvnp_json *json, const struct gvnp_scores *scores)
{
	begin_member(json, "threats", '[');
	for (size_t i = 0; i < scores->n_threats; i++) {
		gvnp_json_begin(json, '{');
		put_text(json, "id", scores->threats[i].threat->id);
		put_text(json, "title", scores->threats[i].threat->title);
		put_count(json, "failed", scores->threats[i].n_failed);
		put_count(json, "unjudged", scores->threats[i].n_unjudged);
		gvnp_json_end(json, '}');
	}
	gvnp_json_end(json, ']');
}

static void put_waivers(struct gvnp_json *json, const struct gvnp_catalogue *catalogue)
{
	begin_member(json, "waivers", '[');
	for (size_t i = 0; i < catalogue->n_waivers; i++) {
		const struct gvnp_waiver *waiver = &catalogue->waivers[i];

		gvnp_json_begin(json, '{');
		put_text(json, "check", waiver->check);
		put_text(json, "subject", waiver->subject);
		put_text(json, "reason", waiver->reason);
		put_text(json, "approved_by", waiver->approved_by);
		put_text(json, "expires", waiver->expires);
		put_boolean(json, "expired", waiver->is_expired);
		put_boolean(json, "used", waiver->is_used);
		gvnp_json_end(json, '}');
	}
	gvnp_json_end(json, ']');
}

static void put_holes(struct gvnp_json *json, const struct gvnp_report *report)
{
	begin_member(json, "holes", '[');
	for (size_t i = 0; i < report->n_holes; i++) {
		gvnp_json_begin(json, '{');
		put_text(json, "table", report->holes[i].table);
		put_text(json, "column", report->holes[i].column);
		put_text(json, "object", report->holes[i].object);
		put_text(json, "problem", report->holes[i].problem);
		gvnp_json_end(json, '}');
	}
	gvnp_json_end(json, ']');
}

static void put_observations(struct gvnp_json *json, const struct gvnp_report *report)
{
	begin_member(json, "observations", '{');
	put_count(json, "n", report->n_observations);
	put_text(json, "sha256", report->observation_digest);
	gvnp_json_end(json, '}');
}

void gvnp_report_json(const struct gvnp_report *report, struct gvnp_buffer *out)
{
	const struct gvnp_scores *scores = report->scores;
	struct gvnp_json json = { .out = out };

	gvnp_json_begin(&json, '{');
	put_text(&json, "schema", schema);
	put_run(&json, report);
	put_integer(&json, "gvnp_type", report->gvnp_type);
	put_integer(&json, "time", report->time);
	put_boolean(&json, "virtual", report->is_virtual);
	put_boolean(&json, "accepts_virtual_hardware", report->accepts_virtual_hardware);
	put_boolean(&json, "has_hypervisor", scores->has_hypervisor);
	put_observations(&json, report);
	put_judged(&json, "level", scores->is_judged, scores->level);
	put_areas(&json, scores);
	put_checks(&json, report);
	put_requirements(&json, scores);
	put_threats(&json, scores);
	put_waivers(&json, report->catalogue);
	put_holes(&json, report);
	gvnp_json_end(&json, '}');
	gvnp_buffer_append_text(out, "\n");
}
