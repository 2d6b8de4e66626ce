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

/* What is prepared before the processes start, and handed to the worker. */
struct gvnp_audit_plan {
	const struct gvnp_options *options;
	struct gvnp_catalogue *catalogue;
	struct gvnp_overlay *overlay; /* NULL: none */
	const struct gvnp_writer *writer;
	bool is_recorded; /* snapshot */
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

/* The work of `run` and `snapshot`; `data` is a struct gvnp_audit_plan. */
void gvnp_audit_work(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome);

/* Fills a plan from the options: catalogue, overlay, writer, terminal. Returns 0 or an exit status
 * after saying what is wrong. */
int gvnp_audit_plan_init(struct gvnp_audit_plan *plan, const struct gvnp_options *options);
void gvnp_audit_plan_done(struct gvnp_audit_plan *plan);

#endif
