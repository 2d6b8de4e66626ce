/* SPDX-License-Identifier: Apache-2.0 */
/* The table of targets, what they share, and libFuzzer's way in: it is linked into one program, and
 * the name that program is started under chooses the target. */
#include "target.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "facts/store.h"
#include "gvnp/check.h"

static const char collect_prefix[] = "collect-";

const struct fuzz_target fuzz_targets[] = {
	{ "certificate", fuzz_certificate },
	{ "check", fuzz_check },
	{ "check-run", fuzz_check_run },
	{ "cpu", fuzz_cpu },
	{ "declaration", fuzz_declaration },
	{ "efi-option", fuzz_efi_option },
	{ "efi-signatures", fuzz_efi_signatures },
	{ "elf", fuzz_elf },
	{ "host", fuzz_host },
	{ "image-head", fuzz_image_head },
	{ "iommu", fuzz_iommu },
	{ "knowledge", fuzz_knowledge },
	{ "libvirt-answer", fuzz_libvirt_answer },
	{ "libvirt-config", fuzz_libvirt_config },
	{ "message-answer", fuzz_message_answer },
	{ "message-request", fuzz_message_request },
	{ "mount", fuzz_mount },
	{ "net", fuzz_net },
	{ "netlink", fuzz_netlink },
	{ "outcome", fuzz_outcome },
	{ "ovsdb", fuzz_ovsdb },
	{ "proc", fuzz_proc },
	{ "qemu-argument", fuzz_qemu_argument },
	{ "query", fuzz_query },
	{ "redact", fuzz_redact },
	{ "redact-text", fuzz_redact_text },
	{ "report-text", fuzz_report_text },
	{ "seccomp", fuzz_seccomp },
	{ "snapshot-index", fuzz_snapshot_index },
	{ "tailoring", fuzz_tailoring },
	{ "tar", fuzz_tar },
	{ "tpm-log", fuzz_tpm_log },
	{ "user", fuzz_user },
	{ "version", fuzz_version },
	{ "xml", fuzz_xml },
	{ "yaml", fuzz_yaml },
	{ NULL, NULL },
};

static void (*chosen)(const char *bytes, size_t size);
static const struct gvnp_collector *chosen_collector;

bool fuzz_choose(const char *name)
{
	chosen = NULL;
	chosen_collector = NULL;
	for (const struct fuzz_target *target = fuzz_targets; target->name; target++)
		if (!strcmp(target->name, name))
			chosen = target->run;
	if (!gvnp_text_starts(name, collect_prefix))
		return chosen;
	for (const struct gvnp_collector *const *collector = gvnp_collectors; *collector;
	     collector++)
		if (!strcmp((*collector)->name, name + strlen(collect_prefix)))
			chosen_collector = *collector;
	return chosen_collector;
}

void fuzz_run(const char *bytes, size_t size)
{
	if (chosen_collector)
		fuzz_collect(chosen_collector, bytes, size);
	else
		chosen(bytes, size);
}

struct gvnp_catalogue *fuzz_catalogue(void)
{
	static struct gvnp_catalogue *catalogue;
	struct gvnp_problems problems = { 0 };

	if (catalogue)
		return catalogue;
	if (gvnp_catalogue_load(GVNP_CHECKS, &problems, &catalogue) < 0) {
		fprintf(stderr, "%s:%d: %s\n", problems.problems[0].file, problems.problems[0].line,
			problems.problems[0].text);
		exit(2);
	}
	gvnp_problems_done(&problems);
	return catalogue;
}

struct gvnp_facts *fuzz_facts(void)
{
	static struct gvnp_facts *facts;

	if (!facts)
		facts = gvnp_facts_new();
	else
		gvnp_facts_reset(facts);
	return facts;
}

void fuzz_fail(const char *file, int line, const char *claim)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, claim);
	abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = gvnp_text_base_name((*argv)[0]);

	(void)argc;
	if (!gvnp_text_starts(name, "fuzz-") || !fuzz_choose(name + strlen("fuzz-"))) {
		fprintf(stderr, "%s: started under no target's name (fuzz-TARGET)\n", name);
		exit(2);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	fuzz_run((const char *)bytes, size);
	return 0;
}
