/* SPDX-License-Identifier: Apache-2.0 */
/* The table of verbs, and starting the processes for those that look at a host. */
#include "verbs/verbs.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "verbs/audit.h"
#include "verbs/output.h"

const struct gvnp_verb gvnp_verbs[] = {
	{ "run", "", 0, 0, "audit this host, or a recorded one, and report", gvnp_verb_run },
	{ "explain", "ID", 1, 1, "all about a check, requirement, threat or table",
	  gvnp_verb_explain },
	{ "list", "KIND", 1, 1, "checks, requirements, threats, tables or collectors",
	  gvnp_verb_list },
	{ "query", "SQL", 1, 1, "ask the facts of the host (SELECT only)", gvnp_verb_query },
	{ "lint", "PATH ...", 1, 10000, "look for mistakes in checks, and run their examples",
	  gvnp_verb_lint },
	{ "snapshot", "FILE.tar", 1, 1, "record this host for --root, and report",
	  gvnp_verb_snapshot },
	{ "declare", "", 0, 0, "draft a declaration of this host for review", gvnp_verb_declare },
	{ NULL, NULL, 0, 0, NULL, NULL },
};

int gvnp_verb_supervise(const struct gvnp_options *options, bool is_recorded,
			void (*work)(struct gvnp_source *source, void *data,
				     struct gvnp_outcome *outcome),
			void *data, struct gvnp_outcome *ret)
{
	struct gvnp_plan plan = {
		.root = options->root,
		.libvirt_uri = options->libvirt_uri,
		.activate = options->activate,
		.is_deep = options->is_deep,
		.record = is_recorded,
		.deadline_ms = options->deadline_ms,
		.locks_itself = true,
		.prepare = gvnp_audit_prepare,
		.foresee = gvnp_audit_foresee,
		.work = work,
		.data = data,
	};
	if (options->is_deep && !options->root)
		fputs("gvnp-audit: --deep stops one thread of each VM process for some "
		      "microseconds, to read its system call filter\n",
		      stderr);
	int error = gvnp_supervise(&plan, ret);

	if (error)
		gvnp_output_complain("the processes of the audit could not be started: %s",
				     strerror(-error));
	fputs(gvnp_buffer_text(ret->messages), stderr);
	/* A replay touches no host. */
	if (!error && !options->root)
		gvnp_privilege_record(ret->status);
	return error ? GVNP_EXIT_INCOMPLETE : ret->status;
}
