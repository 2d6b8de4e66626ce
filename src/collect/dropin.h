/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration spread over several NAME.d folders (sysctl.d(5), modprobe.d(5)): of files with the
 * same name only the one in the folder of highest precedence counts, a link to /dev/null switches
 * the name off, and what is left is read in the order of the names.
 */
#ifndef GVNP_COLLECT_DROPIN_H
#define GVNP_COLLECT_DROPIN_H

#include "collect/collect.h"

struct gvnp_dropins {
	struct gvnp_batch files; /* one GVNP_READ each, in order of effect */
	const char **links;	 /* of each file its link target, NULL when it is no link */
	struct gvnp_batch folders;
};

/* Reads the *.conf files of `folders` (highest precedence first, ends with NULL). What cannot be
 * listed or read becomes a hole of the whole table. Pair with gvnp_dropins_done(). */
void gvnp_dropins_read(struct gvnp_dropins *dropins, struct gvnp_source *source,
		       const char *const *folders, struct gvnp_facts *facts, const char *table);
/* The same with holes of one object of the table. */
void gvnp_dropins_read_of(struct gvnp_dropins *dropins, struct gvnp_source *source,
			  const char *const *folders, struct gvnp_facts *facts, const char *table,
			  const char *object);
void gvnp_dropins_done(struct gvnp_dropins *dropins);

#endif
