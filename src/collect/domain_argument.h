/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files on <qemu:commandline> share. */
#ifndef GVNP_COLLECT_DOMAIN_ARGUMENT_H
#define GVNP_COLLECT_DOMAIN_ARGUMENT_H

#include "collect/domain.h"
#include "collect/qemu_argument.h"

/* The arguments of one domain, and which of them is looked at. */
struct gvnp_domain_argument {
	const struct gvnp_domain *domain;
	const struct gvnp_qemu_command *command;
	const struct gvnp_qemu_option *option;
	size_t position;
	const char *value; /* of the option, with a NUL */
};

/* A property of the option, "" when it has none of that name. */
const char *gvnp_domain_argument_get(const struct gvnp_qemu_option *option, const char *name);
/* The property is "on" (or the older "yes"). */
bool gvnp_domain_argument_is_on(const struct gvnp_qemu_option *option, const char *name);

/* -serial, -monitor and their like: domain_chardev of `device`, nothing for "none". */
void gvnp_domain_argument_legacy_chardev(const struct gvnp_domain_argument *argument,
					 const char *device);
/* -chardev. */
void gvnp_domain_argument_chardev(const struct gvnp_domain_argument *argument);

#endif
