/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collector of everything about processes. It looks at /proc once and hands what it saw to the
 * tables: processes, the sockets they hold, libvirt's daemons, VMs.
 */
#include "collect/collect.h"
#include "collect/collectors.h"
#include "collect/libvirt_daemon.h"
#include "collect/listener.h"
#include "collect/proc_scan.h"
#include "collect/qemu_process.h"
#include "collect/vm_helper.h"

static const char *const paths[] = {
	"/proc",
	"/proc/stat",
	"/proc/*/stat",
	"/proc/*/status",
	"/proc/*/cmdline",
	"/proc/*/exe",
	"/proc/*/fd",
	"/proc/*/fd/*",
	"/proc/*/task",
	"/proc/*/task/*/stat",
	"/proc/*/task/*/status",
	"/proc/*/task/*/attr/current",
	"/proc/*/task/*/attr/apparmor/current",
	"/proc/*/attr/current",
	"/proc/*/attr/apparmor/current",
	"/proc/*/ns",
	"/proc/*/mountinfo",
	"/proc/*/cgroup",
	"/proc/*/limits",
	"/proc/*/smaps",
	"/proc/*/maps",
	"seccomp:/proc/*",
	"/proc/1/net/tcp",
	"/proc/1/net/tcp6",
	"/proc/1/net/udp",
	"/proc/1/net/udp6",
	"/proc/1/net/unix",
	"/run/libvirt/qemu",
	"/run/libvirt/qemu/*",
	"/sys/fs/cgroup/**",
	"libvirt",
	"system",
	NULL,
};

static const char *const tables[] = {
	"process",
	"listener",
	"unix_listener",
	"libvirt_daemon",
	"libvirt_daemon_stale_file",
	"vm_helper",
	GVNP_QEMU_PROCESS_TABLES,
	"qemu_process_filter",
	"qemu_process_syscall",
	NULL,
};

/* ptrace_may_access() of fs/proc/base.c decides for the links and for smaps, the modes of the files
 * for the listing of descriptors, and BPF_PROG_QUERY asks for CAP_NET_ADMIN. */
static const struct gvnp_privilege privileges[] = {
	{ "process", "nothing; exe of other users' processes: CAP_SYS_PTRACE" },
	{ "listener", "nothing; which process holds it: CAP_DAC_READ_SEARCH + CAP_SYS_PTRACE" },
	{ "unix_listener",
	  "nothing; which process holds it: CAP_DAC_READ_SEARCH + CAP_SYS_PTRACE" },
	{ "libvirt_daemon", "nothing; a replaced binary: CAP_SYS_PTRACE" },
	{ "qemu_process", "CAP_DAC_READ_SEARCH + CAP_SYS_PTRACE" },
	{ "qemu_process_group", "nothing" },
	{ "qemu_process_thread", "nothing" },
	{ "qemu_process_namespace", "CAP_SYS_PTRACE" },
	{ "qemu_process_cgroup", "nothing" },
	{ "qemu_process_device_policy", "CAP_NET_ADMIN on cgroup v2" },
	{ "qemu_process_device_rule", "nothing" },
	{ "qemu_process_argument", "nothing" },
	{ "qemu_process_property", "nothing" },
	{ "qemu_process_device_file", "CAP_DAC_READ_SEARCH + CAP_SYS_PTRACE" },
	{ "qemu_process_open_file", "CAP_DAC_READ_SEARCH + CAP_SYS_PTRACE" },
	{ "qemu_process_memory", "CAP_SYS_PTRACE" },
	{ "qemu_process_stale_file", "CAP_SYS_PTRACE" },
	{ "qemu_process_filter",
	  "--deep, CAP_SYS_PTRACE + CAP_SYS_ADMIN, no filter on the service" },
	{ "qemu_process_syscall", "the same" },
	{ "libvirt_daemon_stale_file", "CAP_SYS_PTRACE" },
	{ "vm_helper", "nothing; label and exe: CAP_SYS_PTRACE" },
	{ NULL, NULL },
};

static void insert_processes(struct gvnp_facts *facts, const struct gvnp_process_scan *scan)
{
	for (size_t i = 0; i < scan->n; i++) {
		const struct gvnp_process *process = &scan->processes[i];

		gvnp_insert(
			facts, "process", gvnp_integer("pid", process->pid),
			gvnp_integer("parent", process->parent), gvnp_text("name", process->name),
			gvnp_integer("uid", (int64_t)process->uid),
			gvnp_integer("started", process->started), gvnp_text("exe", process->exe));
	}
	if (scan->incompleteness)
		gvnp_facts_hole(facts, "process", "", "", "%s", scan->incompleteness);
	gvnp_facts_collected(facts, "process");
}

static void collect(const struct gvnp_collection *collection)
{
	struct gvnp_process_scan scan;

	gvnp_process_scan(collection->source, &scan);
	for (size_t i = 0; scan.problem && tables[i]; i++)
		gvnp_facts_hole(collection->facts, tables[i], "", "", "%s", scan.problem);
	if (!scan.problem) {
		insert_processes(collection->facts, &scan);
		gvnp_listener_collect(collection, &scan);
		gvnp_libvirt_daemon_collect(collection, &scan);
		gvnp_qemu_process_collect(collection, &scan);
		gvnp_vm_helper_collect(collection, &scan);
	}
	gvnp_process_scan_done(&scan);
}

const struct gvnp_collector gvnp_collector_process = {
	.name = "process",
	.about = "processes, listening sockets, libvirt daemons and VM processes, from /proc",
	.paths = paths,
	.tables = tables,
	.privileges = privileges,
	.collect = collect,
	.announce = gvnp_process_scan_announce,
};
