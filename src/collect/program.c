/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programs that VMs and their management run as, and how they were built: read from the files
 * that /proc/PID/exe leads to, each once. What a running VM has in memory but the file system has
 * no more (replaced, another mount namespace) is not described by today's file, so it is not known.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"
#include "collect/elf.h"
#include "source/range.h"

/* One table a role, so that what is not known of a helper leaves the emulators judged. */
enum role { EMULATOR, HELPER, DAEMON, N_ROLES };
static const char *const tables[] = {
	[EMULATOR] = "emulator_program",
	[HELPER] = "helper_program",
	[DAEMON] = "libvirt_program",
	[N_ROLES] = NULL,
};

enum { PARTS = GVNP_ELF_NAMES_LIMIT / GVNP_RANGE_LIMIT, MAXIMUM_PROGRAMS = 256 };

struct program {
	char *path;
	int64_t inode; /* of the file that runs, 0 when that is not known */
	bool has_role[N_ROLES];
	bool is_split;		     /* two processes run two different files by this path */
	size_t head, dynamic, names; /* in the batches */
	struct gvnp_elf elf;
	const char *problem; /* NULL, or why nothing is known of the build */
};

struct programs {
	struct program *programs;
	size_t n;
	struct gvnp_batch heads, dynamics, names;
};

static void programs_done(struct programs *programs)
{
	for (size_t i = 0; i < programs->n; i++)
		free(programs->programs[i].path);
	free(programs->programs);
	gvnp_batch_done(&programs->heads);
	gvnp_batch_done(&programs->dynamics);
	gvnp_batch_done(&programs->names);
}

static struct program *find(struct programs *programs, const char *path)
{
	for (size_t i = 0; i < programs->n; i++)
		if (!strcmp(programs->programs[i].path, path))
			return &programs->programs[i];
	if (programs->n == MAXIMUM_PROGRAMS)
		return NULL;
	programs->programs = gvnp_grow(programs->programs, programs->n);
	programs->programs[programs->n] = (struct program){ .path = gvnp_duplicate(path) };
	return &programs->programs[programs->n++];
}

/* Which processes run which file: the tables that were filled before say it. */
static void load(struct gvnp_facts *facts, struct programs *programs)
{
	sqlite3_stmt *statement = gvnp_facts_statement(
		facts, "SELECT exe, exe_inode, 0, pid FROM qemu_process"
		       " UNION SELECT exe, NULL, 1, pid FROM vm_helper"
		       " UNION SELECT p.exe, NULL, 2, p.pid FROM process p"
		       "  JOIN libvirt_daemon d ON d.pid = p.pid ORDER BY 1, 3, 4");

	while (sqlite3_step(statement) == SQLITE_ROW) {
		const char *path = (const char *)sqlite3_column_text(statement, 0);
		int role = sqlite3_column_int(statement, 2);
		int64_t inode = sqlite3_column_int64(statement, 1);

		if (!path) {
			gvnp_facts_hole(facts, tables[role], "", "",
					"the program of process %lld is not known",
					(long long)sqlite3_column_int64(statement, 3));
			continue;
		}
		struct program *program = path[0] ? find(programs, path) : NULL;
		if (!program)
			continue;
		program->is_split |= program->inode && inode && program->inode != inode;
		program->inode = inode ? inode : program->inode;
		program->has_role[role] = true;
	}
	sqlite3_reset(statement);
}

/* Where the processes are not known, their programs are not. */
static void load_holes(struct gvnp_facts *facts)
{
	static const char *const sources[] = {
		[EMULATOR] = "qemu_process", [HELPER] = "vm_helper", [DAEMON] = "libvirt_daemon"
	};

	for (size_t i = 0; i < N_ROLES; i++) {
		sqlite3_stmt *statement = gvnp_facts_statement(
			facts, "SELECT problem FROM hole WHERE table_name = ? AND column_name = ''"
			       " ORDER BY problem LIMIT 1");
		_cleanup_free_ char *problem = NULL;

		sqlite3_bind_text(statement, 1, sources[i], -1, SQLITE_STATIC);
		if (sqlite3_step(statement) == SQLITE_ROW)
			problem = gvnp_duplicate((const char *)sqlite3_column_text(statement, 0));
		sqlite3_reset(statement);
		sqlite3_clear_bindings(statement);
		if (problem)
			gvnp_facts_hole(facts, tables[i], "", "", "%s", problem);
	}
}

static bool is_of_other_file(const struct program *program, const struct gvnp_answer *answer)
{
	return program->inode && answer->inode && (uint64_t)program->inode != answer->inode;
}

static void read_heads(struct programs *programs, struct gvnp_source *source)
{
	for (size_t i = 0; i < programs->n; i++)
		programs->programs[i].head =
			gvnp_batch_add(&programs->heads, GVNP_RANGE, "0+%d:%s", (int)GVNP_ELF_HEAD,
				       programs->programs[i].path);
	gvnp_batch_ask(&programs->heads, source);
	for (size_t i = 0; i < programs->n; i++) {
		struct program *program = &programs->programs[i];
		const struct gvnp_answer *answer =
			gvnp_batch_answer(&programs->heads, program->head);

		if (gvnp_text_ends(program->path, " (deleted)"))
			program->problem = "what runs was replaced since, and is no file any more";
		else if (answer->error)
			program->problem = gvnp_source_error_name(answer->error);
		else if (program->is_split || is_of_other_file(program, answer))
			program->problem = "what runs is another file than the one with that path";
		else if (!gvnp_range_is_of_program(&(struct gvnp_range){ .path = program->path }))
			program->problem = "of programs only those below /usr and /opt are read";
		else
			program->problem =
				gvnp_elf_read_head(gvnp_collect_bytes(answer), &program->elf);
	}
}

static void read_dynamics(struct programs *programs, struct gvnp_source *source)
{
	for (size_t i = 0; i < programs->n; i++) {
		struct program *program = &programs->programs[i];

		/* a static program has no dynamic section and no names */
		if (!program->problem && program->elf.dynamic.size)
			program->dynamic = gvnp_batch_add(
				&programs->dynamics, GVNP_RANGE, "%llu+%llu:%s",
				(unsigned long long)program->elf.dynamic.offset,
				(unsigned long long)program->elf.dynamic.size, program->path);
	}
	if (programs->dynamics.n)
		gvnp_batch_ask(&programs->dynamics, source);
	for (size_t i = 0; i < programs->n; i++) {
		struct program *program = &programs->programs[i];

		if (!program->problem && program->elf.dynamic.size)
			program->problem = gvnp_elf_read_dynamic(
				gvnp_collect_bytes(
					gvnp_batch_answer(&programs->dynamics, program->dynamic)),
				&program->elf);
	}
}

static size_t parts_of(const struct program *program)
{
	uint64_t size = program->problem ? 0 : program->elf.names.size;

	return (size_t)((size + GVNP_RANGE_LIMIT - 1) / GVNP_RANGE_LIMIT);
}

static void ask_names(struct programs *programs, struct gvnp_source *source)
{
	for (size_t i = 0; i < programs->n; i++) {
		struct program *program = &programs->programs[i];
		uint64_t size = program->elf.names.size, at = 0;

		program->names = programs->names.n;
		for (size_t k = parts_of(program); k > 0; k--, at += GVNP_RANGE_LIMIT)
			gvnp_batch_add(&programs->names, GVNP_RANGE, "%llu+%llu:%s",
				       (unsigned long long)program->elf.names.offset + at,
				       (unsigned long long)(size - at < GVNP_RANGE_LIMIT
								    ? size - at
								    : GVNP_RANGE_LIMIT),
				       program->path);
	}
	if (programs->names.n)
		gvnp_batch_ask(&programs->names, source);
}

/* Why cells are NULL. */
static void tell_unknown(struct gvnp_facts *facts, const char *table, const struct program *program,
			 bool is_file)
{
	static const char *const columns[] = { "has_stack_protector",
					       "has_fortified_calls",
					       "is_static",
					       "is_position_independent",
					       "has_executable_stack",
					       "relro",
					       "run_path",
					       "mode",
					       "uid" };
	enum { OF_CALLS = 2, OF_BUILD = 7, OF_FILE = 9 };
	bool is_static = !program->problem && !program->elf.dynamic.size;
	size_t n = is_static ? OF_CALLS : !program->problem ? 0 : is_file ? OF_BUILD : OF_FILE;

	for (size_t i = 0; i < n; i++)
		gvnp_facts_hole(facts, table, columns[i], program->path, "%s: %s", program->path,
				is_static ? "a static program does not name what it calls"
					  : program->problem);
}

static void insert(struct gvnp_facts *facts, const char *table, const struct programs *programs,
		   const struct program *program)
{
	const struct gvnp_answer *head = gvnp_batch_answer(&programs->heads, program->head);
	const struct gvnp_elf *elf = &program->elf;
	/* Without metadata of the file, or with that of another one, nothing is known. */
	bool is_file = head->inode && !gvnp_text_ends(program->path, " (deleted)") &&
		       !program->is_split && !is_of_other_file(program, head);
	bool is_known = !program->problem, is_dynamic = elf->dynamic.size != 0;
	const char *relro = !elf->has_relro		    ? "none"
			    : elf->binds_now || !is_dynamic ? "full"
							    : "partial";

	gvnp_insert(
		facts, table, gvnp_text("path", program->path),
		gvnp_maybe("mode", is_file, head->mode), gvnp_maybe("uid", is_file, head->uid),
		gvnp_maybe("gid", is_file, head->gid),
		gvnp_maybe("is_static", is_known, !is_dynamic),
		gvnp_maybe("is_position_independent", is_known, elf->is_position_independent),
		gvnp_text("relro", is_known ? relro : NULL),
		gvnp_maybe("has_executable_stack", is_known, elf->is_stack_executable),
		gvnp_maybe("has_stack_protector", is_known && is_dynamic, elf->has_stack_protector),
		gvnp_maybe("has_fortified_calls", is_known && is_dynamic, elf->has_fortified_calls),
		is_known ? gvnp_text_slice("run_path", elf->run_path_text)
			 : gvnp_unreadable("run_path"));
	tell_unknown(facts, table, program, is_file);
}

static void insert_all(struct gvnp_facts *facts, struct programs *programs)
{
	for (size_t i = 0; i < programs->n; i++) {
		struct program *program = &programs->programs[i];
		_cleanup_buffer_ struct gvnp_buffer names = { 0 };

		for (size_t k = 0, n = parts_of(program); k < n; k++) {
			struct gvnp_slice part = gvnp_collect_bytes(
				gvnp_batch_answer(&programs->names, program->names + k));

			gvnp_buffer_append(&names, part.text, part.size);
		}
		if (!program->problem && program->elf.names.size)
			program->problem = gvnp_elf_read_names(
				(struct gvnp_slice){ gvnp_buffer_text(&names), names.size },
				&program->elf);
		for (size_t k = 0; k < N_ROLES; k++)
			if (program->has_role[k])
				insert(facts, tables[k], programs, program);
	}
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(programs_done) struct programs programs = { 0 };

	load_holes(collection->facts);
	load(collection->facts, &programs);
	if (programs.n) {
		read_heads(&programs, collection->source);
		read_dynamics(&programs, collection->source);
		ask_names(&programs, collection->source);
		insert_all(collection->facts, &programs);
	}
	for (size_t i = 0; i < N_ROLES; i++) {
		if (programs.n == MAXIMUM_PROGRAMS)
			gvnp_facts_hole(collection->facts, tables[i], "", "",
					"more programs than are read");
		gvnp_facts_collected(collection->facts, tables[i]);
	}
}

/* source/range.h says why only there. */
static const char *const paths[] = { "range:/usr/**", "range:/opt/**", "head:/**", NULL };
static const struct gvnp_privilege privileges[] = {
	{ "emulator_program", "CAP_SYS_PTRACE, to see which programs run" },
	{ "helper_program", "CAP_SYS_PTRACE, to see which programs run" },
	{ "libvirt_program", "CAP_SYS_PTRACE, to see which programs run" },
	{ NULL, NULL },
};

const struct gvnp_collector gvnp_collector_program = {
	.name = "program",
	.about = "programs that VMs, their helpers and libvirt run as, and how they were built",
	.paths = paths,
	.tables = tables,
	.privileges = privileges,
	.collect = collect,
};
