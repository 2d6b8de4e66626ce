/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IOMMU units and groups. The rule kept here: the folder /sys/class/iommu exists on machines
 * without any IOMMU, so only an entry in it is a unit.
 */
#include "collect/collectors.h"

#include "collect/collect.h"

#define UNITS "/sys/class/iommu"
#define GROUPS "/sys/kernel/iommu_groups"

static void insert_units(struct gvnp_facts *facts, const struct gvnp_batch *batch, size_t index)
{
	const struct gvnp_answer *folder = gvnp_batch_answer(batch, index);

	if (gvnp_collect_presence(folder) == GVNP_UNREADABLE)
		return gvnp_batch_hole(batch, index, facts, "iommu", "", "");
	for (size_t i = 0; i < folder->n_entries; i++)
		gvnp_insert(facts, "iommu", gvnp_text("name", folder->entries[i].name));
	gvnp_facts_collected(facts, "iommu");
}

static void insert_groups(const struct gvnp_collection *collection,
			  const struct gvnp_answer *folder)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	struct gvnp_facts *facts = collection->facts;
	uint64_t number;

	for (size_t i = 0; i < folder->n_entries; i++)
		gvnp_batch_add(&batch, GVNP_READ, GROUPS "/%s/type", folder->entries[i].name);
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < folder->n_entries; i++) {
		const char *name = folder->entries[i].name;

		if (!gvnp_parse_unsigned(name, 10, &number) || number > INT64_MAX)
			continue;
		if (gvnp_collect_presence(gvnp_batch_answer(&batch, i)) == GVNP_UNREADABLE)
			gvnp_batch_hole(&batch, i, facts, "iommu_group", "type", name);
		gvnp_insert(facts, "iommu_group", gvnp_integer("number", (int64_t)number),
			    gvnp_collect_cell("type", gvnp_batch_answer(&batch, i)));
	}
	gvnp_facts_collected(facts, "iommu_group");
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	size_t units = gvnp_batch_add(&batch, GVNP_LIST, UNITS);
	size_t groups = gvnp_batch_add(&batch, GVNP_LIST, GROUPS);

	gvnp_batch_ask(&batch, collection->source);
	insert_units(collection->facts, &batch, units);
	if (gvnp_collect_presence(gvnp_batch_answer(&batch, groups)) == GVNP_UNREADABLE)
		gvnp_batch_hole(&batch, groups, collection->facts, "iommu_group", "", "");
	else
		insert_groups(collection, gvnp_batch_answer(&batch, groups));
}

const struct gvnp_collector gvnp_collector_iommu = {
	.name = "iommu",
	.about = "IOMMU units and groups",
	.paths = (const char *const[]){ UNITS, GROUPS, GROUPS "/*/type", NULL },
	.tables = (const char *const[]){ "iommu", "iommu_group", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "iommu", "nothing" },
						       { "iommu_group", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
