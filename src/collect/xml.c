/* SPDX-License-Identifier: Apache-2.0 */
/* The questions a document is asked. It was parsed in collect/xml_parse.c; no node means absent. */
#include "collect/xml.h"

#include <string.h>

#include "base/text.h"
#include "collect/xml_tree.h"

void gvnp_xml_freep(struct gvnp_xml **xml)
{
	gvnp_xml_free(*xml);
}

const struct gvnp_xml_node *gvnp_xml_root(const struct gvnp_xml *xml)
{
	return xml ? xml->root : NULL;
}

static bool is_element(const struct gvnp_xml_node *node, const char *uri, const char *name)
{
	return !strcmp(node->uri, uri) && (!name || !strcmp(node->name, name));
}

static const struct gvnp_xml_node *first_from(const struct gvnp_xml_node *node, const char *uri,
					      const char *name)
{
	while (node && !is_element(node, uri, name))
		node = node->next;
	return node;
}

const struct gvnp_xml_node *gvnp_xml_child_in(const struct gvnp_xml_node *node, const char *uri,
					      const char *name)
{
	return node ? first_from(node->child, uri, name) : NULL;
}

const struct gvnp_xml_node *gvnp_xml_next_in(const struct gvnp_xml_node *node, const char *uri,
					     const char *name)
{
	return node ? first_from(node->next, uri, name) : NULL;
}

const struct gvnp_xml_node *gvnp_xml_child(const struct gvnp_xml_node *node, const char *name)
{
	return gvnp_xml_child_in(node, "", name);
}

const struct gvnp_xml_node *gvnp_xml_next(const struct gvnp_xml_node *node, const char *name)
{
	return gvnp_xml_next_in(node, "", name);
}

const struct gvnp_xml_node *gvnp_xml_at(const struct gvnp_xml_node *node, const char *path)
{
	struct gvnp_slice rest = gvnp_slice(path), component;

	while (node && gvnp_slice_next(&rest, '/', &component)) {
		const struct gvnp_xml_node *child = gvnp_xml_child(node, NULL);

		while (child && !gvnp_slice_is(component, gvnp_xml_name(child)))
			child = gvnp_xml_next(child, NULL);
		node = child;
	}
	return node;
}

const char *gvnp_xml_name(const struct gvnp_xml_node *node)
{
	return node ? node->name : "";
}

bool gvnp_xml_is(const struct gvnp_xml_node *node, const char *name)
{
	return node && is_element(node, "", name);
}

const char *gvnp_xml_text(const struct gvnp_xml_node *node)
{
	return node ? node->text : "";
}

static const char *value_of(const struct gvnp_xml_node *node, const char *name)
{
	for (size_t i = 0; node && i < node->n_attributes; i++)
		if (!strcmp(node->attributes[i].name, name))
			return node->attributes[i].value;
	return NULL;
}

bool gvnp_xml_has(const struct gvnp_xml_node *node, const char *attribute)
{
	return value_of(node, attribute);
}

const char *gvnp_xml_get(const struct gvnp_xml_node *node, const char *attribute)
{
	const char *value = value_of(node, attribute);

	return value ? value : "";
}

bool gvnp_xml_says_yes(const struct gvnp_xml_node *node, const char *attribute)
{
	return !strcmp(gvnp_xml_get(node, attribute), "yes");
}

int64_t gvnp_xml_integer(const struct gvnp_xml_node *node, const char *attribute, int64_t otherwise)
{
	int64_t value;

	return gvnp_parse_integer(gvnp_xml_get(node, attribute), &value) ? value : otherwise;
}

/* Scaled integers of libvirt's formatdomain: k, M, G, T are powers of 1024, kB, MB … of 1000. */
static const struct {
	const char *name;
	uint64_t bytes;
} units[] = {
	{ "", 1024 },	     { "KiB", 1024 },	    { "k", 1024 },
	{ "b", 1 },	     { "bytes", 1 },	    { "KB", 1000 },
	{ "M", 1ULL << 20 }, { "MiB", 1ULL << 20 }, { "MB", 1000 * 1000 },
	{ "G", 1ULL << 30 }, { "GiB", 1ULL << 30 }, { "GB", 1000 * 1000 * 1000 },
	{ "T", 1ULL << 40 }, { "TiB", 1ULL << 40 }, { "TB", 1000ULL * 1000 * 1000 * 1000 },
};

bool gvnp_xml_kibibytes(const struct gvnp_xml_node *node, int64_t *ret)
{
	uint64_t value;

	if (!gvnp_slice_unsigned(gvnp_slice_trim(gvnp_slice(gvnp_xml_text(node))), 10, &value))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (strcmp(units[i].name, gvnp_xml_get(node, "unit")))
			continue;
		if (value > (uint64_t)INT64_MAX / units[i].bytes)
			return false;
		*ret = (int64_t)(value * units[i].bytes / 1024);
		return true;
	}
	return false;
}
