/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where rsyslogd sends messages. The rule kept here: an included file that is not read makes the
 * targets incomplete, since it may hold another one.
 */
#include "collect/collectors.h"

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/dropin.h"
#include "collect/rsyslog.h"

#define MAIN "/etc/rsyslog.conf"
#define FOLDER "/etc/rsyslog.d"

static const char *const folders[] = { FOLDER, NULL };

struct reading {
	struct gvnp_facts *facts;
	const char *file;
	int64_t position;
	struct gvnp_rsyslog rsyslog;
	const struct gvnp_dropins *dropins;
	bool is_folder_read;
};

static void insert(void *data, const struct gvnp_rsyslog_target *target)
{
	struct reading *reading = data;

	gvnp_insert(reading->facts, "log_target", gvnp_integer("id", reading->position++),
		    gvnp_text("daemon", "rsyslogd"), gvnp_text_slice("address", target->address),
		    gvnp_text("protocol", target->protocol),
		    gvnp_integer("is_encrypted", target->is_encrypted),
		    gvnp_text("file", reading->file), gvnp_integer("line", target->line));
}

static void refuse(void *data, struct gvnp_slice path)
{
	const struct reading *reading = data;

	gvnp_facts_hole(reading->facts, "log_target", "", "",
			"%s: includes %.*s, which is not read", reading->file, (int)path.size,
			path.text);
}

/* The files of the folder, where the main file includes them, with what holds up to there. */
static void include(void *data, struct gvnp_slice path)
{
	struct reading *reading = data;
	const char *file = reading->file;

	if (!gvnp_slice_starts(path, FOLDER "/"))
		return refuse(data, path);
	if (reading->is_folder_read)
		return;
	reading->is_folder_read = true;
	for (size_t i = 0; i < reading->dropins->files.n; i++) {
		reading->file = gvnp_batch_path(&reading->dropins->files, i);
		gvnp_rsyslog_read(
			&reading->rsyslog,
			gvnp_collect_bytes(gvnp_batch_answer(&reading->dropins->files, i)), insert,
			refuse, reading);
	}
	reading->file = file;
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(gvnp_dropins_done) struct gvnp_dropins dropins = { 0 };
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_READ, MAIN);
	const struct gvnp_answer *answer = &answers->answers[0];
	struct reading reading = { .facts = collection->facts, .file = MAIN, .dropins = &dropins };

	if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
		return gvnp_collect_hole(collection->facts, "log_target", "", "", MAIN, answer);
	if (!answer->error) {
		gvnp_dropins_read(&dropins, collection->source, folders, collection->facts,
				  "log_target");
		gvnp_rsyslog_read(&reading.rsyslog, gvnp_collect_bytes(answer), insert, include,
				  &reading);
	}
	gvnp_facts_collected(collection->facts, "log_target");
}

const struct gvnp_collector gvnp_collector_log_target = {
	.name = "log_target",
	.about = "other machines that rsyslogd sends messages to",
	.paths = (const char *const[]){ MAIN, FOLDER, FOLDER "/*", NULL },
	.tables = (const char *const[]){ "log_target", NULL },
	.privileges =
		(const struct gvnp_privilege[]){ { "log_target", "nothing" }, { NULL, NULL } },
	.collect = collect,
};
