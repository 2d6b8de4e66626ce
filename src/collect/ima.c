/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's integrity measurement architecture. The rule kept here: an empty
 * /sys/kernel/security means that securityfs is not mounted, not that the kernel has no IMA. The
 * list itself is not read: it names every program that ran.
 */
#include "collect/collectors.h"

#include "collect/collect.h"

#define SECURITY "/sys/kernel/security"
#define IMA SECURITY "/ima"

static struct gvnp_cell count_cell(struct gvnp_facts *facts, const char *column, const char *path,
				   const struct gvnp_answer *answer)
{
	int64_t count;

	if (gvnp_collect_integer(answer, &count))
		return gvnp_integer(column, count);
	gvnp_collect_hole(facts, "ima", column, "", path, answer);
	return gvnp_unreadable(column);
}

static void collect(const struct gvnp_collection *collection)
{
	static const struct gvnp_request requests[] = {
		{ GVNP_LIST, SECURITY },
		{ GVNP_STAT, IMA },
		{ GVNP_READ, IMA "/runtime_measurements_count" },
		{ GVNP_READ, IMA "/violations" },
	};
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask(collection->source, requests, sizeof requests / sizeof *requests);
	const struct gvnp_answer *at = answers->answers;
	struct gvnp_facts *facts = collection->facts;

	if (!at[0].error && !at[0].n_entries)
		return gvnp_facts_hole(facts, "ima", "", "",
				       SECURITY ": securityfs is not mounted");
	if (gvnp_collect_is_absent(&at[1]) && !at[0].error) {
		gvnp_insert(facts, "ima", gvnp_integer("id", 1), gvnp_integer("is_active", 0),
			    gvnp_integer("measurements", 0), gvnp_integer("violations", 0));
		return gvnp_facts_collected(facts, "ima");
	}
	if (at[1].error)
		return gvnp_collect_hole(facts, "ima", "", "", IMA, &at[1]);
	gvnp_insert(facts, "ima", gvnp_integer("id", 1), gvnp_integer("is_active", 1),
		    count_cell(facts, "measurements", requests[2].path, &at[2]),
		    count_cell(facts, "violations", requests[3].path, &at[3]));
	gvnp_facts_collected(facts, "ima");
}

const struct gvnp_collector gvnp_collector_ima = {
	.name = "ima",
	.about = "integrity measurements by the kernel",
	.paths = (const char *const[]){ SECURITY, IMA, IMA "/runtime_measurements_count",
					IMA "/violations", NULL },
	.tables = (const char *const[]){ "ima", NULL },
	.privileges =
		(const struct gvnp_privilege[]){ { "ima", "CAP_DAC_READ_SEARCH" }, { NULL, NULL } },
	.collect = collect,
};
