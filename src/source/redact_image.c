/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Heads of disk images are binary, with names of any length inside: replacing bytes would break
 * them. So a head is written anew from what was understood of it, and decodes to the same but for
 * the names. Layouts: image_head.c.
 */
#include "source/redact_image.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "gvnp/source.h"
#include "source/image_head.h"
#include "source/range.h"
#include "source/redact_learn.h"
#include "source/redact_scan.h"

enum {
	MARK = 72, /* holds the mark of every format, and no identifier yet */
	QCOW1_SIZE = 48,
	QCOW2_SIZE = 72,
	QCOW3_SIZE = 104, /* header_length, at 100, is set to it */
	QED_SIZE = 64,
	BACKING_FORMAT = 0xe2792aca,
	DATA_FILE = 0x44415441,
};

static void put(char *at, uint64_t value, size_t size, bool is_big_endian)
{
	for (size_t i = 0; i < size; i++)
		at[is_big_endian ? size - 1 - i : i] = (char)(value >> (8 * i));
}

static void learn(struct gvnp_redact_names *names, const char *image, struct gvnp_slice name)
{
	_cleanup_free_ char *path = name.size ? gvnp_image_path(image, name) : NULL;

	if (path)
		gvnp_redact_learn_path(names, gvnp_slice(path));
}

void gvnp_redact_learn_image(struct gvnp_redact_names *names, const struct gvnp_request *request,
			     struct gvnp_slice bytes)
{
	struct gvnp_image_head head;
	struct gvnp_range range;

	if (!gvnp_range_parse(request->path, &range) || gvnp_range_is_of_program(&range))
		return;
	gvnp_image_head_decode(bytes, &head);
	learn(names, range.path, head.backing);
	learn(names, range.path, head.data_file);
}

/* A name redacted in the folder it counts from, so that it becomes what the path of the image
 * itself becomes; of a relative one only its own part is kept. */
static void scan(struct gvnp_redact_names *names, const char *image, struct gvnp_slice name,
		 struct gvnp_buffer *ret)
{
	_cleanup_buffer_ struct gvnp_buffer path = { 0 }, redacted = { 0 };
	bool is_relative = name.size && name.text[0] != '/' && !memchr(name.text, ':', name.size);
	size_t slashes = 0;

	if (is_relative)
		gvnp_buffer_append(&path, image, (size_t)(strrchr(image, '/') + 1 - image));
	gvnp_buffer_append(&path, name.text, name.size);
	struct gvnp_redact_text text = { image, gvnp_buffer_text(&path), path.size, false };
	gvnp_redact_scan(names, &text, &redacted);
	for (size_t i = 0; i < name.size; i++)
		slashes += name.text[i] == '/';
	size_t start = is_relative ? redacted.size : 0;
	while (start && (slashes || redacted.data[start - 1] != '/'))
		slashes -= redacted.data[--start] == '/';
	gvnp_buffer_append(ret, gvnp_buffer_text(&redacted) + start, redacted.size - start);
}

static void append_extension(struct gvnp_buffer *out, uint32_t type, const char *data, size_t size)
{
	static const char padding[8];
	char head[8];

	put(head, type, 4, true);
	put(head + 4, size, 4, true);
	gvnp_buffer_append(out, head, sizeof head);
	gvnp_buffer_append(out, data, size);
	gvnp_buffer_append(out, padding, (8 - size % 8) % 8);
}

static void append_extensions(struct gvnp_redact_names *names, const char *place,
			      const struct gvnp_image_head *head, struct gvnp_buffer *out)
{
	_cleanup_buffer_ struct gvnp_buffer data = { 0 };

	if (head->backing_format.size)
		append_extension(out, BACKING_FORMAT, head->backing_format.text,
				 head->backing_format.size);
	scan(names, place, head->data_file, &data);
	if (data.size)
		append_extension(out, DATA_FILE, data.data, data.size);
	append_extension(out, 0, "", 0);
}

static void redact_head(struct gvnp_redact_names *names, const char *place, struct gvnp_slice bytes,
			const struct gvnp_image_head *head, struct gvnp_buffer *out)
{
	_cleanup_buffer_ struct gvnp_buffer name = { 0 };
	bool is_qed = !strcmp(head->format, "qed"), is_qcow2 = !strcmp(head->format, "qcow2");
	bool is_qcow3 = is_qcow2 && bytes.text[7] > 2;
	size_t size = is_qed	 ? QED_SIZE
		      : is_qcow3 ? QCOW3_SIZE
		      : is_qcow2 ? QCOW2_SIZE
				 : QCOW1_SIZE;
	size_t start = out->size;

	gvnp_buffer_append(out, bytes.text, size);
	if (is_qcow3)
		put(out->data + start + 100, QCOW3_SIZE, 4, true);
	if (is_qcow2)
		append_extensions(names, place, head, out);
	scan(names, place, head->backing, &name);
	size_t offset = head->backing.size ? out->size - start : 0;
	gvnp_buffer_append(out, gvnp_buffer_text(&name), name.size);
	put(out->data + start + (is_qed ? 56 : 8), offset, is_qed ? 4 : 8, !is_qed);
	put(out->data + start + (is_qed ? 60 : 16), name.size, 4, !is_qed);
}

void gvnp_redact_image(struct gvnp_redact_names *names, const struct gvnp_request *request,
		       struct gvnp_slice bytes, struct gvnp_buffer *out)
{
	struct gvnp_image_head head;
	struct gvnp_range range;
	bool is_range = gvnp_range_parse(request->path, &range);

	if (is_range && gvnp_range_is_of_program(&range)) {
		gvnp_buffer_append(out, bytes.text, bytes.size);
		return;
	}
	gvnp_image_head_decode(bytes, &head);
	bool is_chained = !strcmp(head.format, "qcow2") || !strcmp(head.format, "qcow") ||
			  !strcmp(head.format, "qed");
	if (is_range && is_chained && !head.problem)
		redact_head(names, range.path, bytes, &head, out);
	else if (strcmp(head.format, "raw") != 0)
		gvnp_buffer_append(out, bytes.text, bytes.size < MARK ? bytes.size : MARK);
}
