/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The namespaces of a VM process beside those of process 1. Where the links in /proc/1/ns are
 * refused (some hosts refuse them to root as well) the mount namespace is told by the mount ids,
 * which the kernel gives out once for the whole machine: the tables of two namespaces have none in
 * common.
 */
#ifndef GVNP_COLLECT_QEMU_NAMESPACE_H
#define GVNP_COLLECT_QEMU_NAMESPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/collect.h"
#include "collect/qemu_vm.h"

struct gvnp_process_scan;

/* The mounts of one namespace. */
struct gvnp_mount_view {
	const struct gvnp_answer *mountinfo;
	int64_t *ids; /* ascending */
	size_t n;
};

/*
 * The views a VM should not share, read once: process 1's, and that of every libvirt daemon that
 * has another one (in a container the daemon's namespace is not process 1's, and a VM that was
 * given none of its own is in the daemon's).
 */
struct gvnp_host_views {
	struct gvnp_batch batch;
	const struct gvnp_answer *namespaces; /* listing of /proc/1/ns */
	struct gvnp_mount_view *views;	      /* the first is process 1's */
	size_t n;
	bool is_complete; /* every one of them could be read */
};

void gvnp_host_views_read(struct gvnp_source *source, const struct gvnp_process_scan *scan,
			  struct gvnp_host_views *ret);
void gvnp_host_views_done(struct gvnp_host_views *views);

struct gvnp_vm_namespaces {
	const char *mount; /* identity, NULL when unreadable */
	bool knows_of_process_1, is_of_process_1;
	bool knows_own_mount, has_own_mount;
	bool knows_private_dev, has_private_dev;
};

/* Fills qemu_process_namespace from the listing of /proc/PID/ns, and decides the rest with the VM's
 * mountinfo. */
void gvnp_vm_namespaces_take(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			     const struct gvnp_host_views *views,
			     const struct gvnp_answer *namespaces,
			     const struct gvnp_answer *mountinfo, struct gvnp_vm_namespaces *ret);

#endif
