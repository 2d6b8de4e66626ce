/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads come and go while they are looked at; one that went is no thread. One that is there and
 * refuses makes every statement about "all threads" unknown, unless another thread settles it.
 */
#include "collect/qemu_thread.h"

#include <errno.h>

#include "collect/cpu_set.h"
#include "collect/proc_scan.h"

struct gvnp_vm_label gvnp_vm_label_decide(const struct gvnp_answer *apparmor,
					  const struct gvnp_answer *current)
{
	struct gvnp_vm_label label = { .label = { "", 0 }, .mode = { "", 0 }, .raw = { "", 0 } };
	const struct gvnp_answer *answer = apparmor;

	label.file = "attr/apparmor/current";
	/* EINVAL: the module is not active, or no module labels processes at all. */
	if (apparmor->error == EINVAL || gvnp_collect_is_absent(apparmor) ||
	    (!apparmor->error && !gvnp_collect_trimmed(apparmor).size)) {
		answer = current;
		label.file = "attr/current";
	}
	label.is_known =
		!answer->error || answer->error == EINVAL || gvnp_collect_is_absent(answer);
	label.raw = gvnp_collect_bytes(answer);
	gvnp_proc_label_split(label.raw, &label.label, &label.mode);
	if (!label.is_known || !label.label.size)
		label.file = NULL;
	return label;
}

struct gvnp_vm_threads_asked gvnp_vm_threads_ask(struct gvnp_batch *batch, const struct gvnp_vm *vm,
						 const struct gvnp_answer *list,
						 const struct gvnp_vm_label *label)
{
	struct gvnp_vm_threads_asked asked = { .first = batch->n,
					       .n = list->error ? 0 : list->n_entries,
					       .has_labels = label->file != NULL };
	long long pid = vm->process->pid;

	for (size_t i = 0; i < asked.n; i++)
		gvnp_batch_add(batch, GVNP_READ, "/proc/%lld/task/%s/status", pid,
			       list->entries[i].name);
	for (size_t i = 0; asked.has_labels && i < asked.n; i++)
		gvnp_batch_add(batch, GVNP_READ, "/proc/%lld/task/%s/%s", pid,
			       list->entries[i].name, label->file);
	return asked;
}

static bool has_ended(const struct gvnp_answer *answer)
{
	return answer->error == ENOENT || answer->error == ESRCH;
}

static void insert_thread(struct gvnp_facts *facts, const struct gvnp_vm *vm, const char *tid,
			  const struct gvnp_proc_status *status)
{
	int64_t number, cpus;

	if (!gvnp_parse_integer(tid, &number) || status->no_new_privileges < 0 ||
	    !status->cpus.size || !gvnp_cpu_set_insert_list(facts, status->cpus, &cpus)) {
		gvnp_vm_hole(facts, vm, "qemu_process_thread", "",
			     "/proc/%s/task/%s/status: the kernel does not say enough", vm->object,
			     tid);
		return;
	}
	gvnp_insert(facts, "qemu_process_thread", gvnp_integer("pid", vm->process->pid),
		    gvnp_integer("tid", number), gvnp_text_slice("name", status->name),
		    gvnp_integer("seccomp", status->seccomp),
		    gvnp_integer("no_new_privileges", status->no_new_privileges),
		    gvnp_text_slice("capabilities_effective", status->effective),
		    gvnp_integer("cpus", cpus));
}

static void add_thread(struct gvnp_vm_threads *threads, const struct gvnp_proc_status *status)
{
	bool is_first = !threads->n++;

	threads->has_capabilities |= status->has_capabilities;
	threads->no_new_privileges =
		status->no_new_privileges > 0 && (is_first || threads->no_new_privileges);
	if (is_first || status->seccomp < threads->seccomp)
		threads->seccomp = status->seccomp;
	if (is_first || status->seccomp_filters < threads->seccomp_filters)
		threads->seccomp_filters = status->seccomp_filters;
	threads->knows_no_new_privileges &= status->no_new_privileges >= 0;
}

static bool same_label(struct gvnp_slice a, struct gvnp_slice b)
{
	struct gvnp_slice label[2], mode[2];

	gvnp_proc_label_split(a, &label[0], &mode[0]);
	gvnp_proc_label_split(b, &label[1], &mode[1]);
	return label[0].size == label[1].size && mode[0].size == mode[1].size &&
	       !memcmp(label[0].text, label[1].text, label[0].size) &&
	       !memcmp(mode[0].text, mode[1].text, mode[0].size);
}

static void compare_labels(const struct gvnp_batch *batch, struct gvnp_vm_threads_asked asked,
			   const struct gvnp_vm_label *label, struct gvnp_vm_threads *ret)
{
	ret->knows_label = label->is_known;
	ret->shares_label = true;
	for (size_t i = 0; asked.has_labels && i < asked.n; i++) {
		const struct gvnp_answer *answer =
			gvnp_batch_answer(batch, asked.first + asked.n + i);

		if (!answer->error && !same_label(label->raw, gvnp_collect_bytes(answer)))
			ret->shares_label = false;
		else if (answer->error && !has_ended(answer))
			ret->knows_label = false;
	}
	ret->knows_label |= !ret->shares_label;
}

/* True if every thread that is still there could be read. */
static bool read_threads(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			 const struct gvnp_batch *batch, struct gvnp_vm_threads_asked asked,
			 const struct gvnp_answer *list, struct gvnp_vm_threads *ret)
{
	bool is_complete = true;

	for (size_t i = 0; i < asked.n; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(batch, asked.first + i);
		const char *tid = list->entries[i].name;
		struct gvnp_proc_status status;

		if (has_ended(answer))
			continue;
		if (!gvnp_proc_status_parse(gvnp_collect_bytes(answer), &status)) {
			is_complete = false;
			gvnp_vm_hole(facts, vm, "qemu_process_thread", "", "%s: %s",
				     gvnp_batch_path(batch, asked.first + i),
				     answer->error ? gvnp_source_error_name(answer->error)
						   : "unexpected content");
			continue;
		}
		add_thread(ret, &status);
		insert_thread(facts, vm, tid, &status);
		if (!strcmp(tid, vm->object)) {
			ret->has_leader = true;
			ret->leader = status;
		}
	}
	return is_complete;
}

void gvnp_vm_threads_take(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			  const struct gvnp_batch *batch, struct gvnp_vm_threads_asked asked,
			  const struct gvnp_answer *list, const struct gvnp_vm_label *label,
			  struct gvnp_vm_threads *ret)
{
	bool is_complete;

	*ret = (struct gvnp_vm_threads){ .knows_no_new_privileges = true };
	if (list->error)
		gvnp_vm_hole(facts, vm, "qemu_process_thread", "", "/proc/%s/task: %s", vm->object,
			     gvnp_source_error_name(list->error));
	is_complete = read_threads(facts, vm, batch, asked, list, ret) && !list->error && ret->n;
	ret->knows_capabilities = is_complete || ret->has_capabilities;
	ret->knows_no_new_privileges &= is_complete || (ret->n && !ret->no_new_privileges);
	ret->knows_seccomp = is_complete || (ret->n && !ret->seccomp);
	ret->knows_filters = is_complete;
	ret->knows_n = is_complete;
	compare_labels(batch, asked, label, ret);
	ret->knows_label &= !list->error || !asked.has_labels;
}
