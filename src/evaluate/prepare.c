/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The authorizer of checks: SELECT, reading tables of facts, recursion, and a fixed list of
 * functions whose result depends on nothing but their arguments. It also notes every table and
 * column a query reads, which is what the soundness rule stands on.
 */
#include "evaluate/prepare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "evaluate/helpers.h"

/* Documented in checks/README.md. Not here: clocks, randomness, group_concat (order of rows), JSON
 * (optional in SQLite), floating point, and whatever is newer than SQLite 3.34. */
static const char *const allowed_functions[] = {
	"abs",	      "char",	 "coalesce",   "count",	 "dense_rank", "first_value",
	"glob",	      "hex",	 "ifnull",     "iif",	 "instr",      "lag",
	"last_value", "lead",	 "length",     "like",	 "list",       "lower",
	"ltrim",      "max",	 "min",	       "nullif", "printf",     "quote",
	"rank",	      "replace", "row_number", "rtrim",	 "substr",     "sum",
	"trim",	      "typeof",	 "unicode",    "upper",	 "substring",  "version_at_least",
	NULL,
};

void gvnp_reads_done(struct gvnp_reads *reads)
{
	free(reads->reads);
	*reads = (struct gvnp_reads){ 0 };
}

const struct gvnp_read *gvnp_reads_find(const struct gvnp_reads *reads, int table)
{
	for (size_t i = 0; i < reads->n; i++)
		if (reads->reads[i].table == table)
			return &reads->reads[i];
	return NULL;
}

static int deny(struct gvnp_authorizer *authorizer, char *refusal)
{
	free(authorizer->refusal);
	authorizer->refusal = refusal;
	return SQLITE_DENY;
}

static void note(struct gvnp_authorizer *authorizer, int table, int column)
{
	struct gvnp_reads *reads = authorizer->reads;
	struct gvnp_read *read = (struct gvnp_read *)gvnp_reads_find(reads, table);

	if (!read) {
		reads->reads = gvnp_grow(reads->reads, reads->n);
		read = &reads->reads[reads->n++];
		*read = (struct gvnp_read){ .table = table };
	}
	if (column >= 0)
		read->columns |= UINT64_C(1) << column;
}

/* Kinds of names besides the columns of a table. */
enum { NAME_OF_TABLE = -1, NAME_OF_FUNCTION = -2 };

/*
 * SQLite names a table, a column or a function by the same pointer each time, which saves searching
 * for the name among all of ours. Another name may come to lie there: the bytes decide.
 */
static struct gvnp_known_name *find_known(struct gvnp_authorizer *authorizer, const char *theirs)
{
	static const size_t n = sizeof authorizer->known / sizeof *authorizer->known;
	uintptr_t address = (uintptr_t)theirs;

	return &authorizer->known[(address >> 4 ^ address >> 12) % n];
}

static bool is_known(const struct gvnp_known_name *known, const char *theirs, int kind)
{
	return known->theirs == theirs && known->kind == kind && !strcmp(known->ours, theirs);
}

static void remember(struct gvnp_known_name *known, const char *theirs, const char *ours, int kind,
		     int value)
{
	if (!strcmp(theirs, ours)) /* and not only but for case */
		*known = (struct gvnp_known_name){ theirs, ours, kind, value };
}

int gvnp_authorizer_table(struct gvnp_authorizer *authorizer, const char *table)
{
	struct gvnp_known_name *known = find_known(authorizer, table);

	if (is_known(known, table, NAME_OF_TABLE))
		return known->value;
	int index = gvnp_schema_table(authorizer->schema, table);
	if (index >= 0)
		remember(known, table, authorizer->schema->tables[index].name, NAME_OF_TABLE,
			 index);
	return index;
}

static int find_column(struct gvnp_authorizer *authorizer, int table, const char *column)
{
	const struct gvnp_table *about = &authorizer->schema->tables[table];
	struct gvnp_known_name *known = find_known(authorizer, column);

	if (is_known(known, column, table))
		return known->value;
	int index = gvnp_table_column(about, column);
	if (index >= 0)
		remember(known, column, about->columns[index].name, table, index);
	return index;
}

/* The function through which a check reads a table that holds only what was asked for by name. */
static const char *function_for(const char *table)
{
	return !strcmp(table, "sysctl")		    ? "sysctl('name')"
	       : !strcmp(table, "kernel_config")    ? "kconfig('CONFIG_NAME')"
	       : !strcmp(table, "module_parameter") ? "module_parameter('module', 'name')"
	       : !strcmp(table, "file")		    ? "file_mode('/path') and its like"
						    : NULL;
}

/* The reason why a check must not read a table of facts, or NULL. */
static char *refusal_of(const char *table)
{
	const char *function = function_for(table);

	if (function)
		return gvnp_format("table %s holds only what is named: use %s", table, function);
	if (!strcmp(table, "hole") || !strcmp(table, "observation"))
		return gvnp_format("a check must not read table %s: the engine heeds what is "
				   "missing",
				   table);
	return NULL;
}

static int authorize_read(struct gvnp_authorizer *authorizer, const char *table, const char *column)
{
	int index = gvnp_authorizer_table(authorizer, table);

	if (index < 0) {
		/* A common table expression of which no column is used comes here by its name. */
		if (!*column && !gvnp_text_starts(table, "sqlite_") &&
		    !gvnp_text_starts(table, "pragma_") && !gvnp_text_starts(table, "json_"))
			return SQLITE_OK;
		return deny(authorizer, gvnp_format("%s is not a table of facts", table));
	}
	/* What was read before has been allowed before. */
	if (authorizer->purpose == GVNP_FOR_CHECK && !gvnp_reads_find(authorizer->reads, index)) {
		char *refusal = refusal_of(authorizer->schema->tables[index].name);

		if (refusal)
			return deny(authorizer, refusal);
	}
	note(authorizer, index, find_column(authorizer, index, column));
	return SQLITE_OK;
}

/* Its position among gvnp_helpers; -1: what any check may call, -2: what none may. */
static int find_function(struct gvnp_authorizer *authorizer, const char *name)
{
	struct gvnp_known_name *known = find_known(authorizer, name);

	if (is_known(known, name, NAME_OF_FUNCTION))
		return known->value;
	const struct gvnp_helper *helper = gvnp_helper_find(gvnp_slice(name));
	if (helper) {
		int position = (int)(helper - gvnp_helpers);

		remember(known, name, helper->name, NAME_OF_FUNCTION, position);
		return position;
	}
	for (const char *const *allowed = allowed_functions; *allowed; allowed++)
		if (!sqlite3_stricmp(*allowed, name)) {
			remember(known, name, *allowed, NAME_OF_FUNCTION, -1);
			return -1;
		}
	return -2;
}

static int authorize_function(struct gvnp_authorizer *authorizer, const char *name)
{
	int position = find_function(authorizer, name);

	if (position >= 0)
		authorizer->reads->helpers |= UINT32_C(1) << position;
	if (position >= -1 || authorizer->purpose == GVNP_FOR_QUERY)
		return SQLITE_OK;
	return deny(authorizer, gvnp_format("function %s() is not for checks", name));
}

static int authorize(void *data, int action, const char *first, const char *second,
		     const char *database, const char *trigger)
{
	struct gvnp_authorizer *authorizer = data;

	(void)database;
	(void)trigger;
	if (!authorizer->reads)
		return SQLITE_OK; /* a statement of our own */
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_READ:
		return authorize_read(authorizer, first, second ? second : "");
	case SQLITE_FUNCTION:
		return authorize_function(authorizer, second);
	default:
		return deny(authorizer, gvnp_duplicate("only SELECT is allowed"));
	}
}

/* Hardly ever, so the text is not cut into tokens for nothing. Both words have a U, and few others
 * do. */
static bool may_hide(const char *sql)
{
	for (const char *at = strpbrk(sql, "uU"); at; at = strpbrk(at + 1, "uU"))
		if (!strncasecmp(at, "using", strlen("using")) ||
		    (at - sql >= 3 && !strncasecmp(at - 3, "natural", strlen("natural"))))
			return true;
	return false;
}

/*
 * NATURAL and USING read columns behind the authorizer's back, and with them whole tables: [tried]
 * "SELECT a.y FROM a JOIN b USING (x)" tells of a.y only. A check must write ON; for a person's
 * query every table it names counts as read.
 */
static const char *find_hidden_reads(struct gvnp_authorizer *authorizer, const char *sql)
{
	_cleanup_(gvnp_sql_tokens_done) struct gvnp_sql_tokens tokens = { 0 };
	bool is_hidden = false;

	if (!may_hide(sql))
		return NULL;
	gvnp_sql_tokens_read(sql, &tokens);
	for (size_t i = 0; i < tokens.n; i++)
		is_hidden |= gvnp_sql_is_word(&tokens.tokens[i], "NATURAL") ||
			     gvnp_sql_is_word(&tokens.tokens[i], "USING");
	if (is_hidden && authorizer->purpose == GVNP_FOR_CHECK)
		return "NATURAL and USING hide what they read: write ON";
	for (size_t i = 0; is_hidden && i < tokens.n; i++) {
		_cleanup_free_ char *name = gvnp_slice_copy(tokens.tokens[i].slice);
		int table = gvnp_schema_table(authorizer->schema, name);

		if (table >= 0)
			note(authorizer, table, -1);
	}
	return NULL;
}

/* What follows the first statement must be nothing but blanks, comments and a semicolon. */
static bool is_only_statement(const char *tail)
{
	_cleanup_(gvnp_sql_tokens_done) struct gvnp_sql_tokens tokens;

	gvnp_sql_tokens_read(tail, &tokens);
	for (size_t i = 0; i < tokens.n; i++)
		if (!gvnp_sql_is_symbol(&tokens.tokens[i], ";"))
			return false;
	return true;
}

void gvnp_authorizer_begin(struct gvnp_authorizer *authorizer, struct gvnp_facts *facts)
{
	*authorizer = (struct gvnp_authorizer){
		.facts = facts,
		.schema = gvnp_facts_tables(facts),
	};
	sqlite3_set_authorizer(gvnp_facts_database(facts), authorize, authorizer);
}

void gvnp_authorizer_end(struct gvnp_authorizer *authorizer)
{
	if (authorizer->facts)
		sqlite3_set_authorizer(gvnp_facts_database(authorizer->facts), NULL, NULL);
}

int gvnp_prepare(struct gvnp_authorizer *authorizer, const char *sql, enum gvnp_purpose purpose,
		 struct gvnp_reads *ret_reads, sqlite3_stmt **ret, char **ret_error)
{
	sqlite3 *database = gvnp_facts_database(authorizer->facts);
	sqlite3_stmt *statement = NULL;
	const char *tail = "";
	char *problem = NULL;
	int error;

	*ret_reads = (struct gvnp_reads){ 0 };
	authorizer->purpose = purpose;
	authorizer->reads = ret_reads;
	const char *hidden = find_hidden_reads(authorizer, sql);
	error = sqlite3_prepare_v2(database, sql, -1, &statement, &tail);
	authorizer->reads = NULL;
	if (hidden)
		problem = gvnp_duplicate(hidden);
	else if (error)
		problem = authorizer->refusal ? gvnp_take(authorizer->refusal)
					      : gvnp_duplicate(sqlite3_errmsg(database));
	else if (!statement)
		problem = gvnp_duplicate("there is no statement");
	else if (!is_only_statement(tail))
		problem = gvnp_duplicate("there is more than one statement");
	else if (!sqlite3_stmt_readonly(statement) || sqlite3_stmt_isexplain(statement))
		problem = gvnp_duplicate("only SELECT is allowed");
	if (!problem) {
		*ret = statement;
		return 0;
	}
	sqlite3_finalize(statement);
	*ret_error = problem;
	return -EINVAL;
}
