/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Character devices of a domain and where they lead on the host: a row for each <source>, so that
 * the two ends of a UDP device are both seen.
 */
#include "collect/domain.h"

#include <string.h>

#include "base/memory.h"

static void insert_source(const struct gvnp_domain *domain, const struct gvnp_xml_node *device,
			  const struct gvnp_xml_node *backend, const struct gvnp_xml_node *source)
{
	const char *path = gvnp_xml_get(source, "path"), *type = gvnp_xml_get(backend, "type");

	if (!strcmp(type, "spiceport") || !strcmp(type, "dbus"))
		path = gvnp_xml_get(source, "channel");
	if (!strcmp(type, "nmdm"))
		path = gvnp_xml_get(source, "master");
	gvnp_insert(
		domain->facts, "domain_chardev", gvnp_text("domain", domain->uuid),
		gvnp_text("device", gvnp_xml_name(device)),
		gvnp_text("name", gvnp_xml_get(gvnp_xml_child(device, "alias"), "name")),
		gvnp_text("type", type), gvnp_text("mode", gvnp_xml_get(source, "mode")),
		gvnp_text("host", gvnp_xml_get(source, "host")),
		gvnp_text("service", gvnp_xml_get(source, "service")),
		gvnp_text("protocol", gvnp_xml_get(gvnp_xml_child(backend, "protocol"), "type")),
		gvnp_text("tls", gvnp_xml_get(source, "tls")), gvnp_text("path", path),
		gvnp_text("target", gvnp_xml_get(gvnp_xml_child(device, "target"), "name")),
		gvnp_text("origin", "declared"));
}

static void insert_chardev(const struct gvnp_domain *domain, const struct gvnp_xml_node *device,
			   const struct gvnp_xml_node *backend)
{
	if (!gvnp_xml_child(backend, "source"))
		insert_source(domain, device, backend, NULL);
	gvnp_xml_each (source, backend, "source")
		insert_source(domain, device, backend, source);
}

void gvnp_domain_chardevs(const struct gvnp_domain *domain)
{
	static const char *const kinds[] = { "serial",	"parallel", "console",
					     "channel", "redirdev", "smartcard" };

	gvnp_xml_each (device, domain->devices, NULL) {
		if (gvnp_xml_is(device, "rng")) {
			const struct gvnp_xml_node *backend = gvnp_xml_child(device, "backend");

			if (!strcmp(gvnp_xml_get(backend, "model"), "egd"))
				insert_chardev(domain, device, backend);
			continue;
		}
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
			/* a smartcard of mode host has no character device */
			if (gvnp_xml_is(device, kinds[i]) && gvnp_xml_has(device, "type") &&
			    !gvnp_domain_is_serial_console(domain, device))
				insert_chardev(domain, device, device);
	}
}
