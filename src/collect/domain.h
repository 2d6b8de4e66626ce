/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the domain collector. Each takes the XML of one domain and inserts the rows of its
 * subject; none asks the source, so all of them work on bytes alone.
 */
#ifndef GVNP_COLLECT_DOMAIN_H
#define GVNP_COLLECT_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "collect/xml.h"
#include "gvnp/facts.h"

/* XML namespaces of libvirt's QEMU driver (docs/drvqemu.rst) and of Nova's metadata. */
#define GVNP_DOMAIN_QEMU_URI "http://libvirt.org/schemas/domain/qemu/1.0"
#define GVNP_DOMAIN_NOVA_1_0_URI "http://openstack.org/xmlns/libvirt/nova/1.0"
#define GVNP_DOMAIN_NOVA_1_1_URI "http://openstack.org/xmlns/libvirt/nova/1.1"

/* One domain: what libvirt's list said and the XML that the rows describe. */
struct gvnp_domain {
	struct gvnp_facts *facts;
	const char *uuid;
	const struct gvnp_xml_node *root;
	const struct gvnp_xml_node *devices; /* <devices>, NULL when there is none */
	/* addresses qemu.conf gives consoles that name none; NULL when not known */
	const char *vnc_listen, *spice_listen;
};

/* A local image whose metadata is still to be asked for. */
struct gvnp_domain_layer {
	char *domain, *target, *path, *format;
	int64_t depth;
};
struct gvnp_domain_layers {
	struct gvnp_domain_layer *layers;
	size_t n;
};
void gvnp_domain_layers_done(struct gvnp_domain_layers *layers);

/* domain_device: what the XML declares. */
void gvnp_domain_devices(const struct gvnp_domain *domain);
void gvnp_domain_device(const struct gvnp_domain *domain, const char *kind, const char *model,
			const char *name, const char *origin, const char *detail_format, ...)
	__attribute__((format(printf, 6, 7)));
/* The model libvirt gives a NIC that names none; "" when it depends on the QEMU binary. */
const char *gvnp_domain_nic_model(const struct gvnp_domain *domain,
				  const struct gvnp_xml_node *interface);
/* Alias of a device, else its kind and position. Owned by the caller. */
char *gvnp_domain_name_of(const struct gvnp_xml_node *device, const char *kind, size_t position);
/* The first <console> stands for the first serial port; it is no device of its own. */
bool gvnp_domain_is_serial_console(const struct gvnp_domain *domain,
				   const struct gvnp_xml_node *device);

/* domain_device: what the machine type brings without being asked. */
void gvnp_domain_board(const struct gvnp_domain *domain);

/* domain_disk; adds to `layers`. */
void gvnp_domain_disks(const struct gvnp_domain *domain, struct gvnp_domain_layers *layers);
/* What a <source> of a disk of that type leads to. Owned by the caller. */
char *gvnp_domain_disk_source(const char *type, const struct gvnp_xml_node *source);

void gvnp_domain_interfaces(const struct gvnp_domain *domain); /* domain_interface */
/* What an interface is connected to. Owned by the caller. */
char *gvnp_domain_interface_source(const struct gvnp_xml_node *interface);

void gvnp_domain_graphics(const struct gvnp_domain *domain); /* domain_graphics */
/* 127.0.0.0/8, ::1, the same mapped into IPv6, "localhost". */
bool gvnp_domain_is_loopback(const char *address);

void gvnp_domain_chardevs(const struct gvnp_domain *domain); /* domain_chardev */

void gvnp_domain_hostdevs(const struct gvnp_domain *domain);	/* domain_hostdev */
void gvnp_domain_filesystems(const struct gvnp_domain *domain); /* domain_filesystem */
/* "pci" … and what it leads to, of a <hostdev>. The address is owned by the caller. */
char *gvnp_domain_hostdev_address(const struct gvnp_xml_node *hostdev, const char **ret_type);
/* 0000:03:00.0 of an <address type='pci'>; "" when it is none. Owned by the caller. */
char *gvnp_domain_pci_address(const struct gvnp_xml_node *address);

void gvnp_domain_seclabels(const struct gvnp_domain *domain);	 /* domain_seclabel */
void gvnp_domain_features(const struct gvnp_domain *domain);	 /* domain_feature */
void gvnp_domain_cpu_features(const struct gvnp_domain *domain); /* domain_cpu_feature */
void gvnp_domain_pins(const struct gvnp_domain *domain);	 /* domain_pin */
/* State of a child of <features>, in one word. */
const char *gvnp_domain_feature_state(const struct gvnp_xml_node *feature);

/* domain_qemu_argument, and the rows those arguments bring into domain_device, domain_chardev,
 * domain_interface and domain_graphics. */
void gvnp_domain_arguments(const struct gvnp_domain *domain);
/* Passwords have no place in facts: what follows password= and, of a secret, data= is masked. The
 * caller frees. */
char *gvnp_domain_masked(const char *word);

/* domain_setting: where the two definitions of an active persistent domain differ. */
void gvnp_domain_settings(struct gvnp_facts *facts, const char *uuid,
			  const struct gvnp_xml_node *live, const struct gvnp_xml_node *persistent);

#endif
