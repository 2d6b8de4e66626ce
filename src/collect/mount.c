/* SPDX-License-Identifier: Apache-2.0 */
/* What is mounted for process 1: the audited host's view, not that of our own sandbox. */
#include "collect/collectors.h"

#include "collect/collect.h"
#include "collect/mount_info.h"

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_READ, "/proc/1/mountinfo");
	const struct gvnp_answer *answer = &answers->answers[0];
	struct gvnp_slice rest = gvnp_collect_bytes(answer), line;
	struct gvnp_facts *facts = collection->facts;

	if (answer->error)
		return gvnp_collect_hole(facts, "mount", "", "", "/proc/1/mountinfo", answer);
	while (gvnp_slice_next(&rest, '\n', &line)) {
		_cleanup_(gvnp_mount_info_done) struct gvnp_mount_info mount = { 0 };

		if (!gvnp_mount_info_decode(line, &mount)) {
			gvnp_facts_hole(facts, "mount", "", "",
					"/proc/1/mountinfo: unexpected line");
			continue;
		}
		gvnp_insert(facts, "mount", gvnp_integer("id", mount.id),
			    gvnp_text("mountpoint", mount.mountpoint),
			    gvnp_text("root", mount.root), gvnp_text_slice("device", mount.device),
			    gvnp_text_slice("filesystem", mount.filesystem),
			    gvnp_text("source", mount.source),
			    gvnp_text_slice("options", mount.options),
			    gvnp_text_slice("super_options", mount.super_options));
	}
	gvnp_facts_collected(facts, "mount");
}

const struct gvnp_collector gvnp_collector_mount = {
	.name = "mount",
	.about = "mounts of process 1",
	.paths = (const char *const[]){ "/proc/1/mountinfo", NULL },
	.tables = (const char *const[]){ "mount", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "mount", "nothing" }, { NULL, NULL } },
	.collect = collect,
};
