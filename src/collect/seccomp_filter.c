/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs filters (classic BPF over struct seccomp_data,
 * Documentation/userspace-api/seccomp_filter.rst) for one system call with unknown arguments.
 * Number and architecture are known, everything else is not: where a jump depends on it, both ways
 * are followed. So the result holds for all arguments. The rule kept here: what cannot be followed
 * is unknown, never allowed and never refused.
 */
#include "collect/seccomp_filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>

#include "base/little_endian.h"

enum {
	INSTRUCTION_SIZE = 8,
	MOST_INSTRUCTIONS = 4096, /* BPF_MAXINSNS, of one filter */
	MOST_STEPS = 20000,	  /* of one filter and one call, over all ways */
	MOST_WAYS = 64,		  /* that wait to be followed */
};

/* A 32-bit number, or nothing is known about it. */
struct word {
	uint32_t value;
	bool is_known;
};

struct state {
	size_t at;
	struct word a, x, memory[BPF_MEMWORDS];
};

struct run {
	struct gvnp_slice program;
	uint32_t architecture, number;
	struct state ways[MOST_WAYS];
	size_t n_ways, n_steps;
	unsigned actions; /* a bit each, in the order below */
	bool is_lost;	  /* some way could not be followed */
};

/* From the laxest to the strictest, as the kernel orders them. */
static const struct {
	uint32_t action;
	const char *name;
} actions[] = {
	{ SECCOMP_RET_ALLOW, "allow" },
	{ SECCOMP_RET_LOG, "log" },
	{ SECCOMP_RET_TRACE, "trace" },
	{ 0x7fc00000U /* SECCOMP_RET_USER_NOTIF */, "notify" },
	{ SECCOMP_RET_ERRNO, "errno" },
	{ SECCOMP_RET_TRAP, "trap" },
	{ SECCOMP_RET_KILL_THREAD, "kill-thread" },
	{ 0x80000000U /* SECCOMP_RET_KILL_PROCESS */, "kill-process" },
};
enum {
	N_ACTIONS = sizeof actions / sizeof *actions,
	MOST_LAX = 2 /* allow, log: the call is made */
};

bool gvnp_seccomp_filters_parse(struct gvnp_slice bytes, struct gvnp_seccomp_filters *ret)
{
	struct gvnp_seccomp_filters filters = { 0 };

	while (bytes.size) {
		if (bytes.size < 4 ||
		    filters.n == sizeof filters.programs / sizeof *filters.programs)
			return false;
		uint32_t n = gvnp_little32(bytes.text);

		bytes.text += 4, bytes.size -= 4;
		if (!n || n > MOST_INSTRUCTIONS || bytes.size / INSTRUCTION_SIZE < n)
			return false;
		filters.programs[filters.n++] =
			(struct gvnp_slice){ bytes.text, (size_t)n * INSTRUCTION_SIZE };
		filters.n_instructions += n;
		bytes.text += (size_t)n * INSTRUCTION_SIZE,
			bytes.size -= (size_t)n * INSTRUCTION_SIZE;
	}
	if (!filters.n)
		return false;
	*ret = filters;
	return true;
}

static struct sock_filter fetch(const struct run *run, size_t at)
{
	const char *bytes = run->program.text + at * INSTRUCTION_SIZE;

	return (struct sock_filter){ .code = gvnp_little16(bytes),
				     .jt = (unsigned char)bytes[2],
				     .jf = (unsigned char)bytes[3],
				     .k = gvnp_little32(bytes + 4) };
}

static struct word known(uint32_t value)
{
	return (struct word){ value, true };
}

/* A word of struct seccomp_data: the address and the arguments may be anything. */
static struct word load(const struct run *run, uint32_t offset)
{
	if (offset == offsetof(struct seccomp_data, nr))
		return known(run->number);
	if (offset == offsetof(struct seccomp_data, arch))
		return known(run->architecture);
	return (struct word){ 0 };
}

static uint32_t calculate(uint16_t operation, uint32_t a, uint32_t b)
{
	switch (operation) {
	case BPF_ADD:
		return a + b;
	case BPF_SUB:
		return a - b;
	case BPF_MUL:
		return a * b;
	case BPF_DIV:
		return b ? a / b : 0;
	case BPF_OR:
		return a | b;
	case BPF_AND:
		return a & b;
	case BPF_XOR:
		return a ^ b;
	case BPF_LSH:
		return b < 32 ? a << b : 0;
	case BPF_RSH:
		return b < 32 ? a >> b : 0;
	case BPF_NEG:
		return -a;
	default:
		return 0;
	}
}

static bool holds(uint16_t operation, uint32_t a, uint32_t b)
{
	switch (operation) {
	case BPF_JEQ:
		return a == b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	default:
		return a & b; /* BPF_JSET */
	}
}

static void end(struct run *run, struct word value)
{
	uint32_t action = value.value & SECCOMP_RET_ACTION_FULL;

	for (size_t i = 0; value.is_known && i < N_ACTIONS; i++)
		if (actions[i].action == action) {
			run->actions |= 1U << i;
			return;
		}
	/* A value that the kernel does not know kills (seccomp_run_filters); one that we do not
	 * know may be anything. */
	if (value.is_known)
		run->actions |= 1U << (N_ACTIONS - 1);
	else
		run->is_lost = true;
}

static void add_way(struct run *run, const struct state *state, size_t at)
{
	if (run->n_ways == MOST_WAYS) {
		run->is_lost = true;
		return;
	}
	run->ways[run->n_ways] = *state;
	run->ways[run->n_ways++].at = at;
}

static void jump(struct run *run, struct state *state, const struct sock_filter *instruction)
{
	uint16_t operation = BPF_OP(instruction->code);
	struct word other = BPF_SRC(instruction->code) == BPF_X ? state->x : known(instruction->k);
	size_t yes = state->at + instruction->jt, no = state->at + instruction->jf;

	if (operation == BPF_JA) {
		state->at += instruction->k;
		return;
	}
	bool is_known = state->a.is_known && other.is_known;
	if (!is_known && yes != no)
		add_way(run, state, no);
	state->at = !is_known || holds(operation, state->a.value, other.value) ? yes : no;
}

static void compute(struct state *state, const struct sock_filter *instruction)
{
	struct word other = BPF_SRC(instruction->code) == BPF_X ? state->x : known(instruction->k);

	state->a.is_known &= other.is_known || BPF_OP(instruction->code) == BPF_NEG;
	state->a.value = calculate(BPF_OP(instruction->code), state->a.value, other.value);
}

/* LD and LDX: both load a constant, a word of memory or the size of the data; the data itself only
 * the accumulator does. False: the kernel would not have taken it. */
static bool load_into(struct run *run, struct state *state, const struct sock_filter *instruction,
		      struct word *into)
{
	switch (BPF_MODE(instruction->code)) {
	case BPF_IMM:
		*into = known(instruction->k);
		return true;
	case BPF_LEN:
		*into = known(sizeof(struct seccomp_data));
		return true;
	case BPF_MEM:
		if (instruction->k < BPF_MEMWORDS)
			*into = state->memory[instruction->k];
		return instruction->k < BPF_MEMWORDS;
	case BPF_ABS:
		*into = load(run, instruction->k);
		return into == &state->a && instruction->k % 4 == 0 &&
		       instruction->k < sizeof(struct seccomp_data);
	default:
		return false;
	}
}

static bool store(struct state *state, const struct sock_filter *instruction, struct word value)
{
	if (instruction->k >= BPF_MEMWORDS)
		return false;
	state->memory[instruction->k] = value;
	return true;
}

/* One instruction. False: this way has ended. */
static bool step(struct run *run, struct state *state)
{
	size_t n = run->program.size / INSTRUCTION_SIZE;

	if (state->at >= n || run->n_steps++ >= MOST_STEPS) {
		run->is_lost = true;
		return false;
	}
	struct sock_filter instruction = fetch(run, state->at++);
	bool is_valid = true;

	switch (BPF_CLASS(instruction.code)) {
	case BPF_LD:
		is_valid = load_into(run, state, &instruction, &state->a);
		break;
	case BPF_LDX:
		is_valid = load_into(run, state, &instruction, &state->x);
		break;
	case BPF_ST:
		is_valid = store(state, &instruction, state->a);
		break;
	case BPF_STX:
		is_valid = store(state, &instruction, state->x);
		break;
	case BPF_ALU:
		compute(state, &instruction);
		break;
	case BPF_JMP:
		jump(run, state, &instruction);
		break;
	case BPF_RET:
		end(run, BPF_RVAL(instruction.code) == BPF_A ? state->a : known(instruction.k));
		return false;
	default: /* BPF_MISC */
		if (BPF_MISCOP(instruction.code) == BPF_TXA)
			state->a = state->x;
		else
			state->x = state->a;
		break;
	}
	run->is_lost |= !is_valid;
	return is_valid;
}

static void follow(struct run *run)
{
	/* The kernel begins with zeros. */
	run->ways[0] = (struct state){ .a = known(0), .x = known(0) };
	run->n_ways = 1;
	while (run->n_ways) {
		struct state state = run->ways[--run->n_ways];

		while (step(run, &state))
			continue;
	}
}

/* Of all filters the strictest decides: each way through one may meet each through another. */
const char *gvnp_seccomp_filters_action(const struct gvnp_seccomp_filters *filters,
					uint32_t architecture, uint32_t number)
{
	size_t laxest = 0, strictest = 0; /* what may become of the call */
	bool is_lost = false;

	for (size_t i = 0; i < filters->n; i++) {
		struct run run = { .program = filters->programs[i],
				   .architecture = architecture,
				   .number = number };
		size_t first = 0, last = 0;

		follow(&run);
		is_lost |= run.is_lost || !run.actions;
		while (first < N_ACTIONS && !(run.actions >> first & 1))
			first++;
		for (size_t k = first; k < N_ACTIONS; k++)
			last = run.actions >> k & 1 ? k : last;
		laxest = first > laxest ? first : laxest;
		strictest = last > strictest ? last : strictest;
	}
	if (is_lost)
		return "unknown";
	if (laxest < MOST_LAX && strictest >= MOST_LAX)
		return "conditional";
	return actions[laxest].name;
}
