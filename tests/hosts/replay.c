/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The soundness proof over recorded hosts: each request of a recording removed, one at a time, and
 * no verdict becomes pass or not-applicable that was not so with it.
 *   replay SNAPSHOT…
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "gvnp/check.h"
#include "gvnp/collector.h"
#include "gvnp/evaluate.h"
#include "source/answerer.h"

static size_t n_passed, n_failed;

/* A source that answers all but one request of another. */
struct lacking {
	struct gvnp_source source;
	struct gvnp_source *inner;
	size_t asked, missing;
};

static struct gvnp_answers *ask_lacking(struct gvnp_source *source,
					const struct gvnp_request *requests, size_t n_requests)
{
	struct lacking *lacking = (struct lacking *)source;
	struct gvnp_answers *answers = gvnp_source_ask(lacking->inner, requests, n_requests);

	if (lacking->missing >= lacking->asked && lacking->missing < lacking->asked + n_requests)
		answers->answers[lacking->missing - lacking->asked] = (struct gvnp_answer){
			.error = GVNP_NOT_RECORDED, .problem = "removed by the test", .data = ""
		};
	lacking->asked += n_requests;
	return answers;
}

static void free_lacking(struct gvnp_source *source)
{
	gvnp_source_free(((struct lacking *)source)->inner);
	free(source);
}

/* The verdict of every check with request number `missing` removed; *ret_asked the number asked. */
static struct gvnp_results *judge(struct gvnp_catalogue *catalogue, const char *snapshot,
				  size_t missing, size_t *ret_asked)
{
	_cleanup_free_ char *problem = NULL;
	struct gvnp_source *inner;

	if (gvnp_source_new_recorded(snapshot, &inner, &problem) < 0) {
		fprintf(stderr, "%s: %s\n", snapshot, problem);
		exit(2);
	}
	struct lacking *lacking = gvnp_allocate(sizeof *lacking);
	*lacking = (struct lacking){ { ask_lacking, free_lacking }, inner, 0, missing };
	struct gvnp_facts *facts = gvnp_facts_new();
	struct gvnp_problems problems = { 0 };
	gvnp_catalogue_tailor(catalogue, &lacking->source, facts, 0, &problems);
	gvnp_problems_done(&problems);
	gvnp_collect(&(struct gvnp_collection){ &lacking->source, facts, &catalogue->names });
	gvnp_functions_register(facts, &catalogue->names);
	struct gvnp_results *results = gvnp_evaluate(facts, catalogue);
	*ret_asked = lacking->asked;
	gvnp_facts_free(facts);
	gvnp_source_free(&lacking->source);
	return results;
}

static bool is_good(enum gvnp_verdict verdict)
{
	return verdict == GVNP_PASS || verdict == GVNP_NOT_APPLICABLE;
}

/* Requests first, first + step, …; runs in a process of its own. Exit status: 0 or 1. */
static int remove_some(struct gvnp_catalogue *catalogue, const char *snapshot,
		       const struct gvnp_results *whole, size_t n_requests, size_t first, size_t step)
{
	int status = 0;

	for (size_t missing = first; missing < n_requests; missing += step) {
		size_t asked;
		struct gvnp_results *results = judge(catalogue, snapshot, missing, &asked);
		for (size_t i = 0; i < results->n; i++) {
			if (!is_good(results->results[i].verdict) ||
			    results->results[i].verdict == whole->results[i].verdict)
				continue;
			printf("%s: without request %zu %s is %s and was %s\n", snapshot, missing,
			       results->results[i].check->id,
			       gvnp_verdict_name(results->results[i].verdict),
			       gvnp_verdict_name(whole->results[i].verdict));
			status = 1;
		}
		gvnp_results_free(results);
	}
	return status;
}

static void prove_removals(struct gvnp_catalogue *catalogue, const char *snapshot)
{
	size_t n_requests, n_processes = (size_t)sysconf(_SC_NPROCESSORS_ONLN), bad = 0;
	struct gvnp_results *whole = judge(catalogue, snapshot, SIZE_MAX, &n_requests);

	fflush(stdout);
	for (size_t i = 0; i < n_processes; i++) {
		if (fork())
			continue;
		int status = remove_some(catalogue, snapshot, whole, n_requests, i, n_processes);
		fflush(stdout);
		_exit(status);
	}
	for (size_t i = 0; i < n_processes; i++) {
		int status;
		if (wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status))
			bad++;
	}
	printf("%s %s: %zu requests removed, one at a time\n", bad ? "not ok" : "ok", snapshot,
	       n_requests);
	if (bad || !n_requests)
		n_failed++;
	else
		n_passed++;
	gvnp_results_free(whole);
}

int main(int argc, char **argv)
{
	struct gvnp_problems problems = { 0 };
	_cleanup_(gvnp_catalogue_freep) struct gvnp_catalogue *catalogue = NULL;

	if (argc < 2) {
		puts("skipped: no recorded host");
		return 77;
	}
	if (gvnp_catalogue_load(GVNP_CHECKS, &problems, &catalogue) < 0) {
		fprintf(stderr, "%s:%d: %s\n", problems.problems[0].file, problems.problems[0].line,
			problems.problems[0].text);
		return 2;
	}
	for (int i = 1; i < argc; i++)
		prove_removals(catalogue, argv[i]);
	printf("hosts: %zu passed, %zu failed\n", n_passed, n_failed);
	gvnp_problems_done(&problems);
	return n_failed ? 1 : 0;
}
