/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which machine, operating system and kernel this is, and whether it is itself a VM. The rule kept
 * here: "not a VM" is said only with evidence; where an architecture shows none, it is unreadable.
 */
#include "collect/collectors.h"

#include "base/memory.h"
#include "base/sha256.h"
#include "collect/collect.h"
#include "collect/cpu_info.h"

#define DMI "/sys/class/dmi/id/"

enum question {
	CLOCK,
	UPTIME,
	UNAME,
	BOOT_ID,
	MACHINE_ID,
	OS_RELEASE,
	OS_RELEASE_SHIPPED,
	INIT,
	CPU_INFO,
	HYPERVISOR_TYPE,
	HYPERVISOR_NODE,
	COMPATIBLE,
	SYS_VENDOR,
	PRODUCT_NAME,
	BOARD_NAME,
	BIOS_VENDOR,
	BIOS_VERSION,
	BIOS_DATE,
	CHASSIS_TYPE,
	N_QUESTIONS,
};

static const struct gvnp_request questions[N_QUESTIONS] = {
	[CLOCK] = { GVNP_SYSTEM, "clock" },
	[UPTIME] = { GVNP_SYSTEM, "uptime" },
	[UNAME] = { GVNP_SYSTEM, "uname" },
	[BOOT_ID] = { GVNP_READ, "/proc/sys/kernel/random/boot_id" },
	[MACHINE_ID] = { GVNP_READ, "/etc/machine-id" },
	[OS_RELEASE] = { GVNP_READ, "/etc/os-release" },
	[OS_RELEASE_SHIPPED] = { GVNP_READ, "/usr/lib/os-release" },
	[INIT] = { GVNP_READ, "/proc/1/comm" },
	[CPU_INFO] = { GVNP_READ, "/proc/cpuinfo" },
	[HYPERVISOR_TYPE] = { GVNP_READ, "/sys/hypervisor/type" },
	[HYPERVISOR_NODE] = { GVNP_STAT, "/sys/firmware/devicetree/base/hypervisor" },
	[COMPATIBLE] = { GVNP_READ, "/sys/firmware/devicetree/base/compatible" },
	[SYS_VENDOR] = { GVNP_READ, DMI "sys_vendor" },
	[PRODUCT_NAME] = { GVNP_READ, DMI "product_name" },
	[BOARD_NAME] = { GVNP_READ, DMI "board_name" },
	[BIOS_VENDOR] = { GVNP_READ, DMI "bios_vendor" },
	[BIOS_VERSION] = { GVNP_READ, DMI "bios_version" },
	[BIOS_DATE] = { GVNP_READ, DMI "bios_date" },
	[CHASSIS_TYPE] = { GVNP_READ, DMI "chassis_type" },
};

/* Manufacturer and product texts of virtual machines, for architectures whose processors do not say
 * (arm64). A text that begins so counts, in either field. */
static const char *const virtual_products[] = {
	"QEMU",
	"KVM",
	"OpenStack",
	"KubeVirt",
	"VMware",
	"VMW",
	"VirtualBox",
	"innotek GmbH",
	"Xen",
	"Bochs",
	"BHYVE",
	"Parallels",
	"Virtual Machine",
	"Apple Virtualization",
	"Google Compute Engine",
	"Amazon EC2",
};

static struct gvnp_cell cell(struct gvnp_facts *facts, const struct gvnp_answers *answers,
			     const char *table, const char *column, enum question question)
{
	const struct gvnp_answer *answer = &answers->answers[question];

	if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
		gvnp_collect_hole(facts, table, column, "", questions[question].path, answer);
	return gvnp_collect_cell(column, answer);
}

/* Line n (from 0) of "uname". */
static struct gvnp_cell uname_cell(struct gvnp_facts *facts, const struct gvnp_answers *answers,
				   const char *column, int n)
{
	struct gvnp_slice rest = gvnp_collect_bytes(&answers->answers[UNAME]), line;

	for (int i = 0; gvnp_slice_next(&rest, '\n', &line); i++)
		if (i == n)
			return gvnp_text_slice(column, line);
	gvnp_collect_hole(facts, "host", column, "", "uname", &answers->answers[UNAME]);
	return gvnp_unreadable(column);
}

/* A value of os-release(5): shell quoting without expansion. The caller frees. */
static char *unquoted(struct gvnp_slice value)
{
	char *text = gvnp_allocate(value.size + 1);
	size_t size = 0;
	char quote = 0;

	for (size_t i = 0; i < value.size; i++) {
		char c = value.text[i];

		if (quote ? c == quote : c == '"' || c == '\'')
			quote = quote ? 0 : c;
		else if (c == '\\' && quote != '\'' && i + 1 < value.size)
			text[size++] = value.text[++i];
		else
			text[size++] = c;
	}
	return text;
}

/* "" when the file or the key is absent, NULL when unreadable. The caller frees. */
static char *os_release_value(const struct gvnp_answers *answers, const char *key)
{
	const struct gvnp_answer *answer = &answers->answers[OS_RELEASE];
	struct gvnp_slice rest, line, name, value;
	char *found = NULL;

	if (gvnp_collect_is_absent(answer))
		answer = &answers->answers[OS_RELEASE_SHIPPED];
	if (gvnp_collect_presence(answer) == GVNP_UNREADABLE)
		return NULL;
	rest = gvnp_collect_bytes(answer);
	while (gvnp_slice_next(&rest, '\n', &line)) {
		if (!gvnp_slice_split(gvnp_slice_trim(line), '=', &name, &value) ||
		    !gvnp_slice_is(name, key))
			continue;
		free(found);
		found = unquoted(value);
	}
	return found ? found : gvnp_duplicate("");
}

enum answer_to_virtual { IS_REAL, IS_VIRTUAL, IS_UNKNOWN };

static bool is_virtual_product(struct gvnp_slice text)
{
	for (size_t i = 0; i < sizeof virtual_products / sizeof *virtual_products; i++)
		if (gvnp_slice_starts(text, virtual_products[i]))
			return true;
	return false;
}

/* What judge_firmware() needs to have seen before it may say "not virtual". */
static bool is_firmware_unreadable(const struct gvnp_answers *answers)
{
	static const enum question needed[] = { HYPERVISOR_NODE, COMPATIBLE, SYS_VENDOR,
						PRODUCT_NAME };

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (gvnp_collect_presence(&answers->answers[needed[i]]) == GVNP_UNREADABLE)
			return true;
	return false;
}

/* Firmware that names the machine: DMI, else the device tree. */
static enum answer_to_virtual judge_firmware(const struct gvnp_answers *answers)
{
	struct gvnp_slice vendor = gvnp_collect_trimmed(&answers->answers[SYS_VENDOR]);
	struct gvnp_slice product = gvnp_collect_trimmed(&answers->answers[PRODUCT_NAME]);
	struct gvnp_slice compatible = gvnp_collect_bytes(&answers->answers[COMPATIBLE]);
	/* a cloud's whole machines carry the name of the cloud too */
	bool is_metal = product.size > 6 && !memcmp(product.text + product.size - 6, ".metal", 6);

	if (gvnp_collect_is_present(&answers->answers[HYPERVISOR_NODE]) ||
	    (!is_metal && (is_virtual_product(vendor) || is_virtual_product(product))) ||
	    gvnp_slice_starts(compatible, "linux,dummy-virt"))
		return IS_VIRTUAL;
	if (is_firmware_unreadable(answers))
		return IS_UNKNOWN;
	return vendor.size || product.size || compatible.size ? IS_REAL : IS_UNKNOWN;
}

static enum answer_to_virtual judge_virtual(const struct gvnp_answers *answers)
{
	struct gvnp_slice rest = gvnp_collect_bytes(&answers->answers[CPU_INFO]);
	struct gvnp_cpu_info info;

	if (!gvnp_cpu_info_next(&rest, &info))
		return IS_UNKNOWN;
	/* x86: CPUID leaf 1 ECX bit 31 is reserved for hypervisors to set */
	if (gvnp_cpu_info_has_word(info.flags, "fpu"))
		return gvnp_cpu_info_has_word(info.flags, "hypervisor") ? IS_VIRTUAL : IS_REAL;
	return judge_firmware(answers);
}

/* NULL, and a hole, when what would name it could not be read. The caller frees. */
static char *virtualization_of(struct gvnp_facts *facts, const struct gvnp_answers *answers)
{
	static const enum question names[] = { HYPERVISOR_TYPE, SYS_VENDOR, PRODUCT_NAME };
	struct gvnp_slice type = gvnp_collect_trimmed(&answers->answers[HYPERVISOR_TYPE]);
	struct gvnp_slice vendor = gvnp_collect_trimmed(&answers->answers[SYS_VENDOR]);
	struct gvnp_slice product = gvnp_collect_trimmed(&answers->answers[PRODUCT_NAME]);

	if (type.size)
		return gvnp_slice_copy(type);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct gvnp_answer *answer = &answers->answers[names[i]];

		if (gvnp_collect_presence(answer) != GVNP_UNREADABLE)
			continue;
		gvnp_collect_hole(facts, "host", "virtualization", "", questions[names[i]].path,
				  answer);
		return NULL;
	}
	if (vendor.size || product.size)
		return gvnp_format("%.*s%s%.*s", (int)vendor.size, vendor.text,
				   vendor.size && product.size ? " " : "", (int)product.size,
				   product.text);
	return gvnp_duplicate("unknown hypervisor");
}

static struct gvnp_cell machine_id_cell(struct gvnp_facts *facts,
					const struct gvnp_answers *answers,
					char digest[GVNP_SHA256_TEXT])
{
	const struct gvnp_answer *answer = &answers->answers[MACHINE_ID];

	if (!gvnp_collect_is_present(answer))
		return cell(facts, answers, "host", "machine_id_digest", MACHINE_ID);
	gvnp_sha256(answer->data, answer->size, digest);
	return gvnp_text("machine_id_digest", digest);
}

static void insert_host(struct gvnp_facts *facts, const struct gvnp_answers *answers)
{
	enum answer_to_virtual is_virtual = judge_virtual(answers);
	_cleanup_free_ char *virtualization =
		is_virtual == IS_VIRTUAL ? virtualization_of(facts, answers)
		: is_virtual == IS_REAL	 ? gvnp_duplicate("")
					 : NULL;
	_cleanup_free_ char *id = os_release_value(answers, "ID");
	_cleanup_free_ char *version = os_release_value(answers, "VERSION_ID");
	_cleanup_free_ char *name = os_release_value(answers, "PRETTY_NAME");
	char digest[GVNP_SHA256_TEXT];
	int64_t now, uptime = 0;

	if (!gvnp_collect_integer(&answers->answers[CLOCK], &now))
		return gvnp_collect_hole(facts, "host", "", "", "clock", &answers->answers[CLOCK]);
	bool has_uptime = gvnp_collect_integer(&answers->answers[UPTIME], &uptime);
	if (!has_uptime)
		gvnp_collect_hole(facts, "host", "uptime", "", "uptime", &answers->answers[UPTIME]);
	if (is_virtual == IS_UNKNOWN)
		gvnp_facts_hole(facts, "host", "is_virtual", "",
				"neither processor nor firmware says whether this is a VM");
	gvnp_insert(facts, "host", gvnp_integer("id", 1),
		    cell(facts, answers, "host", "boot_id", BOOT_ID),
		    machine_id_cell(facts, answers, digest),
		    uname_cell(facts, answers, "architecture", 3),
		    uname_cell(facts, answers, "kernel_release", 1),
		    uname_cell(facts, answers, "kernel_version", 2), gvnp_text("os_id", id),
		    gvnp_text("os_version", version), gvnp_text("os_name", name),
		    gvnp_maybe("is_virtual", is_virtual != IS_UNKNOWN, is_virtual == IS_VIRTUAL),
		    gvnp_text("virtualization", virtualization),
		    cell(facts, answers, "host", "init", INIT), gvnp_integer("time", now),
		    gvnp_maybe("uptime", has_uptime, uptime));
	gvnp_facts_collected(facts, "host");
}

static void insert_dmi(struct gvnp_facts *facts, const struct gvnp_answers *answers)
{
	gvnp_insert(facts, "dmi", gvnp_integer("id", 1),
		    cell(facts, answers, "dmi", "sys_vendor", SYS_VENDOR),
		    cell(facts, answers, "dmi", "product_name", PRODUCT_NAME),
		    cell(facts, answers, "dmi", "board_name", BOARD_NAME),
		    cell(facts, answers, "dmi", "bios_vendor", BIOS_VENDOR),
		    cell(facts, answers, "dmi", "bios_version", BIOS_VERSION),
		    cell(facts, answers, "dmi", "bios_date", BIOS_DATE),
		    cell(facts, answers, "dmi", "chassis_type", CHASSIS_TYPE));
	gvnp_facts_collected(facts, "dmi");
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask(collection->source, questions, N_QUESTIONS);

	insert_host(collection->facts, answers);
	insert_dmi(collection->facts, answers);
}

const struct gvnp_collector gvnp_collector_host = {
	.name = "host",
	.about = "machine, operating system, kernel, virtualization, time of the run",
	.paths = (const char *const[]){ "system", "/proc/sys/kernel/random/boot_id",
					"/etc/machine-id", "/etc/os-release", "/usr/lib/os-release",
					"/proc/1/comm", "/proc/cpuinfo", "/sys/hypervisor/type",
					"/sys/firmware/devicetree/base/hypervisor",
					"/sys/firmware/devicetree/base/compatible",
					/* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one */
					DMI "*", NULL },
	.tables = (const char *const[]){ "host", "dmi", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "host", "nothing" },
						       { "dmi", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
