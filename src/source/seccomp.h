/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the system call filters of a running process. The kernel shows them to a tracer only, one
 * that holds CAP_SYS_PTRACE and CAP_SYS_ADMIN and is under no filter itself; so this is the work of
 * a process of its own, which runs only with --deep.
 */
#ifndef GVNP_SOURCE_SECCOMP_H
#define GVNP_SOURCE_SECCOMP_H

#include "gvnp/source.h"

/* Answers GVNP_SECCOMP in this very process and nothing else. */
struct gvnp_source *gvnp_source_new_deep(void);

#endif
