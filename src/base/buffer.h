/* SPDX-License-Identifier: Apache-2.0 */
/* A growing run of bytes, always NUL-terminated. Running out of memory exits. */
#ifndef GVNP_BASE_BUFFER_H
#define GVNP_BASE_BUFFER_H

#include <stdarg.h>
#include <stddef.h>

struct gvnp_buffer {
	char *data; /* NULL while empty and unused */
	size_t size, capacity;
};

void gvnp_buffer_done(struct gvnp_buffer *buffer);
void gvnp_buffer_clear(struct gvnp_buffer *buffer);
void gvnp_buffer_append(struct gvnp_buffer *buffer, const void *data, size_t size);
void gvnp_buffer_append_text(struct gvnp_buffer *buffer, const char *text);
void gvnp_buffer_append_format(struct gvnp_buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void gvnp_buffer_append_arguments(struct gvnp_buffer *buffer, const char *format, va_list arguments);

/* The text so far, "" when empty. Owned by the buffer. */
const char *gvnp_buffer_text(const struct gvnp_buffer *buffer);
/* Hands the text over to the caller, who frees it; the buffer is empty afterwards. */
char *gvnp_buffer_take(struct gvnp_buffer *buffer);

#endif
