/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody who controls a guest, a file or a peer process would try, each in the size at which
 * it would hurt. Nothing crashes, nothing is believed, what is lost is a hole, and each takes less
 * than a few seconds of processor time, sanitizers included: nothing grows by its square.
 */
#include "fake_process.h"
#include "quickly.h"

#include <stdlib.h>
#include <string.h>

#include "collect/domain.h"
#include "collect/libvirt_config.h"
#include "collect/qemu_argument.h"
#include "collect/user.h"
#include "collect/xml.h"
#include "evaluate/yaml.h"
#include "gvnp/check.h"
#include "source/message.h"
#include "source/pushed.h"

enum { MEBIBYTE = 1024 * 1024 };

/* `start`, then a number between `before` and `after` until there are `size` bytes, then `end`. */
static struct gvnp_buffer repeated(const char *start, const char *before, const char *after,
				   size_t size, const char *end)
{
	struct gvnp_buffer text = { 0 };

	gvnp_buffer_append_text(&text, start);
	for (size_t i = 0; text.size < size; i++)
		gvnp_buffer_append_format(&text, "%s%zu%s", before, i, after);
	gvnp_buffer_append_text(&text, end);
	return text;
}

/* ---- XML */

static void assert_xml_refused(const struct gvnp_buffer *xml, const char *words)
{
	_cleanup_xml_ struct gvnp_xml *document = NULL;
	_cleanup_free_ char *problem = NULL;

	QUICKLY(assert_int_equal(gvnp_xml_parse(xml->data, xml->size, &document, &problem),
				 -EINVAL));
	assert_null(document);
	assert_non_null(strstr(problem, words));
}

static void bombs_of_xml_do_not_go_off(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer deep = repeated("", "<a", ">", 3 * MEBIBYTE, "");
	_cleanup_buffer_ struct gvnp_buffer wide =
		repeated("<a ", "a", "='>' ", 3 * MEBIBYTE, "/>");
	_cleanup_buffer_ struct gvnp_buffer spaces =
		repeated("<a ", "xmlns:a", "=\"'\" ", 3 * MEBIBYTE, "/>");
	_cleanup_buffer_ struct gvnp_buffer laughs = { 0 }, large = { 0 };

	(void)state;
	gvnp_buffer_append_text(&laughs, "<!DOCTYPE d [<!ENTITY a0 'ha'>");
	for (int i = 1; i < 60; i++)
		gvnp_buffer_append_format(&laughs, "<!ENTITY a%d '&a%d;&a%d;'>", i, i - 1, i - 1);
	gvnp_buffer_append_text(&laughs, "]><domain><name>&a59;</name></domain>");
	while (large.size <= GVNP_XML_MAXIMUM_SIZE)
		gvnp_buffer_append_text(&large, "<a>0123456789012345678901234567890123456</a>");
	assert_xml_refused(&laughs, "document type");
	assert_xml_refused(&deep, "nested too deeply");
	assert_xml_refused(&wide, "too many attributes");
	assert_xml_refused(&spaces, "too many attributes");
	assert_xml_refused(&large, "bytes");
}

/* Two megabytes of a URI, and each name of the other two is in it: nothing copies or compares it
 * for each of them. */
static void a_long_namespace_costs_once(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer uri =
		repeated("<d xmlns:z='urn:", "x", "", 2 * MEBIBYTE, "'><e>");
	_cleanup_buffer_ struct gvnp_buffer names =
		repeated("", "<z:e z:f", "='' z:g='' f=''/>", MEBIBYTE, "</e></d>");
	_cleanup_xml_ struct gvnp_xml *document = NULL;
	_cleanup_free_ char *problem = NULL;

	(void)state;
	gvnp_buffer_append(&uri, names.data, names.size);
	QUICKLY(assert_int_equal(gvnp_xml_parse(uri.data, uri.size, &document, &problem), 0));
	assert_non_null(gvnp_xml_at(gvnp_xml_root(document), "e"));
	assert_null(gvnp_xml_child(gvnp_xml_at(gvnp_xml_root(document), "e"), NULL));
}

/* What looks like many attributes and is none: descriptions may hold anything. */
static void equals_signs_in_text_are_no_attributes(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer xml = { 0 };
	_cleanup_xml_ struct gvnp_xml *document = NULL;
	_cleanup_free_ char *problem = NULL;
	static const char *const parts[] = { "<d>",	 "<!-- it's <a ", "--><![CDATA[<b \"",
					     "]]><?p '", "?><e f='",	  "'/></d>" };

	(void)state;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		gvnp_buffer_append_text(&xml, parts[i]);
		for (size_t k = 0; k < 2000 && i + 1 < sizeof parts / sizeof *parts; k++)
			gvnp_buffer_append_text(&xml, "=");
	}
	assert_int_equal(gvnp_xml_parse(xml.data, xml.size, &document, &problem), 0);
	assert_int_equal(strlen(gvnp_xml_get(gvnp_xml_child(gvnp_xml_root(document), "e"), "f")),
			 2000);
}

#define SAID(path_, data_)                                                                         \
	{                                                                                          \
		.operation = GVNP_LIBVIRT, .path = (path_), .data = (data_)                        \
	}
#define UUID_C "11111111-2222-4333-8444-555555555555"

/* One domain is a bomb, one has 64 Ki devices: each is judged by what could be read of it. */
static void a_hostile_domain_costs_only_its_own_facts(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer many = { 0 };

	(void)state;
	gvnp_buffer_append_text(&many, "<domain type='kvm'><name>many</name><uuid>" UUID_B
				       "</uuid><os><type machine='pc'>hvm</type></os><devices>");
	for (int i = 0; i < 65536; i++)
		gvnp_buffer_append_text(&many, "<redirdev bus='usb' type='tcp'/>");
	gvnp_buffer_append_text(&many, "</devices></domain>");
	const struct fake_file files[] = {
		SAID("domains", UUID_A " 1 1 1 0 0 bomb\n" UUID_B " 2 1 0 0 0 many\n" UUID_C
				       " -1 5 1 0 0 good\n"),
		SAID("domain/" UUID_A "/xml",
		     "<!DOCTYPE d [<!ENTITY a 'x'>]><domain><name>&a;</name></domain>"),
		{ .operation = GVNP_LIBVIRT,
		  .path = "domain/" UUID_B "/xml",
		  .data = many.data,
		  .size = many.size },
		SAID("domain/" UUID_C "/xml",
		     "<domain type='kvm'><name>good</name><uuid>" UUID_C
		     "</uuid><os><type machine='pc'>hvm</type></os><devices><redirdev bus='usb' "
		     "type='tcp'/></devices></domain>"),
	};
	FAKE_HOST(host, files);

	QUICKLY(fake_collect(&host, &gvnp_collector_domain));
	assert_rows(&host, "SELECT name FROM domain ORDER BY name", "bomb\ngood\nmany\n");
	assert_rows(&host,
		    "SELECT count(*) > 0 FROM hole WHERE object = '" UUID_A
		    "' AND problem LIKE '%document type%'",
		    "1\n");
	assert_rows(&host, "SELECT count(*) FROM hole WHERE object = '' AND table_name = 'domain'",
		    "0\n");
	assert_rows(&host,
		    "SELECT count(*) FROM domain_device WHERE domain = '" UUID_C
		    "' AND origin = 'declared' AND kind = 'redirdev'",
		    "1\n");
	/* All of them, or a hole that says so. */
	assert_rows(&host,
		    "SELECT (SELECT count(*) FROM domain_device WHERE domain = '" UUID_B
		    "' AND kind = 'redirdev') = 65536 OR EXISTS (SELECT 1 FROM hole WHERE object = "
		    "'" UUID_B "' AND table_name = 'domain_device' AND column_name = '')",
		    "1\n");
}

/* ---- arguments */

static size_t parse_arguments(const struct gvnp_buffer *arguments)
{
	struct gvnp_qemu_command command;
	size_t n = 0;

	QUICKLY(gvnp_qemu_command_parse((struct gvnp_slice){ arguments->data, arguments->size },
					&command));
	QUICKLY(gvnp_qemu_command_looks_like_emulator(&command);
		gvnp_qemu_command_is_question(&command));
	for (size_t i = 0; i < command.n; i++)
		n += command.options[i].n_properties;
	assert_true(n <= GVNP_QEMU_PROPERTY_LIMIT);
	n += command.n;
	gvnp_qemu_command_done(&command);
	return n;
}

/* As options, as one list, as the same key again, as JSON wide and deep, as commas. */
static void two_mebibytes_of_arguments_are_taken_apart_in_time(void **state)
{
	static const char start[] = "qemu-system-x86_64 -machine pc -device ";
	static const char *const pieces[][4] = {
		{ "e1000", " -device e1000,id=", "", "" },
		{ "e1000", ",k", "=v", "" },
		{ "e1000", ",k=v", "", "" },
		{ "{\"driver\":\"e1000\"", ",\"k", "\":1", "}" },
		{ "{\"driver\":[0", ",", "", "]}" },
		{ "", "{\"a", "\":", "" },
		{ "", ",,,,,,,,,,,,", "", "" },
		{ "e1000", " ", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		_cleanup_free_ char *first = gvnp_format("%s%s", start, pieces[i][0]);
		_cleanup_buffer_ struct gvnp_buffer arguments =
			repeated(first, pieces[i][1], pieces[i][2], 2 * MEBIBYTE, pieces[i][3]);

		for (size_t k = 0; k < arguments.size; k++)
			if (arguments.data[k] == ' ')
				arguments.data[k] = '\0';
		assert_true(parse_arguments(&arguments) >= 2);
	}
}

static void a_process_with_two_mebibytes_of_arguments_is_still_a_vm(void **state)
{
	static const char start[] = "/usr/bin/qemu-system-x86_64\0-machine\0pc\0-device\0e1000";
	_cleanup_buffer_ struct gvnp_buffer command = { 0 };

	(void)state;
	gvnp_buffer_append(&command, start, sizeof start - 1);
	while (command.size < 2 * MEBIBYTE)
		gvnp_buffer_append_format(&command, ",k%zu=\x1b[2J", command.size);
	gvnp_buffer_append(&command, "", 1);
	const struct fake_file files[] = {
		INIT,
		CAREFUL_VM,
		{ .operation = GVNP_READ,
		  .path = "/proc/500/cmdline",
		  .data = command.data,
		  .size = command.size },
	};
	FAKE_HOST(host, files);

	QUICKLY(fake_collect(&host, &gvnp_collector_process));
	assert_rows(&host, "SELECT pid FROM qemu_process", "500\n");
	/* What was left out is told. */
	assert_rows(
		&host,
		"SELECT (SELECT count(*) FROM qemu_process_property) > 100000 OR EXISTS (SELECT "
		"1 FROM hole WHERE object = '500' AND table_name = 'qemu_process_property')",
		"1\n");
}

/* ---- files people write */

static void long_files_take_no_time_by_their_square(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer keys = repeated("", "k", " = 1\n", MEBIBYTE, "");
	_cleanup_buffer_ struct gvnp_buffer mapping =
		repeated("", "k", ": 1\n", MEBIBYTE - 100, "");
	_cleanup_buffer_ struct gvnp_buffer accounts =
		repeated("", "u", ":x:1:1:::\n", MEBIBYTE, "");
	_cleanup_buffer_ struct gvnp_buffer groups = repeated("", "g", ":x:1:\n", MEBIBYTE, "");
	_cleanup_buffer_ struct gvnp_buffer members =
		repeated("g:x:7:", "u", ",", MEBIBYTE, "u0\n");
	_cleanup_(gvnp_problems_done) struct gvnp_problems problems = { 0 };
	_cleanup_(gvnp_pool_done) struct gvnp_pool pool = { 0 };
	_cleanup_(gvnp_facts_freep) struct gvnp_facts *facts = gvnp_facts_new();
	struct gvnp_libvirt_settings settings;
	struct gvnp_yaml_node *top;
	const char *problem;
	int line;

	(void)state;
	QUICKLY(assert_int_equal(
		gvnp_libvirt_parse(keys.data, keys.size, &settings, &line, &problem), -EINVAL));
	assert_int_equal(line, GVNP_LIBVIRT_MOST_SETTINGS + 2);
	QUICKLY(assert_int_equal(
		gvnp_yaml_parse(mapping.data, mapping.size, "f", NULL, &pool, &problems, &top),
		-EINVAL));
	assert_string_equal(problems.problems[0].text, "the mapping has too many keys");
	QUICKLY(gvnp_user_decode(facts, (struct gvnp_slice){ accounts.data, accounts.size },
				 (struct gvnp_slice){ members.data, members.size }));
	/* What no group claims is not of it; the one that is there twice counts once. */
	struct fake_host host = { .facts = facts };
	assert_rows(&host,
		    "SELECT count(*) = count(DISTINCT user), count(*) > 100000 FROM "
		    "user_group_member",
		    "1|1\n");
	gvnp_facts_reset(facts);
	/* Each account is of each of those groups: the first of equal gid is as good as any. */
	groups.size = 2000;
	QUICKLY(gvnp_user_decode(facts, (struct gvnp_slice){ accounts.data, 20000 },
				 (struct gvnp_slice){ groups.data, groups.size }));
	assert_rows(&host, "SELECT count(*) FROM user_group_member WHERE user = 'u0'", "211\n");
}

/* Each controller is looked for among the others, so there is a bound to them. */
static void more_controllers_than_a_kernel_has_are_told(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer lines = repeated("", "c", "\t0\t1\t1\n", MEBIBYTE, "");
	_cleanup_buffer_ struct gvnp_buffer words = repeated("", "d", " ", MEBIBYTE, "");

	(void)state;
	const struct fake_file files[] = {
		READ("/proc/1/mountinfo", "41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"),
		READ("/proc/cgroups", lines.data),
		READ("/sys/fs/cgroup/cgroup.controllers", words.data),
	};
	FAKE_HOST(host, files);

	QUICKLY(fake_collect(&host, &gvnp_collector_cgroup));
	assert_rows(&host, "SELECT count(*) FROM cgroup_controller", "256\n");
	assert_rows(&host,
		    "SELECT object, problem FROM hole WHERE table_name = 'cgroup_controller'",
		    "|more than 255 controllers are listed: no kernel has so many\n");
}

/* ---- peers */

static void append_word(struct gvnp_buffer *stream, uint32_t word)
{
	gvnp_buffer_append(stream, &word, sizeof word);
}

/* A frame that claims a gibibyte is refused by its head, and nothing is set aside for it. */
static void an_answer_of_a_gibibyte_is_refused_by_its_head(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer head = { 0 };
	struct gvnp_pushed *pushed = gvnp_pushed_new(true);
	struct gvnp_answers *answers = gvnp_answers_new(1);
	size_t size;

	(void)state;
	for (int i = 0; i < 64; i++)
		append_word(&head, 1U << 30);
	assert_int_equal(gvnp_message_size(head.data, head.size, GVNP_MESSAGE_ANSWER_LIMIT, &size),
			 -EBADMSG);
	assert_int_equal(gvnp_pushed_add(pushed, head.data, head.size), -EBADMSG);
	assert_int_equal(gvnp_pushed_add(pushed, head.data, head.size), -EBADMSG);
	gvnp_pushed_answer(pushed, "domains", answers, 0);
	assert_true(answers->answers[0].error);
	assert_true(answers->answers[0].problem[0]);
	gvnp_answers_free(answers);
	gvnp_pushed_free(pushed);
}

/* A daemon that never stops talking, each word of it well-formed. */
static void a_stream_of_libvirt_without_end_is_cut_off(void **state)
{
	_cleanup_free_ char *text = gvnp_allocate(8 * MEBIBYTE + 1);
	_cleanup_buffer_ struct gvnp_buffer frame = { 0 };
	const struct gvnp_request request = { GVNP_LIBVIRT, "capabilities" };
	struct gvnp_pushed *pushed = gvnp_pushed_new(true);
	struct gvnp_answer answer = { .problem = "", .data = text, .size = 8 * MEBIBYTE };
	int error = 0, n = 0;

	(void)state;
	memset(text, 'x', 8 * MEBIBYTE);
	gvnp_message_append_answer(&frame, 0, &request, &answer);
	QUICKLY(for (; !error && n < 128; n++) error =
			gvnp_pushed_add(pushed, frame.data, frame.size));
	assert_int_equal(error, -EMSGSIZE);
	assert_true(n < 128);
	gvnp_pushed_free(pushed);
}

/* Byte by byte, and never whole: no byte is looked at again for each that comes. */
static void a_slow_peer_costs_no_time_by_the_square(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer frame = { 0 };
	const struct gvnp_request request = { GVNP_LIBVIRT, "uri" };
	const struct gvnp_answer answer = { .problem = "", .data = "qemu:///system", .size = 14 };
	struct gvnp_pushed *pushed = gvnp_pushed_new(true);

	(void)state;
	while (frame.size < MEBIBYTE)
		gvnp_message_append_answer(&frame, 0, &request, &answer);
	QUICKLY(for (size_t i = 0; i < frame.size; i++)
			assert_int_equal(gvnp_pushed_add(pushed, frame.data + i, 1), 0));
	assert_false(gvnp_pushed_is_complete(pushed));
	gvnp_pushed_free(pushed);
}

/* ---- firmware */

#define SECURE_BOOT "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* Four bytes of attributes and one of value; every other size is no answer. */
static void a_variable_of_another_size_is_not_believed(void **state)
{
	static const char bytes[64] = { 6, 0, 0, 0, 1, 1 };

	(void)state;
	for (size_t size = 1; size <= sizeof bytes; size += size < 8 ? 1 : 56) {
		const struct fake_file files[] = {
			THERE("/sys/firmware/efi"),
			LIST("/sys/firmware/efi", "efivars/\n"),
			LIST("/sys/firmware/efi/efivars",
			     "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c\n"),
			{ .operation = GVNP_READ,
			  .path = SECURE_BOOT,
			  .data = bytes,
			  .size = size },
		};
		FAKE_HOST(host, files);

		fake_collect(&host, &gvnp_collector_firmware);
		assert_rows(&host, "SELECT secure_boot IS NULL FROM firmware",
			    size == 5 ? "0\n" : "1\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bombs_of_xml_do_not_go_off),
		cmocka_unit_test(a_long_namespace_costs_once),
		cmocka_unit_test(equals_signs_in_text_are_no_attributes),
		cmocka_unit_test(a_hostile_domain_costs_only_its_own_facts),
		cmocka_unit_test(two_mebibytes_of_arguments_are_taken_apart_in_time),
		cmocka_unit_test(a_process_with_two_mebibytes_of_arguments_is_still_a_vm),
		cmocka_unit_test(long_files_take_no_time_by_their_square),
		cmocka_unit_test(more_controllers_than_a_kernel_has_are_told),
		cmocka_unit_test(an_answer_of_a_gibibyte_is_refused_by_its_head),
		cmocka_unit_test(a_stream_of_libvirt_without_end_is_cut_off),
		cmocka_unit_test(a_slow_peer_costs_no_time_by_the_square),
		cmocka_unit_test(a_variable_of_another_size_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
