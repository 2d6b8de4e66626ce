/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_host.h"

#define CPUS "/sys/devices/system/cpu"
#define TOPOLOGY(n, core, siblings)                                                                \
	READ(CPUS "/cpu" n "/topology/physical_package_id", "0\n"),                                \
		READ(CPUS "/cpu" n "/topology/core_id", core "\n"),                                \
		READ(CPUS "/cpu" n "/topology/thread_siblings_list", siblings "\n")

static const char x86_info[] =
	"processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\n"
	"model name\t: Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz\nstepping\t: 4\n"
	"microcode\t: 0x2007006\nphysical id\t: 0\nflags\t\t: fpu vme vmx smep rtm\n"
	"vmx flags\t: vnmi preemption_timer\nbugs\t\t: spectre_v1 l1tf\n\n"
	"processor\t: 1\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\n"
	"model name\t: Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz\nstepping\t: 4\n"
	"microcode\t: 0x2007006\nphysical id\t: 0\nflags\t\t: fpu vme vmx smep\n"
	"bugs\t\t: spectre_v1 mds\n\n";

static void topology_and_identity_of_each_processor_are_read(void **state)
{
	static const struct fake_file files[] = {
		READ("/proc/cpuinfo", x86_info),
		READ(CPUS "/online", "0-1\n"),
		READ(CPUS "/smt/control", "on\n"),
		READ(CPUS "/smt/active", "1\n"),
		TOPOLOGY("0", "0", "0-1"),
		TOPOLOGY("1", "0", "0-1"),
		LIST("/sys/devices/system/node", "has_cpu\nnode1/\nonline\npossible\n"),
		READ("/sys/devices/system/node/node1/cpulist", "0-1\n"),
		READ("/sys/devices/system/node/node1/meminfo",
		     "Node 1 MemTotal:       24684084 kB\nNode 1 MemFree:        22000000 kB\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_cpu);
	assert_rows(
		&host, "SELECT * FROM cpu",
		"0|0|0|1|1|GenuineIntel|6|85|4|Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz|0x2007006\n"
		"1|0|0|1|1|GenuineIntel|6|85|4|Intel(R) Xeon(R) Gold 6130 CPU @ "
		"2.10GHz|0x2007006\n");
	assert_rows(&host, "SELECT name FROM cpu_flag ORDER BY name", "fpu\nsmep\nvme\nvmx\n");
	assert_rows(&host, "SELECT name FROM cpu_bug ORDER BY name", "l1tf\nmds\nspectre_v1\n");
	assert_rows(&host, "SELECT control, is_active FROM smt", "on|1\n");
	assert_rows(&host,
		    "SELECT node, list, memory_kib FROM numa_node n, cpu_set s ON s.id = n.cpus",
		    "1|0-1|24684084\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void arm64_spells_its_processors_differently(void **state)
{
	/* Neoverse N1 r3p1 */
	static const struct fake_file files[] = {
		READ("/proc/cpuinfo",
		     "processor\t: 0\nBogoMIPS\t: 50.00\n"
		     "Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics ssbs\n"
		     "CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x3\n"
		     "CPU part\t: 0xd0c\nCPU revision\t: 1\n\n"),
		READ(CPUS "/online", "0\n"),
		READ(CPUS "/smt/control", "notsupported\n"),
		TOPOLOGY("0", "0", "0"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_cpu);
	assert_rows(&host, "SELECT cpu, node, vendor, family, model, stepping, microcode FROM cpu",
		    "0|0|0x41|8|3340|49|\n");
	assert_rows(&host, "SELECT count(*) FROM cpu_flag WHERE name IN ('ssbs', 'atomics')",
		    "2\n");
	/* no file "active": the topology answers */
	assert_rows(&host, "SELECT control, is_active FROM smt", "notsupported|0\n");
}

static void a_processor_that_is_not_described_makes_the_table_incomplete(void **state)
{
	static const struct fake_file files[] = {
		READ("/proc/cpuinfo", x86_info),
		READ(CPUS "/online", "0-2\n"),
		TOPOLOGY("0", "0", "0-1"),
		READ(CPUS "/cpu1/topology/core_id", "0\n"),
		REFUSED(GVNP_READ, CPUS "/cpu1/topology/thread_siblings_list", GVNP_NOT_RECORDED),
		REFUSED(GVNP_LIST, "/sys/devices/system/node", GVNP_NOT_RECORDED),
		REFUSED(GVNP_READ, CPUS "/smt/active", GVNP_NOT_RECORDED),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_cpu);
	assert_rows(&host, "SELECT cpu, package, siblings, node FROM cpu",
		    "0|0|1|NULL\n1|-1|NULL|NULL\n");
	assert_rows(&host, "SELECT column_name, object, problem FROM hole WHERE table_name = 'cpu'",
		    "||/proc/cpuinfo: nothing about processor 2\n"
		    "siblings|1|" CPUS "/cpu1/topology/thread_siblings_list: not recorded\n");
	assert_false(gvnp_facts_is_collected(host.facts, "numa_node"));
	assert_rows(&host, "SELECT is_active FROM smt", "NULL\n");
}

static void without_cpuinfo_nothing_is_known_about_processors(void **state)
{
	static const struct fake_file files[] = {
		REFUSED(GVNP_READ, "/proc/cpuinfo", GVNP_NOT_RECORDED),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_cpu);
	assert_false(gvnp_facts_is_collected(host.facts, "cpu"));
	assert_false(gvnp_facts_is_collected(host.facts, "cpu_flag"));
	assert_false(gvnp_facts_is_collected(host.facts, "cpu_bug"));
}

#define FLAWS CPUS "/vulnerabilities"

/* Tokens of one line, as "name=value;" */
static char *tokens_of(const char *line)
{
	const struct fake_file files[] = { LIST(FLAWS, "x\n"), READ(FLAWS "/x", line) };
	FAKE_HOST(host, files);

	fake_collect(&host, &gvnp_collector_cpu_vulnerability);
	return fake_rows(&host, "SELECT group_concat(name || '=' || value, ';') FROM "
				"(SELECT * FROM cpu_vulnerability_token ORDER BY position)");
}

#define assert_tokens(line, expected)                                                              \
	do {                                                                                       \
		_cleanup_free_ char *tokens_ = tokens_of(line "\n");                               \
		assert_string_equal(tokens_, expected "\n");                                       \
	} while (0)

static void flaws_are_cut_into_tokens_without_losing_the_hypervisor(void **state)
{
	(void)state;
	assert_tokens("Not affected", "=Not affected");
	assert_tokens("Vulnerable", "=Vulnerable");
	assert_tokens("Mitigation: PTE Inversion; VMX: conditional cache flushes, SMT vulnerable",
		      "Mitigation=PTE Inversion;VMX=conditional cache flushes;SMT=vulnerable");
	assert_tokens("Mitigation: PTE Inversion; VMX: vulnerable",
		      "Mitigation=PTE Inversion;VMX=vulnerable");
	assert_tokens("Mitigation: Clear CPU buffers; SMT Host state unknown",
		      "Mitigation=Clear CPU buffers;SMT=Host state unknown");
	assert_tokens("KVM: Mitigation: Split huge pages", "KVM=Mitigation: Split huge pages");
	assert_tokens("KVM: Vulnerable", "KVM=Vulnerable");
	assert_tokens("Mitigation: Vulnerable, KVM: Not affected",
		      "Mitigation=Vulnerable;KVM=Not affected");
	assert_tokens("Mitigation: Clear CPU buffers: user/kernel boundary",
		      "Mitigation=Clear CPU buffers: user/kernel boundary");
	assert_tokens("Mitigation: untrained return thunk; SMT enabled with STIBP protection",
		      "Mitigation=untrained return thunk;SMT=enabled with STIBP protection");
}

static void phrases_that_hold_a_separator_stay_whole(void **state)
{
	(void)state;
	assert_tokens("Vulnerable: Safe RET, no microcode", "Vulnerable=Safe RET, no microcode");
	assert_tokens("Vulnerable: Clear CPU buffers attempted, no microcode; SMT vulnerable",
		      "Vulnerable=Clear CPU buffers attempted, no microcode;SMT=vulnerable");
	assert_tokens(
		"Vulnerable: __user pointer sanitization and usercopy barriers only; no swapgs "
		"barriers",
		"Vulnerable=__user pointer sanitization and usercopy barriers only; no swapgs "
		"barriers");
	assert_tokens("Mitigation: CSV2, but not BHB", "Mitigation=CSV2, but not BHB");
	assert_tokens("Mitigation: CSV2, BHB", "Mitigation=CSV2, BHB");
	assert_tokens("Mitigation: Retpolines, Stuffing RSB",
		      "Mitigation=Retpolines, Stuffing RSB");
	assert_tokens("Unknown (XEN PV detected, hypervisor mitigation required)",
		      "=Unknown (XEN PV detected, hypervisor mitigation required)");
	assert_tokens("Unknown: Dependent on hypervisor status",
		      "Unknown=Dependent on hypervisor status");
}

static void spectre_v2_tells_each_part(void **state)
{
	(void)state;
	assert_tokens("Mitigation: Enhanced / Automatic IBRS; IBPB: conditional; PBRSB-eIBRS: SW "
		      "sequence; BHI: SW loop, KVM: SW loop",
		      "Mitigation=Enhanced / Automatic IBRS;IBPB=conditional;PBRSB-eIBRS=SW "
		      "sequence;BHI=SW loop;KVM=SW loop");
	assert_tokens("Mitigation: Retpolines; IBPB: conditional; IBRS_FW; STIBP: disabled; RSB "
		      "filling; PBRSB-eIBRS: Not affected; BHI: Vulnerable, KVM: SW loop - "
		      "vulnerable module loaded",
		      "Mitigation=Retpolines;IBPB=conditional;=IBRS_FW;STIBP=disabled;=RSB "
		      "filling;PBRSB-eIBRS=Not affected;BHI=Vulnerable;KVM=SW loop;="
		      "vulnerable module loaded");
	/* before Linux 6.9 commas separated */
	assert_tokens("Mitigation: Retpolines, IBPB: conditional, STIBP: conditional, RSB filling",
		      "Mitigation=Retpolines;IBPB=conditional;STIBP=conditional;=RSB filling");
}

static void odd_lines_are_kept_and_cut_without_harm(void **state)
{
	(void)state;
	assert_tokens("; ; , ", "=;;=,");
	assert_tokens("(((", "=(((");
	assert_tokens(":", "=:");
	assert_tokens("SMT ", "=SMT");
}

static void a_flaw_whose_file_is_refused_keeps_its_row(void **state)
{
	static const struct fake_file files[] = {
		LIST(FLAWS, "l1tf\nmds\n"),
		READ(FLAWS "/mds", "Not affected\n"),
		REFUSED(GVNP_READ, FLAWS "/l1tf", GVNP_NOT_RECORDED),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_cpu_vulnerability);
	assert_rows(&host, "SELECT name, raw FROM cpu_vulnerability",
		    "l1tf|NULL\nmds|Not affected\n");
	assert_rows(&host, "SELECT table_name, column_name, object FROM hole ORDER BY table_name",
		    "cpu_vulnerability|raw|l1tf\ncpu_vulnerability_token||l1tf\n");
}

static void a_kernel_that_does_not_report_flaws_is_not_free_of_them(void **state)
{
	static const struct fake_file files[] = { READ("/proc/cpuinfo", "") };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_cpu_vulnerability);
	assert_false(gvnp_facts_is_collected(host.facts, "cpu_vulnerability"));
	assert_false(gvnp_facts_is_collected(host.facts, "cpu_vulnerability_token"));
}

#define ALONE(n) TOPOLOGY(n, n, n)
#define LEVEL_2(n, list) READ(CPUS "/cpu" n "/cache/index2/shared_cpu_list", list "\n")

static const char four_processors[] = "processor\t: 0\n\nprocessor\t: 1\n\nprocessor\t: 2\n\n"
				      "processor\t: 3\n\n";

/* As of an Atom with modules of two cores: one shared line for each of its processors. */
static void modules_of_cores_share_a_cache(void **state)
{
	static const struct fake_file files[] = {
		READ("/proc/cpuinfo", four_processors),
		READ(CPUS "/online", "0-3\n"),
		ALONE("0"),
		ALONE("1"),
		ALONE("2"),
		ALONE("3"),
		READ(CPUS "/cpu0/cache/index2/level", "2\n"),
		LEVEL_2("0", "0-1"),
		LEVEL_2("1", "0-1"),
		LEVEL_2("2", "2-3"),
		/* processor 3 went offline */
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_cpu);
	fake_collect(&host, &gvnp_collector_cpu_cache);
	assert_rows(
		&host,
		"SELECT list, cores FROM cpu_cache c JOIN cpu_set s ON s.id = c.cpus ORDER BY 1",
		"0-1|2\n2-3|2\n");
	assert_rows(&host, "SELECT * FROM hole WHERE table_name = 'cpu_cache'", "");
	assert_true(gvnp_facts_is_collected(host.facts, "cpu_cache"));
}

static void siblings_are_one_core_and_asked_once(void **state)
{
	static const struct fake_file files[] = {
		READ("/proc/cpuinfo", four_processors),
		READ(CPUS "/online", "0-3\n"),
		TOPOLOGY("0", "0", "0,2"),
		TOPOLOGY("1", "1", "1,3"),
		TOPOLOGY("2", "0", "0,2"),
		TOPOLOGY("3", "1", "1,3"),
		READ(CPUS "/cpu0/cache/index2/level", "2\n"),
		LEVEL_2("0", "0,2"),
		LEVEL_2("1", "1,3"),
		REFUSED(GVNP_READ, CPUS "/cpu2/cache/index2/shared_cpu_list", EACCES),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_cpu);
	fake_collect(&host, &gvnp_collector_cpu_cache);
	assert_rows(
		&host,
		"SELECT list, cores FROM cpu_cache c JOIN cpu_set s ON s.id = c.cpus ORDER BY 1",
		"0,2|1\n1,3|1\n");
	assert_rows(&host, "SELECT * FROM hole WHERE table_name = 'cpu_cache'", "");
}

static void caches_that_are_not_shown_are_not_guessed(void **state)
{
	static const struct fake_file none[] = {
		READ("/proc/cpuinfo", four_processors),
	};
	/* a first level that is not split, so that index2 is another */
	static const struct fake_file other[] = {
		READ("/proc/cpuinfo", four_processors),
		READ(CPUS "/cpu0/cache/index2/level", "3\n"),
		LEVEL_2("0", "0-3"),
	};
	static const struct fake_file junk[] = {
		READ("/proc/cpuinfo", four_processors),
		READ(CPUS "/cpu0/cache/index2/level", "2\n"),
		LEVEL_2("0", "0-"),
		LEVEL_2("1", "1"),
	};
	FAKE_HOST(hidden, none);
	FAKE_HOST(strange, other);
	FAKE_HOST(torn, junk);
	struct fake_host *const hosts[] = { &hidden, &strange, &torn };

	(void)state;
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		fake_collect(hosts[i], &gvnp_collector_cpu);
		fake_collect(hosts[i], &gvnp_collector_cpu_cache);
	}
	assert_rows(&hidden, "SELECT list, cores FROM cpu_cache c JOIN cpu_set s ON s.id = c.cpus",
		    "|0\n");
	assert_rows(&strange, "SELECT problem FROM hole WHERE table_name = 'cpu_cache'",
		    CPUS "/cpu0/cache/index2/level: not a level-2 cache\n");
	assert_false(gvnp_facts_is_collected(strange.facts, "cpu_cache"));
	assert_rows(&torn, "SELECT problem FROM hole WHERE table_name = 'cpu_cache'",
		    CPUS "/cpu0/cache/index2/shared_cpu_list: unexpected content\n");
	assert_rows(&torn, "SELECT cores FROM cpu_cache", "1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modules_of_cores_share_a_cache),
		cmocka_unit_test(siblings_are_one_core_and_asked_once),
		cmocka_unit_test(caches_that_are_not_shown_are_not_guessed),
		cmocka_unit_test(topology_and_identity_of_each_processor_are_read),
		cmocka_unit_test(arm64_spells_its_processors_differently),
		cmocka_unit_test(a_processor_that_is_not_described_makes_the_table_incomplete),
		cmocka_unit_test(without_cpuinfo_nothing_is_known_about_processors),
		cmocka_unit_test(flaws_are_cut_into_tokens_without_losing_the_hypervisor),
		cmocka_unit_test(phrases_that_hold_a_separator_stay_whole),
		cmocka_unit_test(spectre_v2_tells_each_part),
		cmocka_unit_test(odd_lines_are_kept_and_cut_without_harm),
		cmocka_unit_test(a_flaw_whose_file_is_refused_keeps_its_row),
		cmocka_unit_test(a_kernel_that_does_not_report_flaws_is_not_free_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
