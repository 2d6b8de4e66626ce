/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of files: what the reader gives away of a small tree, and of this host. */
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

#include "base/cleanup.h"
#include "base/memory.h"
#include "source/answerer.h"
#include "source/range.h"

#define _cleanup_answers_ _cleanup_(gvnp_answers_freep)

static char top[] = "/tmp/gvnp-range-XXXXXX";

static void write_file(const char *name, const void *data, size_t size)
{
	_cleanup_free_ char *path = gvnp_format("%s/%s", top, name);
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, size), size);
}

static void make(int (*maker)(const char *, mode_t), const char *name)
{
	_cleanup_free_ char *path = gvnp_format("%s/%s", top, name);

	assert_int_equal(maker(path, 0700), 0);
}

static void make_link(const char *target, const char *name)
{
	_cleanup_free_ char *path = gvnp_format("%s/%s", top, name);

	assert_int_equal(symlink(target, path), 0);
}

static int make_tree(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(top));
	make(mkdir, "etc");
	make(mkdir, "usr");
	make(mkdir, "usr/lib");
	make(mkfifo, "fifo");
	write_file("etc/shadow", "root:secret:1::\n", 16);
	write_file("image", "QFI\xfb\0\0\0\3 and the rest", 20);
	write_file("usr/program",
		   "\x7f"
		   "ELF and the rest",
		   17);
	make_link("/image", "link");
	make_link("/etc/shadow", "usr/key");
	make_link("/etc", "usr/lib/ssl");
	return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

static int remove_tree(void **state)
{
	(void)state;
	return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct gvnp_answers *ask(const char *root, const char *range)
{
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = gvnp_source_new_direct(root);

	return gvnp_source_ask_one(source, GVNP_RANGE, "%s", range);
}

#define assert_answer(range, error_, data_)                                                        \
	do {                                                                                       \
		_cleanup_answers_ struct gvnp_answers *a_ = ask(top, (range));                     \
		assert_int_equal(a_->answers[0].error, (error_));                                  \
		assert_int_equal(a_->answers[0].size, strlen(data_));                              \
		assert_memory_equal(a_->answers[0].data, (data_), strlen(data_));                  \
	} while (0)

static void only_the_head_of_a_disk_image_has_bytes(void **state)
{
	(void)state;
	assert_answer("0+4:/image", 0, "QFI\xfb");
	assert_answer("0+4:/link", 0, "QFI\xfb");
	assert_answer("0+4096:/etc/shadow", 0, "");
	assert_answer("8+4:/image", EINVAL, "");
	assert_answer("0+65537:/image", EINVAL, "");
	assert_answer("0+16:/none", ENOENT, "");
}

static void the_answer_without_bytes_still_says_what_the_file_is(void **state)
{
	_cleanup_answers_ struct gvnp_answers *secret = ask(top, "0+4096:/etc/shadow");

	(void)state;
	assert_int_equal(secret->answers[0].type, GVNP_TYPE_REGULAR);
	assert_int_equal(secret->answers[0].mode, 0600);
	assert_true(secret->answers[0].inode != 0);
}

static void programs_are_read_anywhere_but_not_through_links(void **state)
{
	(void)state;
	assert_answer("1+3:/usr/program", 0, "ELF");
	assert_answer("13+100:/usr/program", 0, "rest");
	assert_answer("4096+100:/usr/program", 0, "");
	assert_answer("0+16:/usr/key", ELOOP, "");
	assert_answer("0+16:/usr/lib/ssl/shadow", ELOOP, "");
}

static void what_is_not_stored_is_never_read_in_parts(void **state)
{
	static const char *const ranges[] = { "0+16:/proc/self/maps", "0+16:/proc/kmsg",
					      "0+16:/sys/kernel/mm/transparent_hugepage/enabled",
					      "0+16:/dev/null", "0+16:/etc" };

	(void)state;
	assert_answer("0+16:/fifo", EINVAL, "");
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
		_cleanup_answers_ struct gvnp_answers *answers = ask("/", ranges[i]);

		/* ENOENT: of a /proc or /sys that has no such file */
		assert_true(answers->answers[0].error == EINVAL ||
			    answers->answers[0].error == ENOENT ||
			    answers->answers[0].error == ELOOP ||
			    answers->answers[0].error == GVNP_NOT_HOST_VIEW);
		assert_int_equal(answers->answers[0].size, 0);
	}
}

static void no_request_reaches_out_of_the_root(void **state)
{
	(void)state;
	assert_answer("0+16:/../../../etc/passwd", ENOENT, "");
	assert_answer("0+16:usr/program", EINVAL, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_head_of_a_disk_image_has_bytes),
		cmocka_unit_test(the_answer_without_bytes_still_says_what_the_file_is),
		cmocka_unit_test(programs_are_read_anywhere_but_not_through_links),
		cmocka_unit_test(what_is_not_stored_is_never_read_in_parts),
		cmocka_unit_test(no_request_reaches_out_of_the_root),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
