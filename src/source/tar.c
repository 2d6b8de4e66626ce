/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ustar, POSIX.1-1988 as kept in IEEE Std 1003.1, pax, "ustar Interchange Format". Not libarchive:
 * that links eight compression libraries into a program that starts in milliseconds, and answers to
 * every archive format there is where one is wanted. The rule kept here: nothing is unpacked; a
 * name from an archive is compared, never opened.
 */
#include "source/tar.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"

enum { BLOCK = 512, MEMBERS_LIMIT = 1024 * 1024 };

struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type;
	char linkname[100], magic[6], version[2], uname[32], gname[32], devmajor[8], devminor[8];
	char prefix[155], padding[12];
};

_Static_assert(sizeof(struct header) == BLOCK, "a header is one block");

static unsigned checksum_of(const struct header *header)
{
	const unsigned char *bytes = (const unsigned char *)header;
	size_t first = offsetof(struct header, checksum), behind = offsetof(struct header, type);
	unsigned sum = 0;

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= first && i < behind ? ' ' : bytes[i];
	return sum;
}

void gvnp_tar_append(struct gvnp_buffer *tar, const char *name, const void *data, size_t size)
{
	static const char zeros[BLOCK];
	struct header header = { .type = '0', .magic = "ustar", .version = { '0', '0' } };

	memcpy(header.name, name, strnlen(name, sizeof header.name - 1));
	memcpy(header.mode, "0000644", 8);
	memcpy(header.uid, "0000000", 8);
	memcpy(header.gid, "0000000", 8);
	memcpy(header.mtime, "00000000000", 12);
	snprintf(header.size, sizeof header.size, "%011lo", (unsigned long)size & 077777777777UL);
	snprintf(header.checksum, sizeof header.checksum, "%06o", checksum_of(&header));
	header.checksum[7] = ' ';
	gvnp_buffer_append(tar, &header, sizeof header);
	gvnp_buffer_append(tar, data, size);
	gvnp_buffer_append(tar, zeros, (BLOCK - size % BLOCK) % BLOCK);
}

void gvnp_tar_finish(struct gvnp_buffer *tar)
{
	static const char zeros[2 * BLOCK];

	gvnp_buffer_append(tar, zeros, sizeof zeros);
}

void gvnp_tar_done(struct gvnp_tar *tar)
{
	for (size_t i = 0; i < tar->n; i++)
		free(tar->members[i].name);
	free(tar->members);
	*tar = (struct gvnp_tar){ 0 };
}

/* An octal field ends with its array, a NUL or a blank. */
static bool parse_octal(const char *field, size_t size, uint64_t *ret)
{
	struct gvnp_slice digits = { field, strnlen(field, size) };

	return gvnp_slice_unsigned(gvnp_slice_trim(digits), 8, ret);
}

static bool is_header(const struct header *header)
{
	uint64_t sum;

	return !memcmp(header->magic, "ustar", 5) &&
	       parse_octal(header->checksum, sizeof header->checksum, &sum) &&
	       sum == checksum_of(header);
}

static bool is_empty(const struct header *header)
{
	const char *bytes = (const char *)header;

	for (size_t i = 0; i < BLOCK; i++)
		if (bytes[i])
			return false;
	return true;
}

static char *name_of(const struct header *header)
{
	int name = (int)strnlen(header->name, sizeof header->name);
	int prefix = (int)strnlen(header->prefix, sizeof header->prefix);

	/* GNU's own variant of the format uses the prefix for other things. */
	if (!prefix || memcmp(header->magic, "ustar", 6))
		return gvnp_duplicate_sized(header->name, (size_t)name);
	return gvnp_format("%.*s/%.*s", prefix, header->prefix, name, header->name);
}

/* The head at `offset`. Returns 1 and fills *ret, 0 at the end, or a negative errno. */
static int read_header(int fd, int64_t offset, struct header *ret)
{
	size_t have = 0;

	while (have < BLOCK) {
		ssize_t size = pread(fd, (char *)ret + have, BLOCK - have, offset + (off_t)have);

		if (size < 0 && errno != EINTR)
			return -errno;
		if (!size)
			return 0;
		have += size > 0 ? (size_t)size : 0;
	}
	return 1;
}

static void add_member(struct gvnp_tar *tar, const struct header *header, int64_t offset,
		       int64_t size, bool is_whole)
{
	if (header->type != '0' && header->type != '\0')
		return;
	tar->members = gvnp_grow(tar->members, tar->n);
	tar->members[tar->n++] =
		(struct gvnp_tar_member){ name_of(header), offset, size, is_whole };
}

int gvnp_tar_scan(int fd, struct gvnp_tar *ret)
{
	struct gvnp_tar tar = { .is_cut = true };
	struct header header;
	struct stat status;
	uint64_t size;

	if (fstat(fd, &status) < 0)
		return -errno;
	for (int64_t at = 0; tar.n < MEMBERS_LIMIT;) {
		int error = read_header(fd, at, &header);

		if (error < 0) {
			gvnp_tar_done(&tar);
			return error;
		}
		if (error && is_empty(&header) && at) {
			tar.is_cut = false;
			break;
		}
		bool is_good = error && is_header(&header) &&
			       parse_octal(header.size, sizeof header.size, &size);
		if (!is_good && !at)
			return -EINVAL;
		if (!is_good)
			break;
		at += BLOCK;
		/* eleven octal digits at most, so nothing here overflows */
		int64_t end = at + (int64_t)size;
		add_member(&tar, &header, at, (int64_t)size, end <= status.st_size);
		at = (end + BLOCK - 1) / BLOCK * BLOCK;
	}
	*ret = tar;
	return 0;
}
