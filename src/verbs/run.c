/* SPDX-License-Identifier: Apache-2.0 */
/* gvnp-audit run: audit and report. The frame of it serves every verb that writes what it worked out. */
#include "base/buffer.h"
#include "base/cleanup.h"
#include "verbs/audit.h"
#include "verbs/output.h"
#include "verbs/verbs.h"

int gvnp_verb_perform(const struct gvnp_options *options,
		      void (*work)(struct gvnp_source *source, void *data,
				   struct gvnp_outcome *outcome))
{
	_cleanup_(gvnp_audit_plan_done) struct gvnp_audit_plan plan = { 0 };
	_cleanup_buffer_ struct gvnp_buffer output = { 0 }, messages = { 0 }, recording = { 0 };
	struct gvnp_outcome outcome = { .output = &output,
					.messages = &messages,
					.recording = &recording };
	int status = gvnp_audit_plan_init(&plan, options);

	if (status)
		return status;
	status = gvnp_verb_supervise(options, false, work, &plan, &outcome);
	/* What was seen is written even when the run could not complete. */
	if (output.size && gvnp_output_write(options->output, &output))
		return GVNP_EXIT_INCOMPLETE;
	return status;
}

int gvnp_verb_run(const struct gvnp_options *options)
{
	if (options->is_privileges)
		return gvnp_verb_privileges(options);
	return gvnp_verb_perform(options, gvnp_audit_work);
}
