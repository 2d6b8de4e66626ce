/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of the subjects once they are judged. The rule it keeps: the order they are told in
 * depends on what they are, never on how SQLite came by them.
 */
#include "evaluate/conclude.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"

static int compare_subjects(const void *a, const void *b)
{
	const struct gvnp_subject *left = a, *right = b;
	int order = strcmp(left->subject, right->subject);

	order = order ? order : strcmp(left->object, right->object);
	order = order ? order : (int)right->verdict - (int)left->verdict;
	for (size_t i = 0; !order && i < left->n_evidence && i < right->n_evidence; i++) {
		const struct gvnp_evidence *x = &left->evidence[i], *y = &right->evidence[i];

		order = (x->integer > y->integer) - (x->integer < y->integer);
		order = order ? order : strcmp(x->text, y->text);
	}
	return order;
}

/* As queries over one table mostly return them. */
static bool is_sorted(const struct gvnp_subject *subjects, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (compare_subjects(&subjects[i - 1], &subjects[i]) > 0)
			return false;
	return true;
}

/* Equal ones stay as they came. */
static int compare_places(const void *a, const void *b)
{
	const struct gvnp_subject *left = *(const struct gvnp_subject *const *)a;
	const struct gvnp_subject *right = *(const struct gvnp_subject *const *)b;
	int order = compare_subjects(left, right);

	return order ? order : (left > right) - (left < right);
}

static bool is_in_order(const struct gvnp_order *order, const struct gvnp_subject *subjects,
			size_t n)
{
	if (order->n != n)
		return false;
	for (size_t i = 1; i < n; i++) {
		const struct gvnp_subject *left = &subjects[order->places[i - 1]];
		const struct gvnp_subject *right = &subjects[order->places[i]];

		if (compare_places(&left, &right) > 0)
			return false;
	}
	return true;
}

static void find_order(struct gvnp_order *order, const struct gvnp_subject *subjects, size_t n)
{
	_cleanup_free_ const struct gvnp_subject **sorted = gvnp_allocate_array(n, sizeof *sorted);

	for (size_t i = 0; i < n; i++)
		sorted[i] = &subjects[i];
	qsort(sorted, n, sizeof *sorted, compare_places);
	order->places = gvnp_reallocate_array(order->places, n, sizeof *order->places);
	order->n = n;
	for (size_t i = 0; i < n; i++)
		order->places[i] = (size_t)(sorted[i] - subjects);
}

void gvnp_order_done(struct gvnp_order *order)
{
	free(order->places);
	*order = (struct gvnp_order){ 0 };
}

void gvnp_conclude(struct gvnp_order *order, struct gvnp_pool *pool, struct gvnp_result *result)
{
	struct gvnp_subject *subjects = result->subjects;
	size_t n = result->n_subjects;
	bool is_as_it_came = is_sorted(subjects, n);

	result->subjects = gvnp_pool_allocate_array(pool, n, sizeof *subjects);
	if (!is_as_it_came && !is_in_order(order, subjects, n))
		find_order(order, subjects, n);
	for (size_t i = 0; i < n; i++)
		result->subjects[i] = subjects[is_as_it_came ? i : order->places[i]];
	free(subjects);
	for (size_t i = 0; i < n; i++)
		if (result->subjects[i].verdict > result->verdict)
			result->verdict = result->subjects[i].verdict;
}

static bool is_open(enum gvnp_verdict verdict)
{
	return verdict == GVNP_FAIL || verdict == GVNP_ERROR || verdict == GVNP_INCONCLUSIVE;
}

static struct gvnp_waiver *find_waiver(struct gvnp_waiver *waivers, size_t n,
				       const struct gvnp_check *check, const char *subject)
{
	for (size_t i = 0; i < n; i++)
		if (!waivers[i].is_expired && !strcmp(waivers[i].check, check->id) &&
		    (!*waivers[i].subject || !strcmp(waivers[i].subject, subject)))
			return &waivers[i];
	return NULL;
}

void gvnp_waive(struct gvnp_result *result, struct gvnp_waiver *waivers, size_t n_waivers)
{
	result->is_waived = is_open(result->verdict);
	for (size_t i = 0; i < result->n_subjects; i++) {
		struct gvnp_subject *subject = &result->subjects[i];
		struct gvnp_waiver *waiver;

		if (!is_open(subject->verdict))
			continue;
		waiver = find_waiver(waivers, n_waivers, result->check, subject->subject);
		subject->waiver = waiver;
		if (waiver)
			waiver->is_used = true;
		else
			result->is_waived = false;
	}
	if (!result->n_subjects && result->is_waived) {
		struct gvnp_waiver *waiver = find_waiver(waivers, n_waivers, result->check, "");

		if (waiver)
			waiver->is_used = true;
		result->is_waived = waiver;
	}
}
