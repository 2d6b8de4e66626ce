/* SPDX-License-Identifier: Apache-2.0 */
/* The process that becomes gvnp-audit-libvirt. */
#ifndef GVNP_PRIVILEGE_LIBVIRT_H
#define GVNP_PRIVILEGE_LIBVIRT_H

#include "gvnp/privilege.h"

/* For a child whose standard output is the pipe to the worker. Executes the program, or says on the
 * pipe why libvirt is not asked. The exit status if it returns. */
int gvnp_libvirt_run(const struct gvnp_plan *plan);

#endif
