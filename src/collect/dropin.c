/* SPDX-License-Identifier: Apache-2.0 */
/* Which files of a set of NAME.d folders count, and in which order. */
#include "collect/dropin.h"

#include "base/memory.h"

struct candidate {
	const char *name, *folder, *link;
	size_t precedence; /* 0 is the highest */
};

static int compare(const void *a, const void *b)
{
	const struct candidate *first = a, *second = b;
	int order = strcmp(first->name, second->name);

	if (order)
		return order;
	return first->precedence < second->precedence ? -1 : first->precedence > second->precedence;
}

static bool is_candidate(const struct gvnp_entry *entry)
{
	/* the type of an entry may be unknown on some file systems: reading will tell */
	return entry->type != GVNP_TYPE_DIRECTORY && entry->name[0] != '.' &&
	       gvnp_text_ends(entry->name, ".conf");
}

static size_t count_entries(const struct gvnp_batch *folders)
{
	size_t n = 0;

	for (size_t i = 0; i < folders->n; i++)
		n += gvnp_batch_answer(folders, i)->n_entries;
	return n;
}

static size_t gather(const struct gvnp_batch *folders, struct candidate *candidates)
{
	size_t n = 0;

	for (size_t i = 0; i < folders->n; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(folders, i);

		for (size_t k = 0; !answer->error && k < answer->n_entries; k++)
			if (is_candidate(&answer->entries[k]))
				candidates[n++] = (struct candidate){ answer->entries[k].name,
								      gvnp_batch_path(folders, i),
								      answer->entries[k].link, i };
	}
	qsort(candidates, n, sizeof *candidates, compare);
	return n;
}

static void add_holes(const struct gvnp_batch *batch, struct gvnp_facts *facts, const char *table,
		      const char *object)
{
	for (size_t i = 0; i < batch->n; i++)
		if (gvnp_collect_presence(gvnp_batch_answer(batch, i)) == GVNP_UNREADABLE)
			gvnp_batch_hole(batch, i, facts, table, "", object);
}

void gvnp_dropins_read_of(struct gvnp_dropins *dropins, struct gvnp_source *source,
			  const char *const *folders, struct gvnp_facts *facts, const char *table,
			  const char *object)
{
	*dropins = (struct gvnp_dropins){ 0 };
	for (size_t i = 0; folders[i]; i++)
		gvnp_batch_add(&dropins->folders, GVNP_LIST, "%s", folders[i]);
	gvnp_batch_ask(&dropins->folders, source);
	add_holes(&dropins->folders, facts, table, object);

	size_t n = count_entries(&dropins->folders);
	_cleanup_free_ struct candidate *candidates = gvnp_allocate_array(n, sizeof *candidates);
	dropins->links = gvnp_allocate_array(n, sizeof *dropins->links);
	n = gather(&dropins->folders, candidates);
	for (size_t i = 0; i < n; i++) {
		const char *link = candidates[i].link;

		if (i && !strcmp(candidates[i].name, candidates[i - 1].name))
			continue;
		if (link && !strcmp(link, "/dev/null"))
			continue;
		dropins->links[dropins->files.n] = link;
		gvnp_batch_add(&dropins->files, GVNP_READ, "%s/%s", candidates[i].folder,
			       candidates[i].name);
	}
	gvnp_batch_ask(&dropins->files, source);
	add_holes(&dropins->files, facts, table, object);
}

void gvnp_dropins_read(struct gvnp_dropins *dropins, struct gvnp_source *source,
		       const char *const *folders, struct gvnp_facts *facts, const char *table)
{
	gvnp_dropins_read_of(dropins, source, folders, facts, table, "");
}

void gvnp_dropins_done(struct gvnp_dropins *dropins)
{
	gvnp_batch_done(&dropins->files);
	gvnp_batch_done(&dropins->folders);
	free(dropins->links);
	dropins->links = NULL;
}
