/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing results. A file is written without a name in the same folder, brought to disk and then
 * named, so that a full disk, a crash or a reader in between never sees half a report and nothing
 * is left behind. Where that cannot be, it has another name until it is whole, which the next run
 * clears away.
 */
#include "verbs/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"

/* Each is lost only to another run that writes the same file at the same moment. */
enum { ATTEMPTS = 16 };

void gvnp_output_complain(const char *format, ...)
{
	_cleanup_buffer_ struct gvnp_buffer line = { 0 };
	va_list arguments;

	gvnp_buffer_append_text(&line, "gvnp-audit: ");
	va_start(arguments, format);
	gvnp_buffer_append_arguments(&line, format, arguments);
	va_end(arguments);
	gvnp_buffer_append_text(&line, "\n");
	fputs(gvnp_buffer_text(&line), stderr);
}

static int write_all(int fd, const struct gvnp_buffer *data)
{
	size_t done = 0;

	while (done < data->size) {
		ssize_t n = write(fd, data->data + done, data->size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		done += (size_t)n;
	}
	return 0;
}

/* Closing can report what writing did not, on network file systems for one. */
static int finish(int *fd, int error)
{
	int closed = close(*fd);

	*fd = -1;
	return error ? error : closed ? -errno : 0;
}

static int write_directly(const char *path, const struct gvnp_buffer *data)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	int error = write_all(fd, data);
	return finish(&fd, error);
}

static char *folder_of(const char *path)
{
	size_t size = (size_t)(gvnp_text_base_name(path) - path);

	return size ? gvnp_duplicate_sized(path, size) : gvnp_duplicate(".");
}

static int sync_folder(const char *path)
{
	_cleanup_free_ char *folder = folder_of(path);
	_cleanup_close_ int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* The file is in place; a folder that cannot be synced (or only written to) is no failure.
	 */
	return fd < 0 ? 0 : fsync(fd);
}

/* One name for every run, so that what a killed run left is found by the next. */
static char *temporary_of(const char *path)
{
	const char *name = gvnp_text_base_name(path);

	return gvnp_format("%.*s.%.200s.gvnp-audit", (int)(name - path), path, name);
}

/* A file that was there is replaced by way of the other name, since linkat() replaces nothing. */
static int replace(const char *self, const char *path, const char *temporary)
{
	if (linkat(AT_FDCWD, self, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW))
		return -errno;
	if (!rename(temporary, path))
		return 0;
	int error = -errno;
	unlink(temporary);
	return error;
}

static int link_into_place(int fd, const char *path, const char *temporary)
{
	_cleanup_free_ char *self = gvnp_format("/proc/self/fd/%d", fd);

	for (int i = 0; i < ATTEMPTS; i++) {
		if (!linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW))
			return 0;
		if (errno != EEXIST)
			return -errno;
		int error = replace(self, path, temporary);
		/* Another run uses the name at this moment; both write whole files. */
		if (error == -EEXIST)
			unlink(temporary);
		else if (error != -ENOENT)
			return error;
	}
	return -EBUSY;
}

static int write_synced(int fd, const struct gvnp_buffer *data)
{
	int error = write_all(fd, data);

	return error ? error : fsync(fd) ? -errno : 0;
}

/* A file without a name, which the kernel removes however the process ends. */
static int write_unnamed(const char *path, const char *temporary, const struct gvnp_buffer *data)
{
	_cleanup_free_ char *folder = folder_of(path);
	_cleanup_close_ int fd = open(folder, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	unlink(temporary);
	int error = write_synced(fd, data);
	return error ? error : link_into_place(fd, path, temporary);
}

/* Who writes a file under the other name holds a lock on it; without one it was left behind. */
static void remove_left_behind(const char *temporary)
{
	_cleanup_close_ int fd = open(temporary, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || !flock(fd, LOCK_EX | LOCK_NB) || errno != EWOULDBLOCK)
		unlink(temporary);
}

static bool is_ours(int fd)
{
	struct stat status;

	/* A file system without locks (ENOLCK) leaves it at the name. */
	if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		return false;
	return !fstat(fd, &status) && status.st_nlink;
}

static int create_named(const char *temporary, int *ret)
{
	for (int i = 0; i < ATTEMPTS; i++) {
		_cleanup_close_ int fd =
			open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

		if (fd < 0 && errno != EEXIST)
			return -errno;
		if (fd < 0) {
			remove_left_behind(temporary);
		} else if (is_ours(fd)) {
			*ret = gvnp_take_fd(&fd);
			return 0;
		}
	}
	return -EBUSY;
}

/* Where the file system has no files without a name, or /proc is not there to name them by. */
static int write_named(const char *path, const char *temporary, const struct gvnp_buffer *data)
{
	_cleanup_close_ int fd = -1;

	int error = create_named(temporary, &fd);
	if (error)
		return error;
	error = write_synced(fd, data);
	if (!error && rename(temporary, path))
		error = -errno;
	if (error)
		unlink(temporary);
	/* Closed last: the lock lasts as long as the name. */
	return finish(&fd, error);
}

static int write_file(const char *path, const struct gvnp_buffer *data)
{
	static const int impossible[] = { EOPNOTSUPP, EISDIR, EINVAL, ENOENT, EACCES, EPERM };
	_cleanup_free_ char *temporary = temporary_of(path);
	int error = write_unnamed(path, temporary, data);

	for (size_t i = 0; i < sizeof impossible / sizeof *impossible; i++)
		if (error == -impossible[i]) {
			error = write_named(path, temporary, data);
			break;
		}
	if (!error)
		sync_folder(path);
	return error;
}

static int write_to(const char *path, const struct gvnp_buffer *data, const char **ret_why)
{
	struct stat target, link;

	*ret_why = NULL;
	if (!*gvnp_text_base_name(path))
		return -EISDIR;
	if (stat(path, &target)) {
		if (errno != ENOENT)
			return -errno;
		return lstat(path, &link) ? write_file(path, data) : -ENOENT;
	}
	if (S_ISDIR(target.st_mode))
		return -EISDIR;
	if (!S_ISREG(target.st_mode))
		return write_directly(path, data);
	if (!lstat(path, &link) && S_ISLNK(link.st_mode)) {
		*ret_why = "is a symbolic link; name the file itself, or - for standard output";
		return -ELOOP;
	}
	return write_file(path, data);
}

int gvnp_output_write(const char *path, const struct gvnp_buffer *data)
{
	const char *why = NULL;
	bool is_standard = !path || !strcmp(path, "-");
	int error = is_standard ? write_all(STDOUT_FILENO, data) : write_to(path, data, &why);

	if (error)
		gvnp_output_complain("%s: %s", is_standard ? "standard output" : path,
				     why ? why : strerror(-error));
	return error;
}
