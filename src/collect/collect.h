/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every collector needs: telling an absent file from one that could not be read, saying so in
 * a hole, and asking for many files at once.
 */
#ifndef GVNP_COLLECT_COLLECT_H
#define GVNP_COLLECT_COLLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "gvnp/facts.h"
#include "gvnp/source.h"

enum gvnp_presence {
	GVNP_PRESENT,
	GVNP_ABSENT,	 /* the kernel said so: ENOENT or ENOTDIR, nothing else */
	GVNP_UNREADABLE, /* every other error, also "not recorded", "timed out", "not declared" */
};

enum gvnp_presence gvnp_collect_presence(const struct gvnp_answer *answer);

static inline bool gvnp_collect_is_present(const struct gvnp_answer *answer)
{
	return gvnp_collect_presence(answer) == GVNP_PRESENT;
}

static inline bool gvnp_collect_is_absent(const struct gvnp_answer *answer)
{
	return gvnp_collect_presence(answer) == GVNP_ABSENT;
}

/* True when nobody looked: not recorded, not declared, timed out, not process 1's view. Then not
 * even the existence of the thing is known, and it leaves a hole but no row. */
bool gvnp_collect_is_unanswered(const struct gvnp_answer *answer);

/* Records the hole an unreadable (or unexpectedly absent) file leaves: "PATH: reason". column and
 * object as in gvnp_facts_hole(). */
void gvnp_collect_hole(struct gvnp_facts *facts, const char *table, const char *column,
		       const char *object, const char *path, const struct gvnp_answer *answer);

/* The bytes of an answer, and the same without blanks and newlines at both ends. Both are empty
 * when the answer is an error. Valid as long as the answer. */
struct gvnp_slice gvnp_collect_bytes(const struct gvnp_answer *answer);
struct gvnp_slice gvnp_collect_trimmed(const struct gvnp_answer *answer);

/* The trimmed content as one decimal integer. False when it is not one, or not readable. */
bool gvnp_collect_integer(const struct gvnp_answer *answer, int64_t *ret);

/* A text cell of the trimmed content; "" when the file is absent, unreadable (NULL) otherwise. */
struct gvnp_cell gvnp_collect_cell(const char *column, const struct gvnp_answer *answer);

/* A text cell of a slice. */
static inline struct gvnp_cell gvnp_text_slice(const char *column, struct gvnp_slice slice)
{
	return gvnp_text_sized(column, slice.size ? slice.text : "", slice.size);
}

/* The entry of that name in the answer to a GVNP_LIST, or NULL. */
const struct gvnp_entry *gvnp_collect_entry(const struct gvnp_answer *answer, const char *name);

/*
 * Requests gathered and asked at once. Start with a zeroed one; the paths and answers live until
 * gvnp_batch_done(), which leaves it zeroed again.
 */
struct gvnp_batch {
	struct gvnp_request *requests;
	size_t n;
	struct gvnp_answers *answers;
};

/* Adds one request and returns its index. */
size_t gvnp_batch_add(struct gvnp_batch *batch, enum gvnp_operation operation,
		      const char *path_format, ...) __attribute__((format(printf, 3, 4)));
/* Says that everything that was added will be asked soon; see gvnp_source_announce(). */
void gvnp_batch_announce(const struct gvnp_batch *batch, struct gvnp_source *source);
/* Asks everything that was added. Once for each batch. */
void gvnp_batch_ask(struct gvnp_batch *batch, struct gvnp_source *source);
const struct gvnp_answer *gvnp_batch_answer(const struct gvnp_batch *batch, size_t index);
const char *gvnp_batch_path(const struct gvnp_batch *batch, size_t index);
/* gvnp_collect_hole() for the request of that index. */
void gvnp_batch_hole(const struct gvnp_batch *batch, size_t index, struct gvnp_facts *facts,
		     const char *table, const char *column, const char *object);
void gvnp_batch_done(struct gvnp_batch *batch);

#define _cleanup_batch_ _cleanup_(gvnp_batch_done)

#endif
