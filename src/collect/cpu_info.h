/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/cpuinfo: one paragraph a processor, "key : value" lines that differ by architecture. */
#ifndef GVNP_COLLECT_CPU_INFO_H
#define GVNP_COLLECT_CPU_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct gvnp_cpu_info {
	int64_t cpu;
	struct gvnp_slice vendor, model_name, microcode; /* empty when not printed */
	int64_t family, model, stepping;		 /* 0 when not printed */
	struct gvnp_slice flags, bugs;			 /* empty when not printed */
};

/* Cuts the next processor's paragraph off *rest. False when there is none left. Paragraphs that
 * name no processor (arm32 ends with one about the board) are skipped. */
bool gvnp_cpu_info_next(struct gvnp_slice *rest, struct gvnp_cpu_info *ret);

/* True if a list of words has this one. */
bool gvnp_cpu_info_has_word(struct gvnp_slice words, const char *word);

#endif
