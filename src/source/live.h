/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker's end of the live host: asks the reader process over a socket, and collects what the
 * libvirt reader pushes through a pipe.
 */
#ifndef GVNP_SOURCE_LIVE_H
#define GVNP_SOURCE_LIVE_H

#include <stdint.h>

#include "gvnp/source.h"

struct gvnp_live {
	int reader;		  /* socket, or -1 */
	int libvirt;		  /* pipe, or -1: no libvirt in this run */
	int deep;		  /* socket of the deep reader; 0 or -1: GVNP_SECCOMP is not asked */
	int64_t deadline;	  /* for files; gvnp_live_now() milliseconds */
	int64_t libvirt_deadline; /* for all that libvirt was to say */
};

/* Milliseconds of a clock that only goes forward. */
int64_t gvnp_live_now(void);

/* Takes over the descriptors. Blocks only in poll, and never past the deadlines: what is then
 * unanswered is GVNP_TIMED_OUT, and that process is not asked again. */
struct gvnp_source *gvnp_source_new_live(const struct gvnp_live *ends);

#endif
