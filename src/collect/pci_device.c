/* SPDX-License-Identifier: Apache-2.0 */
/* PCI functions: what they are, who drives them, and which IOMMU group holds them. */
#include "collect/collectors.h"

#include <stdio.h>

#include "collect/collect.h"

#define DEVICES "/sys/bus/pci/devices"

enum { UEVENT, GROUP, PHYSICAL_FUNCTION, N_FILES };

/* Value of KEY=… in a uevent file; false when there is none. */
static bool uevent_value(struct gvnp_slice rest, const char *key, struct gvnp_slice *ret)
{
	struct gvnp_slice line, name, value;

	while (gvnp_slice_next(&rest, '\n', &line))
		if (gvnp_slice_split(line, '=', &name, &value) && gvnp_slice_is(name, key)) {
			*ret = value;
			return true;
		}
	return false;
}

/* Base name of the target of a link in an answer to GVNP_LINK. */
static const char *target_name(const struct gvnp_answer *answer)
{
	return answer->error ? "" : gvnp_text_base_name(answer->data);
}

static struct gvnp_cell group_cell(struct gvnp_facts *facts, const struct gvnp_batch *batch,
				   size_t index, const char *address)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(batch, index);
	int64_t group;

	if (gvnp_collect_is_absent(answer))
		return gvnp_integer("iommu_group", -1);
	if (gvnp_parse_integer(target_name(answer), &group))
		return gvnp_integer("iommu_group", group);
	gvnp_batch_hole(batch, index, facts, "pci_device", "iommu_group", address);
	return gvnp_unreadable("iommu_group");
}

/* The kernel prints class, vendor and device in uevent as hexadecimal without prefix. */
static bool decode_identity(struct gvnp_slice uevent, uint64_t *ret_class, uint64_t *ret_vendor,
			    uint64_t *ret_device)
{
	struct gvnp_slice class, id, vendor, device;

	return uevent_value(uevent, "PCI_CLASS", &class) && uevent_value(uevent, "PCI_ID", &id) &&
	       gvnp_slice_split(id, ':', &vendor, &device) &&
	       gvnp_slice_unsigned(class, 16, ret_class) &&
	       gvnp_slice_unsigned(vendor, 16, ret_vendor) &&
	       gvnp_slice_unsigned(device, 16, ret_device) && *ret_class <= 0xffffff &&
	       *ret_vendor <= 0xffff && *ret_device <= 0xffff;
}

static void insert(struct gvnp_facts *facts, const struct gvnp_batch *batch, size_t first,
		   const char *address)
{
	struct gvnp_slice uevent = gvnp_collect_bytes(gvnp_batch_answer(batch, first + UEVENT));
	const struct gvnp_answer *physical = gvnp_batch_answer(batch, first + PHYSICAL_FUNCTION);
	struct gvnp_slice driver = { "", 0 };
	char class[16], vendor[16], device[16];
	uint64_t numbers[3];

	if (!decode_identity(uevent, &numbers[0], &numbers[1], &numbers[2])) {
		gvnp_batch_hole(batch, first + UEVENT, facts, "pci_device", "", address);
		return;
	}
	if (gvnp_collect_presence(physical) == GVNP_UNREADABLE)
		gvnp_batch_hole(batch, first + PHYSICAL_FUNCTION, facts, "pci_device",
				"physical_function", address);
	snprintf(class, sizeof class, "0x%06x", (unsigned)numbers[0]);
	snprintf(vendor, sizeof vendor, "0x%04x", (unsigned)numbers[1]);
	snprintf(device, sizeof device, "0x%04x", (unsigned)numbers[2]);
	uevent_value(uevent, "DRIVER", &driver);
	gvnp_insert(facts, "pci_device", gvnp_text("address", address), gvnp_text("class", class),
		    gvnp_text("vendor", vendor), gvnp_text("device", device),
		    gvnp_text_slice("driver", driver),
		    group_cell(facts, batch, first + GROUP, address),
		    gvnp_text("physical_function", target_name(physical)));
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_LIST, DEVICES);
	const struct gvnp_answer *folder = &answers->answers[0];

	/* no folder: the kernel was built without PCI */
	if (gvnp_collect_presence(folder) == GVNP_UNREADABLE)
		return gvnp_collect_hole(collection->facts, "pci_device", "", "", DEVICES, folder);
	for (size_t i = 0; i < folder->n_entries; i++) {
		const char *address = folder->entries[i].name;

		gvnp_batch_add(&batch, GVNP_READ, DEVICES "/%s/uevent", address);
		gvnp_batch_add(&batch, GVNP_LINK, DEVICES "/%s/iommu_group", address);
		gvnp_batch_add(&batch, GVNP_LINK, DEVICES "/%s/physfn", address);
	}
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < folder->n_entries; i++)
		insert(collection->facts, &batch, i * N_FILES, folder->entries[i].name);
	gvnp_facts_collected(collection->facts, "pci_device");
}

const struct gvnp_collector gvnp_collector_pci_device = {
	.name = "pci_device",
	.about = "PCI functions, their drivers and IOMMU groups",
	.paths = (const char *const[]){ DEVICES, DEVICES "/*/uevent", DEVICES "/*/iommu_group",
					DEVICES "/*/physfn", NULL },
	.tables = (const char *const[]){ "pci_device", NULL },
	.privileges =
		(const struct gvnp_privilege[]){ { "pci_device", "nothing" }, { NULL, NULL } },
	.collect = collect,
};
