/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index of a recording: text, one line a message, fields parted by one blank, in this order:
 *
 *   operation path error problem type mode uid gid rdev device inode modified form size content
 *
 * Bytes that are not printable ASCII, blanks and '%' are written %XX; an empty field is "-". mode
 * is octal, rdev and device are MAJOR:MINOR. form is "data" or "list"; content is "=BYTES" when it
 * is short, "-" when it is empty, else the name of the file beside the index that holds `size`
 * bytes. A listing is a line an entry: type, name and, for a link that could be read, its target.
 * The first line is GVNP_INDEX_VERSION and the last one GVNP_INDEX_END.
 */
#ifndef GVNP_SOURCE_INDEX_H
#define GVNP_SOURCE_INDEX_H

#include "base/text.h"
#include "gvnp/source.h"

struct gvnp_buffer;

#define GVNP_INDEX_VERSION "gvnp-snapshot 1"
#define GVNP_INDEX_END "end"
#define GVNP_INDEX_FOLDER "gvnp-snapshot"

enum { GVNP_INDEX_INLINE = 256 }; /* contents up to this size stand in the index itself */

struct gvnp_index_line {
	struct gvnp_request request;
	struct gvnp_answer answer; /* without its content */
	bool is_listing;
	size_t content_size;
	const char *content; /* when it stands in the line (or is empty), else NULL */
	const char *member;  /* else the file that holds it */
};

void gvnp_index_append(struct gvnp_buffer *index, const struct gvnp_index_line *line);
/* One line without its newline; strings are allocated from `arena`. 0, or -EINVAL. */
int gvnp_index_parse(struct gvnp_slice text, struct gvnp_answers *arena,
		     struct gvnp_index_line *ret);

/* A listing as content, and back into answer i. 0, or -EINVAL. */
void gvnp_index_append_listing(struct gvnp_buffer *content, const struct gvnp_answer *answer);
int gvnp_index_parse_listing(struct gvnp_slice content, struct gvnp_answers *answers, size_t i);

/* True for what may name a file of a recording: letters, digits, '.', '-', '_'; no leading dot. */
bool gvnp_index_is_member_name(const char *name);

#endif
