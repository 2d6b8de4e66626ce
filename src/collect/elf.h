/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an ELF program was hardened with, decoded from three parts of its file: the head, the
 * dynamic section the head points to, and the names that section points to. Each step says which
 * part it wants next; the caller reads it.
 */
#ifndef GVNP_COLLECT_ELF_H
#define GVNP_COLLECT_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum {
	GVNP_ELF_HEAD = 4096,		    /* bytes that hold all program headers */
	GVNP_ELF_DYNAMIC_LIMIT = 64 * 1024, /* of a dynamic section */
	GVNP_ELF_NAMES_LIMIT = 1024 * 1024, /* of its string table; QEMU's has 0.6 MiB */
	GVNP_ELF_SEGMENTS = 16,		    /* loadable ones that are kept */
};

struct gvnp_elf_part {
	uint64_t offset, size; /* of the file; size 0: there is none */
};

struct gvnp_elf {
	bool is_big_endian;
	bool is_position_independent; /* ET_DYN */
	bool has_relro;
	bool is_stack_executable; /* by PT_GNU_STACK, or for want of one */
	struct gvnp_elf_part dynamic;
	/* from the dynamic section */
	bool binds_now;
	struct gvnp_elf_part names;
	bool has_run_path;
	uint64_t run_path; /* offset into the names, of DT_RUNPATH or else DT_RPATH */
	/* from the names */
	bool has_stack_protector;	 /* calls __stack_chk_fail */
	bool has_fortified_calls;	 /* calls a __…_chk function of the C library */
	struct gvnp_slice run_path_text; /* "" when none; points into the bytes */
	/* for finding the names */
	struct {
		uint64_t address, offset, size;
	} segments[GVNP_ELF_SEGMENTS];
	size_t n_segments;
};

/* Each returns NULL, or what is wrong in words, and then the rest is not known. Pure and bounded:
 * `bytes` may be anything. */
const char *gvnp_elf_read_head(struct gvnp_slice bytes, struct gvnp_elf *ret);
const char *gvnp_elf_read_dynamic(struct gvnp_slice bytes, struct gvnp_elf *elf);
const char *gvnp_elf_read_names(struct gvnp_slice bytes, struct gvnp_elf *elf);

#endif
