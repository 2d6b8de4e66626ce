/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result as JSON, for machines. Compact; keys in a fixed order; numbers are integers. `run` is
 * the only object in which a replay may differ from the run it replays. Each part is built and
 * written on its own, so that the tree of a host with a thousand VMs is never in memory at once.
 */
#include "report/writers.h"

#include <jansson.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "report/escape.h"

static const char schema[] = "gvnp-audit/1";

static json_t *text(const char *value)
{
	_cleanup_free_ char *utf8 = gvnp_escape_utf8(value ? value : "");

	return json_string(utf8);
}

static json_t *texts(const char *const *values)
{
	json_t *array = json_array();

	for (; values && *values; values++)
		json_array_append_new(array, text(*values));
	return array;
}

static json_t *count(size_t n)
{
	return json_integer((json_int_t)n);
}

static void set(json_t *object, const char *key, json_t *value)
{
	if (!value || json_object_set_new_nocheck(object, key, value))
		gvnp_out_of_memory();
}

static int append(const char *data, size_t size, void *out)
{
	gvnp_buffer_append(out, data, size);
	return 0;
}

/* Writes the value and lets go of it. */
static void dump(struct gvnp_buffer *out, json_t *value)
{
	if (!value || json_dump_callback(value, append, out, JSON_COMPACT | JSON_ENCODE_ANY))
		gvnp_out_of_memory();
	json_decref(value);
}

static void dump_member(struct gvnp_buffer *out, const char *key, json_t *value)
{
	gvnp_buffer_append_format(out, ",\"%s\":", key);
	dump(out, value);
}

static json_t *run_object(const struct gvnp_report *report)
{
	json_t *run = json_object();

	set(run, "tool", text("gvnp-audit"));
	set(run, "version", text(report->run.tool_version));
	set(run, "mode", text(report->run.mode));
	set(run, "started", json_integer(report->run.started));
	set(run, "duration_ms", json_integer(report->run.duration_ms));
	set(run, "privileges", text(report->run.privileges));
	set(run, "libvirt_uri", text(report->run.libvirt_uri));
	set(run, "boot_id", text(report->boot_id));
	set(run, "machine_id_digest", text(report->machine_id_digest));
	set(run, "product", text(report->product));
	set(run, "kernel", text(report->kernel));
	set(run, "os", text(report->os));
	set(run, "hypervisor", text(report->hypervisor));
	return run;
}

static json_t *evidence_object(const struct gvnp_subject *subject)
{
	json_t *object = json_object();

	for (size_t i = 0; i < subject->n_evidence; i++) {
		const struct gvnp_evidence *evidence = &subject->evidence[i];
		_cleanup_free_ char *name = gvnp_escape_utf8(evidence->name);

		set(object, name,
		    evidence->is_null	   ? json_null()
		    : evidence->is_integer ? json_integer(evidence->integer)
					   : text(evidence->text));
	}
	return object;
}

static json_t *subject_object(const struct gvnp_subject *subject)
{
	json_t *object = json_object();

	set(object, "subject", text(subject->subject));
	if (*subject->object)
		set(object, "object", text(subject->object));
	set(object, "verdict", text(gvnp_verdict_name(subject->verdict)));
	if (*subject->problem)
		set(object, "problem", text(subject->problem));
	if (subject->waiver) {
		json_t *waiver = json_object();

		set(waiver, "reason", text(subject->waiver->reason));
		set(waiver, "approved_by", text(subject->waiver->approved_by));
		set(waiver, "expires", text(subject->waiver->expires));
		set(object, "waiver", waiver);
	}
	set(object, "evidence", evidence_object(subject));
	return object;
}

static json_t *check_object(const struct gvnp_result *result)
{
	const struct gvnp_check *check = result->check;
	json_t *object = json_object(), *subjects = json_array();

	set(object, "id", text(check->id));
	set(object, "area", text(gvnp_area_name(check->area)));
	set(object, "severity", text(gvnp_severity_name(check->severity)));
	set(object, "claim", text(gvnp_claim_name(check->claim)));
	set(object, "site", json_boolean(check->is_site));
	set(object, "title", text(check->title));
	set(object, "verdict", text(gvnp_verdict_name(result->verdict)));
	set(object, "waived", json_boolean(result->is_waived));
	if (*result->problem)
		set(object, "problem", text(result->problem));
	set(object, "requirement", texts(check->requirement));
	set(object, "threat", texts(check->threat));
	for (size_t i = 0; i < result->n_subjects; i++)
		json_array_append_new(subjects, subject_object(&result->subjects[i]));
	set(object, "subjects", subjects);
	return object;
}

static void dump_checks(struct gvnp_buffer *out, const struct gvnp_results *results)
{
	gvnp_buffer_append_text(out, ",\"checks\":[");
	for (size_t i = 0; i < results->n; i++) {
		gvnp_buffer_append_text(out, i ? "," : "");
		dump(out, check_object(&results->results[i]));
	}
	gvnp_buffer_append_text(out, "]");
}

static json_t *counts_object(const struct gvnp_area_score *area)
{
	json_t *object = json_object();

	for (int verdict = GVNP_FAIL; verdict >= GVNP_NOT_APPLICABLE; verdict--) {
		json_t *by_severity = json_object();

		for (int severity = GVNP_CRITICAL; severity >= GVNP_LOW; severity--)
			set(by_severity, gvnp_severity_name((enum gvnp_severity)severity),
			    count(area->counts[verdict][severity]));
		set(object, gvnp_verdict_name((enum gvnp_verdict)verdict), by_severity);
	}
	return object;
}

static json_t *coverage_object(const struct gvnp_coverage *coverage)
{
	json_t *object = json_object(), *reasons = json_array();

	set(object, "judged", count(coverage->judged));
	set(object, "total", count(coverage->total));
	set(object, "not_applicable", count(coverage->not_applicable));
	for (size_t i = 0; i < coverage->n_reasons; i++) {
		json_t *reason = json_object();

		set(reason, "problem", text(coverage->reasons[i].problem));
		set(reason, "checks", count(coverage->reasons[i].n_checks));
		json_array_append_new(reasons, reason);
	}
	set(object, "reasons", reasons);
	return object;
}

static json_t *areas_object(const struct gvnp_scores *scores)
{
	json_t *object = json_object();

	for (size_t i = 0; i < GVNP_N_AREAS; i++) {
		const struct gvnp_area_score *area = &scores->areas[i];
		json_t *one = json_object();

		set(one, "in_scope", json_boolean(area->is_in_scope));
		set(one, "level", area->is_judged ? json_integer(area->level) : json_null());
		set(one, "score", area->is_judged ? json_integer(area->score) : json_null());
		set(one, "counts", counts_object(area));
		set(one, "waived", count(area->n_waived));
		set(one, "coverage", coverage_object(&area->coverage));
		set(object, gvnp_area_name(area->area), one);
	}
	return object;
}

static json_t *requirement_object(const struct gvnp_requirement_result *result)
{
	const struct gvnp_requirement *requirement = result->requirement;
	json_t *object = json_object(), *checks = json_array();

	set(object, "id", text(requirement->id));
	set(object, "specification", text(requirement->specification));
	set(object, "version", text(requirement->version));
	set(object, "status", text(requirement->status));
	set(object, "clause", text(requirement->clause));
	set(object, "title", text(requirement->title));
	set(object, "test", text(requirement->test));
	set(object, "claim", text(gvnp_claim_name(requirement->claim)));
	set(object, "provenance", text(requirement->provenance));
	set(object, "verdict", text(gvnp_requirement_verdict_name(result->verdict)));
	for (size_t i = 0; i < result->n_results; i++)
		json_array_append_new(checks, text(result->results[i]->check->id));
	set(object, "checks", checks);
	set(object, "owed", texts(requirement->owed));
	return object;
}

static json_t *requirements_array(const struct gvnp_scores *scores)
{
	json_t *array = json_array();

	for (size_t i = 0; i < scores->n_requirements; i++)
		json_array_append_new(array, requirement_object(&scores->requirements[i]));
	return array;
}

static json_t *threats_array(const struct gvnp_scores *scores)
{
	json_t *array = json_array();

	for (size_t i = 0; i < scores->n_threats; i++) {
		json_t *object = json_object();

		set(object, "id", text(scores->threats[i].threat->id));
		set(object, "title", text(scores->threats[i].threat->title));
		set(object, "failed", count(scores->threats[i].n_failed));
		set(object, "unjudged", count(scores->threats[i].n_unjudged));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *waivers_array(const struct gvnp_catalogue *catalogue)
{
	json_t *array = json_array();

	for (size_t i = 0; i < catalogue->n_waivers; i++) {
		const struct gvnp_waiver *waiver = &catalogue->waivers[i];
		json_t *object = json_object();

		set(object, "check", text(waiver->check));
		set(object, "subject", text(waiver->subject));
		set(object, "reason", text(waiver->reason));
		set(object, "approved_by", text(waiver->approved_by));
		set(object, "expires", text(waiver->expires));
		set(object, "expired", json_boolean(waiver->is_expired));
		set(object, "used", json_boolean(waiver->is_used));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *holes_array(const struct gvnp_report *report)
{
	json_t *array = json_array();

	for (size_t i = 0; i < report->n_holes; i++) {
		json_t *object = json_object();

		set(object, "table", text(report->holes[i].table));
		set(object, "column", text(report->holes[i].column));
		set(object, "object", text(report->holes[i].object));
		set(object, "problem", text(report->holes[i].problem));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *observations_object(const struct gvnp_report *report)
{
	json_t *object = json_object();

	set(object, "n", count(report->n_observations));
	set(object, "sha256", text(report->observation_digest));
	return object;
}

void gvnp_report_json(const struct gvnp_report *report, struct gvnp_buffer *out)
{
	const struct gvnp_scores *scores = report->scores;

	gvnp_buffer_append_format(out, "{\"schema\":\"%s\"", schema);
	dump_member(out, "run", run_object(report));
	dump_member(out, "gvnp_type", json_integer(report->gvnp_type));
	dump_member(out, "time", json_integer(report->time));
	dump_member(out, "virtual", json_boolean(report->is_virtual));
	dump_member(out, "accepts_virtual_hardware",
		    json_boolean(report->accepts_virtual_hardware));
	dump_member(out, "has_hypervisor", json_boolean(scores->has_hypervisor));
	dump_member(out, "observations", observations_object(report));
	dump_member(out, "level", scores->is_judged ? json_integer(scores->level) : json_null());
	dump_member(out, "areas", areas_object(scores));
	dump_checks(out, report->results);
	dump_member(out, "requirements", requirements_array(scores));
	dump_member(out, "threats", threats_array(scores));
	dump_member(out, "waivers", waivers_array(report->catalogue));
	dump_member(out, "holes", holes_array(report));
	gvnp_buffer_append_text(out, "}\n");
}
