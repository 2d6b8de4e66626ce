/* SPDX-License-Identifier: Apache-2.0 */
/* What the system call filters of a process do, as far as that can be told from their code. */
#ifndef GVNP_COLLECT_SECCOMP_FILTER_H
#define GVNP_COLLECT_SECCOMP_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* The answer to GVNP_SECCOMP, taken apart. The instructions lie in the answer. */
struct gvnp_seccomp_filters {
	size_t n, n_instructions;
	struct gvnp_slice programs[64]; /* 8 bytes an instruction */
};

/* False when the bytes are not what source.h says. */
bool gvnp_seccomp_filters_parse(struct gvnp_slice bytes, struct gvnp_seccomp_filters *ret);

/* Name of what becomes of a call, whatever its arguments: an action of table qemu_process_syscall.
 * `architecture` is an AUDIT_ARCH_…, `number` that of the call. Static. */
const char *gvnp_seccomp_filters_action(const struct gvnp_seccomp_filters *filters,
					uint32_t architecture, uint32_t number);

#endif
