/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets libvirt keeps: UUID.xml says what for, UUID.base64 beside it holds the value and is never
 * opened (docs/formatsecret.rst, src/conf/virsecretobj.c).
 */
#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"
#include "collect/xml.h"

#define SECRETS "/etc/libvirt/secrets"

static void insert(struct gvnp_facts *facts, const struct gvnp_batch *batch, size_t i,
		   const struct gvnp_answer *folder)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(batch, i);
	const char *path = gvnp_batch_path(batch, i), *file = gvnp_text_base_name(path);
	_cleanup_free_ char *uuid = gvnp_duplicate_sized(file, strlen(file) - strlen(".xml"));
	_cleanup_free_ char *value = gvnp_format("%s.base64", uuid);
	_cleanup_xml_ struct gvnp_xml *xml = NULL;
	_cleanup_free_ char *problem = NULL;
	const struct gvnp_xml_node *root;
	bool is_known;

	if (gvnp_collect_is_absent(answer))
		return;
	if (answer->error)
		gvnp_batch_hole(batch, i, facts, "libvirt_secret", "", uuid);
	else
		gvnp_xml_parse(answer->data, answer->size, &xml, &problem);
	root = xml ? gvnp_xml_root(xml) : NULL;
	is_known = root && gvnp_xml_is(root, "secret");
	if (!answer->error && !is_known)
		gvnp_facts_hole(facts, "libvirt_secret", "", uuid, "%s: not the XML of a secret",
				path);
	gvnp_insert(
		facts, "libvirt_secret", gvnp_text("uuid", uuid),
		gvnp_text("usage",
			  is_known ? gvnp_xml_get(gvnp_xml_at(root, "usage"), "type") : NULL),
		gvnp_maybe("is_private", is_known, is_known && gvnp_xml_says_yes(root, "private")),
		gvnp_maybe("is_ephemeral", is_known,
			   is_known && gvnp_xml_says_yes(root, "ephemeral")),
		gvnp_integer("has_value", gvnp_collect_entry(folder, value) != NULL));
}

static void collect(const struct gvnp_collection *collection)
{
	struct gvnp_facts *facts = collection->facts;
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_LIST, SECRETS);
	const struct gvnp_answer *folder = &answers->answers[0];

	if (gvnp_collect_presence(folder) == GVNP_UNREADABLE) {
		gvnp_collect_hole(facts, "libvirt_secret", "", "", SECRETS, folder);
		return;
	}
	for (size_t i = 0; !folder->error && i < folder->n_entries; i++)
		if (gvnp_text_ends(folder->entries[i].name, ".xml"))
			gvnp_batch_add(&batch, GVNP_READ, SECRETS "/%s", folder->entries[i].name);
	if (batch.n)
		gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < batch.n; i++)
		insert(facts, &batch, i, folder);
	gvnp_facts_collected(facts, "libvirt_secret");
}

const struct gvnp_collector gvnp_collector_libvirt_secret = {
	.name = "libvirt_secret",
	.about = "secrets of libvirt: what for, and how they are kept; not their values",
	.paths = (const char *const[]){ SECRETS, SECRETS "/*.xml", NULL },
	.tables = (const char *const[]){ "libvirt_secret", NULL },
	.privileges =
		(const struct gvnp_privilege[]){
			{ "libvirt_secret",
			  "CAP_DAC_READ_SEARCH: the folder is open to root only" },
			{ NULL, NULL } },
	.collect = collect,
};
