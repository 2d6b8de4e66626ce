/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that do a part of a VM's work outside QEMU: table vm_helper. */
#ifndef GVNP_COLLECT_VM_HELPER_H
#define GVNP_COLLECT_VM_HELPER_H

#include "base/text.h"
#include "gvnp/collector.h"

struct gvnp_process_scan;

/* Fills vm_helper. After qemu_process_cgroup, by which helpers are given to their VMs. */
void gvnp_vm_helper_collect(const struct gvnp_collection *collection,
			    const struct gvnp_process_scan *scan);

/* The part of a control group's path that names the VM, up to and with machine-qemu….scope or
 * ….libvirt-qemu; empty when the path is not of a VM. Points into it. Pure. */
struct gvnp_slice gvnp_vm_scope(struct gvnp_slice path);

#endif
