/* SPDX-License-Identifier: Apache-2.0 */
/* The worker process. What it has to say it says in its outcome. */
#include "privilege/worker.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "privilege/outcome.h"
#include "source/answerer.h"
#include "source/recording.h"

static struct gvnp_source *new_source(const struct gvnp_plan *plan,
				      const struct gvnp_worker *worker,
				      struct gvnp_outcome *outcome)
{
	_cleanup_free_ char *problem = NULL;
	struct gvnp_source *source = NULL;

	if (!plan->root)
		return gvnp_source_new_live(&worker->live);
	if (!gvnp_source_new_recorded(plan->root, &source, &problem))
		return source;
	outcome->status = 2;
	gvnp_buffer_append_format(outcome->messages, "gvnp-audit: %s: %s\n", plan->root, problem);
	return NULL;
}

int gvnp_worker_run(const struct gvnp_plan *plan, const struct gvnp_worker *worker)
{
	struct gvnp_buffer output = { 0 }, messages = { 0 }, recording = { 0 };
	struct gvnp_outcome outcome = { .output = &output,
					.messages = &messages,
					.recording = &recording };
	struct gvnp_source *source = new_source(plan, worker, &outcome);

	if (source) {
		if (plan->record)
			source->recording = gvnp_recording_new();
		plan->work(source, plan->data, &outcome);
		/* A live source has a note only when its reader failed. (That of a recording is for
		 * plan->work to tell.) */
		const char *note = plan->root ? NULL : gvnp_source_note(source);
		if (note) {
			gvnp_buffer_append_format(&messages, "gvnp-audit: %s\n", note);
			outcome.status = 3;
		}
	}
	/* No memory is given back: the process is about to end. */
	return gvnp_outcome_send(STDOUT_FILENO, &outcome) ? 1 : 0;
}
