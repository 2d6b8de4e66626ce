/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Security modules: which are active, kernel lockdown, the state of SELinux and AppArmor. The rule
 * kept here: an empty /sys/kernel/security means that securityfs is not mounted and nothing is
 * known, not that there is no security module.
 */
#include "collect/collectors.h"

#include "collect/collect.h"

struct answers {
	struct gvnp_batch batch;
	size_t securityfs, attributes, lsm, lockdown, selinuxfs, enforce, apparmor;
};

static void ask(struct gvnp_source *source, struct answers *answers)
{
	struct gvnp_batch *batch = &answers->batch;

	answers->securityfs = gvnp_batch_add(batch, GVNP_LIST, "/sys/kernel/security");
	answers->attributes = gvnp_batch_add(batch, GVNP_STAT, "/proc/1/attr");
	answers->lsm = gvnp_batch_add(batch, GVNP_READ, "/sys/kernel/security/lsm");
	answers->lockdown = gvnp_batch_add(batch, GVNP_READ, "/sys/kernel/security/lockdown");
	answers->selinuxfs = gvnp_batch_add(batch, GVNP_LIST, "/sys/fs/selinux");
	answers->enforce = gvnp_batch_add(batch, GVNP_READ, "/sys/fs/selinux/enforce");
	answers->apparmor =
		gvnp_batch_add(batch, GVNP_READ, "/sys/module/apparmor/parameters/enabled");
	gvnp_batch_ask(batch, source);
}

static void answers_done(struct answers *answers)
{
	gvnp_batch_done(&answers->batch);
}

static const struct gvnp_answer *at(const struct answers *answers, size_t index)
{
	return gvnp_batch_answer(&answers->batch, index);
}

static void hole(const struct answers *answers, size_t index, struct gvnp_facts *facts,
		 const char *table, const char *column)
{
	gvnp_batch_hole(&answers->batch, index, facts, table, column, "");
}

/* /proc/PID/attr exists whenever the kernel was built with CONFIG_SECURITY. */
static bool is_without_security(const struct answers *answers)
{
	return gvnp_collect_is_absent(at(answers, answers->attributes));
}

static bool is_unmounted(const struct gvnp_answer *folder)
{
	return !folder->error && !folder->n_entries;
}

static void collect_lsm(struct gvnp_facts *facts, const struct answers *answers)
{
	const struct gvnp_answer *answer = at(answers, answers->lsm);
	struct gvnp_slice rest = gvnp_collect_trimmed(answer), name;

	if (is_unmounted(at(answers, answers->securityfs)))
		return gvnp_facts_hole(facts, "lsm", "", "",
				       "/sys/kernel/security: securityfs is not mounted");
	if (answer->error && !(gvnp_collect_is_absent(answer) && is_without_security(answers)))
		return hole(answers, answers->lsm, facts, "lsm", "");
	for (int64_t position = 0; gvnp_slice_next(&rest, ',', &name); position++)
		gvnp_insert(facts, "lsm", gvnp_text_slice("name", name),
			    gvnp_integer("position", position));
	gvnp_facts_collected(facts, "lsm");
}

/* "none [integrity] confidentiality": the word in brackets. */
static bool selected_word(struct gvnp_slice rest, struct gvnp_slice *ret)
{
	struct gvnp_slice word;

	while (gvnp_slice_word(&rest, &word))
		if (word.size > 2 && word.text[0] == '[' && word.text[word.size - 1] == ']') {
			*ret = (struct gvnp_slice){ word.text + 1, word.size - 2 };
			return true;
		}
	return false;
}

static struct gvnp_cell lockdown_cell(struct gvnp_facts *facts, const struct answers *answers)
{
	const struct gvnp_answer *answer = at(answers, answers->lockdown);
	struct gvnp_slice mode;

	if (is_unmounted(at(answers, answers->securityfs))) {
		gvnp_facts_hole(facts, "security", "lockdown", "",
				"/sys/kernel/security: securityfs is not mounted");
		return gvnp_unreadable("lockdown");
	}
	/* the file is missing in a kernel without lockdown; the folder, in one without securityfs
	 */
	if (gvnp_collect_is_absent(answer) &&
	    (!at(answers, answers->securityfs)->error || is_without_security(answers)))
		return gvnp_text("lockdown", "absent");
	if (selected_word(gvnp_collect_trimmed(answer), &mode) &&
	    (gvnp_slice_is(mode, "none") || gvnp_slice_is(mode, "integrity") ||
	     gvnp_slice_is(mode, "confidentiality")))
		return gvnp_text_slice("lockdown", mode);
	hole(answers, answers->lockdown, facts, "security", "lockdown");
	return gvnp_unreadable("lockdown");
}

static struct gvnp_cell selinux_cell(struct gvnp_facts *facts, const struct answers *answers)
{
	struct gvnp_slice value = gvnp_collect_trimmed(at(answers, answers->enforce));

	/* the kernel makes the folder only when SELinux is active */
	if (gvnp_collect_is_absent(at(answers, answers->selinuxfs)))
		return gvnp_text("selinux", "absent");
	if (gvnp_slice_is(value, "1"))
		return gvnp_text("selinux", "enforcing");
	if (gvnp_slice_is(value, "0"))
		return gvnp_text("selinux", "permissive");
	hole(answers, answers->enforce, facts, "security", "selinux");
	return gvnp_unreadable("selinux");
}

static struct gvnp_cell apparmor_cell(struct gvnp_facts *facts, const struct answers *answers)
{
	const struct gvnp_answer *answer = at(answers, answers->apparmor);
	struct gvnp_slice value = gvnp_collect_trimmed(answer);

	if (gvnp_collect_is_absent(answer))
		return gvnp_text("apparmor", "absent");
	if (gvnp_slice_is(value, "Y"))
		return gvnp_text("apparmor", "enabled");
	if (gvnp_slice_is(value, "N"))
		return gvnp_text("apparmor", "disabled");
	hole(answers, answers->apparmor, facts, "security", "apparmor");
	return gvnp_unreadable("apparmor");
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_(answers_done) struct answers answers = { .batch = { 0 } };
	struct gvnp_facts *facts = collection->facts;

	ask(collection->source, &answers);
	collect_lsm(facts, &answers);
	gvnp_insert(facts, "security", gvnp_integer("id", 1), lockdown_cell(facts, &answers),
		    selinux_cell(facts, &answers), apparmor_cell(facts, &answers));
	gvnp_facts_collected(facts, "security");
}

const struct gvnp_collector gvnp_collector_security = {
	.name = "security",
	.about = "active security modules, lockdown, state of SELinux and AppArmor",
	.paths = (const char *const[]){ "/sys/kernel/security", "/sys/kernel/security/lsm",
					"/sys/kernel/security/lockdown", "/proc/1/attr",
					"/sys/fs/selinux", "/sys/fs/selinux/enforce",
					"/sys/module/apparmor/parameters/enabled", NULL },
	.tables = (const char *const[]){ "lsm", "security", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "lsm", "nothing" },
						       { "security", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
