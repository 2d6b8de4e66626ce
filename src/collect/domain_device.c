/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices that the XML of a domain declares, those that libvirt added by itself included. The rule
 * kept here: an element of <devices> that is a device becomes a row, also one this program has
 * never heard of; only what says it is none (model='none') does not.
 */
#include "collect/domain.h"

#include <stdarg.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

void gvnp_domain_device(const struct gvnp_domain *domain, const char *kind, const char *model,
			const char *name, const char *origin, const char *detail_format, ...)
{
	_cleanup_buffer_ struct gvnp_buffer detail = { 0 };
	va_list arguments;

	va_start(arguments, detail_format);
	gvnp_buffer_append_arguments(&detail, detail_format, arguments);
	va_end(arguments);
	gvnp_insert(domain->facts, "domain_device", gvnp_text("domain", domain->uuid),
		    gvnp_text("kind", kind), gvnp_text("model", model), gvnp_text("name", name),
		    gvnp_text("origin", origin), gvnp_text("detail", gvnp_buffer_text(&detail)));
}

char *gvnp_domain_name_of(const struct gvnp_xml_node *device, const char *kind, size_t position)
{
	const char *alias = gvnp_xml_get(gvnp_xml_child(device, "alias"), "name");

	return alias[0] ? gvnp_duplicate(alias) : gvnp_format("%s%zu", kind, position);
}

bool gvnp_domain_is_serial_console(const struct gvnp_domain *domain,
				   const struct gvnp_xml_node *device)
{
	const char *target = gvnp_xml_get(gvnp_xml_child(device, "target"), "type");

	return gvnp_xml_is(device, "console") &&
	       device == gvnp_xml_child(domain->devices, "console") &&
	       (!strcmp(target, "serial") || !target[0]) &&
	       gvnp_xml_child(domain->devices, "serial");
}

static const char *architecture_of(const struct gvnp_domain *domain)
{
	return gvnp_xml_get(gvnp_xml_at(domain->root, "os/type"), "arch");
}

static bool is_x86(const struct gvnp_domain *domain)
{
	const char *architecture = architecture_of(domain);

	return !strcmp(architecture, "x86_64") || !strcmp(architecture, "i686");
}

static bool is_virtio_by_default(const struct gvnp_domain *domain)
{
	const char *architecture = architecture_of(domain);

	return !strcmp(architecture, "aarch64") || gvnp_text_starts(architecture, "s390") ||
	       gvnp_text_starts(architecture, "riscv") ||
	       gvnp_text_starts(architecture, "loongarch");
}

/* libvirt writes the model it resolved; this is its own choice for XML that lacks it
 * (qemuDomainDefaultNetModel in src/qemu/qemu_domain.c). */
const char *gvnp_domain_nic_model(const struct gvnp_domain *domain,
				  const struct gvnp_xml_node *interface)
{
	const char *model = gvnp_xml_get(gvnp_xml_child(interface, "model"), "type");
	const char *type = gvnp_xml_get(interface, "type");

	if (model[0] || !strcmp(type, "hostdev"))
		return model;
	if (is_virtio_by_default(domain) || !strcmp(type, "vdpa"))
		return "virtio";
	return is_x86(domain) ? "rtl8139" : "";
}

/* qemuDomainDefaultVideoDevice in src/qemu/qemu_domain.c. */
static const char *video_model(const struct gvnp_domain *domain, const struct gvnp_xml_node *video)
{
	const char *model = gvnp_xml_get(gvnp_xml_child(video, "model"), "type");

	if (model[0])
		return model;
	return is_virtio_by_default(domain) ? "virtio" : is_x86(domain) ? "cirrus" : "vga";
}

static const struct {
	const char *type;
	const char *kind;
	const char *x86_model; /* of a controller that names none */
} controllers[] = {
	{ "fdc", "fdc", "isa-fdc" },
	{ "ide", "ide", "piix3-ide" },
	{ "sata", "sata", "ich9-ahci" },
	{ "scsi", "scsi", "lsilogic" },
	{ "usb", "usb", "piix3-uhci" },
	{ "virtio-serial", "virtio-serial", "virtio-serial" },
	{ "ccid", "ccid", "usb-ccid" },
	{ "pci", "pci", "" },
	{ "isa", "isa", "" },
	{ "xenbus", "xenbus", "" },
};

static void insert_controller(const struct gvnp_domain *domain, const struct gvnp_xml_node *device)
{
	const char *type = gvnp_xml_get(device, "type"), *model = gvnp_xml_get(device, "model");
	const char *index = gvnp_xml_get(device, "index"), *kind = "other";
	_cleanup_free_ char *name = NULL;

	if (!strcmp(model, "none")) /* <controller type='usb' model='none'/> */
		return;
	for (size_t i = 0; i < sizeof controllers / sizeof *controllers; i++) {
		if (strcmp(controllers[i].type, type))
			continue;
		kind = controllers[i].kind;
		if (!model[0] && is_x86(domain))
			model = controllers[i].x86_model;
	}
	name = gvnp_format("%s%s", type, index);
	gvnp_domain_device(domain, kind, model[0] || strcmp(kind, "other") ? model : type, name,
			   "declared", "%s controller %s", type, index);
}

static void insert_disk(const struct gvnp_domain *domain, const struct gvnp_xml_node *device)
{
	const struct gvnp_xml_node *target = gvnp_xml_child(device, "target");
	const char *kind = gvnp_xml_get(device, "device"), *model = gvnp_xml_get(device, "model");
	const char *bus = gvnp_xml_get(target, "bus"), *type = gvnp_xml_get(device, "type");
	_cleanup_free_ char *source =
		gvnp_domain_disk_source(type, gvnp_xml_child(device, "source"));

	if (strcmp(kind, "cdrom") && strcmp(kind, "floppy"))
		kind = "disk";
	gvnp_domain_device(domain, kind, model[0] ? model : bus, gvnp_xml_get(target, "dev"),
			   "declared", "%s on bus %s, %s", kind, bus[0] ? bus : "not given",
			   source[0] ? source : "empty");
}

static void insert_interface(const struct gvnp_domain *domain, const struct gvnp_xml_node *device)
{
	_cleanup_free_ char *source = gvnp_domain_interface_source(device);
	const char *mac = gvnp_xml_get(gvnp_xml_child(device, "mac"), "address");
	const char *type = gvnp_xml_get(device, "type");
	const char *model = gvnp_domain_nic_model(domain, device);

	gvnp_domain_device(domain, "nic", model, mac, "declared", "%s %s%s%s", model, type,
			   source[0] ? " " : "", source);
}

static void insert_filesystem(const struct gvnp_domain *domain, const struct gvnp_xml_node *device)
{
	const char *driver = gvnp_xml_get(gvnp_xml_child(device, "driver"), "type");
	const struct gvnp_xml_node *source = gvnp_xml_child(device, "source");
	const char *dir = gvnp_xml_get(source, "dir");
	bool is_9p = !driver[0] || !strcmp(driver, "path") || !strcmp(driver, "handle");

	gvnp_domain_device(domain, "filesystem", is_9p ? "9p" : driver,
			   gvnp_xml_get(gvnp_xml_child(device, "target"), "dir"), "declared",
			   "%s of %s", is_9p ? "9p" : driver,
			   dir[0] ? dir : gvnp_xml_get(source, "socket"));
}

static void insert_hostdev(const struct gvnp_domain *domain, const struct gvnp_xml_node *device,
			   size_t position)
{
	const char *type;
	_cleanup_free_ char *address = gvnp_domain_hostdev_address(device, &type);
	_cleanup_free_ char *name = gvnp_domain_name_of(device, "hostdev", position);

	gvnp_domain_device(domain, "hostdev", type, name, "declared", "%s %s", type, address);
}

static void insert_chardev(const struct gvnp_domain *domain, const struct gvnp_xml_node *device)
{
	const struct gvnp_xml_node *target = gvnp_xml_child(device, "target");
	const char *model = gvnp_xml_get(gvnp_xml_child(target, "model"), "name");
	const char *alias = gvnp_xml_get(gvnp_xml_child(device, "alias"), "name");
	const char *channel = gvnp_xml_get(target, "name"), *kind = gvnp_xml_name(device);

	if (gvnp_domain_is_serial_console(domain, device))
		return;
	gvnp_domain_device(domain, kind, model[0] ? model : gvnp_xml_get(target, "type"),
			   channel[0] ? channel : alias, "declared", "%s, host side %s", kind,
			   gvnp_xml_get(device, "type"));
}

/* Where the model of the simple devices is written: an attribute of the element or of a child. */
static const struct {
	const char *element, *kind, *child, *attribute, *otherwise;
} simple[] = {
	{ "input", "input", NULL, "type", "" },
	{ "graphics", "graphics", NULL, "type", "" },
	{ "sound", "sound", NULL, "model", "" },
	{ "audio", "audio", NULL, "type", "" },
	{ "redirdev", "redirdev", NULL, "bus", "usb" },
	{ "smartcard", "smartcard", NULL, "mode", "" },
	{ "hub", "hub", NULL, "type", "usb" },
	{ "watchdog", "watchdog", NULL, "model", "i6300esb" },
	{ "memballoon", "balloon", NULL, "model", "virtio" },
	{ "rng", "rng", NULL, "model", "virtio" },
	{ "tpm", "tpm", NULL, "model", "tpm-tis" },
	{ "shmem", "shmem", "model", "type", "ivshmem" },
	{ "memory", "memory", NULL, "model", "" },
	{ "panic", "panic", NULL, "model", "" },
	{ "vsock", "vsock", NULL, "model", "virtio" },
	{ "iommu", "iommu", NULL, "model", "" },
	{ "crypto", "crypto", NULL, "model", "virtio" },
	{ "nvram", "nvram", NULL, "model", "spapr-nvram" },
	{ "lease", "lease", NULL, "model", "" },
	{ "pstore", "pstore", NULL, "backend", "acpi-erst" },
};

static const char *detail_of(const struct gvnp_xml_node *device)
{
	static const char *const attributes[] = { "bus", "action", "listen", "name" };

	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
		if (gvnp_xml_get(device, attributes[i])[0])
			return gvnp_xml_get(device, attributes[i]);
	return gvnp_xml_get(gvnp_xml_child(device, "backend"), "type");
}

static void insert_simple(const struct gvnp_domain *domain, const struct gvnp_xml_node *device)
{
	const char *element = gvnp_xml_name(device), *detail = detail_of(device);
	const char *kind = "other", *model = element;
	const char *alias = gvnp_xml_get(gvnp_xml_child(device, "alias"), "name");
	const char *own_name = gvnp_xml_get(device, "name");

	if (gvnp_xml_is(device, "video")) {
		kind = "video";
		model = video_model(domain, device);
	}
	for (size_t i = 0; i < sizeof simple / sizeof *simple; i++) {
		if (strcmp(simple[i].element, element))
			continue;
		kind = simple[i].kind;
		model = gvnp_xml_get(simple[i].child ? gvnp_xml_child(device, simple[i].child)
						     : device,
				     simple[i].attribute);
		if (!model[0])
			model = simple[i].otherwise;
	}
	if (!strcmp(model, "none")) /* <memballoon>, <video>, <audio>: there is none */
		return;
	gvnp_domain_device(domain, kind, model, own_name[0] ? own_name : alias, "declared",
			   "%s%s%s", element, detail[0] ? " " : "", detail);
}

void gvnp_domain_devices(const struct gvnp_domain *domain)
{
	size_t n_hostdevs = 0;

	gvnp_xml_each (device, domain->devices, NULL) {
		const char *element = gvnp_xml_name(device);

		if (!strcmp(element, "emulator"))
			continue;
		if (!strcmp(element, "disk"))
			insert_disk(domain, device);
		else if (!strcmp(element, "controller"))
			insert_controller(domain, device);
		else if (!strcmp(element, "interface"))
			insert_interface(domain, device);
		else if (!strcmp(element, "filesystem"))
			insert_filesystem(domain, device);
		else if (!strcmp(element, "hostdev"))
			insert_hostdev(domain, device, n_hostdevs++);
		else if (!strcmp(element, "serial") || !strcmp(element, "parallel") ||
			 !strcmp(element, "console") || !strcmp(element, "channel"))
			insert_chardev(domain, device);
		else
			insert_simple(domain, device);
	}
}
