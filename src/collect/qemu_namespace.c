/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparing a VM's view of the system with process 1's. Our own view is never taken for process
 * 1's: this program may run in namespaces of its own.
 */
#include "collect/qemu_namespace.h"

#include <stdlib.h>

#include "base/memory.h"
#include "collect/libvirt_daemon.h"
#include "collect/mount_info.h"
#include "collect/proc_scan.h"

static int compare_ids(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static bool has_id(const struct gvnp_mount_view *view, int64_t id)
{
	return view->n && bsearch(&id, view->ids, view->n, sizeof *view->ids, compare_ids);
}

static void read_view(const struct gvnp_answer *mountinfo, struct gvnp_mount_view *ret)
{
	_cleanup_(gvnp_mount_info_done) struct gvnp_mount_info mount = { 0 };
	struct gvnp_slice rest = gvnp_collect_bytes(mountinfo);

	*ret = (struct gvnp_mount_view){ .mountinfo = mountinfo };
	while (gvnp_mount_info_next(&rest, &mount)) {
		ret->ids = gvnp_grow(ret->ids, ret->n);
		ret->ids[ret->n++] = mount.id;
	}
	if (ret->n)
		qsort(ret->ids, ret->n, sizeof *ret->ids, compare_ids);
}

/* Keeps the view if it is of a namespace not seen so far. */
static void add_view(struct gvnp_host_views *views, const struct gvnp_answer *mountinfo)
{
	struct gvnp_mount_view view;
	bool is_seen = false;

	read_view(mountinfo, &view);
	for (size_t i = 0; view.n && i < views->n; i++)
		is_seen |= has_id(&views->views[i], view.ids[0]);
	if (is_seen) {
		free(view.ids);
		return;
	}
	views->views = gvnp_grow(views->views, views->n);
	views->views[views->n++] = view;
	views->is_complete &= view.n > 0;
}

void gvnp_host_views_read(struct gvnp_source *source, const struct gvnp_process_scan *scan,
			  struct gvnp_host_views *ret)
{
	struct gvnp_batch *batch = &ret->batch;

	*ret = (struct gvnp_host_views){ .is_complete = true };
	gvnp_batch_add(batch, GVNP_LIST, "/proc/1/ns");
	gvnp_batch_add(batch, GVNP_READ, "/proc/1/mountinfo");
	for (size_t i = 0; i < scan->n; i++)
		if (scan->processes[i].pid != 1 && gvnp_libvirt_daemon_is(&scan->processes[i]))
			gvnp_batch_add(batch, GVNP_READ, "/proc/%lld/mountinfo",
				       (long long)scan->processes[i].pid);
	gvnp_batch_ask(batch, source);
	ret->namespaces = gvnp_batch_answer(batch, 0);
	for (size_t i = 1; i < batch->n; i++)
		/* a daemon that ended meanwhile shares nothing */
		if (i == 1 || !gvnp_collect_is_absent(gvnp_batch_answer(batch, i)))
			add_view(ret, gvnp_batch_answer(batch, i));
}

void gvnp_host_views_done(struct gvnp_host_views *views)
{
	for (size_t i = 0; i < views->n; i++)
		free(views->views[i].ids);
	free(views->views);
	gvnp_batch_done(&views->batch);
	*views = (struct gvnp_host_views){ 0 };
}

static bool has_mount_of_device(const struct gvnp_host_views *views, const char *device)
{
	for (size_t i = 0; i < views->n; i++) {
		_cleanup_(gvnp_mount_info_done) struct gvnp_mount_info mount = { 0 };
		struct gvnp_slice rest = gvnp_collect_bytes(views->views[i].mountinfo);

		while (gvnp_mount_info_next(&rest, &mount))
			if (gvnp_slice_is(mount.device, device))
				return true;
	}
	return false;
}

/*
 * Two things the VM's mounts say. A process that changed its root sees fewer mounts of the same
 * namespace, so one in common with another process is enough to share it. And libvirt gives a VM a
 * /dev of its own, a tmpfs with only the nodes it needs (qemuDomainNamespace); of several mounts on
 * /dev the last covers the others.
 */
static void compare_mounts(const struct gvnp_host_views *views, const struct gvnp_answer *mountinfo,
			   struct gvnp_vm_namespaces *ret)
{
	_cleanup_(gvnp_mount_info_done) struct gvnp_mount_info mount = { 0 };
	_cleanup_free_ char *device = NULL; /* of a tmpfs on /dev */
	struct gvnp_slice rest = gvnp_collect_bytes(mountinfo);
	bool is_shared = false;
	size_t n = 0;

	for (; gvnp_mount_info_next(&rest, &mount); n++) {
		for (size_t i = 0; i < views->n; i++)
			is_shared |= has_id(&views->views[i], mount.id);
		ret->is_of_process_1 |= has_id(&views->views[0], mount.id);
		if (strcmp(mount.mountpoint, "/dev"))
			continue;
		free(device);
		device = gvnp_slice_is(mount.filesystem, "tmpfs") ? gvnp_slice_copy(mount.device)
								  : NULL;
	}
	ret->knows_of_process_1 = n && views->views[0].n;
	ret->has_own_mount = !is_shared;
	ret->knows_own_mount = n && (is_shared || views->is_complete);
	ret->has_private_dev = device && !has_mount_of_device(views, device);
	ret->knows_private_dev = n && (!ret->has_private_dev || views->is_complete);
}

/* Namespaces for children are not those the process is in. */
static bool is_own_type(const char *name)
{
	return !gvnp_text_ends(name, "_for_children");
}

static void insert_namespace(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			     const struct gvnp_host_views *views, const struct gvnp_entry *entry,
			     const struct gvnp_vm_namespaces *decided)
{
	const struct gvnp_entry *init = gvnp_collect_entry(views->namespaces, entry->name);
	bool is_mount = !strcmp(entry->name, "mnt");
	bool is_known = (init && init->link) || (is_mount && decided->knows_of_process_1);
	bool is_shared =
		init && init->link ? !strcmp(init->link, entry->link) : decided->is_of_process_1;

	gvnp_insert(facts, "qemu_process_namespace", gvnp_integer("pid", vm->process->pid),
		    gvnp_text("type", entry->name), gvnp_text("identity", entry->link),
		    gvnp_maybe("is_of_process_1", is_known, is_shared));
	if (!is_known)
		gvnp_vm_hole(facts, vm, "qemu_process_namespace", "is_of_process_1",
			     "/proc/1/ns/%s could not be read", entry->name);
}

void gvnp_vm_namespaces_take(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			     const struct gvnp_host_views *views,
			     const struct gvnp_answer *namespaces,
			     const struct gvnp_answer *mountinfo, struct gvnp_vm_namespaces *ret)
{
	const struct gvnp_entry *own = gvnp_collect_entry(namespaces, "mnt");
	const struct gvnp_entry *init = gvnp_collect_entry(views->namespaces, "mnt");

	*ret = (struct gvnp_vm_namespaces){ .mount = own ? own->link : NULL };
	compare_mounts(views, mountinfo, ret);
	if (ret->mount && init && init->link && !strcmp(ret->mount, init->link)) {
		ret->knows_own_mount = true;
		ret->has_own_mount = false;
	}
	if (namespaces->error)
		gvnp_vm_hole(facts, vm, "qemu_process_namespace", "", "/proc/%s/ns: %s", vm->object,
			     gvnp_source_error_name(namespaces->error));
	for (size_t i = 0; !namespaces->error && i < namespaces->n_entries; i++) {
		const struct gvnp_entry *entry = &namespaces->entries[i];

		if (!is_own_type(entry->name))
			continue;
		if (entry->link)
			insert_namespace(facts, vm, views, entry, ret);
		else
			gvnp_vm_hole(facts, vm, "qemu_process_namespace", "",
				     "/proc/%s/ns/%s could not be read", vm->object, entry->name);
	}
}
