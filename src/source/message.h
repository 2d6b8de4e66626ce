/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages between our processes: length-prefixed frames in the byte order of the machine, since
 * both ends are on it. The decoder is strict: a frame is exactly what the encoder writes, or
 * -EBADMSG, and then the process that got it stops talking to the sender.
 */
#ifndef GVNP_SOURCE_MESSAGE_H
#define GVNP_SOURCE_MESSAGE_H

#include <stdint.h>

#include "gvnp/source.h"

struct gvnp_buffer;

enum {
	/* Largest frames accepted; the sender's own limits (limits.h) lie below them. */
	GVNP_MESSAGE_REQUEST_LIMIT = 8 * 1024,
	GVNP_MESSAGE_ANSWER_LIMIT = 40 * 1024 * 1024,
};

/* In the id of a request that the reader serves when there are no others; and in that of the last
 * of several that go together. */
#define GVNP_MESSAGE_LATER 0x80000000U
#define GVNP_MESSAGE_LAST 0x40000000U

/* A path longer than GVNP_LIMIT_PATH is not to be sent: false, nothing appended. */
bool gvnp_message_append_request(struct gvnp_buffer *buffer, uint32_t id,
				 const struct gvnp_request *request);
/* `request` may be NULL where order says which it answers; else operation and path go along. What
 * is beyond the limits becomes GVNP_TOO_LARGE. */
void gvnp_message_append_answer(struct gvnp_buffer *buffer, uint32_t id,
				const struct gvnp_request *request,
				const struct gvnp_answer *answer);

/* The size of the frame that starts at `bytes`. Returns 0; -EAGAIN when not all of it is there; or
 * -EBADMSG when it is shorter than any frame or longer than `limit`. */
int gvnp_message_size(const char *bytes, size_t available, size_t limit, size_t *ret);

/* The id in a frame of that size. */
uint32_t gvnp_message_id(const char *frame);

/* Decodes one whole frame. The strings of the result point into it. 0 or -EBADMSG. */
int gvnp_message_decode_request(const char *frame, size_t size, uint32_t *ret_id,
				struct gvnp_request *ret);
/* Entries are allocated from `answers`; path is "" when none was sent. 0 or -EBADMSG. */
int gvnp_message_decode_answer(const char *frame, size_t size, struct gvnp_answers *answers,
			       uint32_t *ret_id, struct gvnp_request *ret_request,
			       struct gvnp_answer *ret);

#endif
