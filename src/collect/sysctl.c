/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running values of the sysctls that checks name. Nothing else of /proc/sys is opened: some files
 * there are slow, some have side effects. The rule kept here: no row means the kernel has no such
 * sysctl, NULL that it would not tell.
 */
#include "collect/collectors.h"

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/foreseen.h"

/* sysctl(8): when the first separator is a dot, dots separate and slashes stand for dots. */
static char *path_of(const char *name)
{
	char *path = gvnp_format("/proc/sys/%s", name);
	char *tail = path + strlen("/proc/sys/");

	if (tail[strcspn(tail, "./")] == '/')
		return path;
	for (; *tail; tail++)
		*tail = *tail == '.' ? '/' : *tail == '/' ? '.' : *tail;
	return path;
}

static void insert(struct gvnp_facts *facts, const char *name, const struct gvnp_batch *batch,
		   size_t i)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(batch, i);

	switch (gvnp_collect_presence(answer)) {
	case GVNP_ABSENT:
		return;
	case GVNP_UNREADABLE:
		if (gvnp_collect_is_unanswered(answer))
			return gvnp_batch_hole(batch, i, facts, "sysctl", "", name);
		gvnp_batch_hole(batch, i, facts, "sysctl", "value", name);
		gvnp_insert(facts, "sysctl", gvnp_text("name", name), gvnp_unreadable("value"));
		return;
	case GVNP_PRESENT:
		gvnp_insert(facts, "sysctl", gvnp_text("name", name),
			    gvnp_text_slice("value", gvnp_collect_trimmed(answer)));
		return;
	}
}

void gvnp_sysctl_add_names(struct gvnp_batch *batch, const struct gvnp_names *names)
{
	for (size_t i = 0; i < names->n_sysctl; i++) {
		_cleanup_free_ char *path = path_of(names->sysctl[i]);

		gvnp_batch_add(batch, GVNP_READ, "%s", path);
	}
}

static void collect(const struct gvnp_collection *collection)
{
	const struct gvnp_names *names = collection->names;
	_cleanup_batch_ struct gvnp_batch batch = { 0 };

	gvnp_sysctl_add_names(&batch, names);
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < names->n_sysctl; i++)
		insert(collection->facts, names->sysctl[i], &batch, i);
	gvnp_facts_collected(collection->facts, "sysctl");
}

const struct gvnp_collector gvnp_collector_sysctl = {
	.name = "sysctl",
	.about = "running value of each sysctl a check names",
	.paths = (const char *const[]){ "/proc/sys/**", NULL },
	.tables = (const char *const[]){ "sysctl", NULL },
	.privileges =
		(const struct gvnp_privilege[]){
			{ "sysctl", "nothing; files of mode 0600 need uid 0" }, { NULL, NULL } },
	.collect = collect,
};
