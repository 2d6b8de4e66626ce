/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One look at every process of the host, shared by all tables that are about processes: identity,
 * arguments and open descriptors. What could not be seen is counted, never dropped in silence.
 */
#ifndef GVNP_COLLECT_PROC_SCAN_H
#define GVNP_COLLECT_PROC_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "gvnp/source.h"

/* An open descriptor that leads to a path or to an anonymous kernel object. Pipes and sockets are
 * not kept here. */
struct gvnp_process_file {
	int64_t descriptor;
	char *path; /* as /proc prints it */
};

struct gvnp_process {
	int64_t pid, parent;
	char *name;	 /* comm */
	uint64_t uid;	 /* effective */
	uint64_t start;	 /* ticks after boot */
	int64_t started; /* seconds since the epoch */
	bool is_bare;	 /* kernel thread or zombie: has neither program nor descriptors */
	char *exe;	 /* "" when it has none, NULL when unreadable */
	int exe_error;	 /* why exe is NULL */
	char *arguments; /* NUL-separated, NULL when unreadable */
	size_t arguments_size;
	int arguments_error; /* why arguments is NULL */
	int files_error;     /* 0, or why the descriptors could not be listed */
	struct gvnp_process_file *files;
	size_t n_files;
	bool holds_kvm_vm; /* an anon_inode:kvm-vm descriptor; false also when files_error */
};

struct gvnp_socket_holder {
	uint64_t inode;
	size_t process; /* index */
};

struct gvnp_process_scan {
	struct gvnp_process *processes; /* by pid, ascending */
	size_t n;
	struct gvnp_socket_holder *holders; /* by inode, then by pid with process 1 last */
	size_t n_holders;
	char *problem;	      /* NULL, or why no process could be looked at */
	char *incompleteness; /* NULL, or why some processes are missing from the list */
	bool is_big_endian;   /* the host's processors: decides how /proc/net prints addresses */
};

/* Announces the first questions of a scan, where the list of processes was foreseen. */
void gvnp_process_scan_announce(struct gvnp_source *source);
/* Looks at everything. What went wrong is in the result. */
void gvnp_process_scan(struct gvnp_source *source, struct gvnp_process_scan *ret);
void gvnp_process_scan_done(struct gvnp_process_scan *scan);

/* The process of that id, or NULL. */
const struct gvnp_process *gvnp_process_scan_find(const struct gvnp_process_scan *scan,
						  int64_t pid);

/* Who holds the socket: the lowest pid, but process 1 only when nobody else does, since it holds
 * what it opened for others (socket activation). NULL when no visible process does. */
const struct gvnp_process *gvnp_process_scan_holder(const struct gvnp_process_scan *scan,
						    uint64_t inode);

/* True if the descriptors of every process were seen, process 1 included. */
bool gvnp_process_scan_has_all_files(const struct gvnp_process_scan *scan);

/* Name of its program without directory and without the " (deleted)" of a replaced file; empty when
 * exe is "" or NULL. Points into exe. */
struct gvnp_slice gvnp_process_program(const struct gvnp_process *process);

/* Cuts the next argument off *rest, which starts as arguments and arguments_size. */
bool gvnp_process_argument_next(struct gvnp_slice *rest, struct gvnp_slice *ret);

#endif
