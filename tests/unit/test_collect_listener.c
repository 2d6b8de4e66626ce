/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/listener.h"

#include "collect/libvirt_daemon.h"
#include "fake_host.h"

#define HEADING                                                                                    \
	"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "      \
	"timeout inode\n"
#define REST " 00000000:00000000 00:00000000 00000000     0        0 "

static char *listeners(const char *text, bool is_udp, bool is_big_endian, bool *is_malformed)
{
	_cleanup_buffer_ struct gvnp_buffer rows = { 0 };
	struct gvnp_slice rest = gvnp_slice(text);
	struct gvnp_listener listener;

	*is_malformed = false;
	while (gvnp_listener_next(&rest, is_udp, is_big_endian, &listener, is_malformed))
		gvnp_buffer_append_format(&rows, "%llu %s %u%s%s\n",
					  (unsigned long long)listener.inode, listener.address,
					  listener.port, listener.is_wildcard ? " any" : "",
					  listener.is_loopback ? " loopback" : "");
	return rows.data ? gvnp_buffer_take(&rows) : gvnp_duplicate("");
}

static void only_listening_tcp_sockets_are_taken(void **state)
{
	bool is_malformed;
	_cleanup_free_ char *rows = listeners(
		HEADING "   0: 0100007F:5FEC 00000000:0000 0A" REST "72456 1 0000 100 0 0 10 0\n"
			"   1: 00000000:170C 00000000:0000 0A" REST "72459 1 0000 100 0 0 10 0\n"
			"   2: 020200C0:8340 507100CB:0050 06" REST "0 3 0000\n"
			"   3: 020200C0:8340 507100CB:0050 01" REST "5 1 0000\n",
		false, false, &is_malformed);

	(void)state;
	assert_string_equal(rows, "72456 127.0.0.1 24556 loopback\n72459 0.0.0.0 5900 any\n");
	assert_false(is_malformed);
}

static void ipv6_addresses_are_words_of_the_processor(void **state)
{
	bool is_malformed;
	_cleanup_free_ char *little =
		listeners("   0: 00000000000000000000000001000000:0016 "
			  "00000000000000000000000000000000:0000 0A" REST "1 1\n"
			  "   1: 00000000000000000000000000000000:0016 "
			  "00000000000000000000000000000000:0000 0A" REST "2 1\n"
			  "   2: 0000000000000000FFFF00000100007F:0016 "
			  "00000000000000000000000000000000:0000 0A" REST "3 1\n"
			  "   3: 000080FE00000000FF005450B3A2C1FE:0016 "
			  "00000000000000000000000000000000:0000 0A" REST "4 1\n",
			  false, false, &is_malformed);
	_cleanup_free_ char *big = listeners("   0: C0000202:0016 00000000:0000 0A" REST "1 1\n",
					     false, true, &is_malformed);

	(void)state;
	assert_string_equal(little, "1 ::1 22 loopback\n2 :: 22 any\n3 127.0.0.1 22 loopback\n"
				    "4 fe80::5054:ff:fec1:a2b3 22\n");
	assert_string_equal(big, "1 192.0.2.2 22\n");
}

static void connected_udp_sockets_are_not_listeners(void **state)
{
	bool is_malformed;
	_cleanup_free_ char *rows =
		listeners("  10: 00000000:0043 00000000:0000 07" REST "11 2 0000 0\n"
			  "  11: 0100007F:9C40 0100007F:0035 01" REST "12 2 0000 0\n",
			  true, false, &is_malformed);

	(void)state;
	assert_string_equal(rows, "11 0.0.0.0 67 any\n");
}

static void a_line_the_kernel_would_not_print_is_told(void **state)
{
	static const char *const lines[] = {
		"   0: 0100007F 00000000:0000 0A" REST "1 1\n",
		"   0: 0100007:5FEC 00000000:0000 0A" REST "1 1\n",
		"   0: 0100007F:5FEC 00000000:0000 XX" REST "1 1\n",
		"   0: 0100007F:5FEC 00000000:0000 0A 0:0 0:0 0 -1 0 1\n",
		"   0: 0100007F:5FEC\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		bool is_malformed;
		_cleanup_free_ char *rows = listeners(lines[i], false, false, &is_malformed);

		assert_string_equal(rows, "");
		assert_true(is_malformed);
	}
}

static void unix_sockets_that_listen_and_have_a_name_are_taken(void **state)
{
	struct gvnp_slice rest = gvnp_slice(
		"Num       RefCount Protocol Flags    Type St Inode Path\n"
		"00000000e53a9774: 00000002 00000000 00010000 0001 01 12129 /run/a b\n"
		"00000000e53a9775: 00000002 00000000 00010000 0001 01 12130 @abstract\n"
		"00000000e53a9776: 00000003 00000000 00000000 0001 03 12131 /run/connected\n"
		"00000000e53a9777: 00000002 00000000 00010000 0001 01 12132\n");
	struct gvnp_unix_listener listener;
	bool is_malformed = false;

	(void)state;
	assert_true(gvnp_unix_listener_next(&rest, &listener, &is_malformed));
	assert_int_equal(listener.inode, 12129);
	assert_true(gvnp_slice_is(listener.path, "/run/a b"));
	assert_true(gvnp_unix_listener_next(&rest, &listener, &is_malformed));
	assert_true(gvnp_slice_is(listener.path, "@abstract"));
	assert_false(gvnp_unix_listener_next(&rest, &listener, &is_malformed));
	assert_false(is_malformed);
}

static void a_socket_name_with_a_line_break_is_told(void **state)
{
	struct gvnp_slice rest =
		gvnp_slice("00000000e53a9774: 00000002 00000000 00010000 0001 01 12129 @x\ny z\n");
	struct gvnp_unix_listener listener;
	bool is_malformed = false;

	(void)state;
	assert_true(gvnp_unix_listener_next(&rest, &listener, &is_malformed));
	assert_false(gvnp_unix_listener_next(&rest, &listener, &is_malformed));
	assert_true(is_malformed);
}

static void daemon_arguments_are_getopts(void **state)
{
	static const struct {
		const char *arguments;
		size_t size;
		bool listens;
		const char *config;
	} cases[] = {
#define CASE(text, listens, config) { text, sizeof(text), listens, config }
		CASE("libvirtd\0-d\0-p\0/run/libvirtd.pid", false, ""),
		CASE("libvirtd\0--listen", true, ""),
		CASE("libvirtd\0--lis\0--conf=/a", true, "/a"),
		CASE("libvirtd\0-dl", true, ""),
		CASE("libvirtd\0-lf\0/b", true, "/b"),
		CASE("libvirtd\0-f/c", false, "/c"),
		CASE("libvirtd\0--config\0/d\0-v", false, "/d"),
		CASE("libvirtd\0-p\0--listen", false, ""),
		CASE("libvirtd\0-f\0-l", false, "-l"),
		CASE("libvirtd\0--timeout\0-l", false, ""),
		CASE("libvirtd\0--\0-l", false, ""),
		CASE("libvirtd\0--listener", false, ""),
		CASE("libvirtd\0-f", false, ""),
		CASE("", false, ""),
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct gvnp_libvirt_daemon_arguments parsed;

		gvnp_libvirt_daemon_parse((struct gvnp_slice){ cases[i].arguments, cases[i].size },
					  &parsed);
		assert_int_equal(parsed.listens, cases[i].listens);
		assert_true(gvnp_slice_is(parsed.config, cases[i].config));
	}
	assert_true(gvnp_libvirt_daemon_is_name(gvnp_slice("virtqemud")));
	assert_false(gvnp_libvirt_daemon_is_name(gvnp_slice("virtqemudx")));
	assert_false(gvnp_libvirt_daemon_is_name(gvnp_slice("libvirt")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_listening_tcp_sockets_are_taken),
		cmocka_unit_test(ipv6_addresses_are_words_of_the_processor),
		cmocka_unit_test(connected_udp_sockets_are_not_listeners),
		cmocka_unit_test(a_line_the_kernel_would_not_print_is_told),
		cmocka_unit_test(unix_sockets_that_listen_and_have_a_name_are_taken),
		cmocka_unit_test(a_socket_name_with_a_line_break_is_told),
		cmocka_unit_test(daemon_arguments_are_getopts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
