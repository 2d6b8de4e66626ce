/* SPDX-License-Identifier: Apache-2.0 */
/* What a report says about the host itself, read from the facts with plain SQL. */
#include "verbs/host.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "gvnp/evaluate.h"

static void finalize(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

static sqlite3_stmt *prepare(struct gvnp_facts *facts, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	sqlite3_prepare_v2(gvnp_facts_database(facts), sql, -1, &statement, NULL);
	return statement;
}

static char *column(sqlite3_stmt *statement, int i)
{
	const char *text = (const char *)sqlite3_column_text(statement, i);

	return gvnp_duplicate(text ? text : "");
}

char *gvnp_host_text(struct gvnp_facts *facts, const char *sql)
{
	_cleanup_(finalize) sqlite3_stmt *statement = prepare(facts, sql);

	if (!statement || sqlite3_step(statement) != SQLITE_ROW)
		return gvnp_duplicate("");
	return column(statement, 0);
}

static void read_holes(struct gvnp_host_words *words, struct gvnp_facts *facts)
{
	_cleanup_(finalize) sqlite3_stmt *statement =
		prepare(facts, "SELECT table_name, column_name, object, problem FROM hole "
			       "ORDER BY table_name, column_name, object, problem");

	while (statement && sqlite3_step(statement) == SQLITE_ROW) {
		words->holes = gvnp_grow(words->holes, words->n_holes);
		words->holes[words->n_holes++] =
			(struct gvnp_hole){ .table = column(statement, 0),
					    .column = column(statement, 1),
					    .object = column(statement, 2),
					    .problem = column(statement, 3) };
	}
}

/* "libvirt 9.0.0, QEMU 7.2.22"; versions are major * 1000000 + minor * 1000 + release. */
static const char hypervisor_words[] =
	"SELECT trim(ifnull('libvirt ' || (version / 1000000) || '.' || (version / 1000 % 1000) "
	"|| '.' || (version % 1000), '') || ifnull(', ' || driver || ' ' || "
	"(hypervisor_version / 1000000) || '.' || (hypervisor_version / 1000 % 1000) || '.' || "
	"(hypervisor_version % 1000), ''), ', ') FROM libvirt";

void gvnp_host_words_init(struct gvnp_host_words *words, struct gvnp_facts *facts)
{
	*words = (struct gvnp_host_words){
		.boot_id = gvnp_host_text(facts, "SELECT boot_id FROM host"),
		.machine_id_digest = gvnp_host_text(facts, "SELECT machine_id_digest FROM host"),
		.product = gvnp_host_text(
			facts,
			"SELECT trim(ifnull(sys_vendor, '') || ' ' || ifnull(product_name, '')) "
			"FROM dmi"),
		.kernel = gvnp_host_text(facts, "SELECT kernel_release FROM host"),
		.os = gvnp_host_text(facts, "SELECT os_name FROM host"),
		.hypervisor = gvnp_host_text(facts, hypervisor_words),
		.libvirt_uri = gvnp_host_text(facts, "SELECT uri FROM libvirt"),
	};
	read_holes(words, facts);
}

void gvnp_host_words_done(struct gvnp_host_words *words)
{
	free(words->boot_id);
	free(words->machine_id_digest);
	free(words->product);
	free(words->kernel);
	free(words->os);
	free(words->hypervisor);
	free(words->libvirt_uri);
	for (size_t i = 0; i < words->n_holes; i++) {
		free((char *)words->holes[i].table);
		free((char *)words->holes[i].column);
		free((char *)words->holes[i].object);
		free((char *)words->holes[i].problem);
	}
	free(words->holes);
}

enum gvnp_virtual gvnp_host_is_virtual(struct gvnp_facts *facts)
{
	_cleanup_free_ char *value = gvnp_host_text(facts, "SELECT is_virtual FROM host");

	if (!*value)
		return GVNP_VIRTUAL_UNKNOWN;
	return strcmp(value, "0") ? GVNP_VIRTUAL_YES : GVNP_VIRTUAL_NO;
}

static void free_lines(char **lines)
{
	for (size_t i = 0; lines && lines[i]; i++)
		free(lines[i]);
	free(lines);
}

bool gvnp_host_has_hypervisor(struct gvnp_facts *facts)
{
	static const char signs[] = "SELECT (SELECT count(*) FROM libvirt_daemon) + (SELECT "
				    "count(*) FROM libvirt_socket) "
				    "+ (SELECT count(*) FROM qemu_process)";
	_cleanup_free_ char *n_signs = gvnp_host_text(facts, signs);
	_cleanup_free_ char *uri = gvnp_host_text(facts, "SELECT uri FROM libvirt");
	_cleanup_free_ char *error = NULL;
	char **lines = NULL;

	if (strcmp(n_signs, "0") || *uri)
		return true;
	if (gvnp_query_incomplete(facts, signs, &lines, &error))
		return true;
	bool is_incomplete = lines && lines[0];
	free_lines(lines);
	return is_incomplete;
}
