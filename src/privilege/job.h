/* SPDX-License-Identifier: Apache-2.0 */
/* What each child process does: functions for gvnp_child_start(). */
#ifndef GVNP_PRIVILEGE_JOB_H
#define GVNP_PRIVILEGE_JOB_H

#include "gvnp/privilege.h"

struct gvnp_job {
	const struct gvnp_plan *plan;
	int fd;			  /* a reader's socket to the worker */
	struct gvnp_source *live; /* the worker's; NULL: a recorded root */
};

/* `data` is a struct gvnp_job. The exit status of the process. */
int gvnp_job_libvirt(void *data);
int gvnp_job_reader(void *data);
int gvnp_job_deep(void *data);
int gvnp_job_worker(void *data);

#endif
