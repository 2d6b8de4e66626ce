/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gvnp-audit explain: all about one check, requirement, threat or table, for the person who has to
 * decide what to do about it. Looks at the catalogue only, never at the host.
 */
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "gvnp/collector.h"
#include "gvnp/evaluate.h"
#include "report/escape.h"
#include "report/layout.h"
#include "report/words.h"
#include "verbs/output.h"
#include "verbs/table_comments.h"
#include "verbs/verbs.h"

enum { COLUMNS = 80 };

static void paragraph(const struct gvnp_layout *layout, const char *first, const char *text)
{
	_cleanup_buffer_ struct gvnp_buffer escaped = { 0 };

	gvnp_escape_terminal(&escaped, text);
	gvnp_layout_paragraph(layout, first, "    ", gvnp_buffer_text(&escaped));
}

static void requirement_lines(const struct gvnp_layout *layout,
			      const struct gvnp_catalogue *catalogue, const char *const *ids)
{
	for (; ids && *ids; ids++) {
		const struct gvnp_requirement *requirement =
			gvnp_catalogue_requirement(catalogue, *ids);

		if (!requirement)
			continue;
		_cleanup_free_ char *name = gvnp_requirement_name(requirement);
		_cleanup_free_ char *line =
			gvnp_format("%s: %s, %s", *ids, name, requirement->title);
		paragraph(layout, "  ", line);
	}
}

static void threat_lines(const struct gvnp_layout *layout, const struct gvnp_catalogue *catalogue,
			 const char *const *ids)
{
	for (; ids && *ids; ids++) {
		const struct gvnp_threat *threat = gvnp_catalogue_threat(catalogue, *ids);
		_cleanup_free_ char *line =
			gvnp_format("%s: %s", *ids, threat ? threat->title : "");

		paragraph(layout, "  ", line);
	}
}

/* ---- tables a query reads */

static void privilege_lines(const struct gvnp_layout *layout, const char *table)
{
	for (const struct gvnp_collector *const *at = gvnp_collectors; *at; at++)
		for (const struct gvnp_privilege *needs = (*at)->privileges; needs && needs->table;
		     needs++) {
			if (strcmp(needs->table, table))
				continue;
			_cleanup_free_ char *line = gvnp_format("needs %s", needs->needs);
			paragraph(layout, "    ", line);
		}
}

static void table_lines(const struct gvnp_layout *layout, const char *const *tables)
{
	for (; tables && *tables; tables++) {
		struct gvnp_table_comment comment = { 0 };

		if (!gvnp_table_comment_find(*tables, &comment))
			continue;
		_cleanup_free_ char *line = gvnp_format(
			"%s: %.*s", *tables, (int)comment.comment.size, comment.comment.text);
		paragraph(layout, "  ", line);
		privilege_lines(layout, *tables);
	}
}

/* The evaluator knows what a query reads, through helper functions too; no facts are needed. */
static void read_tables(const struct gvnp_layout *layout, const struct gvnp_catalogue *catalogue,
			const struct gvnp_check *check)
{
	_cleanup_(gvnp_facts_freep) struct gvnp_facts *facts = gvnp_facts_new();

	gvnp_functions_register(facts, &catalogue->names);
	_cleanup_(gvnp_results_freep) struct gvnp_results *results =
		gvnp_evaluate(facts, catalogue);
	for (size_t i = 0; i < results->n; i++)
		if (results->results[i].check == check)
			table_lines(layout, results->results[i].tables);
}

static void verbatim(struct gvnp_buffer *out, const char *text)
{
	struct gvnp_slice rest = gvnp_slice(text), line;

	while (gvnp_slice_next(&rest, '\n', &line)) {
		_cleanup_free_ char *copy = gvnp_slice_copy(line);

		gvnp_buffer_append_text(out, "  ");
		gvnp_escape_terminal(out, copy);
		gvnp_buffer_append_text(out, "\n");
	}
}

static void parameter_lines(const struct gvnp_layout *layout, const struct gvnp_check *check)
{
	if (check->n_parameters)
		gvnp_layout_heading(layout, "Parameters a tailoring may change");
	for (size_t i = 0; i < check->n_parameters; i++) {
		const struct gvnp_parameter *parameter = &check->parameters[i];
		_cleanup_free_ char *line =
			parameter->is_integer
				? gvnp_format("%s = %lld", parameter->name,
					      (long long)parameter->integer)
				: gvnp_format("%s = '%s'", parameter->name, parameter->text);

		paragraph(layout, "  ", line);
	}
}

static void explain_check(const struct gvnp_layout *layout, const struct gvnp_catalogue *catalogue,
			  const struct gvnp_check *check)
{
	_cleanup_free_ char *kind = gvnp_format(
		"%s, area %s, severity %s, claim %s%s%s", check->id, gvnp_area_name(check->area),
		gvnp_severity_name(check->severity), gvnp_claim_name(check->claim),
		check->per ? ", judged per " : "", check->per ? check->per : "");

	paragraph(layout, "", check->title);
	paragraph(layout, "", kind);
	for (const char *const *id = check->caused_by; id && *id; id++) {
		_cleanup_free_ char *cause = gvnp_format("told with %s where that fails too", *id);

		paragraph(layout, "", cause);
	}
	gvnp_layout_heading(layout, "Why");
	gvnp_layout_prose(layout, "  ", "  ", check->rationale);
	gvnp_layout_heading(layout, "What to do");
	gvnp_layout_prose(layout, "  ", "  ", check->remediation);
	gvnp_layout_heading(layout, "Requirements");
	requirement_lines(layout, catalogue, check->requirement);
	if (check->threat && *check->threat)
		gvnp_layout_heading(layout, "Threats");
	threat_lines(layout, catalogue, check->threat);
	if (check->reference && *check->reference)
		gvnp_layout_heading(layout, "References");
	for (const char *const *reference = check->reference; reference && *reference; reference++)
		paragraph(layout, "  ", *reference);
	parameter_lines(layout, check);
	gvnp_layout_heading(layout, "Query (%s:%d)", check->file, check->query_line);
	verbatim(layout->out, check->query);
	gvnp_layout_heading(layout, "Tables it reads");
	read_tables(layout, catalogue, check);
}

/* ---- requirements, threats, tables */

static bool names(const char *const *list, const char *id)
{
	for (; list && *list; list++)
		if (!strcmp(*list, id))
			return true;
	return false;
}

static void check_lines(const struct gvnp_layout *layout, const struct gvnp_catalogue *catalogue,
			const char *id, bool is_threat)
{
	size_t n = 0;

	gvnp_layout_heading(layout, "Checks");
	for (size_t i = 0; i < catalogue->n_checks; i++) {
		const struct gvnp_check *check = &catalogue->checks[i];

		if (!names(is_threat ? check->threat : check->requirement, id))
			continue;
		_cleanup_free_ char *line =
			gvnp_format("%s (%s): %s", check->id, gvnp_severity_name(check->severity),
				    check->title);
		paragraph(layout, "  ", line);
		n++;
	}
	if (!n)
		paragraph(layout, "  ", "none: nothing gvnp-audit looks at speaks to it");
}

static void explain_requirement(const struct gvnp_layout *layout,
				const struct gvnp_catalogue *catalogue,
				const struct gvnp_requirement *requirement)
{
	_cleanup_free_ char *name = gvnp_requirement_name(requirement);
	_cleanup_free_ char *kind = gvnp_format(
		"%s, %s, claim %s, GVNP type%s%s", requirement->id, requirement->status,
		gvnp_claim_name(requirement->claim), requirement->applies_to_type_2 ? " 2" : "",
		requirement->applies_to_type_3 ? " 3" : "");

	paragraph(layout, "", requirement->title);
	paragraph(layout, "", name);
	paragraph(layout, "", kind);
	if (*requirement->test) {
		_cleanup_free_ char *test = gvnp_format("test case %s", requirement->test);

		paragraph(layout, "", test);
	}
	gvnp_layout_heading(layout, "In our words");
	gvnp_layout_prose(layout, "  ", "  ", requirement->text);
	if (requirement->threat && *requirement->threat)
		gvnp_layout_heading(layout, "Threats");
	threat_lines(layout, catalogue, requirement->threat);
	check_lines(layout, catalogue, requirement->id, false);
	if (requirement->owed && *requirement->owed)
		gvnp_layout_heading(layout, "What the laboratory still does");
	for (const char *const *owed = requirement->owed; owed && *owed; owed++)
		paragraph(layout, "  - ", *owed);
}

static void explain_threat(const struct gvnp_layout *layout, const struct gvnp_catalogue *catalogue,
			   const struct gvnp_threat *threat)
{
	_cleanup_free_ char *kind = gvnp_format("%s, %s", threat->id, threat->category);
	_cleanup_free_ char *source = gvnp_format("%s (%s)", threat->source, threat->provenance);

	paragraph(layout, "", threat->title);
	paragraph(layout, "", kind);
	paragraph(layout, "", source);
	gvnp_layout_heading(layout, "In our words");
	gvnp_layout_prose(layout, "  ", "  ", threat->text);
	check_lines(layout, catalogue, threat->id, true);
}

static void explain_table(const struct gvnp_layout *layout, struct gvnp_table_comment *table)
{
	struct gvnp_column_comment column;
	_cleanup_free_ char *name = gvnp_slice_copy(table->table);
	_cleanup_free_ char *about =
		gvnp_format("table %s: %.*s", name, (int)table->comment.size, table->comment.text);

	paragraph(layout, "", about);
	privilege_lines(layout, name);
	gvnp_layout_heading(layout, "Columns");
	while (gvnp_column_comment_next(&table->body, &column)) {
		_cleanup_free_ char *line =
			gvnp_format("%.*s: %.*s%s", (int)column.column.size, column.column.text,
				    (int)column.comment.size, column.comment.text,
				    column.can_be_unreadable ? " (NULL: could not be read)" : "");
		paragraph(layout, "  ", line);
	}
}

int gvnp_verb_explain(const struct gvnp_options *options)
{
	_cleanup_(gvnp_catalogue_freep) struct gvnp_catalogue *catalogue = NULL;
	_cleanup_buffer_ struct gvnp_buffer out = { 0 };
	struct gvnp_layout layout = { .out = &out, .columns = COLUMNS };
	const char *id = options->arguments[0];
	struct gvnp_table_comment table;
	int status = gvnp_verb_load(options, &catalogue);

	if (status)
		return status;
	const struct gvnp_check *check = gvnp_catalogue_check(catalogue, id);
	const struct gvnp_requirement *requirement = gvnp_catalogue_requirement(catalogue, id);
	const struct gvnp_threat *threat = gvnp_catalogue_threat(catalogue, id);

	if (check) {
		explain_check(&layout, catalogue, check);
	} else if (requirement) {
		explain_requirement(&layout, catalogue, requirement);
	} else if (threat) {
		explain_threat(&layout, catalogue, threat);
	} else if (gvnp_table_comment_find(id, &table)) {
		explain_table(&layout, &table);
	} else {
		gvnp_output_complain("explain '%s': no check, requirement, threat or table of that "
				     "name; gvnp-audit list shows them",
				     id);
		return GVNP_EXIT_USAGE;
	}
	return gvnp_output_write(NULL, &out) ? GVNP_EXIT_INCOMPLETE : GVNP_EXIT_OK;
}
