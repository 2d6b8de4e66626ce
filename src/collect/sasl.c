/* SPDX-License-Identifier: Apache-2.0 */
/* SASL of libvirt's daemons and of QEMU's consoles: which mechanisms a client may choose. */
#include <ctype.h>

#include "base/memory.h"
#include "collect/collect.h"
#include "collect/collectors.h"

/* virNetSASLContext and QEMU ask for these names; the library looks below /etc/sasl2. */
static const struct {
	const char *name, *path;
} services[] = {
	{ "libvirt", "/etc/sasl2/libvirt.conf" },
	{ "qemu", "/etc/sasl2/qemu.conf" },
};
enum { N_SERVICES = sizeof services / sizeof *services };

/* "key: value", comments at the start of a line (config.c of cyrus-sasl); the first one counts. */
static struct gvnp_slice value_of(struct gvnp_slice text, const char *wanted)
{
	struct gvnp_slice line, key, value;

	while (gvnp_slice_next(&text, '\n', &line)) {
		line = gvnp_slice_trim(line);
		if (!line.size || line.text[0] == '#' || !gvnp_slice_split(line, ':', &key, &value))
			continue;
		if (gvnp_slice_is(gvnp_slice_trim(key), wanted))
			return gvnp_slice_trim(value);
	}
	return (struct gvnp_slice){ "", 0 };
}

static void insert(struct gvnp_facts *facts, size_t service, struct gvnp_slice text)
{
	struct gvnp_slice list = value_of(text, "mech_list"), rest, word;
	_cleanup_free_ char *lower = gvnp_slice_copy(list);

	gvnp_insert(facts, "sasl_service", gvnp_text("name", services[service].name),
		    gvnp_text("path", services[service].path), gvnp_text_slice("mechanisms", list));
	for (char *c = lower; *c; c++)
		*c = *c == ',' ? ' ' : (char)tolower((unsigned char)*c);
	rest = gvnp_slice(lower);
	while (gvnp_slice_word(&rest, &word)) {
		struct gvnp_slice before = { lower, (size_t)(word.text - lower) }, earlier;
		bool is_repeated = false;

		while (gvnp_slice_word(&before, &earlier))
			is_repeated |= earlier.size == word.size &&
				       !memcmp(earlier.text, word.text, word.size);
		if (!is_repeated)
			gvnp_insert(facts, "sasl_mechanism",
				    gvnp_text("service", services[service].name),
				    gvnp_text_slice("name", word));
	}
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	struct gvnp_facts *facts = collection->facts;

	for (size_t i = 0; i < N_SERVICES; i++)
		gvnp_batch_add(&batch, GVNP_READ, "%s", services[i].path);
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < N_SERVICES; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(&batch, i);

		if (!answer->error) {
			insert(facts, i, gvnp_collect_bytes(answer));
		} else if (!gvnp_collect_is_absent(answer)) {
			gvnp_batch_hole(&batch, i, facts, "sasl_service", "", services[i].name);
			gvnp_batch_hole(&batch, i, facts, "sasl_mechanism", "", services[i].name);
		}
	}
	gvnp_facts_collected(facts, "sasl_service");
	gvnp_facts_collected(facts, "sasl_mechanism");
}

const struct gvnp_collector gvnp_collector_sasl = {
	.name = "sasl",
	.about = "SASL mechanisms libvirt and QEMU accept",
	.paths = (const char *const[]){ "/etc/sasl2/libvirt.conf", "/etc/sasl2/qemu.conf", NULL },
	.tables = (const char *const[]){ "sasl_service", "sasl_mechanism", NULL },
	.privileges = (const struct gvnp_privilege[]){ { "sasl_service", "nothing" },
						       { "sasl_mechanism", "nothing" },
						       { NULL, NULL } },
	.collect = collect,
};
