/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may become root by sudo, by the files of this host; rules of a directory service are not
 * here. What is not understood leaves a hole of the table.
 */
#include "collect/sudo.h"

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"

enum { MOST_FILES = 128, DEEPEST = 16 };

struct reading {
	struct gvnp_source *source;
	unsigned files, depth;
};

static void read_file(struct reading *reading, struct gvnp_sudo *sudo, const char *path)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers = NULL;
	const struct gvnp_answer *answer;

	if (reading->files == MOST_FILES || reading->depth == DEEPEST) {
		gvnp_sudo_note(sudo, "%s: included too deep or too often", path);
		return;
	}
	answers = gvnp_source_ask_one(reading->source, GVNP_READ, "%s", path);
	answer = &answers->answers[0];
	if (answer->error) {
		if (!gvnp_collect_is_absent(answer))
			gvnp_sudo_note(sudo, "%s: %s", path, gvnp_source_error_name(answer->error));
		return;
	}
	reading->files++;
	reading->depth++;
	gvnp_sudo_parse(sudo, path, gvnp_collect_bytes(answer));
	reading->depth--;
}

static void include(void *context, struct gvnp_sudo *sudo, const char *path, bool is_folder)
{
	struct reading *reading = context;
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers = NULL;
	const struct gvnp_answer *answer;

	if (!is_folder) {
		read_file(reading, sudo, path);
		return;
	}
	answers = gvnp_source_ask_one(reading->source, GVNP_LIST, "%s", path);
	answer = &answers->answers[0];
	if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
		gvnp_sudo_note(sudo, "%s: %s", path, gvnp_source_error_name(answer->error));
	for (size_t i = 0; !answer->error && i < answer->n_entries; i++) {
		const char *name = answer->entries[i].name;
		_cleanup_free_ char *file = gvnp_format("%s/%s", path, name);

		/* sudo leaves out what editors and package managers leave behind */
		if (!strchr(name, '.') && !gvnp_text_ends(name, "~") &&
		    answer->entries[i].type != GVNP_TYPE_DIRECTORY)
			read_file(reading, sudo, file);
	}
}

static void collect(const struct gvnp_collection *collection)
{
	struct gvnp_facts *facts = collection->facts;
	struct reading reading = { .source = collection->source };
	_cleanup_(gvnp_sudo_done) struct gvnp_sudo sudo = { .include = include,
							    .context = &reading };

	read_file(&reading, &sudo, "/etc/sudoers");
	if (!reading.files && !sudo.problem)
		read_file(&reading, &sudo, "/usr/etc/sudoers");
	for (size_t i = 0; i < sudo.n; i++) {
		const struct gvnp_sudo_grant *grant = &sudo.grants[i];

		gvnp_insert(
			facts, "sudo_grant", gvnp_integer("position", (int64_t)i),
			gvnp_text("user", grant->user), gvnp_text("commands", grant->commands),
			gvnp_integer("is_everything", grant->is_everything),
			gvnp_integer("needs_password", grant->needs_password && !sudo.never_asks),
			gvnp_text("file", grant->file), gvnp_integer("line", grant->line));
	}
	if (sudo.problem)
		gvnp_facts_hole(facts, "sudo_grant", "", "", "%s", sudo.problem);
	gvnp_facts_collected(facts, "sudo_grant");
}

const struct gvnp_collector gvnp_collector_sudo = {
	.name = "sudo",
	.about = "who may run what by sudo",
	.paths = (const char *const[]){ "/etc/sudoers", "/usr/etc/sudoers", "/etc/sudoers.d",
					"/etc/sudoers.d/*", "/usr/etc/sudoers.d",
					"/usr/etc/sudoers.d/*", NULL },
	.tables = (const char *const[]){ "sudo_grant", NULL },
	.privileges =
		(const struct gvnp_privilege[]){
			{ "sudo_grant", "CAP_DAC_READ_SEARCH: sudoers is readable by root only" },
			{ NULL, NULL } },
	.collect = collect,
};
