/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Foreign text made harmless. What a terminal or an XML reader could take for a command, or could
 * hide from the reader, is spelt out; everything else passes unchanged.
 */
#include "report/escape.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"

static uint32_t decode(const char *text, size_t size)
{
	const unsigned char *byte = (const unsigned char *)text;
	uint32_t value = size == 1 ? byte[0] : byte[0] & (0xffu >> (size + 1));

	for (size_t i = 1; i < size; i++)
		value = value << 6 | (byte[i] & 0x3f);
	return value;
}

/* Unicode characters that show nothing or reorder what is shown: soft hyphen, zero-width
 * characters, marks, embeddings, overrides and isolates of direction, line and paragraph
 * separators, the byte order mark, noncharacters, tags. */
static bool is_deceptive(uint32_t value)
{
	return value == 0xad || value == 0x61c || value == 0x180e ||
	       (value >= 0x200b && value <= 0x200f) || (value >= 0x2028 && value <= 0x202e) ||
	       (value >= 0x2060 && value <= 0x206f) || value == 0xfeff ||
	       (value >= 0xfff0 && value <= 0xfffb) || (value & 0xfffe) == 0xfffe ||
	       (value >= 0xe0000 && value <= 0xe0fff);
}

static void append_character(struct gvnp_buffer *out, const char *text, size_t size)
{
	uint32_t value = decode(text, size);

	if (value == '\n')
		gvnp_buffer_append_text(out, "\\n");
	else if (value == '\t')
		gvnp_buffer_append_text(out, "\\t");
	else if (value < 0x20 || value == 0x7f)
		gvnp_buffer_append_format(out, "\\x%02x", (unsigned)value);
	else if ((value >= 0x80 && value < 0xa0) || is_deceptive(value))
		gvnp_buffer_append_format(out, "\\u{%x}", (unsigned)value);
	else
		gvnp_buffer_append(out, text, size);
}

void gvnp_escape_terminal(struct gvnp_buffer *out, const char *text)
{
	size_t rest = strlen(text);

	while (rest) {
		size_t size = gvnp_text_utf8(text, rest);

		if (size)
			append_character(out, text, size);
		else
			gvnp_buffer_append_format(out, "\\x%02x", (unsigned char)*text);
		text += size ? size : 1;
		rest -= size ? size : 1;
	}
}

static const char *entity_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&apos;";
	}
	return NULL;
}

void gvnp_escape_xml(struct gvnp_buffer *out, const char *text)
{
	struct gvnp_buffer plain = { 0 };

	gvnp_escape_terminal(&plain, text);
	for (const char *at = gvnp_buffer_text(&plain); *at; at++) {
		const char *entity = entity_of(*at);

		if (entity)
			gvnp_buffer_append_text(out, entity);
		else
			gvnp_buffer_append(out, at, 1);
	}
	gvnp_buffer_done(&plain);
}

char *gvnp_escape_utf8(const char *text)
{
	struct gvnp_buffer out = { 0 };
	size_t rest = strlen(text);

	while (rest) {
		size_t size = gvnp_text_utf8(text, rest);

		if (size)
			gvnp_buffer_append(&out, text, size);
		else
			gvnp_buffer_append_text(&out, "\xef\xbf\xbd");
		text += size ? size : 1;
		rest -= size ? size : 1;
	}
	return gvnp_buffer_take(&out);
}
