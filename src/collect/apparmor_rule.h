/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of AppArmor policy files, as apparmor.d(5) writes them. */
#ifndef GVNP_COLLECT_APPARMOR_RULE_H
#define GVNP_COLLECT_APPARMOR_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct gvnp_apparmor_rule {
	int64_t line;	  /* on which it begins, from 1 */
	const char *kind; /* file, capability, network, …: CHECK list of apparmor_rule */
	bool is_denied;
	struct gvnp_slice path;	       /* of a file rule, as written, unquoted */
	struct gvnp_slice permissions; /* of a file rule: rwk, rmix, … */
	struct gvnp_slice detail;      /* of any other: the rest, blanks kept */
};

struct gvnp_apparmor_text {
	struct gvnp_slice rest;
	int64_t line; /* lines cut off so far */
};

/* Cuts the next rule off; the head of a profile is one of kind "profile", whose detail are its
 * flags. False at the end. Bounded by the text; what is not understood is of kind "other". */
bool gvnp_apparmor_rule_next(struct gvnp_apparmor_text *text, struct gvnp_apparmor_rule *ret);

#endif
