/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the reader may open is looked up in a sorted list. Here every pattern is tried one after the
 * other instead, and both must agree: on paths made from the patterns, and on paths beside them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "collect/collectors.h"

static bool matches(const char *const *patterns, enum gvnp_operation operation, const char *path)
{
	for (size_t i = 0; patterns[i]; i++) {
		bool is_stat = gvnp_text_starts(patterns[i], "stat:");
		bool is_filter = gvnp_text_starts(patterns[i], "seccomp:");
		const char *pattern = strchr(patterns[i], '/');

		if (!pattern || gvnp_text_starts(patterns[i], "head:") ||
		    gvnp_text_starts(patterns[i], "range:") ||
		    is_filter != (operation == GVNP_SECCOMP) || (is_stat && operation != GVNP_STAT))
			continue;
		if (gvnp_text_matches(pattern, path))
			return true;
	}
	return false;
}

static bool is_any_declared(enum gvnp_operation operation, const char *path)
{
	if (strstr(path, "//") || gvnp_text_ends(path, "/.") || gvnp_text_ends(path, "/..") ||
	    strstr(path, "/./") || strstr(path, "/../"))
		return false;
	for (size_t i = 0; gvnp_collectors[i]; i++)
		if (matches(gvnp_collectors[i]->paths, operation, path))
			return true;
	return false;
}

static size_t n_allowed, n_refused;

static void assert_agreement(const char *path)
{
	static const enum gvnp_operation operations[] = { GVNP_READ, GVNP_LIST, GVNP_LINK,
							  GVNP_STAT, GVNP_MSR,	GVNP_SECCOMP };

	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
		bool is_declared = gvnp_collect_declares(operations[i], path);

		/* The operator's own files are no collector's. */
		if (gvnp_text_starts(path, "/etc/gvnp-audit"))
			continue;
		if (is_declared != is_any_declared(operations[i], path))
			fail_msg("%s: %d", path, is_declared);
		n_allowed += is_declared;
		n_refused += !is_declared;
	}
}

/* The pattern with `word` for each `*`. */
static char *filled(const char *pattern, const char *word)
{
	struct gvnp_buffer path = { 0 };

	for (const char *at = pattern; *at; at++)
		if (*at == '*')
			gvnp_buffer_append_text(&path, word);
		else
			gvnp_buffer_append(&path, at, 1);
	return gvnp_buffer_take(&path);
}

static void try_around(const char *pattern)
{
	static const char *const words[] = { "1", "*", "kvm", ".", "..", "a/b", "" };
	static const char *const tails[] = { "", "/", "/x", "/x/y", "x", "/..", "/*" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		_cleanup_free_ char *path = filled(pattern, words[i]);

		for (size_t k = 0; k < sizeof tails / sizeof *tails; k++) {
			_cleanup_free_ char *longer = gvnp_format("%s%s", path, tails[k]);

			assert_agreement(longer);
		}
		for (char *end; (end = strrchr(path, '/')) && end > path;) {
			assert_agreement(path);
			*end = '\0';
		}
	}
}

static void a_path_is_declared_exactly_when_a_pattern_matches_it(void **state)
{
	(void)state;
	for (size_t i = 0; gvnp_collectors[i]; i++)
		for (size_t k = 0; gvnp_collectors[i]->paths[k]; k++) {
			const char *pattern = strchr(gvnp_collectors[i]->paths[k], '/');

			if (pattern)
				try_around(pattern);
		}
	assert_agreement("/");
	assert_agreement("");
	assert_agreement("etc/passwd");
	/* Neither answer is the only one. */
	assert_true(n_allowed > 1000 && n_refused > 1000);
}

static void operators_files_are_read_and_nothing_beside_them(void **state)
{
	(void)state;
	assert_true(gvnp_collect_declares(GVNP_READ, "/etc/gvnp-audit/declaration.yaml"));
	assert_true(gvnp_collect_declares(GVNP_READ, "/etc/gvnp-audit/checks.d/site-a.yaml"));
	assert_false(gvnp_collect_declares(GVNP_READ, "/etc/gvnp-audit/checks.d/a/b.yaml"));
	assert_false(gvnp_collect_declares(GVNP_READ, "/etc/gvnp-audit/secret"));
}

static void names_that_are_no_paths_belong_to_their_operation(void **state)
{
	(void)state;
	assert_true(gvnp_collect_declares(GVNP_SYSTEM, "clock"));
	assert_true(gvnp_collect_declares(GVNP_LIBVIRT, "domains"));
	assert_false(gvnp_collect_declares(GVNP_READ, "clock"));
	assert_false(gvnp_collect_declares(GVNP_READ, "system"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_is_declared_exactly_when_a_pattern_matches_it),
		cmocka_unit_test(operators_files_are_read_and_nothing_beside_them),
		cmocka_unit_test(names_that_are_no_paths_belong_to_their_operation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
