/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gvnp-audit list: what there is. Requirements no check reaches are printed like the others,
 * because a gap that is not shown is taken for coverage.
 */
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "gvnp/collector.h"
#include "report/escape.h"
#include "report/words.h"
#include "verbs/output.h"
#include "verbs/table_comments.h"
#include "verbs/verbs.h"

static bool names(const char *const *list, const char *id)
{
	for (; list && *list; list++)
		if (!strcmp(*list, id))
			return true;
	return false;
}

static void list_checks(struct gvnp_buffer *out, const struct gvnp_catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->n_checks; i++) {
		const struct gvnp_check *check = &catalogue->checks[i];

		gvnp_buffer_append_format(out,
					  "%-8s %-10s %s: ", gvnp_severity_name(check->severity),
					  gvnp_area_name(check->area), check->id);
		gvnp_escape_terminal(out, check->title);
		gvnp_buffer_append_text(out, "\n");
	}
	gvnp_buffer_append_format(out, "%zu checks\n", catalogue->n_checks);
}

static size_t n_checks_of(const struct gvnp_catalogue *catalogue, const char *requirement)
{
	size_t n = 0;

	for (size_t i = 0; i < catalogue->n_checks; i++)
		n += names(catalogue->checks[i].requirement, requirement);
	return n;
}

static void list_requirements(struct gvnp_buffer *out, const struct gvnp_catalogue *catalogue)
{
	size_t n_reached = 0;

	for (size_t i = 0; i < catalogue->n_requirements; i++) {
		const struct gvnp_requirement *requirement = &catalogue->requirements[i];
		_cleanup_free_ char *name = gvnp_requirement_name(requirement);
		size_t n = n_checks_of(catalogue, requirement->id);

		n_reached += n > 0;
		gvnp_escape_terminal(out, requirement->id);
		if (n)
			gvnp_buffer_append_format(out, " | %zu check%s", n, n == 1 ? "" : "s");
		else
			gvnp_buffer_append_text(out, " | NO CHECK");
		gvnp_buffer_append_format(out, " | %s | ", gvnp_claim_name(requirement->claim));
		gvnp_escape_terminal(out, name);
		gvnp_buffer_append_text(out, " | ");
		gvnp_escape_terminal(out, requirement->title);
		gvnp_buffer_append_text(out, "\n");
	}
	gvnp_buffer_append_format(out, "%zu requirements, %zu reached by a check, %zu by none\n",
				  catalogue->n_requirements, n_reached,
				  catalogue->n_requirements - n_reached);
}

static void list_threats(struct gvnp_buffer *out, const struct gvnp_catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->n_threats; i++) {
		const struct gvnp_threat *threat = &catalogue->threats[i];
		size_t n = 0;

		for (size_t j = 0; j < catalogue->n_checks; j++)
			n += names(catalogue->checks[j].threat, threat->id);
		gvnp_escape_terminal(out, threat->id);
		if (n)
			gvnp_buffer_append_format(out, " | %zu check%s", n, n == 1 ? "" : "s");
		else
			gvnp_buffer_append_text(out, " | NO CHECK");
		gvnp_buffer_append_text(out, " | ");
		gvnp_escape_terminal(out, threat->title);
		if (!strcmp(threat->provenance, "recalled"))
			gvnp_buffer_append_text(out, " [recalled, not verified]");
		gvnp_buffer_append_text(out, "\n");
	}
	gvnp_buffer_append_format(out, "%zu threats\n", catalogue->n_threats);
}

static void list_tables(struct gvnp_buffer *out)
{
	struct gvnp_slice rest = gvnp_slice(gvnp_facts_schema());
	struct gvnp_table_comment table;
	struct gvnp_column_comment column;

	while (gvnp_table_comment_next(&rest, &table)) {
		gvnp_buffer_append_format(out, "%.*s: %.*s\n", (int)table.table.size,
					  table.table.text, (int)table.comment.size,
					  table.comment.text);
		while (gvnp_column_comment_next(&table.body, &column))
			gvnp_buffer_append_format(out, "  %.*s %.*s%s: %.*s\n",
						  (int)column.column.size, column.column.text,
						  (int)column.type.size, column.type.text,
						  column.can_be_unreadable ? " or NULL" : "",
						  (int)column.comment.size, column.comment.text);
	}
}

static void list_collectors(struct gvnp_buffer *out)
{
	for (const struct gvnp_collector *const *at = gvnp_collectors; *at; at++) {
		const struct gvnp_collector *collector = *at;

		gvnp_buffer_append_format(out, "%s: %s\n  tables:", collector->name,
					  collector->about);
		for (const char *const *table = collector->tables; *table; table++)
			gvnp_buffer_append_format(out, " %s", *table);
		gvnp_buffer_append_text(out, "\n  opens:");
		for (const char *const *path = collector->paths; *path; path++)
			gvnp_buffer_append_format(out, " %s", *path);
		gvnp_buffer_append_text(out, "\n");
		for (const struct gvnp_privilege *needs = collector->privileges;
		     needs && needs->table; needs++)
			gvnp_buffer_append_format(out, "  %s needs: %s\n", needs->table,
						  needs->needs);
	}
}

int gvnp_verb_list(const struct gvnp_options *options)
{
	_cleanup_(gvnp_catalogue_freep) struct gvnp_catalogue *catalogue = NULL;
	_cleanup_buffer_ struct gvnp_buffer out = { 0 };
	const char *what = options->arguments[0];

	if (!strcmp(what, "tables")) {
		list_tables(&out);
	} else if (!strcmp(what, "collectors")) {
		list_collectors(&out);
	} else if (strcmp(what, "checks") && strcmp(what, "requirements") &&
		   strcmp(what, "threats")) {
		gvnp_output_complain("list '%s': not one of checks, requirements, threats, tables, "
				     "collectors",
				     what);
		return GVNP_EXIT_USAGE;
	} else {
		int status = gvnp_verb_load(options, &catalogue);

		if (status)
			return status;
		if (!strcmp(what, "checks"))
			list_checks(&out, catalogue);
		else if (!strcmp(what, "requirements"))
			list_requirements(&out, catalogue);
		else
			list_threats(&out, catalogue);
	}
	return gvnp_output_write(NULL, &out) ? GVNP_EXIT_INCOMPLETE : GVNP_EXIT_OK;
}
