/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where keys and passwords lie, and what stands between them and a process: the mode and owner of
 * the file and of every directory on the way. Access control lists are not seen. Nothing here is
 * opened.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"
#include "facts/store.h"

enum { MOST_ANCESTORS = 32, MOST_CANDIDATES = 2048 };

static const struct place {
	const char *path, *scope, *kind;
} places[] = {
	{ "/etc/shadow", "host", "passwords of this host" },
	{ "/root/.ssh/id_rsa", "cloud", "SSH key of root" },
	{ "/root/.ssh/id_ecdsa", "cloud", "SSH key of root" },
	{ "/root/.ssh/id_ed25519", "cloud", "SSH key of root" },
	{ "/etc/krb5.keytab", "host", "Kerberos key of this host" },
	{ "/etc/libvirt/krb5.tab", "host", "Kerberos key of libvirt" },
	{ "/etc/libvirt/passwd.db", "host", "SASL passwords of libvirt" },
	{ "/etc/libvirt/auth.conf", "cloud", "passwords to other hypervisors" },
	{ "/root/.config/libvirt/auth.conf", "cloud", "passwords to other hypervisors" },
	{ "/etc/iscsi/iscsid.conf", "cloud", "iSCSI passwords" },
	{ "/etc/openvswitch/ovsclient-privkey.pem", "cloud", "key towards the SDN controller" },
	{ "/etc/nova/nova.conf", "cloud", "Nova configuration" },
	{ "/etc/nova/nova-compute.conf", "cloud", "Nova configuration" },
	{ "/var/lib/nova/.ssh/id_rsa", "cloud", "SSH key of Nova" },
	{ "/var/lib/nova/.ssh/id_ecdsa", "cloud", "SSH key of Nova" },
	{ "/var/lib/nova/.ssh/id_ed25519", "cloud", "SSH key of Nova" },
	{ "/etc/neutron/neutron.conf", "cloud", "Neutron configuration" },
	{ "/etc/neutron/metadata_agent.ini", "cloud", "Neutron configuration" },
	{ "/etc/cinder/cinder.conf", "cloud", "Cinder configuration" },
	{ "/etc/ceilometer/ceilometer.conf", "cloud", "Ceilometer configuration" },
	{ "/etc/kubernetes/kubelet.conf", "cloud", "kubelet credentials" },
	{ "/var/lib/kubelet/pki/kubelet-client-current.pem", "cloud", "kubelet credentials" },
	{ "/etc/kubernetes/admin.conf", "cloud", "Kubernetes administrator" },
	{ "/etc/corosync/authkey", "cloud", "cluster key" },
	{ "/etc/pacemaker/authkey", "cloud", "cluster key" },
};

/* Folders whose files of that kind of name count. */
static const struct {
	const char *folder, *prefix, *suffix, *scope, *kind;
} folders[] = {
	{ "/etc/ceph", "", ".keyring", "cloud", "Ceph keyring" },
	{ "/etc/ssh", "ssh_host_", "_key", "host", "SSH key of this host" },
	{ "/etc/libvirt/secrets", "", ".base64", "cloud", "value of a libvirt secret" },
};
enum { N_FOLDERS = sizeof folders / sizeof *folders };

struct candidate {
	char *path;
	const char *scope, *kind;
	size_t ancestors[MOST_ANCESTORS]; /* requests of the directories above it */
	size_t n_ancestors;
};

struct candidates {
	struct candidate *candidates;
	size_t n;
	struct gvnp_batch stats, directories;
};

static void candidates_done(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->n; i++)
		free(candidates->candidates[i].path);
	free(candidates->candidates);
	gvnp_batch_done(&candidates->stats);
	gvnp_batch_done(&candidates->directories);
}

static void add(struct candidates *candidates, char *path, const char *scope, const char *kind)
{
	for (size_t i = 0; i < candidates->n; i++)
		if (!strcmp(candidates->candidates[i].path, path) ||
		    candidates->n == MOST_CANDIDATES) {
			free(path);
			return;
		}
	candidates->candidates = gvnp_grow(candidates->candidates, candidates->n);
	candidates->candidates[candidates->n++] =
		(struct candidate){ .path = path, .scope = scope, .kind = kind };
	gvnp_batch_add(&candidates->stats, GVNP_STAT, "%s", path);
}

/* A key the daemon uses is the daemon's, also where QEMU uses it too. */
static void add_tls_keys(struct candidates *candidates, struct gvnp_facts *facts)
{
	sqlite3_stmt *statement = gvnp_facts_statement(
		facts, "SELECT f.path, max(u.purpose IN ('libvirtd', 'virtproxyd', 'client'))"
		       " FROM tls_file f JOIN tls_use u ON u.file = f.path"
		       " WHERE u.role IN ('server-key', 'client-key') GROUP BY f.path");

	while (sqlite3_step(statement) == SQLITE_ROW) {
		const char *path = (const char *)sqlite3_column_text(statement, 0);
		bool is_daemon = sqlite3_column_int(statement, 1);

		add(candidates, gvnp_duplicate(path), is_daemon ? "cloud" : "qemu",
		    is_daemon ? "TLS key of libvirt" : "TLS key of QEMU");
	}
	sqlite3_reset(statement);
}

/* A credential that is not known has no directories that are. */
static void tell(struct gvnp_facts *facts, const char *object, const char *problem)
{
	gvnp_facts_hole(facts, "credential", "", object, "%s", problem);
	gvnp_facts_hole(facts, "credential_directory", "", object, "%s", problem);
}

static void tell_unreadable(struct gvnp_facts *facts, const struct gvnp_batch *batch, size_t i,
			    const char *object)
{
	gvnp_batch_hole(batch, i, facts, "credential", "", object);
	gvnp_batch_hole(batch, i, facts, "credential_directory", "", object);
}

static void copy_hole(struct gvnp_facts *facts)
{
	if (!gvnp_facts_is_collected(facts, "tls_file"))
		tell(facts, "", "TLS keys: not collected");
	sqlite3_stmt *statement = gvnp_facts_statement(
		facts, "SELECT object, problem FROM hole WHERE column_name = ''"
		       " AND table_name IN ('tls_file', 'tls_use')");

	while (sqlite3_step(statement) == SQLITE_ROW)
		tell(facts, (const char *)sqlite3_column_text(statement, 0),
		     (const char *)sqlite3_column_text(statement, 1));
	sqlite3_reset(statement);
}

static void add_folders(struct candidates *candidates, const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch lists = { 0 };

	for (size_t i = 0; i < N_FOLDERS; i++)
		gvnp_batch_add(&lists, GVNP_LIST, "%s", folders[i].folder);
	gvnp_batch_ask(&lists, collection->source);
	for (size_t i = 0; i < N_FOLDERS; i++) {
		const struct gvnp_answer *folder = gvnp_batch_answer(&lists, i);

		if (gvnp_collect_presence(folder) == GVNP_UNREADABLE)
			tell_unreadable(collection->facts, &lists, i, "");
		for (size_t k = 0; !folder->error && k < folder->n_entries; k++) {
			const char *name = folder->entries[k].name;

			if (gvnp_text_starts(name, folders[i].prefix) &&
			    gvnp_text_ends(name, folders[i].suffix))
				add(candidates, gvnp_format("%s/%s", folders[i].folder, name),
				    folders[i].scope, folders[i].kind);
		}
	}
}

static size_t directory_of(struct gvnp_batch *batch, const char *path, size_t size)
{
	for (size_t i = 0; i < batch->n; i++)
		if (strlen(batch->requests[i].path) == size &&
		    !memcmp(batch->requests[i].path, path, size))
			return i;
	return gvnp_batch_add(batch, GVNP_STAT, "%.*s", (int)size, path);
}

static void ask_directories(struct candidates *candidates, struct gvnp_source *source)
{
	for (size_t i = 0; i < candidates->n; i++) {
		struct candidate *candidate = &candidates->candidates[i];

		if (gvnp_batch_answer(&candidates->stats, i)->error)
			continue;
		for (size_t k = 1; candidate->path[k]; k++)
			if (candidate->path[k] == '/' && candidate->n_ancestors < MOST_ANCESTORS)
				candidate->ancestors[candidate->n_ancestors++] =
					directory_of(&candidates->directories, candidate->path, k);
	}
	if (candidates->directories.n)
		gvnp_batch_ask(&candidates->directories, source);
}

static void insert_directories(struct gvnp_facts *facts, const struct candidates *candidates,
			       const struct candidate *candidate)
{
	for (size_t k = 0; k < candidate->n_ancestors; k++) {
		size_t at = candidate->ancestors[k];
		const struct gvnp_answer *answer = gvnp_batch_answer(&candidates->directories, at);

		if (answer->error)
			gvnp_batch_hole(&candidates->directories, at, facts, "credential_directory",
					"", candidate->path);
		else
			gvnp_insert(
				facts, "credential_directory",
				gvnp_text("credential", candidate->path),
				gvnp_text("path", gvnp_batch_path(&candidates->directories, at)),
				gvnp_integer("mode", answer->mode),
				gvnp_integer("uid", answer->uid), gvnp_integer("gid", answer->gid));
	}
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(candidates_done) struct candidates candidates = { 0 };
	struct gvnp_facts *facts = collection->facts;

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		add(&candidates, gvnp_duplicate(places[i].path), places[i].scope, places[i].kind);
	add_tls_keys(&candidates, facts);
	copy_hole(facts);
	add_folders(&candidates, collection);
	gvnp_batch_ask(&candidates.stats, collection->source);
	ask_directories(&candidates, collection->source);
	for (size_t i = 0; i < candidates.n; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(&candidates.stats, i);
		const struct candidate *candidate = &candidates.candidates[i];

		if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
			tell_unreadable(facts, &candidates.stats, i, candidate->path);
		if (answer->error)
			continue;
		gvnp_insert(facts, "credential", gvnp_text("path", candidate->path),
			    gvnp_text("scope", candidate->scope),
			    gvnp_text("kind", candidate->kind), gvnp_integer("mode", answer->mode),
			    gvnp_integer("uid", answer->uid), gvnp_integer("gid", answer->gid));
		insert_directories(facts, &candidates, candidate);
	}
	gvnp_facts_collected(facts, "credential");
	gvnp_facts_collected(facts, "credential_directory");
}

const struct gvnp_collector gvnp_collector_credential = {
	.name = "credential",
	.about = "keys and passwords on this host: who could read them; never what they are",
	.paths = (const char *const[]){ "/etc/ceph", "/etc/ssh", "/etc/libvirt/secrets", "stat:/**",
					NULL },
	.tables = (const char *const[]){ "credential", "credential_directory", NULL },
	.privileges =
		(const struct gvnp_privilege[]){
			{ "credential",
			  "CAP_DAC_READ_SEARCH: some lie in folders open to root only" },
			{ "credential_directory", "nothing" },
			{ NULL, NULL } },
	.collect = collect,
};
