/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Block devices, what each stands on, and which of them the host itself uses. /sys/dev/block names
 * all of them with number and place in one listing; a partition lies in the folder of its disk, and
 * only disks that the kernel makes of others (device mapper, md, bcache) have anything in `slaves`
 * (block/holder.c). The rule kept here: a device that went away while we looked stands on nothing,
 * and a file system that does not say where it lies (zfs) is a row that says so, not silence.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"
#include "facts/store.h"

#define NUMBERS "/sys/dev/block"
#define NAMES "/sys/class/block"
#define BTRFS "/sys/fs/btrfs"

struct device {
	struct gvnp_slice name;	  /* of the link: first, compared by it */
	struct gvnp_slice parent; /* the folder it lies in */
	const char *number, *link;
	size_t slaves; /* of the batch; SIZE_MAX: not asked */
};

/* Sorted by name; slices of `listing`. */
struct devices {
	struct gvnp_facts *facts;
	struct gvnp_source *source;
	struct gvnp_answers *listing;
	struct device *devices;
	size_t n;
};

static void devices_done(struct devices *devices)
{
	gvnp_answers_free(devices->listing);
	free(devices->devices);
}

static int compare(const void *a, const void *b)
{
	const struct gvnp_slice *left = a, *right = b;
	size_t size = left->size < right->size ? left->size : right->size;
	int order = memcmp(left->text, right->text, size);

	return order ? order : (left->size > right->size) - (left->size < right->size);
}

static const struct device *find(const struct devices *devices, struct gvnp_slice name)
{
	if (!name.size || !devices->n)
		return NULL;
	return bsearch(&name, devices->devices, devices->n, sizeof *devices->devices, compare);
}

/* Cuts the last component off *rest. */
static struct gvnp_slice last_component(struct gvnp_slice *rest)
{
	size_t start = rest->size;

	while (start && rest->text[start - 1] != '/')
		start--;
	struct gvnp_slice component = { rest->text + start, rest->size - start };
	rest->size = start ? start - 1 : 0;
	return component;
}

/* Of these the kernel has many, and they stand on no device: memory, files, the network. */
static bool stands_on_nothing(struct gvnp_slice name)
{
	static const char *const kinds[] = { "loop", "ram", "zram", "nbd" };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (gvnp_slice_starts(name, kinds[i]))
			return true;
	return false;
}

static void load(struct devices *devices)
{
	const struct gvnp_answer *answer = &devices->listing->answers[0];

	devices->devices = gvnp_allocate_array(answer->n_entries, sizeof *devices->devices);
	for (size_t i = 0; i < answer->n_entries; i++) {
		const struct gvnp_entry *entry = &answer->entries[i];
		struct gvnp_slice rest = gvnp_slice(entry->link ? entry->link : "");
		struct device device = { .number = entry->name,
					 .link = entry->link,
					 .slaves = SIZE_MAX };

		device.name = last_component(&rest);
		device.parent = last_component(&rest);
		/* a link that went away between listing and reading, like its device */
		if (device.name.size)
			devices->devices[devices->n++] = device;
	}
	if (devices->n)
		qsort(devices->devices, devices->n, sizeof *devices->devices, compare);
}

static void insert_base(const struct devices *devices, const struct device *device,
			const struct device *base)
{
	gvnp_insert(devices->facts, "block_device_base", gvnp_text("device", device->number),
		    gvnp_text("base", base->number));
}

static void insert_slaves(const struct devices *devices, const struct device *device,
			  const struct gvnp_batch *batch)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(batch, device->slaves);

	/* every disk has the folder: without it, it is gone */
	if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
		gvnp_batch_hole(batch, device->slaves, devices->facts, "block_device_base", "",
				device->number);
	for (size_t i = 0; !answer->error && i < answer->n_entries; i++) {
		const struct device *base = find(devices, gvnp_slice(answer->entries[i].name));

		if (base)
			insert_base(devices, device, base);
		else
			gvnp_facts_hole(devices->facts, "block_device_base", "", device->number,
					"%s: %s was not among the block devices",
					gvnp_batch_path(batch, device->slaves),
					answer->entries[i].name);
	}
}

/* …/host2/target2:0:0/2:0:0:0/block/sda: libvirt names a SCSI device of the host so. */
static struct gvnp_slice scsi_address(const char *link)
{
	struct gvnp_slice rest = gvnp_slice(link), address;
	size_t colons = 0;

	last_component(&rest);
	if (!gvnp_slice_is(last_component(&rest), "block"))
		return gvnp_slice("");
	address = last_component(&rest);
	for (size_t i = 0; i < address.size; i++)
		colons += address.text[i] == ':';
	return colons == 3 ? address : gvnp_slice("");
}

static void insert_devices(struct devices *devices)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };

	for (size_t i = 0; i < devices->n; i++) {
		struct device *device = &devices->devices[i];

		gvnp_insert(devices->facts, "block_device", gvnp_text("device", device->number),
			    gvnp_text_slice("name", device->name),
			    gvnp_text_slice("scsi", scsi_address(device->link)));
		if (strstr(device->link, "/devices/virtual/") && !find(devices, device->parent) &&
		    !stands_on_nothing(device->name))
			device->slaves = gvnp_batch_add(&batch, GVNP_LIST, NAMES "/%.*s/slaves",
							(int)device->name.size, device->name.text);
	}
	if (batch.n)
		gvnp_batch_ask(&batch, devices->source);
	for (size_t i = 0; i < devices->n; i++) {
		const struct device *device = &devices->devices[i];
		const struct device *disk = find(devices, device->parent);

		if (disk)
			insert_base(devices, device, disk);
		if (device->slaves != SIZE_MAX)
			insert_slaves(devices, device, &batch);
	}
	gvnp_facts_collected(devices->facts, "block_device");
	gvnp_facts_collected(devices->facts, "block_device_base");
}

/* ---- what the host uses */

static void insert_use(const struct devices *devices, const char *number, const char *use,
		       const char *place)
{
	sqlite3_stmt *statement = gvnp_facts_statement(
		devices->facts,
		"SELECT 1 FROM host_storage WHERE device = ? AND use = ? AND place = ?");
	const char *const values[] = { number, use, place };

	for (int i = 0; i < 3; i++)
		sqlite3_bind_text(statement, i + 1, values[i], -1, SQLITE_STATIC);
	bool is_known = sqlite3_step(statement) == SQLITE_ROW;
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	if (!is_known)
		gvnp_insert(devices->facts, "host_storage", gvnp_text("device", number),
			    gvnp_text("use", use), gvnp_text("place", place));
}

/* A file system over several devices has no number of its own, and its mount names one of them. */
static void insert_btrfs(const struct devices *devices)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(devices->source, GVNP_LIST, BTRFS);
	const struct gvnp_answer *folder = &answers->answers[0];

	if (folder->error) {
		gvnp_collect_hole(devices->facts, "host_storage", "", "", BTRFS, folder);
		return;
	}
	for (size_t i = 0; i < folder->n_entries; i++)
		if (strcmp(folder->entries[i].name, "features") != 0)
			gvnp_batch_add(&batch, GVNP_LIST, BTRFS "/%s/devices",
				       folder->entries[i].name);
	if (batch.n)
		gvnp_batch_ask(&batch, devices->source);
	for (size_t i = 0; i < batch.n; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(&batch, i);
		const char *path = gvnp_batch_path(&batch, i) + strlen(BTRFS "/");
		_cleanup_free_ char *place =
			gvnp_format("btrfs %.*s", (int)(strlen(path) - strlen("/devices")), path);

		/* unmounted since, or one of the driver's own folders */
		if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
			gvnp_batch_hole(&batch, i, devices->facts, "host_storage", "", "");
		for (size_t k = 0; !answer->error && k < answer->n_entries; k++) {
			const struct device *device =
				find(devices, gvnp_slice(answer->entries[k].name));

			if (device)
				insert_use(devices, device->number, "mount", place);
			else
				gvnp_facts_hole(devices->facts, "host_storage", "", "",
						"%s: %s was not among the block devices",
						gvnp_batch_path(&batch, i),
						answer->entries[k].name);
		}
	}
}

/* Paths of devices in use whose numbers must be asked for. */
struct paths {
	struct gvnp_batch batch;
	struct path {
		char *place;
		const char *use;
	} * paths;
};

static void paths_done(struct paths *paths)
{
	for (size_t i = 0; i < paths->batch.n; i++)
		free(paths->paths[i].place);
	free(paths->paths);
	gvnp_batch_done(&paths->batch);
}

static void add_path(struct paths *paths, const char *path, const char *use, const char *place)
{
	paths->paths = gvnp_grow(paths->paths, paths->batch.n);
	paths->paths[paths->batch.n] = (struct path){ gvnp_duplicate(place), use };
	gvnp_batch_add(&paths->batch, GVNP_STAT, "%s", path);
}

static const char *text_of(sqlite3_stmt *statement, int column)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);

	return text ? text : "";
}

/* Numbers 0:N are made up for file systems that have no device, or do not say which. */
static bool gather_mounts(const struct devices *devices, struct paths *paths)
{
	sqlite3_stmt *statement = gvnp_facts_statement(
		devices->facts, "SELECT device, filesystem, source, min(mountpoint) FROM mount"
				" GROUP BY device, filesystem, source");
	bool has_btrfs = false;

	while (sqlite3_step(statement) == SQLITE_ROW) {
		const char *device = text_of(statement, 0), *type = text_of(statement, 1);
		const char *source = text_of(statement, 2), *place = text_of(statement, 3);

		if (!gvnp_text_starts(device, "0:"))
			insert_use(devices, device, "mount", place);
		else if (!strcmp(type, "btrfs"))
			has_btrfs = true;
		else if (!strcmp(type, "zfs") || !strcmp(type, "bcachefs"))
			insert_use(devices, "", "mount", place);
		else if (gvnp_text_starts(source, "/dev/"))
			add_path(paths, source, "mount", place);
	}
	sqlite3_reset(statement);
	return has_btrfs;
}

/* A swap file lies on a file system, which is mounted. */
static void gather_swap(const struct devices *devices, struct paths *paths)
{
	sqlite3_stmt *statement = gvnp_facts_statement(
		devices->facts, "SELECT device FROM swap WHERE kind <> 'file' ORDER BY device");

	while (sqlite3_step(statement) == SQLITE_ROW)
		add_path(paths, text_of(statement, 0), "swap", text_of(statement, 0));
	sqlite3_reset(statement);
}

static void insert_paths(const struct devices *devices, struct paths *paths)
{
	if (paths->batch.n)
		gvnp_batch_ask(&paths->batch, devices->source);
	for (size_t i = 0; i < paths->batch.n; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(&paths->batch, i);
		const struct path *path = &paths->paths[i];
		_cleanup_free_ char *number =
			gvnp_format("%u:%u", answer->rdev_major, answer->rdev_minor);

		/* the source of a mount may be any text; a swap area is a device */
		if (!answer->error && answer->type == GVNP_TYPE_BLOCK)
			insert_use(devices, number, path->use, path->place);
		else if (gvnp_collect_presence(answer) == GVNP_UNREADABLE ||
			 !strcmp(path->use, "swap"))
			gvnp_batch_hole(&paths->batch, i, devices->facts, "host_storage", "", "");
	}
}

/* What is not known of mounts and swap is not known of what they stand on. */
static void carry_holes(const struct devices *devices)
{
	sqlite3_stmt *statement = gvnp_facts_statement(
		devices->facts, "SELECT problem FROM hole WHERE table_name IN ('mount', 'swap')"
				"   AND column_name = '' ORDER BY problem LIMIT 1");
	char *problem = NULL;

	if (sqlite3_step(statement) == SQLITE_ROW)
		problem = gvnp_duplicate(text_of(statement, 0));
	sqlite3_reset(statement);
	if (problem)
		gvnp_facts_hole(devices->facts, "host_storage", "", "", "%s", problem);
	free(problem);
}

static void insert_host_storage(const struct devices *devices)
{
	_cleanup_(paths_done) struct paths paths = { 0 };

	carry_holes(devices);
	if (!gvnp_facts_is_collected(devices->facts, "mount") ||
	    !gvnp_facts_is_collected(devices->facts, "swap"))
		return;
	if (gather_mounts(devices, &paths))
		insert_btrfs(devices);
	gather_swap(devices, &paths);
	insert_paths(devices, &paths);
	gvnp_facts_collected(devices->facts, "host_storage");
}

static void collect(const struct gvnp_collection *collection)
{
	static const char *const tables[] = { "block_device", "block_device_base", "host_storage" };
	_cleanup_(devices_done) struct devices devices = {
		.facts = collection->facts,
		.source = collection->source,
		.listing = gvnp_source_ask_one(collection->source, GVNP_LIST, NUMBERS),
	};
	const struct gvnp_answer *answer = &devices.listing->answers[0];

	/* without the folder the kernel has no block devices */
	if (gvnp_collect_presence(answer) == GVNP_UNREADABLE) {
		for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
			gvnp_collect_hole(collection->facts, tables[i], "", "", NUMBERS, answer);
		return;
	}
	load(&devices);
	insert_devices(&devices);
	insert_host_storage(&devices);
}

const struct gvnp_collector gvnp_collector_block_device = {
	.name = "block_device",
	.about = "block devices, what they stand on, and which the host itself uses",
	.paths = (const char *const[]){ NUMBERS, NAMES "/*/slaves", BTRFS, BTRFS "/*/devices",
					"stat:/**", NULL },
	.tables =
		(const char *const[]){ "block_device", "block_device_base", "host_storage", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "block_device", "nothing" },
						       { "block_device_base", "nothing" },
						       { "host_storage", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
