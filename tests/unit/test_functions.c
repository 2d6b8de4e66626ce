/* SPDX-License-Identifier: Apache-2.0 */
/* The helper functions of checks: values, types, states, and what they refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "facts/store.h"
#include "gvnp/evaluate.h"

#define _cleanup_facts_ _cleanup_(gvnp_facts_freep)

/* typeof(X) and X of an expression whose literal names were requested; or the error. */
static char *ask(struct gvnp_facts *facts, const char *expression, const char *requested)
{
	_cleanup_free_ char *sql = gvnp_format("SELECT typeof(x) || ' ' || coalesce(x, '') FROM "
					       "(SELECT %s AS x)",
					       expression);
	struct gvnp_names *names = gvnp_names_of_query(requested);
	sqlite3 *database = gvnp_facts_database(facts);
	sqlite3_stmt *statement = NULL;
	char *answer;

	assert_int_equal(gvnp_functions_register(facts, names), 0);
	gvnp_names_free(names);
	if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		answer = gvnp_duplicate((const char *)sqlite3_column_text(statement, 0));
	else
		answer = gvnp_duplicate(sqlite3_errmsg(database));
	sqlite3_finalize(statement);
	return answer;
}

#define assert_answer(facts, expression, expected)                                                 \
	do {                                                                                       \
		_cleanup_free_ char *answer_ = ask((facts), (expression), (expression));           \
		assert_string_equal(answer_, expected);                                            \
	} while (0)

static void add_sysctl(struct gvnp_facts *facts, const char *name, const char *value)
{
	gvnp_insert(facts, "sysctl", gvnp_text("name", name), gvnp_text("value", value));
}

static void a_value_is_an_integer_only_when_the_whole_text_is_one(void **state)
{
	static const char *const texts[][2] = {
		{ "0", "integer 0" },
		{ "-17", "integer -17" },
		{ "0x1f", "text 0x1f" },
		{ "1 2", "text 1 2" },
		{ "+1", "text +1" },
		{ "", "text " },
		{ "-", "text -" },
		{ "007", "integer 7" },
		{ "1.0", "text 1.0" },
		{ "9223372036854775807", "integer 9223372036854775807" },
		{ "9223372036854775808", "text 9223372036854775808" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

		add_sysctl(facts, "a.b", texts[i][0]);
		assert_answer(facts, "sysctl('a.b')", texts[i][1]);
	}
}

static void a_value_is_null_unless_it_is_known(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	assert_answer(facts, "sysctl('a.b')", "null ");
	gvnp_facts_collected(facts, "sysctl");
	assert_answer(facts, "sysctl('a.b')", "null ");
	add_sysctl(facts, "a.b", NULL);
	assert_answer(facts, "sysctl('a.b')", "null ");
}

static void the_four_states_are_told_apart(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	add_sysctl(facts, "known.one", "1");
	add_sysctl(facts, "null.one", NULL);
	assert_answer(facts, "sysctl_state('absent.one')", "text not-collected");
	gvnp_facts_collected(facts, "sysctl");
	assert_answer(facts, "sysctl_state('known.one')", "text known");
	assert_answer(facts, "sysctl_state('null.one')", "text unreadable");
	assert_answer(facts, "sysctl_state('absent.one')", "text absent");
	gvnp_facts_hole(facts, "sysctl", "", "hole.one", "refused");
	assert_answer(facts, "sysctl_state('hole.one')", "text unreadable");
	assert_answer(facts, "sysctl_state('absent.one')", "text absent");
	gvnp_facts_hole(facts, "sysctl", "", "", "no /proc");
	assert_answer(facts, "sysctl_state('hole.one')", "text unreadable");
	assert_answer(facts, "sysctl_state('absent.one')", "text not-collected");
}

static void a_name_that_was_not_requested_is_an_error(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	add_sysctl(facts, "a.b", "1");
	_cleanup_free_ char *value = ask(facts, "sysctl('a.b')", "SELECT sysctl('a.c')");
	assert_string_equal(value, "sysctl: a.b was not requested; name it as a literal");
	_cleanup_free_ char *state_of = ask(facts, "sysctl_state('a.b')", "SELECT 1");
	assert_string_equal(state_of, "sysctl_state: a.b was not requested; name it as a literal");
	_cleanup_free_ char *null = ask(facts, "sysctl(NULL)", "SELECT 1");
	assert_string_equal(null, "sysctl: NULL was not requested; name it as a literal");
}

static void an_option_is_found_with_and_without_its_prefix(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	gvnp_facts_collected(facts, "kernel_config");
	gvnp_insert(facts, "kernel_config", gvnp_text("name", "CONFIG_KVM"),
		    gvnp_text("value", "m"));
	assert_answer(facts, "kconfig('CONFIG_KVM')", "text m");
	assert_answer(facts, "kconfig('KVM')", "text m");
	assert_answer(facts, "kernel_config('KVM')", "text m");
	assert_answer(facts, "kconfig_state('KVM_AMD')", "text absent");
}

static void the_last_boot_parameter_wins_whatever_its_dashes(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	gvnp_facts_collected(facts, "kernel_parameter");
	for (int i = 0; i < 3; i++)
		gvnp_insert(facts, "kernel_parameter", gvnp_integer("position", i),
			    gvnp_text("name", i == 1 ? "kvm-intel.nested" : "kvm_intel.nested"),
			    gvnp_text("value", i == 2 ? "" : "1"));
	assert_answer(facts, "cmdline('kvm_intel.nested')", "text ");
	assert_answer(facts, "cmdline('kvm-intel.nested')", "text ");
	assert_answer(facts, "cmdline_state('kvm-intel.nested')", "text known");
	assert_answer(facts, "cmdline_state('iommu')", "text absent");
}

static void the_last_configured_sysctl_wins(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	for (int i = 0; i < 2; i++)
		gvnp_insert(facts, "sysctl_configured", gvnp_integer("position", i),
			    gvnp_text("name", "a.b"), gvnp_text("value", i ? "7" : "6"),
			    gvnp_text("file", "/etc/sysctl.conf"), gvnp_integer("line", i + 1));
	assert_answer(facts, "sysctl_configured('a.b')", "integer 7");
}

static void a_module_is_named_with_dashes_or_underscores(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	gvnp_insert(facts, "module_parameter", gvnp_text("name", "kvm_intel.nested"),
		    gvnp_text("value", "Y"));
	assert_answer(facts, "module_parameter('kvm-intel', 'nested')", "text Y");
	assert_answer(facts, "module_parameter_state('kvm_intel', 'nested')", "text known");
}

static void add_setting(struct gvnp_facts *facts, const char *key, const char *kind,
			const char *value)
{
	gvnp_insert(facts, "libvirt_setting", gvnp_text("file", "qemu"), gvnp_text("key", key),
		    gvnp_text("kind", kind), gvnp_text("value", value),
		    gvnp_text("origin", "default"), gvnp_integer("line", 0));
}

static void a_setting_has_the_type_of_its_syntax(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	add_setting(facts, "vnc_tls", "integer", "0");
	add_setting(facts, "user", "text", "107");
	add_setting(facts, "namespaces", "list", "mount");
	assert_answer(facts, "setting('qemu', 'vnc_tls')", "integer 0");
	assert_answer(facts, "setting('qemu', 'user')", "text 107");
	assert_answer(facts, "setting('qemu', 'namespaces')", "text mount");
	assert_answer(facts, "setting_origin('qemu', 'user')", "text default");
	assert_answer(facts, "setting('libvirtd', 'user')", "null ");
	gvnp_facts_collected(facts, "libvirt_setting");
	gvnp_facts_hole(facts, "libvirt_setting", "", "libvirtd", "refused");
	assert_answer(facts, "setting_state('libvirtd', 'listen_tcp')", "text unreadable");
	assert_answer(facts, "setting_state('qemu', 'no_such')", "text absent");
}

static void a_file_is_known_by_its_metadata(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	gvnp_facts_collected(facts, "file");
	gvnp_insert(facts, "file", gvnp_text("path", "/dev/kvm"), gvnp_text("type", "character"),
		    gvnp_integer("mode", 432), gvnp_integer("uid", 0), gvnp_integer("gid", 104),
		    gvnp_integer("modified", 1));
	assert_answer(facts, "file_mode('/dev/kvm')", "integer 432");
	assert_answer(facts, "file_uid('/dev/kvm')", "integer 0");
	assert_answer(facts, "file_gid('/dev/kvm')", "integer 104");
	assert_answer(facts, "file_type('/dev/kvm')", "text character");
	assert_answer(facts, "file_state('/dev/kvm')", "text known");
	assert_answer(facts, "file_state('/dev/vhost-net')", "text absent");
}

static void collected_is_null_while_rows_may_be_missing(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	gvnp_facts_collected(facts, "cpu");
	gvnp_facts_hole(facts, "cpu", "", "", "no /proc");
	assert_answer(facts, "collected('cpu')", "null ");
	assert_answer(facts, "collected('cpu', 3)", "null ");
	assert_answer(facts, "collected('tpm')", "null ");
	assert_answer(facts, "collected('tpm', 'tpm0')", "null ");
	gvnp_facts_collected(facts, "tpm");
	assert_answer(facts, "collected('tpm')", "integer 1");
	assert_answer(facts, "collected('tpm', 'tpm0')", "integer 1");
	/* an unreadable cell is not a missing row */
	gvnp_facts_hole(facts, "tpm", "banks", "tpm0", "refused");
	assert_answer(facts, "collected('tpm')", "integer 1");
	gvnp_facts_hole(facts, "tpm", "", "tpm1", "refused");
	assert_answer(facts, "collected('tpm')", "null ");
	assert_answer(facts, "collected('tpm', 'tpm0')", "integer 1");
	assert_answer(facts, "collected('tpm', 'tpm1')", "null ");
	assert_answer(facts, "collected('tpm', NULL)", "null ");
}

static void collected_knows_objects_by_number_and_no_other_tables(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	gvnp_facts_collected(facts, "qemu_process_property");
	gvnp_facts_hole(facts, "qemu_process_property", "", "17", "refused");
	assert_answer(facts, "collected('qemu_process_property', 16 + 1)", "null ");
	assert_answer(facts, "collected('qemu_process_property', 18)", "integer 1");
	assert_answer(facts, "collected('tmp')", "collected: there is no table tmp");
	assert_answer(facts, "collected(NULL)", "collected: there is no table NULL");
}

static void a_list_is_sorted_distinct_and_short(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	assert_answer(facts,
		      "(SELECT list(column1) FROM (VALUES ('b'), ('a'), ('b'), ('10'), (9)))",
		      "text 9, 10, a, b");
	assert_answer(facts, "(SELECT list(column1) FROM (VALUES (1)) WHERE 0)", "text ");
	assert_answer(facts, "(SELECT list(column1) FROM (VALUES ('a'), (NULL)))",
		      "text a, (unreadable)");
	assert_answer(facts, "(SELECT list(column1) FROM (VALUES (NULL)))", "text (unreadable)");
	assert_answer(
		facts,
		"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25) "
		"SELECT list(i) FROM n)",
		"text 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, "
		"+5 more");
}

static void versions_compare_number_by_number(void **state)
{
	_cleanup_facts_ struct gvnp_facts *facts = gvnp_facts_new();

	(void)state;
	assert_answer(facts, "version_at_least('9.0.0', '8.10')", "integer 1");
	assert_answer(facts, "version_at_least('8.9', '8.10')", "integer 0");
	assert_answer(facts, "version_at_least('8', '8.0.0')", "integer 1");
	assert_answer(facts, "version_at_least('8', '8.0.1')", "integer 0");
	assert_answer(facts, "version_at_least('8.2.1-1ubuntu3', '8.2.1')", "integer 1");
	assert_answer(facts, "version_at_least(9, '8.10')", "integer 1");
	assert_answer(facts, "version_at_least('', '8')", "null ");
	assert_answer(facts, "version_at_least(NULL, '8')", "null ");
	assert_answer(facts, "version_at_least('rolling', '8')", "null ");
}

static void names_are_found_in_sql_but_not_in_texts_and_comments(void **state)
{
	(void)state;
	struct gvnp_names *names = gvnp_names_of_query(
		"SELECT sysctl('a.b'), SYSCTL_STATE ( 'a.c' ), 'sysctl(''x.y'')', "
		"-- sysctl('c.d')\n"
		"/* sysctl('e.f') */ sysctl('a.b'), \"sysctl\"('g.h'), kconfig('KVM'), "
		"module_parameter('kvm-intel', 'nested'), file_uid('/dev/kvm'), sysctl(x), "
		"cmdline('quiet'), sysctl_configured('i.j'), nosysctl('k.l')");
	assert_int_equal(names->n_sysctl, 3);
	assert_string_equal(names->sysctl[0], "a.b");
	assert_string_equal(names->sysctl[1], "a.c");
	assert_string_equal(names->sysctl[2], "g.h");
	assert_int_equal(names->n_kernel_config, 1);
	assert_string_equal(names->kernel_config[0], "CONFIG_KVM");
	assert_int_equal(names->n_module_parameter, 1);
	assert_string_equal(names->module_parameter[0], "kvm_intel.nested");
	assert_int_equal(names->n_file, 1);
	assert_string_equal(names->file[0], "/dev/kvm");
	gvnp_names_free(names);
}

static void broken_sql_names_nothing_and_does_no_harm(void **state)
{
	static const char *const texts[] = { "",
					     "sysctl(",
					     "sysctl('",
					     "sysctl('a'",
					     "sysctl('a',",
					     "/* sysctl('a')",
					     "\"",
					     "module_parameter('a',)",
					     "((((sysctl",
					     "'''",
					     "--",
					     "file_mode(''''''" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct gvnp_names *names = gvnp_names_of_query(texts[i]);

		assert_int_equal(names->n_sysctl + names->n_file + names->n_module_parameter, 0);
		gvnp_names_free(names);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_an_integer_only_when_the_whole_text_is_one),
		cmocka_unit_test(a_value_is_null_unless_it_is_known),
		cmocka_unit_test(the_four_states_are_told_apart),
		cmocka_unit_test(a_name_that_was_not_requested_is_an_error),
		cmocka_unit_test(an_option_is_found_with_and_without_its_prefix),
		cmocka_unit_test(the_last_boot_parameter_wins_whatever_its_dashes),
		cmocka_unit_test(the_last_configured_sysctl_wins),
		cmocka_unit_test(a_module_is_named_with_dashes_or_underscores),
		cmocka_unit_test(a_setting_has_the_type_of_its_syntax),
		cmocka_unit_test(a_file_is_known_by_its_metadata),
		cmocka_unit_test(collected_is_null_while_rows_may_be_missing),
		cmocka_unit_test(collected_knows_objects_by_number_and_no_other_tables),
		cmocka_unit_test(a_list_is_sorted_distinct_and_short),
		cmocka_unit_test(versions_compare_number_by_number),
		cmocka_unit_test(names_are_found_in_sql_but_not_in_texts_and_comments),
		cmocka_unit_test(broken_sql_names_nothing_and_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
