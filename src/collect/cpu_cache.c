/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Level-2 caches and the processors that share each. On most servers it belongs to one core; cores
 * of Atom-based processors and of some AArch64 ones share it in modules of two or four. SMT
 * siblings share theirs always, so one processor of each core is asked (Documentation/ABI/testing/
 * sysfs-devices-system-cpu, cache/index*). The second-level cache is index2 wherever level 1 is
 * split into two; where it is not, that is said and nothing guessed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"
#include "collect/cpu_set.h"
#include "facts/store.h"

#define CACHE "/sys/devices/system/cpu/cpu%lld/cache/index2"

static const char table[] = "cpu_cache";

/* One processor of each core, ascending. */
struct cores {
	int64_t *cpus;
	size_t n;
};

static void cores_done(struct cores *cores)
{
	free(cores->cpus);
}

/* A core whose siblings are unreadable is asked as if it were a core of its own. */
static void load_cores(struct gvnp_facts *facts, struct cores *cores)
{
	sqlite3_stmt *statement = gvnp_facts_statement(
		facts, "SELECT min(cpu) FROM cpu GROUP BY coalesce(siblings, -1 - cpu) ORDER BY 1");

	while (sqlite3_step(statement) == SQLITE_ROW) {
		cores->cpus = gvnp_grow(cores->cpus, cores->n);
		cores->cpus[cores->n++] = sqlite3_column_int64(statement, 0);
	}
	sqlite3_reset(statement);
}

static int64_t count_cores(const struct cores *cores, const struct gvnp_cpu_set *set)
{
	int64_t n = 0;

	for (size_t i = 0; i < cores->n; i++)
		n += gvnp_cpu_set_has(set, (unsigned)cores->cpus[i]);
	return n;
}

static bool is_same_answer(const struct gvnp_answer *one, const struct gvnp_answer *other)
{
	return !one->error && !other->error && one->size == other->size &&
	       !memcmp(one->data, other->data, one->size);
}

/* Neighbours print the same line, and it is decoded once. */
static bool is_repeated(const struct gvnp_batch *batch, size_t first, size_t i)
{
	for (size_t back = 1; back <= 4 && first + back <= i; back++)
		if (is_same_answer(gvnp_batch_answer(batch, i), gvnp_batch_answer(batch, i - back)))
			return true;
	return false;
}

static void insert_cache(struct gvnp_facts *facts, const struct cores *cores,
			 const struct gvnp_cpu_set *set)
{
	sqlite3_stmt *statement =
		gvnp_facts_statement(facts, "SELECT 1 FROM cpu_cache WHERE cpus = ?");
	int64_t id = gvnp_cpu_set_insert(facts, set);

	sqlite3_bind_int64(statement, 1, id);
	bool is_known = sqlite3_step(statement) == SQLITE_ROW;
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	if (!is_known)
		gvnp_insert(facts, table, gvnp_integer("cpus", id),
			    gvnp_integer("cores", count_cores(cores, set)));
}

static void insert_caches(struct gvnp_facts *facts, const struct cores *cores,
			  const struct gvnp_batch *batch, size_t first)
{
	for (size_t i = first; i < batch->n; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(batch, i);
		struct gvnp_cpu_set set;

		/* a processor taken offline meanwhile shares nothing any more */
		if (gvnp_collect_is_absent(answer) || is_repeated(batch, first, i))
			continue;
		if (answer->error || !gvnp_cpu_set_parse(gvnp_collect_trimmed(answer), &set) ||
		    !gvnp_cpu_set_count(&set))
			gvnp_batch_hole(batch, i, facts, table, "", "");
		else
			insert_cache(facts, cores, &set);
	}
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(cores_done) struct cores cores = { 0 };
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	struct gvnp_facts *facts = collection->facts;
	int64_t level;

	if (!gvnp_facts_is_collected(facts, "cpu"))
		return;
	load_cores(facts, &cores);
	if (!cores.n)
		return;
	gvnp_batch_add(&batch, GVNP_READ, CACHE "/level", (long long)cores.cpus[0]);
	for (size_t i = 0; i < cores.n; i++)
		gvnp_batch_add(&batch, GVNP_READ, CACHE "/shared_cpu_list",
			       (long long)cores.cpus[i]);
	gvnp_batch_ask(&batch, collection->source);
	/* no such folder: a kernel, or a virtual machine, that does not show caches */
	if (gvnp_collect_is_absent(gvnp_batch_answer(&batch, 0))) {
		static const struct gvnp_cpu_set none;

		insert_cache(facts, &cores, &none);
	} else if (gvnp_collect_integer(gvnp_batch_answer(&batch, 0), &level) && level == 2) {
		insert_caches(facts, &cores, &batch, 1);
	} else {
		const struct gvnp_answer *answer = gvnp_batch_answer(&batch, 0);

		if (answer->error)
			gvnp_batch_hole(&batch, 0, facts, table, "", "");
		else
			gvnp_facts_hole(facts, table, "", "", "%s: not a level-2 cache",
					gvnp_batch_path(&batch, 0));
		return;
	}
	gvnp_facts_collected(facts, table);
}

const struct gvnp_collector gvnp_collector_cpu_cache = {
	.name = "cpu_cache",
	.about = "level-2 caches and the processors that share them",
	.paths = (const char *const[]){ "/sys/devices/system/cpu/cpu*/cache/index2/level",
					"/sys/devices/system/cpu/cpu*/cache/index2/shared_cpu_list",
					NULL },
	.tables = (const char *const[]){ table, NULL },
	.privileges = (const struct gvnp_privilege[]){ { table, "nothing" }, { NULL, NULL } },
	.collect = collect,
};
