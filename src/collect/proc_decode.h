/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoders of the files /proc keeps for a process (proc(5), Documentation/filesystems/proc.rst).
 * Pure: bytes in, structures out; slices point into the bytes.
 */
#ifndef GVNP_COLLECT_PROC_DECODE_H
#define GVNP_COLLECT_PROC_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* PF_KTHREAD of include/linux/sched.h, visible in field 9 of stat. */
enum { GVNP_PROC_KERNEL_THREAD = 0x00200000 };

/* User space counts time in hundredths of a second on every architecture (USER_HZ). */
enum { GVNP_PROC_TICKS = 100 };

struct gvnp_proc_stat {
	struct gvnp_slice name; /* comm, at most 15 bytes, of any value */
	char state;		/* R, S, D, Z, … */
	int64_t parent;
	uint64_t flags;
	int64_t threads;
	uint64_t start; /* ticks after boot */
};

/* False, and nothing written, when the text is not a stat file. */
bool gvnp_proc_stat_parse(struct gvnp_slice bytes, struct gvnp_proc_stat *ret);

struct gvnp_proc_status {
	struct gvnp_slice name;
	uint64_t uid[4], gid[4];  /* real, effective, saved, file system */
	struct gvnp_slice groups; /* numbers separated by blanks */
	struct gvnp_slice inheritable, permitted, effective, ambient; /* hexadecimal */
	bool has_capabilities;	 /* any of the four is not zero */
	int no_new_privileges;	 /* -1: the kernel does not say (before 4.10) */
	int seccomp;		 /* 0 also when the kernel has no seccomp and prints no line */
	int64_t seccomp_filters; /* -1: the kernel does not say (before 5.9) */
	struct gvnp_slice cpus;	 /* Cpus_allowed_list, size 0 when not printed */
};

/* False when an identity or capability line is missing or malformed. */
bool gvnp_proc_status_parse(struct gvnp_slice bytes, struct gvnp_proc_status *ret);

/* 0 if any of the four is 0, else the first: the most an attacker could make of them. */
uint64_t gvnp_proc_worst_id(const uint64_t ids[4]);

/* Seconds since the epoch at boot: the btime line of /proc/stat. */
bool gvnp_proc_boot_time(struct gvnp_slice bytes, int64_t *ret);

/* Soft limit of "Max core file size" in a limits file, -1 for unlimited. */
bool gvnp_proc_core_limit(struct gvnp_slice bytes, int64_t *ret);

/* "NAME (MODE)" of AppArmor into its two parts; mode is "" for every other label. Trailing NULs and
 * newlines are not part of a label. */
void gvnp_proc_label_split(struct gvnp_slice bytes, struct gvnp_slice *ret_label,
			   struct gvnp_slice *ret_mode);

/* One line of a cgroup file: hierarchy:controllers:path. controllers is empty for the unified one.
 */
struct gvnp_proc_cgroup {
	struct gvnp_slice controllers, path;
};
bool gvnp_proc_cgroup_next(struct gvnp_slice *rest, struct gvnp_proc_cgroup *ret);

#endif
