/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of faults share: the program as it was built, a folder for its outputs, and what
 * must hold after every fault: nothing partial in the place of an output, nobody left running.
 * Each test program is started as: TEST PROGRAM [--long]. Status 77: skipped.
 */
#ifndef GVNP_TESTS_FAULTS_H
#define GVNP_TESTS_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

extern const char *faults_program; /* any account may run it, and read the checks */
extern const char *faults_checks;
extern bool faults_is_long;
extern char faults_folder[64];	 /* of the outputs; any account may write there */
extern bool faults_is_sanitized; /* or measured for coverage: calls and memory of its own */

/* Makes the folder. Everything the program leaves behind becomes our child. False: bad usage. */
bool faults_begin(int argc, char **argv);
/* Removes the folder. */
void faults_end(void);

/* A path in the folder. To be freed. */
char *faults_path(const char *name);
void faults_empty_folder(void);
/* Files in the folder, blanks between, sorted. To be freed. */
char *faults_files(void);
/* The content of a file, NUL-terminated, or NULL. To be freed. */
char *faults_content(const char *path, size_t *ret_size);

/* A JSON report with checks in it. */
bool faults_is_whole_report(const char *path);
bool faults_is_whole_recording(const char *path);

/* The first check that passes in the report and not in the other, or NULL when a fault made nothing
 * better. Static. */
const char *faults_improved(const char *report, const char *undisturbed);

/* True when no child is left within a second. */
bool faults_nobody_left(void);

struct faults_run {
	pid_t pid;
	int64_t begun_ms;
	int status; /* of waitpid */
	int64_t took_ms;
	long peak_kib; /* of the largest of its processes, so far in this test program */
};

/* Starts the program untraced; both outputs go to `said` in the folder. `prepare` may be NULL. */
void faults_start(struct faults_run *run, const char *const *arguments, void (*prepare)(void),
		  uid_t uid);
/* Waits for its end, at most so long; then kills it, which is told by took_ms. */
void faults_wait(struct faults_run *run, int limit_ms);
/* What the last run said. To be freed. */
char *faults_said(void);

/* The n-th child of a process (from 0), once it is there; 0 if that takes a second. */
pid_t faults_child_of(pid_t pid, size_t n);

/* A memory cgroup below the one this process is in, v1 or v2. False, said: it cannot be had. */
bool faults_group_make(unsigned mebibytes);
/* False while more than that is in use. */
bool faults_group_limit(unsigned mebibytes);
void faults_group_enter(void); /* in a child */
void faults_group_remove(void);

/* A seed that is printed; GVNP_SEED replaces it. */
unsigned faults_seed(void);

#endif
