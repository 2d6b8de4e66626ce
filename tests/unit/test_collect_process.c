/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_process.h"

static void a_careful_vm_is_seen_as_such(void **state)
{
	static const struct fake_file files[] = { INIT, NET, CAREFUL_VM, LIBVIRT(ACTIVE_A) };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host, "SELECT * FROM hole", "");
	assert_rows(&host,
		    "SELECT pid, domain, name, exe, started, is_qemu, uid, gid, has_capabilities, "
		    "no_new_privileges, seccomp, seccomp_filters, label, threads_share_label "
		    "FROM qemu_process",
		    "500|" UUID_A "|careful|/usr/bin/qemu-system-x86_64|1000000100|1|64055|64055|0|"
		    "1|2|2||1\n");
	assert_rows(&host,
		    "SELECT mount_namespace, has_own_mount_namespace, has_private_dev, "
		    "accelerator, holds_kvm_vm, machine, sandbox, has_no_defaults, "
		    "has_no_user_config, core_limit, threads FROM qemu_process",
		    "mnt:[7]|1|1|kvm|1|pc-q35-7.2|on|1|1|0|2\n");
	assert_rows(&host, "SELECT tid, name, cpus FROM qemu_process_thread",
		    "500|CPU 0/KVM|1\n501|CPU 0/KVM|1\n");
	assert_rows(&host, "SELECT type, identity, is_of_process_1 FROM qemu_process_namespace",
		    "mnt|mnt:[7]|0\nnet|net:[2]|1\n");
	assert_rows(&host, "SELECT group_concat(gid) FROM qemu_process_group", "107,64055\n");
	assert_rows(&host, "SELECT bpf_programs, is_v1_restricted FROM qemu_process_device_policy",
		    "1|0\n");
	assert_rows(&host, "SELECT rule FROM qemu_process_device_rule", "a *:* rwm\n");
	assert_rows(&host, "SELECT descriptor, path FROM qemu_process_device_file",
		    "0|/dev/null\n3|/dev/kvm\n9|anon_inode:kvm-vm\n");
	assert_rows(&host, "SELECT descriptor, path FROM qemu_process_open_file",
		    "12|/var/lib/libvirt/images/a.raw\n");
	assert_rows(&host, "SELECT size_kib, is_dumped, is_guest FROM qemu_process_memory",
		    "65536|0|1\n");
}

static void processes_daemons_and_listeners_come_from_the_same_look(void **state)
{
	static const struct fake_file files[] = { INIT, NET, CAREFUL_VM, LIBVIRT(ACTIVE_A) };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host, "SELECT pid, parent, name, uid, started, exe FROM process",
		    "1|0|systemd|0|1000000000|/usr/lib/systemd/systemd\n"
		    "2|0|kthreadd|0|1000000000|\n"
		    "100|1|libvirtd|0|1000000005|/usr/sbin/libvirtd (deleted)\n"
		    "500|1|qemu-system-x86|64055|1000000100|/usr/bin/qemu-system-x86_64\n");
	assert_rows(&host,
		    "SELECT pid, name, uid, started, listens, is_exe_deleted, config "
		    "FROM libvirt_daemon",
		    "100|libvirtd|0|1000000005|1|1|\n");
	/* systemd holds 900 too, for libvirtd */
	assert_rows(&host, "SELECT id, address, port, pid, process FROM listener",
		    "777|127.0.0.1|22|0|\n900|0.0.0.0|16509|100|libvirtd\n"
		    "902|127.0.0.1|5900|500|qemu-system-x86\n");
	assert_rows(&host, "SELECT id, path, pid, process FROM unix_listener",
		    "901|/run/s|1|systemd\n");
}

static void descriptors_that_cannot_be_seen_make_the_table_incomplete(void **state)
{
	static const struct fake_file files[] = {
		INIT,
		NET,
		CAREFUL_VM,
		LIBVIRT(ACTIVE_A),
		/* links without targets, and why */
		LIST("/proc/100/fd", "3\n4\n"),
		REFUSED(GVNP_LINK, "/proc/100/fd/3", EACCES),
		REFUSED(GVNP_LIST, "/proc/500/fd", EACCES),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host,
		    "SELECT problem FROM hole WHERE table_name = 'qemu_process' AND "
		    "object = ''",
		    "1 processes could not be examined, the first is 100 (libvirtd): "
		    "/proc/100/fd: Permission denied\n");
	/* found by its arguments all the same; whether kvm works for it is not known */
	assert_rows(&host, "SELECT domain, accelerator, holds_kvm_vm FROM qemu_process",
		    UUID_A "|NULL|NULL\n");
	assert_rows(&host,
		    "SELECT DISTINCT object FROM hole WHERE table_name IN "
		    "('qemu_process_device_file', 'qemu_process_open_file')",
		    "500\n");
	/* any of them may hold the socket nobody else holds, or that systemd opened for it */
	assert_rows(&host, "SELECT id, pid, process FROM listener",
		    "777|NULL|NULL\n900|NULL|NULL\n902|NULL|NULL\n");
	assert_rows(&host,
		    "SELECT column_name, object FROM hole WHERE table_name = 'listener' "
		    "ORDER BY 1",
		    "pid|900\nprocess|900\n");
}

static void a_descriptor_that_was_closed_meanwhile_hides_nothing(void **state)
{
	static const struct fake_file files[] = {
		INIT,
		CAREFUL_VM,
		LIBVIRT(ACTIVE_A),
		LIST("/proc/500/fd", "3 -> /dev/kvm\n8\n9 -> anon_inode:kvm-vm\n"),
		LIST("/proc/100/fd", "5\n"),
		REFUSED(GVNP_LINK, "/proc/100/fd/5", ENOENT),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host, "SELECT * FROM hole WHERE table_name LIKE 'qemu_process%'", "");
	assert_rows(&host, "SELECT accelerator FROM qemu_process", "kvm\n");
}

static void process_1_may_keep_its_descriptors_to_itself(void **state)
{
	static const struct fake_file files[] = {
		INIT,
		NET,
		CAREFUL_VM,
		LIBVIRT(ACTIVE_A),
		REFUSED(GVNP_LINK, "/proc/1/exe", EACCES),
		REFUSED(GVNP_LIST, "/proc/1/fd", EACCES),
		LIST("/proc/1/ns", "mnt\nnet\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host, "SELECT * FROM hole WHERE table_name = 'qemu_process'", "");
	assert_rows(&host, "SELECT id, process FROM unix_listener", "901|NULL\n");
	/* the mounts still tell about the mount namespace */
	assert_rows(&host, "SELECT has_own_mount_namespace FROM qemu_process", "1\n");
	assert_rows(&host, "SELECT type, is_of_process_1 FROM qemu_process_namespace",
		    "mnt|0\nnet|NULL\n");
}

static void a_vm_in_the_namespace_of_its_daemon_has_none_of_its_own(void **state)
{
	/* a daemon in a container: neither it nor its VM is in process 1's namespace */
	static const struct fake_file files[] = { INIT, CAREFUL_VM, LIBVIRT(ACTIVE_A),
						  READ("/proc/100/mountinfo", OWN_MOUNTS) };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host, "SELECT has_own_mount_namespace, has_private_dev FROM qemu_process",
		    "0|0\n");
	assert_rows(&host, "SELECT is_of_process_1 FROM qemu_process_namespace WHERE type = 'mnt'",
		    "0\n");
}

static void a_pid_that_was_used_again_is_dropped(void **state)
{
	static const struct fake_file files[] = {
		INIT, CAREFUL_VM, LIBVIRT(ACTIVE_A),
		READ("/proc/500/task/500/stat", STAT_OF("sh", "S", "1", "4194560", "1", "10001")),
		/* asked for, with --deep */
		REFUSED(GVNP_SECCOMP, "/proc/500", ESRCH)
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host, "SELECT count(*) FROM qemu_process", "0\n");
	assert_rows(&host, "SELECT count(*) FROM qemu_process_argument", "0\n");
	assert_rows(&host,
		    "SELECT object, problem FROM hole WHERE table_name = 'qemu_process_memory'",
		    "500|VM process 500 (qemu-system-x86) was not the same to the end: another "
		    "process has its number\n");
	assert_rows(&host,
		    "SELECT object, problem FROM hole WHERE table_name = 'qemu_process_syscall'",
		    "500|system call filter of process 500: it was not the same process to the "
		    "end\n");
}

static void one_thread_with_less_protection_is_enough(void **state)
{
	static const struct fake_file files[] = { INIT, CAREFUL_VM, LIBVIRT(ACTIVE_A),
						  READ("/proc/500/task/501/status",
						       STATUS_OF("x", "64055", "0000000000002000",
								 "0", "0")) };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host,
		    "SELECT has_capabilities, no_new_privileges, seccomp, seccomp_filters, "
		    "capabilities_effective FROM qemu_process",
		    "1|0|0|0|0000000000000000\n");
}

static void a_thread_that_cannot_be_read_leaves_the_good_values_open(void **state)
{
	static const struct fake_file files[] = { INIT, CAREFUL_VM, LIBVIRT(ACTIVE_A),
						  REFUSED(GVNP_READ, "/proc/500/task/501/status",
							  EACCES) };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host,
		    "SELECT has_capabilities, no_new_privileges, seccomp, seccomp_filters, uid "
		    "FROM qemu_process",
		    "NULL|NULL|NULL|NULL|64055\n");
	assert_rows(&host, "SELECT object FROM hole WHERE table_name = 'qemu_process_thread'",
		    "500\n");
}

static void without_libvirts_answer_no_vm_is_called_unmanaged(void **state)
{
	static const struct fake_file files[] = {
		INIT, CAREFUL_VM, REFUSED(GVNP_LIBVIRT, "domains", GVNP_TIMED_OUT)
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host, "SELECT domain FROM qemu_process", "NULL\n");
	assert_rows(&host, "SELECT column_name, object FROM hole WHERE table_name = 'qemu_process'",
		    "domain|500\n");
}

static void a_domain_without_process_and_a_process_without_domain(void **state)
{
	static const struct fake_file files[] = { INIT, CAREFUL_VM,
						  LIBVIRT(UUID_B " 6 1 1 0 0 other\n" UUID_A
								 " -1 5 1 0 0 careful\n") };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	/* careful is shut off for libvirt: what runs under its uuid is not libvirt's */
	assert_rows(&host, "SELECT pid, domain FROM qemu_process", "500|\n");
	assert_rows(&host, "SELECT object, problem FROM hole WHERE table_name = 'qemu_process'",
		    UUID_B "|domain other is active, but no process was found to be its\n");
}

#define IMPOSTOR                                                                                   \
	LIST("/proc", "1/\n2/\n100/\n400/\n500/\n"),                                               \
		PROCESS("400", STAT_OF("qemu-system-x86", "S", "1", "4194560", "1", "9000"),       \
			QEMU_STATUS("q"), "qemu-system-x86_64\0-M\0pc\0-uuid\0" UUID_A,            \
			"/usr/bin/qemu-system-x86_64", ""),                                        \
		DETAIL("400", QEMU_STATUS("q"), "9000")

static void the_pid_file_tells_a_vm_from_its_impostor(void **state)
{
	static const struct fake_file files[] = { INIT, CAREFUL_VM, IMPOSTOR, LIBVIRT(ACTIVE_A) };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host, "SELECT pid, domain, accelerator FROM qemu_process",
		    "400||tcg\n500|" UUID_A "|kvm\n");
}

static void without_a_pid_file_both_stay_unknown(void **state)
{
	static const struct fake_file files[] = { INIT, CAREFUL_VM, IMPOSTOR, LIBVIRT(ACTIVE_A),
						  REFUSED(GVNP_LIST, "/run/libvirt/qemu", EACCES) };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host, "SELECT pid, domain FROM qemu_process", "400|NULL\n500|NULL\n");
	assert_rows(&host,
		    "SELECT object, problem FROM hole WHERE table_name = 'qemu_process' AND "
		    "column_name = 'domain'",
		    "400|2 processes carry the uuid of domain careful\n"
		    "500|2 processes carry the uuid of domain careful\n");
}

static void without_pid_file_and_arguments_it_may_be_any_domain_that_has_no_process(void **state)
{
	static const struct fake_file files[] = { INIT, CAREFUL_VM, LIBVIRT(ACTIVE_A),
						  REFUSED(GVNP_LIST, "/run/libvirt/qemu", EACCES),
						  REFUSED(GVNP_READ, "/proc/500/cmdline", EACCES) };
	static const struct fake_file nothing_active[] = {
		INIT, CAREFUL_VM, LIBVIRT(UUID_B " -1 5 1 0 0 other\n"),
		REFUSED(GVNP_LIST, "/run/libvirt/qemu", EACCES),
		REFUSED(GVNP_READ, "/proc/500/cmdline", EACCES)
	};
	FAKE_HOST(host, files);
	FAKE_HOST(all_shut_off, nothing_active);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host, "SELECT pid, domain FROM qemu_process", "500|NULL\n");
	assert_rows(&host,
		    "SELECT object, problem FROM hole WHERE table_name = 'qemu_process' AND "
		    "column_name = 'domain'",
		    "500|/proc/500/cmdline: Permission denied; it may be domain careful\n");
	fake_collect(&all_shut_off, &gvnp_collector_process);
	assert_rows(&all_shut_off, "SELECT pid, domain FROM qemu_process", "500|\n");
}

static void other_machine_monitors_count_and_probes_and_pretenders_do_not(void **state)
{
	static const struct fake_file files[] = {
		INIT,
		LIBVIRT(""),
		LIST("/proc", "1/\n2/\n100/\n600/\n700/\n800/\n900/\n"),
		/* another VMM */
		PROCESS("600", STAT_OF("fc_vcpu 0", "S", "1", "4194560", "2", "1"),
			ROOT_STATUS("firecracker"), "/usr/bin/firecracker\0--id\0x",
			"/usr/bin/firecracker", "5 -> anon_inode:kvm-vm\n"),
		DETAIL("600", ROOT_STATUS("firecracker"), "1"),
		/* libvirt's capability probe, which opens kvm */
		PROCESS("700", STAT_OF("qemu-system-x86", "S", "1", "4194560", "2", "1"),
			QEMU_STATUS("q"), "qemu-system-x86_64\0-machine\0none,accel=kvm:tcg",
			"/usr/bin/qemu-system-x86_64", "5 -> anon_inode:kvm-vm\n"),
		/* a liar */
		PROCESS("800", STAT_OF("sleep", "S", "1", "4194560", "1", "1"),
			ROOT_STATUS("sleep"),
			"qemu-system-x86_64\0"
			"1000",
			"/usr/bin/sleep", ""),
		/* ended, not yet collected by its parent */
		READ("/proc/900/stat", STAT_OF("qemu-system-x86", "Z", "1", "4", "1", "1")),
		READ("/proc/900/status", QEMU_STATUS("qemu-system-x86")),
		READ("/proc/900/cmdline", ""),
		REFUSED(GVNP_LINK, "/proc/900/exe", ENOENT),
		REFUSED(GVNP_LIST, "/proc/900/fd", EACCES),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_process);
	assert_rows(&host,
		    "SELECT pid, domain, name, is_qemu, accelerator, machine, sandbox "
		    "FROM qemu_process",
		    "600||fc_vcpu 0|0|kvm||\n");
	assert_rows(&host, "SELECT option, value FROM qemu_process_argument", "|--id\n|x\n");
	assert_rows(&host, "SELECT * FROM hole WHERE table_name LIKE 'qemu%'", "");
}

static void a_proc_that_hides_others_is_not_taken_for_an_empty_host(void **state)
{
	/* no VM is seen, with --deep and without */
	static const struct fake_file hidden[] = { INIT, LIST("/proc", "100/\nself\n"),
						   REFUSED(GVNP_SECCOMP, "/proc/1", EINVAL) };
	static const struct fake_file shallow[] = { INIT, LIST("/proc", "100/\nself\n"),
						    REFUSED(GVNP_SECCOMP, "/proc/1",
							    GVNP_NOT_ASKED) };
	static const struct fake_file refused[] = { INIT, QEMU_500(""),
						    REFUSED(GVNP_READ, "/proc/500/stat", EACCES) };
	/* one VM is seen, and asked for its filter, with --deep */
	static const struct fake_file deep[] = { INIT, CAREFUL_VM,
						 REFUSED(GVNP_READ, "/proc/2/stat", EACCES),
						 REFUSED(GVNP_SECCOMP, "/proc/500", EINVAL) };
	static const struct fake_file nothing[] = { REFUSED(GVNP_LIST, "/proc",
							    GVNP_NOT_RECORDED) };
	FAKE_HOST(first, hidden);
	FAKE_HOST(second, refused);
	FAKE_HOST(third, nothing);
	FAKE_HOST(fourth, deep);
	FAKE_HOST(fifth, shallow);

	(void)state;
	fake_collect(&first, &gvnp_collector_process);
	fake_collect(&second, &gvnp_collector_process);
	fake_collect(&third, &gvnp_collector_process);
	fake_collect(&fourth, &gvnp_collector_process);
	fake_collect(&fifth, &gvnp_collector_process);
	assert_rows(&first,
		    "SELECT table_name, problem FROM hole WHERE table_name IN ('process', "
		    "'qemu_process', 'libvirt_daemon') AND object = '' ORDER BY 1",
		    "libvirt_daemon|/proc hides the processes of other users\n"
		    "process|/proc hides the processes of other users\n"
		    "qemu_process|/proc hides the processes of other users\n");
	assert_rows(&first, "SELECT problem FROM hole WHERE table_name = 'qemu_process_filter'",
		    "/proc hides the processes of other users\n");
	assert_true(gvnp_facts_is_collected(first.facts, "qemu_process_filter"));
	assert_rows(&fifth, "SELECT problem FROM hole WHERE table_name = 'qemu_process_filter'",
		    "");
	assert_true(gvnp_facts_is_declined(fifth.facts, "qemu_process_filter"));
	assert_rows(&second, "SELECT problem FROM hole WHERE table_name = 'process'",
		    "1 processes could not be looked at: Permission denied\n");
	/* it may have been a VM: none of their tables is complete */
	assert_rows(&second,
		    "SELECT count(*) FROM hole WHERE table_name GLOB 'qemu_process*' AND "
		    "column_name = '' AND object = '' AND problem LIKE '1 processes could not be%'",
		    "13\n");
	assert_rows(&fourth,
		    "SELECT DISTINCT table_name FROM hole WHERE table_name IN "
		    "('qemu_process_filter', 'qemu_process_syscall') AND object = '' AND "
		    "problem LIKE '1 processes could not be%' ORDER BY 1",
		    "qemu_process_filter\nqemu_process_syscall\n");
	assert_rows(&third, "SELECT problem FROM hole WHERE table_name = 'qemu_process_memory'",
		    "/proc: not recorded\n");
}

static char *all_rows(struct fake_host *host)
{
	_cleanup_buffer_ struct gvnp_buffer all = { 0 };

	for (size_t i = 0; gvnp_collector_process.tables[i]; i++) {
		_cleanup_free_ char *sql =
			gvnp_format("SELECT * FROM %s", gvnp_collector_process.tables[i]);
		_cleanup_free_ char *rows = fake_rows(host, sql);

		gvnp_buffer_append_format(&all, "%s\n%s", sql, rows);
	}
	return gvnp_buffer_take(&all);
}

static void a_request_that_was_not_recorded_never_goes_unsaid(void **state)
{
	static const struct fake_file complete[] = { INIT, NET, CAREFUL_VM, LIBVIRT(ACTIVE_A) };
	static struct fake_file files[sizeof complete / sizeof *complete];
	FAKE_HOST(whole, complete);
	_cleanup_free_ char *expected = NULL;
	size_t n_different = 0;

	(void)state;
	fake_collect(&whole, &gvnp_collector_process);
	expected = all_rows(&whole);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		FAKE_HOST(host, files);
		_cleanup_free_ char *rows = NULL, *holes = NULL;

		memcpy(files, complete, sizeof files);
		files[i].error = GVNP_NOT_RECORDED;
		fake_collect(&host, &gvnp_collector_process);
		rows = all_rows(&host);
		holes = fake_rows(&host, "SELECT * FROM hole");
		if (!strcmp(rows, expected))
			continue;
		n_different++;
		if (!holes[0] && !strstr(rows, "NULL"))
			fail_msg("without %s the facts change and nothing says so", files[i].path);
	}
	assert_true(n_different > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_careful_vm_is_seen_as_such),
		cmocka_unit_test(processes_daemons_and_listeners_come_from_the_same_look),
		cmocka_unit_test(descriptors_that_cannot_be_seen_make_the_table_incomplete),
		cmocka_unit_test(a_descriptor_that_was_closed_meanwhile_hides_nothing),
		cmocka_unit_test(process_1_may_keep_its_descriptors_to_itself),
		cmocka_unit_test(a_vm_in_the_namespace_of_its_daemon_has_none_of_its_own),
		cmocka_unit_test(a_pid_that_was_used_again_is_dropped),
		cmocka_unit_test(one_thread_with_less_protection_is_enough),
		cmocka_unit_test(a_thread_that_cannot_be_read_leaves_the_good_values_open),
		cmocka_unit_test(without_libvirts_answer_no_vm_is_called_unmanaged),
		cmocka_unit_test(a_domain_without_process_and_a_process_without_domain),
		cmocka_unit_test(the_pid_file_tells_a_vm_from_its_impostor),
		cmocka_unit_test(without_a_pid_file_both_stay_unknown),
		cmocka_unit_test(
			without_pid_file_and_arguments_it_may_be_any_domain_that_has_no_process),
		cmocka_unit_test(other_machine_monitors_count_and_probes_and_pretenders_do_not),
		cmocka_unit_test(a_request_that_was_not_recorded_never_goes_unsaid),
		cmocka_unit_test(a_proc_that_hides_others_is_not_taken_for_an_empty_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
