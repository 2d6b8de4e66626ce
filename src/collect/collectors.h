/* SPDX-License-Identifier: Apache-2.0 */
/* The collectors table.c runs, one line each; each is defined in the file of its subject. */
#ifndef GVNP_COLLECT_COLLECTORS_H
#define GVNP_COLLECT_COLLECTORS_H

#include "gvnp/collector.h"

extern const struct gvnp_collector gvnp_collector_apparmor;
extern const struct gvnp_collector gvnp_collector_apparmor_rule;
extern const struct gvnp_collector gvnp_collector_audit;
extern const struct gvnp_collector gvnp_collector_block_device;
extern const struct gvnp_collector gvnp_collector_cgroup;
extern const struct gvnp_collector gvnp_collector_cpu;
extern const struct gvnp_collector gvnp_collector_cpu_cache;
extern const struct gvnp_collector gvnp_collector_cpu_vulnerability;
extern const struct gvnp_collector gvnp_collector_credential;
extern const struct gvnp_collector gvnp_collector_disk_image;
extern const struct gvnp_collector gvnp_collector_daemon_config;
extern const struct gvnp_collector gvnp_collector_domain;
extern const struct gvnp_collector gvnp_collector_efi;
extern const struct gvnp_collector gvnp_collector_file;
extern const struct gvnp_collector gvnp_collector_firmware;
extern const struct gvnp_collector gvnp_collector_firmware_resource;
extern const struct gvnp_collector gvnp_collector_hibernation;
extern const struct gvnp_collector gvnp_collector_host;
extern const struct gvnp_collector gvnp_collector_ima;
extern const struct gvnp_collector gvnp_collector_interrupt;
extern const struct gvnp_collector gvnp_collector_iommu;
extern const struct gvnp_collector gvnp_collector_iommu_firmware;
extern const struct gvnp_collector gvnp_collector_kernel_config;
extern const struct gvnp_collector gvnp_collector_kernel_parameter;
extern const struct gvnp_collector gvnp_collector_libvirt;
extern const struct gvnp_collector gvnp_collector_libvirt_config;
extern const struct gvnp_collector gvnp_collector_libvirt_hook;
extern const struct gvnp_collector gvnp_collector_libvirt_secret;
extern const struct gvnp_collector gvnp_collector_libvirt_socket;
extern const struct gvnp_collector gvnp_collector_link;
extern const struct gvnp_collector gvnp_collector_log_target;
extern const struct gvnp_collector gvnp_collector_memory;
extern const struct gvnp_collector gvnp_collector_memory_error;
extern const struct gvnp_collector gvnp_collector_module;
extern const struct gvnp_collector gvnp_collector_module_option;
extern const struct gvnp_collector gvnp_collector_mount;
extern const struct gvnp_collector gvnp_collector_network;
extern const struct gvnp_collector gvnp_collector_pci_device;
extern const struct gvnp_collector gvnp_collector_polkit;
extern const struct gvnp_collector gvnp_collector_process;
extern const struct gvnp_collector gvnp_collector_program;
extern const struct gvnp_collector gvnp_collector_sasl;
extern const struct gvnp_collector gvnp_collector_processor_register;
extern const struct gvnp_collector gvnp_collector_security;
extern const struct gvnp_collector gvnp_collector_sshd;
extern const struct gvnp_collector gvnp_collector_sudo;
extern const struct gvnp_collector gvnp_collector_selinux;
extern const struct gvnp_collector gvnp_collector_swap;
extern const struct gvnp_collector gvnp_collector_sysctl;
extern const struct gvnp_collector gvnp_collector_sysctl_configured;
extern const struct gvnp_collector gvnp_collector_systemd;
extern const struct gvnp_collector gvnp_collector_tls;
extern const struct gvnp_collector gvnp_collector_time;
extern const struct gvnp_collector gvnp_collector_tpm;
extern const struct gvnp_collector gvnp_collector_tpm_measurement;
extern const struct gvnp_collector gvnp_collector_usb;
extern const struct gvnp_collector gvnp_collector_user;
extern const struct gvnp_collector gvnp_collector_fstab;
extern const struct gvnp_collector gvnp_collector_login_setting;
extern const struct gvnp_collector gvnp_collector_pam;
extern const struct gvnp_collector gvnp_collector_password;
extern const struct gvnp_collector gvnp_collector_vhost_socket;
extern const struct gvnp_collector gvnp_collector_vm_state;
extern const struct gvnp_collector gvnp_collector_vswitch;

#endif
