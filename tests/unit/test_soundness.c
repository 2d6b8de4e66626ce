/* SPDX-License-Identifier: Apache-2.0 */
/* The soundness rule: no pass and no not-applicable from what was not collected or not readable. */
#include "judge.h"

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

static void nothing_passes_on_a_table_that_was_not_collected(void **state)
{
	BENCH(bench, "host");

	(void)state;
	gvnp_insert(bench.facts, "lsm", gvnp_text("name", "apparmor"), gvnp_integer("position", 0));
	assert_judged(&bench, NULL, "SELECT name AS subject, 1 AS pass FROM lsm",
		      "inconclusive apparmor=inconclusive[lsm was not collected]");
	assert_judged(&bench, NULL, "SELECT name AS subject, 0 AS pass FROM lsm",
		      "fail apparmor=fail");
	assert_judged(&bench, NULL, "SELECT name AS subject, NULL AS pass FROM lsm",
		      "inconclusive apparmor=inconclusive[lsm was not collected]");
	assert_judged(&bench, NULL, "SELECT 'a' AS subject, 1 AS pass FROM module",
		      "inconclusive (module was not collected)");
}

/* Facts of an option that was not given; what was collected after all counts. */
static void what_was_not_asked_for_is_not_applicable_and_never_a_pass(void **state)
{
	static const char query[] =
		"SELECT 'a' AS subject, NOT EXISTS (SELECT 1 FROM module) AS pass";
	BENCH(bench, "host");

	(void)state;
	gvnp_facts_declined(bench.facts, "module");
	assert_judged(&bench, NULL, query,
		      "not-applicable (not asked: only --deep reads module)");
	gvnp_facts_collected(bench.facts, "module");
	assert_judged(&bench, NULL, query, "pass a=pass");
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

static void what_the_authorizer_cannot_see_is_refused(void **state)
{
	BENCH(bench, "domain", "domain_device", "sysctl");

	(void)state;
	/* SQLite tells the authorizer neither of domain_device nor of domain.uuid here */
	assert_judged(&bench, NULL,
		      "SELECT d.name AS subject, 1 AS pass FROM domain d "
		      "NATURAL JOIN domain_device v",
		      "error (NATURAL and USING hide what they read: write ON)");
	assert_judged(&bench, NULL,
		      "SELECT d.name AS subject, 1 AS pass FROM qemu_process p JOIN "
		      "domain_device d USING (domain)",
		      "error (NATURAL and USING hide what they read: write ON)");
	assert_judged(&bench, NULL, "SELECT 'using' AS subject, 1 AS pass -- natural",
		      "pass using=pass");
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
	assert_judged(&bench, NULL, "SELECT device AS subject, version_major = 2 AS pass FROM tpm",
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

static void of_a_process_nobody_knows_of_the_threads_are_not_known_either(void **state)
{
	static const char alone[] =
		"SELECT 'x' AS subject, NOT EXISTS (SELECT 1 FROM qemu_process_thread WHERE "
		"seccomp = 0) AS pass";
	static const char calls[] =
		"SELECT 'x' AS subject, NOT EXISTS (SELECT 1 FROM qemu_process_syscall) AS pass";
	BENCH(bench, "qemu_process", "qemu_process_thread", "qemu_process_filter",
	      "qemu_process_syscall");

	(void)state;
	add_process(&bench, 11, "");
	assert_judged(&bench, NULL, alone, "pass x=pass");
	/* a column says nothing of which rows there are */
	gvnp_facts_hole(bench.facts, "qemu_process", "label", "11", "11: refused");
	assert_judged(&bench, NULL, alone, "pass x=pass");
	gvnp_facts_hole(bench.facts, "qemu_process", "", "", "99 could not be seen");
	assert_judged(&bench, NULL, alone, "inconclusive x=inconclusive[99 could not be seen]");
	/* over the filters */
	assert_judged(&bench, NULL, calls, "inconclusive x=inconclusive[99 could not be seen]");
	/* of the known ones they are */
	assert_judged(&bench, "qemu_process",
		      "SELECT p.pid AS object, p.name AS subject, NOT EXISTS (SELECT 1 FROM "
		      "qemu_process_thread t WHERE t.pid = p.pid AND t.seccomp = 0) AS pass "
		      "FROM qemu_process p",
		      "inconclusive (others)=inconclusive[99 could not be seen] qemu=pass");
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
	gvnp_insert(bench.facts, "lsm", gvnp_text("name", "apparmor"), gvnp_integer("position", 0));
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

static void what_collected_asks_about_counts_as_read(void **state)
{
	static const char query[] = "SELECT d.uuid AS object, d.name AS subject, "
				    "coalesce(collected('domain_device', d.uuid), 1) AS pass "
				    "FROM domain d";
	BENCH(bench, "domain");

	(void)state;
	add_domain(&bench, "u1", "amf");
	add_domain(&bench, "u2", "smf");
	assert_judged(&bench, NULL, "SELECT 'k' AS subject, coalesce(collected('tpm'), 1) AS pass",
		      "inconclusive k=inconclusive[tpm was not collected]");
	gvnp_facts_collected(bench.facts, "domain_device");
	assert_judged(&bench, "domain", query, "pass amf=pass smf=pass");
	gvnp_facts_hole(bench.facts, "domain_device", "", "u2", "cut off");
	assert_judged(&bench, "domain", query, "inconclusive amf=pass smf=inconclusive[cut off]");
	assert_judged(&bench, NULL, "SELECT 'k' AS subject, collected(name) AS pass FROM domain",
		      "error (collected() needs a name as a literal)");
	assert_judged(&bench, NULL, "SELECT 'k' AS subject, collected('tmp') AS pass",
		      "error (collected(): there is no table tmp)");
}

static void without_the_whole_table_its_emptiness_is_no_finding(void **state)
{
	static const char query[] =
		"SELECT 'TPM' AS subject, "
		"CASE WHEN collected('tpm') THEN EXISTS (SELECT 1 FROM tpm) END AS pass";
	BENCH(bench, "lsm");

	(void)state;
	assert_judged(&bench, NULL, query, "inconclusive TPM=inconclusive[tpm was not collected]");
	gvnp_facts_collected(bench.facts, "tpm");
	assert_judged(&bench, NULL, query, "fail TPM=fail");
	gvnp_insert(bench.facts, "tpm", gvnp_text("device", "tpm0"));
	assert_judged(&bench, NULL, query, "pass TPM=pass");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_passes_on_a_table_that_was_not_collected),
		cmocka_unit_test(what_was_not_asked_for_is_not_applicable_and_never_a_pass),
		cmocka_unit_test(every_way_to_read_a_table_is_noticed),
		cmocka_unit_test(what_the_authorizer_cannot_see_is_refused),
		cmocka_unit_test(a_hole_matters_when_its_column_is_read),
		cmocka_unit_test(a_null_matters_when_its_column_is_read),
		cmocka_unit_test(a_hole_of_one_vm_touches_that_vm_only),
		cmocka_unit_test(an_object_with_a_hole_that_was_not_returned_is_added),
		cmocka_unit_test(objects_nobody_knows_of_are_one_more_subject),
		cmocka_unit_test(without_objects_a_complete_table_is_not_applicable),
		cmocka_unit_test(references_lead_from_a_thread_to_its_domain),
		cmocka_unit_test(of_a_process_nobody_knows_of_the_threads_are_not_known_either),
		cmocka_unit_test(a_process_whose_domain_is_unreadable_touches_every_domain),
		cmocka_unit_test(a_null_of_one_vm_touches_that_vm_only),
		cmocka_unit_test(what_is_missing_of_a_domain_touches_its_process),
		cmocka_unit_test(tables_of_the_host_touch_every_vm),
		cmocka_unit_test(only_the_named_fact_of_a_helper_matters),
		cmocka_unit_test(a_helper_hides_nothing_from_the_rule),
		cmocka_unit_test(what_collected_asks_about_counts_as_read),
		cmocka_unit_test(without_the_whole_table_its_emptiness_is_no_finding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
