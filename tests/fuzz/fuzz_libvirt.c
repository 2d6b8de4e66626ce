/* SPDX-License-Identifier: Apache-2.0 */
/* libvirt's configuration with the defaults of what is not written, and the stream that the reader
 * of libvirt pushes. */
#include "target.h"

#include <string.h>

#include "collect/libvirt_config.h"
#include "collect/libvirt_owner.h"
#include "source/answers.h"
#include "source/pushed.h"

static void note_unknown(void *context, const char *key, const char *why)
{
	(void)context;
	FUZZ_EXPECT(*key && *why);
}

void fuzz_libvirt_config(const char *bytes, size_t size)
{
	static const char *const distributions[] = { "debian", "redhat", "suse", "" };
	struct gvnp_libvirt_settings settings = { 0 };
	struct gvnp_libvirt_host host = { .distribution = distributions[size % 4],
					  .version = size % 3 ? 9000000 : 0 };
	const char *problem = NULL;
	int line = 0;

	if (gvnp_libvirt_parse(bytes, size, &settings, &line, &problem)) {
		FUZZ_EXPECT(line > 0 && problem && !settings.n);
		return;
	}
	for (size_t i = 0; i < settings.n; i++) {
		const struct gvnp_libvirt_setting *setting = &settings.settings[i];

		FUZZ_EXPECT(setting->line > 0 && *setting->key && setting->value);
		FUZZ_EXPECT(gvnp_libvirt_settings_find(&settings, setting->key) == setting);
	}
	gvnp_libvirt_defaults((enum gvnp_libvirt_file)(size % 6), &host, &settings, note_unknown,
			      NULL);
	gvnp_libvirt_settings_done(&settings);
}

/* The bytes arrive in two pieces. */
void fuzz_libvirt_answer(const char *bytes, size_t size)
{
	static const char *const paths[] = { "uri", "domains", "capabilities", "" };
	struct gvnp_pushed *pushed = gvnp_pushed_new(true);
	struct gvnp_libvirt_owners owners = { 0 };
	struct gvnp_answers *answers = gvnp_answers_new(4);

	if (!gvnp_pushed_add(pushed, bytes, size / 3))
		gvnp_pushed_add(pushed, bytes + size / 3, size - size / 3);
	if (!gvnp_pushed_is_complete(pushed) && size % 2)
		gvnp_pushed_time_out(pushed);
	for (size_t i = 0; i < 4; i++) {
		gvnp_pushed_answer(pushed, paths[i], answers, i);
		FUZZ_EXPECT(!answers->answers[i].error == !answers->answers[i].problem[0]);
	}
	gvnp_libvirt_owners_parse(
		(struct gvnp_slice){ answers->answers[1].data, answers->answers[1].size }, &owners);
	gvnp_libvirt_owners_done(&owners);
	gvnp_answers_free(answers);
	gvnp_pushed_free(pushed);
}
