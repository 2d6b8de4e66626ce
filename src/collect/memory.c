/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Main memory, page merging and huge pages. The rule kept here: a kernel without KSM or without
 * huge pages is a fact (no folder in sysfs), a file that is there and cannot be read is not.
 */
#include "collect/collectors.h"

#include "base/memory.h"
#include "collect/collect.h"

#define KSM "/sys/kernel/mm/ksm"
#define HUGEPAGES "/sys/kernel/mm/hugepages"

/* "Name:  1234 kB" of /proc/meminfo; -1 when there is no such line. */
static int64_t meminfo_value(struct gvnp_slice rest, const char *name)
{
	struct gvnp_slice line, key, value, word;
	uint64_t number;

	while (gvnp_slice_next(&rest, '\n', &line))
		if (gvnp_slice_split(line, ':', &key, &value) && gvnp_slice_is(key, name) &&
		    gvnp_slice_word(&value, &word) && gvnp_slice_unsigned(word, 10, &number) &&
		    number <= INT64_MAX)
			return (int64_t)number;
	return -1;
}

static int64_t not_negative(int64_t value)
{
	return value > 0 ? value : 0;
}

static void collect_memory(struct gvnp_facts *facts, const struct gvnp_batch *batch, size_t index)
{
	struct gvnp_slice text = gvnp_collect_bytes(gvnp_batch_answer(batch, index));
	int64_t total = meminfo_value(text, "MemTotal");
	int64_t available = meminfo_value(text, "MemAvailable"); /* since Linux 3.14 */
	int64_t hugetlb = meminfo_value(text, "Hugetlb");	 /* all sizes; since Linux 4.17 */

	if (total < 0 || available < 0)
		return gvnp_batch_hole(batch, index, facts, "memory", "", "");
	if (hugetlb < 0)
		hugetlb = not_negative(meminfo_value(text, "HugePages_Total")) *
			  not_negative(meminfo_value(text, "Hugepagesize"));
	gvnp_insert(facts, "memory", gvnp_integer("id", 1), gvnp_integer("total_kib", total),
		    gvnp_integer("available_kib", available),
		    gvnp_integer("swap_total_kib", not_negative(meminfo_value(text, "SwapTotal"))),
		    gvnp_integer("hugetlb_kib", hugetlb));
	gvnp_facts_collected(facts, "memory");
}

static struct gvnp_cell ksm_cell(struct gvnp_facts *facts, const struct gvnp_batch *batch,
				 size_t index, const char *column)
{
	int64_t value;

	if (gvnp_collect_integer(gvnp_batch_answer(batch, index), &value))
		return gvnp_integer(column, value);
	gvnp_batch_hole(batch, index, facts, "ksm", column, "");
	return gvnp_unreadable(column);
}

static void collect_ksm(struct gvnp_facts *facts, const struct gvnp_batch *batch, size_t first)
{
	if (gvnp_collect_presence(gvnp_batch_answer(batch, first)) == GVNP_UNREADABLE)
		return gvnp_batch_hole(batch, first, facts, "ksm", "", "");
	if (gvnp_collect_is_absent(gvnp_batch_answer(batch, first)))
		gvnp_insert(facts, "ksm", gvnp_integer("id", 1), gvnp_integer("is_built", 0),
			    gvnp_integer("run", 0), gvnp_integer("pages_shared", 0),
			    gvnp_integer("pages_sharing", 0));
	else
		gvnp_insert(facts, "ksm", gvnp_integer("id", 1), gvnp_integer("is_built", 1),
			    ksm_cell(facts, batch, first + 1, "run"),
			    ksm_cell(facts, batch, first + 2, "pages_shared"),
			    ksm_cell(facts, batch, first + 3, "pages_sharing"));
	gvnp_facts_collected(facts, "ksm");
}

/* "hugepages-2048kB" */
static bool page_size_of(const char *name, uint64_t *ret)
{
	size_t size = strlen(name), head = strlen("hugepages-"), tail = strlen("kB");

	return gvnp_text_starts(name, "hugepages-") && gvnp_text_ends(name, "kB") &&
	       gvnp_slice_unsigned((struct gvnp_slice){ name + head, size - head - tail }, 10,
				   ret) &&
	       *ret <= INT64_MAX;
}

static void collect_pools(const struct gvnp_collection *collection,
			  const struct gvnp_answer *folder)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	struct gvnp_facts *facts = collection->facts;
	bool is_complete = true;
	uint64_t page_size;

	for (size_t i = 0; i < folder->n_entries; i++) {
		gvnp_batch_add(&batch, GVNP_READ, HUGEPAGES "/%s/nr_hugepages",
			       folder->entries[i].name);
		gvnp_batch_add(&batch, GVNP_READ, HUGEPAGES "/%s/free_hugepages",
			       folder->entries[i].name);
	}
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < folder->n_entries; i++) {
		int64_t total, free_pages;

		if (!page_size_of(folder->entries[i].name, &page_size))
			continue;
		for (size_t k = 2 * i; k < 2 * i + 2; k++) {
			if (gvnp_collect_integer(gvnp_batch_answer(&batch, k), &total))
				continue;
			gvnp_batch_hole(&batch, k, facts, "hugepage_pool", "", "");
			is_complete = false;
		}
		if (gvnp_collect_integer(gvnp_batch_answer(&batch, 2 * i), &total) &&
		    gvnp_collect_integer(gvnp_batch_answer(&batch, 2 * i + 1), &free_pages))
			gvnp_insert(facts, "hugepage_pool",
				    gvnp_integer("size_kib", (int64_t)page_size),
				    gvnp_integer("total", total), gvnp_integer("free", free_pages));
	}
	if (is_complete)
		gvnp_facts_collected(facts, "hugepage_pool");
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	size_t meminfo = gvnp_batch_add(&batch, GVNP_READ, "/proc/meminfo");
	size_t pools = gvnp_batch_add(&batch, GVNP_LIST, HUGEPAGES);
	size_t ksm = gvnp_batch_add(&batch, GVNP_STAT, KSM);

	gvnp_batch_add(&batch, GVNP_READ, KSM "/run");
	gvnp_batch_add(&batch, GVNP_READ, KSM "/pages_shared");
	gvnp_batch_add(&batch, GVNP_READ, KSM "/pages_sharing");
	gvnp_batch_ask(&batch, collection->source);
	collect_memory(collection->facts, &batch, meminfo);
	collect_ksm(collection->facts, &batch, ksm);
	if (gvnp_collect_presence(gvnp_batch_answer(&batch, pools)) == GVNP_UNREADABLE)
		gvnp_batch_hole(&batch, pools, collection->facts, "hugepage_pool", "", "");
	else
		collect_pools(collection, gvnp_batch_answer(&batch, pools));
}

const struct gvnp_collector gvnp_collector_memory = {
	.name = "memory",
	.about = "main memory, page merging (KSM), huge page pools",
	.paths = (const char *const[]){ "/proc/meminfo", KSM, KSM "/*", HUGEPAGES,
					HUGEPAGES "/*/nr_hugepages", HUGEPAGES "/*/free_hugepages",
					NULL },
	.tables = (const char *const[]){ "memory", "ksm", "hugepage_pool", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "memory", "nothing" },
						       { "ksm", "nothing" },
						       { "hugepage_pool", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
