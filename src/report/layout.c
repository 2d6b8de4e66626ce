/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines and paragraphs of the text report. A line that has no room is cut where it stands; a word
 * that is longer than a line stays whole, because a path or a setting must stay fit for copying.
 */
#include "report/layout.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "report/escape.h"

enum gvnp_colour gvnp_layout_severity_colour(enum gvnp_severity severity)
{
	switch (severity) {
	case GVNP_CRITICAL:
	case GVNP_HIGH:
		return GVNP_RED;
	case GVNP_MEDIUM:
		return GVNP_YELLOW;
	case GVNP_LOW:
		break;
	}
	return GVNP_BOLD;
}

static const char *colour_code(enum gvnp_colour colour)
{
	static const char *const codes[] = {
		[GVNP_PLAIN] = "",	    [GVNP_BOLD] = "\x1b[1m",   [GVNP_RED] = "\x1b[1;31m",
		[GVNP_YELLOW] = "\x1b[33m", [GVNP_GREEN] = "\x1b[32m", [GVNP_DIM] = "\x1b[2m",
	};

	return codes[colour];
}

/* Characters, not bytes: the text is valid UTF-8 here. */
static size_t width_of(const char *text, size_t size)
{
	size_t width = 0;

	for (size_t i = 0; i < size; i++)
		width += ((unsigned char)text[i] & 0xc0) != 0x80;
	return width;
}

/* Bytes of the longest beginning that is at most `width` characters wide. */
static size_t cut_at(const char *text, size_t width)
{
	size_t size = 0;

	while (text[size] && (width || ((unsigned char)text[size] & 0xc0) == 0x80)) {
		width -= ((unsigned char)text[size] & 0xc0) != 0x80;
		size++;
	}
	return size;
}

void gvnp_layout_line(const struct gvnp_layout *layout, enum gvnp_colour colour, size_t n_coloured,
		      const char *escaped)
{
	size_t width = layout->columns > 8 ? (size_t)layout->columns : 8;
	bool is_cut = width_of(escaped, strlen(escaped)) > width;
	size_t size = is_cut ? cut_at(escaped, width - 3) : strlen(escaped);

	if (layout->is_colour && n_coloured && colour != GVNP_PLAIN) {
		n_coloured = n_coloured < size ? n_coloured : size;
		gvnp_buffer_append_text(layout->out, colour_code(colour));
		gvnp_buffer_append(layout->out, escaped, n_coloured);
		gvnp_buffer_append_text(layout->out, "\x1b[0m");
		gvnp_buffer_append(layout->out, escaped + n_coloured, size - n_coloured);
	} else {
		gvnp_buffer_append(layout->out, escaped, size);
	}
	gvnp_buffer_append_text(layout->out, is_cut ? "...\n" : "\n");
}

void gvnp_layout_paragraph(const struct gvnp_layout *layout, const char *first, const char *rest,
			   const char *escaped)
{
	struct gvnp_slice words = gvnp_slice(escaped), word;
	size_t column = width_of(first, strlen(first));
	bool is_at_start = true;

	gvnp_buffer_append_text(layout->out, first);
	while (gvnp_slice_word(&words, &word)) {
		size_t width = width_of(word.text, word.size);

		if (!is_at_start && column + 1 + width > (size_t)layout->columns) {
			gvnp_buffer_append_format(layout->out, "\n%s", rest);
			column = width_of(rest, strlen(rest));
			is_at_start = true;
		}
		gvnp_buffer_append_text(layout->out, is_at_start ? "" : " ");
		gvnp_buffer_append(layout->out, word.text, word.size);
		column += width + !is_at_start;
		is_at_start = false;
	}
	gvnp_buffer_append_text(layout->out, "\n");
}

/* A line that must not be joined to the one before. */
static bool stands_alone(struct gvnp_slice line)
{
	return !line.size || line.text[0] == ' ' || line.text[0] == '\t' ||
	       gvnp_slice_starts(line, "- ") || gvnp_slice_starts(line, "* ");
}

static bool is_blank(struct gvnp_slice line)
{
	return !gvnp_slice_trim(line).size;
}

/* Takes the next paragraph off *rest: a line and those that continue it. False at the end. */
static bool next_paragraph(struct gvnp_slice *rest, struct gvnp_buffer *ret, bool *ret_is_verbatim)
{
	struct gvnp_slice line = { 0 }, ahead;
	bool has_line = false;

	while (!has_line && gvnp_slice_next(rest, '\n', &line))
		has_line = !is_blank(line);
	if (!has_line)
		return false;
	gvnp_buffer_clear(ret);
	gvnp_buffer_append(ret, line.text, line.size);
	*ret_is_verbatim = line.text[0] == ' ' || line.text[0] == '\t';
	for (ahead = *rest; !*ret_is_verbatim && gvnp_slice_next(&ahead, '\n', &line);
	     *rest = ahead) {
		if (stands_alone(line))
			break;
		gvnp_buffer_append_text(ret, " ");
		gvnp_buffer_append(ret, line.text, line.size);
	}
	return true;
}

void gvnp_layout_prose(const struct gvnp_layout *layout, const char *first, const char *rest,
		       const char *prose)
{
	_cleanup_buffer_ struct gvnp_buffer paragraph = { 0 };
	struct gvnp_slice remaining = gvnp_slice(prose);
	bool is_verbatim;

	while (next_paragraph(&remaining, &paragraph, &is_verbatim)) {
		_cleanup_buffer_ struct gvnp_buffer escaped = { 0 };

		gvnp_escape_terminal(&escaped, gvnp_buffer_text(&paragraph));
		if (is_verbatim)
			gvnp_buffer_append_format(layout->out, "%s%s\n", first,
						  gvnp_buffer_text(&escaped));
		else
			gvnp_layout_paragraph(layout, first, rest, gvnp_buffer_text(&escaped));
		first = rest;
	}
}

char *gvnp_layout_join(const char *prose)
{
	struct gvnp_buffer joined = { 0 };
	struct gvnp_slice rest = gvnp_slice(prose), word;

	while (gvnp_slice_word(&rest, &word)) {
		gvnp_buffer_append_text(&joined, joined.size ? " " : "");
		gvnp_buffer_append(&joined, word.text, word.size);
	}
	return gvnp_buffer_take(&joined);
}

void gvnp_layout_heading(const struct gvnp_layout *layout, const char *format, ...)
{
	_cleanup_buffer_ struct gvnp_buffer line = { 0 };
	va_list arguments;

	va_start(arguments, format);
	gvnp_buffer_append_arguments(&line, format, arguments);
	va_end(arguments);
	gvnp_buffer_append_text(layout->out, "\n");
	gvnp_layout_line(layout, GVNP_BOLD, line.size, gvnp_buffer_text(&line));
}
