/* SPDX-License-Identifier: Apache-2.0 */
/* requirements.yaml and threats.yaml: what checks point to, and that it is there. */
#include "evaluate/load.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"

static const char *const provenances[] = { "seen", "inferred", "recalled", NULL };

static const char *choose(const struct gvnp_fields *fields, const char *key,
			  const char *const *choices)
{
	int choice = gvnp_fields_choice(fields, key, choices);

	return choice < 0 ? "" : choices[choice];
}

static void read_types(const struct gvnp_fields *fields, struct gvnp_requirement *requirement)
{
	const char *const *types = gvnp_fields_list(fields, "gvnp", true);

	for (; *types; types++) {
		if (!strcmp(*types, "2"))
			requirement->applies_to_type_2 = true;
		else if (!strcmp(*types, "3"))
			requirement->applies_to_type_3 = true;
		else
			gvnp_fields_problem(fields, gvnp_fields_line(fields, "gvnp"),
					    "gvnp is a list of 2 and 3, not %s", *types);
	}
}

static void load_requirement(struct gvnp_catalogue *catalogue, const struct gvnp_fields *fields,
			     const struct gvnp_yaml_node *key)
{
	static const char *const keys[] = { "specification", "version", "status", "clause",
					    "title",	     "gvnp",	"test",	  "alias",
					    "junit",	     "claim",	"threat", "provenance",
					    "text",	     "owed",	NULL };
	static const char *const statuses[] = { "normative", "study", "guidance", NULL };
	static const char *const claims[] = { "direct", "precondition", "corroborates",
					      "out-of-scope", NULL };
	struct gvnp_requirement requirement = { .id = gvnp_pool_text(fields->pool, key->text) };
	size_t n_before = fields->problems->n;

	if (!gvnp_fields_check_keys(fields, keys))
		return;
	requirement.specification = gvnp_fields_text(fields, "specification");
	requirement.version = gvnp_fields_maybe_empty_text(fields, "version");
	requirement.status = choose(fields, "status", statuses);
	requirement.clause = gvnp_fields_maybe_empty_text(fields, "clause");
	requirement.title = gvnp_fields_text(fields, "title");
	read_types(fields, &requirement);
	requirement.test = gvnp_fields_optional_text(fields, "test");
	requirement.junit = gvnp_fields_optional_text(fields, "junit");
	requirement.alias = gvnp_fields_list(fields, "alias", false);
	int claim = gvnp_fields_choice(fields, "claim", claims);
	requirement.threat = gvnp_fields_list(fields, "threat", false);
	requirement.provenance = choose(fields, "provenance", provenances);
	requirement.text = gvnp_fields_text(fields, "text");
	requirement.owed = gvnp_fields_list(fields, "owed", false);
	if (fields->problems->n > n_before)
		return;
	requirement.claim = (enum gvnp_claim)claim;
	catalogue->requirements = gvnp_grow(catalogue->requirements, catalogue->n_requirements);
	catalogue->requirements[catalogue->n_requirements++] = requirement;
}

static void load_threat(struct gvnp_catalogue *catalogue, const struct gvnp_fields *fields,
			const struct gvnp_yaml_node *key)
{
	static const char *const keys[] = { "title",	"source", "provenance",
					    "category", "text",	  NULL };
	struct gvnp_threat threat = { .id = gvnp_pool_text(fields->pool, key->text) };
	size_t n_before = fields->problems->n;

	if (!gvnp_fields_check_keys(fields, keys))
		return;
	threat.title = gvnp_fields_text(fields, "title");
	threat.source = gvnp_fields_text(fields, "source");
	threat.provenance = choose(fields, "provenance", provenances);
	threat.category = gvnp_fields_text(fields, "category");
	threat.text = gvnp_fields_text(fields, "text");
	if (fields->problems->n > n_before)
		return;
	catalogue->threats = gvnp_grow(catalogue->threats, catalogue->n_threats);
	catalogue->threats[catalogue->n_threats++] = threat;
}

static void load_entries(struct gvnp_catalogue *catalogue, const struct gvnp_yaml_node *top,
			 const char *file, struct gvnp_problems *problems,
			 void (*load)(struct gvnp_catalogue *, const struct gvnp_fields *,
				      const struct gvnp_yaml_node *))
{
	struct gvnp_pool *pool = gvnp_catalogue_pool(catalogue);
	const char *name = gvnp_pool_text(pool, file);

	for (size_t i = 0; i < top->n; i++) {
		struct gvnp_fields fields = { top->items[i], name, pool, problems };

		load(catalogue, &fields, top->keys[i]);
	}
}

void gvnp_load_requirements(struct gvnp_catalogue *catalogue, const struct gvnp_yaml_node *top,
			    const char *file, struct gvnp_problems *problems)
{
	load_entries(catalogue, top, file, problems, load_requirement);
}

void gvnp_load_threats(struct gvnp_catalogue *catalogue, const struct gvnp_yaml_node *top,
		       const char *file, struct gvnp_problems *problems)
{
	load_entries(catalogue, top, file, problems, load_threat);
}

static void load_one(struct gvnp_catalogue *catalogue, const char *directory, const char *name,
		     bool is_believed, struct gvnp_problems *problems,
		     void (*load)(struct gvnp_catalogue *, const struct gvnp_yaml_node *,
				  const char *, struct gvnp_problems *))
{
	_cleanup_free_ char *path = gvnp_format("%s/%s", directory, name);
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	_cleanup_(gvnp_pool_done) struct gvnp_pool nodes = { 0 };
	struct gvnp_yaml_node *top;

	if (gvnp_load_file(path, is_believed, &text, problems) &&
	    !gvnp_yaml_parse(text.data, text.size, path, NULL, &nodes, problems, &top))
		load(catalogue, top, path, problems);
}

void gvnp_load_knowledge(struct gvnp_catalogue *catalogue, const char *directory, bool is_believed,
			 struct gvnp_problems *problems)
{
	load_one(catalogue, directory, "requirements.yaml", is_believed, problems,
		 gvnp_load_requirements);
	load_one(catalogue, directory, "threats.yaml", is_believed, problems, gvnp_load_threats);
}

void gvnp_load_resolve_check(const struct gvnp_catalogue *catalogue, const struct gvnp_check *check,
			     struct gvnp_problems *problems)
{
	for (const char *const *id = check->requirement; *id; id++)
		if (!gvnp_catalogue_requirement(catalogue, *id))
			gvnp_problems_add(problems, check->file, 0,
					  "requirement %s is not in requirements.yaml", *id);
	for (const char *const *id = check->threat; *id; id++)
		if (!gvnp_catalogue_threat(catalogue, *id))
			gvnp_problems_add(problems, check->file, 0,
					  "threat %s is not in threats.yaml", *id);
}

void gvnp_load_resolve_cause(const struct gvnp_check *check, const char *id,
			     const struct gvnp_check *cause, struct gvnp_problems *problems)
{
	if (!cause || cause->is_site)
		gvnp_problems_add(problems, check->file, 0, "caused_by %s is not a check", id);
	else if (!strcmp(cause->id, check->id) || *cause->caused_by)
		gvnp_problems_add(problems, check->file, 0,
				  "caused_by %s has a cause itself: name that one", id);
	else if (cause->severity < check->severity)
		gvnp_problems_add(problems, check->file, 0,
				  "caused_by %s is of lower severity: a finding is not put under "
				  "a lesser one",
				  id);
}

void gvnp_load_resolve(const struct gvnp_catalogue *catalogue, struct gvnp_problems *problems)
{
	for (size_t i = 0; i < catalogue->n_checks; i++) {
		const struct gvnp_check *check = &catalogue->checks[i];

		gvnp_load_resolve_check(catalogue, check, problems);
		for (const char *const *id = check->caused_by; *id; id++)
			gvnp_load_resolve_cause(check, *id, gvnp_catalogue_check(catalogue, *id),
						problems);
	}
	for (size_t i = 0; i < catalogue->n_requirements; i++) {
		const struct gvnp_requirement *requirement = &catalogue->requirements[i];

		for (const char *const *id = requirement->threat; *id; id++)
			if (!gvnp_catalogue_threat(catalogue, *id))
				gvnp_problems_add(problems, "requirements.yaml", 0,
						  "%s: threat %s is not in threats.yaml",
						  requirement->id, *id);
	}
}
