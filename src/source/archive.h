/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a recording, in a tar or in the folder it was unpacked to. */
#ifndef GVNP_SOURCE_ARCHIVE_H
#define GVNP_SOURCE_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "source/tar.h"

struct gvnp_buffer;

struct gvnp_archive {
	int fd;		     /* of the tar; of one in memory when a folder was opened */
	struct gvnp_tar tar; /* members of our folder only, sorted by name without the folder */
};

/* Opens a tar, a folder with the index in it, or a folder with that folder in it; nothing is opened
 * after that, and nothing that a tar says was looked at yet. Returns NULL, or what is wrong, for
 * the caller to free. Call gvnp_archive_done() either way. */
char *gvnp_archive_open(struct gvnp_archive *archive, const char *path);
/* The same of a tar in memory. */
char *gvnp_archive_open_bytes(struct gvnp_archive *archive, const struct gvnp_buffer *tar);
/* Finds the members, once it is open. NULL or what is wrong, likewise. */
char *gvnp_archive_scan(struct gvnp_archive *archive);
void gvnp_archive_done(struct gvnp_archive *archive);

/* Reads the index, of at most `limit` bytes. NULL or what is wrong, likewise. */
char *gvnp_archive_read_index(const struct gvnp_archive *archive, size_t limit,
			      struct gvnp_buffer *ret);

/* The file `name` has exactly `size` bytes and they are all there. */
bool gvnp_archive_has(const struct gvnp_archive *archive, const char *name, size_t size);
/* Appends these bytes. Returns 0, or -ENODATA when the file is missing or has another size. */
int gvnp_archive_read(const struct gvnp_archive *archive, const char *name, size_t size,
		      struct gvnp_buffer *ret);

#endif
