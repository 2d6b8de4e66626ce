/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PAM rules of the services by which people log in and change passwords, with what they
 * include, in the order in which PAM runs them. How their controls jump is not followed: a rule is
 * there or it is not.
 */
#include "base/buffer.h"
#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"
#include "collect/login.h"

enum { MOST_FILES = 64, DEEPEST = 8, MOST_RULES = 2048 };

/* The folder of the administrator comes first (pam.conf(5)). */
static const char *const folders[] = { "/etc/pam.d", "/usr/lib/pam.d", "/usr/etc/pam.d" };
static const char *const services[] = { "passwd", "login", "sshd", "su", "sudo" };

struct file {
	char *name, *path; /* path NULL: there is none */
	struct gvnp_buffer bytes;
	const char *problem; /* static words */
};

struct reading {
	const struct gvnp_collection *collection;
	struct file files[MOST_FILES];
	size_t n_files;
	int64_t rules, arguments;
};

static void reading_done(struct reading *reading)
{
	for (size_t i = 0; i < reading->n_files; i++) {
		free(reading->files[i].name);
		free(reading->files[i].path);
		gvnp_buffer_done(&reading->files[i].bytes);
	}
}

static bool cut_word(struct gvnp_slice *rest, struct gvnp_slice *ret)
{
	const char *end;

	*rest = gvnp_slice_trim(*rest);
	if (!rest->size || rest->text[0] != '[')
		return gvnp_slice_word(rest, ret);
	end = memchr(rest->text, ']', rest->size);
	if (!end)
		return false;
	*ret = (struct gvnp_slice){ rest->text, (size_t)(end + 1 - rest->text) };
	rest->text += ret->size;
	rest->size -= ret->size;
	return true;
}

static struct gvnp_slice base_name(struct gvnp_slice path)
{
	const char *slash = path.size ? memrchr(path.text, '/', path.size) : NULL;

	if (!slash)
		return path;
	return (struct gvnp_slice){ slash + 1, (size_t)(path.text + path.size - slash - 1) };
}

static bool decode_line(struct gvnp_slice line, struct gvnp_pam_rule *rule)
{
	const char *comment = line.size ? memchr(line.text, '#', line.size) : NULL;
	struct gvnp_slice first;

	if (comment)
		line.size = (size_t)(comment - line.text);
	if (!gvnp_slice_word(&line, &first))
		return false;
	if (gvnp_slice_is(first, "@include")) {
		rule->is_include = true;
		return gvnp_slice_word(&line, &rule->module);
	}
	if (first.text[0] == '-') {
		first.text++;
		first.size--;
	}
	rule->type = first;
	if (!cut_word(&line, &rule->control) || !gvnp_slice_word(&line, &rule->module))
		return false;
	rule->is_include =
		gvnp_slice_is(rule->control, "include") || gvnp_slice_is(rule->control, "substack");
	rule->module = base_name(rule->module);
	rule->arguments = gvnp_slice_trim(line);
	return true;
}

bool gvnp_pam_next(struct gvnp_pam *pam, struct gvnp_pam_rule *ret)
{
	struct gvnp_slice line;

	while (gvnp_slice_next(&pam->rest, '\n', &line)) {
		*ret = (struct gvnp_pam_rule){ .line = ++pam->line };
		if (decode_line(line, ret))
			return true;
	}
	return false;
}

static void insert(struct reading *reading, const char *service, const struct file *file,
		   const struct gvnp_pam_rule *rule)
{
	struct gvnp_facts *facts = reading->collection->facts;
	struct gvnp_slice rest = rule->arguments, word;

	gvnp_insert(facts, "pam_rule", gvnp_integer("position", reading->rules),
		    gvnp_text("service", service), gvnp_text_slice("type", rule->type),
		    gvnp_text_slice("control", rule->control),
		    gvnp_text_slice("module", rule->module), gvnp_text("file", file->path),
		    gvnp_integer("line", rule->line));
	while (gvnp_slice_word(&rest, &word)) {
		struct gvnp_slice name = word, value = gvnp_slice("");

		gvnp_slice_split(word, '=', &name, &value);
		gvnp_insert(facts, "pam_argument", gvnp_integer("position", reading->arguments++),
			    gvnp_integer("rule", reading->rules), gvnp_text_slice("name", name),
			    gvnp_text_slice("value", value));
	}
	reading->rules++;
}

static void note(struct reading *reading, const char *name, const char *problem)
{
	gvnp_facts_hole(reading->collection->facts, "pam_rule", "", "", "%s: %s", name, problem);
	gvnp_facts_hole(reading->collection->facts, "pam_argument", "", "", "%s: %s", name,
			problem);
}

/* A line that ends in '\' goes on in the next one. The line ends that fall away come behind the
 * whole, so that the lines after it keep their numbers. */
static void join_lines(struct file *file, struct gvnp_slice bytes)
{
	struct gvnp_slice line;
	size_t n_joined = 0;

	while (gvnp_slice_next(&bytes, '\n', &line)) {
		bool goes_on = line.size && line.text[line.size - 1] == '\\';

		gvnp_buffer_append(&file->bytes, line.text, line.size - goes_on);
		gvnp_buffer_append_text(&file->bytes, goes_on ? " " : "\n");
		for (n_joined += goes_on; !goes_on && n_joined; n_joined--)
			gvnp_buffer_append_text(&file->bytes, "\n");
	}
}

static struct file *find(struct reading *reading, struct gvnp_slice name)
{
	for (size_t i = 0; i < reading->n_files; i++)
		if (gvnp_slice_is(name, reading->files[i].name))
			return &reading->files[i];
	if (reading->n_files == MOST_FILES || !name.size || memchr(name.text, '/', name.size) ||
	    name.text[0] == '.')
		return NULL;
	struct file *file = &reading->files[reading->n_files++];

	file->name = gvnp_slice_copy(name);
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers = gvnp_source_ask_one(
			reading->collection->source, GVNP_READ, "%s/%s", folders[i], file->name);

		if (gvnp_collect_is_absent(&answers->answers[0]))
			continue;
		file->path = gvnp_format("%s/%s", folders[i], file->name);
		if (answers->answers[0].error)
			file->problem = gvnp_source_error_name(answers->answers[0].error);
		else
			join_lines(file, gvnp_collect_bytes(&answers->answers[0]));
		break;
	}
	return file;
}

/* `type` "": rules of every type. */
static void read_file(struct reading *reading, const char *service, struct gvnp_slice name,
		      struct gvnp_slice type, unsigned depth)
{
	struct file *file = depth < DEEPEST ? find(reading, name) : NULL;
	struct gvnp_pam_rule rule;

	if (!file) {
		note(reading, service, "includes too deep, too often, or by a name with '/'");
		return;
	}
	if (file->problem)
		note(reading, file->path, file->problem);
	struct gvnp_pam pam = { .rest = { gvnp_buffer_text(&file->bytes), file->bytes.size } };
	while (gvnp_pam_next(&pam, &rule)) {
		if (reading->rules == MOST_RULES) {
			note(reading, file->path, "too many rules");
			return;
		}
		if (type.size && rule.type.size &&
		    (rule.type.size != type.size ||
		     !gvnp_text_same(rule.type.text, type.text, type.size)))
			continue;
		if (rule.is_include)
			read_file(reading, service, rule.module, rule.type.size ? rule.type : type,
				  depth + 1);
		else
			insert(reading, service, file, &rule);
	}
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(reading_done) struct reading reading = { .collection = collection };

	for (size_t i = 0; i < sizeof services / sizeof *services; i++)
		read_file(&reading, services[i], gvnp_slice(services[i]), gvnp_slice(""), 0);
	gvnp_facts_collected(collection->facts, "pam_rule");
	gvnp_facts_collected(collection->facts, "pam_argument");
}

const struct gvnp_collector gvnp_collector_pam = {
	.name = "pam",
	.about = "how people are authenticated and change their passwords",
	.paths = (const char *const[]){ "/etc/pam.d/*", "/usr/lib/pam.d/*", "/usr/etc/pam.d/*",
					NULL },
	.tables = (const char *const[]){ "pam_rule", "pam_argument", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "pam_rule", "nothing" },
						       { "pam_argument", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
