/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DMAR (Intel Virtualization Technology for Directed I/O, chapter 8) and IVRS (AMD I/O
 * Virtualization Technology specification, chapter 5). The rule kept here: every length is checked
 * against the table before a byte behind it is read, and a table that lies about one is refused
 * whole, since what its flags say is then worth nothing.
 */
#include "collect/iommu_firmware.h"

#include "base/buffer.h"
#include "base/cleanup.h"

enum {
	LENGTH_AT = 4,	    /* of an ACPI table: its length */
	HEAD_SIZE = 48,	    /* ACPI header of 36 bytes, and 12 of DMAR's or IVRS's own */
	FLAGS_AT = 37,	    /* DMAR: flags */
	IVINFO_AT = 36,	    /* IVRS: IVinfo */
	DMAR_BLOCK = 4,	    /* type and length */
	IVRS_BLOCK = 6,	    /* type, flags, length, device */
	SCOPE_HEAD = 6,	    /* of a device scope, before its path */
	RESERVED_SIZE = 24, /* of an RMRR, before its device scopes */
	IVMD_SIZE = 32,
};

enum { DMAR_UNIT = 0, DMAR_RESERVED_MEMORY = 1 };
enum { IVHD_10 = 0x10, IVHD_11 = 0x11, IVHD_40 = 0x40 };
enum { IVMD_ALL = 0x20, IVMD_ONE = 0x21, IVMD_RANGE = 0x22 };

static uint64_t number_at(struct gvnp_slice bytes, size_t at, size_t size)
{
	uint64_t number = 0;

	for (size_t i = size; i-- > 0;)
		number = number << 8 | (unsigned char)bytes.text[at + i];
	return number;
}

static const char *check_head(struct gvnp_slice table, const char *signature)
{
	if (table.size < HEAD_SIZE || !gvnp_slice_starts(table, signature))
		return "no such ACPI table";
	if (number_at(table, LENGTH_AT, 4) > table.size)
		return "cut off: shorter than the length it states";
	if (number_at(table, LENGTH_AT, 4) < table.size)
		return "longer than the length it states";
	return NULL;
}

/* Appends "0000:00:14.0"; a device behind bridges as the path to it, "0000:00:1c.0/00.0". */
static void append_scope(struct gvnp_buffer *devices, unsigned segment, struct gvnp_slice scope)
{
	if (devices->size)
		gvnp_buffer_append_text(devices, " ");
	gvnp_buffer_append_format(devices, "%04x:%02x", segment, (unsigned)number_at(scope, 5, 1));
	for (size_t at = SCOPE_HEAD; at + 2 <= scope.size; at += 2)
		gvnp_buffer_append_format(devices, "%s%02x.%x", at == SCOPE_HEAD ? ":" : "/",
					  (unsigned)number_at(scope, at, 1),
					  (unsigned)number_at(scope, at + 1, 1));
}

static const char *decode_reserved(struct gvnp_slice block, gvnp_iommu_memory_found found,
				   void *data)
{
	_cleanup_buffer_ struct gvnp_buffer devices = { 0 };
	uint64_t start, end;

	if (block.size < RESERVED_SIZE)
		return "a reserved memory region is too short";
	start = number_at(block, 8, 8);
	end = number_at(block, 16, 8);
	if (end < start)
		return "a reserved memory region ends before it begins";
	for (size_t at = RESERVED_SIZE; at < block.size;) {
		size_t left = block.size - at;
		size_t size = left >= SCOPE_HEAD ? (size_t)number_at(block, at + 1, 1) : 0;

		if (size < SCOPE_HEAD || size > left)
			return "a device scope has an impossible length";
		append_scope(&devices, (unsigned)number_at(block, 6, 2),
			     (struct gvnp_slice){ block.text + at, size });
		at += size;
	}
	if (found)
		found(data, &(struct gvnp_iommu_memory){
				    .start = start,
				    .size = end - start + 1,
				    .devices = gvnp_buffer_text(&devices),
			    });
	return NULL;
}

const char *gvnp_iommu_decode_dmar(struct gvnp_slice table, gvnp_iommu_memory_found found,
				   void *data, struct gvnp_iommu_firmware *ret)
{
	struct gvnp_iommu_firmware result = { 0 };
	const char *problem = check_head(table, "DMAR");

	for (size_t at = HEAD_SIZE; !problem && at < table.size;) {
		size_t left = table.size - at;
		size_t size = left >= DMAR_BLOCK ? (size_t)number_at(table, at + 2, 2) : 0;
		uint64_t type = left >= DMAR_BLOCK ? number_at(table, at, 2) : 0;

		if (size < DMAR_BLOCK || size > left)
			return "a remapping structure has an impossible length";
		result.n_units += type == DMAR_UNIT;
		if (type == DMAR_RESERVED_MEMORY)
			problem = decode_reserved((struct gvnp_slice){ table.text + at, size },
						  found, data);
		at += size;
	}
	if (problem)
		return problem;
	result.remaps_interrupts = number_at(table, FLAGS_AT, 1) & 1;
	result.refuses_x2apic = number_at(table, FLAGS_AT, 1) & 2;
	result.protects_boot = number_at(table, FLAGS_AT, 1) & 4; /* DMA_CTRL_PLATFORM_OPT_IN */
	*ret = result;
	return NULL;
}

/* Device identifiers are bus, device and function in 16 bits; the segment stands where older
 * revisions of the specification have zeroes. */
static void append_identifier(struct gvnp_buffer *devices, uint64_t segment, uint64_t id)
{
	gvnp_buffer_append_format(devices, "%s%04x:%02x:%02x.%x", devices->size ? "-" : "",
				  (unsigned)segment, (unsigned)(id >> 8),
				  (unsigned)(id >> 3 & 0x1f), (unsigned)(id & 7));
}

static const char *decode_memory(struct gvnp_slice block, gvnp_iommu_memory_found found, void *data)
{
	_cleanup_buffer_ struct gvnp_buffer devices = { 0 };
	uint64_t type = number_at(block, 0, 1);

	if (block.size < IVMD_SIZE)
		return "a memory definition is too short";
	if (type == IVMD_ALL)
		gvnp_buffer_append_text(&devices, "all");
	else
		append_identifier(&devices, number_at(block, 8, 2), number_at(block, 4, 2));
	if (type == IVMD_RANGE)
		append_identifier(&devices, number_at(block, 8, 2), number_at(block, 6, 2));
	if (found)
		found(data, &(struct gvnp_iommu_memory){
				    .start = number_at(block, 16, 8),
				    .size = number_at(block, 24, 8),
				    .devices = gvnp_buffer_text(&devices),
			    });
	return NULL;
}

const char *gvnp_iommu_decode_ivrs(struct gvnp_slice table, gvnp_iommu_memory_found found,
				   void *data, struct gvnp_iommu_firmware *ret)
{
	size_t n_units[3] = { 0, 0, 0 }; /* a unit is described once in each form */
	const char *problem = check_head(table, "IVRS");
	struct gvnp_iommu_firmware result = { .remaps_interrupts = true };

	for (size_t at = HEAD_SIZE; !problem && at < table.size;) {
		size_t left = table.size - at;
		size_t size = left >= IVRS_BLOCK ? (size_t)number_at(table, at + 2, 2) : 0;
		uint64_t type = number_at(table, at, 1);

		if (size < IVRS_BLOCK || size > left)
			return "a definition block has an impossible length";
		n_units[0] += type == IVHD_10;
		n_units[1] += type == IVHD_11;
		n_units[2] += type == IVHD_40;
		if (type >= IVMD_ALL && type <= IVMD_RANGE)
			problem = decode_memory((struct gvnp_slice){ table.text + at, size }, found,
						data);
		at += size;
	}
	if (problem)
		return problem;
	for (size_t i = 0; i < 3; i++)
		if (n_units[i] > result.n_units)
			result.n_units = n_units[i];
	result.protects_boot =
		number_at(table, IVINFO_AT, 4) & 2; /* DMA remapping was on at boot */
	*ret = result;
	return NULL;
}
