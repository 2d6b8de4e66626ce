/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of helper functions, and finding their uses in the text of a query: naming a fact is
 * requesting it. The rule it keeps: only a literal names a fact, so that what will be collected is
 * known before anything runs.
 */
#include "evaluate/helpers.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"

#define SYSCTL "SELECT value FROM sysctl WHERE name = ?1"
#define CONFIGURED                                                                                 \
	"SELECT value FROM sysctl_configured WHERE name = ?1 ORDER BY position DESC LIMIT 1"
#define KERNEL_CONFIG "SELECT value FROM kernel_config WHERE name = ?1"
/* The kernel takes '-' and '_' in the name of a parameter for the same; the last one wins. */
#define CMDLINE                                                                                    \
	"SELECT value FROM kernel_parameter WHERE replace(name, '-', '_') = ?1 "                   \
	"ORDER BY position DESC LIMIT 1"
#define MODULE_PARAMETER "SELECT value FROM module_parameter WHERE name = ?1"
#define SETTING                                                                                    \
	"SELECT CASE kind WHEN 'integer' THEN CAST(value AS INTEGER) ELSE value END "              \
	"FROM libvirt_setting WHERE file = ?1 AND key = ?2"
#define SETTING_ORIGIN "SELECT origin FROM libvirt_setting WHERE file = ?1 AND key = ?2"
#define FILE_OF(column) "SELECT " column " FROM file WHERE path = ?1"

#define HELPER(function, arguments, request, table, column, sql)                                   \
	{ function, arguments, request, table, column, false, false, sql },                        \
	{                                                                                          \
		function "_state", arguments, request, table, column, true, false, sql             \
	}
#define FACT(function, request, table, column, sql)                                                \
	{                                                                                          \
		function, 1, request, table, column, false, true, sql                              \
	}

const struct gvnp_helper gvnp_helpers[] = {
	HELPER("sysctl", 1, GVNP_REQUEST_SYSCTL, "sysctl", "value", SYSCTL),
	HELPER("sysctl_configured", 1, GVNP_REQUEST_NONE, "sysctl_configured", "value", CONFIGURED),
	HELPER("kconfig", 1, GVNP_REQUEST_KERNEL_CONFIG, "kernel_config", "value", KERNEL_CONFIG),
	HELPER("kernel_config", 1, GVNP_REQUEST_KERNEL_CONFIG, "kernel_config", "value",
	       KERNEL_CONFIG),
	HELPER("cmdline", 1, GVNP_REQUEST_NONE, "kernel_parameter", "value", CMDLINE),
	HELPER("module_parameter", 2, GVNP_REQUEST_MODULE_PARAMETER, "module_parameter", "value",
	       MODULE_PARAMETER),
	{ "setting", 2, GVNP_REQUEST_NONE, "libvirt_setting", "value", false, true, SETTING },
	{ "setting_state", 2, GVNP_REQUEST_NONE, "libvirt_setting", "value", true, true, SETTING },
	{ "setting_origin", 2, GVNP_REQUEST_NONE, "libvirt_setting", "origin", false, true,
	  SETTING_ORIGIN },
	FACT("file_mode", GVNP_REQUEST_FILE, "file", "mode", FILE_OF("mode")),
	FACT("file_uid", GVNP_REQUEST_FILE, "file", "uid", FILE_OF("uid")),
	FACT("file_gid", GVNP_REQUEST_FILE, "file", "gid", FILE_OF("gid")),
	FACT("file_type", GVNP_REQUEST_FILE, "file", "type", FILE_OF("type")),
	{ "file_state", 1, GVNP_REQUEST_FILE, "file", "type", true, true, FILE_OF("type") },
	{ "collected", 1, GVNP_REQUEST_NONE, NULL, "", false, false, NULL },
	{ NULL },
};

const struct gvnp_helper *gvnp_helper_find(struct gvnp_slice name)
{
	for (const struct gvnp_helper *helper = gvnp_helpers; helper->name; helper++)
		if (!sqlite3_strnicmp(helper->name, name.text, (int)name.size) &&
		    !helper->name[name.size])
			return helper;
	return NULL;
}

const struct gvnp_helper *gvnp_helper_requesting(const char *table)
{
	for (const struct gvnp_helper *helper = gvnp_helpers; helper->name; helper++)
		if (helper->request != GVNP_REQUEST_NONE && !strcmp(helper->table, table))
			return helper;
	return NULL;
}

static void replace_byte(char *text, char from, char to)
{
	for (; *text; text++)
		if (*text == from)
			*text = to;
}

char *gvnp_helper_fact_name(const struct gvnp_helper *helper, const char *first, const char *second)
{
	char *name = NULL;

	if (!first)
		return NULL;
	if (!helper->table)
		return gvnp_duplicate(first);
	if (!strcmp(helper->table, "kernel_config") && !gvnp_text_starts(first, "CONFIG_"))
		return gvnp_format("CONFIG_%s", first);
	if (!strcmp(helper->table, "module_parameter")) {
		_cleanup_free_ char *module = gvnp_duplicate(first);

		replace_byte(module, '-', '_');
		return gvnp_format("%s.%s", module, second);
	}
	name = gvnp_duplicate(first);
	if (!strcmp(helper->table, "kernel_parameter"))
		replace_byte(name, '-', '_');
	return name;
}

/* token is the function's name, `(` follows. Every argument must be one text literal; only the
 * object that collected() may be asked about is any expression. */
static void read_use(const struct gvnp_sql_token *token, const struct gvnp_helper *helper,
		     struct gvnp_helper_use *ret)
{
	char *arguments[2] = { NULL, NULL };
	const struct gvnp_sql_token *at = &token[2];
	bool is_literal = true;

	*ret = (struct gvnp_helper_use){ .helper = helper,
					 .table = helper->table,
					 .line = token->line };
	for (int i = 0; i < helper->n_arguments && is_literal; i++) {
		bool is_last = i + 1 == helper->n_arguments;

		is_literal = at->kind == GVNP_SQL_STRING &&
			     (gvnp_sql_is_symbol(&at[1], is_last ? ")" : ",") ||
			      (!helper->table && gvnp_sql_is_symbol(&at[1], ",")));
		if (is_literal)
			arguments[i] = gvnp_sql_literal(at);
		at += 2;
	}
	if (is_literal) {
		ret->name = gvnp_helper_fact_name(helper, arguments[0], arguments[1]);
		/* cmdline() and sysctl_configured() read tables whose rows have no name as key */
		bool is_keyless = helper->request == GVNP_REQUEST_NONE && helper->n_arguments == 1;
		ret->object = gvnp_duplicate(is_keyless ? "" : ret->name);
		ret->table = helper->table ? helper->table : ret->name;
		ret->has_object = !helper->table && gvnp_sql_is_symbol(&token[3], ",");
	}
	free(arguments[0]);
	free(arguments[1]);
}

void gvnp_helper_uses_read(const char *sql, struct gvnp_helper_uses *ret)
{
	_cleanup_(gvnp_sql_tokens_done) struct gvnp_sql_tokens tokens;

	*ret = (struct gvnp_helper_uses){ 0 };
	gvnp_sql_tokens_read(sql, &tokens);
	for (size_t i = 0; i + 1 < tokens.n; i++) {
		const struct gvnp_sql_token *token = &tokens.tokens[i];
		const struct gvnp_helper *helper;

		if ((token->kind != GVNP_SQL_NAME && token->kind != GVNP_SQL_QUOTED) ||
		    !gvnp_sql_is_symbol(&token[1], "("))
			continue;
		helper = gvnp_helper_find(token->slice);
		if (!helper)
			continue;
		ret->uses = gvnp_grow(ret->uses, ret->n);
		read_use(token, helper, &ret->uses[ret->n++]);
	}
}

void gvnp_helper_uses_done(struct gvnp_helper_uses *uses)
{
	for (size_t i = 0; i < uses->n; i++) {
		free(uses->uses[i].name);
		free(uses->uses[i].object);
	}
	free(uses->uses);
	*uses = (struct gvnp_helper_uses){ 0 };
}

const struct gvnp_helper_uses *gvnp_helper_uses_keep(const char *sql, struct gvnp_pool *pool)
{
	struct gvnp_helper_uses *kept = gvnp_pool_allocate(pool, sizeof *kept);
	_cleanup_(gvnp_helper_uses_done) struct gvnp_helper_uses uses;

	gvnp_helper_uses_read(sql, &uses);
	kept->n = uses.n;
	kept->uses = gvnp_pool_allocate_array(pool, uses.n, sizeof *kept->uses);
	for (size_t i = 0; i < uses.n; i++) {
		const struct gvnp_helper_use *use = &uses.uses[i];

		kept->uses[i] = *use;
		if (!use->name)
			continue;
		kept->uses[i].name = (char *)gvnp_pool_text(pool, use->name);
		kept->uses[i].object = (char *)gvnp_pool_text(pool, use->object);
		if (use->table == use->name)
			kept->uses[i].table = kept->uses[i].name;
	}
	return kept;
}
