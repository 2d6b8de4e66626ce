/* SPDX-License-Identifier: Apache-2.0 */
/* sudoers(5), as far as who may run what, and whether sudo asks for a password. Pure. */
#ifndef GVNP_COLLECT_SUDO_H
#define GVNP_COLLECT_SUDO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct gvnp_sudo_grant {
	char *user, *commands, *file;
	int line;
	bool is_everything, needs_password;
};

struct gvnp_sudo {
	struct gvnp_sudo_grant *grants;
	size_t n;
	bool never_asks; /* Defaults !authenticate */
	char *problem;	 /* the first thing that was not understood; NULL: nothing */
	/* Called for @include and @includedir. */
	void (*include)(void *context, struct gvnp_sudo *sudo, const char *path, bool is_folder);
	void *context;
};
void gvnp_sudo_done(struct gvnp_sudo *sudo);
void gvnp_sudo_parse(struct gvnp_sudo *sudo, const char *file, struct gvnp_slice text);
void gvnp_sudo_note(struct gvnp_sudo *sudo, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
