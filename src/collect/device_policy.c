/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control groups of a VM and the device policy on them. "No program" is said only of
 * directories that answered; a kernel without the mechanism has no row at all.
 */
#include "collect/device_policy.h"

#include <errno.h>

#include "collect/mount_info.h"
#include "collect/proc_decode.h"
#include "collect/proc_scan.h"

static bool slice_ends(struct gvnp_slice slice, const char *suffix)
{
	size_t size = strlen(suffix);

	return slice.size >= size && !memcmp(slice.text + slice.size - size, suffix, size);
}

static bool is_shared_directory(struct gvnp_slice name)
{
	return slice_ends(name, ".slice") || slice_ends(name, ".partition") ||
	       gvnp_slice_is(name, "machine");
}

size_t gvnp_device_policy_directories(struct gvnp_slice path,
				      size_t ret_sizes[GVNP_DEVICE_POLICY_DEPTH])
{
	size_t n = 0;

	while (n < GVNP_DEVICE_POLICY_DEPTH && path.size > 1) {
		const char *slash = memrchr(path.text, '/', path.size);
		struct gvnp_slice name;

		if (!slash)
			break;
		name.text = slash + 1;
		name.size = path.size - (size_t)(slash + 1 - path.text);
		if (is_shared_directory(name))
			break;
		ret_sizes[n++] = path.size;
		path.size = (size_t)(slash - path.text);
	}
	return n;
}

/* Where a hierarchy is mounted: the unified one, or the v1 hierarchy of `controller`. */
static bool find_mount(struct gvnp_slice mountinfo, const char *controller,
		       struct gvnp_mount_info *ret)
{
	while (gvnp_mount_info_next(&mountinfo, ret)) {
		if (controller ? gvnp_slice_is(ret->filesystem, "cgroup") &&
					 gvnp_mount_has_option(ret->super_options, controller)
			       : gvnp_slice_is(ret->filesystem, "cgroup2"))
			return true;
	}
	return false;
}

/* The path of the process in the hierarchy; false when its cgroup file has no such line. */
static bool find_path(struct gvnp_slice cgroup, const char *controller, struct gvnp_slice *ret)
{
	struct gvnp_proc_cgroup line;

	while (gvnp_proc_cgroup_next(&cgroup, &line)) {
		if (controller ? gvnp_mount_has_option(line.controllers, controller)
			       : !line.controllers.size) {
			*ret = line.path;
			return true;
		}
	}
	return false;
}

/* True if the path can be found below the mount: a group outside our cgroup namespace is printed
 * with "..", one that was removed with " (deleted)". */
static bool is_reachable(const struct gvnp_mount_info *mount, struct gvnp_slice path)
{
	return !strcmp(mount->root, "/") && gvnp_slice_starts(path, "/") &&
	       !gvnp_slice_is(path, "/..") && !gvnp_slice_starts(path, "/../") &&
	       !slice_ends(path, " (deleted)");
}

struct gvnp_device_policy_asked gvnp_device_policy_ask(struct gvnp_batch *batch,
						       struct gvnp_slice cgroup,
						       struct gvnp_slice mountinfo)
{
	struct gvnp_device_policy_asked asked = { .first = batch->n };
	size_t sizes[GVNP_DEVICE_POLICY_DEPTH];
	_cleanup_(gvnp_mount_info_done) struct gvnp_mount_info mount = { 0 };
	struct gvnp_slice path;

	asked.has_unified = find_mount(mountinfo, NULL, &mount);
	if (asked.has_unified && find_path(cgroup, NULL, &path) && is_reachable(&mount, path)) {
		asked.is_unified_known = true;
		asked.n = gvnp_device_policy_directories(path, sizes);
		for (size_t i = 0; i < asked.n; i++)
			gvnp_batch_add(batch, GVNP_DEVICE_PROGRAMS, "%s%.*s", mount.mountpoint,
				       (int)sizes[i], path.text);
	}
	asked.has_legacy = find_mount(mountinfo, "devices", &mount);
	if (asked.has_legacy && find_path(cgroup, "devices", &path) && is_reachable(&mount, path)) {
		asked.is_legacy_known = true;
		asked.list =
			gvnp_batch_add(batch, GVNP_READ, "%s%.*s%sdevices.list", mount.mountpoint,
				       (int)path.size, path.text, slice_ends(path, "/") ? "" : "/");
	}
	return asked;
}

/* EINVAL and ENOSYS: the kernel has no eBPF programs for control groups, none can be attached. */
static bool is_unsupported(const struct gvnp_answer *answer)
{
	return answer->error == EINVAL || answer->error == ENOSYS || answer->error == EOPNOTSUPP;
}

static struct gvnp_cell programs_cell(struct gvnp_facts *facts, const struct gvnp_vm *vm,
				      const struct gvnp_batch *batch,
				      struct gvnp_device_policy_asked asked,
				      bool *ret_is_unsupported)
{
	bool is_known = !asked.has_unified || asked.is_unified_known;
	int64_t sum = 0, number;

	*ret_is_unsupported = !asked.has_unified;
	for (size_t i = asked.first; i < asked.first + asked.n; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(batch, i);

		if (is_unsupported(answer)) {
			*ret_is_unsupported = true;
		} else if (gvnp_collect_integer(answer, &number)) {
			sum += number;
		} else {
			is_known = false;
			gvnp_vm_hole(facts, vm, "qemu_process_device_policy", "bpf_programs",
				     "device programs of %s: %s", gvnp_batch_path(batch, i),
				     gvnp_source_error_name(answer->error));
		}
	}
	return gvnp_maybe("bpf_programs", is_known, sum);
}

static bool is_everything(struct gvnp_slice rule)
{
	return gvnp_slice_is(rule, "a *:* rwm");
}

static void insert_rules(struct gvnp_facts *facts, const struct gvnp_vm *vm, struct gvnp_slice list)
{
	struct gvnp_slice rest = list, line, earlier, other;

	while (gvnp_slice_next(&rest, '\n', &line)) {
		bool is_repeated = false;

		earlier = (struct gvnp_slice){ list.text, (size_t)(line.text - list.text) };
		while (!is_repeated && gvnp_slice_next(&earlier, '\n', &other))
			is_repeated = other.size == line.size &&
				      !memcmp(other.text, line.text, line.size);
		if (line.size && !is_repeated)
			gvnp_insert(facts, "qemu_process_device_rule",
				    gvnp_integer("pid", vm->process->pid),
				    gvnp_text_slice("rule", line));
	}
}

static struct gvnp_cell restricted_cell(struct gvnp_facts *facts, const struct gvnp_vm *vm,
					const struct gvnp_batch *batch,
					struct gvnp_device_policy_asked asked)
{
	const struct gvnp_answer *answer;
	struct gvnp_slice rest, line;
	bool is_restricted = true;

	if (!asked.has_legacy)
		return gvnp_integer("is_v1_restricted", 0);
	answer = asked.is_legacy_known ? gvnp_batch_answer(batch, asked.list) : NULL;
	if (!answer || answer->error) {
		gvnp_vm_hole(facts, vm, "qemu_process_device_rule", "", "%s: %s",
			     answer ? gvnp_batch_path(batch, asked.list) : "cgroup",
			     answer ? gvnp_source_error_name(answer->error)
				    : "the group is out of reach");
		return gvnp_unreadable("is_v1_restricted");
	}
	rest = gvnp_collect_bytes(answer);
	insert_rules(facts, vm, rest);
	while (gvnp_slice_next(&rest, '\n', &line))
		is_restricted &= !is_everything(line);
	return gvnp_integer("is_v1_restricted", is_restricted);
}

void gvnp_device_policy_take(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			     const struct gvnp_batch *batch, struct gvnp_device_policy_asked asked)
{
	bool is_unsupported_v2;
	struct gvnp_cell programs = programs_cell(facts, vm, batch, asked, &is_unsupported_v2);
	struct gvnp_cell restricted = restricted_cell(facts, vm, batch, asked);

	if (is_unsupported_v2 && !asked.has_legacy)
		return;
	gvnp_insert(facts, "qemu_process_device_policy", gvnp_integer("pid", vm->process->pid),
		    programs, restricted);
}

void gvnp_device_policy_take_cgroup(struct gvnp_facts *facts, const struct gvnp_vm *vm,
				    const struct gvnp_answer *cgroup)
{
	struct gvnp_slice rest = gvnp_collect_bytes(cgroup), controller;
	struct gvnp_proc_cgroup line;

	if (cgroup->error)
		gvnp_vm_hole(facts, vm, "qemu_process_cgroup", "", "/proc/%s/cgroup: %s",
			     vm->object, gvnp_source_error_name(cgroup->error));
	while (gvnp_proc_cgroup_next(&rest, &line)) {
		if (!line.controllers.size)
			line.controllers = gvnp_slice("unified");
		while (gvnp_slice_next(&line.controllers, ',', &controller))
			gvnp_insert(facts, "qemu_process_cgroup",
				    gvnp_integer("pid", vm->process->pid),
				    gvnp_text_slice("controller", controller),
				    gvnp_text_slice("path", line.path));
	}
}
