/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Redacting: two passes over the messages of a recording. The first learns the names, the second
 * writes every message anew. A pure function of the bytes, so that it is the same for a host just
 * recorded and for a recording of last year. What is not text stays as it is.
 */
#include "source/redact.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "source/answerer.h"
#include "source/answers.h"
#include "source/recording.h"
#include "source/redact_image.h"
#include "source/redact_learn.h"
#include "source/redact_names.h"
#include "source/redact_netlink.h"
#include "source/redact_scan.h"
#include "source/redact_settings.h"

struct redaction {
	struct gvnp_redact_names *names;
	struct gvnp_recording *recording;
	bool is_second; /* names are known, now paths and serials */
};

/* Formats whose bytes are not text; what a VM may choose (arguments, XML) is never among them. */
static bool is_binary(const struct gvnp_request *request, const struct gvnp_answer *answer)
{
	static const char *const places[] = { "/sys/firmware/efi/efivars/*",
					      "/sys/kernel/security/*/binary_bios_measurements",
					      "/sys/firmware/acpi/tables/*",
					      "/sys/fs/cgroup/**/devices.list" };
	static const char *const heads[] = { "\x1f\x8b", "\x7f"
							 "ELF" };

	if (request->operation == GVNP_SECCOMP)
		return true;
	if (request->operation != GVNP_READ || gvnp_text_ends(request->path, "/cmdline"))
		return false;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (gvnp_text_matches(places[i], request->path))
			return true;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (answer->size >= strlen(heads[i]) &&
		    !memcmp(answer->data, heads[i], strlen(heads[i])))
			return true;
	return false;
}

static bool is_sockets(const char *path)
{
	static const char *const patterns[] = { "/proc/*/net/tcp", "/proc/*/net/tcp6",
						"/proc/*/net/udp", "/proc/*/net/udp6",
						"/proc/*/net/raw", "/proc/*/net/raw6" };

	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		if (gvnp_text_matches(patterns[i], path))
			return true;
	return false;
}

/* A text redacted, in memory of the answers. */
static const char *redact(const struct redaction *redaction, struct gvnp_answers *arena,
			  const char *place, const char *text, bool is_entry)
{
	_cleanup_buffer_ struct gvnp_buffer out = { 0 };
	struct gvnp_redact_text whole = { place, text, strlen(text), is_entry };

	gvnp_redact_scan(redaction->names, &whole, &out);
	return gvnp_answers_copy(arena, gvnp_buffer_text(&out), out.size);
}

static void redact_data(const struct redaction *redaction, const struct gvnp_request *request,
			const struct gvnp_answer *answer, struct gvnp_buffer *out)
{
	_cleanup_buffer_ struct gvnp_buffer plain = { 0 };
	struct gvnp_slice data = { answer->data, answer->size };

	if (request->operation == GVNP_RANGE) {
		gvnp_redact_image(redaction->names, request, data, out);
		return;
	}
	if (is_binary(request, answer)) {
		gvnp_buffer_append(out, data.text, data.size);
		return;
	}
	if (request->operation == GVNP_SYSTEM && gvnp_redact_is_netlink(request->path)) {
		gvnp_redact_netlink(redaction->names, request->path, data, out);
		return;
	}
	if (is_sockets(request->path)) {
		gvnp_redact_scan_sockets(redaction->names, data, out);
		return;
	}
	if (request->operation == GVNP_LIBVIRT && gvnp_text_ends(request->path, "xml")) {
		gvnp_redact_replace_prose(redaction->names, data, &plain);
		data = (struct gvnp_slice){ gvnp_buffer_text(&plain), plain.size };
	}
	if (request->operation == GVNP_READ && gvnp_redact_is_cloud(request->path)) {
		gvnp_redact_cloud(data, &plain);
		data = (struct gvnp_slice){ gvnp_buffer_text(&plain), plain.size };
	}
	struct gvnp_redact_text text = { request->path, data.text, data.size, false };
	gvnp_redact_scan(redaction->names, &text, out);
}

static int by_name(const void *a, const void *b)
{
	const struct gvnp_entry *first = a, *second = b;

	return strcmp(first->name, second->name);
}

/* A listing is sorted by name, so it is sorted again. */
static const struct gvnp_entry *redact_entries(const struct redaction *redaction,
					       struct gvnp_answers *arena, const char *place,
					       const struct gvnp_answer *answer)
{
	struct gvnp_entry *entries =
		gvnp_answers_allocate(arena, answer->n_entries * sizeof *entries);

	for (size_t i = 0; i < answer->n_entries; i++) {
		const struct gvnp_entry *entry = &answer->entries[i];

		entries[i] = *entry;
		entries[i].name = redact(redaction, arena, place, entry->name, true);
		if (entry->link)
			entries[i].link = redact(redaction, arena, place, entry->link, false);
	}
	if (answer->n_entries)
		qsort(entries, answer->n_entries, sizeof *entries, by_name);
	return entries;
}

static void learn(void *data, const struct gvnp_request *request, const struct gvnp_answer *answer)
{
	const struct redaction *redaction = data;

	if (redaction->is_second)
		gvnp_redact_learn_paths(redaction->names, request, answer);
	else
		gvnp_redact_learn_names(redaction->names, request, answer);
}

/* What the kernel calls its own settings and modules, however a VM's image is called. */
static bool is_kernels_own(const char *path)
{
	static const char *const patterns[] = { "/proc/sys/kernel/**", "/proc/sys/vm/**",
						"/proc/sys/fs/**",     "/proc/sys/dev/**",
						"/proc/sys/user/**",   "/proc/sys/net/core/**",
						"/sys/module/**",      "/sys/kernel/mm/**",
						"/sys/devices/system/**" };

	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		if (gvnp_text_matches(patterns[i], path))
			return true;
	return false;
}

static void write_message(void *data, const struct gvnp_request *request,
			  const struct gvnp_answer *answer)
{
	const struct redaction *redaction = data;
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *arena = gvnp_answers_new(0);
	_cleanup_buffer_ struct gvnp_buffer content = { 0 };
	struct gvnp_request asked = *request;
	struct gvnp_answer redacted = *answer;

	if (!is_kernels_own(request->path))
		asked.path = redact(redaction, arena, request->path, request->path, false);
	redacted.problem = redact(redaction, arena, request->path, answer->problem, false);
	if (answer->n_entries) {
		redacted.entries = redact_entries(redaction, arena, request->path, answer);
	} else {
		redact_data(redaction, request, answer, &content);
		redacted.data = gvnp_buffer_text(&content);
		redacted.size = content.size;
	}
	gvnp_recording_add(redaction->recording, &asked, &redacted);
}

int gvnp_redact(const struct gvnp_buffer *tar, bool is_cautious, struct gvnp_recording **ret,
		char **ret_problem)
{
	struct redaction redaction = { .names = gvnp_redact_names_new(is_cautious),
				       .recording = gvnp_recording_new() };
	char *problem = gvnp_recorded_walk(tar, learn, &redaction);

	redaction.is_second = true;
	if (!problem)
		problem = gvnp_recorded_walk(tar, learn, &redaction);
	if (!problem)
		problem = gvnp_recorded_walk(tar, write_message, &redaction);
	if (!problem && gvnp_redact_is_full(redaction.names))
		problem = gvnp_duplicate("more names than can be replaced");
	gvnp_redact_names_free(redaction.names);
	if (problem) {
		gvnp_recording_free(redaction.recording);
		*ret_problem = problem;
		return -EINVAL;
	}
	*ret = redaction.recording;
	return 0;
}
