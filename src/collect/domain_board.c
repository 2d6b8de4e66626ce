/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices that a machine type brings without being asked, although libvirt passes -nodefaults: no
 * XML and no argument shows them. The lists were read with `info qtree` from QEMU 7.2
 * (-S -nodefaults -no-user-config) for pc, q35, isapc and microvm; the others from hw/arm/virt.c,
 * hw/riscv/virt.c, hw/loongarch/virt.c, hw/ppc/spapr.c and hw/s390x/s390-virtio-ccw.c.
 *
 * What can be switched off in the XML is left out when it is; a machine that is not known leaves a
 * hole.
 */
#include "collect/domain.h"

#include <string.h>

#include "base/memory.h"

enum board {
	BOARD_NONE,
	BOARD_PC,
	BOARD_Q35,
	BOARD_ISAPC,
	BOARD_MICROVM,
	BOARD_ARM_VIRT,
	BOARD_RISCV_VIRT,
	BOARD_LOONGARCH_VIRT,
	BOARD_PSERIES,
	BOARD_S390,
	BOARD_XENPV,
	N_BOARDS,
};

static const struct {
	enum board board;
	const char *kind, *model, *detail;
} devices[] = {
	{ BOARD_PC, "fdc", "isa-fdc", "floppy controller of the machine; it cannot be removed" },
	{ BOARD_PC, "ide", "piix3-ide", "IDE controller of the machine; it cannot be removed" },
	{ BOARD_PC, "i8042", "i8042", "PS/2 controller with keyboard and mouse" },
	{ BOARD_PC, "vmport", "vmport", "VMware backdoor port, with vmmouse" },
	{ BOARD_PC, "hpet", "hpet", "high precision event timer" },
	{ BOARD_PC, "pit", "isa-pit", "interval timer, with PC speaker" },
	{ BOARD_PC, "rtc", "mc146818rtc", "real-time clock" },
	{ BOARD_PC, "smbus", "PIIX4_PM", "power management with SMBus" },
	{ BOARD_Q35, "sata", "ich9-ahci", "AHCI controller of the machine" },
	{ BOARD_Q35, "i8042", "i8042", "PS/2 controller with keyboard and mouse" },
	{ BOARD_Q35, "vmport", "vmport", "VMware backdoor port, with vmmouse" },
	{ BOARD_Q35, "hpet", "hpet", "high precision event timer" },
	{ BOARD_Q35, "pit", "isa-pit", "interval timer, with PC speaker" },
	{ BOARD_Q35, "rtc", "mc146818rtc", "real-time clock" },
	{ BOARD_Q35, "smbus", "ICH9-SMB", "SMBus controller" },
	{ BOARD_ISAPC, "fdc", "isa-fdc", "floppy controller of the machine; it cannot be removed" },
	{ BOARD_ISAPC, "ide", "isa-ide", "IDE controllers of the machine; they cannot be removed" },
	{ BOARD_ISAPC, "i8042", "i8042", "PS/2 controller with keyboard and mouse" },
	{ BOARD_ISAPC, "vmport", "vmport", "VMware backdoor port, with vmmouse" },
	{ BOARD_ISAPC, "pit", "isa-pit", "interval timer, with PC speaker" },
	{ BOARD_ISAPC, "rtc", "mc146818rtc", "real-time clock" },
	{ BOARD_MICROVM, "pit", "isa-pit", "interval timer" },
	{ BOARD_MICROVM, "rtc", "mc146818rtc", "real-time clock" },
	{ BOARD_ARM_VIRT, "rtc", "pl031", "real-time clock" },
	{ BOARD_ARM_VIRT, "serial", "pl011", "UART of the machine" },
	{ BOARD_ARM_VIRT, "other", "pl061", "GPIO controller with power button" },
	{ BOARD_RISCV_VIRT, "rtc", "goldfish_rtc", "real-time clock" },
	{ BOARD_RISCV_VIRT, "serial", "serial-mm", "UART of the machine" },
	{ BOARD_LOONGARCH_VIRT, "rtc", "ls7a_rtc", "real-time clock" },
	{ BOARD_LOONGARCH_VIRT, "serial", "serial-mm", "UART of the machine" },
	{ BOARD_PSERIES, "rtc", "spapr-rtc", "real-time clock" },
	{ BOARD_PSERIES, "nvram", "spapr-nvram", "non-volatile memory" },
};

static bool is_family(const char *machine, const char *family)
{
	size_t size = strlen(family);

	return !strncmp(machine, family, size) && (!machine[size] || machine[size] == '-');
}

static bool starts_with_digit_after(const char *machine, const char *prefix)
{
	size_t size = strlen(prefix);

	return !strncmp(machine, prefix, size) && machine[size] >= '0' && machine[size] <= '9';
}

static enum board board_of_x86(const char *machine)
{
	if (is_family(machine, "q35") || is_family(machine, "pc-q35"))
		return BOARD_Q35;
	/* pc-1.3 and the like before 2.0; rhel6.6.0 was a renamed pc */
	if (!strcmp(machine, "pc") || is_family(machine, "pc-i440fx") ||
	    starts_with_digit_after(machine, "pc-") || starts_with_digit_after(machine, "rhel6.") ||
	    is_family(machine, "xenfv"))
		return BOARD_PC;
	if (!strcmp(machine, "isapc"))
		return BOARD_ISAPC;
	if (!strcmp(machine, "microvm"))
		return BOARD_MICROVM;
	if (!strcmp(machine, "xenpv") || !strcmp(machine, "xenpvh"))
		return BOARD_XENPV;
	return N_BOARDS;
}

static enum board board_of(const char *architecture, const char *machine)
{
	bool is_virt = is_family(machine, "virt");

	if (!strcmp(machine, "none"))
		return BOARD_NONE;
	if (!strcmp(architecture, "x86_64") || !strcmp(architecture, "i686"))
		return board_of_x86(machine);
	if (is_virt && (!strcmp(architecture, "aarch64") || gvnp_text_starts(architecture, "armv")))
		return BOARD_ARM_VIRT;
	if (is_virt && gvnp_text_starts(architecture, "riscv"))
		return BOARD_RISCV_VIRT;
	if (is_virt && gvnp_text_starts(architecture, "loongarch"))
		return BOARD_LOONGARCH_VIRT;
	if (is_family(machine, "pseries"))
		return BOARD_PSERIES;
	if (is_family(machine, "s390-ccw-virtio"))
		return BOARD_S390;
	return N_BOARDS;
}

static bool is_feature_off(const struct gvnp_domain *domain, const char *name)
{
	const struct gvnp_xml_node *features = gvnp_xml_child(domain->root, "features");

	return !strcmp(gvnp_xml_get(gvnp_xml_child(features, name), "state"), "off");
}

static bool is_timer_absent(const struct gvnp_domain *domain, const char *name)
{
	gvnp_xml_each (timer, gvnp_xml_child(domain->root, "clock"), "timer")
		if (!strcmp(gvnp_xml_get(timer, "name"), name))
			return !strcmp(gvnp_xml_get(timer, "present"), "no");
	return false;
}

static bool is_left_out(const struct gvnp_domain *domain, const char *kind, const char *model)
{
	bool has_no_ps2 = is_feature_off(domain, "ps2");

	if (!strcmp(kind, "i8042"))
		return has_no_ps2;
	/* the port needs the PS/2 controller: QEMU creates neither without it */
	if (!strcmp(kind, "vmport"))
		return has_no_ps2 || is_feature_off(domain, "vmport");
	if (!strcmp(kind, "hpet"))
		return is_timer_absent(domain, "hpet");
	/* a declared <serial> is this very UART */
	if (!strcmp(kind, "serial"))
		return gvnp_xml_child(domain->devices, "serial");
	if (!strcmp(model, "spapr-nvram"))
		return gvnp_xml_child(domain->devices, "nvram");
	return false;
}

static bool is_run_by_qemu(const char *type)
{
	return !strcmp(type, "kvm") || !strcmp(type, "qemu") || !strcmp(type, "hvf");
}

void gvnp_domain_board(const struct gvnp_domain *domain)
{
	const struct gvnp_xml_node *type = gvnp_xml_at(domain->root, "os/type");
	const char *machine = gvnp_xml_get(type, "machine");
	enum board board = board_of(gvnp_xml_get(type, "arch"), machine);

	if (!is_run_by_qemu(gvnp_xml_get(domain->root, "type")))
		return;
	if (board == N_BOARDS) {
		gvnp_facts_hole(domain->facts, "domain_device", "", domain->uuid,
				"what devices machine type \"%s\" always has is not known",
				machine);
		return;
	}
	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
		if (devices[i].board == board &&
		    !is_left_out(domain, devices[i].kind, devices[i].model))
			gvnp_domain_device(domain, devices[i].kind, devices[i].model, "", "board",
					   "%s", devices[i].detail);
}
