/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much of an area was judged, and why the rest was not. One check counts under one reason, so
 * the numbers add up; process ids and UUIDs are replaced, so that the same trouble with a hundred
 * VMs is one reason.
 */
#include "score/parts.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"

/* A reason is a line of a report, not a page. */
enum { REASON_SIZE_MAX = 200 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hexadecimal(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The text begins with 8-4-4-4-12 hexadecimal digits. */
static bool is_uuid(const char *text)
{
	for (size_t i = 0; i < 36; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash ? text[i] != '-' : !is_hexadecimal(text[i]))
			return false;
	}
	return true;
}

/* Digits after one of these are a process id. Process 1 is always the same, and meant by itself. */
static size_t pid_prefix(const char *text)
{
	static const char *const prefixes[] = { "/proc/", "/task/", "pid ", "process " };

	if (*text != '/' && *text != 'p')
		return 0;
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		const char *number = text + strlen(prefixes[i]);

		if (gvnp_text_starts(text, prefixes[i]) && is_digit(*number))
			return *number == '1' && !is_digit(number[1]) ? 0 : strlen(prefixes[i]);
	}
	return 0;
}

/* How many bytes from here on stand for themselves: ASCII in which neither may begin. */
static size_t plain_size(const char *text, size_t most)
{
	size_t size = 0;

	while (size < most && text[size] && (unsigned char)text[size] < 0x80 &&
	       !pid_prefix(text + size) && !is_uuid(text + size))
		size++;
	return size;
}

char *gvnp_reason_of(const char *problem)
{
	_cleanup_buffer_ struct gvnp_buffer out = { 0 };
	const char *at = problem;

	while (*at && out.size < REASON_SIZE_MAX) {
		size_t size = plain_size(at, REASON_SIZE_MAX - out.size), prefix;

		if (size) {
			gvnp_buffer_append(&out, at, size);
			at += size;
		} else if (is_uuid(at)) {
			gvnp_buffer_append_text(&out, "UUID");
			at += 36;
		} else if ((prefix = pid_prefix(at))) {
			gvnp_buffer_append(&out, at, prefix);
			gvnp_buffer_append_text(&out, "PID");
			for (at += prefix; is_digit(*at); at++)
				;
		} else {
			size = gvnp_text_utf8(at, strlen(at));
			size = size ? size : 1;
			gvnp_buffer_append(&out, at, size);
			at += size;
		}
	}
	if (*at)
		gvnp_buffer_append_text(&out, "...");
	return gvnp_buffer_take(&out);
}

const char *gvnp_result_problem(const struct gvnp_result *result)
{
	const char *problem = result->problem;

	for (size_t i = 0; i < result->n_subjects && !*problem; i++)
		if (result->subjects[i].verdict == result->verdict)
			problem = result->subjects[i].problem;
	return *problem ? problem : "the query answered NULL: a fact it needs is unknown";
}

static void add_reason(struct gvnp_coverage *coverage, const struct gvnp_result *result)
{
	_cleanup_free_ char *problem = gvnp_reason_of(gvnp_result_problem(result));

	for (size_t i = 0; i < coverage->n_reasons; i++)
		if (!strcmp(coverage->reasons[i].problem, problem)) {
			coverage->reasons[i].n_checks++;
			return;
		}
	coverage->reasons = gvnp_grow(coverage->reasons, coverage->n_reasons);
	coverage->reasons[coverage->n_reasons++] =
		(struct gvnp_reason){ .problem = gvnp_take(problem), .n_checks = 1 };
}

static int compare_reasons(const void *a, const void *b)
{
	const struct gvnp_reason *left = a, *right = b;

	if (left->n_checks != right->n_checks)
		return left->n_checks < right->n_checks ? 1 : -1;
	return strcmp(left->problem, right->problem);
}

void gvnp_coverage_init(struct gvnp_coverage *coverage, const struct gvnp_results *results,
			enum gvnp_area area)
{
	*coverage = (struct gvnp_coverage){ 0 };
	for (size_t i = 0; i < results->n; i++) {
		const struct gvnp_result *result = &results->results[i];

		if (result->check->is_site || result->check->area != area)
			continue;
		if (result->verdict == GVNP_NOT_APPLICABLE) {
			coverage->not_applicable++;
			continue;
		}
		coverage->total++;
		if (result->verdict == GVNP_PASS || result->verdict == GVNP_FAIL)
			coverage->judged++;
		else
			add_reason(coverage, result);
	}
	if (coverage->n_reasons)
		qsort(coverage->reasons, coverage->n_reasons, sizeof *coverage->reasons,
		      compare_reasons);
}

void gvnp_coverage_done(struct gvnp_coverage *coverage)
{
	for (size_t i = 0; i < coverage->n_reasons; i++)
		free((char *)coverage->reasons[i].problem);
	free(coverage->reasons);
	*coverage = (struct gvnp_coverage){ 0 };
}
