/* SPDX-License-Identifier: Apache-2.0 */
/* Words that tell nothing about a host: they are never taken for names. */
#ifndef GVNP_SOURCE_REDACT_WORDS_H
#define GVNP_SOURCE_REDACT_WORDS_H

#include <stdbool.h>

#include "base/text.h"
#include "source/redact_names.h"

/* ASCII letters and digits, and every byte of UTF-8 beyond. */
bool gvnp_redact_is_word(char byte);
/* A keyword of a format that is recorded, a number (hexadecimal too), a single letter. */
bool gvnp_redact_is_common_word(struct gvnp_slice word);
/* A value that software comes with: libvirt's network "default", "To Be Filled By O.E.M." … */
bool gvnp_redact_is_default(enum gvnp_redact_kind kind, struct gvnp_slice text);

#endif
