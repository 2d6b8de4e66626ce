/* SPDX-License-Identifier: Apache-2.0 */
/* Just enough of the POSIX ustar format to write a recording and to find its members again. */
#ifndef GVNP_SOURCE_TAR_H
#define GVNP_SOURCE_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gvnp_buffer;

enum { GVNP_TAR_NAME = 100 }; /* longest name written, its NUL included */

/* Appends a regular file, mode 0644, owner 0:0, no time: equal contents make equal bytes. */
void gvnp_tar_append(struct gvnp_buffer *tar, const char *name, const void *data, size_t size);
/* The two empty blocks at the end. */
void gvnp_tar_finish(struct gvnp_buffer *tar);

struct gvnp_tar_member {
	char *name;	/* prefix and name joined */
	int64_t offset; /* of its content in the file */
	int64_t size;
	bool is_whole; /* all of the content is in the file */
};

struct gvnp_tar {
	struct gvnp_tar_member *members; /* regular files only, in order */
	size_t n;
	bool is_cut; /* the file ends before the archive does */
};
void gvnp_tar_done(struct gvnp_tar *tar);

/* Walks the heads of the archive in `fd`; contents are not read. What comes behind a head that is
 * none is not looked at (is_cut). Returns 0, -EINVAL when not even the first block is a ustar head,
 * or a negative errno of reading. */
int gvnp_tar_scan(int fd, struct gvnp_tar *ret);

#endif
