/* SPDX-License-Identifier: Apache-2.0 */
/* What the head of a disk image says about itself and the files behind it: for the collector of
 * images, and for redaction, which must find the names in it. The reader never calls this. */
#ifndef GVNP_SOURCE_IMAGE_HEAD_H
#define GVNP_SOURCE_IMAGE_HEAD_H

#include <stdbool.h>

#include "base/text.h"

struct gvnp_image_head {
	const char *format; /* raw, qcow, qcow2, qed, vmdk, vdi, vhdx, vpc, parallels, luks */
	/* NULL, or why the rest is not known (words); then only the format is. */
	const char *problem;
	struct gvnp_slice backing;	  /* as written; empty: none */
	struct gvnp_slice backing_format; /* empty: not said, or no backing */
	struct gvnp_slice data_file;	  /* external data file; empty: none */
	const char *encryption;		  /* none, aes, luks */
};

/* Decodes the first bytes of a file (GVNP_RANGE from 0). They are the guest's or a stranger's; the
 * slices point into them. Never fails: what is not understood is a problem. */
void gvnp_image_head_decode(struct gvnp_slice bytes, struct gvnp_image_head *ret);

/* Where a backing or data file that an image at the absolute path `image` names lies: an absolute
 * path without "." and "..", for the caller to free; NULL when it is no file of this host (a
 * network protocol, a JSON description). */
char *gvnp_image_path(const char *image, struct gvnp_slice name);

#endif
