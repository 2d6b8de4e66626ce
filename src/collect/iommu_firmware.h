/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding the ACPI tables in which firmware describes its IOMMUs. Pure: bytes in, numbers out. */
#ifndef GVNP_COLLECT_IOMMU_FIRMWARE_H
#define GVNP_COLLECT_IOMMU_FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct gvnp_buffer;

struct gvnp_iommu_firmware {
	size_t n_units;
	bool protects_boot;	/* the firmware kept devices from memory before the kernel ran */
	bool remaps_interrupts; /* what the hardware could do, not what is in use */
	bool refuses_x2apic;
};

/* Memory that the firmware wants some devices to reach at all times. */
struct gvnp_iommu_memory {
	uint64_t start, size;
	const char *devices; /* "0000:00:14.0 0000:00:1d.0"; "all" */
};

typedef void (*gvnp_iommu_memory_found)(void *data, const struct gvnp_iommu_memory *memory);

/* Decodes a DMAR (Intel VT-d) or IVRS (AMD-Vi) table. `found` is called for each such memory, in
 * order, and may be NULL. Returns NULL, or what is wrong with the table; then *ret is not written,
 * and what was found before should be dropped. */
const char *gvnp_iommu_decode_dmar(struct gvnp_slice table, gvnp_iommu_memory_found found,
				   void *data, struct gvnp_iommu_firmware *ret);
const char *gvnp_iommu_decode_ivrs(struct gvnp_slice table, gvnp_iommu_memory_found found,
				   void *data, struct gvnp_iommu_firmware *ret);

#endif
