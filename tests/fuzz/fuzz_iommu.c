/* SPDX-License-Identifier: Apache-2.0 */
/* ACPI tables about IOMMUs. */
#include "target.h"

#include "collect/iommu_firmware.h"

static void found(void *data, const struct gvnp_iommu_memory *memory)
{
	size_t *n = data;

	*n += strlen(memory->devices);
}

void fuzz_iommu(const char *bytes, size_t size)
{
	struct gvnp_slice table = { bytes, size };
	struct gvnp_iommu_firmware firmware = { .n_units = SIZE_MAX };
	size_t n = 0;

	if (gvnp_iommu_decode_dmar(table, found, &n, &firmware))
		FUZZ_EXPECT(firmware.n_units == SIZE_MAX);
	else
		FUZZ_EXPECT(firmware.n_units <= size / 4);
	firmware.n_units = SIZE_MAX;
	if (gvnp_iommu_decode_ivrs(table, found, &n, &firmware))
		FUZZ_EXPECT(firmware.n_units == SIZE_MAX);
	else
		FUZZ_EXPECT(firmware.n_units <= size / 6);
	/* no more is said than was read: at most seven letters a byte of a path */
	FUZZ_EXPECT(n <= 20 * size);
}
