/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection to libvirt: which daemon answers, and what its capabilities say about security
 * models and machine types. Without a connection there are no rows, and the tables say why.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"
#include "collect/libvirt_config.h"
#include "collect/xml.h"

static struct gvnp_cell text_cell(const char *column, const struct gvnp_answer *answer)
{
	if (answer->error)
		return gvnp_unreadable(column);
	return gvnp_text_slice(column, gvnp_collect_trimmed(answer));
}

bool gvnp_libvirt_version(const struct gvnp_answer *answer, const char *name, int64_t *ret)
{
	struct gvnp_slice text = gvnp_collect_bytes(answer), line, key, value;

	while (gvnp_slice_next(&text, '\n', &line))
		if (gvnp_slice_split(line, ' ', &key, &value) && gvnp_slice_is(key, name))
			return gvnp_slice_integer(value, ret) && *ret > 0;
	return false;
}

/* <secmodel><model>dac</model><baselabel type='kvm'>+64055:+64055</baselabel></secmodel> */
static void insert_models(struct gvnp_facts *facts, const struct gvnp_xml_node *host)
{
	gvnp_xml_each (model, host, "secmodel") {
		const char *label = "";

		gvnp_xml_each (base, model, "baselabel")
			if (!strcmp(gvnp_xml_get(base, "type"), "kvm"))
				label = gvnp_xml_text(base);
		gvnp_insert(facts, "libvirt_secmodel",
			    gvnp_text("model", gvnp_xml_text(gvnp_xml_child(model, "model"))),
			    gvnp_text("baselabel", label));
	}
}

struct machine {
	const char *name, *architecture;
	bool is_deprecated;
};

static int compare_machines(const void *a, const void *b)
{
	const struct machine *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	if (!order)
		order = strcmp(left->architecture, right->architecture);
	/* the deprecated one first, so that it is the one that is kept */
	return order ? order : right->is_deprecated - left->is_deprecated;
}

/* The same machine may be listed for the architecture and again for an emulator of it. */
static void insert_machines(struct gvnp_facts *facts, const struct gvnp_xml_node *root)
{
	_cleanup_free_ struct machine *machines = NULL;
	size_t n = 0;

	gvnp_xml_each (guest, root, "guest") {
		const struct gvnp_xml_node *architecture = gvnp_xml_child(guest, "arch");

		gvnp_xml_each (machine, architecture, "machine") {
			machines = gvnp_grow(machines, n);
			machines[n++] =
				(struct machine){ gvnp_xml_text(machine),
						  gvnp_xml_get(architecture, "name"),
						  gvnp_xml_says_yes(machine, "deprecated") };
		}
	}
	if (n)
		qsort(machines, n, sizeof *machines, compare_machines);
	for (size_t i = 0; i < n; i++) {
		if (i && !strcmp(machines[i].name, machines[i - 1].name) &&
		    !strcmp(machines[i].architecture, machines[i - 1].architecture))
			continue;
		gvnp_insert(facts, "libvirt_machine", gvnp_text("name", machines[i].name),
			    gvnp_text("architecture", machines[i].architecture),
			    gvnp_integer("is_deprecated", machines[i].is_deprecated));
	}
}

static void collect_capabilities(struct gvnp_facts *facts, const struct gvnp_answer *answer)
{
	static const char *const filled[] = { "libvirt_secmodel", "libvirt_machine" };
	_cleanup_xml_ struct gvnp_xml *xml = NULL;
	_cleanup_free_ char *problem = NULL;
	bool is_known =
		!answer->error && !gvnp_xml_parse(answer->data, answer->size, &xml, &problem);

	for (size_t i = 0; i < sizeof filled / sizeof *filled; i++) {
		if (answer->error)
			gvnp_collect_hole(facts, filled[i], "", "", "libvirt capabilities", answer);
		else if (!is_known)
			gvnp_facts_hole(facts, filled[i], "", "", "libvirt capabilities: %s",
					problem);
	}
	if (!is_known)
		return;
	insert_models(facts, gvnp_xml_child(gvnp_xml_root(xml), "host"));
	insert_machines(facts, gvnp_xml_root(xml));
	for (size_t i = 0; i < sizeof filled / sizeof *filled; i++)
		gvnp_facts_collected(facts, filled[i]);
}

static void collect(const struct gvnp_collection *collection)
{
	static const char *const names[] = { "uri", "type", "version", "capabilities" };
	struct gvnp_facts *facts = collection->facts;
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	const struct gvnp_answer *version;
	int64_t daemon = 0, hypervisor = 0;
	bool has_daemon, has_hypervisor;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		gvnp_batch_add(&batch, GVNP_LIBVIRT, "%s", names[i]);
	gvnp_batch_ask(&batch, collection->source);
	version = gvnp_batch_answer(&batch, 2);
	has_daemon = gvnp_libvirt_version(version, "libvirt-daemon", &daemon);
	has_hypervisor = gvnp_libvirt_version(version, "hypervisor", &hypervisor);
	if (gvnp_batch_answer(&batch, 0)->error && gvnp_batch_answer(&batch, 1)->error) {
		gvnp_collect_hole(facts, "libvirt", "", "", "libvirt",
				  gvnp_batch_answer(&batch, 0));
	} else {
		gvnp_insert(facts, "libvirt", gvnp_integer("id", 1),
			    text_cell("uri", gvnp_batch_answer(&batch, 0)),
			    text_cell("driver", gvnp_batch_answer(&batch, 1)),
			    gvnp_maybe("version", has_daemon, daemon),
			    gvnp_maybe("hypervisor_version", has_hypervisor, hypervisor));
		gvnp_facts_collected(facts, "libvirt");
	}
	collect_capabilities(facts, gvnp_batch_answer(&batch, 3));
}

static const char *const paths[] = { "libvirt", NULL };
static const char *const tables[] = { "libvirt", "libvirt_secmodel", "libvirt_machine", NULL };
static const struct gvnp_privilege privileges[] = {
	{ "libvirt", "connecting to libvirt read-only" },
	{ "libvirt_secmodel", "connecting to libvirt read-only" },
	{ "libvirt_machine", "connecting to libvirt read-only" },
	{ NULL, NULL },
};

const struct gvnp_collector gvnp_collector_libvirt = {
	.name = "libvirt",
	.about = "the libvirt connection: driver, versions, security models, machine types",
	.paths = paths,
	.tables = tables,
	.privileges = privileges,
	.collect = collect,
};
