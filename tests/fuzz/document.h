/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host written down in one document, easy to change byte by byte: a line for each answer, and its
 * content below it up to the next line that begins with '@'.
 *
 *   @OPERATION PATH [!ERROR] [TYPE MODE UID:GID DEVICE:DEVICE FILESYSTEM:FILESYSTEM INODE MODIFIED]
 *
 * TYPE MODE is a letter and octal digits in one word (r644); a listing has the form of a
 * recording's (index.h), the content of an error is its words. What is not written down does not
 * exist.
 */
#ifndef GVNP_TESTS_FUZZ_DOCUMENT_H
#define GVNP_TESTS_FUZZ_DOCUMENT_H

#include "source/answerer.h"

struct gvnp_buffer;

/* The bytes must outlive the source. Only what a collector declared is answered. */
struct gvnp_source *fuzz_document_source(const char *bytes, size_t size);

/* Calls `visit` with every message of the document. */
void fuzz_document_walk(const char *bytes, size_t size,
			void (*visit)(void *data, const struct gvnp_request *request,
				      const struct gvnp_answer *answer),
			void *data);

/* Appends one answer; of a content at most `limit` bytes. */
void fuzz_document_append(struct gvnp_buffer *document, const struct gvnp_request *request,
			  const struct gvnp_answer *answer, size_t limit);

#endif
