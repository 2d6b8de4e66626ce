/* SPDX-License-Identifier: Apache-2.0 */
/* The names of a recording and what stands for them: learnt first, then looked up by longest match.
 * Bounded: when more is learnt than any host has, gvnp_redact_is_full() says so. */
#ifndef GVNP_SOURCE_REDACT_NAMES_H
#define GVNP_SOURCE_REDACT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum gvnp_redact_kind {
	GVNP_REDACT_VM,
	GVNP_REDACT_NETWORK, /* libvirt networks and bridges */
	GVNP_REDACT_HOST,
	GVNP_REDACT_USER,
	GVNP_REDACT_IMAGE, /* last component of a path of a VM, without its extension */
	GVNP_REDACT_FOLDER,
	GVNP_REDACT_MEMORY, /* shared memory */
	GVNP_REDACT_SERIAL,
	GVNP_REDACT_TEXT, /* titles, descriptions, metadata */
	/* Found by their form, not by a dictionary. */
	GVNP_REDACT_UUID,
	GVNP_REDACT_MAC,
	GVNP_REDACT_IPV4,
	GVNP_REDACT_IPV6,
};

struct gvnp_redact_name {
	const char *replacement;
	unsigned kinds;	  /* 1 << kind of each kind it was learnt as */
	bool is_anywhere; /* replaced on every token boundary, else only where a name is known to be
			   */
};

struct gvnp_redact_names;
/* `is_cautious`: a single word of letters is not replaced everywhere. */
struct gvnp_redact_names *gvnp_redact_names_new(bool is_cautious);
void gvnp_redact_names_free(struct gvnp_redact_names *names);
bool gvnp_redact_is_full(const struct gvnp_redact_names *names);

/* The number of an original within its kind, from 1, in the order of first use. */
unsigned gvnp_redact_number(struct gvnp_redact_names *names, enum gvnp_redact_kind kind,
			    struct gvnp_slice text);

/* Learns a name with all the spellings libvirt, QEMU and systemd give it. */
void gvnp_redact_learn(struct gvnp_redact_names *names, enum gvnp_redact_kind kind,
		       struct gvnp_slice original);
/* Learns one spelling and what replaces it. */
void gvnp_redact_learn_as(struct gvnp_redact_names *names, enum gvnp_redact_kind kind,
			  struct gvnp_slice original, const char *replacement, bool is_anywhere);

/* Walks what begins with the bytes of a text: start with 0, feed byte by byte, 0 again is the end;
 * *ret is the name that ends there, or NULL. */
unsigned gvnp_redact_walk(const struct gvnp_redact_names *names, unsigned state, char byte,
			  const struct gvnp_redact_name **ret);

/* No part of it tells anything: keywords, numbers, single letters. */
bool gvnp_redact_is_common(struct gvnp_slice name);

#endif
