/* SPDX-License-Identifier: Apache-2.0 */
/* System call filters of a process, as --deep reads them. */
#include "target.h"

#include <linux/audit.h>

#include "collect/seccomp_filter.h"

void fuzz_seccomp(const char *bytes, size_t size)
{
	struct gvnp_seccomp_filters filters;

	if (!gvnp_seccomp_filters_parse((struct gvnp_slice){ bytes, size }, &filters))
		return;
	FUZZ_EXPECT(filters.n && filters.n_instructions * 8 < size);
	for (uint32_t number = 0; number < 4; number++) {
		const char *action =
			gvnp_seccomp_filters_action(&filters, AUDIT_ARCH_X86_64, number * 59);

		FUZZ_EXPECT(action && *action);
	}
}
