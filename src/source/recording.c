/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recording. A message becomes its line of the index at once; contents too long for the index are
 * kept once each, whoever they answer. Names of members are a number and harmless letters of the
 * path.
 */
#include "source/recording.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "gvnp/privilege.h"
#include "source/answerer.h"
#include "source/index.h"
#include "source/limits.h"
#include "source/tar.h"

enum { SLUG_SIZE = 48 };

struct content {
	char digest[GVNP_SHA256_TEXT];
	char *name;
	size_t offset, size; /* in `bytes` */
};

struct gvnp_recording {
	struct gvnp_buffer index; /* the lines of messages */
	struct gvnp_buffer bytes; /* all contents, one behind the other */
	struct content *contents;
	size_t n_contents;
	size_t *slots; /* hash table of contents by digest: index + 1, 0 is free */
	size_t n_slots;
};

struct gvnp_recording *gvnp_recording_new(void)
{
	return gvnp_allocate(sizeof(struct gvnp_recording));
}

void gvnp_recording_free(struct gvnp_recording *recording)
{
	if (!recording)
		return;
	gvnp_buffer_done(&recording->index);
	gvnp_buffer_done(&recording->bytes);
	for (size_t i = 0; i < recording->n_contents; i++)
		free(recording->contents[i].name);
	free(recording->contents);
	free(recording->slots);
	free(recording);
}

/* The slot that holds the digest, or the free one where it belongs. */
static size_t *find_slot(const struct gvnp_recording *recording, const char *digest)
{
	uint64_t hash = 0;

	gvnp_slice_unsigned((struct gvnp_slice){ digest, 15 }, 16, &hash);
	for (size_t i = hash % recording->n_slots;; i = (i + 1) % recording->n_slots) {
		size_t slot = recording->slots[i];

		if (!slot || !strcmp(recording->contents[slot - 1].digest, digest))
			return &recording->slots[i];
	}
}

static void grow_slots(struct gvnp_recording *recording)
{
	if (recording->n_contents * 2 < recording->n_slots)
		return;
	free(recording->slots);
	recording->n_slots = recording->n_slots ? 2 * recording->n_slots : 256;
	recording->slots = gvnp_allocate_array(recording->n_slots, sizeof *recording->slots);
	for (size_t i = 0; i < recording->n_contents; i++)
		*find_slot(recording, recording->contents[i].digest) = i + 1;
}

static char *member_name(size_t number, const char *path)
{
	size_t size = strlen(path), skip = size > SLUG_SIZE ? size - SLUG_SIZE : 0;
	char *name = gvnp_format("%04zu-%s", number, path + skip + (path[skip] == '/'));

	for (char *at = name; *at; at++)
		if (!(*at >= 'a' && *at <= 'z') && !(*at >= 'A' && *at <= 'Z') &&
		    !(*at >= '0' && *at <= '9') && *at != '.' && *at != '_')
			*at = '-';
	return name;
}

static struct content *add_content(struct gvnp_recording *recording, char *name, const void *data,
				   size_t size)
{
	recording->contents = gvnp_grow(recording->contents, recording->n_contents);
	struct content *content = &recording->contents[recording->n_contents++];
	*content = (struct content){ .name = name, .offset = recording->bytes.size, .size = size };
	gvnp_buffer_append(&recording->bytes, data, size);
	return content;
}

static const char *keep(struct gvnp_recording *recording, const char *path, const char *data,
			size_t size)
{
	char digest[GVNP_SHA256_TEXT];

	gvnp_sha256(data, size, digest);
	grow_slots(recording);
	size_t *slot = find_slot(recording, digest);
	if (*slot)
		return recording->contents[*slot - 1].name;
	struct content *content =
		add_content(recording, member_name(recording->n_contents + 1, path), data, size);
	memcpy(content->digest, digest, sizeof digest);
	*slot = recording->n_contents;
	return content->name;
}

void gvnp_recording_add(struct gvnp_recording *recording, const struct gvnp_request *request,
			const struct gvnp_answer *answer)
{
	_cleanup_buffer_ struct gvnp_buffer listing = { 0 };
	struct gvnp_index_line line = {
		.request = *request,
		.answer = *answer,
		.is_listing = answer->n_entries != 0,
		.content = answer->data,
		.content_size = answer->size,
	};

	if (line.is_listing) {
		gvnp_index_append_listing(&listing, answer);
		line.content = gvnp_buffer_text(&listing);
		line.content_size = listing.size;
	}
	if (line.content_size > GVNP_INDEX_INLINE) {
		line.member = keep(recording, request->path, line.content, line.content_size);
		line.content = NULL;
	}
	gvnp_index_append(&recording->index, &line);
}

int gvnp_recording_add_file(struct gvnp_recording *recording, const char *name, const void *data,
			    size_t size)
{
	/* Contents begin with a digit, so further files do not. */
	if (!gvnp_index_is_member_name(name) || (name[0] >= '0' && name[0] <= '9') ||
	    !strcmp(name, "index"))
		return -EINVAL;
	for (size_t i = 0; i < recording->n_contents; i++)
		if (!strcmp(recording->contents[i].name, name))
			return -EINVAL;
	struct content *content = add_content(recording, gvnp_duplicate(name), data, size);
	/* Not a digest: nothing is ever found to be equal to it. */
	snprintf(content->digest, sizeof content->digest, "%s", "f");
	return 0;
}

void gvnp_recording_write(const struct gvnp_recording *recording, struct gvnp_buffer *tar)
{
	_cleanup_buffer_ struct gvnp_buffer index = { 0 };
	char name[GVNP_TAR_NAME];

	gvnp_buffer_append_text(&index, GVNP_INDEX_VERSION "\n");
	gvnp_buffer_append(&index, recording->index.data, recording->index.size);
	gvnp_buffer_append_text(&index, GVNP_INDEX_END "\n");
	gvnp_tar_append(tar, GVNP_INDEX_FOLDER "/index", index.data, index.size);
	for (size_t i = 0; i < recording->n_contents; i++) {
		const struct content *content = &recording->contents[i];

		snprintf(name, sizeof name, GVNP_INDEX_FOLDER "/%s", content->name);
		gvnp_tar_append(tar, name, recording->bytes.data + content->offset, content->size);
	}
	gvnp_tar_finish(tar);
}

int gvnp_source_recording(struct gvnp_source *source, struct gvnp_buffer *ret_tar)
{
	if (!source->recording)
		return -ENODATA;
	gvnp_recording_write(source->recording, ret_tar);
	return 0;
}

int gvnp_source_record_file(struct gvnp_source *source, const char *name, const void *data,
			    size_t size)
{
	if (!source->recording)
		return -ENODATA;
	return gvnp_recording_add_file(source->recording, name, data, size);
}
