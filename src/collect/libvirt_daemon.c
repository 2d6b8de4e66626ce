/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which libvirt daemons run, and how they were started. Their options are getopt's
 * (remote_daemon.c, log_daemon.c, lock_daemon.c of libvirt): short ones may be joined, long ones
 * may be shortened.
 */
#include "collect/libvirt_daemon.h"

#include <stdio.h>

#include "collect/collect.h"
#include "collect/proc_scan.h"
#include "collect/qemu_memory.h"

bool gvnp_libvirt_daemon_is_name(struct gvnp_slice name)
{
	static const char *const names[] = {
		"libvirtd",   "virtbhyved", "virtchd",	    "virtinterfaced", "virtlockd",
		"virtlogd",   "virtlxcd",   "virtnetworkd", "virtnodedevd",   "virtnwfilterd",
		"virtproxyd", "virtqemud",  "virtsecretd",  "virtstoraged",   "virtvboxd",
		"virtvzd",    "virtxend",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (gvnp_slice_is(name, names[i]))
			return true;
	return false;
}

/* No name is longer than the 15 bytes of comm. */
static struct gvnp_slice daemon_name(const struct gvnp_process *process)
{
	return process->exe ? gvnp_process_program(process) : gvnp_slice(process->name);
}

bool gvnp_libvirt_daemon_is(const struct gvnp_process *process)
{
	return !process->is_bare && gvnp_libvirt_daemon_is_name(daemon_name(process));
}

/* "-dl", "-lf PATH", "-fPATH": returns true when the next argument is the path of -f. */
static bool parse_short(struct gvnp_slice word, struct gvnp_libvirt_daemon_arguments *ret,
			bool *ret_skips_next)
{
	*ret_skips_next = false;
	for (size_t i = 1; i < word.size; i++) {
		bool has_value = word.text[i] == 'f' || word.text[i] == 'p' || word.text[i] == 't';
		struct gvnp_slice rest = { word.text + i + 1, word.size - i - 1 };

		if (word.text[i] == 'l')
			ret->listens = true;
		if (!has_value)
			continue;
		if (word.text[i] == 'f' && rest.size)
			ret->config = rest;
		*ret_skips_next = !rest.size;
		return word.text[i] == 'f' && !rest.size;
	}
	return false;
}

/* True if `word` is `option` or an abbreviation of it of at least `least` bytes. */
static bool is_option(struct gvnp_slice word, const char *option, size_t least)
{
	return word.size >= least && word.size <= strlen(option) &&
	       !memcmp(word.text, option, word.size);
}

/* "--listen", "--config=PATH", "--config PATH" */
static bool parse_long(struct gvnp_slice word, struct gvnp_libvirt_daemon_arguments *ret,
		       bool *ret_skips_next)
{
	struct gvnp_slice name = { word.text + 2, word.size - 2 }, value = { "", 0 };
	bool has_value = gvnp_slice_split(name, '=', &name, &value);
	bool is_config = is_option(name, "config", 1);

	if (is_option(name, "listen", 1))
		ret->listens = true;
	if (is_config && has_value)
		ret->config = value;
	*ret_skips_next = !has_value && (is_config || is_option(name, "timeout", 1) ||
					 is_option(name, "pid-file", 1));
	return is_config && !has_value;
}

void gvnp_libvirt_daemon_parse(struct gvnp_slice arguments,
			       struct gvnp_libvirt_daemon_arguments *ret)
{
	struct gvnp_libvirt_daemon_arguments parsed = { .config = { "", 0 } };
	struct gvnp_slice word;

	gvnp_process_argument_next(&arguments, &word); /* argv[0] */
	while (gvnp_process_argument_next(&arguments, &word)) {
		bool skips_next = false, is_config = false;

		if (gvnp_slice_is(word, "--"))
			break;
		if (gvnp_slice_starts(word, "--"))
			is_config = parse_long(word, &parsed, &skips_next);
		else if (gvnp_slice_starts(word, "-"))
			is_config = parse_short(word, &parsed, &skips_next);
		if (skips_next && gvnp_process_argument_next(&arguments, &word) && is_config)
			parsed.config = word;
	}
	*ret = parsed;
}

static void insert_daemon(struct gvnp_facts *facts, const struct gvnp_process *process)
{
	struct gvnp_libvirt_daemon_arguments arguments;
	struct gvnp_slice name = daemon_name(process);

	if (!process->arguments) {
		gvnp_facts_hole(facts, "libvirt_daemon", "", "", "/proc/%lld/cmdline: %s",
				(long long)process->pid,
				gvnp_source_error_name(process->arguments_error));
		return;
	}
	gvnp_libvirt_daemon_parse(
		(struct gvnp_slice){ process->arguments, process->arguments_size }, &arguments);
	gvnp_insert(facts, "libvirt_daemon", gvnp_integer("pid", process->pid),
		    gvnp_text_slice("name", name), gvnp_integer("uid", (int64_t)process->uid),
		    gvnp_integer("started", process->started),
		    gvnp_integer("listens", arguments.listens),
		    gvnp_maybe("is_exe_deleted", process->exe,
			       process->exe && gvnp_text_ends(process->exe, " (deleted)")),
		    gvnp_text_slice("config", arguments.config));
}

/* A child that has not yet become another program (a hook, a helper) is not a daemon of its own. */
static bool is_forked(const struct gvnp_process_scan *scan, const struct gvnp_process *process)
{
	const struct gvnp_process *parent = gvnp_process_scan_find(scan, process->parent);

	return parent && gvnp_libvirt_daemon_is(parent);
}

/* Each path once: a library has two or three mappings that can run, one after the other. */
static void insert_stale(struct gvnp_facts *facts, const struct gvnp_process *process,
			 const struct gvnp_answer *maps)
{
	struct gvnp_slice rest = gvnp_collect_bytes(maps), path, last = { "", 0 };
	struct gvnp_slice exe = gvnp_slice(process->exe ? process->exe : "");

	while (gvnp_mapping_next_stale(&rest, &path)) {
		bool is_exe = exe.size > path.size && !memcmp(exe.text, path.text, path.size) &&
			      gvnp_text_ends(process->exe, " (deleted)") &&
			      exe.size == path.size + strlen(" (deleted)");

		if (is_exe || (path.size == last.size && !memcmp(path.text, last.text, path.size)))
			continue;
		gvnp_insert(facts, "libvirt_daemon_stale_file", gvnp_integer("pid", process->pid),
			    gvnp_text_slice("path", path));
		last = path;
	}
}

static void collect_stale(const struct gvnp_collection *collection,
			  const struct gvnp_process_scan *scan)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	size_t next = 0;

	for (size_t i = 0; i < scan->n; i++)
		if (gvnp_libvirt_daemon_is(&scan->processes[i]) &&
		    !is_forked(scan, &scan->processes[i]))
			gvnp_batch_add(&batch, GVNP_READ, "/proc/%lld/maps",
				       (long long)scan->processes[i].pid);
	if (batch.n)
		gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < scan->n; i++) {
		const struct gvnp_process *process = &scan->processes[i];
		char object[24];

		if (!gvnp_libvirt_daemon_is(process) || is_forked(scan, process))
			continue;
		snprintf(object, sizeof object, "%lld", (long long)process->pid);
		if (!gvnp_collect_bytes(gvnp_batch_answer(&batch, next)).size)
			gvnp_batch_hole(&batch, next, collection->facts,
					"libvirt_daemon_stale_file", "", object);
		insert_stale(collection->facts, process, gvnp_batch_answer(&batch, next++));
	}
}

void gvnp_libvirt_daemon_collect(const struct gvnp_collection *collection,
				 const struct gvnp_process_scan *scan)
{
	for (size_t i = 0; i < scan->n; i++) {
		const struct gvnp_process *process = &scan->processes[i];

		if (gvnp_libvirt_daemon_is(process) && !is_forked(scan, process))
			insert_daemon(collection->facts, process);
	}
	if (scan->incompleteness)
		gvnp_facts_hole(collection->facts, "libvirt_daemon", "", "", "%s",
				scan->incompleteness);
	gvnp_facts_collected(collection->facts, "libvirt_daemon");
	collect_stale(collection, scan);
	if (scan->incompleteness)
		gvnp_facts_hole(collection->facts, "libvirt_daemon_stale_file", "", "", "%s",
				scan->incompleteness);
	gvnp_facts_collected(collection->facts, "libvirt_daemon_stale_file");
}
