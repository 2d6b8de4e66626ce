/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of collectors and nothing else. A table that a collector declares and does not complete
 * stays what every table is at first: not collected. A new collector is one line in collectors.h
 * and one row here.
 */
#include "collect/collectors.h"

#include "base/text.h"
#include "source/range.h"

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
	&gvnp_collector_apparmor_rule, /* after security, which says what is active */
	&gvnp_collector_selinux,
	&gvnp_collector_cgroup,
	&gvnp_collector_mount,
	&gvnp_collector_memory,
	&gvnp_collector_swap,
	/* after mounts and swap: what they lie on */
	&gvnp_collector_block_device,
	&gvnp_collector_cpu,
	&gvnp_collector_cpu_cache, /* asks one processor of each core */
	&gvnp_collector_cpu_vulnerability,
	/* after the processors: it asks each */
	&gvnp_collector_processor_register,
	&gvnp_collector_firmware,
	&gvnp_collector_tpm,
	&gvnp_collector_tpm_measurement,
	&gvnp_collector_efi,
	&gvnp_collector_firmware_resource,
	&gvnp_collector_usb,
	&gvnp_collector_ima,
	&gvnp_collector_hibernation,
	&gvnp_collector_memory_error,
	&gvnp_collector_iommu,
	&gvnp_collector_iommu_firmware,
	&gvnp_collector_pci_device,
	&gvnp_collector_interrupt,
	&gvnp_collector_file,
	&gvnp_collector_user,
	&gvnp_collector_password,
	&gvnp_collector_pam,
	&gvnp_collector_login_setting,
	&gvnp_collector_fstab,
	&gvnp_collector_process,
	&gvnp_collector_link,
	&gvnp_collector_audit,
	&gvnp_collector_daemon_config,
	&gvnp_collector_log_target,
	&gvnp_collector_time,
	/* after the processes: their arguments name remotes */
	&gvnp_collector_vswitch,
	&gvnp_collector_program, /* of the processes found */
	&gvnp_collector_libvirt,
	/* domains that name no console address get the configured one */
	&gvnp_collector_libvirt_config,
	/* after the processes: it names the daemon that listens */
	&gvnp_collector_libvirt_socket,
	/* after the configuration: it says where certificates lie */
	&gvnp_collector_tls,
	&gvnp_collector_sshd,
	&gvnp_collector_systemd,
	&gvnp_collector_polkit,
	&gvnp_collector_sasl,
	&gvnp_collector_sudo,
	&gvnp_collector_libvirt_hook,
	&gvnp_collector_libvirt_secret,
	&gvnp_collector_credential, /* after tls: it knows more keys */
	&gvnp_collector_vm_state,
	&gvnp_collector_domain,
	/* after the domains and the virtual switch, which name them */
	&gvnp_collector_vhost_socket,
	&gvnp_collector_disk_image, /* after the domains, whose disks it follows */
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
	gvnp_facts_index(collection->facts);
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

/* "head:" and "range:" patterns, and no others, are for parts of files. */
static bool lists_range(const char *const *patterns, const struct gvnp_range *range)
{
	for (size_t i = 0; patterns[i]; i++) {
		const char *pattern = patterns[i];

		if (gvnp_text_starts(pattern, "head:") && !range->offset &&
		    gvnp_range_is_head(range) &&
		    gvnp_text_matches(pattern + strlen("head:"), range->path))
			return true;
		if (gvnp_text_starts(pattern, "range:") && gvnp_range_is_of_program(range) &&
		    gvnp_text_matches(pattern + strlen("range:"), range->path))
			return true;
	}
	return false;
}

static bool declares_range(const char *text)
{
	struct gvnp_range range;

	if (!gvnp_range_parse(text, &range) || !is_plain_path(range.path))
		return false;
	for (size_t i = 0; gvnp_collectors[i]; i++)
		if (lists_range(gvnp_collectors[i]->paths, &range))
			return true;
	return false;
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
		bool is_filter = gvnp_text_starts(pattern, "seccomp:");
		if (is_filter != (operation == GVNP_SECCOMP))
			continue;
		pattern += is_filter ? strlen("seccomp:") : 0;
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

	if (operation == GVNP_RANGE)
		return declares_range(path);
	if (!name && !is_plain_path(path))
		return false;
	for (size_t i = 0; gvnp_collectors[i]; i++) {
		const char *const *paths = gvnp_collectors[i]->paths;

		if (name ? is_named(paths, name) : is_listed(paths, operation, path))
			return true;
	}
	return !name && is_listed(catalogue_paths, operation, path);
}
