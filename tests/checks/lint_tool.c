/* SPDX-License-Identifier: Apache-2.0 */
/* Lints the checks it is given, and proves them sound: what an author of a check needs, without the
 * rest of the program. */
#include <stdio.h>

#include "evaluate/lint.h"

int main(int n, char **arguments)
{
	struct gvnp_problems problems = { 0 };
	struct gvnp_lint_counts counts;

	if (n < 2) {
		fprintf(stderr, "usage: %s PATH…\n", arguments[0]);
		return 2;
	}
	gvnp_lint_all((const char *const *)arguments + 1, true, &problems, &counts);
	for (size_t i = 0; i < problems.n; i++) {
		const struct gvnp_problem *problem = &problems.problems[i];

		if (problem->line)
			printf("%s:%d: %s\n", problem->file, problem->line, problem->text);
		else
			printf("%s: %s\n", problem->file, problem->text);
	}
	printf("%zu checks, %zu examples, %zu judgements of independence, %zu of soundness: "
	       "%zu problems\n",
	       counts.n_checks, counts.n_examples, counts.n_independence, counts.n_proofs,
	       problems.n);
	n = problems.n ? 1 : 0;
	gvnp_problems_done(&problems);
	return n;
}
