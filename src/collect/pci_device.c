/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PCI functions: what they are, who drives them, which IOMMU group holds them and how they can be
 * reset; and what AMD's security processor, one of them, says about itself. The rule kept here: the
 * kernel shows an attribute only where it applies, so a file that is absent is an answer.
 */
#include "collect/collectors.h"

#include <stdio.h>

#include "collect/collect.h"

#define DEVICES "/sys/bus/pci/devices"

enum { UEVENT, GROUP, PHYSICAL_FUNCTION, RESET, RESET_METHOD, VFIO_DEVICE, N_FILES };

/* Attributes of the driver ccp: Documentation/ABI/testing/sysfs-driver-ccp. */
static const char *const security_attributes[] = {
	"fused_part", "debug_lock_on", "tsme_status", "anti_rollback_status", "rom_armor_enforced",
};
enum { N_SECURITY = sizeof security_attributes / sizeof *security_attributes };

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

/* The kernel gives a device this file when it knows a way to reset it. */
static struct gvnp_cell reset_cell(struct gvnp_facts *facts, const struct gvnp_batch *batch,
				   size_t index, const char *address)
{
	enum gvnp_presence presence = gvnp_collect_presence(gvnp_batch_answer(batch, index));

	if (presence == GVNP_UNREADABLE)
		gvnp_batch_hole(batch, index, facts, "pci_device", "is_resettable", address);
	return gvnp_maybe("is_resettable", presence != GVNP_UNREADABLE, presence == GVNP_PRESENT);
}

static struct gvnp_cell methods_cell(struct gvnp_facts *facts, const struct gvnp_batch *batch,
				     size_t index, const char *address)
{
	if (gvnp_collect_presence(gvnp_batch_answer(batch, index)) == GVNP_UNREADABLE)
		gvnp_batch_hole(batch, index, facts, "pci_device", "reset_methods", address);
	return gvnp_collect_cell("reset_methods", gvnp_batch_answer(batch, index));
}

/* /sys/bus/pci/devices/X/vfio-dev holds one folder, vfioN, and /dev/vfio/devices/vfioN is the node
 * by which the device alone, not its group, is opened (since Linux 6.6). */
static struct gvnp_cell vfio_cell(struct gvnp_facts *facts, const struct gvnp_batch *batch,
				  size_t index, const char *address)
{
	const struct gvnp_answer *folder = gvnp_batch_answer(batch, index);

	if (gvnp_collect_presence(folder) == GVNP_UNREADABLE) {
		gvnp_batch_hole(batch, index, facts, "pci_device", "vfio_device", address);
		return gvnp_unreadable("vfio_device");
	}
	return gvnp_text("vfio_device", folder->n_entries ? folder->entries[0].name : "");
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
		    gvnp_text("physical_function", target_name(physical)),
		    reset_cell(facts, batch, first + RESET, address),
		    methods_cell(facts, batch, first + RESET_METHOD, address),
		    vfio_cell(facts, batch, first + VFIO_DEVICE, address));
}

static bool is_identified(const struct gvnp_batch *batch, size_t first)
{
	uint64_t class, vendor, device;

	return decode_identity(gvnp_collect_bytes(gvnp_batch_answer(batch, first + UEVENT)), &class,
			       &vendor, &device);
}

static bool is_security_processor(const struct gvnp_batch *batch, size_t first)
{
	struct gvnp_slice driver;

	return uevent_value(gvnp_collect_bytes(gvnp_batch_answer(batch, first + UEVENT)), "DRIVER",
			    &driver) &&
	       gvnp_slice_is(driver, "ccp");
}

static struct gvnp_cell security_cell(struct gvnp_facts *facts, const struct gvnp_batch *batch,
				      size_t index, const char *column, const char *address)
{
	int64_t value;

	if (gvnp_collect_integer(gvnp_batch_answer(batch, index), &value))
		return gvnp_integer(column, value == 1);
	if (gvnp_collect_is_absent(gvnp_batch_answer(batch, index)))
		return gvnp_integer(column, -1);
	gvnp_batch_hole(batch, index, facts, "security_processor", column, address);
	return gvnp_unreadable(column);
}

static void collect_security(const struct gvnp_collection *collection,
			     const struct gvnp_batch *devices, const struct gvnp_answer *folder)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	struct gvnp_facts *facts = collection->facts;
	size_t first = 0;

	for (size_t i = 0; i < folder->n_entries; i++)
		for (size_t k = 0; is_security_processor(devices, i * N_FILES) && k < N_SECURITY;
		     k++)
			gvnp_batch_add(&batch, GVNP_READ, DEVICES "/%s/%s", folder->entries[i].name,
				       security_attributes[k]);
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < folder->n_entries; i++) {
		const char *address = folder->entries[i].name;

		if (!is_identified(devices, i * N_FILES)) /* it may be one */
			gvnp_batch_hole(devices, i * N_FILES + UEVENT, facts, "security_processor",
					"", address);
		if (!is_security_processor(devices, i * N_FILES))
			continue;
		gvnp_insert(facts, "security_processor", gvnp_text("address", address),
			    security_cell(facts, &batch, first, "is_fused", address),
			    security_cell(facts, &batch, first + 1, "is_debug_locked", address),
			    security_cell(facts, &batch, first + 2, "encrypts_memory", address),
			    security_cell(facts, &batch, first + 3, "refuses_rollback", address),
			    security_cell(facts, &batch, first + 4, "guards_flash", address));
		first += N_SECURITY;
	}
	gvnp_facts_collected(facts, "security_processor");
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_LIST, DEVICES);
	const struct gvnp_answer *folder = &answers->answers[0];

	/* no folder: the kernel was built without PCI */
	if (gvnp_collect_presence(folder) == GVNP_UNREADABLE) {
		gvnp_collect_hole(collection->facts, "pci_device", "", "", DEVICES, folder);
		gvnp_collect_hole(collection->facts, "security_processor", "", "", DEVICES, folder);
		return;
	}
	for (size_t i = 0; i < folder->n_entries; i++) {
		const char *address = folder->entries[i].name;

		gvnp_batch_add(&batch, GVNP_READ, DEVICES "/%s/uevent", address);
		gvnp_batch_add(&batch, GVNP_LINK, DEVICES "/%s/iommu_group", address);
		gvnp_batch_add(&batch, GVNP_LINK, DEVICES "/%s/physfn", address);
		gvnp_batch_add(&batch, GVNP_STAT, DEVICES "/%s/reset", address);
		gvnp_batch_add(&batch, GVNP_READ, DEVICES "/%s/reset_method", address);
		gvnp_batch_add(&batch, GVNP_LIST, DEVICES "/%s/vfio-dev", address);
	}
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < folder->n_entries; i++)
		insert(collection->facts, &batch, i * N_FILES, folder->entries[i].name);
	gvnp_facts_collected(collection->facts, "pci_device");
	collect_security(collection, &batch, folder);
}

const struct gvnp_collector gvnp_collector_pci_device = {
	.name = "pci_device",
	.about = "PCI functions, their drivers and IOMMU groups, how they are reset",
	.paths = (const char *const[]){ DEVICES, DEVICES "/*/uevent", DEVICES "/*/iommu_group",
					DEVICES "/*/physfn", "stat:" DEVICES "/*/reset",
					DEVICES "/*/reset_method", DEVICES "/*/vfio-dev",
					DEVICES "/*/fused_part", DEVICES "/*/debug_lock_on",
					DEVICES "/*/tsme_status", DEVICES "/*/anti_rollback_status",
					DEVICES "/*/rom_armor_enforced", NULL },
	.tables = (const char *const[]){ "pci_device", "security_processor", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "pci_device", "nothing" },
						       { "security_processor", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
