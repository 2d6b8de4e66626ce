/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets that wait for somebody: /proc/1/net/{tcp,tcp6,udp,udp6,unix}, each mapped to a process
 * that holds it. The formats are those of tcp4_seq_show() and its relatives in net/, and of
 * Documentation/networking/proc_net_tcp.rst.
 */
#ifndef GVNP_COLLECT_LISTENER_H
#define GVNP_COLLECT_LISTENER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "gvnp/collector.h"

struct gvnp_process_scan;

struct gvnp_listener {
	char address[46]; /* INET6_ADDRSTRLEN: numeric */
	uint16_t port;
	bool is_wildcard, is_loopback;
	uint64_t uid;
	uint64_t inode;
};

/*
 * Cuts lines off *rest up to the next socket that listens (TCP) or is bound and not connected
 * (UDP). False at the end; *ret_is_malformed is set, and never cleared, by a line that is no such
 * line.
 */
bool gvnp_listener_next(struct gvnp_slice *rest, bool is_udp, bool is_big_endian,
			struct gvnp_listener *ret, bool *ret_is_malformed);

/* The same for UNIX sockets: those that listen and have a name. path points into the text. */
struct gvnp_unix_listener {
	uint64_t inode;
	struct gvnp_slice path;
};
bool gvnp_unix_listener_next(struct gvnp_slice *rest, struct gvnp_unix_listener *ret,
			     bool *ret_is_malformed);

/* Fills listener and unix_listener. */
void gvnp_listener_collect(const struct gvnp_collection *collection,
			   const struct gvnp_process_scan *scan);

#endif
