/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking an audit rule apart. The kernel puts the texts of the fields one behind the other and
 * their lengths into the fields' values (audit_krule_to_data in kernel/auditfilter.c).
 */
#include "base/audit_rule.h"

#include "base/netlink.h"

bool gvnp_audit_rule_has_text(uint32_t field)
{
	switch (field) {
	case AUDIT_SUBJ_USER:
	case AUDIT_SUBJ_ROLE:
	case AUDIT_SUBJ_TYPE:
	case AUDIT_SUBJ_SEN:
	case AUDIT_SUBJ_CLR:
	case AUDIT_OBJ_USER:
	case AUDIT_OBJ_ROLE:
	case AUDIT_OBJ_TYPE:
	case AUDIT_OBJ_LEV_LOW:
	case AUDIT_OBJ_LEV_HIGH:
	case AUDIT_WATCH:
	case AUDIT_DIR:
	case AUDIT_EXE:
	case AUDIT_FILTERKEY:
		return true;
	}
	return false;
}

bool gvnp_audit_rule_parse(struct gvnp_slice bytes, struct gvnp_audit_rule *ret)
{
	struct gvnp_audit_rule rule = { .texts = { { "", 0 } } };
	size_t at = sizeof rule.head;

	if (!gvnp_netlink_bytes(bytes, 0, &rule.head, sizeof rule.head) ||
	    rule.head.field_count > AUDIT_MAX_FIELDS || rule.head.buflen > bytes.size - at)
		return false;
	for (uint32_t i = 0; i < rule.head.field_count; i++) {
		size_t size =
			gvnp_audit_rule_has_text(rule.head.fields[i]) ? rule.head.values[i] : 0;

		if (size > bytes.size - at)
			return false;
		rule.texts[i] = (struct gvnp_slice){ bytes.text + at, size };
		at += size;
	}
	*ret = rule;
	return true;
}

struct gvnp_slice gvnp_audit_rule_text(const struct gvnp_audit_rule *rule, uint32_t field)
{
	for (uint32_t i = 0; i < rule->head.field_count; i++)
		if (rule->head.fields[i] == field)
			return rule->texts[i];
	return (struct gvnp_slice){ "", 0 };
}

bool gvnp_audit_rule_value(const struct gvnp_audit_rule *rule, uint32_t field, uint32_t *ret)
{
	for (uint32_t i = 0; i < rule->head.field_count; i++)
		if (rule->head.fields[i] == field) {
			*ret = rule->head.values[i];
			return true;
		}
	return false;
}
