/* SPDX-License-Identifier: Apache-2.0 */
/* What each process does once it is one of its own: it locks itself, and then serves or works. */
#include "privilege/job.h"

#include <errno.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "gvnp/collector.h"
#include "privilege/libvirt.h"
#include "privilege/lock.h"
#include "privilege/reader.h"
#include "privilege/worker.h"
#include "source/answerer.h"
#include "source/seccomp.h"

int gvnp_job_libvirt(void *data)
{
	const struct gvnp_job *job = data;

	return gvnp_libvirt_run(job->plan);
}

int gvnp_job_reader(void *data)
{
	const struct gvnp_job *job = data;
	int socket = STDERR_FILENO + 1; /* the highest descriptor, for its lock */

	if (job->fd != socket && (dup2(job->fd, socket) < 0 || close(job->fd) < 0))
		return 1;
	if (!gvnp_lock_reader(socket))
		return GVNP_LOCK_FAILED;
	if (job->plan->look)
		gvnp_lock_hold();
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = gvnp_source_new_direct("/");

	int error = gvnp_reader_serve(
		socket, source, job->plan->declares ? job->plan->declares : gvnp_collect_declares);

	/* The worker may end, or stop waiting, before all is answered. */
	return error && error != -EPIPE && error != -ECONNRESET ? 1 : 0;
}

static bool declares_filters(enum gvnp_operation operation, const char *path)
{
	return operation == GVNP_SECCOMP && gvnp_collect_declares(operation, path);
}

int gvnp_job_deep(void *data)
{
	const struct gvnp_job *job = data;

	if (!gvnp_lock_deep())
		return GVNP_LOCK_FAILED;
	if (job->plan->look)
		gvnp_lock_hold();
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = gvnp_source_new_deep();
	int error = gvnp_reader_serve(job->fd, source, declares_filters);

	return error && error != -EPIPE && error != -ECONNRESET ? 1 : 0;
}

int gvnp_job_worker(void *data)
{
	const struct gvnp_job *job = data;

	return gvnp_worker_run(job->plan, job->live);
}
