# SPDX-License-Identifier: Apache-2.0
"""What fwupd says of a host (its Host Security ID), and which of our checks asks the same.

Every attribute that fwupd documents stands in one of the two tables: COMPARED, or NOT_COMPARED with the reason. Answers
come from fwupdtool alone, without its daemon and with the few plugins that look and do not touch. It is told where files
are, so it is asked about recorded hosts as well: their answers are laid out as a tree (lay_out), as far as fwupd reads
files. What it asks of the processor or of a device it would ask of the machine it runs on; that is not compared there.
How to have it: apt-get install --no-install-recommends fwupd. packaging/setup does not: on a fresh machine that is some
forty packages (16 MB to fetch, 50 MB installed; the half that was missing on one took 23 seconds), among them udev and
GnuPG, and the package enables a timer that asks the network, which tests have no business to do to a host."""
import json
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "hosts"))
from recording import read_recording, write_recording  # noqa: E402

# attribute: the checks, each with the subjects (a shell pattern) that are meant; the worst verdict is our answer
COMPARED = {
    "Uefi.SecureBoot": [("hardware-secure-boot", "*")],
    "Uefi.Pk": [("hardware-secure-boot-no-test-keys", "PK *")],
    "Uefi.Db.Production": [("hardware-secure-boot-no-test-keys", "db *")],
    "Tpm.Version20": [("hardware-tpm-present", "*"), ("hardware-tpm-version", "*")],
    "Tpm.ReconstructionPcr0": [("hardware-tpm-log-true", "*")],
    "Tpm.EmptyPcr": [("hardware-tpm-banks-extended", "*")],
    "Iommu": [("hardware-iommu-active", "*")],
    "PrebootDma": [("hardware-dma-protection-before-boot", "*")],
    "Kernel.Lockdown": [("hardware-lockdown", "*")],
    "Kernel.Tainted": [("hardware-modules-trusted", "*"), ("hardware-acpi-not-overridden", "*")],
    "Kernel.Swap": [("isolation-swap-encrypted", "*")],
    "EncryptedRam": [("hardware-memory-encrypted", "*")],
    "Smap": [("hardware-cpu-protections", "SMAP: *")],
    "IntelGds": [("hardware-cpu-vulnerabilities", "gather_data_sampling")],
    "IntelBootguard.Verified": [("hardware-boot-guard-verified", "*")],
    "PlatformDebugEnabled": [("hardware-debug-interface-locked", "debug interface is off")],
    "PlatformDebugLocked": [("hardware-debug-interface-locked", "debug interface is locked"),
                            ("hardware-debug-interface-locked", "security processor *")],
    "PlatformFused": [("hardware-security-processor", "fused: *")],
    "Amd.RollbackProtection": [("hardware-security-processor", "no rollback: *")],
    "Amd.SpiWriteProtection": [("hardware-security-processor", "ROM armor: *")],
    "Amd.SmmLocked": [("hardware-smm-memory-protected", "SMM is locked")],
}
COMPARED["IntelSmap"] = COMPARED["Smap"]  # older names
COMPARED["Amd.PlatformRollbackProtection"] = COMPARED["Amd.RollbackProtection"]

NOT_COMPARED = {
    "Uefi.Db": "whether db has Microsoft's certificate of 2023: without it newer boot programs do not start, and no older one is safer",
    "Uefi.Db.MsUefi": "as Uefi.Db",
    "Uefi.BootserviceVars": "whether the firmware shows variables meant for itself: attributes of all are not among the facts",
    "Uefi.NxCompat": "how the boot program was built: what runs on the host before the kernel is not read",
    "SspPolicyVars": "variables that Windows makes, against an old boot manager of Windows; the revoked list is judged",
    "FirmwareRootOfTrust": "any of several features; of Intel's IntelBootguard.Verified is compared, AMD's is not shown to the system",
    "Uefi.MemoryProtection": "what shim found about the firmware's memory attributes, which few builds of it hand on",
    "Bios.CapsuleUpdates": "servers are updated by their management controller",
    "Bios.RollbackProtection": "a setting of some makers' firmware: drivers that show it exist for desktop and mobile products only",
    "SupportedCpu": "whether fwupd has tests for this processor: says nothing of the host",
    "Cet.Enabled": "that the processor could: what the kernel makes of it is judged (hardware-kernel-control-flow)",
    "Cet.Active": "whether fwupd's own build uses shadow stacks: of QEMU no distribution is known to",
    "IntelCet.Enabled": "as Cet.Enabled", "IntelCet.Active": "as Cet.Active",
    "SuspendToRam": "a compute node does not suspend; whether it may hibernate is judged (hardware-hibernation-off)",
    "SuspendToIdle": "as SuspendToRam",
    "IntelBootguard.Enabled": "a part of what IntelBootguard.Verified asks",
    "IntelBootguard.Acm": "what happens after a failed verification: in a register of the management engine",
    "IntelBootguard.Policy": "as IntelBootguard.Acm", "IntelBootguard.Otp": "as IntelBootguard.Acm",
    "Mei.Version": "registers of the management engine change their meaning with its generation",
    "Mei.KeyManifest": "as Mei.Version", "Mei.ManufacturingMode": "as Mei.Version", "Mei.OverrideStrap": "as Mei.Version",
    "Mei.BootGuardPlatformKey": "as Mei.Version",
    "Spi.Bioswe": "locks of the flash are not among the facts", "Spi.Ble": "as Spi.Bioswe", "Spi.SmmBwp": "as Spi.Bioswe",
    "Spi.Descriptor": "as Spi.Bioswe", "IntelSpi.ProtectedRegions": "as Spi.Bioswe", "Mtd.Locked": "as Spi.Bioswe",
    "Amd.SpiReplayProtection": "guards what the firmware stores for itself; not among the facts",
    "Amd.PlatformSecureBoot": "not among what the kernel's driver of the security processor shows",
    "Amd.EntrySign": "one flaw by the version of the firmware; that microcode is not outdated is judged",
    "Coreboot.Vboot": "of laptops", "Hp.Surestart": "of laptops", "TcgOpal": "disks of the host are asked for nothing",
    "HwDiskEncryption": "as TcgOpal",
    "Fwupd.Plugins": "about fwupd itself", "Fwupd.Updates": "as Fwupd.Plugins", "Fwupd.Attestation": "as Fwupd.Plugins",
    "HostEmulation": "as Fwupd.Plugins",
}
# Those that need nothing but files, and those that ask the machine. uefi_capsule answers without being loaded.
FROM_FILES = ("acpi_dmar", "acpi_ivrs", "iommu", "linux_lockdown", "linux_swap", "linux_tainted", "pci_psp", "tpm", "uefi_db", "uefi_pk")
FROM_MACHINE = ("cpu", "msr", "pci_mei")

# What of a recording is laid out: what these plugins read, and nothing that leads them to a device.
WANTED = re.compile(r"/proc/(swaps|sys/kernel/tainted)|/sys/firmware/(efi/efivars/[^/]+|acpi/tables/(DMAR|IVRS))"
                    r"|/sys/kernel/security/(lockdown|tpm0/binary_bios_measurements)|/sys/bus/pci/devices/[^/]+/[a-z_]+")




def with_flag_of_dma(table):
    """IVRS with the bit that devices were kept from memory before the system ran (IVinfo, bit 1), and its sum right."""
    table = bytearray(table)
    table[36] ^= 2
    table[9] = (table[9] - sum(table)) & 0xff
    return bytes(table)


# Where both could be wrong alike, the opposite is asked too: paths of a recording, and what is made of their content.
TURNED_ROUND = (
    (rb"/sys/kernel/security/lockdown", lambda data: b"[none] integrity confidentiality\n"),
    (rb"/proc/sys/kernel/tainted", lambda data: b"8192\n" if data == b"0\n" else b"0\n"),
    (rb"/sys/firmware/efi/efivars/SecureBoot-.*", lambda data: data[:4] + bytes([1 - data[4]])),
    (rb"/sys/firmware/efi/efivars/PK-.*", lambda data: data.replace(b"Debian UEFI", b"DO NOT SHIP")),
    (rb"/sys/class/tpm/tpm0/pcr-sha256/0", lambda data: bytes(reversed(data.strip())) + b"\n"),
    (rb"/sys/class/tpm/tpm0/pcr-sha1/5", lambda data: b"0" * 40 + b"\n"),
    (rb"/sys/firmware/acpi/tables/IVRS", with_flag_of_dma),
    (rb"/sys/bus/pci/devices/.*/(fused_part|debug_lock_on|tsme_status|anti_rollback_status|rom_armor_enforced)",
     lambda data: b"0\n" if data == b"1\n" else b"1\n"),
)


def turn_round(snapshot, path):
    recording = read_recording(snapshot)
    for (operation, name), answers in recording.items():
        for answer in answers:
            for pattern, change in TURNED_ROUND:
                if operation == "read" and answer.data and re.fullmatch(pattern, name):
                    answer.data = change(answer.data)
            if (operation, name) == ("list", b"/sys/class/iommu"):
                answer.entries = []
    os.makedirs(os.path.dirname(path))
    with open(path, "wb") as file:
        file.write(write_recording([(question, answer) for question, answers in recording.items() for answer in answers]))


def put(root, path, data):
    os.makedirs(os.path.dirname(root + path), exist_ok=True)
    with open(root + path, "ab") as file:
        file.write(data)


def lay_out(snapshot, root):
    """The tree, and {algorithm's digits: value} of register 0 of the TPM. What the kernel has for every device (uevent,
    subsystem, driver) is added where nobody asked for it."""
    registers = {}
    for (operation, path), answers in read_recording(snapshot).items():
        path, answer = os.fsdecode(path), answers[0]
        register = re.fullmatch(r"/sys/class/tpm/tpm0/pcr-[a-z0-9]+/(\d+)", path)
        if answer.error:
            continue
        if operation == "read" and WANTED.fullmatch(path):
            put(root, path, answer.data)
        elif operation == "read" and register:
            # As a TPM 1.2 shows them, which fwupd reads from a file; it takes SHA-1 and SHA-256 there.
            put(root, "/sys/class/tpm/tpm0/pcrs", f"PCR-{int(register[1]):02}: ".encode() + answer.data)
            if register[1] == "0":
                value = answer.data.decode().strip().lower()
                registers[len(value)] = value
        elif operation == "list" and path == "/sys/class/iommu":
            for entry in answer.entries:
                put(root, f"{path}/{os.fsdecode(entry[1])}/uevent", b"")
    for folder, subsystem in (("/sys/class/iommu", "/sys/class/iommu"), ("/sys/bus/pci/devices", "/sys/bus/pci")):
        for name in os.listdir(root + folder) if os.path.isdir(root + folder) else ():
            os.symlink(root + subsystem, f"{root}{folder}/{name}/subsystem")
            put(root, f"{folder}/{name}/uevent", b"")
            with open(f"{root}{folder}/{name}/uevent", encoding="utf-8") as file:
                driver = re.search(r"^DRIVER=(\S+)$", file.read(), re.M)
            if driver:
                os.makedirs(f"{root}/sys/bus/pci/drivers/{driver[1]}", exist_ok=True)
                os.symlink(f"{root}/sys/bus/pci/drivers/{driver[1]}", f"{root}{folder}/{name}/driver")
    return registers


def fwupdtool(verb, plugins, work, root=None):
    """Its JSON, or None. What it writes (caches, history, a lock) goes to the folder `work`, never to the host."""
    environment = {**os.environ, "LC_ALL": "C"}
    for name in ("STATE_DIRECTORY", "CACHE_DIRECTORY", "FWUPD_LOCALSTATEDIR", "FWUPD_LOCKDIR"):
        environment[name] = os.path.join(work, "fwupd-" + name.lower())
        os.makedirs(environment[name], exist_ok=True)
    if root:
        below = {"SYSFSDIR": "sys", "SYSFSFWDIR": "sys/firmware", "SYSFSTPMDIR": "sys/class/tpm", "SYSFSDMIDIR": "sys/class/dmi/id",
                 "SYSFSDRIVERDIR": "sys/bus/platform/drivers", "SYSFSSECURITYDIR": "sys/kernel/security",
                 "ACPITABLESDIR": "sys/firmware/acpi/tables", "SYSFSFWATTRIBDIR": "sys/class/firmware-attributes",
                 "PROCFS": "proc", "DEVFS": "dev", "HOSTFS_ROOT": "", "HOSTFS_BOOT": "boot"}
        environment.update({"FWUPD_" + name: os.path.join(root, path) for name, path in below.items()})
    options = [word for plugin in plugins for word in ("--plugins", plugin)]
    try:
        text = subprocess.run(["fwupdtool", verb, "--json", *options], capture_output=True, text=True, check=False, timeout=60,
                              stdin=subprocess.DEVNULL, env=environment).stdout
        return json.loads(text)
    except (subprocess.TimeoutExpired, ValueError):
        return None


def attributes(plugins, work, root=None):
    """{attribute: pass, fail or inconclusive}, or None when it did not answer."""
    found = fwupdtool("security", plugins, work, root)
    if not found or "SecurityAttributes" not in found:
        return None
    answers = {}
    for one in found["SecurityAttributes"]:
        flags, name = one.get("Flags", []), one["AppstreamId"].removeprefix("org.fwupd.hsi.")
        if one.get("Plugin") in (*plugins, "uefi_capsule") or name in NOT_COMPARED:
            answers[name] = "pass" if "success" in flags else "inconclusive" if "missing-data" in flags else "fail"
            if name == "Kernel.Swap" and one.get("HsiResult") == "not-valid":
                answers[name] = "inconclusive"  # it could not make sense of the list
    return answers


def of_machine(work):
    return attributes(FROM_FILES + FROM_MACHINE, work)


def can_be_told_where(work):
    """Or else, before version 2, it would answer about the machine it runs on: here of a tree without IOMMU, and one with."""
    answers = []
    for name in ("without", "with"):
        root = os.path.join(work, "fwupd-tree-" + name)
        os.makedirs(root)
        if name == "with":
            put(root, "/sys/class/iommu/dmar0/uevent", b"")
            os.symlink(root + "/sys/class/iommu", root + "/sys/class/iommu/dmar0/subsystem")
        answers.append((attributes(("iommu",), work, root) or {}).get("Iommu"))
    return answers == ["fail", "pass"]


def vendor(text):
    return (re.findall(r"^vendor_id\s*:\s*(\S+)", text, re.M) or [""])[0]


def of_recording(snapshot, work):
    root = os.path.join(work, "fwupd-root-" + os.path.basename(os.path.dirname(snapshot)))
    os.makedirs(root)
    registers = lay_out(snapshot, root)
    answers = attributes(FROM_FILES, work, root)
    if answers is None:
        return None
    # Which table it reads depends on the processor it runs on.
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        here = vendor(file.read())
    recorded = read_recording(snapshot)[("read", b"/proc/cpuinfo")][0].data.decode(errors="replace")
    if vendor(recorded) != here:
        answers.pop("PrebootDma", None)
    if answers.get("EncryptedRam") == "fail":
        answers.pop("EncryptedRam")  # the security processor does not encrypt; whether the kernel does is asked of the processor
    if registers:
        # It wants every register that its reading of the log gives to be the TPM's. A TPM 2.0 it asks over its device,
        # so its version is not compared, and of its reading the values are taken.
        answers.pop("Tpm.Version20", None)
        metadata = json.dumps(fwupdtool("get-report-metadata", ["tpm"], work, root))
        computed = re.findall(r"PCR0: ([0-9a-f]+)", metadata)
        answers.pop("Tpm.ReconstructionPcr0", None)
        if computed:
            answers["Tpm.ReconstructionPcr0"] = "pass" if all(registers.get(len(c)) == c for c in computed) else "fail"
    return answers
