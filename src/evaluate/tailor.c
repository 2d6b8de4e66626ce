/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an operator changed, read through the source like every other fact, so that a recorded host
 * brings its own. The rule it keeps: a file that somebody else than root could have written changes
 * nothing, and nothing that was written is passed over in silence.
 */
#include "evaluate/tailor.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "gvnp/source.h"

#define FOLDER "/etc/gvnp-audit"

static const char tailoring_folder[] = FOLDER "/tailoring.d";
static const char checks_folder[] = FOLDER "/checks.d";
static const char declaration_file[] = FOLDER "/declaration.yaml";

static const char *const declared_tables[] = { "declared", "declared_listener", "declared_vmm",
					       NULL };

struct tailoring {
	struct gvnp_catalogue *catalogue;
	struct gvnp_source *source;
	struct gvnp_facts *facts;
	int64_t now;
	struct gvnp_problems *problems;
};

/* Absent, or not asked when the host was recorded: nothing is configured. */
static bool is_absent(const struct gvnp_answer *answer)
{
	return answer->error == ENOENT || answer->error == GVNP_NOT_RECORDED;
}

/* What cannot be read is not the operator's mistake: the run goes on, and says so. */
static void unreadable(struct tailoring *tailoring, const char *path,
		       const struct gvnp_answer *answer)
{
	const char *problem =
		*answer->problem ? answer->problem : gvnp_source_error_name(answer->error);

	gvnp_facts_hole(tailoring->facts, "declared", "", "", "not applied: %s%s%s",
			strstr(problem, path) ? "" : path, strstr(problem, path) ? "" : ": ",
			problem);
}

/* True when the answer holds a file that may be heeded. */
static bool may_heed(struct tailoring *tailoring, const char *path,
		     const struct gvnp_answer *answer)
{
	const char *refusal = NULL;

	if (answer->error) {
		unreadable(tailoring, path, answer);
		return false;
	}
	if (answer->uid != 0)
		refusal = "refused: its owner must be root";
	else if (answer->mode & 022)
		refusal = "refused: group or others may write it";
	else if (!answer->size)
		refusal = "the file is empty";
	if (refusal)
		gvnp_problems_add(tailoring->problems, path, 0, "%s", refusal);
	return !refusal;
}

static struct gvnp_yaml_node *parse(struct tailoring *tailoring, const char *path,
				    const struct gvnp_answer *answer, const char *stop_key)
{
	struct gvnp_yaml_node *top;

	if (!may_heed(tailoring, path, answer) ||
	    gvnp_yaml_parse(answer->data, answer->size, path, stop_key,
			    gvnp_catalogue_pool(tailoring->catalogue), tailoring->problems, &top))
		return NULL;
	return top;
}

static void apply_file(struct tailoring *tailoring, const char *path,
		       const struct gvnp_answer *answer)
{
	struct gvnp_yaml_node *top = parse(tailoring, path, answer, NULL);

	if (top)
		gvnp_tailor_apply(tailoring->catalogue, top, path, tailoring->now,
				  tailoring->problems);
}

static void load_site_check(struct tailoring *tailoring, const char *path,
			    const struct gvnp_answer *answer)
{
	struct gvnp_yaml_node *top = parse(tailoring, path, answer, "examples");

	if (top)
		gvnp_load_check(tailoring->catalogue, top, path, NULL, tailoring->problems);
}

/* Who may write the folder may put any file of root's into it, or take one out. */
static bool may_heed_folder(struct tailoring *tailoring, const char *folder,
			    const struct gvnp_answer *list)
{
	const char *refusal = NULL;

	if (list->error) {
		if (!is_absent(list))
			unreadable(tailoring, folder, list);
		return false;
	}
	if (list->n_entries && list->uid != 0)
		refusal = "refused: its owner must be root";
	else if (list->n_entries && (list->mode & 022))
		refusal = "refused: group or others may write it";
	if (refusal)
		gvnp_problems_add(tailoring->problems, folder, 0, "%s", refusal);
	return !refusal;
}

/* Reads every *.yaml of a folder in one batch. */
static void read_folder(struct tailoring *tailoring, const char *folder,
			const struct gvnp_answer *list,
			void (*heed)(struct tailoring *, const char *, const struct gvnp_answer *))
{
	struct gvnp_pool pool = { 0 };
	struct gvnp_request *requests =
		gvnp_pool_allocate_array(&pool, list->n_entries, sizeof *requests);
	size_t n = 0;

	bool is_heeded = may_heed_folder(tailoring, folder, list);

	for (size_t i = 0; is_heeded && i < list->n_entries; i++) {
		const char *name = list->entries[i].name;
		const char *path = gvnp_pool_format(&pool, "%s/%s", folder, name);

		if (name[0] == '.' || gvnp_text_ends(name, "~"))
			continue;
		if (list->entries[i].type == GVNP_TYPE_LINK)
			gvnp_problems_add(tailoring->problems, path, 0,
					  "refused: a link; put the file itself here");
		else if (gvnp_text_ends(name, ".yaml"))
			requests[n++] = (struct gvnp_request){ GVNP_READ, path };
		else
			gvnp_problems_add(tailoring->problems, path, 0,
					  "not heeded: a file here ends with .yaml");
	}
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		n ? gvnp_source_ask(tailoring->source, requests, n) : NULL;
	for (size_t i = 0; i < n; i++)
		heed(tailoring, requests[i].path, &answers->answers[i]);
	gvnp_pool_done(&pool);
}

static void declare_nothing(struct tailoring *tailoring, const struct gvnp_answer *answer)
{
	for (const char *const *table = declared_tables; *table; table++) {
		/* A list of exceptions can only excuse a failure: without it nothing is excused. */
		if (answer->error == ENOENT && !strcmp(*table, "declared_vmm"))
			gvnp_facts_collected(tailoring->facts, *table);
		else if (is_absent(answer))
			gvnp_facts_hole(tailoring->facts, *table, "", "",
					"nothing is documented for this host: there is no %s",
					declaration_file);
		else
			gvnp_facts_hole(tailoring->facts, *table, "", "", "%s: %s",
					declaration_file, gvnp_source_error_name(answer->error));
	}
}

static void declare(struct tailoring *tailoring, const struct gvnp_answer *answer)
{
	if (answer->error) {
		declare_nothing(tailoring, answer);
		return;
	}
	struct gvnp_yaml_node *top = parse(tailoring, declaration_file, answer, NULL);
	if (top)
		gvnp_tailor_declare(tailoring->catalogue, top, declaration_file, tailoring->facts,
				    tailoring->problems);
}

int gvnp_catalogue_tailor(struct gvnp_catalogue *catalogue, struct gvnp_source *source,
			  struct gvnp_facts *facts, int64_t now, struct gvnp_problems *problems)
{
	struct tailoring tailoring = { catalogue, source, facts, now, problems };
	const struct gvnp_request requests[] = {
		{ GVNP_LIST, checks_folder },
		{ GVNP_LIST, tailoring_folder },
		{ GVNP_READ, declaration_file },
	};
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask(source, requests, 3);
	size_t n_before = problems->n;

	/* Site checks first: tailoring may speak of them. */
	read_folder(&tailoring, checks_folder, &answers->answers[0], load_site_check);
	gvnp_catalogue_finish(catalogue, problems);
	for (size_t i = 0; i < catalogue->n_checks; i++)
		if (catalogue->checks[i].is_site)
			gvnp_load_resolve_check(catalogue, &catalogue->checks[i], problems);
	read_folder(&tailoring, tailoring_folder, &answers->answers[1], apply_file);
	declare(&tailoring, &answers->answers[2]);
	return problems->n > n_before ? -EINVAL : 0;
}
