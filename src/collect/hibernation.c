/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the running kernel offers hibernation. The rule kept here: where lockdown forbids it,
 * /sys/power/state is not read, because the kernel would log the question as an attempt.
 */
#include "collect/collectors.h"

#include "collect/collect.h"

#define LOCKDOWN "/sys/kernel/security/lockdown"
#define STATE "/sys/power/state"

static bool has_word(struct gvnp_slice rest, const char *wanted)
{
	struct gvnp_slice word;

	while (gvnp_slice_word(&rest, &word))
		if (gvnp_slice_is(word, wanted))
			return true;
	return false;
}

static void insert(struct gvnp_facts *facts, const char *state)
{
	gvnp_insert(facts, "hibernation", gvnp_integer("id", 1), gvnp_text("state", state));
	gvnp_facts_collected(facts, "hibernation");
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *lockdown =
		gvnp_source_ask_one(collection->source, GVNP_READ, LOCKDOWN);
	struct gvnp_slice modes = gvnp_collect_bytes(&lockdown->answers[0]);

	if (has_word(modes, "[integrity]") || has_word(modes, "[confidentiality]"))
		return insert(collection->facts, "locked-down");
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *states =
		gvnp_source_ask_one(collection->source, GVNP_READ, STATE);
	const struct gvnp_answer *answer = &states->answers[0];

	/* no file: a kernel without power management */
	if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
		return gvnp_collect_hole(collection->facts, "hibernation", "", "", STATE, answer);
	insert(collection->facts,
	       has_word(gvnp_collect_bytes(answer), "disk") ? "offered" : "not-offered");
}

const struct gvnp_collector gvnp_collector_hibernation = {
	.name = "hibernation",
	.about = "whether the kernel offers hibernation",
	.paths = (const char *const[]){ LOCKDOWN, STATE, NULL },
	.tables = (const char *const[]){ "hibernation", NULL },
	.privileges =
		(const struct gvnp_privilege[]){ { "hibernation", "nothing" }, { NULL, NULL } },
	.collect = collect,
};
