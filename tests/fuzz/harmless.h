/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold for every output, whatever a guest wrote into its name. */
#ifndef GVNP_TESTS_FUZZ_HARMLESS_H
#define GVNP_TESTS_FUZZ_HARMLESS_H

struct gvnp_buffer;

/* Valid UTF-8 without control characters but, unless it is one line, the newline. */
void fuzz_expect_harmless(const struct gvnp_buffer *text, int is_one_line);
void fuzz_expect_json(const struct gvnp_buffer *text);
void fuzz_expect_xml(const struct gvnp_buffer *text);

#endif
