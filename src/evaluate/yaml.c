/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From libyaml's events to a tree. The rule it keeps: a file a person wrote means exactly what it
 * seems to mean, so everything clever in YAML is refused, and every refusal names its line.
 */
#include "evaluate/yaml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "gvnp/check.h"

/* Each key is looked for among those before it: their number has a bound of its own. */
enum { MOST_KEYS = 4096 };

struct reader {
	yaml_parser_t parser;
	const char *file, *stop_key;
	struct gvnp_pool *pool;
	struct gvnp_problems *problems;
	size_t n_nodes;
	bool is_stopped; /* met stop_key */
};

static int refuse(struct reader *reader, size_t line, const char *what)
{
	gvnp_problems_add(reader->problems, reader->file, (int)line + 1, "%s", what);
	return -EINVAL;
}

static int next_event(struct reader *reader, yaml_event_t *event)
{
	if (yaml_parser_parse(&reader->parser, event))
		return 0;
	const yaml_parser_t *parser = &reader->parser;
	size_t line = parser->problem_mark.line;
	if (!parser->problem_mark.line && parser->mark.line)
		line = parser->mark.line;
	return refuse(reader, line, parser->problem ? parser->problem : "not YAML");
}

static const char *unwanted(const yaml_char_t *anchor, const yaml_char_t *tag)
{
	return anchor ? "anchors are not allowed" : tag ? "tags are not allowed" : NULL;
}

static int read_node(struct reader *reader, const yaml_event_t *event, int depth,
		     struct gvnp_yaml_node **ret);

static struct gvnp_yaml_node *new_node(struct reader *reader, enum gvnp_yaml_kind kind,
				       const yaml_event_t *event)
{
	struct gvnp_yaml_node *node = gvnp_pool_allocate(reader->pool, sizeof *node);

	node->kind = kind;
	node->line = (int)event->start_mark.line + 1;
	reader->n_nodes++;
	return node;
}

static int read_scalar(struct reader *reader, const yaml_event_t *event,
		       struct gvnp_yaml_node **ret)
{
	const char *text = (const char *)event->data.scalar.value;
	size_t size = event->data.scalar.length;
	yaml_scalar_style_t style = event->data.scalar.style;

	if (size > GVNP_YAML_LARGEST_SCALAR)
		return refuse(reader, event->start_mark.line, "this text is too long");
	if (memchr(text, '\0', size))
		return refuse(reader, event->start_mark.line, "a text must not hold a NUL");
	struct gvnp_yaml_node *node = new_node(reader, GVNP_YAML_SCALAR, event);
	node->text = gvnp_pool_text_sized(reader->pool, text, size);
	node->is_plain = style == YAML_PLAIN_SCALAR_STYLE;
	node->is_block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
	*ret = node;
	return 0;
}

/* Arrays grow outside the pool and move into it when complete. */
struct children {
	struct gvnp_yaml_node **keys, **items;
	size_t n;
};

static void children_done(struct children *children)
{
	free(children->keys);
	free(children->items);
}

static void add_child(struct children *children, struct gvnp_yaml_node *key,
		      struct gvnp_yaml_node *item)
{
	children->keys = gvnp_grow(children->keys, children->n);
	children->items = gvnp_grow(children->items, children->n);
	children->keys[children->n] = key;
	children->items[children->n++] = item;
}

static struct gvnp_yaml_node **keep(struct reader *reader, struct gvnp_yaml_node **nodes, size_t n)
{
	struct gvnp_yaml_node **copy = gvnp_pool_allocate_array(reader->pool, n, sizeof *copy);

	if (n)
		memcpy(copy, nodes, n * sizeof *copy);
	return copy;
}

static int read_sequence(struct reader *reader, int depth, struct gvnp_yaml_node *sequence)
{
	_cleanup_(children_done) struct children children = { 0 };

	for (;;) {
		_cleanup_(yaml_event_delete) yaml_event_t event = { 0 };
		struct gvnp_yaml_node *item;
		int error = next_event(reader, &event);

		if (error)
			return error;
		if (event.type == YAML_SEQUENCE_END_EVENT)
			break;
		error = read_node(reader, &event, depth, &item);
		if (error)
			return error;
		add_child(&children, NULL, item);
	}
	sequence->n = children.n;
	sequence->items = keep(reader, children.items, children.n);
	return 0;
}

static int read_key(struct reader *reader, const yaml_event_t *event,
		    const struct children *children, struct gvnp_yaml_node **ret)
{
	int error;

	if (event->type != YAML_SCALAR_EVENT)
		return refuse(reader, event->start_mark.line, "a key must be a plain word");
	if (children->n == MOST_KEYS)
		return refuse(reader, event->start_mark.line, "the mapping has too many keys");
	error = read_node(reader, event, GVNP_YAML_DEEPEST, ret);
	if (error)
		return error;
	for (size_t i = 0; i < children->n; i++)
		if (gvnp_yaml_is(children->keys[i], (*ret)->text)) {
			gvnp_problems_add(reader->problems, reader->file, (*ret)->line,
					  "the key %s is given twice", (*ret)->text);
			return -EINVAL;
		}
	return 0;
}

static int read_mapping(struct reader *reader, int depth, struct gvnp_yaml_node *mapping)
{
	_cleanup_(children_done) struct children children = { 0 };

	while (!reader->is_stopped) {
		_cleanup_(yaml_event_delete) yaml_event_t event = { 0 };
		_cleanup_(yaml_event_delete) yaml_event_t value_event = { 0 };
		struct gvnp_yaml_node *key, *value;
		int error = next_event(reader, &event);

		if (error)
			return error;
		if (event.type == YAML_MAPPING_END_EVENT)
			break;
		error = read_key(reader, &event, &children, &key);
		if (error)
			return error;
		if (depth == 1 && reader->stop_key && !strcmp(key->text, reader->stop_key)) {
			reader->is_stopped = true;
			break;
		}
		error = next_event(reader, &value_event);
		if (error)
			return error;
		error = read_node(reader, &value_event, depth, &value);
		if (error)
			return error;
		add_child(&children, key, value);
	}
	mapping->n = children.n;
	mapping->keys = keep(reader, children.keys, children.n);
	mapping->items = keep(reader, children.items, children.n);
	return 0;
}

/* `depth` is that of the parent. */
static int read_node(struct reader *reader, const yaml_event_t *event, int depth,
		     struct gvnp_yaml_node **ret)
{
	size_t line = event->start_mark.line;
	const char *problem = NULL;

	if (event->type == YAML_ALIAS_EVENT)
		return refuse(reader, line, "aliases are not allowed");
	if (reader->n_nodes >= GVNP_YAML_MOST_NODES)
		return refuse(reader, line, "the file holds too many values");
	if (event->type == YAML_SCALAR_EVENT) {
		problem = unwanted(event->data.scalar.anchor, event->data.scalar.tag);
		return problem ? refuse(reader, line, problem) : read_scalar(reader, event, ret);
	}
	if (depth >= GVNP_YAML_DEEPEST)
		return refuse(reader, line, "nested too deep");
	if (event->type == YAML_SEQUENCE_START_EVENT) {
		problem =
			unwanted(event->data.sequence_start.anchor, event->data.sequence_start.tag);
		if (problem)
			return refuse(reader, line, problem);
		*ret = new_node(reader, GVNP_YAML_SEQUENCE, event);
		return read_sequence(reader, depth + 1, *ret);
	}
	if (event->type == YAML_MAPPING_START_EVENT) {
		problem = unwanted(event->data.mapping_start.anchor, event->data.mapping_start.tag);
		if (problem)
			return refuse(reader, line, problem);
		*ret = new_node(reader, GVNP_YAML_MAPPING, event);
		return read_mapping(reader, depth + 1, *ret);
	}
	return refuse(reader, line, "a mapping, a list or a text is expected");
}

/* Takes events up to the top node's first. */
static int read_prologue(struct reader *reader, yaml_event_t *ret)
{
	int error = next_event(reader, ret);

	if (error)
		return error;
	yaml_event_delete(ret); /* the start of the stream */
	error = next_event(reader, ret);
	if (error)
		return error;
	if (ret->type != YAML_DOCUMENT_START_EVENT)
		return refuse(reader, ret->start_mark.line, "the file is empty");
	if (ret->data.document_start.version_directive ||
	    ret->data.document_start.tag_directives.start !=
		    ret->data.document_start.tag_directives.end)
		return refuse(reader, ret->start_mark.line, "directives are not allowed");
	yaml_event_delete(ret);
	error = next_event(reader, ret);
	if (error)
		return error;
	if (ret->type != YAML_MAPPING_START_EVENT)
		return refuse(reader, ret->start_mark.line, "the file must be a mapping of keys");
	return 0;
}

static int read_epilogue(struct reader *reader)
{
	_cleanup_(yaml_event_delete) yaml_event_t end = { 0 };
	_cleanup_(yaml_event_delete) yaml_event_t after = { 0 };
	int error = next_event(reader, &end);

	if (!error)
		error = next_event(reader, &after);
	if (error)
		return error;
	if (after.type != YAML_STREAM_END_EVENT)
		return refuse(reader, after.start_mark.line, "a file holds one document");
	return 0;
}

static int read_document(struct reader *reader, struct gvnp_yaml_node **ret)
{
	_cleanup_(yaml_event_delete) yaml_event_t event = { 0 };
	struct gvnp_yaml_node *top;
	int error = read_prologue(reader, &event);

	if (error)
		return error;
	error = read_node(reader, &event, 0, &top);
	if (error)
		return error;
	if (!reader->is_stopped)
		error = read_epilogue(reader);
	if (!error)
		*ret = top;
	return error;
}

int gvnp_yaml_parse_whole(const char *data, size_t size, const char *file, const char *stop_key,
			  struct gvnp_pool *pool, struct gvnp_problems *problems,
			  struct gvnp_yaml_node **ret)
{
	struct reader reader = {
		.file = file, .stop_key = stop_key, .pool = pool, .problems = problems
	};
	int error;

	if (!yaml_parser_initialize(&reader.parser))
		gvnp_out_of_memory();
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)data, size);
	error = read_document(&reader, ret);
	yaml_parser_delete(&reader.parser);
	return error;
}

int gvnp_yaml_parse(const char *data, size_t size, const char *file, const char *stop_key,
		    struct gvnp_pool *pool, struct gvnp_problems *problems,
		    struct gvnp_yaml_node **ret)
{
	if (size > GVNP_YAML_LARGEST) {
		gvnp_problems_add(problems, file, 0, "the file is larger than 1 MiB");
		return -EINVAL;
	}
	if (gvnp_yaml_parse_plain(data, size, stop_key, pool, ret))
		return 0;
	return gvnp_yaml_parse_whole(data, size, file, stop_key, pool, problems, ret);
}

struct gvnp_yaml_node *gvnp_yaml_get(const struct gvnp_yaml_node *mapping, const char *key)
{
	for (size_t i = 0; mapping->kind == GVNP_YAML_MAPPING && i < mapping->n; i++)
		if (gvnp_yaml_is(mapping->keys[i], key))
			return mapping->items[i];
	return NULL;
}

bool gvnp_yaml_is_null(const struct gvnp_yaml_node *node)
{
	return node->kind == GVNP_YAML_SCALAR && node->is_plain &&
	       (!strcmp(node->text, "null") || !strcmp(node->text, "~"));
}

bool gvnp_yaml_integer(const struct gvnp_yaml_node *node, int64_t *ret)
{
	return node->kind == GVNP_YAML_SCALAR && node->is_plain &&
	       gvnp_parse_integer(node->text, ret);
}
