/* SPDX-License-Identifier: Apache-2.0 */
/* The empty database of facts, as SQLite would keep it in a file: made when the program is built.
 */
#ifndef GVNP_FACTS_IMAGE_H
#define GVNP_FACTS_IMAGE_H

#include <sqlite3.h>
#include <stddef.h>

struct gvnp_image {
	size_t page_size, n_pages;
	const unsigned char *bytes; /* of all pages, each without the zeros at its end */
	const size_t *ends;	    /* where each page ends in them */
};

extern const struct gvnp_image gvnp_image;

/* Fills an empty database in memory with its tables. Opens no file and reads none. A code of
 * SQLite's, SQLITE_OK on success. */
int gvnp_image_load(sqlite3 *database);

#endif
