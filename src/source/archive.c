/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the files of a recording are. In a folder only regular files right beside the index are
 * opened, by harmless names and through no link.
 */
#include "source/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "gvnp/source.h"
#include "source/index.h"

static int by_name(const void *a, const void *b)
{
	const struct gvnp_tar_member *first = a, *second = b;

	return strcmp(first->name, second->name);
}

/* "./gvnp-snapshot/index" -> "index"; NULL for what lies elsewhere in the tar. */
static const char *name_in_folder(const char *name)
{
	while (gvnp_text_starts(name, "./"))
		name += 2;
	if (!gvnp_text_starts(name, GVNP_INDEX_FOLDER "/"))
		return NULL;
	return name + sizeof GVNP_INDEX_FOLDER;
}

/* Keeps the members of our folder, named without it. */
static void keep_ours(struct gvnp_tar *tar)
{
	size_t n = 0;

	for (size_t i = 0; i < tar->n; i++) {
		struct gvnp_tar_member member = tar->members[i];
		const char *name = name_in_folder(member.name);

		if (name && gvnp_index_is_member_name(name)) {
			tar->members[n] = member;
			tar->members[n++].name = gvnp_duplicate(name);
		}
		free(member.name);
	}
	tar->n = n;
	if (n)
		qsort(tar->members, n, sizeof *tar->members, by_name);
}

static bool has_index(int folder)
{
	struct stat status;

	return !fstatat(folder, "index", &status, AT_SYMLINK_NOFOLLOW) && S_ISREG(status.st_mode);
}

static char *open_folder(struct gvnp_archive *archive)
{
	archive->is_folder = true;
	if (has_index(archive->fd))
		return NULL;
	int inner = openat(archive->fd, GVNP_INDEX_FOLDER,
			   O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (inner >= 0) {
		close(archive->fd);
		archive->fd = inner;
		if (has_index(inner))
			return NULL;
	}
	return gvnp_duplicate("no " GVNP_INDEX_FOLDER "/index in this folder: not a snapshot");
}

static char *scan(struct gvnp_archive *archive)
{
	int error = gvnp_tar_scan(archive->fd, &archive->tar);

	if (error == -EINVAL)
		return gvnp_duplicate("not a tar file (a compressed snapshot is to be unpacked "
				      "first)");
	if (error)
		return gvnp_duplicate(gvnp_source_error_name(-error));
	keep_ours(&archive->tar);
	return NULL;
}

char *gvnp_archive_open(struct gvnp_archive *archive, const char *path)
{
	struct stat status;

	*archive = (struct gvnp_archive){ .fd = -1 };
	archive->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (archive->fd < 0 || fstat(archive->fd, &status) < 0)
		return gvnp_duplicate(gvnp_source_error_name(errno));
	if (S_ISDIR(status.st_mode))
		return open_folder(archive);
	if (!S_ISREG(status.st_mode))
		return gvnp_duplicate("neither a file nor a folder");
	return scan(archive);
}

/* A file without a name, so that there is one way to read a tar. */
char *gvnp_archive_open_bytes(struct gvnp_archive *archive, const struct gvnp_buffer *tar)
{
	*archive = (struct gvnp_archive){ .fd = memfd_create(GVNP_INDEX_FOLDER, MFD_CLOEXEC) };
	for (size_t at = 0; archive->fd >= 0 && at < tar->size;) {
		ssize_t size = write(archive->fd, tar->data + at, tar->size - at);

		if (size < 0 && errno != EINTR)
			return gvnp_duplicate(gvnp_source_error_name(errno));
		at += size > 0 ? (size_t)size : 0;
	}
	if (archive->fd < 0)
		return gvnp_duplicate(gvnp_source_error_name(errno));
	return scan(archive);
}

void gvnp_archive_done(struct gvnp_archive *archive)
{
	gvnp_closep(&archive->fd);
	archive->fd = -1;
	gvnp_tar_done(&archive->tar);
}

static const struct gvnp_tar_member *find(const struct gvnp_archive *archive, const char *name)
{
	_cleanup_free_ char *copy = gvnp_duplicate(name);
	struct gvnp_tar_member wanted = { .name = copy };

	if (!archive->tar.n)
		return NULL;
	return bsearch(&wanted, archive->tar.members, archive->tar.n, sizeof wanted, by_name);
}

/* Where the bytes of a file are: *ret_fd is to be closed unless it is the archive's own. */
static bool locate(const struct gvnp_archive *archive, const char *name, int *ret_fd,
		   int64_t *ret_offset, int64_t *ret_size)
{
	struct stat status;

	if (!archive->is_folder) {
		const struct gvnp_tar_member *member = find(archive, name);

		if (!member || !member->is_whole)
			return false;
		*ret_fd = archive->fd;
		*ret_offset = member->offset;
		*ret_size = member->size;
		return true;
	}
	_cleanup_close_ int fd = openat(archive->fd, name,
					O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		return false;
	*ret_fd = gvnp_take_fd(&fd);
	*ret_offset = 0;
	*ret_size = status.st_size;
	return true;
}

static int read_range(int fd, int64_t offset, size_t size, struct gvnp_buffer *ret)
{
	char bytes[64 * 1024];

	while (size) {
		ssize_t got = pread(fd, bytes, size < sizeof bytes ? size : sizeof bytes, offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -ENODATA;
		gvnp_buffer_append(ret, bytes, (size_t)got);
		size -= (size_t)got;
		offset += got;
	}
	return 0;
}

char *gvnp_archive_read_index(const struct gvnp_archive *archive, size_t limit,
			      struct gvnp_buffer *ret)
{
	const struct gvnp_tar_member *member = find(archive, "index");
	int64_t offset, size;
	int fd;

	if (!archive->is_folder && !member)
		return gvnp_duplicate("no " GVNP_INDEX_FOLDER "/index in it: not a snapshot");
	if (!locate(archive, "index", &fd, &offset, &size))
		return gvnp_duplicate("its index is cut off");
	int error = size > (int64_t)limit ? -EFBIG : read_range(fd, offset, (size_t)size, ret);
	if (fd != archive->fd)
		close(fd);
	if (error)
		return gvnp_format("its index: %s", gvnp_source_error_name(-error));
	return NULL;
}

bool gvnp_archive_has(const struct gvnp_archive *archive, const char *name, size_t size)
{
	int64_t offset, actual;
	int fd;

	if (!locate(archive, name, &fd, &offset, &actual))
		return false;
	if (fd != archive->fd)
		close(fd);
	return actual == (int64_t)size;
}

int gvnp_archive_read(const struct gvnp_archive *archive, const char *name, size_t size,
		      struct gvnp_buffer *ret)
{
	int64_t offset, actual;
	int fd;

	if (!locate(archive, name, &fd, &offset, &actual))
		return -ENODATA;
	int error = actual == (int64_t)size ? read_range(fd, offset, size, ret) : -ENODATA;
	if (fd != archive->fd)
		close(fd);
	return error;
}
