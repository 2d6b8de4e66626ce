/* SPDX-License-Identifier: Apache-2.0 */
/* The table of helper functions: what each one asks for, and by which name. */
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
	/* Most words of a query are told apart by their first letter. Case does not matter. */
	for (const struct gvnp_helper *helper = gvnp_helpers; name.size && helper->name; helper++)
		if (!((helper->name[0] ^ name.text[0]) & ~0x20) &&
		    !sqlite3_strnicmp(helper->name, name.text, (int)name.size) &&
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
