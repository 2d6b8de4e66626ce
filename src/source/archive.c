/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the files of a recording are. Opening and looking into what was opened are two steps,
 * because the worker gives up opening in between; so a folder is taken into a tar in memory, as it
 * was before it was unpacked. Only regular files right beside the index are taken, by harmless
 * names and through no link.
 */
#include "source/archive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

/* Of a folder in memory: more than any recording, less than what breaks the machine. */
enum { FOLDER_LIMIT = 1024 * 1024 * 1024 };

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

/* A file without a name, so that there is one way to read a tar. */
static char *keep_bytes(struct gvnp_archive *archive, const struct gvnp_buffer *tar)
{
	archive->fd = memfd_create(GVNP_INDEX_FOLDER, MFD_CLOEXEC);
	for (size_t at = 0; archive->fd >= 0 && at < tar->size;) {
		ssize_t size = write(archive->fd, tar->data + at, tar->size - at);

		if (size < 0 && errno != EINTR)
			return gvnp_duplicate(gvnp_source_error_name(errno));
		at += size > 0 ? (size_t)size : 0;
	}
	return archive->fd < 0 ? gvnp_duplicate(gvnp_source_error_name(errno)) : NULL;
}

static bool has_index(int folder)
{
	struct stat status;

	return !fstatat(folder, "index", &status, AT_SYMLINK_NOFOLLOW) && S_ISREG(status.st_mode);
}

/* The folder in *fd, or the one in it, whichever holds the index. */
static char *find_index(int *fd)
{
	if (has_index(*fd))
		return NULL;
	int inner = openat(*fd, GVNP_INDEX_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (inner >= 0) {
		close(*fd);
		*fd = inner;
		if (has_index(inner))
			return NULL;
	}
	return gvnp_duplicate("no " GVNP_INDEX_FOLDER "/index in this folder: not a snapshot");
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

/* Adds a file of the folder to the tar; one that cannot be read is missing from it. False when the
 * tar would grow too large. */
static bool take_file(int folder, const char *name, struct gvnp_buffer *tar)
{
	_cleanup_buffer_ struct gvnp_buffer content = { 0 };
	_cleanup_close_ int fd =
		openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	char path[GVNP_TAR_NAME];
	struct stat status;

	int length = snprintf(path, sizeof path, GVNP_INDEX_FOLDER "/%s", name);
	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) ||
	    length >= (int)sizeof path)
		return true;
	if (status.st_size > FOLDER_LIMIT - (int64_t)tar->size)
		return false;
	if (!read_range(fd, 0, (size_t)status.st_size, &content))
		gvnp_tar_append(tar, path, gvnp_buffer_text(&content), content.size);
	return true;
}

static void closedirp(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

static char *take_folder(struct gvnp_archive *archive, int *fd)
{
	_cleanup_buffer_ struct gvnp_buffer tar = { 0 };
	char *problem = find_index(fd);

	if (problem)
		return problem;
	_cleanup_(closedirp) DIR *directory = fdopendir(*fd);
	if (!directory)
		return gvnp_duplicate(gvnp_source_error_name(errno));
	*fd = -1;
	for (struct dirent *entry; (entry = readdir(directory));)
		if (gvnp_index_is_member_name(entry->d_name) &&
		    !take_file(dirfd(directory), entry->d_name, &tar))
			return gvnp_duplicate("the files in this folder are too large for a "
					      "snapshot");
	gvnp_tar_finish(&tar);
	return keep_bytes(archive, &tar);
}

char *gvnp_archive_scan(struct gvnp_archive *archive)
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
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	*archive = (struct gvnp_archive){ .fd = -1 };
	if (fd < 0 || fstat(fd, &status) < 0)
		return gvnp_duplicate(gvnp_source_error_name(errno));
	if (S_ISDIR(status.st_mode))
		return take_folder(archive, &fd);
	if (!S_ISREG(status.st_mode))
		return gvnp_duplicate("neither a file nor a folder");
	archive->fd = gvnp_take_fd(&fd);
	return NULL;
}

char *gvnp_archive_open_bytes(struct gvnp_archive *archive, const struct gvnp_buffer *tar)
{
	*archive = (struct gvnp_archive){ .fd = -1 };
	return keep_bytes(archive, tar);
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

char *gvnp_archive_read_index(const struct gvnp_archive *archive, size_t limit,
			      struct gvnp_buffer *ret)
{
	const struct gvnp_tar_member *member = find(archive, "index");

	if (!member)
		return gvnp_duplicate("no " GVNP_INDEX_FOLDER "/index in it: not a snapshot");
	if (!member->is_whole)
		return gvnp_duplicate("its index is cut off");
	int error = member->size > (int64_t)limit
			    ? -EFBIG
			    : read_range(archive->fd, member->offset, (size_t)member->size, ret);
	if (error)
		return gvnp_format("its index: %s", gvnp_source_error_name(-error));
	return NULL;
}

bool gvnp_archive_has(const struct gvnp_archive *archive, const char *name, size_t size)
{
	const struct gvnp_tar_member *member = find(archive, name);

	return member && member->is_whole && member->size == (int64_t)size;
}

int gvnp_archive_read(const struct gvnp_archive *archive, const char *name, size_t size,
		      struct gvnp_buffer *ret)
{
	const struct gvnp_tar_member *member = find(archive, name);

	if (!member || !member->is_whole || member->size != (int64_t)size)
		return -ENODATA;
	return read_range(archive->fd, member->offset, size, ret);
}
