/* SPDX-License-Identifier: Apache-2.0 */
/* Running libvirt daemons, by the name of their program. */
#ifndef GVNP_COLLECT_LIBVIRT_DAEMON_H
#define GVNP_COLLECT_LIBVIRT_DAEMON_H

#include <stdbool.h>

#include "base/text.h"
#include "gvnp/collector.h"

struct gvnp_process;
struct gvnp_process_scan;

/* True for libvirtd, virtqemud, virtlogd, …: the whole name. */
bool gvnp_libvirt_daemon_is_name(struct gvnp_slice name);

/* True if it runs the program of a libvirt daemon, by its exe, or by its comm when exe is refused.
 */
bool gvnp_libvirt_daemon_is(const struct gvnp_process *process);

/* What its arguments say, argv[0] included. config is empty when it is not given. */
struct gvnp_libvirt_daemon_arguments {
	bool listens;
	struct gvnp_slice config;
};
void gvnp_libvirt_daemon_parse(struct gvnp_slice arguments,
			       struct gvnp_libvirt_daemon_arguments *ret);

/* Fills libvirt_daemon. */
void gvnp_libvirt_daemon_collect(const struct gvnp_collection *collection,
				 const struct gvnp_process_scan *scan);

#endif
