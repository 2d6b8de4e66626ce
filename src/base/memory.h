/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation that exits when memory is gone, so that callers need no error path for it. */
#ifndef GVNP_BASE_MEMORY_H
#define GVNP_BASE_MEMORY_H

#include <stddef.h>

/* Says so on standard error and exits with status 3. */
void gvnp_out_of_memory(void) __attribute__((noreturn));

void *gvnp_allocate(size_t size);		     /* zeroed */
void *gvnp_allocate_array(size_t n, size_t size);    /* zeroed; n * size must not overflow */
void *gvnp_reallocate(void *memory, size_t size);
void *gvnp_reallocate_array(void *memory, size_t n, size_t size);
char *gvnp_duplicate(const char *text);
char *gvnp_duplicate_sized(const char *text, size_t size);
char *gvnp_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Makes room for one more element of an array that grows by doubling. */
#define gvnp_grow(array, n)                                                                        \
	(((n) & ((n)-1)) ? (array)                                                                 \
			 : gvnp_reallocate_array((array), (n) ? 2 * (n) : 1, sizeof *(array)))

#endif
