/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over a text: secrets, learnt names and what has the form of an identifier are replaced.
 */
#ifndef GVNP_SOURCE_REDACT_SCAN_H
#define GVNP_SOURCE_REDACT_SCAN_H

#include <stdbool.h>

#include "base/text.h"

struct gvnp_buffer;
struct gvnp_redact_names;

/* A text and the path of the request whose answer it is part of. */
struct gvnp_redact_text {
	const char *place;
	const char *text;
	size_t size;
	bool is_entry; /* the name of an entry of a directory */
};

/* Appends the redacted text. */
void gvnp_redact_scan(struct gvnp_redact_names *names, const struct gvnp_redact_text *text,
		      struct gvnp_buffer *out);
/* The same of /proc/net/tcp and its kind, where addresses are hexadecimal words of the host. */
void gvnp_redact_scan_sockets(struct gvnp_redact_names *names, struct gvnp_slice text,
			      struct gvnp_buffer *out);

/* Replaces the identifier (uuid, MAC, IP address) that begins at `at`; returns its length, or 0
 * when there is none. One that must stay is appended as it is. */
size_t gvnp_redact_form(struct gvnp_redact_names *names, const struct gvnp_redact_text *text,
			size_t at, struct gvnp_buffer *out);
/* An address in network byte order, 4 or 16 bytes, to what stands for it. */
void gvnp_redact_address(struct gvnp_redact_names *names, int family, unsigned char *address);
/* True for what is a numeric address. */
bool gvnp_redact_is_address(struct gvnp_slice text);
/* Replaces a secret's value behind the key that begins at `at`; likewise. */
size_t gvnp_redact_secret(const struct gvnp_redact_text *text, size_t at, struct gvnp_buffer *out);

#endif
