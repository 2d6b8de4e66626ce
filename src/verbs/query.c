/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gvnp-audit query: the question nobody foresaw, asked of the facts. Only reading is allowed, and
 * an answer from an incomplete table says so: on standard error and in the exit status.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "gvnp/evaluate.h"
#include "report/escape.h"
#include "verbs/audit.h"
#include "verbs/output.h"
#include "verbs/rows.h"
#include "verbs/verbs.h"

struct query {
	struct gvnp_audit_plan plan;
	const struct gvnp_names *asked; /* by the SQL text */
	bool is_json;
};

/* ---- in the worker */

/* The facts are opened read-only: nothing but reading tables and calling functions. */
static int authorize(void *data, int action, const char *first, const char *second,
		     const char *third, const char *fourth)
{
	(void)data, (void)first, (void)second, (void)third, (void)fourth;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_FUNCTION:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	}
	return SQLITE_DENY;
}

static void complain(struct gvnp_outcome *outcome, const char *words)
{
	gvnp_buffer_append_text(outcome->messages, "gvnp-audit: query: ");
	gvnp_escape_terminal(outcome->messages, words);
	gvnp_buffer_append_text(outcome->messages, "\n");
}

/* A statement, and nothing behind it. */
static sqlite3_stmt *prepare(sqlite3 *database, const char *sql, struct gvnp_outcome *outcome)
{
	sqlite3_stmt *statement = NULL;
	const char *tail = NULL;

	if (sqlite3_prepare_v2(database, sql, -1, &statement, &tail) != SQLITE_OK) {
		complain(outcome, sqlite3_errcode(database) == SQLITE_AUTH
					  ? "only SELECT is possible: the facts are read-only"
					  : sqlite3_errmsg(database));
		return NULL;
	}
	if (statement && !gvnp_slice_trim(gvnp_slice(tail)).size)
		return statement;
	complain(outcome, statement ? "one statement at a time" : "there is no statement");
	sqlite3_finalize(statement);
	return NULL;
}

static int say_incomplete(struct gvnp_audit *audit, struct gvnp_outcome *outcome)
{
	_cleanup_free_ char *error = NULL;
	char **lines = NULL;
	int status = GVNP_EXIT_OK;

	if (gvnp_query_incomplete(audit->facts, audit->plan->sql, &lines, &error)) {
		complain(outcome, error ? error : "cannot be prepared");
		return GVNP_EXIT_USAGE;
	}
	for (size_t i = 0; lines && lines[i]; i++) {
		_cleanup_free_ char *line = gvnp_format("incomplete: %s", lines[i]);

		complain(outcome, line);
		free(lines[i]);
		status = GVNP_EXIT_GATE;
	}
	free(lines);
	return status;
}

static int answer(struct gvnp_audit *audit, bool is_json, struct gvnp_outcome *outcome)
{
	sqlite3 *database = gvnp_facts_database(audit->facts);
	int status = say_incomplete(audit, outcome);

	if (status == GVNP_EXIT_USAGE)
		return status;
	sqlite3_set_authorizer(database, authorize, NULL);
	sqlite3_stmt *statement = prepare(database, audit->plan->sql, outcome);
	if (!statement)
		return GVNP_EXIT_USAGE;
	int code = is_json ? gvnp_rows_json(statement, outcome->output)
			   : gvnp_rows_text(statement, outcome->output);
	if (code != SQLITE_DONE) {
		complain(outcome, sqlite3_errmsg(database));
		gvnp_buffer_clear(outcome->output);
		status = GVNP_EXIT_USAGE;
	}
	sqlite3_finalize(statement);
	return status;
}

static void work(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome)
{
	const struct query *query = data;
	_cleanup_(gvnp_audit_done) struct gvnp_audit audit;

	outcome->status = gvnp_audit_collect(&audit, &query->plan, source, query->asked, outcome);
	if (!outcome->status) {
		gvnp_trace_write(&audit.trace, audit.facts);
		gvnp_functions_register(audit.facts, &query->plan.catalogue->names);
		outcome->status = answer(&audit, query->is_json, outcome);
	}
}

static void plan_done(struct query *query)
{
	gvnp_audit_plan_done(&query->plan);
}

static void names_freep(struct gvnp_names **names)
{
	gvnp_names_free(*names);
}

int gvnp_verb_query(const struct gvnp_options *options)
{
	_cleanup_(plan_done) struct query query = { 0 };
	_cleanup_(names_freep) struct gvnp_names *asked =
		gvnp_names_of_query(options->arguments[0]);
	_cleanup_buffer_ struct gvnp_buffer output = { 0 }, messages = { 0 }, recording = { 0 };
	struct gvnp_outcome outcome = { .output = &output,
					.messages = &messages,
					.recording = &recording };
	int status = gvnp_audit_plan_init(&query.plan, options);

	if (status)
		return status;
	query.is_json = !strcmp(query.plan.writer->name, "json");
	if (!query.is_json && strcmp(query.plan.writer->name, "text")) {
		gvnp_output_complain("--format '%s': query writes text or json",
				     query.plan.writer->name);
		return GVNP_EXIT_USAGE;
	}
	query.plan.sql = options->arguments[0];
	query.asked = asked;
	status = gvnp_verb_supervise(options, false, work, &query, &outcome);
	if (output.size && gvnp_output_write(NULL, &output))
		return GVNP_EXIT_INCOMPLETE;
	return status;
}
