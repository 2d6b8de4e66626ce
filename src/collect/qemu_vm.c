/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling VM processes from others, and matching them with domains. The rules kept here: a process
 * that could not be looked at may be a VM, so the table says it is incomplete; and libvirt's word
 * is taken for a domain's process only when the process agrees.
 */
#include "collect/qemu_vm.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "collect/collect.h"
#include "collect/libvirt_daemon.h"
#include "collect/libvirt_owner.h"
#include "collect/proc_scan.h"

/* A pid file is written right after the start of the process it names. */
enum { PID_FILE_SLACK = 2 }; /* seconds: both times are rounded */

struct search {
	const struct gvnp_collection *collection;
	const struct gvnp_process_scan *scan;
	struct gvnp_libvirt_owners owners;
	struct gvnp_vm_list *list;
	size_t n_opaque;
	const struct gvnp_process *first_opaque;
};

void gvnp_vm_hole(struct gvnp_facts *facts, const struct gvnp_vm *vm, const char *table,
		  const char *column, const char *format, ...)
{
	_cleanup_buffer_ struct gvnp_buffer problem = { 0 };
	va_list arguments;

	va_start(arguments, format);
	gvnp_buffer_append_arguments(&problem, format, arguments);
	va_end(arguments);
	gvnp_facts_hole(facts, table, column, vm->object, "%s", gvnp_buffer_text(&problem));
}

/* The domain whose pid file names this process, or NULL. A younger process only inherited the pid.
 */
static struct gvnp_active_domain *pid_file_of(const struct search *search,
					      const struct gvnp_process *process)
{
	struct gvnp_active_domain *domain =
		gvnp_libvirt_owners_by_pid(&search->owners, process->pid);

	return domain && process->started <= domain->modified + PID_FILE_SLACK ? domain : NULL;
}

/* By its file; by its comm, which exec sets, when that is refused; by its arguments in any case.
 * Never by argv[0], which says what its parent liked. */
static bool is_emulator(const struct gvnp_process *process, const struct gvnp_qemu_command *command)
{
	struct gvnp_slice name =
		process->exe ? gvnp_process_program(process) : gvnp_slice(process->name);

	return gvnp_qemu_is_emulator_name(name) || gvnp_qemu_command_looks_like_emulator(command);
}

static bool is_probe(const struct gvnp_qemu_command *command)
{
	const char *machine = gvnp_qemu_command_machine(command);

	return (machine && !strcmp(machine, "none")) || gvnp_qemu_command_is_question(command);
}

/*
 * Whether it could be a VM for all we know. Process 1 is exempt: it is the init process whose view
 * is audited, and some hosts let nobody look into it, root included.
 */
static bool is_opaque(const struct gvnp_process *process)
{
	return process->pid != 1 &&
	       (process->files_error || process->arguments_error || process->exe_error);
}

static void add_vm(struct search *search, const struct gvnp_process *process, bool is_qemu,
		   struct gvnp_qemu_command *command)
{
	struct gvnp_vm_list *list = search->list;

	list->vms = gvnp_grow(list->vms, list->n);
	struct gvnp_vm *vm = &list->vms[list->n++];
	*vm = (struct gvnp_vm){ .process = process, .is_qemu = is_qemu, .command = *command };
	snprintf(vm->object, sizeof vm->object, "%lld", (long long)process->pid);
	*command = (struct gvnp_qemu_command){ 0 };
}

static void examine(struct search *search, const struct gvnp_process *process)
{
	_cleanup_(gvnp_qemu_command_done) struct gvnp_qemu_command command = { 0 };
	struct gvnp_slice arguments = { process->arguments ? process->arguments : "",
					process->arguments_size };
	bool is_qemu;

	gvnp_qemu_command_split(arguments, &command);
	is_qemu = !process->is_bare && is_emulator(process, &command);
	gvnp_qemu_command_done(&command);
	if (is_qemu)
		gvnp_qemu_command_parse(arguments, &command);
	if (is_qemu && is_probe(&command))
		return;
	if (is_qemu || process->holds_kvm_vm ||
	    (pid_file_of(search, process) && !gvnp_libvirt_daemon_is(process)))
		add_vm(search, process, is_qemu, &command);
	else if (is_opaque(process) && !search->n_opaque++)
		search->first_opaque = process;
}

/* The active domain whose uuid its arguments carry, or NULL. */
static struct gvnp_active_domain *claim_of(const struct search *search, const struct gvnp_vm *vm)
{
	const struct gvnp_slice *uuid = gvnp_qemu_command_value(&vm->command, "uuid");

	return uuid ? gvnp_libvirt_owners_by_uuid(&search->owners, *uuid) : NULL;
}

/* The pid file decides between two that carry the same uuid, but gives no domain to a process that
 * carries another one. */
static void count_claims(struct search *search)
{
	for (size_t i = 0; i < search->list->n; i++) {
		const struct gvnp_vm *vm = &search->list->vms[i];
		struct gvnp_active_domain *named = pid_file_of(search, vm->process);
		struct gvnp_active_domain *claim = claim_of(search, vm);

		if (claim)
			claim->n_claims++;
		if (named && (claim == named || !gvnp_qemu_command_has(&vm->command, "uuid")))
			named->owner = vm;
	}
}

/* The domain of a VM. Without a pid file two claims cannot be told apart: both stay unknown. */
static char *domain_of(struct search *search, const struct gvnp_vm *vm)
{
	struct gvnp_active_domain *named = pid_file_of(search, vm->process);
	struct gvnp_active_domain *claim = claim_of(search, vm);

	if (named && named->owner == vm)
		return gvnp_duplicate(named->uuid);
	if (!claim || claim->owner)
		return gvnp_duplicate("");
	if (claim->n_claims == 1) {
		claim->owner = vm;
		return gvnp_duplicate(claim->uuid);
	}
	gvnp_facts_hole(search->collection->facts, "qemu_process", "domain", vm->object,
			"%zu processes carry the uuid of domain %s", claim->n_claims, claim->name);
	return NULL;
}

static const struct gvnp_active_domain *ownerless(const struct search *search)
{
	for (size_t i = 0; i < search->owners.n; i++)
		if (!search->owners.domains[i].owner)
			return &search->owners.domains[i];
	return NULL;
}

/* A process whose arguments could not be read may be that of an active domain nobody else is. */
static void doubt(struct search *search, struct gvnp_vm *vm)
{
	const struct gvnp_active_domain *domain = ownerless(search);

	if (!domain || vm->process->arguments || !vm->domain || *vm->domain)
		return;
	gvnp_facts_hole(search->collection->facts, "qemu_process", "domain", vm->object,
			"/proc/%s/cmdline: %s; it may be domain %s", vm->object,
			gvnp_source_error_name(vm->process->arguments_error), domain->name);
	free(vm->domain);
	vm->domain = NULL;
}

static void assign_domains(struct search *search)
{
	struct gvnp_facts *facts = search->collection->facts;

	if (!search->owners.has_domains) {
		for (size_t i = 0; i < search->list->n; i++)
			gvnp_facts_hole(facts, "qemu_process", "domain",
					search->list->vms[i].object, "%s", search->owners.problem);
		return;
	}
	count_claims(search);
	for (size_t i = 0; i < search->list->n; i++)
		search->list->vms[i].domain = domain_of(search, &search->list->vms[i]);
	for (size_t i = 0; i < search->list->n; i++)
		doubt(search, &search->list->vms[i]);
	for (size_t i = 0; i < search->owners.n; i++) {
		const struct gvnp_active_domain *domain = &search->owners.domains[i];

		if (!domain->owner)
			gvnp_facts_hole(facts, "qemu_process", "", domain->uuid,
					"domain %s is active, but no process was found to be its",
					domain->name);
	}
}

static void tell_what_is_missing(const struct search *search)
{
	struct gvnp_facts *facts = search->collection->facts;
	const struct gvnp_process *first = search->first_opaque;

	if (search->scan->incompleteness)
		gvnp_facts_hole(facts, "qemu_process", "", "", "%s", search->scan->incompleteness);
	if (first)
		gvnp_facts_hole(
			facts, "qemu_process", "", "",
			"%zu processes could not be examined, the first is %lld (%s): "
			"/proc/%lld/%s: %s",
			search->n_opaque, (long long)first->pid, first->name, (long long)first->pid,
			first->files_error ? "fd"
			: first->exe_error ? "exe"
					   : "cmdline",
			gvnp_source_error_name(first->files_error ? first->files_error
					       : first->exe_error ? first->exe_error
								  : first->arguments_error));
	/* Otherwise an active domain without its process tells. */
	if (search->owners.pid_problem && !search->owners.has_domains)
		gvnp_facts_hole(facts, "qemu_process", "", "", "%s", search->owners.pid_problem);
}

void gvnp_vm_find(const struct gvnp_collection *collection, const struct gvnp_process_scan *scan,
		  struct gvnp_vm_list *ret)
{
	struct search search = { .collection = collection, .scan = scan, .list = ret };

	*ret = (struct gvnp_vm_list){ 0 };
	gvnp_libvirt_owners_read(collection->source, &search.owners);
	for (size_t i = 0; i < scan->n; i++)
		examine(&search, &scan->processes[i]);
	assign_domains(&search);
	tell_what_is_missing(&search);
	gvnp_libvirt_owners_done(&search.owners);
}

void gvnp_vm_list_done(struct gvnp_vm_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		gvnp_qemu_command_done(&list->vms[i].command);
		free(list->vms[i].domain);
	}
	free(list->vms);
	*list = (struct gvnp_vm_list){ 0 };
}
