/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign text made harmless for each kind of output. Names, arguments and XML come from guests and
 * tenants: whoever writes them out goes through here. */
#ifndef GVNP_REPORT_ESCAPE_H
#define GVNP_REPORT_ESCAPE_H

struct gvnp_buffer;

/* For a terminal, one line: control characters, line breaks, bytes that are not UTF-8 and
 * characters that are invisible or change the direction of writing become \x1b, \n, \u{202e}. A
 * backslash stays one, so paths of Windows guests stay readable. */
void gvnp_escape_terminal(struct gvnp_buffer *out, const char *text);

/* The same, and & < > " ' as entities: for XML text and attributes. */
void gvnp_escape_xml(struct gvnp_buffer *out, const char *text);

/* Valid UTF-8 and nothing more: bytes that are not become U+FFFD. For JSON, whose library escapes
 * control characters itself. The caller frees. */
char *gvnp_escape_utf8(const char *text);

#endif
