/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to root that configuration opens: polkit, SASL, sudo, hooks, secrets, readable keys. */
#include "fake_host.h"

/* Debian 12, libvirt-daemon-system */
static const char libvirt_rules[] =
	"// Allow any user in the 'libvirt' group to connect to system libvirtd\n"
	"// without entering a password.\n"
	"\n"
	"polkit.addRule(function(action, subject) {\n"
	"    if (action.id == \"org.libvirt.unix.manage\" &&\n"
	"        subject.isInGroup(\"libvirt\")) {\n"
	"        return polkit.Result.YES;\n"
	"    }\n"
	"});\n";
static const char for_all[] = "polkit.addRule(function(a, s) {\n"
			      "  if (/^org\\.libvirt\\./.test('https://x') || /\\/\\//) "
			      "return polkit.Result.YES;\n});";
static const char commented[] = "/* org.libvirt.unix.manage polkit.Result.YES */\n"
				"polkit.addRule(function(action, subject) {\n"
				"  // return polkit.Result.YES for subject.user\n"
				"  return polkit.Result.AUTH_ADMIN; // org.libvirt\n});\n";

static const char watching[] = "polkit.addRule(function(action, subject) {\n"
			       "  if (action.id == 'org.libvirt.unix.monitor') "
			       "return polkit.Result.YES;\n});\n";
static const char both[] = "polkit.addRule(function(action, subject) {\n"
			   "  if (['org.libvirt.unix.monitor', 'org.libvirt.unix.manage']"
			   ".indexOf(action.id) >= 0) return polkit.Result.YES;\n});\n";

static void rule_files_are_searched_for_words_outside_comments(void **state)
{
	static const struct fake_file files[] = {
		LIST("/usr/share/polkit-1/rules.d", "60-libvirt.rules\n50-default.rules\nREADME"),
		LIST("/etc/polkit-1/rules.d",
		     "10-all.rules\n20-no.rules\n30-watch.rules\n40-both.rules"),
		READ("/usr/share/polkit-1/rules.d/60-libvirt.rules", libvirt_rules),
		REFUSED(GVNP_READ, "/usr/share/polkit-1/rules.d/50-default.rules", EACCES),
		READ("/etc/polkit-1/rules.d/10-all.rules", for_all),
		READ("/etc/polkit-1/rules.d/20-no.rules", commented),
		READ("/etc/polkit-1/rules.d/30-watch.rules", watching),
		READ("/etc/polkit-1/rules.d/40-both.rules", both),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_polkit);
	assert_rows(&host,
		    "SELECT path, mentions_libvirt, returns_yes, names_action, names_subject,"
		    " user_groups FROM polkit_rule ORDER BY path",
		    "/etc/polkit-1/rules.d/10-all.rules|0|1|0|0|\n"
		    "/etc/polkit-1/rules.d/20-no.rules|0|0|0|0|\n"
		    "/etc/polkit-1/rules.d/30-watch.rules|0|1|1|0|\n"
		    "/etc/polkit-1/rules.d/40-both.rules|1|1|1|0|\n"
		    "/usr/share/polkit-1/rules.d/60-libvirt.rules|1|1|1|1|libvirt\n");
	assert_rows(&host, "SELECT table_name, object, problem FROM hole",
		    "polkit_rule|/usr/share/polkit-1/rules.d/50-default.rules|"
		    "/usr/share/polkit-1/rules.d/50-default.rules: Permission denied\n");
}

static const char pkla[] = "[Allow group libvirt]\n"
			   "Identity=unix-group:libvirt\n"
			   "Action=org.libvirt.unix.manage\n"
			   "ResultAny=yes\nResultInactive=yes\nResultActive=yes\n"
			   "[Anybody]\n# no!\nIdentity=unix-user:*\nAction=org.libvirt.*\n"
			   "ResultActive=yes";

static void local_authority_counts_where_polkit_reads_it(void **state)
{
	static const struct fake_file old[] = {
		LIST("/var/lib/polkit-1/localauthority/10-vendor.d", "60-libvirt.pkla"),
		READ("/var/lib/polkit-1/localauthority/10-vendor.d/60-libvirt.pkla", pkla),
	};
	static const struct fake_file new[] = {
		LIST("/var/lib/polkit-1/localauthority/10-vendor.d", "60-libvirt.pkla"),
		READ("/var/lib/polkit-1/localauthority/10-vendor.d/60-libvirt.pkla", pkla),
		LIST("/usr/share/polkit-1/rules.d", "50-default.rules"),
		READ("/usr/share/polkit-1/rules.d/50-default.rules", ""),
	};
	FAKE_HOST(host, old);
	FAKE_HOST(other, new);

	(void)state;
	fake_collect(&host, &gvnp_collector_polkit);
	assert_rows(&host,
		    "SELECT identity, action, result_any, result_inactive, result_active,"
		    " is_in_force FROM polkit_grant",
		    "unix-group:libvirt|org.libvirt.unix.manage|yes|yes|yes|1\n"
		    "unix-user:*|org.libvirt.*|||yes|1\n");
	fake_collect(&other, &gvnp_collector_polkit);
	assert_rows(&other, "SELECT sum(is_in_force), count(*) FROM polkit_grant", "0|2\n");
}

static void sasl_mechanisms_are_those_of_the_file(void **state)
{
	static const struct fake_file files[] = {
		READ("/etc/sasl2/libvirt.conf",
		     "# mech_list: plain\nmech_list: GSSAPI scram-sha-256 "
		     "gssapi\nkeytab: /etc/libvirt/krb5.tab\n"),
		READ("/etc/sasl2/qemu.conf", "keytab: x"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_sasl);
	assert_rows(&host, "SELECT name, mechanisms FROM sasl_service ORDER BY name",
		    "libvirt|GSSAPI scram-sha-256 gssapi\nqemu|\n");
	assert_rows(&host, "SELECT service, name FROM sasl_mechanism ORDER BY 2",
		    "libvirt|gssapi\nlibvirt|scram-sha-256\n");
}

static void sudo_says_who_becomes_root_unasked(void **state)
{
	static const struct fake_file files[] = {
		READ("/etc/sudoers",
		     "Defaults\tenv_reset\n"
		     "Cmnd_Alias TOOLS = /bin/ls, /bin/ps\n"
		     "root\tALL=(ALL:ALL) ALL\n"
		     "%sudo , %wheel ALL = (ALL : ALL) NOPASSWD:SETENV: ALL # tools, ALL\n"
		     "nova ALL=(root) NOPASSWD: /usr/bin/nova-rootwrap \\\n"
		     "  /etc/nova/rootwrap.conf *, PASSWD: ALL\n"
		     "db ALL=(postgres) NOPASSWD: ALL\n"
		     "#1000 ALL=NOPASSWD: /bin/a, (root) ALL\n"
		     "@includedir /etc/sudoers.d\n"),
		LIST("/etc/sudoers.d", "README.md\n90-cloud\nold~"),
		READ("/etc/sudoers.d/90-cloud", "debian ALL=(ALL) NOPASSWD:ALL"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_sudo);
	assert_rows(&host, "SELECT user, is_everything, needs_password, line FROM sudo_grant",
		    "root|1|1|3\n%sudo|1|0|4\n%wheel|1|0|4\nnova|1|1|6\ndb|0|0|7\n#1000|1|0|8\n"
		    "debian|1|0|1\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void what_sudo_means_and_we_do_not_resolve_is_said(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "Defaults !authenticate\nalice ALL=ALL\n", "0|NULL\n" },
		{ "Defaults:bob !authenticate\nalice ALL=ALL\n",
		  "1|/etc/sudoers:1: whom Defaults:bob !authenticate concerns is not resolved\n" },
		{ "Cmnd_Alias X = ALL\nalice ALL=ALL\n",
		  "1|/etc/sudoers:1: an alias of every command is not resolved\n" },
		{ "alice ALL=ALL\nwhat=ever\n", "1|/etc/sudoers:2: not understood\n" },
		{ "alice ALL=ALL\n@include /etc/sudoers\n",
		  "1|/etc/sudoers: included too deep or too often\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct fake_file files[] = { READ("/etc/sudoers", cases[i].text) };
		FAKE_HOST(host, files);

		fake_collect(&host, &gvnp_collector_sudo);
		assert_rows(
			&host,
			"SELECT min(needs_password), (SELECT problem FROM hole) FROM sudo_grant",
			cases[i].expected);
	}
}

static void every_hook_is_found(void **state)
{
	static const struct fake_file files[] = {
		LIST("/etc/libvirt/hooks", "qemu\nqemu.d/"),
		LIST("/etc/libvirt/hooks/qemu.d", "10-vlan"),
		{ .operation = GVNP_STAT,
		  .path = "/etc/libvirt/hooks",
		  .type = GVNP_TYPE_DIRECTORY,
		  .mode = 0755 },
		{ .operation = GVNP_STAT,
		  .path = "/etc/libvirt/hooks/qemu",
		  .type = GVNP_TYPE_REGULAR,
		  .mode = 0755 },
		{ .operation = GVNP_STAT,
		  .path = "/etc/libvirt/hooks/qemu.d",
		  .type = GVNP_TYPE_DIRECTORY,
		  .mode = 0755 },
		{ .operation = GVNP_STAT,
		  .path = "/etc/libvirt/hooks/qemu.d/10-vlan",
		  .type = GVNP_TYPE_REGULAR,
		  .mode = 0775,
		  .gid = 107 },
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_libvirt_hook);
	assert_rows(&host, "SELECT path, type, mode, gid FROM libvirt_hook ORDER BY path",
		    "/etc/libvirt/hooks|directory|493|0\n/etc/libvirt/hooks/qemu|regular|493|0\n"
		    "/etc/libvirt/hooks/qemu.d|directory|493|0\n"
		    "/etc/libvirt/hooks/qemu.d/10-vlan|regular|509|107\n");
	assert_false(gvnp_collect_declares(GVNP_READ, "/etc/libvirt/hooks/qemu"));
}

static void secrets_are_described_and_never_read(void **state)
{
	static const struct fake_file files[] = {
		LIST("/etc/libvirt/secrets", "0a0a.base64\n0a0a.xml\n0b0b.xml\n0c0c.xml"),
		READ("/etc/libvirt/secrets/0a0a.xml",
		     "<secret ephemeral='no' private='no'>\n  <uuid>0a0a</uuid>\n"
		     "  <usage type='ceph'>\n    <name>client.cinder secret</name>\n  </usage>\n"
		     "</secret>\n"),
		READ("/etc/libvirt/secrets/0b0b.xml", "<secret ephemeral='yes' private='yes'/>"),
		READ("/etc/libvirt/secrets/0c0c.xml", "<sec"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_libvirt_secret);
	assert_rows(&host, "SELECT * FROM libvirt_secret ORDER BY uuid",
		    "0a0a|ceph|0|0|1\n0b0b||1|1|0\n0c0c|NULL|NULL|NULL|0\n");
	assert_rows(&host, "SELECT object, problem FROM hole",
		    "0c0c|/etc/libvirt/secrets/0c0c.xml: not the XML of a secret\n");
	assert_false(gvnp_collect_declares(GVNP_READ, "/etc/libvirt/secrets/0a0a.base64"));
}

static void credentials_come_with_the_way_to_them(void **state)
{
	static const struct fake_file files[] = {
		LIST("/etc/ceph", "ceph.client.cinder.keyring\nceph.conf"),
		{ .operation = GVNP_STAT,
		  .path = "/etc/ceph/ceph.client.cinder.keyring",
		  .mode = 0640,
		  .gid = 64055 },
		{ .operation = GVNP_STAT, .path = "/etc", .mode = 0755 },
		{ .operation = GVNP_STAT, .path = "/etc/ceph", .mode = 0750, .gid = 64055 },
		{ .operation = GVNP_STAT, .path = "/etc/pki/qemu/server-key.pem", .mode = 0640 },
		{ .operation = GVNP_STAT, .path = "/etc/pki", .mode = 0755 },
		{ .operation = GVNP_STAT, .path = "/etc/pki/qemu", .mode = 0755 },
		REFUSED(GVNP_STAT, "/root/.ssh/id_rsa", EACCES),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_tls);
	fake_collect(&host, &gvnp_collector_credential);
	assert_rows(&host, "SELECT path, scope, mode, gid FROM credential ORDER BY path",
		    "/etc/ceph/ceph.client.cinder.keyring|cloud|416|64055\n"
		    "/etc/pki/qemu/server-key.pem|qemu|416|0\n");
	assert_rows(&host,
		    "SELECT path, mode FROM credential_directory WHERE credential LIKE '%keyring'"
		    " ORDER BY path",
		    "/etc|493\n/etc/ceph|488\n");
	assert_rows(&host, "SELECT object, problem FROM hole WHERE table_name = 'credential'",
		    "/root/.ssh/id_rsa|/root/.ssh/id_rsa: Permission denied\n");
	assert_false(gvnp_collect_declares(GVNP_READ, "/etc/ceph/ceph.client.cinder.keyring"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rule_files_are_searched_for_words_outside_comments),
		cmocka_unit_test(local_authority_counts_where_polkit_reads_it),
		cmocka_unit_test(sasl_mechanisms_are_those_of_the_file),
		cmocka_unit_test(sudo_says_who_becomes_root_unasked),
		cmocka_unit_test(what_sudo_means_and_we_do_not_resolve_is_said),
		cmocka_unit_test(every_hook_is_found),
		cmocka_unit_test(secrets_are_described_and_never_read),
		cmocka_unit_test(credentials_come_with_the_way_to_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
