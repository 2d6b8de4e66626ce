/* SPDX-License-Identifier: Apache-2.0 */
/* Frames between the processes. The decoder is strict: what it accepts, the encoder writes again
 * byte for byte. */
#include "target.h"

#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "privilege/outcome.h"
#include "source/answers.h"
#include "source/message.h"

static bool is_one_frame(const char *bytes, size_t size, size_t limit)
{
	size_t whole;

	return !gvnp_message_size(bytes, size, limit, &whole) && whole == size;
}

void fuzz_message_request(const char *bytes, size_t size)
{
	_cleanup_buffer_ struct gvnp_buffer again = { 0 };
	struct gvnp_request request;
	uint32_t id;

	if (!is_one_frame(bytes, size, GVNP_MESSAGE_REQUEST_LIMIT) ||
	    gvnp_message_decode_request(bytes, size, &id, &request))
		return;
	FUZZ_EXPECT(gvnp_message_append_request(&again, id, &request));
	FUZZ_EXPECT(again.size == size && !memcmp(again.data, bytes, size));
	gvnp_collect_declares(request.operation, request.path);
}

void fuzz_message_answer(const char *bytes, size_t size)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers = gvnp_answers_new(1);
	_cleanup_buffer_ struct gvnp_buffer again = { 0 };
	struct gvnp_request request;
	struct gvnp_answer answer;
	uint32_t id;

	if (!is_one_frame(bytes, size, GVNP_MESSAGE_ANSWER_LIMIT) ||
	    gvnp_message_decode_answer(bytes, size, answers, &id, &request, &answer))
		return;
	gvnp_message_append_answer(&again, id, &request, &answer);
	FUZZ_EXPECT(again.size == size && !memcmp(again.data, bytes, size));
}

void fuzz_outcome(const char *bytes, size_t size)
{
	_cleanup_buffer_ struct gvnp_buffer input = { 0 }, output = { 0 }, messages = { 0 },
					    recording = { 0 };
	struct gvnp_outcome outcome = { .output = &output,
					.messages = &messages,
					.recording = &recording };

	gvnp_buffer_append(&input, bytes, size);
	if (gvnp_outcome_decode(&input, &outcome))
		FUZZ_EXPECT(!output.size && !messages.size && !recording.size);
	else
		FUZZ_EXPECT(output.size + messages.size + recording.size < size);
}
