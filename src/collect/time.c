/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time: whether the kernel's clock is kept right, and where chronyd and ntpd take the time from.
 * The rule kept here: a file that the configuration includes from a place not read makes the
 * sources incomplete.
 */
#include "collect/collectors.h"

#include <strings.h>
#include <sys/timex.h>

#include "base/memory.h"
#include "collect/collect.h"

static const struct source_file {
	const char *path, *daemon;
} files[] = {
	{ "/etc/chrony/chrony.conf", "chronyd" },
	{ "/etc/chrony.conf", "chronyd" },
	{ "/etc/ntp.conf", "ntpd" },
	{ "/etc/ntpsec/ntp.conf", "ntpd" },
};
/* Where distributions have chronyd look for more (chrony.conf(5): confdir, sourcedir, include). */
static const struct {
	const char *path, *suffix;
} folders[] = {
	{ "/etc/chrony/conf.d", ".conf" },	{ "/etc/chrony/sources.d", ".sources" },
	{ "/etc/chrony.d", ".conf" },		{ "/run/chrony-dhcp", ".sources" },
	{ "/var/run/chrony-dhcp", ".sources" },
};

struct reading {
	struct gvnp_facts *facts;
	const char *daemon, *file;
	int64_t line, *position;
};

static bool is_word(struct gvnp_slice word, const char *text)
{
	return word.size == strlen(text) && !strncasecmp(word.text, text, word.size);
}

static const char *authentication(struct gvnp_slice options)
{
	struct gvnp_slice word;

	while (gvnp_slice_word(&options, &word)) {
		if (is_word(word, "nts"))
			return "nts";
		if (is_word(word, "key"))
			return "key";
	}
	return "none";
}

static void insert_source(const struct reading *reading, const char *kind, struct gvnp_slice rest)
{
	struct gvnp_slice address;

	if (!gvnp_slice_word(&rest, &address))
		return;
	/* ntpd names its reference clocks by addresses of this network */
	if (gvnp_slice_starts(address, "127.127."))
		kind = "refclock";
	gvnp_insert(reading->facts, "time_source", gvnp_integer("id", (*reading->position)++),
		    gvnp_text("daemon", reading->daemon), gvnp_text("kind", kind),
		    gvnp_text_slice("address", address),
		    gvnp_text("authentication", authentication(rest)),
		    gvnp_text("file", reading->file), gvnp_integer("line", reading->line));
}

static bool is_read_folder(struct gvnp_slice path)
{
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (gvnp_slice_starts(path, folders[i].path))
			return true;
	return false;
}

static void decode_line(const struct reading *reading, struct gvnp_slice line)
{
	static const char *const kinds[] = { "server", "pool", "peer", "refclock" };
	static const char *const includes[] = { "include", "includefile", "confdir", "sourcedir" };
	struct gvnp_slice word, path;

	if (!gvnp_slice_word(&line, &word) || strchr("!;#%", word.text[0]))
		return;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (is_word(word, kinds[i]))
			return insert_source(reading, kinds[i], line);
	for (size_t i = 0; i < sizeof includes / sizeof *includes; i++)
		if (is_word(word, includes[i]))
			while (gvnp_slice_word(&line, &path))
				if (!is_read_folder(path))
					gvnp_facts_hole(reading->facts, "time_source", "", "",
							"%s: includes %.*s, which is not read",
							reading->file, (int)path.size, path.text);
}

static void decode(struct reading *reading, struct gvnp_slice rest)
{
	struct gvnp_slice line;

	for (reading->line = 1; gvnp_slice_next(&rest, '\n', &line); reading->line++)
		decode_line(reading, line);
}

static void collect_clock(struct gvnp_facts *facts, const struct gvnp_answer *answer)
{
	enum { STATE, STATUS, MAXIMUM_ERROR, ESTIMATED_ERROR, N_NUMBERS };
	struct gvnp_slice rest = gvnp_collect_bytes(answer), line;
	int64_t numbers[N_NUMBERS];
	size_t n = 0;

	if (answer->error)
		return gvnp_collect_hole(facts, "clock", "", "", "time-status", answer);
	while (n < N_NUMBERS && gvnp_slice_next(&rest, '\n', &line) &&
	       gvnp_slice_integer(line, &numbers[n]))
		n++;
	if (n < N_NUMBERS)
		return gvnp_facts_hole(facts, "clock", "", "", "time-status: not four numbers");
	gvnp_insert(facts, "clock", gvnp_integer("id", 1),
		    gvnp_integer("is_synchronized",
				 numbers[STATE] != TIME_ERROR && !(numbers[STATUS] & STA_UNSYNC)),
		    gvnp_integer("maximum_error", numbers[MAXIMUM_ERROR]));
	gvnp_facts_collected(facts, "clock");
}

/* Adds the files of the folders; of those and of the fixed ones says whose they are. */
static void add_files(const struct gvnp_collection *collection, struct gvnp_batch *batch)
{
	_cleanup_batch_ struct gvnp_batch lists = { 0 };

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		gvnp_batch_add(batch, GVNP_READ, "%s", files[i].path);
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		gvnp_batch_add(&lists, GVNP_LIST, "%s", folders[i].path);
	gvnp_batch_ask(&lists, collection->source);
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(&lists, i);

		if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
			gvnp_batch_hole(&lists, i, collection->facts, "time_source", "", "");
		for (size_t k = 0; !answer->error && k < answer->n_entries; k++)
			if (gvnp_text_ends(answer->entries[k].name, folders[i].suffix))
				gvnp_batch_add(batch, GVNP_READ, "%s/%s", folders[i].path,
					       answer->entries[k].name);
	}
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch clock = { 0 }, batch = { 0 };
	int64_t position = 0;

	gvnp_batch_add(&clock, GVNP_SYSTEM, "time-status");
	gvnp_batch_ask(&clock, collection->source);
	collect_clock(collection->facts, gvnp_batch_answer(&clock, 0));
	add_files(collection, &batch);
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < batch.n; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(&batch, i);
		struct reading reading = { .facts = collection->facts,
					   .file = gvnp_batch_path(&batch, i),
					   .daemon = i < sizeof files / sizeof *files
							     ? files[i].daemon
							     : "chronyd",
					   .position = &position };

		if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
			gvnp_batch_hole(&batch, i, collection->facts, "time_source", "", "");
		else
			decode(&reading, gvnp_collect_bytes(answer));
	}
	gvnp_facts_collected(collection->facts, "time_source");
}

const struct gvnp_collector gvnp_collector_time = {
	.name = "time",
	.about = "the kernel's clock, and the time sources of chronyd and ntpd",
	.paths = (const char *const[]){ "system", "/etc/chrony/chrony.conf", "/etc/chrony.conf",
					"/etc/ntp.conf", "/etc/ntpsec/ntp.conf",
					"/etc/chrony/conf.d", "/etc/chrony/conf.d/*",
					"/etc/chrony/sources.d", "/etc/chrony/sources.d/*",
					"/etc/chrony.d", "/etc/chrony.d/*", "/run/chrony-dhcp",
					"/run/chrony-dhcp/*", "/var/run/chrony-dhcp",
					"/var/run/chrony-dhcp/*", NULL },
	.tables = (const char *const[]){ "clock", "time_source", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "clock", "nothing" },
						       { "time_source", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
