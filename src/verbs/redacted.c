/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot --redact. What is written is judged before it is written: a recording whose verdicts are
 * not those of the host is redacted again more cautiously, and then not written at all.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "source/answerer.h"
#include "source/recording.h"
#include "source/redact.h"
#include "verbs/audit.h"

static void free_recording(struct gvnp_recording **recording)
{
	gvnp_recording_free(*recording);
}

static void count(const struct gvnp_result *result, size_t *verdicts)
{
	for (size_t i = 0; i < result->n_subjects; i++)
		verdicts[result->subjects[i].verdict]++;
}

/* The first check that is not judged the same, or NULL. */
static const char *find_difference(const struct gvnp_results *one, const struct gvnp_results *other)
{
	for (size_t i = 0; i < one->n; i++) {
		size_t ours[GVNP_FAIL + 1] = { 0 }, theirs[GVNP_FAIL + 1] = { 0 };

		if (i >= other->n)
			return one->results[i].check->id;
		count(&one->results[i], ours);
		count(&other->results[i], theirs);
		if (one->results[i].verdict != other->results[i].verdict ||
		    one->results[i].is_waived != other->results[i].is_waived ||
		    memcmp(ours, theirs, sizeof ours))
			return one->results[i].check->id;
	}
	return NULL;
}

/* True when the attempt is in the outcome; else *ret_problem says why not, for the caller to free.
 */
static bool attempt(const struct gvnp_judgement *plain, const struct gvnp_buffer *tar, size_t i,
		    struct gvnp_outcome *outcome, char **ret_problem)
{
	_cleanup_(free_recording) struct gvnp_recording *recording = NULL;
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = NULL;
	_cleanup_buffer_ struct gvnp_buffer redacted = { 0 }, json = { 0 };
	_cleanup_(gvnp_judgement_done) struct gvnp_judgement judgement = { 0 };
	struct gvnp_audit_plan plan = *plain->audit.plan;

	plan.catalogue = plan.redacted[i];
	if (gvnp_redact(tar, i > 0, &recording, ret_problem))
		return false;
	gvnp_recording_write(recording, &redacted);
	if (gvnp_source_new_recorded_bytes(&redacted, &source, ret_problem))
		return false;
	if (gvnp_audit_judge(&judgement, &plan, source, outcome)) {
		*ret_problem = gvnp_format("it cannot be judged");
		return false;
	}
	const char *id = find_difference(plain->results, judgement.results);
	if (id) {
		*ret_problem = gvnp_format("the verdict of %s would change", id);
		return false;
	}
	gvnp_audit_report(&judgement, gvnp_writer_find("json"), &json);
	if (gvnp_recording_add_file(recording, "report.json", json.data, json.size)) {
		*ret_problem = gvnp_format("its report could not be added");
		return false;
	}
	gvnp_recording_write(recording, outcome->recording);
	gvnp_audit_report(&judgement, plan.writer, outcome->output);
	return true;
}

void gvnp_audit_redact(const struct gvnp_judgement *plain, struct gvnp_source *source,
		       struct gvnp_outcome *outcome)
{
	_cleanup_buffer_ struct gvnp_buffer tar = { 0 };
	_cleanup_free_ char *problem = NULL;

	if (!gvnp_source_recording(source, &tar))
		for (size_t i = 0; i < GVNP_N_REDACTED; i++) {
			free(gvnp_take(problem));
			if (attempt(plain, &tar, i, outcome, &problem))
				return;
		}
	gvnp_buffer_append_format(outcome->messages, "gvnp-audit: not redacted: %s\n",
				  problem ? problem : "the host could not be recorded");
	outcome->status = GVNP_EXIT_INCOMPLETE;
}
