/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Heads of disk images, read without qemu-img, which would follow them (CVE-2024-4467). Formats:
 * QEMU docs/interop/qcow2.rst, docs/interop/qed_spec.rst, and block/qcow.c for the first qcow. The
 * bytes may be anybody's, so every offset and length is checked against what was read, and nothing
 * is followed from here.
 */
#include "source/image_head.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "source/range.h"

enum {
	QCOW_VERSION = 4,
	QCOW_BACKING_OFFSET = 8,
	QCOW_BACKING_SIZE = 16,
	QCOW1_ENCRYPTION = 36,
	QCOW1_SIZE = 48,
	QCOW2_ENCRYPTION = 32,
	QCOW2_SIZE = 72, /* of the header of version 2 */
	QCOW2_INCOMPATIBLE = 72,
	QCOW2_HEADER_LENGTH = 100,
	QCOW3_SIZE = 104,
	QED_FEATURES = 16,
	QED_BACKING_OFFSET = 56,
	QED_BACKING_SIZE = 60,
	QED_SIZE = 64,
	BACKING_NAME_LIMIT = 1023, /* docs/interop/qcow2.rst */
};

enum {
	EXTENSION_END = 0,
	EXTENSION_BACKING_FORMAT = 0xe2792aca,
	EXTENSION_DATA_FILE = 0x44415441,
	INCOMPATIBLE_DATA_FILE = 1 << 2,
	QED_HAS_BACKING = 1 << 0,
	QED_BACKING_IS_RAW = 1 << 2, /* "no probe" */
};

static uint64_t big(struct gvnp_slice bytes, size_t at, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++)
		value = value << 8 | (unsigned char)bytes.text[at + i];
	return value;
}

static uint64_t little(struct gvnp_slice bytes, size_t at, size_t size)
{
	uint64_t value = 0;

	for (size_t i = size; i > 0; i--)
		value = value << 8 | (unsigned char)bytes.text[at + i - 1];
	return value;
}

/* A name up to its first NUL, which is how QEMU takes it. */
static bool take_name(struct gvnp_slice bytes, uint64_t offset, uint64_t size,
		      struct gvnp_slice *ret)
{
	if (offset > bytes.size || size > bytes.size - offset || size > BACKING_NAME_LIMIT)
		return false;
	*ret = (struct gvnp_slice){ bytes.text + offset,
				    strnlen(bytes.text + offset, (size_t)size) };
	return true;
}

static const char *decode_qcow1(struct gvnp_slice bytes, struct gvnp_image_head *head)
{
	if (bytes.size < QCOW1_SIZE)
		return "its header is cut off";
	uint64_t offset = big(bytes, QCOW_BACKING_OFFSET, 8);
	uint64_t size = big(bytes, QCOW_BACKING_SIZE, 4);

	head->encryption = big(bytes, QCOW1_ENCRYPTION, 4) ? "aes" : "none";
	if (offset && !take_name(bytes, offset, size, &head->backing))
		return "the name of its backing file lies beyond what was read of it";
	return NULL;
}

static const char *decode_extensions(struct gvnp_slice bytes, size_t at, size_t end,
				     struct gvnp_image_head *head)
{
	/* Eight bytes each at least, so the loop is bounded by what was read. */
	while (end - at >= 8) {
		uint64_t type = big(bytes, at, 4), size = big(bytes, at + 4, 4);
		struct gvnp_slice *name = type == EXTENSION_BACKING_FORMAT ? &head->backing_format
					  : type == EXTENSION_DATA_FILE	   ? &head->data_file
									   : NULL;

		if (type == EXTENSION_END)
			return NULL;
		if (size > end - at - 8)
			return "an extension of its header lies beyond what was read of it";
		if (name && !take_name(bytes, at + 8, size, name))
			return "a name in its header is too long";
		size = (size + 7) & ~(uint64_t)7;
		if (size > end - at - 8)
			return NULL;
		at += 8 + (size_t)size;
	}
	return NULL;
}

static const char *encryption_name(uint64_t method)
{
	return method == 0 ? "none" : method == 1 ? "aes" : method == 2 ? "luks" : NULL;
}

static const char *decode_qcow2(struct gvnp_slice bytes, uint64_t version,
				struct gvnp_image_head *head)
{
	size_t length = QCOW2_SIZE;
	uint64_t incompatible = 0;

	if (bytes.size < (version == 2 ? QCOW2_SIZE : QCOW3_SIZE))
		return "its header is cut off";
	if (version > 2) {
		incompatible = big(bytes, QCOW2_INCOMPATIBLE, 8);
		length = (size_t)big(bytes, QCOW2_HEADER_LENGTH, 4);
	}
	head->encryption = encryption_name(big(bytes, QCOW2_ENCRYPTION, 4));
	if (!head->encryption)
		return "its encryption method is none that is known";
	if (length < (version == 2 ? QCOW2_SIZE : QCOW3_SIZE) || length > bytes.size)
		return "the length of its header cannot be right";
	uint64_t offset = big(bytes, QCOW_BACKING_OFFSET, 8);
	uint64_t size = big(bytes, QCOW_BACKING_SIZE, 4);
	if (offset && !take_name(bytes, offset, size, &head->backing))
		return "the name of its backing file lies beyond what was read of it";
	/* The extensions end where the name begins, as QEMU sees it too. */
	size_t end = offset >= length && offset < bytes.size ? (size_t)offset : bytes.size;
	const char *problem = decode_extensions(bytes, length, end, head);
	if (problem)
		return problem;
	if ((incompatible & INCOMPATIBLE_DATA_FILE) && !head->data_file.size)
		return "it keeps its data in another file and does not say which";
	if (!(incompatible & INCOMPATIBLE_DATA_FILE))
		head->data_file = (struct gvnp_slice){ "", 0 };
	return NULL;
}

static const char *decode_qcow(struct gvnp_slice bytes, struct gvnp_image_head *head)
{
	if (bytes.size < QCOW_BACKING_OFFSET)
		return "its header is cut off";
	uint64_t version = big(bytes, QCOW_VERSION, 4);

	if (version == 1) {
		head->format = "qcow";
		return decode_qcow1(bytes, head);
	}
	if (version != 2 && version != 3)
		return "its version is none that is known";
	return decode_qcow2(bytes, version, head);
}

static const char *decode_qed(struct gvnp_slice bytes, struct gvnp_image_head *head)
{
	if (bytes.size < QED_SIZE)
		return "its header is cut off";
	uint64_t features = little(bytes, QED_FEATURES, 8);

	if (!(features & QED_HAS_BACKING))
		return NULL;
	if (!take_name(bytes, little(bytes, QED_BACKING_OFFSET, 4),
		       little(bytes, QED_BACKING_SIZE, 4), &head->backing))
		return "the name of its backing file lies beyond what was read of it";
	if (features & QED_BACKING_IS_RAW)
		head->backing_format = gvnp_slice("raw");
	return NULL;
}

void gvnp_image_head_decode(struct gvnp_slice bytes, struct gvnp_image_head *ret)
{
	const char *format = gvnp_range_image_format(bytes.text, bytes.size);
	struct gvnp_image_head head = {
		.format = format ? format : "raw",
		.backing = { "", 0 },
		.backing_format = { "", 0 },
		.data_file = { "", 0 },
		.encryption = "none",
	};

	if (!strcmp(head.format, "qcow2"))
		head.problem = decode_qcow(bytes, &head);
	else if (!strcmp(head.format, "qed"))
		head.problem = decode_qed(bytes, &head);
	else if (!strcmp(head.format, "luks"))
		head.encryption = "luks";
	else if (!strcmp(head.format, "vmdk"))
		head.problem = "the files that a VMDK descriptor names are not followed";
	if (head.problem) {
		head.backing = head.backing_format = head.data_file = (struct gvnp_slice){ "", 0 };
		head.encryption = NULL;
	}
	*ret = head;
}

/* The name without what makes QEMU open it as a local file; false when it is something else. As in
 * path_has_protocol() of QEMU's block.c, a colon before the first slash makes a protocol. */
static bool take_local(struct gvnp_slice *name)
{
	static const char *const local[] = { "file:", "host_device:" };
	const char *colon = memchr(name->text, ':', name->size);
	const char *slash = memchr(name->text, '/', name->size);

	if (!colon || (slash && slash < colon))
		return true;
	for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
		size_t size = strlen(local[i]);

		if (!gvnp_slice_starts(*name, local[i]))
			continue;
		*name = (struct gvnp_slice){ name->text + size, name->size - size };
		return true;
	}
	return false;
}

/* Appends the components of a path to one without "." and "..". */
static void append_components(struct gvnp_buffer *path, struct gvnp_slice text)
{
	struct gvnp_slice component;

	while (gvnp_slice_next(&text, '/', &component)) {
		if (!component.size || gvnp_slice_is(component, "."))
			continue;
		if (gvnp_slice_is(component, "..")) {
			while (path->size && path->data[--path->size] != '/')
				;
			if (path->data)
				path->data[path->size] = '\0';
			continue;
		}
		gvnp_buffer_append_text(path, "/");
		gvnp_buffer_append(path, component.text, component.size);
	}
}

char *gvnp_image_path(const char *image, struct gvnp_slice name)
{
	struct gvnp_buffer path = { 0 };
	const char *last = strrchr(image, '/');

	if (!take_local(&name))
		return NULL;
	/* relative to the image that names it, not to the first of the chain */
	if (!gvnp_slice_starts(name, "/") && last)
		append_components(&path, (struct gvnp_slice){ image, (size_t)(last - image) });
	append_components(&path, name);
	if (!path.size)
		gvnp_buffer_append_text(&path, "/");
	return gvnp_buffer_take(&path);
}
