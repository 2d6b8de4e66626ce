/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of collectors and nothing else. A table that a collector declares and does not complete
 * stays what every table is at first: not collected. A new collector is one line in collectors.h
 * and one row here.
 */
#include "collect/collectors.h"

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

void gvnp_collect(const struct gvnp_collection *collection)
{
	for (size_t i = 0; gvnp_collectors[i]; i++)
		if (gvnp_collectors[i]->announce)
			gvnp_collectors[i]->announce(collection->source);
	for (size_t i = 0; gvnp_collectors[i]; i++)
		gvnp_collectors[i]->collect(collection);
}
