/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How control groups are mounted (version 2, version 1, both) and which hierarchy each controller
 * is bound to. The rule kept here: on a host with both, the version 1 files of a controller say
 * nothing about what version 2 enforces, so each controller carries its version.
 */
#include "collect/collectors.h"

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/mount_info.h"

struct hierarchies {
	struct gvnp_mount_info *version_1;
	size_t n_version_1;
	char *unified; /* mountpoint of cgroup2; NULL when it is not mounted */
	bool is_whole; /* it shows the tree from its root */
};

static void hierarchies_done(struct hierarchies *hierarchies)
{
	for (size_t i = 0; i < hierarchies->n_version_1; i++)
		gvnp_mount_info_done(&hierarchies->version_1[i]);
	free(hierarchies->version_1);
	free(hierarchies->unified);
}

/* Of several mounts of cgroup2 the whole tree nearest to the root counts; others are containers'.
 */
static bool is_better_unified(const struct hierarchies *hierarchies,
			      const struct gvnp_mount_info *mount)
{
	bool is_whole = !strcmp(mount->root, "/");

	if (!hierarchies->unified || is_whole != hierarchies->is_whole)
		return !hierarchies->unified || is_whole;
	return strlen(mount->mountpoint) < strlen(hierarchies->unified);
}

static void decode_mounts(struct gvnp_slice rest, struct hierarchies *hierarchies)
{
	struct gvnp_slice line;

	while (gvnp_slice_next(&rest, '\n', &line)) {
		_cleanup_(gvnp_mount_info_done) struct gvnp_mount_info mount = { 0 };

		if (!gvnp_mount_info_decode(line, &mount))
			continue;
		if (gvnp_slice_is(mount.filesystem, "cgroup2") &&
		    is_better_unified(hierarchies, &mount)) {
			free(hierarchies->unified);
			hierarchies->unified = gvnp_duplicate(mount.mountpoint);
			hierarchies->is_whole = !strcmp(mount.root, "/");
		} else if (gvnp_slice_is(mount.filesystem, "cgroup")) {
			hierarchies->version_1 =
				gvnp_grow(hierarchies->version_1, hierarchies->n_version_1);
			hierarchies->version_1[hierarchies->n_version_1++] = mount;
			mount = (struct gvnp_mount_info){ 0 };
		}
	}
}

static const char *version_1_mount(const struct hierarchies *hierarchies, const char *controller)
{
	for (size_t i = 0; i < hierarchies->n_version_1; i++)
		if (gvnp_mount_has_option(hierarchies->version_1[i].super_options, controller))
			return hierarchies->version_1[i].mountpoint;
	return NULL;
}

static bool has_word(struct gvnp_slice rest, const char *wanted)
{
	struct gvnp_slice word;

	while (gvnp_slice_word(&rest, &word))
		if (gvnp_slice_is(word, wanted))
			return true;
	return false;
}

/* A line of /proc/cgroups, or a word of cgroup.controllers. */
struct controller {
	struct gvnp_slice name;
	bool is_version_1, is_enabled;
};

static void insert(struct gvnp_facts *facts, const struct hierarchies *hierarchies,
		   struct gvnp_slice unified, struct controller controller)
{
	_cleanup_free_ char *name = gvnp_slice_copy(controller.name);
	const char *mount = version_1_mount(hierarchies, name);
	bool is_version_1 = mount || controller.is_version_1;
	int version = is_version_1 ? 1 : has_word(unified, name) ? 2 : 0;

	if (version == 2)
		mount = hierarchies->unified;
	gvnp_insert(facts, "cgroup_controller", gvnp_text("name", name),
		    gvnp_integer("version", version), gvnp_text("mount", mount ? mount : ""),
		    gvnp_integer("is_enabled", controller.is_enabled));
}

/* name hierarchy number-of-groups enabled; hierarchy 0: version 2 or none (cgroups(7)) */
static bool decode_controller(struct gvnp_slice line, struct controller *ret)
{
	struct gvnp_slice words[4];

	if (gvnp_slice_starts(line, "#"))
		return false;
	for (size_t i = 0; i < 4; i++)
		if (!gvnp_slice_word(&line, &words[i]))
			return false;
	*ret = (struct controller){ words[0], !gvnp_slice_is(words[1], "0"),
				    gvnp_slice_is(words[3], "1") };
	return true;
}

static bool is_listed(struct gvnp_slice controllers, struct gvnp_slice name)
{
	struct controller listed;
	struct gvnp_slice line;

	while (gvnp_slice_next(&controllers, '\n', &line))
		if (decode_controller(line, &listed) && listed.name.size == name.size &&
		    !memcmp(listed.name.text, name.text, name.size))
			return true;
	return false;
}

/* The kernel keeps controllers as bits of 16 (CGROUP_SUBSYS_COUNT); more than this is no list of
 * them, and comparing each with the others would take for ever. */
enum { MOST_CONTROLLERS = 256 };

static void insert_controllers(struct gvnp_facts *facts, const struct hierarchies *hierarchies,
			       struct gvnp_slice controllers, struct gvnp_slice unified)
{
	struct gvnp_slice rest = controllers, line, name;
	struct controller controller;
	size_t n = 0;

	while (n < MOST_CONTROLLERS && gvnp_slice_next(&rest, '\n', &line))
		if (decode_controller(line, &controller)) {
			insert(facts, hierarchies, unified, controller);
			n++;
		}
	/* newer kernels leave out of /proc/cgroups what has no version 1 */
	rest = unified;
	while (n < MOST_CONTROLLERS && gvnp_slice_word(&rest, &name))
		if (!is_listed(controllers, name)) {
			insert(facts, hierarchies, unified,
			       (struct controller){ name, false, true });
			n++;
		}
	if (n == MOST_CONTROLLERS)
		gvnp_facts_hole(facts, "cgroup_controller", "", "",
				"more than %d controllers are listed: no kernel has so many",
				MOST_CONTROLLERS - 1);
	gvnp_facts_collected(facts, "cgroup_controller");
}

static void collect_controllers(const struct gvnp_collection *collection,
				const struct hierarchies *hierarchies)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	size_t listed = gvnp_batch_add(&batch, GVNP_READ, "/proc/cgroups");
	size_t unified = 0;

	if (hierarchies->unified)
		unified = gvnp_batch_add(&batch, GVNP_READ, "%s/cgroup.controllers",
					 hierarchies->unified);
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < batch.n; i++)
		if (gvnp_collect_presence(gvnp_batch_answer(&batch, i)) == GVNP_UNREADABLE)
			return gvnp_batch_hole(&batch, i, collection->facts, "cgroup_controller",
					       "", "");
	insert_controllers(collection->facts, hierarchies,
			   gvnp_collect_bytes(gvnp_batch_answer(&batch, listed)),
			   unified ? gvnp_collect_bytes(gvnp_batch_answer(&batch, unified))
				   : (struct gvnp_slice){ "", 0 });
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(hierarchies_done) struct hierarchies hierarchies = { 0 };
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_READ, "/proc/1/mountinfo");
	const struct gvnp_answer *answer = &answers->answers[0];

	if (answer->error) {
		gvnp_collect_hole(collection->facts, "cgroup_layout", "", "", "/proc/1/mountinfo",
				  answer);
		gvnp_collect_hole(collection->facts, "cgroup_controller", "", "",
				  "/proc/1/mountinfo", answer);
		return;
	}
	decode_mounts(gvnp_collect_bytes(answer), &hierarchies);
	const char *layout = !hierarchies.unified      ? hierarchies.n_version_1 ? "legacy" : "none"
			     : hierarchies.n_version_1 ? "hybrid"
						       : "unified";
	gvnp_insert(collection->facts, "cgroup_layout", gvnp_integer("id", 1),
		    gvnp_text("layout", layout),
		    gvnp_text("unified_mount", hierarchies.unified ? hierarchies.unified : ""));
	gvnp_facts_collected(collection->facts, "cgroup_layout");
	collect_controllers(collection, &hierarchies);
}

const struct gvnp_collector gvnp_collector_cgroup = {
	.name = "cgroup",
	.about = "control group hierarchies and their controllers",
	.paths = (const char *const[]){ "/proc/1/mountinfo", "/proc/cgroups",
					"/sys/fs/cgroup/cgroup.controllers",
					"/sys/fs/cgroup/*/cgroup.controllers", NULL },
	.tables = (const char *const[]){ "cgroup_layout", "cgroup_controller", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "cgroup_layout", "nothing" },
						       { "cgroup_controller", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
