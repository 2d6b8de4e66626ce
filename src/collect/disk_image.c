/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The images of every disk as their own heads chain them, which is what decides which files of the
 * host a VM reaches; the XML only prints what libvirt once found. A level of all chains is asked
 * for at once, each path once. The bytes are whoever wrote the image, so chains are bounded, and
 * one that comes back to itself is a hole with that reason.
 */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"
#include "facts/store.h"
#include "source/image_head.h"

static const char table[] = "domain_disk_image";

enum {
	HEAD = 4096, /* bytes: QEMU writes header, extensions and names one after the other */
	MAXIMUM_DEPTH = 64, /* images of one disk */
	MAXIMUM_IMAGES = 64 * 1024,
};

/* What a path leads to. */
struct image {
	char *path;	       /* first: compared by it */
	size_t answer, folder; /* of its level's batch */
	size_t level;
	struct gvnp_image_head head; /* slices of the batch */
	bool is_read;		     /* there is a head */
	char *backing, *data;	     /* paths; NULL: none on this host */
};

/* The top of a disk, as libvirt says. */
struct disk {
	char *domain, *target, *path, *format;
	bool is_readonly;
};

struct chains {
	struct gvnp_facts *facts;
	struct gvnp_source *source;
	struct disk *disks;
	size_t n_disks;
	void *by_path;	       /* tsearch tree of images */
	struct image **images; /* in the order they were found, so level by level */
	size_t n_images;
	struct gvnp_batch batches[MAXIMUM_DEPTH];
	size_t n_levels;
};

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void keep_node(void *node)
{
	(void)node;
}

static void chains_done(struct chains *chains)
{
	for (size_t i = 0; i < chains->n_disks; i++) {
		free(chains->disks[i].domain);
		free(chains->disks[i].target);
		free(chains->disks[i].path);
		free(chains->disks[i].format);
	}
	for (size_t i = 0; i < chains->n_images; i++) {
		free(chains->images[i]->path);
		free(chains->images[i]->backing);
		free(chains->images[i]->data);
		free(chains->images[i]);
	}
	for (size_t i = 0; i < chains->n_levels; i++)
		gvnp_batch_done(&chains->batches[i]);
	tdestroy(chains->by_path, keep_node);
	free(chains->images);
	free(chains->disks);
}

static struct image *find(const struct chains *chains, const char *path)
{
	struct image **found = tfind(&path, &chains->by_path, compare);

	return found ? *found : NULL;
}

static void add_image(struct chains *chains, const char *path, size_t level)
{
	if (!path || find(chains, path) || chains->n_images == MAXIMUM_IMAGES)
		return;
	struct image *image = gvnp_allocate(sizeof *image);

	image->path = gvnp_duplicate(path);
	image->level = level;
	if (!tsearch(image, &chains->by_path, compare))
		gvnp_out_of_memory();
	chains->images = gvnp_grow(chains->images, chains->n_images);
	chains->images[chains->n_images++] = image;
}

/* Absolute, and without detours, as the reader wants it. */
static char *plain_path(const char *path)
{
	return path[0] == '/' ? gvnp_image_path("/", gvnp_slice(path)) : NULL;
}

static const char *text_of(sqlite3_stmt *statement, int column)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);

	return text ? text : "";
}

static void load_disks(struct chains *chains)
{
	sqlite3_stmt *statement = gvnp_facts_statement(
		chains->facts, "SELECT l.domain, l.target, l.path, l.format, k.is_readonly"
			       "  FROM domain_disk_layer l"
			       "  JOIN domain_disk k ON k.domain = l.domain AND k.target = l.target"
			       " WHERE l.depth = 0");

	while (sqlite3_step(statement) == SQLITE_ROW) {
		chains->disks = gvnp_grow(chains->disks, chains->n_disks);
		chains->disks[chains->n_disks++] = (struct disk){
			.domain = gvnp_duplicate(text_of(statement, 0)),
			.target = gvnp_duplicate(text_of(statement, 1)),
			.path = plain_path(text_of(statement, 2)),
			.format = gvnp_duplicate(text_of(statement, 3)),
			.is_readonly = sqlite3_column_int(statement, 4),
		};
	}
	sqlite3_reset(statement);
}

/* What is not known of the disks is not known of their images. */
static bool load_holes(struct chains *chains)
{
	sqlite3_stmt *statement = gvnp_facts_statement(
		chains->facts, "SELECT object, problem FROM hole"
			       " WHERE table_name = 'domain_disk_layer' AND column_name = ''");
	bool is_whole = true;
	struct hole {
		char *object, *problem;
	} *holes = NULL;
	size_t n = 0;

	while (sqlite3_step(statement) == SQLITE_ROW) {
		holes = gvnp_grow(holes, n);
		holes[n++] = (struct hole){ gvnp_duplicate(text_of(statement, 0)),
					    gvnp_duplicate(text_of(statement, 1)) };
	}
	sqlite3_reset(statement);
	for (size_t i = 0; i < n; i++) {
		is_whole &= holes[i].object[0] != '\0';
		gvnp_facts_hole(chains->facts, table, "", holes[i].object, "%s", holes[i].problem);
		free(holes[i].object);
		free(holes[i].problem);
	}
	free(holes);
	return is_whole;
}

static void read_image(const struct gvnp_answer *answer, struct image *image)
{
	struct gvnp_image_head *head = &image->head;

	if (answer->error)
		return;
	image->is_read = true;
	gvnp_image_head_decode(gvnp_collect_bytes(answer), head);
	if (head->backing.size)
		image->backing = gvnp_image_path(image->path, head->backing);
	if (head->data_file.size)
		image->data = gvnp_image_path(image->path, head->data_file);
}

/* Folders are few and images many. */
struct folder {
	char *path;
	size_t answer;
};

static size_t ask_folder(struct gvnp_batch *batch, void **folders, const char *image)
{
	size_t size = (size_t)(strrchr(image, '/') - image);
	_cleanup_free_ char *path = gvnp_duplicate_sized(image, size ? size : 1);
	struct folder **found = tfind(&path, folders, compare);

	if (found)
		return (*found)->answer;
	struct folder *folder = gvnp_allocate(sizeof *folder);
	folder->path = gvnp_take(path);
	folder->answer = gvnp_batch_add(batch, GVNP_STAT, "%s", folder->path);
	if (!tsearch(folder, folders, compare))
		gvnp_out_of_memory();
	return folder->answer;
}

static void free_folder(void *node)
{
	struct folder *folder = node;

	free(folder->path);
	free(folder);
}

/* Asks for the images from `first` on, which is a level, and finds those behind them. */
static void follow_level(struct chains *chains, size_t first)
{
	size_t level = chains->n_levels++, end = chains->n_images;
	struct gvnp_batch *batch = &chains->batches[level];
	void *folders = NULL;

	for (size_t i = first; i < end; i++) {
		struct image *image = chains->images[i];

		image->answer =
			gvnp_batch_add(batch, GVNP_RANGE, "0+%d:%s", (int)HEAD, image->path);
		image->folder = ask_folder(batch, &folders, image->path);
	}
	tdestroy(folders, free_folder);
	gvnp_batch_ask(batch, chains->source);
	for (size_t i = first; i < end; i++) {
		struct image *image = chains->images[i];

		read_image(gvnp_batch_answer(batch, image->answer), image);
		add_image(chains, image->backing, level + 1);
		add_image(chains, image->data, level + 1);
	}
}

/* ---- rows */

static const char *type_of(const struct gvnp_answer *answer)
{
	switch (answer->type) {
	case GVNP_TYPE_REGULAR:
		return "file";
	case GVNP_TYPE_BLOCK:
		return "block";
	case GVNP_TYPE_NONE:
		return gvnp_collect_is_absent(answer) ? "absent" : NULL;
	case GVNP_TYPE_DIRECTORY:
	case GVNP_TYPE_LINK:
	case GVNP_TYPE_CHARACTER:
	case GVNP_TYPE_FIFO:
	case GVNP_TYPE_SOCKET:
		break;
	}
	return "other";
}

/* Equal for the same storage, as in domain_disk_layer. The caller frees. */
static char *identity_of(const struct gvnp_answer *answer)
{
	if (answer->type == GVNP_TYPE_NONE)
		return gvnp_collect_is_absent(answer) ? gvnp_duplicate("") : NULL;
	if (answer->type == GVNP_TYPE_BLOCK || answer->type == GVNP_TYPE_CHARACTER)
		return gvnp_format("dev:%u:%u", answer->rdev_major, answer->rdev_minor);
	return gvnp_format("fs:%u:%u:%llu", answer->device_major, answer->device_minor,
			   (unsigned long long)answer->inode);
}

struct place {
	const struct disk *disk;
	int64_t depth;
	const char *assumed; /* format it is opened as */
	bool is_data;
};

/* What is known of an image without a head: a device is never read, an absent one has none. */
static const char *headless(const char *type)
{
	return type && !strcmp(type, "file") ? NULL : type ? "" : NULL;
}

static void tell(const struct chains *chains, const struct disk *disk, const char *const *columns,
		 size_t n, const char *words)
{
	for (size_t i = 0; i < n; i++)
		gvnp_facts_hole(chains->facts, table, columns[i], disk->domain, "%s", words);
}

/* Why cells are NULL. An answer names the file or the request; a person wants the file. */
static void tell_unknown(const struct chains *chains, const struct disk *disk,
			 const struct image *image, const struct gvnp_answer *answer)
{
	static const char *const columns[] = { "backing",    "backing_format", "data_file",
					       "encryption", "format",	       "type",
					       "identity",   "mode",	       "uid",
					       "gid" };
	enum { OF_REST = 4, OF_HEAD = 5, OF_FILE = 10 };
	const char *type = type_of(answer);
	bool is_named = gvnp_text_starts(answer->problem, image->path);
	_cleanup_free_ char *words = NULL;

	if (image->is_read && image->head.problem)
		words = gvnp_format("%s: %s", image->path, image->head.problem);
	else if (is_named)
		words = gvnp_duplicate(answer->problem);
	else
		words = gvnp_format("%s: %s", image->path, gvnp_source_error_name(answer->error));
	if (image->is_read && image->head.problem)
		tell(chains, disk, columns, OF_REST, words);
	else if (!image->is_read && headless(type) == NULL)
		tell(chains, disk, columns, type ? OF_HEAD : OF_FILE, words);
}

static void insert(const struct chains *chains, const struct place *place,
		   const struct image *image)
{
	const struct gvnp_batch *batch = &chains->batches[image->level];
	const struct gvnp_answer *answer = gvnp_batch_answer(batch, image->answer);
	const struct gvnp_answer *folder = gvnp_batch_answer(batch, image->folder);
	const struct gvnp_image_head *head = &image->head;
	const char *type = type_of(answer), *nothing = headless(type);
	_cleanup_free_ char *identity = identity_of(answer);
	/* a head whose rest is not understood: the format is known, what it names is not */
	bool is_understood = image->is_read && !head->problem;

	gvnp_insert(chains->facts, table, gvnp_text("domain", place->disk->domain),
		    gvnp_text("target", place->disk->target), gvnp_integer("depth", place->depth),
		    gvnp_text("path", image->path), gvnp_integer("is_data", place->is_data),
		    gvnp_integer("is_written",
				 !place->disk->is_readonly && (!place->depth || place->is_data)),
		    gvnp_text("assumed_format", place->assumed), gvnp_text("type", type),
		    gvnp_text("identity", identity), gvnp_maybe("mode", type, answer->mode),
		    gvnp_maybe("uid", type, answer->uid), gvnp_maybe("gid", type, answer->gid),
		    gvnp_maybe("folder_mode", !folder->error, folder->mode),
		    gvnp_maybe("folder_uid", !folder->error, folder->uid),
		    gvnp_text("format", image->is_read ? head->format : nothing),
		    is_understood ? gvnp_text_slice("backing", head->backing)
				  : gvnp_text("backing", image->is_read ? NULL : nothing),
		    is_understood ? gvnp_text_slice("backing_format", head->backing_format)
				  : gvnp_text("backing_format", image->is_read ? NULL : nothing),
		    is_understood ? gvnp_text_slice("data_file", head->data_file)
				  : gvnp_text("data_file", image->is_read ? NULL : nothing),
		    gvnp_text("encryption", is_understood    ? head->encryption
					    : image->is_read ? NULL
							     : nothing));
	tell_unknown(chains, place->disk, image, answer);
	if (folder->error)
		gvnp_batch_hole(batch, image->folder, chains->facts, table, "folder_mode",
				place->disk->domain);
}

/* Not a file of this host: a row that says so. */
static void insert_remote(const struct chains *chains, const struct place *place,
			  struct gvnp_slice name)
{
	gvnp_insert(chains->facts, table, gvnp_text("domain", place->disk->domain),
		    gvnp_text("target", place->disk->target), gvnp_integer("depth", place->depth),
		    gvnp_text_slice("path", name), gvnp_integer("is_data", place->is_data),
		    gvnp_integer("is_written", place->is_data && !place->disk->is_readonly),
		    gvnp_text("assumed_format", place->assumed), gvnp_text("type", "remote"),
		    gvnp_text("identity", ""), gvnp_integer("mode", 0), gvnp_integer("uid", 0),
		    gvnp_integer("gid", 0), gvnp_integer("folder_mode", 0),
		    gvnp_integer("folder_uid", 0), gvnp_text("format", ""),
		    gvnp_text("backing", ""), gvnp_text("backing_format", ""),
		    gvnp_text("data_file", ""), gvnp_text("encryption", ""));
	/* what a JSON description names is not followed, and it may be anything */
	if (gvnp_slice_starts(name, "json:"))
		gvnp_facts_hole(chains->facts, table, "", place->disk->domain,
				"%s: an image behind it is described in JSON, which is not "
				"followed",
				place->disk->target);
}

static bool was_passed(struct image *const *passed, size_t n, const struct image *image)
{
	for (size_t i = 0; i < n; i++)
		/* cppcheck-suppress uninitvar ; it takes the pointers for what they point to */
		if (passed[i] == image)
			return true;
	return false;
}

static void insert_data(const struct chains *chains, const struct place *top,
			const struct image *image, int64_t *depth)
{
	struct place place = { top->disk, *depth, "raw", true };

	if (!image->head.data_file.size)
		return;
	if (!image->data)
		insert_remote(chains, &place, image->head.data_file);
	else if (find(chains, image->data))
		insert(chains, &place, find(chains, image->data));
	(*depth)++;
}

/* Where a header was not read or not understood, more images may stand behind it than there are
 * rows. */
static void tell_unfollowed(const struct chains *chains, const struct disk *disk,
			    const struct image *image)
{
	const struct gvnp_answer *answer =
		gvnp_batch_answer(&chains->batches[image->level], image->answer);

	if ((image->is_read && !image->head.problem) || gvnp_collect_is_absent(answer))
		return;
	gvnp_facts_hole(chains->facts, table, "", disk->domain,
			"%s: its header is not known, so what stands behind it is not either",
			image->path);
}

static void insert_chain(const struct chains *chains, const struct disk *disk)
{
	struct image *passed[MAXIMUM_DEPTH], *image = find(chains, disk->path);
	_cleanup_free_ char *assumed = gvnp_duplicate(disk->format);
	struct place place = { disk, 0, assumed, false };
	size_t n = 0;

	while (image && n < MAXIMUM_DEPTH && !was_passed(passed, n, image) &&
	       image->level < chains->n_levels) {
		passed[n++] = image;
		insert(chains, &place, image);
		place.depth++;
		/* what a guest wrote into a raw disk is not followed, as QEMU does not */
		if (!strcmp(assumed, "raw"))
			return;
		tell_unfollowed(chains, disk, image);
		insert_data(chains, &place, image, &place.depth);
		if (!image->head.backing.size)
			return;
		free(assumed);
		place.assumed = assumed = gvnp_slice_copy(image->head.backing_format);
		if (!image->backing) {
			insert_remote(chains, &place, image->head.backing);
			return;
		}
		image = find(chains, image->backing);
	}
	gvnp_facts_hole(chains->facts, table, "", disk->domain,
			image && was_passed(passed, n, image)
				? "%s: the chain of its images comes back to %s"
				: "%s: more images behind it than are followed, after %s",
			disk->target, n ? passed[n - 1]->path : disk->path);
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(chains_done) struct chains chains = { .facts = collection->facts,
							.source = collection->source };
	size_t first = 0;

	if (!load_holes(&chains) ||
	    !gvnp_facts_is_collected(collection->facts, "domain_disk_layer"))
		return;
	load_disks(&chains);
	for (size_t i = 0; i < chains.n_disks; i++)
		add_image(&chains, chains.disks[i].path, 0);
	while (first < chains.n_images && chains.n_levels < MAXIMUM_DEPTH) {
		size_t end = chains.n_images;

		follow_level(&chains, first);
		first = end;
	}
	for (size_t i = 0; i < chains.n_disks; i++)
		if (chains.disks[i].path)
			insert_chain(&chains, &chains.disks[i]);
		else
			gvnp_facts_hole(chains.facts, table, "", chains.disks[i].domain,
					"%s: the path of its image is not absolute",
					chains.disks[i].target);
	gvnp_facts_collected(collection->facts, table);
}

/* An image may lie anywhere; of none more than its head is read (source/range.h). */
static const char *const paths[] = { "head:/**", "stat:/**", NULL };
static const struct gvnp_privilege privileges[] = {
	{ table, "connecting to libvirt read-only; CAP_DAC_READ_SEARCH for images of others" },
	{ NULL, NULL },
};

const struct gvnp_collector gvnp_collector_disk_image = {
	.name = "disk_image",
	.about = "images of disks and the files behind them, as their own headers say",
	.paths = paths,
	.tables = (const char *const[]){ table, NULL },
	.privileges = privileges,
	.collect = collect,
};
