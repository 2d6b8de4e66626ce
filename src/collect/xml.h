/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML that libvirt prints, read with little trust: no network, no document type, no entities beyond
 * the five of XML itself, bounded size, depth and number of elements. Every accessor takes NULL for
 * a node and then answers "absent", so that paths can be chained without tests.
 */
#ifndef GVNP_COLLECT_XML_H
#define GVNP_COLLECT_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

enum {
	GVNP_XML_MAXIMUM_SIZE = 4 * 1024 * 1024, /* libvirt's own limit of a string over RPC */
	GVNP_XML_MAXIMUM_DEPTH = 240,		 /* libvirt follows at most 200 backing images */
	GVNP_XML_MAXIMUM_ITEMS = 200 * 1000,	 /* elements, attributes and namespaces together */
	GVNP_XML_MAXIMUM_ATTRIBUTES = 1000,	 /* of one element, namespaces among them */
	GVNP_XML_MAXIMUM_NAMESPACES = 100,	 /* declared at one place, around it too */
};

struct gvnp_xml;
struct gvnp_xml_node;

/* Parses a document. Returns 0, or -EINVAL with *ret_problem a message to free. The caller owns the
 * document; nodes and texts live as long as it does. */
int gvnp_xml_parse(const char *data, size_t size, struct gvnp_xml **ret, char **ret_problem);
void gvnp_xml_free(struct gvnp_xml *xml);
void gvnp_xml_freep(struct gvnp_xml **xml);
#define _cleanup_xml_ _cleanup_(gvnp_xml_freep)

const struct gvnp_xml_node *gvnp_xml_root(const struct gvnp_xml *xml);

/* The first child element, and the next sibling element, of that name and in no namespace; any
 * name when it is NULL. */
const struct gvnp_xml_node *gvnp_xml_child(const struct gvnp_xml_node *node, const char *name);
const struct gvnp_xml_node *gvnp_xml_next(const struct gvnp_xml_node *node, const char *name);
#define gvnp_xml_each(variable, parent, name)                                                      \
	for (const struct gvnp_xml_node *variable = gvnp_xml_child((parent), (name)); variable;    \
	     variable = gvnp_xml_next(variable, (name)))

/* The same for elements of the namespace with that URI, whatever its prefix. */
const struct gvnp_xml_node *gvnp_xml_child_in(const struct gvnp_xml_node *node, const char *uri,
					      const char *name);
const struct gvnp_xml_node *gvnp_xml_next_in(const struct gvnp_xml_node *node, const char *uri,
					     const char *name);
#define gvnp_xml_each_in(variable, parent, uri, name)                                              \
	for (const struct gvnp_xml_node *variable = gvnp_xml_child_in((parent), (uri), (name));    \
	     variable; variable = gvnp_xml_next_in(variable, (uri), (name)))

/* The first element at a path of child names: "os/loader". */
const struct gvnp_xml_node *gvnp_xml_at(const struct gvnp_xml_node *node, const char *path);

const char *gvnp_xml_name(const struct gvnp_xml_node *node); /* without prefix; "" for NULL */
bool gvnp_xml_is(const struct gvnp_xml_node *node, const char *name); /* and in no namespace */

/* The text directly in an element; "" when there is none. */
const char *gvnp_xml_text(const struct gvnp_xml_node *node);

bool gvnp_xml_has(const struct gvnp_xml_node *node, const char *attribute);
/* Value of an attribute, "" when absent. */
const char *gvnp_xml_get(const struct gvnp_xml_node *node, const char *attribute);
/* The value is exactly "yes". */
bool gvnp_xml_says_yes(const struct gvnp_xml_node *node, const char *attribute);
/* The value as a decimal integer; `otherwise` when absent or not one. */
int64_t gvnp_xml_integer(const struct gvnp_xml_node *node, const char *attribute,
			 int64_t otherwise);

/* An amount of memory as libvirt writes it, <memory unit='KiB'>65536</memory>, in KiB. False when
 * the element is no such amount. */
bool gvnp_xml_kibibytes(const struct gvnp_xml_node *node, int64_t *ret);

#endif
