/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers in which firmware locks a processor. The rules kept here: a register that the processor
 * does not have leaves no row, which is how it says so (reading it faults: EIO); any other error
 * does not. The first register of the first processor decides whether any is asked for at all.
 */
#include "collect/collectors.h"

#include <errno.h>
#include <stdio.h>

#include "base/memory.h"
#include "collect/collect.h"
#include "facts/store.h"
#include "source/msr.h"

enum { PROCESSORS = 8192 };

static const struct {
	const char *vendor, *table;
} tables[] = {
	{ "GenuineIntel", "intel_register" },
	{ "AuthenticAMD", "amd_register" },
};
enum { N_TABLES = sizeof tables / sizeof *tables };

struct asked {
	const struct gvnp_msr *msr;
	int32_t cpu;
};

struct asking {
	struct gvnp_batch batch;
	struct asked *asked; /* of each request */
	size_t n;
};

static void asking_done(struct asking *asking)
{
	gvnp_batch_done(&asking->batch);
	free(asking->asked);
}

/* Fills in the processors and their vendor; 0 when they are not known. */
static size_t read_processors(struct gvnp_facts *facts, int32_t *cpus, char *vendor,
			      size_t vendor_size)
{
	sqlite3_stmt *statement = gvnp_facts_statement(
		facts, "SELECT cpu, vendor FROM cpu WHERE cpu BETWEEN 0 AND 65535 ORDER BY cpu");
	size_t n = 0;

	while (n < PROCESSORS && sqlite3_step(statement) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(statement, 1);

		cpus[n++] = sqlite3_column_int(statement, 0);
		snprintf(vendor, vendor_size, "%s", text ? text : "");
	}
	sqlite3_reset(statement);
	return n;
}

static void ask_for(struct asking *asking, int32_t cpu, const struct gvnp_msr *msr)
{
	asking->asked = gvnp_grow(asking->asked, asking->n);
	asking->asked[asking->n++] = (struct asked){ msr, cpu };
	gvnp_batch_add(&asking->batch, GVNP_MSR, "/dev/cpu/%d/msr:0x%x", (int)cpu,
		       (unsigned)msr->number);
}

/* "0x5": 64 bits, which SQLite keeps as they are. */
static bool parse_value(const struct gvnp_answer *answer, int64_t *ret)
{
	struct gvnp_slice text = gvnp_collect_bytes(answer);
	uint64_t value;

	if (!gvnp_slice_starts(text, "0x"))
		return false;
	text.text += 2, text.size -= 2;
	if (!gvnp_slice_unsigned(text, 16, &value))
		return false;
	*ret = (int64_t)value;
	return true;
}

static void insert(struct gvnp_facts *facts, const char *table, const struct asking *asking,
		   size_t i)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(&asking->batch, i);
	const struct asked *asked = &asking->asked[i];
	int64_t value = 0;

	if (answer->error == EIO)
		return;
	bool is_known = parse_value(answer, &value);
	if (!is_known) {
		_cleanup_free_ char *cpu = gvnp_format("%d", (int)asked->cpu);

		gvnp_batch_hole(&asking->batch, i, facts, table, "value", cpu);
	}
	gvnp_insert(facts, table, gvnp_integer("cpu", asked->cpu),
		    gvnp_text("name", asked->msr->name), gvnp_maybe("value", is_known, value));
}

/* False when there is no use in asking for more. */
static bool can_ask(struct gvnp_facts *facts, struct gvnp_source *source, const char *table,
		    int32_t cpu, const struct gvnp_msr *msr)
{
	_cleanup_(asking_done) struct asking first = { .n = 0 };

	ask_for(&first, cpu, msr);
	gvnp_batch_ask(&first.batch, source);
	const struct gvnp_answer *answer = gvnp_batch_answer(&first.batch, 0);

	if (!answer->error || answer->error == EIO)
		return true;
	if (gvnp_collect_is_absent(answer))
		gvnp_facts_hole(facts, table, "", "",
				"/dev/cpu/%d/msr: the kernel module msr is not loaded", (int)cpu);
	else
		gvnp_batch_hole(&first.batch, 0, facts, table, "", "");
	return false;
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_free_ int32_t *cpus = gvnp_allocate_array(PROCESSORS, sizeof *cpus);
	_cleanup_(asking_done) struct asking asking = { .n = 0 };
	struct gvnp_facts *facts = collection->facts;
	const char *table = NULL;
	char vendor[16] = "";

	size_t n = read_processors(facts, cpus, vendor, sizeof vendor);
	for (size_t i = 0; i < N_TABLES; i++)
		if (!n)
			gvnp_facts_hole(facts, tables[i].table, "", "",
					"the processors of this host are not known");
		else if (strcmp(tables[i].vendor, vendor)) /* what another maker's has: nothing */
			gvnp_facts_collected(facts, tables[i].table);
		else
			table = tables[i].table;
	if (!table)
		return;
	for (const struct gvnp_msr *msr = gvnp_msrs; msr->name; msr++) {
		if (strcmp(msr->vendor, vendor))
			continue;
		if (!asking.n && !can_ask(facts, collection->source, table, cpus[0], msr))
			return;
		for (size_t i = 0; i < n; i++)
			ask_for(&asking, cpus[i], msr);
	}
	gvnp_batch_ask(&asking.batch, collection->source);
	for (size_t i = 0; i < asking.n; i++)
		insert(facts, table, &asking, i);
	gvnp_facts_collected(facts, table);
}

const struct gvnp_collector gvnp_collector_processor_register = {
	.name = "processor_register",
	.about = "registers in which firmware locks an Intel or AMD processor (MSRs)",
	.paths = (const char *const[]){ "/dev/cpu/*/msr:*", NULL },
	.tables = (const char *const[]){ "intel_register", "amd_register", NULL },
	.privileges =
		(const struct gvnp_privilege[]){
			{ "intel_register",
			  "CAP_DAC_READ_SEARCH + CAP_SYS_RAWIO; the kernel module msr" },
			{ "amd_register",
			  "CAP_DAC_READ_SEARCH + CAP_SYS_RAWIO; the kernel module msr" },
			{ NULL, NULL } },
	.collect = collect,
};
