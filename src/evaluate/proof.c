/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proof of the soundness rule for one check: whatever a passing example stands on is taken
 * away, one piece at a time, and the check must notice.
 */
#include "evaluate/lint.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void must_notice(struct gvnp_trial *trial, const struct gvnp_example *changed,
			const char *what)
{
	struct gvnp_result result;

	if (!gvnp_trial_judge(trial, changed, false, &result))
		return;
	if (result.verdict != GVNP_PASS && result.verdict != GVNP_NOT_APPLICABLE)
		return;
	gvnp_problems_add(trial->problems, trial->check->file, changed->line,
			  "unsound: %s and the verdict is still %s", what,
			  gvnp_verdict_name(result.verdict));
}

static void without_table(struct gvnp_trial *trial, const struct gvnp_example *example, int table)
{
	const struct gvnp_schema *schema = trial->engine->schema;
	struct gvnp_example changed = *example;

	changed.holes =
		gvnp_pool_allocate_array(trial->pool, example->n_holes + 1, sizeof *changed.holes);
	if (example->n_holes)
		memcpy(changed.holes, example->holes, example->n_holes * sizeof *changed.holes);
	changed.holes[changed.n_holes++] =
		(struct gvnp_example_hole){ .table = table, .column = "", .object = "" };
	must_notice(trial, &changed,
		    gvnp_pool_format(trial->pool, "%s is incomplete", schema->tables[table].name));
}

static void without_cell(struct gvnp_trial *trial, const struct gvnp_example *example, size_t at,
			 size_t column)
{
	const struct gvnp_schema *schema = trial->engine->schema;
	const struct gvnp_table *table = &schema->tables[example->rows[at].table];
	struct gvnp_example changed = *example;

	changed.rows = gvnp_pool_allocate_array(trial->pool, example->n_rows, sizeof *changed.rows);
	memcpy(changed.rows, example->rows, example->n_rows * sizeof *changed.rows);
	changed.rows[at].values =
		gvnp_pool_allocate_array(trial->pool, table->n_columns, sizeof(struct gvnp_value));
	memcpy(changed.rows[at].values, example->rows[at].values,
	       table->n_columns * sizeof(struct gvnp_value));
	changed.rows[at].values[column] = (struct gvnp_value){ .kind = GVNP_VALUE_NULL };
	must_notice(trial, &changed,
		    gvnp_pool_format(trial->pool, "%s.%s of line %d is unreadable", table->name,
				     table->columns[column].name, example->rows[at].line));
}

/* Does a helper of the query read this column of this very row? */
static bool is_used(const struct gvnp_trial *trial, const struct gvnp_example_row *row,
		    size_t column)
{
	const struct gvnp_table *table = &trial->engine->schema->tables[row->table];

	for (size_t i = 0; i < trial->scope.uses.n; i++) {
		const struct gvnp_helper_use *use = &trial->scope.uses.uses[i];
		const struct gvnp_value *key =
			table->key >= 0 ? &row->values[table->key] : &row->values[0];

		if (strcmp(use->helper->table, table->name) ||
		    gvnp_table_column(table, use->helper->column) != (int)column)
			continue;
		if (!*use->object || key->kind != GVNP_VALUE_TEXT ||
		    !strcmp(key->text, use->object))
			return true;
	}
	return false;
}

/* A hole of one row's object. In a `per:` check it touches the row's own object, so the row must
 * belong to one: it does when its reference is not ''. */
static bool without_object(struct gvnp_trial *trial, const struct gvnp_example *example, size_t at)
{
	const struct gvnp_example_row *row = &example->rows[at];
	const struct gvnp_table *table = &trial->engine->schema->tables[row->table];
	const struct gvnp_value *value = table->object < 0 ? NULL : &row->values[table->object];
	struct gvnp_example_hole hole = { .table = row->table, .column = "" };
	struct gvnp_example changed = *example;

	for (size_t c = 0; trial->scope.per >= 0 && c < table->n_columns; c++)
		if (table->columns[c].references >= 0 && row->values[c].kind == GVNP_VALUE_TEXT &&
		    !*row->values[c].text)
			return false;
	if (!value || (value->kind != GVNP_VALUE_TEXT && value->kind != GVNP_VALUE_INTEGER))
		return false;
	hole.object = value->kind == GVNP_VALUE_TEXT
			      ? value->text
			      : gvnp_pool_format(trial->pool, "%lld", (long long)value->integer);
	changed.holes =
		gvnp_pool_allocate_array(trial->pool, example->n_holes + 1, sizeof *changed.holes);
	if (example->n_holes)
		memcpy(changed.holes, example->holes, example->n_holes * sizeof *changed.holes);
	changed.holes[changed.n_holes++] = hole;
	must_notice(trial, &changed,
		    gvnp_pool_format(trial->pool, "%s of %s is a hole", table->name, hole.object));
	return true;
}

static size_t without_objects(struct gvnp_trial *trial, const struct gvnp_example *example)
{
	size_t n = 0;

	for (size_t i = 0; i < example->n_rows; i++)
		if (gvnp_reads_find(&trial->scope.reads, example->rows[i].table))
			n += without_object(trial, example, i);
	return n;
}

static size_t without_cells(struct gvnp_trial *trial, const struct gvnp_example *example)
{
	size_t n = 0;

	for (size_t i = 0; i < example->n_rows; i++) {
		const struct gvnp_example_row *row = &example->rows[i];
		const struct gvnp_table *table = &trial->engine->schema->tables[row->table];
		const struct gvnp_read *read = gvnp_reads_find(&trial->scope.reads, row->table);

		for (size_t c = 0; c < table->n_columns; c++) {
			bool is_read = (read && (read->columns >> c & 1)) || is_used(trial, row, c);

			if (!is_read || !table->columns[c].is_nullable)
				continue;
			without_cell(trial, example, i, c);
			n++;
		}
	}
	return n;
}

size_t gvnp_proof_try(struct gvnp_trial *trial, const struct gvnp_example *example)
{
	const struct gvnp_scope *scope = &trial->scope;
	size_t n = 0;

	for (size_t i = 0; i < scope->reads.n; i++, n++)
		without_table(trial, example, scope->reads.reads[i].table);
	for (size_t i = 0; i < scope->uses.n; i++, n++)
		without_table(trial, example,
			      gvnp_schema_table(trial->engine->schema,
						scope->uses.uses[i].helper->table));
	return n + without_cells(trial, example) + without_objects(trial, example);
}
