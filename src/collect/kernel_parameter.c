/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel command line, and the words of mitigations= in it. The rule kept here: what follows
 * "--" is for process 1 and is no kernel parameter, whatever it looks like.
 */
#include "collect/collectors.h"

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/kernel_argument.h"

/* Documentation/admin-guide/kernel-parameters.txt "mitigations=" and
 * hw-vuln/attack_vector_controls.rst. */
static const char *const known_words[] = {
	"auto",		"off",		 "nosmt",	   "no_user_kernel",
	"no_user_user", "no_guest_host", "no_guest_guest", "no_cross_thread",
};

static bool is_known_word(struct gvnp_slice word)
{
	for (size_t i = 0; i < sizeof known_words / sizeof *known_words; i++)
		if (gvnp_slice_is(word, known_words[i]))
			return true;
	return false;
}

/* The words seen so far, since a word may come twice and is stored once. */
struct words {
	struct gvnp_slice *seen;
	size_t n;
};

static void words_done(struct words *words)
{
	free(words->seen);
}

static bool is_new_word(struct words *words, struct gvnp_slice word)
{
	for (size_t i = 0; i < words->n; i++)
		if (words->seen[i].size == word.size &&
		    !memcmp(words->seen[i].text, word.text, word.size))
			return false;
	words->seen = gvnp_grow(words->seen, words->n);
	words->seen[words->n++] = word;
	return true;
}

/* Earlier occurrences count too: with attack vectors (Linux 6.17, kernel/cpu.c) each one switches
 * vectors off, and none switches them on again. */
static void insert_mitigations(struct gvnp_facts *facts, struct words *words,
			       struct gvnp_slice value)
{
	struct gvnp_slice word;

	while (gvnp_slice_next(&value, ',', &word))
		if (word.size && is_new_word(words, word))
			gvnp_insert(facts, "mitigation_word", gvnp_text_slice("word", word),
				    gvnp_integer("is_known", is_known_word(word)));
}

static void decode(struct gvnp_facts *facts, struct gvnp_slice rest)
{
	struct gvnp_kernel_argument argument;
	_cleanup_(words_done) struct words words = { .n = 0 };

	for (int64_t position = 0; gvnp_kernel_argument_next(&rest, &argument); position++) {
		if (!argument.has_value && gvnp_slice_is(argument.name, "--"))
			break;
		gvnp_insert(facts, "kernel_parameter", gvnp_integer("position", position),
			    gvnp_text_slice("name", argument.name),
			    gvnp_text_slice("value", argument.value));
		if (gvnp_slice_is(argument.name, "mitigations"))
			insert_mitigations(facts, &words, argument.value);
	}
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_READ, "/proc/cmdline");
	const struct gvnp_answer *answer = &answers->answers[0];

	if (answer->error) {
		gvnp_collect_hole(collection->facts, "kernel_parameter", "", "", "/proc/cmdline",
				  answer);
		gvnp_collect_hole(collection->facts, "mitigation_word", "", "", "/proc/cmdline",
				  answer);
		return;
	}
	decode(collection->facts, gvnp_collect_trimmed(answer));
	gvnp_facts_collected(collection->facts, "kernel_parameter");
	gvnp_facts_collected(collection->facts, "mitigation_word");
}

const struct gvnp_collector gvnp_collector_kernel_parameter = {
	.name = "kernel_parameter",
	.about = "the kernel command line",
	.paths = (const char *const[]){ "/proc/cmdline", NULL },
	.tables = (const char *const[]){ "kernel_parameter", "mitigation_word", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "kernel_parameter", "nothing" },
						       { "mitigation_word", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
