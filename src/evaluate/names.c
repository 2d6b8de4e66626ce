/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of the names that checks ask for: sorted and distinct, so that collecting is repeatable. */
#include "evaluate/helpers.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "gvnp/evaluate.h"

struct set {
	size_t *n;
	const char *const **names;
};

/* The set of one kind; `n` is NULL for facts that need no request. */
static struct set find_set(struct gvnp_names *names, enum gvnp_helper_request request)
{
	switch (request) {
	case GVNP_REQUEST_NONE:
		break;
	case GVNP_REQUEST_SYSCTL:
		return (struct set){ &names->n_sysctl, &names->sysctl };
	case GVNP_REQUEST_KERNEL_CONFIG:
		return (struct set){ &names->n_kernel_config, &names->kernel_config };
	case GVNP_REQUEST_MODULE_PARAMETER:
		return (struct set){ &names->n_module_parameter, &names->module_parameter };
	case GVNP_REQUEST_FILE:
		return (struct set){ &names->n_file, &names->file };
	}
	return (struct set){ NULL, NULL };
}

static const enum gvnp_helper_request requests[] = {
	GVNP_REQUEST_SYSCTL,
	GVNP_REQUEST_KERNEL_CONFIG,
	GVNP_REQUEST_MODULE_PARAMETER,
	GVNP_REQUEST_FILE,
};
enum { N_REQUESTS = sizeof requests / sizeof *requests };

static void add(struct set *set, const char *name)
{
	const char **array = gvnp_grow((const char **)*set->names, *set->n);

	array[(*set->n)++] = gvnp_duplicate(name);
	*set->names = array;
}

void gvnp_names_add(struct gvnp_names *names, const struct gvnp_helper_uses *uses)
{
	for (size_t i = 0; i < uses->n; i++) {
		struct set set = find_set(names, uses->uses[i].helper->request);

		if (uses->uses[i].name && set.n)
			add(&set, uses->uses[i].name);
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void gvnp_names_sort(struct gvnp_names *names)
{
	for (size_t r = 0; r < N_REQUESTS; r++) {
		struct set set = find_set(names, requests[r]);
		size_t kept = 0;

		if (!set.n)
			continue;
		const char **array = (const char **)*set.names;
		if (*set.n)
			qsort(array, *set.n, sizeof *array, compare);
		for (size_t i = 0; i < *set.n; i++) {
			if (kept && !strcmp(array[kept - 1], array[i]))
				free((char *)array[i]);
			else
				array[kept++] = array[i];
		}
		/* The array only grows when its length is a power of two: keep that true. */
		*set.names = gvnp_reallocate_array(array, 2 * kept + 1, sizeof *array);
		*set.n = kept;
	}
}

void gvnp_names_done(struct gvnp_names *names)
{
	for (size_t r = 0; r < N_REQUESTS; r++) {
		struct set set = find_set(names, requests[r]);

		if (!set.n)
			continue;
		for (size_t i = 0; i < *set.n; i++)
			free((char *)(*set.names)[i]);
		free((const char **)*set.names);
	}
	*names = (struct gvnp_names){ 0 };
}

void gvnp_names_merge(struct gvnp_names *names, const struct gvnp_names *more)
{
	for (size_t r = 0; r < N_REQUESTS; r++) {
		struct set from = find_set((struct gvnp_names *)more, requests[r]);
		struct set to = find_set(names, requests[r]);

		for (size_t i = 0; from.n && to.n && i < *from.n; i++)
			add(&to, (*from.names)[i]);
	}
	gvnp_names_sort(names);
}

void gvnp_names_copy(const struct gvnp_names *names, struct gvnp_names *ret)
{
	*ret = (struct gvnp_names){ 0 };
	gvnp_names_merge(ret, names);
}

bool gvnp_names_hold(const struct gvnp_names *names, enum gvnp_helper_request request,
		     const char *name)
{
	struct set set = find_set((struct gvnp_names *)names, request);

	if (!set.n)
		return true;
	return *set.n && bsearch(&name, *set.names, *set.n, sizeof **set.names, compare);
}

struct gvnp_names *gvnp_names_of_query(const char *sql)
{
	struct gvnp_names *names = gvnp_allocate(sizeof *names);
	struct gvnp_helper_uses uses;

	gvnp_helper_uses_read(sql, &uses);
	gvnp_names_add(names, &uses);
	gvnp_names_sort(names);
	gvnp_helper_uses_done(&uses);
	return names;
}

void gvnp_names_free(struct gvnp_names *names)
{
	if (!names)
		return;
	gvnp_names_done(names);
	free(names);
}
