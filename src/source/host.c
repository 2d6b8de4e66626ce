/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening paths of the host. The rules kept here: nothing outside the root is reached, nothing that
 * could block or act on being opened (device, FIFO, socket) is opened, and when our mounts are not
 * those of process 1 we say so instead of describing our own sandbox.
 */
#include "source/host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "gvnp/source.h"
#include "source/host_way.h"

enum { MOUNT_TABLE_LIMIT = 16 * 1024 * 1024, ATTEMPTS = 16 };

/* Mounts below /proc and /sys: without the view of process 1 they may be missing or others. */
static const char *const submounts[] = {
	"/sys/fs/",
	"/sys/kernel/security",
	"/sys/kernel/debug",
	"/sys/kernel/tracing",
	"/sys/kernel/config",
	"/sys/firmware/efi/efivars",
	"/proc/sys/fs/binfmt_misc",
};

static int open_resolved(int directory, const char *path, int flags, uint64_t resolve)
{
	const struct open_how *how = gvnp_host_way(flags, resolve);

	if (!how)
		return -EINVAL;
	/* EAGAIN: something was renamed while `..` was walked. */
	for (int i = 0; i < ATTEMPTS; i++) {
		long fd = syscall(SYS_openat2, directory, path, how, sizeof *how);

		if (fd >= 0)
			return (int)fd;
		if (errno != EAGAIN && errno != EINTR)
			break;
	}
	return -errno;
}

static int open_scoped(int directory, const char *path, int flags)
{
	return open_resolved(directory, path, flags, 0);
}

static bool read_mounts(const char *path, struct gvnp_buffer *mounts)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char bytes[16 * 1024];
	ssize_t size;

	if (fd < 0)
		return false;
	while ((size = read(fd, bytes, sizeof bytes)) > 0) {
		if (mounts->size + (size_t)size > MOUNT_TABLE_LIMIT)
			return false;
		gvnp_buffer_append(mounts, bytes, (size_t)size);
	}
	return !size;
}

/* Mount ids are unique over all namespaces, so equal tables are the same namespace and root. */
static bool shares_mounts_with_process_1(void)
{
	for (int i = 0; i < 3; i++) { /* something may be mounted between the two reads */
		_cleanup_buffer_ struct gvnp_buffer theirs = { 0 }, ours = { 0 };

		if (!read_mounts("/proc/1/mountinfo", &theirs) ||
		    !read_mounts("/proc/self/mountinfo", &ours))
			return false;
		if (theirs.size && theirs.size == ours.size &&
		    !memcmp(theirs.data, ours.data, ours.size))
			return true;
	}
	return false;
}

/* Files of /proc/net belong to one network namespace, and their inode numbers are unique over all;
 * unlike the link ns/net, anybody may look at them. */
static bool shares_network_with_process_1(int proc)
{
	struct stat theirs, ours;

	return !fstatat(proc, "1/net/dev", &theirs, 0) &&
	       !fstatat(proc, "self/net/dev", &ours, 0) && theirs.st_dev == ours.st_dev &&
	       theirs.st_ino == ours.st_ino;
}

static bool is_file_system(int root, const char *path, long type)
{
	_cleanup_close_ int fd = open_scoped(root, path, O_PATH | O_DIRECTORY);
	struct statfs status;

	return fd >= 0 && !fstatfs(fd, &status) && (long)status.f_type == type;
}

void gvnp_host_init(struct gvnp_host *host, const char *root)
{
	*host = (struct gvnp_host){ .root = -1, .proc = -1 };
	host->proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	host->is_live = !strcmp(root, "/");
	if (!host->is_live) {
		host->root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
		host->root_error = host->root < 0 ? errno : 0;
		host->is_host_view = true;
		return;
	}
	host->shares_network = shares_network_with_process_1(host->proc);
	host->root = open("/proc/1/root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	host->is_host_view = host->root >= 0 || shares_mounts_with_process_1();
	if (host->root < 0)
		host->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	host->root_error = host->root < 0 ? errno : 0;
	host->has_kernel_trees = host->root >= 0 &&
				 is_file_system(host->root, "/proc", PROC_SUPER_MAGIC) &&
				 is_file_system(host->root, "/sys", SYSFS_MAGIC);
}

void gvnp_host_done(struct gvnp_host *host)
{
	gvnp_closep(&host->root);
	gvnp_closep(&host->proc);
	host->root = host->proc = -1;
}

static bool is_below_kernel_trees(const char *path)
{
	return gvnp_text_starts(path, "/proc/") || gvnp_text_starts(path, "/sys/") ||
	       !strcmp(path, "/proc") || !strcmp(path, "/sys");
}

static bool is_visible(const struct gvnp_host *host, const char *path)
{
	/* What is read there is always of the reader's own network namespace. */
	if (host->is_live && !host->shares_network && gvnp_text_starts(path, "/proc/sys/net/"))
		return false;
	if (host->is_host_view)
		return true;
	if (!host->has_kernel_trees || !is_below_kernel_trees(path) || strstr(path, "/../"))
		return false;
	for (size_t i = 0; i < sizeof submounts / sizeof *submounts; i++)
		if (gvnp_text_starts(path, submounts[i]))
			return false;
	return true;
}

/* Length of "/proc/PID/root" if the path goes on below it, else 0. */
static size_t process_root(const char *path)
{
	if (!gvnp_text_starts(path, "/proc/"))
		return 0;
	size_t digits = strspn(path + 6, "0123456789");

	if (!digits || !gvnp_text_starts(path + 6 + digits, "/root/"))
		return 0;
	return 6 + digits + strlen("/root");
}

static int open_in_process_root(const struct gvnp_host *host, const char *path, size_t prefix,
				int flags, int *ret)
{
	_cleanup_free_ char *link = gvnp_duplicate_sized(path, prefix - strlen("/root"));
	_cleanup_close_ int process = open_scoped(host->root, link, O_PATH | O_DIRECTORY);

	if (process < 0)
		return process;
	_cleanup_close_ int root = openat(process, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -errno;
	int fd = open_scoped(root, path + prefix, flags);
	if (fd < 0)
		return fd;
	*ret = fd;
	return 0;
}

int gvnp_host_open(const struct gvnp_host *host, const char *path, int flags, int *ret)
{
	if (path[0] != '/')
		return -EINVAL;
	if (!is_visible(host, path))
		return GVNP_NOT_HOST_VIEW;
	if (host->root < 0)
		return -host->root_error;
	size_t prefix = host->has_kernel_trees ? process_root(path) : 0;
	if (prefix)
		return open_in_process_root(host, path, prefix, flags, ret);
	int fd = open_scoped(host->root, path, flags);
	if (fd < 0)
		return fd;
	*ret = fd;
	return 0;
}

/* The kernel's own trees hold no devices and no FIFOs, and their links stay inside; so there one
 * open does. (/proc/PID/fd and the like are magic links, which are refused.) */
static bool may_open_at_once(const struct gvnp_host *host, const char *path)
{
	return host->has_kernel_trees && is_below_kernel_trees(path) && !process_root(path) &&
	       !strstr(path, "/..");
}

static int reopen(const struct gvnp_host *host, int path_fd)
{
	char name[40];

	snprintf(name, sizeof name, "self/fd/%d", path_fd);
	int fd = openat(host->proc, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int gvnp_host_open_regular(const struct gvnp_host *host, const char *path, int *ret,
			   struct stat *ret_status)
{
	bool is_at_once = may_open_at_once(host, path);
	_cleanup_close_ int fd = -1;

	*ret_status = (struct stat){ 0 };
	int error = gvnp_host_open(host, path, is_at_once ? O_RDONLY : O_PATH, &fd);
	/* What may not be opened may still be looked at. */
	if (error == -EACCES && is_at_once) {
		struct stat status;

		if (!gvnp_host_stat(host, path, &status))
			*ret_status = status;
	}
	if (error)
		return error;
	struct stat status;
	if (fstat(fd, &status) < 0)
		return -errno;
	*ret_status = status;
	if (!S_ISREG(status.st_mode)) {
		*ret = -1;
		return 0;
	}
	int opened = is_at_once ? gvnp_take_fd(&fd) : reopen(host, fd);
	if (opened < 0)
		return opened;
	*ret = opened;
	return 0;
}

/* File systems whose files are made up by the kernel. */
static bool is_made_up(long type)
{
	static const long types[] = {
		PROC_SUPER_MAGIC, SYSFS_MAGIC,	  DEBUGFS_MAGIC,	TRACEFS_MAGIC,
		SECURITYFS_MAGIC, EFIVARFS_MAGIC, CGROUP_SUPER_MAGIC,	CGROUP2_SUPER_MAGIC,
		SELINUX_MAGIC,	  SMACK_MAGIC,	  BPF_FS_MAGIC,		BINFMTFS_MAGIC,
		NSFS_MAGIC,	  PSTOREFS_MAGIC, RDTGROUP_SUPER_MAGIC,
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i] == type)
			return true;
	return false;
}

int gvnp_host_open_stored(const struct gvnp_host *host, const char *path, bool refuses_links,
			  int *ret, struct stat *ret_status)
{
	_cleanup_close_ int fd = -1;
	struct statfs filesystem;
	struct stat status;

	*ret_status = (struct stat){ 0 };
	if (path[0] != '/')
		return -EINVAL;
	if (!is_visible(host, path))
		return GVNP_NOT_HOST_VIEW;
	if (host->root < 0)
		return -host->root_error;
	fd = open_resolved(host->root, path, O_PATH, refuses_links ? RESOLVE_NO_SYMLINKS : 0);
	if (fd < 0)
		return fd;
	if (fstat(fd, &status) < 0 || fstatfs(fd, &filesystem) < 0)
		return -errno;
	*ret_status = status;
	if (!S_ISREG(status.st_mode) || is_made_up((long)filesystem.f_type)) {
		*ret = -1;
		return 0;
	}
	int opened = reopen(host, fd);
	if (opened < 0)
		return opened;
	*ret = opened;
	return 0;
}

int gvnp_host_open_device(const struct gvnp_host *host, const char *path, unsigned major_number,
			  unsigned minor_number, int *ret)
{
	_cleanup_close_ int fd = -1;
	struct stat status;

	if (!host->is_live)
		return -ENODEV;
	int error = gvnp_host_open(host, path, O_PATH, &fd);
	if (error)
		return error;
	if (fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISCHR(status.st_mode) || major(status.st_rdev) != major_number ||
	    minor(status.st_rdev) != minor_number)
		return -ENODEV;
	int opened = reopen(host, fd);
	if (opened < 0)
		return opened;
	*ret = opened;
	return 0;
}

/* The directory above the last component, and that component. */
static int open_parent(const struct gvnp_host *host, const char *path, int *ret,
		       const char **ret_name)
{
	const char *name = gvnp_text_base_name(path);
	_cleanup_free_ char *parent = gvnp_duplicate_sized(path, (size_t)(name - path));

	if (!name[0] || !strcmp(name, ".") || !strcmp(name, ".."))
		return -ELOOP;
	int error = gvnp_host_open(host, parent, O_PATH | O_DIRECTORY, ret);
	if (error)
		return error;
	*ret_name = name;
	return 0;
}

int gvnp_host_stat(const struct gvnp_host *host, const char *path, struct stat *ret)
{
	_cleanup_close_ int fd = -1;
	struct stat status;
	const char *name;

	int error = gvnp_host_open(host, path, O_PATH, &fd);
	if (!error && fstat(fd, &status) < 0)
		return -errno;
	if (error == -ELOOP && host->has_kernel_trees && gvnp_text_starts(path, "/proc/") &&
	    !process_root(path)) {
		error = open_parent(host, path, &fd, &name);
		if (!error && fstatat(fd, name, &status, 0) < 0)
			return -errno;
	}
	if (error)
		return error;
	*ret = status;
	return 0;
}
