/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory controllers, their modules and the errors they counted (EDAC), and how the kernel handles
 * machine checks. The rule kept here: a host without EDAC driver says nothing about its memory, so
 * it has no row, which is not the same as no error.
 */
#include "collect/collectors.h"

#include "base/memory.h"
#include "collect/collect.h"

#define CONTROLLERS "/sys/devices/system/edac/mc"
#define CHECKS "/sys/devices/system/machinecheck/machinecheck0"

enum { NAME, CORRECTED, UNCORRECTED, MODULES, N_FILES };
enum { LABEL, MODE, TYPE, N_MODULE_FILES };

static struct gvnp_cell count_cell(struct gvnp_facts *facts, const struct gvnp_batch *batch,
				   size_t index, const char *column, const char *controller)
{
	int64_t value;

	if (gvnp_collect_integer(gvnp_batch_answer(batch, index), &value))
		return gvnp_integer(column, value);
	gvnp_batch_hole(batch, index, facts, "memory_controller", column, controller);
	return gvnp_unreadable(column);
}

static struct gvnp_cell text_cell(struct gvnp_facts *facts, const struct gvnp_batch *batch,
				  size_t index, const char *table, const char *column,
				  const char *controller)
{
	if (gvnp_collect_presence(gvnp_batch_answer(batch, index)) == GVNP_UNREADABLE)
		gvnp_batch_hole(batch, index, facts, table, column, controller);
	return gvnp_collect_cell(column, gvnp_batch_answer(batch, index));
}

/* "dimm3"; "rank3" where the driver knows ranks only. */
static bool is_numbered(const char *name, const char *kind)
{
	uint64_t number;

	return gvnp_text_starts(name, kind) &&
	       gvnp_parse_unsigned(name + strlen(kind), 10, &number);
}

static bool is_module(const char *name)
{
	return is_numbered(name, "dimm") || is_numbered(name, "rank");
}

static void collect_modules(const struct gvnp_collection *collection,
			    const struct gvnp_answer *folder, const char *controller)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	struct gvnp_facts *facts = collection->facts;
	size_t first = 0;

	for (size_t i = 0; i < folder->n_entries; i++) {
		const char *name = folder->entries[i].name;

		if (!is_module(name))
			continue;
		gvnp_batch_add(&batch, GVNP_READ, CONTROLLERS "/%s/%s/dimm_label", controller,
			       name);
		gvnp_batch_add(&batch, GVNP_READ, CONTROLLERS "/%s/%s/dimm_edac_mode", controller,
			       name);
		gvnp_batch_add(&batch, GVNP_READ, CONTROLLERS "/%s/%s/dimm_mem_type", controller,
			       name);
	}
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < folder->n_entries; i++) {
		if (!is_module(folder->entries[i].name))
			continue;
		gvnp_insert(facts, "memory_module", gvnp_text("controller", controller),
			    gvnp_text("name", folder->entries[i].name),
			    text_cell(facts, &batch, first + LABEL, "memory_module", "label",
				      controller),
			    text_cell(facts, &batch, first + MODE, "memory_module", "correction",
				      controller),
			    text_cell(facts, &batch, first + TYPE, "memory_module", "type",
				      controller));
		first += N_MODULE_FILES;
	}
}

static void collect_controllers(const struct gvnp_collection *collection,
				const struct gvnp_answer *folder)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	struct gvnp_facts *facts = collection->facts;
	size_t first = 0;

	for (size_t i = 0; i < folder->n_entries; i++) {
		const char *name = folder->entries[i].name;

		if (!is_numbered(name, "mc"))
			continue;
		gvnp_batch_add(&batch, GVNP_READ, CONTROLLERS "/%s/mc_name", name);
		gvnp_batch_add(&batch, GVNP_READ, CONTROLLERS "/%s/ce_count", name);
		gvnp_batch_add(&batch, GVNP_READ, CONTROLLERS "/%s/ue_count", name);
		gvnp_batch_add(&batch, GVNP_LIST, CONTROLLERS "/%s", name);
	}
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < folder->n_entries; i++) {
		const char *name = folder->entries[i].name;

		if (!is_numbered(name, "mc"))
			continue;
		gvnp_insert(
			facts, "memory_controller", gvnp_text("name", name),
			text_cell(facts, &batch, first + NAME, "memory_controller", "driver", name),
			count_cell(facts, &batch, first + CORRECTED, "corrected", name),
			count_cell(facts, &batch, first + UNCORRECTED, "uncorrected", name));
		if (gvnp_batch_answer(&batch, first + MODULES)->error)
			gvnp_batch_hole(&batch, first + MODULES, facts, "memory_module", "", name);
		else
			collect_modules(collection, gvnp_batch_answer(&batch, first + MODULES),
					name);
		first += N_FILES;
	}
	gvnp_facts_collected(facts, "memory_controller");
	gvnp_facts_collected(facts, "memory_module");
}

static void collect_machine_checks(struct gvnp_facts *facts, const struct gvnp_batch *batch,
				   size_t first)
{
	static const char *const columns[] = { "ignores_corrected", "hides_corrected",
					       "polls_only" };
	struct gvnp_cell cells[3];
	int64_t value;

	/* not x86, or switched off */
	if (gvnp_collect_is_absent(gvnp_batch_answer(batch, first)))
		return gvnp_facts_collected(facts, "machine_check");
	for (size_t i = 0; i < 3; i++) {
		bool is_known = gvnp_collect_integer(gvnp_batch_answer(batch, first + i), &value);

		cells[i] = gvnp_maybe(columns[i], is_known, is_known && value != 0);
		if (!is_known)
			gvnp_batch_hole(batch, first + i, facts, "machine_check", columns[i], "");
	}
	gvnp_insert(facts, "machine_check", gvnp_integer("id", 1), cells[0], cells[1], cells[2]);
	gvnp_facts_collected(facts, "machine_check");
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	struct gvnp_facts *facts = collection->facts;
	size_t controllers = gvnp_batch_add(&batch, GVNP_LIST, CONTROLLERS);
	size_t checks = gvnp_batch_add(&batch, GVNP_READ, CHECKS "/ignore_ce");

	gvnp_batch_add(&batch, GVNP_READ, CHECKS "/dont_log_ce");
	gvnp_batch_add(&batch, GVNP_READ, CHECKS "/cmci_disabled");
	gvnp_batch_ask(&batch, collection->source);
	if (gvnp_collect_presence(gvnp_batch_answer(&batch, controllers)) == GVNP_UNREADABLE) {
		gvnp_batch_hole(&batch, controllers, facts, "memory_controller", "", "");
		gvnp_batch_hole(&batch, controllers, facts, "memory_module", "", "");
	} else {
		collect_controllers(collection, gvnp_batch_answer(&batch, controllers));
	}
	collect_machine_checks(facts, &batch, checks);
}

const struct gvnp_collector gvnp_collector_memory_error = {
	.name = "memory_error",
	.about = "memory controllers and modules, errors counted, handling of machine checks",
	.paths = (const char *const[]){ CONTROLLERS, CONTROLLERS "/mc*", CONTROLLERS "/mc*/mc_name",
					CONTROLLERS "/mc*/ce_count", CONTROLLERS "/mc*/ue_count",
					CONTROLLERS "/mc*/*/dimm_label",
					CONTROLLERS "/mc*/*/dimm_edac_mode",
					CONTROLLERS "/mc*/*/dimm_mem_type", CHECKS "/ignore_ce",
					CHECKS "/dont_log_ce", CHECKS "/cmci_disabled", NULL },
	.tables = (const char *const[]){ "memory_controller", "memory_module", "machine_check",
					 NULL },
	.privileges = (const struct gvnp_privilege[]){ { "memory_controller", "nothing" },
						       { "memory_module", "nothing" },
						       { "machine_check", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
