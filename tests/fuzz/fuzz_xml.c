/* SPDX-License-Identifier: Apache-2.0 */
/* XML by itself: what is accepted can be walked, and lies within the limits. */
#include "target.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "collect/xml.h"

static size_t walk(const struct gvnp_xml_node *node, int depth)
{
	size_t n = 1;
	int64_t number;

	FUZZ_EXPECT(depth <= GVNP_XML_MAXIMUM_DEPTH);
	FUZZ_EXPECT(strlen(gvnp_xml_name(node)));
	gvnp_xml_text(node);
	gvnp_xml_says_yes(node, "type");
	gvnp_xml_integer(node, "slot", -1);
	gvnp_xml_kibibytes(node, &number);
	gvnp_xml_at(node, "os/loader");
	gvnp_xml_child_in(node, "http://libvirt.org/schemas/domain/qemu/1.0", "commandline");
	gvnp_xml_each (child, node, NULL)
		n += walk(child, depth + 1);
	return n;
}

void fuzz_xml(const char *bytes, size_t size)
{
	_cleanup_xml_ struct gvnp_xml *xml = NULL;
	_cleanup_free_ char *problem = NULL;

	if (gvnp_xml_parse(bytes, size, &xml, &problem)) {
		FUZZ_EXPECT(problem && *problem && !xml);
		return;
	}
	FUZZ_EXPECT(gvnp_xml_root(xml));
	FUZZ_EXPECT(walk(gvnp_xml_root(xml), 1) <= GVNP_XML_MAXIMUM_ITEMS);
}
