/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seam itself: every question passes through gvnp_source_ask(), whatever stands behind it. So
 * this is the one place where answers are observed and recorded.
 */
#include "gvnp/source.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "source/answerer.h"
#include "source/recording.h"

struct gvnp_answers *gvnp_source_ask(struct gvnp_source *source,
				     const struct gvnp_request *requests, size_t n_requests)
{
	struct gvnp_answers *answers = source->ask(source, requests, n_requests);

	for (size_t i = 0; i < answers->n; i++) {
		if (source->recording)
			gvnp_recording_add(source->recording, &requests[i], &answers->answers[i]);
		if (source->observer)
			source->observer(source->observer_data, &requests[i], &answers->answers[i]);
	}
	return answers;
}

struct gvnp_answers *gvnp_source_ask_one(struct gvnp_source *source, enum gvnp_operation operation,
					 const char *path_format, ...)
{
	_cleanup_buffer_ struct gvnp_buffer path = { 0 };
	va_list arguments;

	va_start(arguments, path_format);
	gvnp_buffer_append_arguments(&path, path_format, arguments);
	va_end(arguments);
	struct gvnp_request request = { operation, gvnp_buffer_text(&path) };
	/* cppcheck-suppress returnDanglingLifetime ; answers own what they point to */
	return gvnp_source_ask(source, &request, 1);
}

void gvnp_source_announce(struct gvnp_source *source, const struct gvnp_request *requests,
			  size_t n_requests)
{
	if (source->expect && n_requests)
		source->expect(source, requests, n_requests, false);
}

void gvnp_source_foresee(struct gvnp_source *source, const struct gvnp_request *requests,
			 size_t n_requests)
{
	if (source->expect && n_requests)
		source->expect(source, requests, n_requests, true);
}

const struct gvnp_answer *gvnp_source_peek(struct gvnp_source *source,
					   const struct gvnp_request *request)
{
	return source->peek ? source->peek(source, request) : NULL;
}

void gvnp_source_finish(struct gvnp_source *source)
{
	if (source->finish)
		source->finish(source);
}

void gvnp_source_free(struct gvnp_source *source)
{
	if (!source)
		return;
	gvnp_recording_free(source->recording);
	free(source->note);
	source->free(source);
}

void gvnp_source_freep(struct gvnp_source **source)
{
	gvnp_source_free(*source);
}

void gvnp_source_observe(struct gvnp_source *source,
			 void (*observer)(void *data, const struct gvnp_request *request,
					  const struct gvnp_answer *answer),
			 void *data)
{
	source->observer = observer;
	source->observer_data = data;
}

const char *gvnp_source_note(const struct gvnp_source *source)
{
	return source->note;
}

const char *gvnp_source_operation_name(enum gvnp_operation operation)
{
	switch (operation) {
	case GVNP_READ:
		return "read";
	case GVNP_LIST:
		return "list";
	case GVNP_LINK:
		return "link";
	case GVNP_STAT:
		return "stat";
	case GVNP_FILESYSTEM:
		return "filesystem";
	case GVNP_DEVICE_PROGRAMS:
		return "device-programs";
	case GVNP_RANGE:
		return "range";
	case GVNP_SYSTEM:
		return "system";
	case GVNP_MSR:
		return "msr";
	case GVNP_SECCOMP:
		return "seccomp";
	case GVNP_LIBVIRT:
		return "libvirt";
	}
	return "unknown";
}

const char *gvnp_source_error_name(int error)
{
	switch (error) {
	case 0:
		return "";
	case GVNP_NOT_RECORDED:
		return "not recorded";
	case GVNP_NOT_DECLARED:
		return "not declared by any collector, so not opened";
	case GVNP_TIMED_OUT:
		return "no answer before the deadline";
	case GVNP_LIBVIRT_ERROR:
		return "libvirt error";
	case GVNP_LIBVIRT_ABSENT:
		return "libvirt is not available";
	case GVNP_LIBVIRT_ASLEEP:
		return "the libvirt daemon is not running and was not woken";
	case GVNP_NOT_HOST_VIEW:
		return "not visible from our namespaces, and those of process 1 are refused";
	case GVNP_TOO_LARGE:
		return "larger than the limit, nothing was kept";
	case GVNP_NOT_ASKED:
		return "not asked for: only with --deep";
	}
	/* Unlike strerror() the same in every locale. */
	const char *words = strerrordesc_np(error);
	return words ? words : "unknown error";
}
