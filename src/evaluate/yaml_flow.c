/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values on one line, for the plain reader: words, quoted texts, [lists] and {mappings}. The rule
 * kept here is that reader's: what could be read in two ways is not read here.
 */
#include "evaluate/yaml_plain.h"

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == '-' || c == '/';
}

/* Neither an indicator of YAML, nor a '-' that could be one. */
static bool begins_plain(const char *at)
{
	if (*at == '-')
		return at[1] != '-' && is_word(at[1]);
	return is_word(*at) || *at == '(' || *at == '~' || *at == '+' || *at == '$' ||
	       (unsigned char)*at >= 0x80;
}

/* What may end an unquoted text: in a block, and in a list or mapping on one line. */
enum { IN_BLOCK = 1, IN_FLOW = 2 };
static const unsigned char stops[0x100] = {
	['\n'] = IN_BLOCK | IN_FLOW,
	[':'] = IN_BLOCK | IN_FLOW,
	['#'] = IN_BLOCK | IN_FLOW,
	[','] = IN_FLOW,
	['['] = IN_FLOW,
	[']'] = IN_FLOW,
	['{'] = IN_FLOW,
	['}'] = IN_FLOW,
	['?'] = IN_FLOW,
};

/* The end of an unquoted text; NULL where it could as well end elsewhere. */
static const char *plain_end(const char *at, bool is_in_flow)
{
	int context = is_in_flow ? IN_FLOW : IN_BLOCK;

	for (;; at++) {
		while (!(stops[(unsigned char)*at] & context))
			at++;
		switch (*at) {
		case '\n':
			return is_in_flow || at[-1] == ' ' ? NULL : at;
		case ':':
			if (!is_word(at[1]))
				return NULL;
			break;
		case '#':
			if (at[-1] == ' ')
				return NULL;
			break;
		case ',':
		case ']':
		case '}':
			return at[-1] == ' ' ? NULL : at;
		default:
			return NULL;
		}
	}
}

static struct gvnp_yaml_node *read_plain(struct gvnp_yaml_plain *plain, bool is_in_flow)
{
	const char *from = plain->at;
	const char *end = begins_plain(from) ? plain_end(from, is_in_flow) : NULL;
	struct gvnp_yaml_node *node;

	if (!end)
		return NULL;
	node = gvnp_yaml_plain_scalar(plain, from, plain->copy + (end - plain->data));
	if (node)
		node->is_plain = true;
	plain->at = end;
	return node;
}

/* '' stands for ', and \" and \\ for themselves; other escapes are left to libyaml. */
static struct gvnp_yaml_node *read_quoted(struct gvnp_yaml_plain *plain)
{
	char quote = *plain->at;
	const char *begin = plain->at + 1, *at;
	char *to = plain->copy + (begin - plain->data);

	for (at = begin; *at != quote || (quote == '\'' && at[1] == quote); at++) {
		bool is_escape = *at == (quote == '"' ? '\\' : quote);

		if (*at == '\n' || (is_escape && at[1] != quote && at[1] != '\\'))
			return NULL;
		at += is_escape;
		*to++ = *at;
	}
	plain->at = at + 1;
	return gvnp_yaml_plain_scalar(plain, begin, to);
}

/* After an item: true at its comma, which one space follows, or at the end. */
static bool skip_comma(struct gvnp_yaml_plain *plain, char end, bool *ret_is_over)
{
	*ret_is_over = *plain->at == end;
	if (!*ret_is_over && (plain->at[0] != ',' || plain->at[1] != ' '))
		return false;
	plain->at += *ret_is_over ? 1 : 2;
	return true;
}

static struct gvnp_yaml_node *read_collection(struct gvnp_yaml_plain *plain, int depth)
{
	bool is_mapping = *plain->at == '{', is_over;
	char end = is_mapping ? '}' : ']';
	size_t first = plain->n_pairs;
	struct gvnp_yaml_node *node =
		gvnp_yaml_plain_node(plain, is_mapping ? GVNP_YAML_MAPPING : GVNP_YAML_SEQUENCE);

	if (!node || depth >= GVNP_YAML_DEEPEST)
		return NULL;
	plain->at++;
	is_over = *plain->at == end;
	if (is_over)
		plain->at++;
	while (!is_over) {
		struct gvnp_yaml_pair pair = { 0 };

		if (is_mapping) {
			if (!gvnp_yaml_plain_key(plain, first, &pair) || plain->at[1] != ' ')
				return NULL;
			plain->at += 2;
		}
		pair.item = gvnp_yaml_flow_read(plain, true, depth + 1);
		if (!pair.item || !skip_comma(plain, end, &is_over))
			return NULL;
		gvnp_yaml_plain_push(plain, &pair);
	}
	gvnp_yaml_plain_keep(plain, first, node);
	return node;
}

struct gvnp_yaml_node *gvnp_yaml_flow_read(struct gvnp_yaml_plain *plain, bool is_in_flow,
					   int depth)
{
	switch (*plain->at) {
	case '[':
	case '{':
		return read_collection(plain, depth);
	case '"':
	case '\'':
		return read_quoted(plain);
	default:
		return read_plain(plain, is_in_flow);
	}
}
