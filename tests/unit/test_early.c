/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of the live host before anybody asks for it; and what collectors foresee. */
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_host.h"
#include "privilege/reader.h"
#include "source/live.h"

/* ---- a reader that answers with the path, and how often it was asked for anything */

static bool declares_all(enum gvnp_operation operation, const char *path)
{
	(void)operation;
	(void)path;
	return true;
}

static struct gvnp_answers *count(struct gvnp_source *source, const struct gvnp_request *requests,
				  size_t n)
{
	struct gvnp_answers *answers = gvnp_answers_new(n);
	static unsigned n_asked;

	(void)source;
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(requests[i].path, "/end"))
			_exit(0);
		gvnp_answers_set_format(answers, i, "%u %s", ++n_asked, requests[i].path);
	}
	return answers;
}

static void free_nothing(struct gvnp_source *source)
{
	(void)source;
}

struct reader {
	pid_t pid;
	struct gvnp_source *source;
};

static struct reader start(int (*serve)(int socket))
{
	struct gvnp_live ends = { .libvirt = -1, .deadline = gvnp_live_now() + 10000 };
	struct reader reader = { 0 };
	int sockets[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets), 0);
	reader.pid = fork();
	assert_true(reader.pid >= 0);
	if (!reader.pid) {
		close(sockets[0]);
		_exit(serve(sockets[1]));
	}
	close(sockets[1]);
	ends.reader = sockets[0];
	reader.source = gvnp_source_new_live(&ends);
	return reader;
}

static int end(const struct reader *reader)
{
	int status;

	gvnp_source_free(reader->source);
	assert_int_equal(waitpid(reader->pid, &status, 0), reader->pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int serve_counting(int socket)
{
	struct gvnp_source source = { .ask = count, .free = free_nothing };

	return gvnp_reader_serve(socket, &source, declares_all) ? 1 : 0;
}

/* The answer to a read; the caller frees. */
static char *read_one(struct gvnp_source *source, const char *path)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(source, GVNP_READ, "%s", path);

	assert_string_equal(answers->answers[0].problem, "");
	assert_true(gvnp_text_ends(answers->answers[0].data, path));
	return gvnp_duplicate(answers->answers[0].data);
}

/* ---- */

static void what_was_foreseen_is_asked_once_and_answers_everybody(void **state)
{
	static const struct gvnp_request foreseen[] = { { GVNP_READ, "/b" }, { GVNP_READ, "/a" } };
	static const struct gvnp_request mixed[] = {
		{ GVNP_READ, "/a" }, { GVNP_READ, "/c" }, { GVNP_STAT, "/a" }, { GVNP_READ, "/b" }
	};
	static const struct gvnp_request stat = { GVNP_STAT, "/a" };
	struct reader reader = start(serve_counting);

	(void)state;
	gvnp_source_foresee(reader.source, foreseen, 2);
	_cleanup_free_ char *a = read_one(reader.source, "/a");
	_cleanup_free_ char *b = read_one(reader.source, "/b");
	struct gvnp_answers *answers = gvnp_source_ask(reader.source, mixed, 4);
	assert_string_equal(answers->answers[0].data, a);
	assert_string_equal(answers->answers[1].data, "3 /c");
	assert_string_equal(answers->answers[2].data, "4 /a");
	assert_string_equal(answers->answers[3].data, b);
	gvnp_answers_free(answers);
	assert_string_equal(gvnp_source_peek(reader.source, &foreseen[1])->data, a);
	assert_null(gvnp_source_peek(reader.source, &stat));
	assert_int_equal(end(&reader), 0);
}

static void what_was_announced_is_answered_once(void **state)
{
	static const struct gvnp_request batch[] = { { GVNP_READ, "/a" }, { GVNP_READ, "/b" } };
	static const char *const expected[] = { "2 /b", "4 /b", "6 /b" };
	struct reader reader = start(serve_counting);

	(void)state;
	/* The second announcement says nothing new. */
	gvnp_source_announce(reader.source, batch, 2);
	gvnp_source_announce(reader.source, batch, 2);
	assert_null(gvnp_source_peek(reader.source, batch));
	for (int i = 0; i < 3; i++) {
		struct gvnp_answers *answers = gvnp_source_ask(reader.source, batch, 2);

		assert_string_equal(answers->answers[1].data, expected[i]);
		gvnp_answers_free(answers);
		if (i == 1)
			gvnp_source_announce(reader.source, batch, 2);
	}
	assert_int_equal(end(&reader), 0);
}

static void an_announcement_that_nobody_takes_up_does_no_harm(void **state)
{
	static const struct gvnp_request requests[] = { { GVNP_READ, "/a" }, { GVNP_READ, "/b" } };
	struct reader reader = start(serve_counting);

	(void)state;
	gvnp_source_announce(reader.source, requests, 2);
	free(read_one(reader.source, "/c"));
	free(read_one(reader.source, "/a")); /* of another batch than the one announced */
	gvnp_source_announce(reader.source, requests, 1);
	gvnp_source_foresee(reader.source, requests, 2);
	gvnp_source_finish(reader.source);
	assert_null(gvnp_source_note(reader.source));
	end(&reader); /* it may not have been able to say all */
}

/* Each takes a while, so that the reader is at it when somebody asks. */
static struct gvnp_answers *answer_slowly(struct gvnp_source *source,
					  const struct gvnp_request *requests, size_t n)
{
	struct pollfd nothing = { .fd = -1 };

	poll(&nothing, 1, 2);
	return count(source, requests, n);
}

static int serve_slowly(int socket)
{
	struct gvnp_source source = { .ask = answer_slowly, .free = free_nothing };

	return gvnp_reader_serve(socket, &source, declares_all) ? 1 : 0;
}

static void who_asks_does_not_wait_for_what_was_announced(void **state)
{
	enum { N = 200 };
	struct gvnp_request requests[N];
	struct reader reader = start(serve_slowly);

	(void)state;
	for (size_t i = 0; i < N; i++)
		requests[i] = (struct gvnp_request){ GVNP_READ, "/later" };
	gvnp_source_announce(reader.source, requests, N);
	_cleanup_free_ char *now = read_one(reader.source, "/now");
	assert_true(strtoul(now, NULL, 10) < N / 2);
	struct gvnp_answers *answers = gvnp_source_ask(reader.source, requests, N);
	assert_string_equal(answers->answers[N - 1].data, "201 /later");
	gvnp_answers_free(answers);
	assert_int_equal(end(&reader), 0);
}

static void of_a_reader_that_ends_only_what_it_answered_is_known(void **state)
{
	static const struct gvnp_request foreseen[] = { { GVNP_READ, "/a" },
							{ GVNP_READ, "/end" },
							{ GVNP_READ, "/b" } };
	struct reader reader = start(serve_counting);

	(void)state;
	gvnp_source_foresee(reader.source, foreseen, 3);
	for (int i = 0; i < 2; i++) {
		struct gvnp_answers *answers = gvnp_source_ask(reader.source, foreseen, 3);

		/* Answers are sent together, so the first need not have been. */
		assert_true(!answers->answers[0].error || answers->answers[0].error == EPIPE);
		for (size_t k = 1; k < 3; k++)
			assert_int_equal(answers->answers[k].error, EPIPE);
		gvnp_answers_free(answers);
	}
	assert_string_equal(gvnp_source_note(reader.source), "the reader process: Broken pipe");
	assert_int_equal(end(&reader), 0);
}

static struct gvnp_answers *answer_largely(struct gvnp_source *source,
					   const struct gvnp_request *requests, size_t n)
{
	struct gvnp_answers *answers = gvnp_answers_new(n);
	static char bytes[200000];

	(void)source;
	for (size_t i = 0; i < n; i++)
		gvnp_answers_set_data(answers, i, memset(bytes, 'x', sizeof bytes),
				      1000 * strlen(requests[i].path));
	return answers;
}

static int serve_largely(int socket)
{
	struct gvnp_source source = { .ask = answer_largely, .free = free_nothing };

	return gvnp_reader_serve(socket, &source, declares_all) ? 1 : 0;
}

static void more_than_is_held_back_arrives_whole(void **state)
{
	enum { N = 300 };
	struct gvnp_request requests[N];
	char paths[N][200];
	struct reader reader = start(serve_largely);
	struct pollfd nothing = { .fd = -1 };

	(void)state;
	for (size_t i = 0; i < N; i++) {
		memset(paths[i], '/', sizeof paths[i]);
		memset(paths[i] + 1, 'a' + (int)(i % 26), sizeof paths[i] - 1);
		paths[i][1 + i * 7 % 190] = '\0';
		requests[i] = (struct gvnp_request){ GVNP_READ, paths[i] };
	}
	gvnp_source_announce(reader.source, requests, N);
	poll(&nothing, 1, 50); /* the reader answers more than it may keep */
	for (int turn = 0; turn < 2; turn++) {
		struct gvnp_answers *answers = gvnp_source_ask(reader.source, requests, N);

		for (size_t i = 0; i < N; i++)
			assert_int_equal(answers->answers[i].size, 1000 * strlen(paths[i]));
		gvnp_answers_free(answers);
	}
	assert_int_equal(end(&reader), 0);
}

/* ---- what collectors foresee */

struct noting {
	struct gvnp_source source;
	struct gvnp_buffer asked; /* "operation path", a line each */
	int error;		  /* the answer to everything but the files */
	const struct fake_file *files;
	size_t n_files;
	size_t n;
};

static void note(struct noting *noting, const struct gvnp_request *request)
{
	gvnp_buffer_append_format(&noting->asked, "\n%s %s\n",
				  gvnp_source_operation_name(request->operation), request->path);
	noting->n++;
}

static struct gvnp_answers *note_and_fail(struct gvnp_source *source,
					  const struct gvnp_request *requests, size_t n)
{
	struct noting *noting = (struct noting *)source;
	struct fake_host host = { .files = noting->files, .n_files = noting->n_files };
	struct gvnp_answers *answers = fake_ask(&host.source, requests, n);

	for (size_t i = 0; i < n; i++) {
		note(noting, &requests[i]);
		if (answers->answers[i].error)
			gvnp_answers_fail(answers, i, requests[i].path, noting->error);
	}
	return answers;
}

static void note_foreseen(struct gvnp_source *source, const struct gvnp_request *requests, size_t n,
			  bool is_kept)
{
	assert_true(is_kept);
	for (size_t i = 0; i < n; i++)
		note((struct noting *)source, &requests[i]);
}

static void collect_all(struct noting *noting, const struct gvnp_names *names)
{
	struct gvnp_facts *facts = gvnp_facts_new();
	struct gvnp_collection collection = { &noting->source, facts, names };

	noting->source = (struct gvnp_source){ .ask = note_and_fail, .free = free_nothing };
	gvnp_collect(&collection);
	gvnp_facts_free(facts);
}

static void what_is_foreseen_is_asked_of_a_host_that_answers_nothing(void **state)
{
	static const char *const names[] = { "kvm.ignore_msrs", "net/core.x" };
	static const char *const files[] = { "/etc/libvirt/qemu.conf" };
	static const char *const options[] = { "CONFIG_KVM" };
	static const struct gvnp_names wanted = { 2, names, 1, options, 1, names, 1, files };
	static const struct fake_file processes[] = {
		LIST("/proc", "1/"),
		READ("/proc/stat", "btime 1700000000\n"),
	};
	/* Without processes the sockets they hold are not asked for. */
	struct noting hosts[] = {
		{ .error = ENOENT, .files = processes, .n_files = 2 },
		{ .error = GVNP_NOT_RECORDED, .files = processes, .n_files = 2 },
	};
	struct noting foreseen = {
		.source = { .expect = note_foreseen, .free = free_nothing },
	};

	(void)state;
	gvnp_collect_foresee(&foreseen.source);
	gvnp_collect_foresee_names(&foreseen.source, &wanted);
	for (size_t i = 0; i < 2; i++) {
		struct gvnp_slice rest = gvnp_slice(gvnp_buffer_text(&foreseen.asked)), line;

		collect_all(&hosts[i], &wanted);
		while (gvnp_slice_next(&rest, '\n', &line)) {
			_cleanup_free_ char *whole =
				gvnp_format("\n%.*s\n", (int)line.size, line.text);

			if (line.size && !strstr(gvnp_buffer_text(&hosts[i].asked), whole))
				fail_msg("no collector asks any host for %s", whole);
		}
		/* And most of what is asked was foreseen: the list is not forgotten. */
		assert_true(foreseen.n * 10 > hosts[i].n * 8);
		gvnp_buffer_done(&hosts[i].asked);
	}
	gvnp_buffer_done(&foreseen.asked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_foreseen_is_asked_once_and_answers_everybody),
		cmocka_unit_test(what_was_announced_is_answered_once),
		cmocka_unit_test(an_announcement_that_nobody_takes_up_does_no_harm),
		cmocka_unit_test(who_asks_does_not_wait_for_what_was_announced),
		cmocka_unit_test(of_a_reader_that_ends_only_what_it_answered_is_known),
		cmocka_unit_test(more_than_is_held_back_arrives_whole),
		cmocka_unit_test(what_is_foreseen_is_asked_of_a_host_that_answers_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
