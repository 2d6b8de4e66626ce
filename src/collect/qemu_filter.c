/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls that an intruder in QEMU would like to make, and what its filters do with them.
 * The list is not of what QEMU forbids (that is the distribution's business) but of what would help
 * to get on: docs of libvirt and QEMU name the groups, the calls are the kernel's.
 */
#include "collect/qemu_filter.h"

#include <errno.h>
#include <seccomp.h>

#include "collect/proc_scan.h"
#include "collect/seccomp_filter.h"

static const char *const tables[] = { "qemu_process_filter", "qemu_process_syscall" };

static const struct {
	const char *kind, *name;
} calls[] = {
	{ "start", "fork" },
	{ "start", "vfork" },
	{ "start", "clone" },
	{ "start", "clone3" },
	{ "start", "execve" },
	{ "start", "execveat" },
	{ "privilege", "setuid" },
	{ "privilege", "setgid" },
	{ "privilege", "setreuid" },
	{ "privilege", "setregid" },
	{ "privilege", "setresuid" },
	{ "privilege", "setresgid" },
	{ "privilege", "setfsuid" },
	{ "privilege", "setgroups" },
	{ "privilege", "capset" },
	{ "namespace", "unshare" },
	{ "namespace", "setns" },
	{ "namespace", "chroot" },
	{ "namespace", "pivot_root" },
	{ "namespace", "mount" },
	{ "namespace", "umount2" },
	{ "namespace", "fsopen" },
	{ "namespace", "fsmount" },
	{ "namespace", "open_tree" },
	{ "namespace", "move_mount" },
	{ "namespace", "mount_setattr" },
	{ "kernel", "init_module" },
	{ "kernel", "finit_module" },
	{ "kernel", "delete_module" },
	{ "kernel", "kexec_load" },
	{ "kernel", "kexec_file_load" },
	{ "kernel", "reboot" },
	{ "kernel", "bpf" },
	{ "kernel", "iopl" },
	{ "kernel", "ioperm" },
	{ "kernel", "swapon" },
	{ "kernel", "syslog" },
	{ "kernel", "settimeofday" },
	{ "process", "ptrace" },
	{ "process", "process_vm_readv" },
	{ "process", "process_vm_writev" },
	{ "process", "pidfd_getfd" },
	{ "process", "kcmp" },
	{ "key", "add_key" },
	{ "key", "keyctl" },
	{ "key", "request_key" },
	{ "surface", "io_uring_setup" },
	{ "surface", "userfaultfd" },
	{ "surface", "perf_event_open" },
	{ "surface", "open_by_handle_at" },
	{ "surface", "name_to_handle_at" },
	{ "surface", "fanotify_init" },
	{ "surface", "personality" },
	{ "surface", "modify_ldt" },
	{ "surface", "mknod" },
	{ "surface", "quotactl" },
	{ "surface", "acct" },
};

/* libseccomp's token is the AUDIT_ARCH_… that filters compare with; 0: no such architecture. */
static uint32_t architecture_of(struct gvnp_facts *facts)
{
	sqlite3_stmt *statement = gvnp_facts_statement(facts, "SELECT architecture FROM host");
	uint32_t token = 0;

	if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0))
		token = seccomp_arch_resolve_name((const char *)sqlite3_column_text(statement, 0));
	sqlite3_reset(statement);
	return token;
}

static void tell(struct gvnp_facts *facts, const struct gvnp_vm *vm, const char *problem)
{
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		gvnp_vm_hole(facts, vm, tables[i], "", "system call filter of process %s: %s",
			     vm->object, problem);
}

static void insert_calls(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			 const struct gvnp_seccomp_filters *filters, uint32_t architecture)
{
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		int number = seccomp_syscall_resolve_name_arch(architecture, calls[i].name);

		if (number < 0) /* another architecture has it */
			continue;
		gvnp_insert(facts, "qemu_process_syscall", gvnp_integer("pid", vm->process->pid),
			    gvnp_text("name", calls[i].name), gvnp_text("kind", calls[i].kind),
			    gvnp_integer("number", number),
			    gvnp_text("action", gvnp_seccomp_filters_action(filters, architecture,
									    (uint32_t)number)));
	}
}

static void insert(struct gvnp_facts *facts, const struct gvnp_vm *vm,
		   const struct gvnp_seccomp_filters *filters)
{
	uint32_t architecture = architecture_of(facts);

	gvnp_insert(facts, "qemu_process_filter", gvnp_integer("pid", vm->process->pid),
		    gvnp_integer("filters", (int64_t)filters->n),
		    gvnp_integer("instructions", (int64_t)filters->n_instructions));
	if (architecture)
		insert_calls(facts, vm, filters, architecture);
	else
		gvnp_vm_hole(facts, vm, "qemu_process_syscall", "",
			     "the system calls of this architecture are not known");
}

size_t gvnp_qemu_filter_ask(struct gvnp_batch *batch, const struct gvnp_vm *vm)
{
	return gvnp_batch_add(batch, GVNP_SECCOMP, "/proc/%s", vm->object);
}

bool gvnp_qemu_filter_take(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			   const struct gvnp_answer *answer, bool has_filter)
{
	struct gvnp_seccomp_filters filters = { 0 };

	if (answer->error == GVNP_NOT_ASKED)
		return false;
	if (answer->error == EINVAL && has_filter)
		tell(facts, vm, "this kernel does not show filters (CONFIG_CHECKPOINT_RESTORE)");
	else if (answer->error == EINVAL)
		insert(facts, vm, &filters); /* none */
	else if (answer->error)
		tell(facts, vm, gvnp_source_error_name(answer->error));
	else if (gvnp_seccomp_filters_parse(gvnp_collect_bytes(answer), &filters))
		insert(facts, vm, &filters);
	else
		tell(facts, vm, "not what the kernel writes");
	return true;
}

bool gvnp_qemu_filter_drop(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			   const struct gvnp_answer *answer)
{
	if (answer->error == GVNP_NOT_ASKED)
		return false;
	tell(facts, vm, "it was not the same process to the end");
	return true;
}

/* The first process has no filter of a VM, and the reader refuses to look at it. */
static bool is_asked(struct gvnp_source *source)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(source, GVNP_SECCOMP, "/proc/1");

	return answers->answers[0].error != GVNP_NOT_ASKED;
}

void gvnp_qemu_filter_finish(const struct gvnp_collection *collection, const char *incompleteness,
			     bool was_asked)
{
	struct gvnp_facts *facts = collection->facts;

	/* Where there is no VM for sure, it does not matter. */
	if (!was_asked && incompleteness)
		was_asked = is_asked(collection->source);
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		if (!was_asked) {
			gvnp_facts_declined(facts, tables[i]);
			continue;
		}
		if (incompleteness)
			gvnp_facts_hole(facts, tables[i], "", "", "%s", incompleteness);
		gvnp_facts_collected(facts, tables[i]);
	}
}
