/* SPDX-License-Identifier: Apache-2.0 */
/*
 * User specifications of sudoers: USERS HOSTS = (RUNAS) TAG: COMMAND, COMMAND. Aliases are left as
 * they are; one that stands for every command is said to be not understood.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "collect/sudo.h"

enum { MOST_GRANTS = 1024 };

void gvnp_sudo_done(struct gvnp_sudo *sudo)
{
	for (size_t i = 0; i < sudo->n; i++) {
		free(sudo->grants[i].user);
		free(sudo->grants[i].commands);
		free(sudo->grants[i].file);
	}
	free(sudo->grants);
	free(sudo->problem);
	*sudo = (struct gvnp_sudo){ 0 };
}

void gvnp_sudo_note(struct gvnp_sudo *sudo, const char *format, ...)
{
	struct gvnp_buffer text = { 0 };
	va_list arguments;

	if (sudo->problem)
		return;
	va_start(arguments, format);
	gvnp_buffer_append_arguments(&text, format, arguments);
	va_end(arguments);
	sudo->problem = gvnp_buffer_take(&text);
}

/* A '#' starts a comment, but not in front of a number: that is a user id. */
static struct gvnp_slice without_comment(struct gvnp_slice line)
{
	bool is_quoted = false;

	for (size_t i = 0; i < line.size; i++) {
		char next = i + 1 < line.size ? line.text[i + 1] : '\0';

		if (line.text[i] == '\\' && next) {
			i++;
			continue;
		}
		if (line.text[i] == '"')
			is_quoted = !is_quoted;
		if (!is_quoted && line.text[i] == '#' && !isdigit((unsigned char)next))
			line.size = i;
	}
	return gvnp_slice_trim(line);
}

static bool next_line(struct gvnp_slice *rest, struct gvnp_buffer *ret, int *number)
{
	struct gvnp_slice line;

	gvnp_buffer_clear(ret);
	while (gvnp_slice_next(rest, '\n', &line)) {
		(*number)++;
		if (!line.size || line.text[line.size - 1] != '\\') {
			gvnp_buffer_append(ret, line.text, line.size);
			return true;
		}
		gvnp_buffer_append(ret, line.text, line.size - 1);
	}
	return ret->size > 0;
}

/* Blanks around commas divide nothing. */
static char *tightened(struct gvnp_slice text)
{
	struct gvnp_buffer tight = { 0 };

	for (size_t i = 0; i < text.size; i++) {
		char c = text.text[i] == '\t' ? ' ' : text.text[i];
		size_t next = i + 1;

		while (c == ' ' && next < text.size && strchr(" \t", text.text[next]))
			next++;
		if (c == ' ' && ((next < text.size && text.text[next] == ',') ||
				 (tight.size && tight.data[tight.size - 1] == ',')))
			continue;
		gvnp_buffer_append(&tight, &c, 1);
	}
	return tight.data ? gvnp_buffer_take(&tight) : gvnp_duplicate("");
}

static bool has_item(struct gvnp_slice list, const char *wanted)
{
	struct gvnp_slice item;

	while (gvnp_slice_next(&list, ',', &item))
		if (gvnp_slice_is(gvnp_slice_trim(item), wanted))
			return true;
	return false;
}

/* "(root : adm)": is root, or everybody, among the users? Nobody named is root. */
static bool is_as_root(struct gvnp_slice runas)
{
	struct gvnp_slice users = runas, groups;

	gvnp_slice_split(runas, ':', &users, &groups);
	users = gvnp_slice_trim(users);
	return !runas.size || has_item(users, "ALL") || has_item(users, "root") ||
	       has_item(users, "#0");
}

struct command_state {
	bool is_as_root, asks;
	bool is_everything, everything_asks, all_ask;
};

static void read_command(struct gvnp_slice command, struct command_state *state)
{
	struct gvnp_slice inner, rest;

	command = gvnp_slice_trim(command);
	if (command.size && command.text[0] == '(' &&
	    gvnp_slice_split((struct gvnp_slice){ command.text + 1, command.size - 1 }, ')', &inner,
			     &rest)) {
		state->is_as_root = is_as_root(gvnp_slice_trim(inner));
		command = gvnp_slice_trim(rest);
	}
	while (gvnp_slice_split(command, ':', &inner, &rest)) {
		inner = gvnp_slice_trim(inner);
		for (size_t i = 0; i < inner.size; i++)
			if (!isupper((unsigned char)inner.text[i]) && inner.text[i] != '_')
				inner.size = 0;
		if (!inner.size)
			break; /* a colon of the command's own */
		if (gvnp_slice_is(inner, "NOPASSWD"))
			state->asks = false;
		if (gvnp_slice_is(inner, "PASSWD"))
			state->asks = true;
		command = gvnp_slice_trim(rest);
	}
	state->all_ask &= state->asks;
	if (!gvnp_slice_is(command, "ALL") || !state->is_as_root)
		return;
	state->is_everything = true;
	state->everything_asks &= state->asks;
}

/* Cuts at commas outside parentheses. */
static bool next_command(struct gvnp_slice *rest, struct gvnp_slice *ret)
{
	size_t depth = 0, i = 0;

	if (!rest->size)
		return false;
	for (; i < rest->size && (depth || rest->text[i] != ','); i++) {
		if (rest->text[i] == '\\' && i + 1 < rest->size)
			i++;
		else if (rest->text[i] == '(')
			depth++;
		else if (rest->text[i] == ')' && depth)
			depth--;
	}
	*ret = (struct gvnp_slice){ rest->text, i };
	if (i < rest->size)
		i++;
	*rest = (struct gvnp_slice){ rest->text + i, rest->size - i };
	return true;
}

static void add_grants(struct gvnp_sudo *sudo, struct gvnp_slice users, struct gvnp_slice commands,
		       const char *file, int number)
{
	struct command_state state = { true, true, false, true, true };
	struct gvnp_slice rest = commands, command, user;

	while (next_command(&rest, &command))
		read_command(command, &state);
	while (gvnp_slice_next(&users, ',', &user)) {
		if (sudo->n == MOST_GRANTS) {
			gvnp_sudo_note(sudo, "%s:%d: more lines than are looked at", file, number);
			return;
		}
		sudo->grants = gvnp_grow(sudo->grants, sudo->n);
		sudo->grants[sudo->n++] = (struct gvnp_sudo_grant){
			.user = gvnp_slice_copy(gvnp_slice_trim(user)),
			.commands = gvnp_slice_copy(gvnp_slice_trim(commands)),
			.file = gvnp_duplicate(file),
			.line = number,
			.is_everything = state.is_everything,
			.needs_password =
				state.is_everything ? state.everything_asks : state.all_ask,
		};
	}
}

static void read_defaults(struct gvnp_sudo *sudo, struct gvnp_slice line, const char *file,
			  int number)
{
	struct gvnp_slice first, rest = line;

	if (!memmem(line.text, line.size, "!authenticate", strlen("!authenticate")) ||
	    !gvnp_slice_word(&rest, &first))
		return;
	if (gvnp_slice_is(first, "Defaults"))
		sudo->never_asks = true;
	else
		gvnp_sudo_note(sudo, "%s:%d: whom %.*s !authenticate concerns is not resolved",
			       file, number, (int)first.size, first.text);
}

static bool read_include(struct gvnp_sudo *sudo, struct gvnp_slice line)
{
	struct gvnp_slice word, path;

	if (!gvnp_slice_word(&line, &word) || word.size < 2 ||
	    (word.text[0] != '@' && word.text[0] != '#'))
		return false;
	word.text++;
	word.size--;
	if (!gvnp_slice_is(word, "include") && !gvnp_slice_is(word, "includedir"))
		return false;
	path = gvnp_slice_trim(line);
	if (path.size > 1 && path.text[0] == '"' && path.text[path.size - 1] == '"')
		path = (struct gvnp_slice){ path.text + 1, path.size - 2 };

	_cleanup_free_ char *copy = gvnp_slice_copy(path);

	sudo->include(sudo->context, sudo, copy, gvnp_slice_is(word, "includedir"));
	return true;
}

static void read_alias(struct gvnp_sudo *sudo, struct gvnp_slice line, const char *file, int number)
{
	struct gvnp_slice name, value;

	if ((gvnp_slice_starts(line, "Cmnd_Alias") || gvnp_slice_starts(line, "Cmd_Alias")) &&
	    gvnp_slice_split(line, '=', &name, &value) && has_item(value, "ALL"))
		gvnp_sudo_note(sudo, "%s:%d: an alias of every command is not resolved", file,
			       number);
}

static void read_line(struct gvnp_sudo *sudo, const char *file, int number, struct gvnp_slice line)
{
	static const char *const aliases[] = { "User_Alias", "Runas_Alias", "Host_Alias",
					       "Cmnd_Alias", "Cmd_Alias" };
	struct gvnp_slice left, commands, users, hosts, rest;

	line = gvnp_slice_trim(line);
	if (read_include(sudo, line))
		return;
	line = without_comment(line);
	if (gvnp_slice_starts(line, "Defaults")) {
		read_defaults(sudo, line, file, number);
		return;
	}
	for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
		if (gvnp_slice_starts(line, aliases[i])) {
			read_alias(sudo, line, file, number);
			return;
		}
	if (!line.size || !gvnp_slice_split(line, '=', &left, &commands))
		return;

	_cleanup_free_ char *tight = tightened(gvnp_slice_trim(left));

	rest = gvnp_slice(tight);
	if (gvnp_slice_word(&rest, &users) && gvnp_slice_word(&rest, &hosts))
		add_grants(sudo, users, commands, file, number);
	else
		gvnp_sudo_note(sudo, "%s:%d: not understood", file, number);
}

void gvnp_sudo_parse(struct gvnp_sudo *sudo, const char *file, struct gvnp_slice text)
{
	_cleanup_buffer_ struct gvnp_buffer line = { 0 };
	int number = 0;

	while (next_line(&text, &line, &number))
		read_line(sudo, file, number,
			  (struct gvnp_slice){ gvnp_buffer_text(&line), line.size });
}
