/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Swap areas, and whether guest memory reaches a disk in clear through them. A block device is
 * followed downwards (LVM, RAID) to what it stands on. The rule kept here: encryption is 'none'
 * only when every device below was seen and some way down has no dm-crypt; else it is unreadable.
 */
#include "collect/collectors.h"

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/mount_info.h"

enum { MOST_LEVELS = 8, MOST_DEVICES = 64 };

enum encryption { UNKNOWN, NONE, DM_CRYPT, ZRAM };

static const char *const words[] = {
	[UNKNOWN] = NULL, [NONE] = "none", [DM_CRYPT] = "dm-crypt", [ZRAM] = "zram"
};

static enum encryption look_below(struct gvnp_source *source, const char *folder, int level);

/* Everything one stands on must be encrypted for it to count as encrypted. */
static enum encryption look_at_parts(struct gvnp_source *source, const struct gvnp_answer *parts,
				     int level)
{
	if (parts->n_entries > MOST_DEVICES || level >= MOST_LEVELS)
		return UNKNOWN;
	enum encryption worst = DM_CRYPT;
	for (size_t i = 0; i < parts->n_entries; i++) {
		_cleanup_free_ char *folder =
			gvnp_format("/sys/class/block/%s", parts->entries[i].name);
		enum encryption below = look_below(source, folder, level + 1);

		if (below == NONE)
			return NONE;
		if (below == UNKNOWN)
			worst = UNKNOWN;
	}
	return worst;
}

static enum encryption look_below(struct gvnp_source *source, const char *folder, int level)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };

	gvnp_batch_add(&batch, GVNP_READ, "%s/dm/uuid", folder);
	gvnp_batch_add(&batch, GVNP_LIST, "%s/slaves", folder);
	gvnp_batch_add(&batch, GVNP_READ, "%s/backing_dev", folder);
	gvnp_batch_add(&batch, GVNP_STAT, "%s", folder);
	gvnp_batch_ask(&batch, source);
	const struct gvnp_answer *uuid = gvnp_batch_answer(&batch, 0);
	const struct gvnp_answer *parts = gvnp_batch_answer(&batch, 1);
	const struct gvnp_answer *backing = gvnp_batch_answer(&batch, 2);

	if (gvnp_collect_presence(uuid) == GVNP_UNREADABLE ||
	    gvnp_collect_presence(parts) == GVNP_UNREADABLE ||
	    !gvnp_collect_is_present(gvnp_batch_answer(&batch, 3)))
		return UNKNOWN;
	if (gvnp_slice_starts(gvnp_collect_bytes(uuid), "CRYPT-"))
		return DM_CRYPT;
	if (gvnp_text_starts(gvnp_text_base_name(folder), "zram")) {
		if (gvnp_collect_presence(backing) == GVNP_UNREADABLE)
			return UNKNOWN;
		/* with a backing device, pages go on to a disk */
		return backing->error || gvnp_slice_is(gvnp_collect_trimmed(backing), "none")
			       ? ZRAM
			       : NONE;
	}
	return parts->n_entries ? look_at_parts(source, parts, level) : NONE;
}

/* /sys/dev/block/MAJOR:MINOR leads to the device by number; its name is the end of the link. */
static enum encryption encryption_of(struct gvnp_source *source, const struct gvnp_answer *status)
{
	bool is_block = status->type == GVNP_TYPE_BLOCK;
	uint32_t major = is_block ? status->rdev_major : status->device_major;
	uint32_t minor = is_block ? status->rdev_minor : status->device_minor;

	/* major 0: btrfs, overlay and others that do not say which devices they use */
	if (status->error || !major)
		return UNKNOWN;
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *link =
		gvnp_source_ask_one(source, GVNP_LINK, "/sys/dev/block/%u:%u", major, minor);
	if (link->answers[0].error)
		return UNKNOWN;
	_cleanup_free_ char *folder =
		gvnp_format("/sys/class/block/%s", gvnp_text_base_name(link->answers[0].data));
	return look_below(source, folder, 0);
}

/* path type size used priority */
static bool collect_area(const struct gvnp_collection *collection, struct gvnp_slice line)
{
	struct gvnp_slice columns[4];
	int64_t size, used;

	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		if (!gvnp_slice_word(&line, &columns[i]))
			return false;
	if (!gvnp_slice_integer(columns[2], &size) || !gvnp_slice_integer(columns[3], &used))
		return false;
	_cleanup_free_ char *path = gvnp_mount_unescape(columns[0]);
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *status =
		gvnp_source_ask_one(collection->source, GVNP_STAT, "%s", path);
	enum encryption encryption = encryption_of(collection->source, &status->answers[0]);
	if (encryption == UNKNOWN)
		gvnp_facts_hole(collection->facts, "swap", "encryption", path,
				"%s: what it lies on could not be followed", path);
	gvnp_insert(collection->facts, "swap", gvnp_text("device", path),
		    gvnp_text_slice("kind", columns[1]), gvnp_integer("size_kib", size),
		    gvnp_integer("used_kib", used), gvnp_text("encryption", words[encryption]));
	return true;
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_READ, "/proc/swaps");
	const struct gvnp_answer *answer = &answers->answers[0];
	struct gvnp_slice rest = gvnp_collect_bytes(answer), line;

	/* a kernel without swap has no such file */
	if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
		return gvnp_collect_hole(collection->facts, "swap", "", "", "/proc/swaps", answer);
	gvnp_slice_next(&rest, '\n', &line); /* the heading */
	while (gvnp_slice_next(&rest, '\n', &line))
		if (!collect_area(collection, line))
			gvnp_facts_hole(collection->facts, "swap", "", "",
					"/proc/swaps: unexpected line");
	gvnp_facts_collected(collection->facts, "swap");
}

const struct gvnp_collector gvnp_collector_swap = {
	.name = "swap",
	.about = "swap areas and whether they are encrypted",
	.paths = (const char *const[]){ "/proc/swaps", "stat:/**", "/sys/dev/block/*",
					"/sys/class/block/*/dm/uuid", "/sys/class/block/*/slaves",
					"/sys/class/block/*/backing_dev", NULL },
	.tables = (const char *const[]){ "swap", NULL },
	.privileges =
		(const struct gvnp_privilege[]){
			{ "swap",
			  "nothing; swap files in closed folders need CAP_DAC_READ_SEARCH" },
			{ NULL, NULL } },
	.collect = collect,
};
