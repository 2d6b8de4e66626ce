/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the machine was booted and whether UEFI Secure Boot was in force. The rule kept here: an EFI
 * variable is four bytes of attributes and then its data (efivarfs.rst), and one of another size
 * than the specification says is not understood.
 */
#include "collect/collectors.h"

#include "collect/collect.h"

#define EFIVARS "/sys/firmware/efi/efivars"
/* EFI_GLOBAL_VARIABLE, UEFI specification 3.3; and shim's own (SHIM_LOCK_GUID). */
#define GLOBAL "8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define SHIM "605dab50-e046-4300-abb6-3dd810dd8b23"

enum { ATTRIBUTES_SIZE = 4, FLAG_SIZE = ATTRIBUTES_SIZE + 1 };

struct answers {
	struct gvnp_batch batch;
	size_t efi, efivars, secure_boot, setup_mode, shim;
	size_t dmi, edd, device_tree;
};

static void answers_done(struct answers *answers)
{
	gvnp_batch_done(&answers->batch);
}

static void ask(struct gvnp_source *source, struct answers *answers)
{
	struct gvnp_batch *batch = &answers->batch;

	answers->efi = gvnp_batch_add(batch, GVNP_STAT, "/sys/firmware/efi");
	answers->efivars = gvnp_batch_add(batch, GVNP_LIST, EFIVARS);
	answers->secure_boot = gvnp_batch_add(batch, GVNP_READ, EFIVARS "/SecureBoot-" GLOBAL);
	answers->setup_mode = gvnp_batch_add(batch, GVNP_READ, EFIVARS "/SetupMode-" GLOBAL);
	answers->shim = gvnp_batch_add(batch, GVNP_READ, EFIVARS "/MokSBStateRT-" SHIM);
	answers->dmi = gvnp_batch_add(batch, GVNP_STAT, "/sys/class/dmi/id");
	answers->edd = gvnp_batch_add(batch, GVNP_STAT, "/sys/firmware/edd");
	answers->device_tree =
		gvnp_batch_add(batch, GVNP_STAT, "/sys/firmware/devicetree/base/compatible");
	gvnp_batch_ask(batch, source);
}

/* NULL when something that would tell was refused. */
static const char *boot_of(const struct answers *answers)
{
	static const struct {
		size_t offset;
		const char *boot;
	} evidence[] = {
		{ offsetof(struct answers, efi), "uefi" },
		/* without UEFI, Linux finds SMBIOS only in the memory of a BIOS */
		{ offsetof(struct answers, dmi), "bios" },
		{ offsetof(struct answers, edd), "bios" },
		/* not the folder: x86 kernels make an empty tree of their own */
		{ offsetof(struct answers, device_tree), "device-tree" },
	};

	for (size_t i = 0; i < sizeof evidence / sizeof *evidence; i++) {
		size_t index =
			*(const size_t *)(const void *)((const char *)answers + evidence[i].offset);

		switch (gvnp_collect_presence(gvnp_batch_answer(&answers->batch, index))) {
		case GVNP_PRESENT:
			return evidence[i].boot;
		case GVNP_UNREADABLE:
			return NULL;
		case GVNP_ABSENT:
			break;
		}
	}
	return "none";
}

static struct gvnp_cell variable_cell(struct gvnp_facts *facts, const struct answers *answers,
				      const char *boot, size_t index, const char *column)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(&answers->batch, index);
	const struct gvnp_answer *folder = gvnp_batch_answer(&answers->batch, answers->efivars);

	if (boot && strcmp(boot, "uefi"))
		return gvnp_integer(column, 0);
	if (!answer->error && answer->size == FLAG_SIZE &&
	    (unsigned char)answer->data[ATTRIBUTES_SIZE] <= 1)
		return gvnp_integer(column, answer->data[ATTRIBUTES_SIZE]);
	/* a variable the firmware does not have, seen in a folder that shows the others */
	if (boot && gvnp_collect_is_absent(answer) && !folder->error && folder->n_entries)
		return gvnp_integer(column, 0);
	if (boot && gvnp_collect_is_absent(answer))
		gvnp_facts_hole(facts, "firmware", column, "",
				EFIVARS ": the EFI variables are not mounted");
	else
		gvnp_batch_hole(&answers->batch, index, facts, "firmware", column, "");
	return gvnp_unreadable(column);
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(answers_done) struct answers answers = { .batch = { 0 } };
	struct gvnp_facts *facts = collection->facts;

	ask(collection->source, &answers);
	const char *boot = boot_of(&answers);
	if (!boot)
		gvnp_batch_hole(&answers.batch, answers.efi, facts, "firmware", "boot", "");
	gvnp_insert(facts, "firmware", gvnp_integer("id", 1), gvnp_text("boot", boot),
		    variable_cell(facts, &answers, boot, answers.secure_boot, "secure_boot"),
		    variable_cell(facts, &answers, boot, answers.setup_mode, "setup_mode"),
		    variable_cell(facts, &answers, boot, answers.shim, "shim_validation_disabled"));
	gvnp_facts_collected(facts, "firmware");
}

const struct gvnp_collector gvnp_collector_firmware = {
	.name = "firmware",
	.about = "boot firmware and UEFI Secure Boot",
	.paths = (const char *const[]){ "/sys/firmware/efi", EFIVARS, EFIVARS "/SecureBoot-" GLOBAL,
					EFIVARS "/SetupMode-" GLOBAL, EFIVARS "/MokSBStateRT-" SHIM,
					"/sys/class/dmi/id", "/sys/firmware/edd",
					"/sys/firmware/devicetree/base/compatible", NULL },
	.tables = (const char *const[]){ "firmware", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "firmware", "nothing" }, { NULL, NULL } },
	.collect = collect,
};
