/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preparing a query takes and gives back some hundred small pieces of memory. SQLite has a cache of
 * its own for them (lookaside), which Debian leaves out, and malloc() then is a sixth of preparing
 * and evaluating. The rule kept here: a piece holds its size before it, is spare in the list of
 * that size and nowhere else, and what is not small is malloc()'s.
 */
#include "facts/pieces.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* SQLite holds the middle of a piece, which the analyzer takes for a piece that nobody holds. */
#if defined __GNUC__ && __GNUC__ >= 10 && !defined __clang__
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

enum { STEP = 16, LARGEST = 8 * 1024, BLOCK_SIZE = 64 * 1024 };

/* What SQLite gets begins at `next`, which is used only while the piece is spare. It asks for an
 * alignment of 8. */
struct piece {
	size_t size; /* without this member */
	struct piece *next;
};

struct block {
	struct block *next;
	char data[BLOCK_SIZE] __attribute__((aligned(STEP)));
};

static struct piece *spares[LARGEST / STEP + 1];
static struct block *blocks; /* the first is cut from */
static size_t used = BLOCK_SIZE;

static struct piece *piece_of(void *memory)
{
	return (struct piece *)((char *)memory - offsetof(struct piece, next));
}

static struct piece *cut(size_t size)
{
	size += offsetof(struct piece, next);
	if (BLOCK_SIZE - used < size) {
		struct block *block = malloc(sizeof *block);

		if (!block)
			return NULL;
		block->next = blocks;
		blocks = block;
		used = 0;
	}
	struct piece *piece = (struct piece *)(blocks->data + used);
	used += size;
	return piece;
}

static int round_up(int size)
{
	return (int)(((unsigned)size + STEP - 1) / STEP * STEP);
}

/* Of one size there is mostly a next time soon: what is spare then is fetched now. */
static void *take(int wanted)
{
	size_t size = (size_t)round_up(wanted);
	struct piece *piece;

	if (size > LARGEST) {
		piece = malloc(offsetof(struct piece, next) + size);
	} else if ((piece = spares[size / STEP])) {
		spares[size / STEP] = piece->next;
		__builtin_prefetch(piece->next, 1);
		return &piece->next; /* it holds its size */
	} else {
		piece = cut(size);
	}
	if (!piece)
		return NULL;
	piece->size = size;
	return &piece->next;
}

static void give(void *memory)
{
	struct piece *piece = piece_of(memory);

	if (piece->size > LARGEST) {
		free(piece);
		return;
	}
	piece->next = spares[piece->size / STEP];
	spares[piece->size / STEP] = piece;
}

static void *resize(void *memory, int wanted)
{
	struct piece *piece = piece_of(memory);
	size_t size = (size_t)round_up(wanted), before = piece->size;

	if (before > LARGEST && size > LARGEST) {
		struct piece *grown = realloc(piece, offsetof(struct piece, next) + size);

		if (!grown)
			return NULL;
		grown->size = size;
		return &grown->next;
	}
	void *other = take(wanted);
	if (!other)
		return NULL;
	memcpy(other, memory, before < size ? before : size);
	give(memory);
	return other;
}

static int size_of(void *memory)
{
	return memory ? (int)piece_of(memory)->size : 0;
}

static int begin(void *data)
{
	(void)data;
	return SQLITE_OK;
}

static void end(void *data)
{
	(void)data;
}

const sqlite3_mem_methods gvnp_pieces = {
	.xMalloc = take,
	.xFree = give,
	.xRealloc = resize,
	.xSize = size_of,
	.xRoundup = round_up,
	.xInit = begin,
	.xShutdown = end,
};
