/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration files of libvirt's daemons and of its QEMU driver, as effective settings: what is
 * written, else the default of the installed version and distribution. A file that cannot be read
 * or parsed leaves a hole of that file only; a file that is not there means its defaults.
 */
#include "collect/libvirt_config.h"

#include <string.h>

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"

static const struct {
	const char *name;
	const char *path;
	enum gvnp_libvirt_file file;
} files[] = {
	{ "qemu", "/etc/libvirt/qemu.conf", GVNP_LIBVIRT_FILE_QEMU },
	{ "libvirtd", "/etc/libvirt/libvirtd.conf", GVNP_LIBVIRT_FILE_LIBVIRTD },
	{ "virtproxyd", "/etc/libvirt/virtproxyd.conf", GVNP_LIBVIRT_FILE_PROXY },
	{ "virtqemud", "/etc/libvirt/virtqemud.conf", GVNP_LIBVIRT_FILE_MODULAR },
	{ "virtnetworkd", "/etc/libvirt/virtnetworkd.conf", GVNP_LIBVIRT_FILE_MODULAR },
	{ "virtstoraged", "/etc/libvirt/virtstoraged.conf", GVNP_LIBVIRT_FILE_MODULAR },
	{ "virtnodedevd", "/etc/libvirt/virtnodedevd.conf", GVNP_LIBVIRT_FILE_MODULAR },
	{ "virtnwfilterd", "/etc/libvirt/virtnwfilterd.conf", GVNP_LIBVIRT_FILE_MODULAR },
	{ "virtsecretd", "/etc/libvirt/virtsecretd.conf", GVNP_LIBVIRT_FILE_MODULAR },
	{ "virtinterfaced", "/etc/libvirt/virtinterfaced.conf", GVNP_LIBVIRT_FILE_MODULAR },
	{ "virtlogd", "/etc/libvirt/virtlogd.conf", GVNP_LIBVIRT_FILE_LOGD },
	{ "virtlockd", "/etc/libvirt/virtlockd.conf", GVNP_LIBVIRT_FILE_LOCKD },
};
enum { N_FILES = sizeof files / sizeof *files };

/* Where the library may be; its name carries the version when no daemon answers. */
static const char *const libraries[] = {
	"/usr/lib64/libvirt.so.0",
	"/usr/lib/x86_64-linux-gnu/libvirt.so.0",
	"/usr/lib/aarch64-linux-gnu/libvirt.so.0",
	"/usr/lib/libvirt.so.0",
};
enum { N_LIBRARIES = sizeof libraries / sizeof *libraries };

/* Requests of the one batch: first the files, each with stat and content, then these. */
enum {
	FIRST_OTHER = 2 * N_FILES,
	VERSION_AT = FIRST_OTHER,
	OS_RELEASE_AT,
	OS_RELEASE_USR_AT,
	FIRST_LIBRARY
};

/* libvirt.so.0.MAJOR*1000+MINOR.RELEASE (meson.build of libvirt) */
static bool version_of_library(const struct gvnp_answer *answer, int64_t *ret)
{
	static const char prefix[] = "libvirt.so.0.";
	struct gvnp_slice name = gvnp_collect_trimmed(answer), left, right;
	uint64_t number, release;

	if (answer->error)
		return false;
	for (size_t i = name.size; i > 0; i--)
		if (name.text[i - 1] == '/') {
			name = (struct gvnp_slice){ name.text + i, name.size - i };
			break;
		}
	if (!gvnp_slice_starts(name, prefix))
		return false;
	name.text += strlen(prefix);
	name.size -= strlen(prefix);
	if (!gvnp_slice_split(name, '.', &left, &right) ||
	    !gvnp_slice_unsigned(left, 10, &number) || number > 1000000 ||
	    !gvnp_slice_unsigned(right, 10, &release) || release > 999)
		return false;
	*ret = (int64_t)(number * 1000 + release);
	return *ret > 0;
}

static int64_t installed_version(const struct gvnp_batch *batch)
{
	int64_t version = 0;

	if (gvnp_libvirt_version(gvnp_batch_answer(batch, VERSION_AT), "libvirt-daemon", &version))
		return version;
	for (size_t i = 0; i < N_LIBRARIES; i++)
		if (version_of_library(gvnp_batch_answer(batch, FIRST_LIBRARY + i), &version))
			return version;
	return 0;
}

/* The value of a key of os-release, without its quotes. */
static struct gvnp_slice os_release(struct gvnp_slice text, const char *wanted)
{
	struct gvnp_slice line, key, value;

	while (gvnp_slice_next(&text, '\n', &line)) {
		if (!gvnp_slice_split(line, '=', &key, &value) || !gvnp_slice_is(key, wanted))
			continue;
		value = gvnp_slice_trim(value);
		if (value.size > 1 && (value.text[0] == '"' || value.text[0] == '\'') &&
		    value.text[value.size - 1] == value.text[0])
			value = (struct gvnp_slice){ value.text + 1, value.size - 2 };
		return value;
	}
	return (struct gvnp_slice){ "", 0 };
}

static const char *family_of(struct gvnp_slice word)
{
	static const char *const families[][2] = {
		{ "debian", "debian" },
		{ "ubuntu", "ubuntu" },
		{ "rhel", "redhat" },
		{ "fedora", "redhat" },
		{ "centos", "redhat" },
		{ "rocky", "redhat" },
		{ "almalinux", "redhat" },
		{ "ol", "redhat" },
		{ "sles", "suse" },
		{ "suse", "suse" },
		{ "opensuse", "suse" },
		{ "opensuse-leap", "suse" },
		{ "opensuse-tumbleweed", "suse" },
	};

	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (gvnp_slice_is(word, families[i][0]))
			return families[i][1];
	return "";
}

/* ID, else the first word of ID_LIKE that is known: the nearest relative comes first. */
static const char *distribution_of(const struct gvnp_batch *batch)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(batch, OS_RELEASE_AT);
	struct gvnp_slice text, words, word;
	const char *family;

	if (gvnp_collect_is_absent(answer))
		answer = gvnp_batch_answer(batch, OS_RELEASE_USR_AT);
	text = gvnp_collect_bytes(answer);
	family = family_of(os_release(text, "ID"));
	words = os_release(text, "ID_LIKE");
	while (!family[0] && gvnp_slice_word(&words, &word))
		family = family_of(word);
	return family;
}

struct unknown_context {
	struct gvnp_facts *facts;
	const char *file;
};

static void note_unknown(void *context, const char *key, const char *why)
{
	const struct unknown_context *unknown = context;

	gvnp_facts_hole(unknown->facts, "libvirt_setting", "", unknown->file,
			"default of %s: %s, which is not known", key, why);
	gvnp_facts_hole(unknown->facts, "libvirt_setting_item", "", unknown->file,
			"default of %s: %s, which is not known", key, why);
}

/* Passwords are told from no passwords, and no more. */
static const char *shown(const struct gvnp_libvirt_setting *setting, const char *value)
{
	return gvnp_text_ends(setting->key, "_password") && value[0] ? "(set)" : value;
}

static void insert_setting(struct gvnp_facts *facts, const char *file,
			   const struct gvnp_libvirt_setting *setting)
{
	static const char *const kinds[] = { "integer", "text", "list" };
	/* these take a text for a list of one */
	bool is_list = setting->kind == GVNP_LIBVIRT_LIST ||
		       !strcmp(setting->key, "security_driver") ||
		       !strcmp(setting->key, "hugetlbfs_mount");

	gvnp_insert(facts, "libvirt_setting", gvnp_text("file", file),
		    gvnp_text("key", setting->key), gvnp_text("kind", kinds[setting->kind]),
		    gvnp_text("value", shown(setting, setting->value)),
		    gvnp_text("origin", setting->line ? "file" : "default"),
		    gvnp_integer("line", setting->line));
	for (size_t i = 0; is_list && i < setting->n_items; i++)
		gvnp_insert(facts, "libvirt_setting_item", gvnp_text("file", file),
			    gvnp_text("key", setting->key), gvnp_integer("position", (int64_t)i),
			    gvnp_text("item", setting->items[i]));
}

static void hole_of_settings(struct gvnp_facts *facts, size_t file, const char *problem)
{
	gvnp_facts_hole(facts, "libvirt_setting", "", files[file].name, "%s", problem);
	gvnp_facts_hole(facts, "libvirt_setting_item", "", files[file].name, "%s", problem);
}

static void collect_settings(struct gvnp_facts *facts, size_t file,
			     const struct gvnp_libvirt_host *host, const struct gvnp_answer *answer)
{
	__attribute__((
		cleanup(gvnp_libvirt_settings_done))) struct gvnp_libvirt_settings settings = { 0 };
	struct unknown_context unknown = { facts, files[file].name };
	_cleanup_free_ char *problem = NULL;
	const char *words;
	int line;

	if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
		problem = gvnp_format("%s: %s", files[file].path,
				      gvnp_source_error_name(answer->error));
	else if (!answer->error &&
		 gvnp_libvirt_parse(answer->data, answer->size, &settings, &line, &words))
		problem = gvnp_format("%s:%d: %s", files[file].path, line, words);
	if (problem) {
		hole_of_settings(facts, file, problem);
		return;
	}
	gvnp_libvirt_defaults(files[file].file, host, &settings, note_unknown, &unknown);
	for (size_t i = 0; i < settings.n; i++)
		insert_setting(facts, files[file].name, &settings.settings[i]);
}

static void insert_file(struct gvnp_facts *facts, size_t file, const struct gvnp_answer *answer)
{
	bool is_present = !answer->error;

	if (gvnp_collect_presence(answer) == GVNP_UNREADABLE) {
		gvnp_collect_hole(facts, "libvirt_file", "", files[file].name, files[file].path,
				  answer);
		return;
	}
	gvnp_insert(facts, "libvirt_file", gvnp_text("name", files[file].name),
		    gvnp_text("path", files[file].path), gvnp_integer("is_present", is_present),
		    gvnp_integer("modified", is_present ? answer->modified : 0),
		    gvnp_integer("mode", is_present ? (int64_t)answer->mode : 0),
		    gvnp_integer("uid", is_present ? (int64_t)answer->uid : 0),
		    gvnp_integer("gid", is_present ? (int64_t)answer->gid : 0));
}

static const char *const tables[] = { "libvirt_file", "libvirt_setting", "libvirt_setting_item",
				      NULL };

static void collect(const struct gvnp_collection *collection)
{
	struct gvnp_facts *facts = collection->facts;
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	struct gvnp_libvirt_host host;

	for (size_t i = 0; i < N_FILES; i++) {
		gvnp_batch_add(&batch, GVNP_STAT, "%s", files[i].path);
		gvnp_batch_add(&batch, GVNP_READ, "%s", files[i].path);
	}
	gvnp_batch_add(&batch, GVNP_LIBVIRT, "version");
	gvnp_batch_add(&batch, GVNP_READ, "/etc/os-release");
	gvnp_batch_add(&batch, GVNP_READ, "/usr/lib/os-release");
	for (size_t i = 0; i < N_LIBRARIES; i++)
		gvnp_batch_add(&batch, GVNP_LINK, "%s", libraries[i]);
	gvnp_batch_ask(&batch, collection->source);
	host = (struct gvnp_libvirt_host){
		.version = installed_version(&batch),
		.distribution = distribution_of(&batch),
	};
	for (size_t i = 0; i < N_FILES; i++) {
		insert_file(facts, i, gvnp_batch_answer(&batch, 2 * i));
		collect_settings(facts, i, &host, gvnp_batch_answer(&batch, 2 * i + 1));
	}
	for (size_t i = 0; tables[i]; i++)
		gvnp_facts_collected(facts, tables[i]);
}

static const char *const paths[] = {
	"libvirt",
	"/etc/libvirt/*.conf",
	"/etc/os-release",
	"/usr/lib/os-release",
	"/usr/lib64/libvirt.so.0",
	"/usr/lib/*/libvirt.so.0",
	"/usr/lib/libvirt.so.0",
	NULL,
};
static const struct gvnp_privilege privileges[] = {
	{ "libvirt_file", "nothing" },
	{ "libvirt_setting", "CAP_DAC_READ_SEARCH: qemu.conf is readable by root only" },
	{ "libvirt_setting_item", "CAP_DAC_READ_SEARCH: qemu.conf is readable by root only" },
	{ NULL, NULL },
};

const struct gvnp_collector gvnp_collector_libvirt_config = {
	.name = "libvirt_config",
	.about = "configuration of the libvirt daemons and their QEMU driver, with defaults",
	.paths = paths,
	.tables = tables,
	.privileges = privileges,
	.collect = collect,
};
