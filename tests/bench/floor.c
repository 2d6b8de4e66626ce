/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor of every budget: linked with the same libraries as the audit, reads the same sources,
 * fetches the same XML and parses it with libxml2. Nothing else: no facts, no checks, no report.
 *   floor REQUESTS URI [REPEAT]
 * REQUESTS is what `gvnp-audit query "SELECT source FROM observation"` printed: an operation and a
 * path a line. Prints the bytes it saw.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>
#include <libaudit.h>
#include <libtasn1.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <libxml/parser.h>
#include <nettle/version.h>
#include <seccomp.h>
#include <sqlite3.h>
#include <sys/capability.h>
#include <yaml.h>
#include <zlib.h>

static size_t seen;

static void read_file(const char *path)
{
	static char bytes[1 << 16];
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return;
	struct stat status;
	if (!fstat(fd, &status) && S_ISREG(status.st_mode))
		for (ssize_t got; (got = read(fd, bytes, sizeof bytes)) > 0;)
			seen += (size_t)got;
	close(fd);
}

static void list_folder(const char *path)
{
	char target[4096], whole[8192];
	DIR *folder = opendir(path);

	if (!folder)
		return;
	for (struct dirent *entry; (entry = readdir(folder));) {
		seen += strlen(entry->d_name);
		if (entry->d_type != DT_LNK)
			continue;
		snprintf(whole, sizeof whole, "%s/%s", path, entry->d_name);
		ssize_t size = readlink(whole, target, sizeof target);
		if (size > 0)
			seen += (size_t)size;
	}
	closedir(folder);
}

/* "OFFSET+SIZE:/path" */
static void read_range(char *text)
{
	static char bytes[1 << 18];
	char *end;
	unsigned long long offset = strtoull(text, &end, 10);
	size_t size = *end == '+' ? strtoul(end + 1, &end, 10) : 0;
	int fd = *end == ':' ? open(end + 1, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;

	if (fd < 0)
		return;
	ssize_t got = pread(fd, bytes, size < sizeof bytes ? size : sizeof bytes, (off_t)offset);
	if (got > 0)
		seen += (size_t)got;
	close(fd);
}

static void repeat_request(const char *operation, char *path)
{
	char target[4096];
	struct stat status;

	if (!strcmp(operation, "read"))
		read_file(path);
	else if (!strcmp(operation, "list"))
		list_folder(path);
	else if (!strcmp(operation, "link"))
		seen += readlink(path, target, sizeof target) > 0;
	else if (!strcmp(operation, "stat"))
		seen += !stat(path, &status);
	else if (!strcmp(operation, "range"))
		read_range(path);
}

static void repeat_requests(const char *file)
{
	FILE *list = fopen(file, "re");
	char line[8192];

	if (!list)
		exit(2);
	while (fgets(line, sizeof line, list)) {
		line[strcspn(line, "\n")] = '\0';
		char *path = strchr(line, ' ');
		if (!path)
			continue;
		*path++ = '\0';
		for (size_t size = strlen(path); size && path[size - 1] == ' ';)
			path[--size] = '\0';
		repeat_request(line, path);
	}
	fclose(list);
}

static void silent(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

static void parse(char *xml)
{
	if (!xml)
		return;
	size_t size = strlen(xml);
	xmlDocPtr document =
		xmlReadMemory(xml, (int)size, "domain.xml", NULL,
			      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	seen += size;
	xmlFreeDoc(document);
	free(xml);
}

static void ask_networks(virConnectPtr connection)
{
	virNetworkPtr *networks = NULL;
	int n = virConnectListAllNetworks(connection, &networks, 0);

	for (int i = 0; i < n; i++) {
		parse(virNetworkGetXMLDesc(networks[i], 0));
		virNetworkFree(networks[i]);
	}
	free(networks);
}

static void ask_messages(virDomainPtr domain)
{
	char **messages = NULL;
	int n = virDomainGetMessages(domain, &messages, 0);

	for (int i = 0; i < n; i++)
		free(messages[i]);
	free(messages);
}

static void ask_libvirt(const char *uri)
{
	virDomainPtr *domains = NULL;

	virSetErrorFunc(NULL, silent);
	virConnectPtr connection = virConnectOpenReadOnly(uri);
	if (!connection)
		return;
	free(virConnectGetCapabilities(connection));
	int n = virConnectListAllDomains(connection, &domains, 0);
	for (int i = 0; i < n; i++) {
		parse(virDomainGetXMLDesc(domains[i], 0));
		if (virDomainIsActive(domains[i]) == 1 && virDomainIsPersistent(domains[i]) == 1)
			parse(virDomainGetXMLDesc(domains[i], VIR_DOMAIN_XML_INACTIVE));
		ask_messages(domains[i]);
		virDomainFree(domains[i]);
	}
	free(domains);
	ask_networks(connection);
	virConnectClose(connection);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	/* Keeps the linker from dropping a library the audit links. */
	seen += strlen(sqlite3_libversion()) + strlen(jansson_version_str()) +
		strlen(yaml_get_version_string()) + strlen(zlibVersion()) +
		(size_t)nettle_version_major() + strlen(asn1_check_version(NULL)) +
		seccomp_version()->major + (size_t)cap_max_bits() + !audit_errno_to_name(1);
	repeat_requests(argv[1]);
	if (strcmp(argv[2], "none") != 0)
		ask_libvirt(argv[2]);
	printf("%zu\n", seen);
	return 0;
}
