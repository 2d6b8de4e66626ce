/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of collectors and nothing else. A table that a collector declares and does not complete
 * stays what every table is at first: not collected. A new collector is one line in collectors.h
 * and one row here.
 */
#include "collect/collectors.h"

#include "base/text.h"

/* In the order they run: the machine first, then what stands on it. */
const struct gvnp_collector *const gvnp_collectors[] = {
	&gvnp_collector_host,
	&gvnp_collector_sysctl,
	&gvnp_collector_sysctl_configured,
	&gvnp_collector_kernel_parameter,
	&gvnp_collector_kernel_config,
	&gvnp_collector_module,
	&gvnp_collector_module_option,
	&gvnp_collector_security,
	&gvnp_collector_apparmor,
	&gvnp_collector_cgroup,
	&gvnp_collector_mount,
	&gvnp_collector_memory,
	&gvnp_collector_swap,
	&gvnp_collector_cpu,
	&gvnp_collector_cpu_vulnerability,
	&gvnp_collector_firmware,
	&gvnp_collector_tpm,
	&gvnp_collector_iommu,
	&gvnp_collector_pci_device,
	&gvnp_collector_interrupt,
	&gvnp_collector_file,
	&gvnp_collector_user,
	&gvnp_collector_process,
	&gvnp_collector_libvirt,
	/* domains that name no console address get the configured one */
	&gvnp_collector_libvirt_config,
	/* after the processes: it names the daemon that listens */
	&gvnp_collector_libvirt_socket,
	&gvnp_collector_domain,
	&gvnp_collector_network,
	NULL,
};

/* What is read through the source besides the collectors' paths: the operator's own files, which
 * gvnp_catalogue_tailor() reads. */
static const char *const catalogue_paths[] = {
	"/etc/gvnp-audit",
	"/etc/gvnp-audit/tailoring.d",
	"/etc/gvnp-audit/tailoring.d/*",
	"/etc/gvnp-audit/checks.d",
	"/etc/gvnp-audit/checks.d/*",
	"/etc/gvnp-audit/declaration.yaml",
	NULL,
};

void gvnp_collect(const struct gvnp_collection *collection)
{
	for (size_t i = 0; gvnp_collectors[i]; i++)
		gvnp_collectors[i]->collect(collection);
}

/* No empty, `.` or `..` component: a `*` must not be talked into another directory. */
static bool is_plain_path(const char *path)
{
	struct gvnp_slice rest, component;

	if (path[0] != '/' || !path[1])
		return path[0] == '/';
	rest = gvnp_slice(path + 1);
	while (gvnp_slice_next(&rest, '/', &component))
		if (!component.size || gvnp_slice_is(component, ".") ||
		    gvnp_slice_is(component, ".."))
			return false;
	return true;
}

static bool is_listed(const char *const *patterns, enum gvnp_operation operation, const char *path)
{
	for (size_t i = 0; patterns[i]; i++) {
		const char *pattern = patterns[i];

		if (pattern[0] != '/' && gvnp_text_starts(pattern, "stat:")) {
			if (operation != GVNP_STAT)
				continue;
			pattern += strlen("stat:");
		}
		if (pattern[0] == '/' && gvnp_text_matches(pattern, path))
			return true;
	}
	return false;
}

static bool is_named(const char *const *patterns, const char *name)
{
	for (size_t i = 0; patterns[i]; i++)
		if (!strcmp(patterns[i], name))
			return true;
	return false;
}

bool gvnp_collect_declares(enum gvnp_operation operation, const char *path)
{
	const char *name = operation == GVNP_LIBVIRT  ? "libvirt"
			   : operation == GVNP_SYSTEM ? "system"
						      : NULL;

	if (!name && !is_plain_path(path))
		return false;
	for (size_t i = 0; gvnp_collectors[i]; i++) {
		const char *const *paths = gvnp_collectors[i]->paths;

		if (name ? is_named(paths, name) : is_listed(paths, operation, path))
			return true;
	}
	return !name && is_listed(catalogue_paths, operation, path);
}
