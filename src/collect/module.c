/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loaded modules, the parameters of modules that checks name, and what taints the kernel. The rule
 * kept here: a module is matched by its whole name, and a parameter without a file is absent
 * because its module is neither loaded nor built in, or has no such parameter.
 */
#include "collect/collectors.h"

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/foreseen.h"

/* Documentation/admin-guide/tainted-kernels.rst and kernel/panic.c; position is the bit. */
static const char taint_letters[] = "PFSRMBUDAWCIOELKXTNJ";

/* "(OE)" at the end of a line of /proc/modules; '+' and '-' in it tell the state, not a taint. */
static void taint_of(struct gvnp_slice rest, char *ret, size_t size)
{
	struct gvnp_slice word, last = { "", 0 };
	size_t n = 0;

	while (gvnp_slice_word(&rest, &word))
		last = word;
	for (size_t i = 0; gvnp_slice_starts(last, "(") && i < last.size && n + 1 < size; i++)
		if (!strchr("()+-", last.text[i]))
			ret[n++] = last.text[i];
	ret[n] = '\0';
}

/* name size users dependants state address [taint] */
static bool decode_module(struct gvnp_facts *facts, struct gvnp_slice line)
{
	struct gvnp_slice words[5];
	char taint[64];

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!gvnp_slice_word(&line, &words[i]))
			return false;
	taint_of(line, taint, sizeof taint);
	gvnp_insert(facts, "module", gvnp_text_slice("name", words[0]),
		    gvnp_text_slice("state", words[4]), gvnp_text("taint", taint));
	return true;
}

static void collect_modules(struct gvnp_facts *facts, const struct gvnp_batch *batch, size_t index)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(batch, index);
	struct gvnp_slice rest = gvnp_collect_bytes(answer), line;

	/* a kernel without loadable modules has no such file */
	if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
		return gvnp_batch_hole(batch, index, facts, "module", "", "");
	while (gvnp_slice_next(&rest, '\n', &line))
		if (!decode_module(facts, line))
			gvnp_facts_hole(facts, "module", "", "", "/proc/modules: unexpected line");
	gvnp_facts_collected(facts, "module");
}

static void collect_taint(struct gvnp_facts *facts, const struct gvnp_batch *batch, size_t index)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(batch, index);
	uint64_t value;

	if (!gvnp_slice_unsigned(gvnp_collect_trimmed(answer), 10, &value))
		return gvnp_batch_hole(batch, index, facts, "taint", "", "");
	for (unsigned bit = 0; bit < 64; bit++) {
		char letter[2] = { bit < strlen(taint_letters) ? taint_letters[bit] : '?', '\0' };

		if (value >> bit & 1)
			gvnp_insert(facts, "taint", gvnp_integer("bit", bit),
				    gvnp_text("letter", letter));
	}
	gvnp_facts_collected(facts, "taint");
}

/* "kvm-intel.nested" is /sys/module/kvm_intel/parameters/nested. */
static void add_parameter(struct gvnp_batch *batch, const char *name)
{
	const char *dot = strchr(name, '.');
	_cleanup_free_ char *module = gvnp_duplicate_sized(name, dot ? (size_t)(dot - name) : 0);

	for (char *at = module; *at; at++)
		*at = *at == '-' ? '_' : *at;
	gvnp_batch_add(batch, GVNP_READ, "/sys/module/%s/parameters/%s", module,
		       dot ? dot + 1 : name);
}

void gvnp_module_add_names(struct gvnp_batch *batch, const struct gvnp_names *names)
{
	for (size_t i = 0; i < names->n_module_parameter; i++)
		add_parameter(batch, names->module_parameter[i]);
}

static void insert_parameter(struct gvnp_facts *facts, const char *name,
			     const struct gvnp_batch *batch, size_t index)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(batch, index);

	switch (gvnp_collect_presence(answer)) {
	case GVNP_ABSENT:
		return;
	case GVNP_UNREADABLE:
		if (gvnp_collect_is_unanswered(answer))
			return gvnp_batch_hole(batch, index, facts, "module_parameter", "", name);
		gvnp_batch_hole(batch, index, facts, "module_parameter", "value", name);
		gvnp_insert(facts, "module_parameter", gvnp_text("name", name),
			    gvnp_unreadable("value"));
		return;
	case GVNP_PRESENT:
		gvnp_insert(facts, "module_parameter", gvnp_text("name", name),
			    gvnp_text_slice("value", gvnp_collect_trimmed(answer)));
		return;
	}
}

static void collect(const struct gvnp_collection *collection)
{
	const struct gvnp_names *names = collection->names;
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	size_t modules = gvnp_batch_add(&batch, GVNP_READ, "/proc/modules");
	size_t taint = gvnp_batch_add(&batch, GVNP_READ, "/proc/sys/kernel/tainted");
	size_t first = batch.n;

	gvnp_module_add_names(&batch, names);
	gvnp_batch_ask(&batch, collection->source);
	collect_modules(collection->facts, &batch, modules);
	collect_taint(collection->facts, &batch, taint);
	for (size_t i = 0; i < names->n_module_parameter; i++)
		insert_parameter(collection->facts, names->module_parameter[i], &batch, first + i);
	gvnp_facts_collected(collection->facts, "module_parameter");
}

const struct gvnp_collector gvnp_collector_module = {
	.name = "module",
	.about = "loaded modules, named module parameters, kernel taint",
	.paths = (const char *const[]){ "/proc/modules", "/proc/sys/kernel/tainted",
					"/sys/module/*/parameters/*", NULL },
	.tables = (const char *const[]){ "module", "module_parameter", "taint", NULL },
	.privileges =
		(const struct gvnp_privilege[]){
			{ "module", "nothing" },
			{ "module_parameter",
			  "nothing; files of mode 0400 need CAP_DAC_READ_SEARCH" },
			{ "taint", "nothing" },
			{ NULL, NULL } },
	.collect = collect,
};
