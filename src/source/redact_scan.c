/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scan. At every token boundary a secret's key, the longest learnt name and the forms are
 * tried, in this order. A name that is a common word counts only in the contexts listed here.
 */
#include "source/redact_scan.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "source/redact_names.h"
#include "source/redact_words.h"
#include "source/shadow.h"

static bool is_hex(char byte)
{
	return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f');
}

/* ---- contexts of common words */

static bool is_behind(const struct gvnp_redact_text *text, size_t at, const char *before,
		      size_t size)
{
	return at >= size && !memcmp(text->text + at - size, before, size);
}

static bool is_behind_any(const struct gvnp_redact_text *text, size_t at, const char *const *list)
{
	for (; *list; list++)
		if (is_behind(text, at, *list, strlen(*list)))
			return true;
	return false;
}

static char next_of(const struct gvnp_redact_text *text, size_t end)
{
	return end < text->size ? text->text[end] : '\0';
}

static bool ends_at(const struct gvnp_redact_text *text, size_t end, const char *allowed)
{
	return end >= text->size || !text->text[end] || strchr(allowed, text->text[end]);
}

/* "qemu-12-", "domain-3-" and their escaped form. */
static bool is_behind_number(const struct gvnp_redact_text *text, size_t at)
{
	static const char *const kinds[] = { "qemu-",	  "domain-",  "lxc-",
					     "qemu\\x2d", "lxc\\x2d", NULL };
	size_t dash = is_behind(text, at, "\\x2d", 4) ? 4 : is_behind(text, at, "-", 1);
	size_t start = at - dash;

	if (!dash)
		return false;
	while (start && text->text[start - 1] >= '0' && text->text[start - 1] <= '9')
		start--;
	return start < at - dash && is_behind_any(text, start, kinds);
}

/* The last field of a line of a list of libvirt. */
static bool is_listed(const struct gvnp_redact_text *text, size_t at, size_t end)
{
	/* fields before the name, source.h */
	size_t fields = !strcmp(text->place, "domains")	   ? 6
			: !strcmp(text->place, "networks") ? 4
							   : 0;
	size_t blanks = 0;

	if (!fields || (end < text->size && text->text[end] != '\n'))
		return false;
	for (; at && text->text[at - 1] != '\n'; at--)
		blanks += text->text[at - 1] == ' ';
	return blanks == fields;
}

static bool is_state_file(const struct gvnp_redact_text *text, size_t at, size_t end)
{
	static const char *const suffixes[] = { ".pid", ".xml", ".log", ".lock", ".save", NULL };
	bool is_there = text->is_entry ? !at && gvnp_text_starts(text->place, "/run/libvirt/qemu")
				       : is_behind(text, at, "/libvirt/qemu/", 14);

	for (size_t i = 0; is_there && suffixes[i]; i++)
		if (text->size - end >= strlen(suffixes[i]) &&
		    !memcmp(text->text + end, suffixes[i], strlen(suffixes[i])))
			return true;
	return false;
}

static bool is_vm(const struct gvnp_redact_text *text, size_t at, size_t end)
{
	static const char *const argument[] = { "guest=", NULL };
	static const char *const subject[] = { "subject: ", "subject: \"", "subject: '", NULL };

	return (is_behind(text, at, "-name\0", 6) && ends_at(text, end, ",")) ||
	       (is_behind_any(text, at, argument) && ends_at(text, end, ",")) ||
	       (is_behind(text, at, "<name>", 6) && next_of(text, end) == '<') ||
	       (is_behind_number(text, at) && ends_at(text, end, "./\\\"', \n")) ||
	       (is_behind_any(text, at, subject) && ends_at(text, end, "\"'\n ")) ||
	       is_listed(text, at, end) || is_state_file(text, at, end);
}

static bool is_network(const struct gvnp_redact_text *text, size_t at, size_t end)
{
	static const char *const attributes[] = { "network='", "bridge='", "<bridge name='", NULL };

	return (is_behind_any(text, at, attributes) && next_of(text, end) == '\'') ||
	       (is_behind(text, at, "<name>", 6) && next_of(text, end) == '<') ||
	       is_listed(text, at, end);
}

static bool is_host(const struct gvnp_redact_text *text, size_t at, size_t end)
{
	static const char *const before[] = { "host='", "<host name='",	  "\"host\":\"",
					      "host=",	"<domain name='", NULL };

	return (is_behind_any(text, at, before) && ends_at(text, end, "'\",:")) ||
	       !strcmp(text->place, "/proc/sys/kernel/hostname");
}

static bool is_user(const struct gvnp_redact_text *text, size_t at, size_t end)
{
	bool is_field = !at || strchr("\n:,", text->text[at - 1]);

	if (gvnp_shadow_is(text->place))
		return (is_field && ends_at(text, end, ":,\n")) || is_behind(text, at, "/home/", 6);
	return is_behind(text, at, "/home/", 6) && ends_at(text, end, "/\"', \n");
}

static bool is_component(const struct gvnp_redact_text *text, size_t at, size_t end)
{
	return at && text->text[at - 1] == '/' && ends_at(text, end, "/._\"',; \n<:");
}

static bool is_serial(const struct gvnp_redact_text *text, size_t at, size_t end)
{
	static const char *const before[] = { "<serial>",	"serial='",	 "\"serial\":\"",
					      "serial=",	"<wwn>",	 "\"wwn\":\"",
					      "name='serial'>", "name='asset'>", NULL };

	return (is_behind_any(text, at, before) && ends_at(text, end, "<'\",")) ||
	       gvnp_text_starts(text->place, "/sys/class/dmi/id/");
}

static bool fits(const struct gvnp_redact_text *text, size_t at, size_t end,
		 const struct gvnp_redact_name *name)
{
	static const struct {
		unsigned kinds;
		bool (*is_there)(const struct gvnp_redact_text *text, size_t at, size_t end);
	} contexts[] = {
		{ 1U << GVNP_REDACT_VM, is_vm },
		{ 1U << GVNP_REDACT_NETWORK, is_network },
		{ 1U << GVNP_REDACT_HOST, is_host },
		{ 1U << GVNP_REDACT_USER, is_user },
		{ 1U << GVNP_REDACT_SERIAL, is_serial },
		{ 1U << GVNP_REDACT_IMAGE | 1U << GVNP_REDACT_FOLDER | 1U << GVNP_REDACT_MEMORY,
		  is_component },
	};

	if (end < text->size && gvnp_redact_is_word(text->text[end]))
		return false;
	if (name->is_anywhere)
		return true;
	for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++)
		if (name->kinds & contexts[i].kinds && contexts[i].is_there(text, at, end))
			return true;
	return false;
}

static size_t replace_name(struct gvnp_redact_names *names, const struct gvnp_redact_text *text,
			   size_t at, struct gvnp_buffer *out)
{
	const struct gvnp_redact_name *name, *best = NULL;
	size_t end = at, best_end = at;
	unsigned state = 0;

	while (end < text->size) {
		state = gvnp_redact_walk(names, state, text->text[end++], &name);
		if (!state)
			break;
		if (name && fits(text, at, end, name)) {
			best = name;
			best_end = end;
		}
	}
	if (best)
		gvnp_buffer_append_text(out, best->replacement);
	return best_end - at;
}

/* ---- secrets */

static bool is_kept_value(struct gvnp_slice value)
{
	static const char *const kept[] = { "", "on", "off", "yes", "no", "true", "false" };

	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		if (gvnp_slice_is(value, kept[i]))
			return true;
	return false;
}

static size_t skip(const struct gvnp_redact_text *text, size_t at, const char *bytes, size_t most)
{
	for (size_t i = 0;
	     i < most && at < text->size && text->text[at] && strchr(bytes, text->text[at]); i++)
		at++;
	return at;
}

/* The length of the key, and how long a value must be to be one. */
static size_t secret_key(const struct gvnp_redact_text *text, size_t at, size_t *ret_least)
{
	static const struct {
		const char *key;
		size_t least;
		bool is_argument;
	} keys[] = {
		{ "password", 1, false },   { "passwd", 1, false }, { "passphrase", 1, false },
		{ "secretdata", 1, false }, { "data", 1, true },    { "key", 16, true },
	};
	bool is_argument =
		gvnp_text_ends(text->place, "/cmdline") || gvnp_text_starts(text->place, "domain/");

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		size_t size = strlen(keys[i].key), end = at + size;

		if (end >= text->size || memcmp(text->text + at, keys[i].key, size) ||
		    gvnp_redact_is_word(text->text[end]) || (keys[i].is_argument && !is_argument))
			continue;
		*ret_least = keys[i].least;
		return size;
	}
	return 0;
}

size_t gvnp_redact_secret(const struct gvnp_redact_text *text, size_t at, struct gvnp_buffer *out)
{
	size_t least = 0, size = secret_key(text, at, &least), end;

	if (!size)
		return 0;
	size_t start = skip(text, at + size, "\\\"'", 2);
	start = skip(text, start, " \t", 8);
	if (start >= text->size || (text->text[start] != '=' && text->text[start] != ':'))
		return 0;
	start = skip(text, start + 1, " \t", 8);
	size_t quote = skip(text, start, "\\", 1);
	quote = skip(text, quote, "\"'", 1);
	bool is_quoted = quote > start && text->text[quote - 1] != '\\';
	if (is_quoted)
		start = quote;
	for (end = start; end < text->size && text->text[end]; end++)
		if (is_quoted ? text->text[end] == text->text[start - 1] || text->text[end] == '\n'
			      : strchr(" ,\n\"'<", text->text[end]) != NULL)
			break;
	struct gvnp_slice value = { text->text + start, end - start };
	if (value.size < least || is_kept_value(value))
		return 0;
	gvnp_buffer_append(out, text->text + at, start - at);
	gvnp_buffer_append_text(out, "removed");
	return end - at;
}

/* ---- the scan */

static bool is_boundary(const struct gvnp_redact_text *text, size_t at)
{
	const char *byte = text->text + at;

	if (!at || !gvnp_redact_is_word(byte[-1]))
		return true;
	/* behind an escape: \x2d of systemd, %2D of URIs */
	if (at >= 4 && byte[-4] == '\\' && byte[-3] == 'x' && is_hex(byte[-2]) && is_hex(byte[-1]))
		return true;
	return at >= 3 && byte[-3] == '%' && is_hex(byte[-2]) && is_hex(byte[-1]);
}

static size_t replace_at(struct gvnp_redact_names *names, const struct gvnp_redact_text *text,
			 size_t at, struct gvnp_buffer *out)
{
	size_t used = gvnp_redact_secret(text, at, out);

	if (!used)
		used = replace_name(names, text, at, out);
	return used ? used : gvnp_redact_form(names, text, at, out);
}

void gvnp_redact_scan(struct gvnp_redact_names *names, const struct gvnp_redact_text *text,
		      struct gvnp_buffer *out)
{
	_cleanup_buffer_ struct gvnp_buffer piece = { 0 };
	size_t copied = 0;

	for (size_t at = 0; at < text->size;) {
		size_t used = is_boundary(text, at) ? replace_at(names, text, at, &piece) : 0;

		if (used) {
			gvnp_buffer_append(out, text->text + copied, at - copied);
			gvnp_buffer_append(out, piece.data, piece.size);
			gvnp_buffer_clear(&piece);
			copied = at + used;
		}
		at += used ? used : 1;
	}
	gvnp_buffer_append(out, text->text + copied, text->size - copied);
}

/* ---- /proc/net */

/* 8 or 32 hexadecimal digits of 32-bit words as the host stores them, little end first. */
static bool parse_words(const char *digits, size_t size, unsigned char *ret)
{
	for (size_t i = 0; i < size / 8; i++)
		for (size_t k = 0; k < 4; k++) {
			uint64_t byte;

			if (!gvnp_slice_unsigned((struct gvnp_slice){ digits + 8 * i + 2 * k, 2 },
						 16, &byte))
				return false;
			ret[4 * i + 3 - k] = (unsigned char)byte;
		}
	return true;
}

static void write_words(const unsigned char *address, size_t size, struct gvnp_buffer *out)
{
	for (size_t i = 0; i < size / 8; i++)
		for (size_t k = 0; k < 4; k++)
			gvnp_buffer_append_format(out, "%02X", address[4 * i + 3 - k]);
}

void gvnp_redact_scan_sockets(struct gvnp_redact_names *names, struct gvnp_slice text,
			      struct gvnp_buffer *out)
{
	size_t at = 0;

	while (at < text.size) {
		unsigned char address[16];
		size_t digits = 0;

		while (at + digits < text.size && is_hex(text.text[at + digits]))
			digits++;
		bool is_address = (digits == 8 || digits == 32) && at && text.text[at - 1] == ' ' &&
				  at + digits + 5 < text.size && text.text[at + digits] == ':' &&
				  text.text[at + digits + 5] == ' ' &&
				  parse_words(text.text + at, digits, address);
		if (is_address) {
			gvnp_redact_address(names, digits == 8 ? AF_INET : AF_INET6, address);
			write_words(address, digits, out);
		} else {
			gvnp_buffer_append(out, text.text + at, digits ? digits : 1);
		}
		at += digits ? digits : 1;
	}
}
