/* SPDX-License-Identifier: Apache-2.0 */
/* passwd and group; what is behind the first line that is empty is the group file. */
#include "target.h"

#include "collect/user.h"

void fuzz_user(const char *bytes, size_t size)
{
	const char *gap = memmem(bytes, size, "\n\n", 2);
	size_t first = gap ? (size_t)(gap - bytes) + 1 : size;

	gvnp_user_decode(fuzz_facts(), (struct gvnp_slice){ bytes, first },
			 (struct gvnp_slice){ bytes + first, size - first });
}
