/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compact JSON straight into a buffer: no tree, because a report of a thousand VMs has a million
 * values. Commas come by themselves; that every begin has its end is the caller's business.
 */
#ifndef GVNP_REPORT_JSON_WRITER_H
#define GVNP_REPORT_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct gvnp_json {
	struct gvnp_buffer *out;
	bool needs_comma;
};

/* `bracket` is '{', '[' and their counterparts. */
void gvnp_json_begin(struct gvnp_json *json, char bracket);
void gvnp_json_end(struct gvnp_json *json, char bracket);

/* The key of the value that is written next. */
void gvnp_json_key(struct gvnp_json *json, const char *key);

void gvnp_json_null(struct gvnp_json *json);
void gvnp_json_boolean(struct gvnp_json *json, bool value);
void gvnp_json_integer(struct gvnp_json *json, int64_t value);
/* NULL is the empty text; what is not UTF-8 becomes U+FFFD. */
void gvnp_json_text(struct gvnp_json *json, const char *text);
void gvnp_json_texts(struct gvnp_json *json, const char *const *texts); /* NULL: none */

#endif
