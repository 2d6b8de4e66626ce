/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rule on virtual hardware: inside a VM the silicon and the firmware are what another
 * hypervisor shows, so a pass of a claim about them proves nothing and becomes inconclusive. A fail
 * stays a fail. A nested laboratory lifts the rule with `hardware: accept-virtual` in its
 * declaration.
 *
 * Which claims: checks of the hardware area whose query reads a table that a hypervisor fills.
 * Checks of that area that read only what the running kernel was told (its command line, its
 * configuration, lockdown) are as true inside a VM as outside.
 */
#include "gvnp/score.h"

#include "base/text.h"

static const char *const silicon[] = {
	"boot_entry",
	"cpu",
	"cpu_bug",
	"cpu_flag",
	"cpu_vulnerability",
	"cpu_vulnerability_token",
	"dmi",
	"firmware",
	"firmware_resource",
	"interrupt",
	"iommu",
	"iommu_firmware",
	"iommu_group",
	"memory_controller",
	"memory_module",
	"pci_device",
	"sbat_revocation",
	"secure_boot_certificate",
	"secure_boot_list",
	"security_processor",
	"smt",
	"tpm",
	"tpm_event",
	"tpm_log",
	"tpm_pcr",
};

static bool is_about_silicon(const struct gvnp_result *result)
{
	if (result->check->area != GVNP_HARDWARE)
		return false;
	for (const char *const *table = result->tables; table && *table; table++)
		for (size_t i = 0; i < sizeof silicon / sizeof *silicon; i++)
			if (!strcmp(*table, silicon[i]))
				return true;
	return false;
}

/* The evaluator gave waivers to open subjects only; this one has just become open. */
static const struct gvnp_waiver *waiver_of(const struct gvnp_catalogue *catalogue,
					   const char *check, const char *subject)
{
	for (size_t i = 0; i < catalogue->n_waivers; i++) {
		struct gvnp_waiver *waiver = &catalogue->waivers[i];

		if (waiver->is_expired || strcmp(waiver->check, check))
			continue;
		if (*waiver->subject && strcmp(waiver->subject, subject))
			continue;
		waiver->is_used = true;
		return waiver;
	}
	return NULL;
}

static void distrust(struct gvnp_result *result, const struct gvnp_catalogue *catalogue,
		     const char *problem)
{
	bool is_any_open_unwaived = false;

	for (size_t i = 0; i < result->n_subjects; i++) {
		struct gvnp_subject *subject = &result->subjects[i];

		if (subject->verdict == GVNP_PASS) {
			subject->verdict = GVNP_INCONCLUSIVE;
			subject->problem = problem;
			subject->waiver = waiver_of(catalogue, result->check->id, subject->subject);
		}
		is_any_open_unwaived |= subject->verdict >= GVNP_INCONCLUSIVE && !subject->waiver;
	}
	if (result->verdict != GVNP_PASS)
		return;
	result->verdict = GVNP_INCONCLUSIVE;
	result->is_waived = result->n_subjects && !is_any_open_unwaived;
}

void gvnp_results_distrust_virtual(struct gvnp_results *results,
				   const struct gvnp_catalogue *catalogue,
				   enum gvnp_virtual is_virtual)
{
	static const char is_guest[] =
		"this host is itself a virtual machine: its hypervisor decides what it sees of "
		"silicon "
		"and firmware (a laboratory may declare `hardware: accept-virtual`)";
	static const char is_unknown[] = "whether this host is itself a virtual machine could not "
					 "be determined, so what it sees "
					 "of silicon and firmware is not proof";

	if (is_virtual == GVNP_VIRTUAL_NO || catalogue->accepts_virtual_hardware)
		return;
	for (size_t i = 0; i < results->n; i++)
		if (is_about_silicon(&results->results[i]))
			distrust(&results->results[i], catalogue,
				 is_virtual == GVNP_VIRTUAL_YES ? is_guest : is_unknown);
}
