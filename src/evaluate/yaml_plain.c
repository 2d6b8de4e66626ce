/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The short way through a document: block mappings and lists, indented by two, with values on one
 * line or literal blocks (`key: |`). That is how nearly every check is written, and libyaml, which
 * walks byte by byte through anything that YAML could be, takes ten times as long.
 *
 * The rule kept here: it answers only where no reader of YAML could think otherwise. At whatever it
 * is not certain of it gives up, and the document is read by libyaml, which also finds the words
 * for what is wrong. So nothing is refused here, and nothing is accepted that libyaml refuses.
 */
#include "evaluate/yaml_plain.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* Each key is looked for among those before it: few enough here to be quick in any case. */
enum { DEEPER = 2, MOST_KEYS = 1024, LONGEST_KEY = 256 };

/* Each byte of a word of eight. */
#define EACH(byte) (UINT64_MAX / 0xff * (byte))

/* The high bit of each byte that is none of 0x20 to 0x7e, and perhaps more behind it. */
static uint64_t odd_bytes(const char *text)
{
	uint64_t word;

	memcpy(&word, text, sizeof word);
	return (word | (word + EACH(1)) | ~(word + EACH(0x60))) & EACH(0x80);
}

/* Printable ASCII. `size` is 8 or more. */
static bool is_ascii(const char *text, size_t size)
{
	uint64_t odd = odd_bytes(text + size - sizeof odd);

	for (size_t i = 0; i + sizeof odd <= size; i += sizeof odd)
		odd |= odd_bytes(text + i);
	return !odd;
}

/* Characters that are neither forbidden in YAML nor a line break to it. U+0080 to U+00BF and
 * U+F000 to U+FFFF hold such; they are rare, so the whole ranges are left to libyaml. */
static bool is_printable(const char *text, size_t length)
{
	if (length >= sizeof(uint64_t) && is_ascii(text, length))
		return true;
	for (size_t i = 0, size; i < length; i += size) {
		unsigned char first = (unsigned char)text[i];

		size = 1;
		if (first >= 0x20 && first < 0x7f)
			continue;
		size = gvnp_text_utf8(text + i, length - i);
		if (size < 2 || first == 0xc2 || first == 0xef)
			return false;
		/* U+2028 and U+2029 */
		if (size == 3 && !memcmp(text + i, "\xe2\x80", 2) &&
		    ((unsigned char)text[i + 2] & 0xfe) == 0xa8)
			return false;
	}
	return true;
}

/* The end of the line at `at`; NULL when it has none, or holds what is not printable. */
static const char *line_end(const struct gvnp_yaml_plain *plain, const char *at)
{
	const char *end = memchr(at, '\n', (size_t)(plain->end - at));

	return end && is_printable(at, (size_t)(end - at)) ? end : NULL;
}

/* Goes to the next line that is neither empty nor a comment. */
static bool next_line(struct gvnp_yaml_plain *plain)
{
	while (plain->next < plain->end) {
		const char *at = plain->next, *end = line_end(plain, at);

		if (!end)
			return false;
		plain->next = end + 1;
		plain->line++;
		if (*at == '\n' || *at == '#')
			continue;
		plain->at = at;
		while (*plain->at == ' ')
			plain->at++;
		plain->indent = (size_t)(plain->at - at);
		return plain->at < end;
	}
	plain->is_over = true;
	return true;
}

struct gvnp_yaml_node *gvnp_yaml_plain_node(struct gvnp_yaml_plain *plain, enum gvnp_yaml_kind kind)
{
	if (plain->n_nodes == GVNP_YAML_MOST_NODES)
		return NULL;
	struct gvnp_yaml_node *node = gvnp_pool_allocate_raw(plain->pool, sizeof *node);
	*node = (struct gvnp_yaml_node){ .kind = kind, .line = plain->line };
	plain->n_nodes++;
	return node;
}

struct gvnp_yaml_node *gvnp_yaml_plain_scalar(struct gvnp_yaml_plain *plain, const char *from,
					      char *to)
{
	char *text = plain->copy + (from - plain->data);
	struct gvnp_yaml_node *node = gvnp_yaml_plain_node(plain, GVNP_YAML_SCALAR);

	if (!node || to - text > GVNP_YAML_LARGEST_SCALAR)
		return NULL;
	*to = '\0';
	node->text = text;
	return node;
}

void gvnp_yaml_plain_push(struct gvnp_yaml_plain *plain, const struct gvnp_yaml_pair *pair)
{
	if (plain->n_pairs == plain->room) {
		plain->room = plain->room ? 2 * plain->room : 32;
		plain->pairs = gvnp_reallocate_array(plain->pairs, plain->room, sizeof *pair);
	}
	plain->pairs[plain->n_pairs++] = *pair;
}

void gvnp_yaml_plain_keep(struct gvnp_yaml_plain *plain, size_t first, struct gvnp_yaml_node *node)
{
	bool is_mapping = node->kind == GVNP_YAML_MAPPING;

	node->n = plain->n_pairs - first;
	plain->n_pairs = first;
	node->items = gvnp_pool_allocate_array(plain->pool, node->n, sizeof *node->items);
	if (is_mapping)
		node->keys = gvnp_pool_allocate_array(plain->pool, node->n, sizeof *node->keys);
	for (size_t i = 0; i < node->n; i++) {
		node->items[i] = plain->pairs[first + i].item;
		if (is_mapping)
			node->keys[i] = plain->pairs[first + i].key;
	}
}

static size_t key_size(const char *at)
{
	size_t size = 0;

	while ((at[size] >= 'a' && at[size] <= 'z') || (at[size] >= 'A' && at[size] <= 'Z') ||
	       (at[size] >= '0' && at[size] <= '9') || at[size] == '_' ||
	       (size && (at[size] == '-' || at[size] == '.')))
		size++;
	return size;
}

bool gvnp_yaml_plain_is_key(const char *at)
{
	at += key_size(at);
	return at[0] == ':' && (at[1] == ' ' || at[1] == '\n');
}

bool gvnp_yaml_plain_key(struct gvnp_yaml_plain *plain, size_t first, struct gvnp_yaml_pair *ret)
{
	const char *at = plain->at;
	size_t size = key_size(at);

	if (!size || size > LONGEST_KEY || at[size] != ':' || plain->n_pairs - first >= MOST_KEYS)
		return false;
	for (size_t i = first; i < plain->n_pairs; i++)
		if (plain->pairs[i].size == size && !memcmp(plain->pairs[i].key->text, at, size))
			return false;
	ret->size = size;
	ret->key = gvnp_yaml_plain_scalar(plain, at, plain->copy + (at + size - plain->data));
	if (!ret->key)
		return false;
	ret->key->is_plain = true;
	plain->at = at + size;
	return true;
}

/* True at a line of a literal that is text for certain: spaces alone may be, too. Where the first
 * one stands decides what the others are cut by. */
static bool is_text(const char *at, size_t margin, bool is_first)
{
	size_t indent = margin + strspn(at + margin, " ");

	return at[indent] != '\n' && (!is_first || indent == margin);
}

/* The lines below `|`, without their margin. Empty ones at the end are not part of it. */
static struct gvnp_yaml_node *read_literal(struct gvnp_yaml_plain *plain, size_t margin)
{
	const char *begin = plain->next, *at = begin, *after = begin, *end;
	char *to = plain->copy + (begin - plain->data), *text_end = to;
	struct gvnp_yaml_node *node;
	int n_lines = 0, n_text = 0;

	for (; at < plain->end; at = end + 1) {
		bool is_empty = *at == '\n';
		size_t indent = 0;

		while (indent < margin && at + indent < plain->end && at[indent] == ' ')
			indent++;
		if (!is_empty && indent < margin)
			break;
		end = line_end(plain, at);
		if (!end || (is_empty ? at == begin : !is_text(at, margin, at == begin)))
			return NULL;
		if (!is_empty)
			at += margin;
		to = mempcpy(to, at, (size_t)(end + 1 - at));
		n_lines++;
		if (is_empty)
			continue;
		text_end = to;
		after = end + 1;
		n_text = n_lines;
	}
	/* The margin it lost is room for the NUL. */
	node = n_text ? gvnp_yaml_plain_scalar(plain, begin, text_end) : NULL;
	if (node)
		node->is_block = true;
	plain->next = after;
	plain->line += n_text;
	return node;
}

static struct gvnp_yaml_node *read_mapping(struct gvnp_yaml_plain *plain, size_t indent, int depth);

/* Goes on after a value: false unless its line ends here. */
static bool end_line(struct gvnp_yaml_plain *plain)
{
	return *plain->at == '\n' && next_line(plain);
}

static bool is_item(const struct gvnp_yaml_plain *plain)
{
	return plain->at[0] == '-' && plain->at[1] == ' ';
}

/* True when another item follows in the block that stands at `indent`. */
static bool goes_on(const struct gvnp_yaml_plain *plain, size_t indent)
{
	return !plain->is_over && !plain->is_stopped && plain->indent >= indent;
}

static struct gvnp_yaml_node *read_sequence(struct gvnp_yaml_plain *plain, size_t indent, int depth)
{
	struct gvnp_yaml_node *node = gvnp_yaml_plain_node(plain, GVNP_YAML_SEQUENCE);
	size_t first = plain->n_pairs;

	if (!node || depth >= GVNP_YAML_DEEPEST)
		return NULL;
	while (goes_on(plain, indent)) {
		struct gvnp_yaml_pair pair = { 0 };

		if (plain->indent != indent || !is_item(plain))
			return NULL;
		plain->at += DEEPER;
		if (gvnp_yaml_plain_is_key(plain->at)) {
			plain->indent += DEEPER;
			pair.item = read_mapping(plain, indent + DEEPER, depth + 1);
		} else {
			pair.item = gvnp_yaml_flow_read(plain, false, depth + 1);
			if (pair.item && !end_line(plain))
				return NULL;
		}
		if (!pair.item)
			return NULL;
		gvnp_yaml_plain_push(plain, &pair);
	}
	gvnp_yaml_plain_keep(plain, first, node);
	return node;
}

/* What follows the `:` of a key at `indent`. Leaves the next line. */
static struct gvnp_yaml_node *read_value(struct gvnp_yaml_plain *plain, size_t indent, int depth)
{
	struct gvnp_yaml_node *node;

	if (*plain->at == '\n') {
		indent += DEEPER;
		if (!next_line(plain) || plain->is_over || plain->indent != indent)
			return NULL;
		return is_item(plain) ? read_sequence(plain, indent, depth)
				      : read_mapping(plain, indent, depth);
	}
	if (*plain->at++ != ' ')
		return NULL;
	if (*plain->at == '|') {
		plain->at++;
		if (*plain->at != '\n')
			return NULL;
		node = read_literal(plain, indent + DEEPER);
	} else {
		node = gvnp_yaml_flow_read(plain, false, depth);
	}
	return node && end_line(plain) ? node : NULL;
}

static bool is_stop_key(const struct gvnp_yaml_plain *plain, const struct gvnp_yaml_node *key)
{
	return plain->stop_key && gvnp_yaml_is(key, plain->stop_key);
}

/* `depth` is that of its parent. Begins at its first key, and leaves the line after it. */
static struct gvnp_yaml_node *read_mapping(struct gvnp_yaml_plain *plain, size_t indent, int depth)
{
	struct gvnp_yaml_node *node = gvnp_yaml_plain_node(plain, GVNP_YAML_MAPPING);
	size_t first = plain->n_pairs;

	if (!node || depth >= GVNP_YAML_DEEPEST)
		return NULL;
	while (goes_on(plain, indent)) {
		struct gvnp_yaml_pair pair;

		if (plain->indent != indent || !gvnp_yaml_plain_key(plain, first, &pair))
			return NULL;
		plain->at++;
		if (!depth && is_stop_key(plain, pair.key)) {
			plain->is_stopped = *plain->at == ' ' || *plain->at == '\n';
			if (!plain->is_stopped)
				return NULL;
			break;
		}
		pair.item = read_value(plain, indent, depth + 1);
		if (!pair.item)
			return NULL;
		gvnp_yaml_plain_push(plain, &pair);
	}
	gvnp_yaml_plain_keep(plain, first, node);
	return node;
}

bool gvnp_yaml_parse_plain(const char *data, size_t size, const char *stop_key,
			   struct gvnp_pool *pool, struct gvnp_yaml_node **ret)
{
	struct gvnp_yaml_plain plain = {
		.data = data,
		.next = data,
		.end = data + size,
		.stop_key = stop_key,
		.pool = pool,
	};
	struct gvnp_yaml_node *top = NULL;

	/* A last line that lacks its end is found when it is come to. */
	if (size && size <= GVNP_YAML_LARGEST && next_line(&plain) && !plain.is_over &&
	    !plain.indent) {
		plain.copy = gvnp_pool_allocate_raw(pool, size);
		memcpy(plain.copy, data, size);
		top = read_mapping(&plain, 0, 0);
	}
	free(plain.pairs);
	if (!top)
		return false;
	*ret = top;
	return true;
}
