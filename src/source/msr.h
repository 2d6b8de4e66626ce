/* SPDX-License-Identifier: Apache-2.0 */
/* Model specific registers of x86 processors: which may be read, and reading one. */
#ifndef GVNP_SOURCE_MSR_H
#define GVNP_SOURCE_MSR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gvnp/source.h"

struct gvnp_answers;
struct gvnp_host;

struct gvnp_msr {
	uint32_t number;
	const char *name;   /* as the facts call it */
	const char *vendor; /* vendor_id of the processors that have it */
};

/* Every register that is ever read; ends with a NULL name. */
extern const struct gvnp_msr gvnp_msrs[];

/* Takes "/dev/cpu/N/msr:0xR" apart. False when it is not that, or R is not in the table. */
bool gvnp_msr_parse(const char *path, uint32_t *ret_cpu, uint32_t *ret_number);

/* Fills answer i; see GVNP_MSR in gvnp/source.h. */
void gvnp_msr_answer(const struct gvnp_host *host, struct gvnp_answers *answers, size_t i,
		     const char *path);

#endif
