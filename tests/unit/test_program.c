/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How programs were built: data/elf/ holds heads, dynamic sections and names of three programs that
 * gcc 12 made: hardened (-pie -z now -D_FORTIFY_SOURCE=2 -fstack-protector-all), partial (-pie and
 * nothing else) and weak (-no-pie -z norelro -z execstack, with a run path).
 */
#include <fcntl.h>

#include "collect/elf.h"
#include "collect/qemu_memory.h"
#include "collect/vm_helper.h"
#include "fake_host.h"

enum { LIMIT = 1024 };

static struct gvnp_slice load(const char *name, char bytes[LIMIT])
{
	_cleanup_free_ char *path = gvnp_format(GVNP_TEST_DATA "/elf/%s", name);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : read(fd, bytes, LIMIT);

	assert_true(size > 0);
	return (struct gvnp_slice){ bytes, (size_t)size };
}

static void each_step_says_which_part_comes_next(void **state)
{
	char head[LIMIT], dynamic[LIMIT], names[LIMIT];
	struct gvnp_elf elf;

	(void)state;
	assert_null(gvnp_elf_read_head(load("hardened.head", head), &elf));
	assert_int_equal(elf.dynamic.offset, 11704);
	assert_int_equal(elf.dynamic.size, 496);
	assert_null(gvnp_elf_read_dynamic(load("hardened.dynamic", dynamic), &elf));
	assert_int_equal(elf.names.offset, 1184);
	assert_int_equal(elf.names.size, 193);
	assert_null(gvnp_elf_read_names(load("hardened.names", names), &elf));
	assert_true(elf.is_position_independent && elf.has_relro && elf.binds_now);
	assert_true(elf.has_stack_protector && elf.has_fortified_calls);
	assert_false(elf.is_stack_executable || elf.has_run_path);
}

static void a_part_cut_off_anywhere_is_a_problem(void **state)
{
	char head[LIMIT], dynamic[LIMIT], names[LIMIT];
	struct gvnp_slice whole = load("weak.head", head);
	struct gvnp_elf elf, copy;

	(void)state;
	for (size_t size = 0; size < whole.size; size++) {
		_cleanup_free_ char *cut = gvnp_allocate(size + 1);

		memcpy(cut, head, size);
		assert_non_null(gvnp_elf_read_head((struct gvnp_slice){ cut, size }, &elf));
	}
	assert_null(gvnp_elf_read_head(whole, &elf));
	whole = load("weak.dynamic", dynamic);
	for (size_t size = 0; size < whole.size; size++) {
		copy = elf;
		assert_non_null(gvnp_elf_read_dynamic((struct gvnp_slice){ dynamic, size }, &copy));
	}
	assert_null(gvnp_elf_read_dynamic(whole, &elf));
	whole = load("weak.names", names);
	for (size_t size = 0; size < whole.size; size++) {
		copy = elf;
		assert_non_null(gvnp_elf_read_names((struct gvnp_slice){ names, size }, &copy));
	}
}

static void what_is_no_program_of_ours_is_a_problem(void **state)
{
	char head[LIMIT];
	struct gvnp_slice bytes = load("hardened.head", head);
	struct gvnp_elf elf;

	(void)state;
	assert_string_equal(gvnp_elf_read_head(gvnp_slice("#!/bin/sh\nexec qemu\n"), &elf),
			    "it is no ELF program");
	head[4] = 1;
	assert_string_equal(gvnp_elf_read_head(bytes, &elf), "it is not a 64-bit program");
	bytes = load("hardened.head", head);
	memset(head + 32, 0xff, 8); /* e_phoff */
	assert_string_equal(gvnp_elf_read_head(bytes, &elf),
			    "its program headers lie beyond what was read of it");
	bytes = load("hardened.head", head);
	memset(head + 56, 0xff, 2); /* e_phnum */
	assert_string_equal(gvnp_elf_read_head(bytes, &elf),
			    "its program headers lie beyond what was read of it");
}

/* ---- the collector */

#define QEMU "/usr/bin/qemu-system-x86_64"
#define PART(range, bytes, inode_)                                                                 \
	{                                                                                          \
		.operation = GVNP_RANGE, .path = (range), .data = (bytes).text,                    \
		.size = (bytes).size, .mode = 0755, .inode = (inode_), .type = GVNP_TYPE_REGULAR   \
	}

static void add_vm(struct fake_host *host, int64_t pid, const char *exe, int64_t inode)
{
	if (!host->facts)
		host->facts = gvnp_facts_new();
	gvnp_insert(host->facts, "qemu_process", gvnp_integer("pid", pid), gvnp_text("domain", ""),
		    gvnp_text("name", "vm"), gvnp_text("exe", exe), gvnp_integer("started", 1),
		    gvnp_integer("exe_inode", inode), gvnp_integer("is_qemu", 1));
}

static void the_build_of_what_runs_is_read_once(void **state)
{
	char head[LIMIT], dynamic[LIMIT], names[LIMIT];
	struct fake_file files[] = {
		PART("0+4096:" QEMU, load("weak.head", head), 77),
		PART("8424+480:" QEMU, load("weak.dynamic", dynamic), 77),
		PART("1024+90:" QEMU, load("weak.names", names), 77),
	};
	FAKE_HOST(host, files);

	(void)state;
	add_vm(&host, 5, QEMU, 77);
	add_vm(&host, 6, QEMU, 77);
	fake_collect(&host, &gvnp_collector_program);
	assert_rows(&host,
		    "SELECT path, mode, is_static, is_position_independent, relro, "
		    "has_executable_stack, has_stack_protector, has_fortified_calls, run_path "
		    "FROM emulator_program",
		    QEMU "|493|0|0|none|1|0|0|/tmp/lib:.\n");
	assert_rows(&host, "SELECT * FROM hole", "");
	assert_true(gvnp_facts_is_collected(host.facts, "emulator_program"));
}

static void without_binding_at_start_relro_is_partial(void **state)
{
	char head[LIMIT], dynamic[LIMIT], names[LIMIT];
	struct fake_file files[] = {
		PART("0+4096:" QEMU, load("partial.head", head), 77),
		PART("11744+480:" QEMU, load("partial.dynamic", dynamic), 77),
		PART("1160+148:" QEMU, load("partial.names", names), 77),
	};
	FAKE_HOST(host, files);

	(void)state;
	add_vm(&host, 5, QEMU, 77);
	fake_collect(&host, &gvnp_collector_program);
	assert_rows(&host,
		    "SELECT is_position_independent, relro, has_executable_stack, "
		    "has_stack_protector FROM emulator_program",
		    "1|partial|0|0\n");
}

static void a_file_that_is_not_what_runs_tells_nothing(void **state)
{
	char head[LIMIT];
	struct fake_file files[] = {
		PART("0+4096:" QEMU, load("weak.head", head), 78),
		PART("0+4096:/home/me/qemu", gvnp_slice(""), 79),
		{ .operation = GVNP_RANGE, .path = "0+4096:/usr/bin/closed", .error = EACCES },
	};
	FAKE_HOST(host, files);

	(void)state;
	add_vm(&host, 5, QEMU, 77);
	add_vm(&host, 6, QEMU " (deleted)", 76);
	add_vm(&host, 7, "/home/me/qemu", 79);
	add_vm(&host, 8, "/usr/bin/closed", 80);
	add_vm(&host, 9, NULL, 0);
	fake_collect(&host, &gvnp_collector_program);
	assert_rows(&host, "SELECT path, mode, relro, run_path FROM emulator_program ORDER BY path",
		    "/home/me/qemu|493|NULL|NULL\n/usr/bin/closed|NULL|NULL|NULL\n" QEMU
		    "|NULL|NULL|NULL\n" QEMU " (deleted)|NULL|NULL|NULL\n");
	assert_rows(&host, "SELECT DISTINCT object, problem FROM hole ORDER BY object",
		    "|the program of process 9 is not known\n"
		    "/home/me/qemu|/home/me/qemu: of programs only those below /usr and /opt are "
		    "read\n"
		    "/usr/bin/closed|/usr/bin/closed: Permission denied\n" QEMU "|" QEMU
		    ": what runs is another file than the one with that path\n" QEMU
		    " (deleted)|" QEMU
		    " (deleted): what runs was replaced since, and is no file any more\n");
}

static void without_the_processes_nothing_is_known_of_programs(void **state)
{
	static const struct fake_file files[] = { THERE("/none") };
	FAKE_HOST(host, files);

	(void)state;
	host.facts = gvnp_facts_new();
	gvnp_facts_hole(host.facts, "qemu_process", "", "", "/proc: Permission denied");
	fake_collect(&host, &gvnp_collector_program);
	assert_rows(&host, "SELECT table_name, object, problem FROM hole ORDER BY 1",
		    "emulator_program||/proc: Permission denied\n"
		    "qemu_process||/proc: Permission denied\n");
}

/* ---- what is mapped, and helpers */

static void replaced_libraries_are_found_among_the_mappings(void **state)
{
	/* memfd and /dev/zero are always "(deleted)"; data of a deleted file is not run */
	static const char maps[] =
		"55d0a0000000-55d0a0400000 r-xp 00000000 fe:00 77                 "
		"/usr/bin/qemu-system-x86_64\n"
		"7f0000000000-7f0000100000 rw-s 00000000 00:01 12                 "
		"/memfd:pc.ram (deleted)\n"
		"7f0000200000-7f0000300000 r-xp 00001000 fe:00 90                 "
		"/usr/lib/x86_64-linux-gnu/libslirp.so.0.4.0 (deleted)\n"
		"7f0000400000-7f0000500000 r--p 00000000 fe:00 91                 "
		"/usr/share/locale/locale-archive (deleted)\n"
		"7f0000600000-7f0000700000 rwxp 00000000 00:01 13                 "
		"/dev/zero (deleted)\n"
		"7f0000800000-7f0000900000 r-xp 00000000 fe:00 92                 "
		"/usr/lib/x86_64-linux-gnu/libc.so.6\n";
	struct gvnp_slice rest = gvnp_slice(maps), path;

	(void)state;
	assert_true(gvnp_mapping_next_stale(&rest, &path));
	assert_true(gvnp_slice_is(path, "/usr/lib/x86_64-linux-gnu/libslirp.so.0.4.0"));
	assert_false(gvnp_mapping_next_stale(&rest, &path));
}

static void a_control_group_names_its_vm(void **state)
{
	static const struct {
		const char *path, *scope;
	} groups[] = {
		{ "/machine.slice/machine-qemu\\x2d1\\x2damf.scope/libvirt/emulator",
		  "/machine.slice/machine-qemu\\x2d1\\x2damf.scope" },
		{ "/machine/qemu-1-amf.libvirt-qemu/emulator", "/machine/qemu-1-amf.libvirt-qemu" },
		{ "/system.slice/libvirtd.service", "" },
		{ "/user.slice/session-1.scope", "" },
		{ "/", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		assert_true(
			gvnp_slice_is(gvnp_vm_scope(gvnp_slice(groups[i].path)), groups[i].scope));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_step_says_which_part_comes_next),
		cmocka_unit_test(a_part_cut_off_anywhere_is_a_problem),
		cmocka_unit_test(what_is_no_program_of_ours_is_a_problem),
		cmocka_unit_test(the_build_of_what_runs_is_read_once),
		cmocka_unit_test(without_binding_at_start_relro_is_partial),
		cmocka_unit_test(a_file_that_is_not_what_runs_tells_nothing),
		cmocka_unit_test(without_the_processes_nothing_is_known_of_programs),
		cmocka_unit_test(replaced_libraries_are_found_among_the_mappings),
		cmocka_unit_test(a_control_group_names_its_vm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
