/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One root cause, one finding. The rule kept here: a finding is put under another only where the
 * check says so and every subject of it is covered; what one VM alone got wrong stays a finding of
 * its own. Levels, scores and requirements do not look at this.
 */
#include "report/cause.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_failing(const struct gvnp_subject *subject)
{
	return subject->verdict == GVNP_FAIL && !subject->waiver;
}

/* Every subject that fails in `result` fails in `cause` too, by the name a person gives it. */
static bool covers(const struct gvnp_result *cause, const struct gvnp_result *result)
{
	_cleanup_free_ const char **names =
		gvnp_allocate_array(cause->n_subjects + 1, sizeof *names);
	size_t n = 0;

	for (size_t i = 0; i < cause->n_subjects; i++)
		if (is_failing(&cause->subjects[i]))
			names[n++] = cause->subjects[i].subject;
	qsort(names, n, sizeof *names, compare_texts);
	for (size_t i = 0; i < result->n_subjects; i++)
		if (is_failing(&result->subjects[i]) &&
		    !bsearch(&result->subjects[i].subject, names, n, sizeof *names, compare_texts))
			return false;
	return n;
}

/* The results are in the catalogue's order. */
static const struct gvnp_result *find(const struct gvnp_report *report, const char *id)
{
	for (size_t i = 0; i < report->results->n; i++)
		if (!strcmp(report->results->results[i].check->id, id))
			return &report->results->results[i];
	return NULL;
}

const struct gvnp_result *gvnp_report_cause(const struct gvnp_report *report,
					    const struct gvnp_result *result)
{
	const char *const *id = result->check->caused_by;

	if (result->verdict != GVNP_FAIL || result->is_waived)
		return NULL;
	for (; id && *id; id++) {
		const struct gvnp_result *cause = find(report, *id);

		/* A finding is not put under a lesser one. */
		if (cause && cause != result && cause->verdict == GVNP_FAIL && !cause->is_waived &&
		    cause->check->severity >= result->check->severity &&
		    (!cause->check->per || covers(cause, result)))
			return cause;
	}
	return NULL;
}
