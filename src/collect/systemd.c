/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Units of libvirt and SSH as systemd would load them: of several unit files the one in the folder
 * of highest precedence, then its drop-ins in the order of their names (systemd.unit(5)). What
 * systemd has loaded may be older; and where process 1 is another program, all this is only paper.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"
#include "collect/libvirt_daemon.h"
#include "collect/systemd_unit.h"

#define UNMERGED "/lib/systemd/system" /* where /lib is no link to usr/lib */

/* Highest precedence first. */
static const char *const folders[] = {
	"/etc/systemd/system.control",	"/run/systemd/system.control",	 "/run/systemd/transient",
	"/run/systemd/generator.early", "/etc/systemd/system",		 "/run/systemd/system",
	"/run/systemd/generator",	"/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
	"/lib/systemd/system",		"/run/systemd/generator.late",
};
enum { N_FOLDERS = sizeof folders / sizeof *folders, MOST_DROPINS = 64 };

static const char *const tables[] = { "systemd_unit", "systemd_unit_file", "systemd_unit_setting",
				      NULL };

struct unit {
	const char *name, *folder, *link;
	char *dropins[MOST_DROPINS]; /* paths, in order of effect */
	size_t n_dropins;
	size_t first; /* of its requests: the unit file, then its drop-ins */
};

struct units {
	struct unit *units;
	size_t n;
	struct gvnp_batch folders, inner, files;
};

static void units_done(struct units *units)
{
	for (size_t i = 0; i < units->n; i++)
		for (size_t k = 0; k < units->units[i].n_dropins; k++)
			free(units->units[i].dropins[k]);
	free(units->units);
	gvnp_batch_done(&units->folders);
	gvnp_batch_done(&units->inner);
	gvnp_batch_done(&units->files);
}

static void hole(struct gvnp_facts *facts, const char *unit, const char *problem)
{
	for (size_t i = 0; tables[i]; i++)
		gvnp_facts_hole(facts, tables[i], "", unit, "%s", problem);
}

/* DAEMON.service, DAEMON.socket, DAEMON-WHAT.socket, ssh.service, … */
static bool is_wanted(const char *name)
{
	struct gvnp_slice stem = gvnp_slice(name), rest;

	if (!gvnp_text_ends(name, ".service") && !gvnp_text_ends(name, ".socket"))
		return false;
	stem.size = strlen(name) - strlen(strrchr(name, '.'));
	if (gvnp_slice_is(stem, "ssh") || gvnp_slice_is(stem, "sshd") ||
	    gvnp_slice_is(stem, "libvirt-guests"))
		return true;
	gvnp_slice_split(stem, '-', &stem, &rest);
	return gvnp_libvirt_daemon_is_name(stem);
}

static struct unit *find(const struct units *units, const char *name)
{
	for (size_t i = 0; i < units->n; i++)
		if (!strcmp(units->units[i].name, name))
			return &units->units[i];
	return NULL;
}

static void find_units(struct units *units)
{
	for (size_t i = 0; i < units->folders.n; i++) {
		const struct gvnp_answer *folder = gvnp_batch_answer(&units->folders, i);

		for (size_t k = 0; !folder->error && k < folder->n_entries; k++) {
			const struct gvnp_entry *entry = &folder->entries[k];

			if (entry->type == GVNP_TYPE_DIRECTORY || !is_wanted(entry->name) ||
			    find(units, entry->name))
				continue;
			units->units = gvnp_grow(units->units, units->n);
			units->units[units->n++] =
				(struct unit){ .name = entry->name,
					       .folder = gvnp_batch_path(&units->folders, i),
					       .link = entry->link };
		}
	}
}

static bool is_mask(const struct unit *unit)
{
	return unit->link && !strcmp(unit->link, "/dev/null");
}

/* A link to a unit of another name is a second name of that one. */
static bool is_alias(const struct unit *unit)
{
	return unit->link && !is_mask(unit) &&
	       strcmp(gvnp_text_base_name(unit->link), unit->name) != 0;
}

/* Folders in folders: of drop-ins, and of links that say what is started with what. */
static bool is_inner(const struct gvnp_entry *entry)
{
	char unit[256];
	size_t size = strlen(entry->name);

	if (entry->type == GVNP_TYPE_REGULAR)
		return false;
	if (gvnp_text_ends(entry->name, ".wants") || gvnp_text_ends(entry->name, ".requires"))
		return true;
	if (!strcmp(entry->name, "service.d") || !strcmp(entry->name, "socket.d"))
		return true;
	if (!gvnp_text_ends(entry->name, ".d") || size >= sizeof unit)
		return false;
	memcpy(unit, entry->name, size - 2);
	unit[size - 2] = '\0';
	return is_wanted(unit);
}

static void ask_inner(struct units *units, struct gvnp_source *source)
{
	for (size_t i = 0; i < units->folders.n; i++) {
		const struct gvnp_answer *folder = gvnp_batch_answer(&units->folders, i);

		for (size_t k = 0; !folder->error && k < folder->n_entries; k++)
			if (is_inner(&folder->entries[k]))
				gvnp_batch_add(&units->inner, GVNP_LIST, "%s/%s",
					       gvnp_batch_path(&units->folders, i),
					       folder->entries[k].name);
	}
	gvnp_batch_ask(&units->inner, source);
}

static bool is_named(const struct unit *unit, const char *file)
{
	for (size_t i = 0; i < unit->n_dropins; i++)
		if (!strcmp(gvnp_text_base_name(unit->dropins[i]), file))
			return true;
	return false;
}

static bool add_folder(struct unit *unit, const struct gvnp_answer *folder, const char *path)
{
	for (size_t k = 0; !folder->error && k < folder->n_entries; k++) {
		const struct gvnp_entry *entry = &folder->entries[k];

		if (entry->type == GVNP_TYPE_DIRECTORY || entry->name[0] == '.' ||
		    !gvnp_text_ends(entry->name, ".conf") || is_named(unit, entry->name))
			continue;
		if (unit->n_dropins == MOST_DROPINS)
			return false;
		unit->dropins[unit->n_dropins++] = gvnp_format("%s/%s", path, entry->name);
	}
	return true;
}

static int by_file(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(gvnp_text_base_name(*left), gvnp_text_base_name(*right));
}

/* NAME.d first, then the folders of shorter names with dashes, then those of the whole type. */
static bool find_dropins(const struct units *units, struct unit *unit)
{
	_cleanup_free_ char *stem = gvnp_duplicate(unit->name);
	const char *type = strrchr(unit->name, '.');
	bool is_complete = true;

	*strrchr(stem, '.') = '\0';
	for (bool is_last = false; !is_last;) {
		_cleanup_free_ char *name = gvnp_format("%s%s.d", stem, *stem ? type : type + 1);
		size_t size = strlen(stem);

		for (size_t i = 0; i < units->inner.n; i++) {
			const char *path = gvnp_batch_path(&units->inner, i);

			if (!strcmp(gvnp_text_base_name(path), name))
				is_complete &=
					add_folder(unit, gvnp_batch_answer(&units->inner, i), path);
		}
		is_last = !size;
		while (size > 1 && stem[size - 2] != '-')
			size--;
		stem[size ? size - 1 : 0] = '\0';
	}
	qsort(unit->dropins, unit->n_dropins, sizeof *unit->dropins, by_file);
	return is_complete;
}

static void ask_files(struct units *units, struct gvnp_facts *facts, struct gvnp_source *source)
{
	for (size_t i = 0; i < units->n; i++) {
		struct unit *unit = &units->units[i];

		unit->first = units->files.n;
		if (is_mask(unit) || is_alias(unit))
			continue;
		if (!find_dropins(units, unit))
			hole(facts, unit->name, "more drop-ins than are looked at");
		gvnp_batch_add(&units->files, GVNP_READ, "%s/%s", unit->folder, unit->name);
		for (size_t k = 0; k < unit->n_dropins; k++)
			gvnp_batch_add(&units->files, GVNP_READ, "%s", unit->dropins[k]);
	}
	if (units->files.n)
		gvnp_batch_ask(&units->files, source);
}

static bool is_enabled(const struct units *units, const char *name)
{
	for (size_t i = 0; i < units->inner.n; i++) {
		const char *path = gvnp_batch_path(&units->inner, i);

		if ((gvnp_text_ends(path, ".wants") || gvnp_text_ends(path, ".requires")) &&
		    gvnp_collect_entry(gvnp_batch_answer(&units->inner, i), name))
			return true;
	}
	return false;
}

static void insert_settings(struct gvnp_facts *facts, const char *unit,
			    const struct gvnp_unit_settings *settings)
{
	for (size_t i = 0; i < settings->n; i++) {
		const struct gvnp_unit_setting *setting = &settings->settings[i];
		int64_t position = 0;

		for (size_t k = 0; k < i; k++)
			position += !strcmp(settings->settings[k].section, setting->section) &&
				    !strcmp(settings->settings[k].name, setting->name);
		gvnp_insert(facts, "systemd_unit_setting", gvnp_text("unit", unit),
			    gvnp_text("section", setting->section),
			    gvnp_text("name", setting->name), gvnp_integer("position", position),
			    gvnp_text("value", setting->value), gvnp_text("file", setting->file));
	}
}

static void insert_unit(struct gvnp_facts *facts, const struct units *units,
			const struct unit *unit, const char *state)
{
	_cleanup_free_ char *path = gvnp_format("%s/%s", unit->folder, unit->name);

	gvnp_insert(facts, "systemd_unit", gvnp_text("name", unit->name), gvnp_text("state", state),
		    gvnp_text("path", path),
		    gvnp_integer("is_enabled", is_enabled(units, unit->name)));
}

static void read_unit(struct gvnp_facts *facts, const struct units *units, const struct unit *unit)
{
	__attribute__((
		cleanup(gvnp_unit_settings_done))) struct gvnp_unit_settings settings = { 0 };

	for (size_t i = unit->first; i <= unit->first + unit->n_dropins; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(&units->files, i);
		const char *path = gvnp_batch_path(&units->files, i), *problem = NULL;

		if (!answer->error)
			problem = gvnp_unit_settings_read(&settings, path,
							  gvnp_collect_bytes(answer));
		else if (!gvnp_collect_is_absent(answer))
			problem = gvnp_source_error_name(answer->error);
		if (problem) {
			_cleanup_free_ char *words = gvnp_format("%s: %s", path, problem);

			hole(facts, unit->name, words);
		}
		if (!answer->error)
			gvnp_insert(facts, "systemd_unit_file", gvnp_text("unit", unit->name),
				    gvnp_text("path", path), gvnp_integer("mode", answer->mode),
				    gvnp_integer("uid", answer->uid),
				    gvnp_integer("gid", answer->gid));
	}
	insert_settings(facts, unit->name, &settings);
}

static void insert(struct gvnp_facts *facts, const struct units *units, const struct unit *unit)
{
	const struct gvnp_answer *answer;

	if (is_mask(unit)) {
		insert_unit(facts, units, unit, "masked");
		return;
	}
	if (is_alias(unit)) {
		const struct unit *other = find(units, gvnp_text_base_name(unit->link));

		if (!other || is_alias(other))
			hole(facts, unit->name, "a link to another unit that is not followed");
		return;
	}
	answer = gvnp_batch_answer(&units->files, unit->first);
	if (!answer->error && !answer->size) {
		insert_unit(facts, units, unit, "masked");
		return;
	}
	insert_unit(facts, units, unit, "loaded");
	read_unit(facts, units, unit);
	if (gvnp_collect_is_absent(answer))
		hole(facts, unit->name, "its file is a link that leads nowhere");
}

static void note_unlisted(struct gvnp_facts *facts, const struct gvnp_batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		if (gvnp_collect_presence(gvnp_batch_answer(batch, i)) == GVNP_UNREADABLE)
			for (size_t t = 0; tables[t]; t++)
				gvnp_batch_hole(batch, i, facts, tables[t], "", "");
}

static void ask_folders(struct units *units, struct gvnp_source *source)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(source, GVNP_LINK, "/lib");
	bool is_merged = !answers->answers[0].error;

	for (size_t i = 0; i < N_FOLDERS; i++)
		if (!is_merged || strcmp(folders[i], UNMERGED) != 0)
			gvnp_batch_add(&units->folders, GVNP_LIST, "%s", folders[i]);
	gvnp_batch_ask(&units->folders, source);
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(units_done) struct units units = { 0 };
	struct gvnp_facts *facts = collection->facts;

	ask_folders(&units, collection->source);
	note_unlisted(facts, &units.folders);
	find_units(&units);
	if (units.n) {
		ask_inner(&units, collection->source);
		note_unlisted(facts, &units.inner);
		ask_files(&units, facts, collection->source);
	}
	for (size_t i = 0; i < units.n; i++)
		insert(facts, &units, &units.units[i]);
	for (size_t i = 0; tables[i]; i++)
		gvnp_facts_collected(facts, tables[i]);
}

#define UNITS(folder)                                                                              \
	folder, folder "/*.d", folder "/*.d/*.conf", folder "/*.wants", folder "/*.requires",      \
		folder "/libvirt*.service", folder "/libvirt*.socket", folder "/virt*.service",    \
		folder "/virt*.socket", folder "/ssh.service", folder "/ssh.socket",               \
		folder "/sshd.service", folder "/sshd.socket"
static const char *const paths[] = {
	"/lib",
	UNITS("/etc/systemd/system.control"),
	UNITS("/run/systemd/system.control"),
	UNITS("/run/systemd/transient"),
	UNITS("/run/systemd/generator.early"),
	UNITS("/etc/systemd/system"),
	UNITS("/run/systemd/system"),
	UNITS("/run/systemd/generator"),
	UNITS("/usr/local/lib/systemd/system"),
	UNITS("/usr/lib/systemd/system"),
	UNITS("/lib/systemd/system"),
	UNITS("/run/systemd/generator.late"),
	NULL,
};

const struct gvnp_collector gvnp_collector_systemd = {
	.name = "systemd",
	.about = "units of libvirt and SSH with their drop-ins",
	.paths = paths,
	.tables = tables,
	.privileges = (const struct gvnp_privilege[]){ { "systemd_unit", "nothing" },
						       { "systemd_unit_file", "nothing" },
						       { "systemd_unit_setting", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
