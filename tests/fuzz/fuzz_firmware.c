/* SPDX-License-Identifier: Apache-2.0 */
/* Variables of the firmware, and the log of what it measured. */
#include "target.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "collect/efi_variable.h"
#include "collect/tpm_log.h"

struct seen {
	struct gvnp_slice whole;
	size_t n;
};

static bool is_inside(struct gvnp_slice part, struct gvnp_slice whole)
{
	return part.text >= whole.text && part.size <= whole.size &&
	       part.text + part.size <= whole.text + whole.size;
}

static void see_signature(void *context, const struct gvnp_efi_signature *signature)
{
	struct seen *seen = context;

	FUZZ_EXPECT(is_inside(signature->data, seen->whole));
	FUZZ_EXPECT(signature->data.size > 0);
	seen->n++;
}

void fuzz_efi_signatures(const char *bytes, size_t size)
{
	struct seen seen = { .whole = { bytes, size } };

	gvnp_efi_signatures(seen.whole, see_signature, &seen);
	FUZZ_EXPECT(seen.n <= size / GVNP_EFI_GUID_SIZE);
}

void fuzz_efi_option(const char *bytes, size_t size)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	const struct gvnp_slice whole = { bytes, size };
	struct gvnp_efi_option option;

	if (gvnp_efi_option(whole, &option) < 0)
		return;
	FUZZ_EXPECT(is_inside(option.description, whole));
	FUZZ_EXPECT(!option.file.size || is_inside(option.file, whole));
	gvnp_efi_append_utf16(&text, option.description, 128);
	gvnp_efi_append_utf16(&text, option.file, 256);
	for (size_t i = 0; i < text.size;) {
		size_t length = gvnp_text_utf8(text.data + i, text.size - i);

		FUZZ_EXPECT(length > 0);
		i += length;
	}
	FUZZ_EXPECT(gvnp_efi_device_name(option.device));
}

static void see_event(void *context, const struct gvnp_tpm_event *event)
{
	struct gvnp_slice name, value;
	struct seen *seen = context;

	FUZZ_EXPECT(is_inside(event->data, seen->whole));
	if (gvnp_tpm_event_variable(event->data, &name, &value))
		FUZZ_EXPECT(is_inside(name, event->data) && is_inside(value, event->data));
	gvnp_tpm_event_name(event->kind);
	seen->n++;
}

void fuzz_tpm_log(const char *bytes, size_t size)
{
	struct seen seen = { .whole = { bytes, size } };
	struct gvnp_tpm_replay replay;
	const char *problem = NULL;

	if (gvnp_tpm_log_replay(seen.whole, see_event, &seen, &replay, &problem) < 0)
		FUZZ_EXPECT(problem && *problem);
	else
		FUZZ_EXPECT(replay.n_events == seen.n);
}
