/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links, addresses, virtual functions, audit rules and the virtual switch. links, addresses,
 * audit-status and audit-rules are what a Linux 6.18 sent; ovsdb.db is what ovsdb-server 3.1.0
 * wrote, without its comments. Virtual functions and macvtap are built after linux/if_link.h, as
 * there was no such card.
 */
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "base/audit_rule.h"
#include "base/netlink.h"
#include "collect/ovsdb.h"
#include "fake_host.h"

static char *load(const char *name, size_t *ret_size)
{
	_cleanup_free_ char *path = gvnp_format(GVNP_TEST_DATA "/network/%s", name);
	char *bytes = gvnp_allocate(64 * 1024);
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	*ret_size = fread(bytes, 1, 64 * 1024 - 1, file);
	assert_true(*ret_size > 0);
	fclose(file);
	return bytes;
}

#define SYSTEM(path_, data_, size_)                                                                \
	{                                                                                          \
		.operation = GVNP_SYSTEM, .path = (path_), .data = (data_), .size = (size_)        \
	}

/* ---- links */

static void links_know_their_bridge_and_their_addresses(void **state)
{
	size_t n_links, n_addresses;
	_cleanup_free_ char *links = load("links", &n_links);
	_cleanup_free_ char *addresses = load("addresses", &n_addresses);
	const struct fake_file files[] = { SYSTEM("links", links, n_links),
					   SYSTEM("addresses", addresses, n_addresses) };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_link);
	assert_rows(&host,
		    "SELECT name, number, kind, master, port_kind, is_up, is_loopback, is_isolated"
		    "  FROM link ORDER BY number",
		    "lo|1||||1|1|0\nbr0|2|bridge|||1|0|0\nvnet0|3|tun|br0|bridge|0|0|1\n");
	assert_rows(&host, "SELECT link, address, prefix, scope FROM link_address ORDER BY 1, 2",
		    "br0|192.0.2.1|24|global\nlo|127.0.0.1|8|host\nlo|::1|128|host\n");
	assert_rows(&host, "SELECT * FROM virtual_function", "");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void every_cut_of_the_links_leaves_a_hole_or_fewer_links(void **state)
{
	size_t size;
	_cleanup_free_ char *links = load("links", &size);
	/* one database for all cuts: making one takes longer than all the rest */
	_cleanup_(gvnp_facts_freep) struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	for (size_t cut = 1; cut < size; cut += 7) {
		_cleanup_free_ char *part = gvnp_duplicate_sized(links, cut);
		const struct fake_file files[] = { SYSTEM("links", part, cut),
						   SYSTEM("addresses", "", 0) };
		FAKE_HOST(host, files);

		gvnp_facts_reset(facts);
		host.facts = facts;
		fake_collect(&host, &gvnp_collector_link);
		_cleanup_free_ char *n = fake_rows(&host, "SELECT count(*) FROM link");
		_cleanup_free_ char *holes =
			fake_rows(&host, "SELECT count(*) FROM hole WHERE table_name = 'link'");
		assert_true(strcmp(n, "3\n") || !strcmp(holes, "1\n"));
		assert_true(!strcmp(holes, "1\n") || cut % 4 == 0);
		host.facts = NULL;
	}
}

static void another_network_namespace_is_no_host_without_links(void **state)
{
	static const struct fake_file files[] = {
		REFUSED(GVNP_SYSTEM, "links", GVNP_NOT_HOST_VIEW),
		REFUSED(GVNP_SYSTEM, "addresses", GVNP_NOT_HOST_VIEW),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_link);
	assert_rows(&host, "SELECT DISTINCT table_name FROM hole ORDER BY 1",
		    "link\nlink_address\nvirtual_function\n");
}

/* ---- virtual functions */

static void put(struct gvnp_buffer *out, uint16_t type, const void *value, size_t size)
{
	struct nlattr header = { (uint16_t)(sizeof header + size), type };

	gvnp_buffer_append(out, &header, sizeof header);
	gvnp_buffer_append(out, value, size);
	while (out->size % NLA_ALIGNTO)
		gvnp_buffer_append(out, "", 1);
}

static void put_function(struct gvnp_buffer *out, uint32_t number, uint32_t spoof, uint32_t trust)
{
	_cleanup_buffer_ struct gvnp_buffer function = { 0 };
	struct ifla_vf_mac mac = { .vf = number, .mac = { 2, 0, 0, 0, 0, (unsigned char)number } };
	struct ifla_vf_vlan vlan = { .vf = number, .vlan = 7 * number };
	struct ifla_vf_spoofchk checks = { number, spoof };
	struct ifla_vf_link_state link_state = { number, IFLA_VF_LINK_STATE_AUTO };
	struct ifla_vf_trust trusted = { number, trust };

	put(&function, IFLA_VF_MAC, &mac, sizeof mac);
	put(&function, IFLA_VF_VLAN, &vlan, sizeof vlan);
	put(&function, IFLA_VF_SPOOFCHK, &checks, sizeof checks);
	put(&function, IFLA_VF_LINK_STATE, &link_state, sizeof link_state);
	if (trust != UINT32_MAX)
		put(&function, IFLA_VF_TRUST, &trusted, sizeof trusted);
	put(out, IFLA_VF_INFO | NLA_F_NESTED, function.data, function.size);
}

static void put_link(struct gvnp_buffer *out, const struct ifinfomsg *link,
		     const struct gvnp_buffer *attributes)
{
	struct nlmsghdr header = { .nlmsg_len = (uint32_t)(sizeof header + sizeof *link +
							   attributes->size),
				   .nlmsg_type = RTM_NEWLINK };

	gvnp_buffer_append(out, &header, sizeof header);
	gvnp_buffer_append(out, link, sizeof *link);
	gvnp_buffer_append(out, attributes->data, attributes->size);
}

static void a_setting_a_driver_does_not_report_is_unreadable(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer links = { 0 }, attributes = { 0 }, functions = { 0 };
	struct ifinfomsg link = { .ifi_index = 4, .ifi_flags = 1 };

	(void)state;
	put(&attributes, IFLA_IFNAME, "ens1f0", sizeof "ens1f0");
	put_function(&functions, 0, 1, 0);
	put_function(&functions, 1, 0, 1);
	put_function(&functions, 2, UINT32_MAX, UINT32_MAX);
	put(&attributes, IFLA_VFINFO_LIST | NLA_F_NESTED, functions.data, functions.size);
	put_link(&links, &link, &attributes);
	const struct fake_file files[] = {
		SYSTEM("links", links.data, links.size),
		SYSTEM("addresses", "", 0),
		LINK("/sys/class/net/ens1f0/device", "../../../0000:3b:00.0"),
		LIST("/sys/bus/pci/devices/0000:3b:00.0",
		     "virtfn0 -> ../0000:3b:02.0\nvirtfn1 -> ../0000:3b:02.1\nclass"),
	};
	FAKE_HOST(host, files);
	fake_collect(&host, &gvnp_collector_link);
	assert_rows(&host,
		    "SELECT name, address, mac, vlan, checks_spoofing, is_trusted, state"
		    "  FROM virtual_function ORDER BY number",
		    "ens1f0 vf 0|0000:3b:02.0|02:00:00:00:00:00|0|1|0|auto\n"
		    "ens1f0 vf 1|0000:3b:02.1|02:00:00:00:00:01|7|0|1|auto\n"
		    "ens1f0 vf 2|NULL|02:00:00:00:00:02|14|NULL|NULL|auto\n");
	assert_rows(&host, "SELECT column_name, object, problem FROM hole ORDER BY 1",
		    "address|ens1f0 vf 2|ens1f0 vf 2: no link virtfn2 in the folder of its device\n"
		    "checks_spoofing|ens1f0 vf 2|ens1f0 vf 2: the driver does not report "
		    "checks_spoofing\n"
		    "is_trusted|ens1f0 vf 2|ens1f0 vf 2: the driver does not report is_trusted\n");
}

static void macvtap_names_its_mode_and_what_it_lies_on(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer links = { 0 }, first = { 0 }, second = { 0 };
	_cleanup_buffer_ struct gvnp_buffer info = { 0 }, data = { 0 };
	struct ifinfomsg card = { .ifi_index = 9 }, tap = { .ifi_index = 3 };
	uint32_t mode = MACVLAN_MODE_BRIDGE, lower = 9;

	(void)state;
	put(&data, IFLA_MACVLAN_MODE, &mode, sizeof mode);
	put(&info, IFLA_INFO_KIND, "macvtap", sizeof "macvtap");
	put(&info, IFLA_INFO_DATA, data.data, data.size);
	put(&first, IFLA_IFNAME, "macvtap0", sizeof "macvtap0");
	put(&first, IFLA_LINK, &lower, sizeof lower);
	put(&first, IFLA_LINKINFO, info.data, info.size);
	put(&second, IFLA_IFNAME, "eno1", sizeof "eno1");
	put_link(&links, &tap, &first);
	put_link(&links, &card, &second);
	const struct fake_file files[] = { SYSTEM("links", links.data, links.size),
					   SYSTEM("addresses", "", 0) };
	FAKE_HOST(host, files);
	fake_collect(&host, &gvnp_collector_link);
	assert_rows(&host, "SELECT name, kind, lower, mode FROM link ORDER BY name",
		    "eno1|||\nmacvtap0|macvtap|eno1|bridge\n");
}

/* ---- audit */

static void rules_of_the_kernel_name_what_they_watch(void **state)
{
	size_t n_status, n_rules;
	_cleanup_free_ char *status = load("audit-status", &n_status);
	_cleanup_free_ char *rules = load("audit-rules", &n_rules);
	const struct fake_file files[] = { SYSTEM("audit-status", status, n_status),
					   SYSTEM("audit-rules", rules, n_rules) };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_audit);
	assert_rows(&host, "SELECT is_present, enabled, failure, pid, lost FROM audit",
		    "1|0|1|0|0\n");
	assert_rows(&host,
		    "SELECT list, is_recorded, path, is_tree, permissions, syscalls, bits, fields,"
		    "       key FROM audit_rule ORDER BY position",
		    "exit|1|/etc/libvirt|1|wa|all|0|3|virt-conf\n"
		    "exit|1||0||175,176,313|64|2|modules\n"
		    "exit|1|/usr/bin/qemu-system-x86_64|0|x|all|0|2|\n"
		    "exit|1|/var/lib/libvirt|1|wa|all|0|2|\n"
		    "exit|0|/etc/hosts|0||all|0|1|\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void who_may_not_ask_does_not_know_whether_audit_is_on(void **state)
{
	static const struct fake_file files[] = {
		REFUSED(GVNP_SYSTEM, "audit-status", EPERM),
		REFUSED(GVNP_SYSTEM, "audit-rules", EPERM),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_audit);
	assert_rows(&host, "SELECT is_present, enabled, pid FROM audit", "1|NULL|NULL\n");
	assert_rows(&host, "SELECT table_name, object FROM hole ORDER BY 1",
		    "audit|1\naudit_rule|\n");
}

static void a_kernel_without_audit_says_so(void **state)
{
	static const struct fake_file files[] = {
		REFUSED(GVNP_SYSTEM, "audit-status", EPROTONOSUPPORT),
		REFUSED(GVNP_SYSTEM, "audit-rules", EPROTONOSUPPORT),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_audit);
	assert_rows(&host, "SELECT is_present, enabled, pid FROM audit", "0|0|0\n");
	assert_rows(&host, "SELECT * FROM audit_rule", "");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void a_rule_that_lies_about_its_texts_is_refused(void **state)
{
	size_t size;
	_cleanup_free_ char *rules = load("audit-rules", &size);
	struct gvnp_slice rest = { rules, size };
	struct gvnp_netlink_message message;
	struct gvnp_audit_rule rule;

	(void)state;
	assert_true(gvnp_netlink_next(&rest, &message));
	assert_true(gvnp_audit_rule_parse(message.body, &rule));
	for (size_t cut = 0; cut < message.body.size - 3; cut++)
		assert_false(gvnp_audit_rule_parse((struct gvnp_slice){ message.body.text, cut },
						   &rule));
}

/* ---- the virtual switch */

static void the_database_is_replayed_with_its_differences(void **state)
{
	size_t size;
	_cleanup_free_ char *database = load("ovsdb.db", &size);
	const struct fake_file files[] = {
		{ .operation = GVNP_READ,
		  .path = "/etc/openvswitch/conf.db",
		  .data = database,
		  .size = size },
	};
	FAKE_HOST(host, files);

	(void)state;
	host.facts = gvnp_facts_new();
	gvnp_facts_collected(host.facts, "process");
	fake_collect(&host, &gvnp_collector_vswitch);
	assert_rows(&host,
		    "SELECT is_ovn, authority, takes_first_authority, socket_folder FROM vswitch",
		    "1|/var/lib/openvswitch/pki/controllerca/cacert.pem|0|vhost\n");
	assert_rows(&host,
		    "SELECT kind, bridge, target, transport, address, is_loopback"
		    "  FROM vswitch_remote ORDER BY kind",
		    "controller|br-ex|tcp:198.51.100.4:6653|tcp|198.51.100.4|0\n"
		    "manager||ptcp:6640|ptcp||0\n"
		    "ovn||tcp:192.0.2.9:6642|tcp|192.0.2.9|0\n");
	assert_rows(&host, "SELECT name, fail_mode FROM vswitch_bridge ORDER BY 1",
		    "br-ex|\nbr-int|secure\n");
	assert_rows(&host, "SELECT name, bridge, tag, trunks FROM vswitch_port ORDER BY 1",
		    "br-ex|br-ex|-1|\nbr-int|br-int|-1|\ntap9|br-ex|-1|20\nvhu1|br-int|7|\n");
	assert_rows(
		&host,
		"SELECT name, port, type, socket FROM vswitch_interface WHERE type <> 'internal'"
		" ORDER BY 1",
		"tap9|tap9||\n"
		"vhu1|vhu1|dpdkvhostuserclient|/var/lib/vhost_sockets/vhu1\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void a_database_of_another_kind_is_a_gap(void **state)
{
	static const struct fake_file files[] = {
		READ("/etc/openvswitch/conf.db", "OVSDB CLUSTER 12 00\n{\"name\":\"x\"}\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	host.facts = gvnp_facts_new();
	gvnp_facts_collected(host.facts, "process");
	fake_collect(&host, &gvnp_collector_vswitch);
	assert_rows(&host, "SELECT count(*) FROM hole WHERE problem LIKE '%clustered%'", "5\n");
}

static void a_server_says_by_its_arguments_where_it_listens(void **state)
{
	static const char arguments[] = "ovsdb-server\0/srv/other.db\0--remote=ptcp:6640:[::1]\0"
					"--remote=punix:/run/openvswitch/db.sock\0"
					"--remote=db:Open_vSwitch,Open_vSwitch,manager_options";
	static const struct fake_file files[] = {
		{ .operation = GVNP_READ,
		  .path = "/proc/77/cmdline",
		  .data = arguments,
		  .size = sizeof arguments },
	};
	FAKE_HOST(host, files);

	(void)state;
	host.facts = gvnp_facts_new();
	gvnp_insert(host.facts, "process", gvnp_integer("pid", 77), gvnp_integer("parent", 1),
		    gvnp_text("name", "ovsdb-server"), gvnp_integer("uid", 0),
		    gvnp_integer("started", 1), gvnp_text("exe", ""));
	gvnp_facts_collected(host.facts, "process");
	fake_collect(&host, &gvnp_collector_vswitch);
	assert_rows(&host, "SELECT transport, address, is_loopback FROM vswitch_remote ORDER BY id",
		    "ptcp|::1|1\npunix||0\ndb||0\n");
	assert_rows(&host, "SELECT DISTINCT problem FROM hole",
		    "ovsdb-server runs, and its database was not found\n");
}

static void no_cut_of_the_database_is_taken_for_the_whole(void **state)
{
	size_t size;
	_cleanup_free_ char *bytes = load("ovsdb.db", &size);

	(void)state;
	/* behind the schema, the first two lines, the log may end anywhere */
	const char *schema_end = strchr(strchr(bytes, '\n') + 1, '\n');
	for (size_t cut = 0; cut < size; cut += 61) {
		struct gvnp_ovsdb *database = NULL;
		const char *problem = "";
		int error =
			gvnp_ovsdb_parse((struct gvnp_slice){ bytes, cut }, &database, &problem);

		assert_int_equal(!error, cut >= (size_t)(schema_end - bytes));
		gvnp_ovsdb_free(database);
	}
}

static void sockets_are_those_that_domains_and_switch_name(void **state)
{
	static const struct fake_file files[] = {
		{ .operation = GVNP_STAT,
		  .path = "/run/vhu/vhu1",
		  .type = GVNP_TYPE_SOCKET,
		  .mode = 0777,
		  .uid = 64055,
		  .gid = 108 },
		{ .operation = GVNP_STAT, .path = "/run/vhu", .mode = 0750 },
	};
	FAKE_HOST(host, files);

	(void)state;
	host.facts = gvnp_facts_new();
	gvnp_insert(host.facts, "vswitch_interface", gvnp_text("name", "vhu1"),
		    gvnp_text("port", "vhu1"), gvnp_text("bridge", "br-int"),
		    gvnp_text("type", "dpdkvhostuserclient"), gvnp_text("socket", "/run/vhu/vhu1"));
	gvnp_insert(host.facts, "vswitch_interface", gvnp_text("name", "vhu2"),
		    gvnp_text("port", "vhu2"), gvnp_text("bridge", "br-int"),
		    gvnp_text("type", "dpdkvhostuserclient"),
		    gvnp_text("socket", "/run/gone/vhu2"));
	gvnp_facts_collected(host.facts, "vswitch_interface");
	gvnp_facts_collected(host.facts, "domain_interface");
	fake_collect(&host, &gvnp_collector_vhost_socket);
	assert_rows(&host, "SELECT path, mode, uid, gid, folder_mode FROM vhost_socket",
		    "/run/vhu/vhu1|511|64055|108|488\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void a_gap_where_sockets_are_named_is_a_gap_here(void **state)
{
	static const struct fake_file files[] = {
		REFUSED(GVNP_READ, "/etc/openvswitch/conf.db", GVNP_NOT_RECORDED),
	};
	FAKE_HOST(host, files);

	(void)state;
	host.facts = gvnp_facts_new();
	gvnp_facts_collected(host.facts, "process");
	gvnp_facts_collected(host.facts, "domain_interface");
	fake_collect(&host, &gvnp_collector_vswitch);
	fake_collect(&host, &gvnp_collector_vhost_socket);
	assert_rows(&host, "SELECT object, problem FROM hole WHERE table_name = 'vhost_socket'",
		    "|/etc/openvswitch/conf.db: not recorded\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_know_their_bridge_and_their_addresses),
		cmocka_unit_test(every_cut_of_the_links_leaves_a_hole_or_fewer_links),
		cmocka_unit_test(another_network_namespace_is_no_host_without_links),
		cmocka_unit_test(a_setting_a_driver_does_not_report_is_unreadable),
		cmocka_unit_test(macvtap_names_its_mode_and_what_it_lies_on),
		cmocka_unit_test(rules_of_the_kernel_name_what_they_watch),
		cmocka_unit_test(who_may_not_ask_does_not_know_whether_audit_is_on),
		cmocka_unit_test(a_kernel_without_audit_says_so),
		cmocka_unit_test(a_rule_that_lies_about_its_texts_is_refused),
		cmocka_unit_test(the_database_is_replayed_with_its_differences),
		cmocka_unit_test(a_database_of_another_kind_is_a_gap),
		cmocka_unit_test(a_server_says_by_its_arguments_where_it_listens),
		cmocka_unit_test(no_cut_of_the_database_is_taken_for_the_whole),
		cmocka_unit_test(sockets_are_those_that_domains_and_switch_name),
		cmocka_unit_test(a_gap_where_sockets_are_named_is_a_gap_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
