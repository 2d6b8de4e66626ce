/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_host.h"

#include "collect/libvirt_config.h"

#define DEBIAN READ("/etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n")
#define VERSION(text)                                                                              \
	{                                                                                          \
		.operation = GVNP_LIBVIRT, .path = "version", .data = (text)                       \
	}
#define LIBVIRT_9 VERSION("libvirt-daemon 9000000\nhypervisor 7002022\nclient 9000000\n")
#define QEMU_CONF "/etc/libvirt/qemu.conf"

static void settings_done(struct gvnp_libvirt_settings *settings)
{
	gvnp_libvirt_settings_done(settings);
}

/* key kind value line, a line each; items of a list between bars */
static char *parsed(const char *text)
{
	_cleanup_(settings_done) struct gvnp_libvirt_settings settings = { 0 };
	struct gvnp_buffer rows = { 0 };
	const char *problem = NULL;
	int line = 0;

	if (gvnp_libvirt_parse(text, strlen(text), &settings, &line, &problem))
		return gvnp_format("%d: %s", line, problem);
	for (size_t i = 0; i < settings.n; i++) {
		const struct gvnp_libvirt_setting *setting = &settings.settings[i];

		gvnp_buffer_append_format(&rows, "%s %d %s %d", setting->key, (int)setting->kind,
					  setting->value, setting->line);
		for (size_t k = 0; setting->kind == GVNP_LIBVIRT_LIST && k < setting->n_items; k++)
			gvnp_buffer_append_format(&rows, " |%s|", setting->items[k]);
		gvnp_buffer_append_text(&rows, "\n");
	}
	return rows.data ? gvnp_buffer_take(&rows) : gvnp_duplicate("");
}

#define assert_parsed(text, expected)                                                              \
	do {                                                                                       \
		_cleanup_free_ char *rows_ = parsed(text);                                         \
		assert_string_equal(rows_, (expected));                                            \
	} while (0)

static void every_form_of_value_is_understood(void **state)
{
	(void)state;
	assert_parsed(
		"a = 1\nb=\"x y\"  # why\nc = 'it is \"so\"'\n# d = 1\ne = -5\nf = +0012;g=3\n",
		"a 0 1 1\nb 1 x y 2\nc 1 it is \"so\" 3\ne 0 -5 5\nf 0 12 6\ng 0 3 6\n");
	assert_parsed("a = \"\"\"one\ntwo\"\"\"\nb = 1\n", "a 1 one\ntwo 1\nb 0 1 3\n");
	assert_parsed("a = [ ]\nb = [\n  \"x\",\n  'y', 3,\n]\nc = 1",
		      "a 2  1\nb 2 x,y,3 2 |x| |y| |3|\nc 0 1 6\n");
	assert_parsed("\n\n  # only a comment\r\n", "");
	assert_parsed("", "");
	assert_parsed("a = 1\r\nb = \"x\"\r\n", "a 0 1 1\nb 1 x 2\n");
	assert_parsed("a = \"\"\n", "a 1  1\n");
}

static void of_a_key_written_twice_the_first_counts(void **state)
{
	(void)state;
	assert_parsed("max_clients = 4000\nmax_clients = 3000\n", "max_clients 0 4000 1\n");
}

static void what_the_daemon_would_refuse_names_its_line(void **state)
{
	(void)state;
	assert_parsed("a = 1\nb 2\n", "2: '=' is expected after a name");
	assert_parsed("a = yes\n", "1: a value is expected");
	assert_parsed("a = \"x\nb = 1\n", "1: a text is not closed");
	assert_parsed("a = [ \"x\"\n\n\"y\" ]\n", "3: a list needs ',' between its items");
	assert_parsed("a = [ \"x\",\n", "2: a list is not closed");
	assert_parsed("a = [ [ 1 ] ]\n", "1: a value is expected");
	assert_parsed("a = 1 2\n", "1: something follows a value");
	assert_parsed("\n= 1\n", "2: a name is expected");
	assert_parsed("_a = 1\n", "1: a name is expected");
	assert_parsed("a =", "1: a value is expected");
	assert_parsed("a = 99999999999999999999\n", "1: a number is not understood");
	assert_parsed("a = \"\"\"x y z\n\n", "3: a text is not closed");
	assert_parsed("a = -\n", "1: a number is not understood");
}

static void a_nul_byte_ends_nothing_and_crashes_nothing(void **state)
{
	struct gvnp_libvirt_settings settings = { 0 };
	const char *problem;
	int line;

	(void)state;
	assert_int_equal(gvnp_libvirt_parse("a = 1\n\0b = 2\n", 13, &settings, &line, &problem),
			 -EINVAL);
	assert_int_equal(line, 2);
}

static void commented_keys_have_their_default(void **state)
{
	static const struct fake_file files[] = {
		READ(QEMU_CONF, "#vnc_listen = \"0.0.0.0\"\n#security_default_confined = 1\n"),
		THERE(QEMU_CONF),
		DEBIAN,
		LIBVIRT_9,
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_libvirt_config);
	assert_rows(&host,
		    "SELECT key, kind, value, origin, line FROM libvirt_setting WHERE file = 'qemu'"
		    " AND key IN ('vnc_listen', 'user', 'group', 'seccomp_sandbox', 'max_core',"
		    " 'vnc_tls_x509_verify', 'migrate_tls_x509_verify', 'security_driver',"
		    " 'swtpm_user') ORDER BY key",
		    "group|text|libvirt-qemu|default|0\n"
		    "max_core|integer|0|default|0\n"
		    "migrate_tls_x509_verify|integer|1|default|0\n"
		    "seccomp_sandbox|integer|-1|default|0\n"
		    "security_driver|list||default|0\n"
		    "swtpm_user|text|tss|default|0\n"
		    "user|text|libvirt-qemu|default|0\n"
		    "vnc_listen|text|127.0.0.1|default|0\n"
		    "vnc_tls_x509_verify|integer|0|default|0\n");
	assert_rows(&host,
		    "SELECT position, item FROM libvirt_setting_item WHERE file = 'qemu'"
		    " AND key = 'cgroup_device_acl' ORDER BY position",
		    "0|/dev/null\n1|/dev/full\n2|/dev/zero\n3|/dev/random\n4|/dev/urandom\n"
		    "5|/dev/ptmx\n6|/dev/kvm\n");
	assert_rows(&host, "SELECT * FROM hole", "");
	assert_true(gvnp_facts_is_collected(host.facts, "libvirt_setting"));
}

static void what_is_written_counts_and_says_where(void **state)
{
	static const struct fake_file files[] = {
		READ(QEMU_CONF, "user = \"root\"\nnamespaces = []\nsecurity_driver = \"none\"\n"
				"default_tls_x509_verify = 0\nchardev_tls_x509_verify = 1\n"
				"vnc_password = \"XYZ12345\"\n"),
		THERE(QEMU_CONF),
		DEBIAN,
		LIBVIRT_9,
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_libvirt_config);
	assert_rows(&host,
		    "SELECT key, value, origin, line FROM libvirt_setting WHERE file = 'qemu'"
		    " AND (origin = 'file' OR key LIKE '%_verify') ORDER BY key",
		    "backup_tls_x509_verify|0|default|0\n"
		    "chardev_tls_x509_verify|1|file|5\n"
		    "default_tls_x509_verify|0|file|4\n"
		    "migrate_tls_x509_verify|0|default|0\n"
		    "namespaces||file|2\n"
		    "security_driver|none|file|3\n"
		    "user|root|file|1\n"
		    "vnc_password|(set)|file|6\n"
		    "vnc_tls_x509_verify|0|default|0\n");
	/* an empty list has no items; a text that stands for a list has one */
	assert_rows(&host,
		    "SELECT key, item FROM libvirt_setting_item WHERE file = 'qemu'"
		    " AND key IN ('namespaces', 'security_driver')",
		    "security_driver|none\n");
	assert_rows(&host, "SELECT count(*) FROM libvirt_setting WHERE value LIKE '%XYZ%'", "0\n");
}

static void each_daemon_has_the_defaults_of_its_kind(void **state)
{
	static const struct fake_file files[] = { DEBIAN, LIBVIRT_9 };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_libvirt_config);
	assert_rows(
		&host,
		"SELECT file, value FROM libvirt_setting WHERE key = 'listen_tls' ORDER BY file",
		"libvirtd|1\nvirtproxyd|0\n");
	assert_rows(&host,
		    "SELECT file, value FROM libvirt_setting WHERE key = 'auth_unix_rw'"
		    " AND file IN ('libvirtd', 'virtqemud', 'virtlogd') ORDER BY file",
		    "libvirtd|polkit\nvirtqemud|polkit\n");
	assert_rows(&host,
		    "SELECT file, value FROM libvirt_setting WHERE key = 'max_clients'"
		    " AND file IN ('libvirtd', 'virtlogd') ORDER BY file",
		    "libvirtd|5000\nvirtlogd|1024\n");
	assert_rows(&host, "SELECT count(*), sum(is_present) FROM libvirt_file", "12|0\n");
}

static void defaults_follow_version_and_distribution(void **state)
{
	static const struct fake_file files[] = {
		READ("/etc/os-release", "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"),
		VERSION("libvirt-daemon 11003000\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_libvirt_config);
	assert_rows(&host,
		    "SELECT key, kind, value FROM libvirt_setting WHERE file = 'qemu'"
		    " AND key IN ('user', 'group', 'max_core') ORDER BY key",
		    "group|text|qemu\nmax_core|text|unlimited\nuser|text|qemu\n");
	assert_rows(&host,
		    "SELECT count(*) FROM libvirt_setting_item WHERE key = 'cgroup_device_acl'"
		    " AND item = '/dev/userfaultfd'",
		    "1\n");
}

static void without_a_daemon_the_library_tells_the_version(void **state)
{
	static const struct fake_file files[] = {
		READ("/etc/os-release", "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"),
		LINK("/usr/lib/x86_64-linux-gnu/libvirt.so.0", "libvirt.so.0.9000.0"),
		REFUSED(GVNP_LIBVIRT, "version", GVNP_LIBVIRT_ASLEEP),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_libvirt_config);
	assert_rows(&host,
		    "SELECT key, value FROM libvirt_setting WHERE file = 'qemu'"
		    " AND key IN ('user', 'group', 'max_core') ORDER BY key",
		    "group|kvm\nmax_core|0\nuser|libvirt-qemu\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void what_a_default_depends_on_may_be_unknown(void **state)
{
	static const struct fake_file files[] = {
		READ(QEMU_CONF, "max_core = 0\ngroup = \"g\"\n"),
		THERE(QEMU_CONF),
		READ("/etc/os-release", "ID=handmade\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_libvirt_config);
	assert_rows(
		&host,
		"SELECT object, problem FROM hole WHERE table_name = 'libvirt_setting'"
		" AND object IN ('qemu', 'virtlogd') ORDER BY problem",
		"qemu|default of cgroup_device_acl: it depends on the version of libvirt, which is"
		" not known\n"
		"qemu|default of user: it depends on the distribution, which is not known\n");
	assert_rows(&host,
		    "SELECT value FROM libvirt_setting WHERE file = 'qemu' AND key = 'vnc_listen'",
		    "127.0.0.1\n");
}

static void a_file_that_cannot_be_read_is_a_hole_of_that_file(void **state)
{
	static const struct fake_file files[] = {
		REFUSED(GVNP_READ, QEMU_CONF, EACCES),
		THERE(QEMU_CONF),
		READ("/etc/libvirt/libvirtd.conf", "listen_tcp = 1\nauth_tcp = none\n"),
		THERE("/etc/libvirt/libvirtd.conf"),
		REFUSED(GVNP_STAT, "/etc/libvirt/virtlogd.conf", EACCES),
		DEBIAN,
		LIBVIRT_9,
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_libvirt_config);
	assert_rows(
		&host, "SELECT table_name, object, problem FROM hole ORDER BY 1, 2",
		"libvirt_file|virtlogd|/etc/libvirt/virtlogd.conf: Permission denied\n"
		"libvirt_setting|libvirtd|/etc/libvirt/libvirtd.conf:2: a value is expected\n"
		"libvirt_setting|qemu|/etc/libvirt/qemu.conf: Permission denied\n"
		"libvirt_setting_item|libvirtd|/etc/libvirt/libvirtd.conf:2: a value is expected\n"
		"libvirt_setting_item|qemu|/etc/libvirt/qemu.conf: Permission denied\n");
	assert_rows(&host,
		    "SELECT count(*) FROM libvirt_setting WHERE file IN ('qemu', 'libvirtd')",
		    "0\n");
	assert_rows(&host, "SELECT is_present FROM libvirt_file WHERE name = 'qemu'", "1\n");
	assert_rows(&host, "SELECT count(*) FROM libvirt_file WHERE name = 'virtlogd'", "0\n");
}

static void the_default_of_swtpm_does_not_depend_on_the_accounts_that_exist(void **state)
{
	static const struct fake_file files[] = { DEBIAN, LIBVIRT_9 };
	FAKE_HOST(host, files);

	(void)state;
	host.facts = gvnp_facts_new();
	gvnp_insert(host.facts, "user", gvnp_text("name", "root"), gvnp_integer("uid", 0),
		    gvnp_integer("gid", 0), gvnp_text("home", "/root"),
		    gvnp_text("shell", "/bin/sh"));
	fake_collect(&host, &gvnp_collector_libvirt_config);
	assert_rows(&host, "SELECT value FROM libvirt_setting WHERE key = 'swtpm_user'", "tss\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_value_is_understood),
		cmocka_unit_test(of_a_key_written_twice_the_first_counts),
		cmocka_unit_test(what_the_daemon_would_refuse_names_its_line),
		cmocka_unit_test(a_nul_byte_ends_nothing_and_crashes_nothing),
		cmocka_unit_test(commented_keys_have_their_default),
		cmocka_unit_test(what_is_written_counts_and_says_where),
		cmocka_unit_test(each_daemon_has_the_defaults_of_its_kind),
		cmocka_unit_test(defaults_follow_version_and_distribution),
		cmocka_unit_test(without_a_daemon_the_library_tells_the_version),
		cmocka_unit_test(what_a_default_depends_on_may_be_unknown),
		cmocka_unit_test(a_file_that_cannot_be_read_is_a_hole_of_that_file),
		cmocka_unit_test(the_default_of_swtpm_does_not_depend_on_the_accounts_that_exist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
