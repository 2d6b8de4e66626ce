/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Too few descriptors and too little memory. Nothing becomes better for it: a run either reports
 * what it saw, or ends with status 3 and names what ended it.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "faults.h"

static struct rlimit limit;
static int limited;

static void lower(void)
{
	setrlimit(limited, &limit);
}

static void run(const char *root, void (*prepare)(void), const char *report, struct faults_run *ret)
{
	const char *const arguments[] = { faults_program,
					  "run",
					  "--checks",
					  faults_checks,
					  "--format",
					  "json",
					  "-o",
					  report,
					  root ? "--root" : "--connect",
					  root ? root : "test:///default",
					  NULL };

	unlink(report);
	faults_start(ret, arguments, prepare, 0);
	faults_wait(ret, 20000);
	assert_true(ret->took_ms < 10500);
	assert_true(faults_nobody_left());
}

/* What passes only under the fault. The host lives on meanwhile, so it is looked at once more. */
static const char *improved_by(const char *root, const char *report, const char *baseline)
{
	const char *improved = faults_improved(report, baseline);
	struct faults_run again;

	if (!improved)
		return NULL;
	run(root, NULL, baseline, &again);
	return faults_improved(report, baseline);
}

/* Looks at a run under a limit; true if it completed. */
static bool examine(const struct faults_run *told, const char *root, const char *report,
		    const char *baseline, const char *what, unsigned long value)
{
	int status = WIFEXITED(told->status) ? WEXITSTATUS(told->status) : -1;
	bool has_report = !access(report, F_OK);
	_cleanup_free_ char *said = faults_said();
	const char *improved = has_report ? improved_by(root, report, baseline) : NULL;

	/* 127: not even the program could be started */
	if (status < 0 || (status > 3 && status != 127))
		fail_msg("%s %lu: status %d (%x): %s", what, value, status, (unsigned)told->status,
			 said);
	if (has_report && !faults_is_whole_report(report))
		fail_msg("%s %lu: the report is not whole", what, value);
	if (improved)
		fail_msg("%s %lu: %s passes only then", what, value, improved);
	if (status >= 2 && !*said)
		fail_msg("%s %lu: status %d without a word", what, value, status);
	if (status <= 1 && !has_report)
		fail_msg("%s %lu: status %d without a report", what, value, status);
	return status <= 1;
}

static void sweep(int resource, const char *what, const char *root, unsigned long from,
		  unsigned long to, unsigned long step)
{
	_cleanup_free_ char *report = faults_path("report");
	_cleanup_free_ char *baseline = faults_path("baseline");
	unsigned long n_failed = 0, n = 0;
	struct faults_run told;
	bool is_complete = false;

	run(root, NULL, baseline, &told);
	assert_true(faults_is_whole_report(baseline));
	for (unsigned long value = from; value <= to; value += step, n++) {
		limited = resource;
		limit = (struct rlimit){ value, value };
		run(root, lower, report, &told);
		is_complete = examine(&told, root, report, baseline, what, value);
		n_failed += !is_complete;
	}
	printf("%s: %lu of %lu runs could not complete\n", what, n_failed, n);
	assert_true(n_failed > 0);
	assert_true(is_complete);
}

static void too_few_descriptors_make_nothing_better(void **state)
{
	(void)state;
	sweep(RLIMIT_NOFILE, "RLIMIT_NOFILE", NULL, 3, 40, faults_is_long ? 1 : 2);
	sweep(RLIMIT_NOFILE, "RLIMIT_NOFILE, replay", GVNP_RECORDING, 3, 24,
	      faults_is_long ? 1 : 3);
}

static void too_little_memory_makes_nothing_better(void **state)
{
	const unsigned long step = faults_is_long ? 16 * 1024 : 192 * 1024;
	const unsigned long mebibyte = 1024 * 1024;

	(void)state;
	if (faults_is_sanitized)
		skip(); /* their shadow alone is terabytes */
	sweep(RLIMIT_DATA, "RLIMIT_DATA, replay", GVNP_RECORDING, mebibyte, 8 * mebibyte, step);
	sweep(RLIMIT_DATA, "RLIMIT_DATA", NULL, mebibyte, 8 * mebibyte, step * 2);
	sweep(RLIMIT_AS, "RLIMIT_AS", NULL, 8 * mebibyte, 128 * mebibyte, step * 32);
}

static void a_small_memory_cgroup_makes_nothing_better(void **state)
{
	(void)state;
	if (faults_is_sanitized || !faults_group_make(32))
		skip(); /* before anything is held: it does not come back */
	_cleanup_free_ char *report = faults_path("report");
	_cleanup_free_ char *baseline = faults_path("baseline");
	unsigned n_failed = 0;
	struct faults_run told;

	run(NULL, NULL, baseline, &told);
	run(NULL, faults_group_enter, report, &told);
	bool completes_in_32 = examine(&told, NULL, report, baseline, "memory.max in MiB", 32);
	for (unsigned mebibytes = 31; mebibytes >= 2; mebibytes -= faults_is_long ? 1 : 3) {
		if (!faults_group_limit(mebibytes))
			continue; /* pages of the last run are still counted */
		run(NULL, faults_group_enter, report, &told);
		/* The supervisor itself may be the one that is killed: then nobody is left either.
		 */
		if (WIFSIGNALED(told.status) && WTERMSIG(told.status) == SIGKILL)
			n_failed++;
		else
			n_failed += !examine(&told, NULL, report, baseline, "memory.max in MiB",
					     mebibytes);
	}
	faults_group_remove();
	printf("memory.max of 2 to 31 MiB: %u runs could not complete\n", n_failed);
	assert_true(completes_in_32);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(too_few_descriptors_make_nothing_better),
		cmocka_unit_test(too_little_memory_makes_nothing_better),
		cmocka_unit_test(a_small_memory_cgroup_makes_nothing_better),
	};

	if (!faults_begin(argc, argv))
		return 2;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	faults_end();
	return failed;
}
