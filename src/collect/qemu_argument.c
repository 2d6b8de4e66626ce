/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU's command line as a list of options. Which options take a value decides where the next one
 * begins, so the few that take none are listed here; an option this table does not know is taken to
 * have a value, as all new ones of recent years do.
 */
#include "collect/qemu_argument.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "collect/qemu_property.h"

/* DEF(name, 0, …) of qemu-options.hx, QEMU 2.0 to 10.1; confirmed with a 7.2 binary. */
static const char *const without_value[] = {
	"S",
	"alt-grab",
	"async-teardown",
	"audio-help",
	"ctrl-grab",
	"curses",
	"daemonize",
	"enable-fips",
	"enable-hax",
	"enable-kvm",
	"enable-sync-profile",
	"full-screen",
	"h",
	"help",
	"jitdump",
	"localtime",
	"mem-prealloc",
	"no-acpi",
	"no-fd-bootchk",
	"no-frame",
	"no-hpet",
	"no-kvm",
	"no-kvm-irqchip",
	"no-kvm-pit",
	"no-kvm-pit-reinjection",
	"no-quit",
	"no-reboot",
	"no-shutdown",
	"no-user-config",
	"nodefaults",
	"nodefconfig",
	"nographic",
	"old-param",
	"one-insn-per-tb",
	"only-migratable",
	"perfmap",
	"portrait",
	"preconfig",
	"rtc-td-hack",
	"s",
	"sdl",
	"semihosting",
	"show-cursor",
	"singlestep",
	"snapshot",
	"std-vga",
	"tdf",
	"usb",
	"version",
	"win2k-hack",
	"xen-attach",
	"xen-create",
	"xen-domid-restrict",
};

static bool takes_value(struct gvnp_slice option)
{
	for (size_t i = 0; i < sizeof without_value / sizeof *without_value; i++)
		if (gvnp_slice_is(option, without_value[i]))
			return false;
	return true;
}

/* "-option" and "--option" are the same, -M is -machine; "-" alone is a file name. */
static struct gvnp_slice option_name(struct gvnp_slice word)
{
	size_t dashes = gvnp_slice_starts(word, "--") ? 2 : gvnp_slice_starts(word, "-") ? 1 : 0;

	if (!dashes || word.size == dashes)
		return (struct gvnp_slice){ "", 0 };
	word.text += dashes;
	word.size -= dashes;
	return gvnp_slice_is(word, "M") ? gvnp_slice("machine") : word;
}

void gvnp_qemu_command_split(struct gvnp_slice arguments, struct gvnp_qemu_command *ret)
{
	struct gvnp_qemu_command command = { .program = { "", 0 } };
	struct gvnp_slice word;

	if (gvnp_slice_next(&arguments, '\0', &word))
		command.program = word;
	while (gvnp_slice_next(&arguments, '\0', &word)) {
		struct gvnp_qemu_option option = { .name = option_name(word), .value = { "", 0 } };

		if (!option.name.size)
			option.value = word;
		else if (takes_value(option.name))
			/* nothing may follow: then the value stays empty */
			gvnp_slice_next(&arguments, '\0', &option.value);
		command.options = gvnp_grow(command.options, command.n);
		command.options[command.n++] = option;
	}
	*ret = command;
}

void gvnp_qemu_command_parse(struct gvnp_slice arguments, struct gvnp_qemu_command *ret)
{
	size_t left = GVNP_QEMU_PROPERTY_LIMIT;

	gvnp_qemu_command_split(arguments, ret);
	for (size_t i = 0; i < ret->n; i++) {
		struct gvnp_qemu_option *option = &ret->options[i];
		const char *problem = gvnp_qemu_properties_parse(option, left);

		left -= option->n_properties;
		if (problem && !ret->problem)
			ret->problem =
				gvnp_format("argument %zu (-%.*s): %s", i,
					    (int)(option->name.size < 32 ? option->name.size : 32),
					    option->name.text, problem);
	}
}

void gvnp_qemu_command_done(struct gvnp_qemu_command *command)
{
	for (size_t i = 0; i < command->n; i++)
		gvnp_qemu_properties_done(&command->options[i]);
	free(command->options);
	free(command->problem);
	*command = (struct gvnp_qemu_command){ 0 };
}

const struct gvnp_slice *gvnp_qemu_command_value(const struct gvnp_qemu_command *command,
						 const char *option)
{
	for (size_t i = command->n; i > 0; i--)
		if (gvnp_slice_is(command->options[i - 1].name, option))
			return &command->options[i - 1].value;
	return NULL;
}

bool gvnp_qemu_command_has(const struct gvnp_qemu_command *command, const char *option)
{
	return gvnp_qemu_command_value(command, option) != NULL;
}

static const char *property_of(const struct gvnp_qemu_option *option, const char *name)
{
	for (size_t i = 0; i < option->n_properties; i++)
		if (!strcmp(option->properties[i].name, name))
			return option->properties[i].value;
	return NULL;
}

const char *gvnp_qemu_command_property(const struct gvnp_qemu_command *command, const char *option,
				       const char *name)
{
	for (size_t i = command->n; i > 0; i--) {
		const char *value = gvnp_slice_is(command->options[i - 1].name, option)
					    ? property_of(&command->options[i - 1], name)
					    : NULL;
		if (value)
			return value;
	}
	return NULL;
}

const char *gvnp_qemu_command_machine(const struct gvnp_qemu_command *command)
{
	/* All -machine are one list to QEMU; the last word wins. */
	return gvnp_qemu_command_property(command, "machine", "type");
}

char *gvnp_qemu_command_accelerators(const struct gvnp_qemu_command *command)
{
	const char *machine = gvnp_qemu_command_property(command, "machine", "accel");
	struct gvnp_buffer list = { 0 };

	/* system/vl.c: -accel options in order, else the list of -machine accel=, which is also
	 * what -enable-kvm sets */
	for (size_t i = 0; i < command->n; i++) {
		const char *name = gvnp_slice_is(command->options[i].name, "accel")
					   ? property_of(&command->options[i], "accel")
					   : NULL;
		if (name)
			gvnp_buffer_append_format(&list, "%s%s", list.size ? ":" : "", name);
	}
	if (!list.size && machine)
		gvnp_buffer_append_text(&list, machine);
	if (!list.size && gvnp_qemu_command_has(command, "enable-kvm"))
		gvnp_buffer_append_text(&list, "kvm");
	return list.data ? gvnp_buffer_take(&list) : gvnp_duplicate("");
}
