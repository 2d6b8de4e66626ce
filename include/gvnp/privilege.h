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

/* What the worker hands back to the supervisor. */
struct gvnp_outcome {
	int status;		      /* exit status, DESIGN 6 */
	struct gvnp_buffer *output;   /* the report */
	struct gvnp_buffer *messages; /* for standard error */
	struct gvnp_buffer *recording; /* a snapshot tar, or empty */
};

struct gvnp_plan {
	const char *root;	  /* NULL: the live host; else a tar or an unpacked folder */
	const char *libvirt_uri;  /* NULL: qemu:///system */
	bool without_libvirt;	  /* do not start the libvirt reader */
	bool activate;		  /* wake a socket-activated daemon */
	bool record;		  /* keep every message for a snapshot */
	int deadline_ms;	  /* of the whole run */
	/* Runs in the worker. */
	void (*work)(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome);
	void *data;
};

/* Runs the plan; fills *outcome (whose buffers the caller owns). Never hangs: past the deadline the
 * processes are killed by pid, and the outcome says so with status 3. Returns 0, or a negative errno
 * when not even the processes could be started. */
int gvnp_supervise(const struct gvnp_plan *plan, struct gvnp_outcome *outcome);

/* The recording so far, as the bytes of a tar; for `snapshot`. `extra` files are added to it
 * (name, bytes pairs). 0 or a negative errno. */
int gvnp_source_recording(struct gvnp_source *source, struct gvnp_buffer *ret_tar);

#endif
