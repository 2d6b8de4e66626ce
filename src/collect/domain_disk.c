/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Disks of a domain and the local images behind them. The chain is followed as the XML prints it:
 * all of it for an active domain, usually only its top for one that is shut off. An image is never
 * opened, only stat'ed, and that by the collector.
 */
#include "collect/domain.h"

#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

void gvnp_domain_layers_done(struct gvnp_domain_layers *layers)
{
	for (size_t i = 0; i < layers->n; i++) {
		free(layers->layers[i].domain);
		free(layers->layers[i].target);
		free(layers->layers[i].path);
		free(layers->layers[i].format);
	}
	free(layers->layers);
	*layers = (struct gvnp_domain_layers){ 0 };
}

/* The attribute that holds the path, by type of disk. */
static const char *path_attribute(const char *type)
{
	static const char *const attributes[][2] = {
		{ "file", "file" },	 { "block", "dev" },	 { "dir", "dir" },
		{ "vhostuser", "path" }, { "vhostvdpa", "dev" },
	};

	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
		if (!strcmp(attributes[i][0], type))
			return attributes[i][1];
	return NULL;
}

char *gvnp_domain_disk_source(const char *type, const struct gvnp_xml_node *source)
{
	const char *attribute = path_attribute(type);

	if (attribute || !source)
		return gvnp_duplicate(attribute ? gvnp_xml_get(source, attribute) : "");
	if (!strcmp(type, "network"))
		return gvnp_format("%s:%s", gvnp_xml_get(source, "protocol"),
				   gvnp_xml_get(source, "name"));
	if (!strcmp(type, "volume"))
		return gvnp_format("%s/%s", gvnp_xml_get(source, "pool"),
				   gvnp_xml_get(source, "volume"));
	if (!strcmp(type, "nvme"))
		return gvnp_domain_pci_address(gvnp_xml_child(source, "address"));
	return gvnp_duplicate(gvnp_xml_get(source, "path"));
}

static char *network_host(const struct gvnp_xml_node *source)
{
	const struct gvnp_xml_node *host = gvnp_xml_child(source, "host");
	const char *name = gvnp_xml_get(host, "name"), *port = gvnp_xml_get(host, "port");

	if (gvnp_xml_get(host, "socket")[0])
		return gvnp_duplicate(gvnp_xml_get(host, "socket"));
	return gvnp_format("%s%s%s", name, port[0] ? ":" : "", port);
}

static void insert_disk(const struct gvnp_domain *domain, const struct gvnp_xml_node *disk)
{
	const struct gvnp_xml_node *source = gvnp_xml_child(disk, "source");
	const struct gvnp_xml_node *driver = gvnp_xml_child(disk, "driver");
	const struct gvnp_xml_node *target = gvnp_xml_child(disk, "target");
	const struct gvnp_xml_node *encryption = gvnp_xml_child(source, "encryption");
	const char *type = gvnp_xml_get(disk, "type"), *device = gvnp_xml_get(disk, "device");
	_cleanup_free_ char *path = gvnp_domain_disk_source(type, source);
	_cleanup_free_ char *host = network_host(source);

	if (!encryption)
		encryption = gvnp_xml_child(disk, "encryption");
	gvnp_insert(
		domain->facts, "domain_disk", gvnp_text("domain", domain->uuid),
		gvnp_text("target", gvnp_xml_get(target, "dev")),
		gvnp_text("device", device[0] ? device : "disk"),
		gvnp_text("bus", gvnp_xml_get(target, "bus")), gvnp_text("type", type),
		gvnp_text("source", path), gvnp_text("protocol", gvnp_xml_get(source, "protocol")),
		gvnp_text("host", host), gvnp_text("format", gvnp_xml_get(driver, "type")),
		gvnp_text("cache", gvnp_xml_get(driver, "cache")),
		gvnp_text("io", gvnp_xml_get(driver, "io")),
		gvnp_text("discard", gvnp_xml_get(driver, "discard")),
		gvnp_text("error_policy", gvnp_xml_get(driver, "error_policy")),
		gvnp_integer("is_readonly", !!gvnp_xml_child(disk, "readonly")),
		gvnp_integer("is_shareable", !!gvnp_xml_child(disk, "shareable")),
		gvnp_integer("is_rawio", gvnp_xml_says_yes(disk, "rawio")),
		gvnp_text("sgio", gvnp_xml_get(disk, "sgio")),
		gvnp_text("encryption", gvnp_xml_get(encryption, "format")),
		gvnp_text("tls", gvnp_xml_get(source, "tls")),
		gvnp_text("relabel", gvnp_xml_get(gvnp_xml_child(source, "seclabel"), "relabel")));
}

static void add_layer(struct gvnp_domain_layers *layers, const struct gvnp_domain *domain,
		      const char *target, const char *type, const struct gvnp_xml_node *source,
		      const char *format, int64_t depth)
{
	bool is_local = !strcmp(type, "file") || !strcmp(type, "block");
	const char *path = gvnp_xml_get(source, !strcmp(type, "block") ? "dev" : "file");

	if (!is_local || !path[0])
		return;
	layers->layers = gvnp_grow(layers->layers, layers->n);
	layers->layers[layers->n++] = (struct gvnp_domain_layer){
		.domain = gvnp_duplicate(domain->uuid),
		.target = gvnp_duplicate(target),
		.path = gvnp_duplicate(path),
		.format = gvnp_duplicate(format),
		.depth = depth,
	};
}

/* A qcow2 image may keep its data in another file, written in <source> since libvirt 10.10. */
static int64_t add_image(struct gvnp_domain_layers *layers, const struct gvnp_domain *domain,
			 const char *target, const char *type, const struct gvnp_xml_node *source,
			 const char *format, int64_t depth)
{
	const struct gvnp_xml_node *data = gvnp_xml_child(source, "dataStore");

	add_layer(layers, domain, target, type, source, format, depth++);
	if (data)
		add_layer(layers, domain, target, gvnp_xml_get(data, "type"),
			  gvnp_xml_child(data, "source"),
			  gvnp_xml_get(gvnp_xml_child(data, "format"), "type"), depth++);
	return depth;
}

static void add_chain(struct gvnp_domain_layers *layers, const struct gvnp_domain *domain,
		      const struct gvnp_xml_node *disk)
{
	const char *target = gvnp_xml_get(gvnp_xml_child(disk, "target"), "dev");
	int64_t depth = add_image(layers, domain, target, gvnp_xml_get(disk, "type"),
				  gvnp_xml_child(disk, "source"),
				  gvnp_xml_get(gvnp_xml_child(disk, "driver"), "type"), 0);

	for (const struct gvnp_xml_node *backing = gvnp_xml_child(disk, "backingStore");
	     gvnp_xml_child(backing, "source"); backing = gvnp_xml_child(backing, "backingStore"))
		depth = add_image(layers, domain, target, gvnp_xml_get(backing, "type"),
				  gvnp_xml_child(backing, "source"),
				  gvnp_xml_get(gvnp_xml_child(backing, "format"), "type"), depth);
}

void gvnp_domain_disks(const struct gvnp_domain *domain, struct gvnp_domain_layers *layers)
{
	gvnp_xml_each (disk, domain->devices, "disk") {
		insert_disk(domain, disk);
		add_chain(layers, domain, disk);
	}
}
