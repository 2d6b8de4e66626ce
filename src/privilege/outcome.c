/* SPDX-License-Identifier: Apache-2.0 */
/* An outcome is all there or not there at all: a report that was cut off is never printed. */
#include "privilege/outcome.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"

enum { MAGIC = 0x4f766e67 };

struct head {
	uint32_t magic;
	int32_t status;
	uint64_t output_size, messages_size, recording_size;
};

static int write_whole(int fd, const void *data, size_t size)
{
	for (const char *at = data; size;) {
		ssize_t written = write(fd, at, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		at += written;
		size -= (size_t)written;
	}
	return 0;
}

int gvnp_outcome_send(int fd, const struct gvnp_outcome *outcome)
{
	const struct gvnp_buffer *buffers[] = { outcome->output, outcome->messages,
						outcome->recording };
	struct head head = {
		.magic = MAGIC,
		.status = outcome->status,
		.output_size = outcome->output->size,
		.messages_size = outcome->messages->size,
		.recording_size = outcome->recording->size,
	};
	int error = write_whole(fd, &head, sizeof head);

	for (size_t i = 0; !error && i < 3; i++)
		error = write_whole(fd, buffers[i]->data, buffers[i]->size);
	return error;
}

static void append(struct gvnp_buffer *buffer, const char **at, uint64_t size)
{
	if (buffer)
		gvnp_buffer_append(buffer, *at, size);
	*at += size;
}

/* The report is much of what arrived, so its bytes become the buffer. */
static void take_output(struct gvnp_buffer *bytes, size_t size, struct gvnp_buffer *output)
{
	if (!output)
		return;
	memmove(bytes->data, bytes->data + sizeof(struct head), size);
	bytes->data[size] = '\0';
	bytes->size = size;
	gvnp_buffer_done(output);
	*output = *bytes;
	*bytes = (struct gvnp_buffer){ 0 };
}

int gvnp_outcome_decode(struct gvnp_buffer *bytes, struct gvnp_outcome *outcome)
{
	struct head head;

	if (bytes->size < sizeof head)
		return -EBADMSG;
	memcpy(&head, bytes->data, sizeof head);
	uint64_t left = bytes->size - sizeof head;
	if (head.magic != MAGIC || head.output_size > left || head.messages_size > left ||
	    head.recording_size > left ||
	    head.output_size + head.messages_size + head.recording_size != left)
		return -EBADMSG;
	const char *at = bytes->data + sizeof head + head.output_size;
	outcome->status = head.status;
	append(outcome->messages, &at, head.messages_size);
	append(outcome->recording, &at, head.recording_size);
	take_output(bytes, head.output_size, outcome->output);
	return 0;
}
