/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the SSH server of this host lets in, by its configuration files. Options on its command line
 * are not seen here. A file that cannot be read or is not understood leaves a hole of the tables,
 * for any line in it might be the one that counts.
 */
#include "collect/sshd.h"

#include <fnmatch.h>

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"

#define CONFIG "/etc/ssh/sshd_config"
#define VENDOR_CONFIG "/usr/etc/ssh/sshd_config" /* SUSE, until there is one in /etc */

enum { DEEPEST = 16 /* SERVCONF_MAX_DEPTH */, MOST_FILES = 256 };

struct reading {
	struct gvnp_source *source;
	unsigned depth, files;
};

/* fill_default_server_options() of OpenSSH 7.0 to 10; what distributions change they write into the
 * file. */
static const char *const defaults[][2] = {
	{ "allowagentforwarding", "yes" },
	{ "allowstreamlocalforwarding", "yes" },
	{ "allowtcpforwarding", "yes" },
	{ "authenticationmethods", "any" },
	{ "disableforwarding", "no" },
	{ "gatewayports", "no" },
	{ "hostbasedauthentication", "no" },
	{ "ignorerhosts", "yes" },
	{ "kbdinteractiveauthentication", "yes" },
	{ "logingracetime", "120" },
	{ "maxauthtries", "6" },
	{ "passwordauthentication", "yes" },
	{ "permitemptypasswords", "no" },
	{ "permitrootlogin", "prohibit-password" },
	{ "permittunnel", "no" },
	{ "permituserenvironment", "no" },
	{ "pubkeyauthentication", "yes" },
	{ "strictmodes", "yes" },
	{ "x11forwarding", "no" },
};

static void read_file(struct reading *reading, struct gvnp_sshd *sshd, const char *path)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers = NULL;
	const struct gvnp_answer *answer;

	if (reading->depth == DEEPEST || reading->files == MOST_FILES) {
		gvnp_sshd_note(sshd, "%s: included too deep or too often", path);
		return;
	}
	answers = gvnp_source_ask_one(reading->source, GVNP_READ, "%s", path);
	answer = &answers->answers[0];
	if (answer->error) {
		if (!gvnp_collect_is_absent(answer))
			gvnp_sshd_note(sshd, "%s: %s", path, gvnp_source_error_name(answer->error));
		return;
	}
	reading->depth++;
	reading->files++;
	gvnp_sshd_parse(sshd, path, gvnp_collect_bytes(answer));
	reading->depth--;
}

static bool is_pattern(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

/* glob(3) of a pattern in the last component; sshd sorts likewise. */
static void include(void *context, struct gvnp_sshd *sshd, const char *pattern)
{
	struct reading *reading = context;
	_cleanup_free_ char *folder = gvnp_duplicate(pattern);
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers = NULL;
	const struct gvnp_answer *answer;
	char *name = strrchr(folder, '/');

	if (!is_pattern(pattern)) {
		read_file(reading, sshd, pattern);
		return;
	}
	*name++ = '\0';
	if (is_pattern(folder)) {
		gvnp_sshd_note(sshd, "Include %s: folders by pattern are not followed", pattern);
		return;
	}
	answers = gvnp_source_ask_one(reading->source, GVNP_LIST, "%s", folder);
	answer = &answers->answers[0];
	if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
		gvnp_sshd_note(sshd, "%s: %s", folder, gvnp_source_error_name(answer->error));
	for (size_t i = 0; !answer->error && i < answer->n_entries; i++) {
		_cleanup_free_ char *path = gvnp_format("%s/%s", folder, answer->entries[i].name);

		if (answer->entries[i].type != GVNP_TYPE_DIRECTORY &&
		    !fnmatch(name, answer->entries[i].name, FNM_PERIOD))
			read_file(reading, sshd, path);
	}
}

static void insert(struct gvnp_facts *facts, const struct gvnp_sshd *sshd)
{
	size_t n = sshd->problem ? sshd->n_certain : sshd->n;
	int64_t position = 0;

	for (size_t i = 0; i < n; i++) {
		const struct gvnp_sshd_option *option = &sshd->options[i];

		if (option->criteria)
			gvnp_insert(
				facts, "sshd_match_option", gvnp_integer("position", position++),
				gvnp_text("criteria", option->criteria),
				gvnp_text("name", option->name), gvnp_text("value", option->value),
				gvnp_text("file", option->file),
				gvnp_integer("line", option->line));
		else
			gvnp_insert(facts, "sshd_option", gvnp_text("name", option->name),
				    gvnp_text("value", option->value), gvnp_text("origin", "file"),
				    gvnp_text("file", option->file),
				    gvnp_integer("line", option->line));
	}
	for (size_t i = 0; !sshd->problem && i < sizeof defaults / sizeof *defaults; i++)
		if (!gvnp_sshd_find(sshd, defaults[i][0]))
			gvnp_insert(facts, "sshd_option", gvnp_text("name", defaults[i][0]),
				    gvnp_text("value", defaults[i][1]),
				    gvnp_text("origin", "default"), gvnp_text("file", ""),
				    gvnp_integer("line", 0));
}

static void collect(const struct gvnp_collection *collection)
{
	static const char *const tables[] = { "sshd_option", "sshd_match_option" };
	struct gvnp_facts *facts = collection->facts;
	struct reading reading = { .source = collection->source };
	_cleanup_(gvnp_sshd_done) struct gvnp_sshd sshd = { .include = include,
							    .context = &reading };

	read_file(&reading, &sshd, CONFIG);
	if (!reading.files && !sshd.problem)
		read_file(&reading, &sshd, VENDOR_CONFIG);
	if (reading.files)
		insert(facts, &sshd);
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		if (sshd.problem)
			gvnp_facts_hole(facts, tables[i], "", "", "%s", sshd.problem);
		gvnp_facts_collected(facts, tables[i]);
	}
}

/* Not the other files of /etc/ssh: private keys lie there. */
const struct gvnp_collector gvnp_collector_sshd = {
	.name = "sshd",
	.about = "configuration of the SSH server",
	.paths = (const char *const[]){ CONFIG, VENDOR_CONFIG, "/etc/ssh/sshd_config.d",
					"/etc/ssh/sshd_config.d/*.conf",
					"/usr/etc/ssh/sshd_config.d",
					"/usr/etc/ssh/sshd_config.d/*.conf",
					"/etc/crypto-policies/back-ends/opensshserver.config",
					NULL },
	.tables = (const char *const[]){ "sshd_option", "sshd_match_option", NULL },
	.privileges =
		(const struct gvnp_privilege[]){
			{ "sshd_option", "nothing; CAP_DAC_READ_SEARCH where the files are "
					 "readable by root only" },
			{ "sshd_match_option", "likewise" },
			{ NULL, NULL } },
	.collect = collect,
};
