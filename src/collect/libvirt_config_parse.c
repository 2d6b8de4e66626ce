/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The syntax of libvirt's configuration files. It looks like Python and is not INI. Two rules are
 * easily got wrong: of two assignments the first counts (tried with libvirtd 9.0), and numbers are
 * decimal whatever their zeros.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "collect/libvirt_config.h"

struct parser {
	const char *at, *end;
	int line;
	const char *problem;
};

static void free_setting(struct gvnp_libvirt_setting *setting)
{
	free(setting->key);
	free(setting->value);
	for (size_t i = 0; i < setting->n_items; i++)
		free(setting->items[i]);
	free(setting->items);
}

void gvnp_libvirt_settings_done(struct gvnp_libvirt_settings *settings)
{
	for (size_t i = 0; i < settings->n; i++)
		free_setting(&settings->settings[i]);
	free(settings->settings);
	*settings = (struct gvnp_libvirt_settings){ 0 };
}

const struct gvnp_libvirt_setting *
gvnp_libvirt_settings_find(const struct gvnp_libvirt_settings *settings, const char *key)
{
	for (size_t i = 0; i < settings->n; i++)
		if (!strcmp(settings->settings[i].key, key))
			return &settings->settings[i];
	return NULL;
}

static void append(struct gvnp_libvirt_settings *settings, struct gvnp_libvirt_setting setting)
{
	settings->settings = gvnp_grow(settings->settings, settings->n);
	settings->settings[settings->n++] = setting;
}

/* Takes the item over. */
static void add_item(struct gvnp_libvirt_setting *setting, char *item)
{
	setting->items = gvnp_grow(setting->items, setting->n_items);
	setting->items[setting->n_items++] = item;
}

static void join_items(struct gvnp_libvirt_setting *setting)
{
	struct gvnp_buffer value = { 0 };

	for (size_t i = 0; i < setting->n_items; i++)
		gvnp_buffer_append_format(&value, "%s%s", i ? "," : "", setting->items[i]);
	setting->value = value.data ? gvnp_buffer_take(&value) : gvnp_duplicate("");
}

void gvnp_libvirt_settings_add(struct gvnp_libvirt_settings *settings, const char *key,
			       enum gvnp_libvirt_kind kind, const char *value)
{
	struct gvnp_libvirt_setting setting = { .key = gvnp_duplicate(key), .kind = kind };
	struct gvnp_slice rest = gvnp_slice(value), item;

	if (kind == GVNP_LIBVIRT_LIST) {
		while (gvnp_slice_next(&rest, '\n', &item))
			add_item(&setting, gvnp_slice_copy(item));
		join_items(&setting);
	} else {
		setting.value = gvnp_duplicate(value);
		if (kind == GVNP_LIBVIRT_TEXT)
			add_item(&setting, gvnp_duplicate(value));
	}
	append(settings, setting);
}

static bool is_at_end(const struct parser *parser)
{
	return parser->at >= parser->end;
}

static bool is_at(const struct parser *parser, char c)
{
	return !is_at_end(parser) && *parser->at == c;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void skip_blanks(struct parser *parser)
{
	while (is_at(parser, ' ') || is_at(parser, '\t'))
		parser->at++;
}

static void skip_blanks_and_lines(struct parser *parser)
{
	while (!is_at_end(parser) && strchr(" \t\r\n", *parser->at) && *parser->at) {
		if (*parser->at == '\n')
			parser->line++;
		parser->at++;
	}
}

static void skip_comment(struct parser *parser)
{
	while (!is_at_end(parser) && *parser->at != '\n' && *parser->at != '\r')
		parser->at++;
}

static bool fail(struct parser *parser, const char *problem)
{
	parser->problem = problem;
	return false;
}

static bool starts_triple(const struct parser *parser)
{
	return parser->end - parser->at >= 3 && !memcmp(parser->at, "\"\"\"", 3);
}

/* """may span lines""" */
static bool parse_triple(struct parser *parser, char **ret)
{
	const char *start = parser->at += 3;

	while (!is_at_end(parser) && !starts_triple(parser)) {
		if (*parser->at == '\n')
			parser->line++;
		parser->at++;
	}
	if (is_at_end(parser))
		return fail(parser, "a text is not closed");
	*ret = gvnp_duplicate_sized(start, (size_t)(parser->at - start));
	parser->at += 3;
	return true;
}

static bool parse_text(struct parser *parser, char **ret)
{
	char quote = *parser->at;
	const char *start;

	if (parser->end - parser->at > 6 && starts_triple(parser))
		return parse_triple(parser, ret);
	start = ++parser->at;
	while (!is_at_end(parser) && !is_at(parser, quote) && !is_at(parser, '\n') &&
	       !is_at(parser, '\r'))
		parser->at++;
	if (!is_at(parser, quote))
		return fail(parser, "a text is not closed");
	*ret = gvnp_duplicate_sized(start, (size_t)(parser->at - start));
	parser->at++;
	return true;
}

static bool parse_number(struct parser *parser, char **ret)
{
	bool is_negative = is_at(parser, '-');
	const char *start;
	uint64_t value;

	if (is_negative || is_at(parser, '+'))
		parser->at++;
	start = parser->at;
	while (!is_at_end(parser) && is_digit(*parser->at))
		parser->at++;
	if (!gvnp_slice_unsigned((struct gvnp_slice){ start, (size_t)(parser->at - start) }, 10,
				 &value) ||
	    value > INT64_MAX)
		return fail(parser, "a number is not understood");
	*ret = gvnp_format("%s%llu", is_negative && value ? "-" : "", (unsigned long long)value);
	return true;
}

/* libvirt's grammar has lists in lists, none of its settings has. */
static bool parse_scalar(struct parser *parser, enum gvnp_libvirt_kind *ret_kind, char **ret)
{
	if (is_at(parser, '"') || is_at(parser, '\'')) {
		*ret_kind = GVNP_LIBVIRT_TEXT;
		return parse_text(parser, ret);
	}
	if (!is_at_end(parser) && (is_digit(*parser->at) || strchr("+-", *parser->at))) {
		*ret_kind = GVNP_LIBVIRT_INTEGER;
		return parse_number(parser, ret);
	}
	return fail(parser, "a value is expected");
}

static bool parse_list(struct parser *parser, struct gvnp_libvirt_setting *setting)
{
	enum gvnp_libvirt_kind ignored;
	char *item;

	parser->at++;
	skip_blanks_and_lines(parser);
	while (!is_at_end(parser) && !is_at(parser, ']')) {
		if (!parse_scalar(parser, &ignored, &item))
			return false;
		add_item(setting, item);
		skip_blanks_and_lines(parser);
		if (is_at(parser, ']'))
			break;
		if (!is_at(parser, ','))
			return fail(parser, "a list needs ',' between its items");
		parser->at++;
		skip_blanks_and_lines(parser);
	}
	if (is_at_end(parser))
		return fail(parser, "a list is not closed");
	parser->at++;
	setting->kind = GVNP_LIBVIRT_LIST;
	join_items(setting);
	return true;
}

static bool parse_value(struct parser *parser, struct gvnp_libvirt_setting *setting)
{
	if (is_at(parser, '['))
		return parse_list(parser, setting);
	if (!parse_scalar(parser, &setting->kind, &setting->value))
		return false;
	if (setting->kind == GVNP_LIBVIRT_TEXT)
		add_item(setting, gvnp_duplicate(setting->value));
	return true;
}

static bool parse_key(struct parser *parser, struct gvnp_libvirt_setting *setting)
{
	const char *start = parser->at;

	if (is_at_end(parser) || !is_letter(*parser->at))
		return fail(parser, "a name is expected");
	while (!is_at_end(parser) &&
	       (is_letter(*parser->at) || is_digit(*parser->at) || *parser->at == '_'))
		parser->at++;
	setting->key = gvnp_duplicate_sized(start, (size_t)(parser->at - start));
	setting->line = parser->line;
	skip_blanks(parser);
	if (!is_at(parser, '='))
		return fail(parser, "'=' is expected after a name");
	parser->at++;
	skip_blanks(parser);
	return true;
}

static bool parse_separator(struct parser *parser)
{
	skip_blanks(parser);
	if (is_at(parser, '#'))
		skip_comment(parser);
	if (is_at(parser, ';'))
		parser->at++;
	else if (!is_at_end(parser) && !is_at(parser, '\n') && !is_at(parser, '\r'))
		return fail(parser, "something follows a value");
	skip_blanks_and_lines(parser);
	return true;
}

static bool parse_all(struct parser *parser, struct gvnp_libvirt_settings *settings)
{
	skip_blanks_and_lines(parser);
	while (!is_at_end(parser)) {
		__attribute__((cleanup(free_setting))) struct gvnp_libvirt_setting setting = { 0 };

		if (is_at(parser, '#')) {
			skip_comment(parser);
			skip_blanks_and_lines(parser);
			continue;
		}
		if (!parse_key(parser, &setting) || !parse_value(parser, &setting) ||
		    !parse_separator(parser))
			return false;
		if (gvnp_libvirt_settings_find(settings, setting.key))
			continue;
		if (settings->n == GVNP_LIBVIRT_MOST_SETTINGS)
			return fail(parser, "it has more settings than any daemon knows");
		append(settings, setting);
		setting = (struct gvnp_libvirt_setting){ 0 };
	}
	return true;
}

int gvnp_libvirt_parse(const char *data, size_t size, struct gvnp_libvirt_settings *ret,
		       int *ret_line, const char **ret_problem)
{
	struct parser parser = { .at = data, .end = data + size, .line = 1 };
	struct gvnp_libvirt_settings settings = { 0 };

	if (!parse_all(&parser, &settings)) {
		gvnp_libvirt_settings_done(&settings);
		*ret_line = parser.line;
		*ret_problem = parser.problem;
		return -EINVAL;
	}
	*ret = settings;
	return 0;
}
