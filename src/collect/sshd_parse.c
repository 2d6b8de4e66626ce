/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sshd makes of its configuration. Outside Match blocks the first value of a keyword counts;
 * what a Match block says goes before that for the connections it matches, so "Match all" goes
 * before it for all of them.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "collect/sshd.h"

enum { MOST_OPTIONS = 4096 };

void gvnp_sshd_done(struct gvnp_sshd *sshd)
{
	for (size_t i = 0; i < sshd->n; i++) {
		free(sshd->options[i].name);
		free(sshd->options[i].value);
		free(sshd->options[i].criteria);
		free(sshd->options[i].file);
	}
	free(sshd->options);
	free(sshd->criteria);
	free(sshd->problem);
	*sshd = (struct gvnp_sshd){ 0 };
}

void gvnp_sshd_note(struct gvnp_sshd *sshd, const char *format, ...)
{
	struct gvnp_buffer text = { 0 };
	va_list arguments;

	if (sshd->problem)
		return;
	va_start(arguments, format);
	gvnp_buffer_append_arguments(&text, format, arguments);
	va_end(arguments);
	sshd->problem = gvnp_buffer_take(&text);
	sshd->n_certain = sshd->n;
}

static struct gvnp_sshd_option *find(const struct gvnp_sshd *sshd, const char *name)
{
	for (size_t i = 0; i < sshd->n; i++)
		if (!sshd->options[i].criteria && !strcmp(sshd->options[i].name, name))
			return &sshd->options[i];
	return NULL;
}

const struct gvnp_sshd_option *gvnp_sshd_find(const struct gvnp_sshd *sshd, const char *name)
{
	return find(sshd, name);
}

static char *lower(struct gvnp_slice text)
{
	char *copy = gvnp_slice_copy(text);

	for (char *c = copy; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

/* One argument, its quotes and backslashes resolved. False at the end and at a comment. */
static bool next_argument(struct gvnp_slice *rest, struct gvnp_buffer *ret)
{
	char quote = '\0';
	size_t i = 0;

	gvnp_buffer_clear(ret);
	while (rest->size && (*rest->text == ' ' || *rest->text == '\t')) {
		rest->text++;
		rest->size--;
	}
	if (!rest->size || *rest->text == '#')
		return false;
	for (; i < rest->size; i++) {
		char c = rest->text[i];

		if (!quote && (c == ' ' || c == '\t'))
			break;
		if (c == '\\' && i + 1 < rest->size && strchr("'\"\\ ", rest->text[i + 1]))
			c = rest->text[++i];
		else if (quote ? c == quote : c == '"' || c == '\'') {
			quote = quote ? '\0' : c;
			continue;
		}
		gvnp_buffer_append(ret, &c, 1);
	}
	rest->text += i;
	rest->size -= i;
	return true;
}

/* Keyword and arguments, divided by blanks or one '='. */
static char *take_keyword(struct gvnp_slice *line)
{
	size_t n = 0;
	char *keyword;

	while (n < line->size && !strchr(" \t=", line->text[n]))
		n++;
	keyword = lower((struct gvnp_slice){ line->text, n });
	*line = gvnp_slice_trim((struct gvnp_slice){ line->text + n, line->size - n });
	if (line->size && *line->text == '=')
		*line = gvnp_slice_trim((struct gvnp_slice){ line->text + 1, line->size - 1 });
	return keyword;
}

static char *joined(struct gvnp_slice arguments)
{
	_cleanup_buffer_ struct gvnp_buffer argument = { 0 };
	struct gvnp_buffer all = { 0 };

	while (next_argument(&arguments, &argument))
		gvnp_buffer_append_format(&all, "%s%s", all.size ? " " : "",
					  gvnp_buffer_text(&argument));
	return gvnp_buffer_take(&all);
}

static const char *resolved(const char *keyword)
{
	static const char *const aliases[][2] = {
		{ "challengeresponseauthentication", "kbdinteractiveauthentication" },
		{ "skeyauthentication", "kbdinteractiveauthentication" },
		{ "dsaauthentication", "pubkeyauthentication" },
		{ "keepalive", "tcpkeepalive" },
		{ "pubkeyacceptedkeytypes", "pubkeyacceptedalgorithms" },
		{ "hostbasedacceptedkeytypes", "hostbasedacceptedalgorithms" },
	};

	for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
		if (!strcmp(aliases[i][0], keyword))
			return aliases[i][1];
	return keyword;
}

/* These add up instead. */
static bool accumulates(const char *name)
{
	static const char *const names[] = { "acceptenv",     "allowgroups", "allowusers",
					     "denygroups",    "denyusers",   "hostkey",
					     "listenaddress", "port",	     "subsystem" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/* "600", "10m", "1h30m" in seconds (convtime of OpenSSH). False when it is no time. */
static bool seconds_of(const char *text, uint64_t *ret)
{
	static const struct {
		char unit;
		uint64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
	uint64_t total = 0, number, factor;

	if (!*text)
		return false;
	while (*text) {
		size_t n = strspn(text, "0123456789");

		if (n > 9 || !gvnp_slice_unsigned((struct gvnp_slice){ text, n }, 10, &number))
			return false;
		text += n;
		factor = *text ? 0 : 1;
		for (size_t i = 0; *text && i < sizeof units / sizeof *units; i++)
			if (tolower((unsigned char)*text) == units[i].unit)
				factor = units[i].seconds;
		if (!factor)
			return false;
		total += number * factor;
		text += *text != '\0';
	}
	*ret = total;
	return true;
}

/* One spelling for one meaning. */
static char *normalized(const char *name, char *value)
{
	_cleanup_free_ char *given = value;
	uint64_t seconds;

	if ((!strcmp(name, "logingracetime") || !strcmp(name, "clientaliveinterval")) &&
	    seconds_of(given, &seconds))
		return gvnp_format("%llu", (unsigned long long)seconds);
	if (!strcmp(name, "permitrootlogin") && !strcasecmp(given, "without-password"))
		return gvnp_duplicate("prohibit-password");
	if (!strncmp(name, "permit", strlen("permit")) || !strncmp(name, "allow", 5) ||
	    !strcasecmp(given, "yes") || !strcasecmp(given, "no"))
		return strcmp(name, "allowusers") && strcmp(name, "allowgroups") &&
				       strcmp(name, "permitopen") && strcmp(name, "permitlisten")
			       ? lower(gvnp_slice(given))
			       : gvnp_take(given);
	return gvnp_take(given);
}

static void set(struct gvnp_sshd *sshd, const char *name, char *value, const char *file, int line)
{
	bool is_for_all = sshd->criteria && !strcmp(sshd->criteria, "all");
	struct gvnp_sshd_option *earlier = sshd->criteria && !is_for_all ? NULL : find(sshd, name);

	if (earlier && accumulates(name)) {
		char *both = gvnp_format("%s %s", earlier->value, value);

		free(earlier->value);
		free(value);
		earlier->value = both;
		return;
	}
	if (earlier && !is_for_all) {
		free(value);
		return;
	}
	if (earlier) {
		free(earlier->value);
		free(earlier->file);
		earlier->value = value;
		earlier->file = gvnp_duplicate(file);
		earlier->line = line;
		return;
	}
	if (sshd->n == MOST_OPTIONS) {
		gvnp_sshd_note(sshd, "%s:%d: more settings than are looked at", file, line);
		free(value);
		return;
	}
	sshd->options = gvnp_grow(sshd->options, sshd->n);
	sshd->options[sshd->n++] = (struct gvnp_sshd_option){
		.name = gvnp_duplicate(name),
		.value = value,
		.criteria = sshd->criteria && !is_for_all ? gvnp_duplicate(sshd->criteria) : NULL,
		.file = gvnp_duplicate(file),
		.line = line,
	};
}

static void include(struct gvnp_sshd *sshd, struct gvnp_slice arguments)
{
	_cleanup_buffer_ struct gvnp_buffer argument = { 0 };

	while (next_argument(&arguments, &argument)) {
		const char *pattern = gvnp_buffer_text(&argument);
		_cleanup_free_ char *path =
			gvnp_format("%s%s", pattern[0] == '/' ? "" : "/etc/ssh/", pattern);

		sshd->include(sshd->context, sshd, path);
	}
}

/* A block in a file that a block includes holds where both match. */
static void enter_match(struct gvnp_sshd *sshd, char *value)
{
	_cleanup_free_ char *own = value;
	bool is_all = !strcasecmp(own, "all");

	free(sshd->criteria);
	if (sshd->inherited && strcmp(sshd->inherited, "all"))
		sshd->criteria = gvnp_format("%s and %s", sshd->inherited, own);
	else
		sshd->criteria = is_all ? gvnp_duplicate("all") : gvnp_take(own);
}

static void parse_line(struct gvnp_sshd *sshd, const char *file, int number, struct gvnp_slice line)
{
	_cleanup_free_ char *keyword = NULL;
	char *value;

	line = gvnp_slice_trim(line);
	if (!line.size || *line.text == '#')
		return;
	keyword = take_keyword(&line);
	if (!strcmp(keyword, "include")) {
		include(sshd, line);
		return;
	}
	value = joined(line);
	if (!strcmp(keyword, "match")) {
		enter_match(sshd, value);
		return;
	}
	if (!*value) {
		gvnp_sshd_note(sshd, "%s:%d: %s has no value", file, number, keyword);
		free(value);
		return;
	}
	set(sshd, resolved(keyword), normalized(resolved(keyword), value), file, number);
}

void gvnp_sshd_parse(struct gvnp_sshd *sshd, const char *file, struct gvnp_slice text)
{
	char *outer = sshd->criteria ? gvnp_duplicate(sshd->criteria) : NULL;
	char *outer_inherited = sshd->inherited;
	struct gvnp_slice line;
	int number = 0;

	sshd->inherited = outer;
	while (gvnp_slice_next(&text, '\n', &line))
		parse_line(sshd, file, ++number, line);
	free(sshd->criteria);
	sshd->criteria = outer;
	sshd->inherited = outer_inherited;
}
