/* SPDX-License-Identifier: Apache-2.0 */
/* What the reader does with requests it must not serve, and what is said of processes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "gvnp/privilege.h"
#include "privilege/reader.h"
#include "source/answerer.h"
#include "source/message.h"
#include "supervised.h"

static size_t n_asked;

static struct gvnp_answers *count(struct gvnp_source *source, const struct gvnp_request *requests,
				  size_t n)
{
	(void)source;
	(void)requests;
	n_asked += n;
	fail_msg("%s was asked for", requests[0].path);
	return NULL;
}

/* The reader in this process, over what was written to it; what it answers is in *ret. */
static int serve(const char *bytes, size_t size, struct gvnp_buffer *ret)
{
	struct gvnp_source source = { .ask = count };
	char answers[8192];
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(write(ends[0], bytes, size), size);
	assert_int_equal(shutdown(ends[0], SHUT_WR), 0);
	int error = gvnp_reader_serve(ends[1], &source, declares_all);
	close(ends[1]);
	ssize_t got = read(ends[0], answers, sizeof answers);
	assert_true(got >= 0);
	gvnp_buffer_append(ret, answers, (size_t)got);
	close(ends[0]);
	return error;
}

static void a_path_with_a_detour_is_never_asked_for(void **state)
{
	static const struct gvnp_request requests[] = {
		{ GVNP_READ, "/proc/../etc/shadow" },  { GVNP_READ, "/proc/./version" },
		{ GVNP_READ, "/proc//version" },       { GVNP_READ, "etc/passwd" },
		{ GVNP_RANGE, "0+16:/usr/../etc/shadow" }, { GVNP_RANGE, "/usr/bin/true" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
		_cleanup_buffer_ struct gvnp_buffer bytes = { 0 }, answer = { 0 };

		gvnp_message_append_request(&bytes, 7, &requests[i]);
		assert_int_equal(serve(bytes.data, bytes.size, &answer), 0);
		assert_non_null(memmem(answer.data, answer.size, requests[i].path,
				       strlen(requests[i].path)));
	}
	assert_int_equal(n_asked, 0);
}

static void the_reader_stops_at_what_is_no_request(void **state)
{
	static const struct gvnp_request request = { GVNP_READ, "/proc/../version" };
	_cleanup_buffer_ struct gvnp_buffer bytes = { 0 }, answer = { 0 };
	char garbage[64];

	(void)state;
	memset(garbage, 0xff, sizeof garbage);
	assert_true(serve(garbage, sizeof garbage, &answer) < 0);
	gvnp_message_append_request(&bytes, 7, &request);
	assert_int_equal(serve(bytes.data, bytes.size - 1, &answer), -EBADMSG);
	assert_int_equal(gvnp_reader_serve(-1, NULL, declares_all), -EBADF);
	assert_int_equal(answer.size, 0);
}

static void ask_for_filters(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome)
{
	(void)data;
	append_answer(source, outcome, GVNP_SECCOMP, "/proc/self");
}

static void the_deep_reader_serves_declared_processes_only(void **state)
{
	_cleanup_result_ struct result result = { 0 };
	struct gvnp_plan plan = { .work = ask_for_filters, .without_libvirt = true, .is_deep = true };

	(void)state;
	supervise(&plan, &result);
	assert_int_equal(result.outcome.status, 0);
	assert_non_null(strstr(gvnp_buffer_text(&result.output), "/proc/self"));
}

static void a_process_that_is_gone_is_said_to_be_unreadable(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer words = { 0 };

	(void)state;
	gvnp_held_describe(&(struct gvnp_held){ "the reader", 0x3fffffff, "nothing" }, &words);
	assert_non_null(strstr(gvnp_buffer_text(&words), "unreadable"));
	gvnp_buffer_clear(&words);
	gvnp_held_describe(&(struct gvnp_held){ "the reader", 0, "nothing" }, &words);
	assert_string_equal(gvnp_buffer_text(&words), "the reader does not run\n");
}

static void that_no_record_can_be_made_has_a_reason(void **state)
{
	const char *why = gvnp_privilege_record_refusal();

	(void)state;
	if (why)
		assert_true(strlen(why) > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_with_a_detour_is_never_asked_for),
		cmocka_unit_test(the_reader_stops_at_what_is_no_request),
		cmocka_unit_test(the_deep_reader_serves_declared_processes_only),
		cmocka_unit_test(a_process_that_is_gone_is_said_to_be_unreadable),
		cmocka_unit_test(that_no_record_can_be_made_has_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
