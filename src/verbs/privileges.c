/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gvnp-audit run --privileges: starts the processes of a run as ever, looks at them while they
 * stand at their locks, and ends them there. So what is printed is what they hold, not what we
 * think.
 */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "verbs/output.h"
#include "verbs/verbs.h"

static void look(void *data, const struct gvnp_held *processes, size_t n)
{
	struct gvnp_buffer *out = data;
	const char *refusal = gvnp_privilege_record_refusal();

	for (size_t i = 0; i < n; i++) {
		gvnp_held_describe(&processes[i], out);
		gvnp_buffer_append_text(out, "\n");
	}
	gvnp_buffer_append_format(out, "audit record of a run: %s\n",
				  refusal ? refusal : "written (TRUSTED_APP, op=gvnp-audit)");
}

int gvnp_verb_privileges(const struct gvnp_options *options)
{
	_cleanup_buffer_ struct gvnp_buffer output = { 0 }, messages = { 0 };
	struct gvnp_outcome outcome = { .messages = &messages };
	struct gvnp_plan plan = {
		.root = options->root,
		.libvirt_uri = options->libvirt_uri,
		.deadline_ms = options->deadline_ms,
		.is_deep = options->is_deep,
		.locks_itself = true,
		.look = look,
		.data = &output,
	};

	if (options->format && strcmp(options->format, "text")) {
		gvnp_output_complain("--format '%s': --privileges writes text", options->format);
		return GVNP_EXIT_USAGE;
	}
	int error = gvnp_supervise(&plan, &outcome);

	if (error)
		gvnp_output_complain("the processes of the audit could not be started: %s",
				     strerror(-error));
	fputs(gvnp_buffer_text(&messages), stderr);
	if (gvnp_output_write(options->output, &output))
		return GVNP_EXIT_INCOMPLETE;
	return error ? GVNP_EXIT_INCOMPLETE : outcome.status;
}
