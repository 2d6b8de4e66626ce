/* SPDX-License-Identifier: Apache-2.0 */
/* What a report says about the host itself, read from the facts. */
#ifndef GVNP_VERBS_HOST_H
#define GVNP_VERBS_HOST_H

#include "gvnp/facts.h"
#include "gvnp/report.h"
#include "gvnp/score.h"

struct gvnp_host_words {
	char *boot_id, *machine_id_digest, *product, *kernel, *os, *hypervisor, *libvirt_uri;
	struct gvnp_hole *holes;
	size_t n_holes;
};

void gvnp_host_words_init(struct gvnp_host_words *words, struct gvnp_facts *facts);
void gvnp_host_words_done(struct gvnp_host_words *words);

enum gvnp_virtual gvnp_host_is_virtual(struct gvnp_facts *facts);

/* False only when the facts that would show a hypervisor are complete and show none. */
bool gvnp_host_has_hypervisor(struct gvnp_facts *facts);

/* The first column of the first row as text; "" when there is none. The caller frees. */
char *gvnp_host_text(struct gvnp_facts *facts, const char *sql);

#endif
