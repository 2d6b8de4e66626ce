/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Becoming the libvirt reader. Whether libvirt may be asked is decided before it is loaded; the
 * program gets an environment of its own in which it starts no daemon.
 */
#include "privilege/libvirt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "privilege/lock.h"
#include "source/libvirt_wake.h"
#include "source/message.h"

static const char program_name[] = "gvnp-audit-libvirt";

/* Beside our own program (a build folder), else where it is installed. NULL: nowhere. */
static char *find_program(void)
{
	char self[4096];
	ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);

	if (size > 0) {
		self[size] = '\0';
		char *slash = strrchr(self, '/');
		char *path =
			gvnp_format("%.*s/%s", slash ? (int)(slash - self) : 0, self, program_name);
		if (!access(path, X_OK))
			return path;
		free(path);
	}
	char *path = gvnp_format("%s/%s", GVNP_LIBEXECDIR, program_name);
	if (!access(path, X_OK))
		return path;
	free(path);
	return NULL;
}

/* The end marker alone: the answer to every question about libvirt. */
static int refuse(int error, const char *problem)
{
	_cleanup_buffer_ struct gvnp_buffer frame = { 0 };
	struct gvnp_answer answer = { .error = error, .problem = problem, .data = "" };
	struct gvnp_request everything = { GVNP_LIBVIRT, "" };

	gvnp_message_append_answer(&frame, 0, &everything, &answer);
	return write(STDOUT_FILENO, frame.data, frame.size) == (ssize_t)frame.size ? 0 : 1;
}

static char **environment(void)
{
	/* Where a session daemon listens, and what sanitizers are told. */
	static const char *const kept[] = { "HOME",	    "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME",
					    "ASAN_OPTIONS", "UBSAN_OPTIONS",   "LSAN_OPTIONS" };
	enum { N = sizeof kept / sizeof *kept };
	char **variables = gvnp_allocate_array(N + 2, sizeof *variables);
	size_t n = 0;

	variables[n++] = gvnp_duplicate("LIBVIRT_AUTOSTART=0");
	for (size_t i = 0; i < N; i++)
		if (getenv(kept[i]))
			variables[n++] = gvnp_format("%s=%s", kept[i], getenv(kept[i]));
	return variables;
}

int gvnp_libvirt_run(const struct gvnp_plan *plan)
{
	const char *uri = plan->libvirt_uri ? plan->libvirt_uri : "qemu:///system";
	struct gvnp_libvirt_wake wake;

	if (!gvnp_lock_libvirt_look())
		return GVNP_LOCK_FAILED;
	/* One that is held does not connect. */
	gvnp_libvirt_wake_check(uri, plan->activate || plan->look, &wake);
	if (wake.error)
		return refuse(wake.error, wake.problem);
	char *program =
		plan->libvirt_program ? gvnp_duplicate(plan->libvirt_program) : find_program();
	if (!program)
		return refuse(GVNP_LIBVIRT_ABSENT, "the program gvnp-audit-libvirt is not "
						   "installed");
	char *arguments[] = { program, gvnp_duplicate(uri),
			      plan->look	       ? gvnp_duplicate("--hold")
			      : wake.is_network_asleep ? gvnp_duplicate("--without-networks")
						       : NULL,
			      NULL };
	if (!gvnp_lock_libvirt_become())
		return GVNP_LOCK_FAILED;
	execve(program, arguments, environment());
	_cleanup_free_ char *problem =
		gvnp_format("%s: %s", program, gvnp_source_error_name(errno));
	return refuse(GVNP_LIBVIRT_ABSENT, problem);
}
