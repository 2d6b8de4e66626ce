/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of processors to bits, bits to the one canonical list, and each distinct set once into the
 * facts. The rule kept here: a list that is not understood as a whole is not understood at all.
 */
#include "collect/cpu_set.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"

static void set_cpu(struct gvnp_cpu_set *set, uint64_t cpu, bool is_member)
{
	uint64_t bit = UINT64_C(1) << (cpu % 64);

	if (is_member)
		set->words[cpu / 64] |= bit;
	else
		set->words[cpu / 64] &= ~bit;
}

bool gvnp_cpu_set_has(const struct gvnp_cpu_set *set, unsigned cpu)
{
	return cpu < GVNP_CPU_SET_MAXIMUM && set->words[cpu / 64] >> (cpu % 64) & 1;
}

bool gvnp_cpu_set_next(const struct gvnp_cpu_set *set, unsigned *cpu)
{
	for (unsigned at = *cpu; at < GVNP_CPU_SET_MAXIMUM; at = (at / 64 + 1) * 64) {
		uint64_t rest = set->words[at / 64] >> (at % 64);

		if (rest) {
			*cpu = at + (unsigned)__builtin_ctzll(rest);
			return true;
		}
	}
	return false;
}

size_t gvnp_cpu_set_count(const struct gvnp_cpu_set *set)
{
	size_t n = 0;

	for (size_t i = 0; i < GVNP_CPU_SET_MAXIMUM / 64; i++)
		n += (size_t)__builtin_popcountll(set->words[i]);
	return n;
}

static bool parse_number(struct gvnp_slice text, uint64_t maximum, uint64_t *ret)
{
	uint64_t value;

	if (!gvnp_slice_unsigned(gvnp_slice_trim(text), 10, &value) || value > maximum)
		return false;
	*ret = value;
	return true;
}

/* "USED/GROUP" after a range: of each group of that size its first used ones. */
static bool parse_grouping(struct gvnp_slice text, uint64_t *ret_used, uint64_t *ret_group)
{
	struct gvnp_slice used, group;

	return gvnp_slice_split(text, '/', &used, &group) &&
	       parse_number(used, GVNP_CPU_SET_MAXIMUM, ret_used) &&
	       parse_number(group, GVNP_CPU_SET_MAXIMUM, ret_group) && *ret_group &&
	       *ret_used <= *ret_group;
}

static bool parse_element(struct gvnp_slice text, struct gvnp_cpu_set *set)
{
	uint64_t first, last, used = 1, group = 1;
	struct gvnp_slice range = text, grouping, from, to;

	text = gvnp_slice_trim(text);
	if (gvnp_slice_starts(text, "^")) {
		struct gvnp_slice excluded = { text.text + 1, text.size - 1 };

		if (!parse_number(excluded, GVNP_CPU_SET_MAXIMUM - 1, &first))
			return false;
		set_cpu(set, first, false);
		return true;
	}
	if (gvnp_slice_split(text, ':', &range, &grouping) &&
	    !parse_grouping(grouping, &used, &group))
		return false;
	if (!gvnp_slice_split(range, '-', &from, &to))
		from = to = range;
	if (!parse_number(from, GVNP_CPU_SET_MAXIMUM - 1, &first) ||
	    !parse_number(to, GVNP_CPU_SET_MAXIMUM - 1, &last) || first > last)
		return false;
	for (uint64_t cpu = first; cpu <= last; cpu++)
		if ((cpu - first) % group < used)
			set_cpu(set, cpu, true);
	return true;
}

bool gvnp_cpu_set_parse(struct gvnp_slice text, struct gvnp_cpu_set *ret)
{
	struct gvnp_cpu_set set = { 0 };
	struct gvnp_slice rest = gvnp_slice_trim(text), element;

	if (rest.size && rest.text[rest.size - 1] == ',')
		return false;
	/* each element costs at most the whole range: bound the work, not only the result */
	if (rest.size > 8 * GVNP_CPU_SET_MAXIMUM)
		return false;
	while (gvnp_slice_next(&rest, ',', &element))
		if (!parse_element(element, &set))
			return false;
	*ret = set;
	return true;
}

char *gvnp_cpu_set_format(const struct gvnp_cpu_set *set)
{
	struct gvnp_buffer list = { 0 };

	for (unsigned cpu = 0; gvnp_cpu_set_next(set, &cpu); cpu++) {
		unsigned first = cpu;

		while (gvnp_cpu_set_has(set, cpu + 1))
			cpu++;
		gvnp_buffer_append_format(&list, "%s%u", list.size ? "," : "", first);
		if (cpu > first)
			gvnp_buffer_append_format(&list, "-%u", cpu);
	}
	return list.data ? gvnp_buffer_take(&list) : gvnp_duplicate("");
}

/* The number of the set that is stored already, 0 when it is not. */
static int64_t find_set(struct gvnp_facts *facts, const char *list)
{
	sqlite3_stmt *statement =
		gvnp_facts_statement(facts, "SELECT id FROM cpu_set WHERE list = ?1");
	int64_t id = 0;

	sqlite3_bind_text(statement, 1, list, -1, SQLITE_STATIC);
	if (sqlite3_step(statement) == SQLITE_ROW)
		id = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return id;
}

static int64_t next_id(struct gvnp_facts *facts)
{
	sqlite3_stmt *statement =
		gvnp_facts_statement(facts, "SELECT coalesce(max(id), 0) + 1 FROM cpu_set");
	int64_t id = 1;

	if (sqlite3_step(statement) == SQLITE_ROW)
		id = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return id;
}

int64_t gvnp_cpu_set_insert(struct gvnp_facts *facts, const struct gvnp_cpu_set *set)
{
	_cleanup_free_ char *list = gvnp_cpu_set_format(set);
	int64_t id = find_set(facts, list);

	if (id)
		return id;
	id = next_id(facts);
	gvnp_insert(facts, "cpu_set", gvnp_integer("id", id), gvnp_text("list", list));
	for (unsigned cpu = 0; gvnp_cpu_set_next(set, &cpu); cpu++)
		gvnp_insert(facts, "cpu_set_member", gvnp_integer("cpu_set", id),
			    gvnp_integer("cpu", cpu));
	return id;
}

bool gvnp_cpu_set_insert_list(struct gvnp_facts *facts, struct gvnp_slice text, int64_t *ret_id)
{
	struct gvnp_cpu_set set;

	if (!gvnp_cpu_set_parse(text, &set))
		return false;
	*ret_id = gvnp_cpu_set_insert(facts, &set);
	return true;
}
