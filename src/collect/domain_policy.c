/* SPDX-License-Identifier: Apache-2.0 */
/* Security labels, features, CPU features and pinning of a domain, as declared. */
#include "collect/domain.h"

#include <string.h>

#include "base/memory.h"
#include "collect/cpu_set.h"

/* libvirt's own limit of vCPUs of a domain is the emulator's; no emulator goes beyond this. */
enum { MAXIMUM_VCPUS = 8192 };

void gvnp_domain_seclabels(const struct gvnp_domain *domain)
{
	gvnp_xml_each (seclabel, domain->root, "seclabel") {
		const char *model = gvnp_xml_get(seclabel, "model");

		gvnp_insert(domain->facts, "domain_seclabel", gvnp_text("domain", domain->uuid),
			    gvnp_text("model", model[0] ? model : "none"),
			    gvnp_text("type", gvnp_xml_get(seclabel, "type")),
			    gvnp_text("relabel", gvnp_xml_get(seclabel, "relabel")),
			    gvnp_text("label", gvnp_xml_text(gvnp_xml_child(seclabel, "label"))),
			    gvnp_text("image_label",
				      gvnp_xml_text(gvnp_xml_child(seclabel, "imagelabel"))));
	}
}

const char *gvnp_domain_feature_state(const struct gvnp_xml_node *feature)
{
	/* the attribute that carries the setting differs from feature to feature */
	static const char *const attributes[] = { "state",  "value",	"mode",
						  "policy", "version",	"unknown",
						  "driver", "resizing", "enabled" };

	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
		if (gvnp_xml_get(feature, attributes[i])[0])
			return gvnp_xml_get(feature, attributes[i]);
	return "on";
}

static void insert_feature(const struct gvnp_domain *domain, const char *name, const char *state)
{
	gvnp_insert(domain->facts, "domain_feature", gvnp_text("domain", domain->uuid),
		    gvnp_text("name", name), gvnp_text("state", state));
}

/* hyperv, kvm and xen hold features of their own: kvm-hidden. */
static void insert_nested(const struct gvnp_domain *domain, const struct gvnp_xml_node *group)
{
	const char *name = gvnp_xml_name(group);

	if (strcmp(name, "hyperv") && strcmp(name, "kvm") && strcmp(name, "xen"))
		return;
	gvnp_xml_each (feature, group, NULL) {
		_cleanup_free_ char *full = gvnp_format("%s-%s", name, gvnp_xml_name(feature));

		insert_feature(domain, full, gvnp_domain_feature_state(feature));
	}
}

void gvnp_domain_features(const struct gvnp_domain *domain)
{
	gvnp_xml_each (feature, gvnp_xml_child(domain->root, "features"), NULL) {
		insert_feature(domain, gvnp_xml_name(feature), gvnp_domain_feature_state(feature));
		insert_nested(domain, feature);
	}
	gvnp_xml_each (timer, gvnp_xml_child(domain->root, "clock"), "timer") {
		const char *present = gvnp_xml_get(timer, "present");
		_cleanup_free_ char *name = gvnp_format("timer-%s", gvnp_xml_get(timer, "name"));

		insert_feature(domain, name, present[0] ? present : "yes");
	}
}

void gvnp_domain_cpu_features(const struct gvnp_domain *domain)
{
	gvnp_xml_each (feature, gvnp_xml_child(domain->root, "cpu"), "feature") {
		const char *policy = gvnp_xml_get(feature, "policy");

		gvnp_insert(domain->facts, "domain_cpu_feature", gvnp_text("domain", domain->uuid),
			    gvnp_text("name", gvnp_xml_get(feature, "name")),
			    gvnp_text("policy", policy[0] ? policy : "require"));
	}
}

static void insert_pin(const struct gvnp_domain *domain, const char *kind, int64_t number,
		       const char *list)
{
	int64_t set;

	if (!gvnp_cpu_set_insert_list(domain->facts, gvnp_slice(list), &set)) {
		gvnp_facts_hole(domain->facts, "domain_pin", "", domain->uuid,
				"\"%s\" is no list of processors", list);
		return;
	}
	gvnp_insert(domain->facts, "domain_pin", gvnp_text("domain", domain->uuid),
		    gvnp_text("kind", kind), gvnp_integer("number", number),
		    gvnp_integer("cpus", set));
}

static bool is_pinned(const struct gvnp_xml_node *tune, const char *element, const char *attribute,
		      int64_t number)
{
	gvnp_xml_each (pin, tune, element)
		if (!attribute || gvnp_xml_integer(pin, attribute, -1) == number)
			return true;
	return false;
}

/* What <vcpu cpuset=…> says goes for every thread that <cputune> does not pin. */
static void insert_common_pins(const struct gvnp_domain *domain, const char *list)
{
	const struct gvnp_xml_node *tune = gvnp_xml_child(domain->root, "cputune");
	uint64_t n_vcpus = 0, n_iothreads = 0;
	struct gvnp_slice vcpus =
		gvnp_slice_trim(gvnp_slice(gvnp_xml_text(gvnp_xml_child(domain->root, "vcpu"))));
	struct gvnp_slice iothreads = gvnp_slice_trim(
		gvnp_slice(gvnp_xml_text(gvnp_xml_child(domain->root, "iothreads"))));

	if (!gvnp_slice_unsigned(vcpus, 10, &n_vcpus) || n_vcpus > MAXIMUM_VCPUS ||
	    (iothreads.size && !gvnp_slice_unsigned(iothreads, 10, &n_iothreads)) ||
	    n_iothreads > MAXIMUM_VCPUS) {
		gvnp_facts_hole(domain->facts, "domain_pin", "", domain->uuid,
				"its number of threads is not understood");
		return;
	}
	for (int64_t i = 0; i < (int64_t)n_vcpus; i++)
		if (!is_pinned(tune, "vcpupin", "vcpu", i))
			insert_pin(domain, "vcpu", i, list);
	for (int64_t i = 1; i <= (int64_t)n_iothreads; i++)
		if (!is_pinned(tune, "iothreadpin", "iothread", i))
			insert_pin(domain, "iothread", i, list);
	if (!is_pinned(tune, "emulatorpin", NULL, 0))
		insert_pin(domain, "emulator", 0, list);
}

void gvnp_domain_pins(const struct gvnp_domain *domain)
{
	const struct gvnp_xml_node *tune = gvnp_xml_child(domain->root, "cputune");
	const char *common = gvnp_xml_get(gvnp_xml_child(domain->root, "vcpu"), "cpuset");

	gvnp_xml_each (pin, tune, NULL) {
		const char *list = gvnp_xml_get(pin, "cpuset");

		if (gvnp_xml_is(pin, "vcpupin"))
			insert_pin(domain, "vcpu", gvnp_xml_integer(pin, "vcpu", -1), list);
		else if (gvnp_xml_is(pin, "emulatorpin"))
			insert_pin(domain, "emulator", 0, list);
		else if (gvnp_xml_is(pin, "iothreadpin"))
			insert_pin(domain, "iothread", gvnp_xml_integer(pin, "iothread", -1), list);
	}
	if (common[0])
		insert_common_pins(domain, common);
}
