/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The firmware that takes updates from the operating system: entries of the EFI System Resource
 * Table (UEFI 23.4). The rule kept here: no table is no row; the folder of a table that exists is
 * root's alone, and then nothing is known.
 */
#include "collect/collectors.h"

#include "collect/collect.h"

#define EFI "/sys/firmware/efi"
#define ENTRIES EFI "/esrt/entries"

/* Columns are named as the kernel names the files (sysfs-firmware-efi-esrt). */
static const char *const columns[] = {
	"fw_type",
	"fw_version",
	"lowest_supported_fw_version",
	"last_attempt_version",
	"last_attempt_status",
};

enum { N_COLUMNS = sizeof columns / sizeof *columns, N_FILES = N_COLUMNS + 1 };

static struct gvnp_cell number_cell(struct gvnp_facts *facts, const struct gvnp_batch *batch,
				    size_t index, const char *column, const char *object)
{
	int64_t number;

	if (gvnp_collect_integer(gvnp_batch_answer(batch, index), &number))
		return gvnp_integer(column, number);
	gvnp_batch_hole(batch, index, facts, "firmware_resource", column, object);
	return gvnp_unreadable(column);
}

static void insert(struct gvnp_facts *facts, const struct gvnp_batch *batch, size_t first,
		   const char *name)
{
	struct gvnp_cell cells[N_FILES + 2] = { gvnp_text("entry", name) };
	const struct gvnp_answer *class = gvnp_batch_answer(batch, first + N_COLUMNS);

	for (size_t i = 0; i < N_COLUMNS; i++)
		cells[1 + i] = number_cell(facts, batch, first + i, columns[i], name);
	if (class->error)
		gvnp_batch_hole(batch, first + N_COLUMNS, facts, "firmware_resource", "fw_class",
				name);
	cells[1 + N_COLUMNS] = class->error
				       ? gvnp_unreadable("fw_class")
				       : gvnp_text_slice("fw_class", gvnp_collect_trimmed(class));
	gvnp_facts_insert(facts, "firmware_resource", cells);
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_LIST, ENTRIES);
	const struct gvnp_answer *folder = &answers->answers[0];

	if (gvnp_collect_presence(folder) == GVNP_UNREADABLE)
		return gvnp_collect_hole(collection->facts, "firmware_resource", "", "", ENTRIES,
					 folder);
	for (size_t i = 0; i < folder->n_entries; i++) {
		for (size_t k = 0; k < N_COLUMNS; k++)
			gvnp_batch_add(&batch, GVNP_READ, ENTRIES "/%s/%s", folder->entries[i].name,
				       columns[k]);
		gvnp_batch_add(&batch, GVNP_READ, ENTRIES "/%s/fw_class", folder->entries[i].name);
	}
	if (batch.n)
		gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < folder->n_entries; i++)
		insert(collection->facts, &batch, i * N_FILES, folder->entries[i].name);
	gvnp_facts_collected(collection->facts, "firmware_resource");
}

const struct gvnp_collector gvnp_collector_firmware_resource = {
	.name = "firmware_resource",
	.about = "firmware that takes updates, and how the last one went",
	.paths = (const char *const[]){ ENTRIES, ENTRIES "/*/fw_type", ENTRIES "/*/fw_version",
					ENTRIES "/*/lowest_supported_fw_version",
					ENTRIES "/*/last_attempt_version",
					ENTRIES "/*/last_attempt_status", ENTRIES "/*/fw_class",
					NULL },
	.tables = (const char *const[]){ "firmware_resource", NULL },
	.privileges =
		(const struct gvnp_privilege[]){ { "firmware_resource", "CAP_DAC_READ_SEARCH" },
						 { NULL, NULL } },
	.collect = collect,
};
