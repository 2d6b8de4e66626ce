/* SPDX-License-Identifier: Apache-2.0 */
/* Everything /proc says about each VM process: tables qemu_process and qemu_process_*. */
#ifndef GVNP_COLLECT_QEMU_PROCESS_H
#define GVNP_COLLECT_QEMU_PROCESS_H

#include "collect/qemu_vm.h"
#include "gvnp/collector.h"

struct gvnp_process_scan;

void gvnp_qemu_process_collect(const struct gvnp_collection *collection,
			       const struct gvnp_process_scan *scan);

/* Fills qemu_process_argument, _property, _device_file, _open_file: what the scan already holds. */
void gvnp_qemu_process_take_arguments(struct gvnp_facts *facts, const struct gvnp_vm *vm);
void gvnp_qemu_process_take_files(struct gvnp_facts *facts, const struct gvnp_vm *vm);

/* The accelerator, as cell of qemu_process: kvm with a kvm-vm descriptor; else what the arguments
 * say, as far as that is certain. The caller frees *ret_text, which the cell points to. */
struct gvnp_cell gvnp_qemu_process_accelerator(struct gvnp_facts *facts, const struct gvnp_vm *vm,
					       char **ret_text);

/* The tables about VM processes: declared by the process collector, and completed here. */
#define GVNP_QEMU_PROCESS_TABLES                                                                   \
	"qemu_process", "qemu_process_group", "qemu_process_thread", "qemu_process_namespace",     \
		"qemu_process_cgroup", "qemu_process_device_policy", "qemu_process_device_rule",   \
		"qemu_process_argument", "qemu_process_property", "qemu_process_device_file",      \
		"qemu_process_open_file", "qemu_process_memory", "qemu_process_stale_file"

#endif
