/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small, strict document reader: mappings, sequences and scalars, each with its line. No anchors,
 * aliases, tags or directives, no duplicate keys, one document, bounded size and depth.
 */
#ifndef GVNP_EVALUATE_YAML_H
#define GVNP_EVALUATE_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "evaluate/pool.h"

struct gvnp_problems;

enum gvnp_yaml_kind { GVNP_YAML_SCALAR, GVNP_YAML_SEQUENCE, GVNP_YAML_MAPPING };

struct gvnp_yaml_node {
	enum gvnp_yaml_kind kind;
	int line;	  /* from 1 */
	bool is_plain;	  /* a scalar without quotes and not a block */
	bool is_block;	  /* a literal or folded block: its text begins one line below */
	const char *text; /* of a scalar, else NULL; holds no NUL */
	size_t n;	  /* items of a sequence, pairs of a mapping */
	struct gvnp_yaml_node **keys;  /* of a mapping: scalars */
	struct gvnp_yaml_node **items; /* of a sequence, or the values of a mapping */
};

enum {
	GVNP_YAML_LARGEST = 1024 * 1024,      /* bytes of a document */
	GVNP_YAML_LARGEST_SCALAR = 64 * 1024, /* bytes of a text */
	GVNP_YAML_MOST_NODES = 200000,
	GVNP_YAML_DEEPEST = 12,
};

/*
 * Reads one document whose top is a mapping. When `stop_key` is a key of it, nothing from there on
 * is read. `file` only names it in problems. Returns 0, or -EINVAL with a problem added. The nodes
 * live in `pool`.
 */
int gvnp_yaml_parse(const char *data, size_t size, const char *file, const char *stop_key,
		    struct gvnp_pool *pool, struct gvnp_problems *problems,
		    struct gvnp_yaml_node **ret);

/*
 * The two readers behind it, for tests. The plain one reads what is written as checks mostly are,
 * quickly; false when it is not certain of any byte, which is no verdict about the document. What
 * it reads, the other one, over libyaml's events, reads the same.
 */
bool gvnp_yaml_parse_plain(const char *data, size_t size, const char *stop_key,
			   struct gvnp_pool *pool, struct gvnp_yaml_node **ret);
int gvnp_yaml_parse_whole(const char *data, size_t size, const char *file, const char *stop_key,
			  struct gvnp_pool *pool, struct gvnp_problems *problems,
			  struct gvnp_yaml_node **ret);

/* A scalar is exactly this text. Nearly all keys differ in their first letter. */
static inline bool gvnp_yaml_is(const struct gvnp_yaml_node *scalar, const char *text)
{
	return scalar->text[0] == text[0] && !strcmp(scalar->text, text);
}

/* The value of a key, or NULL. */
struct gvnp_yaml_node *gvnp_yaml_get(const struct gvnp_yaml_node *mapping, const char *key);

bool gvnp_yaml_is_null(const struct gvnp_yaml_node *node); /* plain null or ~ */
/* A plain scalar that is an integer. */
bool gvnp_yaml_integer(const struct gvnp_yaml_node *node, int64_t *ret);

#endif
