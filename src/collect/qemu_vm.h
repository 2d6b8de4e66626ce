/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which processes are VMs, and whose. A VM process holds a kvm-vm descriptor, or is the process of
 * an active domain by libvirt's pid file, or is a QEMU system emulator with a machine other than
 * none (a capability probe has none).
 */
#ifndef GVNP_COLLECT_QEMU_VM_H
#define GVNP_COLLECT_QEMU_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/qemu_argument.h"
#include "gvnp/collector.h"

struct gvnp_process;
struct gvnp_process_scan;

struct gvnp_vm {
	const struct gvnp_process *process;
	struct gvnp_qemu_command
		command; /* empty when the arguments are unreadable or not QEMU's */
	bool is_qemu;
	char *domain; /* uuid; "" when libvirt knows none for it; NULL when it could not be asked */
	char object[24]; /* the pid as holes name it */
};

struct gvnp_vm_list {
	struct gvnp_vm *vms; /* by pid */
	size_t n;
};

/* Finds them, and records as holes of qemu_process what could not be decided. */
void gvnp_vm_find(const struct gvnp_collection *collection, const struct gvnp_process_scan *scan,
		  struct gvnp_vm_list *ret);
void gvnp_vm_list_done(struct gvnp_vm_list *list);

/* A hole of one VM process, under its pid. */
void gvnp_vm_hole(struct gvnp_facts *facts, const struct gvnp_vm *vm, const char *table,
		  const char *column, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

#endif
