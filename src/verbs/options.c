/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line. One table holds every option with its words for --help, so that what is parsed
 * and what is documented cannot differ. Nothing is guessed: no abbreviations, no option a verb does
 * not use, no number with a rest.
 */
#include "verbs/options.h"

#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "source/libvirt_wake.h"
#include "verbs/verbs.h"

enum option_id {
	OPTION_ROOT,
	OPTION_CONNECT,
	OPTION_ACTIVATE,
	OPTION_DEEP,
	OPTION_DEADLINE,
	OPTION_GVNP_TYPE,
	OPTION_FORMAT,
	OPTION_OUTPUT,
	OPTION_FAIL_ON,
	OPTION_NOW,
	OPTION_CHECKS,
	OPTION_TAILORING,
	OPTION_DECLARATION,
	OPTION_REDACT,
	OPTION_ALL,
	OPTION_NO_COLOUR,
	OPTION_PRIVILEGES,
	OPTION_HELP,
};

struct option_row {
	enum option_id id;
	const char *name;     /* as typed */
	const char *argument; /* NULL: takes none */
	const char *verbs;    /* names between blanks */
	const char *about;
};

static const struct option_row rows[] = {
	{ OPTION_ROOT, "--root", "DIR|TAR", " run snapshot query declare ",
	  "audit a recorded host (a snapshot) instead of this one" },
	{ OPTION_CONNECT, "--connect", "URI", " run snapshot query declare ",
	  "libvirt to ask, local only (default qemu:///system)" },
	{ OPTION_ACTIVATE, "--activate", NULL, " run snapshot query declare ",
	  "wake a libvirt daemon that only its socket stands for" },
	{ OPTION_DEEP, "--deep", NULL, " run snapshot query ",
	  "read the system call filters of VMs; stops them briefly" },
	{ OPTION_DEADLINE, "--deadline", "SECONDS", " run snapshot query declare ",
	  "of the whole run, 1-3600 (default 10)" },
	{ OPTION_GVNP_TYPE, "--gvnp-type", "2|3", " run snapshot ",
	  "3GPP product type; 2 leaves the hardware out (default 3)" },
	{ OPTION_FORMAT, "--format", "FORMAT", " run snapshot query ",
	  "text (default), json or junit; query: text or json" },
	{ OPTION_OUTPUT, "-o", "FILE", " run snapshot declare ",
	  "write there, whole or not at all, not to standard output" },
	{ OPTION_FAIL_ON, "--fail-on", "SEVERITY", " run snapshot ",
	  "status 1 if anything of this severity or worse is open" },
	{ OPTION_NOW, "--now", "EPOCH", " run ", "judge as of this time, in seconds since 1970" },
	{ OPTION_TAILORING, "--tailoring", "DIR", " run ",
	  "instead of the host's /etc/gvnp-audit/tailoring.d" },
	{ OPTION_DECLARATION, "--declaration", "FILE", " run ",
	  "instead of the host's /etc/gvnp-audit/declaration.yaml" },
	{ OPTION_CHECKS, "--checks", "DIR", " run snapshot explain list query declare ",
	  "the catalogue of checks to use" },
	{ OPTION_REDACT, "--redact", NULL, " snapshot ",
	  "replace names, addresses, serials, secrets; keep verdicts" },
	{ OPTION_ALL, "--all", NULL, " run snapshot ",
	  "on a terminal, the whole report and not its first screen" },
	{ OPTION_NO_COLOUR, "--no-colour", NULL, " run snapshot ",
	  "plain text; so does NO_COLOR in the environment" },
	{ OPTION_PRIVILEGES, "--privileges", NULL, " run ",
	  "no audit: what each of its processes holds and may do" },
	{ OPTION_HELP, "--help", NULL, " run snapshot explain list query lint declare ",
	  "this text" },
};

static bool is_for(const struct option_row *row, const char *verb)
{
	_cleanup_free_ char *word = gvnp_format(" %s ", verb);

	return strstr(row->verbs, word) != NULL;
}

/* The option a word of the command line spells; *ret_value is what follows '=', or NULL. */
static const struct option_row *find(const char *word, const char **ret_value)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t size = strlen(rows[i].name);

		if (!gvnp_text_starts(word, rows[i].name))
			continue;
		if (!word[size] || (word[size] == '=' && word[1] == '-')) {
			*ret_value = word[size] ? word + size + 1 : NULL;
			return &rows[i];
		}
	}
	return NULL;
}

static char *set_number(const struct option_row *row, const char *value, uint64_t least,
			uint64_t most, uint64_t *ret)
{
	uint64_t number;

	if (!gvnp_parse_unsigned(value, 10, &number) || number < least || number > most)
		return gvnp_format("%s '%s': not a whole number from %llu to %llu", row->name,
				   value, (unsigned long long)least, (unsigned long long)most);
	*ret = number;
	return NULL;
}

static char *set_numeric(const struct option_row *row, const char *value,
			 struct gvnp_options *options)
{
	uint64_t number = 0;
	char *problem;

	if (row->id == OPTION_DEADLINE) {
		problem = set_number(row, value, 1, 3600, &number);
		options->deadline_ms = (int)number * 1000;
	} else if (row->id == OPTION_GVNP_TYPE) {
		problem = set_number(row, value, 2, 3, &number);
		options->gvnp_type = (int)number;
	} else {
		problem = set_number(row, value, 0, INT64_MAX / 2, &number);
		options->has_now = true;
		options->now = (int64_t)number;
	}
	return problem;
}

static char *set_severity(const char *value, struct gvnp_options *options)
{
	if (!gvnp_severity_parse(value, &options->fail_on))
		return gvnp_format("--fail-on '%s': not one of critical, high, medium, low", value);
	options->has_fail_on = true;
	return NULL;
}

/* NULL, or a message to free. */
static char *set(const struct option_row *row, const char *value, struct gvnp_options *options)
{
	switch (row->id) {
	case OPTION_ROOT:
		options->root = value;
		return NULL;
	case OPTION_CONNECT:
		options->libvirt_uri = value;
		return gvnp_libvirt_uri_refusal(value) ?
			       gvnp_format("--connect '%s': %s", value,
					   gvnp_libvirt_uri_refusal(value)) :
			       NULL;
	case OPTION_FORMAT:
		options->format = value;
		return NULL;
	case OPTION_OUTPUT:
		options->output = value;
		return NULL;
	case OPTION_CHECKS:
		options->checks = value;
		return NULL;
	case OPTION_TAILORING:
		options->tailoring = value;
		return NULL;
	case OPTION_DECLARATION:
		options->declaration = value;
		return NULL;
	case OPTION_DEADLINE:
	case OPTION_GVNP_TYPE:
	case OPTION_NOW:
		return set_numeric(row, value, options);
	case OPTION_FAIL_ON:
		return set_severity(value, options);
	case OPTION_ACTIVATE:
		options->activate = true;
		return NULL;
	case OPTION_DEEP:
		options->is_deep = true;
		return NULL;
	case OPTION_REDACT:
		options->is_redacted = true;
		return NULL;
	case OPTION_ALL:
		options->is_everything = true;
		return NULL;
	case OPTION_NO_COLOUR:
		options->without_colour = true;
		return NULL;
	case OPTION_PRIVILEGES:
		options->is_privileges = true;
		return NULL;
	case OPTION_HELP:
		return NULL;
	}
	return NULL;
}

/* One option at argv[*at]; moves *at past a value that is a word of its own. */
static char *parse_option(const struct gvnp_verb *verb, int argc, char *const *argv, int *at,
			  struct gvnp_options *options, bool *ret_is_help)
{
	const char *value = NULL;
	bool is_help = !strcmp(argv[*at], "-h");
	const struct option_row *row = find(is_help ? "--help" : argv[*at], &value);

	if (!row)
		return gvnp_format("%s: no such option; gvnp-audit --help lists them", argv[*at]);
	if (!is_for(row, verb->name))
		return gvnp_format("%s is not an option of %s; gvnp-audit %s --help lists its",
				   row->name, verb->name, verb->name);
	if (!row->argument && value)
		return gvnp_format("%s takes no value", row->name);
	if (row->argument && !value) {
		if (*at + 1 >= argc)
			return gvnp_format("%s needs %s", row->name, row->argument);
		value = argv[++*at];
	}
	if (row->argument && (!value || !*value))
		return gvnp_format("%s: %s is empty", row->name, row->argument);
	*ret_is_help |= row->id == OPTION_HELP;
	return set(row, value, options);
}

static char *check_count(const struct gvnp_verb *verb, const struct gvnp_options *options)
{
	if (options->n_arguments < verb->least)
		return gvnp_format("%s needs %s", verb->name, verb->arguments);
	if (options->n_arguments > verb->most && !verb->most)
		return gvnp_format(
			"'%s' is neither a verb nor an option; gvnp-audit --help lists both",
			options->arguments[0]);
	if (options->n_arguments > verb->most)
		return gvnp_format("%s takes %s only; '%s' is one too many", verb->name,
				   verb->arguments, options->arguments[verb->most]);
	return NULL;
}

enum gvnp_options_result gvnp_options_parse(const struct gvnp_verb *verb, int argc,
					    char *const *argv, const char **words,
					    struct gvnp_options *ret, char **ret_problem)
{
	struct gvnp_options options = { .deadline_ms = 10000, .gvnp_type = 3, .arguments = words };
	bool has_ended = false, is_help = false;
	char *problem = NULL;

	for (int at = 0; at < argc && !problem; at++) {
		if (has_ended || argv[at][0] != '-' || !argv[at][1])
			words[options.n_arguments++] = argv[at];
		else if (!strcmp(argv[at], "--"))
			has_ended = true;
		else
			problem = parse_option(verb, argc, argv, &at, &options, &is_help);
	}
	words[options.n_arguments] = NULL;
	if (!problem && is_help)
		return GVNP_OPTIONS_HELP;
	if (!problem)
		problem = check_count(verb, &options);
	if (problem) {
		*ret_problem = problem;
		return GVNP_OPTIONS_BAD;
	}
	*ret = options;
	return GVNP_OPTIONS_RUN;
}

static void help_options(struct gvnp_buffer *out, const struct gvnp_verb *verb)
{
	gvnp_buffer_append_text(out, "\nOptions:\n");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		_cleanup_free_ char *name =
			gvnp_format("%s%s%s", rows[i].name, rows[i].argument ? " " : "",
				    rows[i].argument ? rows[i].argument : "");

		if (!verb || is_for(&rows[i], verb->name))
			gvnp_buffer_append_format(out, "  %-20s %s\n", name, rows[i].about);
	}
	if (!verb)
		gvnp_buffer_append_format(out, "  %-20s %s\n", "--version", "the version");
}

void gvnp_options_help(struct gvnp_buffer *out, const struct gvnp_verb *verb)
{
	if (verb) {
		gvnp_buffer_append_format(out, "Usage: gvnp-audit %s [OPTION ...]%s%s\n\n%s\n",
					  verb->name, *verb->arguments ? " " : "", verb->arguments,
					  verb->about);
		help_options(out, verb);
		if (verb->run == gvnp_verb_snapshot)
			gvnp_buffer_append_text(
				out, "\nA plain snapshot holds what the files of the host hold: names, "
				     "addresses,\nserial numbers and any password in them. With --redact "
				     "it may be shown.\n");
		return;
	}
	gvnp_buffer_append_text(
		out,
		"Usage: gvnp-audit [run] [OPTION ...]\n"
		"       gvnp-audit VERB [OPTION ...] [ARGUMENT ...]\n\n"
		"Audits the NFVI compute node it runs on against the 3GPP requirements for\n"
		"generic virtualised network products. Changes nothing on the host.\n\nVerbs:\n");
	for (const struct gvnp_verb *each = gvnp_verbs; each->name; each++) {
		_cleanup_free_ char *name = gvnp_format(
			"%s%s%s", each->name, *each->arguments ? " " : "", each->arguments);

		if (strlen(name) > 20)
			gvnp_buffer_append_format(out, "  %s\n  %-20s %s\n", name, "", each->about);
		else
			gvnp_buffer_append_format(out, "  %-20s %s\n", name, each->about);
	}
	help_options(out, NULL);
	gvnp_buffer_append_text(
		out,
		"\nAn option belongs to the verbs whose --help lists it.\n"
		"\nExit status:\n"
		"  0  completed, and --fail-on held\n"
		"  1  completed, and --fail-on did not hold; query: a table it read is incomplete\n"
		"  2  the command line, a check, tailoring or a declaration is wrong: no report\n"
		"  3  could not complete or write its output, or not one check could be judged\n");
}
