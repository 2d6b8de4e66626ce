/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of the index. Written so that a person can read and diff them; read strictly, since a
 * recording may come from anywhere.
 */
#include "source/index.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "source/answers.h"
#include "source/limits.h"
#include "source/tar.h"

static const char *const type_names[] = {
	[GVNP_TYPE_NONE] = "none",	     [GVNP_TYPE_REGULAR] = "regular",
	[GVNP_TYPE_DIRECTORY] = "directory", [GVNP_TYPE_LINK] = "link",
	[GVNP_TYPE_CHARACTER] = "character", [GVNP_TYPE_BLOCK] = "block",
	[GVNP_TYPE_FIFO] = "fifo",	     [GVNP_TYPE_SOCKET] = "socket",
};

static void append_escaped(struct gvnp_buffer *buffer, const char *data, size_t size)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < size;) {
		size_t plain = i;

		while (plain < size && data[plain] > ' ' && data[plain] < 0x7f &&
		       data[plain] != '%')
			plain++;
		gvnp_buffer_append(buffer, data + i, plain - i);
		i = plain;
		if (i < size) {
			unsigned char byte = (unsigned char)data[i++];
			char escape[] = { '%', digits[byte >> 4], digits[byte & 15] };

			gvnp_buffer_append(buffer, escape, sizeof escape);
		}
	}
}

static void append_field(struct gvnp_buffer *buffer, const char *text)
{
	if (!text[0])
		gvnp_buffer_append_text(buffer, "-");
	else if (!strcmp(text, "-"))
		gvnp_buffer_append_text(buffer, "%2D");
	else
		append_escaped(buffer, text, strlen(text));
}

static void append_content(struct gvnp_buffer *index, const struct gvnp_index_line *line)
{
	if (!line->content_size) {
		gvnp_buffer_append_text(index, "-");
	} else if (line->content) {
		gvnp_buffer_append_text(index, "=");
		append_escaped(index, line->content, line->content_size);
	} else {
		gvnp_buffer_append_text(index, line->member);
	}
}

void gvnp_index_append(struct gvnp_buffer *index, const struct gvnp_index_line *line)
{
	const struct gvnp_answer *answer = &line->answer;

	gvnp_buffer_append_format(index, "%s ",
				  gvnp_source_operation_name(line->request.operation));
	append_field(index, line->request.path);
	gvnp_buffer_append_format(index, " %d ", answer->error);
	append_field(index, answer->problem);
	gvnp_buffer_append_format(index, " %s %o %u %u %u:%u %u:%u %llu %lld %s %zu ",
				  type_names[answer->type], (unsigned)answer->mode,
				  (unsigned)answer->uid, (unsigned)answer->gid, answer->rdev_major,
				  answer->rdev_minor, answer->device_major, answer->device_minor,
				  (unsigned long long)answer->inode, (long long)answer->modified,
				  line->is_listing ? "list" : "data", line->content_size);
	append_content(index, line);
	gvnp_buffer_append_text(index, "\n");
}

static bool unescape(struct gvnp_slice text, struct gvnp_buffer *ret)
{
	uint64_t byte;

	for (size_t i = 0; i < text.size; i++) {
		char plain = text.text[i];

		if (plain == '%') {
			struct gvnp_slice digits = { text.text + i + 1, 2 };

			if (text.size - i < 3 || !gvnp_slice_unsigned(digits, 16, &byte))
				return false;
			plain = (char)byte;
			i += 2;
		} else if (plain <= ' ' || plain >= 0x7f) {
			return false;
		}
		gvnp_buffer_append(ret, &plain, 1);
	}
	return true;
}

/* A field that is text: no NUL may hide in it. */
static bool parse_text(struct gvnp_slice field, struct gvnp_answers *arena, const char **ret)
{
	struct gvnp_buffer text = { 0 };
	bool is_good =
		gvnp_slice_is(field, "-") ||
		(unescape(field, &text) && !memchr(gvnp_buffer_text(&text), '\0', text.size));

	if (is_good)
		*ret = gvnp_answers_copy(arena, gvnp_buffer_text(&text), text.size);
	gvnp_buffer_done(&text);
	return is_good;
}

static bool parse_number(struct gvnp_slice field, unsigned base, uint64_t limit, uint64_t *ret)
{
	return gvnp_slice_unsigned(field, base, ret) && *ret <= limit;
}

static bool parse_u32(struct gvnp_slice field, uint32_t *ret)
{
	uint64_t value;

	if (!parse_number(field, 10, UINT32_MAX, &value))
		return false;
	*ret = (uint32_t)value;
	return true;
}

static bool parse_device(struct gvnp_slice field, uint32_t *ret_major, uint32_t *ret_minor)
{
	struct gvnp_slice major, minor;

	return gvnp_slice_split(field, ':', &major, &minor) && parse_u32(major, ret_major) &&
	       parse_u32(minor, ret_minor);
}

static bool parse_type(struct gvnp_slice field, enum gvnp_file_type *ret)
{
	for (size_t i = 0; i < sizeof type_names / sizeof *type_names; i++) {
		if (!gvnp_slice_is(field, type_names[i]))
			continue;
		*ret = (enum gvnp_file_type)i;
		return true;
	}
	return false;
}

static bool parse_operation(struct gvnp_slice field, enum gvnp_operation *ret)
{
	for (int i = 0; i <= GVNP_LIBVIRT; i++) {
		if (!gvnp_slice_is(field, gvnp_source_operation_name((enum gvnp_operation)i)))
			continue;
		*ret = (enum gvnp_operation)i;
		return true;
	}
	return false;
}

static bool parse_metadata(const struct gvnp_slice *fields, struct gvnp_answer *ret)
{
	uint64_t mode;

	if (!parse_type(fields[0], &ret->type) || !parse_number(fields[1], 8, 07777, &mode) ||
	    !parse_u32(fields[2], &ret->uid) || !parse_u32(fields[3], &ret->gid) ||
	    !parse_device(fields[4], &ret->rdev_major, &ret->rdev_minor) ||
	    !parse_device(fields[5], &ret->device_major, &ret->device_minor) ||
	    !gvnp_slice_unsigned(fields[6], 10, &ret->inode) ||
	    !gvnp_slice_integer(fields[7], &ret->modified))
		return false;
	ret->mode = (mode_t)mode;
	return true;
}

bool gvnp_index_is_member_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.-_";

	size_t size = strspn(name, allowed);

	/* the folder's name and a slash stand before it in the archive */
	return size && !name[size] && name[0] != '.' && name[0] != '-' &&
	       size < GVNP_TAR_NAME - sizeof GVNP_INDEX_FOLDER;
}

static bool parse_content(struct gvnp_slice size_field, struct gvnp_slice field,
			  struct gvnp_answers *arena, struct gvnp_index_line *ret)
{
	struct gvnp_buffer content = { 0 };
	uint64_t size;

	if (!parse_number(size_field, 10, 4 * GVNP_LIMIT_LISTING, &size))
		return false;
	ret->content_size = size;
	if (gvnp_slice_is(field, "-")) {
		ret->content = "";
		return !size;
	}
	if (!gvnp_slice_starts(field, "="))
		return parse_text(field, arena, &ret->member) &&
		       gvnp_index_is_member_name(ret->member);
	bool is_good = unescape((struct gvnp_slice){ field.text + 1, field.size - 1 }, &content) &&
		       content.size == size;
	if (is_good)
		ret->content = gvnp_answers_copy(arena, gvnp_buffer_text(&content), content.size);
	gvnp_buffer_done(&content);
	return is_good;
}

int gvnp_index_parse(struct gvnp_slice text, struct gvnp_answers *arena,
		     struct gvnp_index_line *ret)
{
	enum { N_FIELDS = 15 };
	struct gvnp_index_line line = { .answer = { .data = "" } };
	struct gvnp_slice fields[N_FIELDS];
	size_t n = 0;
	uint64_t error;

	while (n < N_FIELDS && gvnp_slice_next(&text, ' ', &fields[n]))
		n++;
	if (n != N_FIELDS || text.size)
		return -EINVAL;
	line.is_listing = gvnp_slice_is(fields[12], "list");
	if (!parse_operation(fields[0], &line.request.operation) ||
	    !parse_text(fields[1], arena, &line.request.path) ||
	    !parse_number(fields[2], 10, INT32_MAX, &error) ||
	    !parse_text(fields[3], arena, &line.answer.problem) ||
	    !error != !line.answer.problem[0] || !parse_metadata(&fields[4], &line.answer) ||
	    (!line.is_listing && !gvnp_slice_is(fields[12], "data")) ||
	    !parse_content(fields[13], fields[14], arena, &line))
		return -EINVAL;
	line.answer.error = (int)error;
	*ret = line;
	return 0;
}

void gvnp_index_append_listing(struct gvnp_buffer *content, const struct gvnp_answer *answer)
{
	for (size_t i = 0; i < answer->n_entries; i++) {
		const struct gvnp_entry *entry = &answer->entries[i];

		gvnp_buffer_append_format(content, "%s ", type_names[entry->type]);
		append_field(content, entry->name);
		if (entry->link) {
			gvnp_buffer_append_text(content, " ");
			append_field(content, entry->link);
		}
		gvnp_buffer_append_text(content, "\n");
	}
}

static bool parse_entry(struct gvnp_slice line, struct gvnp_answers *answers,
			struct gvnp_entry *ret)
{
	struct gvnp_slice type, name, link = { 0 };
	struct gvnp_entry entry = { 0 };

	if (!gvnp_slice_split(line, ' ', &type, &name))
		return false;
	bool has_link = gvnp_slice_split(name, ' ', &name, &link);
	if (!parse_type(type, &entry.type) || !parse_text(name, answers, &entry.name) ||
	    !entry.name[0] || strchr(entry.name, '/') ||
	    (has_link && !parse_text(link, answers, &entry.link)))
		return false;
	*ret = entry;
	return true;
}

int gvnp_index_parse_listing(struct gvnp_slice content, struct gvnp_answers *answers, size_t i)
{
	struct gvnp_slice rest = content, line;
	size_t n = 0;

	while (gvnp_slice_next(&rest, '\n', &line))
		n++;
	if (n > GVNP_LIMIT_ENTRIES)
		return -EINVAL;
	struct gvnp_entry *entries = gvnp_answers_allocate(answers, n * sizeof *entries);
	for (size_t k = 0; k < n; k++)
		if (!gvnp_slice_next(&content, '\n', &line) ||
		    !parse_entry(line, answers, &entries[k]))
			return -EINVAL;
	answers->answers[i].entries = n ? entries : NULL;
	answers->answers[i].n_entries = n;
	return 0;
}
