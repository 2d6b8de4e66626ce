/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of loading that lint and tailoring use too. */
#ifndef GVNP_EVALUATE_LOAD_H
#define GVNP_EVALUATE_LOAD_H

#include "base/buffer.h"
#include "evaluate/fields.h"
#include "gvnp/check.h"

/* The catalogue and the memory of everything in it. */
struct gvnp_catalogue_store {
	struct gvnp_catalogue catalogue; /* first: what the outside sees */
	struct gvnp_pool pool;
};

static inline struct gvnp_pool *gvnp_catalogue_pool(struct gvnp_catalogue *catalogue)
{
	return &((struct gvnp_catalogue_store *)catalogue)->pool;
}

struct gvnp_catalogue *gvnp_catalogue_new(void);

/* Nothing loaded points into the document: its nodes may go afterwards.
 *
 * A check of `area`, or of the area its own `area` key names when it is a site's. Adds it to the
 * catalogue, or problems. */
void gvnp_load_check(struct gvnp_catalogue *catalogue, const struct gvnp_yaml_node *top,
		     const char *file, const enum gvnp_area *area, struct gvnp_problems *problems);

/* requirements.yaml or threats.yaml. */
void gvnp_load_requirements(struct gvnp_catalogue *catalogue, const struct gvnp_yaml_node *top,
			    const char *file, struct gvnp_problems *problems);
void gvnp_load_threats(struct gvnp_catalogue *catalogue, const struct gvnp_yaml_node *top,
		       const char *file, struct gvnp_problems *problems);

/* Sorts, collects the names the checks ask for, and reports ids given twice. */
void gvnp_catalogue_finish(struct gvnp_catalogue *catalogue, struct gvnp_problems *problems);

/* That what the checks and requirements point to exists. */
void gvnp_load_resolve(const struct gvnp_catalogue *catalogue, struct gvnp_problems *problems);
void gvnp_load_resolve_check(const struct gvnp_catalogue *catalogue, const struct gvnp_check *check,
			     struct gvnp_problems *problems);
/* That a cause exists (NULL: it does not) and has no cause itself, so that there are no circles. */
void gvnp_load_resolve_cause(const struct gvnp_check *check, const char *id,
			     const struct gvnp_check *cause, struct gvnp_problems *problems);

/* Reads a regular file of at most 1 MiB; false with a problem. One that is to be believed is no link
 * and passes gvnp_trust_refuses(); lint reads what an author is still writing, and believes none. */
bool gvnp_load_file(const char *path, bool is_believed, struct gvnp_buffer *ret,
		    struct gvnp_problems *problems);

/* Reads requirements.yaml and threats.yaml of a folder. */
void gvnp_load_knowledge(struct gvnp_catalogue *catalogue, const char *directory, bool is_believed,
			 struct gvnp_problems *problems);

/* The names in a folder, without those that begin with '.', sorted; NULL-terminated. NULL, with a
 * problem, when it cannot be listed. The caller frees with gvnp_load_names_free(). */
char **gvnp_load_list(const char *directory, struct gvnp_problems *problems);
void gvnp_load_names_free(char **names);
void gvnp_load_names_freep(char ***names);

bool gvnp_area_parse(const char *text, enum gvnp_area *ret);
/* File name without folder and ".yaml". */
const char *gvnp_load_id_of(struct gvnp_pool *pool, const char *file);

#endif
