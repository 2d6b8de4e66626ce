/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals at random moments of a run on this host: SIGKILL leaves nothing partial and nobody
 * behind, SIGTERM and SIGINT besides end it with a status that says so.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "faults.h"
#include "source/live.h"

enum { KILLS = 50, STOPS = 20 };

static bool is_there(const char *path)
{
	return !access(path, F_OK);
}

/* Starts one of the two ways to write. */
static void start(struct faults_run *run, bool is_recorded, const char *report,
		  const char *recording)
{
	const char *const arguments[] = { faults_program,
					  is_recorded ? "snapshot" : "run",
					  "--checks",
					  faults_checks,
					  "--connect",
					  "test:///default",
					  "--format",
					  "json",
					  "-o",
					  report,
					  is_recorded ? recording : NULL,
					  NULL };

	faults_start(run, arguments, NULL, 0);
}

/* How long an undisturbed run takes, which makes the moments. */
static unsigned measure(bool is_recorded, const char *report, const char *recording)
{
	struct faults_run run;

	start(&run, is_recorded, report, recording);
	faults_wait(&run, 20000);
	assert_true(WIFEXITED(run.status) && WEXITSTATUS(run.status) <= 1);
	assert_true(faults_is_whole_report(report));
	return (unsigned)run.took_ms * 1000;
}

static void assert_whole_or_absent(const char *report, const char *recording, bool is_clean_folder)
{
	_cleanup_free_ char *files = faults_files();

	if (is_there(report) && !faults_is_whole_report(report))
		fail_msg("%s is not whole", report);
	if (is_there(recording) && !faults_is_whole_recording(recording))
		fail_msg("%s is not whole", recording);
	if (is_clean_folder && strstr(files, ".gvnp-audit"))
		fail_msg("left in the folder: %s", files);
}

/* One run with a signal at a moment; returns the status of waitpid. */
static int disturb(int number, bool is_recorded, unsigned moment, bool is_clean_folder)
{
	_cleanup_free_ char *report = faults_path("report");
	_cleanup_free_ char *recording = faults_path("recording.tar");
	struct faults_run run;

	start(&run, is_recorded, report, recording);
	usleep(moment);
	kill(run.pid, number); /* not reaped yet */
	int64_t sent = gvnp_live_now();
	faults_wait(&run, 20000);
	int64_t took = gvnp_live_now() - sent;
	if (took > 2000)
		fail_msg("signal %d after %u us: ended only %d ms later", number, moment,
			 (int)took);
	if (!faults_nobody_left())
		fail_msg("signal %d after %u us: somebody is left running", number, moment);
	assert_whole_or_absent(report, recording, is_clean_folder);
	return run.status;
}

static void a_run_may_be_killed_at_any_moment(void **state)
{
	_cleanup_free_ char *report = faults_path("report");
	_cleanup_free_ char *recording = faults_path("recording.tar");
	unsigned seed = faults_seed(), n_killed = 0;
	int n = faults_is_long ? 20 * KILLS : KILLS;
	unsigned lasts[2];

	(void)state;
	for (int i = 0; i < 2; i++)
		lasts[i] = measure(i, report, recording);
	for (int i = 0; i < n; i++) {
		/* half of them find the outputs of the run before */
		if (i % 4 > 1)
			faults_empty_folder();
		int status = disturb(SIGKILL, i % 2, (unsigned)rand_r(&seed) % lasts[i % 2], false);

		n_killed += WIFSIGNALED(status);
	}
	printf("%u of %d runs were killed before their end\n", n_killed, n);
	assert_true(n_killed > (unsigned)n / 5);
	for (int i = 0; i < 2; i++)
		measure(i, report, recording);
	assert_whole_or_absent(report, recording, true);
}

static void a_run_that_is_told_to_stop_says_so(void **state)
{
	_cleanup_free_ char *report = faults_path("report");
	_cleanup_free_ char *recording = faults_path("recording.tar");
	unsigned seed = faults_seed(), n_stopped = 0;
	int n = faults_is_long ? 20 * STOPS : STOPS;
	unsigned lasts[2];

	(void)state;
	for (int i = 0; i < 2; i++)
		lasts[i] = measure(i, report, recording);
	for (int i = 0; i < n; i++) {
		int number = i % 4 > 1 ? SIGINT : SIGTERM;

		faults_empty_folder();
		int status = disturb(number, i % 2, (unsigned)rand_r(&seed) % lasts[i % 2], true);
		bool is_finished = WIFEXITED(status) && WEXITSTATUS(status) <= 1;
		_cleanup_free_ char *said = faults_said();

		if (is_finished)
			assert_true(is_there(report));
		else if (WIFEXITED(status))
			assert_int_equal(WEXITSTATUS(status), 3);
		else
			assert_int_equal(WTERMSIG(status), number);
		if (WIFEXITED(status) && !is_finished)
			assert_non_null(strstr(said, "interrupted by signal"));
		n_stopped += !is_finished;
	}
	printf("%u of %d runs were stopped before their end\n", n_stopped, n);
	assert_true(n_stopped > (unsigned)n / 5);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_may_be_killed_at_any_moment),
		cmocka_unit_test(a_run_that_is_told_to_stop_says_so),
	};

	if (!faults_begin(argc, argv))
		return 2;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	faults_end();
	return failed;
}
