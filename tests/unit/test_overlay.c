/* SPDX-License-Identifier: Apache-2.0 */
/* Tailoring and declaration of the command line stand in for the host's, and for nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/answerer.h"
#include "source/answers.h"
#include "verbs/overlay.h"

static char folder[] = "/tmp/gvnp-test-overlay-XXXXXX";

/* A host on which every file exists and holds "host". */
static struct gvnp_answers *answer_host(struct gvnp_source *source,
					const struct gvnp_request *requests, size_t n_requests)
{
	struct gvnp_answers *answers = gvnp_answers_new(n_requests);

	(void)source, (void)requests;
	for (size_t i = 0; i < n_requests; i++)
		gvnp_answers_set_data(answers, i, "host", 4);
	return answers;
}

static void keep(struct gvnp_source *source)
{
	(void)source;
}

static struct gvnp_source host = { .ask = answer_host, .free = keep };

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(name, 0666), 0);
}

static int prepare(void **state)
{
	(void)state;
	if (!mkdtemp(folder) || chdir(folder) || mkdir("tailoring", 0755))
		return -1;
	write_file("tailoring/10-site.yaml", "given");
	write_file("tailoring/notes.txt", "not read");
	write_file("declared.yaml", "declared");
	return 0;
}

static int clean(void **state)
{
	(void)state;
	return unlink("tailoring/10-site.yaml") || unlink("tailoring/notes.txt") ||
	       rmdir("tailoring") || unlink("declared.yaml") || chdir("/") || rmdir(folder);
}

static void assert_answer(struct gvnp_source *source, enum gvnp_operation operation,
			  const char *path, int error, const char *data)
{
	struct gvnp_answers *answers = gvnp_source_ask_one(source, operation, "%s", path);

	assert_int_equal(answers->answers[0].error, error);
	if (!error)
		assert_string_equal(answers->answers[0].data, data);
	gvnp_answers_free(answers);
}

static void given_files_replace_the_hosts_and_are_trusted(void **state)
{
	struct gvnp_overlay *overlay;
	char *problem;

	(void)state;
	assert_int_equal(gvnp_overlay_new("tailoring", "declared.yaml", &overlay, &problem), 0);
	struct gvnp_source *source = gvnp_overlay_source(overlay, &host);
	struct gvnp_answers *answers =
		gvnp_source_ask_one(source, GVNP_READ, "/etc/gvnp-audit/tailoring.d/10-site.yaml");
	assert_string_equal(answers->answers[0].data, "given");
	assert_int_equal(answers->answers[0].uid, 0);
	assert_int_equal(answers->answers[0].mode & 022, 0);
	gvnp_answers_free(answers);
	assert_answer(source, GVNP_READ, "/etc/gvnp-audit/declaration.yaml", 0, "declared");
	/* the host's own files of that folder are not there, and nothing else is touched */
	assert_answer(source, GVNP_READ, "/etc/gvnp-audit/tailoring.d/20-host.yaml", ENOENT, "");
	assert_answer(source, GVNP_READ, "/etc/gvnp-audit/checks.d/site-a.yaml", 0, "host");
	assert_answer(source, GVNP_READ, "/etc/gvnp-audit/tailoring.dx", 0, "host");
	assert_answer(source, GVNP_SYSTEM, "clock", 0, "host");
	gvnp_source_free(source);
	gvnp_overlay_free(overlay);
}

static void what_was_not_given_stays_the_hosts(void **state)
{
	struct gvnp_overlay *overlay;
	char *problem;

	(void)state;
	assert_int_equal(gvnp_overlay_new(NULL, "declared.yaml", &overlay, &problem), 0);
	struct gvnp_source *source = gvnp_overlay_source(overlay, &host);
	assert_answer(source, GVNP_READ, "/etc/gvnp-audit/tailoring.d/20-host.yaml", 0, "host");
	gvnp_source_free(source);
	gvnp_overlay_free(overlay);
}

static void mixed_questions_are_answered_in_their_order(void **state)
{
	const struct gvnp_request requests[] = {
		{ GVNP_READ, "/etc/hosts" },
		{ GVNP_READ, "/etc/gvnp-audit/declaration.yaml" },
		{ GVNP_LIST, "/etc/gvnp-audit/tailoring.d" },
	};
	struct gvnp_overlay *overlay;
	char *problem;

	(void)state;
	assert_int_equal(gvnp_overlay_new("tailoring", "declared.yaml", &overlay, &problem), 0);
	struct gvnp_source *source = gvnp_overlay_source(overlay, &host);
	struct gvnp_answers *answers = gvnp_source_ask(source, requests, 3);
	assert_string_equal(answers->answers[0].data, "host");
	assert_string_equal(answers->answers[1].data, "declared");
	assert_int_equal(answers->answers[2].n_entries, 2);
	assert_string_equal(answers->answers[2].entries[0].name, "10-site.yaml");
	gvnp_answers_free(answers);
	gvnp_source_free(source);
	gvnp_overlay_free(overlay);
}

static void a_path_that_is_not_there_is_refused_by_name(void **state)
{
	struct gvnp_overlay *overlay;
	char *problem = NULL;

	(void)state;
	assert_int_equal(gvnp_overlay_new("absent", NULL, &overlay, &problem), -EINVAL);
	assert_non_null(strstr(problem, "absent"));
	free(problem);
	assert_int_equal(gvnp_overlay_new(NULL, "tailoring", &overlay, &problem), -EINVAL);
	free(problem);
}

static void problems_name_the_file_as_it_was_given(void **state)
{
	struct gvnp_overlay *overlay;
	char *problem, *path;

	(void)state;
	assert_int_equal(gvnp_overlay_new("tailoring", "declared.yaml", &overlay, &problem), 0);
	path = gvnp_overlay_given_path(overlay, "/etc/gvnp-audit/tailoring.d/10-site.yaml");
	assert_string_equal(path, "tailoring/10-site.yaml");
	free(path);
	path = gvnp_overlay_given_path(overlay, "/etc/gvnp-audit/declaration.yaml");
	assert_string_equal(path, "declared.yaml");
	free(path);
	path = gvnp_overlay_given_path(NULL, "/etc/gvnp-audit/declaration.yaml");
	assert_string_equal(path, "/etc/gvnp-audit/declaration.yaml");
	free(path);
	gvnp_overlay_free(overlay);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_files_replace_the_hosts_and_are_trusted),
		cmocka_unit_test(what_was_not_given_stays_the_hosts),
		cmocka_unit_test(mixed_questions_are_answered_in_their_order),
		cmocka_unit_test(a_path_that_is_not_there_is_refused_by_name),
		cmocka_unit_test(problems_name_the_file_as_it_was_given),
	};

	return cmocka_run_group_tests(tests, prepare, clean);
}
