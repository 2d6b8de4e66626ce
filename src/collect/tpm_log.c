/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoding and replaying a measurement log. The rule kept here: a log that ends in the middle of an
 * event, names a bank it did not announce or states a size it does not have is torn as a whole,
 * because a replay of its beginning would accuse an honest machine.
 */
#include "collect/tpm_log.h"

#include <errno.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include "base/little_endian.h"

static const struct {
	const char *name;
	uint16_t algorithm; /* TPM_ALG_ID */
	unsigned char size;
} banks[GVNP_TPM_BANKS] = {
	[GVNP_TPM_SHA1] = { "sha1", 0x0004, SHA1_DIGEST_SIZE },
	[GVNP_TPM_SHA256] = { "sha256", 0x000b, SHA256_DIGEST_SIZE },
	[GVNP_TPM_SHA384] = { "sha384", 0x000c, SHA384_DIGEST_SIZE },
	[GVNP_TPM_SHA512] = { "sha512", 0x000d, SHA512_DIGEST_SIZE },
};

enum { MOST_ALGORITHMS = 16, SHA1_HEAD = 4 + 4 + SHA1_DIGEST_SIZE + 4 };

/* The banks a crypto agile log announces, also those unknown here: their digests are skipped. */
struct announced {
	size_t n;
	struct {
		uint16_t algorithm, size;
	} algorithms[MOST_ALGORITHMS];
};

struct reader {
	struct gvnp_slice rest;
	struct announced announced;
	struct gvnp_tpm_replay replay;
	const char *problem;
};

const char *gvnp_tpm_bank_name(enum gvnp_tpm_bank bank)
{
	return banks[bank].name;
}

const char *gvnp_tpm_event_name(uint32_t kind)
{
	static const struct {
		uint32_t kind;
		const char *name;
	} names[] = {
		{ 0x00, "EV_PREBOOT_CERT" },
		{ 0x01, "EV_POST_CODE" },
		{ GVNP_TPM_EV_NO_ACTION, "EV_NO_ACTION" },
		{ GVNP_TPM_EV_SEPARATOR, "EV_SEPARATOR" },
		{ GVNP_TPM_EV_ACTION, "EV_ACTION" },
		{ 0x06, "EV_EVENT_TAG" },
		{ 0x07, "EV_S_CRTM_CONTENTS" },
		{ 0x08, "EV_S_CRTM_VERSION" },
		{ 0x09, "EV_CPU_MICROCODE" },
		{ 0x0a, "EV_PLATFORM_CONFIG_FLAGS" },
		{ 0x0b, "EV_TABLE_OF_DEVICES" },
		{ 0x0c, "EV_COMPACT_HASH" },
		{ GVNP_TPM_EV_IPL, "EV_IPL" },
		{ 0x0e, "EV_IPL_PARTITION_DATA" },
		{ 0x0f, "EV_NONHOST_CODE" },
		{ 0x10, "EV_NONHOST_CONFIG" },
		{ 0x11, "EV_NONHOST_INFO" },
		{ 0x12, "EV_OMIT_BOOT_DEVICE_EVENTS" },
		{ GVNP_TPM_EV_EFI_VARIABLE_DRIVER_CONFIG, "EV_EFI_VARIABLE_DRIVER_CONFIG" },
		{ 0x80000002U, "EV_EFI_VARIABLE_BOOT" },
		{ 0x80000003U, "EV_EFI_BOOT_SERVICES_APPLICATION" },
		{ 0x80000004U, "EV_EFI_BOOT_SERVICES_DRIVER" },
		{ 0x80000005U, "EV_EFI_RUNTIME_SERVICES_DRIVER" },
		{ 0x80000006U, "EV_EFI_GPT_EVENT" },
		{ GVNP_TPM_EV_EFI_ACTION, "EV_EFI_ACTION" },
		{ 0x80000008U, "EV_EFI_PLATFORM_FIRMWARE_BLOB" },
		{ 0x80000009U, "EV_EFI_HANDOFF_TABLES" },
		{ 0x8000000aU, "EV_EFI_PLATFORM_FIRMWARE_BLOB2" },
		{ 0x8000000bU, "EV_EFI_HANDOFF_TABLES2" },
		{ 0x8000000cU, "EV_EFI_VARIABLE_BOOT2" },
		{ 0x80000010U, "EV_EFI_HCRTM_EVENT" },
		{ GVNP_TPM_EV_EFI_VARIABLE_AUTHORITY, "EV_EFI_VARIABLE_AUTHORITY" },
		{ 0x800000e1U, "EV_EFI_SPDM_FIRMWARE_BLOB" },
		{ 0x800000e2U, "EV_EFI_SPDM_FIRMWARE_CONFIG" },
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].kind == kind)
			return names[i].name;
	return NULL;
}

/* The digest of one or two pieces. */
static void digest(enum gvnp_tpm_bank bank, struct gvnp_slice one, struct gvnp_slice two,
		   unsigned char ret[GVNP_TPM_DIGEST])
{
	const uint8_t *first = (const uint8_t *)one.text, *second = (const uint8_t *)two.text;
	union {
		struct sha1_ctx sha1;
		struct sha256_ctx sha256;
		struct sha512_ctx sha512;
	} context;

	switch (bank) {
	case GVNP_TPM_SHA1:
		sha1_init(&context.sha1);
		sha1_update(&context.sha1, one.size, first);
		sha1_update(&context.sha1, two.size, second);
		sha1_digest(&context.sha1, banks[bank].size, ret);
		return;
	case GVNP_TPM_SHA256:
		sha256_init(&context.sha256);
		sha256_update(&context.sha256, one.size, first);
		sha256_update(&context.sha256, two.size, second);
		sha256_digest(&context.sha256, banks[bank].size, ret);
		return;
	case GVNP_TPM_SHA384:
		sha384_init(&context.sha512);
		sha384_update(&context.sha512, one.size, first);
		sha384_update(&context.sha512, two.size, second);
		sha384_digest(&context.sha512, banks[bank].size, ret);
		return;
	case GVNP_TPM_SHA512:
		sha512_init(&context.sha512);
		sha512_update(&context.sha512, one.size, first);
		sha512_update(&context.sha512, two.size, second);
		sha512_digest(&context.sha512, banks[bank].size, ret);
		return;
	case GVNP_TPM_BANKS:
		return;
	}
}

static bool take(struct gvnp_slice *rest, size_t size, struct gvnp_slice *ret)
{
	if (size > rest->size)
		return false;
	*ret = (struct gvnp_slice){ rest->text, size };
	*rest = (struct gvnp_slice){ rest->text + size, rest->size - size };
	return true;
}

static bool take_number(struct gvnp_slice *rest, uint32_t *ret)
{
	struct gvnp_slice bytes;

	if (!take(rest, 4, &bytes))
		return false;
	*ret = gvnp_little32(bytes.text);
	return true;
}

static bool announce(struct reader *reader, uint16_t algorithm, uint16_t size)
{
	if (size > GVNP_TPM_DIGEST)
		return false;
	for (size_t i = 0; i < GVNP_TPM_BANKS; i++)
		if (banks[i].algorithm == algorithm) {
			if (banks[i].size != size)
				return false;
			reader->replay.banks[i].is_covered = true;
		}
	reader->announced.algorithms[reader->announced.n].algorithm = algorithm;
	reader->announced.algorithms[reader->announced.n++].size = size;
	return true;
}

/* After the signature: class (4), versions and size of an integer (4), number of banks, banks. */
static bool take_header(struct reader *reader, struct gvnp_slice data)
{
	struct gvnp_slice skipped, bytes;
	uint32_t n;

	if (!take(&data, 16 + 8, &skipped) || !take_number(&data, &n) || !n || n > MOST_ALGORITHMS)
		return false;
	while (n--)
		if (!take(&data, 4, &bytes) ||
		    !announce(reader, gvnp_little16(bytes.text), gvnp_little16(bytes.text + 2)))
			return false;
	return true;
}

/* The event that opens a crypto agile log is of the old form. */
static bool open_log(struct reader *reader)
{
	struct gvnp_slice rest = reader->rest, head, data;

	if (!take(&rest, SHA1_HEAD, &head) ||
	    !take(&rest, gvnp_little32(head.text + SHA1_HEAD - 4), &data))
		return false;
	if (gvnp_little32(head.text + 4) != GVNP_TPM_EV_NO_ACTION || data.size < 16 ||
	    memcmp(data.text, "Spec ID Event03", 16)) {
		reader->replay.banks[GVNP_TPM_SHA1].is_covered = true;
		return true;
	}
	reader->replay.is_agile = true;
	reader->rest = rest;
	return take_header(reader, data);
}

/* "If the TPM2_Startup was not of locality 0": PCR 0 begins with the locality (PFP 10.4.5.3). */
static bool is_locality(const struct gvnp_tpm_event *event, unsigned char *ret)
{
	static const char signature[16] = "StartupLocality";

	if (event->kind != GVNP_TPM_EV_NO_ACTION || event->pcr ||
	    event->data.size != sizeof signature + 1 ||
	    memcmp(event->data.text, signature, sizeof signature))
		return false;
	*ret = (unsigned char)event->data.text[sizeof signature];
	return true;
}

static void extend(struct reader *reader, uint32_t pcr, enum gvnp_tpm_bank bank,
		   struct gvnp_slice measured)
{
	unsigned char *value = reader->replay.banks[bank].pcrs[pcr];
	const struct gvnp_slice before = { (const char *)value, banks[bank].size };

	digest(bank, before, measured, value);
}

static void take_event(struct reader *reader, struct gvnp_tpm_event *event,
		       const struct gvnp_slice measured[GVNP_TPM_BANKS])
{
	unsigned char of_data[GVNP_TPM_DIGEST], locality;

	if (is_locality(event, &locality))
		for (size_t i = 0; i < GVNP_TPM_BANKS; i++)
			reader->replay.banks[i].pcrs[0][banks[i].size - 1] = locality;
	for (size_t i = 0; i < GVNP_TPM_BANKS; i++) {
		if (!measured[i].text || event->kind == GVNP_TPM_EV_NO_ACTION)
			continue;
		digest(i, event->data, (struct gvnp_slice){ "", 0 }, of_data);
		event->is_genuine = !memcmp(of_data, measured[i].text, banks[i].size);
		if (event->pcr < GVNP_TPM_PCRS)
			extend(reader, event->pcr, i, measured[i]);
	}
	reader->replay.n_events++;
}

static bool take_digest(struct reader *reader, struct gvnp_slice measured[GVNP_TPM_BANKS])
{
	struct gvnp_slice algorithm, value;
	size_t i = 0;

	if (!take(&reader->rest, 2, &algorithm))
		return false;
	uint16_t number = gvnp_little16(algorithm.text);
	while (i < reader->announced.n && reader->announced.algorithms[i].algorithm != number)
		i++;
	if (i == reader->announced.n ||
	    !take(&reader->rest, reader->announced.algorithms[i].size, &value))
		return false;
	for (size_t bank = 0; bank < GVNP_TPM_BANKS; bank++)
		if (banks[bank].algorithm == number)
			measured[bank] = value;
	return true;
}

static bool next_event(struct reader *reader, struct gvnp_tpm_event *ret)
{
	struct gvnp_slice measured[GVNP_TPM_BANKS] = { 0 };
	struct gvnp_tpm_event event = { 0 };
	uint32_t n = 1, size;

	if (!take_number(&reader->rest, &event.pcr) || !take_number(&reader->rest, &event.kind))
		return false;
	if (!reader->replay.is_agile &&
	    !take(&reader->rest, SHA1_DIGEST_SIZE, &measured[GVNP_TPM_SHA1]))
		return false;
	if (reader->replay.is_agile && (!take_number(&reader->rest, &n) || n > reader->announced.n))
		return false;
	while (reader->replay.is_agile && n--)
		if (!take_digest(reader, measured))
			return false;
	if (!take_number(&reader->rest, &size) || !take(&reader->rest, size, &event.data))
		return false;
	take_event(reader, &event, measured);
	*ret = event;
	return true;
}

/* Logs that lie in a fixed area of memory end with zeros; fewer than the smallest event may as well
 * be the beginning of one for PCR 0. */
static bool is_padding(struct gvnp_slice rest)
{
	if (rest.size && rest.size < SHA1_HEAD)
		return false;
	for (size_t i = 0; i < rest.size; i++)
		if (rest.text[i])
			return false;
	return true;
}

int gvnp_tpm_log_replay(struct gvnp_slice log,
			void (*seen)(void *context, const struct gvnp_tpm_event *event),
			void *context, struct gvnp_tpm_replay *ret, const char **ret_problem)
{
	struct reader reader = { .rest = log };
	struct gvnp_tpm_event event;

	for (size_t i = 0; i < GVNP_TPM_BANKS; i++)
		reader.replay.banks[i].size = banks[i].size;
	if (!open_log(&reader)) {
		*ret_problem = log.size ? "its first event is cut off or malformed" : "it is empty";
		return -EBADMSG;
	}
	while (!is_padding(reader.rest)) {
		if (reader.replay.n_events == GVNP_TPM_EVENTS) {
			*ret_problem = "it has more events than any boot";
			return -EBADMSG;
		}
		if (!next_event(&reader, &event)) {
			*ret_problem = "an event is cut off or malformed";
			return -EBADMSG;
		}
		if (seen)
			seen(context, &event);
	}
	*ret = reader.replay;
	return 0;
}

bool gvnp_tpm_event_variable(struct gvnp_slice data, struct gvnp_slice *ret_name,
			     struct gvnp_slice *ret_value)
{
	struct gvnp_slice head, name;

	if (!take(&data, 16 + 8 + 8, &head))
		return false;
	uint64_t units = gvnp_little64(head.text + 16), size = gvnp_little64(head.text + 24);
	if (units > data.size / 2 || !take(&data, 2 * (size_t)units, &name) || size > data.size)
		return false;
	*ret_name = name;
	*ret_value = (struct gvnp_slice){ data.text, (size_t)size };
	return true;
}
