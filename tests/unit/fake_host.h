/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host made of the bytes a test writes down: what is not written down does not exist (ENOENT).
 * Collectors run on it unchanged, and the test looks at the rows.
 */
#ifndef GVNP_TESTS_FAKE_HOST_H
#define GVNP_TESTS_FAKE_HOST_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "collect/collectors.h"
#include "facts/store.h"
#include "source/answerer.h"
#include "source/answers.h"

struct fake_file {
	enum gvnp_operation operation;
	const char *path;
	/* of a list: one name a line, "name/" a folder, "name=" a socket, "name -> target" a
	 * link; of an error: its words */
	const char *data;
	size_t size; /* 0: up to the NUL */
	int error;
	enum gvnp_file_type type;
	uint32_t major, minor; /* of the device, or of the file system */
	mode_t mode;
	uid_t uid;
	gid_t gid;
	uint64_t inode;
	int64_t modified;
};

struct fake_host {
	struct gvnp_source source;
	const struct fake_file *files;
	size_t n_files;
	struct gvnp_facts *facts;
	struct gvnp_names names;
};

static inline void fake_list(struct gvnp_answers *answers, size_t i, const char *data)
{
	struct gvnp_slice rest = gvnp_slice(data ? data : ""), line;
	struct gvnp_entry *entries = gvnp_answers_allocate(answers, 256 * sizeof *entries);
	size_t n = 0;

	for (; n < 256 && gvnp_slice_next(&rest, '\n', &line); n++) {
		char *name = (char *)(uintptr_t)gvnp_answers_copy(answers, line.text, line.size);
		char *arrow = strstr(name, " -> ");

		entries[n] = (struct gvnp_entry){ .name = name, .type = GVNP_TYPE_REGULAR };
		if (arrow) {
			*arrow = '\0';
			entries[n].type = GVNP_TYPE_LINK;
			entries[n].link = arrow + strlen(" -> ");
		} else if (gvnp_text_ends(name, "/")) {
			name[strlen(name) - 1] = '\0';
			entries[n].type = GVNP_TYPE_DIRECTORY;
		} else if (gvnp_text_ends(name, "=")) {
			name[strlen(name) - 1] = '\0';
			entries[n].type = GVNP_TYPE_SOCKET;
		}
	}
	answers->answers[i].entries = entries;
	answers->answers[i].n_entries = n;
}

static inline struct gvnp_answers *fake_ask(struct gvnp_source *source,
					    const struct gvnp_request *requests, size_t n_requests)
{
	struct fake_host *host = (struct fake_host *)source;
	struct gvnp_answers *answers = gvnp_answers_new(n_requests);

	for (size_t i = 0; i < n_requests; i++) {
		const struct fake_file *file = NULL;

		for (size_t k = 0; k < host->n_files; k++)
			if (host->files[k].operation == requests[i].operation &&
			    !strcmp(host->files[k].path, requests[i].path))
				file = &host->files[k];
		if (!gvnp_collect_declares(requests[i].operation, requests[i].path))
			fail_msg("%s was not declared", requests[i].path);
		if (!file || file->error) {
			if (file && file->data)
				gvnp_answers_fail_because(answers, i, file->error, "%s", file->data);
			else
				gvnp_answers_fail(answers, i, requests[i].path,
						  file ? file->error
						  : requests[i].operation == GVNP_SECCOMP
							  ? GVNP_NOT_ASKED
							  : ENOENT);
			continue;
		}
		answers->answers[i].type = file->type;
		answers->answers[i].mode = file->mode;
		answers->answers[i].uid = file->uid;
		answers->answers[i].gid = file->gid;
		answers->answers[i].inode = file->inode;
		answers->answers[i].rdev_major = answers->answers[i].device_major = file->major;
		answers->answers[i].rdev_minor = answers->answers[i].device_minor = file->minor;
		answers->answers[i].modified = file->modified;
		if (file->operation == GVNP_LIST)
			fake_list(answers, i, file->data);
		else if (file->data)
			gvnp_answers_set_data(answers, i, file->data,
					      file->size ? file->size : strlen(file->data));
	}
	return answers;
}

static inline void fake_free(struct gvnp_source *source)
{
	(void)source;
}

static inline void fake_host_done(struct fake_host *host)
{
	gvnp_facts_free(host->facts);
}

/* Runs one collector on the files, with nothing asked for by name but `names`. */
static inline void fake_collect(struct fake_host *host, const struct gvnp_collector *collector)
{
	host->source = (struct gvnp_source){ .ask = fake_ask, .free = fake_free };
	if (!host->facts)
		host->facts = gvnp_facts_new();
	struct gvnp_collection collection = { &host->source, host->facts, &host->names };

	collector->collect(&collection);
}

/* The rows of a query as text: columns joined with '|', rows with '\n', NULL as "NULL". */
static inline char *fake_rows(struct fake_host *host, const char *sql)
{
	_cleanup_buffer_ struct gvnp_buffer rows = { 0 };
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(gvnp_facts_database(host->facts), sql, -1, &statement, NULL) !=
	    SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(gvnp_facts_database(host->facts)));
	while (sqlite3_step(statement) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(statement); i++) {
			const char *text = (const char *)sqlite3_column_text(statement, i);

			gvnp_buffer_append_format(&rows, "%s%s", i ? "|" : "",
						  text ? text : "NULL");
		}
		gvnp_buffer_append_text(&rows, "\n");
	}
	sqlite3_finalize(statement);
	return rows.data ? gvnp_buffer_take(&rows) : gvnp_duplicate("");
}

#define assert_rows(host, sql, expected)                                                           \
	do {                                                                                       \
		_cleanup_free_ char *rows_ = fake_rows((host), (sql));                             \
		assert_string_equal(rows_, (expected));                                            \
	} while (0)

#define FAKE_HOST(name, list)                                                                      \
	_cleanup_(fake_host_done) struct fake_host name = {                                        \
		.files = (list), .n_files = sizeof(list) / sizeof *(list)                          \
	}

#define READ(path_, data_)                                                                         \
	{                                                                                          \
		.operation = GVNP_READ, .path = (path_), .data = (data_)                           \
	}
#define REFUSED(operation_, path_, error_)                                                         \
	{                                                                                          \
		.operation = (operation_), .path = (path_), .error = (error_)                      \
	}
#define LIST(path_, data_)                                                                         \
	{                                                                                          \
		.operation = GVNP_LIST, .path = (path_), .data = (data_)                           \
	}
#define LINK(path_, data_)                                                                         \
	{                                                                                          \
		.operation = GVNP_LINK, .path = (path_), .data = (data_)                           \
	}
#define THERE(path_)                                                                               \
	{                                                                                          \
		.operation = GVNP_STAT, .path = (path_)                                            \
	}

#endif
