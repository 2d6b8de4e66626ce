/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loaded AppArmor profiles. The list of them is for uid 0 (or group 0) alone, whatever its mode
 * says; the tree of the policy shows the same to everybody, so that is the second way.
 */
#include "collect/collectors.h"

#include "base/memory.h"
#include "collect/collect.h"

#define APPARMORFS "/sys/kernel/security/apparmor"

enum { MOST_LEVELS = 4 }; /* profile, child, and some to spare */

/* "name (mode)"; names hold blanks and parentheses. */
static bool decode_line(struct gvnp_slice line, struct gvnp_slice *ret_name,
			struct gvnp_slice *ret_mode)
{
	size_t at = line.size;

	if (!line.size || line.text[line.size - 1] != ')')
		return false;
	while (at && line.text[at - 1] != '(')
		at--;
	if (at < 3 || line.text[at - 2] != ' ')
		return false;
	*ret_name = (struct gvnp_slice){ line.text, at - 2 };
	*ret_mode = (struct gvnp_slice){ line.text + at, line.size - at - 1 };
	return true;
}

static void insert(struct gvnp_facts *facts, struct gvnp_slice name, struct gvnp_slice mode)
{
	gvnp_insert(facts, "apparmor_profile", gvnp_text_slice("name", name),
		    gvnp_text_slice("mode", mode));
}

static void decode_list(struct gvnp_facts *facts, struct gvnp_slice rest)
{
	struct gvnp_slice line, name, mode;

	while (gvnp_slice_next(&rest, '\n', &line))
		if (decode_line(line, &name, &mode))
			insert(facts, name, mode);
		else
			gvnp_facts_hole(facts, "apparmor_profile", "", "",
					APPARMORFS "/profiles: unexpected line");
	gvnp_facts_collected(facts, "apparmor_profile");
}

/* Profiles of one level of the tree: where their folders are, and the name of their parent. */
struct level {
	char **folders, **parents;
	size_t n;
};

static void level_done(struct level *level)
{
	for (size_t i = 0; i < level->n; i++) {
		free(level->folders[i]);
		free(level->parents[i]);
	}
	free(level->folders);
	free(level->parents);
	*level = (struct level){ 0 };
}

static void add(struct level *level, char *folder, char *parent)
{
	level->folders = gvnp_grow(level->folders, level->n);
	level->parents = gvnp_grow(level->parents, level->n);
	level->folders[level->n] = folder;
	level->parents[level->n++] = parent;
}

/* Inserts the profiles of a level and finds their children. False when something was refused. */
static bool read_level(const struct gvnp_collection *collection, const struct level *level,
		       struct level *children)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	bool is_complete = true;

	for (size_t i = 0; i < level->n; i++) {
		gvnp_batch_add(&batch, GVNP_READ, "%s/name", level->folders[i]);
		gvnp_batch_add(&batch, GVNP_READ, "%s/mode", level->folders[i]);
		gvnp_batch_add(&batch, GVNP_LIST, "%s/profiles", level->folders[i]);
	}
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < batch.n; i++) {
		bool is_list = i % 3 == 2;

		if (gvnp_collect_is_present(gvnp_batch_answer(&batch, i)) ||
		    (is_list && gvnp_collect_is_absent(gvnp_batch_answer(&batch, i))))
			continue;
		gvnp_batch_hole(&batch, i, collection->facts, "apparmor_profile", "", "");
		is_complete = false;
	}
	for (size_t i = 0; is_complete && i < level->n; i++) {
		struct gvnp_slice own = gvnp_collect_trimmed(gvnp_batch_answer(&batch, 3 * i));
		const struct gvnp_answer *list = gvnp_batch_answer(&batch, 3 * i + 2);
		_cleanup_free_ char *name =
			gvnp_format("%s%s%.*s", level->parents[i], level->parents[i][0] ? "//" : "",
				    (int)own.size, own.text);

		insert(collection->facts, gvnp_slice(name),
		       gvnp_collect_trimmed(gvnp_batch_answer(&batch, 3 * i + 1)));
		for (size_t k = 0; k < list->n_entries; k++)
			add(children,
			    gvnp_format("%s/profiles/%s", level->folders[i], list->entries[k].name),
			    gvnp_duplicate(name));
	}
	return is_complete;
}

static void walk_tree(const struct gvnp_collection *collection, const struct gvnp_answer *roots)
{
	struct level level = { 0 };

	for (size_t i = 0; i < roots->n_entries; i++)
		add(&level, gvnp_format(APPARMORFS "/policy/profiles/%s", roots->entries[i].name),
		    gvnp_duplicate(""));
	for (int depth = 0; level.n && depth < MOST_LEVELS; depth++) {
		struct level children = { 0 };
		bool is_complete = read_level(collection, &level, &children);

		level_done(&level);
		level = children;
		if (!is_complete) {
			level_done(&level);
			return;
		}
	}
	if (level.n)
		gvnp_facts_hole(collection->facts, "apparmor_profile", "", "",
				APPARMORFS "/policy: nested deeper than expected");
	else
		gvnp_facts_collected(collection->facts, "apparmor_profile");
	level_done(&level);
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	size_t enabled =
		gvnp_batch_add(&batch, GVNP_READ, "/sys/module/apparmor/parameters/enabled");
	size_t list = gvnp_batch_add(&batch, GVNP_READ, APPARMORFS "/profiles");

	gvnp_batch_ask(&batch, collection->source);
	const struct gvnp_answer *answer = gvnp_batch_answer(&batch, enabled);
	if (gvnp_collect_is_absent(answer) || gvnp_slice_is(gvnp_collect_trimmed(answer), "N"))
		return gvnp_facts_collected(collection->facts, "apparmor_profile");
	answer = gvnp_batch_answer(&batch, list);
	if (gvnp_collect_is_present(answer))
		return decode_list(collection->facts, gvnp_collect_bytes(answer));
	if (gvnp_collect_is_absent(answer))
		return gvnp_batch_hole(&batch, list, collection->facts, "apparmor_profile", "", "");

	_cleanup_(gvnp_answers_freep) struct gvnp_answers *roots =
		gvnp_source_ask_one(collection->source, GVNP_LIST, APPARMORFS "/policy/profiles");
	if (roots->answers[0].error)
		gvnp_batch_hole(&batch, list, collection->facts, "apparmor_profile", "", "");
	else
		walk_tree(collection, &roots->answers[0]);
}

const struct gvnp_collector gvnp_collector_apparmor = {
	.name = "apparmor",
	.about = "loaded AppArmor profiles and their modes",
	.paths = (const char *const[]){ "/sys/module/apparmor/parameters/enabled",
					APPARMORFS "/profiles", APPARMORFS "/policy/**", NULL },
	.tables = (const char *const[]){ "apparmor_profile", NULL },
	.privileges =
		(const struct gvnp_privilege[]){
			{ "apparmor_profile", "uid 0, or a kernel that shows the policy tree" },
			{ NULL, NULL } },
	.collect = collect,
};
