/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes of passwords do not pass the seam: neither the process that decodes nor a recording ever
 * has one. The only place where the reader looks at what it read, because whoever gets the bytes
 * could keep them.
 */
#include "source/shadow.h"

#include "base/buffer.h"

enum {
	LONGEST_ID = 16, /* of a hash, as crypt(5) spells them: "gost-yescrypt" is "gy" */
	OLD_HASH = 13,	 /* characters of a traditional DES hash */
	OLDER_HASH = 20, /* of BSDi's, which begins with '_' */
};

bool gvnp_shadow_is(const char *path)
{
	static const char *const paths[] = { "/etc/passwd", "/etc/shadow", "/etc/group",
					     "/etc/gshadow" };

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (!strcmp(paths[i], path))
			return true;
	return false;
}

static bool is_old_hash(struct gvnp_slice field)
{
	if (field.size == OLDER_HASH && field.text[0] == '_')
		return true;
	for (size_t i = 0; i < field.size; i++)
		if (!strchr("./", field.text[i]) &&
		    !(field.text[i] >= '0' && field.text[i] <= '9') &&
		    !(field.text[i] >= 'A' && field.text[i] <= 'Z') &&
		    !(field.text[i] >= 'a' && field.text[i] <= 'z'))
			return false;
	return field.size == OLD_HASH;
}

static void append_kind(struct gvnp_slice field, struct gvnp_buffer *out)
{
	const char *end;

	while (field.size && field.text[0] == '!') {
		gvnp_buffer_append_text(out, "!");
		field.text++;
		field.size--;
	}
	if (!field.size || gvnp_slice_is(field, "x")) {
		gvnp_buffer_append(out, field.text, field.size);
	} else if (field.text[0] == '$') {
		end = memchr(field.text + 1, '$', field.size - 1);
		if (end && end - field.text <= LONGEST_ID)
			gvnp_buffer_append(out, field.text, (size_t)(end + 1 - field.text));
		else
			gvnp_buffer_append_text(out, "$?$");
	} else {
		gvnp_buffer_append_text(out, is_old_hash(field) ? "?" : "*");
	}
}

void gvnp_shadow_strip(struct gvnp_slice bytes, struct gvnp_buffer *out)
{
	struct gvnp_slice line, name, rest, field;

	while (gvnp_slice_next(&bytes, '\n', &line)) {
		if (!gvnp_slice_split(line, ':', &name, &rest))
			continue;
		bool has_more = gvnp_slice_split(rest, ':', &field, &rest);

		gvnp_buffer_append(out, name.text, name.size);
		gvnp_buffer_append_text(out, ":");
		append_kind(has_more ? field : rest, out);
		if (has_more) {
			gvnp_buffer_append_text(out, ":");
			gvnp_buffer_append(out, rest.text, rest.size);
		}
		gvnp_buffer_append_text(out, "\n");
	}
}
