/* SPDX-License-Identifier: Apache-2.0 */
/* Judging: SQL's three values, and above all the soundness rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "facts/store.h"
#include "gvnp/evaluate.h"

/* One check over one database; what a test looks at as text. */
struct bench {
	struct gvnp_facts *facts;
	struct gvnp_waiver waivers[2];
	size_t n_waivers;
	struct gvnp_parameter parameters[2];
	size_t n_parameters;
};

static void bench_done(struct bench *bench)
{
	gvnp_facts_free(bench->facts);
}

#define BENCH(name, ...)                                                                           \
	_cleanup_(bench_done) struct bench name = { .facts = gvnp_facts_new() };                    \
	collect(name.facts, (const char *const[]){ __VA_ARGS__, NULL })

static void collect(struct gvnp_facts *facts, const char *const *tables)
{
	for (; *tables; tables++)
		gvnp_facts_collected(facts, *tables);
}

static struct gvnp_results *judge(struct bench *bench, struct gvnp_check *check, const char *per,
				  const char *query)
{
	struct gvnp_names *names = gvnp_names_of_query(query);
	struct gvnp_catalogue catalogue = {
		.checks = check,
		.n_checks = 1,
		.waivers = bench->waivers,
		.n_waivers = bench->n_waivers,
		.names = *names,
	};

	*check = (struct gvnp_check){
		.id = "isolation-test",
		.per = per,
		.query = query,
		.parameters = bench->parameters,
		.n_parameters = bench->n_parameters,
	};
	struct gvnp_results *results = gvnp_evaluate(bench->facts, &catalogue);
	gvnp_names_free(names);
	return results;
}

/* "verdict (problem) subject=verdict[problem] …" */
static char *render(struct bench *bench, const char *per, const char *query)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	struct gvnp_check check;
	struct gvnp_results *results = judge(bench, &check, per, query);
	const struct gvnp_result *result = &results->results[0];

	gvnp_buffer_append_text(&text, gvnp_verdict_name(result->verdict));
	if (*result->problem)
		gvnp_buffer_append_format(&text, " (%s)", result->problem);
	for (size_t i = 0; i < result->n_subjects; i++) {
		const struct gvnp_subject *subject = &result->subjects[i];

		gvnp_buffer_append_format(&text, " %s=%s", subject->subject,
					  gvnp_verdict_name(subject->verdict));
		if (*subject->problem)
			gvnp_buffer_append_format(&text, "[%s]", subject->problem);
	}
	gvnp_results_free(results);
	return gvnp_buffer_take(&text);
}

#define assert_judged(bench, per, query, expected)                                                 \
	do {                                                                                       \
		_cleanup_free_ char *rendered_ = render((bench), (per), (query));                  \
		assert_string_equal(rendered_, expected);                                          \
	} while (0)

static void add_domain(struct bench *bench, const char *uuid, const char *name)
{
	gvnp_insert(bench->facts, "domain", gvnp_text("uuid", uuid), gvnp_text("name", name),
		    gvnp_text("state", "running"), gvnp_integer("is_active", 1),
		    gvnp_integer("is_persistent", 1), gvnp_integer("is_autostarted", 0),
		    gvnp_integer("has_managed_save", 0), gvnp_text("machine", "pc-q35-7.2"));
}

static void add_device(struct bench *bench, const char *domain, const char *kind)
{
	gvnp_insert(bench->facts, "domain_device", gvnp_text("domain", domain),
		    gvnp_text("kind", kind), gvnp_text("model", ""), gvnp_text("name", ""),
		    gvnp_text("origin", "declared"), gvnp_text("detail", ""));
}

static void add_process(struct bench *bench, int pid, const char *domain)
{
	gvnp_insert(bench->facts, "qemu_process", gvnp_integer("pid", pid),
		    gvnp_text("domain", domain), gvnp_text("name", "qemu"),
		    gvnp_integer("started", 1), gvnp_integer("is_qemu", 1),
		    gvnp_integer("uid", 64055), gvnp_text("label", "svirt"));
}

static void the_three_values_of_sql_are_the_verdict(void **state)
{
	BENCH(bench, "lsm");

	(void)state;
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, 1 AS pass", "pass a=pass");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, 0 AS pass", "fail a=fail");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, NULL AS pass",
		      "inconclusive a=inconclusive[the query returned NULL]");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, 1 AS pass FROM lsm", "not-applicable");
}

static void the_worst_subject_decides_and_subjects_are_sorted(void **state)
{
	BENCH(bench, "lsm");

	(void)state;
	assert_judged(&bench, NULL,
		      "SELECT column1 AS subject, column2 AS pass FROM "
		      "(VALUES ('c', 1), ('b', 0), ('a', NULL), ('d', 7))",
		      "fail a=inconclusive[the query returned NULL] b=fail c=pass "
		      "d=error[pass is '7', not 0, 1 or NULL]");
	assert_judged(&bench, NULL,
		      "SELECT column1 AS subject, column2 AS pass FROM "
		      "(VALUES ('c', 1), ('d', 'yes'))",
		      "error c=pass d=error[pass is 'yes', not 0, 1 or NULL]");
}

static void what_is_no_verdict_is_an_error(void **state)
{
	BENCH(bench, "lsm");

	(void)state;
	assert_judged(&bench, NULL, "SELECT 1 AS pass",
		      "error (the query has no column named subject)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject",
		      "error (the query has no column named pass)");
	assert_judged(&bench, "domain", "SELECT 'a' AS subject, 1 AS pass",
		      "error (the query has no column named object, which per: needs)");
	assert_judged(&bench, "domain_device", "SELECT 'a' AS subject, 1 AS pass, 'a' AS object",
		      "error (per: domain_device is not a table with a key)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, 1 AS pass FROM lms",
		      "error (no such table: lms)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, \"nmae\" AS pass FROM lsm",
		      "error (no such column: nmae)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, 1 AS pass; SELECT 2",
		      "error (there is more than one statement)");
	assert_judged(&bench, NULL, "-- nothing", "error (there is no statement)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, :limit AS pass",
		      "error (:limit is not among the parameters)");
	assert_judged(&bench, NULL, "EXPLAIN SELECT 1", "error (only SELECT is allowed)");
}

static void only_reading_facts_is_allowed(void **state)
{
	BENCH(bench, "lsm");

	(void)state;
	assert_judged(&bench, NULL, "DELETE FROM lsm", "error (only SELECT is allowed)");
	assert_judged(&bench, NULL, "PRAGMA user_version", "error (only SELECT is allowed)");
	assert_judged(&bench, NULL, "ATTACH ':memory:' AS x", "error (only SELECT is allowed)");
	assert_judged(&bench, NULL, "SELECT name AS subject, 1 AS pass FROM sqlite_master",
		      "error (sqlite_master is not a table of facts)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, count(*) AS pass FROM sqlite_master",
		      "error (sqlite_master is not a table of facts)");
	assert_judged(&bench, NULL,
		      "SELECT name AS subject, 1 AS pass FROM pragma_table_info('lsm')",
		      "error (pragma_table_info is not a table of facts)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, random() AS pass",
		      "error (function random() is not for checks)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, date('now') AS pass",
		      "error (function date() is not for checks)");
	assert_judged(&bench, NULL, "SELECT group_concat(name) AS subject, 1 AS pass FROM lsm",
		      "error (function group_concat() is not for checks)");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, count(*) = 0 AS pass FROM hole",
		      "error (a check must not read table hole: the engine heeds what is missing)");
	assert_judged(&bench, NULL, "SELECT name AS subject, 1 AS pass FROM sysctl",
		      "error (table sysctl holds only what is named: use sysctl('name'))");
}

static void a_query_that_does_not_end_is_an_error(void **state)
{
	BENCH(bench, "lsm");

	(void)state;
	assert_judged(&bench, NULL,
		      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
		      "SELECT 'a' AS subject, count(*) AS pass FROM n",
		      "error (the query takes too many steps)");
}

static void nothing_passes_on_a_table_that_was_not_collected(void **state)
{
	BENCH(bench, "host");

	(void)state;
	gvnp_insert(bench.facts, "lsm", gvnp_text("name", "apparmor"),
		    gvnp_integer("position", 0));
	assert_judged(&bench, NULL, "SELECT name AS subject, 1 AS pass FROM lsm",
		      "inconclusive apparmor=inconclusive[lsm was not collected]");
	assert_judged(&bench, NULL, "SELECT name AS subject, 0 AS pass FROM lsm",
		      "fail apparmor=fail");
	assert_judged(&bench, NULL, "SELECT name AS subject, NULL AS pass FROM lsm",
		      "inconclusive apparmor=inconclusive[lsm was not collected]");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, 1 AS pass FROM module",
		      "inconclusive (module was not collected)");
}

static void every_way_to_read_a_table_is_noticed(void **state)
{
	static const char *const queries[] = {
		"SELECT 'a' AS subject, NOT EXISTS (SELECT 1 FROM module) AS pass",
		"SELECT 'a' AS subject, count(*) = 0 AS pass FROM module",
		"SELECT 'a' AS subject, (SELECT count(name) FROM module) = 0 AS pass",
		"WITH m AS (SELECT name FROM module) SELECT 'a' AS subject, "
		"NOT EXISTS (SELECT 1 FROM m) AS pass",
		"SELECT 'a' AS subject, 'kvm' NOT IN (SELECT name FROM module) AS pass",
		"SELECT 'a' AS subject, count(*) = 1 AS pass FROM "
		"(SELECT 1 UNION SELECT 1 FROM module)",
		"WITH RECURSIVE r(n) AS (SELECT 'x' UNION SELECT m.name FROM module m JOIN r) "
		"SELECT 'a' AS subject, count(*) = 1 AS pass FROM r",
		"SELECT 'a' AS subject, 1 AS pass FROM (SELECT 1) LEFT JOIN module ON 0",
	};
	BENCH(bench, "lsm");

	(void)state;
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
		assert_judged(&bench, NULL, queries[i],
			      "inconclusive a=inconclusive[module was not collected]");
	gvnp_facts_collected(bench.facts, "module");
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
		assert_judged(&bench, NULL, queries[i], "pass a=pass");
}

static void a_hole_matters_when_its_column_is_read(void **state)
{
	BENCH(bench, "ksm");

	(void)state;
	gvnp_insert(bench.facts, "ksm", gvnp_integer("id", 1), gvnp_integer("is_built", 1),
		    gvnp_integer("run", 0), gvnp_integer("pages_shared", 0),
		    gvnp_integer("pages_sharing", 0));
	gvnp_facts_hole(bench.facts, "ksm", "run", "", "ksm/run: Permission denied");
	assert_judged(&bench, NULL, "SELECT 'k' AS subject, run = 0 AS pass FROM ksm",
		      "inconclusive k=inconclusive[ksm/run: Permission denied]");
	assert_judged(&bench, NULL, "SELECT 'k' AS subject, pages_sharing = 0 AS pass FROM ksm",
		      "pass k=pass");
	assert_judged(&bench, NULL, "SELECT 'k' AS subject, run = 1 AS pass FROM ksm",
		      "fail k=fail");
	gvnp_facts_hole(bench.facts, "ksm", "", "", "ksm: cut off");
	assert_judged(&bench, NULL, "SELECT 'k' AS subject, pages_sharing = 0 AS pass FROM ksm",
		      "inconclusive k=inconclusive[ksm: cut off]");
}

static void a_null_matters_when_its_column_is_read(void **state)
{
	BENCH(bench, "tpm");

	(void)state;
	gvnp_insert(bench.facts, "tpm", gvnp_text("device", "tpm0"),
		    gvnp_integer("version_major", 2), gvnp_text("description", NULL),
		    gvnp_text("banks", "sha256"));
	assert_judged(&bench, NULL,
		      "SELECT device AS subject, version_major = 2 AS pass FROM tpm",
		      "pass tpm0=pass");
	/* hidden by an OR: SQL says 1, the rule does not */
	assert_judged(&bench, NULL,
		      "SELECT device AS subject, description = 'x' OR version_major = 2 AS pass "
		      "FROM tpm",
		      "inconclusive tpm0=inconclusive[tpm.description could not be read]");
	assert_judged(&bench, NULL,
		      "SELECT device AS subject, coalesce(description, 'fine') = 'fine' AS pass "
		      "FROM tpm",
		      "inconclusive tpm0=inconclusive[tpm.description could not be read]");
	/* filtered away: no row is not not-applicable */
	assert_judged(&bench, NULL,
		      "SELECT device AS subject, 0 AS pass FROM tpm WHERE description = 'bad'",
		      "inconclusive (tpm.description could not be read)");
	assert_judged(&bench, NULL,
		      "SELECT device AS subject, description = 'x' AND version_major = 1 AS pass "
		      "FROM tpm",
		      "fail tpm0=fail");
}

static const char floppy[] =
	"SELECT d.uuid AS object, d.name AS subject, NOT EXISTS (SELECT 1 FROM domain_device v "
	"WHERE v.domain = d.uuid AND v.kind = 'fdc') AS pass FROM domain d";

static void a_hole_of_one_vm_touches_that_vm_only(void **state)
{
	BENCH(bench, "domain", "domain_device");

	(void)state;
	add_domain(&bench, "u1", "amf");
	add_domain(&bench, "u2", "smf");
	add_domain(&bench, "u3", "upf");
	add_device(&bench, "u3", "fdc");
	assert_judged(&bench, "domain", floppy, "fail amf=pass smf=pass upf=fail");
	gvnp_facts_hole(bench.facts, "domain_device", "", "u1", "the XML was cut off");
	gvnp_facts_hole(bench.facts, "domain_device", "", "u3", "the XML was cut off");
	assert_judged(&bench, "domain", floppy,
		      "fail amf=inconclusive[the XML was cut off] smf=pass upf=fail");
	/* without per: it touches everybody */
	assert_judged(&bench, NULL, floppy,
		      "fail amf=inconclusive[the XML was cut off] "
		      "smf=inconclusive[the XML was cut off] upf=fail");
}

static void an_object_with_a_hole_that_was_not_returned_is_added(void **state)
{
	static const char query[] =
		"SELECT d.uuid AS object, d.name AS subject, 0 AS pass FROM domain d "
		"JOIN domain_device v ON v.domain = d.uuid WHERE v.kind = 'fdc'";
	BENCH(bench, "domain", "domain_device");

	(void)state;
	add_domain(&bench, "u1", "amf");
	add_domain(&bench, "u2", "smf");
	assert_judged(&bench, "domain", query, "not-applicable");
	gvnp_facts_hole(bench.facts, "domain_device", "", "u2", "gone");
	assert_judged(&bench, "domain", query, "inconclusive smf=inconclusive[gone]");
	gvnp_facts_hole(bench.facts, "domain_device", "", "", "libvirt hung");
	assert_judged(&bench, "domain", query,
		      "inconclusive amf=inconclusive[libvirt hung] "
		      "smf=inconclusive[gone; libvirt hung]");
	/* a domain that has no row of its own */
	gvnp_facts_hole(bench.facts, "domain_device", "", "u9", "vanished");
	assert_judged(&bench, "domain", query,
		      "inconclusive amf=inconclusive[libvirt hung] "
		      "smf=inconclusive[gone; libvirt hung] "
		      "u9=inconclusive[vanished; libvirt hung]");
}

static void objects_nobody_knows_of_are_one_more_subject(void **state)
{
	BENCH(bench, "domain_device", "lsm");

	(void)state;
	assert_judged(&bench, "domain", floppy,
		      "inconclusive (others)=inconclusive[domain was not collected]");
	gvnp_facts_collected(bench.facts, "domain");
	gvnp_facts_hole(bench.facts, "domain", "", "", "the list was cut off");
	add_domain(&bench, "u1", "amf");
	assert_judged(&bench, "domain", floppy,
		      "inconclusive (others)=inconclusive[the list was cut off] amf=pass");
	add_device(&bench, "u1", "fdc");
	assert_judged(&bench, "domain", floppy,
		      "fail (others)=inconclusive[the list was cut off] amf=fail");
}

static void without_objects_a_complete_table_is_not_applicable(void **state)
{
	BENCH(bench, "domain");

	(void)state;
	/* domain_device is a hole, but there is no domain it could belong to */
	assert_judged(&bench, "domain", floppy, "not-applicable");
	assert_judged(&bench, NULL, floppy, "inconclusive (domain_device was not collected)");
}

static const char threads[] =
	"SELECT d.uuid AS object, d.name AS subject, NOT EXISTS (SELECT 1 FROM qemu_process p "
	"JOIN qemu_process_thread t ON t.pid = p.pid WHERE p.domain = d.uuid AND t.seccomp = 0) "
	"AS pass FROM domain d";

static void references_lead_from_a_thread_to_its_domain(void **state)
{
	BENCH(bench, "domain", "qemu_process", "qemu_process_thread");

	(void)state;
	add_domain(&bench, "u1", "amf");
	add_domain(&bench, "u2", "smf");
	add_process(&bench, 11, "u1");
	add_process(&bench, 12, "u2");
	add_process(&bench, 13, "");
	assert_judged(&bench, "domain", threads, "pass amf=pass smf=pass");
	gvnp_facts_hole(bench.facts, "qemu_process_thread", "", "13", "task 13: gone");
	/* known to belong to no domain */
	assert_judged(&bench, "domain", threads, "pass amf=pass smf=pass");
	gvnp_facts_hole(bench.facts, "qemu_process_thread", "seccomp", "12", "task 12: refused");
	assert_judged(&bench, "domain", threads,
		      "inconclusive amf=pass smf=inconclusive[task 12: refused]");
	/* whose process 99 is nobody knows */
	gvnp_facts_hole(bench.facts, "qemu_process_thread", "", "99", "task 99: gone");
	assert_judged(&bench, "domain", threads,
		      "inconclusive amf=inconclusive[task 99: gone] "
		      "smf=inconclusive[task 12: refused; task 99: gone]");
}

static void a_process_whose_domain_is_unreadable_touches_every_domain(void **state)
{
	BENCH(bench, "domain", "qemu_process", "qemu_process_thread");

	(void)state;
	add_domain(&bench, "u1", "amf");
	add_process(&bench, 11, "u1");
	add_process(&bench, 12, NULL);
	assert_judged(&bench, "domain", threads,
		      "inconclusive amf=inconclusive[qemu_process.domain could not be read]");
}

static void a_null_of_one_vm_touches_that_vm_only(void **state)
{
	static const char query[] =
		"SELECT d.uuid AS object, d.name AS subject, d.machine <> 'pc' AS pass "
		"FROM domain d WHERE d.machine IS NOT NULL";
	BENCH(bench, "domain");

	(void)state;
	add_domain(&bench, "u1", "amf");
	gvnp_insert(bench.facts, "domain", gvnp_text("uuid", "u2"), gvnp_text("name", "smf"),
		    gvnp_text("state", "vanished"), gvnp_integer("is_active", 1),
		    gvnp_integer("is_persistent", 1), gvnp_integer("is_autostarted", 0),
		    gvnp_integer("has_managed_save", 0), gvnp_text("machine", NULL));
	assert_judged(&bench, "domain", query,
		      "inconclusive amf=pass smf=inconclusive[domain.machine could not be read]");
	gvnp_facts_hole(bench.facts, "domain", "machine", "u2", "the VM vanished");
	assert_judged(&bench, "domain", query,
		      "inconclusive amf=pass smf=inconclusive[the VM vanished]");
	assert_judged(&bench, NULL, query, "inconclusive amf=inconclusive[the VM vanished]");
}

static void what_is_missing_of_a_domain_touches_its_process(void **state)
{
	static const char query[] =
		"SELECT p.pid AS object, p.name AS subject, NOT EXISTS (SELECT 1 FROM "
		"domain_device v WHERE v.domain = p.domain AND v.kind = 'fdc') AS pass "
		"FROM qemu_process p";
	BENCH(bench, "qemu_process", "domain_device", "domain");

	(void)state;
	add_process(&bench, 11, "u1");
	add_process(&bench, 12, "u2");
	gvnp_facts_hole(bench.facts, "domain_device", "", "u2", "cut off");
	assert_judged(&bench, "qemu_process", query,
		      "inconclusive qemu=pass qemu=inconclusive[cut off]");
}

static void tables_of_the_host_touch_every_vm(void **state)
{
	static const char query[] =
		"SELECT d.uuid AS object, d.name AS subject, "
		"EXISTS (SELECT 1 FROM lsm WHERE name = 'apparmor') AS pass FROM domain d";
	BENCH(bench, "domain");

	(void)state;
	add_domain(&bench, "u1", "amf");
	gvnp_insert(bench.facts, "lsm", gvnp_text("name", "apparmor"),
		    gvnp_integer("position", 0));
	assert_judged(&bench, "domain", query,
		      "inconclusive amf=inconclusive[lsm was not collected]");
	gvnp_facts_collected(bench.facts, "lsm");
	assert_judged(&bench, "domain", query, "pass amf=pass");
}

static void only_the_named_fact_of_a_helper_matters(void **state)
{
	static const char query[] =
		"SELECT 'k' AS subject, sysctl('kernel.kptr_restrict') >= 1 AS pass";
	BENCH(bench, "sysctl");

	(void)state;
	gvnp_insert(bench.facts, "sysctl", gvnp_text("name", "kernel.kptr_restrict"),
		    gvnp_text("value", "2"));
	gvnp_insert(bench.facts, "sysctl", gvnp_text("name", "kernel.other"),
		    gvnp_text("value", NULL));
	gvnp_facts_hole(bench.facts, "sysctl", "", "kernel.third", "refused");
	assert_judged(&bench, NULL, query, "pass k=pass");
	gvnp_facts_hole(bench.facts, "sysctl", "value", "kernel.kptr_restrict", "raced");
	assert_judged(&bench, NULL, query, "inconclusive k=inconclusive[raced]");
	gvnp_facts_hole(bench.facts, "sysctl", "", "", "no /proc/sys");
	assert_judged(&bench, NULL, query, "inconclusive k=inconclusive[no /proc/sys; raced]");
}

static void a_helper_hides_nothing_from_the_rule(void **state)
{
	BENCH(bench, "sysctl");

	(void)state;
	gvnp_insert(bench.facts, "sysctl", gvnp_text("name", "a.b"), gvnp_text("value", NULL));
	assert_judged(&bench, NULL, "SELECT 'k' AS subject, coalesce(sysctl('a.b'), 1) = 1 AS pass",
		      "inconclusive k=inconclusive[sysctl a.b could not be read]");
	assert_judged(&bench, NULL, "SELECT 'k' AS subject, sysctl_state('a.b') <> 'known' AS pass",
		      "inconclusive k=inconclusive[sysctl a.b could not be read]");
	assert_judged(&bench, NULL,
		      "SELECT 'k' AS subject, coalesce(cmdline('x'), '') = '' AS pass",
		      "inconclusive k=inconclusive[kernel_parameter was not collected]");
	/* absent is a fact */
	assert_judged(&bench, NULL, "SELECT 'k' AS subject, sysctl_state('c.d') = 'absent' AS pass",
		      "pass k=pass");
	assert_judged(&bench, NULL, "SELECT 'k' AS subject, sysctl('c.d') >= 1 AS pass",
		      "inconclusive k=inconclusive[the query returned NULL]");
}

static void a_helper_without_a_literal_name_is_an_error(void **state)
{
	BENCH(bench, "sysctl", "lsm");

	(void)state;
	assert_judged(&bench, NULL, "SELECT 'k' AS subject, sysctl('a' || '.b') = 1 AS pass",
		      "error (sysctl() needs a name as a literal)");
	assert_judged(&bench, NULL, "SELECT name AS subject, SYSCTL(name) = 1 AS pass FROM lsm",
		      "error (sysctl() needs a name as a literal)");
}

static void evidence_keeps_its_type_its_name_and_a_bounded_size(void **state)
{
	struct gvnp_check check;
	BENCH(bench, "lsm");

	(void)state;
	struct gvnp_results *results =
		judge(&bench, &check, NULL,
		      "SELECT 7 AS number, 'a' AS subject, NULL AS unknown, 1 AS pass, "
		      "'x' AS word, replace(hex('0123456789012345678901234567890123456789012345678"
		      "90123456789'), '3', hex('01234567890123456789012345678901234567890123456789"
		      "0123456789')) AS much");
	const struct gvnp_subject *subject = &results->results[0].subjects[0];
	assert_int_equal(subject->n_evidence, 4);
	assert_string_equal(subject->evidence[0].name, "number");
	assert_true(subject->evidence[0].is_integer);
	assert_int_equal(subject->evidence[0].integer, 7);
	assert_true(subject->evidence[1].is_null);
	assert_string_equal(subject->evidence[2].text, "x");
	assert_int_equal(strlen(subject->evidence[3].text), 4096);
	gvnp_results_free(results);
}

static void parameters_are_bound_by_name(void **state)
{
	BENCH(bench, "lsm");

	(void)state;
	bench.parameters[0] = (struct gvnp_parameter){ "most", true, 3, "" };
	bench.parameters[1] = (struct gvnp_parameter){ "word", false, 0, "x" };
	bench.n_parameters = 2;
	assert_judged(&bench, NULL, "SELECT :word AS subject, 3 <= :most AS pass", "pass x=pass");
	assert_judged(&bench, NULL, "SELECT :word AS subject, 4 <= :most AS pass", "fail x=fail");
	assert_judged(&bench, NULL, "SELECT ? AS subject, 4 <= :most AS pass",
		      "error (? is not among the parameters)");
}

static void a_waiver_covers_open_subjects_until_it_expires(void **state)
{
	static const char query[] = "SELECT column1 AS subject, column2 AS pass FROM "
				    "(VALUES ('a', 0), ('b', 0), ('c', 1))";
	struct gvnp_check check;
	BENCH(bench, "lsm");

	(void)state;
	bench.waivers[0] = (struct gvnp_waiver){ .check = "isolation-test", .subject = "a" };
	bench.n_waivers = 1;
	struct gvnp_results *results = judge(&bench, &check, NULL, query);
	assert_ptr_equal(results->results[0].subjects[0].waiver, &bench.waivers[0]);
	assert_null(results->results[0].subjects[1].waiver);
	assert_false(results->results[0].is_waived);
	assert_true(bench.waivers[0].is_used);
	assert_int_equal(results->results[0].verdict, GVNP_FAIL);
	gvnp_results_free(results);

	bench.waivers[1] = (struct gvnp_waiver){ .check = "isolation-test", .subject = "" };
	bench.n_waivers = 2;
	results = judge(&bench, &check, NULL, query);
	assert_true(results->results[0].is_waived);
	assert_null(results->results[0].subjects[2].waiver);
	gvnp_results_free(results);

	bench.waivers[1].is_expired = true;
	results = judge(&bench, &check, NULL, query);
	assert_false(results->results[0].is_waived);
	gvnp_results_free(results);
}

static void the_tables_of_a_check_are_listed(void **state)
{
	struct gvnp_check check;
	BENCH(bench, "lsm");

	(void)state;
	struct gvnp_results *results =
		judge(&bench, &check, NULL,
		      "SELECT name AS subject, sysctl('a.b') = 1 AND "
		      "NOT EXISTS (SELECT 1 FROM module) AS pass FROM lsm");
	const char *const *tables = results->results[0].tables;
	assert_string_equal(tables[0], "lsm");
	assert_string_equal(tables[1], "module");
	assert_string_equal(tables[2], "sysctl");
	assert_null(tables[3]);
	gvnp_results_free(results);
}

static void a_query_of_a_person_is_told_what_it_may_not_have_seen(void **state)
{
	_cleanup_free_ char *error = NULL;
	char **lines;
	BENCH(bench, "lsm", "module");

	(void)state;
	struct gvnp_names *names = gvnp_names_of_query("SELECT cmdline('x')");
	assert_int_equal(gvnp_functions_register(bench.facts, names), 0);
	gvnp_names_free(names);
	gvnp_facts_hole(bench.facts, "module", "", "", "cut off");
	assert_int_equal(gvnp_query_incomplete(bench.facts,
					       "SELECT name, random() FROM lsm UNION "
					       "SELECT name, cmdline('x') FROM module",
					       &lines, &error),
			 0);
	assert_string_equal(lines[0], "kernel_parameter: it was not collected");
	assert_string_equal(lines[1], "module: cut off");
	assert_null(lines[2]);
	free(lines[0]);
	free(lines[1]);
	free(lines);
	assert_int_equal(gvnp_query_incomplete(bench.facts, "SELECT name FROM lsm", &lines, &error),
			 0);
	assert_null(lines[0]);
	free(lines);
	assert_true(gvnp_query_incomplete(bench.facts, "SELECT nme FROM lsm", &lines, &error) < 0);
	assert_string_equal(error, "no such column: nme");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_three_values_of_sql_are_the_verdict),
		cmocka_unit_test(the_worst_subject_decides_and_subjects_are_sorted),
		cmocka_unit_test(what_is_no_verdict_is_an_error),
		cmocka_unit_test(only_reading_facts_is_allowed),
		cmocka_unit_test(a_query_that_does_not_end_is_an_error),
		cmocka_unit_test(nothing_passes_on_a_table_that_was_not_collected),
		cmocka_unit_test(every_way_to_read_a_table_is_noticed),
		cmocka_unit_test(a_hole_matters_when_its_column_is_read),
		cmocka_unit_test(a_null_matters_when_its_column_is_read),
		cmocka_unit_test(a_hole_of_one_vm_touches_that_vm_only),
		cmocka_unit_test(an_object_with_a_hole_that_was_not_returned_is_added),
		cmocka_unit_test(objects_nobody_knows_of_are_one_more_subject),
		cmocka_unit_test(without_objects_a_complete_table_is_not_applicable),
		cmocka_unit_test(references_lead_from_a_thread_to_its_domain),
		cmocka_unit_test(a_process_whose_domain_is_unreadable_touches_every_domain),
		cmocka_unit_test(a_null_of_one_vm_touches_that_vm_only),
		cmocka_unit_test(what_is_missing_of_a_domain_touches_its_process),
		cmocka_unit_test(tables_of_the_host_touch_every_vm),
		cmocka_unit_test(only_the_named_fact_of_a_helper_matters),
		cmocka_unit_test(a_helper_hides_nothing_from_the_rule),
		cmocka_unit_test(a_helper_without_a_literal_name_is_an_error),
		cmocka_unit_test(evidence_keeps_its_type_its_name_and_a_bounded_size),
		cmocka_unit_test(parameters_are_bound_by_name),
		cmocka_unit_test(a_waiver_covers_open_subjects_until_it_expires),
		cmocka_unit_test(the_tables_of_a_check_are_listed),
		cmocka_unit_test(a_query_of_a_person_is_told_what_it_may_not_have_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
