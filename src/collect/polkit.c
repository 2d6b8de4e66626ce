/* SPDX-License-Identifier: Apache-2.0 */
/*
 * polkit's rules, as far as they may let somebody manage VMs. Rule files are programs: they are
 * searched for words, outside comments, and nothing more is claimed. Entries of .pkla files are
 * data, and read.
 */
#include <ctype.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"

static const char *const rule_folders[] = {
	"/etc/polkit-1/rules.d",
	"/run/polkit-1/rules.d",
	"/usr/local/share/polkit-1/rules.d",
	"/usr/share/polkit-1/rules.d",
};
static const char *const pkla_folders[] = {
	"/etc/polkit-1/localauthority/10-vendor.d",
	"/etc/polkit-1/localauthority/20-org.d",
	"/etc/polkit-1/localauthority/30-site.d",
	"/etc/polkit-1/localauthority/50-local.d",
	"/etc/polkit-1/localauthority/90-mandatory.d",
	"/var/lib/polkit-1/localauthority/10-vendor.d",
	"/var/lib/polkit-1/localauthority/20-org.d",
	"/var/lib/polkit-1/localauthority/30-site.d",
	"/var/lib/polkit-1/localauthority/50-local.d",
	"/var/lib/polkit-1/localauthority/90-mandatory.d",
};
enum {
	N_RULE_FOLDERS = sizeof rule_folders / sizeof *rule_folders,
	N_PKLA_FOLDERS = sizeof pkla_folders / sizeof *pkla_folders,
};

/* Leaves comments out. A '/' that a backslash stands before belongs to a regular expression. */
static char *without_comments(struct gvnp_slice text)
{
	struct gvnp_buffer code = { 0 };
	char quote = '\0';

	for (size_t i = 0; i < text.size; i++) {
		char c = text.text[i], next = i + 1 < text.size ? text.text[i + 1] : '\0';
		bool is_start = !quote && c == '/' && (!i || text.text[i - 1] != '\\');
		const char *end = NULL;

		if (is_start && next == '/')
			end = memchr(text.text + i, '\n', text.size - i);
		if (is_start && next == '*')
			end = memmem(text.text + i + 2, text.size - i - 2, "*/", 2);
		if (is_start && (next == '/' || next == '*')) {
			i = end ? (size_t)(end - text.text) + (next == '*') : text.size;
			gvnp_buffer_append_text(&code, " ");
			continue;
		}
		if (quote ? c == quote && text.text[i - 1] != '\\' : c == '"' || c == '\'')
			quote = quote ? '\0' : c;
		if (c == '\n')
			quote = '\0';
		gvnp_buffer_append(&code, c ? &c : " ", 1);
	}
	return code.data ? gvnp_buffer_take(&code) : gvnp_duplicate("");
}

/* `.word` of an object, whatever the object is called. */
static bool has_member(const char *code, const char *word)
{
	for (const char *at = code; (at = strstr(at, word)); at++) {
		unsigned char after = (unsigned char)at[strlen(word)];

		if (at > code && at[-1] == '.' && !isalnum(after) && after != '_')
			return true;
	}
	return false;
}

static bool has_any_member(const char *code, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		if (has_member(code, words[i]))
			return true;
	return false;
}

/* libvirt's own policy lets everybody look (org.libvirt.unix.monitor), so that says nothing. */
static bool mentions_libvirt(const char *code)
{
	static const char name[] = "org.libvirt", monitor[] = ".unix.monitor";

	for (const char *at = code; (at = strstr(at, name)); at++) {
		const char *rest = at + strlen(name);
		unsigned char after = '\0';

		if (!strncmp(rest, monitor, strlen(monitor)))
			after = (unsigned char)rest[strlen(monitor)];
		if (!after || isalnum(after) || after == '.' || after == '-')
			return true;
	}
	return false;
}

static void append_groups(const char *code, struct gvnp_buffer *groups)
{
	static const char call[] = "isInGroup";

	for (const char *at = code; (at = strstr(at, call)); at++) {
		const char *text = at + strlen(call);
		size_t size;

		text += strspn(text, " \t\r\n(");
		if (*text != '"' && *text != '\'')
			continue;
		size = strcspn(text + 1, *text == '"' ? "\"\n" : "'\n");
		gvnp_buffer_append_format(groups, "%s%.*s", groups->size ? "," : "",
					  (int)(size > 256 ? 256 : size), text + 1);
	}
}

static void insert_rule(struct gvnp_facts *facts, const char *path,
			const struct gvnp_answer *answer)
{
	/* polkit(8), "The Action type" and "The Subject type" */
	static const char *const of_action[] = { "id", "lookup", NULL };
	static const char *const of_subject[] = {
		"user",	   "groups", "isInGroup",   "isInNetGroup",	 "local", "active",
		"session", "seat",   "system_unit", "no_new_privileges", NULL
	};
	_cleanup_free_ char *code = without_comments(gvnp_collect_bytes(answer));
	_cleanup_buffer_ struct gvnp_buffer groups = { 0 };

	append_groups(code, &groups);
	gvnp_insert(facts, "polkit_rule", gvnp_text("path", path),
		    gvnp_integer("mode", answer->mode), gvnp_integer("uid", answer->uid),
		    gvnp_integer("mentions_libvirt", mentions_libvirt(code)),
		    gvnp_integer("returns_yes", has_member(code, "YES")),
		    gvnp_integer("names_action", has_any_member(code, of_action)),
		    gvnp_integer("names_subject", has_any_member(code, of_subject)),
		    gvnp_text("user_groups", gvnp_buffer_text(&groups)));
}

struct entry {
	struct gvnp_slice identity, action, any, inactive, active;
};

static void insert_entry(struct gvnp_facts *facts, const char *path, const struct entry *entry,
			 bool is_in_force, int64_t *position)
{
	if (!entry->identity.size && !entry->action.size)
		return;
	gvnp_insert(facts, "polkit_grant", gvnp_integer("position", (*position)++),
		    gvnp_text("path", path), gvnp_text_slice("identity", entry->identity),
		    gvnp_text_slice("action", entry->action),
		    gvnp_text_slice("result_any", entry->any),
		    gvnp_text_slice("result_inactive", entry->inactive),
		    gvnp_text_slice("result_active", entry->active),
		    gvnp_integer("is_in_force", is_in_force));
}

/* pklocalauthority(8): a key file */
static void insert_grants(struct gvnp_facts *facts, const char *path, struct gvnp_slice text,
			  bool is_in_force, int64_t *position)
{
	struct gvnp_slice line, key, value;
	struct entry entry = { .identity = { "", 0 } };

	while (gvnp_slice_next(&text, '\n', &line)) {
		line = gvnp_slice_trim(line);
		if (line.size && line.text[0] == '[') {
			insert_entry(facts, path, &entry, is_in_force, position);
			entry = (struct entry){ .identity = { "", 0 } };
		}
		if (!line.size || line.text[0] == '#' || !gvnp_slice_split(line, '=', &key, &value))
			continue;
		key = gvnp_slice_trim(key);
		value = gvnp_slice_trim(value);
		if (gvnp_slice_is(key, "Identity"))
			entry.identity = value;
		else if (gvnp_slice_is(key, "Action"))
			entry.action = value;
		else if (gvnp_slice_is(key, "ResultAny"))
			entry.any = value;
		else if (gvnp_slice_is(key, "ResultInactive"))
			entry.inactive = value;
		else if (gvnp_slice_is(key, "ResultActive"))
			entry.active = value;
	}
	insert_entry(facts, path, &entry, is_in_force, position);
}

static void add_files(struct gvnp_batch *files, const struct gvnp_batch *folders, size_t first,
		      size_t n, const char *suffix)
{
	for (size_t i = first; i < first + n; i++) {
		const struct gvnp_answer *folder = gvnp_batch_answer(folders, i);

		for (size_t k = 0; !folder->error && k < folder->n_entries; k++)
			if (gvnp_text_ends(folder->entries[k].name, suffix))
				gvnp_batch_add(files, GVNP_READ, "%s/%s",
					       gvnp_batch_path(folders, i),
					       folder->entries[k].name);
	}
}

/* Since 0.106 polkit runs rules and brings 50-default.rules; .pkla files are then read only by a
 * helper that a rule file of its own calls. Before, they were all there was. */
static bool reads_pkla(const struct gvnp_batch *folders)
{
	bool runs_rules = false, has_helper = false;

	for (size_t i = 0; i < N_RULE_FOLDERS; i++) {
		const struct gvnp_answer *folder = gvnp_batch_answer(folders, i);

		for (size_t k = 0; !folder->error && k < folder->n_entries; k++) {
			runs_rules |= !strcmp(folder->entries[k].name, "50-default.rules");
			has_helper |= strstr(folder->entries[k].name, "pkla") != NULL;
		}
	}
	return has_helper || !runs_rules;
}

static void note_unlisted(const struct gvnp_batch *folders, struct gvnp_facts *facts)
{
	for (size_t i = 0; i < folders->n; i++) {
		if (gvnp_collect_presence(gvnp_batch_answer(folders, i)) != GVNP_UNREADABLE)
			continue;
		if (i < N_RULE_FOLDERS)
			gvnp_batch_hole(folders, i, facts, "polkit_rule", "", "");
		gvnp_batch_hole(folders, i, facts, "polkit_grant", "", "");
	}
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch folders = { 0 }, files = { 0 };
	struct gvnp_facts *facts = collection->facts;
	int64_t position = 0;
	size_t n_rules;

	for (size_t i = 0; i < N_RULE_FOLDERS; i++)
		gvnp_batch_add(&folders, GVNP_LIST, "%s", rule_folders[i]);
	for (size_t i = 0; i < N_PKLA_FOLDERS; i++)
		gvnp_batch_add(&folders, GVNP_LIST, "%s", pkla_folders[i]);
	gvnp_batch_ask(&folders, collection->source);
	note_unlisted(&folders, facts);
	add_files(&files, &folders, 0, N_RULE_FOLDERS, ".rules");
	n_rules = files.n;
	add_files(&files, &folders, N_RULE_FOLDERS, N_PKLA_FOLDERS, ".pkla");
	if (files.n)
		gvnp_batch_ask(&files, collection->source);
	for (size_t i = 0; i < files.n; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(&files, i);
		const char *path = gvnp_batch_path(&files, i);

		if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
			gvnp_batch_hole(&files, i, facts,
					i < n_rules ? "polkit_rule" : "polkit_grant", "",
					i < n_rules ? path : "");
		else if (!answer->error && i < n_rules)
			insert_rule(facts, path, answer);
		else if (!answer->error)
			insert_grants(facts, path, gvnp_collect_bytes(answer), reads_pkla(&folders),
				      &position);
	}
	gvnp_facts_collected(facts, "polkit_rule");
	gvnp_facts_collected(facts, "polkit_grant");
}

#define PKLA(folder) folder "/localauthority/*.d", folder "/localauthority/*.d/*.pkla"
#define RULES(folder) folder "/polkit-1/rules.d", folder "/polkit-1/rules.d/*.rules"
const struct gvnp_collector gvnp_collector_polkit = {
	.name = "polkit",
	.about = "polkit rules, searched for what they grant over libvirt",
	.paths = (const char *const[]){ RULES("/etc"), RULES("/run"), RULES("/usr/local/share"),
					RULES("/usr/share"), PKLA("/etc/polkit-1"),
					PKLA("/var/lib/polkit-1"), NULL },
	.tables = (const char *const[]){ "polkit_rule", "polkit_grant", NULL },
	.privileges =
		(const struct gvnp_privilege[]){
			{ "polkit_rule",
			  "CAP_DAC_READ_SEARCH: the folders are open to polkit only" },
			{ "polkit_grant", "CAP_DAC_READ_SEARCH, likewise" },
			{ NULL, NULL } },
	.collect = collect,
};
