/* SPDX-License-Identifier: Apache-2.0 */
/* Limits by path, and directories read within them. */
#include "source/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "source/answers.h"

static const struct {
	const char *pattern;
	size_t limit;
} limits[] = {
	{ "/proc/config.gz", 4 << 20 },
	{ "/proc/cpuinfo", 16 << 20 },	  /* 1.5 KiB a processor */
	{ "/proc/interrupts", 16 << 20 }, /* a column a processor, a line a queue */
	{ "/boot/config-*", 4 << 20 },
	{ "/lib/modules/**", 8 << 20 },
	{ "/usr/lib/modules/**", 8 << 20 },
	{ "/proc/*/smaps", 4 << 20 },
	{ "/proc/*/maps", 4 << 20 },
	{ "/proc/*/mountinfo", 4 << 20 },
	{ "/proc/*/cmdline", 4 << 20 }, /* a VM with a few hundred disks */
	{ "/proc/*/net/*", 8 << 20 },
	{ "/proc/net/*", 8 << 20 },
	{ "/proc/kallsyms", 16 << 20 },
	{ "/sys/kernel/security/**", 8 << 20 }, /* measurement logs */
	{ "/sys/firmware/**", 4 << 20 },
	{ "/etc/openvswitch/conf.db", 8 << 20 },	  /* a log, compacted when it has grown */
	{ "/var/lib/openvswitch/conf.db", 8 << 20 },
	{ "/var/lib/docker/volumes/openvswitch_db/**", 8 << 20 },
};

size_t gvnp_limits_of(const char *path)
{
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		if (gvnp_text_matches(limits[i].pattern, path))
			return limits[i].limit;
	return GVNP_LIMIT_READ;
}

/*
 * A read of a seq_file ends behind the last line, or before one that what is left of the page has
 * no room for (fs/seq_file.c). A line of these tables has at most 310 bytes, every number being at
 * its largest (get_tcp4_sock() in net/ipv4/tcp_ipv4.c, get_tcp6_sock() in net/ipv6/tcp_ipv6.c).
 */
bool gvnp_limits_is_end(const char *path, size_t size)
{
	enum { LONGEST_LINE = 512 };

	return size <= GVNP_LIMIT_FIRST - LONGEST_LINE && gvnp_text_starts(path, "/proc/") &&
	       (gvnp_text_ends(path, "/net/tcp") || gvnp_text_ends(path, "/net/tcp6"));
}

static int by_name(const void *a, const void *b)
{
	const struct gvnp_entry *first = a, *second = b;

	return strcmp(first->name, second->name);
}

static enum gvnp_file_type type_of(int directory, const char *name, unsigned char type)
{
	struct stat status;

	if (type != DT_UNKNOWN)
		return gvnp_answers_type(DTTOIF(type));
	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0)
		return GVNP_TYPE_NONE;
	return gvnp_answers_type(status.st_mode);
}

static const char *target_of(int directory, const char *name, struct gvnp_answers *answers,
			     size_t *total)
{
	char target[GVNP_LIMIT_LINK];
	ssize_t size = readlinkat(directory, name, target, sizeof target);

	if (size < 0 || (size_t)size == sizeof target)
		return NULL;
	*total += (size_t)size;
	return gvnp_answers_copy(answers, target, (size_t)size);
}

/* Adds what one getdents64() call returned. */
static int add_names(int directory, const char *bytes, size_t size, struct gvnp_answers *answers,
		     struct gvnp_entry **entries, size_t *n, size_t *total)
{
	for (size_t at = 0; at < size;) {
		const struct dirent64 *entry = (const struct dirent64 *)(bytes + at);

		at += entry->d_reclen;
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (*n == GVNP_LIMIT_ENTRIES)
			return GVNP_TOO_LARGE;
		size_t length = strlen(entry->d_name);
		*total += length;
		*entries = gvnp_grow(*entries, *n);
		(*entries)[(*n)++] = (struct gvnp_entry){
			.name = gvnp_answers_copy(answers, entry->d_name, length),
			.type = type_of(directory, entry->d_name, entry->d_type),
		};
	}
	return *total > GVNP_LIMIT_LISTING ? GVNP_TOO_LARGE : 0;
}

int gvnp_listing_read(int directory, struct gvnp_answers *answers, size_t i)
{
	char bytes[32 * 1024] __attribute__((aligned(__alignof__(struct dirent64))));
	_cleanup_free_ struct gvnp_entry *entries = NULL;
	size_t n = 0, total = 0;
	struct stat status;
	ssize_t size;

	if (fstat(directory, &status) < 0)
		return -errno;
	gvnp_answers_set_metadata(answers, i, &status);
	while ((size = getdents64(directory, bytes, sizeof bytes)) > 0) {
		int error =
			add_names(directory, bytes, (size_t)size, answers, &entries, &n, &total);

		if (error)
			return error;
	}
	if (size < 0)
		return -errno;
	if (n)
		qsort(entries, n, sizeof *entries, by_name);
	for (size_t k = 0; k < n; k++) {
		if (entries[k].type == GVNP_TYPE_LINK)
			entries[k].link = target_of(directory, entries[k].name, answers, &total);
		if (total > GVNP_LIMIT_LISTING)
			return GVNP_TOO_LARGE;
	}
	struct gvnp_entry *kept = gvnp_answers_allocate(answers, n * sizeof *kept);
	if (n)
		memcpy(kept, entries, n * sizeof *kept);
	answers->answers[i].entries = kept;
	answers->answers[i].n_entries = n;
	return 0;
}
