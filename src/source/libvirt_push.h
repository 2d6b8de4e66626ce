/* SPDX-License-Identifier: Apache-2.0 */
/* Writing answers of libvirt as frames; part of gvnp-audit-libvirt only. */
#ifndef GVNP_SOURCE_LIBVIRT_PUSH_H
#define GVNP_SOURCE_LIBVIRT_PUSH_H

#include "base/buffer.h"
#include "gvnp/source.h"

struct gvnp_push {
	int fd;
	struct gvnp_buffer waiting; /* written when enough of it waits, and at the end */
};

/* libvirt's words for what failed last; never empty. Static until the next call of libvirt. */
const char *gvnp_push_libvirt_message(void);

/* The answer to `path`. NULL: libvirt failed just now, and its words are the answer. */
void gvnp_push_text(struct gvnp_push *push, const char *path, const char *text);
void gvnp_push_error(struct gvnp_push *push, const char *path, int error, const char *problem);
/* Writes what waits: before a call that may take long. */
void gvnp_push_flush(struct gvnp_push *push);
/* The end marker, with the answer to everything that was not pushed (0: there is none). Writes all
 * that waits. */
void gvnp_push_end(struct gvnp_push *push, int error, const char *problem);

/* A name and the newline that ends it; libvirt forbids newlines in names, we do not rely on it. */
void gvnp_push_append_name(struct gvnp_buffer *lines, const char *name);

#endif
