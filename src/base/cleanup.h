/* SPDX-License-Identifier: Apache-2.0 */
/* Scope-bound release. A destructor takes a pointer to the variable and accepts NULL contents. */
#ifndef GVNP_BASE_CLEANUP_H
#define GVNP_BASE_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(function) __attribute__((cleanup(function)))

/* Hands a pointer over: the variable is NULL afterwards. */
#define gvnp_take(variable)                                                                        \
	({                                                                                         \
		__typeof__(variable) *p_ = &(variable);                                            \
		__typeof__(variable) v_ = *p_;                                                     \
		*p_ = NULL;                                                                        \
		v_;                                                                                \
	})

static inline void gvnp_freep(void *pointer)
{
	free(*(void **)pointer);
}

static inline void gvnp_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Hands a descriptor over: the variable is -1 afterwards. */
static inline int gvnp_take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#define _cleanup_free_ _cleanup_(gvnp_freep)
#define _cleanup_close_ _cleanup_(gvnp_closep)
#define _cleanup_buffer_ _cleanup_(gvnp_buffer_done)

#endif
