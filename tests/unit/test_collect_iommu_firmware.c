/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ACPI tables of IOMMUs. They are those that QEMU 7.2 and SeaBIOS make for q35 with intel-iommu and amd-iommu; what they
 * do not have (RMRR, IVMD) is put together from the specifications.
 */
#include "fake_host.h"

#include <string.h>

#include "collect/iommu_firmware.h"

/* -M q35,kernel-irqchip=split -device intel-iommu,intremap=on -device pcie-root-port */
static const unsigned char dmar[112] = {
	0x44, 0x4d, 0x41, 0x52, 0x70, 0x00, 0x00, 0x00, 0x01, 0x27, 0x42, 0x4f, 0x43, 0x48,
	0x53, 0x20, 0x42, 0x58, 0x50, 0x43, 0x20, 0x20, 0x20, 0x20, 0x01, 0x00, 0x00, 0x00,
	0x42, 0x58, 0x50, 0x43, 0x01, 0x00, 0x00, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0xd9, 0xfe, 0x00, 0x00, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x00, 0xff,
	0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x08, 0x00, 0x00,
	0x00, 0x00, 0x01, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x1f, 0x00, 0x01, 0x08,
	0x00, 0x00, 0x00, 0x00, 0x1f, 0x02, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x1f, 0x03
};

/* -M q35 -device amd-iommu -device pcie-root-port */
static const unsigned char ivrs[112] = {
	0x49, 0x56, 0x52, 0x53, 0x70, 0x00, 0x00, 0x00, 0x01, 0x33, 0x42, 0x4f, 0x43, 0x48,
	0x53, 0x20, 0x42, 0x58, 0x50, 0x43, 0x20, 0x20, 0x20, 0x20, 0x01, 0x00, 0x00, 0x00,
	0x42, 0x58, 0x50, 0x43, 0x01, 0x00, 0x00, 0x00, 0x00, 0x28, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0xd1, 0x40, 0x00, 0x08, 0x00, 0x40, 0x00,
	0x00, 0x00, 0xd8, 0xfe, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x44, 0x00,
	0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x02, 0x08, 0x00, 0x00, 0x02, 0x10, 0x00, 0x00,
	0x03, 0x00, 0x01, 0x00, 0x04, 0xff, 0x01, 0x00, 0x02, 0xf8, 0x00, 0x00, 0x02, 0xfa,
	0x00, 0x00, 0x02, 0xfb, 0x00, 0x00, 0x48, 0x00, 0x00, 0x00, 0x00, 0xa0, 0x00, 0x01
};

#define TABLES "/sys/firmware/acpi/tables"
#define BYTES(path_, bytes_, size_)                                                                \
	{                                                                                          \
		.operation = GVNP_READ, .path = (path_), .data = (const char *)(bytes_),           \
		.size = (size_)                                                                    \
	}

static const char firmware_rows[] =
	"SELECT acpi_table, units, protects_boot, offers_interrupt_remapping, refuses_x2apic"
	"  FROM iommu_firmware";

static void put(unsigned char *at, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		at[i] = (unsigned char)(value >> (8 * i));
}

/* The table with one block more and its length made right. */
static size_t extended(unsigned char *table, const unsigned char *base, size_t size,
		       const unsigned char *block, size_t block_size)
{
	memcpy(table, base, size);
	memcpy(table + size, block, block_size);
	put(table + 4, size + block_size, 4);
	return size + block_size;
}

static void a_dmar_table_tells_units_and_flags(void **state)
{
	static const struct fake_file files[] = { BYTES(TABLES "/DMAR", dmar, sizeof dmar) };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_iommu_firmware);
	assert_rows(&host, firmware_rows, "DMAR|1|0|1|0\n");
	assert_rows(&host, "SELECT count(*) FROM iommu_firmware_memory", "0\n");
	assert_true(gvnp_facts_is_collected(host.facts, "iommu_firmware"));
	assert_rows(&host, "SELECT count(*) FROM hole WHERE table_name LIKE 'iommu_f%'", "0\n");
}

static void an_ivrs_table_tells_units_and_flags(void **state)
{
	unsigned char protecting[sizeof ivrs];
	struct fake_file files[] = { BYTES(TABLES "/IVRS", ivrs, sizeof ivrs) };
	FAKE_HOST(host, files);
	struct gvnp_iommu_firmware firmware;

	(void)state;
	fake_collect(&host, &gvnp_collector_iommu_firmware);
	assert_rows(&host, firmware_rows, "IVRS|1|0|1|0\n");
	memcpy(protecting, ivrs, sizeof ivrs);
	put(protecting + 36, 0x00203043, 4); /* as a current firmware has it */
	assert_null(gvnp_iommu_decode_ivrs(
		(struct gvnp_slice){ (const char *)protecting, sizeof protecting }, NULL, NULL,
		&firmware));
	assert_true(firmware.protects_boot);
	assert_int_equal(firmware.n_units, 1);
}

static void a_host_without_either_table_has_no_row_and_no_hole(void **state)
{
	static const struct fake_file files[] = { LIST("/sys/class/iommu", "") };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_iommu_firmware);
	assert_rows(&host, firmware_rows, "");
	assert_true(gvnp_facts_is_collected(host.facts, "iommu_firmware"));
	assert_rows(&host, "SELECT count(*) FROM hole WHERE table_name LIKE 'iommu_f%'", "0\n");
}

static void a_table_that_may_not_be_read_is_a_hole(void **state)
{
	static const struct fake_file files[] = { REFUSED(GVNP_READ, TABLES "/DMAR", EACCES) };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_iommu_firmware);
	assert_rows(&host,
		    "SELECT table_name, object, problem FROM hole WHERE table_name LIKE 'iommu_f%'"
		    " AND object <> '' ORDER BY 1, 2",
		    "iommu_firmware|DMAR|" TABLES "/DMAR: Permission denied\n");
	assert_false(gvnp_facts_is_collected(host.facts, "iommu_firmware_memory"));
}

static void reserved_memory_names_its_devices(void **state)
{
	unsigned char block[44] = { 0 }, table[256];
	struct fake_file files[1];

	(void)state;
	put(block, 1, 2), put(block + 2, sizeof block, 2);
	put(block + 6, 1, 2); /* segment */
	put(block + 8, 0x7b800000, 8), put(block + 16, 0x7fffffff, 8);
	put(block + 24, 1, 1), put(block + 25, 8, 1); /* an endpoint */
	put(block + 29, 0, 1), put(block + 30, 0x14, 1), put(block + 31, 0, 1);
	put(block + 32, 1, 1), put(block + 33, 12, 1); /* one behind two bridges */
	put(block + 37, 0x3a, 1), put(block + 38, 0x1c, 1), put(block + 40, 0, 1);
	put(block + 42, 2, 1), put(block + 43, 1, 1);
	size_t size = extended(table, dmar, sizeof dmar, block, sizeof block);
	files[0] = (struct fake_file)BYTES(TABLES "/DMAR", table, size);
	FAKE_HOST(host, files);
	table[37] = 7;
	fake_collect(&host, &gvnp_collector_iommu_firmware);
	assert_rows(&host, firmware_rows, "DMAR|1|1|1|1\n");
	assert_rows(&host, "SELECT * FROM iommu_firmware_memory",
		    "0|DMAR|0x7b800000|73728|0001:00:14.0 0001:3a:1c.0/00.0/02.1\n");
}

static void memory_definitions_of_ivrs_name_one_many_or_all_devices(void **state)
{
	unsigned char blocks[96] = { 0 }, table[256];
	struct fake_file files[1];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		put(blocks + 32 * i, 0x20 + i, 1), put(blocks + 32 * i + 2, 32, 2);
		put(blocks + 32 * i + 4, 0x00a0, 2), put(blocks + 32 * i + 6, 0x00a7, 2);
		put(blocks + 32 * i + 16, 0x1000, 8), put(blocks + 32 * i + 24, 0x2000, 8);
	}
	size_t size = extended(table, ivrs, sizeof ivrs, blocks, sizeof blocks);
	files[0] = (struct fake_file)BYTES(TABLES "/IVRS", table, size);
	FAKE_HOST(host, files);
	fake_collect(&host, &gvnp_collector_iommu_firmware);
	assert_rows(&host, "SELECT position, size_kib, devices FROM iommu_firmware_memory",
		    "0|8|all\n1|8|0000:00:14.0\n2|8|0000:00:14.0-0000:00:14.7\n");
}

static void assert_refused(const unsigned char *table, size_t size, const char *problem)
{
	struct gvnp_slice slice = { (const char *)table, size };
	struct gvnp_iommu_firmware firmware = { .n_units = 77 };
	const char *words = table[0] == 'D' ? gvnp_iommu_decode_dmar(slice, NULL, NULL, &firmware)
					    : gvnp_iommu_decode_ivrs(slice, NULL, NULL, &firmware);

	assert_non_null(words);
	assert_string_equal(words, problem);
	assert_int_equal(firmware.n_units, 77);
}

static void a_table_cut_anywhere_is_refused(void **state)
{
	(void)state;
	for (size_t size = 0; size < sizeof dmar; size++) {
		/* of exactly this size, so that a byte too far is seen */
		_cleanup_free_ unsigned char *cut = gvnp_allocate(size + 1);
		const char *problem = size < 48 ? "no such ACPI table"
						: "cut off: shorter than the length it states";

		memcpy(cut, dmar, size);
		cut[0] = 'D';
		assert_refused(cut, size, problem);
		memcpy(cut, ivrs, size);
		cut[0] = 'I';
		assert_refused(cut, size, problem);
	}
}

static void lengths_that_lie_are_refused(void **state)
{
	unsigned char block[44] = { 0 }, table[256];
	size_t size;

	(void)state;
	memcpy(table, dmar, sizeof dmar);
	put(table + 50, 0, 2); /* a structure of no length would be read for ever */
	assert_refused(table, sizeof dmar, "a remapping structure has an impossible length");
	put(table + 50, 65, 2);
	assert_refused(table, sizeof dmar, "a remapping structure has an impossible length");
	memcpy(table, ivrs, sizeof ivrs);
	put(table + 50, 5, 2);
	assert_refused(table, sizeof ivrs, "a definition block has an impossible length");
	memcpy(table, ivrs, sizeof ivrs);
	put(table + 4, 111, 4);
	assert_refused(table, sizeof ivrs, "longer than the length it states");
	put(block, 1, 2), put(block + 2, sizeof block, 2);
	put(block + 25, 0, 1);
	size = extended(table, dmar, sizeof dmar, block, sizeof block);
	assert_refused(table, size, "a device scope has an impossible length");
	put(table + sizeof dmar + 25, 21, 1);
	assert_refused(table, size, "a device scope has an impossible length");
	put(table + sizeof dmar + 8, 1, 8);
	assert_refused(table, size, "a reserved memory region ends before it begins");
	put(table + sizeof dmar + 2, 20, 2);
	put(table + 4, sizeof dmar + 20, 4);
	assert_refused(table, sizeof dmar + 20, "a reserved memory region is too short");
}

static void a_lying_table_leaves_a_hole_and_none_of_its_rows(void **state)
{
	unsigned char blocks[48] = { 0 }, table[256];
	struct fake_file files[1];

	(void)state;
	put(blocks, 1, 2), put(blocks + 2, 24, 2), put(blocks + 16, 0xfff, 8);
	put(blocks + 24, 1, 2), put(blocks + 26, 99, 2);
	size_t size = extended(table, dmar, sizeof dmar, blocks, sizeof blocks);
	files[0] = (struct fake_file)BYTES(TABLES "/DMAR", table, size);
	FAKE_HOST(host, files);
	fake_collect(&host, &gvnp_collector_iommu_firmware);
	assert_rows(&host, "SELECT count(*) FROM iommu_firmware_memory", "0\n");
	assert_rows(&host, firmware_rows, "");
	assert_rows(&host,
		    "SELECT table_name, object, problem FROM hole"
		    " WHERE table_name = 'iommu_firmware' AND object <> ''",
		    "iommu_firmware|DMAR|" TABLES
		    "/DMAR: a remapping structure has an impossible length\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dmar_table_tells_units_and_flags),
		cmocka_unit_test(an_ivrs_table_tells_units_and_flags),
		cmocka_unit_test(a_host_without_either_table_has_no_row_and_no_hole),
		cmocka_unit_test(a_table_that_may_not_be_read_is_a_hole),
		cmocka_unit_test(reserved_memory_names_its_devices),
		cmocka_unit_test(memory_definitions_of_ivrs_name_one_many_or_all_devices),
		cmocka_unit_test(a_table_cut_anywhere_is_refused),
		cmocka_unit_test(lengths_that_lie_are_refused),
		cmocka_unit_test(a_lying_table_leaves_a_hole_and_none_of_its_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
