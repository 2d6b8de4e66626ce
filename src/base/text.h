/* SPDX-License-Identifier: Apache-2.0 */
/* Reading plain text: lines, words, whole-word matches, integers. Nothing here allocates unless it
 * says so, nothing depends on the locale. */
#ifndef GVNP_BASE_TEXT_H
#define GVNP_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A piece of somebody else's text. */
struct gvnp_slice {
	const char *text;
	size_t size;
};

static inline struct gvnp_slice gvnp_slice(const char *text)
{
	return (struct gvnp_slice){ text, strlen(text) };
}

bool gvnp_text_same(const char *one, const char *other, size_t size);

/* Here, because `text` is nearly always a literal, whose length the compiler then knows, and most
 * differ in it. */
static inline bool gvnp_slice_is(struct gvnp_slice slice, const char *text)
{
	return slice.size == strlen(text) && gvnp_text_same(slice.text, text, slice.size);
}

static inline bool gvnp_slice_starts(struct gvnp_slice slice, const char *prefix)
{
	return slice.size >= strlen(prefix) && gvnp_text_same(slice.text, prefix, strlen(prefix));
}

struct gvnp_slice gvnp_slice_trim(struct gvnp_slice slice); /* blanks and newlines, both ends */
char *gvnp_slice_copy(struct gvnp_slice slice);		    /* the caller frees */

/* Cuts the next piece up to `separator` off *rest. False when nothing is left. Empty pieces count;
 * a text that ends with the separator has no empty last piece. */
bool gvnp_slice_next(struct gvnp_slice *rest, char separator, struct gvnp_slice *ret);
/* The next run of non-blank bytes. */
bool gvnp_slice_word(struct gvnp_slice *rest, struct gvnp_slice *ret);
/* Splits at the first `separator`. False, and nothing written, when there is none. */
bool gvnp_slice_split(struct gvnp_slice slice, char separator, struct gvnp_slice *ret_before,
		      struct gvnp_slice *ret_after);

/* The whole text as an unsigned integer: digits only, no sign, no blanks, no rest, no overflow.
 * base 10 or 16 (no 0x prefix), 8. */
bool gvnp_slice_unsigned(struct gvnp_slice slice, unsigned base, uint64_t *ret);
bool gvnp_parse_unsigned(const char *text, unsigned base, uint64_t *ret);
/* The whole text as a decimal integer with an optional leading '-'. */
bool gvnp_slice_integer(struct gvnp_slice slice, int64_t *ret);
bool gvnp_parse_integer(const char *text, int64_t *ret);

static inline bool gvnp_text_starts(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

bool gvnp_text_ends(const char *text, const char *suffix);
const char *gvnp_text_base_name(const char *path);

/* Length of the well-formed UTF-8 sequence at text, 0 if there is none. */
size_t gvnp_text_utf8(const char *text, size_t size);

/* True for an absolute path without an empty, "." or ".." component before its end. */
bool gvnp_text_is_plain_path(const char *path);

/* True if `path` matches a collector's pattern (collector.h). */
bool gvnp_text_matches(const char *pattern, const char *path);

#endif
