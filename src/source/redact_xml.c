/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names in the XML of libvirt. Not a parser: what is cut out wrongly is not found in the text
 * again, so malformed XML costs nothing but its own names.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "source/redact_learn.h"
#include "source/redact_names.h"
#include "source/redact_scan.h"

/* A tag and the text behind it. */
struct tag {
	struct gvnp_slice name;	      /* with a leading '/' when it closes */
	struct gvnp_slice attributes; /* all between name and '>' */
	struct gvnp_slice text;	      /* up to the next '<' */
};

static bool next_tag(struct gvnp_slice *rest, struct tag *ret)
{
	const char *open = rest->size ? memchr(rest->text, '<', rest->size) : NULL;
	const char *end = rest->text + rest->size;

	if (!open)
		return false;
	const char *close = memchr(open, '>', (size_t)(end - open));
	if (!close)
		return false;
	const char *next = memchr(close, '<', (size_t)(end - close));
	const char *name = open + 1;
	if (!next)
		next = end;
	while (name < close && !strchr(" \t\n", *name))
		name++;
	*ret = (struct tag){ .name = { open + 1, (size_t)(name - open - 1) },
			     .attributes = { name, (size_t)(close - name) },
			     .text = { close + 1, (size_t)(next - close - 1) } };
	*rest = (struct gvnp_slice){ next, (size_t)(end - next) };
	return true;
}

static bool next_attribute(struct gvnp_slice *rest, struct gvnp_slice *ret_name,
			   struct gvnp_slice *ret_value)
{
	struct gvnp_slice name, value;

	if (!gvnp_slice_split(*rest, '=', &name, &value) || !value.size ||
	    (value.text[0] != '\'' && value.text[0] != '"'))
		return false;
	const char *end = memchr(value.text + 1, value.text[0], value.size - 1);
	if (!end)
		return false;
	*ret_name = gvnp_slice_trim(name);
	*ret_value = (struct gvnp_slice){ value.text + 1, (size_t)(end - value.text - 1) };
	*rest = (struct gvnp_slice){ end + 1, (size_t)(value.text + value.size - end - 1) };
	return true;
}

/* The five entities libvirt writes. The caller frees. */
static char *decode(struct gvnp_slice text)
{
	static const struct {
		const char *entity;
		char byte;
	} entities[] = { { "&amp;", '&' },
			 { "&lt;", '<' },
			 { "&gt;", '>' },
			 { "&quot;", '"' },
			 { "&apos;", '\'' } };
	struct gvnp_buffer out = { 0 };

	for (size_t at = 0; at < text.size;) {
		size_t used = 1;
		char byte = text.text[at];

		for (size_t i = 0; byte == '&' && i < sizeof entities / sizeof *entities; i++)
			if (gvnp_slice_starts((struct gvnp_slice){ text.text + at, text.size - at },
					      entities[i].entity)) {
				used = strlen(entities[i].entity);
				byte = entities[i].byte;
				break;
			}
		gvnp_buffer_append(&out, &byte, 1);
		at += used;
	}
	gvnp_buffer_append(&out, "", 1);
	return gvnp_buffer_take(&out);
}

static void learn(struct gvnp_redact_names *names, enum gvnp_redact_kind kind,
		  struct gvnp_slice raw)
{
	_cleanup_free_ char *text = decode(raw);

	if (kind == GVNP_REDACT_HOST && gvnp_redact_is_address(gvnp_slice(text)))
		return;
	if (kind == GVNP_REDACT_IMAGE)
		gvnp_redact_learn_path(names, gvnp_slice(text));
	else
		gvnp_redact_learn(names, kind, gvnp_slice(text));
}

static const struct {
	const char *tag; /* NULL: any */
	const char *attribute;
	bool is_path_pass;
	enum gvnp_redact_kind kind;
} attributes[] = {
	{ "source", "network", false, GVNP_REDACT_NETWORK },
	{ "source", "bridge", false, GVNP_REDACT_NETWORK },
	{ "bridge", "name", false, GVNP_REDACT_NETWORK },
	{ "portgroup", "name", false, GVNP_REDACT_NETWORK },
	{ "source", "portgroup", false, GVNP_REDACT_NETWORK },
	{ "source", "host", false, GVNP_REDACT_HOST },
	{ "host", "name", false, GVNP_REDACT_HOST },
	{ "domain", "name", false, GVNP_REDACT_HOST },
	{ "auth", "username", false, GVNP_REDACT_USER },
	{ "shmem", "name", false, GVNP_REDACT_MEMORY },
	{ "secret", "usage", true, GVNP_REDACT_SERIAL },
	{ "source", "name", true, GVNP_REDACT_IMAGE },
	{ "source", "volume", true, GVNP_REDACT_IMAGE },
	{ "source", "pool", true, GVNP_REDACT_IMAGE },
	{ "source", "dev", true, GVNP_REDACT_IMAGE },
	{ "source", "dir", true, GVNP_REDACT_IMAGE },
	{ NULL, "file", true, GVNP_REDACT_IMAGE },
	{ NULL, "path", true, GVNP_REDACT_IMAGE },
};

static void learn_attributes(struct gvnp_redact_names *names, bool is_for_paths,
			     const struct tag *tag)
{
	struct gvnp_slice rest = tag->attributes, name, value;

	while (next_attribute(&rest, &name, &value))
		for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
			bool is_interface =
				gvnp_slice_is(name, "dev") && !gvnp_slice_starts(value, "/");

			if (attributes[i].is_path_pass == is_for_paths && !is_interface &&
			    gvnp_slice_is(name, attributes[i].attribute) &&
			    (!attributes[i].tag || gvnp_slice_is(tag->name, attributes[i].tag)))
				learn(names, attributes[i].kind, value);
		}
}

static void learn_text(struct gvnp_redact_names *names, bool is_network, bool is_for_paths,
		       const struct tag *tag)
{
	bool is_serial = gvnp_slice_is(tag->name, "serial") || gvnp_slice_is(tag->name, "wwn");
	bool is_path = gvnp_slice_is(tag->name, "nvram") || gvnp_slice_is(tag->name, "kernel") ||
		       gvnp_slice_is(tag->name, "initrd");
	struct gvnp_slice rest = tag->attributes, name, value;

	if (gvnp_slice_is(tag->name, "entry") && next_attribute(&rest, &name, &value))
		is_serial = gvnp_slice_is(value, "serial") || gvnp_slice_is(value, "asset");
	if (!is_for_paths && gvnp_slice_is(tag->name, "name"))
		learn(names, is_network ? GVNP_REDACT_NETWORK : GVNP_REDACT_VM, tag->text);
	else if (is_for_paths && is_serial)
		learn(names, GVNP_REDACT_SERIAL, gvnp_slice_trim(tag->text));
	else if (is_for_paths && is_path)
		learn(names, GVNP_REDACT_IMAGE, tag->text);
}

void gvnp_redact_learn_xml(struct gvnp_redact_names *names, bool is_network, bool is_for_paths,
			   struct gvnp_slice xml)
{
	struct tag tag;

	while (next_tag(&xml, &tag)) {
		learn_attributes(names, is_for_paths, &tag);
		learn_text(names, is_network, is_for_paths, &tag);
	}
}

/* ---- prose */

static bool is_number(struct gvnp_slice text)
{
	int64_t number;

	return gvnp_slice_integer(text, &number);
}

/* Identifiers are the scan's; numbers tell nothing. */
static void append_prose(struct gvnp_redact_names *names, struct gvnp_slice text,
			 struct gvnp_buffer *out)
{
	_cleanup_buffer_ struct gvnp_buffer form = { 0 };
	struct gvnp_slice words = gvnp_slice_trim(text);
	struct gvnp_redact_text whole = { "", words.text, words.size, false };

	if (!words.size || is_number(words) ||
	    gvnp_redact_form(names, &whole, 0, &form) == words.size) {
		gvnp_buffer_append(out, text.text, text.size);
		return;
	}
	gvnp_buffer_append_format(out, "text-%u",
				  gvnp_redact_number(names, GVNP_REDACT_TEXT, words));
}

static void append_attributes(struct gvnp_redact_names *names, const struct tag *tag,
			      struct gvnp_buffer *out)
{
	struct gvnp_slice rest = tag->attributes, name, value;

	while (next_attribute(&rest, &name, &value)) {
		gvnp_buffer_append_format(out, " %.*s=%c", (int)name.size, name.text,
					  value.text[-1]);
		if (gvnp_slice_starts(name, "xmlns"))
			gvnp_buffer_append(out, value.text, value.size);
		else
			append_prose(names, value, out);
		gvnp_buffer_append(out, value.text - 1, 1);
	}
	gvnp_buffer_append(out, rest.text, rest.size); /* a closing slash */
}

void gvnp_redact_replace_prose(struct gvnp_redact_names *names, struct gvnp_slice xml,
			       struct gvnp_buffer *out)
{
	struct gvnp_slice rest = xml;
	const char *copied = xml.text;
	bool is_metadata = false;
	struct tag tag;

	while (next_tag(&rest, &tag)) {
		bool is_prose =
			gvnp_slice_is(tag.name, "title") || gvnp_slice_is(tag.name, "description");

		if (gvnp_slice_is(tag.name, "/metadata"))
			is_metadata = false;
		if (!is_prose && !is_metadata) {
			is_metadata = gvnp_slice_is(tag.name, "metadata");
			continue;
		}
		gvnp_buffer_append(out, copied, (size_t)(tag.attributes.text - copied));
		append_attributes(names, &tag, out);
		gvnp_buffer_append_text(out, ">");
		append_prose(names, tag.text, out);
		copied = tag.text.text + tag.text.size;
	}
	gvnp_buffer_append(out, copied, (size_t)(xml.text + xml.size - copied));
}
