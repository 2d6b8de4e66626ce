/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was measured: PCRs 0 to 7 in every bank, the firmware's log, and the PCRs that the log
 * explains. The rule kept here: of a torn log nothing is believed, neither its events nor a replay.
 * sysfs reads a PCR by asking the TPM, which takes milliseconds, so no more of them are read.
 */
#include "collect/collectors.h"

#include <stdio.h>

#include "base/buffer.h"
#include "collect/collect.h"
#include "collect/efi_variable.h"
#include "collect/tpm_log.h"

#define TPMS "/sys/class/tpm"
#define SECURITY "/sys/kernel/security"

enum {
	FIRMWARE_PCRS = 8,  /* PFP 3.3.4: the platform's; the ones behind are the boot loader's */
	MOST_EVENTS = 4096, /* events that become rows; all are replayed */
	MOST_TEXT = 256,
};

struct state {
	struct gvnp_facts *facts;
	struct gvnp_batch logs; /* one for each TPM */
	struct gvnp_batch pcrs;
	const char *device; /* the one being decoded */
	int64_t position;
};

/* "tpm0" */
static bool is_tpm(const char *name)
{
	uint64_t number;

	return gvnp_text_starts(name, "tpm") && strlen(name) < 16 &&
	       gvnp_parse_unsigned(name + strlen("tpm"), 10, &number);
}

static bool is_bank(const char *name)
{
	return gvnp_text_starts(name, "pcr-") && strlen(name) < 32;
}

/* Text in the event as far as it is printable ASCII. */
static void append_printable(struct gvnp_buffer *buffer, struct gvnp_slice data)
{
	size_t size = 0;

	while (size < data.size && size < MOST_TEXT && data.text[size] >= 0x20 &&
	       data.text[size] < 0x7f)
		size++;
	gvnp_buffer_append(buffer, data.text, size);
}

static void take_event(void *context, const struct gvnp_tpm_event *event)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	struct state *state = context;
	struct gvnp_slice name, value = { "", 0 };
	const char *kind = gvnp_tpm_event_name(event->kind);
	char number[16];

	if (state->position >= MOST_EVENTS)
		return;
	switch (event->kind) {
	case GVNP_TPM_EV_EFI_VARIABLE_DRIVER_CONFIG:
	case GVNP_TPM_EV_EFI_VARIABLE_AUTHORITY:
		if (gvnp_tpm_event_variable(event->data, &name, &value))
			gvnp_efi_append_utf16(&text, name, MOST_TEXT);
		break;
	case GVNP_TPM_EV_ACTION:
	case GVNP_TPM_EV_EFI_ACTION:
	case GVNP_TPM_EV_IPL:
		append_printable(&text, event->data);
		break;
	default:
		break;
	}
	snprintf(number, sizeof number, "0x%08x", event->kind);
	gvnp_insert(state->facts, "tpm_event", gvnp_text("tpm", state->device),
		    gvnp_integer("position", state->position++), gvnp_integer("pcr", event->pcr),
		    gvnp_text("kind", kind ? kind : number),
		    gvnp_text("text", gvnp_buffer_text(&text)),
		    gvnp_integer("value", value.size == 1 ? (unsigned char)value.text[0] : -1),
		    gvnp_integer("is_genuine", event->is_genuine));
}

static const char *hexadecimal(const unsigned char *bytes, size_t size,
			       char ret[2 * GVNP_TPM_DIGEST + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		ret[2 * i] = digits[bytes[i] >> 4];
		ret[2 * i + 1] = digits[bytes[i] & 15];
	}
	ret[2 * size] = '\0';
	return ret;
}

/* sysfs prints upper case and a newline. False when it is not the digest of a bank. */
static bool decode_pcr(struct gvnp_slice text, size_t size, char ret[2 * GVNP_TPM_DIGEST + 1])
{
	if (!text.size || text.size > 2 * (size_t)GVNP_TPM_DIGEST ||
	    (size && text.size != 2 * size))
		return false;
	for (size_t i = 0; i < text.size; i++) {
		char c = text.text[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'F') && !(c >= 'a' && c <= 'f'))
			return false;
		ret[i] = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
	}
	ret[text.size] = '\0';
	return true;
}

/* '' when the log has nothing of this bank or there is no log, NULL when it is not known. */
static const char *replayed_text(const struct gvnp_tpm_replay *replay, const char *bank,
				 int64_t pcr, char ret[2 * GVNP_TPM_DIGEST + 1])
{
	if (!replay)
		return NULL;
	for (size_t i = 0; i < GVNP_TPM_BANKS; i++)
		if (!strcmp(gvnp_tpm_bank_name(i), bank) && replay->banks[i].is_covered)
			return hexadecimal(replay->banks[i].pcrs[pcr], replay->banks[i].size, ret);
	return "";
}

static void insert_pcr(struct state *state, size_t index, const char *bank, int64_t pcr,
		       const struct gvnp_tpm_replay *replay)
{
	struct gvnp_slice text = gvnp_collect_trimmed(gvnp_batch_answer(&state->pcrs, index));
	char value[2 * GVNP_TPM_DIGEST + 1], replayed[2 * GVNP_TPM_DIGEST + 1];
	size_t size = 0;

	for (size_t i = 0; i < GVNP_TPM_BANKS; i++)
		if (!strcmp(gvnp_tpm_bank_name(i), bank) && replay)
			size = replay->banks[i].size;
	bool is_known = decode_pcr(text, size, value);
	if (!is_known)
		gvnp_batch_hole(&state->pcrs, index, state->facts, "tpm_pcr", "value",
				state->device);
	gvnp_insert(state->facts, "tpm_pcr", gvnp_text("tpm", state->device),
		    gvnp_text("bank", bank), gvnp_integer("number", pcr),
		    gvnp_text("value", is_known ? value : NULL),
		    gvnp_text("replayed", replayed_text(replay, bank, pcr, replayed)));
}

static void torn(struct gvnp_facts *facts, const char *device, const char *path,
		 const char *problem)
{
	gvnp_facts_hole(facts, "tpm_log", "", device, "%s: %s", path, problem);
	gvnp_facts_hole(facts, "tpm_event", "", device, "%s: %s", path, problem);
	gvnp_facts_hole(facts, "tpm_pcr", "replayed", device, "%s: %s", path, problem);
}

/* True when it is known what the log explains, also when there is none. */
static bool collect_log(struct state *state, size_t index, bool is_mounted,
			struct gvnp_tpm_replay *ret)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(&state->logs, index);
	const char *path = gvnp_batch_path(&state->logs, index), *problem;

	state->position = 0;
	*ret = (struct gvnp_tpm_replay){ 0 };
	if (gvnp_collect_is_absent(answer) && is_mounted) {
		gvnp_insert(state->facts, "tpm_log", gvnp_text("tpm", state->device),
			    gvnp_text("format", "absent"), gvnp_integer("events", 0));
		return true;
	}
	if (gvnp_collect_is_absent(answer)) {
		torn(state->facts, state->device, path, "securityfs is not mounted");
		return false;
	}
	if (answer->error) {
		gvnp_batch_hole(&state->logs, index, state->facts, "tpm_log", "", state->device);
		gvnp_batch_hole(&state->logs, index, state->facts, "tpm_event", "", state->device);
		gvnp_batch_hole(&state->logs, index, state->facts, "tpm_pcr", "replayed",
				state->device);
		return false;
	}
	if (gvnp_tpm_log_replay(gvnp_collect_bytes(answer), NULL, NULL, ret, &problem) < 0) {
		torn(state->facts, state->device, path, problem);
		return false;
	}
	gvnp_tpm_log_replay(gvnp_collect_bytes(answer), take_event, state, ret, &problem);
	if (ret->n_events > MOST_EVENTS)
		gvnp_facts_hole(state->facts, "tpm_event", "", state->device,
				"%s: more than %d events", path, MOST_EVENTS);
	gvnp_insert(state->facts, "tpm_log", gvnp_text("tpm", state->device),
		    gvnp_text("format", ret->is_agile ? "crypto-agile" : "sha1"),
		    gvnp_integer("events", (int64_t)ret->n_events));
	return true;
}

struct folders {
	struct gvnp_batch batch; /* the folder of each TPM */
	size_t n;
	const char *names[16];
};

static void folders_done(struct folders *folders)
{
	gvnp_batch_done(&folders->batch);
}

static void state_done(struct state *state)
{
	gvnp_batch_done(&state->logs);
	gvnp_batch_done(&state->pcrs);
}

static void collect_devices(struct state *state, const struct folders *folders, bool is_mounted)
{
	size_t index = 0;

	for (size_t i = 0; i < folders->n; i++) {
		const struct gvnp_answer *folder = gvnp_batch_answer(&folders->batch, i);
		struct gvnp_tpm_replay replay;

		state->device = folders->names[i];
		bool is_known = collect_log(state, i, is_mounted, &replay);
		if (folder->error)
			gvnp_batch_hole(&folders->batch, i, state->facts, "tpm_pcr", "",
					state->device);
		for (size_t k = 0; k < folder->n_entries; k++) {
			const char *name = folder->entries[k].name;

			if (!is_bank(name))
				continue;
			for (int64_t pcr = 0; pcr < FIRMWARE_PCRS; pcr++)
				insert_pcr(state, index++, name + strlen("pcr-"), pcr,
					   is_known ? &replay : NULL);
		}
	}
}

static void ask(struct state *state, const struct folders *folders, struct gvnp_source *source)
{
	for (size_t i = 0; i < folders->n; i++) {
		const struct gvnp_answer *folder = gvnp_batch_answer(&folders->batch, i);

		gvnp_batch_add(&state->logs, GVNP_READ, SECURITY "/%s/binary_bios_measurements",
			       folders->names[i]);
		for (size_t k = 0; k < folder->n_entries; k++)
			for (int pcr = 0; is_bank(folder->entries[k].name) && pcr < FIRMWARE_PCRS;
			     pcr++)
				gvnp_batch_add(&state->pcrs, GVNP_READ, TPMS "/%s/%s/%d",
					       folders->names[i], folder->entries[k].name, pcr);
	}
	gvnp_batch_ask(&state->logs, source);
	if (state->pcrs.n)
		gvnp_batch_ask(&state->pcrs, source);
}

static const char *const tables[] = { "tpm_pcr", "tpm_log", "tpm_event", NULL };

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers = gvnp_source_ask(
		collection->source,
		(const struct gvnp_request[]){ { GVNP_LIST, TPMS }, { GVNP_LIST, SECURITY } }, 2);
	const struct gvnp_answer *tpms = &answers->answers[0], *security = &answers->answers[1];
	_cleanup_(folders_done) struct folders folders = { .n = 0 };
	_cleanup_(state_done) struct state state = { .facts = collection->facts };

	for (const char *const *table = tables; *table; table++) {
		if (gvnp_collect_presence(tpms) == GVNP_UNREADABLE)
			gvnp_collect_hole(collection->facts, *table, "", "", TPMS, tpms);
		else
			gvnp_facts_collected(collection->facts, *table);
	}
	for (size_t i = 0; i < tpms->n_entries && folders.n < 16; i++)
		if (is_tpm(tpms->entries[i].name)) {
			folders.names[folders.n++] = tpms->entries[i].name;
			gvnp_batch_add(&folders.batch, GVNP_LIST, TPMS "/%s",
				       tpms->entries[i].name);
		}
	if (!folders.n)
		return;
	gvnp_batch_ask(&folders.batch, collection->source);
	ask(&state, &folders, collection->source);
	collect_devices(&state, &folders, security->n_entries > 0);
}

const struct gvnp_collector gvnp_collector_tpm_measurement = {
	.name = "tpm_measurement",
	.about = "measurements of the boot: PCRs, the firmware's log and its replay",
	.paths = (const char *const[]){ TPMS, TPMS "/*", TPMS "/*/pcr-*/*", SECURITY,
					SECURITY "/*/binary_bios_measurements", NULL },
	.tables = tables,
	.privileges = (const struct gvnp_privilege[]){ { "tpm_pcr", "CAP_DAC_READ_SEARCH" },
						       { "tpm_log", "CAP_DAC_READ_SEARCH" },
						       { "tpm_event", "CAP_DAC_READ_SEARCH" },
						       { NULL, NULL } },
	.collect = collect,
};
