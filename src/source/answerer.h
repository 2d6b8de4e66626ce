/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind a gvnp_source: one function that answers requests. */
#ifndef GVNP_SOURCE_ANSWERER_H
#define GVNP_SOURCE_ANSWERER_H

#include "gvnp/source.h"

struct gvnp_recording;

struct gvnp_source {
	struct gvnp_answers *(*ask)(struct gvnp_source *source, const struct gvnp_request *requests,
				    size_t n_requests);
	void (*free)(struct gvnp_source *source); /* frees the source itself too */
	/* See gvnp_source_announce() and gvnp_source_foresee(); NULL: nothing is done early. */
	void (*expect)(struct gvnp_source *source, const struct gvnp_request *requests, size_t n,
		       bool is_kept);
	/* See gvnp_source_peek(); NULL: nothing was foreseen. */
	const struct gvnp_answer *(*peek)(struct gvnp_source *source,
					  const struct gvnp_request *request);
	/* See gvnp_source_finish(); NULL: there is nothing to end. */
	void (*finish)(struct gvnp_source *source);
	/* The rest is set by source.c, for every kind of source. */
	void (*observer)(void *data, const struct gvnp_request *request,
			 const struct gvnp_answer *answer);
	void *observer_data;
	struct gvnp_recording *recording; /* NULL: not recorded */
	char *note;			  /* see gvnp_source_note() */
};

/* Answers file requests of this host in this very process: what the reader process runs, and what
 * tests of collectors use. `root` is "/" or a directory that is taken for it. Answers
 * GVNP_LIBVIRT with GVNP_LIBVIRT_ABSENT. */
struct gvnp_source *gvnp_source_new_direct(const char *root);

/* Answers from a recording: a tar file or the folder it was unpacked to. Returns 0, or -EINVAL with
 * *ret_problem a message to free. */
int gvnp_source_new_recorded(const char *path, struct gvnp_source **ret, char **ret_problem);

/* The same in two steps, for a process that gives up opening files between them: opening looks at
 * nothing that the recording says, loading opens nothing, nor does any answer. `path` is for messages.
 * Loading takes the source over when it fails: *source is NULL then. */
int gvnp_source_open_recorded(const char *path, struct gvnp_source **ret, char **ret_problem);
int gvnp_source_load_recorded(const char *path, struct gvnp_source **source, char **ret_problem);

/* The same from the bytes of a tar, which need not outlive the call. */
struct gvnp_buffer;
int gvnp_source_new_recorded_bytes(const struct gvnp_buffer *tar, struct gvnp_source **ret,
				   char **ret_problem);

#endif
