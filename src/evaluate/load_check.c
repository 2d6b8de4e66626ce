/* SPDX-License-Identifier: Apache-2.0 */
/* One check from its document. What can be told wrong without running anything is told here. */
#include "evaluate/load.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "evaluate/helpers.h"

static const char *const check_keys[] = {
	"title",  "area",      "severity",    "claim",	    "requirement",
	"threat", "reference", "caused_by",   "parameters", "per",
	"query",  "rationale", "remediation", "examples",   NULL,
};

const char *gvnp_load_id_of(struct gvnp_pool *pool, const char *file)
{
	const char *name = gvnp_text_base_name(file);
	size_t size = strlen(name);

	return gvnp_pool_text_sized(pool, name, gvnp_text_ends(name, ".yaml") ? size - 5 : size);
}

static void read_parameter(const struct gvnp_fields *fields, const struct gvnp_yaml_node *key,
			   const struct gvnp_yaml_node *value, struct gvnp_parameter *ret)
{
	ret->name = gvnp_pool_text(fields->pool, key->text);
	ret->text = "";
	if (strspn(key->text, "abcdefghijklmnopqrstuvwxyz_") != strlen(key->text) || !*key->text)
		gvnp_fields_problem(fields, key->line, "a parameter's name is made of a-z and _");
	if (value->kind != GVNP_YAML_SCALAR || gvnp_yaml_is_null(value))
		gvnp_fields_problem(fields, value->line, "a parameter is an integer or a text");
	else if (gvnp_yaml_integer(value, &ret->integer))
		ret->is_integer = true;
	else
		ret->text = gvnp_pool_text(fields->pool, value->text);
}

static void read_parameters(const struct gvnp_fields *fields, struct gvnp_check *check)
{
	const struct gvnp_yaml_node *node = gvnp_yaml_get(fields->mapping, "parameters");

	if (!node)
		return;
	if (node->kind != GVNP_YAML_MAPPING) {
		gvnp_fields_problem(fields, node->line, "parameters must be a mapping");
		return;
	}
	check->n_parameters = node->n;
	check->parameters =
		gvnp_pool_allocate_array(fields->pool, node->n, sizeof *check->parameters);
	for (size_t i = 0; i < node->n; i++)
		read_parameter(fields, node->keys[i], node->items[i], &check->parameters[i]);
}

static void read_query(const struct gvnp_fields *fields, struct gvnp_check *check)
{
	const struct gvnp_yaml_node *node = gvnp_yaml_get(fields->mapping, "query");

	check->query = "";
	if (!node || node->kind != GVNP_YAML_SCALAR || !*node->text) {
		gvnp_fields_problem(fields, node ? node->line : fields->mapping->line,
				    "query must be a text of SQL");
		return;
	}
	check->query = gvnp_pool_text(fields->pool, node->text);
	check->uses = gvnp_helper_uses_keep(check->query, fields->pool);
	check->query_line = node->line + node->is_block;
}

static void read_area(const struct gvnp_fields *fields, const enum gvnp_area *area,
		      struct gvnp_check *check)
{
	static const char *const choices[] = { "isolation", "escape", "hardware", "management",
					       NULL };
	const struct gvnp_yaml_node *node = gvnp_yaml_get(fields->mapping, "area");

	if (area) {
		check->area = *area;
		if (node)
			gvnp_fields_problem(fields, node->line,
					    "the area of this check is its folder's name");
		return;
	}
	int choice = gvnp_fields_choice(fields, "area", choices);
	if (choice >= 0)
		check->area = (enum gvnp_area)choice;
}

static void read_id(const struct gvnp_fields *fields, const enum gvnp_area *area,
		    struct gvnp_check *check)
{
	const char *id = check->id;
	const char *prefix = area ? gvnp_area_name(*area) : "site";
	size_t size = strlen(prefix);

	if (!gvnp_fields_is_id(id))
		gvnp_fields_problem(fields, 0,
				    "the file name must be made of a-z, 0-9 and single dashes");
	else if (strncmp(id, prefix, size) || id[size] != '-')
		gvnp_fields_problem(fields, 0, "the file name must begin with %s-", prefix);
}

void gvnp_load_check(struct gvnp_catalogue *catalogue, const struct gvnp_yaml_node *top,
		     const char *file, const enum gvnp_area *area, struct gvnp_problems *problems)
{
	static const char *const severities[] = { "low", "medium", "high", "critical", NULL };
	static const char *const claims[] = { "direct", "precondition", "corroborates", NULL };
	struct gvnp_pool *pool = gvnp_catalogue_pool(catalogue);
	struct gvnp_fields fields = { top, gvnp_pool_text(pool, file), pool, problems };
	struct gvnp_check check = { .id = gvnp_load_id_of(pool, file),
				    .file = fields.file,
				    .is_site = !area };
	size_t n_before = problems->n;

	gvnp_fields_check_keys(&fields, check_keys);
	read_id(&fields, area, &check);
	read_area(&fields, area, &check);
	check.title = gvnp_fields_text(&fields, "title");
	int severity = gvnp_fields_choice(&fields, "severity", severities);
	int claim = gvnp_fields_choice(&fields, "claim", claims);
	check.requirement = gvnp_fields_list(&fields, "requirement", true);
	check.threat = gvnp_fields_list(&fields, "threat", true);
	check.reference = gvnp_fields_list(&fields, "reference", false);
	check.caused_by = gvnp_fields_list(&fields, "caused_by", false);
	read_parameters(&fields, &check);
	if (gvnp_yaml_get(top, "per"))
		check.per = gvnp_fields_text(&fields, "per");
	read_query(&fields, &check);
	check.rationale = gvnp_fields_text(&fields, "rationale");
	check.remediation = gvnp_fields_text(&fields, "remediation");
	if (problems->n > n_before)
		return;
	check.severity = (enum gvnp_severity)severity;
	check.claim = (enum gvnp_claim)claim;
	catalogue->checks = gvnp_grow(catalogue->checks, catalogue->n_checks);
	catalogue->checks[catalogue->n_checks++] = check;
}
