/* SPDX-License-Identifier: Apache-2.0 */
/* The table of output formats: a new one is a file, a row here and a line in meson.build. */
#include "report/writers.h"

#include "base/text.h"

const struct gvnp_writer gvnp_writers[] = {
	{ "text", "for a person at a terminal (default)", gvnp_report_text },
	{ "json", "everything the run found, compact", gvnp_report_json },
	{ "junit", "one test case per SCAS test and per check", gvnp_report_junit },
	{ NULL, NULL, NULL },
};

const struct gvnp_writer *gvnp_writer_find(const char *name)
{
	for (const struct gvnp_writer *writer = gvnp_writers; writer->name; writer++)
		if (!strcmp(writer->name, name))
			return writer;
	return NULL;
}
