/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recording: every question with its answer, in order. Its form on disk is a tar whose first
 * member is the index (index.h); replay (recorded.c) answers from the index alone.
 */
#ifndef GVNP_SOURCE_RECORDING_H
#define GVNP_SOURCE_RECORDING_H

#include "gvnp/source.h"

struct gvnp_buffer;
struct gvnp_recording;

struct gvnp_recording *gvnp_recording_new(void);
void gvnp_recording_free(struct gvnp_recording *recording);
/* Keeps copies of both. */
void gvnp_recording_add(struct gvnp_recording *recording, const struct gvnp_request *request,
			const struct gvnp_answer *answer);
/* A further file. Returns 0, or -EINVAL for a name that is not harmless or taken. */
int gvnp_recording_add_file(struct gvnp_recording *recording, const char *name, const void *data,
			    size_t size);
/* Appends the tar of all so far. */
void gvnp_recording_write(const struct gvnp_recording *recording, struct gvnp_buffer *tar);

/* Calls `visit` with every message of a recording in its order; one whose content is missing is left
 * out. Returns NULL, or what is wrong, for the caller to free. */
char *gvnp_recorded_walk(const struct gvnp_buffer *tar,
			 void (*visit)(void *data, const struct gvnp_request *request,
				       const struct gvnp_answer *answer),
			 void *data);

#endif
