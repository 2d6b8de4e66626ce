/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a program under ptrace, with everything it starts, and asks a judge at every system call
 * whether it goes on, fails with an errno, or its process is killed or held. The judge sees the
 * call before the kernel does, and before any seccomp filter.
 */
#ifndef GVNP_TESTS_TRACER_H
#define GVNP_TESTS_TRACER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum tracer_act {
	TRACER_GO,
	TRACER_FAIL, /* the call does not happen; it returns -call->error */
	TRACER_KILL, /* SIGKILL to the process, at the call */
	TRACER_HOLD, /* the process stays where it is until somebody kills it */
	TRACER_STOP, /* SIGSTOP to the process */
};

/* What a process is, by the order in which the supervisor starts them. */
enum tracer_role { TRACER_SUPERVISOR, TRACER_FIRST, TRACER_SECOND, TRACER_THIRD, TRACER_FURTHER };

struct tracer_call {
	pid_t pid; /* thread that calls */
	enum tracer_role role;
	unsigned index; /* of this call among those of its role, from 0 */
	uint64_t number, arguments[6];
	int error; /* for TRACER_FAIL: set by the judge */
};

struct tracer_thread {
	pid_t pid;
	enum tracer_role role;
	bool is_known;	 /* its parent's fork was seen, or it is the first */
	bool is_waiting; /* stopped before its parent's fork was seen */
	bool has_ended;
	int failing; /* errno that the call under way returns */
	uint64_t saved[2];
};

struct tracer {
	/* given */
	const char *const *arguments; /* of execve, [0] is the program; NULL at the end */
	uid_t uid;		      /* and gid; 0: as we are */
	bool is_first_only;	      /* do not follow what it starts */
	unsigned quiet_until;	      /* no call of the first process is told before it started so
				       * many others: much faster */
	unsigned roles;		      /* bits of the roles whose calls are told; 0: all */
	int output;		      /* standard output and error of the program; -1: /dev/null */
	int limit_ms;		      /* after which everything is killed; 0: 30 s */
	void (*prepare)(void *data);  /* in the child, before execve */
	enum tracer_act (*judge)(void *data, struct tracer_call *call);
	/* at the end of each call that was not failed; may be NULL */
	void (*watch)(void *data, const struct tracer_call *call, int64_t result);
	void *data;
	/* results */
	int status;	     /* of waitpid, of the first process */
	int64_t took_ms;     /* until the first process ended */
	int64_t all_gone_ms; /* until the last one had ended */
	bool is_overdue;     /* limit_ms passed */
	struct tracer_thread threads[256];
	size_t n_threads;
	unsigned n_children; /* of the first process */
	unsigned n_calls[TRACER_FURTHER + 1];
};

/* False when tracing is not possible here. */
bool tracer_is_possible(void);
/* Runs until every process that is followed has ended. 0, or a negative errno when it could not be
 * started. */
int tracer_run(struct tracer *tracer);
/* The text at an address of a stopped thread, as far as it can be read. Static. */
const char *tracer_text(pid_t pid, uint64_t address);
bool tracer_read(pid_t pid, uint64_t address, void *ret, size_t size);
/* A process of this id was seen: the program or what it started. */
bool tracer_knows(const struct tracer *tracer, pid_t pid);

#endif
