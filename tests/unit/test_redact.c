/* SPDX-License-Identifier: Apache-2.0 */
/* Redacting a recording: what is replaced, the same everywhere; what stays; and names that would
 * destroy the recording if they were replaced everywhere. */
#include "source/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "gvnp/source.h"
#include "source/recording.h"

struct message {
	enum gvnp_operation operation;
	const char *path, *data;
	size_t size;	   /* 0: strlen(data) */
	const char *entry; /* one entry of a listing */
	const char *link;
};

static void add(struct gvnp_recording *recording, const struct message *message)
{
	struct gvnp_request request = { message->operation, message->path };
	struct gvnp_entry entry = { .name = message->entry,
				    .type = message->link ? GVNP_TYPE_LINK : GVNP_TYPE_REGULAR,
				    .link = message->link };
	struct gvnp_answer answer = { .problem = "", .data = "" };

	if (message->entry) {
		answer.entries = &entry;
		answer.n_entries = 1;
	} else {
		answer.data = message->data;
		answer.size = message->size ? message->size : strlen(message->data);
	}
	gvnp_recording_add(recording, &request, &answer);
}

static void append(void *data, const struct gvnp_request *request, const struct gvnp_answer *answer)
{
	struct gvnp_buffer *out = data;

	gvnp_buffer_append_format(out, "[%s] ", request->path);
	for (size_t i = 0; i < answer->n_entries; i++)
		gvnp_buffer_append_format(out, "%s -> %s", answer->entries[i].name,
					  answer->entries[i].link ? answer->entries[i].link : "");
	gvnp_buffer_append(out, answer->data, answer->size);
	gvnp_buffer_append_text(out, "\n");
}

/* All paths and answers of the redacted recording, a line each. NULs are shown as blanks. */
static char *redact_as(const struct message *messages, size_t n, bool is_cautious)
{
	struct gvnp_recording *recording = gvnp_recording_new(), *redacted = NULL;
	_cleanup_buffer_ struct gvnp_buffer tar = { 0 }, result = { 0 };
	struct gvnp_buffer out = { 0 };
	_cleanup_free_ char *problem = NULL;

	for (size_t i = 0; i < n; i++)
		add(recording, &messages[i]);
	gvnp_recording_write(recording, &tar);
	assert_int_equal(gvnp_redact(&tar, is_cautious, &redacted, &problem), 0);
	gvnp_recording_write(redacted, &result);
	assert_null(gvnp_recorded_walk(&result, append, &out));
	gvnp_recording_free(recording);
	gvnp_recording_free(redacted);
	for (size_t i = 0; i < out.size; i++)
		if (!out.data[i])
			out.data[i] = ' ';
	return gvnp_buffer_take(&out);
}

#define redact(messages) redact_as(messages, sizeof(messages) / sizeof *(messages), false)
#define BYTES(text) text, sizeof(text) - 1

static void has(const char *text, const char *wanted)
{
	if (!strstr(text, wanted))
		fail_msg("no \"%s\" in:\n%s", wanted, text);
}

static void lacks(const char *text, const char *unwanted)
{
	if (strstr(text, unwanted))
		fail_msg("\"%s\" in:\n%s", unwanted, text);
}

#define UUID "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"
#define LIST(name) UUID " 1 1 1 0 0 " name "\n"

static const struct message host[] = {
	{ GVNP_READ, "/etc/passwd",
	  "root:x:0:0:root:/root:/bin/bash\nlibvirt-qemu:x:64055:104::/:/\n"
	  "jdoe:x:1000:1000:Jane Doe,,,:/home/jdoe:/bin/bash\n" },
	{ GVNP_READ, "/etc/group", "libvirt:x:120:jdoe,root\njdoe:x:1000:\n" },
	{ GVNP_READ, "/proc/12/cmdline",
	  BYTES("/usr/bin/qemu-system-x86_64\0-name\0guest=acme-amf,debug-threads=on\0-blockdev\0"
		"{\"driver\":\"file\",\"filename\":\"/srv/acme/acme-disk.qcow2\"}\0-uuid\0" UUID
		"\0-netdev\0socket,id=n,connect=10.1.2.3:99\0-device\0virtio-net,mac=52:54:00:ab:"
		"cd:ef"
		"\0-object\0secret,id=s,data=c2VjcmV0d29yZA==\0-vnc\0"
		"127.0.0.1:0,password=on\0-iscsi\0user=u,password=hunter2\0") },
	{ GVNP_READ, "/proc/12/cgroup",
	  "0::/machine.slice/machine-qemu\\x2d1\\x2dacme\\x2damf.scope/libvirt/emulator\n" },
	{ GVNP_LIST, "/run/libvirt/qemu", NULL, 0, "acme-amf.pid", NULL },
	{ GVNP_READ, "/run/libvirt/qemu/acme-amf.pid", "12" },
	{ GVNP_LIST, "/proc/12/fd", NULL, 0, "9", "/srv/acme/acme-disk.qcow2" },
	{ GVNP_LIBVIRT, "domains", LIST("acme-amf") },
	{ GVNP_LIBVIRT, "networks", "4dea22b3-1d52-d8f3-2516-782e98ab3fa1 1 1 1 acme-net\n" },
	{ GVNP_LIBVIRT, "domain/" UUID "/xml",
	  "<domain type='kvm'><name>acme-amf</name><title>ACME &amp; sons</title><metadata>"
	  "<nova:project "
	  "uuid=\"5f0e3a1b6c2d4e8f9a7b1c2d3e4f5a6b\">acme-core</nova:project></metadata>"
	  "<devices><disk><source file='/srv/acme/acme-disk.qcow2'/><serial>WD-7781</serial></disk>"
	  "<disk><source protocol='rbd' name='gold/vol'><host name='mon1.acme.example' "
	  "port='6789'/>"
	  "</source></disk><interface><source network='acme-net'/><mac "
	  "address='52:54:00:AB:CD:EF'/>"
	  "</interface><graphics listen='0.0.0.0'/></devices></domain>" },
	{ GVNP_READ, "/etc/machine-id", "0123456789abcdef0123456789abcdef\n" },
	{ GVNP_READ, "/sys/class/dmi/id/product_serial", "CZ3-999\n" },
	{ GVNP_READ, "/sys/class/block/dm-0/dm/uuid",
	  "CRYPT-LUKS2-0123456789abcdef0123456789abcdee-acme-root\n" },
	{ GVNP_READ, "/etc/libvirt/qemu.conf",
	  "vnc_password = \"hunter2\"\nspice_listen = \"10.1.2.3\"\nvnc_tls = 1\n" },
	{ GVNP_READ, "/proc/1/net/tcp",
	  "   0: 0302010A:0050 00000000:0000 0A 00000000:00000000\n"
	  "   1: 0100007F:0277 0302010A:C001 01 00000000:00000000\n" },
	{ GVNP_READ, "/proc/1/net/tcp6",
	  "   0: B80D0120000000000000000001000000:0050 00000000000000000000000000000000:0000 0A\n"
	  "   1: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 "
	  "0A\n" },
	{ GVNP_READ, "/proc/1/mountinfo",
	  "30 1 0:40 / /srv/acme rw - nfs4 filer.acme.example:/vol/acme rw,addr=10.1.2.4\n" },
};

static void no_original_of_any_class_remains(void **state)
{
	static const char *const originals[] = {
		"acme",	       "jdoe",
		"Jane",	       UUID,
		"10.1.2.3",    "10.1.2.4",
		"52:54:00",    "c2VjcmV0d29yZA",
		"hunter2",     "ACME",
		"WD-7781",     "CZ3-999",
		"0123456789a", "5f0e3a1b6c2d4e8f9",
		"mon1",	       "0302010A",
		"gold",
	};
	_cleanup_free_ char *text = redact(host);

	(void)state;
	for (size_t i = 0; i < sizeof originals / sizeof *originals; i++)
		lacks(text, originals[i]);
}

static void an_original_has_one_replacement_everywhere(void **state)
{
	_cleanup_free_ char *text = redact(host);

	(void)state;
	has(text, "guest=vm-1,debug-threads=on");
	has(text, "machine-qemu\\x2d1\\x2dvm\\x2d1.scope/libvirt/emulator");
	has(text, "[/run/libvirt/qemu] vm-1.pid -> ");
	has(text, "[/run/libvirt/qemu/vm-1.pid] 12");
	has(text, "00000000-0000-4000-8000-000000000001 1 1 1 0 0 vm-1\n");
	has(text, "-uuid 00000000-0000-4000-8000-000000000001 ");
	has(text, "[domain/00000000-0000-4000-8000-000000000001/xml]");
	has(text, "<name>vm-1</name>");
	has(text, "<source network='net-1'/>");
	has(text, " 1 1 1 net-1\n");
	has(text, "mac=02:00:00:00:00:0");
	has(text, "connect=192.0.2.1:99");
	has(text, "spice_listen = \"192.0.2.1\"");
	has(text, "0: 010200C0:0050");
	has(text, "1: 0100007F:0277 010200C0:C001");
	has(text, "libvirt:x:120:user-1,root");
	has(text, "user-1:x:1000:1000:");
	has(text, "/home/user-1:");
}

static void shape_and_what_is_the_same_on_every_host_stay(void **state)
{
	_cleanup_free_ char *text = redact(host);

	(void)state;
	has(text, "127.0.0.1:0,password=on");
	has(text, "listen='0.0.0.0'");
	has(text, "libvirt-qemu:x:64055:104::");
	has(text, "00000000000000000000000001000000:0277");
	has(text, "CRYPT-LUKS2-");
	has(text, "vnc_password = \"removed\"");
	has(text, "password=removed ");
	has(text, "data=removed ");
	has(text, "<title>text-");
	has(text, ".qcow2'/>");
	has(text, "vnc_tls = 1");
	has(text, " - nfs4 host-");
}

static void defaults_and_reserved_addresses_stay(void **state)
{
	static const struct message messages[] = {
		{ GVNP_READ, "/etc/libvirt/libvirtd.conf",
		  "a 127.0.0.1 0.0.0.0 255.255.255.0 224.0.0.251 169.254.169.254 192.168.122.1 "
		  "[::] [::1] ff02::1 fe80:: 00:00:00:00:00:00 ff:ff:ff:ff:ff:ff "
		  "1.2.3.4.5 12:34:56 host::name" },
		{ GVNP_READ, "/etc/os-release", "VERSION=10.20.30.40\n" },
	};
	_cleanup_free_ char *text = redact(messages);

	(void)state;
	has(text, messages[0].data);
	has(text, messages[1].data);
}

static void addresses_of_version_6_keep_their_kind(void **state)
{
	static const struct message messages[] = {
		{ GVNP_READ, "/etc/libvirt/libvirtd.conf",
		  "[2a02:1::5]:16509 fe80::5054:ff:feab:cdef%eth0 ::ffff:10.1.2.3 2a02:1:0::5" },
	};
	_cleanup_free_ char *text = redact(messages);

	(void)state;
	has(text, "[2001:db8::1]:16509 fe80::2%eth0 ::ffff:192.0.2.1 2001:db8::1\n");
}

static void more_addresses_than_a_range_holds_stay_distinct(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer all = { 0 };

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		gvnp_buffer_append_format(&all, "10.9.%u.%u\n", i / 256, i % 256);
	struct message messages[] = { { GVNP_READ, "/etc/libvirt/qemu.conf", all.data } };
	_cleanup_free_ char *text = redact(messages);
	lacks(text, "10.9.");
	has(text, "192.0.2.254\n198.51.100.1\n");
	has(text, "203.0.113.254\n198.18.");
}

#define XML(name)                                                                                  \
	"<domain type='kvm'><name>" name "</name><os><type arch='x86_64'>hvm</type></os>"          \
	"<devices><disk type='file' device='disk'><driver name='qemu'/></disk></devices></domain>"

static void names_like_keywords_are_replaced_only_where_a_name_stands(void **state)
{
	static const char *const names[] = { "kvm", "disk", "libvirt", "a",    "x86_64", "1",	"-",
					     ".*",  "file", "[a-z]+",  "qemu", "/usr",	 "type" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		_cleanup_free_ char *list = gvnp_format(UUID " 1 1 1 0 0 %s\n", names[i]);
		_cleanup_free_ char *xml = gvnp_format(XML("%s"), names[i]);
		_cleanup_free_ char *listed =
			gvnp_format("%s.pid", names[i][0] == '/' ? "other" : names[i]);
		struct message messages[] = { { GVNP_LIBVIRT, "domains", list },
					      { GVNP_LIBVIRT, "domain/" UUID "/xml", xml },
					      { GVNP_LIST, "/run/libvirt/qemu", NULL, 0, listed },
					      { GVNP_READ, "/sys/module/kvm/parameters/nested",
						"N" } };
		_cleanup_free_ char *text = redact(messages);

		has(text, XML("vm-1"));
		has(text, " 1 1 1 0 0 vm-1\n");
		has(text, "[/run/libvirt/qemu] vm-");
		has(text, "[/sys/module/kvm/parameters/nested] N");
	}
}

static void a_name_that_begins_another_does_not_break_it(void **state)
{
	static const struct message messages[] = {
		{ GVNP_LIBVIRT, "domains", LIST("acme") LIST("acme-1") LIST("acme-10") },
		{ GVNP_READ, "/proc/9/cgroup",
		  "acme acme-1 acme-10 acme-100 acmebis xacme acme.x" },
	};
	_cleanup_free_ char *text = redact(messages);

	(void)state;
	has(text, "vm-1 vm-2 vm-3 vm-1-100 acmebis xacme vm-1.x");
}

/* They stand in no list of domains any more. */
static void names_of_vms_that_are_gone_are_replaced(void **state)
{
	static const struct message messages[] = {
		{ GVNP_LIST, "/var/lib/libvirt/qemu/nvram", NULL, 0, "gone-udm_VARS.fd", NULL },
		{ GVNP_LIST, "/var/lib/libvirt/qemu/save", NULL, 0, "gone-smf.save", NULL },
		{ GVNP_LIST, "/var/lib/libvirt/swtpm", NULL, 0, UUID, NULL },
		{ GVNP_LIST, "/var/lib/nova/instances", NULL, 0, UUID "_del", NULL },
		{ GVNP_LIST, "/sys/dev/block", NULL, 0, "8:0",
		  "../../devices/pci0000:00/0000:00:1f.2/host2/target2:0:0/2:0:0:0/block/sda" },
	};
	_cleanup_free_ char *text = redact(messages);

	(void)state;
	lacks(text, "udm");
	lacks(text, "smf");
	lacks(text, UUID);
	has(text, "[/var/lib/libvirt/qemu/nvram] vm-1_VARS.fd -> ");
	has(text, "[/var/lib/libvirt/qemu/save] vm-2.save -> ");
	has(text, "[/var/lib/libvirt/swtpm] 00000000-0000-4000-8000-000000000001 -> ");
	has(text, "[/var/lib/nova/instances] 00000000-0000-4000-8000-000000000001_del -> ");
	has(text, "[/sys/dev/block] 8:0 -> ../../devices/pci0000:00/0000:00:1f.2/host2/"
		  "target2:0:0/2:0:0:0/block/sda");
}

static void hostile_bytes_in_names_are_found_in_each_spelling(void **state)
{
	static const struct message messages[] = {
		{ GVNP_LIBVIRT, "domains", LIST("acme<&'x,y z") },
		{ GVNP_LIBVIRT, "domain/" UUID "/xml", XML("acme&lt;&amp;&apos;x,y z") },
		{ GVNP_READ, "/proc/9/cmdline", BYTES("qemu\0-name\0guest=acme<&'x,,y z,b=1\0") },
		{ GVNP_READ, "/proc/9/cgroup", "/machine-qemu\\x2d7\\x2dacmexyz.scope" },
	};
	_cleanup_free_ char *text = redact(messages);

	(void)state;
	lacks(text, "acme");
	has(text, XML("vm-1"));
	has(text, "guest=vm-1,b=1");
	has(text, "/machine-qemu\\x2d7\\x2dvm-1.scope");
}

static void an_empty_or_endless_name_costs_nothing(void **state)
{
	enum { SIZE = 100000 };
	char *xml = gvnp_allocate(SIZE + 1);
	static const char open[] = "<domain><name></name>";

	(void)state;
	memset(xml, 'x', SIZE);
	memcpy(xml, open, strlen(open));
	struct message messages[] = { { GVNP_LIBVIRT, "domains", LIST("") "\n \nshort 1\n" },
				      { GVNP_LIBVIRT, "domain/" UUID "/xml", xml },
				      { GVNP_READ, "/etc/passwd", ":\n::\n:::::\n" },
				      { GVNP_READ, "/proc/9/cmdline",
					BYTES("\0\0qemu\0-name\0") } };
	_cleanup_free_ char *text = redact(messages);
	has(text, open);
	has(text, " 1 1 1 0 0 \n");
	free(xml);
}

static void a_cautious_redaction_leaves_words_outside_of_names(void **state)
{
	static const struct message messages[] = {
		{ GVNP_LIBVIRT, "domains", LIST("orchid") },
		{ GVNP_LIBVIRT, "domain/" UUID "/xml", "<name>orchid</name><orchid>" },
	};
	_cleanup_free_ char *plain = redact(messages);
	_cleanup_free_ char *cautious = redact_as(messages, 2, true);

	(void)state;
	has(plain, "<name>vm-1</name><vm-1>");
	has(cautious, "<name>vm-1</name><orchid>");
}

static void what_is_not_text_stays(void **state)
{
	static const char zipped[] = "\x1f\x8b\0 10.1.2.3 \xff";
	static const struct message messages[] = {
		{ GVNP_READ, "/proc/config.gz", zipped, sizeof zipped - 1 },
		{ GVNP_READ,
		  "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
		  "\6\0\0\0\1" },
	};
	_cleanup_free_ char *text = redact(messages);

	(void)state;
	has(text, "10.1.2.3 \xff");
	has(text, "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c");
}

static void redacting_is_deterministic(void **state)
{
	_cleanup_free_ char *one = redact(host);
	_cleanup_free_ char *other = redact(host);

	(void)state;
	assert_string_equal(one, other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_original_of_any_class_remains),
		cmocka_unit_test(an_original_has_one_replacement_everywhere),
		cmocka_unit_test(shape_and_what_is_the_same_on_every_host_stay),
		cmocka_unit_test(defaults_and_reserved_addresses_stay),
		cmocka_unit_test(addresses_of_version_6_keep_their_kind),
		cmocka_unit_test(more_addresses_than_a_range_holds_stay_distinct),
		cmocka_unit_test(names_like_keywords_are_replaced_only_where_a_name_stands),
		cmocka_unit_test(a_name_that_begins_another_does_not_break_it),
		cmocka_unit_test(names_of_vms_that_are_gone_are_replaced),
		cmocka_unit_test(hostile_bytes_in_names_are_found_in_each_spelling),
		cmocka_unit_test(an_empty_or_endless_name_costs_nothing),
		cmocka_unit_test(a_cautious_redaction_leaves_words_outside_of_names),
		cmocka_unit_test(what_is_not_text_stays),
		cmocka_unit_test(redacting_is_deterministic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
