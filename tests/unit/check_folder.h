/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of checks in /tmp, made of the texts a test writes down. */
#ifndef GVNP_TESTS_CHECK_FOLDER_H
#define GVNP_TESTS_CHECK_FOLDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "gvnp/check.h"

static const char requirements[] = "req-1:\n"
				   "  specification: TR 33.818\n"
				   "  version: 17.1.0\n"
				   "  status: study\n"
				   "  clause: 5.2.5.6.7.4\n"
				   "  title: VM escape\n"
				   "  gvnp: [2, 3]\n"
				   "  test: TC_X\n"
				   "  alias: [TC X]\n"
				   "  junit: test_x\n"
				   "  claim: precondition\n"
				   "  threat: [vm-escape]\n"
				   "  provenance: seen\n"
				   "  text: |\n"
				   "    What is wanted.\n"
				   "  owed: [try it]\n";

static const char threats[] = "vm-escape:\n"
			      "  title: Escape\n"
			      "  source: TR 33.818\n"
			      "  provenance: seen\n"
			      "  category: tampering\n"
			      "  text: Out of the VM.\n";

#define HEAD                                                                                       \
	"title: No VM has a floppy controller\n"                                                   \
	"severity: high\n"                                                                         \
	"claim: precondition\n"                                                                    \
	"requirement: [req-1]\n"                                                                   \
	"threat: [vm-escape]\n"
#define TAIL                                                                                       \
	"rationale: Why.\n"                                                                        \
	"remediation: How.\n"

struct folder {
	char path[64];
	struct gvnp_problems problems;
	char *rendered;
};

static inline void folder_new(struct folder *folder)
{
	static const char *const areas[] = { "isolation", "escape", "hardware", "management" };

	*folder = (struct folder){ .path = "/tmp/gvnp-test-XXXXXX" };
	assert_non_null(mkdtemp(folder->path));
	for (size_t i = 0; i < 4; i++) {
		_cleanup_free_ char *path = gvnp_format("%s/%s", folder->path, areas[i]);

		assert_int_equal(mkdir(path, 0700), 0);
	}
}

static inline void folder_write(const struct folder *folder, const char *name, const char *text)
{
	_cleanup_free_ char *path = gvnp_format("%s/%s", folder->path, name);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fputs(text, file) >= 0, 1);
	assert_int_equal(fclose(file), 0);
}

static inline void remove_file(const struct folder *folder, const char *name)
{
	_cleanup_free_ char *path = gvnp_format("%s/%s", folder->path, name);

	remove(path);
}

static inline void folder_done(struct folder *folder)
{
	static const char *const names[] = {
		"requirements.yaml",
		"threats.yaml",
		"escape/escape-a.yaml",
		"escape/escape-b.yaml",
		"escape/note.txt",
		"escape/floppy.yaml",
		"escape/escape-B.yaml",
		"site-x.yaml",
		"isolation",
		"escape",
		"hardware",
		"management",
		"",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		remove_file(folder, names[i]);
	gvnp_problems_done(&folder->problems);
	free(folder->rendered);
}

#define FOLDER(name)                                                                               \
	_cleanup_(folder_done) struct folder name;                                                 \
	folder_new(&name);                                                                         \
	folder_write(&name, "requirements.yaml", requirements);                                    \
	folder_write(&name, "threats.yaml", threats)

/* The problems, a line each, without the folder. */
static inline const char *render(struct folder *folder)
{
	struct gvnp_buffer text = { 0 };

	for (size_t i = 0; i < folder->problems.n; i++) {
		const struct gvnp_problem *problem = &folder->problems.problems[i];
		const char *file = problem->file;

		if (gvnp_text_starts(file, folder->path))
			file += strlen(folder->path) + 1;
		gvnp_buffer_append_format(&text, "%s:%d: %s\n", file, problem->line, problem->text);
	}
	free(folder->rendered);
	folder->rendered = gvnp_buffer_take(&text);
	gvnp_problems_done(&folder->problems);
	return folder->rendered;
}

#endif
