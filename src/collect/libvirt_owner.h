/* SPDX-License-Identifier: Apache-2.0 */
/* What libvirt says about processes: its active domains, and the pid files of its QEMU driver. */
#ifndef GVNP_COLLECT_LIBVIRT_OWNER_H
#define GVNP_COLLECT_LIBVIRT_OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "gvnp/source.h"

struct gvnp_active_domain {
	char *uuid, *name;
	int64_t pid;	   /* by its pid file, 0 when that was not found or not readable */
	int64_t modified;  /* of the pid file */
	const void *owner; /* for whoever matches processes: the one found to be its */
	size_t n_claims;   /* likewise: processes that carry its uuid */
};

struct gvnp_libvirt_owners {
	bool has_domains;		    /* libvirt answered */
	char *problem;			    /* why not, when it did not */
	struct gvnp_active_domain *domains; /* by uuid, which is "" when only a pid file is known */
	size_t n;
	struct gvnp_active_domain **by_pid; /* the same, by pid */
	char *pid_problem;		    /* NULL, or why some pid file could not be read */
};

/* Active ones of the lines source.h documents for "domains". Pure. */
void gvnp_libvirt_owners_parse(struct gvnp_slice bytes, struct gvnp_libvirt_owners *ret);

/* The domain whose pid file holds the number, or whose uuid it is in whatever case; or NULL. */
struct gvnp_active_domain *gvnp_libvirt_owners_by_pid(const struct gvnp_libvirt_owners *owners,
						      int64_t pid);
struct gvnp_active_domain *gvnp_libvirt_owners_by_uuid(const struct gvnp_libvirt_owners *owners,
						       struct gvnp_slice uuid);

void gvnp_libvirt_owners_read(struct gvnp_source *source, struct gvnp_libvirt_owners *ret);
void gvnp_libvirt_owners_done(struct gvnp_libvirt_owners *owners);

#endif
