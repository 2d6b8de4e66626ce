/* SPDX-License-Identifier: Apache-2.0 */
/* What of the host is handed to a domain: its devices and its directories. */
#include "collect/domain.h"

#include <string.h>

#include "base/memory.h"

/* libvirt writes these as 0x… of any width. */
static bool hexadecimal(const struct gvnp_xml_node *node, const char *attribute, unsigned *ret)
{
	const char *text = gvnp_xml_get(node, attribute);
	uint64_t value;

	if (gvnp_text_starts(text, "0x"))
		text += 2;
	if (!gvnp_parse_unsigned(text, 16, &value) || value > 0xffffffff)
		return false;
	*ret = (unsigned)value;
	return true;
}

char *gvnp_domain_pci_address(const struct gvnp_xml_node *address)
{
	unsigned domain, bus, slot, function;

	if (!hexadecimal(address, "domain", &domain))
		domain = 0;
	if (!hexadecimal(address, "bus", &bus) || !hexadecimal(address, "slot", &slot) ||
	    !hexadecimal(address, "function", &function))
		return gvnp_duplicate("");
	return gvnp_format("%04x:%02x:%02x.%x", domain, bus, slot, function);
}

static char *usb_address(const struct gvnp_xml_node *source)
{
	const struct gvnp_xml_node *address = gvnp_xml_child(source, "address");

	if (address)
		return gvnp_format("%s:%s", gvnp_xml_get(address, "bus"),
				   gvnp_xml_get(address, "device"));
	/* by vendor and product: whatever device has them */
	return gvnp_format("%s:%s", gvnp_xml_get(gvnp_xml_child(source, "vendor"), "id"),
			   gvnp_xml_get(gvnp_xml_child(source, "product"), "id"));
}

static char *scsi_address(const struct gvnp_xml_node *source)
{
	const struct gvnp_xml_node *address = gvnp_xml_child(source, "address");

	if (!strcmp(gvnp_xml_get(source, "protocol"), "iscsi"))
		return gvnp_format("iscsi:%s", gvnp_xml_get(source, "name"));
	return gvnp_format("%s:%s:%s:%s", gvnp_xml_get(gvnp_xml_child(source, "adapter"), "name"),
			   gvnp_xml_get(address, "bus"), gvnp_xml_get(address, "target"),
			   gvnp_xml_get(address, "unit"));
}

char *gvnp_domain_hostdev_address(const struct gvnp_xml_node *hostdev, const char **ret_type)
{
	const struct gvnp_xml_node *source = gvnp_xml_child(hostdev, "source");
	const char *type = gvnp_xml_get(hostdev, "type");
	static const char *const children[][2] = { { "storage", "block" },
						   { "misc", "char" },
						   { "net", "interface" } };

	*ret_type = gvnp_xml_is(hostdev, "interface") ? "pci" : type;
	if (!strcmp(*ret_type, "pci"))
		return gvnp_domain_pci_address(gvnp_xml_child(source, "address"));
	if (!strcmp(type, "usb"))
		return usb_address(source);
	if (!strcmp(type, "scsi"))
		return scsi_address(source);
	if (!strcmp(type, "scsi_host"))
		return gvnp_duplicate(gvnp_xml_get(source, "wwpn"));
	if (!strcmp(type, "mdev"))
		return gvnp_duplicate(gvnp_xml_get(gvnp_xml_child(source, "address"), "uuid"));
	for (size_t i = 0; i < sizeof children / sizeof *children; i++)
		if (!strcmp(children[i][0], type))
			return gvnp_duplicate(
				gvnp_xml_text(gvnp_xml_child(source, children[i][1])));
	return gvnp_duplicate("");
}

void gvnp_domain_hostdevs(const struct gvnp_domain *domain)
{
	size_t position = 0;

	gvnp_xml_each (device, domain->devices, NULL) {
		bool is_nic = gvnp_xml_is(device, "interface") &&
			      !strcmp(gvnp_xml_get(device, "type"), "hostdev");

		if (!is_nic && !gvnp_xml_is(device, "hostdev"))
			continue;
		const char *type;
		_cleanup_free_ char *address = gvnp_domain_hostdev_address(device, &type);
		_cleanup_free_ char *name = gvnp_domain_name_of(device, "hostdev", position++);

		gvnp_insert(domain->facts, "domain_hostdev", gvnp_text("domain", domain->uuid),
			    gvnp_text("name", name), gvnp_text("type", type),
			    gvnp_text("address", address),
			    gvnp_integer("is_managed", gvnp_xml_says_yes(device, "managed")),
			    gvnp_integer("is_rawio", gvnp_xml_says_yes(device, "rawio")),
			    gvnp_text("sgio", gvnp_xml_get(device, "sgio")),
			    gvnp_text("rom", gvnp_xml_get(gvnp_xml_child(device, "rom"), "file")));
	}
}

static const char *filesystem_source(const struct gvnp_xml_node *source)
{
	static const char *const attributes[] = { "dir",  "file",  "dev", "socket",
						  "name", "usage", "pool" };

	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
		if (gvnp_xml_get(source, attributes[i])[0])
			return gvnp_xml_get(source, attributes[i]);
	return "";
}

void gvnp_domain_filesystems(const struct gvnp_domain *domain)
{
	size_t position = 0;

	gvnp_xml_each (device, domain->devices, "filesystem") {
		const char *driver = gvnp_xml_get(gvnp_xml_child(device, "driver"), "type");
		const char *type = gvnp_xml_get(device, "type");
		_cleanup_free_ char *name = gvnp_domain_name_of(device, "fs", position++);

		gvnp_insert(
			domain->facts, "domain_filesystem", gvnp_text("domain", domain->uuid),
			gvnp_text("name", name), gvnp_text("type", type[0] ? type : "mount"),
			gvnp_text("driver", driver[0] ? driver : "path"),
			gvnp_text("access_mode", gvnp_xml_get(device, "accessmode")),
			gvnp_text("source", filesystem_source(gvnp_xml_child(device, "source"))),
			gvnp_text("target", gvnp_xml_get(gvnp_xml_child(device, "target"), "dir")),
			gvnp_integer("is_readonly", !!gvnp_xml_child(device, "readonly")));
	}
}
