/* SPDX-License-Identifier: Apache-2.0 */
/* Typed reading of one mapping. A wrong value is reported and replaced by an empty one, so that a
 * file tells all its mistakes at once. */
#include "evaluate/fields.h"

#include <stdarg.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/text.h"

void gvnp_fields_problem(const struct gvnp_fields *fields, int line, const char *format, ...)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	va_list arguments;

	va_start(arguments, format);
	gvnp_buffer_append_arguments(&text, format, arguments);
	va_end(arguments);
	gvnp_problems_add(fields->problems, fields->file, line, "%s", gvnp_buffer_text(&text));
}

bool gvnp_fields_check_keys(const struct gvnp_fields *fields, const char *const *keys)
{
	const struct gvnp_yaml_node *mapping = fields->mapping;
	bool is_good = true;

	if (mapping->kind != GVNP_YAML_MAPPING) {
		gvnp_fields_problem(fields, mapping->line, "a mapping of keys is expected");
		return false;
	}
	for (size_t i = 0; i < mapping->n; i++) {
		const char *const *key = keys;

		while (*key && !gvnp_yaml_is(mapping->keys[i], *key))
			key++;
		if (*key)
			continue;
		gvnp_fields_problem(fields, mapping->keys[i]->line, "unknown key %s",
				    mapping->keys[i]->text);
		is_good = false;
	}
	return is_good;
}

int gvnp_fields_line(const struct gvnp_fields *fields, const char *key)
{
	const struct gvnp_yaml_node *node = gvnp_yaml_get(fields->mapping, key);

	return node ? node->line : fields->mapping->line;
}

static const char *trimmed(const struct gvnp_fields *fields, const char *text)
{
	struct gvnp_slice slice = gvnp_slice_trim(gvnp_slice(text));

	return gvnp_pool_text_sized(fields->pool, slice.text, slice.size);
}

static const char *read_text(const struct gvnp_fields *fields, const char *key, bool is_required,
			     bool may_be_empty)
{
	const struct gvnp_yaml_node *node = gvnp_yaml_get(fields->mapping, key);

	if (!node) {
		if (is_required)
			gvnp_fields_problem(fields, fields->mapping->line, "%s is missing", key);
		return "";
	}
	if (node->kind != GVNP_YAML_SCALAR || gvnp_yaml_is_null(node)) {
		gvnp_fields_problem(fields, node->line, "%s must be a text", key);
		return "";
	}
	const char *text = trimmed(fields, node->text);
	if (!*text && !may_be_empty)
		gvnp_fields_problem(fields, node->line, "%s is empty", key);
	return text;
}

const char *gvnp_fields_text(const struct gvnp_fields *fields, const char *key)
{
	return read_text(fields, key, true, false);
}

const char *gvnp_fields_optional_text(const struct gvnp_fields *fields, const char *key)
{
	return read_text(fields, key, false, true);
}

const char *gvnp_fields_maybe_empty_text(const struct gvnp_fields *fields, const char *key)
{
	return read_text(fields, key, true, true);
}

const char *const *gvnp_fields_list(const struct gvnp_fields *fields, const char *key,
				    bool is_required)
{
	static const char *const nothing[] = { NULL };
	const struct gvnp_yaml_node *node = gvnp_yaml_get(fields->mapping, key);

	if (!node) {
		if (is_required)
			gvnp_fields_problem(fields, fields->mapping->line, "%s is missing", key);
		return nothing;
	}
	if (node->kind != GVNP_YAML_SEQUENCE) {
		gvnp_fields_problem(fields, node->line, "%s must be a list", key);
		return nothing;
	}
	const char **list = gvnp_pool_allocate_array(fields->pool, node->n + 1, sizeof *list);
	size_t n = 0;
	for (size_t i = 0; i < node->n; i++) {
		const struct gvnp_yaml_node *item = node->items[i];

		if (item->kind == GVNP_YAML_SCALAR && *item->text && !gvnp_yaml_is_null(item))
			list[n++] = trimmed(fields, item->text);
		else
			gvnp_fields_problem(fields, item->line, "%s is a list of texts", key);
	}
	return list;
}

int gvnp_fields_choice(const struct gvnp_fields *fields, const char *key,
		       const char *const *choices)
{
	_cleanup_buffer_ struct gvnp_buffer all = { 0 };
	size_t n_before = fields->problems->n;
	const char *text = gvnp_fields_text(fields, key);

	if (fields->problems->n > n_before)
		return -1;
	for (int i = 0; choices[i]; i++)
		if (!strcmp(choices[i], text))
			return i;
	for (int i = 0; choices[i]; i++)
		gvnp_buffer_append_format(&all, "%s%s", i ? ", " : "", choices[i]);
	gvnp_fields_problem(fields, gvnp_fields_line(fields, key), "%s is %s, not one of %s", key,
			    text, gvnp_buffer_text(&all));
	return -1;
}

bool gvnp_fields_is_id(const char *text)
{
	char before = '-';

	for (; *text; before = *text++) {
		bool is_letter = (*text >= 'a' && *text <= 'z') || (*text >= '0' && *text <= '9');

		if (!is_letter && (*text != '-' || before == '-'))
			return false;
	}
	return before != '-';
}
