/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UNIX sockets of the libvirt daemons in /run/libvirt: who may connect, by mode and owner. Which
 * daemon listens is known only where the listening UNIX sockets of the host were collected before.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"
#include "facts/store.h"

#define FOLDER "/run/libvirt"

/* Longest suffix first. Every daemon names its sockets like this (docs/daemons.rst). */
static const struct {
	const char *suffix, *kind;
} kinds[] = {
	{ "-admin-sock", "admin" },
	{ "-sock-ro", "read-only" },
	{ "-sock", "read-write" },
};

/* What the socket is for, NULL when it belongs to no daemon. */
static const char *kind_of(const char *name)
{
	if (!gvnp_text_starts(name, "libvirt-") && !gvnp_text_starts(name, "virt"))
		return NULL;
	if (!strcmp(name, "virtlogd-sock") || !strcmp(name, "virtlockd-sock"))
		return "internal";
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (gvnp_text_ends(name, kinds[i].suffix))
			return kinds[i].kind;
	return NULL;
}

/* The process listening on it; "" when none does, NULL when that is not known. Freed by the caller.
 * /var/run is /run, and older daemons write it that way. */
static char *listener_of(struct gvnp_facts *facts, const char *path)
{
	static const char query[] =
		"SELECT process, process IS NULL AS is_unknown, process = '' AS is_none"
		"  FROM unix_listener WHERE path = ?1 OR path = '/var' || ?1"
		" UNION ALL"
		" SELECT NULL, 2, 0 FROM hole WHERE table_name = 'unix_listener' AND object = ''"
		" ORDER BY is_unknown, is_none LIMIT 1";
	sqlite3_stmt *statement = NULL;
	char *process = NULL;

	if (!gvnp_facts_is_collected(facts, "unix_listener") ||
	    sqlite3_prepare_v2(gvnp_facts_database(facts), query, -1, &statement, NULL) !=
		    SQLITE_OK)
		return NULL;
	sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
	if (sqlite3_step(statement) != SQLITE_ROW)
		process = gvnp_duplicate("");
	else if (sqlite3_column_text(statement, 0))
		process = gvnp_duplicate((const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	return process;
}

static void insert_socket(struct gvnp_facts *facts, const struct gvnp_batch *batch, size_t index)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(batch, index);
	const char *path = gvnp_batch_path(batch, index);
	_cleanup_free_ char *process = NULL;

	if (gvnp_collect_is_absent(answer)) /* it went away since the folder was listed */
		return;
	if (answer->error) {
		gvnp_batch_hole(batch, index, facts, "libvirt_socket", "", path);
		return;
	}
	process = listener_of(facts, path);
	gvnp_insert(facts, "libvirt_socket", gvnp_text("path", path),
		    gvnp_text("kind", kind_of(gvnp_text_base_name(path))),
		    gvnp_integer("mode", answer->mode), gvnp_integer("uid", answer->uid),
		    gvnp_integer("gid", answer->gid), gvnp_text("daemon", process));
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_LIST, FOLDER);
	const struct gvnp_answer *folder = &answers->answers[0];
	_cleanup_batch_ struct gvnp_batch batch = { 0 };

	if (gvnp_collect_presence(folder) == GVNP_UNREADABLE) {
		gvnp_collect_hole(collection->facts, "libvirt_socket", "", "", FOLDER, folder);
		return;
	}
	for (size_t i = 0; !folder->error && i < folder->n_entries; i++)
		if (folder->entries[i].type == GVNP_TYPE_SOCKET && kind_of(folder->entries[i].name))
			gvnp_batch_add(&batch, GVNP_STAT, FOLDER "/%s", folder->entries[i].name);
	if (batch.n)
		gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < batch.n; i++)
		insert_socket(collection->facts, &batch, i);
	gvnp_facts_collected(collection->facts, "libvirt_socket");
}

static const char *const paths[] = { FOLDER, FOLDER "/*", NULL };
static const char *const tables[] = { "libvirt_socket", NULL };
static const struct gvnp_privilege privileges[] = {
	{ "libvirt_socket", "nothing; CAP_SYS_PTRACE + CAP_DAC_READ_SEARCH for the daemon" },
	{ NULL, NULL },
};

const struct gvnp_collector gvnp_collector_libvirt_socket = {
	.name = "libvirt_socket",
	.about = "UNIX sockets of the libvirt daemons",
	.paths = paths,
	.tables = tables,
	.privileges = privileges,
	.collect = collect,
};
