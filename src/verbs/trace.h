/* SPDX-License-Identifier: Apache-2.0 */
/* The trace that the tool ran: one line a question, and a digest over all of them. */
#ifndef GVNP_VERBS_TRACE_H
#define GVNP_VERBS_TRACE_H

#include <stddef.h>

#include "gvnp/facts.h"
#include "gvnp/source.h"

struct gvnp_observation {
	char *line; /* source, size, digest and error, a tab between them */
	size_t source_size, digest_size;
	size_t size;
	int error;
};

struct gvnp_trace {
	struct gvnp_observation *observations;
	size_t n;
};

/* For gvnp_source_observe(); `data` is a struct gvnp_trace. */
void gvnp_trace_observe(void *data, const struct gvnp_request *request,
			const struct gvnp_answer *answer);

/* Fills the table of observations. */
void gvnp_trace_write(const struct gvnp_trace *trace, struct gvnp_facts *facts);

/* SHA-256 over the lines, which are sorted then, in hexadecimal. The caller frees. */
char *gvnp_trace_digest(struct gvnp_trace *trace);
void gvnp_trace_done(struct gvnp_trace *trace);

#endif
