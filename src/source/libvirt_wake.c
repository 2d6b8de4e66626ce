/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connecting to a socket that systemd holds starts the daemon behind it: the host would not be in
 * the state it was in. So before anything connects, this looks whether the daemon runs. Which
 * socket the client library would take: the one of the driver's own daemon if it exists, else
 * libvirtd's (libvirt, docs/daemons.rst, "Operating modes").
 */
#include "source/libvirt_wake.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "gvnp/source.h"

enum { SOCKET_TABLE_LIMIT = 64 * 1024 * 1024, DRIVER_LIMIT = 32 };

struct uri {
	char driver[DRIVER_LIMIT]; /* "qemu" */
	struct gvnp_slice path;	   /* "/system" */
	struct gvnp_slice query;
};

static void closedirp(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

/* Why the URI is not used, or NULL. */
static const char *parse_uri(const char *text, struct uri *ret)
{
	const char *separator = strstr(text, "://");
	struct gvnp_slice driver, transport, rest;

	if (!separator)
		return "not a URI of the form DRIVER:///PATH";
	driver = (struct gvnp_slice){ text, (size_t)(separator - text) };
	rest = gvnp_slice(separator + 3);
	if (!gvnp_slice_starts(rest, "/"))
		return "names another host, and only this host is audited";
	if (gvnp_slice_split(driver, '+', &driver, &transport) && !gvnp_slice_is(transport, "unix"))
		return "has a transport, and only local sockets are used";
	if (!driver.size || driver.size >= sizeof ret->driver)
		return "not a URI of the form DRIVER:///PATH";
	for (size_t i = 0; i < driver.size; i++)
		if (driver.text[i] < 'a' || driver.text[i] > 'z')
			return "not a URI of the form DRIVER:///PATH";
	*ret = (struct uri){ .path = rest };
	memcpy(ret->driver, driver.text, driver.size);
	gvnp_slice_split(rest, '?', &ret->path, &ret->query);
	if (gvnp_slice_is(ret->path, "/embed"))
		return "starts a driver in the asking process, which would act on the host";
	return NULL;
}

static bool has_comm(const char *pid, const char *name)
{
	_cleanup_free_ char *path = gvnp_format("/proc/%s/comm", pid);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char comm[32];

	ssize_t size = fd < 0 ? -1 : read(fd, comm, sizeof comm);
	if (size <= 0)
		return false;
	return gvnp_slice_is(gvnp_slice_trim((struct gvnp_slice){ comm, (size_t)size }), name);
}

/* A daemon in a container has a socket of the same name, which is another file. Where we may not
 * look, the process counts: asking then is what the user asked for. */
static bool sees_socket(const char *pid, const char *socket)
{
	_cleanup_free_ char *path = gvnp_format("/proc/%s/root%s", pid, socket);
	struct stat ours, theirs;

	if (stat(socket, &ours) < 0)
		return false;
	if (stat(path, &theirs) < 0)
		return errno != ENOENT;
	return ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

/* The daemon's own pid file spares the walk over all processes where it is right. */
static bool has_pid_file(const char *name, const char *socket)
{
	_cleanup_free_ char *path = gvnp_format("/run/%s.pid", name);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char text[32];
	uint64_t pid;

	ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (size <= 0)
		return false;
	struct gvnp_slice digits = gvnp_slice_trim((struct gvnp_slice){ text, (size_t)size });
	if (!gvnp_slice_unsigned(digits, 10, &pid))
		return false;
	_cleanup_free_ char *number = gvnp_slice_copy(digits);
	return has_comm(number, name) && sees_socket(number, socket);
}

/* A process of this name runs and sees our socket. */
static bool is_running(const char *name, const char *socket)
{
	uint64_t pid;

	if (has_pid_file(name, socket))
		return true;
	_cleanup_(closedirp) DIR *processes = opendir("/proc");
	for (struct dirent *entry; processes && (entry = readdir(processes));)
		if (gvnp_parse_unsigned(entry->d_name, 10, &pid) && has_comm(entry->d_name, name) &&
		    sees_socket(entry->d_name, socket))
			return true;
	return false;
}

static char *socket_path(const char *daemon)
{
	return gvnp_format("/run/libvirt/%s-sock-ro", daemon);
}

static bool exists(const char *path)
{
	struct stat status;

	return !stat(path, &status);
}

/* In /proc/net/unix: "Num RefCount Protocol Flags Type St Inode Path"; Flags 00010000 listens. */
static bool is_listening_line(struct gvnp_slice line, const char *path)
{
	struct gvnp_slice field, flags = { "", 0 };

	for (int i = 0; i < 7; i++) {
		if (!gvnp_slice_word(&line, &field))
			return false;
		if (i == 3)
			flags = field;
	}
	line = gvnp_slice_trim(line);
	if (gvnp_slice_starts(line, "/var/run/"))
		line = (struct gvnp_slice){ line.text + 4, line.size - 4 };
	return gvnp_slice_is(flags, "00010000") && gvnp_slice_is(line, path);
}

static bool is_listening(const char *path)
{
	_cleanup_close_ int fd = open("/proc/self/net/unix", O_RDONLY | O_CLOEXEC);
	_cleanup_buffer_ struct gvnp_buffer table = { 0 };
	char bytes[64 * 1024];
	ssize_t size;

	while (fd >= 0 && (size = read(fd, bytes, sizeof bytes)) > 0 &&
	       table.size < SOCKET_TABLE_LIMIT)
		gvnp_buffer_append(&table, bytes, (size_t)size);
	struct gvnp_slice rest = { gvnp_buffer_text(&table), table.size }, line;
	while (gvnp_slice_next(&rest, '\n', &line))
		if (is_listening_line(line, path))
			return true;
	return false;
}

static void check_sockets(const char *driver, struct gvnp_libvirt_wake *ret)
{
	_cleanup_free_ char *own = gvnp_format("virt%sd", driver);
	_cleanup_free_ char *own_socket = socket_path(own);
	_cleanup_free_ char *shared_socket = socket_path("libvirt"); /* libvirtd or virtproxyd */
	_cleanup_free_ char *network_socket = socket_path("virtnetworkd");
	bool is_modular = exists(own_socket);
	const char *socket = is_modular ? own_socket : shared_socket;

	if (!exists(socket)) {
		ret->error = GVNP_LIBVIRT_ABSENT;
		ret->problem = gvnp_format("no libvirt daemon: there is no %s", socket);
		return;
	}
	bool is_one_for_all = !is_modular && is_running("libvirtd", socket);
	if (is_one_for_all)
		return;
	bool is_awake = is_running(own, socket) && (is_modular || is_running("virtproxyd", socket));
	if (!is_awake && is_listening(socket)) {
		ret->error = GVNP_LIBVIRT_ASLEEP;
		ret->problem = gvnp_format("%s is held by the service manager and the daemon is "
					   "not running; asking would start it (--activate does)",
					   socket);
		return;
	}
	ret->is_network_asleep =
		exists(network_socket) && !is_running("virtnetworkd", network_socket);
}

const char *gvnp_libvirt_uri_refusal(const char *uri)
{
	struct uri parts;

	return parse_uri(uri, &parts);
}

void gvnp_libvirt_wake_check(const char *text, bool activate, struct gvnp_libvirt_wake *ret)
{
	struct uri uri;
	const char *refusal = parse_uri(text, &uri);

	*ret = (struct gvnp_libvirt_wake){ 0 };
	if (refusal) {
		ret->error = GVNP_LIBVIRT_ERROR;
		ret->problem = gvnp_format("%s: %s", text, refusal);
		return;
	}
	/* The test driver lives in the client; a session daemon is nobody's socket activation that
	 * we could see; a socket named by hand is what the user wants asked. */
	if (!strcmp(uri.driver, "test") || gvnp_slice_is(uri.path, "/session") ||
	    memmem(uri.query.text ? uri.query.text : "", uri.query.size, "socket=", 7))
		return;
	if (activate)
		return;
	check_sockets(uri.driver, ret);
}
