/* SPDX-License-Identifier: Apache-2.0 */
/*
 * State of VMs that outlives their processes, and whose it is by its name: variable stores
 * NAME_VARS.fd, .raw or .qcow2 (libvirt src/qemu/qemu_firmware.c), software TPMs UUID/
 * (src/qemu/qemu_tpm.c), saved memory NAME.save (src/qemu/qemu_driver.c, managed save), instances
 * of Nova UUID/, UUID_del/ while it is being deleted and UUID_resize/ until a resize is confirmed
 * (nova/virt/libvirt/driver.py). Nothing is opened, only the folders are listed.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"

static const char table[] = "vm_state";

/* Of what a file of a folder is, NULL when of nothing; fills in one of name and uuid. */
struct owner {
	const char *kind;
	struct gvnp_slice name, uuid;
};

enum { UUID_SIZE = 36 };

static bool is_uuid(struct gvnp_slice text)
{
	if (text.size != UUID_SIZE)
		return false;
	for (size_t i = 0; i < UUID_SIZE; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash ? text.text[i] != '-'
			    : !isdigit((unsigned char)text.text[i]) &&
				      (text.text[i] < 'a' || text.text[i] > 'f'))
			return false;
	}
	return true;
}

/* Up to the last "_VARS", which only an extension may follow. */
static struct owner owner_of_variables(const char *file)
{
	static const char mark[] = "_VARS";
	const char *last = NULL;

	for (const char *next = file; (next = strstr(next, mark)); next++)
		last = next;
	const char *rest = last ? last + strlen(mark) : NULL;
	if (!rest || last == file || (rest[0] && rest[0] != '.'))
		return (struct owner){ .kind = NULL };
	return (struct owner){ .kind = "nvram", .name = { file, (size_t)(last - file) } };
}

static struct owner owner_of_tpm(const char *file)
{
	struct gvnp_slice uuid = gvnp_slice(file);

	return (struct owner){ .kind = is_uuid(uuid) ? "tpm" : NULL, .uuid = uuid };
}

static struct owner owner_of_memory(const char *file)
{
	static const char suffix[] = ".save";
	size_t size = strlen(file);

	if (!gvnp_text_ends(file, suffix) || size == strlen(suffix))
		return (struct owner){ .kind = NULL };
	return (struct owner){ .kind = "saved-memory", .name = { file, size - strlen(suffix) } };
}

static struct owner owner_of_instance(const char *file)
{
	struct gvnp_slice whole = gvnp_slice(file), uuid = whole;

	uuid.size = whole.size < UUID_SIZE ? whole.size : UUID_SIZE;
	if (!is_uuid(uuid))
		return (struct owner){ .kind = NULL };
	const char *rest = file + UUID_SIZE;
	if (!strcmp(rest, "_resize"))
		return (struct owner){ .kind = "nova-resize", .uuid = uuid };
	if (rest[0] && strcmp(rest, "_del") != 0)
		return (struct owner){ .kind = NULL };
	return (struct owner){ .kind = "nova-instance", .uuid = uuid };
}

static const struct folder {
	const char *path;
	struct owner (*owner)(const char *file);
} folders[] = {
	{ "/var/lib/libvirt/qemu/nvram", owner_of_variables },
	{ "/var/lib/libvirt/swtpm", owner_of_tpm },
	{ "/var/lib/libvirt/qemu/save", owner_of_memory },
	{ "/var/lib/nova/instances", owner_of_instance },
};

enum { N_FOLDERS = sizeof folders / sizeof *folders };

/* File systems that only one machine mounts at a time (linux/magic.h; of ZFS and bcachefs their
 * own): ext2 to 4, XFS, Btrfs, F2FS, overlayfs, tmpfs, ZFS, bcachefs. Of others it is not known,
 * and what lies there may belong to a VM of another machine. */
static bool is_local(const struct gvnp_answer *answer)
{
	static const char *const types[] = {
		"0xef53",     "0x58465342", "0x9123683e", "0xf2f52010",
		"0x794c7630", "0x1021994",  "0x2fc12fc1", "0xca451a4e"
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (gvnp_slice_is(gvnp_collect_trimmed(answer), types[i]))
			return true;
	return false;
}

static void insert_folder(struct gvnp_facts *facts, const struct folder *folder,
			  const struct gvnp_answer *listing, const struct gvnp_answer *filesystem)
{
	for (size_t i = 0; i < listing->n_entries; i++) {
		const char *file = listing->entries[i].name;
		struct owner owner = folder->owner(file);

		if (!owner.kind)
			continue;
		_cleanup_free_ char *path = gvnp_format("%s/%s", folder->path, file);
		if (filesystem->error)
			gvnp_collect_hole(facts, table, "is_local", path, folder->path, filesystem);
		gvnp_insert(facts, table, gvnp_text("path", path), gvnp_text("kind", owner.kind),
			    gvnp_text_slice("name", owner.name),
			    gvnp_text_slice("uuid", owner.uuid),
			    gvnp_maybe("is_local", !filesystem->error, is_local(filesystem)));
	}
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };

	for (size_t i = 0; i < N_FOLDERS; i++)
		gvnp_batch_add(&batch, GVNP_LIST, "%s", folders[i].path);
	for (size_t i = 0; i < N_FOLDERS; i++)
		gvnp_batch_add(&batch, GVNP_FILESYSTEM, "%s", folders[i].path);
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < N_FOLDERS; i++) {
		const struct gvnp_answer *listing = gvnp_batch_answer(&batch, i);

		if (gvnp_collect_presence(listing) == GVNP_UNREADABLE)
			gvnp_batch_hole(&batch, i, collection->facts, table, "", "");
		else if (!listing->error)
			insert_folder(collection->facts, &folders[i], listing,
				      gvnp_batch_answer(&batch, N_FOLDERS + i));
	}
	gvnp_facts_collected(collection->facts, table);
}

const struct gvnp_collector gvnp_collector_vm_state = {
	.name = "vm_state",
	.about =
		"variable stores, software TPMs, saved memory and Nova folders, and whose they are",
	.paths = (const char *const[]){ "/var/lib/libvirt/qemu/nvram", "/var/lib/libvirt/swtpm",
					"/var/lib/libvirt/qemu/save", "/var/lib/nova/instances",
					NULL },
	.tables = (const char *const[]){ table, NULL },
	.privileges =
		(const struct gvnp_privilege[]){
			{ table, "CAP_DAC_READ_SEARCH: the folders are open to their owners only" },
			{ NULL, NULL } },
	.collect = collect,
};
