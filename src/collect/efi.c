/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the firmware trusts and what it boots: signature databases, shim's lists and revocation
 * level, boot entries. The rule kept here: a variable that is missing is absent only when the
 * folder shows the others, and one that cannot be decoded to its end leaves a hole, not a shorter
 * list.
 */
#include "collect/collectors.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/little_endian.h"
#include "collect/certificate.h"
#include "collect/collect.h"
#include "collect/efi_variable.h"

#define EFI "/sys/firmware/efi"
#define EFIVARS EFI "/efivars"
/* EFI_GLOBAL_VARIABLE, EFI_IMAGE_SECURITY_DATABASE_GUID (UEFI 3.3 and 32.6.1), SHIM_LOCK_GUID */
#define GLOBAL "8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define DATABASE "d719b2cb-3d3a-4596-a3bc-dad00e67656f"
#define SHIM "605dab50-e046-4300-abb6-3dd810dd8b23"

enum {
	MOST_ENTRIES = 256,	  /* boot entries that are read */
	MOST_CERTIFICATES = 1024, /* of one database that become rows */
};

static const struct database {
	const char *name, *file;
} databases[] = {
	{ "PK", EFIVARS "/PK-" GLOBAL },	   { "KEK", EFIVARS "/KEK-" GLOBAL },
	{ "db", EFIVARS "/db-" DATABASE },	   { "dbx", EFIVARS "/dbx-" DATABASE },
	{ "MokList", EFIVARS "/MokListRT-" SHIM }, { "MokListX", EFIVARS "/MokListXRT-" SHIM },
};

enum { N_DATABASES = sizeof databases / sizeof *databases };

/* Requests of the batch in this order; the boot entries follow. */
enum { SBAT = N_DATABASES, BOOT_ORDER, BOOT_CURRENT, FIRST_ENTRY };

struct state {
	struct gvnp_facts *facts;
	struct gvnp_batch batch;
	const struct gvnp_answer *folder;
	const char *list; /* the one being decoded */
	int64_t n_entries, n_certificates, n_digests;
};

static bool is_absent(const struct state *state, size_t index)
{
	return gvnp_collect_is_absent(gvnp_batch_answer(&state->batch, index)) &&
	       state->folder->n_entries;
}

/* The data behind the attributes. False, with a hole, when the variable is not to be had. */
static bool data_of(const struct state *state, size_t index, const char *table, const char *column,
		    const char *object, struct gvnp_slice *ret)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(&state->batch, index);

	if (answer->error) {
		gvnp_batch_hole(&state->batch, index, state->facts, table, column, object);
		return false;
	}
	if (answer->size < GVNP_EFI_ATTRIBUTES_SIZE) {
		gvnp_facts_hole(state->facts, table, column, object,
				"%s: shorter than the attributes of a variable",
				gvnp_batch_path(&state->batch, index));
		return false;
	}
	*ret = (struct gvnp_slice){ answer->data + GVNP_EFI_ATTRIBUTES_SIZE,
				    answer->size - GVNP_EFI_ATTRIBUTES_SIZE };
	return true;
}

static void insert_certificate(struct state *state, const struct gvnp_efi_signature *signature)
{
	_cleanup_(gvnp_certificate_done) struct gvnp_certificate certificate = { .subject = { 0 } };
	const char *problem = gvnp_certificate_decode(signature->data, &certificate);
	char owner[GVNP_EFI_GUID_TEXT], sha256[GVNP_SHA256_TEXT];

	gvnp_efi_guid(signature->owner, owner);
	gvnp_sha256(signature->data.text, signature->data.size, sha256);
	if (problem)
		gvnp_facts_hole(state->facts, "secure_boot_certificate", "subject", state->list,
				"%s: certificate %" PRId64 ": %s", state->list,
				state->n_certificates, problem);
	gvnp_insert(state->facts, "secure_boot_certificate", gvnp_text("list", state->list),
		    gvnp_integer("position", state->n_certificates), gvnp_text("owner", owner),
		    gvnp_text("sha256", sha256),
		    gvnp_text("subject", problem ? NULL : gvnp_buffer_text(&certificate.subject)),
		    gvnp_text("issuer", problem ? NULL : gvnp_buffer_text(&certificate.issuer)),
		    gvnp_maybe("not_after", !problem, certificate.not_after));
}

static void take_signature(void *context, const struct gvnp_efi_signature *signature)
{
	struct state *state = context;

	state->n_entries++;
	switch (signature->kind) {
	case GVNP_EFI_SIGNATURE_SHA256:
		state->n_digests++;
		return;
	case GVNP_EFI_SIGNATURE_X509:
		if (state->n_certificates < MOST_CERTIFICATES)
			insert_certificate(state, signature);
		state->n_certificates++;
		return;
	case GVNP_EFI_SIGNATURE_OTHER:
		return;
	}
}

static void collect_database(struct state *state, size_t index)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(&state->batch, index);
	const char *name = databases[index].name, *path = databases[index].file;
	struct gvnp_slice data = { "", 0 };

	if (is_absent(state, index))
		return;
	state->list = name;
	state->n_entries = state->n_certificates = state->n_digests = 0;
	if (!data_of(state, index, "secure_boot_list", "", name, &data)) {
		gvnp_facts_hole(state->facts, "secure_boot_certificate", "", name,
				"%s: its certificates are not known", path);
		return;
	}
	bool is_whole = gvnp_efi_signatures(data, take_signature, state) == 0;
	if (!is_whole)
		gvnp_facts_hole(state->facts, "secure_boot_list", "", name,
				"%s: its signature lists are cut off or malformed", path);
	if (!is_whole || state->n_certificates > MOST_CERTIFICATES)
		gvnp_facts_hole(state->facts, "secure_boot_certificate", "", name,
				"%s: not all of its certificates are known", path);
	gvnp_insert(state->facts, "secure_boot_list", gvnp_text("name", name),
		    gvnp_integer("attributes", gvnp_little32(answer->data)),
		    gvnp_integer("size", (int64_t)data.size),
		    gvnp_maybe("entries", is_whole, state->n_entries),
		    gvnp_maybe("certificates", is_whole, state->n_certificates),
		    gvnp_maybe("digests", is_whole, state->n_digests));
}

/* "sbat,1,2025021800\nshim,4\ngrub,5\n": the first line dates the revocations. */
static void collect_sbat(const struct state *state)
{
	struct gvnp_slice data, line, name, number, first = { "", 0 };
	uint64_t generation;

	if (is_absent(state, SBAT) || !data_of(state, SBAT, "sbat_revocation", "", "", &data))
		return;
	while (data.size && !data.text[data.size - 1])
		data.size--;
	while (gvnp_slice_next(&data, '\n', &line)) {
		struct gvnp_slice date = { "", 0 };

		if (!gvnp_slice_split(line, ',', &name, &number) || !name.size ||
		    (gvnp_slice_split(number, ',', &first, &date) &&
		     !gvnp_slice_is(name, "sbat")) ||
		    !gvnp_slice_unsigned(date.size ? first : number, 10, &generation) ||
		    generation > UINT32_MAX) {
			gvnp_facts_hole(state->facts, "sbat_revocation", "", "",
					EFIVARS "/SbatLevelRT-" SHIM ": a line is malformed");
			return;
		}
		gvnp_insert(state->facts, "sbat_revocation", gvnp_text_slice("component", name),
			    gvnp_integer("generation", (int64_t)generation),
			    gvnp_text_slice("date", date));
	}
}

/* Position of an entry in BootOrder, counted from 0; -1: it is not in it. */
static int64_t position_in(struct gvnp_slice order, uint16_t number)
{
	for (size_t i = 0; i + 1 < order.size; i += 2)
		if (gvnp_little16(order.text + i) == number)
			return (int64_t)(i / 2);
	return -1;
}

/* "Boot0001-8be4df61-…" */
static bool entry_number(const char *name, uint16_t *ret)
{
	uint64_t number;

	if (strlen(name) != strlen("Boot0000-" GLOBAL) || !gvnp_text_starts(name, "Boot") ||
	    !gvnp_text_ends(name, "-" GLOBAL) ||
	    !gvnp_slice_unsigned((struct gvnp_slice){ name + 4, 4 }, 16, &number))
		return false;
	*ret = (uint16_t)number;
	return true;
}

static void insert_entry(const struct state *state, size_t index, uint16_t number,
			 struct gvnp_cell position, struct gvnp_cell is_current)
{
	_cleanup_buffer_ struct gvnp_buffer description = { 0 };
	_cleanup_buffer_ struct gvnp_buffer file = { 0 };
	char object[8], guid[GVNP_EFI_GUID_TEXT];
	struct gvnp_efi_option option;
	struct gvnp_slice data;

	snprintf(object, sizeof object, "%u", number);
	if (!data_of(state, index, "boot_entry", "", object, &data))
		return;
	if (gvnp_efi_option(data, &option) < 0) {
		gvnp_facts_hole(state->facts, "boot_entry", "", object,
				"%s: it is cut off or malformed",
				gvnp_batch_path(&state->batch, index));
		return;
	}
	gvnp_efi_append_utf16(&description, option.description, 128);
	gvnp_efi_append_utf16(&file, option.file, 256);
	if (option.firmware_file && !file.size) {
		gvnp_efi_guid(option.firmware_file, guid);
		gvnp_buffer_append_text(&file, guid);
	}
	gvnp_insert(state->facts, "boot_entry", gvnp_integer("number", number), position,
		    is_current, gvnp_integer("is_active", option.is_active),
		    gvnp_integer("is_application", option.is_application),
		    gvnp_text("device", gvnp_efi_device_name(option.device)),
		    gvnp_text("description", gvnp_buffer_text(&description)),
		    gvnp_text("file", gvnp_buffer_text(&file)));
}

/* An absent variable is empty: no order, no entry that was booted. */
static bool numbers_of(const struct state *state, size_t index, const char *column,
		       struct gvnp_slice *ret)
{
	*ret = (struct gvnp_slice){ "", 0 };
	if (is_absent(state, index))
		return true;
	if (!data_of(state, index, "boot_entry", column, "", ret))
		return false;
	if (ret->size % 2 == 0)
		return true;
	gvnp_facts_hole(state->facts, "boot_entry", column, "", "%s: it is cut off",
			gvnp_batch_path(&state->batch, index));
	return false;
}

static void collect_entries(const struct state *state)
{
	size_t index = FIRST_ENTRY;
	struct gvnp_slice order, current;
	bool has_order = numbers_of(state, BOOT_ORDER, "position", &order);
	bool has_current = numbers_of(state, BOOT_CURRENT, "is_current", &current);
	uint16_t number;

	for (size_t i = 0; i < state->folder->n_entries && index < state->batch.n; i++) {
		if (!entry_number(state->folder->entries[i].name, &number))
			continue;
		insert_entry(
			state, index++, number,
			gvnp_maybe("position", has_order, position_in(order, number)),
			gvnp_maybe("is_current", has_current, position_in(current, number) >= 0));
	}
}

static void ask(struct state *state, struct gvnp_source *source)
{
	size_t n = 0;
	uint16_t number;

	for (size_t i = 0; i < N_DATABASES; i++)
		gvnp_batch_add(&state->batch, GVNP_READ, "%s", databases[i].file);
	gvnp_batch_add(&state->batch, GVNP_READ, EFIVARS "/SbatLevelRT-" SHIM);
	gvnp_batch_add(&state->batch, GVNP_READ, EFIVARS "/BootOrder-" GLOBAL);
	gvnp_batch_add(&state->batch, GVNP_READ, EFIVARS "/BootCurrent-" GLOBAL);
	for (size_t i = 0; i < state->folder->n_entries; i++) {
		const char *name = state->folder->entries[i].name;

		if (!entry_number(name, &number) || n++ >= MOST_ENTRIES)
			continue;
		gvnp_batch_add(&state->batch, GVNP_READ, EFIVARS "/%s", name);
	}
	gvnp_batch_ask(&state->batch, source);
	if (n > MOST_ENTRIES)
		gvnp_facts_hole(state->facts, "boot_entry", "", "",
				EFIVARS ": more than %d boot entries", MOST_ENTRIES);
}

static const char *const tables[] = { "secure_boot_list", "secure_boot_certificate",
				      "sbat_revocation", "boot_entry", NULL };

/* True when the variables are there to be read; else why not is noted, unless there are none. */
static bool is_readable(struct gvnp_facts *facts, const struct gvnp_answer *efi,
			const struct gvnp_answer *folder)
{
	for (const char *const *table = tables; *table; table++) {
		if (gvnp_collect_is_absent(efi))
			gvnp_facts_collected(facts, *table);
		else if (efi->error)
			gvnp_collect_hole(facts, *table, "", "", EFI, efi);
		else if (folder->error && !gvnp_collect_is_absent(folder))
			gvnp_collect_hole(facts, *table, "", "", EFIVARS, folder);
		else if (!folder->n_entries)
			gvnp_facts_hole(facts, *table, "", "",
					EFIVARS ": the EFI variables are not mounted");
	}
	return !efi->error && folder->n_entries;
}

static void state_done(struct state *state)
{
	gvnp_batch_done(&state->batch);
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers = gvnp_source_ask(
		collection->source,
		(const struct gvnp_request[]){ { GVNP_STAT, EFI }, { GVNP_LIST, EFIVARS } }, 2);
	_cleanup_(state_done) struct state state = { .facts = collection->facts,
						     .folder = &answers->answers[1] };

	if (!is_readable(collection->facts, &answers->answers[0], state.folder))
		return;
	ask(&state, collection->source);
	for (size_t i = 0; i < N_DATABASES; i++)
		collect_database(&state, i);
	collect_sbat(&state);
	collect_entries(&state);
	for (const char *const *table = tables; *table; table++)
		gvnp_facts_collected(collection->facts, *table);
}

const struct gvnp_collector gvnp_collector_efi = {
	.name = "efi",
	.about = "keys and revocations of Secure Boot and of shim, boot entries",
	.paths = (const char *const[]){ EFI, EFIVARS, EFIVARS "/PK-" GLOBAL, EFIVARS "/KEK-" GLOBAL,
					EFIVARS "/db-" DATABASE, EFIVARS "/dbx-" DATABASE,
					EFIVARS "/MokListRT-" SHIM, EFIVARS "/MokListXRT-" SHIM,
					EFIVARS "/SbatLevelRT-" SHIM, EFIVARS "/Boot*-" GLOBAL,
					NULL },
	.tables = tables,
	.privileges = (const struct gvnp_privilege[]){ { "secure_boot_list", "nothing" },
						       { "secure_boot_certificate", "nothing" },
						       { "sbat_revocation", "nothing" },
						       { "boot_entry", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
