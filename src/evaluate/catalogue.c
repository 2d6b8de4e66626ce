/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue as an object: its names, its order, finding things in it. */
#include "gvnp/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "evaluate/helpers.h"
#include "evaluate/load.h"

static const char *const area_names[] = {
	[GVNP_ISOLATION] = "isolation",
	[GVNP_ESCAPE] = "escape",
	[GVNP_HARDWARE] = "hardware",
	[GVNP_MANAGEMENT] = "management",
};

static const char *const severity_names[] = {
	[GVNP_LOW] = "low",
	[GVNP_MEDIUM] = "medium",
	[GVNP_HIGH] = "high",
	[GVNP_CRITICAL] = "critical",
};

static const char *const claim_names[] = {
	[GVNP_DIRECT] = "direct",
	[GVNP_PRECONDITION] = "precondition",
	[GVNP_CORROBORATES] = "corroborates",
	[GVNP_OUT_OF_SCOPE] = "out-of-scope",
};

const char *gvnp_area_name(enum gvnp_area area)
{
	return area_names[area];
}

const char *gvnp_severity_name(enum gvnp_severity severity)
{
	return severity_names[severity];
}

const char *gvnp_claim_name(enum gvnp_claim claim)
{
	return claim_names[claim];
}

bool gvnp_area_parse(const char *text, enum gvnp_area *ret)
{
	for (int i = 0; i < GVNP_N_AREAS; i++)
		if (!strcmp(area_names[i], text)) {
			*ret = (enum gvnp_area)i;
			return true;
		}
	return false;
}

bool gvnp_severity_parse(const char *text, enum gvnp_severity *ret)
{
	for (int i = GVNP_LOW; i <= GVNP_CRITICAL; i++)
		if (!strcmp(severity_names[i], text)) {
			*ret = (enum gvnp_severity)i;
			return true;
		}
	return false;
}

struct gvnp_catalogue *gvnp_catalogue_new(void)
{
	struct gvnp_catalogue_store *store = gvnp_allocate(sizeof *store);

	return &store->catalogue;
}

void gvnp_catalogue_free(struct gvnp_catalogue *catalogue)
{
	if (!catalogue)
		return;
	gvnp_names_done(&catalogue->names);
	free(catalogue->checks);
	free(catalogue->requirements);
	free(catalogue->threats);
	free(catalogue->waivers);
	gvnp_pool_done(gvnp_catalogue_pool(catalogue));
	free(catalogue);
}

void gvnp_catalogue_freep(struct gvnp_catalogue **catalogue)
{
	gvnp_catalogue_free(*catalogue);
}

static int compare_checks(const void *a, const void *b)
{
	const struct gvnp_check *left = a, *right = b;

	if (left->is_site != right->is_site)
		return left->is_site ? 1 : -1;
	return strcmp(left->id, right->id);
}

static int compare_requirements(const void *a, const void *b)
{
	return strcmp(((const struct gvnp_requirement *)a)->id,
		      ((const struct gvnp_requirement *)b)->id);
}

static int compare_threats(const void *a, const void *b)
{
	return strcmp(((const struct gvnp_threat *)a)->id, ((const struct gvnp_threat *)b)->id);
}

static void sort(void *array, size_t n, size_t size, int (*compare)(const void *, const void *))
{
	if (n)
		qsort(array, n, size, compare);
}

void gvnp_catalogue_finish(struct gvnp_catalogue *catalogue, struct gvnp_problems *problems)
{
	sort(catalogue->checks, catalogue->n_checks, sizeof *catalogue->checks, compare_checks);
	sort(catalogue->requirements, catalogue->n_requirements, sizeof *catalogue->requirements,
	     compare_requirements);
	sort(catalogue->threats, catalogue->n_threats, sizeof *catalogue->threats, compare_threats);
	gvnp_names_done(&catalogue->names);
	for (size_t i = 0; i < catalogue->n_checks; i++) {
		const struct gvnp_check *check = &catalogue->checks[i];

		if (i && !strcmp(check[-1].id, check->id))
			gvnp_problems_add(problems, check->file, 0, "%s has the same id",
					  check[-1].file);
		gvnp_names_add(&catalogue->names, check->uses);
	}
	gvnp_names_sort(&catalogue->names);
}

const struct gvnp_check *gvnp_catalogue_check(const struct gvnp_catalogue *catalogue,
					      const char *id)
{
	for (size_t i = 0; i < catalogue->n_checks; i++)
		if (!strcmp(catalogue->checks[i].id, id))
			return &catalogue->checks[i];
	return NULL;
}

const struct gvnp_requirement *gvnp_catalogue_requirement(const struct gvnp_catalogue *catalogue,
							  const char *id)
{
	const struct gvnp_requirement wanted = { .id = id };

	if (!catalogue->n_requirements)
		return NULL;
	return bsearch(&wanted, catalogue->requirements, catalogue->n_requirements,
		       sizeof *catalogue->requirements, compare_requirements);
}

const struct gvnp_threat *gvnp_catalogue_threat(const struct gvnp_catalogue *catalogue,
						const char *id)
{
	const struct gvnp_threat wanted = { .id = id };

	if (!catalogue->n_threats)
		return NULL;
	return bsearch(&wanted, catalogue->threats, catalogue->n_threats,
		       sizeof *catalogue->threats, compare_threats);
}
