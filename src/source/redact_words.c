/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fixed lists. A word stands here when a format that is recorded uses it by itself: an element,
 * attribute, option, value or folder. Names made of nothing else are replaced only where a name is
 * known to stand.
 */
#include "source/redact_words.h"

#include <stdlib.h>
#include <string.h>

/* Sorted: looked up by bisection. Filled by hand, a word a line would be pages. */
/* clang-format off */
static const char *const words[] = {
	"accel", "accept", "access", "account", "acpi", "active", "address", "adm", "admin",
	"agent", "aio", "alias", "allow", "alma", "amd", "amd64", "and", "any", "apic", "app",
	"apparmor", "arch", "arg", "args", "arm", "ata", "attr", "audio", "audit", "auth", "auto",
	"autostart", "autostarted", "backing", "backup", "balloon", "base", "bhyve", "bin",
	"bind", "bios", "block", "blockdev", "board", "bochs", "boot", "br0", "bridge", "builtin",
	"bus", "cache", "cap", "capabilities", "cbs", "ccid", "cdrom", "centos", "ceph", "cgroup",
	"channel", "char", "chardev", "check", "cirrus", "class", "client", "clock", "cloud",
	"com", "common", "conf", "config", "connect", "console", "controller", "copy", "core",
	"cores", "count", "cow", "cpu", "cpus", "cpuset", "crashed", "crypto", "current",
	"custom", "daemon", "data", "database", "dbus", "debian", "def", "default", "delay",
	"delegate", "deny", "desc", "description", "dest", "destroy", "dev", "devel", "device",
	"devices", "devpts", "dhcp", "dir", "direct", "directory", "disk", "disks", "display",
	"distro", "dma", "dmi", "dns", "docker", "domain", "domains", "doorbell", "down", "drive",
	"driver", "drop", "dump", "e1000", "e1000e", "edk", "efi", "ehci", "elevateprivileges",
	"emulator", "enable", "enabled", "enforce", "eno", "enp", "ens", "entry", "ept", "error",
	"esp", "etc", "eth", "ether", "event", "exe", "exec", "ext", "ext4", "fail", "false",
	"fd", "fd0", "fdc", "features", "fedora", "file", "files", "filesystem", "filter",
	"firmware", "flags", "flat", "floppy", "fmt", "for", "force", "format", "forward", "from",
	"fs", "fsdev", "ftp", "full", "function", "gateway", "generic", "gic", "gid", "gluster",
	"gpu", "graphics", "group", "guest", "guests", "hard", "hda", "hdb", "hdc", "home",
	"host", "hostdev", "hostname", "hostonly", "hosts", "hotplug", "hpet", "http", "https",
	"hub", "huge", "hugepages", "hvm", "hypervisor", "i440fx", "ich", "ich9", "id", "ide",
	"idle", "image", "images", "img", "in", "inactive", "init", "initrd", "inode", "input",
	"instance", "instances", "intel", "interface", "interfaces", "interleave", "internal",
	"interrupt", "interrupts", "io", "iommu", "iommufd", "iothread", "ip", "ipv4", "ipv6",
	"irq", "isa", "iscsi", "iso", "isolate", "isolated", "ivshmem", "job", "join", "jpg",
	"kernel", "key", "keyboard", "keys", "kvm", "label", "launch", "lib", "lib64", "libvirt",
	"libvirtd", "libxl", "limit", "limits", "linux", "list", "listen", "live", "loaded",
	"local", "localdomain", "localhost", "lock", "log", "login", "logs", "loop", "lsilogic",
	"lsm", "luks", "lvm", "lxc", "mac", "machine", "machines", "macvtap", "mail", "main",
	"managed", "mandatory", "manual", "map", "mapper", "master", "max", "mdev", "media",
	"mem", "memory", "message", "metadata", "mgmt", "migrate", "migrated", "migration", "min",
	"mnt", "mode", "model", "module", "modules", "mon", "monitor", "mount", "mouse", "msi",
	"name", "names", "namespace", "nat", "nbd", "ne2k", "nested", "net", "netdev", "network",
	"networks", "new", "next", "nfs", "nic", "no", "nobody", "node", "nodedev", "none",
	"normal", "not", "nova", "npt", "null", "numa", "nvme", "nvram", "nwfilter", "object",
	"obsolete", "off", "offset", "ohci", "on", "online", "only", "open", "openstack", "opt",
	"option", "optional", "order", "os", "osinfo", "other", "out", "ovmf", "owner", "packed",
	"page", "pages", "parallel", "parent", "part", "partition", "pass", "passt",
	"passthrough", "passwd", "password", "path", "pause", "paused", "pci", "pcie", "pcmcia",
	"pcnet", "perf", "permissive", "persistent", "pf", "physical", "pid", "pids", "piix",
	"pin", "pinned", "pipe", "plain", "policy", "pool", "pools", "port", "ports", "power",
	"prealloc", "preferred", "priv", "private", "proc", "process", "profile", "project",
	"protocol", "proxy", "ptr", "pty", "public", "pvpanic", "pxe", "q35", "qcow", "qcow2",
	"qed", "qemu", "qemud", "qmp", "qom", "queue", "queues", "qxl", "raid", "ram", "random",
	"range", "raw", "rbd", "read", "readonly", "real", "reboot", "redhat", "redirdev", "reg",
	"reject", "relative", "release", "remote", "require", "required", "reserved", "reset",
	"resource", "resourcecontrol", "resources", "restart", "rhel", "rng", "rocky", "rom",
	"root", "route", "router", "rpc", "rtc", "rtl8139", "run", "running", "rx", "sandbox",
	"sasl", "sata", "save", "sbin", "scope", "scsi", "sda", "sdb", "sdc", "sdd", "seabios",
	"secboot", "seclabel", "secret", "secrets", "secure", "security", "selinux", "serial",
	"server", "service", "session", "set", "setting", "sev", "share", "shared", "sheepdog",
	"shm", "shmem", "shutdown", "shutoff", "size", "sleeping", "slice", "slirp", "slot",
	"smartcard", "smbios", "smm", "smp", "snap", "snapshot", "snapshots", "snd", "sock",
	"socket", "sockets", "sound", "source", "spawn", "spice", "sr0", "srv", "ssd", "ssh",
	"stable", "start", "started", "stat", "state", "static", "stats", "status", "stop",
	"stopped", "storage", "store", "strict", "string", "sub", "svirt", "svm", "swap", "swtpm",
	"sys", "sysctl", "system", "systemd", "tag", "tap", "target", "task", "tcg", "tcp", "tdx",
	"telnet", "temp", "template", "test", "text", "the", "thread", "threads", "time", "timer",
	"timestamp", "title", "tls", "tmp", "token", "top", "tpm", "trace", "track", "transient",
	"true", "tsc", "tty", "type", "ubuntu", "udev", "udp", "uhci", "ui", "uid", "unconfined",
	"unit", "unix", "unknown", "unlimited", "up", "uri", "url", "usb", "user", "users", "usr",
	"utc", "uuid", "val", "value", "var", "vars", "vcpu", "vcpus", "vda", "vdb", "vdc", "vdd",
	"vdi", "vendor", "vepa", "version", "vf", "vfio", "vga", "vhd", "vhdx", "vhost", "video",
	"virbr", "virbr0", "virt", "virtinterfaced", "virtio", "virtlockd", "virtlogd",
	"virtnetworkd", "virtnodedevd", "virtnwfilterd", "virtproxyd", "virtqemud", "virtsecretd",
	"virtstoraged", "virtual", "virtualization", "vlan", "vm", "vmdk", "vmlinuz", "vms",
	"vmvga", "vmx", "vnc", "vnet", "volume", "volumes", "vsock", "vz", "wait", "watchdog",
	"web", "websocket", "win", "windows", "with", "without", "work", "write", "x86", "xen",
	"xhci", "xml", "yes", "zero", "zone",
};
/* clang-format on */

static const struct {
	enum gvnp_redact_kind kind;
	const char *text;
} defaults[] = {
	{ GVNP_REDACT_NETWORK, "default" },
	{ GVNP_REDACT_NETWORK, "virbr0" },
	{ GVNP_REDACT_NETWORK, "br-int" },
	{ GVNP_REDACT_NETWORK, "br-ex" },
	{ GVNP_REDACT_NETWORK, "br0" },
	{ GVNP_REDACT_HOST, "localhost" },
	{ GVNP_REDACT_HOST, "localhost.localdomain" },
	{ GVNP_REDACT_HOST, "(none)" },
	{ GVNP_REDACT_HOST, "*" },
	{ GVNP_REDACT_SERIAL, "Not Specified" },
	{ GVNP_REDACT_SERIAL, "Not Available" },
	{ GVNP_REDACT_SERIAL, "None" },
	{ GVNP_REDACT_SERIAL, "none" },
	{ GVNP_REDACT_SERIAL, "0" },
	{ GVNP_REDACT_SERIAL, "Default string" },
	{ GVNP_REDACT_SERIAL, "To Be Filled By O.E.M." },
	{ GVNP_REDACT_SERIAL, "System Serial Number" },
	{ GVNP_REDACT_USER, "root" },
	{ GVNP_REDACT_USER, "nobody" },
};

bool gvnp_redact_is_word(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z') || (unsigned char)byte >= 0x80;
}

static int compare(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

bool gvnp_redact_is_common_word(struct gvnp_slice word)
{
	enum { LONGEST = 20 };
	char lower[LONGEST + 1] = "";
	bool is_number = true;

	if (word.size <= 1)
		return true;
	for (size_t i = 0; i < word.size; i++) {
		char byte = word.text[i];
		bool is_letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';

		is_number = is_number &&
			    ((byte >= '0' && byte <= '9') || (is_letter && (byte | 0x20) <= 'f') ||
			     (byte == 'x' && i == 1));
		if (i < LONGEST)
			lower[i] = (char)(is_letter ? byte | 0x20 : byte);
	}
	if (is_number)
		return true;
	return word.size <= LONGEST &&
	       bsearch(lower, words, sizeof words / sizeof *words, sizeof *words, compare) != NULL;
}

bool gvnp_redact_is_default(enum gvnp_redact_kind kind, struct gvnp_slice text)
{
	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
		if (defaults[i].kind == kind && gvnp_slice_is(text, defaults[i].text))
			return true;
	return false;
}
