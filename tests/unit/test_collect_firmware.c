/* SPDX-License-Identifier: Apache-2.0 */
/*
 * data/firmware/ was recorded in an emulated machine that booted Debian 12 by shim and grub under
 * OVMF with Secure Boot and a TPM 2.0 (swtpm); the PCRs below are of the same boot.
 */
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

/* Attributes, then what OVMF made: its menu, a virtio disk, its shell; and Debian's own entry as
 * efibootmgr writes it. */
#define MENU                                                                                       \
	"\x07\0\0\0\x09\x01\0\0\x2c\0U\0i\0A\0p\0p\0\0\0\x04\x07\x14\0\xc9\xbd\xb8\x7c\xeb\xf8"    \
	"\x34"                                                                                     \
	"\x4f\xaa\xea\x3e\xe4\xaf\x65\x16\xa1\x04\x06\x14\0\x21\xaa\x2c\x46\x14\x76\x03\x45\x83"   \
	"\x6e\x8a\xb6\xf4\x66\x23\x31\x7f\xff\x04\0"
#define MISC                                                                                       \
	"\x07\0\0\0\x01\0\0\0\x16\0U\0E\0F\0I\0 \0M\0i\0s\0c\0 \0D\0e\0v\0i\0c\0e\0\0\0\x02\x01"   \
	"\x0c\0\xd0\x41\x03\x0a\0\0\0\0\x01\x01\x06\0\0\x01\x7f\xff\x04\0\x4e\xac\x08\x81\x11\x9f" \
	"\x59\x4d\x85\x0e\xe2\x1a\x52\x2c\x59\xb2"
#define SHELL                                                                                      \
	"\x07\0\0\0\x01\0\0\0\x2c\0E\0F\0I\0 \0I\0n\0t\0e\0r\0n\0a\0l\0 \0S\0h\0e\0l\0l\0\0\0"     \
	"\x04\x07\x14\0\xc9\xbd\xb8\x7c\xeb\xf8\x34\x4f\xaa\xea\x3e\xe4\xaf\x65\x16\xa1\x04\x06"   \
	"\x14\0\x83\xa5\x04\x7c\x3e\x9e\x1c\x4f\xad\x65\xe0\x52\x68\xd0\xb4\xd1\x7f\xff\x04\0"
#define DEBIAN                                                                                     \
	"\x07\0\0\0\x01\0\0\0\x46\0d\0e\0b\0i\0a\0n\0\0\0\x04\x01\x2a\0\x01\0\0\0\0\x08\0\0\0\0\0" \
	"\0"                                                                                       \
	"\0\0\x02\0\0\0\0\0\xf0\xef\xa0\x66\xeb\xe5\x42\x7e\x8f\x3a\x12\x40\x7d\x14\xc6\xfc\x02"   \
	"\x02"                                                                                     \
	"\x04\x04\x18\0\\\0s\0h\0i\0m\0.\0e\0f\0i\0\0\0\x7f\xff\x04\0"
#define NETWORK                                                                                    \
	"\x07\0\0\0\x01\0\0\0\x44\0\x50\0\x58\0\x45\0\0\0\x02\x01\x0c\0\xd0\x41\x03"               \
	"\x0a\0\0\0\0\x03\x0b\x25\0\x52\x54\0\x0a\x0b\x0c\0\0\0\0\0\0\0\0\0\0\0\0\0"               \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x03\x0c\x0f\0\0\0\0\0\0\0\0\0\0\0\0\x7f\xff"               \
	"\x04\0"

#define LISTING                                                                                    \
	"Boot0000" GLOBAL "\nBoot0001" GLOBAL "\nBoot0002" GLOBAL "\nBoot0003" GLOBAL              \
	"\nBootOptionSupport" GLOBAL "\nPK" GLOBAL "\n"

static void the_lists_of_secure_boot_are_counted_and_their_certificates_named(void **state)
{
	static struct bytes pk, kek, db, mok;

	(void)state;
	load("PK", &pk);
	load("KEK", &kek);
	load("db", &db);
	load("MokListRT", &mok);
	const struct fake_file files[] = {
		THERE("/sys/firmware/efi"),
		LIST(EFIVARS, LISTING),
		LOADED(EFIVARS "/PK" GLOBAL, pk),
		LOADED(EFIVARS "/KEK" GLOBAL, kek),
		LOADED(EFIVARS "/db" DATABASE, db),
		LOADED(EFIVARS "/MokListRT" SHIM, mok),
		BYTES(EFIVARS "/SbatLevelRT" SHIM, "\x06\0\0\0sbat,1,2025021800\nshim,4\ngrub,5\n"),
		BYTES(EFIVARS "/Boot0000" GLOBAL, MENU),
		BYTES(EFIVARS "/Boot0001" GLOBAL, MISC),
		BYTES(EFIVARS "/Boot0002" GLOBAL, SHELL),
		BYTES(EFIVARS "/Boot0003" GLOBAL, MISC),
	};
	FAKE_HOST(host, files);

	fake_collect(&host, &gvnp_collector_efi);
	assert_rows(&host, "SELECT * FROM hole", "");
	assert_rows(&host,
		    "SELECT name, attributes, size, entries, certificates, digests"
		    "  FROM secure_boot_list ORDER BY 1",
		    "KEK|39|2565|2|2|0\nMokList|6|974|1|1|0\nPK|39|1005|1|1|0\ndb|39|3143|2|2|0\n");
	assert_rows(&host,
		    "SELECT list, position, subject, date(not_after, 'unixepoch')"
		    "  FROM secure_boot_certificate WHERE list <> 'PK' AND list <> 'MokList'"
		    " ORDER BY 1, 2",
		    "KEK|0|EMAIL=debian-devel@lists.debian.org,CN=Debian UEFI Secure Boot "
		    "(PK/KEK key),O=Debian|2029-07-05\n"
		    "KEK|1|CN=Microsoft Corporation KEK CA 2011,O=Microsoft Corporation,"
		    "L=Redmond,ST=Washington,C=US|2026-06-24\n"
		    "db|0|CN=Microsoft Windows Production PCA 2011,O=Microsoft Corporation,"
		    "L=Redmond,ST=Washington,C=US|2026-10-19\n"
		    "db|1|CN=Microsoft Corporation UEFI CA 2011,O=Microsoft Corporation,"
		    "L=Redmond,ST=Washington,C=US|2026-06-27\n");
	assert_rows(&host, "SELECT component, generation, date FROM sbat_revocation ORDER BY 1",
		    "grub|5|\nsbat|1|2025021800\nshim|4|\n");
}

static void boot_entries_are_told_by_what_their_path_leads_to(void **state)
{
	static const struct fake_file files[] = {
		THERE("/sys/firmware/efi"),
		LIST(EFIVARS, LISTING "Boot0004" GLOBAL "\n"),
		BYTES(EFIVARS "/Boot0000" GLOBAL, MENU),
		BYTES(EFIVARS "/Boot0001" GLOBAL, MISC),
		BYTES(EFIVARS "/Boot0002" GLOBAL, SHELL),
		BYTES(EFIVARS "/Boot0003" GLOBAL, DEBIAN),
		BYTES(EFIVARS "/Boot0004" GLOBAL, NETWORK),
		BYTES(EFIVARS "/BootOrder" GLOBAL, "\x07\0\0\0\x03\0\x01\0\x02\0\x00\0"),
		BYTES(EFIVARS "/BootCurrent" GLOBAL, "\x06\0\0\0\x03\0"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_efi);
	assert_rows(&host, "SELECT * FROM hole", "");
	assert_rows(&host,
		    "SELECT number, position, is_current, is_active, is_application, device,"
		    "       description, file FROM boot_entry ORDER BY 1",
		    "0|3|0|1|1|firmware|UiApp|462caa21-7614-4503-836e-8ab6f4662331\n"
		    "1|1|0|1|0|other|UEFI Misc Device|\n"
		    "2|2|0|1|0|firmware|EFI Internal Shell|7c04a583-9e3e-4f1c-ad65-e05268d0b4d1\n"
		    "3|0|1|1|0|disk|debian|\\shim.efi\n"
		    "4|-1|0|1|0|network|PXE|\n");
}

static void variables_that_are_cut_off_leave_holes(void **state)
{
	static struct bytes db;

	(void)state;
	load("db", &db);
	db.size -= 1;
	const struct fake_file files[] = {
		THERE("/sys/firmware/efi"),
		LIST(EFIVARS, LISTING),
		LOADED(EFIVARS "/db" DATABASE, db),
		BYTES(EFIVARS "/dbx" DATABASE, "\x27\0\0"),
		BYTES(EFIVARS "/SbatLevelRT" SHIM, "\x06\0\0\0sbat,1,2025021800\nshim,"),
		{ GVNP_READ, EFIVARS "/Boot0000" GLOBAL, MENU, sizeof MENU - 2 },
		{ GVNP_READ, EFIVARS "/Boot0001" GLOBAL, MISC, 20 },
		BYTES(EFIVARS "/Boot0002" GLOBAL, ""),
		REFUSED(GVNP_READ, EFIVARS "/Boot0003" GLOBAL, EIO),
		BYTES(EFIVARS "/BootOrder" GLOBAL, "\x07\0\0\0\x03"),
		REFUSED(GVNP_READ, EFIVARS "/PK" GLOBAL, EACCES),
	};
	FAKE_HOST(host, files);

	fake_collect(&host, &gvnp_collector_efi);
	assert_rows(&host, "SELECT count(*) FROM boot_entry", "0\n");
	assert_rows(&host, "SELECT name, entries FROM secure_boot_list", "db|NULL\n");
	assert_rows(&host, "SELECT table_name, column_name, object FROM hole ORDER BY 1, 2, 3",
		    "boot_entry||0\nboot_entry||1\nboot_entry||2\nboot_entry||3\n"
		    "boot_entry|position|\nsbat_revocation||\n"
		    "secure_boot_certificate||PK\nsecure_boot_certificate||db\n"
		    "secure_boot_certificate||dbx\nsecure_boot_list||PK\nsecure_boot_list||db\n"
		    "secure_boot_list||dbx\n");
}

static void without_uefi_there_is_nothing_and_without_efivarfs_nothing_is_known(void **state)
{
	static const struct fake_file bios[] = { THERE("/sys/class/dmi/id") };
	static const struct fake_file unmounted[] = { THERE("/sys/firmware/efi"),
						      LIST(EFIVARS, "") };
	FAKE_HOST(first, bios);
	FAKE_HOST(second, unmounted);

	(void)state;
	fake_collect(&first, &gvnp_collector_efi);
	assert_rows(&first, "SELECT * FROM hole", "");
	assert_true(gvnp_facts_is_collected(first.facts, "boot_entry"));
	assert_true(gvnp_facts_is_collected(first.facts, "secure_boot_list"));
	fake_collect(&second, &gvnp_collector_efi);
	assert_false(gvnp_facts_is_collected(second.facts, "boot_entry"));
	assert_rows(&second, "SELECT DISTINCT problem FROM hole",
		    EFIVARS ": the EFI variables are not mounted\n");
}

static void ignore(void *context, const struct gvnp_efi_signature *signature)
{
	assert_true(signature->data.size > 0);
	*(size_t *)context += 1;
}

static void signature_lists_with_impossible_sizes_are_refused(void **state)
{
	/* sizes of the list, of its header and of one signature, for a list of 28 + 48 bytes */
	static const struct {
		unsigned char list, header, signature;
		size_t n;
		int error;
	} cases[] = {
		{ 76, 0, 48, 1, 0 },	     { 76, 0, 24, 2, 0 },	 { 76, 24, 24, 1, 0 },
		{ 76, 0, 16, 0, -EBADMSG },  { 76, 0, 0, 0, -EBADMSG },	 { 76, 0, 47, 0, -EBADMSG },
		{ 76, 49, 24, 0, -EBADMSG }, { 77, 0, 49, 0, -EBADMSG }, { 27, 0, 24, 0, -EBADMSG },
		{ 52, 0, 24, 1, -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		_cleanup_free_ char *list = gvnp_allocate(76);
		size_t n = 0;

		list[16] = (char)cases[i].list;
		list[20] = (char)cases[i].header;
		list[24] = (char)cases[i].signature;
		assert_int_equal(gvnp_efi_signatures((struct gvnp_slice){ list, 76 }, ignore, &n),
				 cases[i].error);
		assert_int_equal(n, cases[i].n);
	}
}

static void firmware_resources_are_read_or_said_to_be_closed(void **state)
{
#define ENTRY "/sys/firmware/efi/esrt/entries/entry0/"
	static const struct fake_file open[] = {
		LIST("/sys/firmware/efi/esrt/entries", "entry0/\n"),
		READ(ENTRY "fw_class", "ddc0ee61-e7f0-4e7d-acc5-c070a398838e\n"),
		READ(ENTRY "fw_type", "1\n"),
		READ(ENTRY "fw_version", "65586\n"),
		READ(ENTRY "lowest_supported_fw_version", "65582\n"),
		READ(ENTRY "last_attempt_version", "65587\n"),
		READ(ENTRY "last_attempt_status", "6\n"),
	};
	static const struct fake_file closed[] = {
		LIST("/sys/firmware/efi/esrt/entries", "entry0/\n"),
		REFUSED(GVNP_READ, ENTRY "fw_class", EACCES),
		REFUSED(GVNP_READ, ENTRY "fw_type", EACCES),
		REFUSED(GVNP_READ, ENTRY "fw_version", EACCES),
		REFUSED(GVNP_READ, ENTRY "lowest_supported_fw_version", EACCES),
		REFUSED(GVNP_READ, ENTRY "last_attempt_version", EACCES),
		REFUSED(GVNP_READ, ENTRY "last_attempt_status", EACCES),
	};
	static const struct fake_file none[] = { THERE("/sys/firmware/efi") };
	FAKE_HOST(first, open);
	FAKE_HOST(second, closed);
	FAKE_HOST(third, none);

	(void)state;
	fake_collect(&first, &gvnp_collector_firmware_resource);
	assert_rows(&first, "SELECT * FROM firmware_resource",
		    "entry0|ddc0ee61-e7f0-4e7d-acc5-c070a398838e|1|65586|65582|65587|6\n");
	fake_collect(&second, &gvnp_collector_firmware_resource);
	assert_rows(&second, "SELECT entry, fw_type, last_attempt_status FROM firmware_resource",
		    "entry0|NULL|NULL\n");
	assert_rows(&second, "SELECT count(*) FROM hole", "6\n");
	fake_collect(&third, &gvnp_collector_firmware_resource);
	assert_rows(&third,
		    "SELECT (SELECT count(*) FROM firmware_resource),"
		    "       (SELECT count(*) FROM hole)",
		    "0|0\n");
#undef ENTRY
}

static void usb_buses_and_the_controllers_back_channel_are_found(void **state)
{
	static const struct fake_file files[] = {
		LIST("/sys/bus/usb/devices", "1-0:1.0 -> x\n1-4 -> x\nusb1 -> x\nusb2 -> x\n"),
		READ("/sys/bus/usb/devices/usb1/authorized_default", "1\n"),
		REFUSED(GVNP_READ, "/sys/bus/usb/devices/usb2/authorized_default", EIO),
		LIST("/sys/class/net",
		     "bonding_masters\n"
		     "eno1 -> ../../devices/pci0000:00/0000:00:1c.0/0000:02:00.0/net/eno1\n"
		     "usb7 -> ../../devices/virtual/net/usb7\n"
		     "idrac -> ../../devices/pci0000:00/0000:00:14.0/usb1/1-14/1-14.3/1-14.3:1.0/"
		     "net/idrac\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_usb);
	assert_rows(&host, "SELECT * FROM usb_bus", "usb1|1\nusb2|NULL\n");
	assert_rows(&host, "SELECT name FROM usb_network", "idrac\n");
	assert_rows(&host, "SELECT object FROM hole", "usb2\n");
}

static void measurement_by_the_kernel_is_counted(void **state)
{
	static const struct fake_file active[] = {
		LIST("/sys/kernel/security", "ima -> integrity/ima\nlsm\n"),
		THERE("/sys/kernel/security/ima"),
		READ("/sys/kernel/security/ima/runtime_measurements_count", "107\n"),
		READ("/sys/kernel/security/ima/violations", "0\n"),
	};
	static const struct fake_file without[] = { LIST("/sys/kernel/security", "lsm\n") };
	static const struct fake_file unmounted[] = { LIST("/sys/kernel/security", "") };
	FAKE_HOST(first, active);
	FAKE_HOST(second, without);
	FAKE_HOST(third, unmounted);

	(void)state;
	fake_collect(&first, &gvnp_collector_ima);
	assert_rows(&first, "SELECT is_active, measurements, violations FROM ima", "1|107|0\n");
	fake_collect(&second, &gvnp_collector_ima);
	assert_rows(&second, "SELECT is_active, measurements FROM ima", "0|0\n");
	fake_collect(&third, &gvnp_collector_ima);
	assert_false(gvnp_facts_is_collected(third.facts, "ima"));
	assert_rows(&third, "SELECT problem FROM hole",
		    "/sys/kernel/security: securityfs is not mounted\n");
}

static void hibernation_is_not_asked_for_under_lockdown(void **state)
{
	static const struct fake_file locked[] = {
		READ("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n"),
		READ("/sys/power/state", "must not be read: disk"),
	};
	static const struct fake_file open[] = {
		READ("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n"),
		READ("/sys/power/state", "freeze mem disk\n"),
	};
	static const struct fake_file without[] = { READ("/sys/power/state", "freeze mem\n") };
	static const struct fake_file refused[] = { REFUSED(GVNP_READ, "/sys/power/state",
							    EACCES) };
	FAKE_HOST(first, locked);
	FAKE_HOST(second, open);
	FAKE_HOST(third, without);
	FAKE_HOST(fourth, refused);

	(void)state;
	fake_collect(&first, &gvnp_collector_hibernation);
	assert_rows(&first, "SELECT state FROM hibernation", "locked-down\n");
	fake_collect(&second, &gvnp_collector_hibernation);
	assert_rows(&second, "SELECT state FROM hibernation", "offered\n");
	fake_collect(&third, &gvnp_collector_hibernation);
	assert_rows(&third, "SELECT state FROM hibernation", "not-offered\n");
	fake_collect(&fourth, &gvnp_collector_hibernation);
	assert_false(gvnp_facts_is_collected(fourth.facts, "hibernation"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_lists_of_secure_boot_are_counted_and_their_certificates_named),
		cmocka_unit_test(boot_entries_are_told_by_what_their_path_leads_to),
		cmocka_unit_test(variables_that_are_cut_off_leave_holes),
		cmocka_unit_test(
			without_uefi_there_is_nothing_and_without_efivarfs_nothing_is_known),
		cmocka_unit_test(signature_lists_with_impossible_sizes_are_refused),
		cmocka_unit_test(firmware_resources_are_read_or_said_to_be_closed),
		cmocka_unit_test(usb_buses_and_the_controllers_back_channel_are_found),
		cmocka_unit_test(measurement_by_the_kernel_is_counted),
		cmocka_unit_test(hibernation_is_not_asked_for_under_lockdown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
