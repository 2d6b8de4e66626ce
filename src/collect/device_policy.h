/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which devices the control group of a VM lets it open: an eBPF program on a cgroup v2 directory of
 * the VM, or the devices.list of its v1 group; a hybrid host has both. libvirt attaches the program
 * to the VM's directory and puts the threads into directories below it, and a query answers for the
 * one directory only, so every directory that is the VM's own is asked.
 */
#ifndef GVNP_COLLECT_DEVICE_POLICY_H
#define GVNP_COLLECT_DEVICE_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "collect/collect.h"
#include "collect/qemu_vm.h"

enum { GVNP_DEVICE_POLICY_DEPTH = 16 }; /* directories of one VM that are asked */

struct gvnp_device_policy_asked {
	bool has_unified, has_legacy;		/* the hierarchies exist */
	bool is_unified_known, is_legacy_known; /* and we know where the VM is in them */
	size_t first, n;			/* answers about the unified directories */
	size_t list;				/* the answer with devices.list */
};

/* Directories of a path below a cgroup mount that belong to one VM, from its leaf up to but
 * excluding the first that is shared (machine, *.slice, *.partition, the root). Pure; returns how
 * many, each as a length of `path`. */
size_t gvnp_device_policy_directories(struct gvnp_slice path,
				      size_t ret_sizes[GVNP_DEVICE_POLICY_DEPTH]);

/* Adds the questions that the VM's cgroup file and process 1's mounts lead to. */
struct gvnp_device_policy_asked gvnp_device_policy_ask(struct gvnp_batch *batch,
						       struct gvnp_slice cgroup,
						       struct gvnp_slice mountinfo);

/* Fills qemu_process_device_policy and qemu_process_device_rule. */
void gvnp_device_policy_take(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			     const struct gvnp_batch *batch, struct gvnp_device_policy_asked asked);

/* Fills qemu_process_cgroup. */
void gvnp_device_policy_take_cgroup(struct gvnp_facts *facts, const struct gvnp_vm *vm,
				    const struct gvnp_answer *cgroup);

#endif
