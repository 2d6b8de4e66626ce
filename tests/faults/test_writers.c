/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The writers of reports, recordings and drafts, with every system call of theirs failing and with
 * SIGKILL at every one: an output is whole or as it was, and the next run finds a clean folder.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "faults.h"
#include "tracer.h"

/* One way to write something. */
struct writer {
	const char *name;
	const char *verb;
	const char *option;    /* or NULL */
	const char *recording; /* the file of a snapshot, or NULL */
	const char *output;    /* of -o */
	bool is_report;	       /* the output is JSON */
};

static const struct writer writers[] = {
	{ "run -o", "run", NULL, NULL, "report", true },
	{ "snapshot", "snapshot", NULL, "recording.tar", "report", true },
	{ "snapshot --redact", "snapshot", "--redact", "recording.tar", "report", true },
	{ "declare -o", "declare", NULL, NULL, "draft", false },
};

/* What was there before, and what the file system can do. */
enum place { NOTHING_THERE, OLD_THERE, NO_UNNAMED_FILES, N_PLACES };

static const char *const place_names[] = { "nothing there", "an old file there",
					   "an old file there, no unnamed files" };
static const char old_content[] = "old\n";

/* One run: which call of the writing is met, and how. */
struct attempt {
	enum place place;
	enum tracer_act act;
	int error;
	int target; /* index among the calls of the writing, or -1 */
	int n;	    /* calls of the writing so far */
	bool is_met;
	uint64_t met; /* number of the call that was met */
	bool is_writing;
	bool is_named;	   /* since it was created, the file was given a name */
	bool must_be_told; /* the call met decides whether the content is safe */
};

static bool is_creating(const struct tracer_call *call)
{
	uint64_t flags = call->number == SYS_openat ? call->arguments[2] : 0;

	return flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY));
}

static bool is_unnamed(const struct tracer_call *call)
{
	return call->number == SYS_openat && (call->arguments[2] & O_TMPFILE) == O_TMPFILE;
}

static bool is_naming(uint64_t number)
{
#ifdef SYS_rename
	if (number == SYS_rename)
		return true;
#endif
	return number == SYS_linkat || number == SYS_renameat2;
}

/* Calls that can fail for want of space or by a broken disk. */
static bool can_fail(uint64_t number)
{
	static const uint64_t numbers[] = {
		SYS_openat, SYS_write,	  SYS_pwrite64,	 SYS_writev, SYS_fsync,	    SYS_fdatasync,
		SYS_linkat, SYS_unlinkat, SYS_renameat2, SYS_close,  SYS_ftruncate, SYS_flock,
#ifdef SYS_rename
		SYS_rename, SYS_unlink,	  SYS_link,
#endif
	};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (numbers[i] == number)
			return true;
	return false;
}

static enum tracer_act judge(void *data, struct tracer_call *call)
{
	struct attempt *attempt = data;

	if (call->role != TRACER_SUPERVISOR)
		return TRACER_GO;
	attempt->is_writing |= is_creating(call);
	if (is_creating(call))
		attempt->is_named = false;
	attempt->is_named |= is_naming(call->number);
	if (!attempt->is_writing)
		return TRACER_GO;
	bool is_target = attempt->n++ == attempt->target;
	call->error = attempt->error;
	if (is_target && (attempt->act != TRACER_FAIL || can_fail(call->number))) {
		attempt->is_met = true;
		attempt->met = call->number;
		attempt->must_be_told = !attempt->is_named &&
					(call->number == SYS_write || call->number == SYS_fsync);
		return attempt->act;
	}
	call->error = EOPNOTSUPP;
	return attempt->place == NO_UNNAMED_FILES && is_unnamed(call) ? TRACER_FAIL : TRACER_GO;
}

static void lay(const char *name)
{
	_cleanup_free_ char *path = faults_path(name);
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, old_content, strlen(old_content)), strlen(old_content));
}

/* Runs it and returns the file that what it said is in. */
static void run(const struct writer *writer, struct attempt *attempt, struct tracer *tracer)
{
	_cleanup_free_ char *output = faults_path(writer->output);
	_cleanup_free_ char *recording = faults_path("recording.tar");
	_cleanup_free_ char *said = faults_path("said");
	_cleanup_close_ int fd = open(said, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	const char *arguments[16] = { faults_program, writer->verb,   "--checks", faults_checks,
				      "--root",	      GVNP_RECORDING, "-o",	  output };
	size_t n = 8;

	if (writer->is_report) {
		arguments[n++] = "--format";
		arguments[n++] = "json";
	}
	if (writer->option)
		arguments[n++] = writer->option;
	if (writer->recording)
		arguments[n++] = recording;
	*tracer = (struct tracer){ .arguments = arguments,
				   .is_first_only = true,
				   .quiet_until = 1,
				   .output = fd,
				   .judge = judge,
				   .data = attempt };
	assert_int_equal(tracer_run(tracer), 0);
	assert_false(tracer->is_overdue);
	assert_true(faults_nobody_left());
}

/* NULL, or what is wrong with the file. */
static const char *wrong_with(const char *name, bool is_old, bool (*is_whole)(const char *path),
			      bool *ret_is_new)
{
	_cleanup_free_ char *path = faults_path(name);
	size_t size = 0;
	_cleanup_free_ char *content = faults_content(path, &size);

	*ret_is_new = content && strcmp(content, old_content);
	if (!content)
		return is_old ? "the old file is gone" : NULL;
	if (!*ret_is_new)
		return is_old ? NULL : "strange content";
	return is_whole(path) ? NULL : "it is not whole";
}

static bool is_whole_draft(const char *path)
{
	size_t size = 0;
	_cleanup_free_ char *content = faults_content(path, &size);

	return content && strstr(content, "# Draft of") && strstr(content, "\nvmms:") &&
	       content[size - 1] == '\n';
}

/* What must hold whatever happened; *ret_is_done: every output is new. */
static const char *examine(const struct writer *writer, const struct attempt *attempt,
			   bool *ret_is_done)
{
	bool is_old = attempt->place != NOTHING_THERE, is_recorded = true, is_written;
	const char *wrong = wrong_with(writer->output, is_old,
				       writer->is_report ? faults_is_whole_report : is_whole_draft,
				       &is_written);

	if (!wrong && writer->recording)
		wrong = wrong_with(writer->recording, is_old, faults_is_whole_recording,
				   &is_recorded);
	*ret_is_done = is_written && is_recorded;
	return wrong;
}

/* Only outputs and what the program said are in the folder. */
static bool is_clean(const struct writer *writer)
{
	_cleanup_free_ char *files = faults_files();
	struct gvnp_slice rest = gvnp_slice(files), name;

	while (gvnp_slice_word(&rest, &name))
		if (!gvnp_slice_is(name, "said") && !gvnp_slice_is(name, writer->output) &&
		    !(writer->recording && gvnp_slice_is(name, writer->recording)))
			return false;
	return true;
}

static const char *judge_failure(const struct writer *writer, const struct tracer *tracer,
				 const struct attempt *attempt, bool is_done)
{
	int status = WIFEXITED(tracer->status) ? WEXITSTATUS(tracer->status) : -1;
	_cleanup_free_ char *said = faults_said();
	bool is_removal = attempt->met == SYS_unlinkat;
#ifdef SYS_unlink
	is_removal |= attempt->met == SYS_unlink;
#endif

	if (status != 0 && status != 3)
		return "the exit status is neither 0 nor 3";
	if (!status && attempt->must_be_told)
		return "the content may not be on the disk, and the status is 0";
	if (!status && !is_done)
		return "status 0, but not everything is written";
	if (status && !strstr(said, strerror(attempt->error)))
		return "it does not say what went wrong";
	return is_removal || is_clean(writer) ? NULL : "something is left in the folder";
}

static void prepare_place(const struct writer *writer, enum place place)
{
	faults_empty_folder();
	if (place == NOTHING_THERE)
		return;
	lay(writer->output);
	if (writer->recording)
		lay(writer->recording);
}

/* The next run, on what the last one left. */
static const char *run_again(const struct writer *writer, enum place place)
{
	struct attempt attempt = { .place = place, .target = -1 };
	struct tracer tracer;
	bool is_done = false;

	run(writer, &attempt, &tracer);
	const char *wrong = examine(writer, &attempt, &is_done);
	if (wrong)
		return wrong;
	if (!WIFEXITED(tracer.status) || WEXITSTATUS(tracer.status) || !is_done)
		return "the next run fails";
	return is_clean(writer) ? NULL : "the next run does not clean up";
}

static void remove_output(const struct writer *writer)
{
	_cleanup_free_ char *path = faults_path(writer->output);

	unlink(path);
}

/* One call met. False: there is no such call any more. */
static bool meet(const struct writer *writer, struct attempt attempt)
{
	struct tracer tracer;
	bool is_done = false;

	prepare_place(writer, attempt.place);
	run(writer, &attempt, &tracer);
	if (attempt.target >= attempt.n && !attempt.is_met)
		return false;
	const char *wrong = examine(writer, &attempt, &is_done);
	if (!wrong && attempt.is_met && attempt.act == TRACER_FAIL)
		wrong = judge_failure(writer, &tracer, &attempt, is_done);
	if (!wrong && attempt.is_met && attempt.act == TRACER_KILL && !is_clean(writer)) {
		/* Also when the output itself was taken away meanwhile. */
		if (attempt.target % 2)
			remove_output(writer);
		wrong = run_again(writer, attempt.place);
	}
	if (wrong)
		fail_msg("%s, %s, call %d (number %d) %s %s: %s", writer->name,
			 place_names[attempt.place], attempt.target, (int)attempt.met,
			 attempt.act == TRACER_KILL ? "killed" : "failed with",
			 attempt.act == TRACER_KILL ? "" : strerror(attempt.error), wrong);
	return true;
}

static void sweep(enum tracer_act act, int error)
{
	for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
		for (enum place place = 0; place < N_PLACES; place++) {
			int target = 0;

			/* The places are the same code for all writers, and so is --redact. */
			if (!faults_is_long && i &&
			    (place != OLD_THERE || i == (act == TRACER_KILL ? 2 : 1)))
				continue;
			while (meet(&writers[i], (struct attempt){ .place = place,
								   .act = act,
								   .error = error,
								   .target = target }))
				target++;
			printf("%s, %s: %d calls\n", writers[i].name, place_names[place], target);
			assert_true(target > 6);
		}
}

static void every_call_of_a_writer_may_fail(void **state)
{
	static const int errors[] = { ENOSPC, EIO, EDQUOT };

	(void)state;
	for (size_t i = 0; i < (faults_is_long ? 3 : 1); i++)
		sweep(TRACER_FAIL, errors[i]);
}

static void a_writer_may_be_killed_at_every_call(void **state)
{
	(void)state;
	sweep(TRACER_KILL, 0);
}

static void without_a_fault_everything_is_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
		for (enum place place = 0; place < N_PLACES; place++) {
			prepare_place(&writers[i], place);
			assert_null(run_again(&writers[i], place));
		}
}

static void run_to(const char *output, struct faults_run *ret)
{
	const char *const arguments[] = { faults_program, "run",	  "--checks", faults_checks,
					  "--root",	  GVNP_RECORDING, "--format", "json",
					  "-o",		  output,	  NULL };

	faults_start(ret, arguments, NULL, 0);
	faults_wait(ret, 20000);
	assert_true(WIFEXITED(ret->status));
}

static void a_full_device_is_status_3(void **state)
{
	struct faults_run run;

	(void)state;
	run_to("/dev/full", &run);
	assert_int_equal(WEXITSTATUS(run.status), 3);
	_cleanup_free_ char *said = faults_said();
	assert_non_null(strstr(said, "/dev/full: No space left on device"));
}

static size_t n_files(const char *folder)
{
	DIR *directory = opendir(folder);
	size_t n = 0;

	for (struct dirent *entry; directory && (entry = readdir(directory));)
		n += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
	closedir(directory);
	return n;
}

static void a_full_file_system_keeps_the_old_report(void **state)
{
	_cleanup_free_ char *report = faults_path("small/report");
	_cleanup_free_ char *folder = faults_path("small");
	_cleanup_free_ char *said = NULL;
	struct faults_run run;
	size_t size;

	(void)state;
	faults_empty_folder();
	assert_int_equal(mkdir(folder, 0700), 0);
	if (mount("tmpfs", folder, "tmpfs", 0, "size=64k")) {
		rmdir(folder);
		skip();
	}
	lay("small/report");
	run_to(report, &run);
	_cleanup_free_ char *content = faults_content(report, &size);
	size_t n_left = n_files(folder);
	assert_int_equal(umount(folder), 0);
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(n_left, 1);
	assert_string_equal(content, old_content);
	assert_int_equal(WEXITSTATUS(run.status), 3);
	said = faults_said();
	assert_non_null(strstr(said, "report: No space left on device"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_fault_everything_is_written),
		cmocka_unit_test(every_call_of_a_writer_may_fail),
		cmocka_unit_test(a_writer_may_be_killed_at_every_call),
		cmocka_unit_test(a_full_device_is_status_3),
		cmocka_unit_test(a_full_file_system_keeps_the_old_report),
	};

	if (!faults_begin(argc, argv))
		return 2;
	int failed = tracer_is_possible() ? cmocka_run_group_tests(tests, NULL, NULL) : 77;
	faults_end();
	return failed;
}
