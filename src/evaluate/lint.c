/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lint: everything a run would refuse, and what only authors need to know. Every check is run on
 * its examples, on them in another order, and, when it is `per:`, on parts of them.
 */
#include "evaluate/lint.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "evaluate/lint_reads.h"
#include "evaluate/lint_sql.h"
#include "evaluate/load.h"

struct lint {
	struct gvnp_facts *facts;
	struct gvnp_problems *problems;
	struct gvnp_lint_counts *counts;
	bool is_proving;
	char *root; /* the folder `knowledge` was read from */
	struct gvnp_catalogue *knowledge;
};

bool gvnp_trial_judge(struct gvnp_trial *trial, const struct gvnp_example *example,
		      bool is_reversed, struct gvnp_result *ret)
{
	_cleanup_free_ char *refusal =
		gvnp_example_fill(example, trial->engine->facts, is_reversed);

	if (refusal) {
		gvnp_problems_add(trial->problems, trial->check->file, example->line, "%s",
				  refusal);
		return false;
	}
	gvnp_engine_judge(trial->engine, trial->check, NULL, 0, ret);
	return true;
}

static void append_subjects(const struct gvnp_result *result, struct gvnp_buffer *text)
{
	if (*result->problem)
		gvnp_buffer_append_format(text, " (%s)", result->problem);
	for (size_t i = 0; i < result->n_subjects && i < 8; i++) {
		const struct gvnp_subject *subject = &result->subjects[i];

		gvnp_buffer_append_format(text, "%s %s: %s%s%s", i ? "," : ";", subject->subject,
					  gvnp_verdict_name(subject->verdict),
					  *subject->problem ? " because " : "", subject->problem);
	}
}

static void compare_verdict(struct gvnp_trial *trial, const struct gvnp_example *example,
			    const struct gvnp_result *result)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };

	append_subjects(result, &text);
	if (result->verdict != example->expect)
		gvnp_problems_add(trial->problems, trial->check->file, example->line,
				  "expected %s, got %s%s", gvnp_verdict_name(example->expect),
				  gvnp_verdict_name(result->verdict), gvnp_buffer_text(&text));
	for (size_t i = 0; i < example->n_subjects; i++) {
		const struct gvnp_expectation *expected = &example->subjects[i];
		bool is_met = false;

		for (size_t s = 0; s < result->n_subjects; s++)
			is_met |= !strcmp(result->subjects[s].subject, expected->subject) &&
				  result->subjects[s].verdict == expected->verdict;
		if (!is_met)
			gvnp_problems_add(trial->problems, trial->check->file, expected->line,
					  "expected %s of %s, got%s",
					  gvnp_verdict_name(expected->verdict), expected->subject,
					  text.size ? gvnp_buffer_text(&text) + 1 : " nothing");
	}
}

static bool same_evidence(const struct gvnp_subject *a, const struct gvnp_subject *b)
{
	for (size_t i = 0; i < a->n_evidence && i < b->n_evidence; i++) {
		const struct gvnp_evidence *x = &a->evidence[i], *y = &b->evidence[i];

		if (x->is_null != y->is_null || x->integer != y->integer ||
		    strcmp(x->text, y->text))
			return false;
	}
	return a->n_evidence == b->n_evidence;
}

static bool same_result(const struct gvnp_result *a, const struct gvnp_result *b)
{
	if (a->verdict != b->verdict || a->n_subjects != b->n_subjects)
		return false;
	for (size_t i = 0; i < a->n_subjects; i++)
		if (strcmp(a->subjects[i].subject, b->subjects[i].subject) ||
		    a->subjects[i].verdict != b->subjects[i].verdict ||
		    !same_evidence(&a->subjects[i], &b->subjects[i]))
			return false;
	return true;
}

static void set_reversed(struct gvnp_facts *facts, bool is_reversed)
{
	sqlite3_exec(gvnp_facts_database(facts),
		     is_reversed ? "PRAGMA reverse_unordered_selects = 1"
				 : "PRAGMA reverse_unordered_selects = 0",
		     NULL, NULL, NULL);
}

/* SQLite may read rows in any order: when they are inserted the other way round, and when they are
 * read the other way round, nothing may change. */
static void try_order(struct gvnp_trial *trial, const struct gvnp_example *example,
		      const struct gvnp_result *before)
{
	struct gvnp_result inserted, read;
	bool is_judged = gvnp_trial_judge(trial, example, true, &inserted);

	set_reversed(trial->engine->facts, true);
	is_judged &= gvnp_trial_judge(trial, example, false, &read);
	set_reversed(trial->engine->facts, false);
	if (is_judged && !(same_result(before, &inserted) && same_result(before, &read)))
		gvnp_problems_add(trial->problems, trial->check->file, example->line,
				  "the result depends on the order of rows");
}

static void try_example(struct lint *lint, struct gvnp_trial *trial, struct gvnp_example *example)
{
	struct gvnp_result result;

	if (!gvnp_example_gives(example, trial->engine->schema, &trial->scope, trial->check->file,
				trial->problems))
		return;
	gvnp_example_complete(example, trial->engine->schema, trial->pool);
	if (!gvnp_trial_judge(trial, example, false, &result))
		return;
	lint->counts->n_examples++;
	compare_verdict(trial, example, &result);
	try_order(trial, example, &result);
	if (trial->scope.per >= 0)
		lint->counts->n_independence += gvnp_independence_try(trial, example, &result);
	if (lint->is_proving && result.verdict == example->expect)
		lint->counts->n_proofs += gvnp_proof_try(trial, example);
}

static void try_examples(struct lint *lint, struct gvnp_trial *trial)
{
	bool has_pass = false, has_fail = false;

	for (size_t i = 0; i < trial->examples.n; i++) {
		try_example(lint, trial, &trial->examples.examples[i]);
		has_pass |= trial->examples.examples[i].expect == GVNP_PASS;
		has_fail |= trial->examples.examples[i].expect == GVNP_FAIL;
	}
	if (!has_pass)
		gvnp_problems_add(trial->problems, trial->check->file, 0, "no example passes");
	if (!has_fail)
		gvnp_problems_add(trial->problems, trial->check->file, 0, "no example fails");
}

/* A column without an alias is evidence named by an expression. */
static void lint_columns(struct gvnp_trial *trial, sqlite3_stmt *statement)
{
	int n = sqlite3_column_count(statement);
	bool is_per = trial->check->per;

	for (int i = 0; i < n; i++) {
		const char *name = sqlite3_column_name(statement, i);

		if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(name))
			gvnp_problems_add(trial->problems, trial->check->file,
					  trial->check->query_line,
					  "column %d needs a name in lower case: … AS name", i + 1);
		if (!is_per && !strcmp(name, "object"))
			gvnp_problems_add(trial->problems, trial->check->file,
					  trial->check->query_line,
					  "a column named object is for checks with per:");
		for (int j = 0; j < i; j++)
			if (!strcmp(name, sqlite3_column_name(statement, j)))
				gvnp_problems_add(trial->problems, trial->check->file,
						  trial->check->query_line,
						  "two columns are named %s", name);
	}
}

static void lint_parameters(struct gvnp_trial *trial, sqlite3_stmt *statement)
{
	for (size_t i = 0; i < trial->check->n_parameters; i++) {
		_cleanup_free_ char *name = gvnp_format(":%s", trial->check->parameters[i].name);

		if (!sqlite3_bind_parameter_index(statement, name))
			gvnp_problems_add(trial->problems, trial->check->file, 0,
					  "the query does not use parameter %s", name + 1);
	}
}

static bool lint_query(struct gvnp_trial *trial)
{
	const struct gvnp_check *check = trial->check;
	size_t n_before = trial->problems->n;
	sqlite3_stmt *statement = NULL;
	_cleanup_free_ char *error = NULL;

	gvnp_helper_uses_read(check->query, &trial->scope.uses);
	trial->scope.per = check->per ? gvnp_schema_table(trial->engine->schema, check->per) : -1;
	if (check->per &&
	    (trial->scope.per < 0 || trial->engine->schema->tables[trial->scope.per].key < 0))
		gvnp_problems_add(trial->problems, check->file, 0,
				  "per: %s is not a table with a key", check->per);
	if (gvnp_prepare(&trial->engine->authorizer, check->query, GVNP_FOR_CHECK,
			 &trial->scope.reads, &statement, &error)) {
		gvnp_problems_add(trial->problems, check->file, check->query_line, "%s", error);
	} else {
		lint_columns(trial, statement);
		lint_parameters(trial, statement);
		gvnp_lint_reads(trial->engine->facts, check, &trial->scope.reads, trial->problems);
	}
	sqlite3_finalize(statement);
	gvnp_lint_sql(check, trial->engine->schema, &trial->scope, trial->problems);
	return trial->problems->n == n_before;
}

/* Runs the check that `catalogue` holds on the examples of its document. */
static void try_check(struct lint *lint, struct gvnp_catalogue *catalogue,
		      const struct gvnp_yaml_node *top)
{
	const struct gvnp_yaml_node *examples = gvnp_yaml_get(top, "examples");
	struct gvnp_engine engine;
	struct gvnp_trial trial = {
		.check = &catalogue->checks[0],
		.engine = &engine,
		.pool = gvnp_catalogue_pool(catalogue),
		.problems = lint->problems,
	};

	gvnp_facts_reset(lint->facts);
	gvnp_engine_begin(&engine, lint->facts, &catalogue->names, trial.pool);
	lint->counts->n_checks++;
	if (!lint_query(&trial))
		;
	else if (!examples)
		gvnp_problems_add(lint->problems, trial.check->file, 0, "examples are missing");
	else if (gvnp_examples_read(examples, engine.schema, trial.check->file, trial.pool,
				    lint->problems, &trial.examples))
		try_examples(lint, &trial);
	gvnp_reads_done(&trial.scope.reads);
	gvnp_helper_uses_done(&trial.scope.uses);
	gvnp_engine_end(&engine);
}

static bool holds_knowledge(const char *folder)
{
	_cleanup_free_ char *file = gvnp_format("%s/requirements.yaml", folder);
	struct stat status;

	return !stat(file, &status);
}

/* The folder that holds requirements.yaml: the check's own or one above it. NULL: none. */
static char *find_root(const char *path)
{
	_cleanup_free_ char *folder = realpath(path, NULL);

	for (int up = 0; folder && up < 3; up++) {
		if (holds_knowledge(folder))
			return gvnp_take(folder);
		char *slash = strrchr(folder, '/');
		if (!slash || slash == folder)
			break;
		*slash = '\0';
	}
	return NULL;
}

/* The area of a check is its folder's name; a site's check says it itself. */
static bool area_of(const char *path, enum gvnp_area *ret)
{
	_cleanup_free_ char *real = realpath(path, NULL);
	char *slash = real ? strrchr(real, '/') : NULL;

	if (!slash || gvnp_text_starts(slash + 1, "site-"))
		return false;
	*slash = '\0';
	return gvnp_area_parse(gvnp_text_base_name(real), ret);
}

/* The check it names as a cause lies in the same catalogue, in the folder its id begins with. */
static void resolve_cause(struct lint *lint, const struct gvnp_check *check, const char *id)
{
	_cleanup_(gvnp_catalogue_freep) struct gvnp_catalogue *catalogue = gvnp_catalogue_new();
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	_cleanup_free_ char *path =
		gvnp_format("%s/%.*s/%s.yaml", lint->root, (int)strcspn(id, "-"), id, id);
	struct gvnp_problems ignored = { 0 };
	struct gvnp_yaml_node *top;
	enum gvnp_area area = GVNP_ISOLATION;

	if (gvnp_fields_is_id(id) && gvnp_load_file(path, false, &text, &ignored) &&
	    !gvnp_yaml_parse(text.data, text.size, path, NULL, gvnp_catalogue_pool(catalogue),
			     &ignored, &top))
		gvnp_load_check(catalogue, top, path, area_of(path, &area) ? &area : NULL,
				&ignored);
	gvnp_load_resolve_cause(check, id, catalogue->n_checks ? &catalogue->checks[0] : NULL,
				lint->problems);
	gvnp_problems_done(&ignored);
}

/* What the check points to. Mistakes in those files themselves are told when their folder is
 * linted. */
static void resolve(struct lint *lint, const char *path, const struct gvnp_check *check)
{
	_cleanup_free_ char *root = find_root(path);
	struct gvnp_problems ignored = { 0 };

	if (!root && check->is_site)
		return;
	if (!root) {
		gvnp_problems_add(lint->problems, path, 0,
				  "there is no requirements.yaml in the folders above");
		return;
	}
	if (!lint->root || strcmp(lint->root, root)) {
		gvnp_catalogue_free(lint->knowledge);
		free(lint->root);
		lint->root = gvnp_take(root);
		lint->knowledge = gvnp_catalogue_new();
		gvnp_load_knowledge(lint->knowledge, lint->root, false, &ignored);
		gvnp_catalogue_finish(lint->knowledge, &ignored);
		gvnp_problems_done(&ignored);
	}
	gvnp_load_resolve_check(lint->knowledge, check, lint->problems);
	for (const char *const *id = check->caused_by; *id; id++)
		resolve_cause(lint, check, *id);
}

static void lint_check(struct lint *lint, const char *path)
{
	_cleanup_(gvnp_catalogue_freep) struct gvnp_catalogue *catalogue = gvnp_catalogue_new();
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	struct gvnp_yaml_node *top;
	enum gvnp_area area;
	bool has_area = area_of(path, &area);

	if (!gvnp_load_file(path, false, &text, lint->problems) ||
	    gvnp_yaml_parse(text.data, text.size, path, NULL, gvnp_catalogue_pool(catalogue),
			    lint->problems, &top))
		return;
	for (size_t i = 0; i + 1 < top->n; i++)
		if (!strcmp(top->keys[i]->text, "examples"))
			gvnp_problems_add(
				lint->problems, path, top->keys[i]->line,
				"examples must be the last key: a run stops reading there");
	gvnp_load_check(catalogue, top, path, has_area ? &area : NULL, lint->problems);
	gvnp_catalogue_finish(catalogue, lint->problems);
	if (!catalogue->n_checks)
		return;
	resolve(lint, path, &catalogue->checks[0]);
	try_check(lint, catalogue, top);
}

static void lint_knowledge(struct lint *lint, const char *folder)
{
	_cleanup_(gvnp_catalogue_freep) struct gvnp_catalogue *catalogue = gvnp_catalogue_new();

	gvnp_load_knowledge(catalogue, folder, false, lint->problems);
	gvnp_catalogue_finish(catalogue, lint->problems);
	gvnp_load_resolve(catalogue, lint->problems);
}

static bool is_knowledge(const char *path)
{
	const char *name = gvnp_text_base_name(path);

	return !strcmp(name, "requirements.yaml") || !strcmp(name, "threats.yaml");
}

static void lint_path(struct lint *lint, const char *path, int depth)
{
	struct stat status;

	if (stat(path, &status)) {
		gvnp_problems_add(lint->problems, path, 0, "%s", strerror(errno));
		return;
	}
	if (!S_ISDIR(status.st_mode)) {
		if (!is_knowledge(path))
			return lint_check(lint, path);
		char *folder =
			gvnp_duplicate_sized(path, (size_t)(gvnp_text_base_name(path) - path));
		lint_knowledge(lint, *folder ? folder : ".");
		free(folder);
		return;
	}
	_cleanup_(gvnp_load_names_freep) char **names = gvnp_load_list(path, lint->problems);
	for (char **name = names; name && *name; name++) {
		_cleanup_free_ char *inner = gvnp_format("%s/%s", path, *name);

		if (!strcmp(*name, "requirements.yaml"))
			lint_knowledge(lint, path);
		else if (is_knowledge(inner) || !strcmp(*name, "README.md"))
			continue;
		else if (gvnp_text_ends(*name, ".yaml") ||
			 (!stat(inner, &status) && S_ISDIR(status.st_mode) && depth < 3))
			lint_path(lint, inner, depth + 1);
		else
			gvnp_problems_add(lint->problems, inner, 0,
					  "a check's file ends with .yaml");
	}
}

int gvnp_lint_all(const char *const *paths, bool is_proving, struct gvnp_problems *problems,
		  struct gvnp_lint_counts *ret)
{
	struct lint lint = {
		.facts = gvnp_facts_new(),
		.problems = problems,
		.counts = ret,
		.is_proving = is_proving,
	};
	size_t n_before = problems->n;

	*ret = (struct gvnp_lint_counts){ 0 };
	for (; *paths; paths++)
		lint_path(&lint, *paths, 0);
	gvnp_catalogue_free(lint.knowledge);
	free(lint.root);
	gvnp_facts_free(lint.facts);
	return problems->n > n_before ? -EINVAL : 0;
}

int gvnp_lint(const char *const *paths, struct gvnp_problems *problems, size_t *ret_n_checks,
	      size_t *ret_n_examples)
{
	struct gvnp_lint_counts counts;
	int error = gvnp_lint_all(paths, false, problems, &counts);

	*ret_n_checks = counts.n_checks;
	*ret_n_examples = counts.n_examples;
	return error;
}
