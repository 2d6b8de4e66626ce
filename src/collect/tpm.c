/* SPDX-License-Identifier: Apache-2.0 */
/* TPM devices the kernel drives. The devices themselves are never opened. */
#include "collect/collectors.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "collect/collect.h"

#define TPMS "/sys/class/tpm"

enum { VERSION, CAPABILITIES, DESCRIPTION, FOLDER, N_FILES };

/* tpm_version_major since Linux 5.6; before, only a TPM 1.2 has device/caps. */
static struct gvnp_cell version_cell(struct gvnp_facts *facts, const struct gvnp_batch *batch,
				     size_t first, const char *name)
{
	int64_t version;

	if (gvnp_collect_integer(gvnp_batch_answer(batch, first + VERSION), &version))
		return gvnp_integer("version_major", version);
	if (gvnp_collect_is_absent(gvnp_batch_answer(batch, first + VERSION)) &&
	    gvnp_collect_is_present(gvnp_batch_answer(batch, first + CAPABILITIES)))
		return gvnp_integer("version_major", 1);
	gvnp_batch_hole(batch, first + VERSION, facts, "tpm", "version_major", name);
	return gvnp_unreadable("version_major");
}

/* Folders pcr-sha1, pcr-sha256 … are the banks; sorted, as the listing is. */
static struct gvnp_cell banks_cell(struct gvnp_facts *facts, const struct gvnp_batch *batch,
				   size_t first, const char *name, struct gvnp_buffer *banks)
{
	const struct gvnp_answer *folder = gvnp_batch_answer(batch, first + FOLDER);

	if (folder->error) {
		gvnp_batch_hole(batch, first + FOLDER, facts, "tpm", "banks", name);
		return gvnp_unreadable("banks");
	}
	for (size_t i = 0; i < folder->n_entries; i++)
		if (gvnp_text_starts(folder->entries[i].name, "pcr-"))
			gvnp_buffer_append_format(banks, "%s%s", banks->size ? "," : "",
						  folder->entries[i].name + strlen("pcr-"));
	return gvnp_text("banks", gvnp_buffer_text(banks));
}

static void insert(struct gvnp_facts *facts, const struct gvnp_batch *batch, size_t first,
		   const char *name)
{
	_cleanup_buffer_ struct gvnp_buffer banks = { 0 };

	if (gvnp_collect_presence(gvnp_batch_answer(batch, first + DESCRIPTION)) == GVNP_UNREADABLE)
		gvnp_batch_hole(batch, first + DESCRIPTION, facts, "tpm", "description", name);
	gvnp_insert(facts, "tpm", gvnp_text("device", name),
		    version_cell(facts, batch, first, name),
		    gvnp_collect_cell("description", gvnp_batch_answer(batch, first + DESCRIPTION)),
		    banks_cell(facts, batch, first, name, &banks));
}

static bool is_tpm(const char *name)
{
	uint64_t number;

	return gvnp_text_starts(name, "tpm") &&
	       gvnp_parse_unsigned(name + strlen("tpm"), 10, &number);
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_LIST, TPMS);
	const struct gvnp_answer *folder = &answers->answers[0];
	size_t first = 0;

	/* no folder: the kernel has no TPM support, or no driver is loaded */
	if (gvnp_collect_presence(folder) == GVNP_UNREADABLE)
		return gvnp_collect_hole(collection->facts, "tpm", "", "", TPMS, folder);
	for (size_t i = 0; i < folder->n_entries; i++) {
		const char *name = folder->entries[i].name;

		if (!is_tpm(name))
			continue;
		gvnp_batch_add(&batch, GVNP_READ, TPMS "/%s/tpm_version_major", name);
		gvnp_batch_add(&batch, GVNP_STAT, TPMS "/%s/device/caps", name);
		gvnp_batch_add(&batch, GVNP_READ, TPMS "/%s/device/description", name);
		gvnp_batch_add(&batch, GVNP_LIST, TPMS "/%s", name);
	}
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < folder->n_entries; i++)
		if (is_tpm(folder->entries[i].name)) {
			insert(collection->facts, &batch, first, folder->entries[i].name);
			first += N_FILES;
		}
	gvnp_facts_collected(collection->facts, "tpm");
}

const struct gvnp_collector gvnp_collector_tpm = {
	.name = "tpm",
	.about = "TPM devices",
	.paths = (const char *const[]){ TPMS, TPMS "/*", TPMS "/*/tpm_version_major",
					TPMS "/*/device/caps", TPMS "/*/device/description", NULL },
	.tables = (const char *const[]){ "tpm", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "tpm", "nothing" }, { NULL, NULL } },
	.collect = collect,
};
