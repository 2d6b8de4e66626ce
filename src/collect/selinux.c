/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of the loaded SELinux policy an administrator can switch, and what sVirt rests on: selinuxfs
 * (security/selinux/selinuxfs.c of the kernel). Whether SELinux is there at all is the security
 * collector's word: without it these tables are empty, and unknown when that is unknown.
 */
#include "collect/collect.h"
#include "collect/collectors.h"

#define FOLDER "/sys/fs/selinux"
#define BOOLEANS FOLDER "/booleans"

static const char *const tables[] = { "selinux", "selinux_boolean", NULL };

/* 1, 0, or -1 when nobody knows. */
static int is_active(struct gvnp_facts *facts)
{
	sqlite3_stmt *statement =
		gvnp_facts_statement(facts, "SELECT selinux <> 'absent' FROM security");
	int is_known = sqlite3_step(statement) == SQLITE_ROW &&
		       sqlite3_column_type(statement, 0) != SQLITE_NULL;
	int active = is_known ? sqlite3_column_int(statement, 0) : -1;

	sqlite3_reset(statement);
	return active;
}

/* The booleans about virtual machines, and the one about ptrace: a policy has hundreds. */
static bool is_wanted(const char *name)
{
	return gvnp_text_starts(name, "virt_") || !strcmp(name, "deny_ptrace");
}

/* "1 0": its value now, and the one that waits to be committed. */
static void insert_boolean(struct gvnp_facts *facts, const char *name,
			   const struct gvnp_batch *batch, size_t index)
{
	struct gvnp_slice text = gvnp_collect_bytes(gvnp_batch_answer(batch, index)), word;
	uint64_t value = 0;
	bool is_known = gvnp_slice_word(&text, &word) && gvnp_slice_unsigned(word, 10, &value) &&
			value <= 1;

	gvnp_insert(facts, "selinux_boolean", gvnp_text("name", name),
		    gvnp_maybe("is_on", is_known, (int64_t)value));
	if (!is_known)
		gvnp_batch_hole(batch, index, facts, "selinux_boolean", "is_on", name);
}

static void collect_booleans(const struct gvnp_collection *collection)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_LIST, BOOLEANS);
	const struct gvnp_answer *folder = &answers->answers[0];
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	size_t next = 0;

	if (folder->error)
		return gvnp_collect_hole(collection->facts, "selinux_boolean", "", "", BOOLEANS,
					 folder);
	for (size_t i = 0; i < folder->n_entries; i++)
		if (is_wanted(folder->entries[i].name))
			gvnp_batch_add(&batch, GVNP_READ, BOOLEANS "/%s", folder->entries[i].name);
	if (batch.n)
		gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < folder->n_entries; i++)
		if (is_wanted(folder->entries[i].name))
			insert_boolean(collection->facts, folder->entries[i].name, &batch, next++);
	gvnp_facts_collected(collection->facts, "selinux_boolean");
}

static struct gvnp_cell flag(const char *column, const struct gvnp_answer *answer)
{
	int64_t value = 0;
	bool is_known = gvnp_collect_integer(answer, &value);

	return gvnp_maybe(column, is_known, value != 0);
}

static void collect_state(const struct gvnp_collection *collection)
{
	static const struct {
		const char *file, *column;
	} files[] = { { "mls", "has_categories" }, { "checkreqprot", "trusts_requested" } };
	_cleanup_batch_ struct gvnp_batch batch = { 0 };

	for (size_t i = 0; i < 2; i++)
		gvnp_batch_add(&batch, GVNP_READ, FOLDER "/%s", files[i].file);
	gvnp_batch_ask(&batch, collection->source);
	gvnp_insert(collection->facts, "selinux", gvnp_integer("id", 1),
		    flag(files[0].column, gvnp_batch_answer(&batch, 0)),
		    flag(files[1].column, gvnp_batch_answer(&batch, 1)));
	for (size_t i = 0; i < 2; i++)
		if (gvnp_batch_answer(&batch, i)->error)
			gvnp_batch_hole(&batch, i, collection->facts, "selinux", files[i].column,
					"");
	gvnp_facts_collected(collection->facts, "selinux");
}

static void collect(const struct gvnp_collection *collection)
{
	int active = is_active(collection->facts);

	for (size_t i = 0; tables[i] && active < 0; i++)
		gvnp_facts_hole(collection->facts, tables[i], "", "",
				"whether SELinux is active is not known");
	for (size_t i = 0; tables[i] && !active; i++)
		gvnp_facts_collected(collection->facts, tables[i]);
	if (active <= 0)
		return;
	collect_state(collection);
	collect_booleans(collection);
}

static const char *const paths[] = { FOLDER "/mls", FOLDER "/checkreqprot", BOOLEANS, BOOLEANS "/*",
				     NULL };

const struct gvnp_collector gvnp_collector_selinux = {
	.name = "selinux",
	.about = "booleans of the SELinux policy that are about VMs, and what sVirt rests on",
	.paths = paths,
	.tables = tables,
	.privileges = (const struct gvnp_privilege[]){ { "selinux", "nothing" },
						       { "selinux_boolean", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
