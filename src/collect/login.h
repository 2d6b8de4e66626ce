/* SPDX-License-Identifier: Apache-2.0 */
/* Decoders of what decides who logs in and how: passwords, PAM, and settings of the login. */
#ifndef GVNP_COLLECT_LOGIN_H
#define GVNP_COLLECT_LOGIN_H

#include "base/text.h"
#include "gvnp/facts.h"

/* passwd or shadow, told apart by the path, as source/shadow.h leaves them. */
void gvnp_password_decode(struct gvnp_facts *facts, const char *file, struct gvnp_slice bytes);
/* group or gshadow */
void gvnp_group_password_decode(struct gvnp_facts *facts, const char *file,
				struct gvnp_slice bytes);

struct gvnp_pam_rule {
	struct gvnp_slice type;	   /* without '-'; "" for an @include */
	struct gvnp_slice control; /* a word, or [ ... ] */
	struct gvnp_slice module;  /* its base name; of an include the other file */
	struct gvnp_slice arguments;
	bool is_include;
	int64_t line;
};

struct gvnp_pam {
	struct gvnp_slice rest;
	int64_t line;
};

/* The next rule of a file of /etc/pam.d whose continued lines were joined. False at the end. */
bool gvnp_pam_next(struct gvnp_pam *pam, struct gvnp_pam_rule *ret);

/* Assignments of one kind of file: "KEY VALUE" or "KEY = VALUE"; for shell files TMOUT alone. */
void gvnp_login_setting_decode(struct gvnp_facts *facts, const char *source, const char *file,
			       struct gvnp_slice bytes);

void gvnp_fstab_decode(struct gvnp_facts *facts, struct gvnp_slice bytes);

#endif
