/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gvnp-audit-libvirt: the one program that is linked with libvirt. It connects read-only, says on
 * standard output everything the source offers of libvirt (gvnp/source.h, GVNP_LIBVIRT) as frames,
 * ends with the end marker and exits. It may hang at any call into libvirt: whoever started it
 * kills it. It never asks for a password, never asks for secrets in XML, and starts no daemon.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "privilege/lock.h"
#include "source/libvirt_domains.h"
#include "source/libvirt_push.h"

static void connectionp(virConnectPtr *connection)
{
	if (*connection)
		virConnectClose(*connection);
}

static void ignore_error(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

/* A line is left out when its number cannot be had: a host without an emulator has no hypervisor
 * version, and the others are still worth knowing. */
static void push_version(struct gvnp_push *push, virConnectPtr connection, bool with_hypervisor)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	unsigned long version;

	if (!virConnectGetLibVersion(connection, &version))
		gvnp_buffer_append_format(&text, "libvirt-daemon %lu\n", version);
	if (with_hypervisor && !virConnectGetVersion(connection, &version) && version)
		gvnp_buffer_append_format(&text, "hypervisor %lu\n", version);
	if (!virGetVersion(&version, NULL, NULL))
		gvnp_buffer_append_format(&text, "client %lu\n", version);
	gvnp_push_text(push, "version", gvnp_buffer_text(&text));
}

static void push_identity(struct gvnp_push *push, virConnectPtr connection)
{
	_cleanup_free_ char *uri = virConnectGetURI(connection);

	gvnp_push_text(push, "uri", uri);
	gvnp_push_text(push, "type", virConnectGetType(connection));
	push_version(push, connection, false);
}

/* A daemon that has just started runs every emulator it finds before it answers this, which takes
 * seconds. So it is asked last, and the version that then also names the hypervisor counts. */
static void push_abilities(struct gvnp_push *push, virConnectPtr connection)
{
	gvnp_push_flush(push);
	push_version(push, connection, true);
	_cleanup_free_ char *capabilities = virConnectGetCapabilities(connection);
	gvnp_push_text(push, "capabilities", capabilities);
}

static void push_network(struct gvnp_push *push, virNetworkPtr network, struct gvnp_buffer *lines)
{
	char uuid[VIR_UUID_STRING_BUFLEN] = "", path[64];
	int autostart = 0;

	if (virNetworkGetUUIDString(network, uuid) < 0)
		return;
	virNetworkGetAutostart(network, &autostart);
	gvnp_buffer_append_format(lines, "%s %d %d %d ", uuid, virNetworkIsActive(network) == 1,
				  virNetworkIsPersistent(network) == 1, autostart == 1);
	gvnp_push_append_name(lines, virNetworkGetName(network));
	_cleanup_free_ char *xml = virNetworkGetXMLDesc(network, 0);
	snprintf(path, sizeof path, "network/%s/xml", uuid);
	gvnp_push_text(push, path, xml);
}

static void push_networks(struct gvnp_push *push, virConnectPtr connection)
{
	_cleanup_buffer_ struct gvnp_buffer lines = { 0 };
	virNetworkPtr *networks = NULL;

	int n = virConnectListAllNetworks(connection, &networks, 0);
	if (n < 0) {
		gvnp_push_text(push, "networks", NULL);
		return;
	}
	for (int i = 0; i < n; i++) {
		push_network(push, networks[i], &lines);
		virNetworkFree(networks[i]);
	}
	free(networks);
	gvnp_push_text(push, "networks", gvnp_buffer_text(&lines));
}

int main(int argc, char **argv)
{
	struct gvnp_push push = { .fd = STDOUT_FILENO };
	bool has_networks = argc == 2, is_held = argc == 3 && !strcmp(argv[2], "--hold");

	if (argc < 2 || argc > 3 ||
	    (argc == 3 && !is_held && strcmp(argv[2], "--without-networks"))) {
		fputs("usage: gvnp-audit-libvirt URI [--without-networks | --hold]\n"
		      "Started by gvnp-audit; writes frames to standard output.\n",
		      stderr);
		return 2;
	}
	if (!gvnp_lock_libvirt_program())
		return GVNP_LOCK_FAILED;
	if (is_held)
		gvnp_lock_hold();
	signal(SIGPIPE, SIG_IGN); /* nobody reads any more: seen at the next write */
	virSetErrorFunc(NULL, ignore_error);
	_cleanup_(connectionp) virConnectPtr connection = virConnectOpenReadOnly(argv[1]);
	if (!connection) {
		gvnp_push_end(&push, GVNP_LIBVIRT_ERROR, gvnp_push_libvirt_message());
		return 0;
	}
	push_identity(&push, connection);
	gvnp_libvirt_push_domains(&push, connection);
	if (has_networks)
		push_networks(&push, connection);
	else
		gvnp_push_error(&push, "networks", GVNP_LIBVIRT_ASLEEP,
				"virtnetworkd is not running; asking would start it");
	push_abilities(&push, connection);
	gvnp_push_end(&push, 0, "");
	return 0;
}
