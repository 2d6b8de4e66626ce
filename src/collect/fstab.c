/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File systems that /etc/fstab knows, and which of them anybody may mount. Their options are not
 * kept: those of network file systems hold passwords.
 */
#include "collect/collect.h"
#include "collect/collectors.h"
#include "collect/login.h"

struct options {
	bool is_user, allows_suid, allows_devices;
};

/* In order: user, owner and the like take away what later words may give back (mount(8)). */
static struct options read_options(struct gvnp_slice text)
{
	struct options options = { false, true, true };
	struct gvnp_slice word;

	while (gvnp_slice_next(&text, ',', &word)) {
		if (gvnp_slice_is(word, "user") || gvnp_slice_is(word, "users") ||
		    gvnp_slice_is(word, "owner") || gvnp_slice_is(word, "group") ||
		    gvnp_slice_starts(word, "user="))
			options = (struct options){ true, false, false };
		else if (gvnp_slice_is(word, "nouser"))
			options.is_user = false;
		else if (gvnp_slice_is(word, "suid") || gvnp_slice_is(word, "nosuid"))
			options.allows_suid = word.text[0] == 's';
		else if (gvnp_slice_is(word, "dev") || gvnp_slice_is(word, "nodev"))
			options.allows_devices = word.text[0] == 'd';
		else if (gvnp_slice_is(word, "defaults"))
			options.allows_suid = options.allows_devices = true;
	}
	return options;
}

void gvnp_fstab_decode(struct gvnp_facts *facts, struct gvnp_slice bytes)
{
	struct gvnp_slice line, source, mountpoint, filesystem, words;
	int64_t number = 0;

	while (gvnp_slice_next(&bytes, '\n', &line)) {
		number++;
		line = gvnp_slice_trim(line);
		if (!line.size || line.text[0] == '#' || !gvnp_slice_word(&line, &source) ||
		    !gvnp_slice_word(&line, &mountpoint) || !gvnp_slice_word(&line, &filesystem))
			continue;
		if (!gvnp_slice_word(&line, &words))
			words = gvnp_slice("");
		struct options options = read_options(words);

		gvnp_insert(facts, "fstab", gvnp_integer("line", number),
			    gvnp_text_slice("mountpoint", mountpoint),
			    gvnp_text_slice("filesystem", filesystem),
			    gvnp_integer("is_user", options.is_user),
			    gvnp_integer("allows_suid", options.allows_suid),
			    gvnp_integer("allows_devices", options.allows_devices));
	}
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_READ, "/etc/fstab");
	const struct gvnp_answer *answer = &answers->answers[0];

	/* without the file nothing is in it (fstab(5)) */
	if (answer->error && !gvnp_collect_is_absent(answer))
		gvnp_collect_hole(collection->facts, "fstab", "", "", "/etc/fstab", answer);
	gvnp_fstab_decode(collection->facts, gvnp_collect_bytes(answer));
	gvnp_facts_collected(collection->facts, "fstab");
}

const struct gvnp_collector gvnp_collector_fstab = {
	.name = "fstab",
	.about = "file systems that may be mounted, and by whom",
	.paths = (const char *const[]){ "/etc/fstab", NULL },
	.tables = (const char *const[]){ "fstab", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "fstab", "nothing" }, { NULL, NULL } },
	.collect = collect,
};
