/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata of the files that checks name: stat only, nothing is opened. */
#include "collect/collect.h"
#include "collect/collectors.h"
#include "collect/foreseen.h"

static const char *const paths[] = { "stat:/**", NULL };
static const char *const tables[] = { "file", NULL };
static const struct gvnp_privilege privileges[] = {
	{ "file", "nothing; below directories closed to others: CAP_DAC_READ_SEARCH" },
	{ NULL, NULL },
};

/* NULL for a type the table does not know: then the file is of no type any check asks for. */
static const char *type_name(enum gvnp_file_type type)
{
	switch (type) {
	case GVNP_TYPE_REGULAR:
		return "regular";
	case GVNP_TYPE_DIRECTORY:
		return "directory";
	case GVNP_TYPE_LINK:
		return "link";
	case GVNP_TYPE_CHARACTER:
		return "character";
	case GVNP_TYPE_BLOCK:
		return "block";
	case GVNP_TYPE_FIFO:
		return "fifo";
	case GVNP_TYPE_SOCKET:
		return "socket";
	case GVNP_TYPE_NONE:
		break;
	}
	return NULL;
}

static void insert_file(struct gvnp_facts *facts, const struct gvnp_batch *batch, size_t i)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(batch, i);
	const char *path = gvnp_batch_path(batch, i), *type = type_name(answer->type);

	if (gvnp_collect_is_absent(answer))
		return;
	if (answer->error || !type) {
		gvnp_batch_hole(batch, i, facts, "file", "", path);
		return;
	}
	gvnp_insert(facts, "file", gvnp_text("path", path), gvnp_text("type", type),
		    gvnp_integer("mode", answer->mode), gvnp_integer("uid", answer->uid),
		    gvnp_integer("gid", answer->gid), gvnp_integer("modified", answer->modified));
}

void gvnp_file_add_names(struct gvnp_batch *batch, const struct gvnp_names *names)
{
	for (size_t i = 0; i < names->n_file; i++)
		gvnp_batch_add(batch, GVNP_STAT, "%s", names->file[i]);
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };

	gvnp_file_add_names(&batch, collection->names);
	if (batch.n)
		gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < batch.n; i++)
		insert_file(collection->facts, &batch, i);
	gvnp_facts_collected(collection->facts, "file");
}

const struct gvnp_collector gvnp_collector_file = {
	.name = "file",
	.about = "type, owner and mode of the files that loaded checks name",
	.paths = paths,
	.tables = tables,
	.privileges = privileges,
	.collect = collect,
};
