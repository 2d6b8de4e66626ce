/* SPDX-License-Identifier: Apache-2.0 */
/* Phrases several writers use. A study is always called one here: rows that come from TR 33.818
 * must never read as compliance with a specification. */
#include "report/words.h"

#include <time.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/escape.h"

const char gvnp_words_no_hypervisor[] =
	"No hypervisor was found on this host: no libvirt daemon, no libvirt socket, no process "
	"that "
	"runs a VM. Isolation and escape surface have nothing to be judged on.";

const char *gvnp_area_title(enum gvnp_area area)
{
	static const char *const titles[] = {
		[GVNP_ISOLATION] = "Hypervisor isolation",
		[GVNP_ESCAPE] = "VM escape surface",
		[GVNP_HARDWARE] = "Hardware, firmware",
		[GVNP_MANAGEMENT] = "Management plane",
	};

	return titles[area];
}

char *gvnp_requirement_name(const struct gvnp_requirement *requirement)
{
	bool is_3gpp = gvnp_text_starts(requirement->specification, "TS ") ||
		       gvnp_text_starts(requirement->specification, "TR ");
	bool is_study = !strcmp(requirement->status, "study");
	bool is_recalled = !strcmp(requirement->provenance, "recalled");

	return gvnp_format("%s%s%s%s%s%s%s", requirement->specification,
			   *requirement->version ? (is_3gpp ? " V" : " ") : "",
			   requirement->version, is_study ? " (study)" : "",
			   *requirement->clause ? " " : "", requirement->clause,
			   is_recalled ? " [recalled, not verified]" : "");
}

void gvnp_words_evidence(struct gvnp_buffer *out, const struct gvnp_subject *subject)
{
	for (size_t i = 0; i < subject->n_evidence; i++) {
		const struct gvnp_evidence *evidence = &subject->evidence[i];

		gvnp_buffer_append_text(out, i ? ", " : "");
		gvnp_escape_terminal(out, evidence->name);
		if (evidence->is_null) {
			gvnp_buffer_append_text(out, "=(no value)");
		} else if (evidence->is_integer) {
			gvnp_buffer_append_format(out, "=%lld", (long long)evidence->integer);
		} else {
			gvnp_buffer_append_text(out, "='");
			gvnp_escape_terminal(out, evidence->text);
			gvnp_buffer_append_text(out, "'");
		}
	}
}

char *gvnp_words_time(int64_t time)
{
	time_t seconds = (time_t)time;
	struct tm parts;

	if (!gmtime_r(&seconds, &parts))
		return gvnp_format("%lld", (long long)time);
	return gvnp_format("%04d-%02d-%02d %02d:%02d UTC", parts.tm_year + 1900, parts.tm_mon + 1,
			   parts.tm_mday, parts.tm_hour, parts.tm_min);
}
