/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers of VMs, found among all processes. */
#include "fake_process.h"

#define SWTPM "/usr/bin/swtpm\0socket\0--tpmstate\0dir=/var/lib/libvirt/swtpm/" UUID_A "/tpm2"
#define HELPER(pid, status, label)                                                                 \
	PROCESS(pid, STAT_OF("swtpm", "S", "1", "4194560", "1", "900"), status, SWTPM,             \
		"/usr/bin/swtpm", ""),                                                             \
		READ("/proc/" pid "/attr/apparmor/current", label)
#define TSS_STATUS STATUS_OF("swtpm", "104", "0000000000000000", "1", "2")
#define IN_SCOPE "5:devices:/\n0::/machine.slice/machine-qemu\\x2d1.scope/libvirt/emulator\n"
#define PROCESSES LIST("/proc", "1/\n2/\n100/\n500/\n600/\n700/\nself\n")
#define DBUS                                                                                       \
	PROCESS("700", STAT_OF("dbus-daemon", "S", "1", "4194560", "1", "900"),                    \
		ROOT_STATUS("dbus-daemon"), "/usr/bin/dbus-daemon", "/usr/bin/dbus-daemon", "")

static void a_helper_belongs_to_the_vm_whose_control_group_it_is_in(void **state)
{
	static const struct fake_file files[] = {
		INIT,
		LIBVIRT(ACTIVE_A),
		CAREFUL_VM,
		NET,
		PROCESSES,
		HELPER("600", TSS_STATUS, "libvirt-" UUID_A " (enforce)\n"),
		READ("/proc/600/cgroup", IN_SCOPE),
		DBUS,
		READ("/proc/700/cgroup", "0::/system.slice/dbus.service\n"),
		READ("/proc/100/maps", "7f0000200000-7f0000300000 r-xp 00001000 fe:00 90  "
				       "/usr/lib/libvirt.so.0 (deleted)\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	/* the bus of the system is no helper of a VM */
	assert_rows(&host,
		    "SELECT pid, name, domain, uid, has_capabilities, no_new_privileges, seccomp, "
		    "label, label_mode FROM vm_helper",
		    "600|swtpm|" UUID_A "|104|0|1|2|libvirt-" UUID_A "|enforce\n");
	assert_rows(&host, "SELECT pid, path FROM libvirt_daemon_stale_file",
		    "100|/usr/lib/libvirt.so.0\n");
	assert_rows(&host, "SELECT count(*) FROM hole WHERE table_name LIKE '%helper%'", "0\n");
}

static void what_a_helper_hides_is_a_hole_of_it(void **state)
{
	static const struct fake_file files[] = {
		INIT,
		LIBVIRT(ACTIVE_A),
		CAREFUL_VM,
		NET,
		PROCESSES,
		HELPER("600", ROOT_STATUS("swtpm"), ""),
		REFUSED(GVNP_READ, "/proc/600/attr/apparmor/current", EACCES),
		REFUSED(GVNP_READ, "/proc/600/attr/current", EACCES),
		READ("/proc/600/cgroup", "0::/\n"),
		DBUS,
		READ("/proc/700/cgroup", IN_SCOPE),
		REFUSED(GVNP_READ, "/proc/100/maps", EACCES),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host, "SELECT pid, name, domain, uid, seccomp, label FROM vm_helper",
		    "600|swtpm||0|0|NULL\n700|dbus-daemon|" UUID_A "|0|0|\n");
	assert_rows(&host,
		    "SELECT table_name, column_name, object FROM hole WHERE table_name IN "
		    "('vm_helper', 'libvirt_daemon_stale_file') ORDER BY 1",
		    "libvirt_daemon_stale_file||100\nvm_helper|label|600\n");
}

/* "" would say that it works for no VM. */
static void a_helper_in_the_group_of_a_vm_that_is_not_known_may_be_anybodys(void **state)
{
	static const struct fake_file files[] = {
		INIT,
		LIBVIRT(ACTIVE_A),
		CAREFUL_VM,
		NET,
		PROCESSES,
		HELPER("600", ROOT_STATUS("swtpm"), ""),
		READ("/proc/600/cgroup", IN_SCOPE),
		DBUS,
		READ("/proc/700/cgroup", "0::/\n"),
		REFUSED(GVNP_READ, "/proc/500/cgroup", EACCES),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host, "SELECT pid, domain FROM vm_helper", "600|NULL\n");
	assert_rows(&host,
		    "SELECT object, problem FROM hole WHERE table_name = 'vm_helper' AND "
		    "column_name = 'domain'",
		    "600|swtpm 600: it is in the control group of a VM that is not known\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_helper_belongs_to_the_vm_whose_control_group_it_is_in),
		cmocka_unit_test(what_a_helper_hides_is_a_hole_of_it),
		cmocka_unit_test(
			a_helper_in_the_group_of_a_vm_that_is_not_known_may_be_anybodys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
