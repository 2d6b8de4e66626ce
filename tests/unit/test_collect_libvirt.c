/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_host.h"

#define LIBVIRT(path_, data_)                                                                      \
	{                                                                                          \
		.operation = GVNP_LIBVIRT, .path = (path_), .data = (data_)                        \
	}
#define NET "b0d54f84-4141-4320-80d0-588abe9fa713"
#define NET2 "c0d54f84-4141-4320-80d0-588abe9fa713"

static char *read_sample(const char *name)
{
	_cleanup_free_ char *path = gvnp_format(GVNP_TEST_DATA "/libvirt/%s", name);
	struct gvnp_buffer text = { 0 };
	char chunk[4096];
	FILE *file = fopen(path, "re");

	if (!file)
		fail_msg("%s is missing", path);
	for (size_t n; (n = fread(chunk, 1, sizeof chunk, file));)
		gvnp_buffer_append(&text, chunk, n);
	fclose(file);
	return gvnp_buffer_take(&text);
}

static void the_connection_and_its_capabilities_are_read(void **state)
{
	_cleanup_free_ char *capabilities = read_sample("capabilities.xml");
	const struct fake_file files[] = {
		LIBVIRT("uri", "qemu:///system"),
		LIBVIRT("type", "QEMU"),
		LIBVIRT("version", "libvirt-daemon 9000000\nhypervisor 7002022\nclient 9000000\n"),
		LIBVIRT("capabilities", capabilities),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_libvirt);
	assert_rows(&host, "SELECT uri, driver, version, hypervisor_version FROM libvirt",
		    "qemu:///system|QEMU|9000000|7002022\n");
	assert_rows(&host, "SELECT model, baselabel FROM libvirt_secmodel ORDER BY model",
		    "dac|+64055:+64055\nnone|\n");
	assert_rows(&host,
		    "SELECT name, architecture, is_deprecated FROM libvirt_machine WHERE name IN"
		    " ('pc-i440fx-1.5', 'pc-q35-7.2') ORDER BY 1, 2",
		    "pc-i440fx-1.5|i686|1\npc-i440fx-1.5|x86_64|1\npc-q35-7.2|i686|0\n"
		    "pc-q35-7.2|x86_64|0\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void machines_listed_twice_are_one(void **state)
{
	static const struct fake_file files[] = {
		LIBVIRT("uri", "qemu:///system"),
		LIBVIRT("type", "QEMU"),
		REFUSED(GVNP_LIBVIRT, "version", GVNP_TIMED_OUT),
		LIBVIRT("capabilities",
			"<capabilities><host/><guest><arch name='x86_64'><machine>a</machine>"
			"<machine deprecated='yes'>a</machine></arch></guest></capabilities>"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_libvirt);
	assert_rows(&host, "SELECT * FROM libvirt_machine", "a|x86_64|1\n");
	assert_rows(&host, "SELECT version FROM libvirt", "NULL\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void without_libvirt_there_is_no_connection(void **state)
{
	static const struct fake_file files[] = {
		REFUSED(GVNP_LIBVIRT, "uri", GVNP_LIBVIRT_ASLEEP),
		REFUSED(GVNP_LIBVIRT, "type", GVNP_LIBVIRT_ASLEEP),
		REFUSED(GVNP_LIBVIRT, "version", GVNP_LIBVIRT_ASLEEP),
		REFUSED(GVNP_LIBVIRT, "capabilities", GVNP_LIBVIRT_ASLEEP),
		REFUSED(GVNP_LIBVIRT, "networks", GVNP_LIBVIRT_ASLEEP),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_libvirt);
	fake_collect(&host, &gvnp_collector_network);
	assert_rows(&host, "SELECT count(*) FROM libvirt", "0\n");
	assert_rows(&host, "SELECT DISTINCT table_name FROM hole ORDER BY 1",
		    "libvirt\nlibvirt_machine\nlibvirt_secmodel\nnetwork\n");
	assert_false(gvnp_facts_is_collected(host.facts, "libvirt"));
	assert_false(gvnp_facts_is_collected(host.facts, "libvirt_secmodel"));
	assert_false(gvnp_facts_is_collected(host.facts, "network"));
}

static void networks_are_read(void **state)
{
	static const struct fake_file files[] = {
		LIBVIRT("networks", NET " 1 1 0 my net\n" NET2 " 0 1 1 other\n"),
		LIBVIRT("network/" NET "/xml",
			"<network trustGuestRxFilters='yes'><name>my net</name><forward/>"
			"<bridge name='virbr0'/></network>"),
		{ .operation = GVNP_LIBVIRT,
		  .path = "network/" NET2 "/xml",
		  .error = GVNP_LIBVIRT_ERROR,
		  .data = "Network not found: no network" },
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_network);
	assert_rows(&host,
		    "SELECT name, is_active, is_autostarted, forward, bridge, trusts_guest_filters"
		    " FROM network ORDER BY name",
		    "my net|1|0|nat|virbr0|1\nother|0|1|NULL|NULL|NULL\n");
	assert_rows(&host, "SELECT object FROM hole", NET2 "\n");
	assert_true(gvnp_facts_is_collected(host.facts, "network"));
}

#define SOCKET(path_, mode_)                                                                       \
	{                                                                                          \
		.operation = GVNP_STAT, .path = (path_), .type = GVNP_TYPE_SOCKET, .mode = (mode_) \
	}
static const struct fake_file sockets[] = {
	LIST("/run/libvirt", "common/\nlibvirt-admin-sock=\nlibvirt-sock=\nlibvirt-sock-ro=\n"
			     "other.sock=\nvirtlogd-sock=\nvirtqemud-sock=\nvirtqemud-sock.lock\n"),
	SOCKET("/run/libvirt/libvirt-admin-sock", 0700),
	SOCKET("/run/libvirt/libvirt-sock", 0777),
	SOCKET("/run/libvirt/libvirt-sock-ro", 0777),
	SOCKET("/run/libvirt/virtlogd-sock", 0600),
	REFUSED(GVNP_STAT, "/run/libvirt/virtqemud-sock", EACCES),
};

static void sockets_are_sorted_by_what_they_allow(void **state)
{
	FAKE_HOST(host, sockets);

	(void)state;
	fake_collect(&host, &gvnp_collector_libvirt_socket);
	/* who listens is not known before the processes were looked at */
	assert_rows(&host, "SELECT path, kind, mode, daemon FROM libvirt_socket ORDER BY path",
		    "/run/libvirt/libvirt-admin-sock|admin|448|NULL\n"
		    "/run/libvirt/libvirt-sock|read-write|511|NULL\n"
		    "/run/libvirt/libvirt-sock-ro|read-only|511|NULL\n"
		    "/run/libvirt/virtlogd-sock|internal|384|NULL\n");
	assert_rows(&host, "SELECT object FROM hole", "/run/libvirt/virtqemud-sock\n");
}

static void a_socket_names_the_process_that_listens(void **state)
{
	FAKE_HOST(host, sockets);

	(void)state;
	host.facts = gvnp_facts_new();
	gvnp_insert(host.facts, "unix_listener", gvnp_integer("id", 1),
		    gvnp_text("path", "/var/run/libvirt/libvirt-sock"), gvnp_integer("pid", 7),
		    gvnp_text("process", "libvirtd"));
	gvnp_facts_collected(host.facts, "unix_listener");
	fake_collect(&host, &gvnp_collector_libvirt_socket);
	assert_rows(&host,
		    "SELECT path, daemon FROM libvirt_socket WHERE kind = 'read-write'"
		    " OR kind = 'admin' ORDER BY path",
		    "/run/libvirt/libvirt-admin-sock|\n/run/libvirt/libvirt-sock|libvirtd\n");
}

static void a_host_without_the_folder_has_no_sockets(void **state)
{
	static const struct fake_file files[] = { REFUSED(GVNP_LIST, "/run/libvirt", ENOENT) };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_libvirt_socket);
	assert_rows(&host, "SELECT * FROM hole", "");
	assert_true(gvnp_facts_is_collected(host.facts, "libvirt_socket"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_connection_and_its_capabilities_are_read),
		cmocka_unit_test(machines_listed_twice_are_one),
		cmocka_unit_test(without_libvirt_there_is_no_connection),
		cmocka_unit_test(networks_are_read),
		cmocka_unit_test(sockets_are_sorted_by_what_they_allow),
		cmocka_unit_test(a_socket_names_the_process_that_listens),
		cmocka_unit_test(a_host_without_the_folder_has_no_sockets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
