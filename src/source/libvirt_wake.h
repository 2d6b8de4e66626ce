/* SPDX-License-Identifier: Apache-2.0 */
/* May libvirt be asked without changing the host? Looked at before libvirt is loaded. */
#ifndef GVNP_SOURCE_LIBVIRT_WAKE_H
#define GVNP_SOURCE_LIBVIRT_WAKE_H

#include <stdbool.h>

struct gvnp_libvirt_wake {
	int error;		/* 0: ask. Else GVNP_LIBVIRT_ABSENT, _ASLEEP or _ERROR */
	char *problem;		/* then why; the caller frees */
	bool is_network_asleep; /* the daemon of networks alone is not running */
};

/*
 * URIs that lead off the host, run a command or start a driver in this process are refused
 * (GVNP_LIBVIRT_ERROR). A daemon whose socket only the service manager holds is asleep, unless
 * `activate`. Looks at sockets and process names; connects to nothing.
 */
void gvnp_libvirt_wake_check(const char *text, bool activate, struct gvnp_libvirt_wake *ret);

/* Why a URI is refused (see above), or NULL. Static. */
const char *gvnp_libvirt_uri_refusal(const char *uri);

#endif
