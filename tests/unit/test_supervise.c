/* SPDX-License-Identifier: Apache-2.0 */
/* The processes of a run: what they hand back, and that none of them hangs or is left behind. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "gvnp/privilege.h"
#include "supervised.h"

/* The worker's lock lets it neither signal nor open. What it wants done it leaves here, and a
 * thread of this process does it. */
static struct wish {
	atomic_int pid, number; /* to signal whom with what */
	atomic_int told[2];	/* processes for the test to watch */
} * wish;

static void *fulfil(void *data)
{
	(void)data;
	for (;; usleep(500)) {
		int pid = atomic_exchange(&wish->pid, 0);

		if (pid > 1)
			kill(pid, atomic_load(&wish->number));
	}
	return NULL;
}

static int start_fulfilling(void **state)
{
	pthread_t thread;
	sigset_t all, old;

	(void)state;
	wish = mmap(NULL, sizeof *wish, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(wish != MAP_FAILED);
	/* It must not take SIGCHLD from the supervisor. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	assert_int_equal(pthread_create(&thread, NULL, fulfil, NULL), 0);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return pthread_detach(thread);
}

/* In the worker. */
static void wish_signal(pid_t pid, int number)
{
	struct timespec moment = { .tv_nsec = 200000 };

	atomic_store(&wish->number, number);
	atomic_store(&wish->pid, pid);
	while (atomic_load(&wish->pid))
		nanosleep(&moment, NULL);
	moment.tv_nsec = 20000000; /* until it has arrived */
	nanosleep(&moment, NULL);
}

static void report_comm(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome)
{
	append_answer(source, outcome, GVNP_READ, "/proc/self/comm");
	append_answer(source, outcome, GVNP_LIBVIRT, "uri");
	gvnp_buffer_append_text(outcome->messages, "a warning\n");
	outcome->status = *(int *)data;
	if (gvnp_source_recording(source, outcome->recording))
		gvnp_buffer_append_text(outcome->messages, "nothing recorded\n");
}

static void the_outcome_of_the_worker_comes_back(void **state)
{
	int status = 1;
	struct gvnp_plan plan = { .work = report_comm, .data = &status, .without_libvirt = true };
	_cleanup_result_ struct result result;

	(void)state;
	supervise(&plan, &result);
	assert_int_equal(result.outcome.status, 1);
	assert_string_equal(result.output.data,
			    "0 test_supervise\n\n"
			    "100005 libvirt uri: libvirt was not asked in this run\n");
	assert_string_equal(result.messages.data, "a warning\nnothing recorded\n");
	assert_int_equal(result.recording.size, 0);
}

static void a_recorded_run_replays_without_any_reader(void **state)
{
	int status = 0;
	char path[] = "/tmp/gvnp-supervise-XXXXXX";
	_cleanup_close_ int fd = mkstemp(path);
	struct gvnp_plan plan = {
		.work = report_comm, .data = &status, .without_libvirt = true, .record = true
	};
	_cleanup_result_ struct result live, replayed;

	(void)state;
	supervise(&plan, &live);
	assert_true(live.recording.size > 1024);
	assert_int_equal(write(fd, live.recording.data, live.recording.size), live.recording.size);
	plan.root = path;
	supervise(&plan, &replayed);
	unlink(path);
	assert_int_equal(replayed.outcome.status, 0);
	assert_string_equal(replayed.output.data, live.output.data);
	/* and recording the replay gives the same recording */
	assert_int_equal(replayed.recording.size, live.recording.size);
	assert_memory_equal(replayed.recording.data, live.recording.data, live.recording.size);
}

static void a_root_that_is_no_recording_is_a_usage_error(void **state)
{
	int status = 0;
	struct gvnp_plan plan = { .work = report_comm, .data = &status, .root = "/nowhere.tar" };
	_cleanup_result_ struct result result;

	(void)state;
	supervise(&plan, &result);
	assert_int_equal(result.outcome.status, 2);
	assert_string_equal(result.messages.data,
			    "gvnp-audit: /nowhere.tar: No such file or directory\n");
}

static void hang(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome)
{
	(void)source;
	(void)data;
	gvnp_buffer_append_text(outcome->output, "half a report");
	for (;;)
		pause();
}

static void a_worker_that_hangs_is_killed_at_the_deadline(void **state)
{
	struct gvnp_plan plan = { .work = hang, .without_libvirt = true, .deadline_ms = 200 };
	_cleanup_result_ struct result result;

	(void)state;
	supervise(&plan, &result);
	assert_int_equal(result.outcome.status, 3);
	assert_int_equal(result.output.size, 0);
	assert_string_equal(result.messages.data, "gvnp-audit: the deadline passed before the "
						  "worker had finished; it was killed\n");
	assert_in_range(result.took_ms, 190, 5000);
}

static void crash(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome)
{
	(void)source;
	(void)data;
	(void)outcome;
	wish_signal(getpid(), SIGKILL); /* like the kernel's out-of-memory killer */
}

static void a_worker_that_crashes_is_named(void **state)
{
	struct gvnp_plan plan = { .work = crash, .without_libvirt = true };
	_cleanup_result_ struct result result;

	(void)state;
	supervise(&plan, &result);
	assert_int_equal(result.outcome.status, 3);
	assert_string_equal(result.messages.data,
			    "gvnp-audit: the worker was killed by signal 9 (Killed)\n");
	assert_in_range(result.took_ms, 0, 5000);
}

static void leave(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome)
{
	(void)source;
	(void)outcome;
	if (write(STDERR_FILENO, "last words\n", 11) == 11)
		_exit(*(int *)data);
}

static void last_words_and_exit_status_of_a_worker_are_told(void **state)
{
	int status = 9;
	struct gvnp_plan plan = { .work = leave, .data = &status, .without_libvirt = true };
	_cleanup_result_ struct result result;

	(void)state;
	supervise(&plan, &result);
	assert_int_equal(result.outcome.status, 3);
	assert_string_equal(result.messages.data,
			    "last words\ngvnp-audit: the worker ended with status 9\n");
	status = 0;
	result_done(&result);
	supervise(&plan, &result);
	assert_int_equal(result.outcome.status, 3);
	assert_string_equal(result.messages.data,
			    "last words\ngvnp-audit: the worker ended without a result\n");
}

/* /proc/self leads the reader to itself. */
static pid_t reader_of(struct gvnp_source *source)
{
	_cleanup_answers_ struct gvnp_answers *answers =
		gvnp_source_ask_one(source, GVNP_LINK, "/proc/self");
	uint64_t pid = 0;

	gvnp_parse_unsigned(answers->answers[0].data, 10, &pid);
	return (pid_t)pid;
}

static void signal_reader(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome)
{
	pid_t pid = reader_of(source);

	if (pid > 1)
		wish_signal(pid, *(int *)data);
	append_answer(source, outcome, GVNP_READ, "/proc/self/comm");
	append_answer(source, outcome, GVNP_READ, "/proc/version");
}

static void a_reader_that_hangs_is_abandoned_and_the_report_written(void **state)
{
	int number = SIGSTOP;
	struct gvnp_plan plan = {
		.work = signal_reader, .data = &number, .without_libvirt = true, .deadline_ms = 800
	};
	_cleanup_result_ struct result result;

	(void)state;
	supervise(&plan, &result);
	assert_int_equal(result.outcome.status, 3);
	assert_string_equal(result.output.data,
			    "100003 /proc/self/comm: no answer before the deadline\n"
			    "100003 /proc/version: no answer before the deadline\n");
	assert_string_equal(result.messages.data,
			    "gvnp-audit: the reader process: no answer before the deadline\n");
	assert_in_range(result.took_ms, 590, 5000);
}

static void a_reader_that_is_killed_is_named_and_the_report_written(void **state)
{
	int number = SIGKILL;
	struct gvnp_plan plan = { .work = signal_reader, .data = &number, .without_libvirt = true };
	_cleanup_result_ struct result result;

	(void)state;
	supervise(&plan, &result);
	assert_int_equal(result.outcome.status, 3);
	assert_non_null(strstr(result.output.data,
			       "/proc/version: the reader process ended before it had answered"));
	assert_non_null(strstr(result.messages.data,
			       "gvnp-audit: the reader was killed by signal 9 (Killed)\n"));
	assert_in_range(result.took_ms, 0, 5000);
}

static void list_descriptors(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome)
{
	(void)data;
	for (int fd = 3; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			gvnp_buffer_append_text(outcome->output, "x");
	append_answer(source, outcome, GVNP_LINK, "/proc/self/fd/0");
	append_answer(source, outcome, GVNP_LINK, "/proc/self/fd/1");
}

static void children_inherit_nothing_they_were_not_given(void **state)
{
	struct gvnp_plan plan = { .work = list_descriptors, .without_libvirt = true };
	_cleanup_result_ struct result result;
	int ours[8];

	(void)state;
	for (size_t i = 0; i < 8; i++)
		ours[i] = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */
	supervise(&plan, &result);
	for (size_t i = 0; i < 8; i++)
		close(ours[i]);
	/* the worker has the socket to the reader and no more */
	assert_string_equal(result.output.data, "x0 /dev/null\n0 /dev/null\n");
}

static void interrupt_parent(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome)
{
	(void)source;
	(void)outcome;
	wish_signal(getppid(), *(int *)data);
	for (;;)
		pause();
}

static void a_signal_to_the_supervisor_ends_all_and_is_told(void **state)
{
	static const int numbers[] = { SIGINT, SIGTERM };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		int number = numbers[i];
		struct gvnp_plan plan = { .work = interrupt_parent,
					  .data = &number,
					  .without_libvirt = true };
		_cleanup_result_ struct result result;

		supervise(&plan, &result);
		assert_int_equal(result.outcome.status, 3);
		assert_int_equal(result.outcome.interrupted_by, number);
		assert_non_null(strstr(result.messages.data, "gvnp-audit: interrupted by signal"));
		assert_in_range(result.took_ms, 0, 5000);
	}
}

/* Tells its pid and the reader's, then hangs. */
static void tell_and_hang(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome)
{
	(void)data;
	(void)outcome;
	atomic_store(&wish->told[0], getpid());
	atomic_store(&wish->told[1], reader_of(source));
	for (;;)
		pause();
}

static bool has_ended(pid_t pid)
{
	_cleanup_free_ char *path = gvnp_format("/proc/%d/stat", (int)pid);
	_cleanup_close_ int fd = open(path, O_RDONLY);
	char text[64] = "";

	/* A zombie, while whoever inherited it has not reaped it yet. */
	return fd < 0 || read(fd, text, sizeof text - 1) <= 0 || strstr(text, ") Z ");
}

static bool wait_until_ended(pid_t pid)
{
	for (int i = 0; i < 500 && !has_ended(pid); i++)
		usleep(10000);
	return has_ended(pid);
}

static void a_killed_supervisor_leaves_no_orphan(void **state)
{
	pid_t pids[2];

	(void)state;
	pid_t supervisor = fork();
	assert_true(supervisor >= 0);
	if (!supervisor) {
		struct gvnp_outcome outcome = { 0 };
		struct gvnp_plan plan = { .work = tell_and_hang,
					  .without_libvirt = true,
					  .declares = declares_all };

		_exit(gvnp_supervise(&plan, &outcome) ? 1 : 0);
	}
	for (int i = 0; i < 500 && !atomic_load(&wish->told[1]); i++)
		usleep(10000);
	for (size_t i = 0; i < 2; i++)
		pids[i] = atomic_load(&wish->told[i]);
	assert_true(pids[0] > 1 && pids[1] > 1);
	assert_false(has_ended(pids[0]));
	assert_false(has_ended(pids[1]));
	kill(supervisor, SIGKILL);
	assert_int_equal(waitpid(supervisor, NULL, 0), supervisor);
	assert_true(wait_until_ended(pids[0]));
	assert_true(wait_until_ended(pids[1]));
}

static int refuse(void *data)
{
	*(int *)data = 7;
	return 2;
}

static void a_refusal_to_prepare_ends_the_run_before_the_worker(void **state)
{
	int seen = 0;
	struct gvnp_plan plan = { .without_libvirt = true,
				  .deadline_ms = 5000,
				  .prepare = refuse,
				  .work = report_comm,
				  .data = &seen };
	_cleanup_result_ struct result result;

	(void)state;
	supervise(&plan, &result);
	assert_int_equal(seen, 7);
	assert_int_equal(result.outcome.status, 2);
	assert_int_equal(result.output.size, 0);
	assert_true(result.took_ms < 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refusal_to_prepare_ends_the_run_before_the_worker),
		cmocka_unit_test(the_outcome_of_the_worker_comes_back),
		cmocka_unit_test(a_recorded_run_replays_without_any_reader),
		cmocka_unit_test(a_root_that_is_no_recording_is_a_usage_error),
		cmocka_unit_test(a_worker_that_hangs_is_killed_at_the_deadline),
		cmocka_unit_test(a_worker_that_crashes_is_named),
		cmocka_unit_test(last_words_and_exit_status_of_a_worker_are_told),
		cmocka_unit_test(a_reader_that_hangs_is_abandoned_and_the_report_written),
		cmocka_unit_test(a_reader_that_is_killed_is_named_and_the_report_written),
		cmocka_unit_test(children_inherit_nothing_they_were_not_given),
		cmocka_unit_test(a_signal_to_the_supervisor_ends_all_and_is_told),
		cmocka_unit_test(a_killed_supervisor_leaves_no_orphan),
	};

	return cmocka_run_group_tests(tests, start_fulfilling, NULL);
}
