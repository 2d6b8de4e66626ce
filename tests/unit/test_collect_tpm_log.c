/* SPDX-License-Identifier: Apache-2.0 */
/* The event log of the TPM, replayed against the PCRs: a real log, changed, torn, and of SHA-1. */
#include "fake_host.h"

#include "collect/efi_variable.h"
#include "collect/tpm_log.h"

#define EFIVARS "/sys/firmware/efi/efivars"
#define GLOBAL "-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define DATABASE "-d719b2cb-3d3a-4596-a3bc-dad00e67656f"
#define SHIM "-605dab50-e046-4300-abb6-3dd810dd8b23"
#define TPM "/sys/class/tpm/tpm0"
#define LOG "/sys/kernel/security/tpm0/binary_bios_measurements"

struct bytes {
	char data[32 * 1024];
	size_t size;
};

static void load(const char *name, struct bytes *ret)
{
	_cleanup_free_ char *path = gvnp_format(GVNP_TEST_DATA "/firmware/%s", name);
	FILE *file = fopen(path, "re");

	assert_non_null(file);
	ret->size = fread(ret->data, 1, sizeof ret->data, file);
	assert_in_range(ret->size, 1, sizeof ret->data - 1);
	fclose(file);
}

#define BYTES(path_, data_)                                                                        \
	{                                                                                          \
		.operation = GVNP_READ, .path = (path_), .data = (data_),                          \
		.size = sizeof(data_) - 1                                                          \
	}
#define LOADED(path_, bytes_)                                                                      \
	{                                                                                          \
		.operation = GVNP_READ, .path = (path_), .data = (bytes_).data,                    \
		.size = (bytes_).size                                                              \
	}

#define PCR(number, value) READ(TPM "/pcr-sha256/" number, value "\n")
#define PCRS                                                                                       \
	PCR("0", "90040FDEBCAEF6FED8BEEC816D2A56FF8D77F91516BD053E493374C25562F11C"),              \
		PCR("1", "EC09678BC9A85DD840B3B05F457EDDA355A003A8C2C20E65463803E44087F8A6"),      \
		PCR("2", "3D458CFE55CC03EA1F443F1562BEEC8DF51C75E14A9FCF9A7234A13F198E7969"),      \
		PCR("3", "3D458CFE55CC03EA1F443F1562BEEC8DF51C75E14A9FCF9A7234A13F198E7969"),      \
		PCR("4", "060E9DE2A8BA0BF1E4846483D9BB34FC54DF20581DA42A4FD18ECEF9F4747491"),      \
		PCR("5", "A909406246CDED91E9BB560C972A99313953D880056DECA1FA3549D9CFBDD393"),      \
		PCR("6", "3D458CFE55CC03EA1F443F1562BEEC8DF51C75E14A9FCF9A7234A13F198E7969"),      \
		PCR("7", "75677DB6F14082D3BFEC4D14BDD75C8D72612EF6914CA99CD5A5997B7A21309D")

#define TPM_FILES                                                                                  \
	LIST("/sys/class/tpm", "tpm0 -> ../../devices/tpm0\ntpmrm0 -> ../../devices/tpmrm0\n"),    \
		LIST("/sys/kernel/security", "lsm\ntpm0/\n"),                                      \
		LIST(TPM, "dev\npcr-sha256/\ntpm_version_major\n"), PCRS

static void a_log_that_is_true_explains_every_pcr(void **state)
{
	static struct bytes log;

	(void)state;
	load("binary_bios_measurements", &log);
	const struct fake_file files[] = { TPM_FILES, LOADED(LOG, log) };
	FAKE_HOST(host, files);

	fake_collect(&host, &gvnp_collector_tpm_measurement);
	assert_rows(&host, "SELECT * FROM hole", "");
	assert_rows(&host, "SELECT count(*), sum(value = replayed) FROM tpm_pcr", "8|8\n");
	assert_rows(&host, "SELECT tpm, format, events FROM tpm_log", "tpm0|crypto-agile|46\n");
	assert_rows(&host,
		    "SELECT pcr, kind, text, value, is_genuine FROM tpm_event"
		    " WHERE pcr = 7 AND kind LIKE '%DRIVER_CONFIG' ORDER BY position",
		    "7|EV_EFI_VARIABLE_DRIVER_CONFIG|SecureBoot|1|1\n"
		    "7|EV_EFI_VARIABLE_DRIVER_CONFIG|PK|-1|1\n"
		    "7|EV_EFI_VARIABLE_DRIVER_CONFIG|KEK|-1|1\n"
		    "7|EV_EFI_VARIABLE_DRIVER_CONFIG|db|-1|1\n"
		    "7|EV_EFI_VARIABLE_DRIVER_CONFIG|dbx|-1|1\n");
	assert_rows(&host,
		    "SELECT text FROM tpm_event WHERE kind = 'EV_EFI_ACTION' ORDER BY position",
		    "Calling EFI Application from Boot Option\nExit Boot Services Invocation\n"
		    "Exit Boot Services Returned with Success\n");
}

/* The name of the first variable in PCR 7 is changed, its digest is not. */
static void an_event_whose_text_was_changed_is_not_genuine(void **state)
{
	static struct bytes log;
	static const char name[] = "S\0e\0c\0u\0r\0e\0B\0o\0o\0t\0\1";

	(void)state;
	load("binary_bios_measurements", &log);
	char *at = memmem(log.data, log.size, name, sizeof name - 1);
	assert_non_null(at);
	at[sizeof name - 2] = 0;
	const struct fake_file files[] = { TPM_FILES, LOADED(LOG, log) };
	FAKE_HOST(host, files);

	fake_collect(&host, &gvnp_collector_tpm_measurement);
	assert_rows(&host, "SELECT value, is_genuine FROM tpm_event WHERE text = 'SecureBoot'",
		    "0|0\n");
	assert_rows(&host, "SELECT sum(value = replayed) FROM tpm_pcr", "8\n");
}

static void a_digest_that_was_changed_shows_in_its_pcr(void **state)
{
	static struct bytes log;

	(void)state;
	load("binary_bios_measurements", &log);
	/* SHA-256 of the first event (PCR 0): the header, its own head, three algorithms */
	log.data[32 + 45 + 12 + 2 + 20 + 2] ^= 1;
	const struct fake_file files[] = { TPM_FILES, LOADED(LOG, log) };
	FAKE_HOST(host, files);

	fake_collect(&host, &gvnp_collector_tpm_measurement);
	assert_rows(&host, "SELECT number FROM tpm_pcr WHERE value <> replayed", "0\n");
}

/* At every length but the ends of events the log is torn, and then nothing of it is believed. */
static void a_torn_log_is_never_replayed(void **state)
{
	static struct bytes log;
	struct gvnp_tpm_replay replay;
	const char *problem = NULL;
	size_t n_whole = 0;

	(void)state;
	load("binary_bios_measurements", &log);
	for (size_t size = 0; size < log.size; size++) {
		/* in memory of exactly this size, for the sanitizers */
		_cleanup_free_ char *copy = gvnp_duplicate_sized(log.data, size);
		const struct gvnp_slice torn = { copy, size };

		if (!gvnp_tpm_log_replay(torn, NULL, NULL, &replay, &problem))
			n_whole++;
	}
	/* the header alone, and behind each of 46 events but the last */
	assert_int_equal(n_whole, 46);
	log.size -= 1;
	const struct fake_file files[] = { TPM_FILES, LOADED(LOG, log) };
	FAKE_HOST(host, files);
	fake_collect(&host, &gvnp_collector_tpm_measurement);
	assert_rows(&host, "SELECT count(*), count(value), count(replayed) FROM tpm_pcr",
		    "8|8|0\n");
	assert_rows(&host, "SELECT count(*) FROM tpm_event", "0\n");
	assert_rows(&host, "SELECT table_name, column_name, object, problem FROM hole ORDER BY 1",
		    "tpm_event||tpm0|" LOG ": an event is cut off or malformed\n"
		    "tpm_log||tpm0|" LOG ": an event is cut off or malformed\n"
		    "tpm_pcr|replayed|tpm0|" LOG ": an event is cut off or malformed\n");
}

/* The form of TPM 1.2, by hand (PFP 9.2): a locality, a version, a separator. */
static void a_log_of_sha1_begins_pcr_0_with_its_locality(void **state)
{
	static const char log[] =
		"\0\0\0\0\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x11\0\0\0"
		"StartupLocality\0\x03"
		"\0\0\0\0\x04\0\0\0\x90\x69\xca\x78\xe7\x45\x0a\x28\x51\x73\x43\x1b\x3e\x52\xc5"
		"\xc2\x52\x99\xe4\x73\x04\0\0\0\0\0\0\0";
	struct gvnp_tpm_replay replay;
	const char *problem;

	(void)state;
	assert_int_equal(gvnp_tpm_log_replay((struct gvnp_slice){ log, sizeof log - 1 }, NULL, NULL,
					     &replay, &problem),
			 0);
	assert_false(replay.is_agile);
	assert_int_equal(replay.n_events, 2);
	assert_true(replay.banks[GVNP_TPM_SHA1].is_covered);
	assert_false(replay.banks[GVNP_TPM_SHA256].is_covered);
	/* sha1(00…03 sha1(00000000)) */
	assert_memory_equal(replay.banks[GVNP_TPM_SHA1].pcrs[0],
			    "\x3c\xbc\xd4\x20\xd8\xa5\x8d\xe6\x07\x67"
			    "\x7e\x03\x61\x09\xf6\xeb\x2c\x72\xef\x7f",
			    20);
}

static void a_log_that_only_root_reads_leaves_the_pcrs(void **state)
{
	static const struct fake_file refused[] = { TPM_FILES, REFUSED(GVNP_READ, LOG, EACCES) };
	static const struct fake_file none[] = { TPM_FILES };
	FAKE_HOST(first, refused);
	FAKE_HOST(second, none);

	(void)state;
	fake_collect(&first, &gvnp_collector_tpm_measurement);
	assert_rows(&first, "SELECT count(value), count(replayed) FROM tpm_pcr", "8|0\n");
	assert_rows(&first, "SELECT DISTINCT problem FROM hole", LOG ": Permission denied\n");
	fake_collect(&second, &gvnp_collector_tpm_measurement);
	assert_rows(&second, "SELECT * FROM hole", "");
	assert_rows(&second, "SELECT format FROM tpm_log", "absent\n");
	assert_rows(&second, "SELECT count(*) FROM tpm_pcr WHERE replayed = ''", "8\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_log_that_is_true_explains_every_pcr),
		cmocka_unit_test(an_event_whose_text_was_changed_is_not_genuine),
		cmocka_unit_test(a_digest_that_was_changed_shows_in_its_pcr),
		cmocka_unit_test(a_torn_log_is_never_replayed),
		cmocka_unit_test(a_log_of_sha1_begins_pcr_0_with_its_locality),
		cmocka_unit_test(a_log_that_only_root_reads_leaves_the_pcrs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
