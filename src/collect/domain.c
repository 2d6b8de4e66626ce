/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domains libvirt knows. A domain that was listed keeps its row whatever happens to it
 * afterwards: when its XML cannot be had or read, every table it would fill gets a hole of that
 * domain, and no other domain's facts suffer.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"
#include "collect/domain.h"

/* So many domains are asked for at once: a bound on the memory their XML takes. */
enum { BATCH = 64 };

/* Everything here is filled for each domain, from its XML. */
static const char *const tables[] = {
	"domain",
	"domain_device",
	"domain_disk",
	"domain_disk_layer",
	"domain_interface",
	"domain_graphics",
	"domain_chardev",
	"domain_hostdev",
	"domain_filesystem",
	"domain_seclabel",
	"domain_feature",
	"domain_cpu_feature",
	"domain_pin",
	"domain_qemu_argument",
	"domain_message",
	"domain_setting",
	NULL,
};

/* A line of the answer to "domains". */
struct listed {
	char *uuid, *name;
	int64_t id, state;
	bool is_persistent, is_autostarted, has_managed_save;
	size_t xml, inactive, messages; /* requests of the batch */
	bool has_inactive;
};

struct listing {
	struct listed *domains;
	size_t n;
};

static void free_listing(struct listing *listing)
{
	for (size_t i = 0; i < listing->n; i++) {
		free(listing->domains[i].uuid);
		free(listing->domains[i].name);
	}
	free(listing->domains);
}

static bool read_flag(struct gvnp_slice *line, bool *ret)
{
	struct gvnp_slice word;
	uint64_t value;

	if (!gvnp_slice_next(line, ' ', &word) || !gvnp_slice_unsigned(word, 10, &value))
		return false;
	*ret = value != 0;
	return true;
}

/* uuid id state persistent autostart managed-save name; the name may hold blanks */
static bool read_line(struct gvnp_slice line, struct listed *ret)
{
	struct listed listed = { 0 };
	struct gvnp_slice uuid, word;

	if (!gvnp_slice_next(&line, ' ', &uuid) || uuid.size != 36 ||
	    !gvnp_slice_next(&line, ' ', &word) || !gvnp_slice_integer(word, &listed.id) ||
	    !gvnp_slice_next(&line, ' ', &word) || !gvnp_slice_integer(word, &listed.state) ||
	    !read_flag(&line, &listed.is_persistent) || !read_flag(&line, &listed.is_autostarted) ||
	    !read_flag(&line, &listed.has_managed_save))
		return false;
	listed.uuid = gvnp_slice_copy(uuid);
	listed.name = gvnp_slice_copy(line);
	*ret = listed;
	return true;
}

static void read_listing(struct gvnp_facts *facts, struct gvnp_slice text, struct listing *ret)
{
	struct gvnp_slice line;

	while (gvnp_slice_next(&text, '\n', &line)) {
		struct listed listed;

		if (!read_line(line, &listed)) {
			for (size_t i = 0; tables[i]; i++)
				gvnp_facts_hole(facts, tables[i], "", "",
						"libvirt domains: a line is not understood");
			continue;
		}
		ret->domains = gvnp_grow(ret->domains, ret->n);
		ret->domains[ret->n++] = listed;
	}
}

/* virDomainState of libvirt-domain.h. */
static const char *state_name(int64_t state)
{
	static const char *const names[] = { "other",	 "running", "running", "paused",
					     "shutdown", "shutoff", "crashed", "suspended" };

	return state >= 0 && state < (int64_t)(sizeof names / sizeof *names) ? names[state]
									     : "other";
}

/* Listed, but its XML is not to be had. Its columns are unreadable, its tables have a hole. */
static void insert_unread(struct gvnp_facts *facts, const struct listed *listed,
			  const char *problem)
{
	/* VIR_ERR_NO_DOMAIN: it went away after it was listed */
	bool is_gone = gvnp_text_starts(problem, "Domain not found");

	gvnp_insert(facts, "domain", gvnp_text("uuid", listed->uuid),
		    gvnp_text("name", listed->name),
		    gvnp_text("state", is_gone ? "vanished" : state_name(listed->state)),
		    gvnp_integer("is_active", listed->id >= 0 && !is_gone),
		    gvnp_integer("is_persistent", listed->is_persistent),
		    gvnp_integer("is_autostarted", listed->is_autostarted),
		    gvnp_integer("has_managed_save", listed->has_managed_save));
	for (size_t i = 0; tables[i]; i++)
		gvnp_facts_hole(facts, tables[i], "", listed->uuid, "libvirt XML of %s: %s",
				listed->name, problem);
}

/* The project of Nova's metadata; older releases wrote the 1.0 namespace. */
static const char *tenant_of(const struct gvnp_xml_node *root)
{
	static const char *const uris[] = { GVNP_DOMAIN_NOVA_1_1_URI, GVNP_DOMAIN_NOVA_1_0_URI };
	const struct gvnp_xml_node *metadata = gvnp_xml_child(root, "metadata");

	for (size_t i = 0; i < sizeof uris / sizeof *uris; i++) {
		const struct gvnp_xml_node *node = gvnp_xml_child_in(metadata, uris[i], "instance");

		node = gvnp_xml_child_in(node, uris[i], "owner");
		node = gvnp_xml_child_in(node, uris[i], "project");
		if (node)
			return gvnp_xml_get(node, "uuid");
	}
	return "";
}

static struct gvnp_cell memory_cell(const char *column, const struct gvnp_xml_node *node)
{
	int64_t value = 0;
	bool is_known = gvnp_xml_kibibytes(node, &value);

	return node ? gvnp_maybe(column, is_known, value) : gvnp_integer(column, 0);
}

static struct gvnp_cell vcpu_cell(const char *column, const struct gvnp_xml_node *vcpu,
				  const char *attribute)
{
	int64_t value = 0;
	const char *text = attribute ? gvnp_xml_get(vcpu, attribute) : "";
	struct gvnp_slice slice = gvnp_slice(text[0] ? text : gvnp_xml_text(vcpu));
	bool is_known = gvnp_slice_integer(gvnp_slice_trim(slice), &value);

	/* <vcpu> may be left out when there is one */
	return vcpu ? gvnp_maybe(column, is_known, value) : gvnp_integer(column, 1);
}

/* Flash is writable unless it says it is not; a ROM never is. */
static bool is_loader_readonly(const struct gvnp_xml_node *loader)
{
	const char *readonly = gvnp_xml_get(loader, "readonly");

	if (readonly[0])
		return !strcmp(readonly, "yes");
	return strcmp(gvnp_xml_get(loader, "type"), "pflash") != 0;
}

static const char *nvram_path(const struct gvnp_xml_node *nvram)
{
	const struct gvnp_xml_node *source = gvnp_xml_child(nvram, "source");
	const char *path = gvnp_xml_get(source, "file");

	if (!source)
		return gvnp_xml_text(nvram);
	return path[0] ? path : gvnp_xml_get(source, "dev");
}

static void insert_domain(struct gvnp_facts *facts, const struct listed *listed,
			  const struct gvnp_xml_node *root)
{
	const struct gvnp_xml_node *os = gvnp_xml_child(root, "os");
	const struct gvnp_xml_node *type = gvnp_xml_child(os, "type");
	const struct gvnp_xml_node *loader = gvnp_xml_child(os, "loader");
	const struct gvnp_xml_node *cpu = gvnp_xml_child(root, "cpu");
	const struct gvnp_xml_node *memory = gvnp_xml_child(root, "memory");
	const struct gvnp_xml_node *backing = gvnp_xml_child(root, "memoryBacking");
	const struct gvnp_xml_node *vcpu = gvnp_xml_child(root, "vcpu");
	const char *loader_type = gvnp_xml_get(loader, "type");
	const char *cpu_mode = gvnp_xml_get(cpu, "mode");
	const char *cpu_model = gvnp_xml_text(gvnp_xml_child(cpu, "model"));

	gvnp_insert(
		facts, "domain", gvnp_text("uuid", listed->uuid), gvnp_text("name", listed->name),
		gvnp_text("state", state_name(listed->state)),
		gvnp_integer("is_active", listed->id >= 0),
		gvnp_integer("is_persistent", listed->is_persistent),
		gvnp_integer("is_autostarted", listed->is_autostarted),
		gvnp_integer("has_managed_save", listed->has_managed_save),
		gvnp_text("type", gvnp_xml_get(root, "type")),
		gvnp_text("architecture", gvnp_xml_get(type, "arch")),
		gvnp_text("machine", gvnp_xml_get(type, "machine")),
		gvnp_text("emulator", gvnp_xml_text(gvnp_xml_at(root, "devices/emulator"))),
		gvnp_text("tenant", tenant_of(root)), vcpu_cell("vcpus", vcpu, NULL),
		vcpu_cell("vcpus_current", vcpu, "current"), memory_cell("memory_kib", memory),
		gvnp_text("cpu_mode", cpu_mode[0]    ? cpu_mode
				      : cpu_model[0] ? "custom"
						     : ""),
		gvnp_text("cpu_model", cpu_model), gvnp_text("loader", gvnp_xml_text(loader)),
		gvnp_text("loader_type", loader_type[0] || !loader ? loader_type : "rom"),
		gvnp_integer("is_loader_readonly", is_loader_readonly(loader)),
		gvnp_integer("is_loader_secure", gvnp_xml_says_yes(loader, "secure")),
		gvnp_text("nvram", nvram_path(gvnp_xml_child(os, "nvram"))),
		gvnp_text("kernel", gvnp_xml_text(gvnp_xml_child(os, "kernel"))),
		gvnp_integer("is_memory_locked", !!gvnp_xml_child(backing, "locked")),
		gvnp_integer("is_memory_unshared", !!gvnp_xml_child(backing, "nosharepages")),
		gvnp_text("memory_access", gvnp_xml_get(gvnp_xml_child(backing, "access"), "mode")),
		gvnp_text("memory_source", gvnp_xml_get(gvnp_xml_child(backing, "source"), "type")),
		gvnp_integer("has_hugepages", !!gvnp_xml_child(backing, "hugepages")),
		memory_cell("hard_limit_kib", gvnp_xml_at(root, "memtune/hard_limit")),
		gvnp_text("dumps_core", gvnp_xml_get(memory, "dumpCore")),
		gvnp_text("launch_security",
			  gvnp_xml_get(gvnp_xml_child(root, "launchSecurity"), "type")));
}

static void insert_messages(struct gvnp_facts *facts, const char *uuid,
			    const struct gvnp_answer *answer)
{
	struct gvnp_slice text = gvnp_collect_bytes(answer), line;
	int64_t position = 0;

	if (answer->error) {
		gvnp_collect_hole(facts, "domain_message", "", uuid, "messages", answer);
		return;
	}
	while (gvnp_slice_next(&text, '\n', &line))
		if (line.size)
			gvnp_insert(facts, "domain_message", gvnp_text("domain", uuid),
				    gvnp_integer("position", position++),
				    gvnp_text_slice("message", line));
}

/* Words for an answer without XML, or with XML that is refused. Owned by the caller. */
static char *parse_answer(const struct gvnp_answer *answer, struct gvnp_xml **ret)
{
	char *problem = NULL;

	if (answer->error)
		return gvnp_duplicate(answer->error == GVNP_LIBVIRT_ERROR && answer->problem[0]
					      ? answer->problem
					      : gvnp_source_error_name(answer->error));
	if (!gvnp_xml_parse(answer->data, answer->size, ret, &problem) &&
	    !gvnp_xml_is(gvnp_xml_root(*ret), "domain")) {
		gvnp_xml_freep(ret);
		*ret = NULL;
		problem = gvnp_duplicate("it is no <domain>");
	}
	return problem;
}

static void insert_settings(struct gvnp_facts *facts, const struct listed *listed,
			    const struct gvnp_batch *batch, const struct gvnp_xml_node *live)
{
	_cleanup_xml_ struct gvnp_xml *xml = NULL;
	_cleanup_free_ char *problem = NULL;

	if (!listed->has_inactive)
		return;
	problem = parse_answer(gvnp_batch_answer(batch, listed->inactive), &xml);
	if (problem)
		gvnp_facts_hole(facts, "domain_setting", "", listed->uuid,
				"persistent XML of %s: %s", listed->name, problem);
	else
		gvnp_domain_settings(facts, listed->uuid, live, gvnp_xml_root(xml));
}

static void decode(const struct gvnp_domain *frame, const struct listed *listed,
		   const struct gvnp_batch *batch, struct gvnp_domain_layers *layers)
{
	struct gvnp_facts *facts = frame->facts;
	_cleanup_xml_ struct gvnp_xml *xml = NULL;
	_cleanup_free_ char *problem = parse_answer(gvnp_batch_answer(batch, listed->xml), &xml);
	struct gvnp_domain domain = *frame;

	if (problem) {
		insert_unread(facts, listed, problem);
		return;
	}
	domain.uuid = listed->uuid;
	domain.root = gvnp_xml_root(xml);
	domain.devices = gvnp_xml_child(domain.root, "devices");
	insert_domain(facts, listed, domain.root);
	gvnp_domain_devices(&domain);
	gvnp_domain_board(&domain);
	gvnp_domain_disks(&domain, layers);
	gvnp_domain_interfaces(&domain);
	gvnp_domain_graphics(&domain);
	gvnp_domain_chardevs(&domain);
	gvnp_domain_hostdevs(&domain);
	gvnp_domain_filesystems(&domain);
	gvnp_domain_seclabels(&domain);
	gvnp_domain_features(&domain);
	gvnp_domain_cpu_features(&domain);
	gvnp_domain_pins(&domain);
	gvnp_domain_arguments(&domain);
	insert_messages(facts, listed->uuid, gvnp_batch_answer(batch, listed->messages));
	insert_settings(facts, listed, batch, domain.root);
}

/* Equal for the same storage, whatever the path; the caller frees. */
static char *identity_of(const struct gvnp_answer *answer)
{
	if (answer->error)
		return gvnp_duplicate("");
	if (answer->type == GVNP_TYPE_BLOCK || answer->type == GVNP_TYPE_CHARACTER)
		return gvnp_format("dev:%u:%u", answer->rdev_major, answer->rdev_minor);
	return gvnp_format("fs:%u:%u:%llu", answer->device_major, answer->device_minor,
			   (unsigned long long)answer->inode);
}

static void insert_layer(struct gvnp_facts *facts, const struct gvnp_domain_layer *layer,
			 const struct gvnp_answer *answer)
{
	bool is_known = gvnp_collect_presence(answer) != GVNP_UNREADABLE;
	_cleanup_free_ char *identity = identity_of(answer);

	gvnp_insert(facts, "domain_disk_layer", gvnp_text("domain", layer->domain),
		    gvnp_text("target", layer->target), gvnp_integer("depth", layer->depth),
		    gvnp_text("path", layer->path), gvnp_text("format", layer->format),
		    gvnp_text("identity", is_known ? identity : NULL),
		    gvnp_maybe("mode", is_known, answer->error ? 0 : (int64_t)answer->mode),
		    gvnp_maybe("uid", is_known, answer->error ? 0 : (int64_t)answer->uid),
		    gvnp_maybe("gid", is_known, answer->error ? 0 : (int64_t)answer->gid));
}

static void insert_layers(const struct gvnp_collection *collection,
			  const struct gvnp_domain_layers *layers)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };

	for (size_t i = 0; i < layers->n; i++)
		gvnp_batch_add(&batch, GVNP_STAT, "%s", layers->layers[i].path);
	if (!layers->n)
		return;
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < layers->n; i++)
		insert_layer(collection->facts, &layers->layers[i], gvnp_batch_answer(&batch, i));
}

static void collect_some(const struct gvnp_collection *collection, const struct gvnp_domain *frame,
			 struct listed *domains, size_t n)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	__attribute__((cleanup(gvnp_domain_layers_done))) struct gvnp_domain_layers layers = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct listed *listed = &domains[i];

		listed->xml = gvnp_batch_add(&batch, GVNP_LIBVIRT, "domain/%s/xml", listed->uuid);
		listed->messages =
			gvnp_batch_add(&batch, GVNP_LIBVIRT, "domain/%s/messages", listed->uuid);
		listed->has_inactive = listed->id >= 0 && listed->is_persistent;
		if (listed->has_inactive)
			listed->inactive = gvnp_batch_add(&batch, GVNP_LIBVIRT,
							  "domain/%s/inactive-xml", listed->uuid);
	}
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < n; i++)
		decode(frame, &domains[i], &batch, &layers);
	insert_layers(collection, &layers);
}

/* The address qemu.conf gives consoles without one, collected before. The caller frees. */
static char *configured_address(struct gvnp_facts *facts, const char *key)
{
	sqlite3_stmt *statement = NULL;
	char *address = NULL;

	if (sqlite3_prepare_v2(gvnp_facts_database(facts),
			       "SELECT value FROM libvirt_setting WHERE file = 'qemu' AND key = ?",
			       -1, &statement, NULL) == SQLITE_OK) {
		sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
		if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0))
			address = gvnp_duplicate((const char *)sqlite3_column_text(statement, 0));
	}
	sqlite3_finalize(statement);
	return address;
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(collection->source, GVNP_LIBVIRT, "domains");
	__attribute__((cleanup(free_listing))) struct listing listing = { 0 };
	struct gvnp_facts *facts = collection->facts;

	if (answers->answers[0].error) {
		for (size_t i = 0; tables[i]; i++)
			gvnp_collect_hole(facts, tables[i], "", "", "libvirt domains",
					  &answers->answers[0]);
		return;
	}
	_cleanup_free_ char *vnc_listen = configured_address(facts, "vnc_listen");
	_cleanup_free_ char *spice_listen = configured_address(facts, "spice_listen");
	struct gvnp_domain frame = { .facts = facts,
				     .vnc_listen = vnc_listen,
				     .spice_listen = spice_listen };

	read_listing(facts, gvnp_collect_bytes(&answers->answers[0]), &listing);
	for (size_t i = 0; i < listing.n; i += BATCH)
		collect_some(collection, &frame, &listing.domains[i],
			     listing.n - i < BATCH ? listing.n - i : BATCH);
	for (size_t i = 0; tables[i]; i++)
		gvnp_facts_collected(facts, tables[i]);
}

/* An image may lie anywhere, so every path may be stat'ed; none is read. */
static const char *const paths[] = { "libvirt", "stat:/**", NULL };
static const struct gvnp_privilege privileges[] = {
	{ "domain", "connecting to libvirt read-only" },
	{ "domain_disk_layer", "connecting to libvirt read-only; CAP_DAC_READ_SEARCH for images in "
			       "closed directories" },
	{ NULL, NULL },
};

const struct gvnp_collector gvnp_collector_domain = {
	.name = "domain",
	.about = "libvirt domains: devices, disks, networks, consoles, labels, arguments",
	.paths = paths,
	.tables = tables,
	.privileges = privileges,
	.collect = collect,
};
