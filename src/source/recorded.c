/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recorded host as a source. It answers from the index and the contents the index names, and from
 * nothing else: what was not recorded is "not recorded", never absent. A recording may come from
 * anywhere, so it is read strictly, and nothing it says names a file outside it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "source/answerer.h"
#include "source/answers.h"
#include "source/archive.h"
#include "source/index.h"
#include "source/recording.h"

enum { INDEX_LIMIT = 256 * 1024 * 1024, MESSAGES_LIMIT = 4 * 1024 * 1024 };

struct recorded {
	struct gvnp_source source;
	struct gvnp_archive archive;
	struct gvnp_answers *arena;
	struct gvnp_index_line *lines; /* sorted by question, equal ones in recorded order */
	size_t n_lines;
	size_t *asked; /* at the first line of a question: how often it was asked */
};

static int compare(const struct gvnp_request *first, const struct gvnp_request *second)
{
	if (first->operation != second->operation)
		return first->operation < second->operation ? -1 : 1;
	return strcmp(first->path, second->path);
}

/* Lines stand in one array in recorded order before they are sorted, so their addresses would do
 * for a tie; but qsort moves them. `n_entries`, unused in a line, holds the order meanwhile. */
static int by_question(const void *a, const void *b)
{
	const struct gvnp_index_line *first = a, *second = b;
	int order = compare(&first->request, &second->request);

	if (order)
		return order;
	return first->answer.n_entries < second->answer.n_entries ? -1 : 1;
}

static void recorded_free(struct gvnp_source *source)
{
	struct recorded *recorded = (struct recorded *)source;

	gvnp_archive_done(&recorded->archive);
	gvnp_answers_free(recorded->arena);
	free(recorded->lines);
	free(recorded->asked);
	free(recorded);
}

/* The first line of the question, or n_lines. */
static size_t find(const struct recorded *recorded, const struct gvnp_request *request)
{
	size_t low = 0, high = recorded->n_lines;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&recorded->lines[middle].request, request) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < recorded->n_lines && !compare(&recorded->lines[low].request, request))
		return low;
	return recorded->n_lines;
}

/* The k-th question gets the k-th answer, later ones the last. */
static const struct gvnp_index_line *next_line(struct recorded *recorded, size_t first)
{
	size_t at = first + recorded->asked[first];
	const struct gvnp_index_line *line = &recorded->lines[at];

	if (at + 1 < recorded->n_lines &&
	    !compare(&recorded->lines[at + 1].request, &line->request))
		recorded->asked[first]++;
	return line;
}

static bool take_content(struct recorded *recorded, const struct gvnp_index_line *line,
			 struct gvnp_answers *answers, size_t i)
{
	_cleanup_buffer_ struct gvnp_buffer bytes = { 0 };
	struct gvnp_slice content = { line->content, line->content_size };

	if (!line->content) {
		if (gvnp_archive_read(&recorded->archive, line->member, line->content_size, &bytes))
			return false;
		content = (struct gvnp_slice){ gvnp_buffer_text(&bytes), bytes.size };
	}
	if (line->is_listing)
		return !gvnp_index_parse_listing(content, answers, i);
	gvnp_answers_set_data(answers, i, content.text, content.size);
	return true;
}

static void answer(struct recorded *recorded, const struct gvnp_request *request,
		   struct gvnp_answers *answers, size_t i)
{
	size_t first = find(recorded, request);

	if (first == recorded->n_lines) {
		gvnp_answers_fail(answers, i, request->path, GVNP_NOT_RECORDED);
		return;
	}
	const struct gvnp_index_line *line = next_line(recorded, first);
	answers->answers[i] = line->answer;
	answers->answers[i].problem =
		gvnp_answers_copy(answers, line->answer.problem, strlen(line->answer.problem));
	if (!take_content(recorded, line, answers, i)) {
		answers->answers[i] = (struct gvnp_answer){ 0 };
		gvnp_answers_fail_because(answers, i, GVNP_NOT_RECORDED,
					  "%s: its content %s is missing from the recording",
					  request->path, line->member ? line->member : "");
	}
}

static struct gvnp_answers *recorded_ask(struct gvnp_source *source,
					 const struct gvnp_request *requests, size_t n_requests)
{
	struct gvnp_answers *answers = gvnp_answers_new(n_requests);

	for (size_t i = 0; i < n_requests; i++)
		answer((struct recorded *)source, &requests[i], answers, i);
	return answers;
}

static char *parse_version(struct gvnp_slice line)
{
	struct gvnp_slice expected = gvnp_slice(GVNP_INDEX_VERSION), word, number;

	gvnp_slice_word(&expected, &word);
	if (gvnp_slice_is(line, GVNP_INDEX_VERSION))
		return NULL;
	if (!gvnp_slice_split(line, ' ', &line, &number) || line.size != word.size ||
	    memcmp(line.text, word.text, word.size))
		return gvnp_duplicate("its index is not one of a gvnp-audit snapshot");
	return gvnp_format("the snapshot has format %.*s, this program reads format %.*s",
			   (int)(number.size < 20 ? number.size : 20), number.text,
			   (int)gvnp_slice_trim(expected).size, gvnp_slice_trim(expected).text);
}

/* Returns NULL, or what is wrong. */
static char *parse_index(struct recorded *recorded, const struct gvnp_buffer *index)
{
	struct gvnp_slice rest = { gvnp_buffer_text(index), index->size }, text = { "", 0 };
	struct gvnp_index_line line;
	char *problem;

	gvnp_slice_next(&rest, '\n', &text);
	problem = parse_version(text);
	while (!problem && gvnp_slice_next(&rest, '\n', &text)) {
		if (gvnp_slice_is(text, GVNP_INDEX_END) && !rest.size)
			return NULL;
		if (recorded->n_lines == MESSAGES_LIMIT ||
		    gvnp_index_parse(text, recorded->arena, &line))
			return gvnp_format("line %zu of its index is not understood",
					   recorded->n_lines + 2);
		line.answer.n_entries = recorded->n_lines;
		recorded->lines = gvnp_grow(recorded->lines, recorded->n_lines);
		recorded->lines[recorded->n_lines++] = line;
	}
	return problem ? problem : gvnp_duplicate("its index is cut off");
}

static void sort_lines(struct recorded *recorded)
{
	if (recorded->n_lines)
		qsort(recorded->lines, recorded->n_lines, sizeof *recorded->lines, by_question);
	for (size_t i = 0; i < recorded->n_lines; i++)
		recorded->lines[i].answer.n_entries = 0;
	recorded->asked = gvnp_allocate_array(recorded->n_lines, sizeof *recorded->asked);
}

static void note_missing(struct recorded *recorded, const char *path)
{
	size_t n_missing = 0;

	for (size_t i = 0; i < recorded->n_lines; i++) {
		const struct gvnp_index_line *line = &recorded->lines[i];

		if (line->member &&
		    !gvnp_archive_has(&recorded->archive, line->member, line->content_size))
			n_missing++;
	}
	if (n_missing)
		recorded->source.note =
			gvnp_format("%s: the recording is cut off: the contents of %zu of its %zu "
				    "answers are missing and count as not recorded",
				    path, n_missing, recorded->n_lines);
}

/* Takes the messages of an archive that was opened. NULL, or what is wrong. */
static char *load(struct recorded *recorded, char *problem)
{
	_cleanup_buffer_ struct gvnp_buffer index = { 0 };

	if (!problem)
		problem = gvnp_archive_scan(&recorded->archive);
	if (!problem)
		problem = gvnp_archive_read_index(&recorded->archive, INDEX_LIMIT, &index);
	return problem ? problem : parse_index(recorded, &index);
}

static struct recorded *new_recorded(void)
{
	struct recorded *recorded = gvnp_allocate(sizeof *recorded);

	recorded->source.ask = recorded_ask;
	recorded->source.free = recorded_free;
	recorded->arena = gvnp_answers_new(0);
	recorded->archive.fd = -1;
	return recorded;
}

static int finish(struct recorded *recorded, const char *path, char *problem,
		  struct gvnp_source **ret, char **ret_problem)
{
	if (problem) {
		gvnp_source_free(&recorded->source);
		*ret_problem = problem;
		return -EINVAL;
	}
	sort_lines(recorded);
	note_missing(recorded, path);
	*ret = &recorded->source;
	return 0;
}

int gvnp_source_open_recorded(const char *path, struct gvnp_source **ret, char **ret_problem)
{
	struct recorded *recorded = new_recorded();
	char *problem = gvnp_archive_open(&recorded->archive, path);

	if (problem) {
		gvnp_source_free(&recorded->source);
		*ret_problem = problem;
		return -EINVAL;
	}
	*ret = &recorded->source;
	return 0;
}

int gvnp_source_load_recorded(const char *path, struct gvnp_source **source, char **ret_problem)
{
	struct recorded *recorded = (struct recorded *)gvnp_take(*source);

	return finish(recorded, path, load(recorded, NULL), source, ret_problem);
}

int gvnp_source_new_recorded(const char *path, struct gvnp_source **ret, char **ret_problem)
{
	struct gvnp_source *source;
	int error = gvnp_source_open_recorded(path, &source, ret_problem);

	if (!error)
		error = gvnp_source_load_recorded(path, &source, ret_problem);
	if (!error)
		*ret = source;
	return error;
}

int gvnp_source_new_recorded_bytes(const struct gvnp_buffer *tar, struct gvnp_source **ret,
				   char **ret_problem)
{
	struct recorded *recorded = new_recorded();
	char *problem = load(recorded, gvnp_archive_open_bytes(&recorded->archive, tar));

	return finish(recorded, "recording", problem, ret, ret_problem);
}

char *gvnp_recorded_walk(const struct gvnp_buffer *tar,
			 void (*visit)(void *data, const struct gvnp_request *request,
				       const struct gvnp_answer *answer),
			 void *data)
{
	struct recorded *recorded = new_recorded();
	char *problem = load(recorded, gvnp_archive_open_bytes(&recorded->archive, tar));

	for (size_t i = 0; !problem && i < recorded->n_lines; i++) {
		_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers = gvnp_answers_new(1);
		const struct gvnp_index_line *line = &recorded->lines[i];

		answers->answers[0] = line->answer;
		answers->answers[0].n_entries = 0; /* its place among the lines until they are sorted */
		if (take_content(recorded, line, answers, 0))
			visit(data, &line->request, &answers->answers[0]);
	}
	gvnp_source_free(&recorded->source);
	return problem;
}
