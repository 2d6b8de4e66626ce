/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_host.h"

#include "collect/cpu_set.h"

static char *canonical(const char *text)
{
	struct gvnp_cpu_set set;

	return gvnp_cpu_set_parse(gvnp_slice(text), &set) ? gvnp_cpu_set_format(&set) : NULL;
}

#define assert_canonical(text, expected)                                                           \
	do {                                                                                       \
		_cleanup_free_ char *list_ = canonical(text);                                      \
		assert_non_null(list_);                                                            \
		assert_string_equal(list_, (expected));                                            \
	} while (0)

#define assert_refused(text) assert_null(canonical(text))

static void kernel_lists_become_canonical(void **state)
{
	(void)state;
	assert_canonical("0-3,8\n", "0-3,8");
	assert_canonical("", "");
	assert_canonical("\n", "");
	assert_canonical("3,1,2,0", "0-3");
	assert_canonical("0-1,2-5", "0-5");
	assert_canonical("5", "5");
	assert_canonical("63-64", "63-64");
	assert_canonical("0-8191", "0-8191");
	assert_canonical("0-31:2/4", "0-1,4-5,8-9,12-13,16-17,20-21,24-25,28-29");
}

static void libvirt_lists_exclude_single_processors(void **state)
{
	(void)state;
	assert_canonical("0-3,^2", "0-1,3");
	assert_canonical(" 1 - 4 , ^3 ", "1-2,4");
	assert_canonical("^2", "");
}

static void what_is_no_list_is_refused_as_a_whole(void **state)
{
	(void)state;
	assert_refused("0-8192");
	assert_refused("8192");
	assert_refused("3-1");
	assert_refused("1,,2");
	assert_refused("1,");
	assert_refused("-1");
	assert_refused("a");
	assert_refused("0x3");
	assert_refused("0-3,^1-2");
	assert_refused("0-3:5/4");
	assert_refused("0-3:1/0");
	assert_refused("99999999999999999999");
}

static void equal_sets_are_stored_once(void **state)
{
	_cleanup_(gvnp_facts_freep) struct gvnp_facts *facts = gvnp_facts_new();
	struct fake_host host = { .facts = facts };
	int64_t first, second, third, empty;

	(void)state;
	assert_true(gvnp_cpu_set_insert_list(facts, gvnp_slice("0-2"), &first));
	assert_true(gvnp_cpu_set_insert_list(facts, gvnp_slice("2,0,1"), &second));
	assert_true(gvnp_cpu_set_insert_list(facts, gvnp_slice("5"), &third));
	assert_true(gvnp_cpu_set_insert_list(facts, gvnp_slice(""), &empty));
	assert_int_equal(first, second);
	assert_int_not_equal(first, third);
	assert_false(gvnp_cpu_set_insert_list(facts, gvnp_slice("x"), &third));
	assert_rows(&host, "SELECT id, list FROM cpu_set ORDER BY id", "1|0-2\n2|5\n3|\n");
	assert_rows(&host, "SELECT * FROM cpu_set_member ORDER BY 1, 2", "1|0\n1|1\n1|2\n2|5\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernel_lists_become_canonical),
		cmocka_unit_test(libvirt_lists_exclude_single_processors),
		cmocka_unit_test(what_is_no_list_is_refused_as_a_whole),
		cmocka_unit_test(equal_sets_are_stored_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
