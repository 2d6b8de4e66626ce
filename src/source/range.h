/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of files (GVNP_RANGE): "OFFSET+SIZE:/path", both numbers decimal, each range spelt one way
 * only, so that a recording answers what was asked.
 *
 * What a worker that was taken over could read with it: of a file anywhere, only its head, and only
 * when that begins with the mark of a disk image (the reader compares constant bytes at constant
 * places and gives nothing else away, so no key, password file or plain disk has an answer); of any
 * other bytes, only those of files below the folders of programs, which are the distribution's and
 * public, and whose path holds no link that could lead elsewhere. Never of a device.
 */
#ifndef GVNP_SOURCE_RANGE_H
#define GVNP_SOURCE_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	GVNP_RANGE_LIMIT = 256 * 1024, /* bytes of one request */
	GVNP_RANGE_HEAD = 64 * 1024,   /* how far a head goes */
};

struct gvnp_range {
	uint64_t offset;
	size_t size;	  /* 1 … GVNP_RANGE_LIMIT; offset + size fits off_t */
	const char *path; /* points into the text */
};

/* False when it is not exactly such a text. */
bool gvnp_range_parse(const char *text, struct gvnp_range *ret);

/* The file lies where programs do, so all of it may be asked for. */
bool gvnp_range_is_of_program(const struct gvnp_range *range);
/* It ends within the head of its file. */
bool gvnp_range_is_head(const struct gvnp_range *range);

/* The format whose mark stands in the first bytes of a disk image, as QEMU and libvirt name it, or
 * NULL for a file without one, which is a raw image or no image at all. Static. */
const char *gvnp_range_image_format(const char *bytes, size_t size);

#endif
