/* SPDX-License-Identifier: Apache-2.0 */
/* Lines and paragraphs of the text report. Columns are counted in characters. */
#ifndef GVNP_REPORT_LAYOUT_H
#define GVNP_REPORT_LAYOUT_H

#include <stdbool.h>

#include "gvnp/check.h"

struct gvnp_buffer;

struct gvnp_layout {
	struct gvnp_buffer *out;
	int columns;
	bool is_colour;
};

enum gvnp_colour { GVNP_PLAIN, GVNP_BOLD, GVNP_RED, GVNP_YELLOW, GVNP_GREEN, GVNP_DIM };
enum gvnp_colour gvnp_layout_severity_colour(enum gvnp_severity severity);

/* One line, cut with "..." at the width; already escaped. The first `n_coloured` bytes of the text
 * are coloured. */
void gvnp_layout_line(const struct gvnp_layout *layout, enum gvnp_colour colour, size_t n_coloured,
		      const char *escaped);

/* A paragraph of words, wrapped; the first line begins with `first`, the others with `rest`. */
void gvnp_layout_paragraph(const struct gvnp_layout *layout, const char *first, const char *rest,
			   const char *escaped);

/* Text a check's author wrote, in paragraphs: lines that belong together are joined and wrapped,
 * indented lines (commands, settings) and list items keep a line of their own. */
void gvnp_layout_prose(const struct gvnp_layout *layout, const char *first, const char *rest,
		       const char *prose);

/* An empty line and a heading. */
void gvnp_layout_heading(const struct gvnp_layout *layout, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Prose as one line, each run of blanks and line breaks a space. The caller frees. */
char *gvnp_layout_join(const char *prose);

#endif
