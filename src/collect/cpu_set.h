/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets of processors: the kernel's list format ("0-3,8", Documentation/admin-guide/
 * cputopology.rst), its grouped form ("0-31:2/4", kernel-parameters.rst "cpu lists") and libvirt's
 * with exclusions ("0-3,^2"). Tables refer to a set by number, so that each distinct set is stored
 * once however many VMs and threads use it.
 */
#ifndef GVNP_COLLECT_CPU_SET_H
#define GVNP_COLLECT_CPU_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "gvnp/facts.h"

/* The largest CONFIG_NR_CPUS of x86 and arm64; a processor beyond it is refused. */
enum { GVNP_CPU_SET_MAXIMUM = 8192 };

struct gvnp_cpu_set {
	uint64_t words[GVNP_CPU_SET_MAXIMUM / 64];
};

bool gvnp_cpu_set_has(const struct gvnp_cpu_set *set, unsigned cpu);
/* Moves *cpu to the first member from *cpu on. False, and nothing written, when there is none. */
bool gvnp_cpu_set_next(const struct gvnp_cpu_set *set, unsigned *cpu);
size_t gvnp_cpu_set_count(const struct gvnp_cpu_set *set);

/* Blanks around it and around its elements are allowed; the empty text is the empty set. False, and
 * nothing written, for anything else than such a list. */
bool gvnp_cpu_set_parse(struct gvnp_slice text, struct gvnp_cpu_set *ret);

/* The canonical list: ascending, ranges joined, "" for the empty set. The caller frees it. */
char *gvnp_cpu_set_format(const struct gvnp_cpu_set *set);

/* The number of the set in table cpu_set, which gets it and its members when they are new. */
int64_t gvnp_cpu_set_insert(struct gvnp_facts *facts, const struct gvnp_cpu_set *set);

/* Parses and inserts. False, and nothing written, when the text is no list. */
bool gvnp_cpu_set_insert_list(struct gvnp_facts *facts, struct gvnp_slice text, int64_t *ret_id);

#endif
