/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_host.h"

#define EFIVARS "/sys/firmware/efi/efivars"
#define SECURE_BOOT EFIVARS "/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define SETUP_MODE EFIVARS "/SetupMode-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define SHIM EFIVARS "/MokSBStateRT-605dab50-e046-4300-abb6-3dd810dd8b23"
#define DMI "/sys/class/dmi/id/"
#define SYSTEM(name, data_)                                                                        \
	{                                                                                          \
		.operation = GVNP_SYSTEM, .path = (name), .data = (data_)                          \
	}
#define CLOCK SYSTEM("clock", "1795293116")
#define BYTES(path_, data_)                                                                        \
	{                                                                                          \
		.operation = GVNP_READ, .path = (path_), .data = (data_),                          \
		.size = sizeof(data_) - 1                                                          \
	}

static void identity_of_the_host_is_read(void **state)
{
	static const struct fake_file files[] = {
		CLOCK,
		SYSTEM("uptime", "2688"),
		SYSTEM("uname", "Linux\n6.1.0-37-amd64\n#1 SMP PREEMPT_DYNAMIC Debian\nx86_64\n"),
		READ("/proc/sys/kernel/random/boot_id", "6f1c2d3e-4a5b-4c6d-8e9f-0a1b2c3d4e5f\n"),
		READ("/etc/machine-id", "b08dfa6083e7567a1921a715000001fb\n"),
		READ("/etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"
					"VERSION_ID='12'\nID=debian\n# ID=other\n"),
		READ("/proc/1/comm", "systemd\n"),
		READ("/proc/cpuinfo", "processor\t: 0\nvendor_id\t: AuthenticAMD\n"
				      "flags\t\t: fpu vme hypervisor\n\n"),
		READ(DMI "sys_vendor", "QEMU\n"),
		READ(DMI "product_name", "Standard PC (Q35 + ICH9, 2009)\n"),
		REFUSED(GVNP_READ, DMI "bios_date", GVNP_NOT_RECORDED),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_host);
	assert_rows(
		&host,
		"SELECT boot_id, architecture, kernel_release, kernel_version, os_id, os_version, "
		"os_name, init, time, uptime FROM host",
		"6f1c2d3e-4a5b-4c6d-8e9f-0a1b2c3d4e5f|x86_64|6.1.0-37-amd64|"
		"#1 SMP PREEMPT_DYNAMIC Debian|debian|12|Debian GNU/Linux 12 (bookworm)|systemd|"
		"1795293116|2688\n");
	assert_rows(&host, "SELECT machine_id_digest FROM host",
		    "8e8854c928b1a36a813fde2439b8468a9e92753b755fbe4aa62ac588c843a5f0\n");
	assert_rows(&host, "SELECT is_virtual, virtualization FROM host",
		    "1|QEMU Standard PC (Q35 + ICH9, 2009)\n");
	assert_rows(&host, "SELECT sys_vendor, board_name, bios_date FROM dmi", "QEMU||NULL\n");
}

static char *virtual_of(const struct fake_file *files, size_t n)
{
	_cleanup_(fake_host_done) struct fake_host host = { .files = files, .n_files = n };

	fake_collect(&host, &gvnp_collector_host);
	return fake_rows(&host, "SELECT is_virtual, virtualization FROM host");
}

#define assert_virtual(expected, ...)                                                              \
	do {                                                                                       \
		const struct fake_file files_[] = { CLOCK, __VA_ARGS__ };                          \
		_cleanup_free_ char *rows_ = virtual_of(files_, sizeof files_ / sizeof *files_);   \
		assert_string_equal(rows_, expected "\n");                                         \
	} while (0)

#define X86(flags) READ("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu " flags "\n")
#define ARM READ("/proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd\n")
#define COMPATIBLE "/sys/firmware/devicetree/base/compatible"

static void a_vm_is_told_from_a_machine_or_nothing_is_said(void **state)
{
	(void)state;
	assert_virtual("0|", X86("vme"), READ(DMI "sys_vendor", "QEMU\n"));
	assert_virtual("1|unknown hypervisor", X86("hypervisor"));
	assert_virtual("1|xen", X86("hypervisor"), READ("/sys/hypervisor/type", "xen\n"));
	assert_virtual("NULL|NULL", REFUSED(GVNP_READ, "/proc/cpuinfo", GVNP_NOT_RECORDED));
	assert_virtual("1|QEMU KVM Virtual Machine", ARM, READ(DMI "sys_vendor", "QEMU\n"),
		       READ(DMI "product_name", "KVM Virtual Machine\n"));
	assert_virtual("0|", ARM, READ(DMI "sys_vendor", "Ampere(R)\n"));
	assert_virtual("0|", ARM, READ(DMI "sys_vendor", "Amazon EC2\n"),
		       READ(DMI "product_name", "m6g.metal\n"));
	assert_virtual("1|Amazon EC2 m6g.large", ARM, READ(DMI "sys_vendor", "Amazon EC2\n"),
		       READ(DMI "product_name", "m6g.large\n"));
	assert_virtual("1|unknown hypervisor", ARM, BYTES(COMPATIBLE, "linux,dummy-virt\0"));
	assert_virtual("0|", ARM, BYTES(COMPATIBLE, "raspberrypi,4-model-b\0brcm,bcm2711\0"));
	assert_virtual("NULL|NULL", ARM);
	assert_virtual("NULL|NULL", ARM, READ(DMI "sys_vendor", "Ampere(R)\n"),
		       REFUSED(GVNP_READ, DMI "product_name", GVNP_NOT_RECORDED));
}

static void without_a_clock_there_is_no_host_row(void **state)
{
	static const struct fake_file files[] = { X86("vme") };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_host);
	assert_false(gvnp_facts_is_collected(host.facts, "host"));
}

static void secure_boot_is_the_fifth_byte(void **state)
{
	static const struct fake_file files[] = {
		THERE("/sys/firmware/efi"),
		THERE("/sys/class/dmi/id"),
		LIST(EFIVARS, "x\n"),
		BYTES(SECURE_BOOT, "\x06\0\0\0\x01"),
		BYTES(SETUP_MODE, "\x06\0\0\0\0"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_firmware);
	assert_rows(&host, "SELECT * FROM firmware", "1|uefi|1|0|0\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void shim_may_have_switched_validation_off(void **state)
{
	static const struct fake_file files[] = {
		THERE("/sys/firmware/efi"),
		LIST(EFIVARS, "x\n"),
		BYTES(SECURE_BOOT, "\x06\0\0\0\x01"),
		BYTES(SHIM, "\x06\0\0\0\x01"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_firmware);
	assert_rows(&host, "SELECT secure_boot, shim_validation_disabled FROM firmware", "1|1\n");
}

static void an_efi_variable_of_another_size_is_not_understood(void **state)
{
	static const struct fake_file files[] = {
		THERE("/sys/firmware/efi"),    LIST(EFIVARS, "x\n"),
		BYTES(SECURE_BOOT, "\x01"),    BYTES(SETUP_MODE, "\x06\0\0\0\0\0"),
		BYTES(SHIM, "\x06\0\0\0\x07"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_firmware);
	assert_rows(&host, "SELECT * FROM firmware", "1|uefi|NULL|NULL|NULL\n");
	assert_rows(&host, "SELECT count(*) FROM hole", "3\n");
}

static void efi_variables_that_are_not_mounted_are_unreadable(void **state)
{
	static const struct fake_file files[] = { THERE("/sys/firmware/efi"), LIST(EFIVARS, "") };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_firmware);
	assert_rows(&host, "SELECT * FROM firmware", "1|uefi|NULL|NULL|NULL\n");
}

static void the_kind_of_firmware_needs_evidence(void **state)
{
	static const struct fake_file bios[] = { THERE("/sys/class/dmi/id") };
	static const struct fake_file tree[] = { THERE(COMPATIBLE) };
	static const struct fake_file none[] = { THERE("/proc/1/attr") };
	static const struct fake_file unknown[] = {
		REFUSED(GVNP_STAT, "/sys/firmware/efi", GVNP_NOT_RECORDED),
		THERE("/sys/class/dmi/id"),
	};
	FAKE_HOST(first, bios);
	FAKE_HOST(second, tree);
	FAKE_HOST(third, none);
	FAKE_HOST(fourth, unknown);

	(void)state;
	fake_collect(&first, &gvnp_collector_firmware);
	assert_rows(&first, "SELECT * FROM firmware", "1|bios|0|0|0\n");
	fake_collect(&second, &gvnp_collector_firmware);
	assert_rows(&second, "SELECT * FROM firmware", "1|device-tree|0|0|0\n");
	fake_collect(&third, &gvnp_collector_firmware);
	assert_rows(&third, "SELECT * FROM firmware", "1|none|0|0|0\n");
	fake_collect(&fourth, &gvnp_collector_firmware);
	assert_rows(&fourth, "SELECT * FROM firmware", "1|NULL|NULL|NULL|NULL\n");
}

static void tpms_tell_version_and_banks(void **state)
{
	static const struct fake_file files[] = {
		LIST("/sys/class/tpm", "tpm0 -> ../../x/tpm0\ntpm1 -> ../../x/tpm1\ntpmrm0 -> x\n"),
		READ("/sys/class/tpm/tpm0/tpm_version_major", "2\n"),
		READ("/sys/class/tpm/tpm0/device/description", "TPM 2.0 Device\n"),
		LIST("/sys/class/tpm/tpm0", "dev\npcr-sha1/\npcr-sha256/\npower/\n"),
		THERE("/sys/class/tpm/tpm1/device/caps"),
		LIST("/sys/class/tpm/tpm1", "dev\n"),
	};
	static const struct fake_file without[] = { THERE("/proc/1/attr") };
	FAKE_HOST(host, files);
	FAKE_HOST(none, without);

	(void)state;
	fake_collect(&host, &gvnp_collector_tpm);
	assert_rows(&host, "SELECT * FROM tpm ORDER BY device",
		    "tpm0|2|TPM 2.0 Device|sha1,sha256\ntpm1|1||\n");
	fake_collect(&none, &gvnp_collector_tpm);
	assert_rows(&none, "SELECT count(*) FROM tpm", "0\n");
	assert_true(gvnp_facts_is_collected(none.facts, "tpm"));
}

#define PCI "/sys/bus/pci/devices/"

static void functions_know_their_group_driver_and_parent(void **state)
{
	static const struct fake_file files[] = {
		LIST("/sys/bus/pci/devices",
		     "0000:00:00.0 -> x\n0000:03:00.0 -> x\n0000:03:10.0 -> x\n"
		     "0000:04:00.0 -> x\n"),
		READ(PCI "0000:00:00.0/uevent", "PCI_CLASS=60000\nPCI_ID=8086:29C0\n"),
		READ(PCI "0000:03:00.0/uevent", "DRIVER=igb\nPCI_CLASS=20000\nPCI_ID=8086:1533\n"),
		LINK(PCI "0000:03:00.0/iommu_group", "../../../kernel/iommu_groups/12"),
		READ(PCI "0000:03:10.0/uevent",
		     "DRIVER=vfio-pci\nPCI_CLASS=20000\nPCI_ID=8086:1520\n"),
		REFUSED(GVNP_LINK, PCI "0000:03:10.0/iommu_group", EACCES),
		LINK(PCI "0000:03:10.0/physfn", "../0000:03:00.0"),
		REFUSED(GVNP_READ, PCI "0000:04:00.0/uevent", GVNP_NOT_RECORDED),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_pci_device);
	assert_rows(&host,
		    "SELECT address, class, vendor, device, driver, iommu_group, physical_function"
		    "  FROM pci_device ORDER BY 1",
		    "0000:00:00.0|0x060000|0x8086|0x29c0||-1|\n"
		    "0000:03:00.0|0x020000|0x8086|0x1533|igb|12|\n"
		    "0000:03:10.0|0x020000|0x8086|0x1520|vfio-pci|NULL|0000:03:00.0\n");
	assert_rows(&host,
		    "SELECT table_name, column_name, object FROM hole ORDER BY object, table_name",
		    "pci_device|iommu_group|0000:03:10.0\n"
		    "pci_device||0000:04:00.0\nsecurity_processor||0000:04:00.0\n");
}

static void an_empty_iommu_folder_is_no_iommu(void **state)
{
	static const struct fake_file files[] = { LIST("/sys/class/iommu", ""),
						  LIST("/sys/kernel/iommu_groups", "") };
	static const struct fake_file active[] = {
		LIST("/sys/class/iommu", "dmar0 -> x\n"),
		LIST("/sys/kernel/iommu_groups", "0/\n1/\n"),
		READ("/sys/kernel/iommu_groups/0/type", "identity\n"),
	};
	FAKE_HOST(host, files);
	FAKE_HOST(other, active);

	(void)state;
	fake_collect(&host, &gvnp_collector_iommu);
	assert_rows(&host, "SELECT count(*) FROM iommu", "0\n");
	assert_true(gvnp_facts_is_collected(host.facts, "iommu"));
	fake_collect(&other, &gvnp_collector_iommu);
	assert_rows(&other, "SELECT name FROM iommu", "dmar0\n");
	assert_rows(&other, "SELECT number, type FROM iommu_group", "0|identity\n1|\n");
}

static void interrupts_show_whether_they_are_remapped(void **state)
{
	static const struct fake_file x86[] = {
		READ("/proc/interrupts",
		     "            CPU0       CPU1       \n"
		     "   0:         41          0  IR-IO-APIC    2-edge      timer\n"
		     "   9:          0          4  IR-IO-APIC    9-fasteoi   acpi\n"
		     "  16:          0          0  IR-IO-APIC   16-fasteoi   ehci_hcd:usb1, "
		     "i801_smbus\n"
		     "  24:          0          0  DMAR-MSI    0-edge      dmar0\n"
		     " 120:          0       9841  IR-PCI-MSIX-0000:01:00.0    0-edge      "
		     "nvme0q0\n"
		     "  28:          0          0 PCI-MSI 327680-edge\n"
		     " NMI:          1          1   Non-maskable interrupts\n"
		     " ERR:          0\n"),
	};
	static const struct fake_file arm64[] = {
		READ("/proc/interrupts",
		     "           CPU0       CPU1       \n"
		     " 11:    1234567    2345678     GICv3  27 Level     arch_timer\n"
		     " 44:         10          0   ITS-MSI 16384 Edge      nvme0q0\n"
		     "IPI0:      1000       2000       Rescheduling interrupts\n"),
	};
	FAKE_HOST(first, x86);
	FAKE_HOST(second, arm64);

	(void)state;
	fake_collect(&first, &gvnp_collector_interrupt);
	assert_rows(
		&first, "SELECT irq, chip, action FROM interrupt ORDER BY CAST(irq AS INTEGER)",
		"0|IR-IO-APIC|timer\n9|IR-IO-APIC|acpi\n16|IR-IO-APIC|ehci_hcd:usb1, i801_smbus\n"
		"24|DMAR-MSI|dmar0\n28|PCI-MSI|\n120|IR-PCI-MSIX-0000:01:00.0|nvme0q0\n");
	fake_collect(&second, &gvnp_collector_interrupt);
	assert_rows(&second, "SELECT irq, chip, action FROM interrupt ORDER BY irq",
		    "11|GICv3|arch_timer\n44|ITS-MSI|nvme0q0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identity_of_the_host_is_read),
		cmocka_unit_test(a_vm_is_told_from_a_machine_or_nothing_is_said),
		cmocka_unit_test(without_a_clock_there_is_no_host_row),
		cmocka_unit_test(secure_boot_is_the_fifth_byte),
		cmocka_unit_test(shim_may_have_switched_validation_off),
		cmocka_unit_test(an_efi_variable_of_another_size_is_not_understood),
		cmocka_unit_test(efi_variables_that_are_not_mounted_are_unreadable),
		cmocka_unit_test(the_kind_of_firmware_needs_evidence),
		cmocka_unit_test(tpms_tell_version_and_banks),
		cmocka_unit_test(functions_know_their_group_driver_and_parent),
		cmocka_unit_test(an_empty_iommu_folder_is_no_iommu),
		cmocka_unit_test(interrupts_show_whether_they_are_remapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
