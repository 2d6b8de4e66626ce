/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scripts libvirt runs as root (docs/hooks.rst): /etc/libvirt/hooks/NAME and, since 6.5,
 * NAME.d/. Every file there counts, also one that no daemon runs yet: a driver may come.
 */
#include "collect/collect.h"
#include "collect/collectors.h"

#define HOOKS "/etc/libvirt/hooks"

static const char *type_of(const struct gvnp_answer *answer)
{
	if (answer->type == GVNP_TYPE_REGULAR)
		return "regular";
	return answer->type == GVNP_TYPE_DIRECTORY ? "directory" : "other";
}

static void insert_all(struct gvnp_facts *facts, const struct gvnp_batch *batch)
{
	for (size_t i = 0; i < batch->n; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(batch, i);

		if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
			gvnp_batch_hole(batch, i, facts, "libvirt_hook", "",
					gvnp_batch_path(batch, i));
		if (answer->error)
			continue;
		gvnp_insert(facts, "libvirt_hook", gvnp_text("path", gvnp_batch_path(batch, i)),
			    gvnp_text("type", type_of(answer)), gvnp_integer("mode", answer->mode),
			    gvnp_integer("uid", answer->uid), gvnp_integer("gid", answer->gid));
	}
}

static void add_entries(struct gvnp_batch *stats, struct gvnp_batch *folders,
			const struct gvnp_answer *folder, const char *path)
{
	for (size_t i = 0; !folder->error && i < folder->n_entries; i++) {
		const char *name = folder->entries[i].name;

		gvnp_batch_add(stats, GVNP_STAT, "%s/%s", path, name);
		if (folders && gvnp_text_ends(name, ".d"))
			gvnp_batch_add(folders, GVNP_LIST, "%s/%s", path, name);
	}
}

static void collect(const struct gvnp_collection *collection)
{
	struct gvnp_facts *facts = collection->facts;
	_cleanup_batch_ struct gvnp_batch stats = { 0 }, folders = { 0 };
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_LIST, HOOKS);
	const struct gvnp_answer *folder = &answers->answers[0];

	if (gvnp_collect_presence(folder) == GVNP_UNREADABLE) {
		gvnp_collect_hole(facts, "libvirt_hook", "", "", HOOKS, folder);
		return;
	}
	gvnp_batch_add(&stats, GVNP_STAT, HOOKS);
	add_entries(&stats, &folders, folder, HOOKS);
	if (folders.n)
		gvnp_batch_ask(&folders, collection->source);
	for (size_t i = 0; i < folders.n; i++) {
		const struct gvnp_answer *inner = gvnp_batch_answer(&folders, i);

		if (gvnp_collect_presence(inner) == GVNP_UNREADABLE)
			gvnp_batch_hole(&folders, i, facts, "libvirt_hook", "", "");
		add_entries(&stats, NULL, inner, gvnp_batch_path(&folders, i));
	}
	gvnp_batch_ask(&stats, collection->source);
	insert_all(facts, &stats);
	gvnp_facts_collected(facts, "libvirt_hook");
}

const struct gvnp_collector gvnp_collector_libvirt_hook = {
	.name = "libvirt_hook",
	.about = "hook scripts of libvirt: owner and mode",
	.paths = (const char *const[]){ HOOKS, HOOKS "/*.d", "stat:" HOOKS "/**", NULL },
	.tables = (const char *const[]){ "libvirt_hook", NULL },
	.privileges =
		(const struct gvnp_privilege[]){ { "libvirt_hook", "nothing" }, { NULL, NULL } },
	.collect = collect,
};
