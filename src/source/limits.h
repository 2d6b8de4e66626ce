/* SPDX-License-Identifier: Apache-2.0 */
/* How much is taken from one file, directory or link; and the reading of a directory. Everything a
 * host says is bounded here before it is allocated. */
#ifndef GVNP_SOURCE_LIMITS_H
#define GVNP_SOURCE_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

#include "gvnp/source.h"

enum {
	GVNP_LIMIT_READ = 1024 * 1024,	       /* of a file without an entry of its own */
	GVNP_LIMIT_FIRST = 4095,	       /* asked for by a first read */
	GVNP_LIMIT_CONTENT = 16 * 1024 * 1024, /* of any content */
	GVNP_LIMIT_LINK = 4096,		       /* PATH_MAX */
	GVNP_LIMIT_PATH = 4096,
	GVNP_LIMIT_NAME = 255,
	GVNP_LIMIT_ENTRIES = 65536,
	GVNP_LIMIT_LISTING = 16 * 1024 * 1024, /* names and targets of one directory */
};

/* The largest content of this path that is kept; GVNP_LIMIT_READ or more. */
size_t gvnp_limits_of(const char *path);

/*
 * True when a read of this path, of GVNP_LIMIT_FIRST bytes or more, that gave `size` bytes has seen
 * the end, so that none need follow to learn it. Said of tables of connections alone: at every read
 * the kernel walks all of the hash table once more, some milliseconds.
 */
bool gvnp_limits_is_end(const char *path, size_t size);

/* Fills answer i from an open directory: sorted entries and the directory's metadata. Returns 0, a
 * negative errno, or GVNP_TOO_LARGE. */
int gvnp_listing_read(int directory, struct gvnp_answers *answers, size_t i);

#endif
