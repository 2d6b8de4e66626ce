/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rule kept here: assignments add up in the order of reading, and an empty one takes back those
 * before it. Which settings hold one value and which hold many, whoever asks knows.
 */
#include "collect/systemd_unit.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"

enum { MOST_SETTINGS = 1024, LONGEST_VALUE = 65536 };

static void setting_done(struct gvnp_unit_setting *setting)
{
	free(setting->section);
	free(setting->name);
	free(setting->value);
}

void gvnp_unit_settings_done(struct gvnp_unit_settings *settings)
{
	for (size_t i = 0; i < settings->n; i++)
		setting_done(&settings->settings[i]);
	free(settings->settings);
	*settings = (struct gvnp_unit_settings){ 0 };
}

static void forget(struct gvnp_unit_settings *settings, const char *section, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < settings->n; i++) {
		struct gvnp_unit_setting *setting = &settings->settings[i];

		if (!strcmp(setting->section, section) && !strcmp(setting->name, name))
			setting_done(setting);
		else
			settings->settings[kept++] = *setting;
	}
	settings->n = kept;
}

/* The next line, with those it goes on in; comments between them are left out. */
static bool next_line(struct gvnp_slice *rest, struct gvnp_buffer *ret)
{
	struct gvnp_slice line;
	bool goes_on = false;

	gvnp_buffer_clear(ret);
	while (gvnp_slice_next(rest, '\n', &line)) {
		struct gvnp_slice trimmed = gvnp_slice_trim(line);

		if (trimmed.size && (trimmed.text[0] == '#' || trimmed.text[0] == ';'))
			continue;
		goes_on = trimmed.size && trimmed.text[trimmed.size - 1] == '\\';
		gvnp_buffer_append(ret, trimmed.text, trimmed.size - goes_on);
		if (!goes_on || ret->size > LONGEST_VALUE)
			return true;
		gvnp_buffer_append_text(ret, " ");
	}
	return goes_on;
}

const char *gvnp_unit_settings_read(struct gvnp_unit_settings *settings, const char *file,
				    struct gvnp_slice text)
{
	_cleanup_buffer_ struct gvnp_buffer line = { 0 };
	_cleanup_free_ char *section = gvnp_duplicate("");
	struct gvnp_slice name, value;

	if (text.size && memchr(text.text, '\0', text.size))
		return "not a text";
	while (next_line(&text, &line)) {
		struct gvnp_slice all = gvnp_slice_trim(gvnp_slice(gvnp_buffer_text(&line)));

		if (line.size > LONGEST_VALUE || settings->n == MOST_SETTINGS)
			return "longer than a unit is";
		if (all.size > 2 && all.text[0] == '[' && all.text[all.size - 1] == ']') {
			free(section);
			section = gvnp_duplicate_sized(all.text + 1, all.size - 2);
			continue;
		}
		if (!*section || !gvnp_slice_split(all, '=', &name, &value))
			continue;
		name = gvnp_slice_trim(name);
		value = gvnp_slice_trim(value);

		_cleanup_free_ char *key = gvnp_slice_copy(name);

		if (!value.size) {
			forget(settings, section, key);
			continue;
		}
		settings->settings = gvnp_grow(settings->settings, settings->n);
		settings->settings[settings->n++] =
			(struct gvnp_unit_setting){ gvnp_duplicate(section), gvnp_take(key),
						    gvnp_slice_copy(value), file };
	}
	return NULL;
}
