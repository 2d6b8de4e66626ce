/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one place that knows expat. The limits are kept while parsing, in the handlers of the parser,
 * so that a hostile document is stopped before it is built: a document type stops it at once, and
 * with it every entity that a document could define. Namespaces are told apart here and not by the
 * parser: its own way copies a URI for each attribute that is in it, which in four megabytes adds
 * up to gigabytes. Memory is in proportion to the document: four megabytes of it take 48 MiB and
 * half a second at worst, when they are all attributes of one element.
 */
#include "collect/xml.h"

#include <errno.h>
#include <expat.h>
#include <string.h>
#include <sys/auxv.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "collect/xml_tree.h"

enum { BLOCK_SIZE = 16 * 1024 };

#define XML_URI "http://www.w3.org/XML/1998/namespace"
#define XMLNS_URI "http://www.w3.org/2000/xmlns/"

struct gvnp_xml_block {
	struct gvnp_xml_block *next;
	size_t used, size;
	char data[] __attribute__((aligned(sizeof(void *))));
};

struct xml_namespace {
	const char *prefix, *uri;
	size_t prefix_size;
};

struct open_element {
	struct gvnp_xml_node *node;
	const struct gvnp_xml_node **end; /* where its next child goes */
	size_t n_namespaces;		  /* before those of its own */
};

struct parse_state {
	XML_Parser parser;
	struct gvnp_xml *xml;
	const char *problem;
	size_t n_items, depth, n_namespaces;
	struct gvnp_buffer text; /* of the innermost element, since the last tag */
	struct open_element open[GVNP_XML_MAXIMUM_DEPTH];
	struct xml_namespace namespaces[GVNP_XML_MAXIMUM_NAMESPACES];
};

/* ---- memory */

static void *allocate(struct gvnp_xml *xml, size_t size, size_t alignment)
{
	struct gvnp_xml_block *block = xml->blocks;
	size_t used = block ? (block->used + alignment - 1) / alignment * alignment : 0;

	if (!block || used > block->size || block->size - used < size) {
		size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;

		block = gvnp_reallocate(NULL, sizeof *block + room);
		block->size = room;
		block->next = xml->blocks;
		xml->blocks = block;
		used = 0;
	}
	block->used = used + size;
	return block->data + used;
}

static const char *copied(struct gvnp_xml *xml, const char *text, size_t size)
{
	char *copy = allocate(xml, size + 1, 1);

	memcpy(copy, text, size);
	copy[size] = '\0';
	return copy;
}

void gvnp_xml_free(struct gvnp_xml *xml)
{
	while (xml && xml->blocks) {
		struct gvnp_xml_block *block = xml->blocks;

		xml->blocks = block->next;
		free(block);
	}
	free(xml);
}

/* ---- names */

/* How much of a name is its prefix: what stands before the first colon, if a name follows it. */
static size_t prefix_of(const char *name)
{
	const char *colon = strchr(name, ':');

	if (!colon || colon == name || strchr("-.:0123456789", colon[1]))
		return 0;
	return (size_t)(colon - name);
}

/* The URI, or NULL when nothing declares the prefix. */
static const char *uri_of(const struct parse_state *state, const char *prefix, size_t size)
{
	for (size_t i = state->n_namespaces; i-- > 0;) {
		const struct xml_namespace *namespace = state->namespaces + i;

		if (namespace->prefix_size == size && !memcmp(namespace->prefix, prefix, size))
			return namespace->uri;
	}
	if (!size)
		return "";
	return size == strlen("xml") && !memcmp(prefix, "xml", size) ? XML_URI : NULL;
}

static bool is_declaration(const char *attribute)
{
	size_t size = strlen("xmlns");

	return !strncmp(attribute, "xmlns", size) &&
	       (!attribute[size] || prefix_of(attribute) == size);
}

static void stop(struct parse_state *state, const char *problem)
{
	if (!state->problem)
		state->problem = problem;
	XML_StopParser(state->parser, XML_FALSE);
}

/* What "Namespaces in XML" forbids to declare declares nothing. */
static void declare(struct parse_state *state, const char *attribute, const char *uri)
{
	const char *prefix = attribute + strlen("xmlns");

	prefix += *prefix == ':';
	if (!strcmp(uri, XML_URI) || !strcmp(uri, XMLNS_URI))
		return;
	if (*prefix && (!*uri || !strcmp(prefix, "xml") || !strcmp(prefix, "xmlns")))
		return;
	if (state->n_namespaces == GVNP_XML_MAXIMUM_NAMESPACES) {
		stop(state, "too many namespaces are declared at one place");
		return;
	}
	state->namespaces[state->n_namespaces++] = (struct xml_namespace){
		.prefix = copied(state->xml, prefix, strlen(prefix)),
		.prefix_size = strlen(prefix),
		.uri = *uri ? copied(state->xml, uri, strlen(uri)) : "",
	};
}

/* In no namespace; with its prefix when nothing declares that. */
static bool is_plain(const struct parse_state *state, const char *attribute)
{
	size_t size = prefix_of(attribute);

	return !is_declaration(attribute) && (!size || !uri_of(state, attribute, size));
}

/* ---- handlers */

static void refuse_document_type(void *data, const char *name, const char *system,
				 const char *public, int has_internal_subset)
{
	(void)name, (void)system, (void)public, (void)has_internal_subset;
	stop(data, "it has a document type");
}

static void refuse_other_versions(void *data, const char *version, const char *encoding,
				  int is_standalone)
{
	(void)encoding, (void)is_standalone;
	if (version && strncmp(version, "1.", strlen("1.")))
		stop(data, "it is in an unknown version of XML");
}

/* The text directly in the innermost element ends: the first of an element is kept. */
static void keep_text(struct parse_state *state)
{
	struct gvnp_buffer *text = &state->text;

	if (!text->size)
		return;
	state->open[state->depth - 1].node->text = copied(state->xml, text->data, text->size);
	gvnp_buffer_clear(text);
}

static void add_text(void *data, const char *text, int size)
{
	struct parse_state *state = data;

	if (state->problem || !state->depth || *state->open[state->depth - 1].node->text)
		return;
	gvnp_buffer_append(&state->text, text, (size_t)size);
}

static struct gvnp_xml_node *new_node(struct parse_state *state, const char *name,
				      const char **attributes, size_t n_plain)
{
	size_t prefix_size = prefix_of(name);
	const char *uri = uri_of(state, name, prefix_size);
	struct gvnp_xml_node *node = allocate(
		state->xml, sizeof *node + n_plain * sizeof *node->attributes, sizeof(void *));

	if (prefix_size && uri)
		name += prefix_size + 1;
	*node = (struct gvnp_xml_node){
		.uri = uri ? uri : "",
		.name = copied(state->xml, name, strlen(name)),
		.text = "",
	};
	for (; *attributes; attributes += 2) {
		if (!is_plain(state, attributes[0]))
			continue;
		node->attributes[node->n_attributes++] = (struct gvnp_xml_attribute){
			.name = copied(state->xml, attributes[0], strlen(attributes[0])),
			.value = copied(state->xml, attributes[1], strlen(attributes[1])),
		};
	}
	return node;
}

static void link_node(struct parse_state *state, struct gvnp_xml_node *node, size_t n_namespaces)
{
	if (state->depth) {
		struct open_element *parent = &state->open[state->depth - 1];

		*parent->end = node;
		parent->end = &node->next;
	} else {
		state->xml->root = node;
	}
	state->open[state->depth++] = (struct open_element){ node, &node->child, n_namespaces };
}

static void start_element(void *data, const char *name, const char **attributes)
{
	struct parse_state *state = data;
	size_t n = 0, n_plain = 0, n_namespaces = state->n_namespaces;

	if (state->problem)
		return;
	while (attributes[2 * n])
		n++;
	state->n_items += 1 + n;
	if (n > GVNP_XML_MAXIMUM_ATTRIBUTES) {
		stop(state, "an element has too many attributes");
		return;
	}
	if (state->depth == GVNP_XML_MAXIMUM_DEPTH) {
		stop(state, "its elements are nested too deeply");
		return;
	}
	if (state->n_items > GVNP_XML_MAXIMUM_ITEMS) {
		stop(state, "it has too many elements");
		return;
	}
	keep_text(state);
	for (size_t i = 0; i < n; i++)
		if (is_declaration(attributes[2 * i]))
			declare(state, attributes[2 * i], attributes[2 * i + 1]);
	if (state->problem)
		return;
	for (size_t i = 0; i < n; i++)
		n_plain += is_plain(state, attributes[2 * i]);
	link_node(state, new_node(state, name, attributes, n_plain), n_namespaces);
}

/* What was refused may still be closed: the end of an empty element comes after it. */
static void end_element(void *data, const char *name)
{
	struct parse_state *state = data;

	(void)name;
	if (state->problem)
		return;
	keep_text(state);
	state->n_namespaces = state->open[--state->depth].n_namespaces;
}

/* ---- parsing */

static void free_parser(XML_Parser *parser)
{
	XML_ParserFree(*parser);
}

/* Of the parser's tables. It would ask the kernel for each document; this program has random bytes
 * since its start, and what opens nothing needs no other way when the kernel has none. */
static unsigned long hash_salt(void)
{
	const void *random = (const void *)getauxval(AT_RANDOM);
	unsigned long words[2] = { 0 };

	if (random)
		memcpy(words, random, sizeof words);
	return words[0] ^ words[1];
}

static XML_Parser new_parser(struct parse_state *state)
{
	XML_Parser parser = XML_ParserCreate("UTF-8");

	if (!parser)
		gvnp_out_of_memory();
	XML_SetHashSalt(parser, hash_salt());
	XML_SetUserData(parser, state);
	XML_SetXmlDeclHandler(parser, refuse_other_versions);
	XML_SetStartDoctypeDeclHandler(parser, refuse_document_type);
	XML_SetElementHandler(parser, start_element, end_element);
	XML_SetCharacterDataHandler(parser, add_text);
	return parser;
}

static char *problem_of(const struct parse_state *state)
{
	enum XML_Error error = XML_GetErrorCode(state->parser);

	if (state->problem)
		return gvnp_format("XML refused: %s", state->problem);
	/* Later versions say so when a document asks for more than is its due, too. */
	if (error == XML_ERROR_NO_MEMORY)
		return gvnp_duplicate("XML refused: its parser had no memory for it");
	return gvnp_format("not well-formed XML: line %lu: %s",
			   (unsigned long)XML_GetCurrentLineNumber(state->parser),
			   XML_ErrorString(error));
}

/* The parser takes UTF-16 for what it is, whatever it is told; UTF-8 has no such byte in XML. */
static char *problem_of_zero(const char *data, const char *zero)
{
	unsigned long line = 1;

	for (; data < zero; data++)
		line += *data == '\n';
	return gvnp_format("not well-formed XML: line %lu: a byte is zero", line);
}

int gvnp_xml_parse(const char *data, size_t size, struct gvnp_xml **ret, char **ret_problem)
{
	_cleanup_xml_ struct gvnp_xml *xml = NULL;
	_cleanup_(free_parser) XML_Parser parser = NULL;
	_cleanup_free_ struct parse_state *state = NULL;
	enum XML_Status status;

	if (!size || size > GVNP_XML_MAXIMUM_SIZE) {
		*ret_problem = gvnp_format("XML refused: it has %zu bytes", size);
		return -EINVAL;
	}
	const char *zero = memchr(data, '\0', size);
	if (zero) {
		*ret_problem = problem_of_zero(data, zero);
		return -EINVAL;
	}
	xml = gvnp_allocate(sizeof *xml);
	state = gvnp_allocate(sizeof *state);
	state->xml = xml;
	state->parser = parser = new_parser(state);
	status = XML_Parse(parser, data, (int)size, XML_TRUE);
	gvnp_buffer_done(&state->text);
	if (status != XML_STATUS_OK || state->problem) {
		*ret_problem = problem_of(state);
		return -EINVAL;
	}
	*ret = gvnp_take(xml);
	return 0;
}
