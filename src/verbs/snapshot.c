/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gvnp-audit snapshot: record the host, and report what the recording will be judged as. The
 * recording is written first: a report without it could never be checked.
 */
#include "base/buffer.h"
#include "base/cleanup.h"
#include "verbs/audit.h"
#include "verbs/output.h"
#include "verbs/verbs.h"

int gvnp_verb_snapshot(const struct gvnp_options *options)
{
	_cleanup_(gvnp_audit_plan_done) struct gvnp_audit_plan plan = { 0 };
	_cleanup_buffer_ struct gvnp_buffer output = { 0 }, messages = { 0 }, recording = { 0 };
	struct gvnp_outcome outcome = { .output = &output,
					.messages = &messages,
					.recording = &recording };
	int status = gvnp_audit_plan_init(&plan, options);

	if (status)
		return status;
	plan.is_recorded = true;
	for (size_t i = 0; options->is_redacted && i < GVNP_N_REDACTED; i++) {
		status = gvnp_verb_load(options, &plan.redacted[i]);
		if (status)
			return status;
	}
	status = gvnp_verb_supervise(options, true, gvnp_audit_work, &plan, &outcome);
	if (status == GVNP_EXIT_USAGE)
		return status;
	if (!recording.size) {
		gvnp_output_complain("%s: not written, there is nothing recorded",
				     options->arguments[0]);
		return GVNP_EXIT_INCOMPLETE;
	}
	if (gvnp_output_write(options->arguments[0], &recording))
		return GVNP_EXIT_INCOMPLETE;
	if (output.size && gvnp_output_write(options->output, &output))
		return GVNP_EXIT_INCOMPLETE;
	return status;
}
