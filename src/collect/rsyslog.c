/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading rsyslog.conf. Only what decides where messages go and whether they go in clear is
 * understood; quotes and comments are, so that nothing in them is taken for it. Pure, and bounded
 * by the bytes given: every step moves forward.
 */
#include "collect/rsyslog.h"

#include <string.h>
#include <strings.h>

struct reader {
	struct gvnp_rsyslog *rsyslog;
	struct gvnp_slice rest;
	int64_t line;
	void (*target)(void *data, const struct gvnp_rsyslog_target *target);
	void (*include)(void *data, struct gvnp_slice path);
	void *data;
};

/* The parameters of one object that matter here; empty when not given. */
struct object {
	struct gvnp_slice type, target, protocol, driver, mode, tls, default_driver, file;
};

static bool is_text(struct gvnp_slice slice, const char *text)
{
	return slice.size == strlen(text) && !strncasecmp(slice.text, text, slice.size);
}

static bool is_tls_driver(struct gvnp_slice name)
{
	return is_text(name, "gtls") || is_text(name, "ossl") || is_text(name, "mbedtls");
}

static void advance(struct reader *reader, size_t size)
{
	for (size_t i = 0; i < size; i++)
		reader->line += reader->rest.text[i] == '\n';
	reader->rest.text += size;
	reader->rest.size -= size;
}

static size_t line_size(const struct reader *reader)
{
	const char *end = memchr(reader->rest.text, '\n', reader->rest.size);

	return end ? (size_t)(end - reader->rest.text) : reader->rest.size;
}

/* Length of the quoted text that begins here, its quotes included. */
static size_t quoted_size(struct gvnp_slice rest)
{
	size_t i = 1;

	while (i < rest.size && rest.text[i] != rest.text[0])
		i += rest.text[i] == '\\' ? 2 : 1;
	return i < rest.size ? i + 1 : rest.size;
}

/* Blanks, line ends and comments. True if there was any. */
static bool skip_blanks(struct reader *reader)
{
	static const char open[] = "/*", close[] = "*/";
	const char *text = reader->rest.text;
	size_t size = 0;

	if (!reader->rest.size)
		return false;
	if (strchr(" \t\r\n", text[0]) && text[0]) {
		size = 1;
	} else if (text[0] == '#') {
		size = line_size(reader);
	} else if (reader->rest.size >= 2 && !memcmp(text, open, 2)) {
		const char *end = memmem(text + 2, reader->rest.size - 2, close, 2);

		size = end ? (size_t)(end + 2 - text) : reader->rest.size;
	}
	advance(reader, size);
	return size > 0;
}

/* ---- RainerScript */

static struct gvnp_slice *parameter(struct object *object, struct gvnp_slice name)
{
	if (is_text(name, "type"))
		return &object->type;
	if (is_text(name, "target"))
		return &object->target;
	if (is_text(name, "protocol"))
		return &object->protocol;
	if (is_text(name, "streamdriver") || is_text(name, "streamdriver.name"))
		return &object->driver;
	if (is_text(name, "streamdrivermode") || is_text(name, "streamdriver.mode"))
		return &object->mode;
	if (is_text(name, "tls"))
		return &object->tls;
	if (is_text(name, "defaultnetstreamdriver"))
		return &object->default_driver;
	return is_text(name, "file") ? &object->file : NULL;
}

static size_t word_size(struct gvnp_slice rest)
{
	size_t i = 0;

	while (i < rest.size &&
	       (strchr("._-$", rest.text[i])
			? rest.text[i] != '\0'
			: (rest.text[i] >= '0' && rest.text[i] <= '9') ||
				  ((rest.text[i] | 0x20) >= 'a' && (rest.text[i] | 0x20) <= 'z')))
		i++;
	return i;
}

/* name="value" … up to the closing parenthesis. Of an array the first item counts. */
static void read_object(struct reader *reader, struct object *object)
{
	struct gvnp_slice *value = NULL;

	while (reader->rest.size) {
		size_t size = word_size(reader->rest);
		char byte = reader->rest.text[0];

		if (skip_blanks(reader))
			continue;
		if (byte == '"' || byte == '\'') {
			size = quoted_size(reader->rest);
			if (value && size >= 2)
				*value = (struct gvnp_slice){ reader->rest.text + 1, size - 2 };
			value = NULL;
		} else if (size) {
			value = parameter(object, (struct gvnp_slice){ reader->rest.text, size });
		}
		advance(reader, size ? size : 1);
		if (byte == ')')
			return;
	}
}

static void emit(const struct reader *reader, struct gvnp_slice address, const char *protocol,
		 bool is_encrypted, int64_t line)
{
	struct gvnp_rsyslog_target target = { address, protocol, is_encrypted, line };

	if (address.size)
		reader->target(reader->data, &target);
}

static void use_action(const struct reader *reader, const struct object *object, int64_t line)
{
	const struct gvnp_rsyslog *rsyslog = reader->rsyslog;
	bool is_tcp = is_text(object->protocol, "tcp");
	bool is_tls_stream =
		object->driver.size ? is_tls_driver(object->driver) : rsyslog->has_tls_driver;

	if (is_text(object->type, "omfwd"))
		emit(reader, object->target, is_tcp ? "tcp" : "udp",
		     is_tcp && is_tls_stream && is_text(object->mode, "1"), line);
	else if (is_text(object->type, "omrelp"))
		emit(reader, object->target, "relp", is_text(object->tls, "on"), line);
	else if (is_text(object->type, "omdtls"))
		emit(reader, object->target, "dtls", true, line);
}

/* action( global( include( … ; false when no such object begins here */
static bool read_script(struct reader *reader)
{
	size_t size = word_size(reader->rest);
	struct gvnp_slice name = { reader->rest.text, size };
	struct object object = { .type = { "", 0 } };
	int64_t line = reader->line;
	size_t blanks = size;

	while (blanks < reader->rest.size && strchr(" \t", reader->rest.text[blanks]) &&
	       reader->rest.text[blanks])
		blanks++;
	if (!size || blanks >= reader->rest.size || reader->rest.text[blanks] != '(')
		return false;
	if (!is_text(name, "action") && !is_text(name, "global") && !is_text(name, "include") &&
	    !is_text(name, "module"))
		return false;
	advance(reader, blanks + 1);
	read_object(reader, &object);
	if (is_text(name, "action"))
		use_action(reader, &object, line);
	else if (is_text(name, "global") && object.default_driver.size)
		reader->rsyslog->has_tls_driver = is_tls_driver(object.default_driver);
	else if (is_text(name, "include") && object.file.size)
		reader->include(reader->data, object.file);
	return true;
}

/* ---- directives of old */

static void read_directive(struct reader *reader)
{
	struct gvnp_slice rest = { reader->rest.text, line_size(reader) }, name, value = { "", 0 };
	struct gvnp_rsyslog *rsyslog = reader->rsyslog;

	gvnp_slice_word(&rest, &name);
	gvnp_slice_word(&rest, &value);
	if (is_text(name, "$DefaultNetstreamDriver"))
		rsyslog->has_tls_driver = is_tls_driver(value);
	else if (is_text(name, "$ActionSendStreamDriver"))
		rsyslog->has_action_tls_driver = is_tls_driver(value);
	else if (is_text(name, "$ActionSendStreamDriverMode"))
		rsyslog->is_tls_mode = is_text(value, "1");
	else if (is_text(name, "$IncludeConfig"))
		reader->include(reader->data, value);
	advance(reader, line_size(reader));
}

/* "host:port;template", "[::1]:514", "(o,z9)host" -> the host */
static struct gvnp_slice address_of(struct gvnp_slice text)
{
	size_t i = 0;
	char last = ':';

	if (text.size && text.text[0] == '(') {
		const char *end = memchr(text.text, ')', text.size);
		size_t options = end ? (size_t)(end + 1 - text.text) : text.size;

		text = (struct gvnp_slice){ text.text + options, text.size - options };
	}
	if (text.size && text.text[0] == '[') {
		text = (struct gvnp_slice){ text.text + 1, text.size - 1 };
		last = ']';
	}
	while (i < text.size && text.text[i] != last && text.text[i] != ';')
		i++;
	return (struct gvnp_slice){ text.text, i };
}

/* @host, @@host and :omrelp:host, where an action may stand: at the start of a word. */
static bool read_action_of_old(struct reader *reader)
{
	static const char relp[] = ":omrelp:";
	const struct gvnp_rsyslog *rsyslog = reader->rsyslog;
	struct gvnp_slice rest = reader->rest, word = { "", 0 };
	int64_t line = reader->line;

	if (!gvnp_slice_word(&rest, &word) || word.text != reader->rest.text)
		return false;
	struct gvnp_slice behind = { word.text + 1, word.size - 1 };
	if (gvnp_slice_starts(word, "@@")) {
		behind = (struct gvnp_slice){ word.text + 2, word.size - 2 };
		emit(reader, address_of(behind), "tcp",
		     rsyslog->is_tls_mode &&
			     (rsyslog->has_tls_driver || rsyslog->has_action_tls_driver),
		     line);
	} else if (gvnp_slice_starts(word, "@")) {
		emit(reader, address_of(behind), "udp", false, line);
	} else if (gvnp_slice_starts(word, relp)) {
		behind = (struct gvnp_slice){ word.text + strlen(relp), word.size - strlen(relp) };
		emit(reader, address_of(behind), "relp", false, line);
	} else {
		return false;
	}
	advance(reader, word.size);
	return true;
}

void gvnp_rsyslog_read(struct gvnp_rsyslog *rsyslog, struct gvnp_slice bytes,
		       void (*target)(void *data, const struct gvnp_rsyslog_target *target),
		       void (*include)(void *data, struct gvnp_slice path), void *data)
{
	struct reader reader = { .rsyslog = rsyslog,
				 .rest = bytes,
				 .line = 1,
				 .target = target,
				 .include = include,
				 .data = data };
	bool is_start = true; /* of a word */

	while (reader.rest.size) {
		char byte = reader.rest.text[0];

		if (skip_blanks(&reader)) {
			is_start = true;
			continue;
		}
		if (byte == '"' || byte == '\'') {
			/* where no object is, a quote that is not closed must not hide the rest */
			size_t quoted = quoted_size(reader.rest), line = line_size(&reader);

			advance(&reader, quoted < line ? quoted : line);
		} else if (is_start && byte == '$' &&
			   (reader.rest.text == bytes.text || reader.rest.text[-1] == '\n')) {
			read_directive(&reader);
		} else if (is_start && (read_script(&reader) || read_action_of_old(&reader))) {
			continue;
		} else {
			size_t size = word_size(reader.rest);

			advance(&reader, size ? size : 1);
			is_start = strchr("{}&", byte) != NULL;
			continue;
		}
		is_start = false;
	}
}
