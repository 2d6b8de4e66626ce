/* SPDX-License-Identifier: Apache-2.0 */
/* The command line, parsed strictly: whole option names, values of the right form, and only options
 * the verb knows. */
#ifndef GVNP_VERBS_OPTIONS_H
#define GVNP_VERBS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gvnp/check.h"

struct gvnp_buffer;

/* Exit status, DESIGN 6. */
enum {
	GVNP_EXIT_OK = 0,
	GVNP_EXIT_GATE = 1,	  /* --fail-on did not hold; query: a table it read is incomplete */
	GVNP_EXIT_USAGE = 2,	  /* command line, check, tailoring or declaration is wrong */
	GVNP_EXIT_INCOMPLETE = 3, /* could not complete, or not one check could be judged */
};

struct gvnp_options {
	const char *root;	 /* NULL: the live host */
	const char *libvirt_uri; /* NULL: the system's */
	bool activate;
	bool is_deep;
	int deadline_ms;
	int gvnp_type;
	const char *format; /* NULL: text */
	const char *output; /* NULL: standard output */
	bool has_fail_on;
	enum gvnp_severity fail_on;
	bool has_now;
	int64_t now;
	const char *checks;	 /* NULL: found by gvnp_verb_check_directory() */
	const char *tailoring;	 /* NULL: the host's */
	const char *declaration; /* NULL: the host's */
	bool is_everything;
	bool is_redacted;
	bool without_colour;
	bool is_privileges; /* what the processes hold, instead of an audit */
	const char *const *arguments; /* what is not an option; ends with NULL */
	size_t n_arguments;
};

struct gvnp_verb {
	const char *name;
	const char *arguments; /* as --help shows them */
	size_t least, most;    /* how many arguments it takes */
	const char *about;
	int (*run)(const struct gvnp_options *options);
};

/* All verbs, `run` first; ends with a NULL name. */
extern const struct gvnp_verb gvnp_verbs[];

enum gvnp_options_result { GVNP_OPTIONS_RUN, GVNP_OPTIONS_HELP, GVNP_OPTIONS_BAD };

/* Parses what follows the verb. BAD: *ret_problem is a message to free. `words` (argc strings) is
 * room for the arguments and must outlive *ret. */
enum gvnp_options_result gvnp_options_parse(const struct gvnp_verb *verb, int argc,
					    char *const *argv, const char **words,
					    struct gvnp_options *ret, char **ret_problem);

/* What --help prints: all verbs when `verb` is NULL. */
void gvnp_options_help(struct gvnp_buffer *out, const struct gvnp_verb *verb);

#endif
