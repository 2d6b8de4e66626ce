/* SPDX-License-Identifier: Apache-2.0 */
/* Local accounts and groups: passwd(5) and group(5). */
#ifndef GVNP_COLLECT_USER_H
#define GVNP_COLLECT_USER_H

#include "base/text.h"
#include "gvnp/facts.h"

/* Fill user, user_group and user_group_member from the two files. As the C library does, a line
 * that is no entry is passed over, and of two entries with one name the first counts. */
void gvnp_user_decode(struct gvnp_facts *facts, struct gvnp_slice passwd, struct gvnp_slice group);

#endif
