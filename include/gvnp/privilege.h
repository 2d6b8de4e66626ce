/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes of one run. The supervisor (the process that was started) keeps the deadline and
 * writes outputs; the reader opens declared paths and sends bytes; the libvirt reader asks libvirt;
 * the worker decodes, judges and renders. They share nothing but the messages of source/.
 */
#ifndef GVNP_PRIVILEGE_H
#define GVNP_PRIVILEGE_H

#include <stdbool.h>
#include <stddef.h>

#include "gvnp/source.h"

enum { GVNP_DEADLINE_MS = 10000 };

/* What the worker hands back to the supervisor. */
struct gvnp_outcome {
	int status;		      /* exit status, DESIGN 6 */
	struct gvnp_buffer *output;   /* the report */
	struct gvnp_buffer *messages; /* for standard error */
	struct gvnp_buffer *recording; /* a snapshot tar, or empty */
	int interrupted_by;	      /* the signal that ended the run early, or 0 */
};

/* A process of a run, held at its lock: what it holds is what /proc says of it. */
struct gvnp_held {
	const char *name; /* "the reader" */
	pid_t pid;	  /* 0: it does not run */
	const char *may_open; /* what its lock lets it open, in words */
};

struct gvnp_plan {
	const char *root;	  /* NULL: the live host; else a tar or an unpacked folder */
	const char *libvirt_uri;  /* NULL: qemu:///system */
	bool without_libvirt;	  /* do not start the libvirt reader */
	bool activate;		  /* wake a socket-activated daemon */
	bool is_deep;		  /* start the deep reader, which answers GVNP_SECCOMP */
	bool record;		  /* keep every message for a snapshot */
	int deadline_ms;	  /* of the whole run; 0: GVNP_DEADLINE_MS. Libvirt has half of it
				   * and files three quarters: the rest is for judging */
	/* What the reader may open; NULL: gvnp_collect_declares(). */
	bool (*declares)(enum gvnp_operation operation, const char *path);
	/* The program that asks libvirt; NULL: gvnp-audit-libvirt beside the running program, else
	 * in the installed place. */
	const char *libvirt_program;
	/* Runs in this process once the readers are started, so that they load and answer meanwhile:
	 * makes what the worker needs. Returns 0, or the exit status the run ends with, having said
	 * why. NULL: nothing to make. */
	int (*prepare)(void *data);
	/* Says what the worker will ask of the live host (gvnp_source_foresee()), so that the reader
	 * answers while this process still prepares. Called once before `prepare` and once after.
	 * NULL: nothing is foreseen. */
	void (*foresee)(void *data, struct gvnp_source *source, bool is_prepared);
	/* The calling process itself, too, gives up for good what a supervisor does not need, once the
	 * readers are started. */
	bool locks_itself;
	/* Holds the processes at their locks, calls this in the supervisor, and ends them: nothing is
	 * read and `work` does not run. The supervisor is the first of them. NULL: an ordinary run. */
	void (*look)(void *data, const struct gvnp_held *processes, size_t n);
	/* Runs in the worker. */
	void (*work)(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome);
	void *data;
};

/*
 * Runs the plan; fills the buffers of *outcome, which the caller made (each pointer that is NULL is
 * left out). Never hangs: past the deadline the processes are killed by pid, and the outcome says so
 * with status 3. A root that is no recording is status 2. SIGINT and SIGTERM end the children; the
 * outcome then has status 3 and names the signal. `messages` are whole lines, "gvnp-audit: …".
 * Returns 0, or a negative errno when not even the processes could be started.
 */
int gvnp_supervise(const struct gvnp_plan *plan, struct gvnp_outcome *outcome);

/* Appends what /proc says of a process: user, capabilities, no_new_privs, seccomp, dumps. */
void gvnp_held_describe(const struct gvnp_held *process, struct gvnp_buffer *out);

/* One record in the host's audit log that the tool ran, and how it ended; never a failure of the run.
 * True if it was taken. */
bool gvnp_privilege_record(int status);
/* Why it would not be, or NULL. Static. */
const char *gvnp_privilege_record_refusal(void);

/* The recording so far, as the bytes of a tar; for `snapshot`, in a plan that records. Returns 0, or
 * -ENODATA when the source does not record. */
int gvnp_source_recording(struct gvnp_source *source, struct gvnp_buffer *ret_tar);
/* A further file of the recording ("report.json": letters, digits, '.', '-', '_'). Replay does not
 * look at it. Returns 0, -EINVAL for another name, or -ENODATA. */
int gvnp_source_record_file(struct gvnp_source *source, const char *name, const void *data,
			    size_t size);

#endif
