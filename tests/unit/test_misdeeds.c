/* SPDX-License-Identifier: Apache-2.0 */
/* The locks, felt: each process does what is forbidden to it, is killed for it, and is named. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "gvnp/privilege.h"
#include "privilege/lock.h"
#include "source/host_way.h"
#include "supervised.h"

static void open_file(void)
{
	(void)!open("/proc/version", O_RDONLY);
}

static void open_for_writing(void)
{
	(void)!open("/dev/null", O_WRONLY);
}

static void create_file(void)
{
	(void)!open("/tmp/gvnp-locks-never", O_RDONLY | O_CREAT, 0600);
}

/* The flags of openat2() are seen by where they lie. */
static void open_otherwise(void)
{
	struct open_how how = { .flags = O_WRONLY };

	syscall(SYS_openat2, AT_FDCWD, "/dev/null", &how, sizeof how);
}

static const struct open_how *first_page(void)
{
	return (void *)((uintptr_t)gvnp_host_ways & ~(uintptr_t)4095);
}

static void map_in_place(void)
{
	(void)!mmap((void *)first_page(), 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void unmap_flags(void)
{
	munmap((void *)first_page(), 4096);
}

static void unprotect_flags(void)
{
	mprotect((void *)first_page(), 4096, PROT_READ | PROT_WRITE);
}

static void make_socket(void)
{
	(void)!socket(AF_INET, SOCK_STREAM, 0);
}

static void connect_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/run/nobody" };

	(void)!connect(STDERR_FILENO, (struct sockaddr *)&address, sizeof address);
}

static void execute(void)
{
	execl("/bin/true", "true", NULL);
}

static void fork_process(void)
{
	if (!fork())
		_exit(0);
}

static void signal_parent(void)
{
	kill(getppid(), 0);
}

static void signal_other(void)
{
	syscall(SYS_tgkill, getpid() - 1, getpid() - 1, 0);
}

static void control_process(void)
{
	prctl(PR_SET_NAME, "x");
}

static void trace(void)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static void map_code(void)
{
	(void)!mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void leave_root(void)
{
	(void)!chroot("/");
}

static void load_program(void)
{
	syscall(SYS_bpf, BPF_PROG_LOAD, NULL, 0);
}

static void write_elsewhere(void)
{
	(void)!write(STDOUT_FILENO, "x", 1);
}

static void close_standard_error(void)
{
	close(STDERR_FILENO);
}

static void enter_32_bit(void)
{
#ifdef __x86_64__
	long number = 20; /* getpid, in the table of 32 bits */

	__asm__ volatile("int $0x80" : "+a"(number) : : "memory");
#else
	raise(SIGSYS);
#endif
}

static void enter_x32(void)
{
#ifdef __x86_64__
	syscall(0x40000000 + SYS_getpid);
#else
	raise(SIGSYS);
#endif
}

struct misdeed {
	const char *name;
	void (*commit)(void);
	bool kills_in_wide; /* also in a build with a wider filter */
};

static const struct misdeed of_worker[] = {
	{ "open", open_file, false },	     { "open for writing", open_for_writing, false },
	{ "socket", make_socket, true },     { "connect", connect_socket, true },
	{ "execve", execute, true },	     { "fork", fork_process, false },
	{ "kill", signal_parent, false },    { "tgkill", signal_other, false },
	{ "prctl", control_process, false }, { "ptrace", trace, false },
	{ "chroot", leave_root, true },	     { "bpf", load_program, true },
	{ "code", map_code, false },	     { "32 bits", enter_32_bit, true },
	{ "x32", enter_x32, true },
};

static const struct misdeed of_reader[] = {
	{ "open for writing", open_for_writing, false },
	{ "create", create_file, false },
	{ "openat2 for writing", open_otherwise, false },
	{ "mapping over its flags", map_in_place, false },
	{ "unmapping its flags", unmap_flags, false },
	{ "changing its flags", unprotect_flags, false },
	{ "socket", make_socket, false },
	{ "connect", connect_socket, true },
	{ "execve", execute, true },
	{ "fork", fork_process, false },
	{ "kill", signal_parent, false },
	{ "tgkill", signal_other, false },
	{ "ptrace", trace, true },
	{ "chroot", leave_root, true },
	{ "bpf", load_program, false },
	{ "write", write_elsewhere, false },
	{ "close", close_standard_error, false },
	{ "code", map_code, false },
	{ "32 bits", enter_32_bit, true },
	{ "x32", enter_x32, true },
};

#define N(array) (sizeof(array) / sizeof *(array))

static void misbehave(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome)
{
	(void)source;
	gvnp_buffer_append_text(outcome->output, "a report");
	((const struct misdeed *)data)->commit();
}

static void assert_named(const struct result *result, const char *process, const char *misdeed)
{
	_cleanup_free_ char *words =
		gvnp_format("gvnp-audit: %s was killed by signal 31 (Bad system "
			    "call): it made a system call that its lock "
			    "forbids\n",
			    process);

	if (result->outcome.status != 3 || !strstr(gvnp_buffer_text(&result->messages), words))
		fail_msg("%s: status %d, '%s'", misdeed, result->outcome.status,
			 gvnp_buffer_text(&result->messages));
}

static void a_worker_that_does_what_is_forbidden_is_killed_and_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(of_worker); i++) {
		struct gvnp_plan plan = { .work = misbehave,
					  .data = (void *)&of_worker[i],
					  .without_libvirt = true };
		_cleanup_result_ struct result result = { 0 };

		if (IS_WIDE && !of_worker[i].kills_in_wide)
			continue;
		supervise(&plan, &result);
		assert_named(&result, "the worker", of_worker[i].name);
		assert_int_equal(result.output.size, 0);
	}
}

static const struct misdeed *misdeed; /* of the reader, which is forked with it */

static bool declare_and_misbehave(enum gvnp_operation operation, const char *path)
{
	(void)operation;
	(void)path;
	misdeed->commit();
	return true;
}
static void ask(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome)
{
	(void)data;
	append_answer(source, outcome, GVNP_READ, "/proc/version");
}

static void a_reader_that_does_what_is_forbidden_is_killed_and_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(of_reader); i++) {
		struct gvnp_plan plan = { .work = ask,
					  .declares = declare_and_misbehave,
					  .without_libvirt = true };
		_cleanup_result_ struct result result = { 0 };

		if (IS_WIDE && !of_reader[i].kills_in_wide)
			continue;
		misdeed = &of_reader[i];
		supervise(&plan, &result);
		assert_named(&result, "the reader", of_reader[i].name);
		/* What was seen is reported. */
		assert_non_null(strstr(gvnp_buffer_text(&result.output),
				       "the reader process ended before it had answered"));
	}
	assert_int_equal(access("/tmp/gvnp-locks-never", F_OK), -1);
}

/* ---- the libvirt reader, behind its exec */

static int try_in_libvirt(void (*commit)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		if (!gvnp_lock_libvirt_program())
			_exit(GVNP_LOCK_FAILED);
		errno = 0;
		commit();
		_exit(errno == ENOSYS ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void the_libvirt_program_reads_and_talks_to_local_sockets_only(void **state)
{
	static void (*const killing[])(void) = { execute,    trace,	   signal_parent,
						 leave_root, load_program, enter_32_bit };
	static void (*const failing[])(void) = { make_socket, open_for_writing, create_file,
						 fork_process, control_process };

	(void)state;
	for (size_t i = 0; i < N(killing); i++) {
		int status = try_in_libvirt(killing[i]);

		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
	}
	for (size_t i = 0; i < N(failing) - 1 && !IS_WIDE; i++) {
		int status = try_in_libvirt(failing[i]);

		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	/* The name of a thread may be set, and a file may be read. */
	assert_int_equal(WEXITSTATUS(try_in_libvirt(control_process)), 1);
	assert_int_equal(WEXITSTATUS(try_in_libvirt(open_file)), 1);
}
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_worker_that_does_what_is_forbidden_is_killed_and_named),
		cmocka_unit_test(a_reader_that_does_what_is_forbidden_is_killed_and_named),
		cmocka_unit_test(the_libvirt_program_reads_and_talks_to_local_sockets_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
