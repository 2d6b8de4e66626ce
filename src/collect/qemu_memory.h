/* SPDX-License-Identifier: Apache-2.0 */
/* The mappings of a VM process that are large enough to hold guest memory: /proc/PID/smaps. */
#ifndef GVNP_COLLECT_QEMU_MEMORY_H
#define GVNP_COLLECT_QEMU_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "collect/collect.h"
#include "collect/qemu_vm.h"

struct gvnp_mapping {
	uint64_t start, end;
	struct gvnp_slice permissions; /* rwxp */
	uint64_t inode;		       /* of the file; 0 when anonymous */
	struct gvnp_slice path;	       /* as printed; "" when anonymous */
	bool has_flags;		       /* VmFlags was printed */
	bool is_mergeable, is_undumped, is_locked, is_huge, is_unforked; /* mg dd lo ht dc */
};

/* Cuts the next mapping with its VmFlags off *rest. False at the end. Pure. */
bool gvnp_mapping_next(struct gvnp_slice *rest, struct gvnp_mapping *ret);

/* Cuts a mapped file that was deleted or replaced, and is mapped to run it, off *rest, which is a
 * maps or smaps file; without " (deleted)". A file with several mappings comes several times. False
 * at the end. Pure. */
bool gvnp_mapping_next_stale(struct gvnp_slice *rest, struct gvnp_slice *ret);

/* exe_inode of qemu_process. */
struct gvnp_cell gvnp_vm_memory_program(const struct gvnp_vm *vm, const struct gvnp_answer *smaps);

/* Fills qemu_process_memory and qemu_process_stale_file. */
void gvnp_vm_memory_take(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			 const struct gvnp_answer *smaps);

#endif
