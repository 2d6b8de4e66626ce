/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that were posted to a reader before anybody asked for them, so that it answers while we
 * do something else. Two kinds: batches that will be asked for once, as they are; and lists whose
 * answers are kept for whoever asks for any of them.
 */
#ifndef GVNP_SOURCE_EARLY_H
#define GVNP_SOURCE_EARLY_H

#include <stdbool.h>
#include <stddef.h>

#include "gvnp/source.h"

struct gvnp_posted;

struct gvnp_early {
	struct gvnp_early *next; /* posted before this one */
	struct gvnp_posted *posted;
	struct gvnp_request *requests; /* with paths of their own; of those kept sorted */
	size_t *positions;	       /* of those kept: where each was posted */
	size_t n;
	bool is_kept;
	struct gvnp_answers *answers; /* of those kept, once somebody asked; as posted */
	size_t n_answered;	      /* the others will not be */
};

/* Puts a batch in front of the list, which owns it and `posted`. */
void gvnp_early_add(struct gvnp_early **list, const struct gvnp_request *requests, size_t n,
		    bool is_kept, struct gvnp_posted *posted);

/* True when a batch of exactly these requests is in the list. */
bool gvnp_early_has(struct gvnp_early *list, const struct gvnp_request *requests, size_t n);
/* Takes the batch of exactly these requests that was posted first out of the list. NULL: there is
 * none. The caller owns the result. */
struct gvnp_posted *gvnp_early_take(struct gvnp_early **list, const struct gvnp_request *requests,
				    size_t n);

/* The kept list with this request in it, and its position there. NULL: there is none. */
struct gvnp_early *gvnp_early_find(struct gvnp_early *list, const struct gvnp_request *request,
				   size_t *ret_position);

void gvnp_early_free(struct gvnp_early *list);

#endif
