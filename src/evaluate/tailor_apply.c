/* SPDX-License-Identifier: Apache-2.0 */
/* One file of tailoring: parameters, severities that go up, waivers that end. */
#include "evaluate/tailor.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static struct gvnp_check *find_check(const struct gvnp_fields *fields,
				     struct gvnp_catalogue *catalogue,
				     const struct gvnp_yaml_node *node)
{
	struct gvnp_check *check = (struct gvnp_check *)gvnp_catalogue_check(catalogue, node->text);

	if (!check)
		gvnp_fields_problem(fields, node->line, "there is no check %s", node->text);
	return check;
}

static void set_parameter(const struct gvnp_fields *fields, struct gvnp_check *check,
			  const struct gvnp_yaml_node *key, const struct gvnp_yaml_node *value)
{
	struct gvnp_parameter *parameter = NULL;
	int64_t integer;

	for (size_t i = 0; i < check->n_parameters; i++)
		if (!strcmp(check->parameters[i].name, key->text))
			parameter = &check->parameters[i];
	if (!parameter) {
		gvnp_fields_problem(fields, key->line, "%s has no parameter %s", check->id,
				    key->text);
	} else if (parameter->is_integer) {
		if (gvnp_yaml_integer(value, &integer))
			parameter->integer = integer;
		else
			gvnp_fields_problem(fields, value->line, "%s must be an integer",
					    key->text);
	} else if (value->kind != GVNP_YAML_SCALAR || gvnp_yaml_is_null(value)) {
		gvnp_fields_problem(fields, value->line, "%s must be a text", key->text);
	} else {
		parameter->text = value->text;
	}
}

static void apply_parameters(const struct gvnp_fields *fields, struct gvnp_catalogue *catalogue,
			     const struct gvnp_yaml_node *node)
{
	for (size_t i = 0; i < node->n; i++) {
		const struct gvnp_yaml_node *values = node->items[i];
		struct gvnp_check *check = find_check(fields, catalogue, node->keys[i]);

		if (check && values->kind != GVNP_YAML_MAPPING)
			gvnp_fields_problem(fields, values->line, "write {name: value}");
		for (size_t v = 0; check && values->kind == GVNP_YAML_MAPPING && v < values->n; v++)
			set_parameter(fields, check, values->keys[v], values->items[v]);
	}
}

static void apply_severity(const struct gvnp_fields *fields, struct gvnp_catalogue *catalogue,
			   const struct gvnp_yaml_node *node)
{
	for (size_t i = 0; i < node->n; i++) {
		const struct gvnp_yaml_node *value = node->items[i];
		struct gvnp_check *check = find_check(fields, catalogue, node->keys[i]);
		enum gvnp_severity severity;

		if (!value->text || !gvnp_severity_parse(value->text, &severity))
			gvnp_fields_problem(fields, value->line,
					    "a severity is low, medium, high or critical");
		else if (check && severity < check->severity)
			gvnp_fields_problem(fields, value->line,
					    "%s is %s: a severity is only raised; waive the check "
					    "instead",
					    check->id, gvnp_severity_name(check->severity));
		else if (check)
			check->severity = severity;
	}
}

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool gvnp_tailor_end_of_day(const char *date, int64_t *ret)
{
	static const uint64_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	uint64_t year, month, day;
	int64_t days = 0;

	if (strlen(date) != 10 || date[4] != '-' || date[7] != '-' ||
	    !gvnp_slice_unsigned((struct gvnp_slice){ date, 4 }, 10, &year) ||
	    !gvnp_slice_unsigned((struct gvnp_slice){ date + 5, 2 }, 10, &month) ||
	    !gvnp_slice_unsigned((struct gvnp_slice){ date + 8, 2 }, 10, &day))
		return false;
	if (year < 1970 || month < 1 || month > 12 || day < 1 ||
	    day > lengths[month - 1] + (month == 2 && is_leap((int64_t)year)))
		return false;
	for (int64_t y = 1970; y < (int64_t)year; y++)
		days += 365 + is_leap(y);
	for (uint64_t m = 1; m < month; m++)
		days += (int64_t)lengths[m - 1] + (m == 2 && is_leap((int64_t)year));
	*ret = (days + (int64_t)day) * 24 * 60 * 60;
	return true;
}

static void add_waiver(const struct gvnp_fields *fields, struct gvnp_catalogue *catalogue,
		       int64_t now)
{
	static const char *const keys[] = { "check",	   "subject", "reason",
					    "approved_by", "expires", NULL };
	struct gvnp_waiver waiver = { .file = fields->file, .line = fields->mapping->line };
	size_t n_before = fields->problems->n;
	int64_t end = 0;

	if (!gvnp_fields_check_keys(fields, keys))
		return;
	waiver.check = gvnp_fields_text(fields, "check");
	waiver.subject = gvnp_fields_optional_text(fields, "subject");
	waiver.reason = gvnp_fields_text(fields, "reason");
	waiver.approved_by = gvnp_fields_text(fields, "approved_by");
	waiver.expires = gvnp_fields_text(fields, "expires");
	if (fields->problems->n > n_before)
		return;
	if (!gvnp_catalogue_check(catalogue, waiver.check))
		gvnp_fields_problem(fields, gvnp_fields_line(fields, "check"),
				    "there is no check %s", waiver.check);
	else if (!gvnp_tailor_end_of_day(waiver.expires, &end))
		gvnp_fields_problem(fields, gvnp_fields_line(fields, "expires"),
				    "expires is a day: YYYY-MM-DD");
	if (fields->problems->n > n_before)
		return;
	waiver.is_expired = now >= end;
	catalogue->waivers = gvnp_grow(catalogue->waivers, catalogue->n_waivers);
	catalogue->waivers[catalogue->n_waivers++] = waiver;
}

/* The value of a key when it has the kind it must have. */
static const struct gvnp_yaml_node *part(const struct gvnp_fields *fields, const char *key,
					 enum gvnp_yaml_kind kind)
{
	const struct gvnp_yaml_node *node = gvnp_yaml_get(fields->mapping, key);

	if (!node || node->kind == kind)
		return node;
	gvnp_fields_problem(fields, node->line, "%s must be a %s", key,
			    kind == GVNP_YAML_MAPPING ? "mapping" : "list");
	return NULL;
}

void gvnp_tailor_apply(struct gvnp_catalogue *catalogue, const struct gvnp_yaml_node *top,
		       const char *file, int64_t now, struct gvnp_problems *problems)
{
	static const char *const keys[] = { "parameters", "severity", "waivers", NULL };
	struct gvnp_pool *pool = gvnp_catalogue_pool(catalogue);
	struct gvnp_fields fields = { top, gvnp_pool_text(pool, file), pool, problems };
	const struct gvnp_yaml_node *parameters, *severity, *waivers;

	if (!gvnp_fields_check_keys(&fields, keys))
		return;
	parameters = part(&fields, "parameters", GVNP_YAML_MAPPING);
	severity = part(&fields, "severity", GVNP_YAML_MAPPING);
	waivers = part(&fields, "waivers", GVNP_YAML_SEQUENCE);
	if (parameters)
		apply_parameters(&fields, catalogue, parameters);
	if (severity)
		apply_severity(&fields, catalogue, severity);
	for (size_t i = 0; waivers && i < waivers->n; i++) {
		struct gvnp_fields waiver = { waivers->items[i], fields.file, pool, problems };

		add_waiver(&waiver, catalogue, now);
	}
}
