/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the audit asks of an emulator and of libvirt's daemons it keeps itself: the collector of
 * programs reads ours, as if VMs ran as them, and every shipped check about programs must pass.
 *   test_own_programs PROGRAM…
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "collect/collectors.h"
#include "gvnp/collector.h"
#include "gvnp/evaluate.h"
#include "source/answerer.h"
#include "source/answers.h"
#include "source/range.h"

static const char folder[] = "/usr/libexec/"; /* where they would be installed */

enum { SHIPPED = 7 }; /* checks over programs, at least */

struct own {
	struct gvnp_source source;
	char *const *programs;
	size_t n;
};

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const char *find(const struct own *own, const char *path)
{
	for (size_t i = 0; i < own->n; i++)
		if (gvnp_text_starts(path, folder) &&
		    !strcmp(name_of(path), name_of(own->programs[i])))
			return own->programs[i];
	return NULL;
}

static int read_range(const char *path, const struct gvnp_range *range,
		      struct gvnp_answers *answers, size_t i)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ char *bytes = gvnp_allocate(range->size);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	ssize_t size = pread(fd, bytes, range->size, (off_t)range->offset);
	if (size < 0)
		return -errno;
	status.st_mode = S_IFREG | 0755; /* as it is installed */
	status.st_uid = status.st_gid = 0;
	gvnp_answers_set_metadata(answers, i, &status);
	gvnp_answers_set_data(answers, i, bytes, (size_t)size);
	return 0;
}

static struct gvnp_answers *ask(struct gvnp_source *source, const struct gvnp_request *requests,
				size_t n_requests)
{
	const struct own *own = (const struct own *)source;
	struct gvnp_answers *answers = gvnp_answers_new(n_requests);

	for (size_t i = 0; i < n_requests; i++) {
		struct gvnp_range range;
		const char *path = NULL;
		int error = -ENOENT;

		if (requests[i].operation == GVNP_RANGE &&
		    gvnp_range_parse(requests[i].path, &range))
			path = find(own, range.path);
		if (path)
			error = read_range(path, &range, answers, i);
		if (error)
			gvnp_answers_fail(answers, i, requests[i].path, -error);
	}
	return answers;
}

static void free_own(struct gvnp_source *source)
{
	(void)source;
}

/* Each is an emulator and a daemon of libvirt. */
static void insert(struct gvnp_facts *facts, const char *program, int64_t pid)
{
	_cleanup_free_ char *path = gvnp_format("%s%s", folder, name_of(program));

	gvnp_insert(facts, "qemu_process", gvnp_integer("pid", pid), gvnp_text("domain", ""),
		    gvnp_text("name", name_of(program)), gvnp_text("exe", path),
		    gvnp_integer("exe_inode", 0), gvnp_integer("started", 1),
		    gvnp_integer("is_qemu", 1));
	gvnp_insert(facts, "process", gvnp_integer("pid", pid), gvnp_integer("parent", 1),
		    gvnp_text("name", name_of(program)), gvnp_integer("uid", 0),
		    gvnp_integer("started", 1), gvnp_text("exe", path));
	gvnp_insert(facts, "libvirt_daemon", gvnp_integer("pid", pid),
		    gvnp_text("name", name_of(program)), gvnp_integer("uid", 0),
		    gvnp_integer("started", 1), gvnp_integer("listens", 0),
		    gvnp_integer("is_exe_deleted", 0), gvnp_text("config", ""));
}

static bool is_about_programs(const struct gvnp_result *result)
{
	return result->tables && result->tables[0] && !result->tables[1] &&
	       gvnp_text_ends(result->tables[0], "_program");
}

static void print(const struct gvnp_result *result)
{
	printf("%s: %s %s\n", gvnp_verdict_name(result->verdict), result->check->id,
	       result->problem);
	for (size_t i = 0; i < result->n_subjects; i++)
		if (result->subjects[i].verdict != GVNP_PASS)
			printf("  %s: %s %s\n", result->subjects[i].subject,
			       gvnp_verdict_name(result->subjects[i].verdict),
			       result->subjects[i].problem);
}

int main(int n, char **arguments)
{
	struct own own = { { .ask = ask, .free = free_own }, arguments + 1, (size_t)n - 1 };
	struct gvnp_problems problems = { 0 };
	_cleanup_(gvnp_catalogue_freep) struct gvnp_catalogue *catalogue = NULL;
	_cleanup_(gvnp_results_freep) struct gvnp_results *results = NULL;
	struct gvnp_names names = { 0 };
	size_t n_passed = 0, n_others = 0;

	if (n < 2 || gvnp_catalogue_load(GVNP_CHECKS, &problems, &catalogue))
		return 2;
	struct gvnp_facts *facts = gvnp_facts_new();
	for (size_t i = 0; i < own.n; i++)
		insert(facts, own.programs[i], (int64_t)i + 1);
	gvnp_collector_program.collect(&(struct gvnp_collection){ &own.source, facts, &names });
	results = gvnp_evaluate(facts, catalogue);
	for (size_t i = 0; i < results->n; i++) {
		const struct gvnp_result *result = &results->results[i];

		if (!is_about_programs(result))
			continue;
		print(result);
		if (result->verdict == GVNP_PASS && result->n_subjects == own.n)
			n_passed++;
		else
			n_others++;
	}
	printf("%zu checks about programs pass for all of %zu, %zu do not\n", n_passed, own.n,
	       n_others);
	gvnp_facts_free(facts);
	return n_others || n_passed < SHIPPED;
}
