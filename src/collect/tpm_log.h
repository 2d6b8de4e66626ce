/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The measurement log of the firmware, and what the PCRs must hold if it is true. Layouts: TCG PC
 * Client Platform Firmware Profile 1.05, 9.2 (TCG_PCR_EVENT of SHA-1 logs), 9.4.5.1 (the Spec ID
 * event that opens a crypto agile log), 9.2.2 (TCG_PCR_EVENT2).
 */
#ifndef GVNP_COLLECT_TPM_LOG_H
#define GVNP_COLLECT_TPM_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum {
	GVNP_TPM_PCRS = 16,	 /* the static ones, which begin as zeros and only reset with it */
	GVNP_TPM_DIGEST = 64,	 /* of SHA-512, the largest */
	GVNP_TPM_EVENTS = 65536, /* a log with more is refused */
};

enum gvnp_tpm_bank {
	GVNP_TPM_SHA1,
	GVNP_TPM_SHA256,
	GVNP_TPM_SHA384,
	GVNP_TPM_SHA512,
	GVNP_TPM_BANKS
};

enum gvnp_tpm_event_kind { /* the ones with a meaning here; PFP 10.4.1 */
			   GVNP_TPM_EV_NO_ACTION = 3,
			   GVNP_TPM_EV_SEPARATOR = 4,
			   GVNP_TPM_EV_ACTION = 5,
			   GVNP_TPM_EV_IPL = 13,
};
#define GVNP_TPM_EV_EFI_VARIABLE_DRIVER_CONFIG 0x80000001U
#define GVNP_TPM_EV_EFI_ACTION 0x80000007U
#define GVNP_TPM_EV_EFI_VARIABLE_AUTHORITY 0x800000e0U

struct gvnp_tpm_event {
	uint32_t pcr, kind;
	struct gvnp_slice data;
	/* The digest that was extended is the digest of `data`: the text is what was measured.
	 * False where the firmware measures something else than it logs. */
	bool is_genuine;
};

struct gvnp_tpm_replay {
	bool is_agile;
	size_t n_events;
	struct gvnp_tpm_replayed_bank {
		bool is_covered;    /* the log has digests of this bank */
		unsigned char size; /* of a digest */
		unsigned char pcrs[GVNP_TPM_PCRS][GVNP_TPM_DIGEST];
	} banks[GVNP_TPM_BANKS];
};

/* "sha256" as sysfs spells it. */
const char *gvnp_tpm_bank_name(enum gvnp_tpm_bank bank);

/* "EV_SEPARATOR", or NULL for a kind that has no name here. */
const char *gvnp_tpm_event_name(uint32_t kind);

/* Reads the whole log, calls `seen` (which may be NULL) for every event and computes the PCRs.
 * Returns 0, or -EBADMSG with *ret_problem a static sentence: then *ret is not written and the
 * events seen so far prove nothing. */
int gvnp_tpm_log_replay(struct gvnp_slice log,
			void (*seen)(void *context, const struct gvnp_tpm_event *event),
			void *context, struct gvnp_tpm_replay *ret, const char **ret_problem);

/* Name and data of the variable that an EV_EFI_VARIABLE_* event holds (UEFI_VARIABLE_DATA, PFP
 * 10.2.6). The name is UTF-16. False when the sizes do not add up. */
bool gvnp_tpm_event_variable(struct gvnp_slice data, struct gvnp_slice *ret_name,
			     struct gvnp_slice *ret_value);

#endif
