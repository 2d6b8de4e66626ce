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

/* Something with a name that counts once. */
struct named {
	struct gvnp_slice name;
	bool is_repeated; /* one of that name came before */
};

struct account {
	struct named named;
	uint64_t uid, gid;
	struct gvnp_slice home, shell;
};

struct group {
	struct named named;
	uint64_t gid;
	struct gvnp_slice members;
};

struct database {
	struct account *accounts;
	size_t n_accounts;
	struct group *groups;
	size_t n_groups;
	const struct account **by_gid; /* those that count */
	size_t n_by_gid;
};

static int by_name(const void *a, const void *b)
{
	const struct named *const *first = a, *const *second = b;
	struct gvnp_slice one = (*first)->name, other = (*second)->name;

	if (one.size != other.size)
		return one.size < other.size ? -1 : 1;
	int order = memcmp(one.text, other.text, one.size);
	if (order)
		return order;
	/* Of one array: what came earlier lies before. */
	return *first < *second ? -1 : *first > *second;
}

/* `items` are n structures of `size` bytes that begin with a struct named. Sorting keeps files of
 * any length from taking time by its square. */
static void mark_repeated(void *items, size_t n, size_t size)
{
	struct named **sorted = gvnp_allocate_array(n, sizeof *sorted);

	for (size_t i = 0; i < n; i++)
		sorted[i] = (struct named *)((char *)items + i * size);
	qsort(sorted, n, sizeof *sorted, by_name);
	for (size_t i = 1; i < n; i++)
		sorted[i]->is_repeated = sorted[i]->name.size == sorted[i - 1]->name.size &&
					 !memcmp(sorted[i]->name.text, sorted[i - 1]->name.text,
						 sorted[i]->name.size);
	free(sorted);
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

/* name:password:uid:gid:gecos:home:shell */
static void read_accounts(struct gvnp_slice bytes, struct database *database)
{
	struct gvnp_slice line, fields[7];

	while (gvnp_slice_next(&bytes, '\n', &line)) {
		struct account account = { 0 };

		if (!split_fields(line, fields, 7) || !is_name(fields[0]) ||
		    !gvnp_slice_unsigned(fields[2], 10, &account.uid) ||
		    !gvnp_slice_unsigned(fields[3], 10, &account.gid) || account.uid > UINT32_MAX ||
		    account.gid > UINT32_MAX)
			continue;
		account.named.name = fields[0];
		account.home = fields[5];
		account.shell = fields[6];
		database->accounts = gvnp_grow(database->accounts, database->n_accounts);
		database->accounts[database->n_accounts++] = account;
	}
	mark_repeated(database->accounts, database->n_accounts, sizeof *database->accounts);
}

/* name:password:gid:member,member */
static void read_groups(struct gvnp_slice bytes, struct database *database)
{
	struct gvnp_slice line, fields[4];

	while (gvnp_slice_next(&bytes, '\n', &line)) {
		struct group group = { 0 };

		if (!split_fields(line, fields, 4) || !is_name(fields[0]) ||
		    !gvnp_slice_unsigned(fields[2], 10, &group.gid) || group.gid > UINT32_MAX)
			continue;
		group.named.name = fields[0];
		group.members = fields[3];
		database->groups = gvnp_grow(database->groups, database->n_groups);
		database->groups[database->n_groups++] = group;
	}
	mark_repeated(database->groups, database->n_groups, sizeof *database->groups);
}

static int by_gid(const void *a, const void *b)
{
	const struct account *const *first = a, *const *second = b;

	if ((*first)->gid != (*second)->gid)
		return (*first)->gid < (*second)->gid ? -1 : 1;
	return *first < *second ? -1 : *first > *second;
}

static void sort_accounts(struct database *database)
{
	database->by_gid = gvnp_allocate_array(database->n_accounts, sizeof *database->by_gid);
	for (size_t i = 0; i < database->n_accounts; i++)
		if (!database->accounts[i].named.is_repeated)
			database->by_gid[database->n_by_gid++] = &database->accounts[i];
	qsort(database->by_gid, database->n_by_gid, sizeof *database->by_gid, by_gid);
}

/* The first account with that group as its own. */
static size_t find_gid(const struct database *database, uint64_t gid)
{
	size_t low = 0, high = database->n_by_gid;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (database->by_gid[middle]->gid < gid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void insert_members(struct gvnp_facts *facts, const struct database *database,
			   const struct group *group)
{
	struct gvnp_slice rest = group->members, member;
	struct named *members = NULL;
	size_t n = 0;

	while (gvnp_slice_next(&rest, ',', &member)) {
		members = gvnp_grow(members, n);
		members[n++] = (struct named){ .name = gvnp_slice_trim(member) };
	}
	for (size_t i = find_gid(database, group->gid);
	     i < database->n_by_gid && database->by_gid[i]->gid == group->gid; i++) {
		members = gvnp_grow(members, n);
		members[n++] = (struct named){ .name = database->by_gid[i]->named.name };
	}
	mark_repeated(members, n, sizeof *members);
	for (size_t i = 0; i < n; i++)
		if (members[i].name.size && !members[i].is_repeated)
			gvnp_insert(facts, "user_group_member",
				    gvnp_text_slice("user_group", group->named.name),
				    gvnp_text_slice("user", members[i].name));
	free(members);
}

void gvnp_user_decode(struct gvnp_facts *facts, struct gvnp_slice passwd, struct gvnp_slice group)
{
	struct database database = { 0 };

	read_accounts(passwd, &database);
	read_groups(group, &database);
	sort_accounts(&database);
	for (size_t i = 0; i < database.n_accounts; i++) {
		const struct account *account = &database.accounts[i];

		if (account->named.is_repeated)
			continue;
		gvnp_insert(facts, "user", gvnp_text_slice("name", account->named.name),
			    gvnp_integer("uid", (int64_t)account->uid),
			    gvnp_integer("gid", (int64_t)account->gid),
			    gvnp_text_slice("home", account->home),
			    gvnp_text_slice("shell", account->shell));
	}
	for (size_t i = 0; i < database.n_groups; i++) {
		if (database.groups[i].named.is_repeated)
			continue;
		gvnp_insert(facts, "user_group",
			    gvnp_text_slice("name", database.groups[i].named.name),
			    gvnp_integer("gid", (int64_t)database.groups[i].gid));
		insert_members(facts, &database, &database.groups[i]);
	}
	free(database.accounts);
	free(database.groups);
	free(database.by_gid);
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
