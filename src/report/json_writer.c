/* SPDX-License-Identifier: Apache-2.0 */
/* Writing JSON (RFC 8259). The rule kept here: whatever the text, what comes out is well-formed. */
#include "report/json_writer.h"

#include <string.h>

#include "base/text.h"

enum { SHORT = 120 }; /* nearly every key and text is */

/* The ASCII that stands for itself. */
static const bool is_plain[256] = {
	[' ' ... '!'] = true,
	['#' ... '['] = true,
	[']' ... 0x7f] = true,
};

static void separate(struct gvnp_json *json)
{
	if (json->needs_comma)
		gvnp_buffer_append(json->out, ",", 1);
	json->needs_comma = true;
}

/* '"', '\' and the control characters are spelt out; the rest stands for itself. */
static void append_special(struct gvnp_buffer *out, unsigned char c)
{
	static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *found = memchr(plain, c, sizeof plain - 1);

	if (found)
		gvnp_buffer_append_format(out, "\\%c", letters[found - plain]);
	else
		gvnp_buffer_append_format(out, "\\u%04X", (unsigned)c);
}

/* How many bytes from here on need no escape. */
static size_t plain_size(const char *text, size_t size)
{
	size_t at = 0;

	while (at < size) {
		unsigned char c = (unsigned char)text[at];
		size_t length = is_plain[c] ? 1 : 0;

		if (c >= 0x80)
			length = gvnp_text_utf8(text + at, size - at);
		if (!length)
			break;
		at += length;
	}
	return at;
}

static void append_quoted(struct gvnp_buffer *out, const char *text)
{
	size_t rest = strlen(text);

	gvnp_buffer_append(out, "\"", 1);
	for (;;) {
		size_t size = plain_size(text, rest);

		gvnp_buffer_append(out, text, size);
		if (size == rest)
			break;
		if ((unsigned char)text[size] < 0x80)
			append_special(out, (unsigned char)text[size]);
		else
			gvnp_buffer_append_text(out, "\xef\xbf\xbd");
		text += size + 1;
		rest -= size + 1;
	}
	gvnp_buffer_append(out, "\"", 1);
}

/* A text, and `after` it what is not NUL: mostly in one piece. */
static void put(struct gvnp_json *json, const char *text, char after)
{
	char piece[SHORT + 4], *end = piece;
	size_t size = 0;

	if (json->needs_comma)
		*end++ = ',';
	*end++ = '"';
	while (size < SHORT && is_plain[(unsigned char)text[size]])
		*end++ = text[size++];
	*end++ = '"';
	if (text[size]) {
		separate(json);
		append_quoted(json->out, text);
		end = piece;
	}
	if (after)
		*end++ = after;
	gvnp_buffer_append(json->out, piece, (size_t)(end - piece));
	json->needs_comma = !after;
}

void gvnp_json_begin(struct gvnp_json *json, char bracket)
{
	const char piece[] = { ',', bracket };
	size_t size = json->needs_comma ? 2 : 1;

	gvnp_buffer_append(json->out, piece + 2 - size, size);
	json->needs_comma = false;
}

void gvnp_json_end(struct gvnp_json *json, char bracket)
{
	gvnp_buffer_append(json->out, &bracket, 1);
	json->needs_comma = true;
}

void gvnp_json_key(struct gvnp_json *json, const char *key)
{
	put(json, key, ':');
}

void gvnp_json_null(struct gvnp_json *json)
{
	separate(json);
	gvnp_buffer_append_text(json->out, "null");
}

void gvnp_json_boolean(struct gvnp_json *json, bool value)
{
	separate(json);
	gvnp_buffer_append_text(json->out, value ? "true" : "false");
}

void gvnp_json_integer(struct gvnp_json *json, int64_t value)
{
	separate(json);
	gvnp_buffer_append_format(json->out, "%lld", (long long)value);
}

void gvnp_json_text(struct gvnp_json *json, const char *text)
{
	put(json, text ? text : "", '\0');
}

void gvnp_json_texts(struct gvnp_json *json, const char *const *texts)
{
	gvnp_json_begin(json, '[');
	for (; texts && *texts; texts++)
		gvnp_json_text(json, *texts);
	gvnp_json_end(json, ']');
}
