/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run found, ready to be written. Writers are pure functions into a buffer: no clock, no
 * locale, no hash or directory order shows. Guest-controlled text is escaped by every writer.
 */
#ifndef GVNP_REPORT_H
#define GVNP_REPORT_H

#include "gvnp/score.h"

struct gvnp_buffer;

/* The run itself: the only part of a report in which a replay may differ from the original. */
struct gvnp_run {
	const char *tool_version;
	const char *mode;	/* "live" or "replay" */
	int64_t started;	/* seconds since the epoch */
	int64_t duration_ms;	/* of collecting and judging, wall clock */
	const char *privileges; /* of the reader: "uid 0, CapEff …" */
	const char *libvirt_uri;
};

struct gvnp_hole {
	const char *table, *column, *object, *problem;
};

struct gvnp_report {
	struct gvnp_run run;
	int gvnp_type;
	int64_t time; /* the time of the run as a fact, the only clock */
	/* host identity, "" when unknown */
	const char *boot_id, *machine_id_digest, *product, *kernel, *os, *hypervisor;
	bool is_virtual, accepts_virtual_hardware;
	const char *observation_digest; /* SHA-256 over the trace; "" when there is none */
	size_t n_observations;
	const struct gvnp_catalogue *catalogue;
	const struct gvnp_results *results;
	const struct gvnp_scores *scores;
	const struct gvnp_hole *holes; /* sorted */
	size_t n_holes;
	int columns;	/* text: width of the terminal, 80 when unknown */
	int rows;	/* text: only the first screen, of so many lines; 0: everything */
	bool is_colour; /* text only */
};

struct gvnp_writer {
	const char *name;
	const char *about;
	void (*write)(const struct gvnp_report *report, struct gvnp_buffer *out);
};

/* All formats; ends with a NULL name. */
extern const struct gvnp_writer gvnp_writers[];
const struct gvnp_writer *gvnp_writer_find(const char *name);

/* "host level 1 of 4: failed …\n", for a log. */
void gvnp_report_line(const struct gvnp_scores *scores, struct gvnp_buffer *out);

#endif
