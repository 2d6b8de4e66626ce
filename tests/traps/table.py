# SPDX-License-Identifier: Apache-2.0
"""The traps: where a plausible tool answers wrongly, and what shows that this one does not.

One row each: the trap in a sentence, the answer a naive tool gives, and the proof, which `run` carries out.
  Replay   a recorded host (tests/hosts), files of it changed; the program's verdict on a check and subject. The naive
           rule is a function over the same recording and must give its wrong answer there.
  Given    facts written down for a check; a naive query over the same facts must give its wrong answer.
  Example  the same, with the facts of an example that stands in the check.
  Unit     a unit test of this name, which must exist and pass.
T1 to T30 are traps of implementations, P1 to P11 wrong answers seen in other tools."""
from collections import namedtuple

Trap = namedtuple("Trap", "id sentence naive proofs")
Replay = namedtuple("Replay", "host changes check subject verdict rule")  # rule: function of the recording -> verdict
Given = namedtuple("Given", "check given verdict naive_query naive_verdict naive_given", defaults=[""])
Example = namedtuple("Example", "check about verdict naive_query naive_verdict")
Unit = namedtuple("Unit", "program test")

FLAWS = "/sys/devices/system/cpu/vulnerabilities/"
KSM = "/sys/kernel/mm/ksm/"


def flaw(name, text):
    """A host on which the kernel says this of that flaw; naive: only a line that begins with Vulnerable is bad."""
    return {FLAWS + name: text + "\n"}, lambda host: "fail" if host.text(FLAWS + name).startswith("Vulnerable") else "pass"


def seen_flaw(name, text, verdict):
    changes, rule = flaw(name, text)
    return Replay("node-hardened", changes, "hardware-cpu-vulnerabilities", name, verdict, rule)


def said(words, path="/proc/cmdline"):
    return {path: words}


def kernel_words(host):
    return host.text("/proc/cmdline").split()


TRAPS = [
    Trap("T1", "A flaw is open although its line does not begin with Vulnerable, and closed although the word is in it.",
         "the line begins with 'Vulnerable' or all is well", [
             seen_flaw("l1tf", "Mitigation: PTE Inversion; VMX: vulnerable", "fail"),
             seen_flaw("itlb_multihit", "KVM: Vulnerable", "fail"),
             seen_flaw("mds", "Mitigation: Clear CPU buffers; SMT vulnerable", "fail"),
             Replay("node-hardened", {FLAWS + "spectre_v2": "Mitigation: Enhanced / Automatic IBRS; IBPB: conditional; RSB filling; PBRSB-eIBRS: Not affected; BHI: Vulnerable, KVM: SW loop\n"},
                    "hardware-cpu-vulnerabilities", "spectre_v2", "pass",
                    lambda host: "fail" if "Vulnerable" in host.text(FLAWS + "spectre_v2") else "pass"),
             Unit("collect_cpu", "flaws_are_cut_into_tokens_without_losing_the_hypervisor")]),
    Trap("T2", "mitigations=auto with no_guest_host and no_guest_guest behind it protects processes and leaves VMs open.",
         "mitigations=auto… is on", [
             Replay("node-hardened", said("root=LABEL=node-root ro mitigations=auto,no_guest_host,no_guest_guest\n"),
                    "hardware-mitigations-not-disabled", "guest to host", "fail",
                    lambda host: "pass" if any(w.startswith("mitigations=auto") for w in kernel_words(host)) else "fail")]),
    Trap("T3", "Inside a VM 'Not affected' is what the outer hypervisor pretends.", "'Not affected' is a pass", [
        Replay("careful", {}, "hardware-cpu-vulnerabilities", "vmscape", "inconclusive",
               lambda host: "pass" if host.text(FLAWS + "vmscape").startswith("Not affected") else "fail")]),
    Trap("T4", "On a hybrid host the v1 list allows everything and an eBPF program on the VM's v2 group does not; the leaf group has none.",
         "devices.list says 'a *:* rwm', so there is no filter", [
             Replay("careful", {}, "isolation-device-cgroup", "vm-1", "pass",
                    lambda host: "fail" if host.text("/sys/fs/cgroup/devices/devices.list").startswith("a *:* rwm") else "pass")]),
    Trap("T5", "Seccomp: 2 says that there is a filter, not that it refuses anything that matters.", "Seccomp: 2 is a sandbox", [
        Example("isolation-qemu-filter-effective", "only obsolete calls are refused, which looks the same in /proc", "fail",
                "SELECT 'all' AS subject, sum(f.filters) > 0 AS pass FROM qemu_process_filter f", "pass")]),
    Trap("T6", "A label in the domain makes one VM run as root while qemu.conf is as it should be.", "qemu.conf does not say user = root", [
        Replay("careless", {}, "isolation-qemu-unprivileged", "vm-1", "fail",
               lambda host: "fail" if 'user = "root"' in uncommented(host.text("/etc/libvirt/qemu.conf")) else "pass"),
        Replay("careless", {}, "isolation-root-label-not-declared", "vm-1", "fail",
               lambda host: "fail" if 'user = "root"' in uncommented(host.text("/etc/libvirt/qemu.conf")) else "pass")]),
    Trap("T7", "A full bounding set of a QEMU that has no capability and can never get one is harmless.", "CapBnd is not empty", [
        Replay("careful", {}, "isolation-qemu-no-capabilities", "vm-1", "pass",
               lambda host: "pass" if all(int(s, 16) == 0 for s in host.status_of_vms("CapBnd")) else "fail")]),
    Trap("T8", "The dynamic label of the driver dac is a user id, the same for every VM, and no confinement.", "the XML has a dynamic <seclabel>", [
        Replay("careful", {}, "isolation-mac-label-live", "vm-1", "fail",
               lambda host: "pass" if "<seclabel type='dynamic'" in host.domains() else "fail")]),
    Trap("T9", "AppArmor is built in and its profiles lie in /etc while it is not active.", "CONFIG_LSM lists apparmor", [
        Replay("node-weak", {}, "isolation-mac-driver-active", "host", "fail",
               lambda host: "pass" if "apparmor" in host.match("/boot/config-*", "CONFIG_LSM=") else "fail")]),
    Trap("T10", "libvirt-sock with mode 0777 is libvirt's own way when polkit asks who it is.", "0777 is open to all", [
        Replay("node-hardened", {}, "management-libvirt-socket-permissions", "/run/libvirt/libvirt-sock", "pass",
               lambda host: "fail" if host.mode("/run/libvirt/libvirt-sock") & 0o006 else "pass")]),
    Trap("T11", "listen_tcp = 1 does nothing for a libvirtd without --listen.", "listen_tcp = 1 is a finding", [
        Replay("node-hardened", {"/etc/libvirt/libvirtd.conf": "listen_tcp = 1\n"}, "management-libvirt-no-cleartext-tcp", "libvirtd configuration", "pass",
               lambda host: "fail" if "listen_tcp = 1" in uncommented(host.text("/etc/libvirt/libvirtd.conf")) else "pass"),
        Unit("collect_systemd", "the_folder_of_the_administrator_goes_first_and_masks")]),
    Trap("T12", "A key that is commented out has the default of that version, daemon and distribution.", "unset is bad, or unset is good", [
        Unit("libvirt_config", "commented_keys_have_their_default"),
        Unit("libvirt_config", "each_daemon_has_the_defaults_of_its_kind"),
        Unit("libvirt_config", "defaults_follow_version_and_distribution")]),
    Trap("T13", "The machine type brings a floppy controller that no XML shows.", "no floppy in the XML", [
        Given("escape-legacy-floppy", "{domain: [{uuid: a, name: amf, state: running, machine: pc-i440fx-7.2}], domain_device: [{domain: a, kind: fdc, origin: board}]}", "fail",
              "SELECT d.uuid AS object, d.name AS subject, NOT EXISTS (SELECT 1 FROM domain_device v WHERE v.domain = d.uuid AND v.kind = 'fdc' AND v.origin = 'declared') AS pass FROM domain d", "pass"),
        Unit("collect_domain_xml", "boards_are_known_by_every_name_they_have")]),
    Trap("T14", "What the XML leaves out, libvirt chooses: rtl8139, lsilogic, cirrus.", "no model is written, so none is old", [
        Unit("collect_domain_xml", "models_libvirt_would_choose_are_filled_in")]),
    Trap("T15", "KSM that was stopped by 0 keeps the pages it has merged.", "run is 0", [
        Replay("node-hardened", {KSM + "run": "0\n", KSM + "pages_shared": "120\n"}, "isolation-ksm-off", "host", "fail",
               lambda host: "pass" if host.text(KSM + "run") == "0\n" else "fail")]),
    Trap("T16", "The prefix of QEMU's XML namespace is anybody's choice; its address decides.", "grep for qemu:commandline", [
        Unit("collect_domain_argument", "the_prefix_alone_means_nothing"),
        Unit("collect_domain_argument", "overrides_and_deprecations_are_rows"),
        Unit("xml", "a_namespace_is_told_by_its_uri")]),
    Trap("T17", "QEMU's options are k=v or JSON, and the same device comes in both.", "split at commas", [
        Unit("collect_qemu_argument", "json_is_flattened"),
        Unit("collect_domain_argument", "devices_are_seen_in_both_notations")]),
    Trap("T18", "An IOMMU is there, and VFIO was told to do without its protection, by the module nobody looks at; iommu=pt is no hole for VMs.",
         "an IOMMU is present; or iommu=pt is a finding", [
             Given("hardware-unsafe-interrupts-off", "{module_parameter: [{name: vfio_iommu_type1.allow_unsafe_interrupts, value: N}, {name: iommufd.allow_unsafe_interrupts, value: Y}]}", "fail",
                   "SELECT 'vfio' AS subject, module_parameter('vfio_iommu_type1', 'allow_unsafe_interrupts') = 'N' AS pass", "pass"),
             Replay("node-hardened", said("root=LABEL=node-root ro intel_iommu=on iommu=pt\n"), "hardware-iommu-active", "IOMMU", "pass",
                    lambda host: "fail" if "iommu=pt" in kernel_words(host) else "pass")]),
    Trap("T19", "The hardware could remap interrupts, and the kernel does not.", "there is a unit that can", [
        Replay("node-hardened", {"/proc/interrupts": lambda text: text.replace("IR-", "")}, "hardware-interrupt-remapping", "interrupt remapping", "fail",
               lambda host: "pass" if b"dmar" in host.data("/sys/class/iommu", "list") else "fail")]),
    Trap("T20", "The bit that forbids debugging under SEV allows it under SEV-SNP's reading, and the other way round.", "bit set is good, for both", [
        Example("isolation-confidential-policy", "the policy that is good for SEV-SNP allows debugging of SEV", "fail",
                "SELECT 'all' AS subject, sum(q.value & 65536) > 0 AS pass FROM qemu_process_property q WHERE q.name = 'policy'", "pass")]),
    Trap("T21", "The value of an EFI variable begins behind four bytes of attributes, and shim may have switched validation off.", "the first byte; SecureBoot alone", [
        Unit("collect_host", "secure_boot_is_the_fifth_byte"),
        Unit("collect_host", "shim_may_have_switched_validation_off")]),
    Trap("T22", "A filter in the XML of a vhost-user interface filters nothing.", "there is a filterref", [
        Given("isolation-mac-spoofing-filtered", "{domain: [{uuid: u1, name: amf, tenant: '', state: running}], domain_interface: [{domain: u1, type: vhostuser, source: /run/s, mac: '52:54:00:00:00:01', virtualport: '', filter: clean-traffic}]}", "not-applicable",
              "SELECT d.uuid AS object, d.name AS subject, EXISTS (SELECT 1 FROM domain_interface i WHERE i.domain = d.uuid AND i.filter <> '') AS pass FROM domain d", "pass")]),
    Trap("T23", "qemu-img, run on a guest's image, opens what the guest wrote into it; a data file is in no backing chain.", "run qemu-img, walk the backing files", [
        Unit("calls", "calls"),
        Unit("disk_image", "a_data_file_and_a_remote_backing_file_are_rows"),
        Example("isolation-image-no-host-file", "a data file, which walkers of backing chains miss", "fail",
                "SELECT 'all' AS subject, count(*) > 0 AS pass FROM domain d", "pass")]),
    Trap("T24", "A mapping of guest memory is '(deleted)' for ever; that is no replaced binary.", "grep '(deleted)' in maps", [
        Unit("program", "replaced_libraries_are_found_among_the_mappings")]),
    Trap("T25", "Three hundred findings with one cause are one finding.", "one for each VM, or each pair", [
        Unit("cause", "a_cause_of_the_host_explains_every_vm"),
        Unit("cause", "a_cause_per_vm_explains_only_the_vms_it_names")]),
    Trap("T26", "127.0.0.1 of the host is 10.0.2.2 of a guest on QEMU's user network.", "bound to loopback, so safe", [
        Example("escape-host-loopback-closed", "the neighbour's console listens on the loopback only", "fail",
                "SELECT 'all' AS subject, sum(l.is_loopback = 0) = 0 AS pass FROM listener l", "pass")]),
    Trap("T27", "A process id is used again between two looks; a QEMU that libvirt asks for its abilities is no VM.", "the pid of a minute ago", [
        Unit("collect_process", "a_pid_that_was_used_again_is_dropped"),
        Unit("collect_process", "other_machine_monitors_count_and_probes_and_pretenders_do_not"),
        Unit("collect_qemu_argument", "a_question_is_not_a_machine")]),
    Trap("T28", "Lockdown refuses writing model specific registers; reading goes on.", "lockdown is on, so registers are unknown", [
        Given("hardware-feature-control-locked", "{intel_register: [{cpu: 0, name: feature_control, value: 5}]}", "pass",
              "SELECT 'all' AS subject, CASE WHEN s.lockdown = 'none' THEN 1 END AS pass FROM security s", "inconclusive",
              "{security: [{id: 1, lockdown: integrity}]}")]),
    Trap("T29", "Which machine type is deprecated, the installed QEMU says; its number does not.", "anything below a fixed version", [
        Given("escape-machine-not-deprecated", "{domain: [{uuid: u1, name: amf, architecture: x86_64, machine: pc-q35-2.11, state: running}], libvirt_machine: [{name: pc-q35-2.11, architecture: x86_64, is_deprecated: 0}]}", "pass",
              "SELECT d.uuid AS object, d.name AS subject, d.machine NOT LIKE 'pc-%-2.%' AS pass FROM domain d", "fail")]),
    Trap("T30", "Numbers of a draft of NIST SP 800-125A are not those of the final text; what was not verified is shown as such.", "print them like the others", [
        "nist800125a-"]),
    Trap("P1", "All AppArmor profiles enforce, where there is no AppArmor.", "no complain line in a file that is not there: pass", [
        Replay("careless", {}, "isolation-mac-driver-active", "host", "fail",
               lambda host: "fail" if "(complain)" in host.text("/sys/kernel/security/apparmor/profiles") else "pass")]),
    Trap("P2", "Everything is not applicable, and the exit status is 0.", "nothing failed", [
        Unit("score", "an_area_where_nothing_was_judged_is_not_judged_but_holds_the_host_down"),
        Unit("score", "nothing_judged_anywhere_leaves_the_host_not_judged")]),
    Trap("P3", "The boot parameters in force are those of the running kernel, whatever boot loader there is.", "no GRUB package, so not applicable", [
        Replay("node-hardened", said("root=LABEL=node-root ro mitigations=off\n"), "hardware-mitigations-not-disabled", "guest to host", "fail",
               lambda host: "not-applicable" if not host.has("/etc/default/grub") else "pass")]),
    Trap("P4", "KVM works for the VM that runs on it, whatever flags the processor shows.", "no svm and no vmx among the flags: not compatible with KVM", [
        Replay("careful", {"/proc/cpuinfo": lambda text: text.replace(" svm", "").replace(" vmx", "")}, "isolation-hardware-virtualization", "vm-1", "pass",
               lambda host: "pass" if {"svm", "vmx"} & set(host.text("/proc/cpuinfo").split()) else "fail")]),
    Trap("P5", "What the kernel says of a flaw goes before a table of yesterday; what it says in unknown words is unknown.", "VULNERABLE: no IBRS, no IBPB known to this tool", [
        Replay("node-hardened", {}, "hardware-cpu-vulnerabilities", "spectre_v2", "pass",
               lambda host: "pass" if "IBRS" in host.text(FLAWS + "spectre_v2").split(";")[0] else "fail"),
        seen_flaw("mds", "Frobnication: partly", "inconclusive")]),
    Trap("P6", "A file in the root or a word in an environment does not make a host a container or a VM.", "/.dockerenv exists", [
        Unit("collect_host", "a_vm_is_told_from_a_machine_or_nothing_is_said")]),
    Trap("P7", "A recorded host has nothing of the machine that reads it.", "missing files are taken from here", [
        Unit("recording", "what_was_not_asked_is_not_recorded"),
        Unit("recorded", "a_link_in_an_unpacked_recording_leads_nowhere")]),
    Trap("P8", "What was not recorded makes a check inconclusive and is counted.", "not applicable", [
        Unit("soundness", "nothing_passes_on_a_table_that_was_not_collected"),
        Unit("soundness", "without_objects_a_complete_table_is_not_applicable")]),
    Trap("P9", "JSON is JSON each time.", "a comma too many", [
        Unit("json_writer", "commas_stand_between_values_only"),
        Unit("json_writer", "every_byte_gives_json_that_another_reader_takes")]),
    Trap("P10", "An AMD machine needs no intel_iommu=on, nor any machine whose IOMMU is active.", "the word is missing: fail", [
        Replay("node-hardened", said("root=LABEL=node-root ro\n"), "hardware-iommu-active", "IOMMU", "pass",
               lambda host: "pass" if "intel_iommu=on" in kernel_words(host) else "fail")]),
    Trap("P11", "Who may not look does not guess.", "a warning, and an answer all the same", [
        Unit("collect_host", "a_vm_is_told_from_a_machine_or_nothing_is_said"),
        Unit("soundness", "a_null_matters_when_its_column_is_read")]),
    # found while writing the checks of the login
    Trap("L1", "A password policy in a file that no PAM rule calls is none.", "minlen = 12 in pwquality.conf", [
        Example("management-password-structure", "configured well, but nothing calls the module", "fail",
                "SELECT 'all' AS subject, s.value + 0 >= 8 AS pass FROM login_setting s WHERE s.key = 'minlen'", "pass")]),
    Trap("L2", "ClientAliveInterval asks whether the client's program lives, not whether somebody sits there.", "ClientAliveInterval is set", [
        Example("management-idle-sessions-end", "asks the program, not the person", "fail",
                "SELECT 'all' AS subject, count(*) > 0 AS pass FROM sshd_option o WHERE o.name = 'clientaliveinterval'", "pass")]),
    Trap("L3", "ENCRYPT_METHOD of login.defs does not count where the rule of pam_unix names another hash.", "login.defs says SHA512", [
        Example("management-password-hash-setting", "login.defs says SHA512, PAM does what its rule says", "fail",
                "SELECT 'all' AS subject, s.value = 'SHA512' AS pass FROM login_setting s WHERE s.key = 'ENCRYPT_METHOD'", "pass")]),
    Trap("L4", "An empty field in passwd lets in, whatever shadow says of that account.", "its line in shadow is locked", [
        Example("management-no-empty-passwords", "a locked line in shadow, which nothing looks at", "fail",
                "SELECT 'all' AS subject, p.state <> 'empty' AS pass FROM account_password p WHERE p.file = '/etc/shadow'", "pass")]),
]


def uncommented(text):
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
