/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tailoring and declaration given on the command line. They are put in the place of the files of
 * /etc/gvnp-audit, as a source in front of the host's, so that nothing behind it needs to know.
 * Whoever types a path vouches for the file: its owner and mode are not held against it.
 */
#include "verbs/overlay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "source/answerer.h"

static const char tailoring_place[] = "/etc/gvnp-audit/tailoring.d";
static const char declaration_place[] = "/etc/gvnp-audit/declaration.yaml";

struct item {
	enum gvnp_operation operation;
	char *path; /* in the place of which request */
	struct gvnp_answers *answers;
};

struct gvnp_overlay {
	const char *tailoring, *declaration; /* as given; NULL: the host's */
	struct item *items;
	size_t n;
};

struct overlay_source {
	struct gvnp_source base;
	const struct gvnp_overlay *overlay;
	struct gvnp_source *inner;
};

static void add(struct gvnp_overlay *overlay, enum gvnp_operation operation, char *place,
		struct gvnp_answers *answers)
{
	struct gvnp_answer *answer = &answers->answers[0];

	answer->uid = 0;
	answer->gid = 0;
	answer->mode &= (mode_t)~022;
	overlay->items = gvnp_grow(overlay->items, overlay->n);
	overlay->items[overlay->n++] = (struct item){ operation, place, answers };
}

/* Takes one file into the overlay. */
static int add_file(struct gvnp_overlay *overlay, struct gvnp_source *files, const char *path,
		    const char *place, char **ret_problem)
{
	struct gvnp_answers *content = gvnp_source_ask_one(files, GVNP_READ, "%s", path);

	if (content->answers[0].error) {
		*ret_problem = gvnp_duplicate(content->answers[0].problem);
		gvnp_answers_free(content);
		return -EINVAL;
	}
	add(overlay, GVNP_READ, gvnp_duplicate(place), content);
	add(overlay, GVNP_STAT, gvnp_duplicate(place),
	    gvnp_source_ask_one(files, GVNP_STAT, "%s", path));
	return 0;
}

static int add_folder(struct gvnp_overlay *overlay, struct gvnp_source *files, const char *path,
		      char **ret_problem)
{
	struct gvnp_answers *listing = gvnp_source_ask_one(files, GVNP_LIST, "%s", path);

	add(overlay, GVNP_LIST, gvnp_duplicate(tailoring_place), listing);
	if (listing->answers[0].error) {
		*ret_problem = gvnp_duplicate(listing->answers[0].problem);
		return -EINVAL;
	}
	add(overlay, GVNP_STAT, gvnp_duplicate(tailoring_place),
	    gvnp_source_ask_one(files, GVNP_STAT, "%s", path));
	for (size_t i = 0; i < listing->answers[0].n_entries; i++) {
		const char *name = listing->answers[0].entries[i].name;
		_cleanup_free_ char *file = gvnp_format("%s/%s", path, name);
		_cleanup_free_ char *place = gvnp_format("%s/%s", tailoring_place, name);

		if (!gvnp_text_ends(name, ".yaml"))
			continue;
		int error = add_file(overlay, files, file, place, ret_problem);
		if (error)
			return error;
	}
	return 0;
}

/* The source takes absolute paths only. */
static char *absolute(const char *path, char **ret_problem)
{
	char *real = realpath(path, NULL);

	if (!real)
		*ret_problem = gvnp_format("%s: %s", path, strerror(errno));
	return real;
}

int gvnp_overlay_new(const char *tailoring, const char *declaration, struct gvnp_overlay **ret,
		     char **ret_problem)
{
	_cleanup_(gvnp_overlay_freep) struct gvnp_overlay *overlay = gvnp_allocate(sizeof *overlay);
	_cleanup_(gvnp_source_freep) struct gvnp_source *files = gvnp_source_new_direct("/");
	int error = 0;

	overlay->tailoring = tailoring;
	overlay->declaration = declaration;
	if (tailoring) {
		_cleanup_free_ char *path = absolute(tailoring, ret_problem);

		error = path ? add_folder(overlay, files, path, ret_problem) : -EINVAL;
	}
	if (!error && declaration) {
		_cleanup_free_ char *path = absolute(declaration, ret_problem);

		error = path ? add_file(overlay, files, path, declaration_place, ret_problem)
			     : -EINVAL;
	}
	if (error)
		return error;
	*ret = gvnp_take(overlay);
	return 0;
}

void gvnp_overlay_free(struct gvnp_overlay *overlay)
{
	if (!overlay)
		return;
	for (size_t i = 0; i < overlay->n; i++) {
		free(overlay->items[i].path);
		gvnp_answers_free(overlay->items[i].answers);
	}
	free(overlay->items);
	free(overlay);
}

void gvnp_overlay_freep(struct gvnp_overlay **overlay)
{
	gvnp_overlay_free(*overlay);
}

char *gvnp_overlay_given_path(const struct gvnp_overlay *overlay, const char *path)
{
	if (overlay && overlay->declaration && !strcmp(path, declaration_place))
		return gvnp_duplicate(overlay->declaration);
	if (overlay && overlay->tailoring && gvnp_text_starts(path, tailoring_place))
		return gvnp_format("%s%s", overlay->tailoring, path + strlen(tailoring_place));
	return gvnp_duplicate(path);
}

/* Replaces the host's answer where the overlay stands in for it. */
static void replace(const struct gvnp_overlay *overlay, const struct gvnp_request *request,
		    struct gvnp_answer *answer)
{
	size_t size = strlen(tailoring_place);

	for (size_t i = 0; i < overlay->n; i++)
		if (overlay->items[i].operation == request->operation &&
		    !strcmp(overlay->items[i].path, request->path)) {
			*answer = overlay->items[i].answers->answers[0];
			return;
		}
	/* What the given folder does not hold must not come from the host's. */
	if (overlay->tailoring && gvnp_text_starts(request->path, tailoring_place) &&
	    request->path[size] == '/')
		*answer = (struct gvnp_answer){ .error = ENOENT,
						.data = "",
						.problem = "not in the folder of --tailoring" };
}

static struct gvnp_answers *ask(struct gvnp_source *source, const struct gvnp_request *requests,
				size_t n_requests)
{
	struct overlay_source *self = (struct overlay_source *)source;
	struct gvnp_answers *answers = gvnp_source_ask(self->inner, requests, n_requests);

	for (size_t i = 0; i < answers->n; i++)
		if (requests[i].operation != GVNP_SYSTEM && requests[i].operation != GVNP_LIBVIRT)
			replace(self->overlay, &requests[i], &answers->answers[i]);
	return answers;
}

static void release(struct gvnp_source *source)
{
	free(source);
}

struct gvnp_source *gvnp_overlay_source(const struct gvnp_overlay *overlay,
					struct gvnp_source *source)
{
	struct overlay_source *self = gvnp_allocate(sizeof *self);

	self->base.ask = ask;
	self->base.free = release;
	self->overlay = overlay;
	self->inner = source;
	return &self->base;
}
