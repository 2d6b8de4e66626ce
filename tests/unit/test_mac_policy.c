/* SPDX-License-Identifier: Apache-2.0 */
/* What the policies of SELinux and AppArmor allow VMs. The rules are those of Debian 12's libvirt.
 */
#include "collect/apparmor_rule.h"
#include "fake_host.h"

#define POLICY "/etc/apparmor.d"

static void add_security(struct fake_host *host, const char *selinux, const char *apparmor)
{
	host->facts = gvnp_facts_new();
	gvnp_insert(host->facts, "security", gvnp_integer("id", 1), gvnp_text("lockdown", "none"),
		    gvnp_text("selinux", selinux), gvnp_text("apparmor", apparmor));
}

static void rules_are_told_apart(void **state)
{
	static const struct {
		const char *text, *expected;
	} rules[] = {
		{ "  /dev/kvm rw,", "file /dev/kvm rw" },
		{ "  owner @{PROC}/@{pid}/task/@{tid}/comm rw,",
		  "file @{PROC}/@{pid}/task/@{tid}/comm rw" },
		{ "  /{usr/,}bin/swtpm rmpix,", "file /{usr/,}bin/swtpm rmpix" },
		{ "  audit deny /{var/,}run/qemu/*/*.so w,",
		  "deny file /{var/,}run/qemu/*/*.so w" },
		{ "  / r, # harmless on any lsb compliant system", "file / r" },
		{ "  \"/var/lib/libvirt/images/a b.qcow2\" rwk,",
		  "file /var/lib/libvirt/images/a b.qcow2 rwk" },
		{ "  rw /etc/x,", "file /etc/x rw" },
		{ "  file,", "file /** rwklmx" },
		{ "  /usr/bin/x Ux -> y,", "file /usr/bin/x Ux" },
		{ "  capability dac_override,", "capability [dac_override]" },
		{ "  capability,", "capability []" },
		{ "  deny capability kill,", "deny capability [kill]" },
		{ "  network inet stream,", "network [inet stream]" },
		{ "  ptrace (readby, tracedby) peer=libvirtd,",
		  "ptrace [(readby, tracedby) peer=libvirtd]" },
		{ "  #include <abstractions/base>", "include [<abstractions/base>]" },
		{ "profile LIBVIRT_TEMPLATE flags=(attach_disconnected,complain) {",
		  "profile [attach_disconnected,complain]" },
		{ "profile x {", "profile []" },
		{ "  frobnicate a,", "other [frobnicate a]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		struct gvnp_apparmor_text text = { .rest = gvnp_slice(rules[i].text) };
		struct gvnp_apparmor_rule rule;

		assert_true(gvnp_apparmor_rule_next(&text, &rule));
		bool is_file = !strcmp(rule.kind, "file");
		_cleanup_free_ char *shown =
			gvnp_format(is_file ? "%s%s %.*s %.*s" : "%s%s [%.*s%.*s]",
				    rule.is_denied ? "deny " : "", rule.kind,
				    (int)(is_file ? rule.path.size : 0), rule.path.text,
				    (int)(is_file ? rule.permissions.size : rule.detail.size),
				    is_file ? rule.permissions.text : rule.detail.text);
		assert_string_equal(shown, rules[i].expected);
		assert_false(gvnp_apparmor_rule_next(&text, &rule));
	}
}

static void odd_text_is_of_another_kind_and_ends(void **state)
{
	static const char odd[] = "\"\n,\n{\n{{{{\n@\n}\n} }\nprofile flags=(\n flags=( {\n\t#\n";
	struct gvnp_apparmor_text text = { .rest = { odd, sizeof odd } };
	struct gvnp_apparmor_rule rule;
	size_t n = 0;

	(void)state;
	while (gvnp_apparmor_rule_next(&text, &rule))
		n++;
	assert_true(n > 0 && n < 12);
}

static void the_policy_of_vms_is_read_without_what_is_generated(void **state)
{
	static const struct fake_file files[] = {
		LIST(POLICY "/libvirt",
		     "TEMPLATE.qemu\nTEMPLATE.lxc\nlibvirt-1\nlibvirt-1.files\n"),
		LIST(POLICY "/abstractions/libvirt-qemu.d", "site\n"),
		READ(POLICY "/abstractions/libvirt-qemu", "  # comment\n\n  /dev/kvm rw,\n"),
		READ(POLICY "/abstractions/libvirt-qemu.d/site", "/srv/** r,\n"),
		READ(POLICY "/libvirt/TEMPLATE.qemu",
		     "#include <tunables/global>\nprofile T flags=(attach_disconnected) {\n}\n"),
		READ(POLICY "/libvirt/libvirt-1", "profile libvirt-1 flags=(complain) {\n}\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	add_security(&host, "absent", "enabled");
	fake_collect(&host, &gvnp_collector_apparmor_rule);
	assert_rows(&host, "SELECT file, line, kind, path, permissions, detail FROM apparmor_rule",
		    POLICY "/abstractions/libvirt-qemu|3|file|/dev/kvm|rw|\n" POLICY
			   "/libvirt/TEMPLATE.qemu|1|include|||<tunables/global>\n" POLICY
			   "/libvirt/TEMPLATE.qemu|2|profile|||attach_disconnected\n" POLICY
			   "/libvirt/libvirt-1|1|profile|||complain\n" POLICY
			   "/abstractions/libvirt-qemu.d/site|1|file|/srv/**|r|\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void policy_that_may_not_be_read_is_a_hole(void **state)
{
	static const struct fake_file files[] = {
		LIST(POLICY "/libvirt", "libvirt-1\n"),
		REFUSED(GVNP_READ, POLICY "/libvirt/libvirt-1", EACCES),
	};
	FAKE_HOST(host, files);
	FAKE_HOST(without, files);
	FAKE_HOST(unknown, files);

	(void)state;
	add_security(&host, "absent", "enabled");
	fake_collect(&host, &gvnp_collector_apparmor_rule);
	assert_rows(&host, "SELECT problem FROM hole",
		    POLICY "/libvirt/libvirt-1: Permission denied\n");
	add_security(&without, "enforcing", "absent");
	fake_collect(&without, &gvnp_collector_apparmor_rule);
	assert_true(gvnp_facts_is_collected(without.facts, "apparmor_rule"));
	assert_rows(&without, "SELECT * FROM hole", "");
	add_security(&unknown, NULL, NULL);
	fake_collect(&unknown, &gvnp_collector_apparmor_rule);
	fake_collect(&unknown, &gvnp_collector_selinux);
	assert_rows(&unknown, "SELECT table_name FROM hole ORDER BY 1",
		    "apparmor_rule\nselinux\nselinux_boolean\n");
}

static void booleans_about_vms_are_read_where_selinux_is_active(void **state)
{
	static const struct fake_file files[] = {
		READ("/sys/fs/selinux/mls", "1"),
		READ("/sys/fs/selinux/checkreqprot", "0"),
		LIST("/sys/fs/selinux/booleans",
		     "httpd_can_network_connect\nvirt_use_execmem\nvirt_use_nfs\nvirt_use_usb\n"),
		READ("/sys/fs/selinux/booleans/virt_use_execmem", "0 1"),
		READ("/sys/fs/selinux/booleans/virt_use_nfs", "1 1"),
		REFUSED(GVNP_READ, "/sys/fs/selinux/booleans/virt_use_usb", EACCES),
	};
	FAKE_HOST(host, files);
	FAKE_HOST(without, files);

	(void)state;
	add_security(&host, "enforcing", "absent");
	fake_collect(&host, &gvnp_collector_selinux);
	assert_rows(&host, "SELECT has_categories, trusts_requested FROM selinux", "1|0\n");
	assert_rows(&host, "SELECT name, is_on FROM selinux_boolean ORDER BY name",
		    "virt_use_execmem|0\nvirt_use_nfs|1\nvirt_use_usb|NULL\n");
	assert_rows(&host, "SELECT object FROM hole", "virt_use_usb\n");
	add_security(&without, "absent", "enabled");
	fake_collect(&without, &gvnp_collector_selinux);
	assert_true(gvnp_facts_is_collected(without.facts, "selinux_boolean"));
	assert_rows(&without, "SELECT count(*) FROM selinux", "0\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_are_told_apart),
		cmocka_unit_test(odd_text_is_of_another_kind_and_ends),
		cmocka_unit_test(the_policy_of_vms_is_read_without_what_is_generated),
		cmocka_unit_test(policy_that_may_not_be_read_is_a_hole),
		cmocka_unit_test(booleans_about_vms_are_read_where_selinux_is_active),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
