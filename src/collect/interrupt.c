/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of /proc/interrupts that belong to a device: their chip tells whether interrupts are
 * remapped (IR-…). A line is "IRQ: count… chip [number][-type] [Edge|Level] handlers" with as many
 * counts as the heading names processors (kernel/irq/proc.c).
 */
#include "collect/collectors.h"

#include "collect/collect.h"

static size_t count_words(struct gvnp_slice text)
{
	struct gvnp_slice word;
	size_t n = 0;

	while (gvnp_slice_word(&text, &word))
		n++;
	return n;
}

/* "5-edge", "26", "-fasteoi": the number within the chip and the kind of flow. */
static bool is_hardware_number(struct gvnp_slice word)
{
	struct gvnp_slice number, type;
	uint64_t value;

	if (!gvnp_slice_split(word, '-', &number, &type))
		return gvnp_slice_unsigned(word, 10, &value);
	return !number.size || gvnp_slice_unsigned(number, 10, &value);
}

/* False when the line is no device interrupt. */
static bool decode_line(struct gvnp_slice line, size_t n_cpus, struct gvnp_slice *ret_irq,
			struct gvnp_slice *ret_chip, struct gvnp_slice *ret_action)
{
	struct gvnp_slice irq, rest, word, chip, ahead;
	uint64_t number;

	if (!gvnp_slice_split(line, ':', &irq, &rest))
		return false;
	irq = gvnp_slice_trim(irq);
	if (!gvnp_slice_unsigned(irq, 10, &number))
		return false;
	for (size_t i = 0; i < n_cpus; i++)
		if (!gvnp_slice_word(&rest, &word) || !gvnp_slice_unsigned(word, 10, &number))
			return false;
	if (!gvnp_slice_word(&rest, &chip))
		return false;
	ahead = rest;
	if (gvnp_slice_word(&ahead, &word) && is_hardware_number(word))
		rest = ahead;
	ahead = rest;
	if (gvnp_slice_word(&ahead, &word) &&
	    (gvnp_slice_is(word, "Edge") || gvnp_slice_is(word, "Level")))
		rest = ahead;
	*ret_irq = irq;
	*ret_chip = chip;
	*ret_action = gvnp_slice_trim(rest);
	return true;
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_READ, "/proc/interrupts");
	const struct gvnp_answer *answer = &answers->answers[0];
	struct gvnp_slice rest = gvnp_collect_bytes(answer), line = { "", 0 }, irq, chip, action;

	if (answer->error || !gvnp_slice_next(&rest, '\n', &line))
		return gvnp_collect_hole(collection->facts, "interrupt", "", "", "/proc/interrupts",
					 answer);
	size_t n_cpus = count_words(line);
	while (gvnp_slice_next(&rest, '\n', &line))
		if (decode_line(line, n_cpus, &irq, &chip, &action))
			gvnp_insert(collection->facts, "interrupt", gvnp_text_slice("irq", irq),
				    gvnp_text_slice("chip", chip),
				    gvnp_text_slice("action", action));
	gvnp_facts_collected(collection->facts, "interrupt");
}

const struct gvnp_collector gvnp_collector_interrupt = {
	.name = "interrupt",
	.about = "device interrupts and the chips that deliver them",
	.paths = (const char *const[]){ "/proc/interrupts", NULL },
	.tables = (const char *const[]){ "interrupt", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "interrupt", "nothing" }, { NULL, NULL } },
	.collect = collect,
};
