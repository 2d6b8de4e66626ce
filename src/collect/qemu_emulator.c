/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this the command line of a system emulator? By its name, or by what only an emulator is told.
 * It must neither miss a renamed binary nor take sudo, timeout or strace for one.
 */
#include "collect/qemu_argument.h"

bool gvnp_qemu_is_emulator_name(struct gvnp_slice name)
{
	static const char prefix[] = "qemu-system-";
	const char *slash = name.text && name.size ? memrchr(name.text, '/', name.size) : NULL;

	if (slash) {
		name.size -= (size_t)(slash + 1 - name.text);
		name.text = slash + 1;
	}
	/* wrapped binaries are hidden files: .qemu-system-x86_64-wrapped */
	if (gvnp_slice_starts(name, ".")) {
		name.text++;
		name.size--;
	}
	return gvnp_slice_is(name, "qemu-kvm") || gvnp_slice_is(name, "kvm") ||
	       (gvnp_slice_starts(name, prefix) && name.size > sizeof prefix - 1);
}

static bool is_hardware(struct gvnp_slice option)
{
	static const char *const names[] = { "accel",	   "blockdev",	"chardev", "cpu",
					     "device",	   "display",	"drive",   "enable-kvm",
					     "incoming",   "kernel",	"m",	   "netdev",
					     "nodefaults", "nographic", "qmp",	   "smp" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (gvnp_slice_is(option, names[i]))
			return true;
	return false;
}

bool gvnp_qemu_command_looks_like_emulator(const struct gvnp_qemu_command *command)
{
	bool has_hardware = false;
	size_t n_words = 0;

	for (size_t i = 0; i < command->n; i++) {
		const struct gvnp_qemu_option *option = &command->options[i];

		has_hardware |= is_hardware(option->name);
		if (option->name.size)
			continue;
		if (n_words++ || gvnp_qemu_is_emulator_name(option->value))
			return false;
	}
	return has_hardware && gvnp_qemu_command_has(command, "machine");
}

bool gvnp_qemu_command_is_question(const struct gvnp_qemu_command *command)
{
	for (size_t i = 0; i < command->n; i++) {
		const struct gvnp_qemu_option *option = &command->options[i];

		if (gvnp_slice_is(option->name, "h") || gvnp_slice_is(option->name, "help") ||
		    gvnp_slice_is(option->name, "version"))
			return true;
		if (option->name.size &&
		    (gvnp_slice_is(option->value, "help") || gvnp_slice_is(option->value, "?")))
			return true;
	}
	return false;
}
