/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of sockets, of both byte orders. */
#include "target.h"

#include "collect/listener.h"

void fuzz_net(const char *bytes, size_t size)
{
	struct gvnp_unix_listener unix_listener;
	struct gvnp_listener listener;

	for (unsigned kind = 0; kind < 4; kind++) {
		struct gvnp_slice rest = { bytes, size };
		bool is_malformed = false;

		while (gvnp_listener_next(&rest, kind & 1, kind & 2, &listener, &is_malformed))
			FUZZ_EXPECT(strlen(listener.address) < sizeof listener.address);
	}
	struct gvnp_slice rest = { bytes, size };
	bool is_malformed = false;
	while (gvnp_unix_listener_next(&rest, &unix_listener, &is_malformed))
		FUZZ_EXPECT(unix_listener.path.text + unix_listener.path.size <= bytes + size);
}
