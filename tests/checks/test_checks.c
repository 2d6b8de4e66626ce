/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every check of the catalogue: lint, its examples, and the proof of the soundness rule. Walks the
 * folder at run time, so that a new check is a file and no list to edit. Then the whole catalogue
 * is judged on a host of which nothing is known, where nothing may pass.
 */
#include <stdio.h>

#include "evaluate/lint.h"

static size_t print(const struct gvnp_problems *problems)
{
	for (size_t i = 0; i < problems->n; i++)
		printf("%s:%d: %s\n", problems->problems[i].file, problems->problems[i].line,
		       problems->problems[i].text);
	return problems->n;
}

/* Returns the number of checks that judge a host of which nothing was collected. */
static size_t count_blind(const struct gvnp_catalogue *catalogue)
{
	struct gvnp_facts *facts = gvnp_facts_new();
	struct gvnp_results *results = gvnp_evaluate(facts, catalogue);
	size_t n = 0;

	for (size_t i = 0; i < results->n; i++) {
		const struct gvnp_result *result = &results->results[i];

		if (result->verdict == GVNP_INCONCLUSIVE)
			continue;
		printf("%s: %s though nothing was collected%s%s\n", result->check->file,
		       gvnp_verdict_name(result->verdict), *result->problem ? ": " : "",
		       result->problem);
		n++;
	}
	gvnp_results_free(results);
	gvnp_facts_free(facts);
	return n;
}

int main(void)
{
	static const char *const folders[] = { GVNP_CHECKS, NULL };
	struct gvnp_problems problems = { 0 };
	struct gvnp_catalogue *catalogue = NULL;
	struct gvnp_lint_counts counts;
	size_t n_bad;

	gvnp_lint_all(folders, true, &problems, &counts);
	n_bad = print(&problems);
	gvnp_problems_done(&problems);
	if (gvnp_catalogue_load(GVNP_CHECKS, &problems, &catalogue))
		n_bad += print(&problems);
	else
		n_bad += count_blind(catalogue);
	printf("%zu checks, %zu examples, %zu judgements of independence, %zu of soundness: "
	       "%zu problems\n",
	       counts.n_checks, counts.n_examples, counts.n_independence, counts.n_proofs, n_bad);
	gvnp_catalogue_free(catalogue);
	gvnp_problems_done(&problems);
	return n_bad ? 1 : 0;
}
