/* SPDX-License-Identifier: Apache-2.0 */
/*
 * <qemu:commandline> and its neighbours: what was handed to QEMU past libvirt, found by the URI of
 * their namespace. Every argument is a row, and those that bring a device, a network back end, a
 * console or a character device bring their row into that table too.
 */
#include "collect/domain_argument.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "collect/qemu_model.h"

const char *gvnp_domain_argument_get(const struct gvnp_qemu_option *option, const char *name)
{
	for (size_t i = 0; i < option->n_properties; i++)
		if (!strcmp(option->properties[i].name, name))
			return option->properties[i].value;
	return "";
}

bool gvnp_domain_argument_is_on(const struct gvnp_qemu_option *option, const char *name)
{
	const char *value = gvnp_domain_argument_get(option, name);

	return !strcmp(value, "on") || !strcmp(value, "yes") || !strcmp(value, "true");
}

char *gvnp_domain_masked(const char *word)
{
	static const char *const keys[] = { "password=", "passwd=", "data=" };
	bool is_secret = gvnp_text_starts(word, "secret");
	struct gvnp_slice rest = gvnp_slice(word), piece;
	struct gvnp_buffer text = { 0 };

	while (gvnp_slice_next(&rest, ',', &piece)) {
		if (text.size)
			gvnp_buffer_append_text(&text, ",");
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
			if (gvnp_slice_starts(piece, keys[i]) && (is_secret || keys[i][0] == 'p')) {
				gvnp_buffer_append_format(&text, "%s***", keys[i]);
				piece.size = 0;
			}
		gvnp_buffer_append(&text, piece.text, piece.size);
	}
	return text.data ? gvnp_buffer_take(&text) : gvnp_duplicate("");
}

static void insert_device(const struct gvnp_domain_argument *argument, const char *kind,
			  const char *model)
{
	_cleanup_free_ char *value = gvnp_domain_masked(argument->value);

	gvnp_domain_device(argument->domain, kind, model,
			   gvnp_domain_argument_get(argument->option, "id"), "argument", "-%.*s %s",
			   (int)argument->option->name.size, argument->option->name.text, value);
}

static void take_device(const struct gvnp_domain_argument *argument)
{
	const char *model = gvnp_domain_argument_get(argument->option, "driver");

	insert_device(argument, gvnp_qemu_model_kind(model), model);
}

static void insert_interface(const struct gvnp_domain_argument *argument, const char *model)
{
	const struct gvnp_qemu_option *option = argument->option;
	const char *type = gvnp_domain_argument_get(option, "type");
	const char *source = gvnp_domain_argument_get(option, "br");
	_cleanup_free_ char *name = gvnp_format("argument%zu", argument->position);

	gvnp_insert(argument->domain->facts, "domain_interface",
		    gvnp_text("domain", argument->domain->uuid), gvnp_text("name", name),
		    gvnp_text("type", type), gvnp_text("source", source), gvnp_text("backend", ""),
		    gvnp_text("model", model),
		    gvnp_text("mac", gvnp_domain_argument_get(option, "mac")),
		    gvnp_text("target", gvnp_domain_argument_get(option, "ifname")),
		    gvnp_text("filter", ""), gvnp_text("mode", ""),
		    gvnp_integer("trusts_guest_filters", 0), gvnp_integer("is_isolated", 0),
		    gvnp_text("virtualport", ""));
}

/* The model of the -device that uses this back end. */
static void take_netdev(const struct gvnp_domain_argument *argument)
{
	const char *id = gvnp_domain_argument_get(argument->option, "id"), *model = "";

	for (size_t i = 0; i < argument->command->n; i++) {
		const struct gvnp_qemu_option *option = &argument->command->options[i];

		if (gvnp_slice_is(option->name, "device") && id[0] &&
		    !strcmp(gvnp_domain_argument_get(option, "netdev"), id))
			model = gvnp_domain_argument_get(option, "driver");
	}
	insert_interface(argument, model);
}

/* -nic is both ends in one; -net nic is only the card, any other -net only the back end. */
static void take_nic(const struct gvnp_domain_argument *argument)
{
	const char *type = gvnp_domain_argument_get(argument->option, "type");
	const char *model = gvnp_domain_argument_get(argument->option, "model");
	bool is_nic = gvnp_slice_is(argument->option->name, "nic");

	if (!strcmp(type, "none"))
		return;
	if (is_nic || !strcmp(type, "nic"))
		insert_device(argument, "nic", model);
	if (strcmp(type, "nic"))
		insert_interface(argument, model);
}

static void take_drive(const struct gvnp_domain_argument *argument)
{
	static const char *const kinds[][3] = {
		{ "floppy", "floppy", "floppy" }, { "ide", "disk", "ide" },
		{ "scsi", "disk", "scsi" },	  { "virtio", "disk", "virtio" },
		{ "sd", "disk", "sd" },		  { "pflash", "other", "pflash" },
		{ "mtd", "other", "mtd" },	  { "", "disk", "" },
	};
	const char *interface = gvnp_domain_argument_get(argument->option, "if");
	bool is_cdrom = !strcmp(gvnp_domain_argument_get(argument->option, "media"), "cdrom");

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strcmp(kinds[i][0], interface)) /* if=none is a back end only */
			insert_device(argument, is_cdrom ? "cdrom" : kinds[i][1], kinds[i][2]);
}

static void take_usb_device(const struct gvnp_domain_argument *argument)
{
	const char *value = argument->value;

	if (!strcmp(value, "tablet") || !strcmp(value, "mouse") || !strcmp(value, "keyboard") ||
	    !strcmp(value, "wacom-tablet"))
		insert_device(argument, "input", value);
	else if (gvnp_text_starts(value, "host"))
		insert_device(argument, "hostdev", "usb");
	else if (gvnp_text_starts(value, "disk"))
		insert_device(argument, "disk", "usb");
	else if (gvnp_text_starts(value, "net"))
		insert_device(argument, "nic", "usb-net");
	else if (gvnp_text_starts(value, "serial") || !strcmp(value, "braille"))
		insert_device(argument, "serial", "usb");
	else
		insert_device(argument, "other", value);
}

static void insert_filesystem(const struct gvnp_domain_argument *argument)
{
	const struct gvnp_qemu_option *option = argument->option;
	_cleanup_free_ char *name = gvnp_format("argument%zu", argument->position);

	gvnp_insert(argument->domain->facts, "domain_filesystem",
		    gvnp_text("domain", argument->domain->uuid), gvnp_text("name", name),
		    gvnp_text("type", "mount"), gvnp_text("driver", "path"),
		    gvnp_text("access_mode", gvnp_domain_argument_get(option, "security_model")),
		    gvnp_text("source", gvnp_domain_argument_get(option, "path")),
		    gvnp_text("target", gvnp_domain_argument_get(option, "mount_tag")),
		    gvnp_integer("is_readonly", gvnp_domain_argument_is_on(option, "readonly")));
}

static void take_filesystem(const struct gvnp_domain_argument *argument)
{
	if (gvnp_slice_is(argument->option->name, "virtfs"))
		insert_device(argument, "filesystem", "9p");
	insert_filesystem(argument);
}

static void take_port(const struct gvnp_domain_argument *argument)
{
	bool is_parallel = gvnp_slice_is(argument->option->name, "parallel");
	bool is_debug = gvnp_slice_is(argument->option->name, "debugcon");
	const char *kind = is_parallel ? "parallel" : "serial";

	if (!strcmp(argument->value, "none"))
		return;
	insert_device(argument, kind, is_debug ? "isa-debugcon" : "");
	gvnp_domain_argument_legacy_chardev(argument, kind);
}

/* A gdb stub commands the guest like a monitor does. */
static void take_monitor(const struct gvnp_domain_argument *argument)
{
	gvnp_domain_argument_legacy_chardev(argument, "monitor");
}

/* -s is -gdb tcp::1234 */
static void take_gdb_default(const struct gvnp_domain_argument *argument)
{
	struct gvnp_qemu_option option = { .name = gvnp_slice("gdb"),
					   .value = gvnp_slice("tcp::1234,server=on") };
	struct gvnp_domain_argument named = *argument;

	named.option = &option;
	gvnp_domain_argument_legacy_chardev(&named, "monitor");
}

static void insert_graphics(const struct gvnp_domain_argument *argument, const char *type,
			    const char *address, int64_t port, int64_t tls_port, int64_t websocket)
{
	bool is_socket = address[0] == '/' || !strcmp(type, "sdl") || !strcmp(type, "gtk");

	insert_device(argument, "graphics", type);
	gvnp_insert(argument->domain->facts, "domain_graphics",
		    gvnp_text("domain", argument->domain->uuid), gvnp_text("type", type),
		    gvnp_text("listen_type", is_socket ? "socket" : "address"),
		    gvnp_text("address", address), gvnp_integer("port", port),
		    gvnp_integer("tls_port", tls_port), gvnp_integer("websocket", websocket),
		    gvnp_text("default_mode", !strcmp(type, "spice") ? "any" : ""),
		    gvnp_integer("is_loopback", is_socket || gvnp_domain_is_loopback(address)));
}

static int64_t number_or(const char *text, int64_t otherwise)
{
	int64_t value;

	return gvnp_parse_integer(text, &value) ? value : otherwise;
}

/* host:display, [host]:display, unix:path, none; display 0 is port 5900, 5700 for WebSocket */
static void take_vnc(const struct gvnp_domain_argument *argument)
{
	const char *address = gvnp_domain_argument_get(argument->option, "vnc");
	const char *websocket = gvnp_domain_argument_get(argument->option, "websocket");
	const char *colon = strrchr(address, ':');

	if (!strcmp(address, "none"))
		return;
	if (gvnp_text_starts(address, "unix:")) {
		insert_graphics(argument, "vnc", address + strlen("unix:"), -1, -1, -1);
		return;
	}
	int64_t display = number_or(colon ? colon + 1 : "", -1);
	struct gvnp_slice host = { address, colon ? (size_t)(colon - address) : strlen(address) };
	if (host.size > 1 && host.text[0] == '[')
		host = (struct gvnp_slice){ host.text + 1, host.size - 2 };
	_cleanup_free_ char *name = gvnp_slice_copy(host);
	bool has_number = display >= 0 && display <= 65535 - 5900;

	/* no host is every address */
	insert_graphics(
		argument, "vnc", name[0] ? name : "0.0.0.0", has_number ? 5900 + display : -1, -1,
		!strcmp(websocket, "on") && has_number ? 5700 + display : number_or(websocket, -1));
}

static void take_spice(const struct gvnp_domain_argument *argument)
{
	const struct gvnp_qemu_option *option = argument->option;
	const char *address = gvnp_domain_argument_get(option, "addr");

	insert_graphics(argument, "spice", address[0] ? address : "0.0.0.0",
			number_or(gvnp_domain_argument_get(option, "port"), -1),
			number_or(gvnp_domain_argument_get(option, "tls-port"), -1), -1);
}

static void take_video(const struct gvnp_domain_argument *argument)
{
	if (strcmp(argument->value, "none"))
		insert_device(argument, "video", argument->value);
}

static void take_sound(const struct gvnp_domain_argument *argument)
{
	const char *model = gvnp_domain_argument_get(argument->option, "model");

	if (gvnp_slice_is(argument->option->name, "soundhw"))
		model = argument->value;
	if (model[0])
		insert_device(argument, "sound", model);
}

static void take_object(const struct gvnp_domain_argument *argument)
{
	const char *type = gvnp_domain_argument_get(argument->option, "qom-type");

	if (!strcmp(type, "input-linux"))
		insert_device(argument, "input", "evdev");
}

static void take_unreadable(const struct gvnp_domain_argument *argument)
{
	gvnp_facts_hole(argument->domain->facts, "domain_device", "", argument->domain->uuid,
			"its devices may be in %s, which -%.*s names", argument->value,
			(int)argument->option->name.size, argument->option->name.text);
}

static void take_drive_shorthand(const struct gvnp_domain_argument *argument)
{
	struct gvnp_slice name = argument->option->name;

	if (gvnp_slice_starts(name, "fd"))
		insert_device(argument, "floppy", "floppy");
	else if (gvnp_slice_is(name, "cdrom"))
		insert_device(argument, "cdrom", "");
	else if (gvnp_slice_is(name, "pflash") || gvnp_slice_is(name, "mtdblock"))
		insert_device(argument, "other", name.text[0] == 'p' ? "pflash" : "mtd");
	else
		insert_device(argument, "disk", gvnp_slice_is(name, "sd") ? "sd" : "");
}

static void take_usb(const struct gvnp_domain_argument *argument)
{
	insert_device(argument, "usb", "");
}

static void take_watchdog(const struct gvnp_domain_argument *argument)
{
	insert_device(argument, "watchdog", argument->value);
}

static const struct {
	const char *option;
	void (*take)(const struct gvnp_domain_argument *argument);
} handlers[] = {
	{ "audio", take_sound },
	{ "cdrom", take_drive_shorthand },
	{ "chardev", gvnp_domain_argument_chardev },
	{ "debugcon", take_port },
	{ "device", take_device },
	{ "drive", take_drive },
	{ "fda", take_drive_shorthand },
	{ "fdb", take_drive_shorthand },
	{ "fsdev", take_filesystem },
	{ "gdb", take_monitor },
	{ "hda", take_drive_shorthand },
	{ "hdb", take_drive_shorthand },
	{ "hdc", take_drive_shorthand },
	{ "hdd", take_drive_shorthand },
	{ "monitor", take_monitor },
	{ "mtdblock", take_drive_shorthand },
	{ "net", take_nic },
	{ "netdev", take_netdev },
	{ "nic", take_nic },
	{ "object", take_object },
	{ "parallel", take_port },
	{ "pflash", take_drive_shorthand },
	{ "qmp", take_monitor },
	{ "qmp-pretty", take_monitor },
	{ "readconfig", take_unreadable },
	{ "s", take_gdb_default },
	{ "sd", take_drive_shorthand },
	{ "serial", take_port },
	{ "soundhw", take_sound },
	{ "spice", take_spice },
	{ "usb", take_usb },
	{ "usbdevice", take_usb_device },
	{ "vga", take_video },
	{ "virtfs", take_filesystem },
	{ "vnc", take_vnc },
	{ "watchdog", take_watchdog },
};

static void take(const struct gvnp_domain *domain, const struct gvnp_qemu_command *command,
		 size_t position)
{
	const struct gvnp_qemu_option *option = &command->options[position];
	_cleanup_free_ char *value = gvnp_slice_copy(option->value);
	struct gvnp_domain_argument argument = { domain, command, option, position, value };

	for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
		if (gvnp_slice_is(option->name, handlers[i].option))
			handlers[i].take(&argument);
}

static void insert_row(const struct gvnp_domain *domain, int64_t *position, const char *kind,
		       const char *value)
{
	gvnp_insert(domain->facts, "domain_qemu_argument", gvnp_text("domain", domain->uuid),
		    gvnp_integer("position", (*position)++), gvnp_text("kind", kind),
		    gvnp_text("value", value));
}

static void insert_environment(const struct gvnp_domain *domain, int64_t *position,
			       const struct gvnp_xml_node *variable)
{
	_cleanup_free_ char *value = gvnp_format("%s=%s", gvnp_xml_get(variable, "name"),
						 gvnp_xml_get(variable, "value"));

	insert_row(domain, position, "environment", value);
}

static void insert_overrides(const struct gvnp_domain *domain, int64_t *position,
			     const struct gvnp_xml_node *override)
{
	gvnp_xml_each_in (device, override, GVNP_DOMAIN_QEMU_URI, "device") {
		const struct gvnp_xml_node *frontend =
			gvnp_xml_child_in(device, GVNP_DOMAIN_QEMU_URI, "frontend");

		gvnp_xml_each_in (property, frontend, GVNP_DOMAIN_QEMU_URI, "property") {
			_cleanup_free_ char *value = gvnp_format(
				"%s.%s=%s", gvnp_xml_get(device, "alias"),
				gvnp_xml_get(property, "name"), gvnp_xml_get(property, "value"));

			insert_row(domain, position, "device-override", value);
		}
	}
}

static void insert_other(const struct gvnp_domain *domain, int64_t *position)
{
	gvnp_xml_each_in (capabilities, domain->root, GVNP_DOMAIN_QEMU_URI, "capabilities")
		gvnp_xml_each_in (change, capabilities, GVNP_DOMAIN_QEMU_URI, NULL)
			insert_row(domain, position,
				   !strcmp(gvnp_xml_name(change), "add") ? "capability-add"
									 : "capability-delete",
				   gvnp_xml_get(change, "capability"));
	gvnp_xml_each_in (override, domain->root, GVNP_DOMAIN_QEMU_URI, "override")
		insert_overrides(domain, position, override);
	gvnp_xml_each_in (deprecation, domain->root, GVNP_DOMAIN_QEMU_URI, "deprecation")
		insert_row(domain, position, "deprecation", gvnp_xml_get(deprecation, "behavior"));
}

void gvnp_domain_arguments(const struct gvnp_domain *domain)
{
	_cleanup_buffer_ struct gvnp_buffer words = { 0 };
	__attribute__((cleanup(gvnp_qemu_command_done))) struct gvnp_qemu_command command = { 0 };
	int64_t position = 0;

	gvnp_buffer_append(&words, "", 1); /* where the program's name would be */
	gvnp_xml_each_in (line, domain->root, GVNP_DOMAIN_QEMU_URI, "commandline") {
		gvnp_xml_each_in (word, line, GVNP_DOMAIN_QEMU_URI, NULL) {
			const char *value = gvnp_xml_get(word, "value");

			if (!strcmp(gvnp_xml_name(word), "env")) {
				insert_environment(domain, &position, word);
				continue;
			}
			_cleanup_free_ char *shown = gvnp_domain_masked(value);
			insert_row(domain, &position, "argument", shown);
			gvnp_buffer_append(&words, value, strlen(value) + 1);
		}
	}
	insert_other(domain, &position);
	gvnp_qemu_command_parse((struct gvnp_slice){ words.data, words.size }, &command);
	if (command.problem)
		gvnp_facts_hole(domain->facts, "domain_device", "", domain->uuid,
				"<qemu:commandline>: %s", command.problem);
	for (size_t i = 0; i < command.n; i++)
		take(domain, &command, i);
}
