/* SPDX-License-Identifier: Apache-2.0 */
/* Whose check files a run believes: a check is SQL that decides what a report says. */
#ifndef GVNP_EVALUATE_TRUST_H
#define GVNP_EVALUATE_TRUST_H

#include <sys/stat.h>

/* Why a file or folder of checks with this status must not be heeded, or NULL. Static. */
const char *gvnp_trust_refuses(const struct stat *status);

#endif
