/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stream of the libvirt reader. A frame that is not exactly one of ours ends the stream; what
 * came before it counts.
 */
#include "source/pushed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "source/answers.h"
#include "source/message.h"

/* A thousand VMs push some 20 MiB in three thousand frames. */
enum { STREAM_LIMIT = 256 * 1024 * 1024, FRAMES_LIMIT = 64 * 1024 };

struct frame {
	const char *path;
	struct gvnp_answer answer;
};

struct gvnp_pushed {
	struct gvnp_buffer stream;
	size_t scanned; /* whole frames end here */
	size_t n_scanned;
	bool is_expected, is_complete, is_broken, is_timed_out;
	/* once decoded: */
	struct gvnp_answers *arena;
	struct frame *frames; /* sorted by path */
	size_t n_frames;
	struct gvnp_answer rest; /* to everything else, when complete */
};

struct gvnp_pushed *gvnp_pushed_new(bool is_expected)
{
	struct gvnp_pushed *pushed = gvnp_allocate(sizeof *pushed);

	pushed->is_expected = is_expected;
	return pushed;
}

void gvnp_pushed_free(struct gvnp_pushed *pushed)
{
	if (!pushed)
		return;
	gvnp_buffer_done(&pushed->stream);
	gvnp_answers_free(pushed->arena);
	free(pushed->frames);
	free(pushed);
}

/* The end marker is the one frame without a path. */
static int scan(struct gvnp_pushed *pushed)
{
	struct gvnp_request request;
	struct gvnp_answer answer;
	uint32_t id;
	size_t size;
	int error;

	while (!(error = gvnp_message_size(pushed->stream.data + pushed->scanned,
					   pushed->stream.size - pushed->scanned,
					   GVNP_MESSAGE_ANSWER_LIMIT, &size))) {
		struct gvnp_answers *scratch = gvnp_answers_new(0);

		error = gvnp_message_decode_answer(pushed->stream.data + pushed->scanned, size,
						   scratch, &id, &request, &answer);
		gvnp_answers_free(scratch);
		if (error || request.operation != GVNP_LIBVIRT || pushed->is_complete ||
		    pushed->n_scanned == FRAMES_LIMIT)
			return -EBADMSG;
		pushed->is_complete = !request.path[0];
		pushed->scanned += size;
		pushed->n_scanned++;
	}
	return error == -EAGAIN ? 0 : error;
}

int gvnp_pushed_add(struct gvnp_pushed *pushed, const char *bytes, size_t size)
{
	int error = 0;

	if (pushed->is_broken || pushed->frames)
		return -EBADMSG;
	if (pushed->stream.size + size > STREAM_LIMIT)
		error = -EMSGSIZE;
	if (!error) {
		gvnp_buffer_append(&pushed->stream, bytes, size);
		error = scan(pushed);
	}
	pushed->is_broken = error != 0;
	return error;
}

bool gvnp_pushed_is_complete(const struct gvnp_pushed *pushed)
{
	return pushed->is_complete;
}

void gvnp_pushed_time_out(struct gvnp_pushed *pushed)
{
	pushed->is_timed_out = true;
}

static int by_path(const void *a, const void *b)
{
	const struct frame *first = a, *second = b;

	int order = strcmp(first->path, second->path);

	if (order)
		return order;
	/* Both point into the stream: what came later lies behind. */
	return first->path < second->path ? -1 : first->path > second->path;
}

static int find_path(const void *a, const void *b)
{
	const struct frame *frame = b;

	return strcmp(a, frame->path);
}

/* Of several answers to one question the last one counts. */
static void keep_last(struct gvnp_pushed *pushed)
{
	size_t n = 0;

	for (size_t i = 0; i < pushed->n_frames; i++) {
		if (n && !strcmp(pushed->frames[n - 1].path, pushed->frames[i].path))
			n--;
		pushed->frames[n++] = pushed->frames[i];
	}
	pushed->n_frames = n;
}

/* Every frame was decoded once by scan(), so nothing fails here. */
static void decode(struct gvnp_pushed *pushed)
{
	struct gvnp_request request;
	struct gvnp_answer answer;
	uint32_t id;
	size_t size;

	pushed->arena = gvnp_answers_new(0);
	pushed->frames = gvnp_allocate_array(pushed->n_scanned + 1, sizeof *pushed->frames);
	for (size_t at = 0; at < pushed->scanned; at += size) {
		if (gvnp_message_size(pushed->stream.data + at, pushed->scanned - at,
				      GVNP_MESSAGE_ANSWER_LIMIT, &size) ||
		    gvnp_message_decode_answer(pushed->stream.data + at, size, pushed->arena, &id,
					       &request, &answer))
			break;
		if (request.path[0])
			pushed->frames[pushed->n_frames++] = (struct frame){ request.path, answer };
		else
			pushed->rest = answer;
	}
	qsort(pushed->frames, pushed->n_frames, sizeof *pushed->frames, by_path);
	keep_last(pushed);
}

static void answer_unpushed(const struct gvnp_pushed *pushed, const char *path,
			    struct gvnp_answers *answers, size_t i)
{
	if (!pushed->is_expected)
		gvnp_answers_fail_because(answers, i, GVNP_LIBVIRT_ABSENT,
					  "libvirt %s: libvirt was not asked in this run", path);
	else if (pushed->is_complete && pushed->rest.error)
		gvnp_answers_fail_because(answers, i, pushed->rest.error, "libvirt %s: %s", path,
					  pushed->rest.problem);
	else if (pushed->is_complete)
		gvnp_answers_fail_because(answers, i, ENOENT, "libvirt %s: there is none", path);
	else if (pushed->is_timed_out)
		gvnp_answers_fail_because(answers, i, GVNP_TIMED_OUT, "libvirt %s: %s", path,
					  gvnp_source_error_name(GVNP_TIMED_OUT));
	else
		gvnp_answers_fail_because(answers, i, GVNP_LIBVIRT_ERROR,
					  "libvirt %s: the libvirt reader ended before it had "
					  "answered",
					  path);
}

void gvnp_pushed_answer(struct gvnp_pushed *pushed, const char *path, struct gvnp_answers *answers,
			size_t i)
{
	if (!pushed->frames)
		decode(pushed);
	const struct frame *frame =
		bsearch(path, pushed->frames, pushed->n_frames, sizeof *pushed->frames, find_path);
	if (!frame)
		answer_unpushed(pushed, path, answers, i);
	else if (frame->answer.error)
		gvnp_answers_fail_because(answers, i, frame->answer.error, "libvirt %s: %s", path,
					  frame->answer.problem);
	else
		gvnp_answers_set_data(answers, i, frame->answer.data, frame->answer.size);
}
