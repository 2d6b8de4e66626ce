/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers file requests in this very process: what the reader process runs. It parses nothing; it
 * opens, reads with a limit, and hands the bytes on. Every failure is an answer.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "source/answerer.h"
#include "source/answers.h"
#include "source/host.h"
#include "source/limits.h"
#include "source/msr.h"
#include "source/netlink.h"
#include "source/range.h"
#include "source/shadow.h"

struct direct {
	struct gvnp_source source;
	struct gvnp_host host;
};

static void fail(struct gvnp_answers *answers, size_t i, const char *path, int error)
{
	if (error == -ENOSYS)
		gvnp_answers_fail_because(
			answers, i, ENOSYS,
			"%s: openat2 is missing: Linux 5.6 or newer is needed, and "
			"a sandbox that allows it",
			path);
	else
		gvnp_answers_fail(answers, i, path, error < 0 ? -error : error);
}

/* Reads until the end: st_size lies in /proc and /sys. A read is small until one was filled: the
 * kernel clears a buffer of the size asked for before it prints a sysctl into it. */
static int read_whole(int fd, const char *path, struct gvnp_buffer *content)
{
	char bytes[64 * 1024];
	size_t wanted = GVNP_LIMIT_FIRST;

	for (;;) {
		ssize_t size = read(fd, bytes, wanted);

		if (size < 0 && errno == EINTR)
			continue;
		/* Would block: what there is to read was read. */
		if (!size || (size < 0 && errno == EAGAIN && content->size))
			return 0;
		if (size < 0)
			return -errno;
		/* No limit is lower than that. */
		if (content->size + (size_t)size > GVNP_LIMIT_READ &&
		    content->size + (size_t)size > gvnp_limits_of(path))
			return GVNP_TOO_LARGE;
		gvnp_buffer_append(content, bytes, (size_t)size);
		if (gvnp_limits_is_end(path, (size_t)size))
			return 0;
		wanted = (size_t)size == wanted ? sizeof bytes : GVNP_LIMIT_FIRST;
	}
}

static void set_content(struct gvnp_answers *answers, size_t i, const char *path,
			const struct gvnp_buffer *content)
{
	_cleanup_buffer_ struct gvnp_buffer stripped = { 0 };

	if (gvnp_shadow_is(path)) {
		gvnp_shadow_strip(
			(struct gvnp_slice){ gvnp_buffer_text(content), content->size }, &stripped);
		content = &stripped;
	}
	gvnp_answers_set_data(answers, i, gvnp_buffer_text(content), content->size);
}

static void answer_read(struct direct *direct, struct gvnp_answers *answers, size_t i,
			const char *path)
{
	_cleanup_buffer_ struct gvnp_buffer content = { 0 };
	_cleanup_close_ int fd = -1;
	struct stat status;

	int error = gvnp_host_open_regular(&direct->host, path, &fd, &status);
	if (status.st_ino)
		gvnp_answers_set_metadata(answers, i, &status);
	if (error) {
		fail(answers, i, path, error);
		return;
	}
	if (fd < 0) {
		int code = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;

		gvnp_answers_fail_because(answers, i, code,
					  "%s: is %s, and only regular files are read", path,
					  gvnp_answers_type_words(answers->answers[i].type));
		return;
	}
	error = read_whole(fd, path, &content);
	if (error == GVNP_TOO_LARGE)
		gvnp_answers_fail_because(answers, i, error, "%s: larger than %zu KiB", path,
					  gvnp_limits_of(path) / 1024);
	else if (error)
		fail(answers, i, path, error);
	else
		set_content(answers, i, path, &content);
}

/* Up to `range->size` bytes. */
static int read_part(int fd, const struct gvnp_range *range, struct gvnp_buffer *content)
{
	char bytes[16 * 1024];

	while (content->size < range->size) {
		size_t wanted = range->size - content->size;
		ssize_t size = pread(fd, bytes, wanted < sizeof bytes ? wanted : sizeof bytes,
				     (off_t)(range->offset + content->size));

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return -errno;
		if (!size)
			return 0;
		gvnp_buffer_append(content, bytes, (size_t)size);
	}
	return 0;
}

static void answer_range(struct direct *direct, struct gvnp_answers *answers, size_t i,
			 const char *text)
{
	_cleanup_buffer_ struct gvnp_buffer content = { 0 };
	_cleanup_close_ int fd = -1;
	struct gvnp_range range;
	struct stat status;

	if (!gvnp_range_parse(text, &range)) {
		fail(answers, i, text, -EINVAL);
		return;
	}
	bool is_of_program = gvnp_range_is_of_program(&range);
	int error = gvnp_host_open_stored(&direct->host, range.path, is_of_program, &fd, &status);
	if (status.st_ino)
		gvnp_answers_set_metadata(answers, i, &status);
	if (error) {
		fail(answers, i, range.path, error);
		return;
	}
	if (fd < 0 || (!is_of_program && (range.offset || !gvnp_range_is_head(&range)))) {
		gvnp_answers_fail_because(answers, i, EINVAL,
					  "%s: only stored regular files are read in parts, and "
					  "disk images only at their head",
					  range.path);
		return;
	}
	error = read_part(fd, &range, &content);
	if (error)
		fail(answers, i, range.path, error);
	else if (is_of_program || gvnp_range_image_format(content.data, content.size))
		gvnp_answers_set_data(answers, i, gvnp_buffer_text(&content), content.size);
}

static void answer_link(struct direct *direct, struct gvnp_answers *answers, size_t i,
			const char *path)
{
	char target[GVNP_LIMIT_LINK];
	_cleanup_close_ int fd = -1;
	struct stat status;

	int error = gvnp_host_open(&direct->host, path, O_PATH | O_NOFOLLOW, &fd);
	if (!error && fstat(fd, &status) < 0)
		error = -errno;
	if (error) {
		fail(answers, i, path, error);
		return;
	}
	gvnp_answers_set_metadata(answers, i, &status);
	if (!S_ISLNK(status.st_mode)) {
		gvnp_answers_fail_because(answers, i, EINVAL, "%s: is %s, not a link", path,
					  gvnp_answers_type_words(answers->answers[i].type));
		return;
	}
	ssize_t size = readlinkat(fd, "", target, sizeof target);
	if (size < 0)
		fail(answers, i, path, -errno);
	else if ((size_t)size == sizeof target)
		fail(answers, i, path, GVNP_TOO_LARGE);
	else
		gvnp_answers_set_data(answers, i, target, (size_t)size);
}

static void answer_stat(struct direct *direct, struct gvnp_answers *answers, size_t i,
			const char *path)
{
	struct stat status;
	int error = gvnp_host_stat(&direct->host, path, &status);

	if (error)
		fail(answers, i, path, error);
	else
		gvnp_answers_set_metadata(answers, i, &status);
}

static void answer_filesystem(struct direct *direct, struct gvnp_answers *answers, size_t i,
			      const char *path)
{
	_cleanup_close_ int fd = -1;
	struct statfs filesystem = { 0 };
	struct stat status = { 0 };

	int error = gvnp_host_open(&direct->host, path, O_PATH, &fd);
	if (!error && (fstat(fd, &status) < 0 || fstatfs(fd, &filesystem) < 0))
		error = -errno;
	if (error) {
		fail(answers, i, path, error);
		return;
	}
	gvnp_answers_set_metadata(answers, i, &status);
	gvnp_answers_set_format(answers, i, "0x%lx", (unsigned long)filesystem.f_type);
}

/* How many programs are attached to the cgroup itself, not what it inherits. */
static void answer_device_programs(struct direct *direct, struct gvnp_answers *answers, size_t i,
				   const char *path)
{
	_cleanup_close_ int fd = -1;
	union bpf_attr query;

	int error = gvnp_host_open(&direct->host, path, O_RDONLY | O_DIRECTORY, &fd);
	if (error) {
		fail(answers, i, path, error);
		return;
	}
	memset(&query, 0, sizeof query);
	query.query.target_fd = (uint32_t)fd;
	query.query.attach_type = BPF_CGROUP_DEVICE;
	if (syscall(SYS_bpf, BPF_PROG_QUERY, &query, sizeof query) < 0) {
		/* EBADF is how the kernel says that this descriptor is no cgroup v2 directory. */
		gvnp_answers_fail_because(answers, i, errno,
					  "%s: asking for its device programs: %s", path,
					  errno == EBADF ? "not a cgroup v2 directory"
							 : gvnp_source_error_name(errno));
		return;
	}
	gvnp_answers_set_format(answers, i, "%u", query.query.prog_cnt);
}

static void answer_identity(struct gvnp_answers *answers, size_t i)
{
	_cleanup_buffer_ struct gvnp_buffer status = { 0 };
	_cleanup_close_ int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	int error = fd < 0 ? -errno : read_whole(fd, "/proc/self/status", &status);

	if (error) {
		fail(answers, i, "/proc/self/status", error);
		return;
	}
	struct gvnp_slice rest = { gvnp_buffer_text(&status), status.size }, line, key, value;
	while (gvnp_slice_next(&rest, '\n', &line)) {
		if (!gvnp_slice_split(line, ':', &key, &value) || !gvnp_slice_is(key, "CapEff"))
			continue;
		value = gvnp_slice_trim(value);
		gvnp_answers_set_format(answers, i, "%u\n%.*s\n", (unsigned)geteuid(),
					(int)value.size, value.text);
		return;
	}
	gvnp_answers_fail_because(answers, i, ENODATA, "/proc/self/status: no line CapEff");
}

static void answer_system(const struct direct *direct, struct gvnp_answers *answers, size_t i,
			  const char *name)
{
	struct timespec time;
	struct utsname names;

	if (!strcmp(name, "clock") && !clock_gettime(CLOCK_REALTIME, &time))
		gvnp_answers_set_format(answers, i, "%lld", (long long)time.tv_sec);
	else if (!strcmp(name, "uptime") && !clock_gettime(CLOCK_BOOTTIME, &time))
		gvnp_answers_set_format(answers, i, "%lld", (long long)time.tv_sec);
	else if (!strcmp(name, "uname") && !uname(&names))
		gvnp_answers_set_format(answers, i, "%s\n%s\n%s\n%s\n", names.sysname,
					names.release, names.version, names.machine);
	else if (!strcmp(name, "identity"))
		answer_identity(answers, i);
	else if (!gvnp_netlink_answer(&direct->host, answers, i, name))
		gvnp_answers_fail_because(answers, i, EINVAL, "%s: no such system question", name);
}

static void answer(struct direct *direct, struct gvnp_answers *answers, size_t i,
		   const struct gvnp_request *request)
{
	switch (request->operation) {
	case GVNP_READ:
		answer_read(direct, answers, i, request->path);
		return;
	case GVNP_LIST: {
		_cleanup_close_ int fd = -1;
		int error =
			gvnp_host_open(&direct->host, request->path, O_RDONLY | O_DIRECTORY, &fd);

		if (!error)
			error = gvnp_listing_read(fd, answers, i);
		if (error)
			fail(answers, i, request->path, error);
		return;
	}
	case GVNP_LINK:
		answer_link(direct, answers, i, request->path);
		return;
	case GVNP_STAT:
		answer_stat(direct, answers, i, request->path);
		return;
	case GVNP_FILESYSTEM:
		answer_filesystem(direct, answers, i, request->path);
		return;
	case GVNP_DEVICE_PROGRAMS:
		answer_device_programs(direct, answers, i, request->path);
		return;
	case GVNP_RANGE:
		answer_range(direct, answers, i, request->path);
		return;
	case GVNP_SYSTEM:
		answer_system(direct, answers, i, request->path);
		return;
	case GVNP_MSR:
		gvnp_msr_answer(&direct->host, answers, i, request->path);
		return;
	case GVNP_SECCOMP: /* seccomp.c, in another process */
		fail(answers, i, request->path, GVNP_NOT_ASKED);
		return;
	case GVNP_LIBVIRT:
		gvnp_answers_fail_because(answers, i, GVNP_LIBVIRT_ABSENT,
					  "libvirt %s: libvirt was not asked in this run",
					  request->path);
		return;
	}
	fail(answers, i, request->path, EINVAL);
}

static struct gvnp_answers *direct_ask(struct gvnp_source *source,
				       const struct gvnp_request *requests, size_t n_requests)
{
	struct direct *direct = (struct direct *)source;
	struct gvnp_answers *answers = gvnp_answers_new(n_requests);

	for (size_t i = 0; i < n_requests; i++)
		answer(direct, answers, i, &requests[i]);
	return answers;
}

static void direct_free(struct gvnp_source *source)
{
	struct direct *direct = (struct direct *)source;

	gvnp_host_done(&direct->host);
	free(direct);
}

struct gvnp_source *gvnp_source_new_direct(const char *root)
{
	struct direct *direct = gvnp_allocate(sizeof *direct);

	direct->source.ask = direct_ask;
	direct->source.free = direct_free;
	gvnp_host_init(&direct->host, root);
	return &direct->source;
}
