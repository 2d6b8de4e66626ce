/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU's two ways to write properties: k=v,k=v and JSON, both to a flat list. JSON is nested, so
 * the depth, the length of a name and the number of properties are bounded before anything is kept.
 */
#include "collect/qemu_property.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "collect/qemu_argument.h"

/* Options whose value is a list of properties, and the key a leading word without '=' belongs to:
 * implied_opt_name of the QemuOptsList, or the last argument of keyval_parse(). */
static const struct {
	const char *option;
	const char *implied; /* NULL: none */
} lists[] = {
	{ "accel", "accel" },
	{ "acpitable", NULL },
	{ "action", NULL },
	{ "add-fd", NULL },
	{ "audio", "driver" },
	{ "audiodev", "driver" },
	{ "blockdev", "driver" },
	{ "boot", "order" },
	{ "chardev", "backend" },
	{ "compat", NULL },
	{ "cpu", "model" },
	{ "device", "driver" },
	{ "display", "type" },
	{ "drive", NULL },
	{ "fsdev", "fsdriver" },
	{ "fw_cfg", "name" },
	{ "global", NULL },
	{ "icount", "shift" },
	{ "iscsi", NULL },
	{ "m", "size" },
	{ "machine", "type" },
	{ "mon", "chardev" },
	{ "msg", NULL },
	{ "name", "guest" },
	{ "net", "type" },
	{ "netdev", "type" },
	{ "nic", "type" },
	{ "numa", "type" },
	{ "object", "qom-type" },
	{ "option-rom", "romfile" },
	{ "overcommit", NULL },
	{ "plugin", "file" },
	{ "realtime", NULL },
	{ "rtc", "base" },
	{ "run-with", NULL },
	{ "sandbox", "enable" },
	{ "semihosting-config", "enable" },
	{ "set", NULL },
	{ "smbios", NULL },
	{ "smp", "cpus" },
	{ "spice", NULL },
	{ "tpmdev", "type" },
	{ "trace", "enable" },
	{ "virtfs", "fsdriver" },
	{ "vnc", "vnc" },
};

struct properties {
	struct gvnp_qemu_option *option;
	size_t limit;
	const char *problem;
};

static bool find_list(struct gvnp_slice option, const char **ret_implied)
{
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (gvnp_slice_is(option, lists[i].option)) {
			*ret_implied = lists[i].implied;
			return true;
		}
	return false;
}

/* Takes over the value. */
static void add(struct properties *properties, struct gvnp_slice name, char *value)
{
	struct gvnp_qemu_option *option = properties->option;

	if (!name.size || name.size > GVNP_QEMU_NAME_LIMIT ||
	    option->n_properties >= properties->limit) {
		properties->problem =
			name.size ? "too many or too long properties" : "a value without a key";
		free(value);
		return;
	}
	option->properties = gvnp_grow(option->properties, option->n_properties);
	option->properties[option->n_properties++] =
		(struct gvnp_qemu_property){ gvnp_slice_copy(name), value };
}

/* Cuts the next element of a list off *rest, where ",," is a comma of the element. The caller frees
 * the copy without the doubling. */
static bool next_element(struct gvnp_slice *rest, char **ret)
{
	struct gvnp_buffer element = { 0 };

	if (!rest->size)
		return false;
	while (rest->size) {
		const char *comma = memchr(rest->text, ',', rest->size);
		size_t size = comma ? (size_t)(comma - rest->text) : rest->size;
		bool is_doubled = comma && size + 1 < rest->size && comma[1] == ',';
		size_t used = size + (comma ? 1 : 0) + (is_doubled ? 1 : 0);

		gvnp_buffer_append(&element, rest->text, size + (is_doubled ? 1 : 0));
		rest->text += used;
		rest->size -= used;
		if (!is_doubled)
			break;
	}
	*ret = element.data ? gvnp_buffer_take(&element) : gvnp_duplicate("");
	return true;
}

/* A word without '=': on, or off when it starts with "no" (opts_do_parse), and +x, -x for a CPU. */
static void add_word(struct properties *properties, struct gvnp_slice word)
{
	bool is_cpu = gvnp_slice_is(properties->option->name, "cpu");
	bool is_off = is_cpu ? gvnp_slice_starts(word, "-")
			     : gvnp_slice_starts(word, "no") && word.size > 2;
	size_t skip = is_cpu && (is_off || gvnp_slice_starts(word, "+")) ? 1 : is_off ? 2 : 0;

	word.text += skip;
	word.size -= skip;
	add(properties, word, gvnp_duplicate(is_off ? "off" : "on"));
}

static void parse_list(struct properties *properties, struct gvnp_slice value, const char *implied)
{
	bool is_first = true;
	char *text;

	while (next_element(&value, &text)) {
		_cleanup_free_ char *element = text;
		struct gvnp_slice name, content;

		if (gvnp_slice_split(gvnp_slice(element), '=', &name, &content))
			add(properties, name, gvnp_slice_copy(content));
		else if (is_first && implied)
			add(properties, gvnp_slice(implied), gvnp_duplicate(element));
		else if (element[0])
			add_word(properties, gvnp_slice(element));
		is_first = false;
	}
}

/* What a scalar says, as text; the caller frees. */
static char *scalar_text(json_t *value)
{
	char *encoded, *text;

	switch (json_typeof(value)) {
	case JSON_TRUE:
		return gvnp_duplicate("on");
	case JSON_FALSE:
		return gvnp_duplicate("off");
	case JSON_NULL:
		return gvnp_duplicate("null");
	case JSON_STRING:
		return gvnp_duplicate_sized(json_string_value(value), json_string_length(value));
	case JSON_INTEGER:
	case JSON_REAL:
	case JSON_OBJECT:
	case JSON_ARRAY:
		break;
	}
	encoded = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	text = gvnp_duplicate(encoded ? encoded : "");
	free(encoded);
	return text;
}

static void flatten(struct properties *properties, const char *prefix, json_t *value, int depth);

static void flatten_member(struct properties *properties, const char *prefix, const char *name,
			   json_t *value, int depth)
{
	/* A longer name would be refused anyway, and building it costs the square of the input. */
	if (strlen(prefix) + strlen(name) >= GVNP_QEMU_NAME_LIMIT) {
		properties->problem = "too many or too long properties";
		return;
	}
	_cleanup_free_ char *path = gvnp_format("%s%s%s", prefix, *prefix ? "." : "", name);
	flatten(properties, path, value, depth + 1);
}

static void flatten(struct properties *properties, const char *prefix, json_t *value, int depth)
{
	const char *name;
	json_t *member;
	size_t i;

	if (depth > GVNP_QEMU_DEPTH_LIMIT) {
		properties->problem = "nested too deeply";
	} else if (json_is_object(value)) {
		json_object_foreach (value, name, member)
			flatten_member(properties, prefix, name, member, depth);
	} else if (json_is_array(value)) {
		json_array_foreach (value, i, member) {
			char number[24];

			snprintf(number, sizeof number, "%zu", i);
			flatten_member(properties, prefix, number, member, depth);
		}
	} else {
		add(properties, gvnp_slice(prefix), scalar_text(value));
	}
}

static void parse_json(struct properties *properties, struct gvnp_slice value)
{
	json_error_t error;
	json_t *document = json_loadb(value.text, value.size, 0, &error);

	if (!document) {
		properties->problem = "neither JSON nor a list of properties";
		return;
	}
	flatten(properties, "", document, 0);
	json_decref(document);
}

static int compare_names(const void *a, const void *b)
{
	const struct gvnp_qemu_property *const *left = a, *const *right = b;
	int order = strcmp((*left)->name, (*right)->name);

	return order ? order : (*left > *right) - (*left < *right);
}

static bool has_name(struct gvnp_qemu_property **sorted, size_t n, const char *name)
{
	struct gvnp_qemu_property wanted = { .name = (char *)(uintptr_t)name };
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(sorted[middle]->name, wanted.name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && !strcmp(sorted[low]->name, name);
}

/* The name of an earlier value of a repeated key, "" when that name is taken. */
static char *numbered_name(struct properties *properties, struct gvnp_qemu_property **sorted,
			   size_t n, size_t i, size_t number)
{
	char *name = gvnp_format("%s.%zu", sorted[i]->name, number);

	if (has_name(sorted, n, name)) {
		properties->problem = "a key is both repeated and numbered";
		name[0] = '\0';
	}
	return name;
}

static void drop_nameless(struct gvnp_qemu_option *option)
{
	size_t kept = 0;

	for (size_t i = 0; i < option->n_properties; i++) {
		struct gvnp_qemu_property *property = &option->properties[i];

		if (property->name[0]) {
			option->properties[kept++] = *property;
		} else {
			free(property->name);
			free(property->value);
		}
	}
	option->n_properties = kept;
}

static void separate_repeated(struct properties *properties)
{
	struct gvnp_qemu_option *option = properties->option;
	size_t n = option->n_properties, first = 0;
	_cleanup_free_ struct gvnp_qemu_property **sorted = NULL;
	_cleanup_free_ char **names = NULL;

	if (n < 2)
		return;
	sorted = gvnp_allocate_array(n, sizeof(struct gvnp_qemu_property *));
	names = gvnp_allocate_array(n, sizeof(char *));
	for (size_t i = 0; i < n; i++)
		sorted[i] = &option->properties[i];
	qsort(sorted, n, sizeof(struct gvnp_qemu_property *), compare_names);
	for (size_t i = 0; i + 1 < n; i++) {
		if (i && strcmp(sorted[i]->name, sorted[i - 1]->name))
			first = i;
		if (!strcmp(sorted[i + 1]->name, sorted[i]->name))
			names[i] = numbered_name(properties, sorted, n, i, i - first);
	}
	/* Only now, so that the order they were searched in held until the last. */
	for (size_t i = 0; i < n; i++)
		if (names[i]) {
			free(sorted[i]->name);
			sorted[i]->name = names[i];
		}
	drop_nameless(option);
}

const char *gvnp_qemu_properties_parse(struct gvnp_qemu_option *option, size_t limit)
{
	struct properties properties = { .option = option, .limit = limit };
	const char *implied;

	if (!find_list(option->name, &implied))
		return NULL;
	option->has_properties = true;
	if (gvnp_slice_starts(option->value, "{"))
		parse_json(&properties, option->value);
	else
		parse_list(&properties, option->value, implied);
	separate_repeated(&properties);
	return properties.problem;
}

void gvnp_qemu_properties_done(struct gvnp_qemu_option *option)
{
	for (size_t i = 0; i < option->n_properties; i++) {
		free(option->properties[i].name);
		free(option->properties[i].value);
	}
	free(option->properties);
	option->properties = NULL;
	option->n_properties = 0;
}
