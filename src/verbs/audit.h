/* SPDX-License-Identifier: Apache-2.0 */
/* The job of the worker: from a source to facts, and from facts to a report. */
#ifndef GVNP_VERBS_AUDIT_H
#define GVNP_VERBS_AUDIT_H

#include "gvnp/check.h"
#include "gvnp/facts.h"
#include "gvnp/privilege.h"
#include "gvnp/report.h"
#include "verbs/options.h"
#include "verbs/overlay.h"
#include "verbs/trace.h"

enum { GVNP_N_REDACTED = 2 }; /* plainly, then cautiously */

/* What is prepared before the processes start, and handed to the worker. */
struct gvnp_audit_plan {
	const struct gvnp_options *options;
	struct gvnp_catalogue *catalogue;
	struct gvnp_overlay *overlay; /* NULL: none */
	const struct gvnp_writer *writer;
	bool is_recorded; /* snapshot */
	/* One for each attempt at a redacted recording, since tailoring changes a catalogue; NULL
	 * unless the recording is redacted. */
	struct gvnp_catalogue *redacted[GVNP_N_REDACTED];
	bool is_colour;
	int columns, rows;
	int64_t started, started_ms; /* wall clock, monotonic clock */
	const char *sql;	     /* query; NULL otherwise */
};

/* Facts of the host, collected. */
struct gvnp_audit {
	const struct gvnp_audit_plan *plan;
	struct gvnp_source *source;  /* the overlay's, or the given one */
	struct gvnp_source *overlay; /* NULL: none; ours to free */
	struct gvnp_facts *facts;
	struct gvnp_trace trace;
	int64_t now;	  /* the time of the run */
	char *privileges; /* of the reader; NULL before it was asked */
};

/* Applies tailoring and collects; `more` is what is asked for by name besides what the catalogue
 * asks for, or NULL. Returns 0, or an exit status with the messages in the outcome. */
int gvnp_audit_collect(struct gvnp_audit *audit, const struct gvnp_audit_plan *plan,
		       struct gvnp_source *source, const struct gvnp_names *more,
		       struct gvnp_outcome *outcome);
void gvnp_audit_done(struct gvnp_audit *audit);

/* Facts judged. */
struct gvnp_judgement {
	struct gvnp_audit audit;
	struct gvnp_results *results;
	struct gvnp_scores *scores;
	int status; /* exit status by --fail-on */
};

/* Collects and judges. Returns 0, or an exit status with the messages in the outcome; call
 * gvnp_judgement_done() either way. */
int gvnp_audit_judge(struct gvnp_judgement *judgement, const struct gvnp_audit_plan *plan,
		     struct gvnp_source *source, struct gvnp_outcome *outcome);
void gvnp_judgement_done(struct gvnp_judgement *judgement);
void gvnp_audit_report(struct gvnp_judgement *judgement, const struct gvnp_writer *writer,
		       struct gvnp_buffer *out);
/* Puts the redacted recording of what was judged, and the report it replays to, into the outcome. */
void gvnp_audit_redact(const struct gvnp_judgement *plain, struct gvnp_source *source,
		       struct gvnp_outcome *outcome);

/* The work of `run` and `snapshot`; `data` is a struct gvnp_audit_plan. */
void gvnp_audit_work(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome);

/* Fills a plan from the options: overlay, writer, terminal. Returns 0 or an exit status
 * after saying what is wrong. */
int gvnp_audit_plan_init(struct gvnp_audit_plan *plan, const struct gvnp_options *options);
/* Loads the catalogue into the plan, while the readers already work; `data` begins with the plan.
 * Returns 0, or an exit status after saying why. */
int gvnp_audit_prepare(void *data);
/* Tells the live host's source what will be asked, before the catalogue is loaded and after. */
void gvnp_audit_foresee(void *data, struct gvnp_source *source, bool is_prepared);
void gvnp_audit_plan_done(struct gvnp_audit_plan *plan);

#endif
