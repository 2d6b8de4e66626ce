/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS credentials of libvirt and QEMU: where each is looked for, who may read and change it, and
 * what certificates and revocation lists say. The rule kept here: a private key is never read, only
 * its owner and mode; and a certificate only under a name that promises no key.
 */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "collect/certificate.h"
#include "collect/collect.h"
#include "collect/collectors.h"
#include "facts/store.h"

#define PKI "/etc/pki"
enum { MOST_CERTIFICATES = 512 };

enum role {
	AUTHORITY,
	REVOCATIONS,
	SERVER_CERTIFICATE,
	SERVER_KEY,
	CLIENT_CERTIFICATE,
	CLIENT_KEY
};
static const struct {
	const char *name;
	const char *file; /* below a directory of QEMU's, qcrypto/tlscredsx509 */
	bool is_key;
} roles[] = {
	[AUTHORITY] = { "authority", "ca-cert.pem", false },
	[REVOCATIONS] = { "revocations", "ca-crl.pem", false },
	[SERVER_CERTIFICATE] = { "server-certificate", "server-cert.pem", false },
	[SERVER_KEY] = { "server-key", "server-key.pem", true },
	[CLIENT_CERTIFICATE] = { "client-certificate", "client-cert.pem", false },
	[CLIENT_KEY] = { "client-key", "client-key.pem", true },
};
enum { N_ROLES = sizeof roles / sizeof *roles };

/* virNetTLSConfig and the daemons: libvirtd.conf.in, docs/kbase/tlscerts.rst */
struct place {
	enum role role;
	const char *key, *path;
};
static const struct place of_daemon[] = {
	{ AUTHORITY, "ca_file", PKI "/CA/cacert.pem" },
	{ REVOCATIONS, "crl_file", PKI "/CA/cacrl.pem" },
	{ SERVER_CERTIFICATE, "cert_file", PKI "/libvirt/servercert.pem" },
	{ SERVER_KEY, "key_file", PKI "/libvirt/private/serverkey.pem" },
};
static const struct place of_client[] = {
	{ AUTHORITY, NULL, PKI "/CA/cacert.pem" },
	{ REVOCATIONS, NULL, PKI "/CA/cacrl.pem" },
	{ CLIENT_CERTIFICATE, NULL, PKI "/libvirt/clientcert.pem" },
	{ CLIENT_KEY, NULL, PKI "/libvirt/private/clientkey.pem" },
};

/* virQEMUDriverConfigSetDefaults: the configured directory, else /etc/pki/libvirt-NAME if it
 * exists, else the default directory. */
static const char *const of_qemu[] = { "vnc", "spice", "chardev", "migrate", "backup", "nbd" };
enum { N_OF_QEMU = sizeof of_qemu / sizeof *of_qemu };

struct use {
	const char *purpose;
	enum role role;
	char *path;
	bool is_known; /* that it is this path: a file there is looked at in any case */
};

struct uses {
	struct use *uses;
	size_t n;
};

static void uses_done(struct uses *uses)
{
	for (size_t i = 0; i < uses->n; i++)
		free(uses->uses[i].path);
	free(uses->uses);
}

static void add(struct uses *uses, const char *purpose, enum role role, char *path, bool is_known)
{
	uses->uses = gvnp_grow(uses->uses, uses->n);
	uses->uses[uses->n++] = (struct use){ purpose, role, path, is_known };
}

/* The effective value of a setting; NULL when there is none, or it is not known. */
static char *setting(struct gvnp_facts *facts, const char *file, const char *key)
{
	sqlite3_stmt *statement = gvnp_facts_statement(
		facts, "SELECT value FROM libvirt_setting WHERE file = ?1 AND key = ?2");
	char *value = NULL;

	sqlite3_bind_text(statement, 1, file, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, key, -1, SQLITE_STATIC);
	if (sqlite3_step(statement) == SQLITE_ROW)
		value = gvnp_duplicate((const char *)sqlite3_column_text(statement, 0));
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	if (value && value[0])
		return value;
	free(value);
	return NULL;
}

/* Where nobody could read the configuration, nobody knows the places: a hole of both tables. */
static bool is_read(struct gvnp_facts *facts, const char *file)
{
	sqlite3_stmt *statement = gvnp_facts_statement(
		facts, "SELECT problem FROM hole WHERE table_name = 'libvirt_setting'"
		       " AND column_name = '' AND object IN ('', ?1)"
		       " AND problem NOT LIKE 'default of %' ORDER BY problem");
	bool is_read = true;

	sqlite3_bind_text(statement, 1, file, -1, SQLITE_STATIC);
	for (; sqlite3_step(statement) == SQLITE_ROW; is_read = false) {
		const char *problem = (const char *)sqlite3_column_text(statement, 0);

		gvnp_facts_hole(facts, "tls_use", "", "", "%s", problem);
		gvnp_facts_hole(facts, "tls_file", "", "", "%s", problem);
	}
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return is_read;
}

static void add_daemons(struct uses *uses, struct gvnp_facts *facts)
{
	static const char *const daemons[] = { "libvirtd", "virtproxyd" };

	for (size_t d = 0; d < sizeof daemons / sizeof *daemons; d++) {
		bool is_known = is_read(facts, daemons[d]);

		for (size_t i = 0; i < sizeof of_daemon / sizeof *of_daemon; i++) {
			char *path = setting(facts, daemons[d], of_daemon[i].key);

			add(uses, daemons[d], of_daemon[i].role,
			    path ? path : gvnp_duplicate(of_daemon[i].path), is_known);
		}
	}
	for (size_t i = 0; i < sizeof of_client / sizeof *of_client; i++)
		add(uses, "client", of_client[i].role, gvnp_duplicate(of_client[i].path), true);
}

static void add_directory(struct uses *uses, const char *purpose, const char *directory,
			  bool is_known)
{
	size_t size = strlen(directory);

	while (size > 1 && directory[size - 1] == '/')
		size--;
	for (size_t i = 0; i < N_ROLES; i++)
		add(uses, purpose, (enum role)i,
		    gvnp_format("%.*s/%s", (int)size, directory, roles[i].file), is_known);
}

static void add_qemu(struct uses *uses, const struct gvnp_collection *collection)
{
	struct gvnp_facts *facts = collection->facts;
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	_cleanup_free_ char *otherwise = setting(facts, "qemu", "default_tls_x509_cert_dir");

	bool is_known = is_read(facts, "qemu");

	if (!otherwise)
		otherwise = gvnp_duplicate(PKI "/qemu");
	for (size_t i = 0; i < N_OF_QEMU; i++)
		gvnp_batch_add(&batch, GVNP_STAT, PKI "/libvirt-%s", of_qemu[i]);
	gvnp_batch_ask(&batch, collection->source);
	add_directory(uses, "default", otherwise, is_known);
	for (size_t i = 0; i < N_OF_QEMU; i++) {
		_cleanup_free_ char *key = gvnp_format("%s_tls_x509_cert_dir", of_qemu[i]);
		_cleanup_free_ char *own = setting(facts, "qemu", key);
		enum gvnp_presence presence = gvnp_collect_presence(gvnp_batch_answer(&batch, i));
		const char *directory =
			presence == GVNP_PRESENT ? gvnp_batch_path(&batch, i) : otherwise;

		if (!own && presence == GVNP_UNREADABLE)
			gvnp_batch_hole(&batch, i, facts, "tls_use", "", "");
		add_directory(uses, of_qemu[i], own ? own : directory,
			      is_known && (own || presence != GVNP_UNREADABLE));
	}
}

static void insert_names(struct gvnp_facts *facts, const char *path, size_t position,
			 const struct gvnp_certificate *certificate)
{
	struct gvnp_slice rest = { gvnp_buffer_text(&certificate->names), certificate->names.size };
	struct gvnp_slice line, kind, name;
	int64_t number = 0;

	while (gvnp_slice_next(&rest, '\n', &line))
		if (gvnp_slice_split(line, ':', &kind, &name))
			gvnp_insert(facts, "tls_certificate_name", gvnp_text("file", path),
				    gvnp_integer("position", (int64_t)position),
				    gvnp_integer("number", number++), gvnp_text_slice("kind", kind),
				    gvnp_text_slice("name", name));
}

static void insert_certificate(struct gvnp_facts *facts, const char *path, size_t position,
			       const struct gvnp_certificate *certificate)
{
	gvnp_insert(facts, "tls_certificate", gvnp_text("file", path),
		    gvnp_integer("position", (int64_t)position),
		    gvnp_text("subject", gvnp_buffer_text(&certificate->subject)),
		    gvnp_text("issuer", gvnp_buffer_text(&certificate->issuer)),
		    gvnp_integer("is_self_issued", certificate->is_self_issued),
		    gvnp_integer("not_before", certificate->not_before),
		    gvnp_integer("not_after", certificate->not_after),
		    gvnp_integer("is_authority", certificate->is_authority),
		    gvnp_text("key_usage", gvnp_buffer_text(&certificate->key_usage)),
		    gvnp_text("purposes", gvnp_buffer_text(&certificate->purposes)),
		    gvnp_text("key_algorithm", certificate->key_algorithm),
		    gvnp_integer("key_bits", certificate->key_bits),
		    gvnp_text("key_sha256", certificate->key_sha256),
		    gvnp_text("digest", certificate->digest));
	insert_names(facts, path, position, certificate);
}

static void hole_of_file(struct gvnp_facts *facts, const char *path, const char *problem)
{
	static const char *const told[] = { "tls_certificate", "tls_certificate_name" };

	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		gvnp_facts_hole(facts, told[i], "", path, "%s: %s", path, problem);
}

/* GnuTLS takes every block with one of these labels, in the order of the first one. */
static void decode_certificates(struct gvnp_facts *facts, const char *path, struct gvnp_slice text)
{
	static const char *const labels[] = { "CERTIFICATE", "X509 CERTIFICATE" };
	_cleanup_buffer_ struct gvnp_buffer der = { 0 };
	size_t n = 0;
	int found = 0;

	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		struct gvnp_slice rest = text;

		while (n < MOST_CERTIFICATES && (found = gvnp_pem_next(&rest, labels[i], &der))) {
			_cleanup_(
				gvnp_certificate_done) struct gvnp_certificate certificate = { 0 };
			const char *problem =
				found < 0 ? "a certificate in it is torn"
					  : gvnp_certificate_decode(
						    (struct gvnp_slice){ der.data, der.size },
						    &certificate);

			if (problem)
				hole_of_file(facts, path, problem);
			else
				insert_certificate(facts, path, n, &certificate);
			n++;
		}
	}
	if (!n)
		hole_of_file(facts, path, "no certificate in it");
	if (n == MOST_CERTIFICATES)
		hole_of_file(facts, path, "more certificates than are looked at");
}

static void decode_revocations(struct gvnp_facts *facts, const char *path, struct gvnp_slice text)
{
	_cleanup_(gvnp_revocations_done) struct gvnp_revocations list = { 0 };
	_cleanup_buffer_ struct gvnp_buffer der = { 0 };
	const char *problem = "no revocation list in it";
	int found = gvnp_pem_next(&text, "X509 CRL", &der);

	if (found < 0)
		problem = "the revocation list in it is torn";
	if (found > 0)
		problem = gvnp_revocations_decode((struct gvnp_slice){ der.data, der.size }, &list);
	if (problem) {
		gvnp_facts_hole(facts, "tls_revocations", "", path, "%s: %s", path, problem);
		return;
	}
	gvnp_insert(facts, "tls_revocations", gvnp_text("file", path),
		    gvnp_text("issuer", gvnp_buffer_text(&list.issuer)),
		    gvnp_integer("this_update", list.this_update),
		    gvnp_integer("next_update", list.next_update), gvnp_integer("entries", list.n));
}

/* Requests of one path: its metadata, its directory's, and its content where that is allowed. */
struct file {
	const char *path;
	size_t stat, directory, content; /* content: SIZE_MAX when not asked for */
	enum role role;
};

static void insert_file(struct gvnp_facts *facts, const struct gvnp_batch *batch,
			const struct file *file)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(batch, file->stat);
	const struct gvnp_answer *directory = gvnp_batch_answer(batch, file->directory);
	bool is_read = file->content != SIZE_MAX && !gvnp_batch_answer(batch, file->content)->error;

	if (answer->error) {
		if (!gvnp_collect_is_absent(answer))
			gvnp_batch_hole(batch, file->stat, facts, "tls_file", "", file->path);
		return;
	}
	if (directory->error)
		gvnp_batch_hole(batch, file->directory, facts, "tls_file", "", file->path);
	gvnp_insert(
		facts, "tls_file", gvnp_text("path", file->path),
		gvnp_integer("mode", answer->mode), gvnp_integer("uid", answer->uid),
		gvnp_integer("gid", answer->gid),
		gvnp_maybe("directory_mode", !directory->error, directory->mode),
		gvnp_maybe("directory_uid", !directory->error, directory->uid),
		roles[file->role].is_key
			? gvnp_integer("holds_key", 1)
			: gvnp_maybe("holds_key", is_read,
				     is_read && gvnp_pem_has_key(gvnp_collect_bytes(
							gvnp_batch_answer(batch, file->content)))));
}

static void decode_file(struct gvnp_facts *facts, const struct gvnp_batch *batch,
			const struct file *file)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(batch, file->stat), *content;

	if (roles[file->role].is_key || gvnp_collect_is_absent(answer))
		return;
	if (file->content == SIZE_MAX) {
		const char *problem = "only its owner and mode are looked at in that place";

		gvnp_facts_hole(facts, "tls_file", "holds_key", file->path, "%s: %s", file->path,
				problem);
		if (file->role == REVOCATIONS)
			gvnp_facts_hole(facts, "tls_revocations", "", file->path, "%s: %s",
					file->path, problem);
		else
			hole_of_file(facts, file->path, problem);
		return;
	}
	content = gvnp_batch_answer(batch, file->content);
	if (content->error && !answer->error)
		gvnp_batch_hole(batch, file->content, facts, "tls_file", "holds_key", file->path);
	if (file->role == REVOCATIONS && content->error)
		gvnp_batch_hole(batch, file->content, facts, "tls_revocations", "", file->path);
	else if (file->role == REVOCATIONS)
		decode_revocations(facts, file->path, gvnp_collect_bytes(content));
	else if (content->error)
		hole_of_file(facts, file->path, gvnp_source_error_name(content->error));
	else
		decode_certificates(facts, file->path, gvnp_collect_bytes(content));
}

/* The distinct paths; one used in two roles keeps the first. */
static size_t ask(const struct uses *uses, struct gvnp_batch *batch, struct file *files)
{
	size_t n = 0;

	for (size_t i = 0; i < uses->n; i++) {
		const char *path = uses->uses[i].path, *slash = strrchr(path, '/');
		bool is_known = false;

		for (size_t k = 0; k < n && !is_known; k++)
			is_known = !strcmp(files[k].path, path);
		if (is_known)
			continue;
		files[n] = (struct file){ .path = path, .role = uses->uses[i].role };
		files[n].stat = gvnp_batch_add(batch, GVNP_STAT, "%s", path);
		files[n].directory =
			gvnp_batch_add(batch, GVNP_STAT, "%.*s",
				       slash && slash > path ? (int)(slash - path) : 1, path);
		files[n].content =
			!roles[files[n].role].is_key && gvnp_collect_declares(GVNP_READ, path)
				? gvnp_batch_add(batch, GVNP_READ, "%s", path)
				: SIZE_MAX;
		n++;
	}
	return n;
}

static const char *const tables[] = { "tls_use",	 "tls_file",
				      "tls_certificate", "tls_certificate_name",
				      "tls_revocations", NULL };

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(uses_done) struct uses uses = { 0 };
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	struct gvnp_facts *facts = collection->facts;

	add_daemons(&uses, facts);
	add_qemu(&uses, collection);

	_cleanup_free_ struct file *files = gvnp_allocate_array(uses.n, sizeof *files);
	size_t n = ask(&uses, &batch, files);

	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < uses.n; i++)
		if (uses.uses[i].is_known)
			gvnp_insert(facts, "tls_use", gvnp_text("file", uses.uses[i].path),
				    gvnp_text("purpose", uses.uses[i].purpose),
				    gvnp_text("role", roles[uses.uses[i].role].name));
	for (size_t i = 0; i < n; i++) {
		insert_file(facts, &batch, &files[i]);
		decode_file(facts, &batch, &files[i]);
	}
	for (size_t i = 0; tables[i]; i++)
		gvnp_facts_collected(facts, tables[i]);
}

/* No name here is one that documentation gives to a key. */
#define CERTIFICATES(folder)                                                                       \
	folder "/ca-cert.pem", folder "/ca-crl.pem", folder "/server-cert.pem",                    \
		folder "/client-cert.pem", folder "/cacert.pem", folder "/cacrl.pem",              \
		folder "/crl.pem", folder "/servercert.pem", folder "/clientcert.pem"
static const char *const paths[] = {
	CERTIFICATES(PKI "/*"),
	CERTIFICATES(PKI "/*/*"),
	CERTIFICATES("/etc/ssl/*"),
	CERTIFICATES("/etc/ssl/*/*"),
	CERTIFICATES("/etc/libvirt/*"),
	"stat:/**",
	NULL,
};
static const struct gvnp_privilege privileges[] = {
	{ "tls_use", "CAP_DAC_READ_SEARCH: qemu.conf is readable by root only" },
	{ "tls_file", "nothing; in directories closed to others: CAP_DAC_READ_SEARCH" },
	{ "tls_certificate", "nothing" },
	{ "tls_certificate_name", "nothing" },
	{ "tls_revocations", "nothing" },
	{ NULL, NULL },
};

const struct gvnp_collector gvnp_collector_tls = {
	.name = "tls",
	.about = "certificates and keys of libvirt and QEMU; keys by owner and mode only",
	.paths = paths,
	.tables = tables,
	.privileges = privileges,
	.collect = collect,
};
