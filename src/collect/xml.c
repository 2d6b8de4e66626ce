/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one place that knows libxml2. The limits are kept while parsing, in the handlers of the
 * parser, so that a hostile document is stopped before it is built: a document type stops it at
 * once, and with it every entity that a document could define.
 */
#include "collect/xml.h"

#include <errno.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <limits.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

struct gvnp_xml {
	xmlDoc *document;
};

struct parse_state {
	size_t n_items, depth;
	const char *problem;
};

static xmlNode *from(const struct gvnp_xml_node *node)
{
	return (xmlNode *)(uintptr_t)node;
}

static const struct gvnp_xml_node *to(const xmlNode *node)
{
	return (const struct gvnp_xml_node *)node;
}

static void stop(xmlParserCtxt *parser, const char *problem)
{
	struct parse_state *state = parser->_private;

	if (!state->problem)
		state->problem = problem;
	xmlStopParser(parser);
}

static void refuse_document_type(void *context, const xmlChar *name, const xmlChar *external,
				 const xmlChar *system)
{
	(void)name, (void)external, (void)system;
	stop(context, "it has a document type");
}

static void start_element(void *context, const xmlChar *name, const xmlChar *prefix,
			  const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
			  int n_attributes, int n_defaulted, const xmlChar **attributes)
{
	xmlParserCtxt *parser = context;
	struct parse_state *state = parser->_private;

	state->depth++;
	state->n_items += 1 + (size_t)n_namespaces + (size_t)n_attributes;
	if (state->depth > GVNP_XML_MAXIMUM_DEPTH)
		stop(parser, "its elements are nested too deeply");
	else if (state->n_items > GVNP_XML_MAXIMUM_ITEMS)
		stop(parser, "it has too many elements");
	else
		xmlSAX2StartElementNs(context, name, prefix, uri, n_namespaces, namespaces,
				      n_attributes, n_defaulted, attributes);
}

static void end_element(void *context, const xmlChar *name, const xmlChar *prefix,
			const xmlChar *uri)
{
	xmlParserCtxt *parser = context;
	struct parse_state *state = parser->_private;

	state->depth--;
	xmlSAX2EndElementNs(context, name, prefix, uri);
}

/* What ends the part of a document that begins at *at with '<', and where: quotes, comments and
 * such hold anything. Counts the attributes when it is a tag. */
static const char *end_of_markup(const char *at, const char *end, size_t *ret_n_attributes)
{
	static const char *const pairs[][2] = { { "<!--", "-->" },
						{ "<![CDATA[", "]]>" },
						{ "<?", "?>" } };
	char quote = '\0';

	*ret_n_attributes = 0;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		size_t size = strlen(pairs[i][0]);

		if ((size_t)(end - at) < size || memcmp(at, pairs[i][0], size))
			continue;
		at = memmem(at + size, (size_t)(end - at) - size, pairs[i][1], strlen(pairs[i][1]));
		return at ? at : end;
	}
	for (; at < end && (quote || *at != '>'); at++) {
		if (quote)
			quote = *at == quote ? '\0' : quote;
		else if (*at == '"' || *at == '\'')
			quote = *at;
		else
			*ret_n_attributes += *at == '=';
	}
	return at;
}

/* libxml2 compares each attribute of an element with all the others before it calls a handler: a
 * megabyte of them takes seconds. So they are counted beforehand. */
static bool is_crowded(const char *data, size_t size)
{
	const char *end = data + size;
	size_t n_attributes;

	while (data < end && (data = memchr(data, '<', (size_t)(end - data)))) {
		data = end_of_markup(data, end, &n_attributes);
		if (n_attributes > GVNP_XML_MAXIMUM_ATTRIBUTES)
			return true;
	}
	return false;
}

static void free_parser(xmlParserCtxt **parser)
{
	xmlFreeParserCtxt(*parser);
}

static void free_document(xmlDoc **document)
{
	if (*document)
		xmlFreeDoc(*document);
}

/* Some errors find their way past XML_PARSE_NOERROR; the answer carries them, nothing prints. */
static void keep_silent(void *context, const char *format, ...)
{
	(void)context, (void)format;
}

static char *problem_of(xmlParserCtxt *parser, const struct parse_state *state)
{
	const xmlError *error = xmlCtxtGetLastError(parser);

	if (state->problem)
		return gvnp_format("XML refused: %s", state->problem);
	if (!error || !error->message)
		return gvnp_duplicate("not well-formed XML");
	struct gvnp_slice words = gvnp_slice_trim(gvnp_slice(error->message));
	return gvnp_format("not well-formed XML: line %d: %.*s", error->line,
			   (int)(words.size < 200 ? words.size : 200), words.text);
}

int gvnp_xml_parse(const char *data, size_t size, struct gvnp_xml **ret, char **ret_problem)
{
	__attribute__((cleanup(free_parser))) xmlParserCtxt *parser = NULL;
	__attribute__((cleanup(free_document))) xmlDoc *document = NULL;
	struct parse_state state = { 0 };

	if (!size || size > GVNP_XML_MAXIMUM_SIZE) {
		*ret_problem = gvnp_format("XML refused: it has %zu bytes", size);
		return -EINVAL;
	}
	if (is_crowded(data, size)) {
		*ret_problem = gvnp_duplicate("XML refused: an element has too many attributes");
		return -EINVAL;
	}
	xmlSetGenericErrorFunc(NULL, keep_silent);
	parser = xmlNewParserCtxt();
	if (!parser)
		gvnp_out_of_memory();
	parser->_private = &state;
	parser->sax->internalSubset = refuse_document_type;
	parser->sax->externalSubset = refuse_document_type;
	parser->sax->startElementNs = start_element;
	parser->sax->endElementNs = end_element;
	parser->sax->comment = NULL;
	parser->sax->processingInstruction = NULL;
	document = xmlCtxtReadMemory(parser, data, (int)size, NULL, "UTF-8",
				     XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
					     XML_PARSE_NOCDATA | XML_PARSE_COMPACT);
	if (!document || state.problem || !xmlDocGetRootElement(document)) {
		*ret_problem = problem_of(parser, &state);
		return -EINVAL;
	}
	*ret = gvnp_allocate(sizeof **ret);
	(*ret)->document = gvnp_take(document);
	return 0;
}

void gvnp_xml_free(struct gvnp_xml *xml)
{
	if (xml)
		xmlFreeDoc(xml->document);
	free(xml);
}

void gvnp_xml_freep(struct gvnp_xml **xml)
{
	gvnp_xml_free(*xml);
}

const struct gvnp_xml_node *gvnp_xml_root(const struct gvnp_xml *xml)
{
	return xml ? to(xmlDocGetRootElement(xml->document)) : NULL;
}

static bool is_element(const xmlNode *node, const char *uri, const char *name)
{
	const char *own = node->ns && node->ns->href ? (const char *)node->ns->href : "";

	return node->type == XML_ELEMENT_NODE && !strcmp(own, uri) &&
	       (!name || !strcmp((const char *)node->name, name));
}

static const struct gvnp_xml_node *first_from(const xmlNode *node, const char *uri,
					      const char *name)
{
	while (node && !is_element(node, uri, name))
		node = node->next;
	return to(node);
}

const struct gvnp_xml_node *gvnp_xml_child_in(const struct gvnp_xml_node *node, const char *uri,
					      const char *name)
{
	return node ? first_from(from(node)->children, uri, name) : NULL;
}

const struct gvnp_xml_node *gvnp_xml_next_in(const struct gvnp_xml_node *node, const char *uri,
					     const char *name)
{
	return node ? first_from(from(node)->next, uri, name) : NULL;
}

const struct gvnp_xml_node *gvnp_xml_child(const struct gvnp_xml_node *node, const char *name)
{
	return gvnp_xml_child_in(node, "", name);
}

const struct gvnp_xml_node *gvnp_xml_next(const struct gvnp_xml_node *node, const char *name)
{
	return gvnp_xml_next_in(node, "", name);
}

const struct gvnp_xml_node *gvnp_xml_at(const struct gvnp_xml_node *node, const char *path)
{
	struct gvnp_slice rest = gvnp_slice(path), component;

	while (node && gvnp_slice_next(&rest, '/', &component)) {
		const struct gvnp_xml_node *child = gvnp_xml_child(node, NULL);

		while (child && !gvnp_slice_is(component, gvnp_xml_name(child)))
			child = gvnp_xml_next(child, NULL);
		node = child;
	}
	return node;
}

const char *gvnp_xml_name(const struct gvnp_xml_node *node)
{
	return node ? (const char *)from(node)->name : "";
}

bool gvnp_xml_is(const struct gvnp_xml_node *node, const char *name)
{
	return node && is_element(from(node), "", name);
}

/* The parser joins neighbouring text, so the first text is all there is before a child element. */
static const char *first_text(const xmlNode *node)
{
	while (node && node->type != XML_TEXT_NODE)
		node = node->next;
	return node && node->content ? (const char *)node->content : "";
}

const char *gvnp_xml_text(const struct gvnp_xml_node *node)
{
	return node ? first_text(from(node)->children) : "";
}

static const xmlAttr *attribute_of(const struct gvnp_xml_node *node, const char *name)
{
	if (!node)
		return NULL;
	for (const xmlAttr *attribute = from(node)->properties; attribute;
	     attribute = attribute->next)
		if (!attribute->ns && !strcmp((const char *)attribute->name, name))
			return attribute;
	return NULL;
}

bool gvnp_xml_has(const struct gvnp_xml_node *node, const char *attribute)
{
	return attribute_of(node, attribute);
}

const char *gvnp_xml_get(const struct gvnp_xml_node *node, const char *attribute)
{
	const xmlAttr *found = attribute_of(node, attribute);

	return found ? first_text(found->children) : "";
}

bool gvnp_xml_says_yes(const struct gvnp_xml_node *node, const char *attribute)
{
	return !strcmp(gvnp_xml_get(node, attribute), "yes");
}

int64_t gvnp_xml_integer(const struct gvnp_xml_node *node, const char *attribute, int64_t otherwise)
{
	int64_t value;

	return gvnp_parse_integer(gvnp_xml_get(node, attribute), &value) ? value : otherwise;
}

/* Scaled integers of libvirt's formatdomain: k, M, G, T are powers of 1024, kB, MB … of 1000. */
static const struct {
	const char *name;
	uint64_t bytes;
} units[] = {
	{ "", 1024 },	     { "KiB", 1024 },	    { "k", 1024 },
	{ "b", 1 },	     { "bytes", 1 },	    { "KB", 1000 },
	{ "M", 1ULL << 20 }, { "MiB", 1ULL << 20 }, { "MB", 1000 * 1000 },
	{ "G", 1ULL << 30 }, { "GiB", 1ULL << 30 }, { "GB", 1000 * 1000 * 1000 },
	{ "T", 1ULL << 40 }, { "TiB", 1ULL << 40 }, { "TB", 1000ULL * 1000 * 1000 * 1000 },
};

bool gvnp_xml_kibibytes(const struct gvnp_xml_node *node, int64_t *ret)
{
	uint64_t value;

	if (!gvnp_slice_unsigned(gvnp_slice_trim(gvnp_slice(gvnp_xml_text(node))), 10, &value))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (strcmp(units[i].name, gvnp_xml_get(node, "unit")))
			continue;
		if (value > (uint64_t)INT64_MAX / units[i].bytes)
			return false;
		*ret = (int64_t)(value * units[i].bytes / 1024);
		return true;
	}
	return false;
}
