/* SPDX-License-Identifier: Apache-2.0 */
/* One child process: started with nothing but what it needs, ended by its id, reaped. */
#ifndef GVNP_PRIVILEGE_CHILD_H
#define GVNP_PRIVILEGE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct gvnp_buffer;

struct gvnp_child {
	const char *name; /* "the worker" */
	pid_t pid;	  /* 0: not running */
	int status;	  /* of waitpid, once it was started and has ended */
	bool was_killed;  /* by us */
	bool is_stopped;  /* by a signal: held at its lock, in a run that does that */
};

/* What a child is given. */
struct gvnp_start {
	int output;		/* its standard output, or -1: /dev/null */
	int error;		/* its standard error */
	int keep[3];		/* further descriptors it keeps, or -1 */
	int (*run)(void *data); /* its exit status */
	void *data;
};

/* Forks. The child dies with its parent, has no other descriptors, default signal handling and an
 * empty signal mask. Returns 0 or a negative errno. */
int gvnp_child_start(struct gvnp_child *child, const char *name, const struct gvnp_start *start);

/* SIGKILL, if it runs. */
void gvnp_child_kill(struct gvnp_child *child);
/* Reaps it if it has ended, notes if it has stopped. Does not block. */
void gvnp_child_reap(struct gvnp_child *child);

/* True if it ended by itself otherwise than with status 0; then appends a line that says how. */
bool gvnp_child_explain(const struct gvnp_child *child, struct gvnp_buffer *messages);

/* True if it did what its lock forbids, or could not be locked. */
bool gvnp_child_broke_lock(const struct gvnp_child *child);

#endif
