/* SPDX-License-Identifier: Apache-2.0 */
/* The collectors table.c runs, one line each; each is defined in the file of its subject. */
#ifndef GVNP_COLLECT_COLLECTORS_H
#define GVNP_COLLECT_COLLECTORS_H

#include "gvnp/collector.h"

extern const struct gvnp_collector gvnp_collector_apparmor;
extern const struct gvnp_collector gvnp_collector_cgroup;
extern const struct gvnp_collector gvnp_collector_cpu;
extern const struct gvnp_collector gvnp_collector_cpu_vulnerability;
extern const struct gvnp_collector gvnp_collector_domain;
extern const struct gvnp_collector gvnp_collector_file;
extern const struct gvnp_collector gvnp_collector_firmware;
extern const struct gvnp_collector gvnp_collector_host;
extern const struct gvnp_collector gvnp_collector_interrupt;
extern const struct gvnp_collector gvnp_collector_iommu;
extern const struct gvnp_collector gvnp_collector_kernel_config;
extern const struct gvnp_collector gvnp_collector_kernel_parameter;
extern const struct gvnp_collector gvnp_collector_libvirt;
extern const struct gvnp_collector gvnp_collector_libvirt_config;
extern const struct gvnp_collector gvnp_collector_libvirt_socket;
extern const struct gvnp_collector gvnp_collector_memory;
extern const struct gvnp_collector gvnp_collector_module;
extern const struct gvnp_collector gvnp_collector_module_option;
extern const struct gvnp_collector gvnp_collector_mount;
extern const struct gvnp_collector gvnp_collector_network;
extern const struct gvnp_collector gvnp_collector_pci_device;
extern const struct gvnp_collector gvnp_collector_process;
extern const struct gvnp_collector gvnp_collector_security;
extern const struct gvnp_collector gvnp_collector_swap;
extern const struct gvnp_collector gvnp_collector_sysctl;
extern const struct gvnp_collector gvnp_collector_sysctl_configured;
extern const struct gvnp_collector gvnp_collector_tpm;
extern const struct gvnp_collector gvnp_collector_user;

#endif
