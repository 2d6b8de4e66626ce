/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System call filters. data/seccomp/ holds what --deep read of QEMU 7.2 on x86_64, started with
 * libvirt's default -sandbox and with "-sandbox on" alone.
 */
#include "fake_process.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collect/seccomp_filter.h"
#include "source/seccomp.h"

static char *read_data(const char *name, size_t *ret_size)
{
	_cleanup_free_ char *path = gvnp_format(GVNP_TEST_DATA "/seccomp/%s", name);
	char *bytes = gvnp_allocate(8192);
	FILE *file = fopen(path, "re");

	assert_non_null(file);
	*ret_size = fread(bytes, 1, 8192, file);
	fclose(file);
	return bytes;
}

static const char *action_of(struct gvnp_slice bytes, const char *call)
{
	struct gvnp_seccomp_filters filters;
	int number = seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86_64, call);

	assert_true(number >= 0);
	if (!gvnp_seccomp_filters_parse(bytes, &filters))
		return "unparsed";
	return gvnp_seccomp_filters_action(&filters, AUDIT_ARCH_X86_64, (uint32_t)number);
}

/* Measured with a program that loaded this very filter and made the calls. */
static void libvirts_default_kills_what_starts_programs_and_leaves_ptrace_open(void **state)
{
	size_t size;
	_cleanup_free_ char *data = read_data("qemu-7.2-libvirt-default.bpf", &size);
	struct gvnp_slice bytes = { data, size };
	struct gvnp_seccomp_filters filters;

	(void)state;
	assert_true(gvnp_seccomp_filters_parse(bytes, &filters));
	assert_int_equal(filters.n, 1);
	assert_int_equal(filters.n_instructions, 129);
	assert_string_equal(action_of(bytes, "execve"), "kill-process");
	assert_string_equal(action_of(bytes, "fork"), "kill-process");
	assert_string_equal(action_of(bytes, "setuid"), "kill-process");
	assert_string_equal(action_of(bytes, "mount"), "kill-process");
	assert_string_equal(action_of(bytes, "unshare"), "kill-thread");
	assert_string_equal(action_of(bytes, "execveat"), "kill-thread");
	assert_string_equal(action_of(bytes, "clone"), "conditional");
	assert_string_equal(action_of(bytes, "clone3"), "errno");
	assert_string_equal(action_of(bytes, "sched_setaffinity"), "errno");
	assert_string_equal(action_of(bytes, "ptrace"), "allow");
	assert_string_equal(action_of(bytes, "bpf"), "allow");
	assert_string_equal(action_of(bytes, "read"), "allow");
}

static void sandbox_on_alone_lets_programs_start(void **state)
{
	size_t size;
	_cleanup_free_ char *data = read_data("qemu-7.2-sandbox-on.bpf", &size);
	struct gvnp_slice bytes = { data, size };

	(void)state;
	assert_string_equal(action_of(bytes, "execve"), "allow");
	assert_string_equal(action_of(bytes, "kexec_load"), "kill-process");
}

/* Another architecture than the one the filter was made for is killed; so are the calls of x32. */
static void calls_of_another_architecture_are_killed(void **state)
{
	size_t size;
	_cleanup_free_ char *data = read_data("qemu-7.2-libvirt-default.bpf", &size);
	struct gvnp_seccomp_filters filters;

	(void)state;
	assert_true(gvnp_seccomp_filters_parse((struct gvnp_slice){ data, size }, &filters));
	assert_string_equal(gvnp_seccomp_filters_action(&filters, AUDIT_ARCH_I386, 3),
			    "kill-thread");
	assert_string_equal(gvnp_seccomp_filters_action(&filters, AUDIT_ARCH_X86_64, 0x40000000),
			    "kill-thread");
}

static void add(struct gvnp_buffer *bytes, const struct sock_filter *program, size_t n)
{
	for (int shift = 0; shift < 32; shift += 8)
		gvnp_buffer_append(bytes, (const char[]){ (char)(n >> shift) }, 1);
	for (size_t i = 0; i < n; i++) {
		const struct sock_filter *each = &program[i];
		const char code[] = { (char)each->code, (char)(each->code >> 8), (char)each->jt,
				      (char)each->jf };

		gvnp_buffer_append(bytes, code, sizeof code);
		for (int shift = 0; shift < 32; shift += 8)
			gvnp_buffer_append(bytes, (const char[]){ (char)(each->k >> shift) }, 1);
	}
}
#define ADD(bytes, program) add(bytes, program, sizeof(program) / sizeof *(program))

static struct gvnp_slice slice_of(const struct gvnp_buffer *bytes)
{
	return (struct gvnp_slice){ bytes->data, bytes->size };
}

static const struct sock_filter allow_all[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };

static void the_strictest_of_several_filters_decides(void **state)
{
	static const struct sock_filter refuse[] = { BPF_STMT(BPF_RET | BPF_K,
							      SECCOMP_RET_ERRNO | 1) };
	_cleanup_buffer_ struct gvnp_buffer both = { 0 };

	(void)state;
	ADD(&both, allow_all);
	assert_string_equal(action_of(slice_of(&both), "read"), "allow");
	ADD(&both, refuse);
	assert_string_equal(action_of(slice_of(&both), "read"), "errno");
}

/* The argument is unknown: both ways count, and what was computed from it stays unknown. */
static void what_depends_on_an_argument_is_conditional(void **state)
{
	static const struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x100),
		BPF_STMT(BPF_ST, 3),
		BPF_STMT(BPF_LD | BPF_IMM, 7),
		BPF_STMT(BPF_LD | BPF_MEM, 3),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x100, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, 0x80000000U),
	};
	static const struct sock_filter returned[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	_cleanup_buffer_ struct gvnp_buffer bytes = { 0 }, whole = { 0 };

	(void)state;
	ADD(&bytes, program);
	assert_string_equal(action_of(slice_of(&bytes), "read"), "conditional");
	ADD(&whole, returned);
	assert_string_equal(action_of(slice_of(&whole), "read"), "unknown");
}

static void what_cannot_be_followed_is_unknown(void **state)
{
	static const struct sock_filter runs_out[] = { BPF_STMT(BPF_LD | BPF_IMM, 0) };
	static const struct sock_filter jumps_out[] = { BPF_STMT(BPF_JMP | BPF_JA, 0xffffffff) };
	static const struct sock_filter outside[] = {
		BPF_STMT(BPF_LD | BPF_MEM, 16), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
	};
	struct sock_filter many[3001];
	_cleanup_buffer_ struct gvnp_buffer a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };

	(void)state;
	ADD(&a, runs_out);
	assert_string_equal(action_of(slice_of(&a), "read"), "unknown");
	ADD(&b, jumps_out);
	assert_string_equal(action_of(slice_of(&b), "read"), "unknown");
	ADD(&c, outside);
	assert_string_equal(action_of(slice_of(&c), "read"), "unknown");
	/* 2 to the power of 1500 ways */
	for (size_t i = 0; i < 3000; i += 2) {
		many[i] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16);
		many[i + 1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0);
		many[i + 1].jt = i + 3 < 3000 ? 1 : 0;
	}
	many[3000] = allow_all[0];
	ADD(&d, many);
	assert_string_equal(action_of(slice_of(&d), "read"), "unknown");
}

static void bytes_that_are_no_filters_are_refused(void **state)
{
	static const char none[] = { 0, 0, 0, 0 }, huge[] = { 1, 0x10, 0, 0, 6, 0, 0, 0 };
	size_t size;
	_cleanup_free_ char *data = read_data("qemu-7.2-sandbox-on.bpf", &size);
	struct gvnp_seccomp_filters filters;

	(void)state;
	for (size_t cut = 0; cut < size; cut++)
		assert_false(
			gvnp_seccomp_filters_parse((struct gvnp_slice){ data, cut }, &filters));
	assert_false(gvnp_seccomp_filters_parse((struct gvnp_slice){ none, 4 }, &filters));
	assert_false(gvnp_seccomp_filters_parse((struct gvnp_slice){ huge, 8 }, &filters));
}

static void the_rows_say_what_becomes_of_each_call(void **state)
{
	size_t size;
	_cleanup_free_ char *data = read_data("qemu-7.2-libvirt-default.bpf", &size);
	const struct fake_file files[] = {
		INIT,
		CAREFUL_VM,
		TEXT(GVNP_LIBVIRT, "domains", ACTIVE_A),
		{ .operation = GVNP_SECCOMP, .path = "/proc/500", .data = data, .size = size }
	};
	FAKE_HOST(host, files);

	(void)state;
	host.facts = gvnp_facts_new();
	gvnp_insert(host.facts, "host", gvnp_integer("id", 1), gvnp_text("architecture", "x86_64"),
		    gvnp_integer("time", 1));
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host, "SELECT * FROM qemu_process_filter", "500|1|129\n");
	assert_rows(&host,
		    "SELECT name, kind, number, action FROM qemu_process_syscall WHERE name IN "
		    "('execve', 'clone', 'ptrace') ORDER BY name",
		    "clone|start|56|conditional\nexecve|start|59|kill-process\n"
		    "ptrace|process|101|allow\n");
	assert_rows(&host, "SELECT * FROM hole WHERE table_name = 'qemu_process_syscall'", "");
	assert_true(gvnp_facts_is_collected(host.facts, "qemu_process_syscall"));
}

static void a_filter_that_may_not_be_read_is_a_hole_of_that_process(void **state)
{
	const struct fake_file files[] = { INIT, CAREFUL_VM,
					   TEXT(GVNP_LIBVIRT, "domains", ACTIVE_A),
					   REFUSED(GVNP_SECCOMP, "/proc/500", EACCES) };
	const struct fake_file hidden[] = { INIT, CAREFUL_VM,
					    TEXT(GVNP_LIBVIRT, "domains", ACTIVE_A),
					    REFUSED(GVNP_SECCOMP, "/proc/500", EINVAL) };
	FAKE_HOST(host, files);
	FAKE_HOST(other, hidden);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host,
		    "SELECT object, problem FROM hole WHERE table_name = 'qemu_process_filter'",
		    "500|system call filter of process 500: Permission denied\n");
	fake_collect(&other, &gvnp_collector_process);
	/* /proc says that there is one, so this is no lack of a filter. */
	assert_rows(&other,
		    "SELECT object, problem FROM hole WHERE table_name = 'qemu_process_filter'",
		    "500|system call filter of process 500: this kernel does not show filters "
		    "(CONFIG_CHECKPOINT_RESTORE)\n");
}

static void what_was_not_asked_is_declined_and_no_hole(void **state)
{
	const struct fake_file files[] = { INIT, CAREFUL_VM,
					   TEXT(GVNP_LIBVIRT, "domains", ACTIVE_A),
					   REFUSED(GVNP_SECCOMP, "/proc/500", GVNP_NOT_ASKED) };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_true(gvnp_facts_is_declined(host.facts, "qemu_process_filter"));
	assert_false(gvnp_facts_is_collected(host.facts, "qemu_process_syscall"));
	assert_rows(&host, "SELECT * FROM hole WHERE table_name LIKE 'qemu_process_%l%r'", "");
}

/* Else taking the answer out of a recording would take the finding away. */
static void what_a_recording_does_not_hold_is_a_hole(void **state)
{
	const struct fake_file files[] = { INIT, CAREFUL_VM,
					   TEXT(GVNP_LIBVIRT, "domains", ACTIVE_A),
					   REFUSED(GVNP_SECCOMP, "/proc/500", GVNP_NOT_RECORDED) };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host,
		    "SELECT object, problem FROM hole WHERE table_name = 'qemu_process_syscall'",
		    "500|system call filter of process 500: not recorded\n");
}

/* A child under a filter of its own that does nothing but wait for us. */
static pid_t start_filtered(int *ret_pipe)
{
	int ends[2], ready[2];
	char byte;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

		close(ends[1]);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (!filter ||
		    seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(execve), 0) ||
		    seccomp_load(filter) || write(ready[1], "r", 1) != 1)
			_exit(1);
		_exit(read(ends[0], &byte, 1) == 1 ? 42 : 1);
	}
	close(ends[0]);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	*ret_pipe = ends[1];
	return pid;
}

static void a_live_filter_is_read_and_the_process_runs_on(void **state)
{
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = gvnp_source_new_deep();
	int status, end = -1;
	pid_t pid = start_filtered(&end);

	(void)state;
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(source, GVNP_SECCOMP, "/proc/%d", (int)pid);
	const struct gvnp_answer *answer = &answers->answers[0];
	int error = answer->error;

	/* It was let go: it reads what we write and ends as it means to. */
	assert_int_equal(write(end, "x", 1), 1);
	close(end);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	/* Who may not trace, or is under a filter, or has a kernel that does not show them. */
	if (error == EPERM || error == EACCES || error == EINVAL)
		skip();
	assert_int_equal(error, 0);
	struct gvnp_seccomp_filters filters;
	uint32_t native = seccomp_arch_native();
	int number = seccomp_syscall_resolve_name("execve");
	assert_true(gvnp_seccomp_filters_parse((struct gvnp_slice){ answer->data, answer->size },
					       &filters));
	assert_string_equal(gvnp_seccomp_filters_action(&filters, native, (uint32_t)number),
			    "errno");
	assert_string_equal(
		gvnp_seccomp_filters_action(&filters, native,
					    (uint32_t)seccomp_syscall_resolve_name("read")),
		"allow");
}

static void the_deep_reader_answers_nothing_else(void **state)
{
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = gvnp_source_new_deep();
	static const struct gvnp_request requests[] = {
		{ GVNP_READ, "/etc/passwd" },	  { GVNP_SECCOMP, "/proc/1" },
		{ GVNP_SECCOMP, "/proc/0" },	  { GVNP_SECCOMP, "/proc/self" },
		{ GVNP_SECCOMP, "/proc/-5" },	  { GVNP_SECCOMP, "/proc/99999999999" },
		{ GVNP_SECCOMP, "/proc/5/stat" },
	};
	enum { N = sizeof requests / sizeof *requests };
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask(source, requests, N);

	(void)state;
	for (size_t i = 0; i < N; i++)
		assert_int_equal(answers->answers[i].error, EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			libvirts_default_kills_what_starts_programs_and_leaves_ptrace_open),
		cmocka_unit_test(sandbox_on_alone_lets_programs_start),
		cmocka_unit_test(calls_of_another_architecture_are_killed),
		cmocka_unit_test(the_strictest_of_several_filters_decides),
		cmocka_unit_test(what_depends_on_an_argument_is_conditional),
		cmocka_unit_test(what_cannot_be_followed_is_unknown),
		cmocka_unit_test(bytes_that_are_no_filters_are_refused),
		cmocka_unit_test(the_rows_say_what_becomes_of_each_call),
		cmocka_unit_test(a_filter_that_may_not_be_read_is_a_hole_of_that_process),
		cmocka_unit_test(what_was_not_asked_is_declined_and_no_hole),
		cmocka_unit_test(what_a_recording_does_not_hold_is_a_hole),
		cmocka_unit_test(a_live_filter_is_read_and_the_process_runs_on),
		cmocka_unit_test(the_deep_reader_answers_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
