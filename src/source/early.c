/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping and finding requests that were posted early; what is not found is simply asked. */
#include "source/early.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "source/exchange.h"

static int compare(const struct gvnp_request *one, const struct gvnp_request *other)
{
	int order = strcmp(one->path, other->path);

	return order ? order : (int)one->operation - (int)other->operation;
}

static int by_request(const void *a, const void *b, void *requests)
{
	const struct gvnp_request *all = requests;

	return compare(&all[*(const size_t *)a], &all[*(const size_t *)b]);
}

void gvnp_early_add(struct gvnp_early **list, const struct gvnp_request *requests, size_t n,
		    bool is_kept, struct gvnp_posted *posted)
{
	struct gvnp_early *early = gvnp_allocate(sizeof *early);

	*early = (struct gvnp_early){
		.next = *list,
		.posted = posted,
		.requests = gvnp_allocate_array(n, sizeof *requests),
		.positions = gvnp_allocate_array(n, sizeof *early->positions),
		.n = n,
		.is_kept = is_kept,
	};
	for (size_t i = 0; i < n; i++)
		early->positions[i] = i;
	if (is_kept && n)
		qsort_r(early->positions, n, sizeof *early->positions, by_request,
			(void *)(uintptr_t)requests);
	for (size_t i = 0; i < n; i++) {
		const struct gvnp_request *request = &requests[early->positions[i]];

		early->requests[i].operation = request->operation;
		early->requests[i].path = gvnp_duplicate(request->path);
	}
	*list = early;
}

static void free_one(struct gvnp_early *early)
{
	for (size_t i = 0; i < early->n; i++)
		free((char *)(uintptr_t)early->requests[i].path);
	free(early->requests);
	free(early->positions);
	gvnp_posted_free(early->posted);
	gvnp_answers_free(early->answers);
	free(early);
}

void gvnp_early_free(struct gvnp_early *list)
{
	for (struct gvnp_early *next; list; list = next) {
		next = list->next;
		free_one(list);
	}
}

static bool is_of(const struct gvnp_early *early, const struct gvnp_request *requests, size_t n)
{
	if (early->is_kept || early->n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (compare(&early->requests[i], &requests[i]))
			return false;
	return true;
}

bool gvnp_early_has(struct gvnp_early *list, const struct gvnp_request *requests, size_t n)
{
	for (const struct gvnp_early *early = list; early; early = early->next)
		if (is_of(early, requests, n))
			return true;
	return false;
}

struct gvnp_posted *gvnp_early_take(struct gvnp_early **list, const struct gvnp_request *requests,
				    size_t n)
{
	struct gvnp_early **found = NULL;

	for (struct gvnp_early **at = list; *at; at = &(*at)->next)
		if (is_of(*at, requests, n))
			found = at;
	if (!found)
		return NULL;
	struct gvnp_early *early = *found;
	struct gvnp_posted *posted = early->posted;
	*found = early->next;
	early->posted = NULL;
	free_one(early);
	return posted;
}

static bool find_in(const struct gvnp_early *early, const struct gvnp_request *request,
		    size_t *ret_position)
{
	size_t low = 0, high = early->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(&early->requests[middle], request);

		if (!order) {
			*ret_position = early->positions[middle];
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

struct gvnp_early *gvnp_early_find(struct gvnp_early *list, const struct gvnp_request *request,
				   size_t *ret_position)
{
	for (struct gvnp_early *early = list; early; early = early->next)
		if (early->is_kept && find_in(early, request, ret_position))
			return early;
	return NULL;
}
