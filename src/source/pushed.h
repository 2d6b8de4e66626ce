/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the libvirt reader pushes: answers that nobody asked for yet, each with the path it answers
 * (of two with the same path the later counts). The last one has the path "" and is the answer to
 * everything else; it ends the stream.
 */
#ifndef GVNP_SOURCE_PUSHED_H
#define GVNP_SOURCE_PUSHED_H

#include "gvnp/source.h"

struct gvnp_pushed;

/* `is_expected`: false when libvirt is not asked in this run. */
struct gvnp_pushed *gvnp_pushed_new(bool is_expected);
void gvnp_pushed_free(struct gvnp_pushed *pushed);

/* More bytes of the stream. Returns 0; or -EBADMSG or -EMSGSIZE, and then no more is taken. */
int gvnp_pushed_add(struct gvnp_pushed *pushed, const char *bytes, size_t size);
/* True when the end marker was seen. */
bool gvnp_pushed_is_complete(const struct gvnp_pushed *pushed);
/* The deadline passed: what is missing is GVNP_TIMED_OUT rather than the reader's failure. */
void gvnp_pushed_time_out(struct gvnp_pushed *pushed);

/* Fills answer i from what was pushed. Call when no more will be added. */
void gvnp_pushed_answer(struct gvnp_pushed *pushed, const char *path, struct gvnp_answers *answers,
			size_t i);

#endif
