/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of a QEMU system emulator, taken apart as QEMU does it (qemu-options.hx,
 * util/qemu-option.c, util/keyval.c): options with one or two dashes, lists k=v,k=v with ",," for a
 * comma and a leading word under an implied key, and JSON objects. Pure; everything is bounded by
 * the bytes given and by the limits below.
 */
#ifndef GVNP_COLLECT_QEMU_ARGUMENT_H
#define GVNP_COLLECT_QEMU_ARGUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum {
	GVNP_QEMU_NAME_LIMIT = 256,	  /* bytes of a flat property name */
	GVNP_QEMU_PROPERTY_LIMIT = 65536, /* properties of one command line */
	GVNP_QEMU_DEPTH_LIMIT = 16,	  /* nesting of a JSON value */
};

struct gvnp_qemu_property {
	char *name;
	char *value;
};

struct gvnp_qemu_option {
	struct gvnp_slice name;	 /* without dashes, machine for M; empty for a bare word */
	struct gvnp_slice value; /* empty when nothing follows */
	bool has_properties;	 /* QEMU reads the value as a list of properties */
	struct gvnp_qemu_property *properties; /* names are distinct */
	size_t n_properties;
};

/* Slices point into the bytes that were parsed, and argv[0] is not among the options. */
struct gvnp_qemu_command {
	struct gvnp_slice program; /* argv[0] */
	struct gvnp_qemu_option *options;
	size_t n;
	char *problem; /* NULL, or which value could not be taken apart, in words */
};

/* Splits NUL-separated arguments. Never fails. The caller frees with gvnp_qemu_command_done(). */
void gvnp_qemu_command_parse(struct gvnp_slice arguments, struct gvnp_qemu_command *ret);
void gvnp_qemu_command_done(struct gvnp_qemu_command *command);

/* Splits only, for telling what a process is: no option gets properties. */
void gvnp_qemu_command_split(struct gvnp_slice arguments, struct gvnp_qemu_command *ret);

/* True if the option is there, with or without value. */
bool gvnp_qemu_command_has(const struct gvnp_qemu_command *command, const char *option);
/* The value of its last occurrence, or NULL. */
const struct gvnp_slice *gvnp_qemu_command_value(const struct gvnp_qemu_command *command,
						 const char *option);
/* The property of the last occurrence that has it, or NULL. */
const char *gvnp_qemu_command_property(const struct gvnp_qemu_command *command, const char *option,
				       const char *name);
/* Type of the machine by -machine or -M, NULL when none is given. Only after a parse. */
const char *gvnp_qemu_command_machine(const struct gvnp_qemu_command *command);

/* The accelerators the arguments name, in order of preference, separated by ':'; "" when they name
 * none. The caller frees. Only after a parse. */
char *gvnp_qemu_command_accelerators(const struct gvnp_qemu_command *command);

/* True for the file name of a QEMU system emulator: qemu-system-ARCH, qemu-kvm, kvm. */
bool gvnp_qemu_is_emulator_name(struct gvnp_slice name);

/*
 * True for arguments only a system emulator takes, whatever the program is called: a machine, at
 * least one option that describes hardware, at most one bare word, and that no emulator's name (as
 * it would be among the arguments of sudo or strace).
 */
bool gvnp_qemu_command_looks_like_emulator(const struct gvnp_qemu_command *command);

/* True if QEMU would print something and exit: -help, -version, -device help, … */
bool gvnp_qemu_command_is_question(const struct gvnp_qemu_command *command);

#endif
