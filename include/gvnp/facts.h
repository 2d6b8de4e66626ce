/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The facts of one host: an SQLite database in memory. Collectors insert rows, nothing here judges.
 *
 * A datum has four states, and confusing them is the worst bug this program can have:
 *   known          a value
 *   absent         a documented value ('' or 0), or no row
 *   unreadable     NULL, and nothing else is NULL
 *   not collected  the table was never declared collected, or a hole names it
 *
 * Every table starts as "not collected"; gvnp_facts_collected() ends that state. A hole says what
 * is missing and whose: `object` is the value of the table's object column (its single-column
 * primary key, else its first column that REFERENCES another table), or '' for the whole table.
 */
#ifndef GVNP_FACTS_H
#define GVNP_FACTS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gvnp_facts;

enum gvnp_cell_type { GVNP_CELL_END, GVNP_CELL_NULL, GVNP_CELL_INTEGER, GVNP_CELL_TEXT };

/* One column of a row to insert. `text` need only live until the insert returns. */
struct gvnp_cell {
	const char *column;
	enum gvnp_cell_type type;
	int64_t integer;
	const char *text;
	size_t size; /* of text; SIZE_MAX: up to its NUL */
};

static inline struct gvnp_cell gvnp_integer(const char *column, int64_t value)
{
	return (struct gvnp_cell){ column, GVNP_CELL_INTEGER, value, NULL, 0 };
}

/* A text; NULL means unreadable and becomes SQL NULL. Use "" for absent. */
static inline struct gvnp_cell gvnp_text(const char *column, const char *value)
{
	return (struct gvnp_cell){ column, value ? GVNP_CELL_TEXT : GVNP_CELL_NULL, 0, value,
				   SIZE_MAX };
}

static inline struct gvnp_cell gvnp_text_sized(const char *column, const char *value, size_t size)
{
	return (struct gvnp_cell){ column, value ? GVNP_CELL_TEXT : GVNP_CELL_NULL, 0, value,
				   size };
}

static inline struct gvnp_cell gvnp_unreadable(const char *column)
{
	return (struct gvnp_cell){ column, GVNP_CELL_NULL, 0, NULL, 0 };
}

/* An integer that may be unreadable: known only when `is_known`. */
static inline struct gvnp_cell gvnp_maybe(const char *column, bool is_known, int64_t value)
{
	return is_known ? gvnp_integer(column, value) : gvnp_unreadable(column);
}

/* Tells SQLite that there is one thread and that nobody wants its statistics: a tenth less time.
 * Before SQLite's first use in the process; later it is refused, harmlessly. gvnp_facts_new() does
 * it too. */
void gvnp_facts_begin(void);

/* A new, empty database with the schema; every table is "not collected". Exits when out of memory.
 * The caller owns it. */
struct gvnp_facts *gvnp_facts_new(void);
void gvnp_facts_free(struct gvnp_facts *facts);
void gvnp_facts_freep(struct gvnp_facts **facts);

/* The database, for the evaluator and `query`. Owned by `facts`. */
sqlite3 *gvnp_facts_database(struct gvnp_facts *facts);

/* A statement of ours (a literal, and valid), prepared once. The facts own it; whoever used it
 * resets it and clears its bindings. */
sqlite3_stmt *gvnp_facts_statement(struct gvnp_facts *facts, const char *sql);

/* Inserts one row; `cells` ends with a GVNP_CELL_END cell. A column left out takes the schema's
 * default, or makes the insert fail. A row that the schema refuses (a value outside an enumeration,
 * a duplicate key, a missing column) is not inserted and becomes a hole of the whole table, with
 * SQLite's words as the problem: nothing is lost silently. Text is cut at the first NUL and bytes
 * that are not UTF-8 are replaced by U+FFFD. */
void gvnp_facts_insert(struct gvnp_facts *facts, const char *table, const struct gvnp_cell *cells);
#define gvnp_insert(facts, table, ...)                                                             \
	gvnp_facts_insert((facts), (table),                                                        \
			  (const struct gvnp_cell[]){ __VA_ARGS__, { .type = GVNP_CELL_END } })

/* Declares that the table was collected: what has no row is absent. */
void gvnp_facts_collected(struct gvnp_facts *facts, const char *table);

/* Declares that the table was left out because the run was not asked for it (an option): it stays
 * not collected, and a check that reads it is not applicable. */
void gvnp_facts_declined(struct gvnp_facts *facts, const char *table);

/* Records a hole. column "" = all columns; object "" = the whole table. Equal holes are one. */
void gvnp_facts_hole(struct gvnp_facts *facts, const char *table, const char *column,
		     const char *object, const char *problem_format, ...)
	__attribute__((format(printf, 5, 6)));

/* One line for the trace that the tool ran (TS 33.117 / TS 33.527 clause 4.1.2). */
void gvnp_facts_observation(struct gvnp_facts *facts, const char *source, int64_t size,
			    const char *sha256, int error);

/* The text of schema.sql, for `list tables` and for lint. */
const char *gvnp_facts_schema(void);

#endif
