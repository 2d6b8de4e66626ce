/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_host.h"

#include <zlib.h>

static void the_command_line_ends_where_the_arguments_of_init_begin(void **state)
{
	/* from a Firecracker guest, Linux 6.18, shortened */
	static const struct fake_file files[] = {
		READ("/proc/cmdline",
		     "mitigations=auto,no_guest_host,no_guest_guest console=ttyS0 quiet "
		     "random.trust_cpu=1 rdinit=/init -- --addr 0.0.0.0:2024 mitigations=off\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_kernel_parameter);
	assert_rows(&host, "SELECT position, name, value FROM kernel_parameter",
		    "0|mitigations|auto,no_guest_host,no_guest_guest\n"
		    "1|console|ttyS0\n2|quiet|\n3|random.trust_cpu|1\n4|rdinit|/init\n");
	assert_rows(&host, "SELECT word, is_known FROM mitigation_word ORDER BY word",
		    "auto|1\nno_guest_guest|1\nno_guest_host|1\n");
	assert_true(gvnp_facts_is_collected(host.facts, "kernel_parameter"));
	assert_true(gvnp_facts_is_collected(host.facts, "mitigation_word"));
}

static void quotes_of_the_command_line_are_read_as_the_kernel_reads_them(void **state)
{
	static const struct fake_file files[] = {
		READ("/proc/cmdline",
		     "dyndbg=\"file a.c +p\" \"b=c d\" e=\"f\"g =h i= mitigations=off "
		     "mitigations=auto,nosmt,no_such_thing"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_kernel_parameter);
	assert_rows(&host, "SELECT name, value FROM kernel_parameter WHERE position < 5",
		    "dyndbg|file a.c +p\nb|c d\ne|f\"g\n=h|\ni|\n");
	assert_rows(&host, "SELECT word, is_known FROM mitigation_word ORDER BY word",
		    "auto|1\nno_such_thing|0\nnosmt|1\noff|1\n");
}

static void a_command_line_that_was_not_recorded_is_a_hole(void **state)
{
	static const struct fake_file files[] = {
		REFUSED(GVNP_READ, "/proc/cmdline", GVNP_NOT_RECORDED),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_kernel_parameter);
	assert_false(gvnp_facts_is_collected(host.facts, "kernel_parameter"));
	assert_rows(&host, "SELECT * FROM hole WHERE table_name = 'kernel_parameter'",
		    "kernel_parameter|||/proc/cmdline: not recorded\n");
}

static void an_absent_sysctl_has_no_row_and_a_refused_one_is_null(void **state)
{
	static const struct fake_file files[] = {
		READ("/proc/sys/kernel/kptr_restrict", "2\n"),
		READ("/proc/sys/net/ipv4/conf/eth0.100/rp_filter", "1\n"),
		READ("/proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n"),
		REFUSED(GVNP_READ, "/proc/sys/net/core/bpf_jit_harden", EACCES),
		REFUSED(GVNP_READ, "/proc/sys/kernel/dmesg_restrict", GVNP_NOT_RECORDED),
	};
	static const char *const names[] = {
		"kernel.dmesg_restrict",
		"kernel.kptr_restrict",
		"kernel.yama.ptrace_scope",
		"net.core.bpf_jit_harden",
		"net.ipv4.conf.eth0/100.rp_filter",
		"net.ipv4.tcp_rmem",
	};
	FAKE_HOST(host, files);

	(void)state;
	host.names.sysctl = names;
	host.names.n_sysctl = 6;
	fake_collect(&host, &gvnp_collector_sysctl);
	assert_rows(
		&host, "SELECT name, value FROM sysctl ORDER BY name",
		"kernel.kptr_restrict|2\nnet.core.bpf_jit_harden|NULL\n"
		"net.ipv4.conf.eth0/100.rp_filter|1\nnet.ipv4.tcp_rmem|4096\t131072\t6291456\n");
	assert_rows(&host, "SELECT * FROM hole ORDER BY object",
		    "sysctl||kernel.dmesg_restrict|/proc/sys/kernel/dmesg_restrict: not recorded\n"
		    "sysctl|value|net.core.bpf_jit_harden|"
		    "/proc/sys/net/core/bpf_jit_harden: Permission denied\n");
}

static void a_sysctl_name_cannot_leave_its_folder(void **state)
{
	(void)state;
	assert_false(gvnp_collect_declares(GVNP_READ, "/proc/sys/../1/environ"));
	assert_false(gvnp_collect_declares(GVNP_READ, "/proc/sys//kernel"));
	assert_true(gvnp_collect_declares(GVNP_READ, "/proc/sys/kernel/kptr_restrict"));
	assert_false(gvnp_collect_declares(GVNP_READ, "/etc/ssh/ssh_host_rsa_key"));
	assert_false(gvnp_collect_declares(GVNP_SYSTEM, "/proc/sys/kernel/kptr_restrict") &&
		     gvnp_collect_declares(GVNP_LIBVIRT, "/proc/sys/kernel/kptr_restrict") &&
		     gvnp_collect_declares(GVNP_READ, "clock"));
}

static void configured_sysctls_come_in_order_of_effect(void **state)
{
	static const struct fake_file files[] = {
		LIST("/etc/sysctl.d", "10-a.conf\n20-off.conf -> /dev/null\n99-sysctl.conf -> "
				      "../sysctl.conf\nREADME.sysctl\n"),
		LIST("/usr/lib/sysctl.d", "10-a.conf\n20-off.conf\n50-b.conf\n"),
		READ("/etc/sysctl.d/10-a.conf", "# comment\n; comment\nkernel.kptr_restrict = 2\n"),
		READ("/usr/lib/sysctl.d/10-a.conf", "kernel.kptr_restrict = 0\n"),
		READ("/usr/lib/sysctl.d/20-off.conf", "vm.off = 1\n"),
		READ("/usr/lib/sysctl.d/50-b.conf",
		     "-net/ipv4/conf/eth0.100/rp_filter=1\n-net.excluded\nno assignment\n"
		     "  net.ipv4.conf.*.log_martians =  1  \n=5\n"),
		READ("/etc/sysctl.d/99-sysctl.conf", "kernel.kptr_restrict=1"),
		READ("/etc/sysctl.conf", "kernel.kptr_restrict=1"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_sysctl_configured);
	assert_rows(&host, "SELECT position, name, value, file, line FROM sysctl_configured",
		    "0|kernel.kptr_restrict|2|/etc/sysctl.d/10-a.conf|3\n"
		    "1|net.ipv4.conf.eth0/100.rp_filter|1|/usr/lib/sysctl.d/50-b.conf|1\n"
		    "2|net.ipv4.conf.*.log_martians|1|/usr/lib/sysctl.d/50-b.conf|4\n"
		    "3|kernel.kptr_restrict|1|/etc/sysctl.d/99-sysctl.conf|1\n");
	assert_true(gvnp_facts_is_collected(host.facts, "sysctl_configured"));
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void sysctl_conf_counts_only_where_process_1_reads_it(void **state)
{
	static const struct fake_file with_systemd[] = {
		READ("/proc/1/comm", "systemd\n"),
		READ("/etc/sysctl.conf", "kernel.kptr_restrict=1\n"),
	};
	static const struct fake_file with_another[] = {
		READ("/proc/1/comm", "init\n"),
		READ("/etc/sysctl.conf", "kernel.kptr_restrict=1\n"),
	};
	FAKE_HOST(systemd, with_systemd);
	FAKE_HOST(another, with_another);

	(void)state;
	fake_collect(&systemd, &gvnp_collector_sysctl_configured);
	assert_rows(&systemd, "SELECT count(*) FROM sysctl_configured", "0\n");
	fake_collect(&another, &gvnp_collector_sysctl_configured);
	assert_rows(&another, "SELECT name, file FROM sysctl_configured",
		    "kernel.kptr_restrict|/etc/sysctl.conf\n");
}

static void a_configuration_file_that_is_refused_makes_the_table_incomplete(void **state)
{
	static const struct fake_file files[] = {
		LIST("/etc/sysctl.d", "10-a.conf\n"),
		REFUSED(GVNP_READ, "/etc/sysctl.d/10-a.conf", EACCES),
		REFUSED(GVNP_LIST, "/run/sysctl.d", GVNP_NOT_RECORDED),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_sysctl_configured);
	assert_rows(&host, "SELECT object, problem FROM hole ORDER BY problem",
		    "|/etc/sysctl.d/10-a.conf: Permission denied\n|/run/sysctl.d: not recorded\n");
}

static void options_are_joined_and_modules_are_spelt_with_underscores(void **state)
{
	static const struct fake_file files[] = {
		LIST("/etc/modprobe.d", "kvm.conf\nnotes.txt\n"),
		READ("/etc/modprobe.d/kvm.conf",
		     "# nested off\noptions kvm-amd nested=0 \\\n  npt=1\n"
		     "blacklist  floppy\ninstall usb-storage /bin/false\nsoftdep a pre: b\n"
		     "options vfio_iommu_type1 allow_unsafe_interrupts\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_module_option);
	assert_rows(&host, "SELECT module, kind, name, value, line FROM module_option",
		    "kvm_amd|option|nested|0|2\nkvm_amd|option|npt|1|2\nfloppy|blacklist|||4\n"
		    "usb_storage|install||/bin/false|5\n"
		    "vfio_iommu_type1|option|allow_unsafe_interrupts||7\n");
}

static void modules_parameters_and_taint_are_read(void **state)
{
	static const struct fake_file files[] = {
		READ("/proc/modules", "kvm_amd 155648 0 - Live 0xffffffffc0a00000\n"
				      "kvm 1142784 1 kvm_amd, Live 0xffffffffc0800000\n"
				      "zfs 4190208 6 - Live 0x0000000000000000 (POE)\n"
				      "old 16384 0 - Unloading 0x0000000000000000 (OE-)\n"),
		READ("/proc/sys/kernel/tainted", "12289\n"),
		READ("/sys/module/kvm_amd/parameters/nested", "1\n"),
		REFUSED(GVNP_READ, "/sys/module/apparmor/parameters/mode", EPERM),
	};
	static const char *const names[] = { "apparmor.mode", "kvm-amd.nested",
					     "kvm_intel.nested" };
	FAKE_HOST(host, files);

	(void)state;
	host.names.module_parameter = names;
	host.names.n_module_parameter = 3;
	fake_collect(&host, &gvnp_collector_module);
	assert_rows(&host, "SELECT name, state, taint FROM module ORDER BY name",
		    "kvm|Live|\nkvm_amd|Live|\nold|Unloading|OE\nzfs|Live|POE\n");
	assert_rows(&host, "SELECT bit, letter FROM taint", "0|P\n12|O\n13|E\n");
	assert_rows(&host, "SELECT name, value FROM module_parameter ORDER BY name",
		    "apparmor.mode|NULL\nkvm-amd.nested|1\n");
}

static void a_kernel_without_modules_has_none(void **state)
{
	static const struct fake_file files[] = { READ("/proc/sys/kernel/tainted", "0\n") };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_module);
	assert_true(gvnp_facts_is_collected(host.facts, "module"));
	assert_true(gvnp_facts_is_collected(host.facts, "taint"));
	assert_rows(&host, "SELECT count(*) FROM module", "0\n");
}

static const char configuration[] = "#\n# Automatically generated file; DO NOT EDIT.\n#\n"
				    "CONFIG_KVM=m\nCONFIG_KVM_AMD=y\n"
				    "# CONFIG_SECURITY_APPARMOR is not set\n"
				    "CONFIG_LSM=\"landlock,lockdown,yama\"\n"
				    "CONFIG_LOCALVERSION=\"a\\\"b\"\n"
				    "CONFIG_LSM_MMAP_MIN_ADDR=65536\n";
static const char *const config_names[] = {
	"CONFIG_ABSENT",
	"CONFIG_KVM",
	"CONFIG_LOCALVERSION",
	"CONFIG_LSM",
	"CONFIG_LSM_MMAP_MIN_ADDR",
	"CONFIG_SECURITY_APPARMOR",
};
static const char config_rows[] = "CONFIG_KVM|m\nCONFIG_LOCALVERSION|a\"b\n"
				  "CONFIG_LSM|landlock,lockdown,yama\n"
				  "CONFIG_LSM_MMAP_MIN_ADDR|65536\nCONFIG_SECURITY_APPARMOR|n\n";

static size_t compress_configuration(unsigned char *ret, size_t size)
{
	z_stream stream = { .next_in = (unsigned char *)(uintptr_t)configuration,
			    .avail_in = sizeof configuration - 1,
			    .next_out = ret,
			    .avail_out = (unsigned)size };

	assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, 0), Z_OK);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	deflateEnd(&stream);
	return stream.total_out;
}

static void build_options_come_from_the_compressed_configuration(void **state)
{
	unsigned char packed[1024];
	struct fake_file files[] = {
		{ .operation = GVNP_READ, .path = "/proc/config.gz", .data = (char *)packed },
	};
	FAKE_HOST(host, files);
	FAKE_HOST(cut, files);

	(void)state;
	files[0].size = compress_configuration(packed, sizeof packed);
	host.names.kernel_config = cut.names.kernel_config = config_names;
	host.names.n_kernel_config = cut.names.n_kernel_config = 6;
	fake_collect(&host, &gvnp_collector_kernel_config);
	assert_rows(&host, "SELECT name, value FROM kernel_config ORDER BY name", config_rows);
	assert_true(gvnp_facts_is_collected(host.facts, "kernel_config"));

	files[0].size -= 20;
	fake_collect(&cut, &gvnp_collector_kernel_config);
	assert_false(gvnp_facts_is_collected(cut.facts, "kernel_config"));
	assert_rows(&cut, "SELECT problem FROM hole", "/proc/config.gz: cut off\n");
}

static void build_options_come_from_boot_when_the_kernel_does_not_tell(void **state)
{
	static const struct fake_file files[] = {
		{ .operation = GVNP_SYSTEM,
		  .path = "uname",
		  .data = "Linux\n6.1.0-37-amd64\n#1 SMP Debian\nx86_64\n" },
		READ("/boot/config-6.1.0-37-amd64", configuration),
	};
	FAKE_HOST(host, files);

	(void)state;
	host.names.kernel_config = config_names;
	host.names.n_kernel_config = 6;
	fake_collect(&host, &gvnp_collector_kernel_config);
	assert_rows(&host, "SELECT name, value FROM kernel_config ORDER BY name", config_rows);
}

/* A NUL ends a name of ours, and not one of the file. */
static void a_name_with_a_nul_is_no_option_of_ours(void **state)
{
	static const char torn[] = "CONFIG_KVM\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0=y\n"
				   "CONFIG_LSM=\"yama\"\n";
	static const struct fake_file files[] = {
		{ .operation = GVNP_SYSTEM, .path = "uname", .data = "Linux\n6.1.0\n#1\nx86_64\n" },
		{ .operation = GVNP_READ,
		  .path = "/boot/config-6.1.0",
		  .data = torn,
		  .size = sizeof torn - 1 },
	};
	FAKE_HOST(host, files);

	(void)state;
	host.names.kernel_config = config_names;
	host.names.n_kernel_config = 6;
	fake_collect(&host, &gvnp_collector_kernel_config);
	assert_rows(&host, "SELECT name, value FROM kernel_config", "CONFIG_LSM|yama\n");
}

static void without_any_configuration_no_option_is_absent(void **state)
{
	static const struct fake_file files[] = {
		{ .operation = GVNP_SYSTEM, .path = "uname", .data = "Linux\n6.1.0\n#1\nx86_64\n" },
	};
	FAKE_HOST(host, files);

	(void)state;
	host.names.kernel_config = config_names;
	host.names.n_kernel_config = 6;
	fake_collect(&host, &gvnp_collector_kernel_config);
	assert_false(gvnp_facts_is_collected(host.facts, "kernel_config"));
	assert_rows(&host, "SELECT count(*) FROM hole", "3\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_command_line_ends_where_the_arguments_of_init_begin),
		cmocka_unit_test(quotes_of_the_command_line_are_read_as_the_kernel_reads_them),
		cmocka_unit_test(a_command_line_that_was_not_recorded_is_a_hole),
		cmocka_unit_test(an_absent_sysctl_has_no_row_and_a_refused_one_is_null),
		cmocka_unit_test(a_sysctl_name_cannot_leave_its_folder),
		cmocka_unit_test(configured_sysctls_come_in_order_of_effect),
		cmocka_unit_test(sysctl_conf_counts_only_where_process_1_reads_it),
		cmocka_unit_test(a_configuration_file_that_is_refused_makes_the_table_incomplete),
		cmocka_unit_test(options_are_joined_and_modules_are_spelt_with_underscores),
		cmocka_unit_test(modules_parameters_and_taint_are_read),
		cmocka_unit_test(a_kernel_without_modules_has_none),
		cmocka_unit_test(build_options_come_from_the_compressed_configuration),
		cmocka_unit_test(build_options_come_from_boot_when_the_kernel_does_not_tell),
		cmocka_unit_test(a_name_with_a_nul_is_no_option_of_ours),
		cmocka_unit_test(without_any_configuration_no_option_is_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
