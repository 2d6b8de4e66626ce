/* SPDX-License-Identifier: Apache-2.0 */
/* The direct answerer on a small tree made for the purpose, and on this host. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "source/answerer.h"
#include "source/limits.h"

#define _cleanup_answers_ _cleanup_(gvnp_answers_freep)

static char top[] = "/tmp/gvnp-source-XXXXXX";
static char *root, *outside;

static void write_file(const char *folder, const char *name, const void *data, size_t size)
{
	_cleanup_free_ char *path = gvnp_format("%s/%s", folder, name);
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0640);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, size), size);
	assert_int_equal(fchmod(fd, 0640), 0);
}

static void make_link(const char *target, const char *name)
{
	_cleanup_free_ char *path = gvnp_format("%s/%s", root, name);

	assert_int_equal(symlink(target, path), 0);
}

static int make_tree(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(top));
	root = gvnp_format("%s/root", top);
	outside = gvnp_format("%s/outside", top);
	_cleanup_free_ char *etc = gvnp_format("%s/etc", root);
	_cleanup_free_ char *empty = gvnp_format("%s/empty", root);
	_cleanup_free_ char *fifo = gvnp_format("%s/fifo", root);
	assert_int_equal(mkdir(root, 0755) | mkdir(outside, 0755) | mkdir(etc, 0755) |
				 mkdir(empty, 0755),
			 0);
	write_file(outside, "secret", "secret", 6);
	write_file(etc, "plain", "one\0two\n", 8);
	write_file(etc, "nothing", "", 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	make_link("plain", "etc/relative");
	make_link("/etc/plain", "etc/absolute");
	make_link("../../../../../../../../../../../../etc/passwd", "etc/up");
	make_link("nowhere", "dangling");
	make_link("loop", "loop");
	make_link(outside, "out");
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
	free(root);
	free(outside);
	return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct gvnp_answers *ask_root(const char *directory, enum gvnp_operation operation,
				     const char *path)
{
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = gvnp_source_new_direct(directory);
	struct gvnp_answers *answers = gvnp_source_ask_one(source, operation, "%s", path);

	assert_int_equal(answers->n, 1);
	assert_non_null(answers->answers[0].problem);
	assert_non_null(answers->answers[0].data);
	assert_int_equal(!answers->answers[0].error, !answers->answers[0].problem[0]);
	return answers;
}

static struct gvnp_answers *ask(enum gvnp_operation operation, const char *path)
{
	return ask_root(root, operation, path);
}

static void assert_data(const struct gvnp_answers *answers, const char *data, size_t size)
{
	assert_string_equal(answers->answers[0].problem, "");
	assert_int_equal(answers->answers[0].size, size);
	assert_memory_equal(answers->answers[0].data, data, size);
	assert_int_equal(answers->answers[0].data[size], '\0');
}

static void assert_error(const struct gvnp_answers *answers, int error, const char *problem)
{
	assert_int_equal(answers->answers[0].error, error);
	assert_string_equal(answers->answers[0].problem, problem);
	assert_int_equal(answers->answers[0].size, 0);
}

static void a_regular_file_is_read_with_its_metadata(void **state)
{
	_cleanup_answers_ struct gvnp_answers *answers = ask(GVNP_READ, "/etc/plain");
	_cleanup_free_ char *path = gvnp_format("%s/etc/plain", root);
	const struct gvnp_answer *answer = &answers->answers[0];
	struct stat status;

	(void)state;
	assert_data(answers, "one\0two\n", 8);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(answer->type, GVNP_TYPE_REGULAR);
	assert_int_equal(answer->mode, 0640);
	assert_int_equal(answer->uid, geteuid());
	assert_int_equal(answer->inode, status.st_ino);
	assert_int_equal(answer->modified, status.st_mtime);
	assert_int_equal(answer->device_major, major(status.st_dev));
	assert_int_equal(answer->device_minor, minor(status.st_dev));
}

static void an_empty_file_is_not_an_error(void **state)
{
	_cleanup_answers_ struct gvnp_answers *answers = ask(GVNP_READ, "/etc/nothing");

	(void)state;
	assert_data(answers, "", 0);
}

static void links_are_followed_inside_the_root_only(void **state)
{
	_cleanup_answers_ struct gvnp_answers *relative = ask(GVNP_READ, "/etc/relative");
	_cleanup_answers_ struct gvnp_answers *absolute = ask(GVNP_READ, "/etc/absolute");
	_cleanup_answers_ struct gvnp_answers *up = ask(GVNP_READ, "/etc/up");
	_cleanup_answers_ struct gvnp_answers *dots = ask(GVNP_READ, "/../../../etc/passwd");
	_cleanup_answers_ struct gvnp_answers *out = ask(GVNP_READ, "/out/secret");
	_cleanup_answers_ struct gvnp_answers *loop = ask(GVNP_READ, "/loop");

	(void)state;
	assert_data(relative, "one\0two\n", 8);
	assert_data(absolute, "one\0two\n", 8);
	assert_error(up, ENOENT, "/etc/up: No such file or directory");
	assert_error(dots, ENOENT, "/../../../etc/passwd: No such file or directory");
	assert_error(out, ENOENT, "/out/secret: No such file or directory");
	assert_error(loop, ELOOP, "/loop: Too many levels of symbolic links");
}

static void a_fifo_is_looked_at_and_not_opened(void **state)
{
	_cleanup_answers_ struct gvnp_answers *read = ask(GVNP_READ, "/fifo");
	_cleanup_answers_ struct gvnp_answers *stat = ask(GVNP_STAT, "/fifo");

	(void)state;
	assert_error(read, EINVAL, "/fifo: is a FIFO, and only regular files are read");
	assert_int_equal(read->answers[0].type, GVNP_TYPE_FIFO);
	assert_int_equal(read->answers[0].mode, 0600);
	assert_int_equal(stat->answers[0].error, 0);
	assert_int_equal(stat->answers[0].type, GVNP_TYPE_FIFO);
}

static void a_socket_is_looked_at_and_not_opened(void **state)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)state;
	assert_true(snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", root) <
		    (int)sizeof address.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	_cleanup_answers_ struct gvnp_answers *answers = ask(GVNP_READ, "/socket");
	assert_error(answers, EINVAL, "/socket: is a socket, and only regular files are read");
	assert_int_equal(answers->answers[0].type, GVNP_TYPE_SOCKET);
}

static void a_device_is_looked_at_and_not_opened(void **state)
{
	_cleanup_answers_ struct gvnp_answers *answers = ask_root("/", GVNP_READ, "/dev/zero");

	(void)state;
	if (answers->answers[0].error == GVNP_NOT_HOST_VIEW)
		skip();
	assert_error(answers, EINVAL,
		     "/dev/zero: is a character device, and only regular files are read");
	assert_int_equal(answers->answers[0].type, GVNP_TYPE_CHARACTER);
	assert_int_equal(answers->answers[0].rdev_major, 1);
	assert_int_equal(answers->answers[0].rdev_minor, 5);
}

static void a_directory_is_not_a_file(void **state)
{
	_cleanup_answers_ struct gvnp_answers *answers = ask(GVNP_READ, "/etc");

	(void)state;
	assert_error(answers, EISDIR, "/etc: is a directory, and only regular files are read");
	assert_int_equal(answers->answers[0].type, GVNP_TYPE_DIRECTORY);
}

static void a_file_at_its_limit_is_kept_and_one_byte_more_is_too_large(void **state)
{
	_cleanup_free_ char *bytes = gvnp_allocate(GVNP_LIMIT_READ + 1);

	(void)state;
	write_file(root, "big", bytes, GVNP_LIMIT_READ);
	_cleanup_answers_ struct gvnp_answers *kept = ask(GVNP_READ, "/big");
	assert_int_equal(kept->answers[0].error, 0);
	assert_int_equal(kept->answers[0].size, GVNP_LIMIT_READ);
	write_file(root, "big", bytes, GVNP_LIMIT_READ + 1);
	_cleanup_answers_ struct gvnp_answers *refused = ask(GVNP_READ, "/big");
	assert_error(refused, GVNP_TOO_LARGE, "/big: larger than 1024 KiB");
	assert_int_equal(refused->answers[0].type, GVNP_TYPE_REGULAR);
}

static void limits_are_higher_for_a_few_paths(void **state)
{
	(void)state;
	assert_int_equal(gvnp_limits_of("/proc/7/smaps"), 4 << 20);
	assert_int_equal(gvnp_limits_of("/boot/config-6.1.0-1-amd64"), 4 << 20);
	assert_int_equal(gvnp_limits_of("/proc/7/status"), GVNP_LIMIT_READ);
	assert_int_equal(gvnp_limits_of("/proc/smaps"), GVNP_LIMIT_READ);
}

static void a_listing_is_sorted_with_types_and_targets(void **state)
{
	static const struct gvnp_entry expected[] = {
		{ "absolute", GVNP_TYPE_LINK, "/etc/plain" },
		{ "nothing", GVNP_TYPE_REGULAR, NULL },
		{ "plain", GVNP_TYPE_REGULAR, NULL },
		{ "relative", GVNP_TYPE_LINK, "plain" },
		{ "up", GVNP_TYPE_LINK, "../../../../../../../../../../../../etc/passwd" },
	};
	_cleanup_answers_ struct gvnp_answers *answers = ask(GVNP_LIST, "/etc");
	_cleanup_answers_ struct gvnp_answers *empty = ask(GVNP_LIST, "/empty");
	_cleanup_answers_ struct gvnp_answers *file = ask(GVNP_LIST, "/etc/plain");

	(void)state;
	assert_int_equal(answers->answers[0].n_entries, 5);
	for (size_t i = 0; i < 5; i++) {
		const struct gvnp_entry *entry = &answers->answers[0].entries[i];

		assert_string_equal(entry->name, expected[i].name);
		assert_int_equal(entry->type, expected[i].type);
		if (expected[i].link)
			assert_string_equal(entry->link, expected[i].link);
		else
			assert_null(entry->link);
	}
	assert_int_equal(answers->answers[0].type, GVNP_TYPE_DIRECTORY);
	assert_int_equal(empty->answers[0].error, 0);
	assert_int_equal(empty->answers[0].n_entries, 0);
	assert_error(file, ENOTDIR, "/etc/plain: Not a directory");
}

static void a_link_gives_its_target_even_when_it_dangles(void **state)
{
	_cleanup_answers_ struct gvnp_answers *link = ask(GVNP_LINK, "/dangling");
	_cleanup_answers_ struct gvnp_answers *stat = ask(GVNP_STAT, "/dangling");
	_cleanup_answers_ struct gvnp_answers *file = ask(GVNP_LINK, "/etc/plain");

	(void)state;
	assert_data(link, "nowhere", 7);
	assert_int_equal(link->answers[0].type, GVNP_TYPE_LINK);
	assert_error(stat, ENOENT, "/dangling: No such file or directory");
	assert_error(file, EINVAL, "/etc/plain: is a regular file, not a link");
}

static void magic_links_are_told_but_not_read_through(void **state)
{
	_cleanup_free_ char *path = gvnp_format("/proc/%d/exe", (int)getpid());
	_cleanup_answers_ struct gvnp_answers *link = ask_root("/", GVNP_LINK, path);
	_cleanup_answers_ struct gvnp_answers *read = ask_root("/", GVNP_READ, path);
	_cleanup_answers_ struct gvnp_answers *stat = ask_root("/", GVNP_STAT, path);
	_cleanup_free_ char *fds = gvnp_format("/proc/%d/fd", (int)getpid());
	_cleanup_answers_ struct gvnp_answers *list = ask_root("/", GVNP_LIST, fds);

	(void)state;
	assert_int_equal(link->answers[0].error, 0);
	assert_non_null(strstr(link->answers[0].data, "test_source"));
	assert_int_equal(read->answers[0].error, ELOOP);
	assert_int_equal(stat->answers[0].type, GVNP_TYPE_REGULAR);
	assert_true(list->answers[0].n_entries >= 3);
	assert_string_equal(list->answers[0].entries[0].name, "0");
	assert_int_equal(list->answers[0].entries[0].type, GVNP_TYPE_LINK);
	assert_non_null(list->answers[0].entries[0].link);
}

static void files_of_proc_are_read_to_their_end_whatever_their_size_says(void **state)
{
	_cleanup_answers_ struct gvnp_answers *answers =
		ask_root("/", GVNP_READ, "/proc/self/status");

	(void)state;
	assert_int_equal(answers->answers[0].error, 0);
	assert_non_null(strstr(answers->answers[0].data, "\nnonvoluntary_ctxt_switches:"));
}

/* A socket that listens on a port of its own; the table says it as ":PORT ". */
static int listen_somewhere(char *ret, size_t size)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
	snprintf(ret, size, ":%04X ", ntohs(address.sin_port));
	return fd;
}

static void a_table_of_connections_is_read_to_its_end(void **state)
{
	enum { N = 90 }; /* three pages of the kernel's */
	_cleanup_free_ char *path = gvnp_format("/proc/%d/net/tcp", (int)getpid());
	char ports[N][16];
	int sockets[N];

	(void)state;
	for (size_t n = 0; n < N; n++) {
		sockets[n] = listen_somewhere(ports[n], sizeof ports[n]);
		_cleanup_answers_ struct gvnp_answers *answers = ask_root("/", GVNP_READ, path);

		for (size_t i = 0; i <= n; i++)
			assert_non_null(strstr(answers->answers[0].data, ports[i]));
		assert_int_equal(answers->answers[0].data[answers->answers[0].size - 1], '\n');
	}
	for (size_t n = 0; n < N; n++)
		close(sockets[n]);
	assert_true(gvnp_limits_is_end(path, 0) && gvnp_limits_is_end("/proc/1/net/tcp6", 3583));
	assert_false(gvnp_limits_is_end(path, 3584));
	assert_false(gvnp_limits_is_end("/proc/1/net/unix", 10));
	assert_false(gvnp_limits_is_end("/etc/net/tcp", 10));
}

static void odd_questions_are_answered_with_an_error(void **state)
{
	_cleanup_answers_ struct gvnp_answers *relative = ask(GVNP_READ, "etc/plain");
	_cleanup_answers_ struct gvnp_answers *empty = ask(GVNP_STAT, "");
	_cleanup_answers_ struct gvnp_answers *system = ask(GVNP_SYSTEM, "colour");
	_cleanup_answers_ struct gvnp_answers *libvirt = ask(GVNP_LIBVIRT, "uri");
	_cleanup_answers_ struct gvnp_answers *programs = ask(GVNP_DEVICE_PROGRAMS, "/etc");
	_cleanup_answers_ struct gvnp_answers *gone = ask_root("/nowhere", GVNP_READ, "/a");

	(void)state;
	assert_error(relative, EINVAL, "etc/plain: Invalid argument");
	assert_error(empty, EINVAL, ": Invalid argument");
	assert_error(system, EINVAL, "colour: no such system question");
	assert_int_equal(libvirt->answers[0].error, GVNP_LIBVIRT_ABSENT);
	assert_true(programs->answers[0].error == EBADF || programs->answers[0].error == EPERM);
	assert_error(gone, ENOENT, "/a: No such file or directory");
}

static void the_system_is_described_line_by_line(void **state)
{
	_cleanup_answers_ struct gvnp_answers *clock = ask(GVNP_SYSTEM, "clock");
	_cleanup_answers_ struct gvnp_answers *uname = ask(GVNP_SYSTEM, "uname");
	_cleanup_answers_ struct gvnp_answers *identity = ask(GVNP_SYSTEM, "identity");
	_cleanup_free_ char *uid = gvnp_format("%u\n", (unsigned)geteuid());

	(void)state;
	assert_true(strtoll(clock->answers[0].data, NULL, 10) > 1600000000);
	assert_int_equal(strncmp(uname->answers[0].data, "Linux\n", 6), 0);
	assert_int_equal(strncmp(identity->answers[0].data, uid, strlen(uid)), 0);
	assert_int_equal(identity->answers[0].size, strlen(uid) + 17);
}

static void the_file_system_is_told_by_its_magic(void **state)
{
	_cleanup_answers_ struct gvnp_answers *answers = ask_root("/", GVNP_FILESYSTEM, "/proc");

	(void)state;
	assert_data(answers, "0x9fa0", 6);
}

struct seen {
	size_t n;
	char paths[4][32];
};

static void see(void *data, const struct gvnp_request *request, const struct gvnp_answer *answer)
{
	struct seen *seen = data;

	assert_true(seen->n < 4);
	snprintf(seen->paths[seen->n++], 32, "%s %d", request->path, answer->error);
}

static void an_observer_sees_every_question_in_order(void **state)
{
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = gvnp_source_new_direct(root);
	struct gvnp_request requests[] = { { GVNP_READ, "/etc/plain" }, { GVNP_STAT, "/none" } };
	struct seen seen = { 0 };

	(void)state;
	gvnp_source_observe(source, see, &seen);
	gvnp_answers_free(gvnp_source_ask(source, requests, 2));
	gvnp_source_observe(source, NULL, NULL);
	gvnp_answers_free(gvnp_source_ask(source, requests, 2));
	assert_int_equal(seen.n, 2);
	assert_string_equal(seen.paths[0], "/etc/plain 0");
	assert_string_equal(seen.paths[1], "/none 2");
}

static void sha256_is_the_one_of_the_standard(void **state)
{
	char digest[GVNP_SHA256_TEXT];

	(void)state;
	gvnp_sha256("abc", 3, digest); /* FIPS 180-4, example */
	assert_string_equal(digest,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_regular_file_is_read_with_its_metadata),
		cmocka_unit_test(an_empty_file_is_not_an_error),
		cmocka_unit_test(links_are_followed_inside_the_root_only),
		cmocka_unit_test(a_fifo_is_looked_at_and_not_opened),
		cmocka_unit_test(a_socket_is_looked_at_and_not_opened),
		cmocka_unit_test(a_device_is_looked_at_and_not_opened),
		cmocka_unit_test(a_directory_is_not_a_file),
		cmocka_unit_test(a_file_at_its_limit_is_kept_and_one_byte_more_is_too_large),
		cmocka_unit_test(limits_are_higher_for_a_few_paths),
		cmocka_unit_test(a_listing_is_sorted_with_types_and_targets),
		cmocka_unit_test(a_link_gives_its_target_even_when_it_dangles),
		cmocka_unit_test(magic_links_are_told_but_not_read_through),
		cmocka_unit_test(files_of_proc_are_read_to_their_end_whatever_their_size_says),
		cmocka_unit_test(a_table_of_connections_is_read_to_its_end),
		cmocka_unit_test(odd_questions_are_answered_with_an_error),
		cmocka_unit_test(the_system_is_described_line_by_line),
		cmocka_unit_test(the_file_system_is_told_by_its_magic),
		cmocka_unit_test(an_observer_sees_every_question_in_order),
		cmocka_unit_test(sha256_is_the_one_of_the_standard),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
