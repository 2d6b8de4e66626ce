/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Character devices among the QEMU arguments of a domain, in both of QEMU's notations:
 * "-chardev socket,id=c,host=…" and "-serial tcp:host:port,server=on" (chardev/char.c,
 * qemu_chr_parse_compat).
 */
#include "collect/domain_argument.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "collect/qemu_model.h"

struct end {
	const char *device, *name, *type, *mode, *protocol, *tls;
	struct gvnp_slice host, service, path;
};

static void insert_end(const struct gvnp_domain *domain, const struct end *end)
{
	gvnp_insert(domain->facts, "domain_chardev", gvnp_text("domain", domain->uuid),
		    gvnp_text("device", end->device), gvnp_text("name", end->name),
		    gvnp_text("type", end->type), gvnp_text("mode", end->mode),
		    gvnp_text_sized("host", end->host.size ? end->host.text : "", end->host.size),
		    gvnp_text_sized("service", end->service.size ? end->service.text : "",
				    end->service.size),
		    gvnp_text("protocol", end->protocol), gvnp_text("tls", end->tls),
		    gvnp_text_sized("path", end->path.size ? end->path.text : "", end->path.size),
		    gvnp_text("target", ""), gvnp_text("origin", "argument"));
}

/* "host:port", "[::1]:port", ":port", "port"; the last colon separates. */
static void split_address(struct gvnp_slice address, struct end *end)
{
	size_t colon = address.size;

	while (colon && address.text[colon - 1] != ':')
		colon--;
	end->service = (struct gvnp_slice){ address.text + colon, address.size - colon };
	end->host = (struct gvnp_slice){ address.text, colon ? colon - 1 : 0 };
	if (end->host.size > 1 && end->host.text[0] == '[') {
		end->host.text++;
		end->host.size -= 2;
	}
}

/* server, server=on, server=yes; QEMU takes the last. */
static bool is_server(struct gvnp_slice options)
{
	struct gvnp_slice option;
	bool is = false;

	while (gvnp_slice_next(&options, ',', &option)) {
		if (gvnp_slice_is(option, "server") || gvnp_slice_is(option, "server=on") ||
		    gvnp_slice_is(option, "server=yes"))
			is = true;
		else if (gvnp_slice_is(option, "server=off") ||
			 gvnp_slice_is(option, "server=no") || gvnp_slice_is(option, "noserver"))
			is = false;
	}
	return is;
}

/* What stands before the first colon, and what that means. */
static const struct {
	const char *prefix, *type, *protocol;
	bool is_network, has_path;
} notations[] = {
	{ "tcp:", "tcp", "raw", true, false },
	{ "telnet:", "tcp", "telnet", true, false },
	{ "telnets:", "tcp", "telnets", true, false },
	{ "tn3270:", "tcp", "tn3270", true, false },
	{ "websocket:", "tcp", "websocket", true, false },
	{ "udp:", "udp", "", true, false },
	{ "unix:", "unix", "", false, true },
	{ "file:", "file", "", false, true },
	{ "pipe:", "pipe", "", false, true },
	{ "vc:", "vc", "", false, false },
	{ "con:", "con", "", false, false },
	{ "fd:", "fd", "", false, false },
};

static void read_notation(struct gvnp_slice value, struct end *end)
{
	struct gvnp_slice address, options = { "", 0 };

	if (!gvnp_slice_split(value, ',', &address, &options))
		address = value;
	for (size_t i = 0; i < sizeof notations / sizeof *notations; i++) {
		size_t size = strlen(notations[i].prefix);

		if (!gvnp_slice_starts(address, notations[i].prefix))
			continue;
		address.text += size;
		address.size -= size;
		end->type = notations[i].type;
		end->protocol = notations[i].protocol;
		if (notations[i].has_path)
			end->path = address;
		if (notations[i].is_network)
			split_address(address, end);
		if (!strcmp(end->type, "tcp") || !strcmp(end->type, "unix"))
			end->mode = is_server(options) ? "bind" : "connect";
		return;
	}
	if (gvnp_slice_starts(address, "/")) { /* -serial /dev/ttyS0 */
		end->type = "dev";
		end->path = address;
	}
}

void gvnp_domain_argument_legacy_chardev(const struct gvnp_domain_argument *argument,
					 const char *device)
{
	static const char *const plain[] = { "null", "pty", "stdio", "vc", "msmouse", "braille" };
	struct end end = { .device = device,
			   .name = "",
			   .type = "other",
			   .mode = "",
			   .protocol = "",
			   .tls = "",
			   .path = { "", 0 } };
	struct gvnp_slice value = argument->option->value;

	if (gvnp_slice_starts(value, "mon:")) { /* shared with a monitor */
		value.text += strlen("mon:");
		value.size -= strlen("mon:");
	}
	/* the row of a chardev:ID is the one of its -chardev */
	if (gvnp_slice_is(value, "none") || gvnp_slice_starts(value, "chardev:"))
		return;
	read_notation(value, &end);
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (gvnp_slice_is(value, plain[i]))
			end.type = plain[i];
	insert_end(argument->domain, &end);
}

/* What uses the character device of that id among the arguments. */
static const char *user_of(const struct gvnp_qemu_command *command, const char *id)
{
	static const char *const direct[][2] = {
		{ "serial", "serial" }, { "parallel", "parallel" },  { "monitor", "monitor" },
		{ "qmp", "monitor" },	{ "qmp-pretty", "monitor" }, { "gdb", "monitor" }
	};
	_cleanup_free_ char *reference = gvnp_format("chardev:%s", id);

	for (size_t i = 0; i < command->n; i++) {
		const struct gvnp_qemu_option *option = &command->options[i];

		for (size_t k = 0; k < sizeof direct / sizeof *direct; k++)
			if (gvnp_slice_is(option->name, direct[k][0]) &&
			    gvnp_slice_is(option->value, reference))
				return direct[k][1];
		if (strcmp(gvnp_domain_argument_get(option, "chardev"), id))
			continue;
		if (gvnp_slice_is(option->name, "mon"))
			return "monitor";
		if (gvnp_slice_is(option->name, "device"))
			return gvnp_qemu_model_kind(gvnp_domain_argument_get(option, "driver"));
	}
	return "chardev";
}

/* Names QEMU has for what libvirt calls otherwise. */
static const char *type_of(const char *backend)
{
	static const char *const names[][2] = {
		{ "serial", "dev" }, { "tty", "dev" }, { "parallel", "dev" }, { "parport", "dev" }
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(names[i][0], backend))
			return names[i][1];
	return backend;
}

/* A property under its name in a list, or under its name in JSON. */
static const char *either(const struct gvnp_qemu_option *option, const char *plain,
			  const char *json)
{
	const char *value = gvnp_domain_argument_get(option, plain);

	return value[0] ? value : gvnp_domain_argument_get(option, json);
}

static void read_socket(const struct gvnp_qemu_option *option, struct end *end)
{
	bool is_network = !end->path.size;
	/* in JSON a socket listens unless it says otherwise (qapi/char.json) */
	bool is_json = gvnp_domain_argument_get(option, "backend.type")[0];
	bool is_bound = is_json ? strcmp(gvnp_domain_argument_get(option, "backend.data.server"),
					 "off") != 0
				: gvnp_domain_argument_is_on(option, "server");

	end->type = is_network ? "tcp" : "unix";
	if (gvnp_domain_argument_get(option, "fd")[0])
		end->type = "fd";
	end->mode = is_bound ? "bind" : "connect";
	end->protocol = gvnp_domain_argument_is_on(option, "telnet")	  ? "telnet"
			: gvnp_domain_argument_is_on(option, "tn3270")	  ? "tn3270"
			: gvnp_domain_argument_is_on(option, "websocket") ? "websocket"
			: is_network					  ? "raw"
									  : "";
	if (is_network)
		end->tls = gvnp_domain_argument_get(option, "tls-creds")[0] ? "yes" : "no";
}

void gvnp_domain_argument_chardev(const struct gvnp_domain_argument *argument)
{
	const struct gvnp_qemu_option *option = argument->option;
	const char *backend = either(option, "backend", "backend.type");
	const char *id = gvnp_domain_argument_get(option, "id");
	struct end end = {
		.device = user_of(argument->command, id),
		.name = id,
		.type = type_of(backend),
		.mode = "",
		.protocol = "",
		.tls = "",
		.host = gvnp_slice(either(option, "host", "backend.data.addr.data.host")),
		.service = gvnp_slice(either(option, "port", "backend.data.addr.data.port")),
		.path = gvnp_slice(either(option, "path", "backend.data.addr.data.path")),
	};

	if (!strcmp(backend, "socket"))
		read_socket(option, &end);
	if (!strcmp(backend, "spicevmc") || !strcmp(backend, "spiceport"))
		end.path = gvnp_slice(gvnp_domain_argument_get(option, "name"));
	insert_end(argument->domain, &end);
}
