/* SPDX-License-Identifier: Apache-2.0 */
/* Writing results: whole or not at all. */
#ifndef GVNP_VERBS_OUTPUT_H
#define GVNP_VERBS_OUTPUT_H

#include <stddef.h>

struct gvnp_buffer;

/* Writes to PATH, or to standard output when it is NULL or "-". A regular file appears complete or
 * stays as it was, readable by its owner only: reports say where a host is weak. A device or FIFO
 * is written to directly; a symbolic link to a file is refused, since somebody else may have laid
 * it. Returns 0, or a negative errno after saying on standard error what went wrong. */
int gvnp_output_write(const char *path, const struct gvnp_buffer *data);

/* "gvnp-audit: …" and a newline on standard error. */
void gvnp_output_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
