/* SPDX-License-Identifier: Apache-2.0 */
/* That something takes little processor time, in a build with sanitizers and beside other work. */
#ifndef GVNP_TESTS_QUICKLY_H
#define GVNP_TESTS_QUICKLY_H

#include <time.h>

enum { PATIENCE_MS = 5000 };

static inline long used_ms(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

/* Runs the statements and holds their processor time against the limit. */
#define QUICKLY(...)                                                                               \
	do {                                                                                       \
		long before_ = used_ms();                                                          \
		__VA_ARGS__;                                                                       \
		assert_true(used_ms() - before_ < PATIENCE_MS);                                    \
	} while (0)

#endif
