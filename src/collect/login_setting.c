/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings of the login: login.defs, the configuration of PAM modules, and the idle time of shells.
 * Every assignment is kept in the order of reading; the last one counts. Of a shell file only
 * assignments of TMOUT are looked at, also those a condition stands before.
 */
#include "collect/collect.h"
#include "collect/collectors.h"
#include "collect/dropin.h"
#include "collect/login.h"

static void insert(struct gvnp_facts *facts, const char *source, const char *file, int64_t line,
		   struct gvnp_slice key, struct gvnp_slice value)
{
	gvnp_insert(facts, "login_setting", gvnp_text("source", source),
		    gvnp_text_slice("key", key), gvnp_text_slice("value", value),
		    gvnp_text("file", file), gvnp_integer("line", line));
}

/* "readonly TMOUT=900; export TMOUT" */
static void decode_shell(struct gvnp_facts *facts, const char *file, int64_t number,
			 struct gvnp_slice line)
{
	static const char name[] = "TMOUT=";
	struct gvnp_slice statement, word;

	while (gvnp_slice_next(&line, ';', &statement)) {
		bool is_unset = false;

		while (gvnp_slice_word(&statement, &word)) {
			if (gvnp_slice_starts(word, name))
				insert(facts, "shell", file, number, gvnp_slice("TMOUT"),
				       (struct gvnp_slice){ word.text + strlen(name),
							    word.size - strlen(name) });
			else if (is_unset && gvnp_slice_is(word, "TMOUT"))
				insert(facts, "shell", file, number, word, gvnp_slice(""));
			is_unset = gvnp_slice_is(word, "unset");
		}
	}
}

void gvnp_login_setting_decode(struct gvnp_facts *facts, const char *source, const char *file,
			       struct gvnp_slice bytes)
{
	bool is_shell = !strcmp(source, "shell");
	struct gvnp_slice line, key;
	int64_t number = 0;

	while (gvnp_slice_next(&bytes, '\n', &line)) {
		const char *comment = line.size ? memchr(line.text, '#', line.size) : NULL;

		number++;
		if (comment)
			line.size = (size_t)(comment - line.text);
		line = gvnp_slice_trim(line);
		if (is_shell) {
			decode_shell(facts, file, number, line);
			continue;
		}
		size_t end = 0;
		while (end < line.size && !strchr(" \t=", line.text[end]))
			end++;
		key = (struct gvnp_slice){ line.text, end };
		while (end < line.size && strchr(" \t=", line.text[end]))
			end++;
		if (key.size)
			insert(facts, source, file, number, key,
			       (struct gvnp_slice){ line.text + end, line.size - end });
	}
}

static void decode_answer(struct gvnp_facts *facts, const char *source,
			  const struct gvnp_batch *batch, size_t i)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(batch, i);

	if (answer->error && !gvnp_collect_is_absent(answer))
		gvnp_batch_hole(batch, i, facts, "login_setting", "", "");
	else if (!answer->error)
		gvnp_login_setting_decode(facts, source, gvnp_batch_path(batch, i),
					  gvnp_collect_bytes(answer));
}

static void read_folder(const struct gvnp_collection *collection, const char *source,
			const char *folder)
{
	const char *const folders[] = { folder, NULL };
	_cleanup_(gvnp_dropins_done) struct gvnp_dropins dropins = { 0 };

	gvnp_dropins_read(&dropins, collection->source, folders, collection->facts,
			  "login_setting");
	for (size_t i = 0; i < dropins.files.n; i++)
		decode_answer(collection->facts, source, &dropins.files, i);
}

/* /etc/profile reads them in the order of their names. */
static void read_profiles(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_LIST, "/etc/profile.d");
	const struct gvnp_answer *answer = &answers->answers[0];

	if (answer->error && !gvnp_collect_is_absent(answer))
		gvnp_collect_hole(collection->facts, "login_setting", "", "", "/etc/profile.d",
				  answer);
	for (size_t i = 0; i < answer->n_entries; i++)
		if (gvnp_text_ends(answer->entries[i].name, ".sh"))
			gvnp_batch_add(&batch, GVNP_READ, "/etc/profile.d/%s",
				       answer->entries[i].name);
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < batch.n; i++)
		decode_answer(collection->facts, "shell", &batch, i);
}

static void collect(const struct gvnp_collection *collection)
{
	static const struct {
		const char *source, *path;
	} files[] = {
		{ "login.defs", "/usr/etc/login.defs" },
		{ "login.defs", "/etc/login.defs" },
		{ "pwquality", "/etc/security/pwquality.conf" },
		{ "faillock", "/etc/security/faillock.conf" },
		{ "pwhistory", "/etc/security/pwhistory.conf" },
		{ "shell", "/etc/profile" },
		{ "shell", "/etc/bash.bashrc" },
		{ "shell", "/etc/bashrc" },
	};
	_cleanup_batch_ struct gvnp_batch batch = { 0 };

	/* libpwquality reads the folder first, so that the file has the last word */
	read_folder(collection, "pwquality", "/etc/security/pwquality.conf.d");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		gvnp_batch_add(&batch, GVNP_READ, "%s", files[i].path);
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		decode_answer(collection->facts, files[i].source, &batch, i);
	read_profiles(collection);
	gvnp_facts_collected(collection->facts, "login_setting");
}

const struct gvnp_collector gvnp_collector_login_setting = {
	.name = "login_setting",
	.about = "settings of passwords, failed logins and idle shells",
	.paths =
		(const char *const[]){
			"/etc/login.defs", "/usr/etc/login.defs", "/etc/security/pwquality.conf",
			"/etc/security/pwquality.conf.d", "/etc/security/pwquality.conf.d/*",
			"/etc/security/faillock.conf", "/etc/security/pwhistory.conf",
			"/etc/profile", "/etc/bash.bashrc", "/etc/bashrc", "/etc/profile.d",
			"/etc/profile.d/*", NULL },
	.tables = (const char *const[]){ "login_setting", NULL },
	.privileges =
		(const struct gvnp_privilege[]){ { "login_setting", "nothing" }, { NULL, NULL } },
	.collect = collect,
};
