/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every file of the corpora through its target, without libFuzzer: what was found once stays found.
 * A process of its own for each target, a deadline for each input, and no target without a corpus.
 *   driver CORPUS [TARGET]
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "target.h"

enum { DEADLINE_S = 20, SLOW_MS = 1000 };

static size_t n_failed;

/* The input in memory that ends where it does, so that a sanitizer sees each byte behind it. */
static char *read_file(const char *path, size_t *ret_size)
{
	FILE *file = fopen(path, "r");
	char *bytes = NULL;
	size_t size = 0, n;
	char chunk[4096];

	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(2);
	}
	while ((n = fread(chunk, 1, sizeof chunk, file))) {
		bytes = gvnp_reallocate(bytes, size + n);
		memcpy(bytes + size, chunk, n);
		size += n;
	}
	fclose(file);
	*ret_size = size;
	return bytes ? bytes : gvnp_allocate(0);
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int run_folder(const char *folder)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, is_shown, alphasort);

	for (int i = 0; i < n; i++) {
		_cleanup_free_ char *path = gvnp_format("%s/%s", folder, entries[i]->d_name);
		size_t size;
		_cleanup_free_ char *bytes = read_file(path, &size);

		/* The name, should it be the one. */
		fprintf(stderr, "%s\n", path);
		alarm(DEADLINE_S);
		long before = now_ms();
		fuzz_run(bytes, size);
		if (now_ms() - before > SLOW_MS)
			printf("# %s: %ld ms\n", path, now_ms() - before);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return n;
}

static void run_target(const char *corpus, const char *name)
{
	_cleanup_free_ char *folder = gvnp_format("%s/%s", corpus, name);
	long before = now_ms();
	int status = 0;

	fflush(stdout);
	pid_t child = fork();
	if (!child) {
		int n = fuzz_choose(name) ? run_folder(folder) : -1;

		exit(n > 0 ? 0 : 77);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		status = -1;
	if (status) {
		n_failed++;
		printf("not ok %s: %s\n", name,
		       WIFEXITED(status) && WEXITSTATUS(status) == 77
			       ? "it has no corpus: tests/fuzz/run makes one"
		       : WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM
			       ? "the last input took too long"
			       : "the last input");
	} else {
		printf("ok %s, %ld ms\n", name, now_ms() - before);
	}
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "driver CORPUS [TARGET]\n");
		return 2;
	}
	if (argc > 2) {
		run_target(argv[1], argv[2]);
		return n_failed ? 1 : 0;
	}
	for (const struct fuzz_target *target = fuzz_targets; target->name; target++)
		run_target(argv[1], target->name);
	for (const struct gvnp_collector *const *collector = gvnp_collectors; *collector;
	     collector++) {
		_cleanup_free_ char *name = gvnp_format("collect-%s", (*collector)->name);

		run_target(argv[1], name);
	}
	return n_failed ? 1 : 0;
}
