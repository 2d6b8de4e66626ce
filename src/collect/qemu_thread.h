/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The threads of a VM process. An attacker who took over one thread has what that thread has, so
 * what the process table says is the worst of all of them.
 */
#ifndef GVNP_COLLECT_QEMU_THREAD_H
#define GVNP_COLLECT_QEMU_THREAD_H

#include <stdbool.h>
#include <stddef.h>

#include "collect/collect.h"
#include "collect/proc_decode.h"
#include "collect/qemu_vm.h"

/* Security label of a process, as the security module in charge prints it. */
struct gvnp_vm_label {
	bool is_known;
	struct gvnp_slice label, mode; /* "" when no module labels processes */
	const char *file; /* below a thread's directory, NULL when no module labels processes */
	struct gvnp_slice raw;
};

/* From the answers to attr/apparmor/current and attr/current of the process. Pure. */
struct gvnp_vm_label gvnp_vm_label_decide(const struct gvnp_answer *apparmor,
					  const struct gvnp_answer *current);

/* Where the answers about the threads lie in a batch. */
struct gvnp_vm_threads_asked {
	size_t first, n; /* statuses, then labels if asked for */
	bool has_labels;
};

/* Adds the questions about the threads that `list` (/proc/PID/task) names. */
struct gvnp_vm_threads_asked gvnp_vm_threads_ask(struct gvnp_batch *batch, const struct gvnp_vm *vm,
						 const struct gvnp_answer *list,
						 const struct gvnp_vm_label *label);

struct gvnp_vm_threads {
	bool has_leader;
	struct gvnp_proc_status leader; /* points into the batch */
	size_t n;
	bool knows_n; /* every thread that is still there could be read */
	/* Of all threads; a value is known when no thread hid it, or when one settles it. */
	bool knows_capabilities, has_capabilities;
	bool knows_no_new_privileges, no_new_privileges;
	bool knows_seccomp;
	int seccomp;
	bool knows_filters;
	int64_t seccomp_filters;
	bool knows_label, shares_label;
};

/* Sums up, and fills qemu_process_thread. */
void gvnp_vm_threads_take(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			  const struct gvnp_batch *batch, struct gvnp_vm_threads_asked asked,
			  const struct gvnp_answer *list, const struct gvnp_vm_label *label,
			  struct gvnp_vm_threads *ret);

#endif
