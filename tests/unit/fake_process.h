/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The /proc of a host with systemd, a libvirt daemon and one careful VM, piece by piece: a test
 * lists the pieces it needs and overrides single files behind them, as the last of equal paths
 * counts.
 */
#ifndef GVNP_TESTS_FAKE_PROCESS_H
#define GVNP_TESTS_FAKE_PROCESS_H

#include "fake_host.h"

/* 100 s after boot at 1,000,000,000; fields up to the start time */
#define STAT_OF(name, state, parent, flags, threads, start)                                        \
	"1 (" name ") " state " " parent " 1 1 0 -1 " flags " 0 0 0 0 0 0 0 0 20 0 " threads       \
	" 0 " start " 0 0\n"
#define STATUS_OF(name, uid, capabilities, privileges, seccomp)                                    \
	"Name:\t" name "\nUid:\t" uid "\t" uid "\t" uid "\t" uid "\nGid:\t" uid "\t" uid "\t" uid  \
	"\t" uid "\nGroups:\t107 64055 \nCapInh:\t0000000000000000\nCapPrm:\t" capabilities        \
	"\nCapEff:\t" capabilities                                                                 \
	"\nCapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\nNoNewPrivs:\t" privileges         \
	"\nSeccomp:\t" seccomp "\nSeccomp_filters:\t" seccomp "\nCpus_allowed_list:\t0-1\n"
#define ROOT_STATUS(name) STATUS_OF(name, "0", "000001ffffffffff", "0", "0")
#define QEMU_STATUS(name) STATUS_OF(name, "64055", "0000000000000000", "1", "2")

#define BYTES(path_, data_)                                                                        \
	{                                                                                          \
		.operation = GVNP_READ, .path = (path_), .data = (data_), .size = sizeof(data_)    \
	}
#define TEXT(operation_, path_, data_)                                                             \
	{                                                                                          \
		.operation = (operation_), .path = (path_), .data = (data_)                        \
	}

/* One process as the scan sees it; `command` ends with a NUL of its own. */
#define PROCESS(pid, stat, status, command, exe, files)                                            \
	READ("/proc/" pid "/stat", stat), READ("/proc/" pid "/status", status),                    \
		BYTES("/proc/" pid "/cmdline", command), LINK("/proc/" pid "/exe", exe),           \
		LIST("/proc/" pid "/fd", files)

#define UUID_A "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
#define UUID_B "5c0e0d3e-6a5e-4c5e-9d4e-0d5a0f1b2c3d"
#define CAREFUL                                                                                    \
	"/usr/bin/qemu-system-x86_64\0-name\0guest=careful,debug-threads=on\0-machine\0pc-q35-7.2" \
	"\0-accel\0kvm\0-uuid\0" UUID_A "\0-nodefaults\0-no-user-config\0-sandbox\0on"

#define INIT_MOUNTS                                                                                \
	"22 27 0:21 / /proc rw - proc proc rw\n"                                                   \
	"24 27 0:6 / /dev rw,relatime - devtmpfs devtmpfs rw\n"                                    \
	"27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"                                          \
	"36 31 0:33 / /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices\n"                      \
	"41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
#define OWN_MOUNTS                                                                                 \
	"86 84 254:0 / / rw,relatime - ext4 /dev/vda rw\n"                                         \
	"117 86 0:43 / /dev rw,nosuid,relatime - tmpfs devfs rw,size=64k,mode=755\n"

#define INIT                                                                                       \
	LIST("/proc", "1/\n2/\n100/\n500/\nself\n"), READ("/proc/stat", "btime 1000000000\n"),     \
		PROCESS("1", STAT_OF("systemd", "S", "0", "4194560", "1", "1"),                    \
			ROOT_STATUS("systemd"), "/sbin/init", "/usr/lib/systemd/systemd",          \
			"10 -> socket:[900]\n11 -> socket:[901]\n"),                               \
		PROCESS("2", STAT_OF("kthreadd", "S", "0", "2129984", "1", "1"),                   \
			ROOT_STATUS("kthreadd"), "", "", ""),                                      \
		REFUSED(GVNP_LINK, "/proc/2/exe", ENOENT),                                         \
		PROCESS("100", STAT_OF("libvirtd", "S", "1", "4194560", "1", "500"),               \
			ROOT_STATUS("libvirtd"), "/usr/sbin/libvirtd\0--listen",                   \
			"/usr/sbin/libvirtd (deleted)", "3 -> socket:[900]\n4 -> /dev/null\n"),    \
		LIST("/proc/1/ns", "mnt -> mnt:[1]\nnet -> net:[2]\n"),                            \
		READ("/proc/1/mountinfo", INIT_MOUNTS), READ("/proc/100/mountinfo", INIT_MOUNTS),  \
		READ("/proc/100/maps",                                                             \
		     "7f0000800000-7f0000900000 r-xp 00000000 fe:00 92 /usr/lib/libc.so.6\n")

#define LIBVIRT(domains)                                                                           \
	TEXT(GVNP_LIBVIRT, "domains", domains), TEXT(GVNP_LIBVIRT, "type", "QEMU"),                \
		LIST("/run/libvirt/qemu", "careful.pid\ndriver.pid\ndomain-5-careful/\n"),         \
		{ .operation = GVNP_READ,                                                          \
		  .path = "/run/libvirt/qemu/careful.pid",                                         \
		  .data = "500",                                                                   \
		  .modified = 1000000101 },                                                        \
		READ("/run/libvirt/qemu/driver.pid", "100")

/* A VM in detail: two threads, a filter, a namespace and a device policy of its own. */
#define DETAIL(pid, status, start)                                                                 \
	LIST("/proc/" pid "/task", pid "/\n501/\n"),                                               \
		READ("/proc/" pid "/task/" pid "/status", status),                                 \
		READ("/proc/" pid "/task/501/status", status),                                     \
		READ("/proc/" pid "/task/" pid "/stat",                                            \
		     STAT_OF("qemu-system-x86", "S", "1", "4194560", "2", start)),                 \
		LIST("/proc/" pid "/ns",                                                           \
		     "mnt -> mnt:[7]\nnet -> net:[2]\npid_for_children -> pid:[3]\n"),             \
		READ("/proc/" pid "/mountinfo", OWN_MOUNTS),                                       \
		READ("/proc/" pid "/cgroup", "5:devices:/\n0::/machine.slice/"                     \
					     "machine-qemu\\x2d1.scope/libvirt/emulator\n"),       \
		READ("/proc/" pid "/limits", "Max core file size  0  unlimited bytes\n"),          \
		REFUSED(GVNP_READ, "/proc/" pid "/attr/current", EINVAL),                          \
		READ("/proc/" pid "/smaps",                                                        \
		     "7f0000000000-7f0004000000 rw-p 00000000 00:00 0 \nVmFlags: rd wr dc dd \n"), \
		READ("/sys/fs/cgroup/devices/devices.list", "a *:* rwm\n"),                        \
		TEXT(GVNP_DEVICE_PROGRAMS, SCOPE, "1"),                                            \
		TEXT(GVNP_DEVICE_PROGRAMS, SCOPE "/libvirt", "0"),                                 \
		TEXT(GVNP_DEVICE_PROGRAMS, SCOPE "/libvirt/emulator", "0")
#define SCOPE "/sys/fs/cgroup/unified/machine.slice/machine-qemu\\x2d1.scope"

#define QEMU_500(files)                                                                            \
	PROCESS("500", STAT_OF("qemu-system-x86", "S", "1", "4194560", "2", "10000"),              \
		QEMU_STATUS("qemu-system-x86"), CAREFUL, "/usr/bin/qemu-system-x86_64", files)
#define KVM_FILES                                                                                  \
	"0 -> /dev/null\n3 -> /dev/kvm\n9 -> anon_inode:kvm-vm\n10 -> socket:[902]\n"              \
	"11 -> pipe:[5]\n12 -> /var/lib/libvirt/images/a.raw\n13 -> /memfd:x (deleted)\n"

#define CAREFUL_VM QEMU_500(KVM_FILES), DETAIL("500", QEMU_STATUS("CPU 0/KVM"), "10000")
#define NET                                                                                        \
	READ("/proc/1/net/tcp", " 0: 00000000:407D 00000000:0000 0A 0:0 0:0 0 0 0 900 1\n"         \
				" 1: 0100007F:170C 00000000:0000 0A 0:0 0:0 0 64055 0 902 1\n"     \
				" 2: 0100007F:0016 00000000:0000 0A 0:0 0:0 0 0 0 777 1\n"),       \
		READ("/proc/1/net/udp", ""),                                                       \
		READ("/proc/1/net/unix",                                                           \
		     "0000000000000000: 00000002 00000000 00010000 0001 01 901 /run/s\n")
#define ACTIVE_A UUID_A " 5 1 1 0 0 careful\n"

#endif
