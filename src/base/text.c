/* SPDX-License-Identifier: Apache-2.0 */
/* Reading plain text without allocation, locale or leniency. */
#include "base/text.h"

#include "base/memory.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

bool gvnp_text_same(const char *one, const char *other, size_t size)
{
	return !size || !memcmp(one, other, size);
}

struct gvnp_slice gvnp_slice_trim(struct gvnp_slice slice)
{
	while (slice.size && is_blank(slice.text[0]))
		slice.text++, slice.size--;
	while (slice.size && is_blank(slice.text[slice.size - 1]))
		slice.size--;
	return slice;
}

char *gvnp_slice_copy(struct gvnp_slice slice)
{
	return gvnp_duplicate_sized(slice.text, slice.size);
}

bool gvnp_slice_next(struct gvnp_slice *rest, char separator, struct gvnp_slice *ret)
{
	if (!rest->size)
		return false;
	const char *end = memchr(rest->text, separator, rest->size);
	size_t size = end ? (size_t)(end - rest->text) : rest->size;

	*ret = (struct gvnp_slice){ rest->text, size };
	size_t used = end ? size + 1 : size;
	rest->text += used;
	rest->size -= used;
	return true;
}

bool gvnp_slice_word(struct gvnp_slice *rest, struct gvnp_slice *ret)
{
	while (rest->size && is_blank(rest->text[0]))
		rest->text++, rest->size--;
	if (!rest->size)
		return false;
	size_t size = 0;
	while (size < rest->size && !is_blank(rest->text[size]))
		size++;
	*ret = (struct gvnp_slice){ rest->text, size };
	rest->text += size;
	rest->size -= size;
	return true;
}

bool gvnp_slice_split(struct gvnp_slice slice, char separator, struct gvnp_slice *ret_before,
		      struct gvnp_slice *ret_after)
{
	const char *at = slice.size ? memchr(slice.text, separator, slice.size) : NULL;

	if (!at)
		return false;
	size_t before = (size_t)(at - slice.text);
	*ret_before = (struct gvnp_slice){ slice.text, before };
	*ret_after = (struct gvnp_slice){ at + 1, slice.size - before - 1 };
	return true;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

bool gvnp_slice_unsigned(struct gvnp_slice slice, unsigned base, uint64_t *ret)
{
	uint64_t value = 0;

	if (!slice.size)
		return false;
	for (size_t i = 0; i < slice.size; i++) {
		unsigned digit = (unsigned)digit_value(slice.text[i]);

		if (digit >= base || value > (UINT64_MAX - digit) / base)
			return false;
		value = value * base + digit;
	}
	*ret = value;
	return true;
}

bool gvnp_parse_unsigned(const char *text, unsigned base, uint64_t *ret)
{
	return gvnp_slice_unsigned(gvnp_slice(text), base, ret);
}

bool gvnp_slice_integer(struct gvnp_slice slice, int64_t *ret)
{
	bool is_negative = slice.size && slice.text[0] == '-';
	uint64_t value;

	if (is_negative)
		slice.text++, slice.size--;
	if (!gvnp_slice_unsigned(slice, 10, &value) || value > INT64_MAX)
		return false;
	*ret = is_negative ? -(int64_t)value : (int64_t)value;
	return true;
}

bool gvnp_parse_integer(const char *text, int64_t *ret)
{
	return gvnp_slice_integer(gvnp_slice(text), ret);
}

bool gvnp_text_ends(const char *text, const char *suffix)
{
	size_t size = strlen(text), tail = strlen(suffix);

	return size >= tail && !strcmp(text + size - tail, suffix);
}

const char *gvnp_text_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

size_t gvnp_text_utf8(const char *text, size_t size)
{
	const unsigned char *byte = (const unsigned char *)text;
	size_t length = !size		    ? 0
			: byte[0] < 0x80    ? 1
			: byte[0] < 0xc2    ? 0
			: byte[0] < 0xe0    ? 2
			: byte[0] < 0xf0    ? 3
			: byte[0] < 0xf5    ? 4
					    : 0;

	if (length > size)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
	/* overlong forms, surrogates, beyond U+10FFFF */
	if (length == 3 && ((byte[0] == 0xe0 && byte[1] < 0xa0) || (byte[0] == 0xed && byte[1] > 0x9f)))
		return 0;
	if (length == 4 && ((byte[0] == 0xf0 && byte[1] < 0x90) || (byte[0] == 0xf4 && byte[1] > 0x8f)))
		return 0;
	return length;
}

bool gvnp_text_is_plain_path(const char *path)
{
	if (path[0] != '/')
		return false;
	for (const char *at = path; *at; at++) {
		size_t dots = at[1] != '.' ? 0 : at[2] != '.' ? 1 : 2;

		if (*at == '/' && (at[1 + dots] == '/' || (dots && !at[1 + dots])))
			return false;
	}
	return true;
}

/* One component against a pattern component, `*` standing for one or more bytes. */
static bool matches_component(struct gvnp_slice pattern, struct gvnp_slice component)
{
	if (!pattern.size)
		return !component.size;
	if (pattern.text[0] != '*')
		return component.size && pattern.text[0] == component.text[0] &&
		       matches_component((struct gvnp_slice){ pattern.text + 1, pattern.size - 1 },
					 (struct gvnp_slice){ component.text + 1, component.size - 1 });
	if (pattern.size == 1)
		return component.size > 0;
	for (size_t skip = 1; skip <= component.size; skip++)
		if (matches_component(
			    (struct gvnp_slice){ pattern.text + 1, pattern.size - 1 },
			    (struct gvnp_slice){ component.text + skip, component.size - skip }))
			return true;
	return false;
}

bool gvnp_text_matches(const char *pattern, const char *path)
{
	struct gvnp_slice pattern_rest, path_rest, wanted, component;
	size_t same = 0, start = 0;

	/* Nearly every pattern differs in the first few bytes; whole components that are the same
	 * need not be looked at again. */
	for (; pattern[same] && pattern[same] != '*' && pattern[same] == path[same]; same++)
		if (pattern[same] == '/')
			start = same + 1;
	if (pattern[same] && pattern[same] != '*' && path[same])
		return false;
	pattern_rest = gvnp_slice(pattern + start);
	path_rest = gvnp_slice(path + start);
	while (gvnp_slice_next(&pattern_rest, '/', &wanted)) {
		if (gvnp_slice_is(wanted, "**"))
			return true;
		if (!gvnp_slice_next(&path_rest, '/', &component))
			return false;
		if (!matches_component(wanted, component))
			return false;
	}
	return !path_rest.size;
}
