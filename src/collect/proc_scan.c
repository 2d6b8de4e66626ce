/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk over /proc. It goes by blocks of processes, so that one question carries many files, and
 * keeps only what a table needs. A process that ends while it is looked at was never there; one
 * that cannot be looked at is counted.
 */
#include "collect/proc_scan.h"

#include <errno.h>
#include <stdlib.h>

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/proc_decode.h"

enum {
	BLOCK = 16, /* processes a question: their command lines may be 4 MiB each */
	AHEAD = 3,  /* questions announced besides the one that is asked */
	/* Longer command lines than this in one scan are kept for nobody: the largest QEMU ones are
	 * some 100 KiB, and every local user may start processes with 2 MiB of arguments. */
	MAXIMUM_ARGUMENTS = 2 << 20,
	MAXIMUM_ALL_ARGUMENTS = 16 << 20,
};

/* The requests of one process, in this order. */
enum { STAT, STATUS, COMMAND_LINE, EXE, FILES, N_REQUESTS };

struct walk {
	struct gvnp_source *source;
	struct gvnp_process_scan *scan;
	int64_t boot_time;
	size_t arguments_kept; /* bytes */
	size_t n_unreadable;
	int first_error;
};

static bool has_ended(const struct gvnp_answer *answer)
{
	return answer->error == ENOENT || answer->error == ESRCH;
}

static void add_holder(struct gvnp_process_scan *scan, struct gvnp_slice link)
{
	static const char prefix[] = "socket:[";
	struct gvnp_slice number = { link.text + sizeof prefix - 1, link.size - sizeof prefix };
	uint64_t inode;

	if (!link.size || link.text[link.size - 1] != ']' ||
	    !gvnp_slice_unsigned(number, 10, &inode))
		return;
	scan->holders = gvnp_grow(scan->holders, scan->n_holders);
	/* scan->n is the index the process under way will get */
	scan->holders[scan->n_holders++] = (struct gvnp_socket_holder){ inode, scan->n };
}

static void add_file(struct gvnp_process *process, int64_t descriptor, const char *path)
{
	process->files = gvnp_grow(process->files, process->n_files);
	process->files[process->n_files++] =
		(struct gvnp_process_file){ descriptor, gvnp_duplicate(path) };
	process->holds_kvm_vm |= !strcmp(path, "anon_inode:kvm-vm");
}

/*
 * Whether the links of a process may be read is decided for all of them alike. So when some could
 * be read, the others are descriptors that were closed meanwhile; when none could, one is asked
 * again to learn why.
 */
static int links_error(struct walk *walk, const struct gvnp_process *process,
		       const struct gvnp_answer *files)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *again = NULL;

	for (size_t i = 0; i < files->n_entries; i++)
		if (files->entries[i].link)
			return 0;
	if (!files->n_entries)
		return 0;
	again = gvnp_source_ask_one(walk->source, GVNP_LINK, "/proc/%lld/fd/%s",
				    (long long)process->pid, files->entries[0].name);
	if (has_ended(&again->answers[0]))
		return 0;
	return again->answers[0].error ? again->answers[0].error : ENODATA;
}

static void take_files(struct walk *walk, struct gvnp_process *process, int64_t threads,
		       const struct gvnp_answer *files)
{
	if (process->is_bare) {
		/* A main thread that ended before the others hides the descriptors they share. */
		process->files_error = threads > 1 ? ENODATA : 0;
		return;
	}
	process->files_error = files->error ? files->error : links_error(walk, process, files);
	for (size_t i = 0; !process->files_error && i < files->n_entries; i++) {
		const struct gvnp_entry *entry = &files->entries[i];
		int64_t descriptor;

		if (!entry->link || !gvnp_parse_integer(entry->name, &descriptor))
			continue;
		if (gvnp_text_starts(entry->link, "socket:["))
			add_holder(walk->scan, gvnp_slice(entry->link));
		else if (entry->link[0] == '/' || gvnp_text_starts(entry->link, "anon_inode:"))
			add_file(process, descriptor, entry->link);
	}
}

static void take_arguments(struct walk *walk, struct gvnp_process *process,
			   const struct gvnp_answer *answer)
{
	process->arguments_error = process->is_bare ? 0 : answer->error;
	if (process->arguments_error)
		return;
	if (answer->size > MAXIMUM_ARGUMENTS ||
	    answer->size > MAXIMUM_ALL_ARGUMENTS - walk->arguments_kept) {
		process->arguments_error = GVNP_TOO_LARGE;
		return;
	}
	process->arguments_size = process->is_bare ? 0 : answer->size;
	walk->arguments_kept += process->arguments_size;
	process->arguments = gvnp_duplicate_sized(answer->data, process->arguments_size);
}

static void take_exe(struct gvnp_process *process, const struct gvnp_answer *answer)
{
	if (process->is_bare || answer->error == ENOENT)
		process->exe = gvnp_duplicate("");
	else if (answer->error)
		process->exe_error = answer->error;
	else
		process->exe = gvnp_duplicate_sized(answer->data, answer->size);
}

/* True if the process is still there and readable; then the scan has it. */
static bool take_process(struct walk *walk, int64_t pid, const struct gvnp_answer *answers)
{
	struct gvnp_process_scan *scan = walk->scan;
	struct gvnp_proc_status status;
	struct gvnp_proc_stat stat;

	if (!gvnp_proc_stat_parse(gvnp_collect_bytes(&answers[STAT]), &stat) ||
	    !gvnp_proc_status_parse(gvnp_collect_bytes(&answers[STATUS]), &status))
		return false;
	scan->processes = gvnp_grow(scan->processes, scan->n);
	struct gvnp_process *process = &scan->processes[scan->n];
	*process = (struct gvnp_process){
		.pid = pid,
		.parent = stat.parent,
		.name = gvnp_slice_copy(stat.name),
		.uid = status.uid[1],
		.start = stat.start,
		.started = walk->boot_time + (int64_t)(stat.start / GVNP_PROC_TICKS),
		.is_bare = stat.flags & GVNP_PROC_KERNEL_THREAD || stat.state == 'Z' ||
			   stat.state == 'X',
	};
	take_exe(process, &answers[EXE]);
	take_arguments(walk, process, &answers[COMMAND_LINE]);
	take_files(walk, process, stat.threads, &answers[FILES]);
	scan->n++;
	return true;
}

/* A question about the processes of one block. */
static struct gvnp_batch question_about(const int64_t *pids, size_t n)
{
	struct gvnp_batch batch = { 0 };

	for (size_t i = 0; i < n && i < BLOCK; i++) {
		long long pid = pids[i];

		gvnp_batch_add(&batch, GVNP_READ, "/proc/%lld/stat", pid);
		gvnp_batch_add(&batch, GVNP_READ, "/proc/%lld/status", pid);
		gvnp_batch_add(&batch, GVNP_READ, "/proc/%lld/cmdline", pid);
		gvnp_batch_add(&batch, GVNP_LINK, "/proc/%lld/exe", pid);
		gvnp_batch_add(&batch, GVNP_LIST, "/proc/%lld/fd", pid);
	}
	return batch;
}

static void take_block(struct walk *walk, const int64_t *pids, const struct gvnp_batch *batch)
{
	for (size_t i = 0; i < batch->n / N_REQUESTS; i++) {
		const struct gvnp_answer *answers = gvnp_batch_answer(batch, i * N_REQUESTS);
		bool is_gone = has_ended(&answers[STAT]) || has_ended(&answers[STATUS]) ||
			       has_ended(&answers[FILES]) || has_ended(&answers[COMMAND_LINE]);

		if (is_gone || take_process(walk, pids[i], answers))
			continue;
		if (!walk->n_unreadable++)
			walk->first_error = answers[STAT].error	    ? answers[STAT].error
					    : answers[STATUS].error ? answers[STATUS].error
								    : EBADMSG;
	}
}

static int compare_integers(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static int compare_holders(const void *a, const void *b, void *data)
{
	const struct gvnp_socket_holder *left = a, *right = b;
	const struct gvnp_process *processes = data;
	bool is_left_init = processes[left->process].pid == 1;
	bool is_right_init = processes[right->process].pid == 1;

	if (left->inode != right->inode)
		return left->inode < right->inode ? -1 : 1;
	if (is_left_init != is_right_init)
		return is_left_init ? 1 : -1;
	return (left->process > right->process) - (left->process < right->process);
}

/* The numeric names of /proc, ascending. The caller frees. */
static int64_t *process_ids(const struct gvnp_answer *list, size_t *ret_n)
{
	int64_t *pids = gvnp_allocate_array(list->n_entries + 1, sizeof *pids);
	size_t n = 0;
	uint64_t pid;

	for (size_t i = 0; i < list->n_entries; i++)
		if (gvnp_parse_unsigned(list->entries[i].name, 10, &pid) && pid <= INT32_MAX)
			pids[n++] = (int64_t)pid;
	qsort(pids, n, sizeof *pids, compare_integers);
	*ret_n = n;
	return pids;
}

/* Blocks `first` to `last` of the processes will be asked for. */
static void announce_blocks(struct gvnp_source *source, const int64_t *pids, size_t n, size_t first,
			    size_t last)
{
	for (size_t i = first; i <= last && i * BLOCK < n; i++) {
		_cleanup_batch_ struct gvnp_batch block =
			question_about(pids + i * BLOCK, n - i * BLOCK);

		gvnp_batch_announce(&block, source);
	}
}

/* While one block is decoded, others are being answered. */
static void walk_blocks(struct walk *walk, const int64_t *pids, size_t n)
{
	for (size_t i = 0; i * BLOCK < n; i++) {
		_cleanup_batch_ struct gvnp_batch block =
			question_about(pids + i * BLOCK, n - i * BLOCK);

		announce_blocks(walk->source, pids, n, i ? i + AHEAD : 0, i + AHEAD);
		gvnp_batch_ask(&block, walk->source);
		take_block(walk, pids + i * BLOCK, &block);
	}
}

void gvnp_process_scan_announce(struct gvnp_source *source)
{
	static const struct gvnp_request request = { GVNP_LIST, "/proc" };
	const struct gvnp_answer *list = gvnp_source_peek(source, &request);
	size_t n;

	if (!list || list->error)
		return;
	_cleanup_free_ int64_t *pids = process_ids(list, &n);
	announce_blocks(source, pids, n, 0, AHEAD);
}

static void walk_processes(struct walk *walk, const struct gvnp_answer *list)
{
	struct gvnp_process_scan *scan = walk->scan;
	_cleanup_free_ int64_t *pids = NULL;
	size_t n;

	pids = process_ids(list, &n);
	walk_blocks(walk, pids, n);
	if (scan->n_holders)
		qsort_r(scan->holders, scan->n_holders, sizeof *scan->holders, compare_holders,
			scan->processes);
	if (walk->n_unreadable)
		scan->incompleteness =
			gvnp_format("%zu processes could not be looked at: %s", walk->n_unreadable,
				    gvnp_source_error_name(walk->first_error));
	else if (!n || pids[0] != 1)
		/* Process 1 always exists: proc is mounted with hidepid and shows only our own. */
		scan->incompleteness = gvnp_duplicate("/proc hides the processes of other users");
}

/* Machine names of uname whose processors store the high byte first. */
static bool is_big_endian(const struct gvnp_answer *uname)
{
	static const char *const machines[] = { "s390", "s390x",  "ppc",   "ppc64",
						"mips", "mips64", "sparc", "sparc64" };
	struct gvnp_slice rest = gvnp_collect_bytes(uname), line = { "", 0 };

	/* sysname, release, version, machine: a line each */
	for (int i = 0; i < 4; i++)
		if (!gvnp_slice_next(&rest, '\n', &line))
			return false;
	for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
		if (gvnp_slice_is(line, machines[i]))
			return true;
	return false;
}

void gvnp_process_scan(struct gvnp_source *source, struct gvnp_process_scan *ret)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	size_t list = gvnp_batch_add(&batch, GVNP_LIST, "/proc");
	size_t stat = gvnp_batch_add(&batch, GVNP_READ, "/proc/stat");
	size_t uname = gvnp_batch_add(&batch, GVNP_SYSTEM, "uname");
	struct walk walk = { .source = source, .scan = ret };

	*ret = (struct gvnp_process_scan){ 0 };
	gvnp_batch_ask(&batch, source);
	ret->is_big_endian = is_big_endian(gvnp_batch_answer(&batch, uname));
	if (gvnp_batch_answer(&batch, list)->error)
		ret->problem =
			gvnp_format("/proc: %s",
				    gvnp_source_error_name(gvnp_batch_answer(&batch, list)->error));
	else if (!gvnp_proc_boot_time(gvnp_collect_bytes(gvnp_batch_answer(&batch, stat)),
				      &walk.boot_time))
		ret->problem = gvnp_format("/proc/stat: no time of boot");
	else
		walk_processes(&walk, gvnp_batch_answer(&batch, list));
}

void gvnp_process_scan_done(struct gvnp_process_scan *scan)
{
	for (size_t i = 0; i < scan->n; i++) {
		struct gvnp_process *process = &scan->processes[i];

		for (size_t j = 0; j < process->n_files; j++)
			free(process->files[j].path);
		free(process->files);
		free(process->name);
		free(process->exe);
		free(process->arguments);
	}
	free(scan->processes);
	free(scan->holders);
	free(scan->problem);
	free(scan->incompleteness);
	*scan = (struct gvnp_process_scan){ 0 };
}

const struct gvnp_process *gvnp_process_scan_find(const struct gvnp_process_scan *scan, int64_t pid)
{
	size_t low = 0, high = scan->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (scan->processes[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < scan->n && scan->processes[low].pid == pid ? &scan->processes[low] : NULL;
}

const struct gvnp_process *gvnp_process_scan_holder(const struct gvnp_process_scan *scan,
						    uint64_t inode)
{
	size_t low = 0, high = scan->n_holders;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (scan->holders[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == scan->n_holders || scan->holders[low].inode != inode)
		return NULL;
	return &scan->processes[scan->holders[low].process];
}

bool gvnp_process_scan_has_all_files(const struct gvnp_process_scan *scan)
{
	if (scan->problem || scan->incompleteness)
		return false;
	for (size_t i = 0; i < scan->n; i++)
		if (scan->processes[i].files_error)
			return false;
	return true;
}

struct gvnp_slice gvnp_process_program(const struct gvnp_process *process)
{
	static const char deleted[] = " (deleted)";
	const char *exe = process->exe ? process->exe : "";
	struct gvnp_slice name = gvnp_slice(gvnp_text_base_name(exe));

	if (gvnp_text_ends(exe, deleted) && name.size >= sizeof deleted - 1)
		name.size -= sizeof deleted - 1;
	return name;
}

bool gvnp_process_argument_next(struct gvnp_slice *rest, struct gvnp_slice *ret)
{
	return gvnp_slice_next(rest, '\0', ret);
}
