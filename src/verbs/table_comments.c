/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the comments of schema.sql, so that what a table means is written once, where it is
 * defined. The schema is ours and its form is fixed: CREATE TABLE name ( -- comment, then a line a
 * column.
 */
#include "verbs/table_comments.h"

#include "gvnp/facts.h"

static bool find_text(struct gvnp_slice slice, const char *text, size_t *ret)
{
	const char *found = slice.size ? memmem(slice.text, slice.size, text, strlen(text)) : NULL;

	if (!found)
		return false;
	*ret = (size_t)(found - slice.text);
	return true;
}

/* What follows "-- " in the line. */
static struct gvnp_slice comment_of(struct gvnp_slice line)
{
	size_t at;

	if (!find_text(line, "-- ", &at))
		return (struct gvnp_slice){ "", 0 };
	return gvnp_slice_trim((struct gvnp_slice){ line.text + at + 3, line.size - at - 3 });
}

bool gvnp_table_comment_next(struct gvnp_slice *rest, struct gvnp_table_comment *ret)
{
	static const char opening[] = "CREATE TABLE ";
	struct gvnp_slice line, name;

	while (gvnp_slice_next(rest, '\n', &line)) {
		if (!gvnp_slice_starts(line, opening))
			continue;
		ret->comment = comment_of(line);
		line.text += sizeof opening - 1;
		line.size -= sizeof opening - 1;
		if (!gvnp_slice_word(&line, &name))
			continue;
		ret->table = name;
		ret->body = (struct gvnp_slice){ rest->text, 0 };
		while (gvnp_slice_next(rest, '\n', &line) && !gvnp_slice_starts(line, ")"))
			ret->body.size = (size_t)(line.text + line.size - ret->body.text);
		return true;
	}
	return false;
}

/* Constraints of the whole table stand after the columns. */
static bool is_constraint(struct gvnp_slice word)
{
	return gvnp_slice_starts(word, "PRIMARY") || gvnp_slice_starts(word, "UNIQUE") ||
	       gvnp_slice_starts(word, "CHECK") || gvnp_slice_starts(word, "'");
}

bool gvnp_column_comment_next(struct gvnp_slice *body, struct gvnp_column_comment *ret)
{
	struct gvnp_slice line;
	size_t at;

	while (gvnp_slice_next(body, '\n', &line)) {
		struct gvnp_slice words = line, name, type;

		if (!gvnp_slice_word(&words, &name) || is_constraint(name) ||
		    !gvnp_slice_word(&words, &type))
			continue;
		if (gvnp_slice_starts(name, "--"))
			continue;
		while (type.size && type.text[type.size - 1] == ',')
			type.size--;
		ret->column = name;
		ret->type = type;
		ret->comment = comment_of(line);
		ret->can_be_unreadable =
			!find_text(line, "NOT NULL", &at) && !find_text(line, "PRIMARY KEY", &at);
		/* A long CHECK list goes on over lines; the comment stands at its end. */
		while (!ret->comment.size && gvnp_slice_next(body, '\n', &line))
			ret->comment = comment_of(line);
		return true;
	}
	return false;
}

bool gvnp_table_comment_find(const char *table, struct gvnp_table_comment *ret)
{
	struct gvnp_slice rest = gvnp_slice(gvnp_facts_schema());
	struct gvnp_table_comment found;

	while (gvnp_table_comment_next(&rest, &found))
		if (gvnp_slice_is(found.table, table)) {
			*ret = found;
			return true;
		}
	return false;
}
