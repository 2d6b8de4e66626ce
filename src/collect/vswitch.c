/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open vSwitch and OVN on this host: who commands the switch, its bridges and the ports of VMs, by
 * the file of its database and by the arguments of its server. The rule kept here: a server without
 * a database we found is a gap, and no server and no file are a host without Open vSwitch.
 */
#include "collect/collectors.h"

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/ovsdb.h"
#include "facts/store.h"

static const char *const files[] = {
	"/etc/openvswitch/conf.db", "/var/lib/openvswitch/conf.db",
	"/var/lib/docker/volumes/openvswitch_db/_data/conf.db", /* kolla */
};
static const char *const tables[] = { "vswitch",      "vswitch_remote",	   "vswitch_bridge",
				      "vswitch_port", "vswitch_interface", NULL };

struct reading {
	struct gvnp_facts *facts;
	const struct gvnp_ovsdb *database;
	int64_t position;
};

static void add_holes(struct gvnp_facts *facts, const char *problem)
{
	for (const char *const *table = tables; *table; table++)
		gvnp_facts_hole(facts, *table, "", "", "%s", problem);
}

/* ---- remotes */

static bool is_loopback(struct gvnp_slice address)
{
	return gvnp_slice_starts(address, "127.") || gvnp_slice_is(address, "::1") ||
	       gvnp_slice_is(address, "localhost");
}

/* [::1] or a plain address up to the next colon. */
static struct gvnp_slice first_address(struct gvnp_slice rest)
{
	char last = rest.size && rest.text[0] == '[' ? ']' : ':';
	size_t i = 0;

	if (last == ']') {
		rest.text++;
		rest.size--;
	}
	while (i < rest.size && rest.text[i] != last)
		i++;
	return (struct gvnp_slice){ rest.text, i };
}

/* ptcp:PORT:ADDRESS, pssl: likewise; tcp:ADDRESS:PORT, ssl: likewise; unix:, punix:, db: */
static void insert_remote(struct reading *reading, const char *kind, const char *bridge,
			  struct gvnp_slice target)
{
	static const char *const transports[] = { "ptcp", "pssl", "punix", "tcp",
						  "ssl",  "unix", "db" };
	struct gvnp_slice transport = target, rest = { "", 0 }, port, address = { "", 0 };
	const char *name = "other";

	gvnp_slice_split(target, ':', &transport, &rest);
	for (size_t i = 0; i < sizeof transports / sizeof *transports; i++)
		if (gvnp_slice_is(transport, transports[i]))
			name = transports[i];
	if (!strcmp(name, "tcp") || !strcmp(name, "ssl"))
		address = first_address(rest);
	else if ((!strcmp(name, "ptcp") || !strcmp(name, "pssl")) &&
		 gvnp_slice_split(rest, ':', &port, &address))
		address = first_address(address);
	gvnp_insert(reading->facts, "vswitch_remote", gvnp_integer("id", reading->position++),
		    gvnp_text("kind", kind), gvnp_text("bridge", bridge),
		    gvnp_text_slice("target", target), gvnp_text("transport", name),
		    gvnp_text_slice("address", address),
		    gvnp_integer("is_loopback", is_loopback(address)));
}

static void insert_target(struct reading *reading, const struct gvnp_ovsdb_row *row,
			  const char *kind, const char *bridge)
{
	_cleanup_free_ char *target = gvnp_ovsdb_text(row, "target");

	insert_remote(reading, kind, bridge, gvnp_slice(target));
}

/* ---- bridges, ports, interfaces */

static void insert_interface(struct reading *reading, const struct gvnp_ovsdb_row *row,
			     const char *port, const char *bridge)
{
	_cleanup_free_ char *name = gvnp_ovsdb_text(row, "name");
	_cleanup_free_ char *type = gvnp_ovsdb_text(row, "type");

	gvnp_insert(reading->facts, "vswitch_interface", gvnp_text("name", name),
		    gvnp_text("port", port), gvnp_text("bridge", bridge), gvnp_text("type", type),
		    gvnp_text("socket", gvnp_ovsdb_value(row, "options", "vhost-server-path")));
}

static void insert_port(struct reading *reading, const struct gvnp_ovsdb_row *port,
			const char *bridge)
{
	_cleanup_free_ char *name = gvnp_ovsdb_text(port, "name");
	_cleanup_free_ char *tag = gvnp_ovsdb_text(port, "tag");
	_cleanup_free_ char *trunks = gvnp_ovsdb_text(port, "trunks");
	_cleanup_free_ char *mode = gvnp_ovsdb_text(port, "vlan_mode");
	struct gvnp_ovsdb_row row;
	int64_t number = -1;
	size_t i = 0;

	gvnp_parse_integer(tag, &number);
	gvnp_insert(reading->facts, "vswitch_port", gvnp_text("name", name),
		    gvnp_text("bridge", bridge), gvnp_integer("tag", number),
		    gvnp_text("trunks", trunks), gvnp_text("mode", mode));
	while (gvnp_ovsdb_follow(reading->database, port, "interfaces", "Interface", &i, &row))
		insert_interface(reading, &row, name, bridge);
}

static void insert_bridges(struct reading *reading)
{
	struct gvnp_ovsdb_cursor bridges = { 0 };
	struct gvnp_ovsdb_row bridge, row;

	while (gvnp_ovsdb_next(reading->database, "Bridge", &bridges, &bridge)) {
		_cleanup_free_ char *name = gvnp_ovsdb_text(&bridge, "name");
		_cleanup_free_ char *mode = gvnp_ovsdb_text(&bridge, "fail_mode");
		_cleanup_free_ char *datapath = gvnp_ovsdb_text(&bridge, "datapath_type");
		size_t ports = 0, controllers = 0;

		gvnp_insert(reading->facts, "vswitch_bridge", gvnp_text("name", name),
			    gvnp_text("fail_mode", mode), gvnp_text("datapath", datapath));
		while (gvnp_ovsdb_follow(reading->database, &bridge, "ports", "Port", &ports, &row))
			insert_port(reading, &row, name);
		while (gvnp_ovsdb_follow(reading->database, &bridge, "controller", "Controller",
					 &controllers, &row))
			insert_target(reading, &row, "controller", name);
	}
}

static void insert_switch(struct reading *reading, const char *file)
{
	struct gvnp_ovsdb_cursor cursor = { 0 }, certificates = { 0 };
	struct gvnp_ovsdb_row row, ssl;

	if (!gvnp_ovsdb_next(reading->database, "Open_vSwitch", &cursor, &row))
		return;
	bool has_ssl = gvnp_ovsdb_next(reading->database, "SSL", &certificates, &ssl);
	_cleanup_free_ char *authority = has_ssl ? gvnp_ovsdb_text(&ssl, "ca_cert") : NULL;
	_cleanup_free_ char *bootstrap =
		has_ssl ? gvnp_ovsdb_text(&ssl, "bootstrap_ca_cert") : NULL;
	const char *remotes = gvnp_ovsdb_value(&row, "external_ids", "ovn-remote");
	const char *iommu = gvnp_ovsdb_value(&row, "other_config", "vhost-iommu-support");
	struct gvnp_slice rest = gvnp_slice(remotes), remote;

	gvnp_insert(reading->facts, "vswitch", gvnp_integer("id", 1), gvnp_text("file", file),
		    gvnp_integer("is_ovn", remotes[0] != '\0'),
		    gvnp_text("authority", authority ? authority : ""),
		    gvnp_integer("takes_first_authority", bootstrap && !strcmp(bootstrap, "true")),
		    gvnp_text("socket_folder",
			      gvnp_ovsdb_value(&row, "other_config", "vhost-sock-dir")),
		    gvnp_integer("uses_guest_iommu", !strcmp(iommu, "true")));
	while (gvnp_slice_next(&rest, ',', &remote))
		insert_remote(reading, "ovn", "", gvnp_slice_trim(remote));
}

/* ---- the servers */

static void insert_arguments(struct reading *reading, struct gvnp_slice arguments)
{
	static const char option[] = "--remote=";
	struct gvnp_slice argument;

	while (gvnp_slice_next(&arguments, '\0', &argument))
		if (gvnp_slice_starts(argument, option)) {
			argument.text += strlen(option);
			argument.size -= strlen(option);
			insert_remote(reading, "argument", "", argument);
		}
}

static bool knows_processes(struct gvnp_facts *facts)
{
	sqlite3_stmt *statement = gvnp_facts_statement(
		facts, "SELECT 1 FROM hole WHERE table_name = 'process' AND object = '' LIMIT 1");
	bool has_hole = sqlite3_step(statement) == SQLITE_ROW;

	sqlite3_reset(statement);
	return gvnp_facts_is_collected(facts, "process") && !has_hole;
}

static void add_servers(struct gvnp_facts *facts, struct gvnp_batch *batch)
{
	sqlite3_stmt *statement = gvnp_facts_statement(
		facts, "SELECT pid FROM process WHERE name = 'ovsdb-server' ORDER BY pid");

	while (sqlite3_step(statement) == SQLITE_ROW)
		gvnp_batch_add(batch, GVNP_READ, "/proc/%d/cmdline",
			       sqlite3_column_int(statement, 0));
	sqlite3_reset(statement);
}

static void collect_servers(const struct gvnp_collection *collection, struct reading *reading,
			    bool *ret_is_running)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };

	if (!knows_processes(collection->facts))
		gvnp_facts_hole(collection->facts, "vswitch_remote", "", "",
				"the processes of the host are not known");
	add_servers(collection->facts, &batch);
	if (batch.n)
		gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < batch.n; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(&batch, i);

		if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
			gvnp_batch_hole(&batch, i, collection->facts, "vswitch_remote", "", "");
		insert_arguments(reading, gvnp_collect_bytes(answer));
	}
	*ret_is_running = batch.n > 0;
}

static void collect_database(struct reading *reading, const struct gvnp_answer *answer,
			     const char *path)
{
	_cleanup_(gvnp_ovsdb_freep) struct gvnp_ovsdb *database = NULL;
	struct gvnp_ovsdb_cursor managers = { 0 };
	const char *problem = "";
	struct gvnp_ovsdb_row row;

	if (gvnp_ovsdb_parse(gvnp_collect_bytes(answer), &database, &problem) < 0) {
		_cleanup_free_ char *words = gvnp_format("%s: %s", path, problem);

		return add_holes(reading->facts, words);
	}
	reading->database = database;
	insert_switch(reading, path);
	insert_bridges(reading);
	while (gvnp_ovsdb_next(database, "Manager", &managers, &row))
		insert_target(reading, &row, "manager", "");
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	struct reading reading = { .facts = collection->facts };
	bool is_running = false, is_found = false;

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		gvnp_batch_add(&batch, GVNP_READ, "%s", files[i]);
	gvnp_batch_ask(&batch, collection->source);
	collect_servers(collection, &reading, &is_running);
	for (size_t i = 0; i < sizeof files / sizeof *files && !is_found; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(&batch, i);

		is_found = !gvnp_collect_is_absent(answer);
		if (is_found && answer->error)
			add_holes(collection->facts, answer->problem);
		else if (is_found)
			collect_database(&reading, answer, files[i]);
	}
	if (is_running && !is_found)
		add_holes(collection->facts, "ovsdb-server runs, and its database was not found");
	for (const char *const *table = tables; *table; table++)
		gvnp_facts_collected(collection->facts, *table);
}

#define NEEDS "CAP_DAC_READ_SEARCH, where Open vSwitch is"

const struct gvnp_collector gvnp_collector_vswitch = {
	.name = "vswitch",
	.about = "Open vSwitch: who commands it, its bridges and ports",
	.paths = (const char *const[]){ "/etc/openvswitch/conf.db", "/var/lib/openvswitch/conf.db",
					"/var/lib/docker/volumes/openvswitch_db/_data/conf.db",
					"/proc/*/cmdline", NULL },
	.tables = tables,
	.privileges = (const struct gvnp_privilege[]){ { "vswitch", NEEDS },
						       { "vswitch_remote", NEEDS },
						       { "vswitch_bridge", NEEDS },
						       { "vswitch_port", NEEDS },
						       { "vswitch_interface", NEEDS },
						       { NULL, NULL } },
	.collect = collect,
};
