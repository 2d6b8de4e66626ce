/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers of a processor, read through the kernel's /dev/cpu/N/msr. The rules kept here: only
 * registers of the table below are read, nothing is ever written, and nothing but the kernel's own
 * device, recognised by its number, is opened.
 */
#include "source/msr.h"

#include <errno.h>
#include <linux/major.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "source/answers.h"
#include "source/host.h"

/* Reading any of these has no effect. Intel: Software Developer's Manual, volume 4 (0x13a and
 * 0x2e7: coreboot, chipsec). AMD: Architecture Programmer's Manual, volume 2, appendix A. */
const struct gvnp_msr gvnp_msrs[] = {
	{ 0x0000003a, "feature_control", "GenuineIntel" },
	{ 0x000000fe, "mtrr_capability", "GenuineIntel" },
	{ 0x0000010a, "arch_capabilities", "GenuineIntel" },
	{ 0x0000013a, "boot_guard", "GenuineIntel" },
	{ 0x000001f3, "smrr_mask", "GenuineIntel" },
	{ 0x000002e7, "lock_memory", "GenuineIntel" },
	{ 0x00000982, "tme_activate", "GenuineIntel" },
	{ 0x00000c80, "debug_interface", "GenuineIntel" },
	{ 0xc0010010, "syscfg", "AuthenticAMD" },
	{ 0xc0010015, "hwcr", "AuthenticAMD" },
	{ 0xc0010113, "smm_mask", "AuthenticAMD" },
	{ 0xc0010114, "vm_cr", "AuthenticAMD" },
	{ 0, NULL, NULL },
};

static bool is_listed(uint64_t number)
{
	for (const struct gvnp_msr *msr = gvnp_msrs; msr->name; msr++)
		if (msr->number == number)
			return true;
	return false;
}

bool gvnp_msr_parse(const char *path, uint32_t *ret_cpu, uint32_t *ret_number)
{
	static const char head[] = "/dev/cpu/", middle[] = "/msr:0x";
	struct gvnp_slice text = gvnp_slice(path), cpu;
	uint64_t cpu_number, number;

	if (!gvnp_slice_starts(text, head))
		return false;
	text.text += strlen(head), text.size -= strlen(head);
	cpu = (struct gvnp_slice){ text.text, strspn(text.text, "0123456789") };
	text.text += cpu.size, text.size -= cpu.size;
	if (!gvnp_slice_unsigned(cpu, 10, &cpu_number) || cpu_number > UINT16_MAX ||
	    !gvnp_slice_starts(text, middle))
		return false;
	text.text += strlen(middle), text.size -= strlen(middle);
	if (!gvnp_slice_unsigned(text, 16, &number) || !is_listed(number))
		return false;
	*ret_cpu = (uint32_t)cpu_number;
	*ret_number = (uint32_t)number;
	return true;
}

static void fail(struct gvnp_answers *answers, size_t i, const char *path, int error)
{
	if (error == EPERM || error == EACCES)
		gvnp_answers_fail_because(answers, i, error,
					  "%s: %s (the drop-in that adds CAP_SYS_RAWIO allows it)",
					  path, gvnp_source_error_name(error));
	else
		gvnp_answers_fail(answers, i, path, error);
}

void gvnp_msr_answer(const struct gvnp_host *host, struct gvnp_answers *answers, size_t i,
		     const char *path)
{
	_cleanup_close_ int fd = -1;
	uint32_t cpu, number;
	uint64_t value;
	char device[40];

	if (!gvnp_msr_parse(path, &cpu, &number)) {
		gvnp_answers_fail_because(answers, i, EINVAL, "%s: no register that may be read",
					  path);
		return;
	}
	snprintf(device, sizeof device, "/dev/cpu/%u/msr", (unsigned)cpu);
	int error = gvnp_host_open_device(host, device, MSR_MAJOR, cpu, &fd);
	if (error) {
		fail(answers, i, path, error < 0 ? -error : error);
		return;
	}
	/* The device reads the register whose number is the offset, eight bytes at a time. */
	ssize_t size = pread(fd, &value, sizeof value, (off_t)number);
	if (size < 0)
		fail(answers, i, path, errno);
	else if ((size_t)size != sizeof value)
		fail(answers, i, path, EIO);
	else
		gvnp_answers_set_format(answers, i, "0x%llx", (unsigned long long)value);
}
