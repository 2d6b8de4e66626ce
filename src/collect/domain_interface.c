/* SPDX-License-Identifier: Apache-2.0 */
/* Network interfaces of a domain, as declared. */
#include "collect/domain.h"

#include <string.h>

#include "base/memory.h"

/* The attribute of <source> that says what the interface is connected to, by type. */
static const char *const source_attributes[][2] = {
	{ "bridge", "bridge" },	 { "network", "network" }, { "direct", "dev" },
	{ "vhostuser", "path" }, { "vdpa", "dev" },	   { "internal", "name" },
	{ "user", "dev" },	 { "null", "" },	   { "ethernet", "" },
};

char *gvnp_domain_interface_source(const struct gvnp_xml_node *interface)
{
	const struct gvnp_xml_node *source = gvnp_xml_child(interface, "source");
	const char *type = gvnp_xml_get(interface, "type");
	const char *address = gvnp_xml_get(source, "address");

	for (size_t i = 0; i < sizeof source_attributes / sizeof *source_attributes; i++)
		if (!strcmp(source_attributes[i][0], type))
			return gvnp_duplicate(gvnp_xml_get(source, source_attributes[i][1]));
	if (!strcmp(type, "hostdev"))
		return gvnp_domain_pci_address(gvnp_xml_child(source, "address"));
	if (gvnp_xml_has(source, "port")) /* server, client, mcast, udp */
		return gvnp_format("%s:%s", address, gvnp_xml_get(source, "port"));
	return gvnp_duplicate(address);
}

static void insert_interface(const struct gvnp_domain *domain,
			     const struct gvnp_xml_node *interface, size_t position)
{
	const char *backend = gvnp_xml_get(gvnp_xml_child(interface, "backend"), "type");
	const char *mode = gvnp_xml_get(gvnp_xml_child(interface, "source"), "mode");
	_cleanup_free_ char *name = gvnp_domain_name_of(interface, "net", position);
	_cleanup_free_ char *source = gvnp_domain_interface_source(interface);

	if (!backend[0])
		backend = gvnp_xml_get(gvnp_xml_child(interface, "driver"), "name");
	gvnp_insert(
		domain->facts, "domain_interface", gvnp_text("domain", domain->uuid),
		gvnp_text("name", name), gvnp_text("type", gvnp_xml_get(interface, "type")),
		gvnp_text("source", source), gvnp_text("backend", backend),
		gvnp_text("model", gvnp_domain_nic_model(domain, interface)),
		gvnp_text("mac", gvnp_xml_get(gvnp_xml_child(interface, "mac"), "address")),
		gvnp_text("target", gvnp_xml_get(gvnp_xml_child(interface, "target"), "dev")),
		gvnp_text("filter", gvnp_xml_get(gvnp_xml_child(interface, "filterref"), "filter")),
		gvnp_text("mode", mode),
		gvnp_integer("trusts_guest_filters",
			     gvnp_xml_says_yes(interface, "trustGuestRxFilters")),
		gvnp_integer("is_isolated",
			     gvnp_xml_says_yes(gvnp_xml_child(interface, "port"), "isolated")),
		gvnp_text("virtualport",
			  gvnp_xml_get(gvnp_xml_child(interface, "virtualport"), "type")));
}

void gvnp_domain_interfaces(const struct gvnp_domain *domain)
{
	size_t position = 0;

	gvnp_xml_each (interface, domain->devices, "interface")
		insert_interface(domain, interface, position++);
}
