/* SPDX-License-Identifier: Apache-2.0 */
/* A QEMU command line, both with and without taking values apart. */
#include "target.h"

#include <string.h>

#include "base/cleanup.h"
#include "collect/domain.h"
#include "collect/qemu_argument.h"

void fuzz_qemu_argument(const char *bytes, size_t size)
{
	struct gvnp_slice arguments = { bytes, size };
	struct gvnp_qemu_command command, split;
	size_t n_properties = 0;

	gvnp_qemu_command_parse(arguments, &command);
	gvnp_qemu_command_split(arguments, &split);
	FUZZ_EXPECT(command.n == split.n);
	for (size_t i = 0; i < command.n; i++) {
		const struct gvnp_qemu_option *option = &command.options[i];

		FUZZ_EXPECT(option->name.size == split.options[i].name.size);
		n_properties += option->n_properties;
		for (size_t k = 0; k < option->n_properties; k++) {
			FUZZ_EXPECT(strlen(option->properties[k].name) <= GVNP_QEMU_NAME_LIMIT);
			FUZZ_EXPECT(option->properties[k].value);
		}
		_cleanup_free_ char *word = gvnp_slice_copy(option->value);
		_cleanup_free_ char *masked = gvnp_domain_masked(word);
		FUZZ_EXPECT(masked);
	}
	FUZZ_EXPECT(n_properties <= GVNP_QEMU_PROPERTY_LIMIT);
	gvnp_qemu_command_machine(&command);
	gvnp_qemu_command_property(&command, "device", "driver");
	_cleanup_free_ char *accelerators = gvnp_qemu_command_accelerators(&command);
	FUZZ_EXPECT(accelerators);
	gvnp_qemu_is_emulator_name(command.program);
	FUZZ_EXPECT(gvnp_qemu_command_looks_like_emulator(&split) ==
		    gvnp_qemu_command_looks_like_emulator(&command));
	FUZZ_EXPECT(gvnp_qemu_command_is_question(&split) ==
		    gvnp_qemu_command_is_question(&command));
	gvnp_qemu_command_done(&command);
	gvnp_qemu_command_done(&split);
}
