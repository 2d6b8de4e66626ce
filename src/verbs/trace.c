/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trace that the tool ran, which SCAS evaluation asks for (TS 33.117 / TS 33.527 clause 4.1.2).
 * A line holds the question, how much was answered, its digest and the error. The digest of the
 * whole is taken over the sorted lines, so that a replay that asks in another order agrees. As rows
 * they are wanted only by who asks for them: a query.
 */
#include "verbs/trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/sha256.h"

/* A listing is digested as its names, types and targets, since it has no bytes of its own. */
static void digest_of(const struct gvnp_answer *answer, char ret[GVNP_SHA256_TEXT])
{
	_cleanup_buffer_ struct gvnp_buffer bytes = { 0 };

	ret[0] = '\0';
	if (answer->size && !answer->n_entries) {
		gvnp_sha256(answer->data, answer->size, ret);
		return;
	}
	for (size_t i = 0; i < answer->n_entries; i++) {
		const struct gvnp_entry *entry = &answer->entries[i];

		gvnp_buffer_append(&bytes, entry->name, strlen(entry->name) + 1);
		gvnp_buffer_append_format(&bytes, "%d %s", (int)entry->type,
					  entry->link ? entry->link : "");
		gvnp_buffer_append(&bytes, "", 1);
	}
	if (bytes.size)
		gvnp_sha256(bytes.data, bytes.size, ret);
}

void gvnp_trace_observe(void *data, const struct gvnp_request *request,
			const struct gvnp_answer *answer)
{
	struct gvnp_trace *trace = data;
	const char *operation = gvnp_source_operation_name(request->operation);
	char digest[GVNP_SHA256_TEXT];

	digest_of(answer, digest);
	trace->observations = gvnp_grow(trace->observations, trace->n);
	trace->observations[trace->n++] = (struct gvnp_observation){
		.line = gvnp_format("%s %s\t%zu\t%s\t%d", operation, request->path, answer->size,
				    digest, answer->error),
		.source_size = strlen(operation) + 1 + strlen(request->path),
		.digest_size = strlen(digest),
		.size = answer->size,
		.error = answer->error,
	};
}

void gvnp_trace_write(const struct gvnp_trace *trace, struct gvnp_facts *facts)
{
	for (size_t i = 0; i < trace->n; i++) {
		const struct gvnp_observation *one = &trace->observations[i];
		_cleanup_free_ char *source = gvnp_duplicate_sized(one->line, one->source_size);
		const char *digest = strchr(one->line + one->source_size + 1, '\t') + 1;
		_cleanup_free_ char *sha256 = gvnp_duplicate_sized(digest, one->digest_size);

		gvnp_facts_observation(facts, source, (int64_t)one->size, sha256, one->error);
	}
}

static int compare(const void *a, const void *b)
{
	const struct gvnp_observation *one = a, *other = b;

	return strcmp(one->line, other->line);
}

char *gvnp_trace_digest(struct gvnp_trace *trace)
{
	_cleanup_buffer_ struct gvnp_buffer all = { 0 };
	char digest[GVNP_SHA256_TEXT];

	if (trace->n)
		qsort(trace->observations, trace->n, sizeof *trace->observations, compare);
	for (size_t i = 0; i < trace->n; i++)
		gvnp_buffer_append(&all, trace->observations[i].line,
				   strlen(trace->observations[i].line) + 1);
	gvnp_sha256(gvnp_buffer_text(&all), all.size, digest);
	return gvnp_duplicate(digest);
}

void gvnp_trace_done(struct gvnp_trace *trace)
{
	for (size_t i = 0; i < trace->n; i++)
		free(trace->observations[i].line);
	free(trace->observations);
	*trace = (struct gvnp_trace){ 0 };
}
