/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding mountinfo. Optional fields between the sixth and the "-" may be any number. */
#include "collect/mount_info.h"

#include <stdlib.h>

#include "base/memory.h"

static bool is_octal(struct gvnp_slice text, size_t at)
{
	if (at + 4 > text.size || text.text[at] != '\\' || text.text[at + 1] > '3')
		return false;
	for (size_t i = at + 1; i < at + 4; i++)
		if (text.text[i] < '0' || text.text[i] > '7')
			return false;
	return true;
}

char *gvnp_mount_unescape(struct gvnp_slice text)
{
	char *plain = gvnp_allocate(text.size + 1);
	size_t size = 0;

	for (size_t at = 0; at < text.size;) {
		if (is_octal(text, at)) {
			plain[size++] =
				(char)((text.text[at + 1] - '0') * 64 +
				       (text.text[at + 2] - '0') * 8 + (text.text[at + 3] - '0'));
			at += 4;
		} else {
			plain[size++] = text.text[at++];
		}
	}
	plain[size] = '\0';
	return plain;
}

bool gvnp_mount_info_decode(struct gvnp_slice line, struct gvnp_mount_info *ret)
{
	struct gvnp_slice words[6], word, filesystem, source, super_options;
	int64_t id;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!gvnp_slice_word(&line, &words[i]))
			return false;
	do
		if (!gvnp_slice_word(&line, &word))
			return false;
	while (!gvnp_slice_is(word, "-"));
	/* the source may be empty, and then two blanks follow each other */
	if (!gvnp_slice_word(&line, &filesystem) || !line.size ||
	    !gvnp_slice_integer(words[0], &id))
		return false;
	line.text++, line.size--;
	if (!gvnp_slice_next(&line, ' ', &source) || !gvnp_slice_word(&line, &super_options))
		return false;
	*ret = (struct gvnp_mount_info){
		.id = id,
		.root = gvnp_mount_unescape(words[3]),
		.mountpoint = gvnp_mount_unescape(words[4]),
		.source = gvnp_mount_unescape(source),
		.device = words[2],
		.options = words[5],
		.filesystem = filesystem,
		.super_options = super_options,
	};
	return true;
}

void gvnp_mount_info_done(struct gvnp_mount_info *mount)
{
	free(mount->root);
	free(mount->mountpoint);
	free(mount->source);
	*mount = (struct gvnp_mount_info){ 0 };
}

bool gvnp_mount_info_next(struct gvnp_slice *rest, struct gvnp_mount_info *mount)
{
	struct gvnp_slice line;

	gvnp_mount_info_done(mount);
	while (gvnp_slice_next(rest, '\n', &line))
		if (gvnp_mount_info_decode(line, mount))
			return true;
	return false;
}

bool gvnp_mount_has_option(struct gvnp_slice options, const char *option)
{
	struct gvnp_slice word;

	while (gvnp_slice_next(&options, ',', &word))
		if (gvnp_slice_is(word, option))
			return true;
	return false;
}
