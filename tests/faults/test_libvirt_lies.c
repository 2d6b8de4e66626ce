/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What asks libvirt may say anything or nothing, and so may the daemon behind it. This test program
 * is also the liar: under the name gvnp-audit-libvirt beside a copy of the program it writes what
 * its URI names. Whatever comes, the run ends in time with a report in which nothing is better.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "faults.h"
#include "source/message.h"

enum { DEADLINE_MS = 2000, LATE_MS = 500, PEAK_LIMIT_KIB = 800 * 1024 };

/* ---- the liar */

static void say(const void *data, size_t size)
{
	for (const char *at = data; size;) {
		ssize_t n = write(STDOUT_FILENO, at, size);

		if (n <= 0)
			_exit(0);
		at += n;
		size -= (size_t)n;
	}
}

static void say_frame(const char *path, const char *data, size_t size)
{
	_cleanup_buffer_ struct gvnp_buffer frame = { 0 };
	struct gvnp_request request = { GVNP_LIBVIRT, path };
	struct gvnp_answer answer = { .problem = "", .data = data, .size = size };

	gvnp_message_append_answer(&frame, 0, &request, &answer);
	say(frame.data, frame.size);
}

static void say_text(const char *path, const char *text)
{
	say_frame(path, text, strlen(text));
}

#define UUID "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"

static void lie_nothing(void)
{
}

static void lie_mute(void)
{
	pause();
}

static void lie_zeros(void)
{
	static const char zeros[64 * 1024];

	for (;;)
		say(zeros, sizeof zeros);
}

static void lie_random(void)
{
	static char bytes[64 * 1024];
	unsigned seed = 1;

	for (;;) {
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = (char)rand_r(&seed);
		say(bytes, sizeof bytes);
	}
}

static void lie_cut(void)
{
	_cleanup_buffer_ struct gvnp_buffer frame = { 0 };
	struct gvnp_request request = { GVNP_LIBVIRT, "domains" };
	struct gvnp_answer answer = { .problem = "", .data = "x", .size = 1 };

	say_text("uri", "test:///cut");
	gvnp_message_append_answer(&frame, 0, &request, &answer);
	say(frame.data, frame.size - 1);
}

/* A frame that says it has a GiB, and the GiB. */
static void lie_gibibyte(void)
{
	uint32_t head[4] = { 1 << 30, 0, 0, 0 };

	say_text("uri", "test:///gibibyte");
	say(head, sizeof head);
	lie_zeros();
}

/* A GiB in frames that are all right. */
static void lie_large(void)
{
	static char content[1024 * 1024];

	memset(content, 'x', sizeof content);
	for (int i = 0; i < 1024; i++)
		say_frame("capabilities", content, sizeof content);
	say_text("", "");
}

static void lie_endless(void)
{
	for (unsigned i = 0;; i++) {
		_cleanup_free_ char *path = gvnp_format("domain/%u/xml", i);

		say_text(path, "");
	}
}

static void lie_slow(void)
{
	_cleanup_buffer_ struct gvnp_buffer frame = { 0 };
	struct gvnp_request request = { GVNP_LIBVIRT, "uri" };
	struct gvnp_answer answer = { .problem = "", .data = "test:///slow", .size = 12 };

	gvnp_message_append_answer(&frame, 0, &request, &answer);
	for (size_t i = 0;; i = (i + 1) % frame.size) {
		say(frame.data + i, 1);
		usleep(50000);
	}
}

static void lie_crash(void)
{
	say_text("uri", "test:///crash");
	say_text("domains", UUID " 5 1 1 0 0 vm\n");
	signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
}

static void lie_loud(void)
{
	for (;;)
		if (write(STDERR_FILENO, "Help!\n", 6) < 0)
			_exit(0);
}

/* A list of domains that is none, and documents that expand. */
static void lie_nonsense(void)
{
	static const char bomb[] =
		"<?xml version='1.0'?><!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;"
		"&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]><domain>&c;"
		"</domain>";
	_cleanup_buffer_ struct gvnp_buffer deep = { 0 };

	for (int i = 0; i < 100000; i++)
		gvnp_buffer_append_text(&deep, "<domain>");
	say_text("uri", "\033[2Jtest:///nonsense\n\n");
	say_text("version", "libvirt-daemon -1\nhypervisor 99999999999999999999\nclient x\n");
	say_text("type", "QEMU\001");
	say_text("domains",
		 "one\n\n" UUID "\n" UUID " 5 1 1 0 0 vm\n" UUID " 6 1 1 0 0 vm\n"
		 "00000000-0000-0000-0000-000000000000 99999999999999999999 -7 a b c \377\376\n"
		 "11111111-2222-3333-4444-555555555555 7 1 1 0 0 deep\n");
	say_text("domain/" UUID "/xml", bomb);
	say_frame("domain/11111111-2222-3333-4444-555555555555/xml", deep.data, deep.size);
	say_text("capabilities", "<capabilities>");
	say_text("networks", "?\n");
	say_text("", "");
}

/* What it left running holds the pipe open. */
static void lie_orphan(void)
{
	say_text("uri", "test:///orphan");
	if (!fork())
		usleep(1500000);
}

static const struct lie {
	const char *uri;
	void (*tell)(void);
} lies[] = {
	{ "test:///nothing", lie_nothing }, { "test:///mute", lie_mute },
	{ "test:///zeros", lie_zeros },	    { "test:///random", lie_random },
	{ "test:///cut", lie_cut },	    { "test:///gibibyte", lie_gibibyte },
	{ "test:///large", lie_large },	    { "test:///endless", lie_endless },
	{ "test:///slow", lie_slow },	    { "test:///crash", lie_crash },
	{ "test:///loud", lie_loud },	    { "test:///nonsense", lie_nonsense },
	{ "test:///orphan", lie_orphan },
};

static int lie(const char *uri)
{
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++)
		if (!strcmp(lies[i].uri, uri))
			lies[i].tell();
	return 0;
}

/* ---- the test */

static char bin[] = "/tmp/gvnp-faults-XXXXXX"; /* where programs may be run */
static char *program, *liar;

static int make_programs(void **state)
{
	char self[4096];
	ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
	size_t n = 0;

	(void)state;
	assert_true(size > 0 && mkdtemp(bin) && !chmod(bin, 0755));
	self[size] = '\0';
	program = gvnp_format("%s/gvnp-audit", bin);
	liar = gvnp_format("%s/gvnp-audit-libvirt", bin);
	_cleanup_free_ char *bytes = faults_content(faults_program, &n);
	_cleanup_close_ int fd = open(program, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	return bytes && write(fd, bytes, n) == (ssize_t)n && !symlink(self, liar) ? 0 : -1;
}

static int remove_programs(void **state)
{
	(void)state;
	unlink(program);
	unlink(liar);
	free(program);
	free(liar);
	return rmdir(bin);
}

static void run(const char *path, const char *uri, const char *report, void (*prepare)(void),
		struct faults_run *ret)
{
	const char *const arguments[] = { path,		"run",	"--checks",  faults_checks,
					  "--deadline", "2",	"--connect", uri,
					  "--format",	"json", "-o",	     report,
					  NULL };

	faults_start(ret, arguments, prepare, 0);
	faults_wait(ret, 20000);
	/* Under the sanitizers time is theirs. */
	if (ret->took_ms > DEADLINE_MS + (faults_is_sanitized ? 5000 : LATE_MS))
		fail_msg("%s: ended after %d ms", uri, (int)ret->took_ms);
	if (!faults_is_sanitized && ret->peak_kib > PEAK_LIMIT_KIB)
		fail_msg("%s: %ld KiB", uri, ret->peak_kib);
}

/* What passes only under the fault. The host lives on meanwhile, so it is looked at once more. */
static const char *improved_by(const char *report, const char *baseline)
{
	const char *improved = faults_improved(report, baseline);
	struct faults_run again;

	if (!improved)
		return NULL;
	run(program, lies[0].uri, baseline, NULL, &again);
	return faults_improved(report, baseline);
}

static void whatever_the_libvirt_reader_says_nothing_becomes_better(void **state)
{
	_cleanup_free_ char *baseline = faults_path("baseline");
	_cleanup_free_ char *report = faults_path("report");
	struct faults_run told;

	(void)state;
	run(program, lies[0].uri, baseline, NULL, &told);
	assert_true(faults_is_whole_report(baseline));
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		unlink(report);
		run(program, lies[i].uri, report, NULL, &told);
		_cleanup_free_ char *said = faults_said();
		int status = WIFEXITED(told.status) ? WEXITSTATUS(told.status) : -1;
		const char *improved;

		printf("%s: status %d after %d ms, peak %ld KiB\n", lies[i].uri, status,
		       (int)told.took_ms, told.peak_kib);
		if (status < 0 || status == 2 || strlen(said) > 80 * 1024)
			fail_msg("%s: status %d: %.200s", lies[i].uri, status, said);
		if (!faults_is_whole_report(report))
			fail_msg("%s: no whole report: %.200s", lies[i].uri, said);
		improved = improved_by(report, baseline);
		if (improved)
			fail_msg("%s: %s passes", lies[i].uri, improved);
		if (lies[i].tell != lie_orphan && !faults_nobody_left())
			fail_msg("%s: somebody is left running", lies[i].uri);
	}
	sleep(2); /* the orphan ends by itself */
	assert_true(faults_nobody_left());
}

/* A GiB in frames, of which the worker keeps a part, where there is no room for it. */
static void whom_the_kernel_kills_for_memory_is_named(void **state)
{
	(void)state;
	if (faults_is_sanitized || !faults_group_make(32))
		skip(); /* before anything is held: it does not come back */
	_cleanup_free_ char *report = faults_path("report");
	struct faults_run told;
	bool is_nobody_left;

	unlink(report);
	/* Once in thirty times the kernel does not see the process that asks for memory among those
	 * it may kill, and the supervisor goes. */
	for (int attempt = 0; attempt < 3; attempt++) {
		run(program, "test:///large", report, faults_group_enter, &told);
		is_nobody_left = faults_nobody_left();
		if (!is_nobody_left || !WIFSIGNALED(told.status))
			break;
	}
	faults_group_remove();
	_cleanup_free_ char *said = faults_said();
	assert_true(is_nobody_left);
	assert_int_equal(WIFEXITED(told.status) ? WEXITSTATUS(told.status) : -1, 3);
	assert_non_null(strstr(said, "gvnp-audit: the worker was killed by signal 9 (Killed)\n"));
	assert_int_equal(access(report, F_OK), -1);
}

/* ---- a daemon that raves */

struct daemon {
	int socket;
	unsigned mood;
};

enum { MUTE, CLOSING, RAVING, OVERSIZED, CUT, FLOODING, N_MOODS };

static void rave(const struct daemon *daemon, int client)
{
	/* A length, program, version, procedure, type, serial, status: as the protocol has it. */
	unsigned char reply[28] = { 0, 0,  0, 28, 0x20, 0, 0x80, 0x86, 0, 0, 0, 1, 0, 0,
				    0, 66, 0, 0,  0,	1, 0,	 0,    0, 0, 0, 0, 0, 0 };
	static unsigned char bytes[64 * 1024];
	unsigned seed = daemon->mood;

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)rand_r(&seed);
	if (daemon->mood == OVERSIZED)
		memset(reply, 0xff, 4);
	if (daemon->mood == OVERSIZED || daemon->mood == CUT)
		send(client, reply, daemon->mood == CUT ? 13 : sizeof reply, MSG_NOSIGNAL);
	if (daemon->mood == RAVING)
		send(client, bytes, 1024, MSG_NOSIGNAL);
	while (daemon->mood == FLOODING && send(client, bytes, sizeof bytes, MSG_NOSIGNAL) > 0)
		;
}

static void *serve(void *data)
{
	const struct daemon *daemon = data;
	char bytes[4096];
	int client;

	while ((client = accept4(daemon->socket, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		if (daemon->mood != CLOSING && recv(client, bytes, sizeof bytes, 0) > 0)
			rave(daemon, client);
		/* Until the client goes away; its end counts as data. */
		while (daemon->mood != CLOSING && daemon->mood != CUT &&
		       recv(client, bytes, sizeof bytes, 0) > 0)
			;
		close(client);
	}
	return NULL;
}

static void whatever_the_daemon_says_nothing_becomes_better(void **state)
{
	_cleanup_free_ char *path = gvnp_format("%s/socket", bin);
	_cleanup_free_ char *uri = gvnp_format("qemu+unix:///system?socket=%s", path);
	_cleanup_free_ char *baseline = faults_path("baseline");
	_cleanup_free_ char *report = faults_path("report");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct faults_run told;
	pthread_t thread;

	(void)state;
	memcpy(address.sun_path, path, strlen(path));
	for (unsigned mood = 0; mood < N_MOODS; mood++) {
		struct daemon daemon = { .socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0),
					 .mood = mood };

		assert_int_equal(bind(daemon.socket, (struct sockaddr *)&address, sizeof address),
				 0);
		assert_int_equal(chmod(path, 0777) || listen(daemon.socket, 4), 0);
		assert_int_equal(pthread_create(&thread, NULL, serve, &daemon), 0);
		unlink(report);
		run(faults_program, uri, report, NULL, &told);
		shutdown(daemon.socket, SHUT_RDWR);
		pthread_join(thread, NULL);
		close(daemon.socket);
		unlink(path);
		printf("mood %u: status %d after %d ms\n", mood,
		       WIFEXITED(told.status) ? WEXITSTATUS(told.status) : -1, (int)told.took_ms);
		assert_true(WIFEXITED(told.status) && WEXITSTATUS(told.status) <= 1);
		assert_true(faults_is_whole_report(report));
		assert_null(improved_by(report, baseline));
		assert_true(faults_nobody_left());
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_the_libvirt_reader_says_nothing_becomes_better),
		cmocka_unit_test(whom_the_kernel_kills_for_memory_is_named),
		cmocka_unit_test(whatever_the_daemon_says_nothing_becomes_better),
	};

	if (argc > 1 && gvnp_text_ends(argv[0], "/gvnp-audit-libvirt"))
		return lie(argv[1]);
	if (!faults_begin(argc, argv))
		return 2;
	int failed = cmocka_run_group_tests(tests, make_programs, remove_programs);
	faults_end();
	return failed;
}
