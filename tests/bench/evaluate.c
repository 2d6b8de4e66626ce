/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processor time of preparing and evaluating all checks over a recorded host:
 *   evaluate SNAPSHOT
 * prints "N-CHECKS MICROSECONDS", the median of 15 evaluations, and after it "ID MICROSECONDS" of
 * the ten slowest, each alone, the slowest first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/cleanup.h"
#include "gvnp/check.h"
#include "gvnp/collector.h"
#include "gvnp/evaluate.h"
#include "source/answerer.h"

enum { N_RUNS = 15, N_SLOWEST = 10 };

struct cost {
	const char *id;
	long microseconds;
};

static long microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

static int by_size(const void *one, const void *other)
{
	long a = *(const long *)one, b = *(const long *)other;

	return (a > b) - (a < b);
}

static int by_cost(const void *one, const void *other)
{
	const struct cost *a = one, *b = other;

	return (b->microseconds > a->microseconds) - (b->microseconds < a->microseconds);
}

static long median_evaluation(struct gvnp_facts *facts, const struct gvnp_catalogue *catalogue)
{
	long times[N_RUNS];

	for (size_t i = 0; i < N_RUNS; i++) {
		long begin = microseconds();
		gvnp_results_free(gvnp_evaluate(facts, catalogue));
		times[i] = microseconds() - begin;
	}
	qsort(times, N_RUNS, sizeof *times, by_size);
	return times[N_RUNS / 2];
}

int main(int argc, char **argv)
{
	struct gvnp_problems problems = { 0 };
	_cleanup_(gvnp_catalogue_freep) struct gvnp_catalogue *catalogue = NULL;
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = NULL;
	_cleanup_free_ char *problem = NULL;

	if (argc != 2 || gvnp_catalogue_load(GVNP_CHECKS, &problems, &catalogue) < 0 ||
	    gvnp_source_new_recorded(argv[1], &source, &problem) < 0) {
		fprintf(stderr, "evaluate: %s\n", problem ? problem : "usage or checks");
		return 2;
	}
	struct gvnp_facts *facts = gvnp_facts_new();
	gvnp_collect(&(struct gvnp_collection){ source, facts, &catalogue->names });
	gvnp_functions_register(facts, &catalogue->names);

	_cleanup_free_ struct cost *costs = calloc(catalogue->n_checks + 1, sizeof *costs);
	if (!costs)
		return 2;
	printf("%zu %ld", catalogue->n_checks, median_evaluation(facts, catalogue));
	for (size_t i = 0; i < catalogue->n_checks; i++) {
		struct gvnp_catalogue one = *catalogue;
		one.checks = catalogue->checks + i;
		one.n_checks = 1;
		costs[i] = (struct cost){ one.checks->id, median_evaluation(facts, &one) };
	}
	qsort(costs, catalogue->n_checks, sizeof *costs, by_cost);
	for (size_t i = 0; i < catalogue->n_checks && i < N_SLOWEST; i++)
		printf(" %s %ld", costs[i].id, costs[i].microseconds);
	printf("\n");
	gvnp_facts_free(facts);
	gvnp_problems_done(&problems);
	return 0;
}
