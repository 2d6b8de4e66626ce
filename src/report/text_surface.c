/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VMs by their escape-surface index, the largest first: the ranking that the check itself cannot
 * give, because it judges one VM at a time. The numbers are its evidence.
 */
#include "report/text.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "report/escape.h"

enum { MOST_VMS = 20 };

static const char check_id[] = "escape-surface-index";

static const struct gvnp_evidence *find(const struct gvnp_subject *subject, const char *name)
{
	for (size_t i = 0; i < subject->n_evidence; i++)
		if (!strcmp(subject->evidence[i].name, name) && !subject->evidence[i].is_null)
			return &subject->evidence[i];
	return NULL;
}

static int64_t surface_of(const struct gvnp_subject *subject)
{
	const struct gvnp_evidence *surface = find(subject, "surface");

	return surface && surface->is_integer ? surface->integer : -1;
}

static int compare_subjects(const void *a, const void *b)
{
	const struct gvnp_subject *left = *(const struct gvnp_subject *const *)a;
	const struct gvnp_subject *right = *(const struct gvnp_subject *const *)b;
	int64_t one = surface_of(left), other = surface_of(right);

	if (one != other)
		return one < other ? 1 : -1;
	int order = strcmp(left->subject, right->subject);
	return order ? order : strcmp(left->object, right->object);
}

static const struct gvnp_result *find_result(const struct gvnp_text *text)
{
	for (size_t i = 0; i < text->n_ranked; i++)
		if (!strcmp(text->ranked[i]->check->id, check_id))
			return text->ranked[i];
	return NULL;
}

static void append_evidence(struct gvnp_buffer *row, const struct gvnp_subject *subject,
			    const char *before, const char *name)
{
	const struct gvnp_evidence *evidence = find(subject, name);

	if (!evidence || evidence->is_integer || !*evidence->text)
		return;
	gvnp_buffer_append_text(row, before);
	gvnp_escape_terminal(row, evidence->text);
}

static void vm_line(const struct gvnp_text *text, const struct gvnp_subject *subject)
{
	_cleanup_buffer_ struct gvnp_buffer row = { 0 };
	_cleanup_free_ char *number = gvnp_format("  %5lld  ", (long long)surface_of(subject));

	gvnp_escape_terminal(&row, subject->subject);
	append_evidence(&row, subject, ", ", "band");
	append_evidence(&row, subject, ": ", "largest");
	if (subject->verdict == GVNP_INCONCLUSIVE)
		gvnp_buffer_append_text(&row, " (at least: not everything could be seen)");
	gvnp_layout_paragraph(&text->layout, number, "         ", gvnp_buffer_text(&row));
}

void gvnp_text_surface(const struct gvnp_text *text)
{
	const struct gvnp_result *result = find_result(text);
	size_t n = 0;

	if (!result || !result->n_subjects)
		return;
	_cleanup_free_ const struct gvnp_subject **subjects =
		gvnp_allocate_array(result->n_subjects, sizeof *subjects);
	for (size_t i = 0; i < result->n_subjects; i++)
		if (surface_of(&result->subjects[i]) >= 0)
			subjects[n++] = &result->subjects[i];
	if (!n)
		return;
	qsort(subjects, n, sizeof *subjects, compare_subjects);
	gvnp_layout_heading(&text->layout, "VMs BY ESCAPE SURFACE, the largest first; %s",
			    check_id);
	for (size_t i = 0; i < n && i < MOST_VMS; i++)
		vm_line(text, subjects[i]);
	if (n > MOST_VMS)
		gvnp_buffer_append_format(text->layout.out, "       and %zu more\n", n - MOST_VMS);
}
