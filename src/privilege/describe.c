/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process holds, in words for a person. The rule kept here: it is read from /proc of the
 * running process; what is not there to be read is said to be unreadable, never assumed.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "gvnp/privilege.h"

enum { FILE_LIMIT = 16 * 1024, MANY = 8 };

static bool read_file(const struct gvnp_held *process, const char *name, struct gvnp_buffer *ret)
{
	_cleanup_free_ char *path = gvnp_format("/proc/%d/%s", (int)process->pid, name);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char bytes[4096];
	ssize_t size = fd < 0 ? -1 : 1;

	while (size > 0 && ret->size < FILE_LIMIT) {
		size = read(fd, bytes, sizeof bytes);
		if (size > 0)
			gvnp_buffer_append(ret, bytes, (size_t)size);
	}
	return !size;
}

/* What stands behind `key` at the start of a line. */
static bool find(const struct gvnp_buffer *text, const char *key, struct gvnp_slice *ret)
{
	struct gvnp_slice rest = { gvnp_buffer_text(text), text->size }, line;

	while (gvnp_slice_next(&rest, '\n', &line)) {
		size_t size = strlen(key);

		if (!gvnp_slice_starts(line, key))
			continue;
		*ret = gvnp_slice_trim((struct gvnp_slice){ line.text + size, line.size - size });
		return true;
	}
	return false;
}

static void append(struct gvnp_buffer *out, const char *label, const char *words)
{
	gvnp_buffer_append_format(out, "  %-15s %s\n", label, words);
}

static void append_set(struct gvnp_buffer *out, const struct gvnp_buffer *status, const char *key,
		       const char *label)
{
	_cleanup_buffer_ struct gvnp_buffer names = { 0 };
	struct gvnp_slice digits;
	uint64_t set;

	if (!find(status, key, &digits) || !gvnp_slice_unsigned(digits, 16, &set)) {
		append(out, label, "unreadable");
		return;
	}
	for (cap_value_t value = 0; value < 64; value++) {
		char *name = set & UINT64_C(1) << value ? cap_to_name(value) : NULL;

		if (name)
			gvnp_buffer_append_format(&names, "%s%s", names.size ? " " : "", name);
		cap_free(name);
	}
	if (__builtin_popcountll(set) > MANY) {
		gvnp_buffer_clear(&names);
		gvnp_buffer_append_format(&names, "%d of %d", __builtin_popcountll(set),
					  cap_max_bits());
	}
	append(out, label, set ? gvnp_buffer_text(&names) : "none");
}

/* "Uid:" real, effective, saved, of the file system: one number unless they differ. */
static void append_user(struct gvnp_buffer *out, const struct gvnp_buffer *status)
{
	struct gvnp_slice rest, first = { "", 0 }, next;
	bool is_one = true;

	if (!find(status, "Uid:", &rest)) {
		append(out, "user", "unreadable");
		return;
	}
	struct gvnp_slice line = rest;
	gvnp_slice_word(&rest, &first);
	while (gvnp_slice_word(&rest, &next))
		is_one &=
			next.size == first.size && gvnp_text_same(next.text, first.text, next.size);
	_cleanup_free_ char *words = gvnp_slice_copy(is_one ? first : line);
	append(out, "user", words);
}

static void append_no_new_privileges(struct gvnp_buffer *out, const struct gvnp_buffer *status)
{
	struct gvnp_slice value;

	if (find(status, "NoNewPrivs:", &value))
		append(out, "no_new_privs", gvnp_slice_is(value, "1") ? "yes" : "no");
	else
		append(out, "no_new_privs", "unreadable");
}

static void append_filter(struct gvnp_buffer *out, const struct gvnp_buffer *status)
{
	struct gvnp_slice mode, count = { "?", 1 };

	find(status, "Seccomp_filters:", &count); /* Linux 5.9 */
	if (!find(status, "Seccomp:", &mode)) {
		append(out, "seccomp", "unreadable");
		return;
	}
	_cleanup_free_ char *words =
		gvnp_format("yes: mode 2, filters: %.*s", (int)count.size, count.text);
	append(out, "seccomp", gvnp_slice_is(mode, "2") ? words : "no");
}

/* Whether others of its user may look into its memory is no line of /proc: it is tried. */
static void append_dumps(struct gvnp_buffer *out, const struct gvnp_held *process)
{
	_cleanup_free_ char *path = gvnp_format("/proc/%d/exe", (int)process->pid);
	_cleanup_buffer_ struct gvnp_buffer limits = { 0 };
	bool is_open = process->pid == getpid() ? prctl(PR_GET_DUMPABLE) == 1
						: readlink(path, (char[1]){ 0 }, 1) >= 0;
	struct gvnp_slice most;

	if (!read_file(process, "limits", &limits) || !find(&limits, "Max core file size", &most))
		append(out, "core file", "unreadable");
	else
		append(out, "core file", gvnp_slice_starts(most, "0 ") ? "none" : "possible");
	append(out, "memory",
	       is_open ? "open to others of its user" : "closed to others of its user");
}

/* EINVAL where no security module labels processes. */
static void append_label(struct gvnp_buffer *out, const struct gvnp_held *process)
{
	_cleanup_buffer_ struct gvnp_buffer label = { 0 };

	if (!read_file(process, "attr/current", &label)) {
		append(out, "label", "none");
		return;
	}
	_cleanup_free_ char *words =
		gvnp_slice_copy(gvnp_slice_trim(gvnp_slice(gvnp_buffer_text(&label))));
	append(out, "label", *words ? words : "none");
}

void gvnp_held_describe(const struct gvnp_held *process, struct gvnp_buffer *out)
{
	_cleanup_buffer_ struct gvnp_buffer status = { 0 };

	if (!process->pid) {
		gvnp_buffer_append_format(out, "%s does not run\n", process->name);
		return;
	}
	gvnp_buffer_append_format(out, "%s, process %d\n", process->name, (int)process->pid);
	if (!read_file(process, "status", &status)) {
		append(out, "status", "unreadable");
		return;
	}
	append_user(out, &status);
	append_set(out, &status, "CapPrm:", "permitted");
	append_set(out, &status, "CapEff:", "effective");
	append_set(out, &status, "CapInh:", "inheritable");
	append_set(out, &status, "CapAmb:", "ambient");
	append_set(out, &status, "CapBnd:", "bounding");
	append_no_new_privileges(out, &status);
	append_filter(out, &status);
	append_label(out, process);
	append_dumps(out, process);
	append(out, "may open", process->may_open);
}
