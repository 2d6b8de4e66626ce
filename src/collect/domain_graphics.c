/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphical consoles of a domain: a row for each address one listens on. A console that names no
 * address gets the one of qemu.conf when the domain starts; when that is not known either, it does
 * not count as loopback.
 */
#include "collect/domain.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/memory.h"

bool gvnp_domain_is_loopback(const char *address)
{
	struct in_addr ipv4;
	struct in6_addr ipv6;

	if (inet_pton(AF_INET, address, &ipv4) == 1)
		return (ntohl(ipv4.s_addr) >> 24) == 127;
	if (inet_pton(AF_INET6, address, &ipv6) == 1)
		return IN6_IS_ADDR_LOOPBACK(&ipv6) ||
		       (IN6_IS_ADDR_V4MAPPED(&ipv6) && ipv6.s6_addr[12] == 127);
	return !strcmp(address, "localhost");
}

static const char *default_address(const struct gvnp_domain *domain, const char *type)
{
	const char *address = !strcmp(type, "vnc")     ? domain->vnc_listen
			      : !strcmp(type, "spice") ? domain->spice_listen
						       : NULL;

	return address ? address : "";
}

/* sdl, egl-headless and a D-Bus display without a network address do not leave the machine. */
static bool is_local_display(const struct gvnp_xml_node *graphics)
{
	const char *type = gvnp_xml_get(graphics, "type");

	if (!strcmp(type, "dbus"))
		return !gvnp_text_starts(gvnp_xml_get(graphics, "address"), "tcp:");
	return !strcmp(type, "sdl") || !strcmp(type, "egl-headless");
}

static void insert_listen(const struct gvnp_domain *domain, const struct gvnp_xml_node *graphics,
			  const char *listen_type, const char *address)
{
	const char *type = gvnp_xml_get(graphics, "type");
	const char *mode = gvnp_xml_get(graphics, "defaultMode");
	bool is_local = is_local_display(graphics) || !strcmp(listen_type, "socket") ||
			!strcmp(listen_type, "none");

	if (!is_local && !address[0] && strcmp(listen_type, "network"))
		address = default_address(domain, type);
	if (!mode[0] && !strcmp(type, "spice"))
		mode = "any";
	gvnp_insert(domain->facts, "domain_graphics", gvnp_text("domain", domain->uuid),
		    gvnp_text("type", type), gvnp_text("listen_type", listen_type),
		    gvnp_text("address", address),
		    gvnp_integer("port", gvnp_xml_integer(graphics, "port", -1)),
		    gvnp_integer("tls_port", gvnp_xml_integer(graphics, "tlsPort", -1)),
		    gvnp_integer("websocket", gvnp_xml_integer(graphics, "websocket", -1)),
		    gvnp_text("default_mode", mode),
		    gvnp_integer("is_loopback", is_local || gvnp_domain_is_loopback(address)));
}

static void insert_graphics(const struct gvnp_domain *domain, const struct gvnp_xml_node *graphics)
{
	const char *socket = gvnp_xml_get(graphics, "socket");

	if (gvnp_xml_child(graphics, "listen")) {
		gvnp_xml_each (listen, graphics, "listen")
			insert_listen(domain, graphics, gvnp_xml_get(listen, "type"),
				      gvnp_xml_get(listen, gvnp_xml_has(listen, "socket")
								   ? "socket"
								   : "address"));
	} else if (socket[0]) { /* written this way before libvirt 2.0 */
		insert_listen(domain, graphics, "socket", socket);
	} else {
		insert_listen(
			domain, graphics, is_local_display(graphics) ? "" : "address",
			gvnp_xml_get(graphics, is_local_display(graphics) ? "address" : "listen"));
	}
}

void gvnp_domain_graphics(const struct gvnp_domain *domain)
{
	gvnp_xml_each (graphics, domain->devices, "graphics")
		insert_graphics(domain, graphics);
}
