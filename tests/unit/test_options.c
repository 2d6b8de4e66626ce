/* SPDX-License-Identifier: Apache-2.0 */
/* The command line is parsed strictly, and --help says what is parsed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "verbs/options.h"

static struct gvnp_options options;
static const char *words[16];
static char *problem;

static const struct gvnp_verb *verb(const char *name)
{
	const struct gvnp_verb *found = gvnp_verbs;

	while (strcmp(found->name, name))
		found++;
	return found;
}

#define parse(name, ...)                                                                           \
	({                                                                                         \
		const char *argv[] = { __VA_ARGS__ };                                              \
		free(problem);                                                                     \
		problem = NULL;                                                                    \
		gvnp_options_parse(verb(name), sizeof argv / sizeof *argv, (char *const *)argv,    \
				   words, &options, &problem);                                     \
	})

static int forget(void **state)
{
	(void)state;
	free(problem);
	problem = NULL;
	return 0;
}

static void values_stand_behind_a_blank_or_an_equals_sign(void **state)
{
	(void)state;
	assert_int_equal(parse("run", "--root", "a.tar", "--deadline=20", "-o", "out",
			       "--gvnp-type", "2", "--fail-on=high", "--now=1700000000", "--all"),
			 GVNP_OPTIONS_RUN);
	assert_string_equal(options.root, "a.tar");
	assert_int_equal(options.deadline_ms, 20000);
	assert_string_equal(options.output, "out");
	assert_int_equal(options.gvnp_type, 2);
	assert_true(options.has_fail_on);
	assert_int_equal(options.fail_on, GVNP_HIGH);
	assert_int_equal(options.now, 1700000000);
	assert_true(options.is_everything);
}

static void defaults_are_the_live_host_type_3_and_ten_seconds(void **state)
{
	(void)state;
	assert_int_equal(parse("run", "--no-colour"), GVNP_OPTIONS_RUN);
	assert_null(options.root);
	assert_null(options.output);
	assert_int_equal(options.gvnp_type, 3);
	assert_int_equal(options.deadline_ms, 10000);
	assert_false(options.has_fail_on);
	assert_false(options.has_now);
}

static void nothing_is_guessed(void **state)
{
	static const char *const bad[] = { "--roo=x",
					   "--Root=x",
					   "--deadline=5s",
					   "--deadline=0",
					   "--deadline=3601",
					   "--deadline=+5",
					   "--gvnp-type=1",
					   "--fail-on=severe",
					   "--now=-1",
					   "--activate=yes",
					   "--root=",
					   "--root",
					   "-x",
					   "-oout",
					   "--frobnicate" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (parse("run", bad[i]) != GVNP_OPTIONS_BAD)
			fail_msg("%s was taken", bad[i]);
		assert_true(strlen(problem) > 0);
	}
}

static void an_option_of_another_verb_is_refused(void **state)
{
	(void)state;
	assert_int_equal(parse("lint", "--root=x", "checks"), GVNP_OPTIONS_BAD);
	assert_non_null(strstr(problem, "--root is not an option of lint"));
	/* a recording holds the host's own clock and tailoring */
	assert_int_equal(parse("snapshot", "--now=1", "a.tar"), GVNP_OPTIONS_BAD);
	assert_int_equal(parse("run", "--redact"), GVNP_OPTIONS_BAD);
	assert_non_null(strstr(problem, "--redact is not an option of run"));
	assert_int_equal(parse("snapshot", "--redact=x", "a.tar"), GVNP_OPTIONS_BAD);
	assert_int_equal(parse("snapshot", "--tailoring=x", "a.tar"), GVNP_OPTIONS_BAD);
}

static void arguments_are_counted(void **state)
{
	(void)state;
	assert_int_equal(parse("run", "tun"), GVNP_OPTIONS_BAD);
	assert_non_null(strstr(problem, "'tun'"));
	assert_int_equal(parse("explain", "--checks=x"), GVNP_OPTIONS_BAD);
	assert_int_equal(parse("explain", "a", "b"), GVNP_OPTIONS_BAD);
	assert_int_equal(parse("lint", "a", "b", "c"), GVNP_OPTIONS_RUN);
	assert_int_equal(options.n_arguments, 3);
	assert_null(options.arguments[3]);
}

static void behind_two_dashes_everything_is_an_argument(void **state)
{
	(void)state;
	assert_int_equal(parse("query", "--", "--root"), GVNP_OPTIONS_RUN);
	assert_string_equal(options.arguments[0], "--root");
	assert_null(options.root);
}

static void a_recording_may_be_recorded_again_redacted(void **state)
{
	(void)state;
	assert_int_equal(parse("snapshot", "--redact", "out.tar", "--root", "in.tar"),
			 GVNP_OPTIONS_RUN);
	assert_true(options.is_redacted);
	assert_string_equal(options.root, "in.tar");
	assert_string_equal(options.arguments[0], "out.tar");
}

static void help_wins_over_missing_arguments(void **state)
{
	(void)state;
	assert_int_equal(parse("explain", "--help"), GVNP_OPTIONS_HELP);
	assert_int_equal(parse("explain", "-h"), GVNP_OPTIONS_HELP);
}

static void help_names_every_verb_and_fits_80_columns(void **state)
{
	struct gvnp_buffer text = { 0 };
	size_t width = 0;

	(void)state;
	gvnp_options_help(&text, NULL);
	for (const struct gvnp_verb *each = gvnp_verbs; each->name; each++) {
		assert_non_null(strstr(gvnp_buffer_text(&text), each->name));
		gvnp_options_help(&text, each);
	}
	for (const char *at = gvnp_buffer_text(&text); *at; at++) {
		width = *at == '\n' ? 0 : width + 1;
		assert_true(width <= 80);
	}
	gvnp_buffer_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(values_stand_behind_a_blank_or_an_equals_sign, forget),
		cmocka_unit_test_teardown(defaults_are_the_live_host_type_3_and_ten_seconds,
					  forget),
		cmocka_unit_test_teardown(nothing_is_guessed, forget),
		cmocka_unit_test_teardown(an_option_of_another_verb_is_refused, forget),
		cmocka_unit_test_teardown(arguments_are_counted, forget),
		cmocka_unit_test_teardown(behind_two_dashes_everything_is_an_argument, forget),
		cmocka_unit_test_teardown(a_recording_may_be_recorded_again_redacted, forget),
		cmocka_unit_test_teardown(help_wins_over_missing_arguments, forget),
		cmocka_unit_test_teardown(help_names_every_verb_and_fits_80_columns, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
