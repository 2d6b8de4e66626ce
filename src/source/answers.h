/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building answers. Everything an answer points to lies in one arena that belongs to the answers
 * object, so that a thousand answers are freed with a handful of calls.
 */
#ifndef GVNP_SOURCE_ANSWERS_H
#define GVNP_SOURCE_ANSWERS_H

#include "gvnp/source.h"

struct stat;

/* n answers without error, data or entries. The caller owns them. */
struct gvnp_answers *gvnp_answers_new(size_t n);

/* Memory that lives as long as the answers; zeroed. */
void *gvnp_answers_allocate(struct gvnp_answers *answers, size_t size);
/* A copy with a NUL behind it. */
const char *gvnp_answers_copy(struct gvnp_answers *answers, const char *data, size_t size);
/* The answers free `memory` (from malloc) with themselves. */
void gvnp_answers_adopt(struct gvnp_answers *answers, void *memory);

void gvnp_answers_set_data(struct gvnp_answers *answers, size_t i, const char *data, size_t size);
void gvnp_answers_set_format(struct gvnp_answers *answers, size_t i, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void gvnp_answers_set_metadata(struct gvnp_answers *answers, size_t i, const struct stat *status);

/* The answer becomes an error: "PATH: words for the error". What metadata it has stays. */
void gvnp_answers_fail(struct gvnp_answers *answers, size_t i, const char *path, int error);
void gvnp_answers_fail_because(struct gvnp_answers *answers, size_t i, int error,
			       const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Type of a file from the bits of st_mode. */
enum gvnp_file_type gvnp_answers_type(mode_t mode);
/* "a character device" … for messages. */
const char *gvnp_answers_type_words(enum gvnp_file_type type);

#endif
