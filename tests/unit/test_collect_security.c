/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_host.h"

#define SECURITY "/sys/kernel/security"
#define APPARMOR SECURITY "/apparmor"

static void a_hardened_node_shows_its_modules_and_lockdown(void **state)
{
	/* Debian 12 with Secure Boot */
	static const struct fake_file files[] = {
		LIST(SECURITY, "apparmor/\nlockdown\nlsm\n"),
		READ(SECURITY "/lsm", "lockdown,capability,landlock,yama,apparmor,tomoyo,bpf"),
		READ(SECURITY "/lockdown", "none [integrity] confidentiality\n"),
		THERE("/proc/1/attr"),
		READ("/sys/module/apparmor/parameters/enabled", "Y\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_security);
	assert_rows(&host, "SELECT lockdown, selinux, apparmor FROM security",
		    "integrity|absent|enabled\n");
	assert_rows(&host, "SELECT position, name FROM lsm ORDER BY position",
		    "0|lockdown\n1|capability\n2|landlock\n3|yama\n4|apparmor\n5|tomoyo\n6|bpf\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void securityfs_that_is_not_mounted_tells_nothing(void **state)
{
	static const struct fake_file files[] = {
		LIST(SECURITY, ""),
		THERE("/proc/1/attr"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_security);
	assert_false(gvnp_facts_is_collected(host.facts, "lsm"));
	assert_rows(&host, "SELECT lockdown, selinux, apparmor FROM security",
		    "NULL|absent|absent\n");
	assert_rows(&host, "SELECT table_name, column_name FROM hole ORDER BY 1",
		    "lsm|\nsecurity|lockdown\n");
}

static void a_kernel_without_security_modules_has_none(void **state)
{
	static const struct fake_file files[] = { READ("/proc/cmdline", "") };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_security);
	assert_true(gvnp_facts_is_collected(host.facts, "lsm"));
	assert_rows(&host, "SELECT count(*) FROM lsm", "0\n");
	assert_rows(&host, "SELECT lockdown, selinux, apparmor FROM security",
		    "absent|absent|absent\n");
}

static void selinux_is_told_by_its_file_system(void **state)
{
	static const struct fake_file enforcing[] = {
		LIST(SECURITY, "lsm\n"),
		READ(SECURITY "/lsm", "capability,selinux"),
		THERE("/proc/1/attr"),
		LIST("/sys/fs/selinux", "enforce\n"),
		READ("/sys/fs/selinux/enforce", "1"),
	};
	static const struct fake_file unmounted[] = {
		LIST(SECURITY, "lsm\n"),
		READ(SECURITY "/lsm", "capability,selinux"),
		THERE("/proc/1/attr"),
		LIST("/sys/fs/selinux", ""),
		READ("/sys/module/apparmor/parameters/enabled", "N\n"),
	};
	FAKE_HOST(first, enforcing);
	FAKE_HOST(second, unmounted);

	(void)state;
	fake_collect(&first, &gvnp_collector_security);
	assert_rows(&first, "SELECT lockdown, selinux, apparmor FROM security",
		    "absent|enforcing|absent\n");
	fake_collect(&second, &gvnp_collector_security);
	assert_rows(&second, "SELECT selinux, apparmor FROM security", "NULL|disabled\n");
}

static void profiles_are_read_from_the_list(void **state)
{
	static const struct fake_file files[] = {
		READ("/sys/module/apparmor/parameters/enabled", "Y\n"),
		READ(APPARMOR "/profiles",
		     "virt-aa-helper (enforce)\nlibvirtd (enforce)\nlibvirtd//qemu_bridge_helper "
		     "(enforce)\nlibvirt-4f5a2c1e-0000-4000-8000-000000000001 (enforce)\n"
		     "/usr/bin/a (b) c (complain)\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_apparmor);
	assert_rows(&host, "SELECT name, mode FROM apparmor_profile ORDER BY name",
		    "/usr/bin/a (b) c|complain\n"
		    "libvirt-4f5a2c1e-0000-4000-8000-000000000001|enforce\nlibvirtd|enforce\n"
		    "libvirtd//qemu_bridge_helper|enforce\nvirt-aa-helper|enforce\n");
	assert_true(gvnp_facts_is_collected(host.facts, "apparmor_profile"));
}

static void profiles_are_read_from_the_tree_when_the_list_is_refused(void **state)
{
	static const struct fake_file files[] = {
		READ("/sys/module/apparmor/parameters/enabled", "Y\n"),
		REFUSED(GVNP_READ, APPARMOR "/profiles", EACCES),
		LIST(APPARMOR "/policy/profiles", "libvirtd.1/\n"),
		READ(APPARMOR "/policy/profiles/libvirtd.1/name", "libvirtd\n"),
		READ(APPARMOR "/policy/profiles/libvirtd.1/mode", "enforce\n"),
		LIST(APPARMOR "/policy/profiles/libvirtd.1/profiles", "helper.2/\n"),
		READ(APPARMOR "/policy/profiles/libvirtd.1/profiles/helper.2/name", "helper\n"),
		READ(APPARMOR "/policy/profiles/libvirtd.1/profiles/helper.2/mode", "complain\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_apparmor);
	assert_rows(&host, "SELECT name, mode FROM apparmor_profile ORDER BY name",
		    "libvirtd|enforce\nlibvirtd//helper|complain\n");
	assert_true(gvnp_facts_is_collected(host.facts, "apparmor_profile"));
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void profiles_that_nobody_shows_are_a_hole(void **state)
{
	static const struct fake_file files[] = {
		READ("/sys/module/apparmor/parameters/enabled", "Y\n"),
		REFUSED(GVNP_READ, APPARMOR "/profiles", EACCES),
		REFUSED(GVNP_LIST, APPARMOR "/policy/profiles", ELOOP),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_apparmor);
	assert_false(gvnp_facts_is_collected(host.facts, "apparmor_profile"));
	assert_rows(&host, "SELECT problem FROM hole", APPARMOR "/profiles: Permission denied\n");
}

#define V1(id, name)                                                                               \
	id " 31 0:" id " / /sys/fs/cgroup/" name " rw,relatime - cgroup cgroup rw," name "\n"

static void a_hybrid_host_has_controllers_of_both_versions(void **state)
{
	static const struct fake_file files[] = {
		READ("/proc/1/mountinfo",
		     "27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n" V1("36", "devices")
			     V1("39", "cpu,cpuacct") "40 31 0:37 / /sys/fs/cgroup/systemd rw - "
						     "cgroup cgroup rw,name=systemd\n"
						     "50 31 0:38 /box /var/lib/box/cgroup rw - "
						     "cgroup2 cgroup2 rw\n"
						     "41 31 0:38 / /sys/fs/cgroup/unified "
						     "rw,relatime - cgroup2 cgroup2 rw\n"),
		READ("/proc/cgroups", "#subsys_name\thierarchy\tnum_"
				      "cgroups\tenabled\ndevices\t5\t1\t1\ncpu\t1\t11\t1\n"
				      "memory\t0\t27\t0\nhugetlb\t0\t11\t1\nnet_cls\t7\t1\t1\n"),
		READ("/sys/fs/cgroup/unified/cgroup.controllers", "hugetlb misc\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_cgroup);
	assert_rows(&host, "SELECT layout, unified_mount FROM cgroup_layout",
		    "hybrid|/sys/fs/cgroup/unified\n");
	assert_rows(&host,
		    "SELECT name, version, mount, is_enabled FROM cgroup_controller ORDER BY 1",
		    "cpu|1|/sys/fs/cgroup/cpu,cpuacct|1\ndevices|1|/sys/fs/cgroup/devices|1\n"
		    "hugetlb|2|/sys/fs/cgroup/unified|1\nmemory|0||0\n"
		    "misc|2|/sys/fs/cgroup/unified|1\nnet_cls|1||1\n");
}

static void unified_legacy_and_none_are_told_apart(void **state)
{
	static const struct fake_file unified[] = {
		READ("/proc/1/mountinfo",
		     "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n"),
		READ("/proc/cgroups", "#subsys_name\thierarchy\tnum_cgroups\tenabled\n"),
		READ("/sys/fs/cgroup/cgroup.controllers", "cpu io memory\n"),
	};
	static const struct fake_file legacy[] = {
		READ("/proc/1/mountinfo", V1("36", "devices")),
		REFUSED(GVNP_READ, "/proc/cgroups", GVNP_NOT_RECORDED),
	};
	static const struct fake_file none[] = {
		READ("/proc/1/mountinfo", "27 1 254:0 / / rw - ext4 /dev/vda rw\n"),
	};
	FAKE_HOST(first, unified);
	FAKE_HOST(second, legacy);
	FAKE_HOST(third, none);

	(void)state;
	fake_collect(&first, &gvnp_collector_cgroup);
	assert_rows(&first, "SELECT layout FROM cgroup_layout", "unified\n");
	assert_rows(&first, "SELECT count(*) FROM cgroup_controller WHERE version = 2", "3\n");
	fake_collect(&second, &gvnp_collector_cgroup);
	assert_rows(&second, "SELECT layout, unified_mount FROM cgroup_layout", "legacy|\n");
	assert_false(gvnp_facts_is_collected(second.facts, "cgroup_controller"));
	fake_collect(&third, &gvnp_collector_cgroup);
	assert_rows(&third, "SELECT layout FROM cgroup_layout", "none\n");
}

static void mounts_keep_blanks_and_optional_fields_apart(void **state)
{
	static const struct fake_file files[] = {
		READ("/proc/1/mountinfo",
		     "27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/mapper/vg-root rw\n"
		     "70 27 0:50 /a\\040b /mnt/with\\040blank\\134x rw,nosuid - tmpfs  rw,size=1k\n"
		     "nonsense\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_mount);
	assert_rows(&host, "SELECT * FROM mount",
		    "27|/|/|254:0|ext4|/dev/mapper/vg-root|rw,relatime|rw\n"
		    "70|/mnt/with blank\\x|/a b|0:50|tmpfs||rw,nosuid|rw,size=1k\n");
	assert_rows(&host, "SELECT problem FROM hole", "/proc/1/mountinfo: unexpected line\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hardened_node_shows_its_modules_and_lockdown),
		cmocka_unit_test(securityfs_that_is_not_mounted_tells_nothing),
		cmocka_unit_test(a_kernel_without_security_modules_has_none),
		cmocka_unit_test(selinux_is_told_by_its_file_system),
		cmocka_unit_test(profiles_are_read_from_the_list),
		cmocka_unit_test(profiles_are_read_from_the_tree_when_the_list_is_refused),
		cmocka_unit_test(profiles_that_nobody_shows_are_a_hole),
		cmocka_unit_test(a_hybrid_host_has_controllers_of_both_versions),
		cmocka_unit_test(unified_legacy_and_none_are_told_apart),
		cmocka_unit_test(mounts_keep_blanks_and_optional_fields_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
