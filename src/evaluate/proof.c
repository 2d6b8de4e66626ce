/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proof of the soundness rule for one check: whatever an example stands on is taken away, one
 * piece at a time, and the check must become inconclusive. Not pass, for it would vouch for what
 * nobody saw; nor fail, for what is missing is no finding. Only what failed before may fail still.
 */
#include "evaluate/lint.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void must_be_inconclusive(struct gvnp_trial *trial, const struct gvnp_example *changed,
				 const char *what)
{
	struct gvnp_result result;
	bool is_good;

	if (!gvnp_trial_judge(trial, changed, false, &result) ||
	    result.verdict == GVNP_INCONCLUSIVE ||
	    (result.verdict == GVNP_FAIL && changed->expect == GVNP_FAIL))
		return;
	is_good = result.verdict == GVNP_PASS || result.verdict == GVNP_NOT_APPLICABLE;
	gvnp_problems_add(trial->problems, trial->check->file, changed->line,
			  is_good ? "unsound: %s and the verdict is still %s"
				  : "false alarm: %s and the verdict is %s",
			  what, gvnp_verdict_name(result.verdict));
}

/* The example with a hole more. */
static struct gvnp_example with_hole(struct gvnp_trial *trial, const struct gvnp_example *example,
				     int table, const char *object)
{
	struct gvnp_example changed = *example;

	changed.holes =
		gvnp_pool_allocate_array(trial->pool, example->n_holes + 1, sizeof *changed.holes);
	if (example->n_holes)
		memcpy(changed.holes, example->holes, example->n_holes * sizeof *changed.holes);
	changed.holes[changed.n_holes++] =
		(struct gvnp_example_hole){ .table = table, .column = "", .object = object };
	return changed;
}

/* What a hole calls the object of a row; NULL: nothing. */
static const char *object_of(struct gvnp_trial *trial, const struct gvnp_example_row *row)
{
	const struct gvnp_table *table = &trial->engine->schema->tables[row->table];
	const struct gvnp_value *value = table->object < 0 ? NULL : &row->values[table->object];

	if (value && value->kind == GVNP_VALUE_TEXT)
		return value->text;
	if (value && value->kind == GVNP_VALUE_INTEGER)
		return gvnp_pool_format(trial->pool, "%lld", (long long)value->integer);
	return NULL;
}

/* The example without the rows of a table, or of one object in it. */
static struct gvnp_example without_rows(struct gvnp_trial *trial,
					const struct gvnp_example *example, int table,
					const char *object)
{
	struct gvnp_example changed = *example;

	changed.rows = gvnp_pool_allocate_array(trial->pool, example->n_rows, sizeof *changed.rows);
	changed.n_rows = 0;
	for (size_t i = 0; i < example->n_rows; i++) {
		const struct gvnp_example_row *row = &example->rows[i];
		const char *own = row->table == table ? object_of(trial, row) : NULL;

		if (row->table != table || (*object && own && strcmp(own, object)))
			changed.rows[changed.n_rows++] = *row;
	}
	return changed;
}

/* A hole beside all the rows, and a hole in their place. Returns the number of judgements. */
static size_t with_and_without_rows(struct gvnp_trial *trial, const struct gvnp_example *example,
				    int table, const char *object)
{
	const char *name = trial->engine->schema->tables[table].name;
	const char *whose = *object ? gvnp_pool_format(trial->pool, " of %s", object) : "";
	struct gvnp_example changed = with_hole(trial, example, table, object);

	must_be_inconclusive(trial, &changed,
			     gvnp_pool_format(trial->pool, "%s%s is incomplete", name, whose));
	changed = without_rows(trial, &changed, table, object);
	must_be_inconclusive(trial, &changed,
			     gvnp_pool_format(trial->pool, "%s%s is missing", name, whose));
	return 2;
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
	must_be_inconclusive(trial, &changed,
			     gvnp_pool_format(trial->pool, "%s.%s of line %d is unreadable",
					      table->name, table->columns[column].name,
					      example->rows[at].line));
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

		if (!use->table || strcmp(use->table, table->name) ||
		    gvnp_table_column(table, use->helper->column) != (int)column)
			continue;
		if (!*use->object || key->kind != GVNP_VALUE_TEXT ||
		    !strcmp(key->text, use->object))
			return true;
	}
	return false;
}

/* In a `per:` check the hole of a row's object touches the row's own object of that table, so the
 * row must belong to one: it does when its reference is not ''. */
static bool belongs_to_one(const struct gvnp_trial *trial, const struct gvnp_example_row *row)
{
	const struct gvnp_table *table = &trial->engine->schema->tables[row->table];

	for (size_t c = 0; trial->scope.per >= 0 && c < table->n_columns; c++)
		if (table->columns[c].references >= 0 && row->values[c].kind == GVNP_VALUE_TEXT &&
		    !*row->values[c].text)
			return false;
	return true;
}

static size_t without_objects(struct gvnp_trial *trial, const struct gvnp_example *example)
{
	size_t n = 0;

	for (size_t i = 0; i < example->n_rows; i++) {
		const struct gvnp_example_row *row = &example->rows[i];
		const char *object = object_of(trial, row);

		if (gvnp_reads_find(&trial->scope.reads, row->table) && object && *object &&
		    belongs_to_one(trial, row))
			n += with_and_without_rows(trial, example, row->table, object);
	}
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

	for (size_t i = 0; i < scope->reads.n; i++)
		n += with_and_without_rows(trial, example, scope->reads.reads[i].table, "");
	for (size_t i = 0; i < scope->uses.n; i++) {
		const struct gvnp_helper_use *use = &scope->uses.uses[i];
		int table = gvnp_schema_table(trial->engine->schema, use->table);

		n += with_and_without_rows(trial, example, table, "");
		if (*use->object && use->helper->table)
			n += with_and_without_rows(trial, example, table, use->object);
	}
	return n + without_cells(trial, example) + without_objects(trial, example);
}
