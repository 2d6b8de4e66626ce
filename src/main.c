/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: finds the verb and hands over. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "verbs/options.h"
#include "verbs/output.h"

static const struct gvnp_verb *find_verb(const char *name)
{
	for (const struct gvnp_verb *verb = gvnp_verbs; verb->name; verb++)
		if (!strcmp(verb->name, name))
			return verb;
	return NULL;
}

static int print(const struct gvnp_buffer *text)
{
	return gvnp_output_write(NULL, text) ? GVNP_EXIT_INCOMPLETE : GVNP_EXIT_OK;
}

static int help(const struct gvnp_verb *verb)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };

	gvnp_options_help(&text, verb);
	return print(&text);
}

static int version(void)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };

	gvnp_buffer_append_text(&text, "gvnp-audit " GVNP_VERSION "\n");
	return print(&text);
}

/* Whoever starts us with standard output closed must not have the report land in whatever file is
 * opened next. Opened for reading, it makes every write fail. */
static void keep_standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	const struct gvnp_verb *verb = argc > 1 ? find_verb(argv[1]) : NULL;
	int skip = verb ? 2 : 1;
	struct gvnp_options options;
	_cleanup_free_ char *problem = NULL;

	keep_standard_descriptors();
	/* A reader that goes away is a write error, said and counted as one. */
	signal(SIGPIPE, SIG_IGN);
	if (argc < 1)
		return GVNP_EXIT_USAGE;
	if (argc == 2 && !strcmp(argv[1], "--version"))
		return version();
	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return help(NULL);
	if (!verb)
		verb = gvnp_verbs; /* run */
	if (skip > argc)
		skip = argc;
	_cleanup_free_ const char **words = gvnp_allocate_array((size_t)argc + 1, sizeof *words);
	switch (gvnp_options_parse(verb, argc - skip, argv + skip, words, &options, &problem)) {
	case GVNP_OPTIONS_HELP:
		return help(verb);
	case GVNP_OPTIONS_BAD:
		gvnp_output_complain("%s", problem);
		return GVNP_EXIT_USAGE;
	case GVNP_OPTIONS_RUN:
		break;
	}
	return verb->run(&options);
}
