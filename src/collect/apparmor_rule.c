/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy that every VM's AppArmor profile is made of: libvirt's abstraction, what the host adds
 * to it, the template, and the profile each VM got from it. Read as text; what a variable or a
 * pattern stands for is not worked out. The .files beside a profile are written by virt-aa-helper
 * at every start and not read.
 */
#include "collect/apparmor_rule.h"

#include "collect/collect.h"
#include "collect/collectors.h"

static const char table[] = "apparmor_rule";

#define POLICY "/etc/apparmor.d"
#define PROFILES POLICY "/libvirt"

static void cut(struct gvnp_slice *text, size_t size)
{
	text->text += size;
	text->size -= size;
}

/* The text before a comment: "#" at its start or behind a blank. "#include" is none. */
static struct gvnp_slice without_comment(struct gvnp_slice line)
{
	line = gvnp_slice_trim(line);
	for (size_t i = 0; i < line.size; i++)
		if (line.text[i] == '#' && (i ? line.text[i - 1] == ' ' || line.text[i - 1] == '\t'
					      : !gvnp_slice_starts(line, "#include"))) {
			line.size = i;
			break;
		}
	return gvnp_slice_trim(line);
}

static bool take_word(struct gvnp_slice *rest, const char *word)
{
	struct gvnp_slice copy = *rest, first;

	if (!gvnp_slice_word(&copy, &first) || !gvnp_slice_is(first, word))
		return false;
	*rest = gvnp_slice_trim(copy);
	return true;
}

static bool is_path_start(char byte)
{
	return byte == '/' || byte == '@' || byte == '{' || byte == '"';
}

/* A path, quoted when it has blanks. */
static struct gvnp_slice take_path(struct gvnp_slice *rest)
{
	struct gvnp_slice path = { "", 0 };

	if (!gvnp_slice_starts(*rest, "\"")) {
		gvnp_slice_word(rest, &path);
		return path;
	}
	cut(rest, 1);
	const char *end = memchr(rest->text, '"', rest->size);
	path = (struct gvnp_slice){ rest->text, end ? (size_t)(end - rest->text) : rest->size };
	cut(rest, path.size + (end ? 1 : 0));
	return path;
}

static bool is_permissions(struct gvnp_slice word)
{
	for (size_t i = 0; i < word.size; i++)
		if (!strchr("rwaxkmlipucPUC", word.text[i]))
			return false;
	return word.size != 0;
}

/* "PATH PERMISSIONS", "PERMISSIONS PATH", either after "file". */
static bool parse_file(struct gvnp_slice rest, struct gvnp_apparmor_rule *rule)
{
	struct gvnp_slice word, behind = rest;

	if (take_word(&rest, "file") && !rest.size) {
		/* "file," alone allows everything */
		rule->path = gvnp_slice("/**");
		rule->permissions = gvnp_slice("rwklmx");
		return true;
	}
	behind = rest;
	if (rest.size && is_path_start(rest.text[0])) {
		rule->path = take_path(&rest);
		if (gvnp_slice_word(&rest, &word))
			rule->permissions = word;
		return true;
	}
	if (!gvnp_slice_word(&behind, &word) || !is_permissions(word))
		return false;
	behind = gvnp_slice_trim(behind);
	if (!behind.size || !is_path_start(behind.text[0]))
		return false;
	rule->permissions = word;
	rule->path = take_path(&behind);
	return true;
}

static void parse_rule(struct gvnp_slice rest, struct gvnp_apparmor_rule *rule)
{
	static const char *const kinds[] = {
		"capability", "network", "mount", "remount", "umount",	       "pivot_root",
		"ptrace",     "signal",	 "dbus",  "unix",    "change_profile", "userns",
		"io_uring",   "rlimit",	 "set",	  "all"
	};
	static const char *const prefixes[] = { "audit", "allow", "owner", "quiet", "other" };
	bool has_prefix = true;

	while (has_prefix) {
		has_prefix = take_word(&rest, "deny");
		rule->is_denied |= has_prefix;
		for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
			has_prefix |= take_word(&rest, prefixes[i]);
	}
	rule->kind = "file";
	if (parse_file(rest, rule))
		return;
	rule->kind = "other";
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (take_word(&rest, kinds[i])) {
			rule->kind = kinds[i];
			break;
		}
	rule->detail = rest;
}

/* "profile NAME flags=(complain) {" */
static void parse_head(struct gvnp_slice head, struct gvnp_apparmor_rule *rule)
{
	static const char flags[] = "flags=(";
	const char *at = memmem(head.text, head.size, flags, sizeof flags - 1);

	rule->kind = "profile";
	if (!at)
		return;
	cut(&head, (size_t)(at - head.text) + sizeof flags - 1);
	gvnp_slice_split(head, ')', &rule->detail, &head);
}

static bool is_include(struct gvnp_slice line)
{
	return gvnp_slice_starts(line, "#include") || gvnp_slice_starts(line, "include");
}

static bool ends_with(struct gvnp_slice text, char byte)
{
	return text.size && text.text[text.size - 1] == byte;
}

bool gvnp_apparmor_rule_next(struct gvnp_apparmor_text *text, struct gvnp_apparmor_rule *ret)
{
	struct gvnp_slice line;

	while (gvnp_slice_next(&text->rest, '\n', &line)) {
		struct gvnp_apparmor_rule rule = { .line = ++text->line,
						   .path = { "", 0 },
						   .permissions = { "", 0 },
						   .detail = { "", 0 } };

		line = without_comment(line);
		if (!line.size || gvnp_slice_is(line, "}"))
			continue;
		if (is_include(line)) {
			rule.kind = "include";
			gvnp_slice_word(&line, &rule.detail);
			rule.detail = gvnp_slice_trim(line); /* what follows the word */
		} else if (ends_with(line, '{')) {
			parse_head(line, &rule);
		} else {
			/* A rule over several lines is rare, and each of its lines is kept. */
			if (ends_with(line, ','))
				line.size--;
			parse_rule(gvnp_slice_trim(line), &rule);
		}
		*ret = rule;
		return true;
	}
	return false;
}

static void decode(struct gvnp_facts *facts, const char *file, struct gvnp_slice bytes,
		   int64_t *position)
{
	struct gvnp_apparmor_text text = { .rest = bytes };
	struct gvnp_apparmor_rule rule;

	while (gvnp_apparmor_rule_next(&text, &rule))
		gvnp_insert(facts, table, gvnp_integer("position", (*position)++),
			    gvnp_text("file", file), gvnp_integer("line", rule.line),
			    gvnp_text("kind", rule.kind), gvnp_integer("is_denied", rule.is_denied),
			    gvnp_text_slice("path", rule.path),
			    gvnp_text_slice("permissions", rule.permissions),
			    gvnp_text_slice("detail", rule.detail));
}

/* 1, 0, or -1 when nobody knows. */
static int is_enabled(struct gvnp_facts *facts)
{
	sqlite3_stmt *statement =
		gvnp_facts_statement(facts, "SELECT apparmor = 'enabled' FROM security");
	bool is_known = sqlite3_step(statement) == SQLITE_ROW &&
			sqlite3_column_type(statement, 0) != SQLITE_NULL;
	int enabled = is_known ? sqlite3_column_int(statement, 0) : -1;

	sqlite3_reset(statement);
	return enabled;
}

static void list_files(struct gvnp_batch *files, const struct gvnp_batch *folders)
{
	static const char *const fixed[] = { POLICY "/abstractions/libvirt-qemu",
					     POLICY "/local/abstractions/libvirt-qemu",
					     PROFILES "/TEMPLATE.qemu" };

	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		gvnp_batch_add(files, GVNP_READ, "%s", fixed[i]);
	for (size_t i = 0; i < folders->n; i++) {
		const struct gvnp_answer *folder = gvnp_batch_answer(folders, i);

		for (size_t k = 0; k < folder->n_entries; k++) {
			const char *name = folder->entries[k].name;
			/* of the profiles' folder only those of VMs, without what is generated */
			bool is_profile = gvnp_text_starts(name, "libvirt-") &&
					  !gvnp_text_ends(name, ".files");

			if (i || is_profile)
				gvnp_batch_add(files, GVNP_READ, "%s/%s",
					       gvnp_batch_path(folders, i), name);
		}
	}
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch folders = { 0 }, files = { 0 };
	int enabled = is_enabled(collection->facts);
	int64_t position = 0;

	if (enabled < 0)
		return gvnp_facts_hole(collection->facts, table, "", "",
				       "whether AppArmor is enabled is not known");
	if (enabled) {
		gvnp_batch_add(&folders, GVNP_LIST, PROFILES);
		gvnp_batch_add(&folders, GVNP_LIST, POLICY "/abstractions/libvirt-qemu.d");
		gvnp_batch_ask(&folders, collection->source);
		list_files(&files, &folders);
		gvnp_batch_ask(&files, collection->source);
	}
	for (size_t i = 0; i < folders.n; i++)
		if (gvnp_collect_presence(gvnp_batch_answer(&folders, i)) == GVNP_UNREADABLE)
			gvnp_batch_hole(&folders, i, collection->facts, table, "", "");
	for (size_t i = 0; i < files.n; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(&files, i);

		if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
			gvnp_batch_hole(&files, i, collection->facts, table, "", "");
		decode(collection->facts, gvnp_batch_path(&files, i), gvnp_collect_bytes(answer),
		       &position);
	}
	gvnp_facts_collected(collection->facts, table);
}

static const char *const paths[] = {
	PROFILES,
	PROFILES "/*",
	POLICY "/abstractions/libvirt-qemu",
	POLICY "/abstractions/libvirt-qemu.d",
	POLICY "/abstractions/libvirt-qemu.d/*",
	POLICY "/local/abstractions/libvirt-qemu",
	NULL,
};

const struct gvnp_collector gvnp_collector_apparmor_rule = {
	.name = "apparmor_rule",
	.about = "AppArmor rules that the profiles of VMs are made of",
	.paths = paths,
	.tables = (const char *const[]){ table, NULL },
	.privileges = (const struct gvnp_privilege[]){ { table, "CAP_DAC_READ_SEARCH for the "
								"profiles of VMs" },
						       { NULL, NULL } },
	.collect = collect,
};
