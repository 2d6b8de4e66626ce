/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the firmware says about its IOMMUs. The rule kept here: it says what could be; whether an
 * IOMMU translates and interrupts are remapped is told by sysfs and /proc/interrupts.
 */
#include "collect/iommu_firmware.h"

#include <stdio.h>

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"

#define TABLES "/sys/firmware/acpi/tables"

struct found {
	struct gvnp_facts *facts;
	const char *table;
	int64_t n;
};

static void insert_memory(void *data, const struct gvnp_iommu_memory *memory)
{
	struct found *found = data;
	char start[32];

	snprintf(start, sizeof start, "0x%llx", (unsigned long long)memory->start);
	gvnp_insert(found->facts, "iommu_firmware_memory", gvnp_integer("position", found->n++),
		    gvnp_text("acpi_table", found->table), gvnp_text("start", start),
		    gvnp_integer("size_kib", (int64_t)(memory->size / 1024)),
		    gvnp_text("devices", memory->devices));
}

/* False when the table is there and cannot be used. */
static bool collect_table(const struct gvnp_batch *batch, size_t index, struct found *found)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(batch, index);
	struct gvnp_slice bytes = gvnp_collect_bytes(answer);
	struct gvnp_facts *facts = found->facts;
	struct gvnp_iommu_firmware firmware;
	const char *problem;

	if (gvnp_collect_is_absent(answer))
		return true;
	if (answer->error) {
		gvnp_batch_hole(batch, index, facts, "iommu_firmware", "", found->table);
		gvnp_batch_hole(batch, index, facts, "iommu_firmware_memory", "", "");
		return false;
	}
	/* once without a row: a table refused at its end must not leave half of what it holds */
	problem = !strcmp(found->table, "DMAR")
			  ? gvnp_iommu_decode_dmar(bytes, NULL, NULL, &firmware)
			  : gvnp_iommu_decode_ivrs(bytes, NULL, NULL, &firmware);
	if (problem) {
		gvnp_facts_hole(facts, "iommu_firmware", "", found->table, "%s: %s",
				gvnp_batch_path(batch, index), problem);
		gvnp_facts_hole(facts, "iommu_firmware_memory", "", "", "%s: %s",
				gvnp_batch_path(batch, index), problem);
		return false;
	}
	if (!strcmp(found->table, "DMAR"))
		gvnp_iommu_decode_dmar(bytes, insert_memory, found, &firmware);
	else
		gvnp_iommu_decode_ivrs(bytes, insert_memory, found, &firmware);
	gvnp_insert(facts, "iommu_firmware", gvnp_text("acpi_table", found->table),
		    gvnp_integer("units", (int64_t)firmware.n_units),
		    gvnp_integer("protects_boot", firmware.protects_boot),
		    gvnp_integer("offers_interrupt_remapping", firmware.remaps_interrupts),
		    gvnp_integer("refuses_x2apic", firmware.refuses_x2apic));
	return true;
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	struct found found = { collection->facts, "DMAR", 0 };

	/* neither: the firmware has no IOMMU, or describes it in another way (arm64: IORT) */
	size_t dmar = gvnp_batch_add(&batch, GVNP_READ, TABLES "/DMAR");
	size_t ivrs = gvnp_batch_add(&batch, GVNP_READ, TABLES "/IVRS");
	gvnp_batch_ask(&batch, collection->source);
	bool is_complete = collect_table(&batch, dmar, &found);
	found.table = "IVRS";
	is_complete &= collect_table(&batch, ivrs, &found);
	gvnp_facts_collected(collection->facts, "iommu_firmware");
	if (is_complete)
		gvnp_facts_collected(collection->facts, "iommu_firmware_memory");
}

const struct gvnp_collector gvnp_collector_iommu_firmware = {
	.name = "iommu_firmware",
	.about = "what the firmware says about its IOMMUs (ACPI tables DMAR and IVRS)",
	.paths = (const char *const[]){ TABLES "/DMAR", TABLES "/IVRS", NULL },
	.tables = (const char *const[]){ "iommu_firmware", "iommu_firmware_memory", NULL },
	.privileges =
		(const struct gvnp_privilege[]){ { "iommu_firmware", "CAP_DAC_READ_SEARCH" },
						 { "iommu_firmware_memory", "CAP_DAC_READ_SEARCH" },
						 { NULL, NULL } },
	.collect = collect,
};
