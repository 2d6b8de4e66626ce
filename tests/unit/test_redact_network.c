/* SPDX-License-Identifier: Apache-2.0 */
/* Redacting netlink messages and configuration full of secrets: the rows stay the same but for
 * names, and no secret is left. links, addresses and audit-rules are what a Linux 6.18 sent. */
#include "source/redact_names.h"
#include "source/redact_netlink.h"
#include "source/redact_settings.h"

#include "fake_host.h"

static char *load(const char *name, size_t *ret_size)
{
	_cleanup_free_ char *path = gvnp_format(GVNP_TEST_DATA "/network/%s", name);
	char *bytes = gvnp_allocate(64 * 1024);
	FILE *file = fopen(path, "re");

	assert_non_null(file);
	*ret_size = fread(bytes, 1, 64 * 1024 - 1, file);
	assert_in_range(*ret_size, 1, 64 * 1024 - 2);
	fclose(file);
	return bytes;
}

static void redact(struct gvnp_redact_names *names, const char *name, struct gvnp_buffer *out)
{
	size_t size;
	_cleanup_free_ char *bytes = load(name, &size);

	gvnp_redact_netlink(names, name, (struct gvnp_slice){ bytes, size }, out);
}

#define ANSWER(path_, buffer_)                                                                     \
	{                                                                                          \
		.operation = GVNP_SYSTEM, .path = (path_), .data = (buffer_).data,                 \
		.size = (buffer_).size                                                             \
	}

static void links_keep_their_shape_and_lose_their_names(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer links = { 0 }, addresses = { 0 };
	struct gvnp_redact_names *names = gvnp_redact_names_new(false);

	(void)state;
	gvnp_redact_learn(names, GVNP_REDACT_NETWORK, gvnp_slice("vnet0"));
	redact(names, "links", &links);
	redact(names, "addresses", &addresses);
	gvnp_redact_names_free(names);
	const struct fake_file files[] = { ANSWER("links", links), ANSWER("addresses", addresses) };
	FAKE_HOST(host, files);
	fake_collect(&host, &gvnp_collector_link);
	assert_rows(&host, "SELECT name, kind, master, is_isolated FROM link ORDER BY number",
		    "lo|||0\nbr0|bridge||0\nnet-1|tun|br0|1\n");
	assert_rows(&host, "SELECT link, prefix, scope FROM link_address ORDER BY 1, 2",
		    "br0|24|global\nlo|8|host\nlo|128|host\n");
	assert_rows(&host, "SELECT address FROM link_address WHERE link = 'lo' ORDER BY 1",
		    "127.0.0.1\n::1\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void rules_watch_the_same_places_under_other_names(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer rules = { 0 };
	struct gvnp_redact_names *names = gvnp_redact_names_new(false);

	(void)state;
	gvnp_redact_learn_as(names, GVNP_REDACT_VM, gvnp_slice("virt-conf"), "vm-1", true);
	redact(names, "audit-rules", &rules);
	gvnp_redact_names_free(names);
	const struct fake_file files[] = { ANSWER("audit-rules", rules),
					   REFUSED(GVNP_SYSTEM, "audit-status", EPERM) };
	FAKE_HOST(host, files);
	fake_collect(&host, &gvnp_collector_audit);
	assert_rows(&host, "SELECT path, is_tree, permissions, syscalls, key FROM audit_rule",
		    "/etc/libvirt|1|wa|all|vm-1\n|0||175,176,313|modules\n"
		    "/usr/bin/qemu-system-x86_64|0|x|all|\n/var/lib/libvirt|1|wa|all|\n"
		    "/etc/hosts|0||all|\n");
}

static void what_is_cut_off_stays_malformed(void **state)
{
	struct gvnp_redact_names *names = gvnp_redact_names_new(false);
	_cleanup_buffer_ struct gvnp_buffer links = { 0 };
	size_t size;
	_cleanup_free_ char *bytes = load("links", &size);

	(void)state;
	gvnp_redact_netlink(names, "links", (struct gvnp_slice){ bytes, size - 8 }, &links);
	gvnp_redact_names_free(names);
	const struct fake_file files[] = { ANSWER("links", links),
					   { .operation = GVNP_SYSTEM, .path = "addresses" } };
	FAKE_HOST(host, files);
	fake_collect(&host, &gvnp_collector_link);
	assert_rows(&host, "SELECT count(*) FROM hole WHERE table_name = 'link'", "1\n");
}

static void only_harmless_settings_of_a_cloud_stay(void **state)
{
	static const char before[] =
		"# password = S3cret\n[DEFAULT]\ntransport_url=rabbit://u:S3cret@h.example/\n"
		"metadata_proxy_shared_secret = S3cret\n[libvirt]\nvirt_type: kvm\n  S3cret\n"
		"empty =\n";
	_cleanup_buffer_ struct gvnp_buffer out = { 0 };

	(void)state;
	assert_true(gvnp_redact_is_cloud("/etc/nova/nova.conf.d/x.conf"));
	assert_false(gvnp_redact_is_cloud("/etc/novation/nova.conf"));
	gvnp_redact_cloud(gvnp_slice(before), &out);
	assert_string_equal(gvnp_buffer_text(&out),
			    "\n[DEFAULT]\ntransport_url = rabbit://removed@h.example/\n"
			    "metadata_proxy_shared_secret = removed\n[libvirt]\nvirt_type = kvm\n\n"
			    "empty = \n");
}

static void hosts_are_learnt_where_loggers_and_clocks_name_them(void **state)
{
	static const struct {
		const char *path, *text, *name;
	} cases[] = {
		{ "/etc/rsyslog.conf", "*.* @@logs.acme.example:514\n", "logs.acme.example" },
		{ "/etc/rsyslog.d/x.conf", "action(target=\"l.acme.example\")", "l.acme.example" },
		{ "/etc/chrony/sources.d/x.sources", "server t.acme.example nts\n",
		  "t.acme.example" },
		{ "/etc/systemd/timesyncd.conf", "[Time]\nNTP=a b.acme.example\n",
		  "b.acme.example" },
		{ "/etc/nova/nova.conf", "auth_url = https://id.acme.example:5000\n",
		  "id.acme.example" },
		{ "/etc/openvswitch/conf.db", "\"target\":\"ssl:ctl.acme.example:6653\"",
		  "ctl.acme.example" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct gvnp_redact_names *names = gvnp_redact_names_new(false);
		const struct gvnp_redact_name *name = NULL;
		unsigned at = 0;

		gvnp_redact_learn_hosts(names, cases[i].path, gvnp_slice(cases[i].text));
		for (const char *byte = cases[i].name; *byte; byte++)
			at = gvnp_redact_walk(names, at, *byte, &name);
		assert_non_null(name);
		assert_string_equal(name->replacement, "host-1");
		gvnp_redact_names_free(names);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_keep_their_shape_and_lose_their_names),
		cmocka_unit_test(rules_watch_the_same_places_under_other_names),
		cmocka_unit_test(what_is_cut_off_stays_malformed),
		cmocka_unit_test(only_harmless_settings_of_a_cloud_stay),
		cmocka_unit_test(hosts_are_learnt_where_loggers_and_clocks_name_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
