/* SPDX-License-Identifier: Apache-2.0 */
/* Recordings made by hand: what is none is refused, and nothing outside is reached. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "source/answerer.h"
#include "source/tar.h"

#define _cleanup_source_ _cleanup_(gvnp_source_freep)
#define _cleanup_answers_ _cleanup_(gvnp_answers_freep)

static char top[] = "/tmp/gvnp-recording-XXXXXX";
static char *tar_path;

static int make_folder(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(top));
	tar_path = gvnp_format("%s/a.tar", top);
	return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

static int remove_folder(void **state)
{
	(void)state;
	free(tar_path);
	return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void write_file(const char *path, const void *data, size_t size)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, size), size);
}

static struct gvnp_source *open_recorded(const char *path)
{
	struct gvnp_source *source = NULL;
	char *problem = NULL;

	if (gvnp_source_new_recorded(path, &source, &problem))
		fail_msg("%s: %s", path, problem);
	return source;
}

static void assert_refused(const char *path, const char *words)
{
	struct gvnp_source *source = NULL;
	_cleanup_free_ char *problem = NULL;

	assert_int_equal(gvnp_source_new_recorded(path, &source, &problem), -EINVAL);
	assert_null(source);
	assert_string_equal(problem, words);
}

/* A tar with this index and one further file. */
static void write_index(const char *index, const char *name, const char *content)
{
	_cleanup_buffer_ struct gvnp_buffer tar = { 0 };

	gvnp_tar_append(&tar, "gvnp-snapshot/index", index, strlen(index));
	gvnp_tar_append(&tar, name, content, strlen(content));
	gvnp_tar_finish(&tar);
	write_file(tar_path, tar.data, tar.size);
}

#define HEAD "gvnp-snapshot 1\n"
#define METADATA "none 0 0 0 0:0 0:0 0 0"

static void what_is_no_snapshot_is_refused_in_plain_words(void **state)
{
	static const struct {
		const char *index, *words;
	} cases[] = {
		{ "gvnp-snapshot 2\nend\n",
		  "the snapshot has format 2, this program reads format 1" },
		{ "something\nend\n", "its index is not one of a gvnp-audit snapshot" },
		{ "", "its index is not one of a gvnp-audit snapshot" },
		{ HEAD, "its index is cut off" },
		{ HEAD "end\nend\n", "line 2 of its index is not understood" },
		{ HEAD "read /a 0 - " METADATA " data 0\nend\n",
		  "line 2 of its index is not understood" },
		{ HEAD "read /a 0 - " METADATA " data 0 - x\nend\n",
		  "line 2 of its index is not understood" },
		{ HEAD "read /a 13 - " METADATA " data 0 -\nend\n", /* an error without words */
		  "line 2 of its index is not understood" },
		{ HEAD "read /a -1 a " METADATA " data 0 -\nend\n",
		  "line 2 of its index is not understood" },
		{ HEAD "read /a%00b 0 - " METADATA " data 0 -\nend\n",
		  "line 2 of its index is not understood" },
		{ HEAD "read /a 0 - " METADATA " data 2 =a\nend\n",
		  "line 2 of its index is not understood" },
		{ HEAD "read /a 0 - " METADATA " data 1 =%4\nend\n",
		  "line 2 of its index is not understood" },
		{ HEAD "read /a 0 - " METADATA " data 6 ../secret\nend\n",
		  "line 2 of its index is not understood" },
		{ HEAD "read /a 0 - " METADATA " data 6 .secret\nend\n",
		  "line 2 of its index is not understood" },
		{ HEAD "write /a 0 - " METADATA " data 0 -\nend\n",
		  "line 2 of its index is not understood" },
	};
	_cleanup_free_ char *empty = gvnp_format("%s/empty", top);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		write_index(cases[i].index, "x", "");
		assert_refused(tar_path, cases[i].words);
	}
	write_file(tar_path, "\x1f\x8b\x08 compressed", 14);
	assert_refused(tar_path, "not a tar file (a compressed snapshot is to be unpacked first)");
	assert_refused("/nowhere/a.tar", "No such file or directory");
	assert_refused("/dev/null", "neither a file nor a folder");
	assert_int_equal(mkdir(empty, 0700), 0);
	assert_refused(empty, "no gvnp-snapshot/index in this folder: not a snapshot");
}

static void a_member_of_another_size_or_elsewhere_is_not_recorded(void **state)
{
	static const char index[] = HEAD "read /a 0 - " METADATA " data 6 0001-a\n"
					 "list /b 0 - " METADATA " list 6 0001-a\nend\n";
	static const struct {
		const char *name, *content;
		bool is_recorded;
	} cases[] = {
		{ "gvnp-snapshot/0001-a", "secret", true },
		{ "gvnp-snapshot/0001-a", "secrets", false },
		{ "0001-a", "secret", false },
		{ "gvnp-snapshot/x/0001-a", "secret", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		write_index(index, cases[i].name, cases[i].content);
		_cleanup_source_ struct gvnp_source *source = open_recorded(tar_path);
		_cleanup_answers_ struct gvnp_answers *read =
			gvnp_source_ask_one(source, GVNP_READ, "/a");
		_cleanup_answers_ struct gvnp_answers *list =
			gvnp_source_ask_one(source, GVNP_LIST, "/b");

		assert_int_equal(read->answers[0].error,
				 cases[i].is_recorded ? 0 : GVNP_NOT_RECORDED);
		/* "secret" is no listing */
		assert_int_equal(list->answers[0].error, GVNP_NOT_RECORDED);
	}
}

static void a_link_in_an_unpacked_recording_leads_nowhere(void **state)
{
	static const char index[] = HEAD "read /a 0 - " METADATA " data 6 0001-a\nend\n";
	_cleanup_free_ char *folder = gvnp_format("%s/linked", top);
	_cleanup_free_ char *path = gvnp_format("%s/index", folder);
	_cleanup_free_ char *link = gvnp_format("%s/0001-a", folder);
	_cleanup_free_ char *secret = gvnp_format("%s/secret", top);

	(void)state;
	assert_int_equal(mkdir(folder, 0700), 0);
	write_file(path, index, sizeof index - 1);
	write_file(secret, "secret", 6);
	assert_int_equal(symlink("../secret", link), 0);
	_cleanup_source_ struct gvnp_source *source = open_recorded(folder);
	_cleanup_answers_ struct gvnp_answers *answers =
		gvnp_source_ask_one(source, GVNP_READ, "/a");
	assert_int_equal(answers->answers[0].error, GVNP_NOT_RECORDED);
	assert_non_null(gvnp_source_note(source));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_snapshot_is_refused_in_plain_words),
		cmocka_unit_test(a_member_of_another_size_or_elsewhere_is_not_recorded),
		cmocka_unit_test(a_link_in_an_unpacked_recording_leads_nowhere),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
