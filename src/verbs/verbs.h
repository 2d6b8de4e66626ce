/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs, and what they share. */
#ifndef GVNP_VERBS_VERBS_H
#define GVNP_VERBS_VERBS_H

#include "gvnp/check.h"
#include "gvnp/privilege.h"
#include "verbs/options.h"
#include "verbs/overlay.h"

int gvnp_verb_run(const struct gvnp_options *options);
int gvnp_verb_snapshot(const struct gvnp_options *options);
int gvnp_verb_explain(const struct gvnp_options *options);
int gvnp_verb_list(const struct gvnp_options *options);
int gvnp_verb_query(const struct gvnp_options *options);
int gvnp_verb_lint(const struct gvnp_options *options);
int gvnp_verb_declare(const struct gvnp_options *options);

/* run --privileges: prints who of the processes holds what. */
int gvnp_verb_privileges(const struct gvnp_options *options);

/* Loads the catalogue: --checks, else the checkout the program was built in, else the installed
 * one. Returns 0, or an exit status after saying what is wrong, with file and line. */
int gvnp_verb_load(const struct gvnp_options *options, struct gvnp_catalogue **ret);

/* "FILE:LINE: text", a line each; files of an overlay (may be NULL) under the name they were given
 * by. */
void gvnp_verb_problems(struct gvnp_buffer *out, const struct gvnp_problems *problems,
			const struct gvnp_overlay *overlay);

/* Runs `work` behind the processes of privilege.h, with the options every such verb has. `data`
 * begins with a gvnp_audit_plan, whose catalogue is loaded meanwhile. Prints the messages. Returns the exit status. The caller releases the outcome. */
int gvnp_verb_supervise(const struct gvnp_options *options, bool is_recorded,
			void (*work)(struct gvnp_source *source, void *data,
				     struct gvnp_outcome *outcome),
			void *data, struct gvnp_outcome *ret);

/* The whole of a verb that only writes what `work` (over a gvnp_audit_plan) puts into the outcome:
 * loads the catalogue, supervises, writes to -o. Returns the exit status. */
int gvnp_verb_perform(const struct gvnp_options *options,
		      void (*work)(struct gvnp_source *source, void *data,
				   struct gvnp_outcome *outcome));

#endif
