/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is released all at once: a catalogue's strings, a document's nodes, a result. */
#ifndef GVNP_EVALUATE_POOL_H
#define GVNP_EVALUATE_POOL_H

#include <stddef.h>

struct gvnp_pool {
	struct gvnp_pool_block *blocks;
};

void gvnp_pool_done(struct gvnp_pool *pool);

/* Zeroed, aligned for anything. Exits when out of memory. */
void *gvnp_pool_allocate(struct gvnp_pool *pool, size_t size);
/* For whoever fills all of it at once: what it holds is anything. */
void *gvnp_pool_allocate_raw(struct gvnp_pool *pool, size_t size);
void *gvnp_pool_allocate_array(struct gvnp_pool *pool, size_t n, size_t size);
const char *gvnp_pool_text(struct gvnp_pool *pool, const char *text);
const char *gvnp_pool_text_sized(struct gvnp_pool *pool, const char *text, size_t size);
const char *gvnp_pool_format(struct gvnp_pool *pool, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
