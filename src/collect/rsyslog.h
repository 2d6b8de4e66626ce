/* SPDX-License-Identifier: Apache-2.0 */
/* Where a configuration of rsyslogd sends messages: both its old directives and RainerScript. */
#ifndef GVNP_COLLECT_RSYSLOG_H
#define GVNP_COLLECT_RSYSLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct gvnp_rsyslog_target {
	struct gvnp_slice address;
	const char *protocol; /* udp, tcp, relp, dtls; static */
	bool is_encrypted;
	int64_t line;
};

/* What holds from file to file. Start with a zeroed one. */
struct gvnp_rsyslog {
	bool has_tls_driver;	    /* the driver of streams that name none is a TLS one */
	bool has_action_tls_driver; /* $ActionSendStreamDriver, for what follows */
	bool is_tls_mode;	    /* $ActionSendStreamDriverMode, for what follows */
};

/* Reads one file. Calls `target` for every other machine, and `include` for every file that is to
 * be read where the directive stands. Never fails: what is not understood is passed over. */
void gvnp_rsyslog_read(struct gvnp_rsyslog *rsyslog, struct gvnp_slice bytes,
		       void (*target)(void *data, const struct gvnp_rsyslog_target *target),
		       void (*include)(void *data, struct gvnp_slice path), void *data);

#endif
