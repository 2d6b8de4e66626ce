/* SPDX-License-Identifier: Apache-2.0 */
/* Tables qemu_process_filter and qemu_process_syscall: what --deep reads of each VM process. */
#ifndef GVNP_COLLECT_QEMU_FILTER_H
#define GVNP_COLLECT_QEMU_FILTER_H

#include "collect/collect.h"
#include "collect/qemu_vm.h"

/* Adds the question to a batch and returns its index. */
size_t gvnp_qemu_filter_ask(struct gvnp_batch *batch, const struct gvnp_vm *vm);

/* Rows, or holes. `has_filter` is what /proc says of the process (seccomp mode 2). False when the
 * run was not asked to read filters: then there is neither. */
bool gvnp_qemu_filter_take(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			   const struct gvnp_answer *answer, bool has_filter);

/* The same for a VM that was not there to the end: a hole, if the run was asked. */
bool gvnp_qemu_filter_drop(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			   const struct gvnp_answer *answer);

/* Once all were taken. `incompleteness`: NULL, or why there may be more VMs; `was_asked`: what any of
 * the two above returned, false when there was none to ask about. */
void gvnp_qemu_filter_finish(const struct gvnp_collection *collection, const char *incompleteness,
			     bool was_asked);

#endif
