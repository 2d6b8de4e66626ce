/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands in the place of a password, by passwd, shadow, group and gshadow: that there is a
 * hash and of which scheme. The hash itself never gets here (source/shadow.h).
 */
#include "collect/login.h"

#include "collect/collect.h"
#include "collect/collectors.h"

enum { MOST_FIELDS = 9 };

static size_t split(struct gvnp_slice line, struct gvnp_slice *fields)
{
	size_t n = 0;

	while (n + 1 < MOST_FIELDS && gvnp_slice_split(line, ':', &fields[n], &line))
		n++;
	fields[n++] = line;
	return n;
}

/* Days; -1 for none. */
static int64_t days(const struct gvnp_slice *fields, size_t n, size_t i)
{
	int64_t value;

	return i < n && gvnp_slice_integer(fields[i], &value) && value >= 0 ? value : -1;
}

/* "$y$" -> "y" */
static struct gvnp_slice scheme_of(struct gvnp_slice field)
{
	while (field.size && field.text[0] == '!') {
		field.text++;
		field.size--;
	}
	if (gvnp_slice_is(field, "?"))
		return gvnp_slice("des");
	if (field.size > 2 && field.text[0] == '$' && field.text[field.size - 1] == '$')
		return (struct gvnp_slice){ field.text + 1, field.size - 2 };
	return gvnp_slice("");
}

static const char *state_of(struct gvnp_slice field)
{
	if (!field.size)
		return "empty";
	return field.text[0] == '!' || !scheme_of(field).size ? "locked" : "set";
}

static bool is_entry(struct gvnp_slice name)
{
	return name.size && !strchr("+-#", name.text[0]);
}

void gvnp_password_decode(struct gvnp_facts *facts, const char *file, struct gvnp_slice bytes)
{
	bool is_shadow = gvnp_text_ends(file, "/shadow");
	struct gvnp_slice line, fields[MOST_FIELDS];

	while (gvnp_slice_next(&bytes, '\n', &line)) {
		size_t n = split(line, fields);

		/* 'x' in passwd: it stands in shadow */
		if (n < 2 || !is_entry(fields[0]) || (!is_shadow && gvnp_slice_is(fields[1], "x")))
			continue;
		gvnp_insert(facts, "account_password", gvnp_text_slice("account", fields[0]),
			    gvnp_text("file", file), gvnp_text("state", state_of(fields[1])),
			    gvnp_text_slice("scheme", scheme_of(fields[1])),
			    gvnp_integer("changed", is_shadow ? days(fields, n, 2) : -1),
			    gvnp_integer("most_days", is_shadow ? days(fields, n, 4) : -1));
	}
}

void gvnp_group_password_decode(struct gvnp_facts *facts, const char *file, struct gvnp_slice bytes)
{
	struct gvnp_slice line, fields[MOST_FIELDS];

	while (gvnp_slice_next(&bytes, '\n', &line)) {
		size_t n = split(line, fields);

		if (n < 2 || !is_entry(fields[0]))
			continue;
		gvnp_insert(facts, "group_password", gvnp_text_slice("user_group", fields[0]),
			    gvnp_text("file", file),
			    gvnp_integer("is_set", fields[1].size && fields[1].text[0] != '!' &&
							   scheme_of(fields[1]).size));
	}
}

static void collect(const struct gvnp_collection *collection)
{
	static const struct {
		const char *path, *table;
		void (*decode)(struct gvnp_facts *facts, const char *file, struct gvnp_slice bytes);
	} files[] = {
		{ "/etc/passwd", "account_password", gvnp_password_decode },
		{ "/etc/shadow", "account_password", gvnp_password_decode },
		{ "/etc/group", "group_password", gvnp_group_password_decode },
		{ "/etc/gshadow", "group_password", gvnp_group_password_decode },
	};
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	struct gvnp_facts *facts = collection->facts;

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		gvnp_batch_add(&batch, GVNP_READ, "%s", files[i].path);
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(&batch, i);

		/* shadow files are optional: without them the hashes stand in the others */
		if (!answer->error)
			files[i].decode(facts, files[i].path, gvnp_collect_bytes(answer));
		else if (!gvnp_collect_is_absent(answer) || i % 2 == 0)
			gvnp_batch_hole(&batch, i, facts, files[i].table, "", "");
	}
	gvnp_facts_collected(facts, "account_password");
	gvnp_facts_collected(facts, "group_password");
}

const struct gvnp_collector gvnp_collector_password = {
	.name = "password",
	.about = "which accounts and groups have a password, never the hash",
	.paths = (const char *const[]){ "/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow",
					NULL },
	.tables = (const char *const[]){ "account_password", "group_password", NULL },
	.privileges =
		(const struct gvnp_privilege[]){
			{ "account_password", "CAP_DAC_READ_SEARCH: shadow is readable by root" },
			{ "group_password", "CAP_DAC_READ_SEARCH: gshadow is readable by root" },
			{ NULL, NULL } },
	.collect = collect,
};
