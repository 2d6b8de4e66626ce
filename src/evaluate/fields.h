/* SPDX-License-Identifier: Apache-2.0 */
/* Typed reading of one mapping: every mistake becomes a problem with its line. */
#ifndef GVNP_EVALUATE_FIELDS_H
#define GVNP_EVALUATE_FIELDS_H

#include "evaluate/yaml.h"
#include "gvnp/check.h"

struct gvnp_fields {
	const struct gvnp_yaml_node *mapping;
	const char *file;
	struct gvnp_pool *pool;
	struct gvnp_problems *problems;
};

/* False, with problems, when it is no mapping or holds other keys than the NULL-terminated list. */
bool gvnp_fields_check_keys(const struct gvnp_fields *fields, const char *const *keys);

/* "" and, unless it may be missing, a problem when there is no such text. Blank ends are cut. */
const char *gvnp_fields_text(const struct gvnp_fields *fields, const char *key);
const char *gvnp_fields_optional_text(const struct gvnp_fields *fields, const char *key);
/* Must be given, may be ''. */
const char *gvnp_fields_maybe_empty_text(const struct gvnp_fields *fields, const char *key);

/* A list of texts, never NULL, NULL-terminated. */
const char *const *gvnp_fields_list(const struct gvnp_fields *fields, const char *key,
				    bool is_required);

/* The position in the NULL-terminated `choices`, or -1 with a problem. */
int gvnp_fields_choice(const struct gvnp_fields *fields, const char *key,
		       const char *const *choices);

/* Line of a key's value, or of the mapping. */
int gvnp_fields_line(const struct gvnp_fields *fields, const char *key);

void gvnp_fields_problem(const struct gvnp_fields *fields, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Lower-case letters, digits and single dashes between them. */
bool gvnp_fields_is_id(const char *text);

#endif
