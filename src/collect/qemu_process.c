/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One VM process after the other: all questions first, then a last look whether it is still the
 * same process, and only then rows. So a process number that was used again never mixes two
 * processes.
 */
#include "collect/qemu_process.h"

#include "collect/collect.h"
#include "collect/device_policy.h"
#include "collect/proc_decode.h"
#include "collect/proc_scan.h"
#include "collect/qemu_filter.h"
#include "collect/qemu_memory.h"
#include "collect/qemu_namespace.h"
#include "collect/qemu_thread.h"

static const char *const tables[] = {
	GVNP_QEMU_PROCESS_TABLES,
};
enum { N_TABLES = sizeof tables / sizeof *tables };

/* The first questions about a VM, in this order. */
enum { TASKS, NAMESPACES, MOUNTS, CGROUP, LIMITS, APPARMOR, CURRENT, SMAPS };

/* All that was answered about one VM. */
struct answers {
	const struct gvnp_vm *vm;
	struct gvnp_facts *facts;
	struct gvnp_batch first, second;
	struct gvnp_vm_label label;
	struct gvnp_vm_threads_asked threads_asked;
	struct gvnp_device_policy_asked policy_asked;
	size_t filter, last_look;
	/* taken from the above */
	struct gvnp_vm_threads threads;
	struct gvnp_vm_namespaces namespaces;
};

static void ask(struct gvnp_source *source, const struct gvnp_host_views *views,
		struct answers *answers)
{
	static const struct {
		enum gvnp_operation operation;
		const char *file;
	} questions[] = {
		[TASKS] = { GVNP_LIST, "task" },
		[NAMESPACES] = { GVNP_LIST, "ns" },
		[MOUNTS] = { GVNP_READ, "mountinfo" },
		[CGROUP] = { GVNP_READ, "cgroup" },
		[LIMITS] = { GVNP_READ, "limits" },
		[APPARMOR] = { GVNP_READ, "attr/apparmor/current" },
		[CURRENT] = { GVNP_READ, "attr/current" },
		[SMAPS] = { GVNP_READ, "smaps" },
	};
	const struct gvnp_vm *vm = answers->vm;
	struct gvnp_batch *first = &answers->first, *second = &answers->second;

	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
		gvnp_batch_add(first, questions[i].operation, "/proc/%s/%s", vm->object,
			       questions[i].file);
	gvnp_batch_ask(first, source);
	answers->label = gvnp_vm_label_decide(gvnp_batch_answer(first, APPARMOR),
					      gvnp_batch_answer(first, CURRENT));
	answers->threads_asked =
		gvnp_vm_threads_ask(second, vm, gvnp_batch_answer(first, TASKS), &answers->label);
	answers->policy_asked =
		gvnp_device_policy_ask(second, gvnp_collect_bytes(gvnp_batch_answer(first, CGROUP)),
				       gvnp_collect_bytes(views->views[0].mountinfo));
	answers->filter = gvnp_qemu_filter_ask(second, vm);
	/* The start time of the main thread is that of the process. The scan asked /proc/PID/stat;
	 * this is another question, so that a recording keeps both answers. */
	answers->last_look =
		gvnp_batch_add(second, GVNP_READ, "/proc/%s/task/%s/stat", vm->object, vm->object);
	gvnp_batch_ask(second, source);
}

/* True if it is still the process that was found. */
static bool is_same(const struct answers *answers)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(&answers->second, answers->last_look);
	struct gvnp_proc_stat stat;

	return gvnp_proc_stat_parse(gvnp_collect_bytes(answer), &stat) &&
	       stat.start == answers->vm->process->start;
}

static void drop(const struct answers *answers)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(&answers->second, answers->last_look);

	for (size_t i = 0; i < N_TABLES; i++)
		gvnp_vm_hole(answers->facts, answers->vm, tables[i], "",
			     "VM process %s (%s) was not the same to the end: %s",
			     answers->vm->object, answers->vm->process->name,
			     answer->error ? gvnp_source_error_name(answer->error)
					   : "another process has its number");
}

static void take_groups(const struct answers *answers)
{
	struct gvnp_slice rest = answers->threads.leader.groups, word, others, other;
	uint64_t group;

	if (!answers->threads.has_leader)
		gvnp_vm_hole(answers->facts, answers->vm, "qemu_process_group", "",
			     "/proc/%s/status could not be read", answers->vm->object);
	while (answers->threads.has_leader && gvnp_slice_word(&rest, &word)) {
		bool is_repeated = false;

		others = rest;
		while (!is_repeated && gvnp_slice_word(&others, &other))
			is_repeated = other.size == word.size &&
				      !memcmp(other.text, word.text, word.size);
		if (!is_repeated && gvnp_slice_unsigned(word, 10, &group))
			gvnp_insert(answers->facts, "qemu_process_group",
				    gvnp_integer("pid", answers->vm->process->pid),
				    gvnp_integer("gid", (int64_t)group));
	}
}

static struct gvnp_cell hexadecimal(const char *column, const struct gvnp_vm_threads *threads,
				    struct gvnp_slice value)
{
	return threads->has_leader ? gvnp_text_slice(column, value) : gvnp_unreadable(column);
}

/* Why a column of qemu_process is NULL, for those where the row itself does not tell; name is what
 * the kernel says then, which is not what -name says. */
static void tell_unreadable(const struct answers *answers)
{
	const struct gvnp_process *process = answers->vm->process;
	const struct gvnp_vm_threads *threads = &answers->threads;
	const struct {
		const char *column, *file;
		bool is_known;
		int error;
	} columns[] = {
		{ "exe", "exe", process->exe, process->exe_error },
		{ "holds_kvm_vm", "fd", !process->files_error, process->files_error },
		{ "name", "cmdline", process->arguments, process->arguments_error },
		{ "machine", "cmdline", process->arguments, process->arguments_error },
		{ "sandbox", "cmdline", process->arguments, process->arguments_error },
		{ "has_no_defaults", "cmdline", process->arguments, process->arguments_error },
		{ "has_no_user_config", "cmdline", process->arguments, process->arguments_error },
		{ "label", "attr/current", answers->label.is_known,
		  gvnp_batch_answer(&answers->first, CURRENT)->error },
		{ "threads_share_label", "task", threads->knows_label,
		  gvnp_batch_answer(&answers->first, TASKS)->error },
		{ "mount_namespace", "ns/mnt", answers->namespaces.mount,
		  gvnp_batch_answer(&answers->first, NAMESPACES)->error },
		{ "has_own_mount_namespace", "ns/mnt", answers->namespaces.knows_own_mount,
		  gvnp_batch_answer(&answers->first, MOUNTS)->error },
		{ "has_private_dev", "mountinfo", answers->namespaces.knows_private_dev,
		  gvnp_batch_answer(&answers->first, MOUNTS)->error },
		{ "uid", "task/status", threads->has_leader,
		  gvnp_batch_answer(&answers->first, TASKS)->error },
		{ "threads", "task", threads->knows_n,
		  gvnp_batch_answer(&answers->first, TASKS)->error },
	};

	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		if (!columns[i].is_known)
			gvnp_vm_hole(answers->facts, answers->vm, "qemu_process", columns[i].column,
				     "/proc/%s/%s: %s", answers->vm->object, columns[i].file,
				     columns[i].error ? gvnp_source_error_name(columns[i].error)
						      : "could not be read");
}

static const char *guest_name(const struct gvnp_vm *vm)
{
	const char *name = gvnp_qemu_command_property(&vm->command, "name", "guest");

	return name && name[0] ? name : vm->process->name;
}

/* An option's value as a cell: "" when it is not given. */
static struct gvnp_cell option_cell(const char *column, const struct gvnp_vm *vm,
				    const char *option)
{
	const struct gvnp_slice *value = gvnp_qemu_command_value(&vm->command, option);

	if (!vm->process->arguments)
		return gvnp_unreadable(column);
	return gvnp_text_slice(column, value ? *value : (struct gvnp_slice){ "", 0 });
}

static struct gvnp_cell machine_cell(const struct gvnp_vm *vm)
{
	const char *machine = gvnp_qemu_command_machine(&vm->command);

	return gvnp_text("machine", !vm->process->arguments ? NULL : machine ? machine : "");
}

static void insert_process(const struct answers *answers)
{
	const struct gvnp_vm *vm = answers->vm;
	const struct gvnp_process *process = vm->process;
	const struct gvnp_vm_threads *threads = &answers->threads;
	const struct gvnp_proc_status *leader = &threads->leader;
	const struct gvnp_vm_namespaces *spaces = &answers->namespaces;
	const struct gvnp_qemu_command *command = &vm->command;
	bool has_label = answers->label.is_known, has_arguments = process->arguments;
	_cleanup_free_ char *accelerator = NULL;
	int64_t core_limit = 0;
	bool has_core_limit = gvnp_proc_core_limit(
		gvnp_collect_bytes(gvnp_batch_answer(&answers->first, LIMITS)), &core_limit);

	gvnp_insert(
		answers->facts, "qemu_process", gvnp_integer("pid", process->pid),
		gvnp_text("domain", vm->domain), gvnp_text("name", guest_name(vm)),
		gvnp_text("exe", process->exe),
		gvnp_vm_memory_program(vm, gvnp_batch_answer(&answers->first, SMAPS)),
		gvnp_integer("started", process->started),
		gvnp_integer("is_qemu", vm->is_qemu),
		gvnp_maybe("uid", threads->has_leader, (int64_t)gvnp_proc_worst_id(leader->uid)),
		gvnp_maybe("gid", threads->has_leader, (int64_t)gvnp_proc_worst_id(leader->gid)),
		hexadecimal("capabilities_effective", threads, leader->effective),
		hexadecimal("capabilities_permitted", threads, leader->permitted),
		hexadecimal("capabilities_inheritable", threads, leader->inheritable),
		hexadecimal("capabilities_ambient", threads, leader->ambient),
		gvnp_maybe("has_capabilities", threads->knows_capabilities,
			   threads->has_capabilities),
		gvnp_maybe("no_new_privileges", threads->knows_no_new_privileges,
			   threads->no_new_privileges),
		gvnp_maybe("seccomp", threads->knows_seccomp, threads->seccomp),
		gvnp_maybe("seccomp_filters", threads->knows_filters, threads->seccomp_filters),
		has_label ? gvnp_text_slice("label", answers->label.label)
			  : gvnp_unreadable("label"),
		has_label ? gvnp_text_slice("label_mode", answers->label.mode)
			  : gvnp_unreadable("label_mode"),
		gvnp_maybe("threads_share_label", threads->knows_label, threads->shares_label),
		gvnp_text("mount_namespace", spaces->mount),
		gvnp_maybe("has_own_mount_namespace", spaces->knows_own_mount,
			   spaces->has_own_mount),
		gvnp_maybe("has_private_dev", spaces->knows_private_dev, spaces->has_private_dev),
		gvnp_qemu_process_accelerator(answers->facts, vm, &accelerator),
		gvnp_maybe("holds_kvm_vm", !process->files_error, process->holds_kvm_vm),
		machine_cell(vm), option_cell("sandbox", vm, "sandbox"),
		gvnp_maybe("has_no_defaults", has_arguments,
			   gvnp_qemu_command_has(command, "nodefaults")),
		gvnp_maybe("has_no_user_config", has_arguments,
			   gvnp_qemu_command_has(command, "no-user-config") ||
				   gvnp_qemu_command_has(command, "nodefconfig")),
		gvnp_maybe("core_limit", has_core_limit, core_limit),
		gvnp_maybe("threads", threads->knows_n, (int64_t)threads->n));
}

/* Process 1's mounts say where the control groups lie: without them no policy is found. */
static void tell_unseen_policy(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			       const struct gvnp_answer *mountinfo)
{
	static const char *const of_policy[] = { "qemu_process_device_policy",
						 "qemu_process_device_rule" };

	for (size_t i = 0; mountinfo->error && i < sizeof of_policy / sizeof *of_policy; i++)
		gvnp_vm_hole(facts, vm, of_policy[i], "", "/proc/1/mountinfo: %s",
			     gvnp_source_error_name(mountinfo->error));
}

/* True when the run was asked to read its system call filters. */
static bool collect_vm(const struct gvnp_collection *collection, const struct gvnp_vm *vm,
		       const struct gvnp_host_views *views)
{
	bool was_asked = false;
	struct answers answers = { .vm = vm, .facts = collection->facts };
	struct gvnp_facts *facts = collection->facts;

	ask(collection->source, views, &answers);
	if (is_same(&answers)) {
		gvnp_vm_threads_take(facts, vm, &answers.second, answers.threads_asked,
				     gvnp_batch_answer(&answers.first, TASKS), &answers.label,
				     &answers.threads);
		gvnp_vm_namespaces_take(
			facts, vm, views, gvnp_batch_answer(&answers.first, NAMESPACES),
			gvnp_batch_answer(&answers.first, MOUNTS), &answers.namespaces);
		insert_process(&answers);
		tell_unreadable(&answers);
		take_groups(&answers);
		gvnp_device_policy_take_cgroup(facts, vm,
					       gvnp_batch_answer(&answers.first, CGROUP));
		gvnp_device_policy_take(facts, vm, &answers.second, answers.policy_asked);
		tell_unseen_policy(facts, vm, views->views[0].mountinfo);
		gvnp_qemu_process_take_arguments(facts, vm);
		gvnp_qemu_process_take_files(facts, vm);
		gvnp_vm_memory_take(facts, vm, gvnp_batch_answer(&answers.first, SMAPS));
		was_asked = gvnp_qemu_filter_take(
			facts, vm, gvnp_batch_answer(&answers.second, answers.filter),
			!answers.threads.knows_seccomp || answers.threads.seccomp);
	} else {
		drop(&answers);
		was_asked = gvnp_qemu_filter_drop(
			facts, vm, gvnp_batch_answer(&answers.second, answers.filter));
	}
	gvnp_batch_done(&answers.first);
	gvnp_batch_done(&answers.second);
	return was_asked;
}

/* A process that is missing from the list may be a VM, with rows in each of the tables. */
static void tell_incompleteness(struct gvnp_facts *facts, const char *incompleteness)
{
	for (size_t i = 0; incompleteness && i < N_TABLES; i++)
		gvnp_facts_hole(facts, tables[i], "", "", "%s", incompleteness);
}

void gvnp_qemu_process_collect(const struct gvnp_collection *collection,
			       const struct gvnp_process_scan *scan)
{
	struct gvnp_host_views views = { 0 };
	struct gvnp_vm_list list;
	bool was_asked = false;

	gvnp_vm_find(collection, scan, &list);
	tell_incompleteness(collection->facts, scan->incompleteness);
	if (list.n)
		gvnp_host_views_read(collection->source, scan, &views);
	for (size_t i = 0; i < list.n; i++)
		was_asked |= collect_vm(collection, &list.vms[i], &views);
	gvnp_host_views_done(&views);
	gvnp_vm_list_done(&list);
	for (size_t i = 0; i < N_TABLES; i++)
		gvnp_facts_collected(collection->facts, tables[i]);
	gvnp_qemu_filter_finish(collection, scan->incompleteness, was_asked);
}
