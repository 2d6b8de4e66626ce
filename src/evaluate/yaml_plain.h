/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two halves of the plain reader share: the reader of lines and blocks (yaml_plain.c), and
 * that of the values on one line (yaml_flow.c).
 */
#ifndef GVNP_EVALUATE_YAML_PLAIN_H
#define GVNP_EVALUATE_YAML_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "evaluate/yaml.h"

struct gvnp_yaml_pair {
	struct gvnp_yaml_node *key; /* NULL in a sequence */
	size_t size;		    /* of the key */
	struct gvnp_yaml_node *item;
};

struct gvnp_yaml_plain {
	const char *data, *next, *end; /* `next`: the next line */
	const char *at;		       /* in the line, which ends with '\n' */
	size_t indent;		       /* of the line */
	int line;		       /* from 1 */
	bool is_over;		       /* there is no line any more */
	bool is_stopped;	       /* met stop_key */
	const char *stop_key;
	/* Of the document. Texts are cut out of it where they stand: the byte after a text never
	 * belongs to another one. */
	char *copy;
	struct gvnp_pool *pool;
	size_t n_nodes;
	/* What the open mappings and sequences hold so far, the innermost last. */
	struct gvnp_yaml_pair *pairs;
	size_t n_pairs, room;
};

/* All of these: false or NULL when it is not certain. */

struct gvnp_yaml_node *gvnp_yaml_plain_node(struct gvnp_yaml_plain *plain,
					    enum gvnp_yaml_kind kind);
/* A scalar whose text begins in the copy where `from` does in the document, and ends at `to`. */
struct gvnp_yaml_node *gvnp_yaml_plain_scalar(struct gvnp_yaml_plain *plain, const char *from,
					      char *to);
/* A key, which is none of those from `first` on, up to its `:`. */
bool gvnp_yaml_plain_key(struct gvnp_yaml_plain *plain, size_t first, struct gvnp_yaml_pair *ret);
void gvnp_yaml_plain_push(struct gvnp_yaml_plain *plain, const struct gvnp_yaml_pair *pair);
/* Those from `first` on become the node's. */
void gvnp_yaml_plain_keep(struct gvnp_yaml_plain *plain, size_t first, struct gvnp_yaml_node *node);

/* True at `word: `, or when the line ends after the `:`. */
bool gvnp_yaml_plain_is_key(const char *at);

/* A value that begins and ends on this line. `depth` is that of its parent. */
struct gvnp_yaml_node *gvnp_yaml_flow_read(struct gvnp_yaml_plain *plain, bool is_in_flow,
					   int depth);

#endif
