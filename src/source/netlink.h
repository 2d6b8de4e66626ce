/* SPDX-License-Identifier: Apache-2.0 */
/* What only the kernel's netlink sockets and adjtimex() tell: questions that change nothing. */
#ifndef GVNP_SOURCE_NETLINK_H
#define GVNP_SOURCE_NETLINK_H

#include <stdbool.h>
#include <stddef.h>

struct gvnp_answers;
struct gvnp_host;

/* Answers the GVNP_SYSTEM questions "links", "addresses", "audit-status", "audit-rules" and
 * "time-status" (source.h). False, and nothing done, for every other name. Blocks no longer than
 * two seconds. */
bool gvnp_netlink_answer(const struct gvnp_host *host, struct gvnp_answers *answers, size_t i,
			 const char *name);

#endif
