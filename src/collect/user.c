/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who has an account on this host, and in which groups. Accounts of a directory service are not
 * local and not here.
 */
#include "collect/user.h"

#include <stdlib.h>

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"

struct account {
	struct gvnp_slice name;
	uint64_t uid, gid;
	struct gvnp_slice home, shell;
};

struct group {
	struct gvnp_slice name;
	uint64_t gid;
	struct gvnp_slice members;
	bool is_repeated; /* a group of that name came before */
};

struct database {
	struct account *accounts; /* names are distinct */
	size_t n_accounts;
	struct group *groups;
	size_t n_groups;
};

static bool same(struct gvnp_slice a, struct gvnp_slice b)
{
	return a.size == b.size && !memcmp(a.text, b.text, a.size);
}

/* Splits at ':'. True if there are exactly n fields. */
static bool split_fields(struct gvnp_slice line, struct gvnp_slice *fields, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		if (!gvnp_slice_split(line, ':', &fields[i], &line))
			return false;
	fields[n - 1] = line;
	return !line.size || !memchr(line.text, ':', line.size);
}

/* '+' and '-' entries of the compat mode name no account of this host. */
static bool is_name(struct gvnp_slice name)
{
	return name.size && name.text[0] != '+' && name.text[0] != '-' && name.text[0] != '#';
}

static bool has_account(const struct database *database, struct gvnp_slice name)
{
	for (size_t i = 0; i < database->n_accounts; i++)
		if (same(database->accounts[i].name, name))
			return true;
	return false;
}

/* name:password:uid:gid:gecos:home:shell */
static void read_accounts(struct gvnp_slice bytes, struct database *database)
{
	struct gvnp_slice line, fields[7];

	while (gvnp_slice_next(&bytes, '\n', &line)) {
		struct account account = { .name = line };

		if (!split_fields(line, fields, 7) || !is_name(fields[0]) ||
		    !gvnp_slice_unsigned(fields[2], 10, &account.uid) ||
		    !gvnp_slice_unsigned(fields[3], 10, &account.gid) || account.uid > UINT32_MAX ||
		    account.gid > UINT32_MAX || has_account(database, fields[0]))
			continue;
		account.name = fields[0];
		account.home = fields[5];
		account.shell = fields[6];
		database->accounts = gvnp_grow(database->accounts, database->n_accounts);
		database->accounts[database->n_accounts++] = account;
	}
}

/* name:password:gid:member,member */
static void read_groups(struct gvnp_slice bytes, struct database *database)
{
	struct gvnp_slice line, fields[4];

	while (gvnp_slice_next(&bytes, '\n', &line)) {
		struct group group = { .name = line };

		if (!split_fields(line, fields, 4) || !is_name(fields[0]) ||
		    !gvnp_slice_unsigned(fields[2], 10, &group.gid) || group.gid > UINT32_MAX)
			continue;
		group.name = fields[0];
		group.members = fields[3];
		for (size_t i = 0; i < database->n_groups && !group.is_repeated; i++)
			group.is_repeated = same(database->groups[i].name, group.name);
		database->groups = gvnp_grow(database->groups, database->n_groups);
		database->groups[database->n_groups++] = group;
	}
}

static bool is_listed(struct gvnp_slice members, struct gvnp_slice name)
{
	struct gvnp_slice member;

	while (gvnp_slice_next(&members, ',', &member))
		if (same(gvnp_slice_trim(member), name))
			return true;
	return false;
}

static void insert_member(struct gvnp_facts *facts, const struct group *group,
			  struct gvnp_slice user)
{
	gvnp_insert(facts, "user_group_member", gvnp_text_slice("user_group", group->name),
		    gvnp_text_slice("user", user));
}

static void insert_members(struct gvnp_facts *facts, const struct database *database,
			   const struct group *group)
{
	struct gvnp_slice rest = group->members, member, earlier;

	while (gvnp_slice_next(&rest, ',', &member)) {
		earlier = (struct gvnp_slice){ group->members.text,
					       (size_t)(member.text - group->members.text) };
		member = gvnp_slice_trim(member);
		if (member.size && !is_listed(earlier, member))
			insert_member(facts, group, member);
	}
	for (size_t i = 0; i < database->n_accounts; i++) {
		const struct account *account = &database->accounts[i];

		if (account->gid == group->gid && !is_listed(group->members, account->name))
			insert_member(facts, group, account->name);
	}
}

void gvnp_user_decode(struct gvnp_facts *facts, struct gvnp_slice passwd, struct gvnp_slice group)
{
	struct database database = { 0 };

	read_accounts(passwd, &database);
	read_groups(group, &database);
	for (size_t i = 0; i < database.n_accounts; i++) {
		const struct account *account = &database.accounts[i];

		gvnp_insert(facts, "user", gvnp_text_slice("name", account->name),
			    gvnp_integer("uid", (int64_t)account->uid),
			    gvnp_integer("gid", (int64_t)account->gid),
			    gvnp_text_slice("home", account->home),
			    gvnp_text_slice("shell", account->shell));
	}
	for (size_t i = 0; i < database.n_groups; i++) {
		if (database.groups[i].is_repeated)
			continue;
		gvnp_insert(facts, "user_group", gvnp_text_slice("name", database.groups[i].name),
			    gvnp_integer("gid", (int64_t)database.groups[i].gid));
		insert_members(facts, &database, &database.groups[i]);
	}
	free(database.accounts);
	free(database.groups);
}

static const char *const paths[] = { "/etc/passwd", "/etc/group", NULL };
static const char *const tables[] = { "user", "user_group", "user_group_member", NULL };
static const struct gvnp_privilege privileges[] = {
	{ "user", "nothing" },
	{ "user_group", "nothing" },
	{ "user_group_member", "nothing" },
	{ NULL, NULL },
};

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	struct gvnp_facts *facts = collection->facts;
	size_t passwd = gvnp_batch_add(&batch, GVNP_READ, "/etc/passwd");
	size_t group = gvnp_batch_add(&batch, GVNP_READ, "/etc/group");

	gvnp_batch_ask(&batch, collection->source);
	gvnp_user_decode(facts, gvnp_collect_bytes(gvnp_batch_answer(&batch, passwd)),
			 gvnp_collect_bytes(gvnp_batch_answer(&batch, group)));
	/* Every system has both files: one that is not there is as unexpected as one refused. */
	if (gvnp_batch_answer(&batch, passwd)->error) {
		gvnp_batch_hole(&batch, passwd, facts, "user", "", "");
		gvnp_batch_hole(&batch, passwd, facts, "user_group_member", "", "");
	}
	if (gvnp_batch_answer(&batch, group)->error) {
		gvnp_batch_hole(&batch, group, facts, "user_group", "", "");
		gvnp_batch_hole(&batch, group, facts, "user_group_member", "", "");
	}
	for (size_t i = 0; tables[i]; i++)
		gvnp_facts_collected(facts, tables[i]);
}

const struct gvnp_collector gvnp_collector_user = {
	.name = "user",
	.about = "local accounts and groups",
	.paths = paths,
	.tables = tables,
	.privileges = privileges,
	.collect = collect,
};
