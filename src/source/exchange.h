/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests on their way to a reader process, and its answers on their way back, in batches. Those
 * that wait for an answer come first, in their order; those that can be answered later, in theirs,
 * when the reader has nothing else to do. Nothing here waits.
 */
#ifndef GVNP_SOURCE_EXCHANGE_H
#define GVNP_SOURCE_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "gvnp/source.h"

struct gvnp_exchange;
struct gvnp_posted; /* one batch */

/* Takes over the socket. */
struct gvnp_exchange *gvnp_exchange_new(int socket);
/* Batches outlive it. */
void gvnp_exchange_free(struct gvnp_exchange *exchange);

/* Posts the requests and sends what the socket takes at once. The strings need not outlive the
 * call; no path may be longer than GVNP_LIMIT_PATH. The caller owns the result, for as long at
 * least as gvnp_exchange_is_done() is false. */
struct gvnp_posted *gvnp_exchange_post(struct gvnp_exchange *exchange,
				       const struct gvnp_request *requests, size_t n,
				       bool can_wait);

/* All of the batch was answered, or no more answers will come. */
bool gvnp_exchange_is_done(const struct gvnp_exchange *exchange, const struct gvnp_posted *posted);

/* For poll(): the socket, -1 after a failure, and what to wait for; then what to do about it. */
int gvnp_exchange_socket(const struct gvnp_exchange *exchange);
short gvnp_exchange_events(const struct gvnp_exchange *exchange);
void gvnp_exchange_step(struct gvnp_exchange *exchange, short events);

/* The socket is closed; that is no error. */
void gvnp_exchange_close(struct gvnp_exchange *exchange);
/* The reader is not asked any more, and why: GVNP_TIMED_OUT or a negative errno. */
void gvnp_exchange_fail(struct gvnp_exchange *exchange, int error);
int gvnp_exchange_error(const struct gvnp_exchange *exchange); /* 0: none */

/* Decodes the answers of a batch that is done: answers[indices[0]], answers[indices[1]] … They keep
 * the memory. Returns how many there are: fewer than were posted after a failure, which an answer
 * that is none is, too. Once for each batch. */
size_t gvnp_posted_take(struct gvnp_posted *posted, struct gvnp_exchange *exchange,
			struct gvnp_answers *answers, const size_t *indices);
void gvnp_posted_free(struct gvnp_posted *posted);

#endif
