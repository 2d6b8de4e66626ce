/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recordings: the index alone (in an archive made around it), the archive, and redaction. A line of
 * an index that is understood is written again as a line that means the same, and a redacted
 * recording can be read.
 */
#include "target.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "document.h"
#include "source/answers.h"
#include "source/index.h"
#include "source/recording.h"
#include "source/redact.h"
#include "source/redact_names.h"
#include "source/redact_scan.h"
#include "source/tar.h"

struct replay {
	struct gvnp_source *source;
	size_t n;
};

static void ask_again(void *data, const struct gvnp_request *request,
		      const struct gvnp_answer *answer)
{
	struct replay *replay = data;

	replay->n++;
	if (!replay->source)
		return;
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(replay->source, request->operation, "%s", request->path);
	FUZZ_EXPECT(answers->answers[0].error == GVNP_NOT_RECORDED || answer->size ||
		    answer->n_entries || answer->error || answers->n == 1);
}

/* Reads it, asks all it knows, and redacts it. */
static void replay_tar(const struct gvnp_buffer *tar)
{
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = NULL;
	_cleanup_free_ char *problem = NULL, *trouble = NULL;
	struct replay replay = { 0 };

	if (gvnp_source_new_recorded_bytes(tar, &source, &problem)) {
		FUZZ_EXPECT(problem && *problem);
		return;
	}
	replay.source = source;
	trouble = gvnp_recorded_walk(tar, ask_again, &replay);
	FUZZ_EXPECT(!trouble);
}

static void same_line(struct gvnp_slice text)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *arena = gvnp_answers_new(0);
	_cleanup_buffer_ struct gvnp_buffer once = { 0 }, twice = { 0 };
	struct gvnp_index_line line;

	if (gvnp_index_parse(text, arena, &line))
		return;
	gvnp_index_append(&once, &line);
	struct gvnp_slice written = { once.data, once.size };
	FUZZ_EXPECT(written.size && written.text[written.size - 1] == '\n');
	written.size--;
	FUZZ_EXPECT(!gvnp_index_parse(written, arena, &line));
	gvnp_index_append(&twice, &line);
	FUZZ_EXPECT(once.size == twice.size && !memcmp(once.data, twice.data, once.size));
}

void fuzz_snapshot_index(const char *bytes, size_t size)
{
	_cleanup_buffer_ struct gvnp_buffer tar = { 0 };
	struct gvnp_slice rest = { bytes, size }, line;

	while (gvnp_slice_next(&rest, '\n', &line))
		same_line(line);
	gvnp_tar_append(&tar, GVNP_INDEX_FOLDER "/index", bytes, size);
	gvnp_tar_append(&tar, GVNP_INDEX_FOLDER "/00001-a", "Uid:\t0\t0\t0\t0\n", 13);
	gvnp_tar_append(&tar, GVNP_INDEX_FOLDER "/00002-b", "regular a\nlink b c\n", 19);
	gvnp_tar_finish(&tar);
	replay_tar(&tar);
}

/* Checksums of what has the look of a head are put right, or no change would ever get past them. */
static void mend_checksums(struct gvnp_buffer *tar)
{
	enum { BLOCK = 512, CHECKSUM = 148, CHECKSUM_SIZE = 8, MAGIC = 257 };

	for (size_t at = 0; at + BLOCK <= tar->size; at += BLOCK) {
		unsigned char *head = (unsigned char *)tar->data + at;
		unsigned sum = 0;

		if (memcmp(head + MAGIC, "ustar", 5))
			continue;
		memset(head + CHECKSUM, ' ', CHECKSUM_SIZE);
		for (size_t i = 0; i < BLOCK; i++)
			sum += head[i];
		for (size_t i = 6; i--; sum /= 8)
			head[CHECKSUM + i] = (unsigned char)('0' + sum % 8);
	}
}

void fuzz_tar(const char *bytes, size_t size)
{
	_cleanup_buffer_ struct gvnp_buffer tar = { 0 };
	_cleanup_close_ int fd = memfd_create("tar", MFD_CLOEXEC);
	struct gvnp_tar scan = { 0 };

	gvnp_buffer_append(&tar, bytes, size);
	mend_checksums(&tar);
	FUZZ_EXPECT(fd >= 0 && (!size || write(fd, tar.data, size) == (ssize_t)size));
	if (!gvnp_tar_scan(fd, &scan))
		for (size_t i = 0; i < scan.n; i++)
			FUZZ_EXPECT(!scan.members[i].is_whole ||
				    scan.members[i].offset + scan.members[i].size <= (int64_t)size);
	gvnp_tar_done(&scan);
	replay_tar(&tar);
}

static void add(void *data, const struct gvnp_request *request, const struct gvnp_answer *answer)
{
	gvnp_recording_add(data, request, answer);
}

void fuzz_redact(const char *bytes, size_t size)
{
	struct gvnp_recording *recording = gvnp_recording_new(), *redacted = NULL;
	_cleanup_buffer_ struct gvnp_buffer tar = { 0 }, result = { 0 };
	_cleanup_free_ char *problem = NULL, *trouble = NULL, *worse = NULL;
	struct replay before = { 0 }, after = { 0 };

	fuzz_document_walk(bytes, size, add, recording);
	gvnp_recording_write(recording, &tar);
	trouble = gvnp_recorded_walk(&tar, ask_again, &before);
	FUZZ_EXPECT(!trouble);
	if (!gvnp_redact(&tar, size % 2, &redacted, &problem)) {
		gvnp_recording_write(redacted, &result);
		worse = gvnp_recorded_walk(&result, ask_again, &after);
		FUZZ_EXPECT(!worse && after.n == before.n);
	}
	gvnp_recording_free(recording);
	gvnp_recording_free(redacted);
}

/* The first line is a name that was learnt, the second the place of the text. */
void fuzz_redact_text(const char *bytes, size_t size)
{
	struct gvnp_slice rest = { bytes, size }, name = { "", 0 }, place = { "", 0 };
	struct gvnp_redact_names *names = gvnp_redact_names_new(size % 2);
	_cleanup_buffer_ struct gvnp_buffer out = { 0 };

	gvnp_slice_next(&rest, '\n', &name);
	gvnp_slice_next(&rest, '\n', &place);
	_cleanup_free_ char *path = gvnp_slice_copy(place);
	if (name.size && !memchr(name.text, '\0', name.size))
		gvnp_redact_learn(names, (enum gvnp_redact_kind)(size % GVNP_REDACT_UUID), name);
	struct gvnp_redact_text text = { path, rest.text, rest.size, size % 3 == 0 };
	gvnp_redact_scan(names, &text, &out);
	gvnp_redact_scan_sockets(names, rest, &out);
	gvnp_redact_names_free(names);
}
