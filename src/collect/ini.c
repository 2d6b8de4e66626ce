/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of configuration files. Pure: slices into the bytes given, nothing is kept. */
#include "collect/ini.h"

struct gvnp_ini gvnp_ini_new(struct gvnp_slice bytes)
{
	return (struct gvnp_ini){ .rest = bytes, .section = { "", 0 } };
}

static struct gvnp_slice unquote(struct gvnp_slice value)
{
	if (value.size >= 2 && (value.text[0] == '"' || value.text[0] == '\'') &&
	    value.text[value.size - 1] == value.text[0])
		return (struct gvnp_slice){ value.text + 1, value.size - 2 };
	return value;
}

/* At the first of the two that comes. */
static bool split(struct gvnp_slice line, bool has_colons, struct gvnp_ini_line *ret)
{
	for (size_t i = 0; i < line.size; i++) {
		if (line.text[i] != '=' && !(has_colons && line.text[i] == ':'))
			continue;
		ret->key = gvnp_slice_trim((struct gvnp_slice){ line.text, i });
		ret->value = unquote(gvnp_slice_trim(
			(struct gvnp_slice){ line.text + i + 1, line.size - i - 1 }));
		return ret->key.size > 0;
	}
	return false;
}

bool gvnp_ini_next(struct gvnp_ini *ini, bool has_colons, struct gvnp_ini_line *ret)
{
	struct gvnp_slice line;

	while (gvnp_slice_next(&ini->rest, '\n', &line)) {
		struct gvnp_slice text = gvnp_slice_trim(line);

		ini->line++;
		if (!text.size || text.text[0] == '#' || text.text[0] == ';')
			continue;
		if (text.text[0] == '[' && text.text[text.size - 1] == ']') {
			ini->section = (struct gvnp_slice){ text.text + 1, text.size - 2 };
			continue;
		}
		/* what oslo.config and systemd take for more of the value above */
		if (line.text[0] == ' ' || line.text[0] == '\t')
			continue;
		ret->section = ini->section;
		ret->line = ini->line;
		if (split(text, has_colons, ret))
			return true;
	}
	return false;
}
