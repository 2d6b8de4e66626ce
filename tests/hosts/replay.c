/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The soundness proof over recorded hosts: each request of a recording removed, one at a time, and
 * each refused, as the kernel refuses what may be looked at and not opened. What a check says then
 * is inconclusive, or what it said with the answer: no check and no subject passes that did not
 * pass before, and none fails or is an error for want of a fact. Below that (rows.h): a fact that
 * is missing or another one for want of the answer is covered by a hole.
 *
 *   replay SNAPSHOT… [--every N SNAPSHOT…]
 *
 * Of the snapshots behind --every only each N-th request is harmed, of every snapshot others, and
 * in one of the two ways by turns: hosts that share most answers with one proven whole.
 */
#include <errno.h>
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
#include "rows.h"
#include "source/answerer.h"

static size_t n_passed, n_failed;

enum harm { REMOVED, REFUSED, N_HARMS };

static const char *const harm_names[] = { "without", "refused" };

/* A source that answers all but one request of another. */
struct lacking {
	struct gvnp_source source;
	struct gvnp_source *inner;
	size_t asked, missing;
	enum harm harm;
	char *removed; /* the request, once it was made */
};

/* What the kernel shows of a file before it refuses to open it stays. */
static void refuse(const struct gvnp_request *request, struct gvnp_answer *answer)
{
	bool is_opened = request->operation == GVNP_READ || request->operation == GVNP_RANGE ||
			 request->operation == GVNP_LIST;

	if (!is_opened)
		*answer = (struct gvnp_answer){ 0 };
	answer->error = request->operation == GVNP_LIBVIRT ? GVNP_LIBVIRT_ERROR : EACCES;
	answer->problem = "refused by the test";
	answer->data = "";
	answer->size = 0;
}

static struct gvnp_answers *ask_lacking(struct gvnp_source *source,
					const struct gvnp_request *requests, size_t n_requests)
{
	struct lacking *lacking = (struct lacking *)source;
	struct gvnp_answers *answers = gvnp_source_ask(lacking->inner, requests, n_requests);

	if (lacking->missing >= lacking->asked && lacking->missing < lacking->asked + n_requests) {
		size_t at = lacking->missing - lacking->asked;

		if (lacking->harm == REFUSED)
			refuse(&requests[at], &answers->answers[at]);
		else
			answers->answers[at] =
				(struct gvnp_answer){ .error = GVNP_NOT_RECORDED,
						      .problem = "removed by the test",
						      .data = "" };
		lacking->removed = gvnp_format("%s %s %s", harm_names[lacking->harm],
					       gvnp_source_operation_name(requests[at].operation),
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

struct judgement {
	struct gvnp_facts *facts;
	struct rows *rows;
	struct gvnp_results *results;
	size_t n_asked;
	char *harmed; /* what was done to which request, if one was harmed */
};

static void judgement_done(struct judgement *judgement)
{
	gvnp_results_free(judgement->results);
	rows_free(judgement->rows);
	gvnp_facts_free(judgement->facts);
	free(judgement->harmed);
}

#define _cleanup_judgement_ _cleanup_(judgement_done)

/* With request number `missing` harmed. */
static struct judgement judge(struct gvnp_catalogue *catalogue, const char *snapshot,
			      size_t missing, enum harm harm)
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
				     .missing = missing,
				     .harm = harm };
	struct gvnp_facts *facts = gvnp_facts_new();
	struct gvnp_problems problems = { 0 };
	gvnp_catalogue_tailor(catalogue, &lacking->source, facts, 0, &problems);
	gvnp_problems_done(&problems);
	gvnp_collect(&(struct gvnp_collection){ &lacking->source, facts, &catalogue->names });
	gvnp_functions_register(facts, &catalogue->names);
	struct judgement judgement = { .facts = facts,
				       .rows = rows_read(facts),
				       .results = gvnp_evaluate(facts, catalogue),
				       .n_asked = lacking->asked,
				       .harmed = gvnp_take(lacking->removed) };
	gvnp_source_free(&lacking->source);
	return judgement;
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
		printf("%s: %s is %s and was %s\n", removed, after->check->id,
		       gvnp_verdict_name(after->verdict), gvnp_verdict_name(before->verdict));
		n++;
	}
	for (size_t i = 0; i < after->n_subjects; i++) {
		const struct gvnp_subject *subject = &after->subjects[i];

		if (subject->verdict == GVNP_INCONCLUSIVE || has_subject(before, subject))
			continue;
		printf("%s: %s: '%s' is %s and was not\n", removed, after->check->id,
		       subject->subject, gvnp_verdict_name(subject->verdict));
		n++;
	}
	return n;
}

static int harm_one(struct gvnp_catalogue *catalogue, const char *snapshot,
		    const struct judgement *whole, size_t missing, enum harm harm)
{
	_cleanup_judgement_ struct judgement harmed = judge(catalogue, snapshot, missing, harm);
	int n = rows_compare(whole->rows, harmed.rows, harmed.facts, harmed.harmed);

	for (size_t i = 0; i < harmed.results->n; i++)
		n += compare(&whole->results->results[i], &harmed.results->results[i],
			     harmed.harmed);
	return n;
}

/* Which of the snapshot's requests: offset, offset + every, …. */
struct choice {
	size_t n_requests, offset, every;
};

static size_t n_chosen(const struct choice *choice)
{
	if (choice->n_requests <= choice->offset)
		return 0;
	return (choice->n_requests - choice->offset + choice->every - 1) / choice->every;
}

/* Each n_processes-th of them; runs in a process of its own. Exit status: 0 or 1. */
static int harm_some(struct gvnp_catalogue *catalogue, const char *snapshot,
		     const struct judgement *whole, const struct choice *choice, size_t process,
		     size_t n_processes)
{
	int n = 0;

	for (size_t i = process; i < n_chosen(choice); i += n_processes) {
		size_t missing = choice->offset + i * choice->every;

		for (int harm = 0; harm < N_HARMS; harm++)
			if (choice->every == 1 || i / n_processes % N_HARMS == (size_t)harm)
				n += harm_one(catalogue, snapshot, whole, missing, (enum harm)harm);
	}
	return n ? 1 : 0;
}

static void prove(struct gvnp_catalogue *catalogue, const char *snapshot, size_t offset,
		  size_t every)
{
	size_t n_processes = (size_t)sysconf(_SC_NPROCESSORS_ONLN), bad = 0;
	struct choice choice = { .offset = offset, .every = every };
	_cleanup_judgement_ struct judgement whole =
		judge(catalogue, snapshot, SIZE_MAX, REMOVED);

	choice.n_requests = whole.n_asked;

	fflush(stdout);
	for (size_t i = 0; i < n_processes; i++) {
		if (fork())
			continue;
		int status = harm_some(catalogue, snapshot, &whole, &choice, i, n_processes);
		fflush(stdout);
		_exit(status);
	}
	for (size_t i = 0; i < n_processes; i++) {
		int status;
		if (wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status))
			bad++;
	}
	size_t n = n_chosen(&choice);
	printf("%s %s: %zu of %zu requests removed%s refused, one at a time\n",
	       bad ? "not ok" : "ok", snapshot, n, choice.n_requests, every == 1 ? " and" : " or");
	if (bad || !n)
		n_failed++;
	else
		n_passed++;
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
			prove(catalogue, argv[i], (size_t)i % every, every);
		else if (!argv[++i] || !gvnp_slice_unsigned(gvnp_slice(argv[i]), 10, &every) ||
			 !every)
			return 2;
	}
	printf("hosts: %zu passed, %zu failed\n", n_passed, n_failed);
	gvnp_problems_done(&problems);
	return n_failed ? 1 : 0;
}
