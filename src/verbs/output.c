/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing results. A file is written under another name in the same folder, brought to disk and
 * renamed, so that a full disk, a crash or a reader in between never sees half a report.
 */
#include "verbs/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"

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
		if (n < 0)
			return -errno;
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

static int sync_folder(const char *path)
{
	_cleanup_free_ char *folder =
		gvnp_duplicate_sized(path, (size_t)(gvnp_text_base_name(path) - path));
	_cleanup_close_ int fd = open(*folder ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* The file is in place; a folder that cannot be synced (or only written to) is no failure.
	 */
	return fd < 0 ? 0 : fsync(fd);
}

static int write_file(const char *path, const struct gvnp_buffer *data)
{
	const char *name = gvnp_text_base_name(path);
	_cleanup_free_ char *temporary =
		gvnp_format("%.*s.%s.XXXXXX", (int)(name - path), path, name);
	_cleanup_close_ int fd = mkostemp(temporary, O_CLOEXEC);

	if (fd < 0)
		return -errno;
	int error = write_all(fd, data);
	if (!error && fsync(fd))
		error = -errno;
	error = finish(&fd, error);
	if (!error && rename(temporary, path))
		error = -errno;
	if (error)
		unlink(temporary);
	else
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
