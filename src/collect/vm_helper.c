/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Helpers of VMs: the TPM emulator, the file system and network daemons, reservation helpers,
 * vhost-user back ends. They parse what the guest sends just as QEMU does, so an escape may lead
 * through them. Known by the name of their program; which VM one belongs to is told by its control
 * group, where libvirt puts those it starts.
 */
#include "collect/vm_helper.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/proc_decode.h"
#include "collect/proc_scan.h"
#include "collect/qemu_thread.h"

static const char table[] = "vm_helper";

static const struct {
	const char *name;
	bool is_only_in_scope; /* also has other work on a host */
} known[] = {
	{ "swtpm", false },
	{ "virtiofsd", false },
	{ "passt", false },
	{ "passt.avx2", false },
	{ "slirp-helper", false },
	{ "dbus-daemon", true },
	{ "qemu-pr-helper", false },
	{ "qemu-storage-daemon", false },
	{ "qemu-nbd", true },
	{ "nbdkit", true },
	{ "virtfs-proxy-helper", false },
	{ "vhost-user-gpu", false },
	{ "vhost-user-input", false },
	{ "vhost-user-blk", false },
	{ "vhost-user-scsi", false },
	{ "vhost-device-vsock", false },
};

enum { QUESTIONS = 4 };
enum { CGROUP, STATUS, APPARMOR, CURRENT };

/* Which control group is whose. */
struct scopes {
	struct scope {
		char *path, *domain;
	} * scopes;
	size_t n;
	bool is_complete; /* of all VM processes the domain and the control group are known */
};

static void scopes_done(struct scopes *scopes)
{
	for (size_t i = 0; i < scopes->n; i++) {
		free(scopes->scopes[i].path);
		free(scopes->scopes[i].domain);
	}
	free(scopes->scopes);
}

struct gvnp_slice gvnp_vm_scope(struct gvnp_slice path)
{
	static const char prefix[] = "machine-qemu";
	static const char *const suffixes[] = { ".scope", ".libvirt-qemu" };
	struct gvnp_slice rest = path, component;

	while (gvnp_slice_next(&rest, '/', &component)) {
		for (size_t i = 0; i < 2; i++) {
			size_t size = strlen(suffixes[i]);

			if (component.size <= size ||
			    memcmp(component.text + component.size - size, suffixes[i], size) !=
				    0 ||
			    (!i && !gvnp_slice_starts(component, prefix)))
				continue;
			return (struct gvnp_slice){
				path.text, (size_t)(component.text + component.size - path.text)
			};
		}
	}
	return (struct gvnp_slice){ "", 0 };
}

/* Whether each VM process and its control group are known. */
static bool knows_all_scopes(struct gvnp_facts *facts)
{
	sqlite3_stmt *statement = gvnp_facts_statement(
		facts, "SELECT 1 FROM hole WHERE table_name IN ('qemu_process', "
		       "'qemu_process_cgroup') AND column_name IN ('', 'domain')");
	bool is_incomplete = sqlite3_step(statement) == SQLITE_ROW;

	sqlite3_reset(statement);
	return !is_incomplete;
}

static void load_scopes(struct gvnp_facts *facts, struct scopes *scopes)
{
	sqlite3_stmt *statement = gvnp_facts_statement(
		facts, "SELECT DISTINCT c.path, q.domain FROM qemu_process_cgroup c"
		       "  JOIN qemu_process q ON q.pid = c.pid WHERE q.domain <> ''");

	while (sqlite3_step(statement) == SQLITE_ROW) {
		struct gvnp_slice scope =
			gvnp_vm_scope(gvnp_slice((const char *)sqlite3_column_text(statement, 0)));

		if (!scope.size)
			continue;
		scopes->scopes = gvnp_grow(scopes->scopes, scopes->n);
		scopes->scopes[scopes->n++] = (struct scope){
			gvnp_slice_copy(scope),
			gvnp_duplicate((const char *)sqlite3_column_text(statement, 1))
		};
	}
	sqlite3_reset(statement);
	scopes->is_complete = knows_all_scopes(facts);
}

/* Index into known, or its size. */
static size_t kind_of(const struct gvnp_process *process)
{
	struct gvnp_slice name =
		process->exe ? gvnp_process_program(process) : gvnp_slice(process->name);
	size_t i = 0, n = sizeof known / sizeof *known;

	if (process->is_bare)
		return n;
	/* the kernel cuts a name to 15 bytes */
	while (i < n && !gvnp_slice_is(name, known[i].name) &&
	       (process->exe || strncmp(known[i].name, process->name, 15) != 0))
		i++;
	return i;
}

/* The VM whose control group it is in; "" when in none, NULL when in that of a VM that is not
 * known. *ret_is_in_scope: in one of any VM. */
static const char *domain_of(const struct scopes *scopes, struct gvnp_slice cgroup,
			     bool *ret_is_in_scope)
{
	struct gvnp_proc_cgroup line;

	*ret_is_in_scope = false;
	while (gvnp_proc_cgroup_next(&cgroup, &line)) {
		struct gvnp_slice scope = gvnp_vm_scope(line.path);

		*ret_is_in_scope |= scope.size != 0;
		for (size_t i = 0; scope.size && i < scopes->n; i++)
			if (gvnp_slice_is(scope, scopes->scopes[i].path))
				return scopes->scopes[i].domain;
	}
	return *ret_is_in_scope && !scopes->is_complete ? NULL : "";
}

static void insert(struct gvnp_facts *facts, const struct gvnp_process *process,
		   const struct gvnp_batch *batch, size_t first, const char *domain)
{
	const struct gvnp_answer *status = gvnp_batch_answer(batch, first + STATUS);
	struct gvnp_vm_label label =
		gvnp_vm_label_decide(gvnp_batch_answer(batch, first + APPARMOR),
				     gvnp_batch_answer(batch, first + CURRENT));
	struct gvnp_proc_status parsed;
	bool is_parsed = gvnp_proc_status_parse(gvnp_collect_bytes(status), &parsed);
	char object[24];

	gvnp_insert(facts, table, gvnp_integer("pid", process->pid),
		    process->exe ? gvnp_text_slice("name", gvnp_process_program(process))
				 : gvnp_text("name", process->name),
		    gvnp_text("domain", domain), gvnp_text("exe", process->exe),
		    gvnp_maybe("uid", is_parsed,
			       is_parsed ? (int64_t)gvnp_proc_worst_id(parsed.uid) : 0),
		    gvnp_maybe("has_capabilities", is_parsed, is_parsed && parsed.has_capabilities),
		    gvnp_maybe("no_new_privileges", is_parsed && parsed.no_new_privileges >= 0,
			       is_parsed ? parsed.no_new_privileges : 0),
		    gvnp_maybe("seccomp", is_parsed, is_parsed ? parsed.seccomp : 0),
		    label.is_known ? gvnp_text_slice("label", label.label)
				   : gvnp_unreadable("label"),
		    label.is_known ? gvnp_text_slice("label_mode", label.mode)
				   : gvnp_unreadable("label_mode"));
	snprintf(object, sizeof object, "%lld", (long long)process->pid);
	if (!domain)
		gvnp_facts_hole(facts, table, "domain", object,
				"%s %s: it is in the control group of a VM that is not known",
				process->name, object);
	if (!is_parsed)
		gvnp_batch_hole(batch, first + STATUS, facts, table, "uid", object);
	if (!label.is_known)
		gvnp_batch_hole(batch, first + CURRENT, facts, table, "label", object);
}

static void take(struct gvnp_facts *facts, const struct gvnp_process *process,
		 bool is_only_in_scope, const struct gvnp_batch *batch, size_t first,
		 const struct scopes *scopes)
{
	const struct gvnp_answer *cgroup = gvnp_batch_answer(batch, first + CGROUP);
	const struct gvnp_answer *status = gvnp_batch_answer(batch, first + STATUS);
	bool is_in_scope;
	const char *domain = domain_of(scopes, gvnp_collect_bytes(cgroup), &is_in_scope);

	/* it ended meanwhile */
	if (gvnp_collect_is_absent(status) || status->error == ESRCH)
		return;
	if (cgroup->error)
		gvnp_batch_hole(batch, first + CGROUP, facts, table, "domain", "");
	if (is_in_scope || !is_only_in_scope)
		insert(facts, process, batch, first, domain);
}

void gvnp_vm_helper_collect(const struct gvnp_collection *collection,
			    const struct gvnp_process_scan *scan)
{
	static const char *const files[QUESTIONS] = { "cgroup", "status", "attr/apparmor/current",
						      "attr/current" };
	_cleanup_(scopes_done) struct scopes scopes = { 0 };
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	size_t n = sizeof known / sizeof *known, first = 0;

	for (size_t i = 0; i < scan->n; i++)
		for (size_t k = 0; k < QUESTIONS && kind_of(&scan->processes[i]) < n; k++)
			gvnp_batch_add(&batch, GVNP_READ, "/proc/%lld/%s",
				       (long long)scan->processes[i].pid, files[k]);
	if (batch.n) {
		gvnp_batch_ask(&batch, collection->source);
		load_scopes(collection->facts, &scopes);
	}
	for (size_t i = 0; i < scan->n; i++) {
		size_t kind = kind_of(&scan->processes[i]);

		if (kind == n)
			continue;
		take(collection->facts, &scan->processes[i], known[kind].is_only_in_scope, &batch,
		     first, &scopes);
		first += QUESTIONS;
	}
	if (scan->incompleteness)
		gvnp_facts_hole(collection->facts, table, "", "", "%s", scan->incompleteness);
	gvnp_facts_collected(collection->facts, table);
}
