/* SPDX-License-Identifier: Apache-2.0 */
/* The platform: processor registers, memory errors, PCI functions. */
#include "fake_host.h"

#include <string.h>

#include "source/msr.h"

static void only_registers_of_the_table_have_a_path(void **state)
{
	uint32_t cpu = 77, number = 77;

	(void)state;
	assert_true(gvnp_msr_parse("/dev/cpu/13/msr:0xc0010015", &cpu, &number));
	assert_int_equal(cpu, 13);
	assert_int_equal(number, 0xc0010015);
	assert_false(gvnp_msr_parse("/dev/cpu/13/msr:0x17", &cpu, &number));
	assert_false(gvnp_msr_parse("/dev/cpu/13/msr:0x10000003a", &cpu, &number));
	assert_false(gvnp_msr_parse("/dev/cpu/13/msr:58", &cpu, &number));
	assert_false(gvnp_msr_parse("/dev/cpu/13/msr:0x", &cpu, &number));
	assert_false(gvnp_msr_parse("/dev/cpu/13/msr", &cpu, &number));
	assert_false(gvnp_msr_parse("/dev/cpu//msr:0x3a", &cpu, &number));
	assert_false(gvnp_msr_parse("/dev/cpu/-1/msr:0x3a", &cpu, &number));
	assert_false(gvnp_msr_parse("/dev/cpu/99999999999999999999/msr:0x3a", &cpu, &number));
	assert_false(gvnp_msr_parse("/dev/mem:0x3a", &cpu, &number));
	assert_int_equal(cpu, 13);
}

static void no_file_in_the_place_of_the_device_is_read(void **state)
{
	_cleanup_(gvnp_source_freep) struct gvnp_source *fake = gvnp_source_new_direct("/etc");
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *other =
		gvnp_source_ask_one(fake, GVNP_MSR, "/dev/cpu/0/msr:0x3a");
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *unlisted =
		gvnp_source_ask_one(fake, GVNP_MSR, "/dev/cpu/0/msr:0x10");

	(void)state;
	assert_int_equal(other->answers[0].error, ENODEV);
	assert_int_equal(unlisted->answers[0].error, EINVAL);
	assert_string_equal(unlisted->answers[0].problem,
			    "/dev/cpu/0/msr:0x10: no register that may be read");
}

static void insert_cpu(struct fake_host *host, int64_t cpu, const char *vendor)
{
	if (!host->facts)
		host->facts = gvnp_facts_new();
	gvnp_insert(host->facts, "cpu", gvnp_integer("cpu", cpu), gvnp_integer("package", 0),
		    gvnp_integer("core", cpu), gvnp_integer("siblings", 0), gvnp_integer("node", 0),
		    gvnp_text("vendor", vendor), gvnp_integer("family", 6),
		    gvnp_integer("model", 106), gvnp_integer("stepping", 6),
		    gvnp_text("model_name", ""), gvnp_text("microcode", "0xd0003a5"));
}

#define REGISTER(cpu_, number_, data_)                                                             \
	{                                                                                          \
		.operation = GVNP_MSR, .path = "/dev/cpu/" #cpu_ "/msr:" #number_, .data = (data_) \
	}
#define NO_REGISTER(cpu_, number_, error_)                                                         \
	REFUSED(GVNP_MSR, "/dev/cpu/" #cpu_ "/msr:" #number_, error_)

static void registers_the_processor_lacks_have_no_row(void **state)
{
	static const struct fake_file files[] = {
		REGISTER(2, 0xc0010010, "0x3f40000"),
		REGISTER(2, 0xc0010015, "0x89000011"),
		NO_REGISTER(2, 0xc0010113, EIO),
		NO_REGISTER(2, 0xc0010114, EIO),
		REGISTER(3, 0xc0010010, "0x3f40000"),
		NO_REGISTER(3, 0xc0010015, ENXIO),
		REGISTER(3, 0xc0010113, "0xffffffffffffffff"),
		REGISTER(3, 0xc0010114, "rubbish"),
	};
	FAKE_HOST(host, files);

	(void)state;
	insert_cpu(&host, 2, "AuthenticAMD");
	insert_cpu(&host, 3, "AuthenticAMD");
	fake_collect(&host, &gvnp_collector_processor_register);
	assert_rows(&host, "SELECT cpu, name, value FROM amd_register ORDER BY cpu, name",
		    "2|hwcr|2298478609\n2|syscfg|66322432\n3|hwcr|NULL\n3|smm_mask|-1\n"
		    "3|syscfg|66322432\n3|vm_cr|NULL\n");
	assert_rows(&host,
		    "SELECT column_name, object, problem FROM hole"
		    " WHERE table_name = 'amd_register' ORDER BY problem",
		    "value|3|/dev/cpu/3/msr:0xc0010015: No such device or address\n"
		    "value|3|/dev/cpu/3/msr:0xc0010114: unexpected content\n");
	assert_true(gvnp_facts_is_collected(host.facts, "amd_register"));
	assert_true(gvnp_facts_is_collected(host.facts, "intel_register"));
}

static void without_the_kernel_module_one_hole_says_so(void **state)
{
	static const struct fake_file files[] = { LIST("/dev/cpu", "") };
	FAKE_HOST(host, files);

	(void)state;
	insert_cpu(&host, 0, "GenuineIntel");
	insert_cpu(&host, 1, "GenuineIntel");
	fake_collect(&host, &gvnp_collector_processor_register);
	assert_rows(&host, "SELECT object, problem FROM hole WHERE table_name = 'intel_register'",
		    "|/dev/cpu/0/msr: the kernel module msr is not loaded\n");
	assert_false(gvnp_facts_is_collected(host.facts, "intel_register"));
}

static void without_the_privilege_one_hole_names_the_drop_in(void **state)
{
	static const struct fake_file files[] = {
		{ .operation = GVNP_MSR,
		  .path = "/dev/cpu/0/msr:0x3a",
		  .error = EPERM,
		  .data = "/dev/cpu/0/msr:0x3a: Operation not permitted (the drop-in that adds "
			  "CAP_SYS_RAWIO allows it)" },
	};
	FAKE_HOST(host, files);

	(void)state;
	insert_cpu(&host, 0, "GenuineIntel");
	insert_cpu(&host, 1, "GenuineIntel");
	fake_collect(&host, &gvnp_collector_processor_register);
	assert_rows(&host, "SELECT problem FROM hole WHERE table_name = 'intel_register'",
		    "/dev/cpu/0/msr:0x3a: Operation not permitted (the drop-in that adds "
		    "CAP_SYS_RAWIO allows it)\n");
}

static void other_architectures_have_no_such_registers(void **state)
{
	static const struct fake_file files[] = { LIST("/dev/cpu", "") };
	FAKE_HOST(host, files);
	FAKE_HOST(unknown, files);

	(void)state;
	insert_cpu(&host, 0, "0x41");
	fake_collect(&host, &gvnp_collector_processor_register);
	assert_true(gvnp_facts_is_collected(host.facts, "intel_register"));
	fake_collect(&unknown, &gvnp_collector_processor_register);
	assert_false(gvnp_facts_is_collected(unknown.facts, "intel_register"));
}

#define MC "/sys/devices/system/edac/mc"

static void memory_controllers_count_errors_and_modules_say_what_corrects_them(void **state)
{
	static const struct fake_file files[] = {
		LIST(MC, "mc0/\nmc1/\npower/\nuevent\n"),
		READ(MC "/mc0/mc_name", "Intel_10nm#0_IMC#0\n"),
		READ(MC "/mc0/ce_count", "3\n"),
		READ(MC "/mc0/ue_count", "0\n"),
		LIST(MC "/mc0", "ce_count\ndimm0/\nrank11/\npower/\ndimmer/\n"),
		READ(MC "/mc0/dimm0/dimm_label", "CPU_SrcID#0_MC#0_Chan#0_DIMM#0\n"),
		READ(MC "/mc0/dimm0/dimm_edac_mode", "SECDED\n"),
		READ(MC "/mc0/dimm0/dimm_mem_type", "Registered-DDR4\n"),
		READ(MC "/mc0/rank11/dimm_edac_mode", "None\n"),
		READ(MC "/mc1/mc_name", "amd64_edac\n"),
		REFUSED(GVNP_READ, MC "/mc1/ce_count", EIO),
		READ(MC "/mc1/ue_count", "2\n"),
		REFUSED(GVNP_LIST, MC "/mc1", EACCES),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_memory_error);
	assert_rows(&host, "SELECT * FROM memory_controller",
		    "mc0|Intel_10nm#0_IMC#0|3|0\nmc1|amd64_edac|NULL|2\n");
	assert_rows(&host, "SELECT * FROM memory_module",
		    "mc0|dimm0|CPU_SrcID#0_MC#0_Chan#0_DIMM#0|SECDED|Registered-DDR4\n"
		    "mc0|rank11||None|\n");
	assert_rows(&host,
		    "SELECT table_name, column_name, object FROM hole"
		    " WHERE table_name LIKE 'memory_%' ORDER BY 1",
		    "memory_controller|corrected|mc1\nmemory_module||mc1\n");
	assert_rows(&host, "SELECT count(*) FROM machine_check", "0\n");
	assert_true(gvnp_facts_is_collected(host.facts, "machine_check"));
}

static void the_handling_of_machine_checks_is_read_from_the_first_processor(void **state)
{
	static const struct fake_file files[] = {
		READ("/sys/devices/system/machinecheck/machinecheck0/ignore_ce", "1\n"),
		READ("/sys/devices/system/machinecheck/machinecheck0/dont_log_ce", "0\n"),
		REFUSED(GVNP_READ, "/sys/devices/system/machinecheck/machinecheck0/cmci_disabled",
			EACCES),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_memory_error);
	assert_rows(&host, "SELECT * FROM machine_check", "1|1|0|NULL\n");
	assert_rows(&host, "SELECT column_name FROM hole WHERE table_name = 'machine_check'",
		    "polls_only\n");
	assert_true(gvnp_facts_is_collected(host.facts, "memory_controller"));
}

#define PCI "/sys/bus/pci/devices"

static void functions_say_how_they_are_reset(void **state)
{
	static const struct fake_file files[] = {
		LIST(PCI, "0000:03:10.1 -> x\n0000:22:00.1 -> y\n0000:22:00.2 -> z\n"),
		READ(PCI "/0000:03:10.1/uevent",
		     "DRIVER=vfio-pci\nPCI_CLASS=20000\nPCI_ID=8086:1520\n"),
		LINK(PCI "/0000:03:10.1/iommu_group", "../../../kernel/iommu_groups/31"),
		LINK(PCI "/0000:03:10.1/physfn", "../0000:03:00.1"),
		THERE(PCI "/0000:03:10.1/reset"),
		READ(PCI "/0000:03:10.1/reset_method", "flr\n"),
		LIST(PCI "/0000:03:10.1/vfio-dev", "vfio0/\n"),
		READ(PCI "/0000:22:00.1/uevent",
		     "DRIVER=ccp\nPCI_CLASS=108000\nPCI_ID=1022:1649\n"),
		REFUSED(GVNP_STAT, PCI "/0000:22:00.1/reset", GVNP_NOT_RECORDED),
		READ(PCI "/0000:22:00.1/fused_part", "1\n"),
		READ(PCI "/0000:22:00.1/debug_lock_on", "0\n"),
		REFUSED(GVNP_READ, PCI "/0000:22:00.1/tsme_status", EIO),
		READ(PCI "/0000:22:00.2/uevent", "PCI_CLASS=88000\nPCI_ID=1022:1648\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_pci_device);
	assert_rows(&host,
		    "SELECT address, driver, physical_function, is_resettable, reset_methods,"
		    " vfio_device FROM pci_device",
		    "0000:03:10.1|vfio-pci|0000:03:00.1|1|flr|vfio0\n0000:22:00.1|ccp||NULL||\n"
		    "0000:22:00.2|||0||\n");
	assert_rows(&host, "SELECT column_name, object FROM hole WHERE table_name = 'pci_device'",
		    "is_resettable|0000:22:00.1\n");
}

static void attributes_a_security_processor_does_not_show_are_minus_one(void **state)
{
	static const struct fake_file files[] = {
		LIST(PCI, "0000:22:00.0 -> x\n0000:22:00.1 -> y\n"),
		READ(PCI "/0000:22:00.0/uevent", "PCI_CLASS=88000\nPCI_ID=1022:1648\n"),
		READ(PCI "/0000:22:00.1/uevent",
		     "DRIVER=ccp\nPCI_CLASS=108000\nPCI_ID=1022:1649\n"),
		READ(PCI "/0000:22:00.1/fused_part", "1\n"),
		READ(PCI "/0000:22:00.1/debug_lock_on", "0\n"),
		REFUSED(GVNP_READ, PCI "/0000:22:00.1/tsme_status", EIO),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_pci_device);
	assert_rows(&host, "SELECT * FROM security_processor", "0000:22:00.1|1|0|NULL|-1|-1\n");
	assert_rows(&host,
		    "SELECT column_name, object FROM hole WHERE table_name = 'security_processor'",
		    "encrypts_memory|0000:22:00.1\n");
}

static void a_device_that_nobody_could_name_may_be_the_security_processor(void **state)
{
	static const struct fake_file files[] = {
		LIST(PCI, "0000:22:00.1 -> y\n"),
		REFUSED(GVNP_READ, PCI "/0000:22:00.1/uevent", EIO),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_pci_device);
	assert_rows(&host,
		    "SELECT table_name, object FROM hole WHERE column_name = '' ORDER BY 1",
		    "pci_device|0000:22:00.1\nsecurity_processor|0000:22:00.1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_registers_of_the_table_have_a_path),
		cmocka_unit_test(no_file_in_the_place_of_the_device_is_read),
		cmocka_unit_test(registers_the_processor_lacks_have_no_row),
		cmocka_unit_test(without_the_kernel_module_one_hole_says_so),
		cmocka_unit_test(without_the_privilege_one_hole_names_the_drop_in),
		cmocka_unit_test(other_architectures_have_no_such_registers),
		cmocka_unit_test(
			memory_controllers_count_errors_and_modules_say_what_corrects_them),
		cmocka_unit_test(
			the_handling_of_machine_checks_is_read_from_the_first_processor),
		cmocka_unit_test(functions_say_how_they_are_reset),
		cmocka_unit_test(attributes_a_security_processor_does_not_show_are_minus_one),
		cmocka_unit_test(
			a_device_that_nobody_could_name_may_be_the_security_processor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
