/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the uses of helper functions at a glance finds what cutting the whole query does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "evaluate/helpers.h"
#include "gvnp/check.h"

static char *uses_of(const char *sql)
{
	struct gvnp_buffer out = { 0 };
	struct gvnp_helper_uses uses;

	gvnp_helper_uses_read(sql, &uses);
	for (size_t i = 0; i < uses.n; i++) {
		const struct gvnp_helper_use *use = &uses.uses[i];

		gvnp_buffer_append_format(
			&out, "%d %s %s %s %s%s\n", use->line, use->helper->name,
			use->table ? use->table : "-", use->name ? use->name : "-",
			use->object ? use->object : "-", use->has_object ? " object" : "");
	}
	gvnp_helper_uses_done(&uses);
	return gvnp_buffer_take(&out);
}

/* What stands before its first bracket is not seen at a glance, so all of it is cut. */
static char *uses_of_tokens(const char *sql)
{
	_cleanup_free_ char *longer = gvnp_format("/**/(%s", sql);

	return uses_of(longer);
}

#define assert_uses(sql, expected)                                                                 \
	do {                                                                                       \
		_cleanup_free_ char *uses_ = uses_of(sql), *tokens_ = uses_of_tokens(sql);         \
		assert_string_equal(uses_, expected);                                              \
		assert_string_equal(tokens_, expected);                                            \
	} while (0)

static void a_use_is_found_wherever_it_stands(void **state)
{
	(void)state;
	assert_uses("SELECT sysctl('a.b')", "0 sysctl sysctl a.b a.b\n");
	assert_uses("SELECT 1,\n\n SysCtl ( 'a' )", "2 sysctl sysctl a a\n");
	assert_uses("SELECT \"kconfig\"('KVM') + [kconfig] ('X')+`kconfig`\n('Y')",
		    "0 kconfig kernel_config CONFIG_KVM CONFIG_KVM\n"
		    "0 kconfig kernel_config CONFIG_X CONFIG_X\n"
		    "0 kconfig kernel_config CONFIG_Y CONFIG_Y\n");
	assert_uses("SELECT module_parameter('kvm-intel', 'n''x')",
		    "0 module_parameter module_parameter kvm_intel.n'x kvm_intel.n'x\n");
	assert_uses("SELECT collected('disk', d.x) AND collected('disk')",
		    "0 collected disk disk  object\n0 collected disk disk \n");
	assert_uses("SELECT sysctl -- of\n ('a')", "0 sysctl sysctl a a\n");
	assert_uses("SELECT sysctl/* of */('a')", "0 sysctl sysctl a a\n");
	assert_uses("SELECT 'x'sysctl('a')", "0 sysctl sysctl a a\n");
	assert_uses("SELECT t.sysctl('a')", "0 sysctl sysctl a a\n");
	assert_uses("sysctl(", "0 sysctl sysctl - -\n");
	assert_uses("SELECT sysctl(name), setting('f', k)",
		    "0 sysctl sysctl - -\n0 setting libvirt_setting - -\n");
	assert_uses("SELECT file_mode(sysctl('a'))", "0 file_mode file - -\n0 sysctl sysctl a a\n");
}

static void what_only_looks_like_a_use_is_none(void **state)
{
	(void)state;
	assert_uses("", "");
	assert_uses("SELECT 'sysctl(''a'')'", "");
	assert_uses("SELECT 1 -- sysctl('a')\n", "");
	assert_uses("SELECT 1 /* sysctl('a') */", "");
	assert_uses("SELECT /* sysctl('a')", "");
	assert_uses("SELECT 'sysctl('a')", "");
	assert_uses("SELECT \"x sysctl('a')", "");
	assert_uses("SELECT 'sysctl'('a')", "");
	assert_uses("SELECT :sysctl('a'), 5.sysctl('a'), 5sysctl('a'), $sysctl('a'), a$sysctl('a')",
		    "");
	assert_uses("SELECT sysctls('a'), xsysctl('a'), sysct('a'), sysctl, ('a')", "");
	assert_uses("SELECT \"sysctl \"('a'), \"\"('a'), sysctl\"\"('a')", "");
}

/* Queries made of what tells tokens apart, always the same ones. */
static void a_glance_agrees_with_cutting_all(void **state)
{
	static const char *const pieces[] = {
		"sysctl",    "KCONFIG",	  "module_parameter",
		"collected", "x",	  "'",
		"''",	     "'a'",	  "\"",
		"`",	     "[",	  "]",
		"(",	     "(",	  "(",
		")",	     "-",	  "--",
		"/",	     "*",	  "/*",
		"*/",	     "\n",	  "\n",
		" ",	     "\t",	  ".",
		":",	     "?",	  "@",
		"$",	     "5",	  "e+",
		",",	     "->",	  "\xc3\xa9",
		"('a')",     "('a','b')",
	};
	uint64_t random = 42;
	size_t n_found = 0;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		char sql[256] = "";

		for (size_t n = 1 + (size_t)i % 12; n; n--) {
			random = random * 6364136223846793005 + 1442695040888963407;
			strcat(sql, pieces[(random >> 33) % (sizeof pieces / sizeof *pieces)]);
		}
		_cleanup_free_ char *uses = uses_of(sql), *tokens = uses_of_tokens(sql);
		if (strcmp(uses, tokens))
			print_error("%s\n", sql);
		assert_string_equal(uses, tokens);
		n_found += *uses != '\0';
	}
	assert_true(n_found > 1000);
}

static void each_shipped_query_is_seen_through(void **state)
{
	_cleanup_(gvnp_problems_done) struct gvnp_problems problems = { 0 };
	struct gvnp_catalogue *catalogue;
	size_t n_found = 0;

	(void)state;
	assert_int_equal(gvnp_catalogue_load(GVNP_CHECKS, &problems, &catalogue), 0);
	for (size_t i = 0; i < catalogue->n_checks; i++) {
		const char *query = catalogue->checks[i].query;
		_cleanup_free_ char *uses = uses_of(query), *tokens = uses_of_tokens(query);

		assert_string_equal(uses, tokens);
		n_found += *uses != '\0';
	}
	assert_true(n_found > 100);
	gvnp_catalogue_free(catalogue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_use_is_found_wherever_it_stands),
		cmocka_unit_test(what_only_looks_like_a_use_is_none),
		cmocka_unit_test(a_glance_agrees_with_cutting_all),
		cmocka_unit_test(each_shipped_query_is_seen_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
