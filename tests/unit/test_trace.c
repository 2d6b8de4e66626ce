/* SPDX-License-Identifier: Apache-2.0 */
/* The trace that the tool ran: what is digested, and the rows a query gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "facts/store.h"
#include "verbs/trace.h"

static void observe(struct gvnp_trace *trace, const char *path, const char *data, int error)
{
	struct gvnp_request request = { .operation = GVNP_READ, .path = (char *)path };
	struct gvnp_answer answer = { .error = error, .data = (char *)data, .size = strlen(data) };

	gvnp_trace_observe(trace, &request, &answer);
}

/* The path of a file may hold anything, and it stands before the other parts of the line. */
static void what_was_asked_comes_back_as_rows(void **state)
{
	_cleanup_(gvnp_facts_freep) struct gvnp_facts *facts = gvnp_facts_new();
	_cleanup_(gvnp_trace_done) struct gvnp_trace trace = { 0 };

	(void)state;
	observe(&trace, "/etc/one\ttab", "abc", 0);
	observe(&trace, "/etc/none", "", 2);
	observe(&trace, "/etc/none", "", 2);
	gvnp_trace_write(&trace, facts);
	sqlite3_stmt *row = gvnp_facts_statement(
		facts, "SELECT source, size, sha256, error FROM observation ORDER BY size DESC");
	assert_int_equal(sqlite3_step(row), SQLITE_ROW);
	assert_string_equal(sqlite3_column_text(row, 0), "read /etc/one\ttab");
	assert_int_equal(sqlite3_column_int(row, 1), 3);
	assert_string_equal(sqlite3_column_text(row, 2), /* FIPS 180-2, appendix B.1 */
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(sqlite3_column_int(row, 3), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(sqlite3_step(row), SQLITE_ROW);
		assert_string_equal(sqlite3_column_text(row, 0), "read /etc/none");
		assert_int_equal(sqlite3_column_int(row, 1), 0);
		assert_string_equal(sqlite3_column_text(row, 2), "");
		assert_int_equal(sqlite3_column_int(row, 3), 2);
	}
	assert_int_equal(sqlite3_step(row), SQLITE_DONE);
	sqlite3_reset(row);
}

static void the_digest_is_of_sorted_lines_whatever_the_order_of_the_questions(void **state)
{
	static const char lines[] = "read /a\t0\t\t13\0"
				    "read /b\t3\t"
				    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015"
				    "ad\t0";
	_cleanup_(gvnp_trace_done) struct gvnp_trace one = { 0 }, other = { 0 };
	char expected[GVNP_SHA256_TEXT];

	(void)state;
	observe(&one, "/a", "", 13);
	observe(&one, "/b", "abc", 0);
	observe(&other, "/b", "abc", 0);
	observe(&other, "/a", "", 13);
	gvnp_sha256(lines, sizeof lines, expected);
	_cleanup_free_ char *first = gvnp_trace_digest(&one);
	_cleanup_free_ char *second = gvnp_trace_digest(&other);
	assert_string_equal(first, expected);
	assert_string_equal(second, expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_asked_comes_back_as_rows),
		cmocka_unit_test(the_digest_is_of_sorted_lines_whatever_the_order_of_the_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
