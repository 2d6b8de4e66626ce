/* SPDX-License-Identifier: Apache-2.0 */
/*
 * USB: which buses let a new device in by themselves, and network interfaces that hang on USB,
 * which on a server are the management controller's back channel. Nothing is opened but one file a
 * bus.
 */
#include "collect/collectors.h"

#include "collect/collect.h"

#define DEVICES "/sys/bus/usb/devices"
#define NET "/sys/class/net"

/* usb1, the root hub of a bus; 1-1 and 1-1:1.0 are what is plugged in */
static bool is_bus(const char *name)
{
	uint64_t number;

	return gvnp_text_starts(name, "usb") &&
	       gvnp_parse_unsigned(name + strlen("usb"), 10, &number);
}

static void insert_bus(struct gvnp_facts *facts, const struct gvnp_batch *batch, size_t index,
		       const char *name)
{
	int64_t value;
	bool is_known = gvnp_collect_integer(gvnp_batch_answer(batch, index), &value);

	if (!is_known)
		gvnp_batch_hole(batch, index, facts, "usb_bus", "authorized_default", name);
	gvnp_insert(facts, "usb_bus", gvnp_text("name", name),
		    gvnp_maybe("authorized_default", is_known, value));
}

static void collect_buses(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_LIST, DEVICES);
	const struct gvnp_answer *folder = &answers->answers[0];
	size_t index = 0;

	/* no folder: the kernel has no USB */
	if (gvnp_collect_presence(folder) == GVNP_UNREADABLE)
		return gvnp_collect_hole(collection->facts, "usb_bus", "", "", DEVICES, folder);
	for (size_t i = 0; i < folder->n_entries; i++)
		if (is_bus(folder->entries[i].name))
			gvnp_batch_add(&batch, GVNP_READ, DEVICES "/%s/authorized_default",
				       folder->entries[i].name);
	if (batch.n)
		gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < folder->n_entries; i++)
		if (is_bus(folder->entries[i].name))
			insert_bus(collection->facts, &batch, index++, folder->entries[i].name);
	gvnp_facts_collected(collection->facts, "usb_bus");
}

/* "../../devices/pci0000:00/0000:00:14.0/usb1/1-4/1-4:1.0/net/usb0" */
static bool is_on_usb(const char *link)
{
	struct gvnp_slice rest = gvnp_slice(link), component;

	while (gvnp_slice_next(&rest, '/', &component)) {
		uint64_t number;

		if (gvnp_slice_starts(component, "usb") &&
		    gvnp_slice_unsigned(
			    (struct gvnp_slice){ component.text + 3, component.size - 3 }, 10,
			    &number) &&
		    rest.size)
			return true;
	}
	return false;
}

/* The view of our own network namespace: that of process 1 is the host's, and sysfs shows the one
 * it was mounted in. */
static void collect_interfaces(const struct gvnp_collection *collection)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_LIST, NET);
	const struct gvnp_answer *folder = &answers->answers[0];
	struct gvnp_facts *facts = collection->facts;

	if (folder->error)
		return gvnp_collect_hole(facts, "usb_network", "", "", NET, folder);
	for (size_t i = 0; i < folder->n_entries; i++) {
		const struct gvnp_entry *entry = &folder->entries[i];

		if (entry->type == GVNP_TYPE_LINK && !entry->link)
			gvnp_facts_hole(facts, "usb_network", "", entry->name,
					NET "/%s: the link cannot be read", entry->name);
		else if (entry->link && is_on_usb(entry->link))
			gvnp_insert(facts, "usb_network", gvnp_text("name", entry->name),
				    gvnp_text("device", entry->link));
	}
	gvnp_facts_collected(facts, "usb_network");
}

static void collect(const struct gvnp_collection *collection)
{
	collect_buses(collection);
	collect_interfaces(collection);
}

const struct gvnp_collector gvnp_collector_usb = {
	.name = "usb",
	.about = "USB buses and network interfaces that hang on them",
	.paths = (const char *const[]){ DEVICES, DEVICES "/*/authorized_default", NET, NULL },
	.tables = (const char *const[]){ "usb_bus", "usb_network", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "usb_bus", "nothing" },
						       { "usb_network", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
