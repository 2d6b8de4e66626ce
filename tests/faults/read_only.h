/* SPDX-License-Identifier: Apache-2.0 */
/* Which system calls leave the host as it was. */
#ifndef GVNP_TESTS_READ_ONLY_H
#define GVNP_TESTS_READ_ONLY_H

#include "tracer.h"

/* NULL, or what the call would change or reach, in words. `folder`: where outputs may be written.
 * `socket`: a socket of libvirt that may be asked besides the standard ones, or NULL. Static. */
const char *read_only_violation(const struct tracer *tracer, const struct tracer_call *call,
				const char *folder, const char *socket);

#endif
