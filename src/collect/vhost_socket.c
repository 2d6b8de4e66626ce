/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets of vhost-user interfaces: who may connect to them. Over such a socket go the descriptors
 * of a VM's memory. The paths are those the domains and the virtual switch name, so this runs after
 * both; what they do not know leaves a hole here.
 */
#include "collect/collectors.h"

#include "base/memory.h"
#include "collect/collect.h"
#include "facts/store.h"

/* A place a switch names relative to its run directory is not followed. */
static const char query[] = "SELECT source AS path FROM domain_interface"
			    " WHERE type = 'vhostuser' AND source LIKE '/%'"
			    " UNION"
			    " SELECT socket FROM vswitch_interface WHERE socket LIKE '/%'"
			    " ORDER BY path";

/* What is missing there may name a socket. */
static void add_holes(struct gvnp_facts *facts)
{
	static const char *const needed[] = { "domain_interface", "vswitch_interface" };
	sqlite3_stmt *statement = gvnp_facts_statement(
		facts, "SELECT DISTINCT problem FROM hole WHERE table_name IN"
		       " ('domain_interface', 'vswitch_interface') ORDER BY problem LIMIT 1");

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!gvnp_facts_is_collected(facts, needed[i]))
			gvnp_facts_hole(facts, "vhost_socket", "", "", "%s: not collected",
					needed[i]);
	_cleanup_free_ char *problem = NULL;
	if (sqlite3_step(statement) == SQLITE_ROW)
		problem = gvnp_duplicate((const char *)sqlite3_column_text(statement, 0));
	sqlite3_reset(statement);
	if (problem)
		gvnp_facts_hole(facts, "vhost_socket", "", "", "%s", problem);
}

static void insert(struct gvnp_facts *facts, const struct gvnp_batch *batch, size_t i)
{
	const struct gvnp_answer *socket = gvnp_batch_answer(batch, i);
	const struct gvnp_answer *folder = gvnp_batch_answer(batch, i + 1);
	const char *path = gvnp_batch_path(batch, i);

	/* the VM or the switch is down */
	if (gvnp_collect_is_absent(socket))
		return;
	if (socket->error)
		return gvnp_batch_hole(batch, i, facts, "vhost_socket", "", path);
	if (folder->error)
		gvnp_batch_hole(batch, i + 1, facts, "vhost_socket", "folder_mode", path);
	gvnp_insert(facts, "vhost_socket", gvnp_text("path", path),
		    gvnp_integer("mode", socket->mode), gvnp_integer("uid", socket->uid),
		    gvnp_integer("gid", socket->gid),
		    gvnp_maybe("folder_mode", !folder->error, folder->mode));
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	sqlite3_stmt *statement = gvnp_facts_statement(collection->facts, query);

	add_holes(collection->facts);
	while (sqlite3_step(statement) == SQLITE_ROW) {
		const char *path = (const char *)sqlite3_column_text(statement, 0);
		size_t size = (size_t)(gvnp_text_base_name(path) - path);

		gvnp_batch_add(&batch, GVNP_STAT, "%s", path);
		gvnp_batch_add(&batch, GVNP_STAT, "%.*s", size > 1 ? (int)size - 1 : 1, path);
	}
	sqlite3_reset(statement);
	if (batch.n)
		gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < batch.n; i += 2)
		insert(collection->facts, &batch, i);
	gvnp_facts_collected(collection->facts, "vhost_socket");
}

const struct gvnp_collector gvnp_collector_vhost_socket = {
	.name = "vhost_socket",
	.about = "sockets of vhost-user interfaces",
	.paths = (const char *const[]){ "stat:/**", NULL },
	.tables = (const char *const[]){ "vhost_socket", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "vhost_socket", "CAP_DAC_READ_SEARCH" },
						       { NULL, NULL } },
	.collect = collect,
};
