/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of mounts, and their escapes. */
#include "target.h"

#include "base/cleanup.h"
#include "collect/mount_info.h"

void fuzz_mount(const char *bytes, size_t size)
{
	struct gvnp_slice rest = { bytes, size };
	struct gvnp_mount_info mount = { 0 };
	_cleanup_free_ char *plain = gvnp_mount_unescape(rest);

	FUZZ_EXPECT(strlen(plain) <= size);
	while (gvnp_mount_info_next(&rest, &mount))
		gvnp_mount_has_option(mount.options, "nosuid");
	FUZZ_EXPECT(!mount.root);
}
