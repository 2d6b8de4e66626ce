/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options, blacklists and install commands of modprobe.d, as modprobe.d(5) reads them. They say
 * what the next boot will do; what is in effect now is in module_parameter.
 */
#include "collect/collectors.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "collect/collect.h"
#include "collect/dropin.h"
#include "collect/kernel_argument.h"

static const char *const folders[] = {
	"/etc/modprobe.d",     "/run/modprobe.d", "/usr/local/lib/modprobe.d",
	"/usr/lib/modprobe.d", "/lib/modprobe.d", NULL,
};

struct place {
	struct gvnp_facts *facts;
	const char *file;
	int64_t line;
	int64_t *position;
};

static void insert(const struct place *place, const char *module, const char *kind,
		   struct gvnp_slice name, struct gvnp_slice value)
{
	gvnp_insert(place->facts, "module_option", gvnp_integer("position", (*place->position)++),
		    gvnp_text("module", module), gvnp_text("kind", kind),
		    gvnp_text_slice("name", name), gvnp_text_slice("value", value),
		    gvnp_text("file", place->file), gvnp_integer("line", place->line));
}

static void decode_line(const struct place *place, struct gvnp_slice line)
{
	const struct gvnp_slice none = { "", 0 };
	struct gvnp_slice rest = gvnp_slice_trim(line), directive, word;
	struct gvnp_kernel_argument argument;

	if (gvnp_slice_starts(rest, "#") || !gvnp_slice_word(&rest, &directive) ||
	    !gvnp_slice_word(&rest, &word))
		return;
	_cleanup_free_ char *module = gvnp_slice_copy(word);
	for (char *at = module; *at; at++)
		*at = *at == '-' ? '_' : *at;
	if (gvnp_slice_is(directive, "blacklist"))
		insert(place, module, "blacklist", none, none);
	else if (gvnp_slice_is(directive, "install"))
		insert(place, module, "install", none, gvnp_slice_trim(rest));
	else if (gvnp_slice_is(directive, "options"))
		while (gvnp_kernel_argument_next(&rest, &argument))
			insert(place, module, "option", argument.name, argument.value);
}

/* A backslash at the end of a line joins it with the next one. */
static void decode(struct place *place, struct gvnp_slice rest)
{
	_cleanup_buffer_ struct gvnp_buffer joined = { 0 };
	struct gvnp_slice line;

	place->line = 1;
	for (int64_t number = 1; gvnp_slice_next(&rest, '\n', &line); number++) {
		bool continues = line.size && line.text[line.size - 1] == '\\';

		gvnp_buffer_append(&joined, line.text, line.size - continues);
		if (continues && rest.size)
			continue;
		decode_line(place, (struct gvnp_slice){ gvnp_buffer_text(&joined), joined.size });
		gvnp_buffer_clear(&joined);
		place->line = number + 1;
	}
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(gvnp_dropins_done) struct gvnp_dropins dropins;
	int64_t position = 0;

	gvnp_dropins_read(&dropins, collection->source, folders, collection->facts,
			  "module_option");
	for (size_t i = 0; i < dropins.files.n; i++) {
		struct place place = { collection->facts, gvnp_batch_path(&dropins.files, i), 1,
				       &position };

		decode(&place, gvnp_collect_bytes(gvnp_batch_answer(&dropins.files, i)));
	}
	gvnp_facts_collected(collection->facts, "module_option");
}

const struct gvnp_collector gvnp_collector_module_option = {
	.name = "module_option",
	.about = "options, blacklists and install commands of modprobe.d",
	.paths = (const char *const[]){ "/etc/modprobe.d", "/etc/modprobe.d/*", "/run/modprobe.d",
					"/run/modprobe.d/*", "/usr/local/lib/modprobe.d",
					"/usr/local/lib/modprobe.d/*", "/usr/lib/modprobe.d",
					"/usr/lib/modprobe.d/*", "/lib/modprobe.d",
					"/lib/modprobe.d/*", NULL },
	.tables = (const char *const[]){ "module_option", NULL },
	.privileges =
		(const struct gvnp_privilege[]){ { "module_option", "nothing" }, { NULL, NULL } },
	.collect = collect,
};
