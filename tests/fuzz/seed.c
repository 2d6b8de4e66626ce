/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First inputs from a recorded host: for each collector the answers it asked for, and for the whole
 * host all of them, as documents; of other targets the bytes themselves.
 *   seed SNAPSHOT FOLDER    writes FOLDER/TARGET/HOST-NAME
 *   seed targets            names all targets
 * Processes other than a few are left out, or the documents
 * would be too long to be changed byte by byte.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "document.h"
#include "facts/store.h"
#include "gvnp/check.h"
#include "gvnp/evaluate.h"
#include "source/message.h"
#include "target.h"

enum { CONTENT = 3000, DOCUMENT = 96 * 1024, PIDS = 8 };

static struct {
	const char *folder, *host;
	uint64_t pids[PIDS]; /* those that stay, besides process 1 */
	size_t n_pids;
	size_t n_members;
} seed;

static void write_input(const char *target, const char *name, const void *bytes, size_t size)
{
	_cleanup_free_ char *folder = gvnp_format("%s/%s", seed.folder, target);
	_cleanup_free_ char *path = gvnp_format("%s/%s-%s", folder, seed.host, name);

	mkdir(seed.folder, 0777);
	mkdir(folder, 0777);
	FILE *file = fopen(path, "w");
	if (!file || fwrite(bytes, 1, size, file) != size || fclose(file)) {
		perror(path);
		exit(1);
	}
}

/* /proc/PID/… of a process that is left out. */
static bool is_left_out(const char *path)
{
	struct gvnp_slice rest = gvnp_slice(path), word;
	uint64_t pid;

	if (!gvnp_text_starts(path, "/proc/"))
		return false;
	rest.text += strlen("/proc/");
	rest.size -= strlen("/proc/");
	if (!gvnp_slice_next(&rest, '/', &word) || !gvnp_slice_unsigned(word, 10, &pid) || pid == 1)
		return false;
	for (size_t i = 0; i < seed.n_pids; i++)
		if (seed.pids[i] == pid)
			return false;
	return true;
}

static void append(void *data, const struct gvnp_request *request, const struct gvnp_answer *answer)
{
	struct gvnp_buffer *document = data;

	if (document->size < DOCUMENT && !is_left_out(request->path))
		fuzz_document_append(document, request, answer, CONTENT);
}

/* Emulators and daemons of libvirt are what is of interest. */
static void choose_pids(void *data, const struct gvnp_request *request,
			const struct gvnp_answer *answer)
{
	struct gvnp_slice rest = gvnp_slice(request->path), word;
	uint64_t pid;

	(void)data;
	if (seed.n_pids == PIDS || !gvnp_text_ends(request->path, "/cmdline") ||
	    (!memmem(answer->data, answer->size, "qemu-system", 11) &&
	     !memmem(answer->data, answer->size, "libvirtd", 8)))
		return;
	for (int i = 0; i < 3; i++)
		if (!gvnp_slice_next(&rest, '/', &word))
			return;
	if (gvnp_slice_unsigned(word, 10, &pid))
		seed.pids[seed.n_pids++] = pid;
}

static const char *const plain[][2] = {
	/* ends of paths, and the targets whose decoders read them */
	{ "/cmdline", "qemu-argument" },
	{ "/cmdline", "proc" },
	{ "/status", "proc" },
	{ "/stat", "proc" },
	{ "/smaps", "proc" },
	{ "/cgroup", "proc" },
	{ "/limits", "proc" },
	{ "/attr/current", "proc" },
	{ "/mountinfo", "mount" },
	{ "/net/tcp", "net" },
	{ "/net/tcp6", "net" },
	{ "/net/udp", "net" },
	{ "/net/unix", "net" },
	{ "/proc/cpuinfo", "cpu" },
	{ "/online", "cpu" },
	{ "/smt", "cpu" },
	{ "/etc/passwd", "user" },
	{ "/etc/group", "user" },
	{ "qemu.conf", "libvirt-config" },
	{ "virtlogd.conf", "libvirt-config" },
	{ "libvirtd.conf", "libvirt-config" },
	{ "/xml", "xml" },
	{ "capabilities", "xml" },
	{ "declaration.yaml", "declaration" },
	{ "/osrelease", "version" },
};

static void write_plain(void *data, const struct gvnp_request *request,
			const struct gvnp_answer *answer)
{
	_cleanup_buffer_ struct gvnp_buffer frame = { 0 }, asked = { 0 };
	_cleanup_free_ char *name = gvnp_format("%zu", ++seed.n_members);

	(void)data;
	for (size_t i = 0; !answer->error && i < sizeof plain / sizeof *plain; i++)
		if (gvnp_text_ends(request->path, plain[i][0]) && answer->size < 32768)
			write_input(plain[i][1], name, answer->data, answer->size);
	if (seed.n_members % 16 || answer->size > 4096)
		return;
	gvnp_message_append_request(&asked, (uint32_t)seed.n_members, request);
	write_input("message-request", name, asked.data, asked.size);
	gvnp_message_append_answer(&frame, (uint32_t)seed.n_members,
				   seed.n_members % 32 ? request : NULL, answer);
	write_input("message-answer", name, frame.data, frame.size);
}

/* What libvirt said, as its reader pushes it. */
static void append_frame(void *data, const struct gvnp_request *request,
			 const struct gvnp_answer *answer)
{
	if (request->operation == GVNP_LIBVIRT && answer->size < 8192)
		gvnp_message_append_answer(data, 0, request, answer);
}

static struct gvnp_source *open_host(const char *snapshot)
{
	struct gvnp_source *source;
	char *problem;

	if (gvnp_source_new_recorded(snapshot, &source, &problem)) {
		fprintf(stderr, "%s: %s\n", snapshot, problem);
		exit(1);
	}
	return source;
}

/* Runs what `collector` asks, or all of them. */
static void observe(const char *snapshot, const struct gvnp_collector *collector,
		    void (*observer)(void *data, const struct gvnp_request *request,
				     const struct gvnp_answer *answer),
		    void *data)
{
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = open_host(snapshot);
	struct gvnp_collection collection = { source, fuzz_facts(), &fuzz_catalogue()->names };

	gvnp_source_observe(source, observer, data);
	if (collector)
		collector->collect(&collection);
	else
		gvnp_collect(&collection);
}

static int list_targets(void)
{
	for (const struct fuzz_target *target = fuzz_targets; target->name; target++)
		puts(target->name);
	for (const struct gvnp_collector *const *collector = gvnp_collectors; *collector;
	     collector++)
		printf("collect-%s\n", (*collector)->name);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct gvnp_request end = { GVNP_LIBVIRT, "" };
	static const struct gvnp_answer none = { .problem = "", .data = "" };
	_cleanup_buffer_ struct gvnp_buffer all = { 0 }, pushed = { 0 };

	if (argc == 2 && !strcmp(argv[1], "targets"))
		return list_targets();
	if (argc != 3) {
		fprintf(stderr, "seed SNAPSHOT FOLDER\nseed targets\n");
		return 2;
	}
	_cleanup_free_ char *folder =
		gvnp_duplicate_sized(argv[1], (size_t)(gvnp_text_base_name(argv[1]) - argv[1] - 1));
	seed.folder = argv[2];
	seed.host = gvnp_text_base_name(folder);
	observe(argv[1], NULL, choose_pids, NULL);
	for (const struct gvnp_collector *const *collector = gvnp_collectors; *collector;
	     collector++) {
		_cleanup_buffer_ struct gvnp_buffer document = { 0 };
		_cleanup_free_ char *target = gvnp_format("collect-%s", (*collector)->name);

		observe(argv[1], *collector, append, &document);
		write_input(target, "all", document.data, document.size);
	}
	observe(argv[1], NULL, append, &all);
	write_input("host", "all", all.data, all.size);
	write_input("redact", "all", all.data, all.size);
	observe(argv[1], NULL, write_plain, NULL);
	observe(argv[1], NULL, append_frame, &pushed);
	gvnp_message_append_answer(&pushed, 0, &end, &none);
	write_input("libvirt-answer", "all", pushed.data, pushed.size);
	return 0;
}
