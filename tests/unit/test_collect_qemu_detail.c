/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/device_policy.h"
#include "collect/libvirt_owner.h"
#include "collect/proc_scan.h"
#include "collect/qemu_memory.h"
#include "collect/qemu_process.h"
#include "collect/qemu_thread.h"
#include "fake_host.h"

static char *directories(const char *path)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	size_t sizes[GVNP_DEVICE_POLICY_DEPTH];
	size_t n = gvnp_device_policy_directories(gvnp_slice(path), sizes);

	for (size_t i = 0; i < n; i++)
		gvnp_buffer_append_format(&text, "%.*s\n", (int)sizes[i], path);
	return text.data ? gvnp_buffer_take(&text) : gvnp_duplicate("");
}

static void directories_of_one_vm_end_where_they_are_shared(void **state)
{
	static const struct {
		const char *path, *expected;
	} cases[] = {
		{ "/machine.slice/machine-qemu\\x2d1\\x2da.scope/libvirt/emulator",
		  "/machine.slice/machine-qemu\\x2d1\\x2da.scope/libvirt/emulator\n"
		  "/machine.slice/machine-qemu\\x2d1\\x2da.scope/libvirt\n"
		  "/machine.slice/machine-qemu\\x2d1\\x2da.scope\n" },
		{ "/machine/qemu-1-tiny.libvirt-qemu/emulator",
		  "/machine/qemu-1-tiny.libvirt-qemu/emulator\n"
		  "/machine/qemu-1-tiny.libvirt-qemu\n" },
		{ "/gold.partition/qemu-1-a.libvirt-qemu",
		  "/gold.partition/qemu-1-a.libvirt-qemu\n" },
		{ "/system.slice/fc.service", "/system.slice/fc.service\n" },
		{ "/user.slice", "" },
		{ "/", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		_cleanup_free_ char *text = directories(cases[i].path);

		assert_string_equal(text, cases[i].expected);
	}
	_cleanup_free_ char *deep =
		directories("/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z");
	assert_non_null(strstr(deep, "/p/q/r/s/t/u/v/w/x/y/z\n"));
	assert_null(strstr(deep, "/j\n")); /* the 17th from the leaf */
}

static void mappings_carry_their_flags(void **state)
{
	struct gvnp_slice rest = gvnp_slice(
		"Rss: 0 kB\n"
		"55a76441c000-55a764823000 r-xp 00000000 fe:00 10977342       /usr/bin/q m\n"
		"Size:               4124 kB\n"
		"VmFlags: rd ex mr mw me \n"
		"7fecdbe00000-7fecdfe00000 rw-s 00000000 00:00 7  /memfd:pc.ram (deleted)\n"
		"Size:              65536 kB\n"
		"VmFlags: rd wr sh mr mw me dc ac dd hg mg lo ht \n"
		"7fece0021000-7fece4000000 ---p 00000000 00:00 0 \n");
	struct gvnp_mapping mapping;

	(void)state;
	assert_true(gvnp_mapping_next(&rest, &mapping));
	assert_true(gvnp_slice_is(mapping.path, "/usr/bin/q m"));
	assert_true(mapping.has_flags);
	assert_false(mapping.is_mergeable || mapping.is_undumped || mapping.is_unforked);
	assert_true(gvnp_mapping_next(&rest, &mapping));
	assert_int_equal(mapping.end - mapping.start, 65536 * 1024);
	assert_true(mapping.is_mergeable && mapping.is_undumped && mapping.is_locked);
	assert_true(mapping.is_huge && mapping.is_unforked);
	assert_true(gvnp_mapping_next(&rest, &mapping));
	assert_false(mapping.has_flags);
	assert_int_equal(mapping.path.size, 0);
	assert_false(gvnp_mapping_next(&rest, &mapping));
}

static void only_mappings_that_may_hold_the_guest_are_kept(void **state)
{
	static const char smaps[] =
		"100000000-100200000 r-xp 0 fe:00 1 /usr/bin/qemu\nVmFlags: rd ex\n"
		"100200000-100400000 rw-p 0 fe:00 1 /usr/bin/qemu\nVmFlags: rd wr\n"
		"110000000-110200000 r--p 0 fe:00 2 /usr/lib/locale-archive\nVmFlags: rd\n"
		"120000000-120200000 rw-p 0 00:00 0 [heap]\nVmFlags: rd wr\n"
		"130000000-1300ff000 rw-p 0 00:00 0 \nVmFlags: rd wr\n"
		"140000000-140200000 ---p 0 00:00 0 \nVmFlags: mr\n"
		"150000000-150200000 rw-p 0 00:00 0 \nVmFlags: rd wr mg dc\n"
		"160000000-160200000 rw-s 0 00:01 7 /memfd:ram0 (deleted)\nVmFlags: dd dc sh\n"
		"170000000-170200000 rw-s 0 00:0f 8 /dev/hugepages/libvirt/q/ram\nVmFlags: ht dd\n"
		"180000000-180200000 rw-p 0 fe:00 9 /var/lib/ram.img\n"
		"190000000-190200000 rwxp 0 00:00 0 [anon:jit]\nVmFlags: rd wr ex\n"
		"1a0000000-1a0200000 rwxp 0 fe:00 1 /usr/bin/qemu\nVmFlags: rd wr ex\n";
	struct gvnp_process process = { .pid = 7 };
	struct gvnp_vm vm = { .process = &process, .object = "7" };
	struct gvnp_answer answer = { .problem = "", .data = smaps, .size = sizeof smaps - 1 };
	_cleanup_(fake_host_done) struct fake_host host = { .facts = gvnp_facts_new() };

	(void)state;
	gvnp_vm_memory_take(host.facts, &vm, &answer);
	assert_rows(&host,
		    "SELECT address, size_kib, path, is_shared, is_mergeable, is_dumped, is_huge, "
		    "is_guest, is_executable FROM qemu_process_memory ORDER BY address",
		    "150000000|2048||0|1|1|0|1|0\n"
		    "160000000|2048|memfd:ram0|1|0|0|0|1|0\n"
		    "170000000|2048|/dev/hugepages/libvirt/q/ram|1|0|0|1|0|0\n"
		    "180000000|2048|/var/lib/ram.img|0|NULL|NULL|NULL|NULL|0\n"
		    "190000000|2048||0|0|1|0|0|1\n"
		    "1a0000000|2048|/usr/bin/qemu|0|0|1|0|0|1\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void an_empty_table_of_mappings_is_a_hole(void **state)
{
	struct gvnp_process process = { .pid = 7 };
	struct gvnp_vm vm = { .process = &process, .object = "7" };
	struct gvnp_answer answer = { .problem = "", .data = "", .size = 0 };
	_cleanup_(fake_host_done) struct fake_host host = { .facts = gvnp_facts_new() };

	(void)state;
	gvnp_vm_memory_take(host.facts, &vm, &answer);
	assert_rows(&host, "SELECT table_name, object, problem FROM hole ORDER BY 1",
		    "qemu_process_memory|7|/proc/7/smaps: empty\n"
		    "qemu_process_stale_file|7|/proc/7/smaps: empty\n");
}

#define ANSWER(error_, data_)                                                                      \
	{                                                                                          \
		.error = (error_), .problem = "", .data = (data_), .size = sizeof(data_) - 1       \
	}

static void labels_come_from_the_module_in_charge(void **state)
{
	static const struct {
		struct gvnp_answer apparmor, current;
		bool is_known;
		const char *label, *mode, *file;
	} cases[] = {
		{ ANSWER(0, "libvirt-x (enforce)\n"), ANSWER(0, "other"), true, "libvirt-x",
		  "enforce", "attr/apparmor/current" },
		{ ANSWER(ENOENT, ""), ANSWER(0, "system_u:system_r:svirt_t:s0:c1,c2\0"), true,
		  "system_u:system_r:svirt_t:s0:c1,c2", "", "attr/current" },
		{ ANSWER(EINVAL, ""), ANSWER(EINVAL, ""), true, "", "", NULL },
		{ ANSWER(ENOENT, ""), ANSWER(0, ""), true, "", "", NULL },
		{ ANSWER(EACCES, ""), ANSWER(0, "x"), false, "", "", NULL },
		{ ANSWER(ENOENT, ""), ANSWER(EACCES, ""), false, "", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct gvnp_vm_label label =
			gvnp_vm_label_decide(&cases[i].apparmor, &cases[i].current);

		assert_int_equal(label.is_known, cases[i].is_known);
		assert_true(gvnp_slice_is(label.label, cases[i].label));
		assert_true(gvnp_slice_is(label.mode, cases[i].mode));
		if (cases[i].file)
			assert_string_equal(label.file, cases[i].file);
		else
			assert_null(label.file);
	}
}

static void accelerators_are_only_said_when_certain(void **state)
{
	static const struct {
		const char *arguments;
		size_t size;
		bool is_qemu, holds_kvm_vm;
		int files_error;
		const char *expected; /* NULL: not known */
	} cases[] = {
#define CASE(arguments, ...) { arguments, sizeof(arguments), __VA_ARGS__ }
		CASE("q\0-accel\0tcg", true, true, 0, "kvm"),
		CASE("q\0-accel\0tcg", true, false, EACCES, "tcg"),
		CASE("q\0-accel\0kvm", true, false, EACCES, NULL),
		CASE("q\0-accel\0kvm", true, false, 0, NULL),
		CASE("q\0-machine\0pc,accel=kvm:tcg", true, false, 0, "tcg"),
		CASE("q\0-machine\0pc", true, false, 0, "tcg"),
		CASE("q\0-machine\0pc", true, false, EACCES, NULL),
		CASE("q\0-accel\0xen", true, false, EACCES, "xen"),
		CASE("x", false, false, 0, NULL),
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		_cleanup_(fake_host_done) struct fake_host host = { .facts = gvnp_facts_new() };
		struct gvnp_process process = {
			.pid = 7,
			.arguments = (char *)(uintptr_t)cases[i].arguments,
			.holds_kvm_vm = cases[i].holds_kvm_vm,
			.files_error = cases[i].files_error,
		};
		struct gvnp_vm vm = { .process = &process,
				      .object = "7",
				      .is_qemu = cases[i].is_qemu };
		_cleanup_free_ char *text = NULL;

		gvnp_qemu_command_parse((struct gvnp_slice){ cases[i].arguments, cases[i].size },
					&vm.command);
		gvnp_qemu_process_accelerator(host.facts, &vm, &text);
		gvnp_qemu_command_done(&vm.command);
		if (cases[i].expected)
			assert_string_equal(text, cases[i].expected);
		else
			assert_null(text);
		assert_rows(&host, "SELECT count(*) FROM hole", cases[i].expected ? "0\n" : "1\n");
	}
}

static void active_domains_are_read_with_blanks_in_their_names(void **state)
{
	struct gvnp_libvirt_owners owners = { 0 };

	(void)state;
	gvnp_libvirt_owners_parse(gvnp_slice("u1 5 1 1 0 0 a b\nu2 -1 5 1 0 0 off\nbroken\n"
					     "u3 x 1 1 0 0 odd\nu4 0 1 0 0 0 zero\n"),
				  &owners);
	assert_int_equal(owners.n, 2);
	assert_string_equal(owners.domains[0].name, "a b");
	assert_string_equal(owners.domains[1].uuid, "u4");
	gvnp_libvirt_owners_done(&owners);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(directories_of_one_vm_end_where_they_are_shared),
		cmocka_unit_test(mappings_carry_their_flags),
		cmocka_unit_test(only_mappings_that_may_hold_the_guest_are_kept),
		cmocka_unit_test(an_empty_table_of_mappings_is_a_hole),
		cmocka_unit_test(labels_come_from_the_module_in_charge),
		cmocka_unit_test(accelerators_are_only_said_when_certain),
		cmocka_unit_test(active_domains_are_read_with_blanks_in_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
