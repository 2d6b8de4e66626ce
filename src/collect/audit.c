/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's audit subsystem: whether it is there, whether it records, for whom, and by which
 * rules. The rule kept here: a kernel without the subsystem says so when the socket is made
 * (EPROTONOSUPPORT); every other refusal means that we do not know, never that it is off.
 */
#include "collect/collectors.h"

#include <errno.h>
#include <linux/audit.h>

#include "base/audit_rule.h"
#include "base/buffer.h"
#include "base/netlink.h"
#include "collect/collect.h"

/* Fields of struct audit_status, 32 bits each. */
enum { MASK, ENABLED, FAILURE, PID, RATE_LIMIT, BACKLOG_LIMIT, LOST, N_NUMBERS };

static bool decode_status(struct gvnp_slice bytes, uint32_t *numbers)
{
	struct gvnp_netlink_message message;

	/* shorter in old kernels than in this header, but never shorter than this */
	return gvnp_netlink_next(&bytes, &message) && message.type == AUDIT_GET &&
	       gvnp_netlink_bytes(message.body, 0, numbers, N_NUMBERS * sizeof *numbers);
}

static void collect_status(struct gvnp_facts *facts, const struct gvnp_answer *answer)
{
	uint32_t numbers[N_NUMBERS] = { 0 };
	bool is_absent = answer->error == EPROTONOSUPPORT;
	bool is_known =
		is_absent || (!answer->error && decode_status(gvnp_collect_bytes(answer), numbers));

	if (gvnp_collect_is_unanswered(answer))
		return gvnp_collect_hole(facts, "audit", "", "", "audit-status", answer);
	if (answer->error && !is_absent)
		gvnp_collect_hole(facts, "audit", "", "1", "audit-status", answer);
	else if (!is_known)
		gvnp_facts_hole(facts, "audit", "", "1", "audit-status: not what the kernel sends");
	/* who is refused has a socket, so the subsystem is there */
	gvnp_insert(facts, "audit", gvnp_integer("id", 1),
		    gvnp_maybe("is_present", is_known || answer->error == EPERM, !is_absent),
		    gvnp_maybe("enabled", is_known, numbers[ENABLED]),
		    gvnp_maybe("failure", is_known, numbers[FAILURE]),
		    gvnp_maybe("pid", is_known, numbers[PID]),
		    gvnp_maybe("lost", is_known, numbers[LOST]),
		    gvnp_maybe("backlog_limit", is_known, numbers[BACKLOG_LIMIT]));
	gvnp_facts_collected(facts, "audit");
}

static const char *list_name(uint32_t list)
{
	static const char *const names[] = { "user", "task",	"entry",      "watch",
					     "exit", "exclude", "filesystem", "io_uring" };

	list &= ~(uint32_t)AUDIT_FILTER_PREPEND;
	return list < sizeof names / sizeof *names ? names[list] : "unknown";
}

/* "175,313" in ascending order, "all" for a rule that names none: the first words are then full. */
static void append_syscalls(const struct gvnp_audit_rule *rule, struct gvnp_buffer *out)
{
	if (rule->head.mask[0] == UINT32_MAX && rule->head.mask[1] == UINT32_MAX)
		return gvnp_buffer_append_text(out, "all");
	for (unsigned i = 0; i < AUDIT_BITMASK_SIZE * 32; i++)
		if (rule->head.mask[i / 32] >> (i % 32) & 1)
			gvnp_buffer_append_format(out, "%s%u", out->size ? "," : "", i);
}

static void append_permissions(const struct gvnp_audit_rule *rule, struct gvnp_buffer *out)
{
	static const struct {
		uint32_t bit;
		char letter;
	} letters[] = { { AUDIT_PERM_READ, 'r' },
			{ AUDIT_PERM_WRITE, 'w' },
			{ AUDIT_PERM_EXEC, 'x' },
			{ AUDIT_PERM_ATTR, 'a' } };
	uint32_t permissions = 0;

	gvnp_audit_rule_value(rule, AUDIT_PERM, &permissions);
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (permissions & letters[i].bit)
			gvnp_buffer_append(out, &letters[i].letter, 1);
}

static void insert_rule(struct gvnp_facts *facts, const struct gvnp_audit_rule *rule,
			int64_t position)
{
	_cleanup_buffer_ struct gvnp_buffer syscalls = { 0 }, permissions = { 0 };
	struct gvnp_slice file = gvnp_audit_rule_text(rule, AUDIT_WATCH);
	struct gvnp_slice folder = gvnp_audit_rule_text(rule, AUDIT_DIR);
	uint32_t machine = 0;

	append_syscalls(rule, &syscalls);
	append_permissions(rule, &permissions);
	gvnp_audit_rule_value(rule, AUDIT_ARCH, &machine);
	gvnp_insert(facts, "audit_rule", gvnp_integer("position", position),
		    gvnp_text("list", list_name(rule->head.flags)),
		    gvnp_integer("is_recorded", rule->head.action == AUDIT_ALWAYS),
		    gvnp_text_slice("path", folder.size ? folder : file),
		    gvnp_integer("is_tree", folder.size > 0),
		    gvnp_text("permissions", gvnp_buffer_text(&permissions)),
		    gvnp_text("syscalls", gvnp_buffer_text(&syscalls)),
		    gvnp_integer("bits", !machine			? 0
					 : machine & __AUDIT_ARCH_64BIT ? 64
									: 32),
		    gvnp_integer("fields", rule->head.field_count),
		    gvnp_text_slice("key", gvnp_audit_rule_text(rule, AUDIT_FILTERKEY)));
}

static void collect_rules(struct gvnp_facts *facts, const struct gvnp_answer *answer)
{
	struct gvnp_slice rest = gvnp_collect_bytes(answer);
	struct gvnp_netlink_message message;
	struct gvnp_audit_rule rule;
	int64_t position = 0;

	if (answer->error && answer->error != EPROTONOSUPPORT)
		return gvnp_collect_hole(facts, "audit_rule", "", "", "audit-rules", answer);
	while (gvnp_netlink_next(&rest, &message)) {
		if (message.type != AUDIT_LIST_RULES || !gvnp_audit_rule_parse(message.body, &rule))
			break;
		insert_rule(facts, &rule, position++);
	}
	if (rest.size)
		gvnp_facts_hole(facts, "audit_rule", "", "",
				"audit-rules: not what the kernel sends");
	gvnp_facts_collected(facts, "audit_rule");
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	size_t status = gvnp_batch_add(&batch, GVNP_SYSTEM, "audit-status");
	size_t rules = gvnp_batch_add(&batch, GVNP_SYSTEM, "audit-rules");

	gvnp_batch_ask(&batch, collection->source);
	collect_status(collection->facts, gvnp_batch_answer(&batch, status));
	collect_rules(collection->facts, gvnp_batch_answer(&batch, rules));
}

const struct gvnp_collector gvnp_collector_audit = {
	.name = "audit",
	.about = "state and rules of the kernel's audit subsystem",
	.paths = (const char *const[]){ "system", NULL },
	.tables = (const char *const[]){ "audit", "audit_rule", NULL },
	.privileges =
		(const struct gvnp_privilege[]){
			{ "audit", "CAP_AUDIT_CONTROL; nothing, to see that there is none" },
			{ "audit_rule", "CAP_AUDIT_CONTROL" },
			{ NULL, NULL } },
	.collect = collect,
};
