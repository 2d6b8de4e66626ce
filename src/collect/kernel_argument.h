/* SPDX-License-Identifier: Apache-2.0 */
/* One word of the kernel command line at a time, cut as the kernel cuts it (lib/cmdline.c,
 * next_arg()). modprobe hands module options to the same parser. */
#ifndef GVNP_COLLECT_KERNEL_ARGUMENT_H
#define GVNP_COLLECT_KERNEL_ARGUMENT_H

#include <stdbool.h>

#include "base/text.h"

struct gvnp_kernel_argument {
	struct gvnp_slice name;
	struct gvnp_slice value; /* without its quotes; empty when has_value is false */
	bool has_value;		 /* there was a '=' */
};

/* Cuts the next argument off *rest. False when nothing is left. The pieces point into the text. */
bool gvnp_kernel_argument_next(struct gvnp_slice *rest, struct gvnp_kernel_argument *ret);

#endif
