/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Online processors, their identity and topology, SMT and NUMA. The rule kept here: what holds for
 * the machine holds for every processor: a flag counts when all have it, a bug when one has it.
 */
#include "collect/collectors.h"

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/cpu_info.h"
#include "collect/cpu_set.h"

#define CPUS "/sys/devices/system/cpu"

/* What is asked of each processor. */
enum { PACKAGE, CORE, SIBLINGS, N_TOPOLOGY };

static const char *const topology_files[N_TOPOLOGY] = { "physical_package_id", "core_id",
							"thread_siblings_list" };

struct processors {
	struct gvnp_cpu_set online;
	struct gvnp_cpu_info *infos; /* by position */
	size_t n_infos;
	struct gvnp_batch topology; /* N_TOPOLOGY for each of infos */
	bool has_node[GVNP_CPU_SET_MAXIMUM];
	int32_t node[GVNP_CPU_SET_MAXIMUM];
};

static void processors_free(struct processors **processors)
{
	if (!*processors)
		return;
	free((*processors)->infos);
	gvnp_batch_done(&(*processors)->topology);
	free(*processors);
}

static void decode_cpu_info(struct processors *processors, struct gvnp_slice rest)
{
	struct gvnp_cpu_info info;

	while (processors->n_infos < GVNP_CPU_SET_MAXIMUM && gvnp_cpu_info_next(&rest, &info)) {
		if (info.cpu >= GVNP_CPU_SET_MAXIMUM)
			continue;
		processors->infos = gvnp_grow(processors->infos, processors->n_infos);
		processors->infos[processors->n_infos++] = info;
	}
}

static bool is_same_text(struct gvnp_slice a, struct gvnp_slice b)
{
	return a.size == b.size && (!a.size || !memcmp(a.text, b.text, a.size));
}

/* Nearly always all processors print the same line, and then no word is compared. */
static bool have_all(const struct processors *processors, struct gvnp_slice first, const char *flag)
{
	for (size_t i = 1; i < processors->n_infos; i++)
		if (!is_same_text(processors->infos[i].flags, first) &&
		    !gvnp_cpu_info_has_word(processors->infos[i].flags, flag))
			return false;
	return true;
}

static void insert_flags(struct gvnp_facts *facts, const struct processors *processors)
{
	struct gvnp_slice first = processors->infos[0].flags, rest = first, flag;

	while (gvnp_slice_word(&rest, &flag)) {
		_cleanup_free_ char *name = gvnp_slice_copy(flag);
		struct gvnp_slice before = { first.text, (size_t)(flag.text - first.text) };

		if (!gvnp_cpu_info_has_word(before, name) && have_all(processors, first, name))
			gvnp_insert(facts, "cpu_flag", gvnp_text("name", name));
	}
	gvnp_facts_collected(facts, "cpu_flag");
}

static bool is_bug_of_earlier(const struct processors *processors, size_t n, const char *bug)
{
	for (size_t i = 0; i < n; i++)
		if (gvnp_cpu_info_has_word(processors->infos[i].bugs, bug))
			return true;
	return false;
}

static void insert_bugs(struct gvnp_facts *facts, const struct processors *processors)
{
	for (size_t i = 0; i < processors->n_infos; i++) {
		struct gvnp_slice all = processors->infos[i].bugs, rest = all, bug;

		if (i && is_same_text(all, processors->infos[i - 1].bugs))
			continue;
		while (gvnp_slice_word(&rest, &bug)) {
			_cleanup_free_ char *name = gvnp_slice_copy(bug);
			struct gvnp_slice before = { all.text, (size_t)(bug.text - all.text) };

			if (!gvnp_cpu_info_has_word(before, name) &&
			    !is_bug_of_earlier(processors, i, name))
				gvnp_insert(facts, "cpu_bug", gvnp_text("name", name));
		}
	}
	gvnp_facts_collected(facts, "cpu_bug");
}

static struct gvnp_cell topology_cell(struct gvnp_facts *facts, const struct processors *processors,
				      size_t i, int file, const char *column, const char *cpu)
{
	size_t index = i * N_TOPOLOGY + (size_t)file;
	const struct gvnp_answer *answer = gvnp_batch_answer(&processors->topology, index);
	int64_t value;

	if (gvnp_collect_integer(answer, &value))
		return gvnp_integer(column, value);
	if (gvnp_collect_is_absent(answer))
		return gvnp_integer(column, -1); /* what the kernel prints when it does not know */
	gvnp_batch_hole(&processors->topology, index, facts, "cpu", column, cpu);
	return gvnp_unreadable(column);
}

static struct gvnp_cell siblings_cell(struct gvnp_facts *facts, const struct processors *processors,
				      size_t i, const char *cpu)
{
	size_t index = i * N_TOPOLOGY + SIBLINGS;
	const struct gvnp_answer *answer = gvnp_batch_answer(&processors->topology, index);
	/* a kernel without SMP has no such file: the processor is alone */
	struct gvnp_slice list =
		gvnp_collect_is_absent(answer) ? gvnp_slice(cpu) : gvnp_collect_trimmed(answer);
	int64_t id;

	if ((!answer->error || gvnp_collect_is_absent(answer)) && list.size &&
	    gvnp_cpu_set_insert_list(facts, list, &id))
		return gvnp_integer("siblings", id);
	gvnp_batch_hole(&processors->topology, index, facts, "cpu", "siblings", cpu);
	return gvnp_unreadable("siblings");
}

static void insert_cpus(struct gvnp_facts *facts, const struct processors *processors,
			bool has_nodes)
{
	for (size_t i = 0; i < processors->n_infos; i++) {
		const struct gvnp_cpu_info *info = &processors->infos[i];
		_cleanup_free_ char *cpu = gvnp_format("%d", (int)info->cpu);
		bool has_node = !has_nodes || processors->has_node[info->cpu];

		gvnp_insert(facts, "cpu", gvnp_integer("cpu", info->cpu),
			    topology_cell(facts, processors, i, PACKAGE, "package", cpu),
			    topology_cell(facts, processors, i, CORE, "core", cpu),
			    siblings_cell(facts, processors, i, cpu),
			    gvnp_maybe("node", has_node, processors->node[info->cpu]),
			    gvnp_text_slice("vendor", info->vendor),
			    gvnp_integer("family", info->family),
			    gvnp_integer("model", info->model),
			    gvnp_integer("stepping", info->stepping),
			    gvnp_text_slice("model_name", info->model_name),
			    gvnp_text_slice("microcode", info->microcode));
	}
	gvnp_facts_collected(facts, "cpu");
}

/* Every online processor must have had its paragraph, or the rows are not the whole machine. */
static void check_online(struct gvnp_facts *facts, const struct processors *processors)
{
	for (unsigned cpu = 0; cpu < GVNP_CPU_SET_MAXIMUM; cpu++) {
		bool is_described = !gvnp_cpu_set_has(&processors->online, cpu);

		for (size_t i = 0; !is_described && i < processors->n_infos; i++)
			is_described = processors->infos[i].cpu == cpu;
		if (!is_described)
			gvnp_facts_hole(facts, "cpu", "", "",
					"/proc/cpuinfo: nothing about processor %u", cpu);
	}
}

static void ask_topology(struct processors *processors, struct gvnp_source *source)
{
	for (size_t i = 0; i < processors->n_infos; i++)
		for (int file = 0; file < N_TOPOLOGY; file++)
			gvnp_batch_add(&processors->topology, GVNP_READ, CPUS "/cpu%d/topology/%s",
				       (int)processors->infos[i].cpu, topology_files[file]);
	gvnp_batch_ask(&processors->topology, source);
}

/* "Node 0 MemTotal:  123 kB" */
static bool node_memory(struct gvnp_slice rest, int64_t *ret)
{
	struct gvnp_slice line, word;

	while (gvnp_slice_next(&rest, '\n', &line))
		while (gvnp_slice_word(&line, &word))
			if (gvnp_slice_is(word, "MemTotal:"))
				return gvnp_slice_word(&line, &word) &&
				       gvnp_slice_integer(word, ret);
	return false;
}

static bool insert_node(struct gvnp_facts *facts, struct processors *processors,
			struct gvnp_batch *batch, size_t first, uint64_t node)
{
	struct gvnp_slice list = gvnp_collect_trimmed(gvnp_batch_answer(batch, first));
	struct gvnp_cpu_set set;
	int64_t memory;

	if (gvnp_batch_answer(batch, first)->error || !gvnp_cpu_set_parse(list, &set)) {
		gvnp_batch_hole(batch, first, facts, "numa_node", "", "");
		return false;
	}
	for (unsigned cpu = 0; cpu < GVNP_CPU_SET_MAXIMUM; cpu++)
		if (gvnp_cpu_set_has(&set, cpu)) {
			processors->has_node[cpu] = true;
			processors->node[cpu] = (int32_t)node;
		}
	if (!node_memory(gvnp_collect_bytes(gvnp_batch_answer(batch, first + 1)), &memory)) {
		gvnp_batch_hole(batch, first + 1, facts, "numa_node", "", "");
		return false;
	}
	gvnp_insert(facts, "numa_node", gvnp_integer("node", (int64_t)node),
		    gvnp_integer("cpus", gvnp_cpu_set_insert(facts, &set)),
		    gvnp_integer("memory_kib", memory));
	return true;
}

static void collect_nodes(const struct gvnp_collection *collection, struct processors *processors,
			  const struct gvnp_answer *folder)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	_cleanup_free_ uint64_t *nodes = gvnp_allocate_array(folder->n_entries, sizeof *nodes);
	bool is_complete = true;
	size_t n = 0;

	for (size_t i = 0; i < folder->n_entries; i++) {
		const char *name = folder->entries[i].name;

		if (!gvnp_text_starts(name, "node") ||
		    !gvnp_parse_unsigned(name + strlen("node"), 10, &nodes[n]) ||
		    nodes[n] > INT32_MAX)
			continue;
		gvnp_batch_add(&batch, GVNP_READ, "/sys/devices/system/node/%s/cpulist", name);
		gvnp_batch_add(&batch, GVNP_READ, "/sys/devices/system/node/%s/meminfo", name);
		n++;
	}
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < n; i++)
		is_complete &= insert_node(collection->facts, processors, &batch, 2 * i, nodes[i]);
	if (is_complete)
		gvnp_facts_collected(collection->facts, "numa_node");
}

/* Without smt/active (before Linux 4.19) the topology tells the same. */
static struct gvnp_cell smt_active_cell(struct gvnp_facts *facts,
					const struct processors *processors,
					const struct gvnp_batch *batch, size_t active)
{
	bool is_known = true;
	int64_t value;

	if (gvnp_collect_integer(gvnp_batch_answer(batch, active), &value))
		return gvnp_integer("is_active", value);
	if (!gvnp_collect_is_absent(gvnp_batch_answer(batch, active))) {
		gvnp_batch_hole(batch, active, facts, "smt", "is_active", "");
		return gvnp_unreadable("is_active");
	}
	for (size_t i = 0; i < processors->n_infos; i++) {
		const struct gvnp_answer *answer =
			gvnp_batch_answer(&processors->topology, i * N_TOPOLOGY + SIBLINGS);
		struct gvnp_cpu_set set;

		if (gvnp_collect_is_absent(answer))
			continue;
		if (answer->error || !gvnp_cpu_set_parse(gvnp_collect_bytes(answer), &set))
			is_known = false;
		else if (gvnp_cpu_set_count(&set) > 1)
			return gvnp_integer("is_active", 1);
	}
	return gvnp_maybe("is_active", is_known && processors->n_infos, 0);
}

static void collect_cpus(const struct gvnp_collection *collection, struct processors *processors,
			 const struct gvnp_batch *batch, size_t info, size_t online, size_t nodes)
{
	const struct gvnp_answer *folder = gvnp_batch_answer(batch, nodes);
	struct gvnp_facts *facts = collection->facts;

	decode_cpu_info(processors, gvnp_collect_bytes(gvnp_batch_answer(batch, info)));
	ask_topology(processors, collection->source);
	if (gvnp_collect_presence(folder) == GVNP_UNREADABLE)
		gvnp_batch_hole(batch, nodes, facts, "numa_node", "", "");
	else
		collect_nodes(collection, processors, folder);
	if (!processors->n_infos) {
		gvnp_batch_hole(batch, info, facts, "cpu", "", "");
		gvnp_batch_hole(batch, info, facts, "cpu_flag", "", "");
		gvnp_batch_hole(batch, info, facts, "cpu_bug", "", "");
		return;
	}
	if (gvnp_cpu_set_parse(gvnp_collect_bytes(gvnp_batch_answer(batch, online)),
			       &processors->online) &&
	    gvnp_collect_is_present(gvnp_batch_answer(batch, online)))
		check_online(facts, processors);
	else
		gvnp_batch_hole(batch, online, facts, "cpu", "", "");
	insert_cpus(facts, processors, gvnp_collect_presence(folder) != GVNP_ABSENT);
	insert_flags(facts, processors);
	insert_bugs(facts, processors);
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(processors_free) struct processors *processors =
		gvnp_allocate(sizeof *processors);
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	size_t info = gvnp_batch_add(&batch, GVNP_READ, "/proc/cpuinfo");
	size_t online = gvnp_batch_add(&batch, GVNP_READ, CPUS "/online");
	size_t control = gvnp_batch_add(&batch, GVNP_READ, CPUS "/smt/control");
	size_t active = gvnp_batch_add(&batch, GVNP_READ, CPUS "/smt/active");
	size_t nodes = gvnp_batch_add(&batch, GVNP_LIST, "/sys/devices/system/node");
	struct gvnp_facts *facts = collection->facts;

	gvnp_batch_ask(&batch, collection->source);
	collect_cpus(collection, processors, &batch, info, online, nodes);
	if (gvnp_collect_presence(gvnp_batch_answer(&batch, control)) == GVNP_UNREADABLE)
		gvnp_batch_hole(&batch, control, facts, "smt", "control", "");
	gvnp_insert(facts, "smt", gvnp_integer("id", 1),
		    gvnp_collect_cell("control", gvnp_batch_answer(&batch, control)),
		    smt_active_cell(facts, processors, &batch, active));
	gvnp_facts_collected(facts, "smt");
	/* other collectors add the sets they refer to; a set is never missing on its own */
	gvnp_facts_collected(facts, "cpu_set");
	gvnp_facts_collected(facts, "cpu_set_member");
}

const struct gvnp_collector gvnp_collector_cpu = {
	.name = "cpu",
	.about = "online processors, topology, SMT, NUMA nodes, sets of processors",
	.paths =
		(const char *const[]){
			"/proc/cpuinfo", CPUS "/online", CPUS "/smt/control", CPUS "/smt/active",
			CPUS "/cpu*/topology/physical_package_id", CPUS "/cpu*/topology/core_id",
			CPUS "/cpu*/topology/thread_siblings_list", "/sys/devices/system/node",
			"/sys/devices/system/node/node*/cpulist",
			"/sys/devices/system/node/node*/meminfo", NULL },
	.tables = (const char *const[]){ "cpu", "cpu_flag", "cpu_bug", "smt", "numa_node",
					 "cpu_set", "cpu_set_member", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "cpu", "nothing" },
						       { "cpu_flag", "nothing" },
						       { "cpu_bug", "nothing" },
						       { "smt", "nothing" },
						       { "numa_node", "nothing" },
						       { "cpu_set", "nothing" },
						       { "cpu_set_member", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
