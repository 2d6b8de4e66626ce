/* SPDX-License-Identifier: Apache-2.0 */
/* Phrases several writers use, so that they say the same. */
#ifndef GVNP_REPORT_WORDS_H
#define GVNP_REPORT_WORDS_H

#include "gvnp/report.h"

struct gvnp_buffer;

/* "Hypervisor isolation", "VM escape surface" … */
const char *gvnp_area_title(enum gvnp_area area);

/* "TR 33.818 V17.1.0 (study) 5.2.5.6.7.4": never without its status, because a study is not a
 * specification one can comply with. The caller frees. */
char *gvnp_requirement_name(const struct gvnp_requirement *requirement);

/* Evidence of a subject in one line: name=value, name='text', name=(no value). Escaped for a
 * terminal.
 */
void gvnp_words_evidence(struct gvnp_buffer *out, const struct gvnp_subject *subject);

/* One sentence for a host on which nothing runs VMs. */
extern const char gvnp_words_no_hypervisor[];

/* 2026-11-21 20:09 UTC. The caller frees. */
char *gvnp_words_time(int64_t time);

#endif
