/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_host.h"

#define HUGEPAGES "/sys/kernel/mm/hugepages"
#define KSM "/sys/kernel/mm/ksm"
#define SWAPS_HEAD "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

static const char meminfo[] = "MemTotal:       24684084 kB\nMemFree:        22000000 kB\n"
			      "MemAvailable:   24170792 kB\nSwapTotal:       1048572 kB\n"
			      "HugePages_Total:       4\nHugePages_Free:        4\n"
			      "Hugepagesize:       2048 kB\n";

static void memory_ksm_and_pools_are_read(void **state)
{
	static const struct fake_file files[] = {
		READ("/proc/meminfo", meminfo),
		THERE(KSM),
		READ(KSM "/run", "0\n"),
		READ(KSM "/pages_shared", "83\n"),
		READ(KSM "/pages_sharing", "249\n"),
		LIST(HUGEPAGES, "hugepages-1048576kB/\nhugepages-2048kB/\nother/\n"),
		READ(HUGEPAGES "/hugepages-1048576kB/nr_hugepages", "1\n"),
		READ(HUGEPAGES "/hugepages-1048576kB/free_hugepages", "0\n"),
		READ(HUGEPAGES "/hugepages-2048kB/nr_hugepages", "4\n"),
		READ(HUGEPAGES "/hugepages-2048kB/free_hugepages", "4\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_memory);
	/* an old kernel without the line Hugetlb: the pool of the default size is what there is */
	assert_rows(&host,
		    "SELECT total_kib, available_kib, swap_total_kib, hugetlb_kib FROM memory",
		    "24684084|24170792|1048572|8192\n");
	assert_rows(&host, "SELECT is_built, run, pages_shared, pages_sharing FROM ksm",
		    "1|0|83|249\n");
	assert_rows(&host, "SELECT * FROM hugepage_pool", "2048|4|4\n1048576|1|0\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void a_kernel_without_ksm_does_not_merge(void **state)
{
	static const struct fake_file files[] = { READ("/proc/meminfo", meminfo) };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_memory);
	assert_rows(&host, "SELECT is_built, run FROM ksm", "0|0\n");
	assert_true(gvnp_facts_is_collected(host.facts, "hugepage_pool"));
}

static void what_of_ksm_is_refused_is_null(void **state)
{
	static const struct fake_file files[] = {
		THERE(KSM),
		REFUSED(GVNP_READ, KSM "/run", EACCES),
		READ(KSM "/pages_shared", "0\n"),
		READ(KSM "/pages_sharing", "junk\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_memory);
	assert_rows(&host, "SELECT run, pages_shared, pages_sharing FROM ksm", "NULL|0|NULL\n");
	assert_rows(&host,
		    "SELECT column_name, problem FROM hole WHERE table_name = 'ksm' ORDER BY 1",
		    "pages_sharing|" KSM "/pages_sharing: unexpected content\n"
		    "run|" KSM "/run: Permission denied\n");
	assert_false(gvnp_facts_is_collected(host.facts, "memory"));
}

#define BLOCK(path_, major_, minor_)                                                               \
	{                                                                                          \
		.operation = GVNP_STAT, .path = (path_), .type = GVNP_TYPE_BLOCK,                  \
		.major = (major_), .minor = (minor_)                                               \
	}

static void swap_is_followed_down_to_what_encrypts_it(void **state)
{
	static const struct fake_file files[] = {
		READ("/proc/swaps", SWAPS_HEAD
		     "/dev/dm-1                               partition\t1048572\t\t12\t\t-2\n"
		     "/dev/sda2                               partition\t2048\t\t0\t\t-3\n"
		     "/swap\\040file                           file\t\t4096\t\t0\t\t-4\n"
		     "/dev/zram0                              partition\t512\t\t0\t\t100\n"
		     "/dev/zram1                              partition\t512\t\t0\t\t100\n"),
		BLOCK("/dev/dm-1", 253, 1),
		LINK("/sys/dev/block/253:1", "../../devices/virtual/block/dm-1"),
		THERE("/sys/class/block/dm-1"),
		READ("/sys/class/block/dm-1/dm/uuid", "LVM-abc"),
		LIST("/sys/class/block/dm-1/slaves", "dm-0 -> ../../dm-0\n"),
		THERE("/sys/class/block/dm-0"),
		READ("/sys/class/block/dm-0/dm/uuid", "CRYPT-LUKS2-0123456789abcdef-root"),
		LIST("/sys/class/block/dm-0/slaves", "sda3 -> x\n"),
		BLOCK("/dev/sda2", 8, 2),
		LINK("/sys/dev/block/8:2", "../../devices/pci/block/sda/sda2"),
		THERE("/sys/class/block/sda2"),
		/* a swap file lies on the device of its file system */
		{ .operation = GVNP_STAT,
		  .path = "/swap file",
		  .type = GVNP_TYPE_REGULAR,
		  .major = 253,
		  .minor = 1 },
		BLOCK("/dev/zram0", 252, 0),
		LINK("/sys/dev/block/252:0", "../x/zram0"),
		THERE("/sys/class/block/zram0"),
		LIST("/sys/class/block/zram0/slaves", ""),
		READ("/sys/class/block/zram0/backing_dev", "none\n"),
		BLOCK("/dev/zram1", 252, 1),
		LINK("/sys/dev/block/252:1", "../x/zram1"),
		THERE("/sys/class/block/zram1"),
		READ("/sys/class/block/zram1/backing_dev", "/dev/sda4\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_swap);
	assert_rows(&host,
		    "SELECT device, kind, size_kib, used_kib, encryption FROM swap ORDER BY 1",
		    "/dev/dm-1|partition|1048572|12|dm-crypt\n/dev/sda2|partition|2048|0|none\n"
		    "/dev/zram0|partition|512|0|zram\n/dev/zram1|partition|512|0|none\n"
		    "/swap file|file|4096|0|dm-crypt\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void swap_that_cannot_be_followed_is_not_called_clear_or_encrypted(void **state)
{
	static const struct fake_file files[] = {
		READ("/proc/swaps",
		     SWAPS_HEAD "/swapfile file 4096 0 -2\n/dev/dm-5 partition 8 0 -3\n"),
		/* btrfs: an anonymous device number */
		{ .operation = GVNP_STAT,
		  .path = "/swapfile",
		  .type = GVNP_TYPE_REGULAR,
		  .minor = 40 },
		BLOCK("/dev/dm-5", 253, 5),
		LINK("/sys/dev/block/253:5", "../dm-5"),
		THERE("/sys/class/block/dm-5"),
		REFUSED(GVNP_READ, "/sys/class/block/dm-5/dm/uuid", GVNP_NOT_RECORDED),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_swap);
	assert_rows(&host, "SELECT device, encryption FROM swap ORDER BY 1",
		    "/dev/dm-5|NULL\n/swapfile|NULL\n");
	assert_rows(&host, "SELECT column_name, object FROM hole ORDER BY object",
		    "encryption|/dev/dm-5\nencryption|/swapfile\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_ksm_and_pools_are_read),
		cmocka_unit_test(a_kernel_without_ksm_does_not_merge),
		cmocka_unit_test(what_of_ksm_is_refused_is_null),
		cmocka_unit_test(swap_is_followed_down_to_what_encrypts_it),
		cmocka_unit_test(swap_that_cannot_be_followed_is_not_called_clear_or_encrypted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
