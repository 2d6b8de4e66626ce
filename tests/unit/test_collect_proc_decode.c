/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/proc_decode.h"

#include "fake_host.h"

static const char stat_line[] =
	"17209 (qemu-system-x86) S 1 17208 17208 0 -1 138412416 4854 0 0 0 81 1758 0 0 20 0 5 0 "
	"178255 363569152 10442 18446744073709551615 94177434152960 94177440013397 0 0 0 0\n";

static const char status_text[] = "Name:\tqemu-system-x86\n"
				  "Uid:\t64055\t64055\t0\t64055\n"
				  "Gid:\t108\t108\t108\t108\n"
				  "Groups:\t107 64055 \n"
				  "CapInh:\t0000000000000000\n"
				  "CapPrm:\t0000000000000000\n"
				  "CapEff:\t0000000000000000\n"
				  "CapBnd:\t000001fffeffffff\n"
				  "CapAmb:\t0000000000000000\n"
				  "NoNewPrivs:\t1\n"
				  "Seccomp:\t2\n"
				  "Seccomp_filters:\t1\n"
				  "Cpus_allowed:\t3\n"
				  "Cpus_allowed_list:\t0-1\n";

#define assert_slice(slice, text) assert_true(gvnp_slice_is((slice), (text)))

static void a_stat_file_is_read(void **state)
{
	struct gvnp_proc_stat stat;

	(void)state;
	assert_true(gvnp_proc_stat_parse(gvnp_slice(stat_line), &stat));
	assert_slice(stat.name, "qemu-system-x86");
	assert_int_equal(stat.state, 'S');
	assert_int_equal(stat.parent, 1);
	assert_int_equal(stat.threads, 5);
	assert_int_equal(stat.start, 178255);
	assert_false(stat.flags & GVNP_PROC_KERNEL_THREAD);
}

static void a_name_that_imitates_the_fields_changes_none(void **state)
{
	struct gvnp_proc_stat stat;

	(void)state;
	assert_true(gvnp_proc_stat_parse(
		gvnp_slice("7 (x) Z 0 (\n) S 3 7 7 0 -1 2097216 0 0 0 0 0 0 0 0 20 0 1 0 99 0\n"),
		&stat));
	assert_slice(stat.name, "x) Z 0 (\n");
	assert_int_equal(stat.state, 'S');
	assert_int_equal(stat.parent, 3);
	assert_int_equal(stat.start, 99);
	assert_true(stat.flags & GVNP_PROC_KERNEL_THREAD);
}

static void what_is_no_stat_file_is_refused(void **state)
{
	static const char *const texts[] = { "",
					     "7",
					     "7 (x",
					     "7 (x)",
					     "7 (x) S",
					     "7 x) S 1",
					     "7 (x) SS 3 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 99",
					     "7 (x) S -3 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 -99" };
	struct gvnp_proc_stat stat;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_false(gvnp_proc_stat_parse(gvnp_slice(texts[i]), &stat));
}

static void a_status_file_is_read(void **state)
{
	struct gvnp_proc_status status;

	(void)state;
	assert_true(gvnp_proc_status_parse(gvnp_slice(status_text), &status));
	assert_slice(status.name, "qemu-system-x86");
	assert_slice(status.groups, "107 64055");
	assert_slice(status.effective, "0000000000000000");
	assert_slice(status.cpus, "0-1");
	assert_false(status.has_capabilities); /* the bounding set is not held */
	assert_int_equal(status.no_new_privileges, 1);
	assert_int_equal(status.seccomp, 2);
	assert_int_equal(status.seccomp_filters, 1);
	assert_int_equal(gvnp_proc_worst_id(status.uid), 0);
	assert_int_equal(gvnp_proc_worst_id(status.gid), 108);
}

static void an_ambient_capability_is_a_capability(void **state)
{
	_cleanup_free_ char *text = gvnp_duplicate(status_text);
	struct gvnp_proc_status status;

	(void)state;
	*(strstr(text, "CapAmb:\t") + strlen("CapAmb:\t") + 15) = '1';
	assert_true(gvnp_proc_status_parse(gvnp_slice(text), &status));
	assert_true(status.has_capabilities);
}

static void what_an_old_kernel_does_not_print_is_not_made_up(void **state)
{
	struct gvnp_proc_status status;

	(void)state;
	assert_true(gvnp_proc_status_parse(gvnp_slice("Name:\tq\nUid:\t1\t1\t1\t1\n"
						      "Gid:\t1\t1\t1\t1\nCapInh:\t0\n"
						      "CapPrm:\t0\nCapEff:\t0\n"),
					   &status));
	assert_int_equal(status.no_new_privileges, -1);
	assert_int_equal(status.seccomp, 0);
	assert_int_equal(status.seccomp_filters, -1);
	assert_int_equal(status.cpus.size, 0);
	assert_false(gvnp_proc_status_parse(gvnp_slice("Name:\tq\nUid:\t1\t1\t1\n"), &status));
}

static void limits_and_boot_time_are_read(void **state)
{
	static const char limits[] =
		"Limit                     Soft Limit           Hard Limit           Units     \n"
		"Max stack size            8388608              unlimited            bytes     \n"
		"Max core file size        4096                 unlimited            bytes     \n";
	int64_t value;

	(void)state;
	assert_true(gvnp_proc_core_limit(gvnp_slice(limits), &value));
	assert_int_equal(value, 4096);
	assert_true(gvnp_proc_core_limit(gvnp_slice("Max core file size  unlimited  0\n"), &value));
	assert_int_equal(value, -1);
	assert_false(gvnp_proc_core_limit(gvnp_slice("Max core file size\n"), &value));
	assert_true(gvnp_proc_boot_time(gvnp_slice("cpu 1 2\nbtime 1795290428\n"), &value));
	assert_int_equal(value, 1795290428);
	assert_false(gvnp_proc_boot_time(gvnp_slice("cpu 1 2\nxbtime 17\n"), &value));
}

static void labels_are_split_at_the_mode_only(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		const char *label, *mode;
	} cases[] = {
		{ "libvirt-5c0e0d3e (enforce)\n", 27, "libvirt-5c0e0d3e", "enforce" },
		{ "unconfined\n", 11, "unconfined", "" },
		{ "system_u:system_r:svirt_t:s0:c1,c2\0", 35, "system_u:system_r:svirt_t:s0:c1,c2",
		  "" },
		{ "/usr/bin/odd (name) (complain)\n", 31, "/usr/bin/odd (name)", "complain" },
		{ "(x)", 3, "(x)", "" },
		{ "", 0, "", "" },
	};
	struct gvnp_slice label, mode;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		gvnp_proc_label_split((struct gvnp_slice){ cases[i].text, cases[i].size }, &label,
				      &mode);
		assert_slice(label, cases[i].label);
		assert_slice(mode, cases[i].mode);
	}
}

static void cgroup_lines_keep_colons_of_the_path(void **state)
{
	struct gvnp_slice rest = gvnp_slice("9:name=systemd:/\n8:cpu,cpuacct:/a:b\nodd\n0::/m/x\n");
	struct gvnp_proc_cgroup line;

	(void)state;
	assert_true(gvnp_proc_cgroup_next(&rest, &line));
	assert_slice(line.controllers, "name=systemd");
	assert_true(gvnp_proc_cgroup_next(&rest, &line));
	assert_slice(line.controllers, "cpu,cpuacct");
	assert_slice(line.path, "/a:b");
	assert_true(gvnp_proc_cgroup_next(&rest, &line));
	assert_int_equal(line.controllers.size, 0);
	assert_slice(line.path, "/m/x");
	assert_false(gvnp_proc_cgroup_next(&rest, &line));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stat_file_is_read),
		cmocka_unit_test(a_name_that_imitates_the_fields_changes_none),
		cmocka_unit_test(what_is_no_stat_file_is_refused),
		cmocka_unit_test(a_status_file_is_read),
		cmocka_unit_test(an_ambient_capability_is_a_capability),
		cmocka_unit_test(what_an_old_kernel_does_not_print_is_not_made_up),
		cmocka_unit_test(limits_and_boot_time_are_read),
		cmocka_unit_test(labels_are_split_at_the_mode_only),
		cmocka_unit_test(cgroup_lines_keep_colons_of_the_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
