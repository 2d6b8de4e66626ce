/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 as text. */
#ifndef GVNP_BASE_SHA256_H
#define GVNP_BASE_SHA256_H

#include <stddef.h>

enum { GVNP_SHA256_TEXT = 65 }; /* 64 lower-case hexadecimal digits and the NUL */

void gvnp_sha256(const void *data, size_t size, char ret[GVNP_SHA256_TEXT]);

#endif
