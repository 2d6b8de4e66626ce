/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by all collectors. The rule kept here: only ENOENT and ENOTDIR are absence. */
#include "collect/collect.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/memory.h"

enum gvnp_presence gvnp_collect_presence(const struct gvnp_answer *answer)
{
	if (!answer->error)
		return GVNP_PRESENT;
	if (answer->error == ENOENT || answer->error == ENOTDIR)
		return GVNP_ABSENT;
	return GVNP_UNREADABLE;
}

void gvnp_collect_hole(struct gvnp_facts *facts, const char *table, const char *column,
		       const char *object, const char *path, const struct gvnp_answer *answer)
{
	const char *words = answer->problem[0] ? answer->problem
			    : answer->error    ? gvnp_source_error_name(answer->error)
					       : "unexpected content";

	if (gvnp_text_starts(words, path))
		gvnp_facts_hole(facts, table, column, object, "%s", words);
	else
		gvnp_facts_hole(facts, table, column, object, "%s: %s", path, words);
}

bool gvnp_collect_is_unanswered(const struct gvnp_answer *answer)
{
	return answer->error >= GVNP_NOT_RECORDED && answer->error != GVNP_TOO_LARGE;
}

struct gvnp_slice gvnp_collect_bytes(const struct gvnp_answer *answer)
{
	if (answer->error || !answer->data)
		return (struct gvnp_slice){ "", 0 };
	return (struct gvnp_slice){ answer->data, answer->size };
}

struct gvnp_slice gvnp_collect_trimmed(const struct gvnp_answer *answer)
{
	return gvnp_slice_trim(gvnp_collect_bytes(answer));
}

bool gvnp_collect_integer(const struct gvnp_answer *answer, int64_t *ret)
{
	return gvnp_slice_integer(gvnp_collect_trimmed(answer), ret);
}

struct gvnp_cell gvnp_collect_cell(const char *column, const struct gvnp_answer *answer)
{
	if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
		return gvnp_unreadable(column);
	return gvnp_text_slice(column, gvnp_collect_trimmed(answer));
}

const struct gvnp_entry *gvnp_collect_entry(const struct gvnp_answer *answer, const char *name)
{
	for (size_t i = 0; !answer->error && i < answer->n_entries; i++)
		if (!strcmp(answer->entries[i].name, name))
			return &answer->entries[i];
	return NULL;
}

size_t gvnp_batch_add(struct gvnp_batch *batch, enum gvnp_operation operation,
		      const char *path_format, ...)
{
	struct gvnp_buffer path = { 0 };
	va_list arguments;

	va_start(arguments, path_format);
	gvnp_buffer_append_arguments(&path, path_format, arguments);
	va_end(arguments);
	batch->requests = gvnp_grow(batch->requests, batch->n);
	batch->requests[batch->n] =
		(struct gvnp_request){ .operation = operation, .path = gvnp_buffer_take(&path) };
	return batch->n++;
}

void gvnp_batch_announce(const struct gvnp_batch *batch, struct gvnp_source *source)
{
	gvnp_source_announce(source, batch->requests, batch->n);
}

void gvnp_batch_ask(struct gvnp_batch *batch, struct gvnp_source *source)
{
	gvnp_answers_freep(&batch->answers);
	batch->answers = gvnp_source_ask(source, batch->requests, batch->n);
}

const struct gvnp_answer *gvnp_batch_answer(const struct gvnp_batch *batch, size_t index)
{
	return &batch->answers->answers[index];
}

const char *gvnp_batch_path(const struct gvnp_batch *batch, size_t index)
{
	return batch->requests[index].path;
}

void gvnp_batch_hole(const struct gvnp_batch *batch, size_t index, struct gvnp_facts *facts,
		     const char *table, const char *column, const char *object)
{
	gvnp_collect_hole(facts, table, column, object, gvnp_batch_path(batch, index),
			  gvnp_batch_answer(batch, index));
}

void gvnp_batch_done(struct gvnp_batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		free((void *)(uintptr_t)batch->requests[i].path);
	free(batch->requests);
	gvnp_answers_free(batch->answers);
	*batch = (struct gvnp_batch){ 0 };
}
