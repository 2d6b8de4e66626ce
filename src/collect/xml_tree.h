/* SPDX-License-Identifier: Apache-2.0 */
/* What a document becomes: between its parser and the accessors of collect/xml.h. */
#ifndef GVNP_COLLECT_XML_TREE_H
#define GVNP_COLLECT_XML_TREE_H

#include <stddef.h>

struct gvnp_xml_attribute {
	const char *name, *value;
};

/* An element. No text is NULL. */
struct gvnp_xml_node {
	const char *uri, *name; /* name without prefix; uri "" in no namespace */
	const char *text;	/* the first that is directly in it */
	const struct gvnp_xml_node *child, *next;
	size_t n_attributes; /* those in no namespace */
	struct gvnp_xml_attribute attributes[];
};

struct gvnp_xml {
	struct gvnp_xml_block *blocks; /* everything of the document is in them */
	const struct gvnp_xml_node *root;
};

#endif
