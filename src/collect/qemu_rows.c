/* SPDX-License-Identifier: Apache-2.0 */
/* The rows about a VM process that need no further look at it: its arguments and its descriptors.
 */
#include "collect/qemu_process.h"

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/proc_scan.h"

/* Another VMM's command line is not QEMU's: its arguments are recorded as the words they are. */
static void insert_words(struct gvnp_facts *facts, const struct gvnp_vm *vm)
{
	struct gvnp_slice rest = { vm->process->arguments, vm->process->arguments_size }, word;
	int64_t position = 0;

	gvnp_process_argument_next(&rest, &word); /* argv[0] */
	while (gvnp_process_argument_next(&rest, &word))
		gvnp_insert(facts, "qemu_process_argument", gvnp_integer("pid", vm->process->pid),
			    gvnp_integer("position", position++), gvnp_text("option", ""),
			    gvnp_text_slice("value", word));
}

static void insert_option(struct gvnp_facts *facts, const struct gvnp_vm *vm, int64_t position,
			  const struct gvnp_qemu_option *option)
{
	gvnp_insert(facts, "qemu_process_argument", gvnp_integer("pid", vm->process->pid),
		    gvnp_integer("position", position), gvnp_text_slice("option", option->name),
		    gvnp_text_slice("value", option->value));
	for (size_t i = 0; i < option->n_properties; i++)
		gvnp_insert(facts, "qemu_process_property", gvnp_integer("pid", vm->process->pid),
			    gvnp_integer("position", position),
			    gvnp_text_slice("option", option->name),
			    gvnp_text("name", option->properties[i].name),
			    gvnp_text("value", option->properties[i].value));
}

void gvnp_qemu_process_take_arguments(struct gvnp_facts *facts, const struct gvnp_vm *vm)
{
	if (!vm->process->arguments) {
		const char *problem = gvnp_source_error_name(vm->process->arguments_error);

		gvnp_vm_hole(facts, vm, "qemu_process_argument", "", "/proc/%s/cmdline: %s",
			     vm->object, problem);
		gvnp_vm_hole(facts, vm, "qemu_process_property", "", "/proc/%s/cmdline: %s",
			     vm->object, problem);
		return;
	}
	if (!vm->is_qemu)
		insert_words(facts, vm);
	for (size_t i = 0; i < vm->command.n; i++)
		insert_option(facts, vm, (int64_t)i, &vm->command.options[i]);
	if (vm->command.problem)
		gvnp_vm_hole(facts, vm, "qemu_process_property", "", "/proc/%s/cmdline: %s",
			     vm->object, vm->command.problem);
}

/* /dev/shm and /dev/hugepages hold ordinary files. */
static bool is_device_path(const char *path)
{
	return gvnp_text_starts(path, "/dev/") && !gvnp_text_starts(path, "/dev/shm/") &&
	       !gvnp_text_starts(path, "/dev/hugepages");
}

void gvnp_qemu_process_take_files(struct gvnp_facts *facts, const struct gvnp_vm *vm)
{
	const struct gvnp_process *process = vm->process;

	if (process->files_error) {
		const char *problem = gvnp_source_error_name(process->files_error);

		gvnp_vm_hole(facts, vm, "qemu_process_device_file", "", "/proc/%s/fd: %s",
			     vm->object, problem);
		gvnp_vm_hole(facts, vm, "qemu_process_open_file", "", "/proc/%s/fd: %s", vm->object,
			     problem);
	}
	for (size_t i = 0; i < process->n_files; i++) {
		const struct gvnp_process_file *file = &process->files[i];
		const char *table =
			is_device_path(file->path) || gvnp_text_starts(file->path, "anon_inode:")
				? "qemu_process_device_file"
				: "qemu_process_open_file";

		/* memory with a descriptor is in qemu_process_memory */
		if (!gvnp_text_starts(file->path, "/memfd:"))
			gvnp_insert(facts, table, gvnp_integer("pid", process->pid),
				    gvnp_integer("descriptor", file->descriptor),
				    gvnp_text("path", file->path));
	}
}

/* What the arguments say when there is no kvm-vm descriptor to see; NULL when that leaves it open,
 * with the reason. */
static char *accelerator_by_arguments(const struct gvnp_vm *vm, const char **ret_problem)
{
	_cleanup_free_ char *list = gvnp_qemu_command_accelerators(&vm->command);
	struct gvnp_slice rest = gvnp_slice(list), name, other = { "", 0 };
	bool has_kvm = !list[0]; /* the default may be kvm:tcg (system/vl.c) */

	while (gvnp_slice_next(&rest, ':', &name)) {
		has_kvm |= gvnp_slice_is(name, "kvm");
		if (!other.size && !gvnp_slice_is(name, "kvm"))
			other = name;
	}
	if (has_kvm && vm->process->files_error)
		*ret_problem = "whether it holds a kvm-vm descriptor could not be seen";
	else if (!list[0])
		return gvnp_duplicate("tcg");
	else if (!other.size)
		*ret_problem = "it was told to use kvm only, but holds no kvm-vm descriptor";
	return other.size && !*ret_problem ? gvnp_slice_copy(other) : NULL;
}

struct gvnp_cell gvnp_qemu_process_accelerator(struct gvnp_facts *facts, const struct gvnp_vm *vm,
					       char **ret_text)
{
	const char *problem = NULL;

	*ret_text = NULL;
	if (vm->process->holds_kvm_vm)
		*ret_text = gvnp_duplicate("kvm");
	else if (!vm->process->arguments)
		problem = "neither descriptors nor arguments tell";
	else if (!vm->is_qemu)
		problem = "not QEMU, and no kvm-vm descriptor was seen";
	else
		*ret_text = accelerator_by_arguments(vm, &problem);
	if (problem)
		gvnp_vm_hole(facts, vm, "qemu_process", "accelerator", "accelerator of %s: %s",
			     vm->object, problem);
	return gvnp_text("accelerator", *ret_text);
}
