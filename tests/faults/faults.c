/* SPDX-License-Identifier: Apache-2.0 */
/* Running the program and looking at what it leaves. Only processes started here are signalled. */
#include "faults.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "gvnp/source.h"
#include "source/answerer.h"
#include "source/live.h"

enum { NOBODY = 65534 };

const char *faults_program;
const char *faults_checks = GVNP_CHECKS;
static char copies[] = "/tmp/gvnp-faults-copies-XXXXXX"; /* of both, where they are needed */
bool faults_is_long;
char faults_folder[64];
#if defined(__SANITIZE_ADDRESS__)
bool faults_is_sanitized = true;
#else
bool faults_is_sanitized;
#endif

/* There when this was compiled to measure coverage, whose files are writes like others. */
extern void __gcov_init(void *) __attribute__((weak));

static bool is_well(pid_t pid)
{
	int status;

	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       !WEXITSTATUS(status);
}

static bool runs(const char *const *arguments)
{
	pid_t pid = fork();

	if (!pid) {
		execvp(arguments[0], (char *const *)(uintptr_t)arguments);
		_exit(127);
	}
	return is_well(pid);
}

/* Whether an account without rights gets at a file or folder. */
static bool is_reachable(const char *path)
{
	pid_t pid = fork();

	if (!pid)
		_exit(setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY) ||
		      access(path, R_OK));
	return is_well(pid);
}

/* A checkout in a folder that is its owner's alone, as root's home mostly is: the program and its
 * checks are copied to where every account gets at them. */
static bool make_reachable(void)
{
	if (geteuid() || (is_reachable(faults_program) && is_reachable(faults_checks)))
		return true;
	_cleanup_free_ char *reader = gvnp_format("%s-libvirt", faults_program);
	const char *const copy[] = {
		"cp", "-R", faults_program, reader, faults_checks, copies, NULL
	};

	if (!mkdtemp(copies) || chmod(copies, 0755) || !runs(copy))
		return false;
	faults_program = gvnp_format("%s/%s", copies, strrchr(faults_program, '/') + 1);
	faults_checks = gvnp_format("%s/%s", copies, strrchr(faults_checks, '/') + 1);
	return true;
}

bool faults_begin(int argc, char **argv)
{
	faults_is_sanitized |= __gcov_init != NULL;
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2 || argc > 3 || (argc == 3 && strcmp(argv[2], "--long")))
		return false;
	faults_program = realpath(argv[1], NULL);
	faults_is_long = argc == 3;
	/* Nothing can be traced by two. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	/* In memory if possible: hundreds of outputs are brought to disk. */
	snprintf(faults_folder, sizeof faults_folder, "%s/gvnp-faults-XXXXXX",
		 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	return faults_program && make_reachable() && !prctl(PR_SET_CHILD_SUBREAPER, 1) &&
	       mkdtemp(faults_folder) && !chmod(faults_folder, 0777);
}

void faults_end(void)
{
	faults_group_remove(); /* of a test that failed */
	faults_empty_folder();
	rmdir(faults_folder);
	runs((const char *const[]){ "rm", "-rf", copies, NULL }); /* there may be none */
}

char *faults_path(const char *name)
{
	return gvnp_format("%s/%s", faults_folder, name);
}

static int is_file(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
}

void faults_empty_folder(void)
{
	struct dirent **entries = NULL;
	int n = scandir(faults_folder, &entries, is_file, NULL);

	for (int i = 0; i < n; i++) {
		_cleanup_free_ char *path = faults_path(entries[i]->d_name);

		unlink(path);
		free(entries[i]);
	}
	free(entries);
}

char *faults_files(void)
{
	_cleanup_buffer_ struct gvnp_buffer names = { 0 };
	struct dirent **entries = NULL;
	int n = scandir(faults_folder, &entries, is_file, alphasort);

	for (int i = 0; i < n; i++) {
		gvnp_buffer_append_format(&names, "%s%s", i ? " " : "", entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return gvnp_buffer_take(&names);
}

char *faults_content(const char *path, size_t *ret_size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_buffer_ struct gvnp_buffer content = { 0 };
	char bytes[64 * 1024];
	ssize_t size;

	if (fd < 0)
		return NULL;
	while ((size = read(fd, bytes, sizeof bytes)) > 0)
		gvnp_buffer_append(&content, bytes, (size_t)size);
	*ret_size = content.size;
	return size < 0 ? NULL : gvnp_buffer_take(&content);
}

bool faults_is_whole_report(const char *path)
{
	json_t *report = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	bool is_whole = json_array_size(json_object_get(report, "checks")) > 100 &&
			json_is_object(json_object_get(report, "areas"));

	json_decref(report);
	return is_whole;
}

bool faults_is_whole_recording(const char *path)
{
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = NULL;
	_cleanup_free_ char *problem = NULL;
	_cleanup_free_ char *content = NULL;
	char end[1024] = { 0 };
	size_t size = 0;

	content = faults_content(path, &size);
	if (!content || size < sizeof end || memcmp(content + size - sizeof end, end, sizeof end))
		return false;
	return !gvnp_source_new_recorded(path, &source, &problem) && !gvnp_source_note(source);
}

static const char *verdict_of(const json_t *report, const char *id)
{
	const json_t *check;
	size_t i;

	json_array_foreach (json_object_get(report, "checks"), i, check) {
		const char *name = json_string_value(json_object_get(check, "id"));

		if (name && !strcmp(name, id))
			return json_string_value(json_object_get(check, "verdict"));
	}
	return NULL;
}

const char *faults_improved(const char *report, const char *undisturbed)
{
	static char found[128];
	json_t *ours = json_load_file(report, 0, NULL),
	       *theirs = json_load_file(undisturbed, 0, NULL);
	const json_t *check;
	size_t i;

	snprintf(found, sizeof found, "%s", ours && theirs ? "" : "a report that is none");
	json_array_foreach (json_object_get(ours, "checks"), i, check) {
		const char *id = json_string_value(json_object_get(check, "id"));
		const char *verdict = json_string_value(json_object_get(check, "verdict"));
		const char *before = id ? verdict_of(theirs, id) : NULL;

		if (!*found &&
		    (!before || !verdict || (!strcmp(verdict, "pass") && strcmp(before, "pass"))))
			snprintf(found, sizeof found, "%s", id ? id : "?");
	}
	json_decref(ours);
	json_decref(theirs);
	return *found ? found : NULL;
}

bool faults_nobody_left(void)
{
	for (int i = 0; i < 100; i++) {
		if (waitpid(-1, NULL, WNOHANG) < 0)
			return errno == ECHILD;
		usleep(10000);
	}
	return false;
}

void faults_start(struct faults_run *run, const char *const *arguments, void (*prepare)(void),
		  uid_t uid)
{
	_cleanup_free_ char *said = faults_path("said");
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int output = open(said, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	*run = (struct faults_run){ .begun_ms = gvnp_live_now(), .pid = fork() };
	if (!run->pid) {
		if (dup2(null, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
			_exit(126);
		if (prepare)
			prepare();
		if (uid && (setgroups(0, NULL) || setgid((gid_t)uid) || setuid(uid)))
			_exit(126);
		execv(arguments[0], (char *const *)(uintptr_t)arguments);
		_exit(127);
	}
	close(null);
	close(output);
}

void faults_wait(struct faults_run *run, int limit_ms)
{
	bool is_killed = false;

	for (;;) {
		pid_t pid = waitpid(run->pid, &run->status, WNOHANG);

		run->took_ms = gvnp_live_now() - run->begun_ms;
		if (pid) {
			struct rusage usage;

			if (!getrusage(RUSAGE_CHILDREN, &usage))
				run->peak_kib = usage.ru_maxrss;
			return;
		}
		if (run->took_ms > limit_ms && !is_killed) {
			kill(run->pid, SIGKILL);
			is_killed = true;
		}
		usleep(1000);
	}
}

char *faults_said(void)
{
	_cleanup_free_ char *path = faults_path("said");
	size_t size;
	char *said = faults_content(path, &size);

	return said ? said : gvnp_duplicate("");
}

pid_t faults_child_of(pid_t pid, size_t n)
{
	_cleanup_free_ char *path = gvnp_format("/proc/%d/task/%d/children", (int)pid, (int)pid);

	for (int i = 0; i < 1000; i++) {
		size_t size;
		_cleanup_free_ char *children = faults_content(path, &size);
		struct gvnp_slice rest = gvnp_slice(children ? children : ""), word;
		uint64_t child = 0;
		size_t k = 0;

		while (gvnp_slice_word(&rest, &word))
			if (k++ == n && gvnp_slice_unsigned(word, 10, &child))
				return (pid_t)child;
		usleep(1000);
	}
	return 0;
}

static char *group; /* a memory cgroup of ours */

static bool put_group(const char *name, const char *text)
{
	_cleanup_free_ char *path = gvnp_format("%s/%s", group, name);
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* Below the group this process is in, v1 or v2. NULL: there is none, or it may not be made. */
static char *new_group(void)
{
	size_t size = 0;
	_cleanup_free_ char *ours = faults_content("/proc/self/cgroup", &size);
	struct gvnp_slice rest = gvnp_slice(ours ? ours : ""), line, number, names, path;

	while (gvnp_slice_next(&rest, '\n', &line)) {
		bool is_v1;

		if (!gvnp_slice_split(line, ':', &number, &line) ||
		    !gvnp_slice_split(line, ':', &names, &path))
			continue;
		is_v1 = gvnp_slice_is(names, "memory");
		if (!is_v1 && names.size)
			continue;
		_cleanup_free_ char *made =
			gvnp_format("/sys/fs/cgroup%s%.*s/gvnp-faults-XXXXXX",
				    is_v1 ? "/memory" : "", (int)path.size, path.text);
		if (mkdtemp(made))
			return gvnp_take(made);
	}
	return NULL;
}

void faults_group_enter(void)
{
	if (!put_group("cgroup.procs", "0"))
		_exit(126);
}

bool faults_group_limit(unsigned mebibytes)
{
	_cleanup_free_ char *bytes = gvnp_format("%u", mebibytes * 1024 * 1024);

	put_group("memory.swap.max", "0");
	return put_group("memory.limit_in_bytes", bytes) || put_group("memory.max", bytes);
}

bool faults_group_make(unsigned mebibytes)
{
	group = new_group();
	if (group && faults_group_limit(mebibytes))
		return true;
	printf("no memory cgroup can be made here\n");
	faults_group_remove();
	return false;
}

void faults_group_remove(void)
{
	if (group)
		rmdir(group);
	free(gvnp_take(group));
}

unsigned faults_seed(void)
{
	const char *given = getenv("GVNP_SEED");
	uint64_t seed = (uint64_t)time(NULL);

	if (given)
		gvnp_parse_unsigned(given, 10, &seed);
	printf("seed %u (GVNP_SEED=%u repeats it)\n", (unsigned)seed, (unsigned)seed);
	return (unsigned)seed;
}
