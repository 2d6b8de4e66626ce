/* SPDX-License-Identifier: Apache-2.0 */
/* A rule as the kernel's audit subsystem lists it: struct audit_rule_data of linux/audit.h. */
#ifndef GVNP_BASE_AUDIT_RULE_H
#define GVNP_BASE_AUDIT_RULE_H

#include <linux/audit.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* struct audit_rule_data without the texts behind it. */
struct gvnp_audit_rule_head {
	uint32_t flags, action, field_count;
	uint32_t mask[AUDIT_BITMASK_SIZE];
	uint32_t fields[AUDIT_MAX_FIELDS], values[AUDIT_MAX_FIELDS], fieldflags[AUDIT_MAX_FIELDS];
	uint32_t buflen; /* of the texts */
};

struct gvnp_audit_rule {
	struct gvnp_audit_rule_head head;
	/* Of each field that has a text; else empty. Points into the bytes that were parsed. */
	struct gvnp_slice texts[AUDIT_MAX_FIELDS];
};

/* False when the bytes are not one whole rule. */
bool gvnp_audit_rule_parse(struct gvnp_slice bytes, struct gvnp_audit_rule *ret);

/* Whether the value of such a field is the length of a text. */
bool gvnp_audit_rule_has_text(uint32_t field);

/* The text of the first field of that kind; empty when there is none. */
struct gvnp_slice gvnp_audit_rule_text(const struct gvnp_audit_rule *rule, uint32_t field);
/* The value of the first field of that kind. */
bool gvnp_audit_rule_value(const struct gvnp_audit_rule *rule, uint32_t field, uint32_t *ret);

#endif
