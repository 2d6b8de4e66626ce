/* SPDX-License-Identifier: Apache-2.0 */
/*
 * declaration.yaml: what vendor and operator documented. Each part that is given completes its
 * table; a part that is not given stays a hole, because what nobody documented cannot be compared
 * with.
 */
#include "evaluate/tailor.h"

#include "base/memory.h"

static void declare_hardware(const struct gvnp_fields *fields, struct gvnp_catalogue *catalogue,
			     struct gvnp_facts *facts)
{
	static const char *const choices[] = { "accept-virtual", NULL };

	if (!gvnp_yaml_get(fields->mapping, "hardware") ||
	    gvnp_fields_choice(fields, "hardware", choices) < 0)
		return;
	catalogue->accepts_virtual_hardware = true;
	gvnp_insert(facts, "declared", gvnp_text("name", "hardware"),
		    gvnp_text("value", choices[0]));
}

/* Said twice, a row would be refused and the whole table count as incomplete. */
static bool is_there(struct gvnp_facts *facts, const char *sql, const char *text, int64_t number,
		     const char *more)
{
	sqlite3_stmt *row = NULL;
	bool has_row;

	if (sqlite3_prepare_v2(gvnp_facts_database(facts), sql, -1, &row, NULL) != SQLITE_OK)
		gvnp_out_of_memory();
	sqlite3_bind_text(row, 1, text, -1, SQLITE_STATIC);
	sqlite3_bind_int64(row, 2, number);
	sqlite3_bind_text(row, 3, more, -1, SQLITE_STATIC);
	has_row = sqlite3_step(row) == SQLITE_ROW;
	sqlite3_finalize(row);
	return has_row;
}

static void declare_listener(const struct gvnp_fields *fields, struct gvnp_facts *facts)
{
	static const char *const keys[] = { "protocol", "port", "address", NULL };
	static const char *const protocols[] = { "tcp", "udp", NULL };
	const struct gvnp_yaml_node *port = gvnp_yaml_get(fields->mapping, "port");
	size_t n_before = fields->problems->n;
	int64_t number = 0;

	if (!gvnp_fields_check_keys(fields, keys))
		return;
	int protocol = gvnp_fields_choice(fields, "protocol", protocols);
	const char *address = gvnp_fields_optional_text(fields, "address");
	if (!port || !gvnp_yaml_integer(port, &number) || number < 1 || number > 65535)
		gvnp_fields_problem(fields, gvnp_fields_line(fields, "port"),
				    "port is a number from 1 to 65535");
	if (fields->problems->n > n_before)
		return;
	if (is_there(facts,
		     "SELECT 1 FROM declared_listener WHERE protocol = ?1 AND port = ?2 "
		     "AND address = ?3",
		     protocols[protocol], number, address)) {
		gvnp_fields_problem(fields, fields->mapping->line, "this listener is given twice");
		return;
	}
	gvnp_insert(facts, "declared_listener", gvnp_text("protocol", protocols[protocol]),
		    gvnp_integer("port", number), gvnp_text("address", address));
}

static void declare_listeners(const struct gvnp_fields *fields, struct gvnp_facts *facts,
			      const struct gvnp_yaml_node *node)
{
	if (node->kind != GVNP_YAML_SEQUENCE) {
		gvnp_fields_problem(fields, node->line, "listeners must be a list");
		return;
	}
	for (size_t i = 0; i < node->n; i++) {
		struct gvnp_fields listener = *fields;

		listener.mapping = node->items[i];
		declare_listener(&listener, facts);
	}
	gvnp_facts_collected(facts, "declared_listener");
}

static void declare_vmms(const struct gvnp_fields *fields, struct gvnp_facts *facts)
{
	const char *const *path = gvnp_fields_list(fields, "vmms", true);

	for (; *path; path++) {
		if (**path != '/')
			gvnp_fields_problem(fields, gvnp_fields_line(fields, "vmms"),
					    "%s is not an absolute path", *path);
		else if (is_there(facts, "SELECT 1 FROM declared_vmm WHERE exe = ?1", *path, 0, ""))
			gvnp_fields_problem(fields, gvnp_fields_line(fields, "vmms"),
					    "%s is given twice", *path);
		else
			gvnp_insert(facts, "declared_vmm", gvnp_text("exe", *path));
	}
	gvnp_facts_collected(facts, "declared_vmm");
}

static void not_declared(struct gvnp_facts *facts, const char *table, const char *file,
			 const char *key)
{
	gvnp_facts_hole(facts, table, "", "", "%s says nothing about %s", file, key);
}

void gvnp_tailor_declare(struct gvnp_catalogue *catalogue, const struct gvnp_yaml_node *top,
			 const char *file, struct gvnp_facts *facts, struct gvnp_problems *problems)
{
	static const char *const keys[] = { "hardware", "listeners", "vmms", NULL };
	struct gvnp_fields fields = { top, file, gvnp_catalogue_pool(catalogue), problems };
	const struct gvnp_yaml_node *listeners = gvnp_yaml_get(top, "listeners");

	if (!gvnp_fields_check_keys(&fields, keys))
		return;
	declare_hardware(&fields, catalogue, facts);
	gvnp_facts_collected(facts, "declared");
	if (listeners)
		declare_listeners(&fields, facts, listeners);
	else
		not_declared(facts, "declared_listener", file, "listeners");
	if (gvnp_yaml_get(top, "vmms"))
		declare_vmms(&fields, facts);
	else
		not_declared(facts, "declared_vmm", file, "vmms");
}
