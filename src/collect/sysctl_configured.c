/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sysctl.conf and sysctl.d set at boot, in the order in which it takes effect (sysctl.d(5),
 * sysctl(8) --system). The rule kept here: /etc/sysctl.conf counts the way process 1 uses it.
 * systemd-sysctl reads it only where a sysctl.d file is a link to it; others apply it last.
 */
#include "collect/collectors.h"

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/dropin.h"

static const char *const folders[] = {
	"/etc/sysctl.d",     "/run/sysctl.d", "/usr/local/lib/sysctl.d",
	"/usr/lib/sysctl.d", "/lib/sysctl.d", NULL,
};

/* Dotted, whichever separator was used: as the names of table sysctl. The caller frees. */
static char *dotted_name(struct gvnp_slice written)
{
	char *name = gvnp_slice_copy(written);

	if (name[strcspn(name, "./")] == '/')
		for (char *at = name; *at; at++)
			*at = *at == '/' ? '.' : *at == '.' ? '/' : *at;
	return name;
}

static void decode_line(struct gvnp_facts *facts, struct gvnp_slice text, const char *file,
			int64_t line, int64_t *position)
{
	struct gvnp_slice name, value;

	text = gvnp_slice_trim(text);
	if (!text.size || text.text[0] == '#' || text.text[0] == ';')
		return;
	/* "-name" without '=' only excludes a name from patterns: it assigns nothing */
	if (!gvnp_slice_split(text, '=', &name, &value))
		return;
	if (gvnp_slice_starts(name, "-"))
		name.text++, name.size--;
	_cleanup_free_ char *dotted = dotted_name(gvnp_slice_trim(name));
	if (!dotted[0])
		return;
	gvnp_insert(facts, "sysctl_configured", gvnp_integer("position", (*position)++),
		    gvnp_text("name", dotted), gvnp_text_slice("value", gvnp_slice_trim(value)),
		    gvnp_text("file", file), gvnp_integer("line", line));
}

static void decode(struct gvnp_facts *facts, const struct gvnp_answer *answer, const char *file,
		   int64_t *position)
{
	struct gvnp_slice rest = gvnp_collect_bytes(answer), line;

	for (int64_t number = 1; gvnp_slice_next(&rest, '\n', &line); number++)
		decode_line(facts, line, file, number, position);
}

static bool is_linked_to_main_file(const struct gvnp_dropins *dropins)
{
	for (size_t i = 0; i < dropins->files.n; i++)
		if (dropins->links[i] && (!strcmp(dropins->links[i], "/etc/sysctl.conf") ||
					  !strcmp(dropins->links[i], "../sysctl.conf")))
			return true;
	return false;
}

static void collect_main_file(const struct gvnp_collection *collection, int64_t *position)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	size_t init = gvnp_batch_add(&batch, GVNP_READ, "/proc/1/comm");
	size_t file = gvnp_batch_add(&batch, GVNP_READ, "/etc/sysctl.conf");

	gvnp_batch_ask(&batch, collection->source);
	const struct gvnp_answer *answer = gvnp_batch_answer(&batch, file);
	if (gvnp_slice_is(gvnp_collect_trimmed(gvnp_batch_answer(&batch, init)), "systemd") ||
	    gvnp_collect_is_absent(answer))
		return;
	for (size_t i = 0; i < batch.n; i++)
		if (gvnp_batch_answer(&batch, i)->error)
			gvnp_batch_hole(&batch, i, collection->facts, "sysctl_configured", "", "");
	decode(collection->facts, answer, "/etc/sysctl.conf", position);
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(gvnp_dropins_done) struct gvnp_dropins dropins;
	int64_t position = 0;

	gvnp_dropins_read(&dropins, collection->source, folders, collection->facts,
			  "sysctl_configured");
	for (size_t i = 0; i < dropins.files.n; i++)
		decode(collection->facts, gvnp_batch_answer(&dropins.files, i),
		       gvnp_batch_path(&dropins.files, i), &position);
	if (!is_linked_to_main_file(&dropins))
		collect_main_file(collection, &position);
	gvnp_facts_collected(collection->facts, "sysctl_configured");
}

const struct gvnp_collector gvnp_collector_sysctl_configured = {
	.name = "sysctl_configured",
	.about = "assignments of sysctl.conf and sysctl.d in order of effect",
	.paths = (const char *const[]){ "/etc/sysctl.conf", "/etc/sysctl.d", "/etc/sysctl.d/*",
					"/run/sysctl.d", "/run/sysctl.d/*",
					"/usr/local/lib/sysctl.d", "/usr/local/lib/sysctl.d/*",
					"/usr/lib/sysctl.d", "/usr/lib/sysctl.d/*", "/lib/sysctl.d",
					"/lib/sysctl.d/*", "/proc/1/comm", NULL },
	.tables = (const char *const[]){ "sysctl_configured", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "sysctl_configured", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
