/* SPDX-License-Identifier: Apache-2.0 */
/* Results are written whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "verbs/output.h"

static char folder[] = "/tmp/gvnp-test-output-XXXXXX";
static const struct gvnp_buffer report = { .data = (char *)"report\n", .size = 7 };

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) && !chdir(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	for (const char *const *name = (const char *const[]){ "report", "link", "other", NULL };
	     *name; name++)
		unlink(*name);
	return chdir("/") || rmdir(folder);
}

static size_t n_files(void)
{
	DIR *directory = opendir(".");
	size_t n = 0;

	assert_non_null(directory);
	for (struct dirent *entry; (entry = readdir(directory));)
		n += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
	closedir(directory);
	return n;
}

static void assert_content(const char *path, const char *expected)
{
	char content[64] = { 0 };
	FILE *file = fopen(path, "re");

	assert_non_null(file);
	size_t size = fread(content, 1, sizeof content - 1, file);
	fclose(file);
	assert_int_equal(size, strlen(expected));
	assert_string_equal(content, expected);
}

static void a_file_appears_complete_and_private(void **state)
{
	struct stat status;

	(void)state;
	assert_int_equal(gvnp_output_write("report", &report), 0);
	assert_content("report", "report\n");
	assert_int_equal(stat("report", &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(n_files(), 1);
}

static void a_file_that_was_there_is_replaced(void **state)
{
	static const struct gvnp_buffer next = { .data = (char *)"next", .size = 4 };

	(void)state;
	assert_int_equal(gvnp_output_write("report", &next), 0);
	assert_content("report", "next");
	assert_int_equal(n_files(), 1);
}

static void a_full_device_is_an_error_and_stays_a_device(void **state)
{
	struct stat status;

	(void)state;
	assert_int_equal(gvnp_output_write("/dev/full", &report), -ENOSPC);
	assert_int_equal(stat("/dev/full", &status), 0);
	assert_true(S_ISCHR(status.st_mode));
}

static void a_path_that_cannot_be_written_leaves_nothing(void **state)
{
	(void)state;
	assert_int_equal(gvnp_output_write("absent/report", &report), -ENOENT);
	assert_int_equal(gvnp_output_write(folder, &report), -EISDIR);
	assert_int_equal(gvnp_output_write("new/", &report), -EISDIR);
	assert_int_equal(n_files(), 1);
}

static void a_link_somebody_may_have_laid_is_not_followed(void **state)
{
	(void)state;
	assert_int_equal(symlink("report", "link"), 0);
	assert_int_equal(gvnp_output_write("link", &report), -ELOOP);
	assert_content("report", "next");
	assert_int_equal(unlink("link"), 0);
	assert_int_equal(symlink("other", "link"), 0);
	assert_int_equal(gvnp_output_write("link", &report), -ENOENT);
	assert_int_equal(access("other", F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_appears_complete_and_private),
		cmocka_unit_test(a_file_that_was_there_is_replaced),
		cmocka_unit_test(a_full_device_is_an_error_and_stays_a_device),
		cmocka_unit_test(a_path_that_cannot_be_written_leaves_nothing),
		cmocka_unit_test(a_link_somebody_may_have_laid_is_not_followed),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
