/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smaps to rows (show_smap() of fs/proc/task_mmu.c; VmFlags in Documentation/filesystems/proc.rst).
 * The names of mapped files are the process's own choice; the kernel escapes line breaks in them.
 */
#include "collect/qemu_memory.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "collect/proc_scan.h"

enum { SMALLEST = 1 << 20 }; /* bytes: guest memory, not the odds and ends of the emulator */

/* "start-end perms offset device inode path" */
static bool parse_heading(struct gvnp_slice line, struct gvnp_mapping *ret)
{
	struct gvnp_mapping mapping = { .path = { "", 0 } };
	struct gvnp_slice range, from, to, word;

	/* "Rss:" and its like, twenty lines of twenty-one: addresses are in lower case. */
	if (line.size && line.text[0] >= 'A' && line.text[0] <= 'Z')
		return false;
	if (!gvnp_slice_word(&line, &range) || !gvnp_slice_split(range, '-', &from, &to) ||
	    !gvnp_slice_unsigned(from, 16, &mapping.start) ||
	    !gvnp_slice_unsigned(to, 16, &mapping.end) || mapping.end < mapping.start ||
	    !gvnp_slice_word(&line, &mapping.permissions) || mapping.permissions.size != 4)
		return false;
	for (int i = 0; i < 3; i++)
		if (!gvnp_slice_word(&line, &word))
			return false;
	if (!gvnp_slice_unsigned(word, 10, &mapping.inode))
		return false;
	mapping.path = gvnp_slice_trim(line);
	*ret = mapping;
	return true;
}

static void parse_flags(struct gvnp_slice words, struct gvnp_mapping *mapping)
{
	struct gvnp_slice word;

	mapping->has_flags = true;
	while (gvnp_slice_word(&words, &word)) {
		mapping->is_mergeable |= gvnp_slice_is(word, "mg");
		mapping->is_undumped |= gvnp_slice_is(word, "dd");
		mapping->is_locked |= gvnp_slice_is(word, "lo");
		mapping->is_huge |= gvnp_slice_is(word, "ht");
		mapping->is_unforked |= gvnp_slice_is(word, "dc");
	}
}

bool gvnp_mapping_next(struct gvnp_slice *rest, struct gvnp_mapping *ret)
{
	struct gvnp_slice line, after, key, value;
	struct gvnp_mapping next;
	bool has_heading = false;

	while (!has_heading && gvnp_slice_next(rest, '\n', &line))
		has_heading = parse_heading(line, ret);
	if (!has_heading)
		return false;
	for (after = *rest; gvnp_slice_next(&after, '\n', &line); *rest = after) {
		if (parse_heading(line, &next))
			break;
		if (gvnp_slice_starts(line, "VmFlags:") &&
		    gvnp_slice_split(line, ':', &key, &value))
			parse_flags(value, ret);
	}
	return true;
}

static bool is_path(struct gvnp_slice path)
{
	return gvnp_slice_starts(path, "/") && !gvnp_slice_starts(path, "/memfd:") &&
	       !gvnp_slice_starts(path, "/dev/");
}

/* Files that a process maps to run them: the emulator and its libraries. */
struct programs {
	struct gvnp_slice *paths;
	size_t n;
};

static bool is_program(const struct programs *programs, struct gvnp_slice path)
{
	for (size_t i = 0; i < programs->n; i++)
		if (programs->paths[i].size == path.size &&
		    !memcmp(programs->paths[i].text, path.text, path.size))
			return true;
	return false;
}

static void find_programs(struct gvnp_slice rest, struct programs *ret)
{
	enum { LIMIT = 4096 }; /* a process with more than that many libraries has odd reasons */
	struct gvnp_mapping mapping;

	while (ret->n < LIMIT && gvnp_mapping_next(&rest, &mapping)) {
		if (!is_path(mapping.path) || mapping.permissions.text[2] != 'x' ||
		    mapping.permissions.text[1] == 'w' || is_program(ret, mapping.path))
			continue;
		ret->paths = gvnp_grow(ret->paths, ret->n);
		ret->paths[ret->n++] = mapping.path;
	}
}

static const char deleted[] = " (deleted)";

static bool cut_deleted(struct gvnp_slice *path)
{
	size_t size = sizeof deleted - 1;

	if (path->size <= size || memcmp(path->text + path->size - size, deleted, size) != 0)
		return false;
	path->size -= size;
	return true;
}

bool gvnp_mapping_next_stale(struct gvnp_slice *rest, struct gvnp_slice *ret)
{
	struct gvnp_mapping mapping;
	struct gvnp_slice line;

	while (gvnp_slice_next(rest, '\n', &line))
		if (parse_heading(line, &mapping) && is_path(mapping.path) &&
		    mapping.permissions.text[2] == 'x' && mapping.permissions.text[1] != 'w' &&
		    cut_deleted(&mapping.path)) {
			*ret = mapping.path;
			return true;
		}
	return false;
}

struct gvnp_cell gvnp_vm_memory_program(const struct gvnp_vm *vm, const struct gvnp_answer *smaps)
{
	struct gvnp_slice rest = gvnp_collect_bytes(smaps), line;
	struct gvnp_mapping mapping;
	uint64_t inode = 0;

	while (!inode && vm->process->exe && gvnp_slice_next(&rest, '\n', &line))
		if (parse_heading(line, &mapping) &&
		    gvnp_slice_is(mapping.path, vm->process->exe))
			inode = mapping.inode;
	return gvnp_maybe("exe_inode", !smaps->error && vm->process->exe, (int64_t)inode);
}

static bool is_special(struct gvnp_slice path)
{
	return gvnp_slice_starts(path, "[") && !gvnp_slice_starts(path, "[anon");
}

/* Reservations hold nothing; a private file that cannot be written is what the file already says.
 */
static bool is_of_interest(const struct programs *programs, const struct gvnp_mapping *mapping)
{
	const char *permissions = mapping->permissions.text;
	bool is_writable = permissions[1] == 'w', is_executable = permissions[2] == 'x';

	if (mapping->end - mapping->start < SMALLEST || !memcmp(permissions, "---", 3) ||
	    is_special(mapping->path))
		return false;
	if (is_writable && is_executable)
		return true;
	return !is_path(mapping->path) ||
	       (!is_program(programs, mapping->path) && (is_writable || permissions[3] == 's'));
}

/* memfd:NAME, /dev/hugepages/…; "" for what prctl() gave a name but is anonymous all the same. */
static struct gvnp_slice plain_path(struct gvnp_slice path)
{
	if (gvnp_slice_starts(path, "[anon"))
		return (struct gvnp_slice){ "", 0 };
	if (!gvnp_slice_starts(path, "/memfd:"))
		return path;
	path.text++;
	path.size--;
	cut_deleted(&path);
	return path;
}

static void insert_mapping(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			   const struct gvnp_mapping *mapping)
{
	const char *permissions = mapping->permissions.text;
	bool is_known = mapping->has_flags;
	char address[17];

	snprintf(address, sizeof address, "%llx", (unsigned long long)mapping->start);
	gvnp_insert(facts, "qemu_process_memory", gvnp_integer("pid", vm->process->pid),
		    gvnp_text("address", address),
		    gvnp_integer("size_kib", (int64_t)((mapping->end - mapping->start) / 1024)),
		    gvnp_text_slice("path", plain_path(mapping->path)),
		    gvnp_integer("is_shared", permissions[3] == 's'),
		    gvnp_maybe("is_mergeable", is_known, mapping->is_mergeable),
		    gvnp_maybe("is_dumped", is_known, !mapping->is_undumped),
		    gvnp_maybe("is_locked", is_known, mapping->is_locked),
		    gvnp_maybe("is_huge", is_known, mapping->is_huge),
		    gvnp_maybe("is_guest", is_known, mapping->is_unforked),
		    gvnp_integer("is_executable", permissions[1] == 'w' && permissions[2] == 'x'));
}

/* The program itself is in qemu_process.exe. */
static void insert_stale(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			 const struct programs *programs)
{
	for (size_t i = 0; i < programs->n; i++) {
		struct gvnp_slice path = programs->paths[i];

		if ((!vm->process->exe || !gvnp_slice_is(path, vm->process->exe)) &&
		    cut_deleted(&path))
			gvnp_insert(facts, "qemu_process_stale_file",
				    gvnp_integer("pid", vm->process->pid),
				    gvnp_text_slice("path", path));
	}
}

void gvnp_vm_memory_take(struct gvnp_facts *facts, const struct gvnp_vm *vm,
			 const struct gvnp_answer *smaps)
{
	struct gvnp_slice rest = gvnp_collect_bytes(smaps);
	struct programs programs = { 0 };
	struct gvnp_mapping mapping;
	size_t n = 0;

	find_programs(rest, &programs);
	while (gvnp_mapping_next(&rest, &mapping)) {
		n++;
		if (is_of_interest(&programs, &mapping))
			insert_mapping(facts, vm, &mapping);
	}
	insert_stale(facts, vm, &programs);
	free(programs.paths);
	/* A process without any mapping is on its way out, or we were shown nothing. */
	if (!n)
		gvnp_vm_hole(facts, vm, "qemu_process_stale_file", "", "/proc/%s/smaps: %s",
			     vm->object,
			     smaps->error ? gvnp_source_error_name(smaps->error) : "empty");
	if (!n)
		gvnp_vm_hole(facts, vm, "qemu_process_memory", "", "/proc/%s/smaps: %s", vm->object,
			     smaps->error ? gvnp_source_error_name(smaps->error) : "empty");
}
