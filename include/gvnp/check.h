/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks, requirements and threats as loaded from YAML, and what an operator changed about them.
 * All strings belong to the catalogue and live as long as it does.
 */
#ifndef GVNP_CHECK_H
#define GVNP_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gvnp/collector.h"

enum gvnp_area { GVNP_ISOLATION, GVNP_ESCAPE, GVNP_HARDWARE, GVNP_MANAGEMENT };
enum { GVNP_N_AREAS = 4 };
enum gvnp_severity { GVNP_LOW, GVNP_MEDIUM, GVNP_HIGH, GVNP_CRITICAL };
enum gvnp_claim { GVNP_DIRECT, GVNP_PRECONDITION, GVNP_CORROBORATES, GVNP_OUT_OF_SCOPE };

/* A NULL-terminated list of strings is written `const char *const *` throughout. */

struct gvnp_helper_uses; /* evaluate/helpers.h */

/* A value the query sees as :name. */
struct gvnp_parameter {
	const char *name;
	bool is_integer;
	int64_t integer;
	const char *text;
};

struct gvnp_check {
	const char *id;
	enum gvnp_area area;
	bool is_site; /* from checks.d: reported apart, scored nowhere */
	const char *title;
	enum gvnp_severity severity; /* after tailoring */
	enum gvnp_claim claim;
	const char *const *requirement;
	const char *const *threat;
	const char *const *reference;
	/* Checks that, where they fail, are why this one fails too; none of them has a cause. */
	const char *const *caused_by;
	struct gvnp_parameter *parameters; /* after tailoring */
	size_t n_parameters;
	const char *per; /* table whose key is the object, or NULL */
	const char *query;
	int query_line; /* of its first line in the file */
	/* Where the query uses helper functions, found when it was loaded; NULL: not yet. */
	const struct gvnp_helper_uses *uses;
	const char *rationale;
	const char *remediation;
	const char *file;
};

struct gvnp_requirement {
	const char *id, *specification, *version, *status, *clause, *title;
	bool applies_to_type_2, applies_to_type_3;
	const char *test;  /* "" when the clause has no test case */
	const char *junit; /* "" likewise */
	const char *const *alias;
	enum gvnp_claim claim;
	const char *const *threat;
	const char *provenance; /* seen | inferred | recalled */
	const char *text;
	const char *const *owed; /* what the laboratory still does */
};

struct gvnp_threat {
	const char *id, *title, *source, *provenance, *category, *text;
};

/* A waiver turns an open result into an accepted one until it expires. */
struct gvnp_waiver {
	const char *check;
	const char *subject; /* "" = all subjects of the check */
	const char *reason, *approved_by;
	const char *expires; /* YYYY-MM-DD, inclusive, UTC */
	const char *file;
	int line;
	bool is_expired; /* against the time of the run */
	bool is_used;
};

struct gvnp_catalogue {
	struct gvnp_check *checks; /* sorted by id; shipped before site */
	size_t n_checks;
	struct gvnp_requirement *requirements; /* sorted by id */
	size_t n_requirements;
	struct gvnp_threat *threats; /* sorted by id */
	size_t n_threats;
	struct gvnp_waiver *waivers;
	size_t n_waivers;
	bool accepts_virtual_hardware; /* declaration: hardware: accept-virtual */
	struct gvnp_names names;       /* what the checks asked for by name */
};

/* Something wrong in a file a person wrote. */
struct gvnp_problem {
	const char *file;
	int line; /* 0: the whole file */
	const char *text;
};
struct gvnp_problems {
	struct gvnp_problem *problems;
	size_t n;
};
void gvnp_problems_done(struct gvnp_problems *problems);
void gvnp_problems_add(struct gvnp_problems *problems, const char *file, int line,
		       const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * Loads DIRECTORY (requirements.yaml, threats.yaml, <area>/<id>.yaml). Stops parsing a check at its
 * `examples` key. Returns 0, or -EINVAL with at least one problem added. The one place that reads
 * checks from disk.
 */
int gvnp_catalogue_load(const char *directory, struct gvnp_problems *problems,
			struct gvnp_catalogue **ret);
void gvnp_catalogue_free(struct gvnp_catalogue *catalogue);
void gvnp_catalogue_freep(struct gvnp_catalogue **catalogue);

/*
 * Applies the files of /etc/gvnp-audit (tailoring.d, checks.d, declaration.yaml), read through the
 * source, so that a recorded host brings its own. `now` is the time of the run, seconds since the
 * epoch. Files not owned by root or writable by others are refused. Fills declared_* tables of
 * `facts`. Returns 0, or -EINVAL with problems added.
 */
int gvnp_catalogue_tailor(struct gvnp_catalogue *catalogue, struct gvnp_source *source,
			  struct gvnp_facts *facts, int64_t now, struct gvnp_problems *problems);

const struct gvnp_check *gvnp_catalogue_check(const struct gvnp_catalogue *catalogue,
					      const char *id);
const struct gvnp_requirement *
gvnp_catalogue_requirement(const struct gvnp_catalogue *catalogue, const char *id);
const struct gvnp_threat *gvnp_catalogue_threat(const struct gvnp_catalogue *catalogue,
						const char *id);

const char *gvnp_area_name(enum gvnp_area area);	     /* "isolation" … */
const char *gvnp_severity_name(enum gvnp_severity severity); /* "low" … */
const char *gvnp_claim_name(enum gvnp_claim claim);
bool gvnp_severity_parse(const char *text, enum gvnp_severity *ret);

/* Lints files or folders of checks: everything `run` would refuse, and what only authors need to
 * know (examples, column reads of the examples, per: independence, syntax newer than SQLite 3.34).
 * Runs the examples. Returns 0 or -EINVAL with problems added. */
int gvnp_lint(const char *const *paths, struct gvnp_problems *problems, size_t *ret_n_checks,
	      size_t *ret_n_examples);

#endif
