/* SPDX-License-Identifier: Apache-2.0 */
/* SQL that people write, as text: cut into tokens, searched for names, asked what it reads.
 * Versions of software, which come from the host. */
#include "target.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "facts/sql_tokens.h"
#include "gvnp/check.h"
#include "gvnp/evaluate.h"

void fuzz_query(const char *bytes, size_t size)
{
	_cleanup_free_ char *sql = gvnp_duplicate_sized(bytes, size), *problem = NULL;
	struct gvnp_sql_tokens tokens;
	struct gvnp_facts *facts = fuzz_facts();
	struct gvnp_names *names;
	char **lines = NULL;

	gvnp_sql_tokens_read(sql, &tokens);
	for (size_t i = 0; i < tokens.n; i++)
		if (tokens.tokens[i].kind == GVNP_SQL_STRING ||
		    tokens.tokens[i].kind == GVNP_SQL_NUMBER)
			free(gvnp_sql_literal(&tokens.tokens[i]));
	gvnp_sql_tokens_done(&tokens);
	names = gvnp_names_of_query(sql);
	gvnp_functions_register(facts, names);
	if (gvnp_query_incomplete(facts, sql, &lines, &problem))
		FUZZ_EXPECT(problem && *problem);
	for (char **line = lines; line && *line; line++)
		free(*line);
	free(lines);
	gvnp_functions_register(facts, &fuzz_catalogue()->names);
	gvnp_names_free(names);
}

static int compare(struct gvnp_facts *facts, const char *a, size_t n_a, const char *b, size_t n_b)
{
	static const char sql[] = "SELECT version_at_least(?, ?)";
	sqlite3_stmt *statement = gvnp_facts_statement(facts, sql);
	int result = -1;

	sqlite3_bind_text(statement, 1, a, (int)n_a, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, b, (int)n_b, SQLITE_STATIC);
	if (sqlite3_step(statement) == SQLITE_ROW &&
	    sqlite3_column_type(statement, 0) == SQLITE_INTEGER)
		result = sqlite3_column_int(statement, 0);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return result;
}

/* Two lines. Of two versions that can be compared at least one is as new as the other. */
void fuzz_version(const char *bytes, size_t size)
{
	const char *end = memchr(bytes, '\n', size);
	size_t first = end ? (size_t)(end - bytes) : size, second = end ? size - first - 1 : 0;
	const char *other = end ? end + 1 : "";
	struct gvnp_facts *facts = fuzz_facts();

	static bool is_registered;
	if (!is_registered)
		gvnp_functions_register(facts, &fuzz_catalogue()->names);
	is_registered = true;
	int up = compare(facts, bytes, first, other, second);
	int down = compare(facts, other, second, bytes, first);
	FUZZ_EXPECT(up < 0 || down < 0 || up || down);
	FUZZ_EXPECT(compare(facts, bytes, first, bytes, first));
}
