/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The security settings of both definitions of an active persistent domain as flat rows, so that
 * what a restart would change shows as a difference. Equal definitions give equal rows: what
 * libvirt adds to the live XML by itself (aliases, addresses, expanded CPU features, dynamic
 * labels, ports assigned at start) is left out, and so is every live row marked as weak that the
 * persistent definition does not have.
 */
#include "collect/domain.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

struct setting {
	char *name, *value;
	bool is_weak; /* libvirt may have filled it in: counts only when both definitions have it */
	size_t order;
};

struct settings {
	struct setting *settings;
	size_t n;
};

static void free_settings(struct settings *settings)
{
	for (size_t i = 0; i < settings->n; i++) {
		free(settings->settings[i].name);
		free(settings->settings[i].value);
	}
	free(settings->settings);
}

static void add_full(struct settings *settings, bool is_weak, const char *value, char *name)
{
	settings->settings = gvnp_grow(settings->settings, settings->n);
	settings->settings[settings->n] = (struct setting){ .name = name,
							    .value = gvnp_duplicate(value),
							    .is_weak = is_weak,
							    .order = settings->n };
	settings->n++;
}

/* A setting that is not there is no row: absent equals absent. */
static void add(struct settings *settings, const char *prefix, const char *key, const char *value)
{
	if (value[0])
		add_full(settings, false, value, gvnp_format("%s.%s", prefix, key));
}

static void add_weak(struct settings *settings, const char *prefix, const char *key,
		     const char *value)
{
	if (value[0])
		add_full(settings, true, value, gvnp_format("%s.%s", prefix, key));
}

static void add_flag(struct settings *settings, const char *prefix, const char *key, bool is_set)
{
	if (is_set)
		add(settings, prefix, key, "yes");
}

static void add_seclabels(struct settings *settings, const struct gvnp_xml_node *root)
{
	gvnp_xml_each (seclabel, root, "seclabel") {
		const char *model = gvnp_xml_get(seclabel, "model");
		const char *type = gvnp_xml_get(seclabel, "type");
		_cleanup_free_ char *prefix = gvnp_format("seclabel.%s", model[0] ? model : "none");

		/* dynamic is what a live domain gets when nothing is written */
		if (!strcmp(type, "dynamic"))
			continue;
		add(settings, prefix, "type", type);
		add(settings, prefix, "relabel", gvnp_xml_get(seclabel, "relabel"));
		add(settings, prefix, "label", gvnp_xml_text(gvnp_xml_child(seclabel, "label")));
	}
}

static void add_cpu(struct settings *settings, const struct gvnp_xml_node *root)
{
	const struct gvnp_xml_node *cpu = gvnp_xml_child(root, "cpu");
	/* libvirt expands the CPU of a running domain and says so */
	bool is_expanded = !strcmp(gvnp_xml_get(cpu, "check"), "full");

	add(settings, "cpu", "mode", gvnp_xml_get(cpu, "mode"));
	add(settings, "cpu", "model", gvnp_xml_text(gvnp_xml_child(cpu, "model")));
	gvnp_xml_each (feature, cpu, "feature") {
		const char *policy = gvnp_xml_get(feature, "policy");
		const char *name = gvnp_xml_get(feature, "name");

		(is_expanded ? add_weak : add)(settings, "cpu.feature", name,
					       policy[0] ? policy : "require");
	}
}

static void add_features(struct settings *settings, const struct gvnp_xml_node *root)
{
	gvnp_xml_each (feature, gvnp_xml_child(root, "features"), NULL)
		add(settings, "feature", gvnp_xml_name(feature),
		    gvnp_domain_feature_state(feature));
	gvnp_xml_each (timer, gvnp_xml_child(root, "clock"), "timer")
		add(settings, "timer", gvnp_xml_get(timer, "name"), gvnp_xml_get(timer, "present"));
}

static void add_memory(struct settings *settings, const struct gvnp_xml_node *root)
{
	const struct gvnp_xml_node *backing = gvnp_xml_child(root, "memoryBacking");

	add_flag(settings, "memory", "locked", gvnp_xml_child(backing, "locked"));
	add_flag(settings, "memory", "nosharepages", gvnp_xml_child(backing, "nosharepages"));
	add_flag(settings, "memory", "hugepages", gvnp_xml_child(backing, "hugepages"));
	add(settings, "memory", "access", gvnp_xml_get(gvnp_xml_child(backing, "access"), "mode"));
	add(settings, "memory", "source", gvnp_xml_get(gvnp_xml_child(backing, "source"), "type"));
	add(settings, "memory", "dump_core",
	    gvnp_xml_get(gvnp_xml_child(root, "memory"), "dumpCore"));
}

/* libvirt prints every list of processors in one form. */
static void add_pins(struct settings *settings, const struct gvnp_xml_node *root)
{
	gvnp_xml_each (pin, gvnp_xml_child(root, "cputune"), NULL) {
		const char *list = gvnp_xml_get(pin, "cpuset");
		bool is_vcpu = gvnp_xml_is(pin, "vcpupin");
		_cleanup_free_ char *name =
			gvnp_format("%s.%s", is_vcpu ? "vcpu" : "iothread",
				    gvnp_xml_get(pin, is_vcpu ? "vcpu" : "iothread"));

		if (gvnp_xml_is(pin, "emulatorpin"))
			add(settings, "pin", "emulator", list);
		else if (is_vcpu || gvnp_xml_is(pin, "iothreadpin"))
			add(settings, "pin", name, list);
	}
	if (gvnp_xml_get(gvnp_xml_child(root, "vcpu"), "cpuset")[0])
		add(settings, "pin", "all", gvnp_xml_get(gvnp_xml_child(root, "vcpu"), "cpuset"));
}

static void add_disk(struct settings *settings, const struct gvnp_xml_node *disk)
{
	const struct gvnp_xml_node *target = gvnp_xml_child(disk, "target");
	const struct gvnp_xml_node *driver = gvnp_xml_child(disk, "driver");
	const char *device = gvnp_xml_get(disk, "device");
	_cleanup_free_ char *prefix = gvnp_format("device.disk.%s", gvnp_xml_get(target, "dev"));
	_cleanup_free_ char *source =
		gvnp_domain_disk_source(gvnp_xml_get(disk, "type"), gvnp_xml_child(disk, "source"));

	add(settings, prefix, "device", device);
	add(settings, prefix, "bus", gvnp_xml_get(target, "bus"));
	add(settings, prefix, "cache", gvnp_xml_get(driver, "cache"));
	add(settings, prefix, "error_policy", gvnp_xml_get(driver, "error_policy"));
	add(settings, prefix, "rawio", gvnp_xml_get(disk, "rawio"));
	add(settings, prefix, "sgio", gvnp_xml_get(disk, "sgio"));
	add_flag(settings, prefix, "readonly", gvnp_xml_child(disk, "readonly"));
	add_flag(settings, prefix, "shareable", gvnp_xml_child(disk, "shareable"));
	/* media are changed while the domain runs */
	if (strcmp(device, "cdrom") && strcmp(device, "floppy")) {
		add(settings, prefix, "source", source);
		add(settings, prefix, "format", gvnp_xml_get(driver, "type"));
	}
}

static void add_interface(struct settings *settings, const struct gvnp_xml_node *interface)
{
	_cleanup_free_ char *source = gvnp_domain_interface_source(interface);
	_cleanup_free_ char *prefix = gvnp_format(
		"device.nic.%s", gvnp_xml_get(gvnp_xml_child(interface, "mac"), "address"));

	add(settings, prefix, "type", gvnp_xml_get(interface, "type"));
	add(settings, prefix, "source", source);
	add(settings, prefix, "backend",
	    gvnp_xml_get(gvnp_xml_child(interface, "backend"), "type"));
	add(settings, prefix, "model", gvnp_xml_get(gvnp_xml_child(interface, "model"), "type"));
	add(settings, prefix, "filter",
	    gvnp_xml_get(gvnp_xml_child(interface, "filterref"), "filter"));
	add(settings, prefix, "trusts_guest_filters",
	    gvnp_xml_get(interface, "trustGuestRxFilters"));
	add(settings, prefix, "isolated",
	    gvnp_xml_get(gvnp_xml_child(interface, "port"), "isolated"));
}

static void add_graphics(struct settings *settings, const struct gvnp_xml_node *graphics,
			 size_t position)
{
	_cleanup_free_ char *prefix = gvnp_format("device.graphics.%zu", position);
	const char *websocket = gvnp_xml_get(graphics, "websocket");
	size_t n = 0;

	add(settings, prefix, "type", gvnp_xml_get(graphics, "type"));
	add(settings, prefix, "default_mode", gvnp_xml_get(graphics, "defaultMode"));
	add_flag(settings, prefix, "websocket", websocket[0] != '\0');
	gvnp_xml_each (listen, graphics, "listen") {
		_cleanup_free_ char *own = gvnp_format("%s.listen.%zu", prefix, n++);

		add(settings, own, "type", gvnp_xml_get(listen, "type"));
		/* qemu.conf and networks fill these in at start */
		add_weak(settings, own, "address", gvnp_xml_get(listen, "address"));
		add_weak(settings, own, "socket", gvnp_xml_get(listen, "socket"));
	}
}

static void add_chardev(struct settings *settings, const struct gvnp_xml_node *device,
			size_t position)
{
	const struct gvnp_xml_node *source = gvnp_xml_child(device, "source");
	const char *channel = gvnp_xml_get(gvnp_xml_child(device, "target"), "name");
	_cleanup_free_ char *number = gvnp_format("%zu", position);
	_cleanup_free_ char *prefix =
		gvnp_format("device.%s.%s", gvnp_xml_name(device), channel[0] ? channel : number);

	add(settings, prefix, "type", gvnp_xml_get(device, "type"));
	add(settings, prefix, "host", gvnp_xml_get(source, "host"));
	add(settings, prefix, "service", gvnp_xml_get(source, "service"));
	add(settings, prefix, "protocol", gvnp_xml_get(gvnp_xml_child(device, "protocol"), "type"));
	add_weak(settings, prefix, "mode", gvnp_xml_get(source, "mode"));
	add_weak(settings, prefix, "tls", gvnp_xml_get(source, "tls"));
	add_weak(settings, prefix, "path", gvnp_xml_get(source, "path"));
}

static void add_filesystem(struct settings *settings, const struct gvnp_xml_node *device)
{
	const struct gvnp_xml_node *source = gvnp_xml_child(device, "source");
	_cleanup_free_ char *prefix = gvnp_format(
		"device.filesystem.%s", gvnp_xml_get(gvnp_xml_child(device, "target"), "dir"));

	add_flag(settings, prefix, "present", true);
	add(settings, prefix, "driver", gvnp_xml_get(gvnp_xml_child(device, "driver"), "type"));
	add(settings, prefix, "source", gvnp_xml_get(source, "dir"));
	add(settings, prefix, "access_mode", gvnp_xml_get(device, "accessmode"));
	add_flag(settings, prefix, "readonly", gvnp_xml_child(device, "readonly"));
}

static void add_hostdev(struct settings *settings, const struct gvnp_xml_node *device)
{
	const char *type;
	_cleanup_free_ char *address = gvnp_domain_hostdev_address(device, &type);
	_cleanup_free_ char *prefix = gvnp_format("device.hostdev.%s.%s", type, address);

	add_flag(settings, prefix, "present", true);
	add(settings, prefix, "rawio", gvnp_xml_get(device, "rawio"));
}

/* Devices told apart by their position among those of their kind. */
static void add_other(struct settings *settings, const struct gvnp_xml_node *device,
		      size_t position)
{
	static const char *const attributes[] = { "model", "type",   "bus",    "mode",
						  "name",  "action", "backend" };
	const struct gvnp_xml_node *model = gvnp_xml_child(device, "model");
	const struct gvnp_xml_node *backend = gvnp_xml_child(device, "backend");
	_cleanup_free_ char *prefix =
		gvnp_xml_is(device, "controller")
			? gvnp_format("device.controller.%s.%s", gvnp_xml_get(device, "type"),
				      gvnp_xml_get(device, "index"))
			: gvnp_format("device.%s.%zu", gvnp_xml_name(device), position);

	add_flag(settings, prefix, "present", true);
	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
		add(settings, prefix, attributes[i], gvnp_xml_get(device, attributes[i]));
	add(settings, prefix, "model", gvnp_xml_get(model, "type"));
	add(settings, prefix, "backend", gvnp_xml_get(backend, "model"));
	add(settings, prefix, "backend", gvnp_xml_get(backend, "type"));
}

static void add_device(struct settings *settings, const struct gvnp_xml_node *device,
		       size_t position)
{
	const char *element = gvnp_xml_name(device);

	if (!strcmp(element, "emulator"))
		add(settings, "device", "emulator", gvnp_xml_text(device));
	else if (!strcmp(element, "disk"))
		add_disk(settings, device);
	else if (!strcmp(element, "interface"))
		add_interface(settings, device);
	else if (!strcmp(element, "graphics"))
		add_graphics(settings, device, position);
	else if (!strcmp(element, "serial") || !strcmp(element, "parallel") ||
		 !strcmp(element, "console") || !strcmp(element, "channel"))
		add_chardev(settings, device, position);
	else if (!strcmp(element, "filesystem"))
		add_filesystem(settings, device);
	else if (!strcmp(element, "hostdev"))
		add_hostdev(settings, device);
	else
		add_other(settings, device, position);
}

static void add_devices(struct settings *settings, const struct gvnp_xml_node *root)
{
	const struct gvnp_xml_node *devices = gvnp_xml_child(root, "devices");
	const char *previous = "";
	size_t position = 0;

	/* libvirt prints the devices of a kind one after the other */
	gvnp_xml_each (device, devices, NULL) {
		position = strcmp(previous, gvnp_xml_name(device)) ? 0 : position + 1;
		previous = gvnp_xml_name(device);
		add_device(settings, device, position);
	}
}

static void add_qemu(struct settings *settings, const struct gvnp_xml_node *root)
{
	size_t position = 0;

	gvnp_xml_each_in (group, root, GVNP_DOMAIN_QEMU_URI, NULL) {
		gvnp_xml_each_in (item, group, GVNP_DOMAIN_QEMU_URI, NULL) {
			_cleanup_free_ char *key =
				gvnp_format("%s.%zu", gvnp_xml_name(item), position++);
			_cleanup_free_ char *word = gvnp_format(
				"%s%s%s", gvnp_xml_get(item, "name"), gvnp_xml_get(item, "value"),
				gvnp_xml_get(item, "capability"));
			_cleanup_free_ char *value = gvnp_domain_masked(word);

			add(settings, "qemu", key, value);
		}
	}
}

static void read_definition(struct settings *settings, const struct gvnp_xml_node *root)
{
	const struct gvnp_xml_node *os = gvnp_xml_child(root, "os");
	const struct gvnp_xml_node *loader = gvnp_xml_child(os, "loader");

	add(settings, "domain", "type", gvnp_xml_get(root, "type"));
	add(settings, "domain", "machine", gvnp_xml_get(gvnp_xml_child(os, "type"), "machine"));
	add(settings, "domain", "kernel", gvnp_xml_text(gvnp_xml_child(os, "kernel")));
	/* with firmware='efi' libvirt chooses the loader when it starts the domain */
	add_weak(settings, "loader", "path", gvnp_xml_text(loader));
	add_weak(settings, "loader", "secure", gvnp_xml_get(loader, "secure"));
	add(settings, "domain", "launch_security",
	    gvnp_xml_get(gvnp_xml_child(root, "launchSecurity"), "type"));
	add_seclabels(settings, root);
	add_features(settings, root);
	add_cpu(settings, root);
	add_memory(settings, root);
	add_pins(settings, root);
	add_devices(settings, root);
	add_qemu(settings, root);
}

static int compare_settings(const void *a, const void *b)
{
	const struct setting *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	return order ? order : (left->order > right->order) - (left->order < right->order);
}

/* The first setting of that name, or NULL. */
static const struct setting *find(const struct settings *settings, const char *name)
{
	size_t low = 0, high = settings->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(settings->settings[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < settings->n && !strcmp(settings->settings[low].name, name)
		       ? &settings->settings[low]
		       : NULL;
}

/* An expanded CPU model says nothing of the mode that was asked for. */
static bool is_host_cpu(const struct gvnp_xml_node *root)
{
	const char *mode = gvnp_xml_get(gvnp_xml_child(root, "cpu"), "mode");

	return !strcmp(mode, "host-model") || !mode[0];
}

/* Names that occur twice, a NIC without address twice for instance, get their number. */
static void number_repeated(struct settings *settings)
{
	size_t repetition = 0;

	for (size_t i = 1; i < settings->n; i++) {
		struct setting *setting = &settings->settings[i];
		const struct setting *first = &settings->settings[i - 1 - repetition];

		repetition = strcmp(setting->name, first->name) ? 0 : repetition + 1;
		if (repetition) {
			char *name = gvnp_format("%s#%zu", setting->name, repetition);

			free(setting->name);
			setting->name = name;
		}
	}
}

/* Sorted by name, and again when numbers have been added. */
static void sort(struct settings *settings)
{
	if (!settings->n)
		return;
	qsort(settings->settings, settings->n, sizeof *settings->settings, compare_settings);
	number_repeated(settings);
	qsort(settings->settings, settings->n, sizeof *settings->settings, compare_settings);
}

static void insert(struct gvnp_facts *facts, const char *uuid, const char *definition,
		   const struct settings *settings, const struct settings *other, bool skips_cpu)
{
	for (size_t i = 0; i < settings->n; i++) {
		const struct setting *setting = &settings->settings[i];
		const struct setting *same = find(other, setting->name);
		bool is_sign = !strcmp(setting->name, "domain.type");

		if ((!same && setting->is_weak) ||
		    (same && !is_sign && !strcmp(same->value, setting->value)))
			continue;
		if (skips_cpu && gvnp_text_starts(setting->name, "cpu."))
			continue;
		gvnp_insert(facts, "domain_setting", gvnp_text("domain", uuid),
			    gvnp_text("definition", definition), gvnp_text("name", setting->name),
			    gvnp_text("value", setting->value));
	}
}

void gvnp_domain_settings(struct gvnp_facts *facts, const char *uuid,
			  const struct gvnp_xml_node *live, const struct gvnp_xml_node *persistent)
{
	__attribute__((cleanup(free_settings))) struct settings now = { 0 };
	__attribute__((cleanup(free_settings))) struct settings later = { 0 };
	bool skips_cpu = is_host_cpu(persistent);

	read_definition(&now, live);
	read_definition(&later, persistent);
	sort(&now);
	sort(&later);
	insert(facts, uuid, "live", &now, &later, skips_cpu);
	insert(facts, uuid, "persistent", &later, &now, skips_cpu);
}
