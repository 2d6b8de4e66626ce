/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of memory handed out piece by piece and released together; no piece is ever freed alone.
 */
#include "evaluate/pool.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"

enum { BLOCK_SIZE = 16 * 1024, ALIGNMENT = 16 };

struct gvnp_pool_block {
	struct gvnp_pool_block *next;
	size_t used, size;
	char data[] __attribute__((aligned(ALIGNMENT)));
};

void gvnp_pool_done(struct gvnp_pool *pool)
{
	while (pool && pool->blocks) {
		struct gvnp_pool_block *block = pool->blocks;

		pool->blocks = block->next;
		free(block);
	}
}

void *gvnp_pool_allocate_raw(struct gvnp_pool *pool, size_t size)
{
	struct gvnp_pool_block *block = pool->blocks;

	if (size > SIZE_MAX / 2)
		gvnp_out_of_memory();
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (!block || block->size - block->used < size) {
		size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;

		block = gvnp_reallocate(NULL, sizeof *block + room);
		block->size = room;
		block->used = 0;
		block->next = pool->blocks;
		pool->blocks = block;
	}
	void *memory = block->data + block->used;
	block->used += size;
	return memory;
}

void *gvnp_pool_allocate(struct gvnp_pool *pool, size_t size)
{
	return memset(gvnp_pool_allocate_raw(pool, size), 0, size);
}

void *gvnp_pool_allocate_array(struct gvnp_pool *pool, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		gvnp_out_of_memory();
	return gvnp_pool_allocate(pool, n * size);
}

const char *gvnp_pool_text_sized(struct gvnp_pool *pool, const char *text, size_t size)
{
	char *copy = gvnp_pool_allocate_raw(pool, size + 1);

	if (size)
		memcpy(copy, text, size);
	copy[size] = '\0';
	return copy;
}

const char *gvnp_pool_text(struct gvnp_pool *pool, const char *text)
{
	return gvnp_pool_text_sized(pool, text, strlen(text));
}

const char *gvnp_pool_format(struct gvnp_pool *pool, const char *format, ...)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	va_list arguments;

	va_start(arguments, format);
	gvnp_buffer_append_arguments(&text, format, arguments);
	va_end(arguments);
	return gvnp_pool_text(pool, gvnp_buffer_text(&text));
}
