/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A collector turns answers of the source into rows. One file a subject in src/collect/, one row in
 * src/collect/table.c. Decoders in it are pure: bytes in, rows out.
 */
#ifndef GVNP_COLLECTOR_H
#define GVNP_COLLECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "gvnp/facts.h"
#include "gvnp/source.h"

/* What the loaded checks (or a query) named as a literal argument of a helper function. Sorted,
 * distinct. Owned by whoever built it. */
struct gvnp_names {
	size_t n_sysctl;
	const char *const *sysctl; /* kernel.kptr_restrict */
	size_t n_kernel_config;
	const char *const *kernel_config; /* CONFIG_KVM */
	size_t n_module_parameter;
	const char *const *module_parameter; /* kvm.ignore_msrs */
	size_t n_file;
	const char *const *file; /* /etc/libvirt/qemu.conf: stat only */
};

struct gvnp_collection {
	struct gvnp_source *source;
	struct gvnp_facts *facts;
	const struct gvnp_names *names;
};

/* What a fact needs to be readable; printed by `list collectors`. */
struct gvnp_privilege {
	const char *table;
	const char *needs; /* "nothing", "CAP_DAC_READ_SEARCH + CAP_SYS_PTRACE", … */
};

struct gvnp_collector {
	const char *name;
	const char *about; /* one line */
	/* Everything it may ask for, NULL-terminated. "/" patterns: `*` stands for one or more
	 * characters of one path component, a trailing `**` for any rest. A pattern after "stat:" is
	 * for GVNP_STAT alone; after "head:" for the first 64 KiB of a disk image, after "range:"
	 * for parts of program files (both GVNP_RANGE), after "seccomp:" for GVNP_SECCOMP. "libvirt" stands for all libvirt calls,
	 * "system" for GVNP_SYSTEM. */
	const char *const *paths;
	const char *const *tables; /* NULL-terminated: the tables it fills */
	const struct gvnp_privilege *privileges; /* ends with a NULL table */
	void (*collect)(const struct gvnp_collection *collection);
	/* Called before any collector collects: announces what it will ask. NULL: nothing. */
	void (*announce)(struct gvnp_source *source);
};

/* All collectors, in the order they run; ends with NULL. */
extern const struct gvnp_collector *const gvnp_collectors[];

/* Runs all of them. Tables a collector declares and does not complete stay holes. */
void gvnp_collect(const struct gvnp_collection *collection);

/* Tells the source what collectors will ask of any host; and what they will because of names. */
void gvnp_collect_foresee(struct gvnp_source *source);
void gvnp_collect_foresee_names(struct gvnp_source *source, const struct gvnp_names *names);

/* True if any collector declared the path for this operation. */
bool gvnp_collect_declares(enum gvnp_operation operation, const char *path);

#endif
