/* SPDX-License-Identifier: Apache-2.0 */
/* libvirt's virtual networks. A network whose XML cannot be had keeps its row. */
#include <string.h>

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"
#include "collect/xml.h"

/* "uuid active persistent autostart name"; the name may hold blanks. */
struct line {
	struct gvnp_slice uuid, name;
	uint64_t is_active, is_autostarted;
};

static bool read_line(struct gvnp_slice text, struct line *ret)
{
	struct gvnp_slice active, persistent, autostart;

	if (!gvnp_slice_next(&text, ' ', &ret->uuid) || !gvnp_slice_next(&text, ' ', &active) ||
	    !gvnp_slice_next(&text, ' ', &persistent) || !gvnp_slice_next(&text, ' ', &autostart) ||
	    !gvnp_slice_unsigned(active, 10, &ret->is_active) ||
	    !gvnp_slice_unsigned(autostart, 10, &ret->is_autostarted))
		return false;
	ret->name = text;
	return true;
}

static void insert_network(struct gvnp_facts *facts, const struct line *line,
			   const struct gvnp_batch *batch, size_t index)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(batch, index);
	_cleanup_free_ char *uuid = gvnp_slice_copy(line->uuid), *problem = NULL;
	_cleanup_xml_ struct gvnp_xml *xml = NULL;
	bool is_known = !answer->error &&
			!gvnp_xml_parse(answer->data, answer->size, &xml, &problem) &&
			gvnp_xml_is(gvnp_xml_root(xml), "network");
	const struct gvnp_xml_node *root = gvnp_xml_root(xml);
	const struct gvnp_xml_node *forward = gvnp_xml_child(root, "forward");
	const char *mode = gvnp_xml_get(forward, "mode");

	if (answer->error)
		gvnp_batch_hole(batch, index, facts, "network", "", uuid);
	else if (!is_known)
		gvnp_facts_hole(facts, "network", "", uuid, "network XML: %s",
				problem ? problem : "it is no <network>");
	if (forward && !mode[0])
		mode = "nat"; /* formatnetwork: the default of <forward/> */
	gvnp_insert(
		facts, "network", gvnp_text("uuid", uuid), gvnp_text_slice("name", line->name),
		gvnp_integer("is_active", line->is_active != 0),
		gvnp_integer("is_autostarted", line->is_autostarted != 0),
		gvnp_text("forward", is_known ? mode : NULL),
		gvnp_text("bridge",
			  is_known ? gvnp_xml_get(gvnp_xml_child(root, "bridge"), "name") : NULL),
		gvnp_maybe("trusts_guest_filters", is_known,
			   gvnp_xml_says_yes(root, "trustGuestRxFilters")));
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_LIBVIRT, "networks");
	struct gvnp_facts *facts = collection->facts;
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	struct gvnp_slice text, rest;
	struct line line;

	if (answers->answers[0].error) {
		gvnp_collect_hole(facts, "network", "", "", "libvirt networks",
				  &answers->answers[0]);
		return;
	}
	rest = gvnp_collect_bytes(&answers->answers[0]);
	while (gvnp_slice_next(&rest, '\n', &text))
		if (read_line(text, &line))
			gvnp_batch_add(&batch, GVNP_LIBVIRT, "network/%.*s/xml",
				       (int)line.uuid.size, line.uuid.text);
		else
			gvnp_facts_hole(facts, "network", "", "",
					"libvirt networks: a line is not understood");
	if (batch.n)
		gvnp_batch_ask(&batch, collection->source);
	rest = gvnp_collect_bytes(&answers->answers[0]);
	for (size_t i = 0; gvnp_slice_next(&rest, '\n', &text);)
		if (read_line(text, &line))
			insert_network(facts, &line, &batch, i++);
	gvnp_facts_collected(facts, "network");
}

static const char *const paths[] = { "libvirt", NULL };
static const char *const tables[] = { "network", NULL };
static const struct gvnp_privilege privileges[] = {
	{ "network", "connecting to libvirt read-only" },
	{ NULL, NULL },
};

const struct gvnp_collector gvnp_collector_network = {
	.name = "network",
	.about = "libvirt's virtual networks",
	.paths = paths,
	.tables = tables,
	.privileges = privileges,
	.collect = collect,
};
