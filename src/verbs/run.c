/* SPDX-License-Identifier: Apache-2.0 */
/* gvnp-audit run: audit and report. */
#include "base/buffer.h"
#include "base/cleanup.h"
#include "verbs/audit.h"
#include "verbs/output.h"
#include "verbs/verbs.h"

int gvnp_verb_run(const struct gvnp_options *options)
{
	_cleanup_(gvnp_audit_plan_done) struct gvnp_audit_plan plan = { 0 };
	_cleanup_buffer_ struct gvnp_buffer output = { 0 }, messages = { 0 }, recording = { 0 };
	struct gvnp_outcome outcome = { .output = &output,
					.messages = &messages,
					.recording = &recording };
	int status = gvnp_audit_plan_init(&plan, options);

	if (status)
		return status;
	status = gvnp_verb_supervise(options, false, gvnp_audit_work, &plan, &outcome);
	/* What was seen is written even when the run could not complete. */
	if (output.size && gvnp_output_write(options->output, &output))
		return GVNP_EXIT_INCOMPLETE;
	return status;
}
