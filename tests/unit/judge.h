/* SPDX-License-Identifier: Apache-2.0 */
/* One check over facts a test writes down, and the result as one line of text. */
#ifndef GVNP_TESTS_JUDGE_H
#define GVNP_TESTS_JUDGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "facts/store.h"
#include "gvnp/evaluate.h"

/* One check over one database; what a test looks at as text. */
struct bench {
	struct gvnp_facts *facts;
	struct gvnp_waiver waivers[2];
	size_t n_waivers;
	struct gvnp_parameter parameters[2];
	size_t n_parameters;
};

static inline void bench_done(struct bench *bench)
{
	gvnp_facts_free(bench->facts);
}

#define BENCH(name, ...)                                                                           \
	_cleanup_(bench_done) struct bench name = { .facts = gvnp_facts_new() };                   \
	collect(name.facts, (const char *const[]){ __VA_ARGS__, NULL })

static inline void collect(struct gvnp_facts *facts, const char *const *tables)
{
	for (; *tables; tables++)
		gvnp_facts_collected(facts, *tables);
}

static inline struct gvnp_results *judge(struct bench *bench, struct gvnp_check *check,
					 const char *per, const char *query)
{
	struct gvnp_names *names = gvnp_names_of_query(query);
	struct gvnp_catalogue catalogue = {
		.checks = check,
		.n_checks = 1,
		.waivers = bench->waivers,
		.n_waivers = bench->n_waivers,
		.names = *names,
	};

	*check = (struct gvnp_check){
		.id = "isolation-test",
		.per = per,
		.query = query,
		.parameters = bench->parameters,
		.n_parameters = bench->n_parameters,
	};
	struct gvnp_results *results = gvnp_evaluate(bench->facts, &catalogue);
	gvnp_names_free(names);
	return results;
}

/* "verdict (problem) subject=verdict[problem] …" */
static inline char *render(struct bench *bench, const char *per, const char *query)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	struct gvnp_check check;
	struct gvnp_results *results = judge(bench, &check, per, query);
	const struct gvnp_result *result = &results->results[0];

	gvnp_buffer_append_text(&text, gvnp_verdict_name(result->verdict));
	if (*result->problem)
		gvnp_buffer_append_format(&text, " (%s)", result->problem);
	for (size_t i = 0; i < result->n_subjects; i++) {
		const struct gvnp_subject *subject = &result->subjects[i];

		gvnp_buffer_append_format(&text, " %s=%s", subject->subject,
					  gvnp_verdict_name(subject->verdict));
		if (*subject->problem)
			gvnp_buffer_append_format(&text, "[%s]", subject->problem);
	}
	gvnp_results_free(results);
	return gvnp_buffer_take(&text);
}

#define assert_judged(bench, per, query, expected)                                                 \
	do {                                                                                       \
		_cleanup_free_ char *rendered_ = render((bench), (per), (query));                  \
		assert_string_equal(rendered_, expected);                                          \
	} while (0)

#endif
