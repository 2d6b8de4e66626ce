/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gvnp-audit declare: a draft of /etc/gvnp-audit/declaration.yaml from what runs here. What runs is
 * not what is meant to run: every line of the draft is for somebody to confirm or strike.
 */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "gvnp/evaluate.h"
#include "verbs/audit.h"
#include "verbs/host.h"
#include "verbs/output.h"
#include "verbs/verbs.h"

static void finalize(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

/* Single quotes keep every byte of a text but themselves, which are doubled; control characters,
 * which YAML forbids, become '?'. */
static void quote(struct gvnp_buffer *out, const char *text)
{
	gvnp_buffer_append_text(out, "'");
	for (; text && *text; text++) {
		char c = (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text;

		gvnp_buffer_append(out, &c, 1);
		if (c == '\'')
			gvnp_buffer_append(out, &c, 1);
	}
	gvnp_buffer_append_text(out, "'");
}

static const char *text_of(sqlite3_stmt *statement, int i)
{
	const char *text = (const char *)sqlite3_column_text(statement, i);

	return text ? text : "";
}

static void hardware(struct gvnp_facts *facts, struct gvnp_buffer *out)
{
	gvnp_buffer_append_text(out, "\n# A laboratory that audits a virtual machine may say that "
				     "virtual hardware will do.\n"
				     "# Every report then says that the hardware is virtual.\n");
	if (gvnp_host_is_virtual(facts) != GVNP_VIRTUAL_NO)
		gvnp_buffer_append_text(out, "# hardware: accept-virtual\n");
	else
		gvnp_buffer_append_text(out, "# (this host is not a virtual machine)\n");
}

/* UDP ports from 32768 on are those the kernel gives to clients. */
static void listeners(struct gvnp_facts *facts, struct gvnp_buffer *out)
{
	_cleanup_(finalize) sqlite3_stmt *statement = NULL;
	size_t n = 0;

	sqlite3_prepare_v2(
		gvnp_facts_database(facts),
		"SELECT protocol, port, CASE WHEN is_wildcard THEN '' ELSE address END AS at, "
		"list(ifnull(process, '?')) FROM listener WHERE NOT is_loopback "
		"AND (protocol = 'tcp' OR port < 32768) "
		"GROUP BY protocol, port, at ORDER BY protocol, port, at",
		-1, &statement, NULL);
	gvnp_buffer_append_text(
		out, "\n# Network services of this host that are documented; '' is any address.\n");
	while (statement && sqlite3_step(statement) == SQLITE_ROW) {
		gvnp_buffer_append_text(out, n++ ? "" : "listeners:\n");
		gvnp_buffer_append_format(
			out, "  - {protocol: %s, port: %lld, address: ", text_of(statement, 0),
			(long long)sqlite3_column_int64(statement, 1));
		quote(out, text_of(statement, 2));
		gvnp_buffer_append_text(out, "} # ");
		quote(out, text_of(statement, 3));
		gvnp_buffer_append_text(out, "\n");
	}
	if (!n)
		gvnp_buffer_append_text(out, "listeners: []\n");
}

static void monitors(struct gvnp_facts *facts, struct gvnp_buffer *out)
{
	_cleanup_(finalize) sqlite3_stmt *statement = NULL;
	size_t n = 0;

	sqlite3_prepare_v2(gvnp_facts_database(facts),
			   "SELECT DISTINCT exe FROM qemu_process "
			   "WHERE ifnull(domain, '') = '' AND exe <> '' ORDER BY exe",
			   -1, &statement, NULL);
	gvnp_buffer_append_text(
		out, "\n# Virtual machine monitors that are meant to run without libvirt.\n");
	while (statement && sqlite3_step(statement) == SQLITE_ROW) {
		gvnp_buffer_append_text(out, n++ ? "  - " : "vmms:\n  - ");
		quote(out, text_of(statement, 0));
		gvnp_buffer_append_text(out, "\n");
	}
	if (!n)
		gvnp_buffer_append_text(out, "vmms: []\n");
}

/* What could not be seen cannot be in the draft. */
static int say_incomplete(struct gvnp_facts *facts, struct gvnp_buffer *out)
{
	static const char sql[] = "SELECT count(*) FROM listener, qemu_process";
	_cleanup_free_ char *error = NULL;
	char **lines = NULL;

	if (gvnp_query_incomplete(facts, sql, &lines, &error))
		return GVNP_EXIT_INCOMPLETE;
	for (size_t i = 0; lines && lines[i]; i++) {
		gvnp_buffer_append_format(out, "# INCOMPLETE: ");
		quote(out, lines[i]);
		gvnp_buffer_append_text(out, "\n");
		free(lines[i]);
	}
	free(lines);
	return GVNP_EXIT_OK;
}

static void work(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome)
{
	const struct gvnp_audit_plan *plan = data;
	_cleanup_(gvnp_audit_done) struct gvnp_audit audit;

	outcome->status = gvnp_audit_collect(&audit, plan, source, NULL, outcome);
	if (outcome->status)
		return;
	gvnp_buffer_append_text(
		outcome->output,
		"# Draft of /etc/gvnp-audit/declaration.yaml, from what runs on this host now.\n"
		"# Strike what is not meant to be; the audit compares the host with what stays.\n");
	outcome->status = say_incomplete(audit.facts, outcome->output);
	hardware(audit.facts, outcome->output);
	listeners(audit.facts, outcome->output);
	monitors(audit.facts, outcome->output);
}

int gvnp_verb_declare(const struct gvnp_options *options)
{
	return gvnp_verb_perform(options, work);
}
