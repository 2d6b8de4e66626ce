/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every way in which a path of the host is opened: for looking, for reading, for listing. The table
 * lies in memory that cannot be written, and the reader's lock lets openat2() take its argument
 * from nowhere else; so what is not in the table (writing, creating, truncating) cannot be asked
 * for.
 */
#ifndef GVNP_SOURCE_HOST_WAY_H
#define GVNP_SOURCE_HOST_WAY_H

#include <linux/openat2.h>
#include <stdint.h>

enum { GVNP_HOST_N_WAYS = 6 };

extern const struct open_how gvnp_host_ways[GVNP_HOST_N_WAYS];

/* The way of these flags (O_PATH, O_RDONLY, O_DIRECTORY, O_NOFOLLOW) and this resolution besides
 * that below the root; NULL: there is none, and the table wants a row. */
const struct open_how *gvnp_host_way(int flags, uint64_t resolve);

#endif
