/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration of the OpenSSH server: sshd_config(5), servconf.c. Pure: what an Include names is
 * asked of the caller.
 */
#ifndef GVNP_COLLECT_SSHD_H
#define GVNP_COLLECT_SSHD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct gvnp_sshd_option {
	char *name, *value;
	char *criteria; /* of the Match block it stands in; NULL: none */
	char *file;
	int line;
};

/* The settings in order of effect: outside Match blocks each name at most once. */
struct gvnp_sshd {
	struct gvnp_sshd_option *options;
	size_t n;
	char *criteria;	 /* of the Match block being read */
	char *inherited; /* of the Match block that includes the file being read */
	char *problem;	 /* the first thing that was not understood; NULL: nothing */
	size_t n_certain; /* with a problem: options before it. What it hides may come first */
	/* Called for each pattern of an Include, absolute; it calls gvnp_sshd_parse() for each
	 * file.
	 */
	void (*include)(void *context, struct gvnp_sshd *sshd, const char *pattern);
	void *context;
};
void gvnp_sshd_done(struct gvnp_sshd *sshd);

/* Reads one file. A Match block ends with the file it stands in. */
void gvnp_sshd_parse(struct gvnp_sshd *sshd, const char *file, struct gvnp_slice text);
/* Notes a problem if it is the first. */
void gvnp_sshd_note(struct gvnp_sshd *sshd, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The option outside Match blocks, NULL when it is not written. */
const struct gvnp_sshd_option *gvnp_sshd_find(const struct gvnp_sshd *sshd, const char *name);

#endif
