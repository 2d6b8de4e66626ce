/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The soundness proof over recorded hosts: each request of a recording removed, one at a time. What
 * a check says then is inconclusive, or what it said with it: no check and no subject passes that
 * did not pass before, and none fails or is an error for want of a fact.
 *   replay SNAPSHOT… [--every N SNAPSHOT…]
 * Of the snapshots behind --every only each N-th request is removed, of every snapshot others: hosts
 * that share most answers with one proven whole.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
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
	char *removed; /* the request, once it was made */
};

static struct gvnp_answers *ask_lacking(struct gvnp_source *source,
					const struct gvnp_request *requests, size_t n_requests)
{
	struct lacking *lacking = (struct lacking *)source;
	struct gvnp_answers *answers = gvnp_source_ask(lacking->inner, requests, n_requests);

	if (lacking->missing >= lacking->asked && lacking->missing < lacking->asked + n_requests) {
		size_t at = lacking->missing - lacking->asked;

		answers->answers[at] = (struct gvnp_answer){ .error = GVNP_NOT_RECORDED,
							     .problem = "removed by the test",
							     .data = "" };
		lacking->removed =
			gvnp_format("%s %s", gvnp_source_operation_name(requests[at].operation),
				    requests[at].path);
	}
	lacking->asked += n_requests;
	return answers;
}

static void free_lacking(struct gvnp_source *source)
{
	struct lacking *lacking = (struct lacking *)source;

	gvnp_source_free(lacking->inner);
	free(lacking->removed);
	free(lacking);
}

/* The verdict of every check with request number `missing` removed; the number asked, and the
 * request that was removed, to be freed. */
static struct gvnp_results *judge(struct gvnp_catalogue *catalogue, const char *snapshot,
				  size_t missing, size_t *ret_asked, char **ret_removed)
{
	_cleanup_free_ char *problem = NULL;
	struct gvnp_source *inner;

	if (gvnp_source_new_recorded(snapshot, &inner, &problem) < 0) {
		fprintf(stderr, "%s: %s\n", snapshot, problem);
		exit(2);
	}
	struct lacking *lacking = gvnp_allocate(sizeof *lacking);
	*lacking = (struct lacking){ .source = { ask_lacking, free_lacking },
				     .inner = inner,
				     .missing = missing };
	struct gvnp_facts *facts = gvnp_facts_new();
	struct gvnp_problems problems = { 0 };
	gvnp_catalogue_tailor(catalogue, &lacking->source, facts, 0, &problems);
	gvnp_problems_done(&problems);
	gvnp_collect(&(struct gvnp_collection){ &lacking->source, facts, &catalogue->names });
	gvnp_functions_register(facts, &catalogue->names);
	struct gvnp_results *results = gvnp_evaluate(facts, catalogue);
	*ret_asked = lacking->asked;
	*ret_removed = gvnp_take(lacking->removed);
	gvnp_facts_free(facts);
	gvnp_source_free(&lacking->source);
	return results;
}

/* By its object; a name may be among what is missing. */
static bool is_same(const struct gvnp_subject *a, const struct gvnp_subject *b)
{
	if (*a->object || *b->object)
		return !strcmp(a->object, b->object);
	return !strcmp(a->subject, b->subject);
}

/* Did this subject get this verdict? */
static bool has_subject(const struct gvnp_result *result, const struct gvnp_subject *subject)
{
	for (size_t i = 0; i < result->n_subjects; i++)
		if (result->subjects[i].verdict == subject->verdict &&
		    is_same(&result->subjects[i], subject))
			return true;
	return false;
}

/* Prints what a check says without a request and did not say with it; returns how much. */
static int compare(const struct gvnp_result *before, const struct gvnp_result *after,
		   const char *removed)
{
	int n = 0;

	if (after->verdict != GVNP_INCONCLUSIVE && after->verdict != before->verdict) {
		printf("without %s: %s is %s and was %s\n", removed, after->check->id,
		       gvnp_verdict_name(after->verdict), gvnp_verdict_name(before->verdict));
		n++;
	}
	for (size_t i = 0; i < after->n_subjects; i++) {
		const struct gvnp_subject *subject = &after->subjects[i];

		if (subject->verdict == GVNP_INCONCLUSIVE || has_subject(before, subject))
			continue;
		printf("without %s: %s: '%s' is %s and was not\n", removed, after->check->id,
		       subject->subject, gvnp_verdict_name(subject->verdict));
		n++;
	}
	return n;
}

/* Requests first, first + step, …; runs in a process of its own. Exit status: 0 or 1. */
static int remove_some(struct gvnp_catalogue *catalogue, const char *snapshot,
		       const struct gvnp_results *whole, size_t n_requests, size_t first,
		       size_t step)
{
	int status = 0;

	for (size_t missing = first; missing < n_requests; missing += step) {
		_cleanup_free_ char *removed = NULL;
		size_t asked;
		struct gvnp_results *results =
			judge(catalogue, snapshot, missing, &asked, &removed);

		for (size_t i = 0; i < results->n; i++)
			if (compare(&whole->results[i], &results->results[i], removed))
				status = 1;
		gvnp_results_free(results);
	}
	return status;
}

/* Removes requests offset, offset + every, …. */
static void prove_removals(struct gvnp_catalogue *catalogue, const char *snapshot, size_t offset,
			   size_t every)
{
	size_t n_requests, n_processes = (size_t)sysconf(_SC_NPROCESSORS_ONLN), bad = 0;
	_cleanup_free_ char *removed = NULL;
	struct gvnp_results *whole = judge(catalogue, snapshot, SIZE_MAX, &n_requests, &removed);

	fflush(stdout);
	for (size_t i = 0; i < n_processes; i++) {
		if (fork())
			continue;
		int status = remove_some(catalogue, snapshot, whole, n_requests, offset + i * every,
					 n_processes * every);
		fflush(stdout);
		_exit(status);
	}
	for (size_t i = 0; i < n_processes; i++) {
		int status;
		if (wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status))
			bad++;
	}
	size_t n = n_requests > offset ? (n_requests - offset + every - 1) / every : 0;
	printf("%s %s: %zu of %zu requests removed, one at a time\n", bad ? "not ok" : "ok",
	       snapshot, n, n_requests);
	if (bad || !n)
		n_failed++;
	else
		n_passed++;
	gvnp_results_free(whole);
}

int main(int argc, char **argv)
{
	struct gvnp_problems problems = { 0 };
	_cleanup_(gvnp_catalogue_freep) struct gvnp_catalogue *catalogue = NULL;
	uint64_t every = 1;

	if (argc < 2) {
		puts("skipped: no recorded host");
		return 77;
	}
	if (gvnp_catalogue_load(GVNP_CHECKS, &problems, &catalogue) < 0) {
		fprintf(stderr, "%s:%d: %s\n", problems.problems[0].file, problems.problems[0].line,
			problems.problems[0].text);
		return 2;
	}
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--every"))
			prove_removals(catalogue, argv[i], (size_t)i % every, every);
		else if (!argv[++i] || !gvnp_slice_unsigned(gvnp_slice(argv[i]), 10, &every) ||
			 !every)
			return 2;
	}
	printf("hosts: %zu passed, %zu failed\n", n_passed, n_failed);
	gvnp_problems_done(&problems);
	return n_failed ? 1 : 0;
}
