/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rule kept here: only a literal of which no reader of YAML could think otherwise is cut, one
 * with two more spaces than its key, printable, without tabs and odd line breaks. What is left goes
 * to libyaml, and the caller compares: if libyaml does not find an empty literal where each one
 * was cut (because the line only looked like one, inside a quoted text say), the document is read
 * again, whole.
 */
#include "evaluate/yaml_literals.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum { DEEPER = 2, LARGEST_LITERAL = 64 * 1024 };

struct cutter {
	const char *at, *end;
	int line; /* of `at`, from 1 */
	const char *stop_key;
	char *room; /* where the next literal's text goes */
	struct gvnp_yaml_literals *literals;
};

static struct gvnp_slice line_at(const char *at, const char *end)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at));

	return (struct gvnp_slice){ at, (size_t)((newline ? newline : end) - at) };
}

static size_t indent_of(struct gvnp_slice line)
{
	size_t n = 0;

	while (n < line.size && line.text[n] == ' ')
		n++;
	return n;
}

/* Characters that are neither forbidden in YAML nor a line break to it. U+0080 to U+00BF and
 * U+F000 to U+FFFF hold such; they are rare, so the whole ranges are left to libyaml. */
static bool is_plain(struct gvnp_slice text)
{
	for (size_t i = 0, size; i < text.size; i += size) {
		unsigned char first = (unsigned char)text.text[i];

		size = 1;
		if (first >= 0x20 && first < 0x7f)
			continue;
		size = gvnp_text_utf8(text.text + i, text.size - i);
		if (size < 2 || first == 0xc2 || first == 0xef)
			return false;
		/* U+2028 and U+2029 */
		if (size == 3 && !memcmp(text.text + i, "\xe2\x80", 2) &&
		    ((unsigned char)text.text[i + 2] & 0xfe) == 0xa8)
			return false;
	}
	return true;
}

/* "key: |" alone in its line. */
static bool opens_literal(struct gvnp_slice line, size_t indent)
{
	size_t at = indent;

	while (at < line.size &&
	       ((line.text[at] >= 'a' && line.text[at] <= 'z') || line.text[at] == '_'))
		at++;
	return at > indent && line.size - at == 3 && !memcmp(line.text + at, ": |", 3);
}

static bool is_stop(const struct cutter *cutter, struct gvnp_slice line)
{
	size_t size = cutter->stop_key ? strlen(cutter->stop_key) : 0;

	return size && line.size > size && !memcmp(line.text, cutter->stop_key, size) &&
	       line.text[size] == ':' && (line.size == size + 1 || line.text[size + 1] == ' ');
}

/* Goes over the lines of a literal and leaves empty ones. NULL: not for certain; else its end,
 * which trailing empty lines do not belong to. */
static const char *skip_literal(struct cutter *cutter, size_t margin)
{
	const char *end = NULL;

	while (cutter->at < cutter->end) {
		struct gvnp_slice line = line_at(cutter->at, cutter->end);
		size_t indent = indent_of(line);

		if (line.size && indent < margin)
			break;
		/* Where the first line stands decides what the others are cut by. Spaces alone may
		 * be text, and a last line may lack its end. */
		if ((!end && indent != margin) || (line.size && indent == line.size) ||
		    line.text + line.size == cutter->end || !is_plain(line))
			return NULL;
		gvnp_buffer_append(&cutter->literals->rest, "\n", 1);
		cutter->at += line.size + 1;
		cutter->line++;
		if (line.size)
			end = cutter->at;
	}
	return end;
}

/* Takes the lines below a key that has `indent` spaces before it. */
static bool cut_literal(struct cutter *cutter, size_t indent)
{
	struct gvnp_yaml_literals *literals = cutter->literals;
	struct gvnp_yaml_literal literal = { cutter->line - 1, cutter->room };
	struct gvnp_slice rest = { cutter->at, 0 }, line;
	const char *end = skip_literal(cutter, indent + DEEPER);

	if (!end || end - rest.text > LARGEST_LITERAL)
		return false;
	rest.size = (size_t)(end - rest.text);
	while (gvnp_slice_next(&rest, '\n', &line)) {
		size_t size = line.size ? line.size - indent - DEEPER : 0;

		cutter->room = mempcpy(cutter->room, line.text + line.size - size, size);
		*cutter->room++ = '\n';
	}
	*cutter->room++ = '\0';
	literals->literals = gvnp_grow(literals->literals, literals->n);
	literals->literals[literals->n++] = literal;
	return true;
}

bool gvnp_yaml_literals_cut(const char *data, size_t size, const char *stop_key,
			    struct gvnp_pool *pool, struct gvnp_yaml_literals *ret)
{
	struct cutter cutter = {
		.at = data,
		.end = data + size,
		.line = 1,
		.stop_key = stop_key,
		/* What a literal lacks of its first margin is more than the NUL it gets. */
		.room = gvnp_pool_allocate(pool, size),
		.literals = ret,
	};

	*ret = (struct gvnp_yaml_literals){ 0 };
	while (cutter.at < cutter.end) {
		struct gvnp_slice line = line_at(cutter.at, cutter.end);
		size_t indent = indent_of(line);

		if (is_stop(&cutter, line))
			return true;
		bool is_last = line.text + line.size == cutter.end;
		gvnp_buffer_append(&ret->rest, line.text, line.size + !is_last);
		cutter.at += line.size + !is_last;
		cutter.line++;
		if (opens_literal(line, indent) && !cut_literal(&cutter, indent))
			return false;
	}
	return true;
}

void gvnp_yaml_literals_done(struct gvnp_yaml_literals *literals)
{
	gvnp_buffer_done(&literals->rest);
	free(literals->literals);
	*literals = (struct gvnp_yaml_literals){ 0 };
}

const char *gvnp_yaml_literals_take(struct gvnp_yaml_literals *literals, int line)
{
	if (literals->n_given == literals->n || literals->literals[literals->n_given].line != line)
		return NULL;
	return literals->literals[literals->n_given++].text;
}
