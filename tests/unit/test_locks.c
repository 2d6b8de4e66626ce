/* SPDX-License-Identifier: Apache-2.0 */
/* The locks, seen from /proc while a run is held: what each process kept, and that it stays so. */
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "gvnp/privilege.h"
#include "privilege/lock.h"
#include "supervised.h"

enum { SUPERVISOR, LIBVIRT, READER, WORKER, N_PROCESSES };

struct held {
	struct gvnp_buffer status[N_PROCESSES], limits[N_PROCESSES], words[N_PROCESSES];
	size_t n;
};

static void read_text(const char *path, struct gvnp_buffer *ret)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char bytes[4096];
	ssize_t size;

	while (fd >= 0 && (size = read(fd, bytes, sizeof bytes)) > 0)
		gvnp_buffer_append(ret, bytes, (size_t)size);
}

static void look(void *data, const struct gvnp_held *processes, size_t n)
{
	struct held *held = data;

	held->n = n;
	for (size_t i = 0; i < n && i < N_PROCESSES; i++) {
		_cleanup_free_ char *status = gvnp_format("/proc/%d/status", (int)processes[i].pid);
		_cleanup_free_ char *limits = gvnp_format("/proc/%d/limits", (int)processes[i].pid);

		read_text(status, &held->status[i]);
		read_text(limits, &held->limits[i]);
		gvnp_held_describe(&processes[i], &held->words[i]);
	}
}

static void held_done(struct held *held)
{
	for (size_t i = 0; i < N_PROCESSES; i++) {
		gvnp_buffer_done(&held->status[i]);
		gvnp_buffer_done(&held->limits[i]);
		gvnp_buffer_done(&held->words[i]);
	}
}

#define _cleanup_held_ _cleanup_(held_done)

static uint64_t number(const struct gvnp_buffer *status, const char *key, unsigned base)
{
	_cleanup_free_ char *start = gvnp_format("\n%s:", key);
	const char *at = strstr(gvnp_buffer_text(status), start);
	uint64_t value = 0;

	if (!at)
		fail_msg("no %s in '%s'", key, gvnp_buffer_text(status));
	struct gvnp_slice rest = gvnp_slice(at + strlen(start)), line = rest;
	gvnp_slice_next(&rest, '\n', &line);
	assert_true(gvnp_slice_unsigned(gvnp_slice_trim(line), base, &value));
	return value;
}

static void hold(struct held *held, struct result *result)
{
	struct gvnp_plan plan = { .look = look,
				  .data = held,
				  .libvirt_uri = "test:///default",
				  .libvirt_program = GVNP_LIBVIRT_PROGRAM };

	*held = (struct held){ 0 };
	supervise(&plan, result);
	assert_string_equal(gvnp_buffer_text(&result->messages), "");
	assert_int_equal(result->outcome.status, 0);
	assert_int_equal(held->n, N_PROCESSES);
}

static bool may_close_ways_back(void)
{
	cap_flag_value_t value = CAP_CLEAR;
	cap_t now = cap_get_proc();

	cap_get_flag(now, CAP_SETPCAP, CAP_EFFECTIVE, &value);
	cap_free(now);
	return value == CAP_SET;
}

static void assert_locked(const struct gvnp_buffer *status, uint64_t filters_of_ours)
{
	assert_int_equal(number(status, "CapInh", 16), 0);
	assert_int_equal(number(status, "CapAmb", 16), 0);
	if (may_close_ways_back())
		assert_int_equal(number(status, "CapBnd", 16), 0);
	assert_int_equal(number(status, "NoNewPrivs", 10), 1);
	assert_int_equal(number(status, "Seccomp", 10), 2);
	assert_int_equal(number(status, "Seccomp_filters", 10), filters_of_ours + 1);
}

static void a_held_run_shows_what_each_process_kept(void **state)
{
	static const cap_value_t kept[] = { CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE, CAP_NET_ADMIN,
					    CAP_SYS_RAWIO, CAP_AUDIT_CONTROL };
	_cleanup_held_ struct held held;
	_cleanup_result_ struct result result;
	uint64_t readers = 0;

	(void)state;
	hold(&held, &result);
	uint64_t filters = number(&held.status[SUPERVISOR], "Seccomp_filters", 10);
	for (size_t i = LIBVIRT; i < N_PROCESSES; i++)
		assert_locked(&held.status[i], filters);
	assert_int_equal(number(&held.status[WORKER], "CapPrm", 16), 0);
	assert_int_equal(number(&held.status[WORKER], "CapEff", 16), 0);
	assert_int_equal(number(&held.status[LIBVIRT], "CapPrm", 16), 0);
	assert_int_equal(number(&held.status[LIBVIRT], "CapEff", 16), 0);
	/* of what this test holds */
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		readers |= UINT64_C(1) << kept[i];
	readers &= number(&held.status[SUPERVISOR], "CapPrm", 16);
	assert_int_equal(number(&held.status[READER], "CapPrm", 16), readers);
	assert_int_equal(number(&held.status[READER], "CapEff", 16), readers);
}

static void no_process_leaves_a_core_file_and_the_reader_writes_none(void **state)
{
	static const char no_core[] = "Max core file size        0                    0 ";
	static const char no_file[] = "Max file size             0                    0 ";
	_cleanup_held_ struct held held;
	_cleanup_result_ struct result result;

	(void)state;
	hold(&held, &result);
	for (size_t i = LIBVIRT; i < N_PROCESSES; i++)
		assert_non_null(strstr(gvnp_buffer_text(&held.limits[i]), no_core));
	if (IS_WIDE)
		return;
	assert_non_null(strstr(gvnp_buffer_text(&held.limits[READER]), no_file));
	assert_non_null(strstr(gvnp_buffer_text(&held.limits[LIBVIRT]), no_file));
	assert_null(strstr(gvnp_buffer_text(&held.limits[WORKER]), no_file));
}

static void report_libvirt(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome)
{
	(void)data;
	append_answer(source, outcome, GVNP_LIBVIRT, "type");
	append_answer(source, outcome, GVNP_LIBVIRT, "domains");
}

static void a_locked_libvirt_reader_says_what_libvirt_says(void **state)
{
	struct gvnp_plan plan = { .work = report_libvirt,
				  .libvirt_uri = "test:///default",
				  .libvirt_program = GVNP_LIBVIRT_PROGRAM };
	_cleanup_result_ struct result result;

	(void)state;
	supervise(&plan, &result);
	assert_string_equal(gvnp_buffer_text(&result.messages), "");
	assert_int_equal(result.outcome.status, 0);
	assert_non_null(strstr(gvnp_buffer_text(&result.output), "0 TEST\n"));
	assert_non_null(strstr(gvnp_buffer_text(&result.output), " test\n"));
}

/* ---- in processes of their own: what is locked stays so */

static int in_a_process(void (*run)(int output), struct gvnp_buffer *ret)
{
	char bytes[4096];
	int ends[2], status;
	ssize_t size;

	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		close(ends[0]);
		run(ends[1]);
		_exit(99);
	}
	close(ends[1]);
	while ((size = read(ends[0], bytes, sizeof bytes)) > 0)
		gvnp_buffer_append(ret, bytes, (size_t)size);
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void lock_and_execute(int output)
{
	dup2(output, STDOUT_FILENO);
	if (gvnp_lock_supervisor())
		execl("/bin/cat", "cat", "/proc/self/status", NULL);
}

static void no_exec_brings_a_capability_back(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer status = { 0 };

	(void)state;
	assert_int_equal(in_a_process(lock_and_execute, &status), 0);
	assert_int_equal(number(&status, "CapPrm", 16), 0);
	assert_int_equal(number(&status, "CapEff", 16), 0);
	assert_int_equal(number(&status, "CapAmb", 16), 0);
	assert_int_equal(number(&status, "NoNewPrivs", 10), 1);
}

static void ask(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome)
{
	(void)data;
	append_answer(source, outcome, GVNP_READ, "/proc/version");
}

static void run_as_tool(int output)
{
	struct gvnp_plan plan = { .work = ask, .without_libvirt = true, .locks_itself = true };
	_cleanup_result_ struct result result;
	_cleanup_buffer_ struct gvnp_buffer status = { 0 };

	supervise(&plan, &result);
	gvnp_buffer_append_format(&status, "%d %s\n", result.outcome.status,
				  gvnp_buffer_text(&result.messages));
	gvnp_buffer_append(&status, result.output.data, result.output.size);
	read_text("/proc/self/status", &status);
	_exit(write(output, status.data, status.size) == (ssize_t)status.size ? 0 : 1);
}

static void the_supervisor_keeps_the_audit_record_and_its_own_output(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	uint64_t most = UINT64_C(1) << CAP_AUDIT_WRITE | UINT64_C(1) << CAP_DAC_OVERRIDE;

	(void)state;
	assert_int_equal(in_a_process(run_as_tool, &text), 0);
	assert_non_null(strstr(gvnp_buffer_text(&text), "0 \n0 Linux version "));
	assert_int_equal(number(&text, "CapPrm", 16) & ~most, 0);
	assert_int_equal(number(&text, "CapEff", 16) & ~most, 0);
	assert_int_equal(number(&text, "NoNewPrivs", 10), 1);
}

static void describe_as_tool(int output)
{
	_cleanup_held_ struct held held = { 0 };
	_cleanup_result_ struct result result;
	struct gvnp_plan plan = {
		.look = look, .data = &held, .without_libvirt = true, .locks_itself = true
	};

	supervise(&plan, &result);
	/* The worker is the last. */
	const struct gvnp_buffer *words = &held.words[held.n - 1];
	_exit(write(output, words->data, words->size) == (ssize_t)words->size ? 0 : 1);
}

static void what_is_said_of_a_process_is_what_proc_says(void **state)
{
	struct gvnp_held gone = { .name = "the worker" };
	_cleanup_buffer_ struct gvnp_buffer words = { 0 }, none = { 0 };

	(void)state;
	assert_int_equal(in_a_process(describe_as_tool, &words), 0);
	const char *worker = gvnp_buffer_text(&words);
	assert_non_null(strstr(worker, "the worker, process "));
	assert_non_null(strstr(worker, "  permitted       none\n"));
	assert_non_null(strstr(worker, "  no_new_privs    yes\n"));
	assert_non_null(strstr(worker, "  seccomp         yes: mode 2, filters: "));
	assert_non_null(strstr(worker, "  core file       none\n"));
	assert_non_null(strstr(worker, "  may open        nothing\n"));
	if (!IS_WIDE)
		assert_non_null(strstr(worker, "  memory          closed to others of its user\n"));
	gvnp_held_describe(&gone, &none);
	assert_string_equal(gvnp_buffer_text(&none), "the worker does not run\n");
}

static void run_as_nobody(int output)
{
	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		_exit(98);
	run_as_tool(output);
}

static void it_runs_locked_as_an_ordinary_user(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };

	(void)state;
	if (geteuid())
		skip();
	assert_int_equal(in_a_process(run_as_nobody, &text), 0);
	assert_non_null(strstr(gvnp_buffer_text(&text), "0 \n0 Linux version "));
	assert_int_equal(number(&text, "CapPrm", 16), 0);
}

/* As on a kernel without filters. */
static void run_without_filters(int output)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(seccomp), 0) ||
	    seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
			     SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP)) ||
	    seccomp_load(filter))
		_exit(97);
	run_as_tool(output);
}

static void nothing_runs_unlocked(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };

	(void)state;
	assert_int_equal(in_a_process(run_without_filters, &text), 0);
	assert_true(gvnp_text_starts(gvnp_buffer_text(&text), "3 "));
	assert_non_null(strstr(gvnp_buffer_text(&text),
			       "gvnp-audit: the worker could not be locked, so it does not run: "
			       "system call filter: "));
	assert_non_null(strstr(gvnp_buffer_text(&text),
			       "gvnp-audit: the reader could not be locked, so it does not run: "));
	assert_null(strstr(gvnp_buffer_text(&text), "Linux version"));
}

static void record_as_nobody(int output)
{
	if (setresuid(65534, 65534, 65534))
		_exit(98);
	const char *why = gvnp_privilege_record_refusal();
	if (gvnp_privilege_record(0) || !why)
		_exit(97);
	_exit(write(output, why, strlen(why)) == (ssize_t)strlen(why) ? 0 : 1);
}

static void without_the_capability_no_audit_record_is_written_or_claimed(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };

	(void)state;
	if (geteuid())
		skip();
	assert_int_equal(in_a_process(record_as_nobody, &text), 0);
	assert_string_equal(gvnp_buffer_text(&text), "CAP_AUDIT_WRITE is not held");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_held_run_shows_what_each_process_kept),
		cmocka_unit_test(no_process_leaves_a_core_file_and_the_reader_writes_none),
		cmocka_unit_test(what_is_said_of_a_process_is_what_proc_says),
		cmocka_unit_test(a_locked_libvirt_reader_says_what_libvirt_says),
		cmocka_unit_test(no_exec_brings_a_capability_back),
		cmocka_unit_test(the_supervisor_keeps_the_audit_record_and_its_own_output),
		cmocka_unit_test(it_runs_locked_as_an_ordinary_user),
		cmocka_unit_test(nothing_runs_unlocked),
		cmocka_unit_test(without_the_capability_no_audit_record_is_written_or_claimed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
