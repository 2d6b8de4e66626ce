/* SPDX-License-Identifier: Apache-2.0 */
/* Everything about domains; part of gvnp-audit-libvirt only. */
#ifndef GVNP_SOURCE_LIBVIRT_DOMAINS_H
#define GVNP_SOURCE_LIBVIRT_DOMAINS_H

#include <libvirt/libvirt.h>

#include "source/libvirt_push.h"

/* Pushes "domains" first and then each domain's XML, inactive XML and messages. A domain that went
 * away meanwhile keeps its line; what can no longer be had of it is libvirt's error. */
void gvnp_libvirt_push_domains(struct gvnp_push *push, virConnectPtr connection);

#endif
