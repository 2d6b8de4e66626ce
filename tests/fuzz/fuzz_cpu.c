/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of processors, which must come back from their canonical form, and /proc/cpuinfo. */
#include "target.h"

#include "base/cleanup.h"
#include "collect/cpu_info.h"
#include "collect/cpu_set.h"

void fuzz_cpu(const char *bytes, size_t size)
{
	struct gvnp_slice rest = { bytes, size };
	struct gvnp_cpu_set set, again;
	struct gvnp_cpu_info info;

	if (gvnp_cpu_set_parse(rest, &set)) {
		_cleanup_free_ char *text = gvnp_cpu_set_format(&set);

		FUZZ_EXPECT(gvnp_cpu_set_parse(gvnp_slice(text), &again));
		FUZZ_EXPECT(!memcmp(&set, &again, sizeof set));
	}
	while (gvnp_cpu_info_next(&rest, &info))
		gvnp_cpu_info_has_word(info.flags, "vmx");
}
