/* SPDX-License-Identifier: Apache-2.0 */
/* The table, and nothing but constants in it. */
#include "source/host_way.h"

#include <fcntl.h>
#include <stddef.h>

enum {
	RESOLVE = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	READ = O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC,
	LOOK = O_PATH | O_CLOEXEC,
};

const struct open_how gvnp_host_ways[GVNP_HOST_N_WAYS] = {
	{ .flags = READ, .resolve = RESOLVE },
	{ .flags = READ | O_DIRECTORY, .resolve = RESOLVE },
	{ .flags = LOOK, .resolve = RESOLVE },
	{ .flags = LOOK | O_DIRECTORY, .resolve = RESOLVE },
	{ .flags = LOOK | O_NOFOLLOW, .resolve = RESOLVE },
	{ .flags = LOOK, .resolve = RESOLVE | RESOLVE_NO_SYMLINKS },
};

const struct open_how *gvnp_host_way(int flags, uint64_t resolve)
{
	uint64_t wanted = (uint64_t)(flags | (flags & O_PATH ? LOOK : READ));

	for (size_t i = 0; i < GVNP_HOST_N_WAYS; i++)
		if (gvnp_host_ways[i].flags == wanted &&
		    gvnp_host_ways[i].resolve == (RESOLVE | resolve))
			return &gvnp_host_ways[i];
	return NULL;
}
