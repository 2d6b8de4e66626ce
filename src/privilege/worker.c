/* SPDX-License-Identifier: Apache-2.0 */
/* The worker process. It opens the recorded host, if there is one, and locks itself before it looks
 * at anything. What it has to say it says in its outcome. */
#include "privilege/worker.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "privilege/lock.h"
#include "privilege/outcome.h"
#include "source/answerer.h"
#include "source/recording.h"

static struct gvnp_source *refuse(const struct gvnp_plan *plan, const char *problem,
				  struct gvnp_outcome *outcome)
{
	outcome->status = 2;
	gvnp_buffer_append_format(outcome->messages, "gvnp-audit: %s: %s\n", plan->root, problem);
	return NULL;
}

/* Before the lock: what is opened. NULL, and the outcome says why. */
static struct gvnp_source *open_source(const struct gvnp_plan *plan, struct gvnp_outcome *outcome)
{
	_cleanup_free_ char *problem = NULL;
	struct gvnp_source *source;

	if (!gvnp_source_open_recorded(plan->root, &source, &problem))
		return source;
	return refuse(plan, problem, outcome);
}

/* Behind the lock: what others wrote is looked at. */
static struct gvnp_source *load_source(const struct gvnp_plan *plan, struct gvnp_source *source,
				       struct gvnp_outcome *outcome)
{
	_cleanup_free_ char *problem = NULL;

	if (!source || !gvnp_source_load_recorded(plan->root, &source, &problem))
		return source;
	return refuse(plan, problem, outcome);
}

int gvnp_worker_run(const struct gvnp_plan *plan, struct gvnp_source *live)
{
	_cleanup_buffer_ struct gvnp_buffer output = { 0 }, messages = { 0 }, recording = { 0 };
	struct gvnp_outcome outcome = { .output = &output,
					.messages = &messages,
					.recording = &recording };
	/* Static, so that a leak checker finds it: it is not freed, the process ends soon. */
	static struct gvnp_source *source;

	source = live ? live : open_source(plan, &outcome);
	if (!gvnp_lock_worker())
		return GVNP_LOCK_FAILED;
	if (plan->look)
		gvnp_lock_hold();
	if (!live)
		source = load_source(plan, source, &outcome);
	if (source) {
		if (plan->record)
			source->recording = gvnp_recording_new();
		plan->work(source, plan->data, &outcome);
		/* A live source has a note only when its reader failed. (That of a recording is for
		 * plan->work to tell.) */
		const char *note = live ? gvnp_source_note(source) : NULL;
		if (note) {
			gvnp_buffer_append_format(&messages, "gvnp-audit: %s\n", note);
			outcome.status = 3;
		}
	}
	return gvnp_outcome_send(STDOUT_FILENO, &outcome) ? 1 : 0;
}
