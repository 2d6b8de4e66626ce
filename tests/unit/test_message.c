/* SPDX-License-Identifier: Apache-2.0 */
/* Frames between our processes, and the loop of the reader that speaks them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "privilege/reader.h"
#include "source/answerer.h"
#include "source/answers.h"
#include "source/live.h"
#include "source/message.h"
#include "source/pushed.h"

static const struct gvnp_entry entries[] = {
	{ "eth0", GVNP_TYPE_LINK, "../../devices/eth0" },
	{ "file", GVNP_TYPE_REGULAR, NULL },
	{ "refused", GVNP_TYPE_LINK, NULL },
};

static const struct gvnp_answer whole = {
	.error = 0,
	.problem = "",
	.data = "a\0b",
	.size = 3,
	.entries = entries,
	.n_entries = 3,
	.type = GVNP_TYPE_CHARACTER,
	.mode = 04750,
	.uid = 107,
	.gid = 4294967294U,
	.rdev_major = 10,
	.rdev_minor = 232,
	.device_major = 259,
	.device_minor = 1048575,
	.inode = 18446744073709551615U,
	.modified = -1,
};

static void assert_same(const struct gvnp_answer *a, const struct gvnp_answer *b)
{
	assert_int_equal(a->error, b->error);
	assert_string_equal(a->problem, b->problem);
	assert_int_equal(a->size, b->size);
	assert_memory_equal(a->data, b->data, a->size + 1);
	assert_int_equal(a->n_entries, b->n_entries);
	for (size_t i = 0; i < a->n_entries; i++) {
		assert_string_equal(a->entries[i].name, b->entries[i].name);
		assert_int_equal(a->entries[i].type, b->entries[i].type);
		assert_int_equal(!a->entries[i].link, !b->entries[i].link);
		if (a->entries[i].link)
			assert_string_equal(a->entries[i].link, b->entries[i].link);
	}
	assert_int_equal(a->type, b->type);
	assert_int_equal(a->mode, b->mode);
	assert_int_equal(a->uid, b->uid);
	assert_int_equal(a->gid, b->gid);
	assert_int_equal(a->rdev_major, b->rdev_major);
	assert_int_equal(a->rdev_minor, b->rdev_minor);
	assert_int_equal(a->device_major, b->device_major);
	assert_int_equal(a->device_minor, b->device_minor);
	assert_int_equal(a->inode, b->inode);
	assert_int_equal(a->modified, b->modified);
}

static int decode(const char *frame, size_t size)
{
	/* An exact copy, so that a sanitizer sees every byte read beyond the frame. */
	_cleanup_free_ char *copy = malloc(size ? size : 1);
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers = gvnp_answers_new(0);
	struct gvnp_request request;
	struct gvnp_answer answer;
	uint32_t id;

	memcpy(copy, frame, size);
	return gvnp_message_decode_answer(copy, size, answers, &id, &request, &answer);
}

static void an_answer_comes_back_as_it_was_sent(void **state)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers = gvnp_answers_new(0);
	_cleanup_buffer_ struct gvnp_buffer frame = { 0 };
	struct gvnp_request sent = { GVNP_LIBVIRT, "domain/x/xml" }, request;
	struct gvnp_answer answer;
	uint32_t id;
	size_t size;

	(void)state;
	gvnp_message_append_answer(&frame, 77, &sent, &whole);
	assert_int_equal(gvnp_message_size(frame.data, frame.size, 4096, &size), 0);
	assert_int_equal(size, frame.size);
	assert_int_equal(
		gvnp_message_decode_answer(frame.data, size, answers, &id, &request, &answer), 0);
	assert_int_equal(id, 77);
	assert_int_equal(request.operation, GVNP_LIBVIRT);
	assert_string_equal(request.path, "domain/x/xml");
	assert_same(&answer, &whole);
}

static void a_request_comes_back_as_it_was_sent(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer frame = { 0 };
	struct gvnp_request sent = { GVNP_DEVICE_PROGRAMS, "/sys/fs/cgroup/\xff \n" }, request;
	uint32_t id;

	(void)state;
	assert_true(gvnp_message_append_request(&frame, 4000000000U, &sent));
	assert_int_equal(gvnp_message_decode_request(frame.data, frame.size, &id, &request), 0);
	assert_int_equal(id, 4000000000U);
	assert_int_equal(request.operation, GVNP_DEVICE_PROGRAMS);
	assert_string_equal(request.path, sent.path);
}

static void every_shorter_and_every_longer_frame_is_refused(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer frame = { 0 };
	size_t size;

	(void)state;
	gvnp_message_append_answer(&frame, 1, NULL, &whole);
	for (size_t cut = 0; cut < frame.size; cut++) {
		assert_int_equal(decode(frame.data, cut), -EBADMSG);
		assert_int_equal(gvnp_message_size(frame.data, cut, 4096, &size), -EAGAIN);
	}
	assert_int_equal(decode(frame.data, frame.size), 0);
	assert_int_equal(gvnp_message_size(frame.data, frame.size, frame.size - 1, &size),
			 -EBADMSG);
	gvnp_buffer_append(&frame, "", 1);
	assert_int_equal(decode(frame.data, frame.size), -EBADMSG);
	assert_int_equal(gvnp_message_size("\1\0\0\0", 4, 4096, &size), -EBADMSG);
}

static void no_single_changed_byte_makes_the_decoder_read_outside(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer frame = { 0 };
	size_t n_refused = 0;

	(void)state;
	gvnp_message_append_answer(&frame, 1, NULL, &whole);
	for (size_t at = 0; at < frame.size; at++)
		for (int value = 0; value < 256; value += 5) {
			char old = frame.data[at];

			frame.data[at] = (char)value;
			n_refused += decode(frame.data, frame.size) == -EBADMSG;
			frame.data[at] = old;
		}
	assert_true(n_refused > 1000);
}

static void refuse_word(struct gvnp_buffer *frame, size_t word, uint32_t value)
{
	uint32_t old;

	memcpy(&old, frame->data + 4 * word, 4);
	memcpy(frame->data + 4 * word, &value, 4);
	assert_int_equal(decode(frame->data, frame->size), -EBADMSG);
	memcpy(frame->data + 4 * word, &old, 4);
}

static void values_no_encoder_writes_are_refused(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer frame = { 0 }, failed = { 0 };
	struct gvnp_answer failure = { .error = 13, .problem = "", .data = "" };

	(void)state;
	gvnp_message_append_answer(&frame, 1, NULL, &whole);
	refuse_word(&frame, 0, (uint32_t)frame.size + 1);
	refuse_word(&frame, 1, 0x51);		  /* kind */
	refuse_word(&frame, 3, GVNP_LIBVIRT + 1); /* operation */
	refuse_word(&frame, 4, UINT32_MAX);	  /* path */
	refuse_word(&frame, 6, UINT32_MAX);	  /* data */
	refuse_word(&frame, 7, 65536);		  /* entries */
	refuse_word(&frame, 8, 13);		  /* an error without words */
	refuse_word(&frame, 8, (uint32_t)-13);
	refuse_word(&frame, 9, GVNP_TYPE_SOCKET + 1);
	refuse_word(&frame, 10, 010000); /* mode */
	refuse_word(&frame, 17, 1);	 /* reserved */
	gvnp_message_append_answer(&failed, 1, NULL, &failure);
	assert_int_equal(decode(failed.data, failed.size), -EBADMSG);
}

static void an_entry_cannot_be_a_path_or_nameless(void **state)
{
	static const struct gvnp_entry odd[] = { { "a/b", GVNP_TYPE_REGULAR, NULL },
						 { "", GVNP_TYPE_REGULAR, NULL } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		_cleanup_buffer_ struct gvnp_buffer frame = { 0 };
		struct gvnp_answer answer = {
			.problem = "", .data = "", .entries = &odd[i], .n_entries = 1
		};

		gvnp_message_append_answer(&frame, 1, NULL, &answer);
		assert_int_equal(decode(frame.data, frame.size), -EBADMSG);
	}
}

static void odd_requests_are_refused(void **state)
{
	_cleanup_free_ char *path = gvnp_allocate(5001);
	_cleanup_buffer_ struct gvnp_buffer frame = { 0 };
	struct gvnp_request request = { GVNP_READ, "/a" }, decoded;
	uint32_t id;

	(void)state;
	gvnp_message_append_request(&frame, 1, &request);
	for (size_t cut = 0; cut < frame.size; cut++)
		assert_int_equal(gvnp_message_decode_request(frame.data, cut, &id, &decoded),
				 -EBADMSG);
	frame.data[frame.size - 2] = '\0'; /* a NUL inside the path */
	assert_int_equal(gvnp_message_decode_request(frame.data, frame.size, &id, &decoded),
			 -EBADMSG);
	memset(path, 'a', 5000);
	request.path = path;
	assert_false(gvnp_message_append_request(&frame, 1, &request));
}

static bool declares_proc(enum gvnp_operation operation, const char *path)
{
	return operation == GVNP_READ && !strncmp(path, "/proc/", 6);
}

/* A reader of its own on the other end; *ret is ours. */
static pid_t start_reader(int *ret)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		close(ends[0]);
		struct gvnp_source *source = gvnp_source_new_direct("/");
		int error = gvnp_reader_serve(ends[1], source, declares_proc);
		gvnp_source_free(source);
		_exit(error == -EBADMSG ? 7 : error ? 1 : 0);
	}
	close(ends[1]);
	*ret = ends[0];
	return pid;
}

static int wait_for(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void the_reader_opens_only_what_is_declared(void **state)
{
	static const struct gvnp_request requests[] = {
		{ GVNP_READ, "/proc/self/comm" },	  { GVNP_READ, "/etc/passwd" },
		{ GVNP_STAT, "/proc/self/comm" },	  { GVNP_READ, "/proc/../etc/passwd" },
		{ GVNP_READ, "/proc//self/comm" },	  { GVNP_READ, "/proc/./self/comm" },
		{ GVNP_READ, "/proc/self/no-such-file" },
	};
	struct gvnp_live ends = { .libvirt = -1, .deadline = gvnp_live_now() + 10000 };
	pid_t pid = start_reader(&ends.reader);
	struct gvnp_source *source = gvnp_source_new_live(&ends);
	struct gvnp_answers *answers = gvnp_source_ask(source, requests, 7);

	(void)state;
	assert_string_equal(answers->answers[0].data, "test_message\n");
	for (size_t i = 1; i < 6; i++)
		assert_int_equal(answers->answers[i].error, GVNP_NOT_DECLARED);
	assert_string_equal(answers->answers[1].problem,
			    "/etc/passwd: not declared by any collector, so not opened");
	assert_int_equal(answers->answers[6].error, ENOENT);
	gvnp_answers_free(answers);
	gvnp_source_free(source);
	assert_int_equal(wait_for(pid), 0);
}

static void a_large_batch_does_not_deadlock(void **state)
{
	enum { N = 20000 };
	_cleanup_free_ struct gvnp_request *requests = gvnp_allocate_array(N, sizeof *requests);
	struct gvnp_live ends = { .libvirt = -1, .deadline = gvnp_live_now() + 60000 };
	pid_t pid = start_reader(&ends.reader);
	struct gvnp_source *source = gvnp_source_new_live(&ends);

	(void)state;
	for (size_t i = 0; i < N; i++)
		requests[i] = (struct gvnp_request){ GVNP_READ, i % 2 ? "/proc/self/status"
								      : "/proc/no-such-file" };
	struct gvnp_answers *answers = gvnp_source_ask(source, requests, N);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(answers->answers[i].error, i % 2 ? 0 : ENOENT);
	gvnp_answers_free(answers);
	gvnp_source_free(source);
	assert_int_equal(wait_for(pid), 0);
}

static void the_reader_ends_at_odd_input(void **state)
{
	int fd;
	pid_t pid = start_reader(&fd);

	(void)state;
	assert_int_equal(write(fd, "\377\377\377\377 and so on", 14), 14);
	assert_int_equal(wait_for(pid), 7);
	close(fd);
	pid = start_reader(&fd);
	assert_int_equal(write(fd, "\100\0\0", 3), 3); /* half a length, then the end */
	close(fd);
	assert_int_equal(wait_for(pid), 7);
}

static void odd_answers_end_the_trust_in_a_reader(void **state)
{
	struct gvnp_request request = { GVNP_READ, "/proc/self/comm" };
	struct gvnp_live live = { .libvirt = -1, .deadline = gvnp_live_now() + 10000 };
	_cleanup_buffer_ struct gvnp_buffer frame = { 0 };
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	live.reader = ends[0];
	gvnp_message_append_answer(&frame, 5, NULL, &whole); /* the answer to another question */
	assert_int_equal(write(ends[1], frame.data, frame.size), frame.size);
	struct gvnp_source *source = gvnp_source_new_live(&live);
	for (int i = 0; i < 2; i++) {
		_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
			gvnp_source_ask(source, &request, 1);

		assert_int_equal(answers->answers[0].error, EPIPE);
		assert_string_equal(answers->answers[0].problem,
				    "/proc/self/comm: the reader process ended before it had "
				    "answered (Bad message)");
		assert_string_equal(answers->answers[0].data, "");
	}
	assert_string_equal(gvnp_source_note(source), "the reader process: Bad message");
	gvnp_source_free(source);
	close(ends[1]);
}

static void a_silent_reader_is_not_waited_for_beyond_the_deadline(void **state)
{
	struct gvnp_request request = { GVNP_READ, "/proc/self/comm" };
	struct gvnp_live live = { .libvirt = -1, .deadline = gvnp_live_now() + 100 };
	int64_t begin = gvnp_live_now();
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	live.reader = ends[0];
	struct gvnp_source *source = gvnp_source_new_live(&live);
	for (int i = 0; i < 2; i++) {
		_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
			gvnp_source_ask(source, &request, 1);

		assert_int_equal(answers->answers[0].error, GVNP_TIMED_OUT);
		assert_string_equal(answers->answers[0].problem,
				    "/proc/self/comm: no answer before the deadline");
	}
	assert_in_range(gvnp_live_now() - begin, 90, 5000);
	gvnp_source_free(source);
	close(ends[1]);
}

static void push(struct gvnp_buffer *stream, const char *path, int error, const char *text)
{
	struct gvnp_request request = { GVNP_LIBVIRT, path };
	struct gvnp_answer answer = { .error = error,
				      .problem = error ? text : "",
				      .data = error ? "" : text,
				      .size = error ? 0 : strlen(text) };

	gvnp_message_append_answer(stream, 0, &request, &answer);
}

static void assert_pushed(struct gvnp_pushed *pushed, const char *path, int error, const char *text)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers = gvnp_answers_new(1);

	gvnp_pushed_answer(pushed, path, answers, 0);
	assert_int_equal(answers->answers[0].error, error);
	assert_string_equal(error ? answers->answers[0].problem : answers->answers[0].data, text);
}

static void what_libvirt_pushed_answers_later_questions(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer stream = { 0 };
	struct gvnp_pushed *pushed = gvnp_pushed_new(true);

	(void)state;
	push(&stream, "uri", 0, "test:///default");
	push(&stream, "domain/u/xml", GVNP_LIBVIRT_ERROR, "Domain not found");
	push(&stream, "version", 0, "libvirt-daemon 1\n");
	push(&stream, "domains", 0, "");
	push(&stream, "version", 0, "libvirt-daemon 1\nhypervisor 2\n");
	push(&stream, "", 0, "");
	for (size_t i = 0; i < stream.size; i++) {
		assert_false(gvnp_pushed_is_complete(pushed));
		assert_int_equal(gvnp_pushed_add(pushed, stream.data + i, 1), 0);
	}
	assert_true(gvnp_pushed_is_complete(pushed));
	assert_pushed(pushed, "uri", 0, "test:///default");
	assert_pushed(pushed, "domains", 0, "");
	assert_pushed(pushed, "version", 0, "libvirt-daemon 1\nhypervisor 2\n");
	assert_pushed(pushed, "domain/u/xml", GVNP_LIBVIRT_ERROR,
		      "libvirt domain/u/xml: Domain not found");
	assert_pushed(pushed, "nothing", ENOENT, "libvirt nothing: there is none");
	gvnp_pushed_free(pushed);
}

static void what_libvirt_did_not_push_says_why(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer asleep = { 0 }, part = { 0 };
	struct gvnp_pushed *none = gvnp_pushed_new(false), *sleeping = gvnp_pushed_new(true);
	struct gvnp_pushed *late = gvnp_pushed_new(true), *broken = gvnp_pushed_new(true);

	(void)state;
	assert_pushed(none, "uri", GVNP_LIBVIRT_ABSENT,
		      "libvirt uri: libvirt was not asked in this run");
	push(&asleep, "", GVNP_LIBVIRT_ASLEEP, "not woken");
	assert_int_equal(gvnp_pushed_add(sleeping, asleep.data, asleep.size), 0);
	assert_pushed(sleeping, "uri", GVNP_LIBVIRT_ASLEEP, "libvirt uri: not woken");
	push(&part, "uri", 0, "x");
	assert_int_equal(gvnp_pushed_add(late, part.data, part.size), 0);
	gvnp_pushed_time_out(late);
	assert_pushed(late, "uri", 0, "x");
	assert_pushed(late, "type", GVNP_TIMED_OUT, "libvirt type: no answer before the deadline");
	assert_int_equal(gvnp_pushed_add(broken, part.data, part.size), 0);
	assert_int_equal(gvnp_pushed_add(broken, "\0\0\0\0", 4), -EBADMSG);
	assert_int_equal(gvnp_pushed_add(broken, part.data, part.size), -EBADMSG);
	assert_pushed(broken, "uri", 0, "x");
	assert_pushed(broken, "type", GVNP_LIBVIRT_ERROR,
		      "libvirt type: the libvirt reader ended before it had answered");
	gvnp_pushed_free(none);
	gvnp_pushed_free(sleeping);
	gvnp_pushed_free(late);
	gvnp_pushed_free(broken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_comes_back_as_it_was_sent),
		cmocka_unit_test(a_request_comes_back_as_it_was_sent),
		cmocka_unit_test(every_shorter_and_every_longer_frame_is_refused),
		cmocka_unit_test(no_single_changed_byte_makes_the_decoder_read_outside),
		cmocka_unit_test(values_no_encoder_writes_are_refused),
		cmocka_unit_test(an_entry_cannot_be_a_path_or_nameless),
		cmocka_unit_test(odd_requests_are_refused),
		cmocka_unit_test(the_reader_opens_only_what_is_declared),
		cmocka_unit_test(a_large_batch_does_not_deadlock),
		cmocka_unit_test(the_reader_ends_at_odd_input),
		cmocka_unit_test(odd_answers_end_the_trust_in_a_reader),
		cmocka_unit_test(a_silent_reader_is_not_waited_for_beyond_the_deadline),
		cmocka_unit_test(what_libvirt_pushed_answers_later_questions),
		cmocka_unit_test(what_libvirt_did_not_push_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
