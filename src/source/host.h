/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where paths of the audited host lead. The audited view is that of process 1; a path is resolved
 * below its root and can never leave it, whatever links say.
 */
#ifndef GVNP_SOURCE_HOST_H
#define GVNP_SOURCE_HOST_H

#include <stdbool.h>
#include <sys/stat.h>

struct gvnp_host {
	int root;	       /* the root all paths are resolved below, or -1 */
	int proc;	       /* our own /proc, to reopen descriptors; or -1 */
	int root_error;	       /* why there is no root: an errno, or 0 */
	bool is_live;	       /* the running host, not a directory taken for it */
	bool is_host_view;     /* what we see is what process 1 sees */
	bool shares_network;   /* our network namespace is that of process 1 */
	bool has_kernel_trees; /* /proc and /sys are the kernel's: they hold no device files */
};

/* `root` is "/" for the running host. Never fails: what is wrong shows in what is opened. */
void gvnp_host_init(struct gvnp_host *host, const char *root);
void gvnp_host_done(struct gvnp_host *host);

/*
 * Opens an absolute path below the root with `flags` (O_CLOEXEC, O_NOCTTY and O_NONBLOCK are
 * added). Returns 0, a negative errno (-ENOSYS: no openat2), or GVNP_NOT_HOST_VIEW. Magic links of
 * /proc are refused (-ELOOP), except that /proc/PID/root/… of the live host leads into the root of
 * that process.
 */
int gvnp_host_open(const struct gvnp_host *host, const char *path, int flags, int *ret);

/*
 * Opens a regular file for reading and fills *ret_status. Nothing but a regular file is ever
 * opened: for others *ret is -1 and 0 is returned. Errors as above; *ret_status is then zero, or
 * filled when only the opening was refused.
 */
int gvnp_host_open_regular(const struct gvnp_host *host, const char *path, int *ret,
			   struct stat *ret_status);

/*
 * The same for a file that is to be read in parts: stored data only, never a file that the kernel
 * makes up as it is read (/proc, /sys and their kind: *ret is -1, too), since reading one may
 * change something. `refuses_links`: the path itself must lead there, without a link (-ELOOP).
 */
int gvnp_host_open_stored(const struct gvnp_host *host, const char *path, bool refuses_links,
			  int *ret, struct stat *ret_status);

/*
 * Opens a character device for reading, and only when it is the one of that number: a file in its
 * place is never opened. Returns 0, or an error as above (-ENODEV: it is another file, or the root
 * is not that of the running host).
 */
int gvnp_host_open_device(const struct gvnp_host *host, const char *path, unsigned major_number,
			  unsigned minor_number, int *ret);

/* stat() of what the path leads to. On the live host this also follows the magic link that a path
 * below /proc may end in: that takes a reference and opens nothing. */
int gvnp_host_stat(const struct gvnp_host *host, const char *path, struct stat *ret);

#endif
