/* SPDX-License-Identifier: Apache-2.0 */
/* A growing run of bytes. Grows by doubling; callers bound sizes before they append. */
#include "base/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void gvnp_buffer_done(struct gvnp_buffer *buffer)
{
	if (!buffer)
		return;
	free(buffer->data);
	*buffer = (struct gvnp_buffer){ 0 };
}

void gvnp_buffer_clear(struct gvnp_buffer *buffer)
{
	buffer->size = 0;
	if (buffer->data)
		buffer->data[0] = '\0';
}

static void reserve(struct gvnp_buffer *buffer, size_t extra)
{
	size_t needed = buffer->size + extra + 1;

	if (needed <= buffer->capacity)
		return;
	if (needed < extra)
		gvnp_out_of_memory();
	size_t capacity = buffer->capacity ? buffer->capacity : 256;
	while (capacity < needed)
		capacity *= 2;
	buffer->data = gvnp_reallocate(buffer->data, capacity);
	buffer->capacity = capacity;
}

void gvnp_buffer_append(struct gvnp_buffer *buffer, const void *data, size_t size)
{
	reserve(buffer, size);
	if (size)
		memcpy(buffer->data + buffer->size, data, size);
	buffer->size += size;
	buffer->data[buffer->size] = '\0';
}

void gvnp_buffer_append_text(struct gvnp_buffer *buffer, const char *text)
{
	gvnp_buffer_append(buffer, text, strlen(text));
}

void gvnp_buffer_append_arguments(struct gvnp_buffer *buffer, const char *format, va_list arguments)
{
	va_list again;

	va_copy(again, arguments);
	reserve(buffer, 64);
	size_t room = buffer->capacity - buffer->size;
	/* The caller started them. NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
	int size = vsnprintf(buffer->data + buffer->size, room, format, arguments);
	if (size < 0)
		gvnp_out_of_memory();
	if ((size_t)size >= room) {
		reserve(buffer, (size_t)size);
		vsnprintf(buffer->data + buffer->size, (size_t)size + 1, format, again);
	}
	va_end(again);
	buffer->size += (size_t)size;
}

void gvnp_buffer_append_format(struct gvnp_buffer *buffer, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	gvnp_buffer_append_arguments(buffer, format, arguments);
	va_end(arguments);
}

const char *gvnp_buffer_text(const struct gvnp_buffer *buffer)
{
	return buffer->data ? buffer->data : "";
}

char *gvnp_buffer_take(struct gvnp_buffer *buffer)
{
	char *text = buffer->data ? buffer->data : gvnp_duplicate("");

	*buffer = (struct gvnp_buffer){ 0 };
	return text;
}
