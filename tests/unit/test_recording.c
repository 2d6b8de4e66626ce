/* SPDX-License-Identifier: Apache-2.0 */
/* A host recorded and replayed: the same answers, and nothing that was not recorded. */
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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "gvnp/privilege.h"
#include "source/answerer.h"
#include "source/answers.h"
#include "source/recording.h"
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

/* A source with fixed answers; its time goes on at every question. */
struct fixed {
	struct gvnp_source source;
	unsigned n_asked;
};

static const char long_text[] = "0123456789012345678901234567890123456789012345678901234567890123"
				"0123456789012345678901234567890123456789012345678901234567890123"
				"0123456789012345678901234567890123456789012345678901234567890123"
				"0123456789012345678901234567890123456789012345678901234567890123"
				"\n% \0-\xff";

static const struct gvnp_entry entries[] = {
	{ "machine-qemu\\x2d1\\x2da b%.scope", GVNP_TYPE_DIRECTORY, NULL },
	{ "-", GVNP_TYPE_LINK, "-" },
	{ "line\nbreak", GVNP_TYPE_LINK, NULL },
	{ "socket", GVNP_TYPE_SOCKET, NULL },
};

static void fill(struct gvnp_answers *answers, size_t i, const struct gvnp_request *request,
		 unsigned n_asked)
{
	struct gvnp_answer *answer = &answers->answers[i];

	if (!strcmp(request->path, "clock")) {
		gvnp_answers_set_format(answers, i, "%u", 1700000000 + n_asked);
		return;
	}
	if (!strcmp(request->path, "/refused")) {
		gvnp_answers_fail(answers, i, request->path, EACCES);
		return;
	}
	answer->type = GVNP_TYPE_BLOCK;
	answer->mode = 07751;
	answer->uid = 107;
	answer->gid = 4294967295U;
	answer->rdev_major = 8;
	answer->rdev_minor = 17;
	answer->device_major = 259;
	answer->device_minor = 3;
	answer->inode = 18446744073709551615U;
	answer->modified = -5;
	if (!strcmp(request->path, "/long"))
		gvnp_answers_set_data(answers, i, long_text, sizeof long_text - 1);
	if (!strcmp(request->path, "/short"))
		gvnp_answers_set_data(answers, i, "- %\0\n", 5);
	if (request->operation == GVNP_LIST) {
		answer->entries = entries;
		answer->n_entries = 4;
	}
}

static struct gvnp_answers *fixed_ask(struct gvnp_source *source,
				      const struct gvnp_request *requests, size_t n)
{
	struct fixed *fixed = (struct fixed *)source;
	struct gvnp_answers *answers = gvnp_answers_new(n);

	for (size_t i = 0; i < n; i++)
		fill(answers, i, &requests[i], fixed->n_asked++);
	return answers;
}

static void fixed_free(struct gvnp_source *source)
{
	free(source);
}

static struct gvnp_source *new_fixed(void)
{
	struct fixed *fixed = gvnp_allocate(sizeof *fixed);

	fixed->source.ask = fixed_ask;
	fixed->source.free = fixed_free;
	fixed->source.recording = gvnp_recording_new();
	return &fixed->source;
}

static const struct gvnp_request requests[] = {
	{ GVNP_READ, "/long" },	      { GVNP_READ, "/short" },	 { GVNP_LIST, "/" },
	{ GVNP_STAT, "/short" },      { GVNP_READ, "/refused" }, { GVNP_LIBVIRT, "uri" },
	{ GVNP_READ, "/a b\n%\xc3" }, { GVNP_READ, "-" },	 { GVNP_LINK, "/long" },
	{ GVNP_SYSTEM, "clock" },     { GVNP_SYSTEM, "clock" },	 { GVNP_SYSTEM, "clock" },
};
enum { N_REQUESTS = sizeof requests / sizeof *requests };

/* Records the questions above and writes the tar. */
static struct gvnp_answers *record(struct gvnp_buffer *tar)
{
	_cleanup_source_ struct gvnp_source *source = new_fixed();
	struct gvnp_answers *answers = gvnp_source_ask(source, requests, N_REQUESTS);

	assert_int_equal(gvnp_source_record_file(source, "report.json", "{}\n", 3), 0);
	assert_int_equal(gvnp_source_recording(source, tar), 0);
	write_file(tar_path, tar->data, tar->size);
	return answers;
}

static struct gvnp_source *open_recorded(const char *path)
{
	struct gvnp_source *source = NULL;
	char *problem = NULL;

	if (gvnp_source_new_recorded(path, &source, &problem))
		fail_msg("%s: %s", path, problem);
	return source;
}

static bool is_same_entry(const struct gvnp_entry *a, const struct gvnp_entry *b)
{
	return !strcmp(a->name, b->name) && a->type == b->type && !a->link == !b->link &&
	       (!a->link || !strcmp(a->link, b->link));
}

static bool is_same(const struct gvnp_answer *a, const struct gvnp_answer *b)
{
	if (a->error != b->error || strcmp(a->problem, b->problem) || a->size != b->size ||
	    memcmp(a->data, b->data, a->size + 1) || a->n_entries != b->n_entries ||
	    a->type != b->type || a->mode != b->mode || a->uid != b->uid || a->gid != b->gid ||
	    a->rdev_major != b->rdev_major || a->rdev_minor != b->rdev_minor ||
	    a->device_major != b->device_major || a->device_minor != b->device_minor ||
	    a->inode != b->inode || a->modified != b->modified)
		return false;
	for (size_t i = 0; i < a->n_entries; i++)
		if (!is_same_entry(&a->entries[i], &b->entries[i]))
			return false;
	return true;
}

static void assert_replays(const char *path, const struct gvnp_answers *expected)
{
	_cleanup_source_ struct gvnp_source *source = open_recorded(path);
	_cleanup_answers_ struct gvnp_answers *answers =
		gvnp_source_ask(source, requests, N_REQUESTS);

	assert_null(gvnp_source_note(source));
	for (size_t i = 0; i < N_REQUESTS; i++)
		if (!is_same(&answers->answers[i], &expected->answers[i]))
			fail_msg("answer %zu differs", i);
}

static int run(const char *program, const char *arguments[])
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		execvp(program, (char *const *)arguments);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void a_recording_replays_every_field(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer tar = { 0 };
	_cleanup_answers_ struct gvnp_answers *expected = record(&tar);

	(void)state;
	assert_replays(tar_path, expected);
}

static void an_unpacked_and_a_repacked_recording_replay_alike(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer tar = { 0 };
	_cleanup_answers_ struct gvnp_answers *expected = record(&tar);
	_cleanup_free_ char *inner = gvnp_format("%s/gvnp-snapshot", top);
	_cleanup_free_ char *again = gvnp_format("%s/again.tar", top);
	const char *unpack[] = { "tar", "-xf", tar_path, "-C", top, NULL };
	const char *pack[] = { "tar", "-cf", again, "-C", top, "./gvnp-snapshot", NULL };

	(void)state;
	/* Also proves that GNU tar reads what we write. */
	assert_int_equal(run("tar", unpack), 0);
	assert_replays(top, expected);
	assert_replays(inner, expected);
	assert_int_equal(run("tar", pack), 0);
	assert_replays(again, expected);
}

static void equal_contents_are_stored_once(void **state)
{
	_cleanup_source_ struct gvnp_source *source = new_fixed();
	_cleanup_buffer_ struct gvnp_buffer once = { 0 }, often = { 0 };

	(void)state;
	gvnp_answers_free(gvnp_source_ask(source, requests, 1));
	gvnp_source_recording(source, &once);
	for (int i = 0; i < 9; i++)
		gvnp_answers_free(gvnp_source_ask(source, requests, 1));
	gvnp_source_recording(source, &often);
	/* nine lines more in the index, not one member more */
	assert_in_range(often.size, once.size, once.size + 9 * 80 + 512);
}

static void names_in_the_tar_are_harmless(void **state)
{
	_cleanup_source_ struct gvnp_source *source = new_fixed();
	_cleanup_buffer_ struct gvnp_buffer tar = { 0 };
	struct gvnp_answer answer = { .problem = "",
				      .data = long_text,
				      .size = sizeof long_text - 1 };
	struct gvnp_request odd = { GVNP_READ, "/../../etc/\xff\n-rf $(x)/.." };
	struct gvnp_tar scanned;

	(void)state;
	gvnp_recording_add(source->recording, &odd, &answer);
	gvnp_source_recording(source, &tar);
	write_file(tar_path, tar.data, tar.size);
	_cleanup_close_ int fd = open(tar_path, O_RDONLY);
	assert_int_equal(gvnp_tar_scan(fd, &scanned), 0);
	assert_false(scanned.is_cut);
	assert_int_equal(scanned.n, 2);
	assert_string_equal(scanned.members[0].name, "gvnp-snapshot/index");
	assert_string_equal(scanned.members[1].name, "gvnp-snapshot/0001-..-..-etc----rf---x--..");
	gvnp_tar_done(&scanned);
	assert_int_equal(gvnp_source_record_file(source, "../x", "", 0), -EINVAL);
	assert_int_equal(gvnp_source_record_file(source, "index", "", 0), -EINVAL);
	assert_int_equal(gvnp_source_record_file(source, "0001-x", "", 0), -EINVAL);
	assert_int_equal(gvnp_source_record_file(source, ".x", "", 0), -EINVAL);
}

static void the_next_answer_is_given_to_each_equal_question_and_then_the_last(void **state)
{
	static const char *const expected[] = { "1700000009", "1700000010", "1700000011",
						"1700000011" };
	_cleanup_buffer_ struct gvnp_buffer tar = { 0 };

	(void)state;
	gvnp_answers_free(record(&tar));
	_cleanup_source_ struct gvnp_source *source = open_recorded(tar_path);
	for (size_t i = 0; i < 4; i++) {
		_cleanup_answers_ struct gvnp_answers *answers =
			gvnp_source_ask_one(source, GVNP_SYSTEM, "clock");

		assert_string_equal(answers->answers[0].data, expected[i]);
	}
}

static void what_was_not_asked_is_not_recorded(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer tar = { 0 };

	(void)state;
	gvnp_answers_free(record(&tar));
	_cleanup_source_ struct gvnp_source *source = open_recorded(tar_path);
	_cleanup_answers_ struct gvnp_answers *answers =
		gvnp_source_ask_one(source, GVNP_LIST, "/long");
	assert_int_equal(answers->answers[0].error, GVNP_NOT_RECORDED);
	assert_string_equal(answers->answers[0].problem, "/long: not recorded");
	assert_string_equal(answers->answers[0].data, "");
}

static void a_tar_cut_anywhere_never_answers_otherwise(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer tar = { 0 };
	_cleanup_answers_ struct gvnp_answers *expected = record(&tar);
	size_t n_refused = 0, n_partial = 0, n_whole = 0;

	(void)state;
	for (size_t cut = 0; cut < tar.size; cut += 61) {
		struct gvnp_source *source = NULL;
		_cleanup_free_ char *problem = NULL;
		size_t n_missing = 0;

		write_file(tar_path, tar.data, cut);
		if (gvnp_source_new_recorded(tar_path, &source, &problem)) {
			assert_non_null(problem);
			n_refused++;
			continue;
		}
		_cleanup_answers_ struct gvnp_answers *answers =
			gvnp_source_ask(source, requests, N_REQUESTS);
		for (size_t i = 0; i < N_REQUESTS; i++) {
			n_missing += answers->answers[i].error == GVNP_NOT_RECORDED;
			if (answers->answers[i].error != GVNP_NOT_RECORDED)
				assert_true(is_same(&answers->answers[i], &expected->answers[i]));
		}
		assert_int_equal(n_missing != 0, gvnp_source_note(source) != NULL);
		n_partial += n_missing != 0;
		n_whole += !n_missing;
		gvnp_source_free(source);
	}
	assert_true(n_refused > 10 && n_partial > 5 && n_whole > 5);
}

static void a_missing_content_is_told(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer tar = { 0 };
	_cleanup_free_ char *note = gvnp_format("%s: the recording is cut off: the contents of 2 "
						"of its 12 answers are missing and count as not "
						"recorded",
						tar_path);
	size_t index_blocks = 512;

	(void)state;
	gvnp_answers_free(record(&tar));
	while (memcmp(tar.data + index_blocks, "gvnp-snapshot/0001", 18))
		index_blocks += 512;
	write_file(tar_path, tar.data, index_blocks + 512 + 100);
	_cleanup_source_ struct gvnp_source *source = open_recorded(tar_path);
	assert_string_equal(gvnp_source_note(source), note);
	_cleanup_answers_ struct gvnp_answers *answers =
		gvnp_source_ask_one(source, GVNP_READ, "/long");
	assert_int_equal(answers->answers[0].error, GVNP_NOT_RECORDED);
	assert_string_equal(answers->answers[0].problem,
			    "/long: its content 0001-long is missing from the recording");
	assert_int_equal(answers->answers[0].inode, 0);
}

static void a_source_that_does_not_record_has_no_recording(void **state)
{
	_cleanup_source_ struct gvnp_source *source = gvnp_source_new_direct("/");
	_cleanup_buffer_ struct gvnp_buffer tar = { 0 };

	(void)state;
	assert_int_equal(gvnp_source_recording(source, &tar), -ENODATA);
	assert_int_equal(gvnp_source_record_file(source, "a", "", 0), -ENODATA);
	assert_int_equal(tar.size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recording_replays_every_field),
		cmocka_unit_test(an_unpacked_and_a_repacked_recording_replay_alike),
		cmocka_unit_test(equal_contents_are_stored_once),
		cmocka_unit_test(names_in_the_tar_are_harmless),
		cmocka_unit_test(the_next_answer_is_given_to_each_equal_question_and_then_the_last),
		cmocka_unit_test(what_was_not_asked_is_not_recorded),
		cmocka_unit_test(a_tar_cut_anywhere_never_answers_otherwise),
		cmocka_unit_test(a_missing_content_is_told),
		cmocka_unit_test(a_source_that_does_not_record_has_no_recording),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
