/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding and loading the catalogue of checks. It is read before any process is started, so that a
 * malformed check is an error of the command line and never a half report.
 */
#include "verbs/verbs.h"

#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "report/escape.h"
#include "verbs/checkdir.h"
#include "verbs/output.h"

/* The path of the running program; where /proc is not mounted, the one it was started by. */
static char *program_path(void)
{
	char *path = realpath("/proc/self/exe", NULL);
	const char *started_by = (const char *)(uintptr_t)getauxval(AT_EXECFN);

	return path || !started_by ? path : realpath(started_by, NULL);
}

/* The folder `levels` above the running program, or NULL. */
static char *above_program(unsigned levels)
{
	_cleanup_free_ char *path = program_path();

	for (unsigned i = 0; path && i < levels; i++) {
		char *slash = strrchr(path, '/');

		if (!slash)
			return NULL;
		*slash = '\0';
	}
	return gvnp_take(path);
}

/* A checkout is recognised by the two things that are always in it. */
static char *in_checkout(unsigned levels)
{
	_cleanup_free_ char *top = above_program(levels);

	if (!top)
		return NULL;
	_cleanup_free_ char *build = gvnp_format("%s/meson.build", top);
	_cleanup_free_ char *checks = gvnp_format("%s/checks", top);
	_cleanup_free_ char *catalogue = gvnp_format("%s/requirements.yaml", checks);

	if (access(build, F_OK) || access(catalogue, F_OK))
		return NULL;
	return gvnp_take(checks);
}

static char *find_directory(const struct gvnp_options *options)
{
	if (options->checks)
		return gvnp_duplicate(options->checks);
	/* TOP/build/src/gvnp-audit, or TOP/build/gvnp-audit */
	for (unsigned levels = 3; levels >= 2; levels--) {
		char *found = in_checkout(levels);

		if (found)
			return found;
	}
	return gvnp_duplicate(GVNP_CHECKDIR);
}

void gvnp_verb_problems(struct gvnp_buffer *out, const struct gvnp_problems *problems,
			const struct gvnp_overlay *overlay)
{
	for (size_t i = 0; i < problems->n; i++) {
		const struct gvnp_problem *problem = &problems->problems[i];

		_cleanup_free_ char *file =
			gvnp_overlay_given_path(overlay, problem->file ? problem->file : "");

		gvnp_buffer_append_text(out, "gvnp-audit: ");
		gvnp_escape_terminal(out, file);
		if (problem->line)
			gvnp_buffer_append_format(out, ":%d", problem->line);
		gvnp_buffer_append_text(out, ": ");
		gvnp_escape_terminal(out, problem->text);
		gvnp_buffer_append_text(out, "\n");
	}
}

int gvnp_verb_load(const struct gvnp_options *options, struct gvnp_catalogue **ret)
{
	_cleanup_(gvnp_problems_done) struct gvnp_problems problems = { 0 };
	_cleanup_free_ char *directory = find_directory(options);
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };

	if (!gvnp_catalogue_load(directory, &problems, ret))
		return 0;
	gvnp_verb_problems(&text, &problems, NULL);
	if (write(STDERR_FILENO, gvnp_buffer_text(&text), text.size) < 0)
		return GVNP_EXIT_USAGE;
	return GVNP_EXIT_USAGE;
}
