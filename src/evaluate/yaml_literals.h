/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Literal blocks (`key: |`) taken out of a document before libyaml walks through them byte by byte:
 * they are most of what a check holds, and cutting lines is all they need. The lines stay, empty,
 * so that every other line keeps its number.
 */
#ifndef GVNP_EVALUATE_YAML_LITERALS_H
#define GVNP_EVALUATE_YAML_LITERALS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "evaluate/pool.h"

struct gvnp_yaml_literal {
	int line; /* of its `|`, from 1 */
	const char *text;
};

struct gvnp_yaml_literals {
	struct gvnp_yaml_literal *literals; /* in the order of the document */
	size_t n, n_given;
	struct gvnp_buffer rest; /* the document without them, and without `stop_key` and after */
};

/* False when the document has anything that is not cut for certain: then it is read whole. The
 * texts live in `pool`. Either way gvnp_yaml_literals_done() releases the rest. */
bool gvnp_yaml_literals_cut(const char *data, size_t size, const char *stop_key,
			    struct gvnp_pool *pool, struct gvnp_yaml_literals *ret);
void gvnp_yaml_literals_done(struct gvnp_yaml_literals *literals);

/* The text of the empty literal at this line, if it is the next one that was cut; else NULL. */
const char *gvnp_yaml_literals_take(struct gvnp_yaml_literals *literals, int line);

#endif
