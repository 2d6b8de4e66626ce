/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"

static void integers_are_strict(void **state)
{
	uint64_t value;
	int64_t integer;

	(void)state;
	assert_true(gvnp_parse_unsigned("18446744073709551615", 10, &value));
	assert_int_equal(value, UINT64_MAX);
	assert_false(gvnp_parse_unsigned("18446744073709551616", 10, &value));
	assert_false(gvnp_parse_unsigned("", 10, &value));
	assert_false(gvnp_parse_unsigned(" 1", 10, &value));
	assert_false(gvnp_parse_unsigned("+1", 10, &value));
	assert_false(gvnp_parse_unsigned("1x", 10, &value));
	assert_true(gvnp_parse_unsigned("1fF", 16, &value));
	assert_int_equal(value, 0x1ff);
	assert_false(gvnp_parse_unsigned("8", 8, &value));
	assert_true(gvnp_parse_integer("-12", &integer));
	assert_int_equal(integer, -12);
	assert_false(gvnp_parse_integer("--1", &integer));
}

static void pieces_and_words_are_cut_off_in_order(void **state)
{
	struct gvnp_slice rest = gvnp_slice("a::b:"), piece;

	(void)state;
	assert_true(gvnp_slice_next(&rest, ':', &piece));
	assert_true(gvnp_slice_is(piece, "a"));
	assert_true(gvnp_slice_next(&rest, ':', &piece));
	assert_true(gvnp_slice_is(piece, ""));
	assert_true(gvnp_slice_next(&rest, ':', &piece));
	assert_true(gvnp_slice_is(piece, "b"));
	assert_false(gvnp_slice_next(&rest, ':', &piece));

	rest = gvnp_slice("  one\ttwo \n");
	assert_true(gvnp_slice_word(&rest, &piece));
	assert_true(gvnp_slice_is(piece, "one"));
	assert_true(gvnp_slice_word(&rest, &piece));
	assert_true(gvnp_slice_is(piece, "two"));
	assert_false(gvnp_slice_word(&rest, &piece));
}

static void patterns_stay_inside_a_component(void **state)
{
	(void)state;
	assert_true(gvnp_text_matches("/proc/*/status", "/proc/12/status"));
	assert_false(gvnp_text_matches("/proc/*/status", "/proc/12/task/status"));
	assert_false(gvnp_text_matches("/proc/*/status", "/proc/12"));
	assert_true(gvnp_text_matches("/etc/libvirt/**", "/etc/libvirt/qemu/a.xml"));
	assert_false(gvnp_text_matches("/etc/libvirt/**", "/etc/libvirtx"));
	assert_true(gvnp_text_matches("/sys/module/kvm*/parameters/*",
				      "/sys/module/kvm_amd/parameters/nested"));
	assert_false(gvnp_text_matches("/etc/passwd", "/etc/passwd-"));
}

static void utf8_is_well_formed_or_nothing(void **state)
{
	(void)state;
	assert_int_equal(gvnp_text_utf8("a", 1), 1);
	assert_int_equal(gvnp_text_utf8("\xc3\xa9", 2), 2);
	assert_int_equal(gvnp_text_utf8("\xc0\xaf", 2), 0);
	assert_int_equal(gvnp_text_utf8("\xed\xa0\x80", 3), 0);
	assert_int_equal(gvnp_text_utf8("\xe2\x82", 2), 0);
}

static void a_plain_path_takes_no_detour(void **state)
{
	static const char *const plain[] = { "/",      "/a",   "/a/b",	 "/a/",
					     "/.a/b.", "/...", "/a/..b", "/a../b" };
	static const char *const others[] = { "",	"a",	   "a/b",  "//",   "/a//b",
					      "/.",	"/..",	   "/./a", "/a/.", "/a/..",
					      "/a/./b", "/a/../b", "/a//" };

	(void)state;
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		assert_true(gvnp_text_is_plain_path(plain[i]));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(gvnp_text_is_plain_path(others[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_path_takes_no_detour),
		cmocka_unit_test(integers_are_strict),
		cmocka_unit_test(pieces_and_words_are_cut_off_in_order),
		cmocka_unit_test(patterns_stay_inside_a_component),
		cmocka_unit_test(utf8_is_well_formed_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
