-- SPDX-License-Identifier: Apache-2.0
--
-- The facts of one host. Rules:
--   * every table and column carries a one-line comment; `gvnp-audit list tables` prints them;
--   * NULL means "could not be read" and nothing else, so a column is NOT NULL unless that can happen
--     (or unless collectors may be refused); absent is '' or 0, as documented, or no row;
--   * enumerated columns have a CHECK list; a value outside it never gets in;
--   * the object of a row is its single-column primary key, else its first REFERENCES column;
--     holes and `per:` checks speak of objects. REFERENCES is documentation for the engine, foreign
--     keys are not enforced: a VM that vanished may leave rows behind.
--   * booleans are 0 or 1; sizes are bytes unless the name says _kib; times are seconds since epoch.

-- ---------------------------------------------------------------- the run itself

CREATE TABLE hole ( -- what could not be collected, and whose it is
	table_name TEXT NOT NULL, -- the incomplete table
	column_name TEXT NOT NULL, -- the column, '' for all of them
	object TEXT NOT NULL, -- the object it belongs to, '' for the whole table
	problem TEXT NOT NULL, -- why, in words
	UNIQUE (table_name, column_name, object, problem)
);
CREATE TABLE observation ( -- every request made: the trace that the tool ran
	source TEXT NOT NULL, -- operation and path or call
	size INTEGER NOT NULL, -- bytes answered
	sha256 TEXT NOT NULL, -- of the bytes answered, '' when there were none
	error INTEGER NOT NULL -- 0, errno, or a code of source.h
);
CREATE TABLE host ( -- one row: the machine and its operating system
	id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
	boot_id TEXT, -- /proc/sys/kernel/random/boot_id
	machine_id_digest TEXT, -- SHA-256 of /etc/machine-id; '' when the file is absent
	architecture TEXT, -- machine as uname prints it: x86_64, aarch64, …
	kernel_release TEXT, -- as uname -r
	kernel_version TEXT, -- as uname -v
	os_id TEXT, -- ID of os-release: debian, ubuntu, rhel, …; '' when absent
	os_version TEXT, -- VERSION_ID of os-release; '' when absent
	os_name TEXT, -- PRETTY_NAME of os-release; '' when absent
	is_virtual INTEGER CHECK (is_virtual IN (0, 1)), -- this host is itself a VM
	virtualization TEXT, -- who virtualises it, as seen in DMI or CPU flags; '' on bare metal
	init TEXT, -- name of process 1
	time INTEGER NOT NULL, -- the time of the run, seconds since the epoch
	uptime INTEGER -- seconds since boot, to turn process start times into dates
);
CREATE TABLE dmi ( -- one row: SMBIOS identity of the machine
	id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
	sys_vendor TEXT, -- system manufacturer; '' when absent
	product_name TEXT, -- system product; '' when absent
	board_name TEXT, -- base board product; '' when absent
	bios_vendor TEXT, -- firmware vendor; '' when absent
	bios_version TEXT, -- firmware version; '' when absent
	bios_date TEXT, -- firmware date as printed, MM/DD/YYYY; '' when absent
	chassis_type TEXT -- SMBIOS chassis type number; '' when absent
);

-- ---------------------------------------------------------------- kernel

CREATE TABLE sysctl ( -- running value of each sysctl that a loaded check names; absent: no row
	name TEXT PRIMARY KEY NOT NULL, -- dotted: kernel.kptr_restrict
	value TEXT -- as the kernel prints it, trimmed
);
CREATE TABLE sysctl_configured ( -- every assignment in sysctl.conf and sysctl.d, in order of effect
	position INTEGER PRIMARY KEY, -- later wins
	name TEXT NOT NULL, -- dotted, '-' prefix removed
	value TEXT NOT NULL, -- as written, trimmed
	file TEXT NOT NULL, -- where
	line INTEGER NOT NULL -- line of the file
);
CREATE TABLE kernel_parameter ( -- the kernel command line the machine was booted with
	position INTEGER PRIMARY KEY, -- from 0, left to right; what follows '--' is for process 1 and not here
	name TEXT NOT NULL, -- before '='; '-' and '_' kept as written
	value TEXT NOT NULL -- after '=', unquoted; '' when there is none
);
CREATE TABLE mitigation_word ( -- the words of every mitigations= on the command line: what one switches off, a later one does not switch on again
	word TEXT PRIMARY KEY NOT NULL, -- auto, off, nosmt, no_guest_host, …
	is_known INTEGER NOT NULL CHECK (is_known IN (0, 1)) -- the kernel documents this word
);
CREATE TABLE kernel_config ( -- build option of the running kernel that a loaded check names
	name TEXT PRIMARY KEY NOT NULL, -- CONFIG_…
	value TEXT NOT NULL -- y, m, n ("is not set"), or the text or number; absent: no row
);
CREATE TABLE module ( -- loaded modules
	name TEXT PRIMARY KEY NOT NULL, -- with underscores
	state TEXT NOT NULL, -- Live, Loading, Unloading
	taint TEXT NOT NULL -- letters the kernel prints for it, '' for none
);
CREATE TABLE module_parameter ( -- /sys/module/MODULE/parameters/NAME that a loaded check names
	name TEXT PRIMARY KEY NOT NULL, -- module.parameter; absent: no row
	value TEXT -- as printed, trimmed
);
CREATE TABLE module_option ( -- options and blacklists of modprobe.d
	position INTEGER PRIMARY KEY, -- in order of reading
	module TEXT NOT NULL, -- module name as written, with underscores
	kind TEXT NOT NULL CHECK (kind IN ('option', 'blacklist', 'install')), -- which directive
	name TEXT NOT NULL, -- parameter of an option, '' otherwise
	value TEXT NOT NULL, -- its value, the command of an install, '' otherwise
	file TEXT NOT NULL, -- where
	line INTEGER NOT NULL -- line of the file
);
CREATE TABLE taint ( -- bits of /proc/sys/kernel/tainted that are set
	bit INTEGER PRIMARY KEY NOT NULL, -- bit number, kernel documentation "tainted kernels"
	letter TEXT NOT NULL -- the letter the kernel prints for it, '?' when not known
);
CREATE TABLE lsm ( -- active Linux security modules
	name TEXT PRIMARY KEY NOT NULL, -- apparmor, selinux, lockdown, …
	position INTEGER NOT NULL -- order of evaluation
);
CREATE TABLE security ( -- one row: state of the security modules
	id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
	lockdown TEXT CHECK (lockdown IN ('none', 'integrity', 'confidentiality', 'absent')), -- selected mode; absent: kernel without it
	selinux TEXT CHECK (selinux IN ('absent', 'permissive', 'enforcing')), -- /sys/fs/selinux/enforce
	apparmor TEXT CHECK (apparmor IN ('absent', 'disabled', 'enabled')) -- /sys/module/apparmor/parameters/enabled
);
CREATE TABLE apparmor_profile ( -- loaded AppArmor profiles
	name TEXT PRIMARY KEY NOT NULL, -- profile name
	mode TEXT NOT NULL -- enforce, complain, kill, unconfined, …
);
CREATE TABLE apparmor_rule ( -- rules of the policy files that VMs' profiles are made of, where AppArmor is enabled; patterns and variables as written
	position INTEGER PRIMARY KEY NOT NULL, -- in order of reading
	file TEXT NOT NULL, -- where
	line INTEGER NOT NULL, -- line of the file
	kind TEXT NOT NULL CHECK (kind IN ('file', 'capability', 'network', 'mount', 'remount', 'umount', 'pivot_root', 'ptrace',
		'signal', 'dbus', 'unix', 'change_profile', 'userns', 'io_uring', 'rlimit', 'set', 'all', 'include', 'profile', 'other')), -- what it is about; profile: the head of one
	is_denied INTEGER NOT NULL CHECK (is_denied IN (0, 1)), -- deny
	path TEXT NOT NULL, -- of a file rule; '' otherwise
	permissions TEXT NOT NULL, -- of a file rule: rwk, rmix, …; '' otherwise
	detail TEXT NOT NULL -- the rest of other rules (names of capabilities, what is included), flags of a profile; '' when none
);
CREATE TABLE selinux ( -- one row where SELinux is active, else none
	id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
	has_categories INTEGER CHECK (has_categories IN (0, 1)), -- the policy has MLS or MCS: /sys/fs/selinux/mls
	trusts_requested INTEGER CHECK (trusts_requested IN (0, 1)) -- /sys/fs/selinux/checkreqprot: memory is checked by what a program asks for and not by what it gets
);
CREATE TABLE selinux_boolean ( -- booleans virt_* and deny_ptrace of the SELinux policy, those the policy has
	name TEXT PRIMARY KEY NOT NULL, -- virt_use_nfs, …
	is_on INTEGER CHECK (is_on IN (0, 1)) -- in force now
);
CREATE TABLE cgroup_layout ( -- one row: how control groups are mounted
	id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
	layout TEXT NOT NULL CHECK (layout IN ('unified', 'legacy', 'hybrid', 'none')), -- v2 only, v1 only, both, nothing
	unified_mount TEXT NOT NULL -- where cgroup2 is mounted, '' when it is not
);
CREATE TABLE cgroup_controller ( -- resource controllers of the kernel
	name TEXT PRIMARY KEY NOT NULL, -- cpu, memory, devices, …
	version INTEGER NOT NULL CHECK (version IN (0, 1, 2)), -- hierarchy it is bound to, 0 when to none
	mount TEXT NOT NULL, -- its mount point, '' when none
	is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)) -- not disabled at boot
);
CREATE TABLE mount ( -- mounts of process 1
	id INTEGER PRIMARY KEY NOT NULL, -- mount id
	mountpoint TEXT NOT NULL, -- where
	root TEXT NOT NULL, -- which part of the file system
	device TEXT NOT NULL, -- major:minor
	filesystem TEXT NOT NULL, -- type: ext4, tmpfs, …
	source TEXT NOT NULL, -- device or name
	options TEXT NOT NULL, -- per-mount options, comma-separated
	super_options TEXT NOT NULL -- options of the file system, comma-separated
);
CREATE TABLE swap ( -- active swap areas
	device TEXT PRIMARY KEY NOT NULL, -- path
	kind TEXT NOT NULL, -- partition or file
	size_kib INTEGER NOT NULL, -- size
	used_kib INTEGER NOT NULL, -- in use
	encryption TEXT CHECK (encryption IN ('none', 'dm-crypt', 'zram')) -- what keeps it from reaching a disk in clear
);
CREATE TABLE block_device ( -- block devices
	device TEXT PRIMARY KEY NOT NULL, -- major:minor
	name TEXT NOT NULL, -- sda1, dm-0, nvme0n1
	scsi TEXT NOT NULL -- host:bus:target:unit of a SCSI disk, '' of others
);
CREATE TABLE block_device_base ( -- what each stands on: a partition on its disk, device mapper (LVM, encryption, multipath), md and bcache on what the kernel lists; what a loop device's file lies on is not followed
	device TEXT NOT NULL REFERENCES block_device (device), -- which
	base TEXT NOT NULL, -- major:minor of a device directly below it
	PRIMARY KEY (device, base)
) WITHOUT ROWID;
CREATE TABLE host_storage ( -- block devices that file systems of process 1 and swap areas lie on
	device TEXT NOT NULL, -- major:minor; '' when the file system does not tell (zfs, bcachefs)
	use TEXT NOT NULL CHECK (use IN ('mount', 'swap')), -- for what
	place TEXT NOT NULL, -- first mount point, swap device, or 'btrfs ' and the file system's uuid
	PRIMARY KEY (device, use, place)
) WITHOUT ROWID;
CREATE TABLE memory ( -- one row: main memory
	id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
	total_kib INTEGER NOT NULL, -- MemTotal
	available_kib INTEGER NOT NULL, -- MemAvailable
	swap_total_kib INTEGER NOT NULL, -- SwapTotal
	hugetlb_kib INTEGER NOT NULL -- memory reserved for huge pages of all sizes
);
CREATE TABLE ksm ( -- one row: kernel same-page merging
	id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
	is_built INTEGER NOT NULL CHECK (is_built IN (0, 1)), -- the kernel has it
	run INTEGER, -- 0 stopped (pages stay merged), 1 running, 2 unmerged; 0 when not built
	pages_shared INTEGER, -- pages kept by merging; 0 when not built
	pages_sharing INTEGER -- further users of those pages; 0 when not built
);
CREATE TABLE hugepage_pool ( -- huge page pools of the whole host
	size_kib INTEGER PRIMARY KEY NOT NULL, -- page size
	total INTEGER NOT NULL, -- nr_hugepages
	free INTEGER NOT NULL -- free_hugepages
);

-- ---------------------------------------------------------------- processors

CREATE TABLE cpu_set ( -- every distinct set of processors, stored once
	id INTEGER PRIMARY KEY NOT NULL, -- number of the set
	list TEXT NOT NULL UNIQUE -- canonical list: 0-3,8; '' for the empty set
);
CREATE TABLE cpu_set_member ( -- processors of each set
	cpu_set INTEGER NOT NULL REFERENCES cpu_set (id), -- the set
	cpu INTEGER NOT NULL, -- processor number
	PRIMARY KEY (cpu_set, cpu)
) WITHOUT ROWID;
CREATE TABLE cpu ( -- logical processors that are online
	cpu INTEGER PRIMARY KEY NOT NULL, -- number
	package INTEGER, -- physical_package_id, -1 when the kernel does not know
	core INTEGER, -- core_id, -1 when the kernel does not know
	siblings INTEGER, -- cpu_set of its SMT siblings, itself included
	node INTEGER, -- NUMA node, 0 without NUMA
	vendor TEXT NOT NULL, -- vendor_id, or implementer on arm64; '' when not printed
	family INTEGER NOT NULL, -- cpu family, 0 when not printed
	model INTEGER NOT NULL, -- model number, CPU part on arm64; 0 when not printed
	stepping INTEGER NOT NULL, -- stepping, variant * 16 + revision on arm64; 0 when not printed
	model_name TEXT NOT NULL, -- model name; '' when not printed
	microcode TEXT NOT NULL -- revision as printed (0x…), '' where the architecture has none
);
CREATE TABLE cpu_cache ( -- level-2 caches; one row with the empty set when the kernel does not show caches
	cpus INTEGER PRIMARY KEY NOT NULL, -- cpu_set that shares it
	cores INTEGER NOT NULL -- physical cores among them; 0 when the kernel does not show caches
);
CREATE TABLE cpu_flag ( -- flags (features on arm64) that every online processor has
	name TEXT PRIMARY KEY NOT NULL -- vmx, svm, smep, hypervisor, …
);
CREATE TABLE cpu_bug ( -- the "bugs" line of /proc/cpuinfo, union over processors
	name TEXT PRIMARY KEY NOT NULL -- spectre_v2, srso, …
);
CREATE TABLE smt ( -- one row: simultaneous multithreading
	id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
	control TEXT, -- on, off, forceoff, notsupported, notimplemented; '' without the file
	is_active INTEGER CHECK (is_active IN (0, 1)) -- sibling threads are online
);
CREATE TABLE cpu_vulnerability ( -- files of /sys/devices/system/cpu/vulnerabilities
	name TEXT PRIMARY KEY NOT NULL, -- file name
	raw TEXT -- the line, trimmed
);
CREATE TABLE cpu_vulnerability_token ( -- the line split at "; " and ", " outside known phrases
	vulnerability TEXT NOT NULL REFERENCES cpu_vulnerability (name), -- file name
	position INTEGER NOT NULL, -- from 0
	name TEXT NOT NULL, -- before ": " (Mitigation, KVM, SMT, VMX, IBPB, BHI, …), '' when none
	value TEXT NOT NULL, -- the rest
	PRIMARY KEY (vulnerability, position)
);
CREATE TABLE numa_node ( -- NUMA nodes
	node INTEGER PRIMARY KEY NOT NULL, -- number
	cpus INTEGER NOT NULL, -- cpu_set
	memory_kib INTEGER NOT NULL -- MemTotal of the node
);

-- ---------------------------------------------------------------- firmware and devices

CREATE TABLE firmware ( -- one row: how the machine was booted
	id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
	boot TEXT CHECK (boot IN ('uefi', 'bios', 'device-tree', 'none')), -- none: no firmware interface at all (microVM)
	secure_boot INTEGER CHECK (secure_boot IN (0, 1)), -- EFI variable SecureBoot; 0 when not UEFI
	setup_mode INTEGER CHECK (setup_mode IN (0, 1)), -- EFI variable SetupMode; 0 when not UEFI
	shim_validation_disabled INTEGER CHECK (shim_validation_disabled IN (0, 1)) -- MokSBStateRT is 1
);
CREATE TABLE tpm ( -- TPM devices; none: no row
	device TEXT PRIMARY KEY NOT NULL, -- tpm0
	version_major INTEGER, -- 1 or 2
	description TEXT, -- device/description, '' when absent
	banks TEXT -- PCR banks sysfs shows, comma-separated; '' when none
);
CREATE TABLE tpm_log ( -- the firmware's log of what it measured, one row a TPM
	tpm TEXT PRIMARY KEY NOT NULL REFERENCES tpm(device), -- its TPM
	format TEXT NOT NULL CHECK (format IN ('sha1', 'crypto-agile', 'absent')), -- of the log; absent: the kernel has none
	events INTEGER NOT NULL -- how many
);
CREATE TABLE tpm_pcr ( -- PCRs 0 to 7, the firmware's, in every active bank; no row: the kernel does not show them
	tpm TEXT NOT NULL REFERENCES tpm(device), -- its TPM
	bank TEXT NOT NULL, -- sha1, sha256, sha384, …
	number INTEGER NOT NULL, -- 0 to 7
	value TEXT, -- hexadecimal, lower case
	replayed TEXT, -- value computed from the log; '' when there is no log or it does not cover the bank
	PRIMARY KEY (tpm, bank, number)
);
CREATE TABLE tpm_event ( -- events of the log, the first 4096
	tpm TEXT NOT NULL REFERENCES tpm(device), -- its TPM
	position INTEGER NOT NULL, -- in the log
	pcr INTEGER NOT NULL, -- that was extended
	kind TEXT NOT NULL, -- EV_SEPARATOR, …; 0x%08x when it has no name here
	text TEXT NOT NULL, -- of an action its words, of a variable its name, of the boot loader the beginning; else ''
	value INTEGER NOT NULL, -- of a variable of one byte that byte; else -1
	is_genuine INTEGER NOT NULL CHECK (is_genuine IN (0, 1)), -- the digest that was extended is that of the logged data
	PRIMARY KEY (tpm, position)
);
CREATE TABLE secure_boot_list ( -- key and revocation lists of UEFI Secure Boot and of shim that exist
	name TEXT PRIMARY KEY NOT NULL CHECK (name IN ('PK', 'KEK', 'db', 'dbx', 'MokList', 'MokListX')), -- platform key, key exchange keys, allowed, revoked, shim's own two
	attributes INTEGER NOT NULL, -- EFI variable attributes
	size INTEGER NOT NULL, -- bytes, without the attributes
	entries INTEGER, -- certificates, digests and others
	certificates INTEGER, -- X.509
	digests INTEGER -- SHA-256 of one image each
);
CREATE TABLE secure_boot_certificate ( -- X.509 certificates in these lists
	list TEXT NOT NULL REFERENCES secure_boot_list(name), -- the list
	position INTEGER NOT NULL, -- among the certificates of the list
	owner TEXT NOT NULL, -- GUID of who enrolled it
	sha256 TEXT NOT NULL, -- of the certificate
	subject TEXT, -- as RFC 4514 writes it
	issuer TEXT, -- as RFC 4514 writes it
	not_after INTEGER, -- seconds since the epoch; firmware does not look at it
	PRIMARY KEY (list, position)
);
CREATE TABLE sbat_revocation ( -- SBAT level shim enforces (SbatLevelRT); none: no row
	component TEXT PRIMARY KEY NOT NULL, -- sbat, shim, grub, grub.debian, …
	generation INTEGER NOT NULL, -- the lowest that may still start
	date TEXT NOT NULL -- of the component sbat: YYYYMMDDNN of the revocations; else ''
);
CREATE TABLE boot_entry ( -- UEFI boot entries (Boot####)
	number INTEGER PRIMARY KEY NOT NULL, -- of the entry
	position INTEGER, -- in BootOrder, from 0; -1 when not in it
	is_current INTEGER CHECK (is_current IN (0, 1)), -- the running system was started by it
	is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)), -- LOAD_OPTION_ACTIVE
	is_application INTEGER NOT NULL CHECK (is_application IN (0, 1)), -- a tool of the firmware, not tried by itself
	device TEXT NOT NULL CHECK (device IN ('other', 'disk', 'firmware', 'cdrom', 'network', 'usb', 'floppy')), -- what its device path leads to
	description TEXT NOT NULL, -- as the firmware's menu shows it
	file TEXT NOT NULL -- path of the program, or GUID of a file in the firmware; '' when none
);
CREATE TABLE firmware_resource ( -- entries of the EFI System Resource Table: firmware that takes updates
	entry TEXT PRIMARY KEY NOT NULL, -- entry0
	fw_class TEXT, -- GUID
	fw_type INTEGER, -- 0 unknown, 1 system, 2 device, 3 UEFI driver
	fw_version INTEGER, -- installed
	lowest_supported_fw_version INTEGER, -- older ones are refused
	last_attempt_version INTEGER, -- that the last update tried
	last_attempt_status INTEGER -- 0: it succeeded, or there was none
);
CREATE TABLE usb_bus ( -- USB buses
	name TEXT PRIMARY KEY NOT NULL, -- usb1
	authorized_default INTEGER -- 0 no new device is let in, 1 every one, 2 internal ones
);
CREATE TABLE usb_network ( -- network interfaces that hang on USB
	name TEXT PRIMARY KEY NOT NULL, -- usb0
	device TEXT NOT NULL -- where it hangs, link target in /sys/class/net
);
CREATE TABLE ima ( -- one row: the kernel's integrity measurement
	id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
	is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)), -- the kernel has it
	measurements INTEGER, -- entries of its list; 1 (the boot aggregate) without a policy
	violations INTEGER -- files that were written while measured
);
CREATE TABLE hibernation ( -- one row: can the memory be written to disk and read back
	id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
	state TEXT NOT NULL CHECK (state IN ('offered', 'not-offered', 'locked-down')) -- locked-down: lockdown forbids it
);
CREATE TABLE iommu ( -- active IOMMU units: /sys/class/iommu
	name TEXT PRIMARY KEY NOT NULL -- dmar0, ivhd0, smmu3.…
);
CREATE TABLE iommu_group ( -- IOMMU groups
	number INTEGER PRIMARY KEY NOT NULL, -- group number
	type TEXT -- DMA, DMA-FQ, identity, blocked, auto; '' when the kernel does not show it
);
CREATE TABLE pci_device ( -- PCI functions
	address TEXT PRIMARY KEY NOT NULL, -- 0000:00:1f.2
	class TEXT NOT NULL, -- 0x020000
	vendor TEXT NOT NULL, -- 0x8086
	device TEXT NOT NULL, -- 0x1533
	driver TEXT NOT NULL, -- bound driver, '' when none
	iommu_group INTEGER, -- group number, -1 when in none
	physical_function TEXT NOT NULL, -- address of its PF when this is a VF, '' otherwise
	is_resettable INTEGER CHECK (is_resettable IN (0, 1)), -- the kernel knows a way to reset it
	reset_methods TEXT, -- flr, pm, bus, … in the order tried; '' when none, or before Linux 5.15
	vfio_device TEXT -- vfioN, its own node in /dev/vfio/devices; '' when it has none
);
CREATE TABLE security_processor ( -- AMD security processors that the driver ccp drives: 1 yes, 0 no, -1 it does not report this
	address TEXT PRIMARY KEY NOT NULL, -- PCI function
	is_fused INTEGER, -- fused against tampering: it starts signed firmware only
	is_debug_locked INTEGER, -- debugging is locked
	encrypts_memory INTEGER, -- transparent encryption of all memory (TSME) is on
	refuses_rollback INTEGER, -- older firmware is refused
	guards_flash INTEGER -- ROM armor: it alone writes the firmware's flash
);
CREATE TABLE intel_register ( -- registers in which firmware locks an Intel processor (MSRs); no row: this processor does not have it
	cpu INTEGER NOT NULL REFERENCES cpu (cpu), -- whose
	name TEXT NOT NULL CHECK (name IN ('feature_control', 'mtrr_capability', 'arch_capabilities', 'boot_guard', 'smrr_mask', 'lock_memory', 'tme_activate', 'debug_interface')), -- which; numbers in src/source/msr.c
	value INTEGER, -- its 64 bits
	PRIMARY KEY (cpu, name)
) WITHOUT ROWID;
CREATE TABLE amd_register ( -- the same of an AMD processor
	cpu INTEGER NOT NULL REFERENCES cpu (cpu), -- whose
	name TEXT NOT NULL CHECK (name IN ('syscfg', 'hwcr', 'smm_mask', 'vm_cr')), -- which; numbers in src/source/msr.c
	value INTEGER, -- its 64 bits
	PRIMARY KEY (cpu, name)
) WITHOUT ROWID;
CREATE TABLE memory_controller ( -- memory controllers with an EDAC driver; no row: nobody counts errors
	name TEXT PRIMARY KEY NOT NULL, -- mc0
	driver TEXT, -- what the driver calls it; '' when not printed
	corrected INTEGER, -- errors corrected since boot
	uncorrected INTEGER -- errors that were not
);
CREATE TABLE memory_module ( -- memory modules of these controllers
	controller TEXT NOT NULL REFERENCES memory_controller (name), -- whose
	name TEXT NOT NULL, -- dimm0, rank0
	label TEXT, -- where it sits; '' when not known
	correction TEXT, -- None, SECDED, S4ECD4ED, …; Unknown; '' when not printed
	type TEXT, -- Registered-DDR4, …; '' when not printed
	PRIMARY KEY (controller, name)
) WITHOUT ROWID;
CREATE TABLE machine_check ( -- one row: how the kernel handles machine checks; none: not x86, or switched off
	id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
	ignores_corrected INTEGER CHECK (ignores_corrected IN (0, 1)), -- ignore_ce: corrected errors are not looked at
	hides_corrected INTEGER CHECK (hides_corrected IN (0, 1)), -- dont_log_ce: corrected errors are not logged
	polls_only INTEGER CHECK (polls_only IN (0, 1)) -- cmci_disabled: corrected errors raise no interrupt, they are polled for
);
CREATE TABLE iommu_firmware ( -- what the firmware says about its IOMMUs: what could be, not what is in use; no row: nothing (arm64 says it in another table)
	acpi_table TEXT PRIMARY KEY NOT NULL CHECK (acpi_table IN ('DMAR', 'IVRS')), -- Intel's or AMD's
	units INTEGER NOT NULL, -- IOMMU units described
	protects_boot INTEGER NOT NULL CHECK (protects_boot IN (0, 1)), -- devices were kept from memory before the kernel ran (DMA_CTRL_PLATFORM_OPT_IN, IVinfo bit 1)
	offers_interrupt_remapping INTEGER NOT NULL CHECK (offers_interrupt_remapping IN (0, 1)), -- DMAR: INTR_REMAP; AMD's always do
	refuses_x2apic INTEGER NOT NULL CHECK (refuses_x2apic IN (0, 1)) -- DMAR: X2APIC_OPT_OUT
);
CREATE TABLE iommu_firmware_memory ( -- memory that the firmware lets devices reach at all times (RMRR, IVMD)
	position INTEGER PRIMARY KEY NOT NULL, -- from 0
	acpi_table TEXT NOT NULL CHECK (acpi_table IN ('DMAR', 'IVRS')), -- where it is said
	start TEXT NOT NULL, -- first address, 0x…
	size_kib INTEGER NOT NULL, -- length
	devices TEXT NOT NULL -- which: addresses with a blank between; a device behind bridges as the path to it; first-last of a range; all
);
CREATE TABLE interrupt ( -- lines of /proc/interrupts that belong to a device
	irq TEXT PRIMARY KEY NOT NULL, -- number
	chip TEXT NOT NULL, -- IR-PCI-MSI, IO-APIC, ITS-MSI, …
	action TEXT NOT NULL -- names of the handlers
);

-- ---------------------------------------------------------------- files, users, sockets, processes

CREATE TABLE file ( -- metadata of each path that a loaded check names; absent: no row
	path TEXT PRIMARY KEY NOT NULL, -- as named
	type TEXT NOT NULL CHECK (type IN ('regular', 'directory', 'character', 'block', 'fifo', 'socket', 'link')), -- after following links
	mode INTEGER NOT NULL, -- permission bits, decimal of 07777
	uid INTEGER NOT NULL, -- owner
	gid INTEGER NOT NULL, -- group
	modified INTEGER NOT NULL -- mtime
);
CREATE TABLE user ( -- local accounts: /etc/passwd
	name TEXT PRIMARY KEY NOT NULL, -- login name
	uid INTEGER NOT NULL, -- user id
	gid INTEGER NOT NULL, -- primary group
	home TEXT NOT NULL, -- home directory
	shell TEXT NOT NULL -- login shell
);
CREATE TABLE user_group ( -- local groups: /etc/group
	name TEXT PRIMARY KEY NOT NULL, -- group name
	gid INTEGER NOT NULL -- group id
);
CREATE TABLE user_group_member ( -- who is in a group, by /etc/group or as primary group
	user_group TEXT NOT NULL REFERENCES user_group (name), -- group name
	user TEXT NOT NULL, -- login name
	PRIMARY KEY (user_group, user)
);
CREATE TABLE account_password ( -- what stands in the place of a password, in shadow and in passwd; a passwd line that leads to shadow has no row
	position INTEGER PRIMARY KEY, -- in order of reading
	account TEXT NOT NULL, -- login name
	file TEXT NOT NULL CHECK (file IN ('/etc/passwd', '/etc/shadow')), -- where
	state TEXT NOT NULL CHECK (state IN ('set', 'empty', 'locked')), -- empty: none is asked for; locked: no password fits, though a hash may stand behind a '!'
	scheme TEXT NOT NULL, -- of the hash as crypt(5) names it: y, gy, 7, 2b, 6, 5, 1, …; des for the oldest; '' for no hash
	changed INTEGER NOT NULL, -- day of the last change since 1970, 0: at the next login; -1 not said
	most_days INTEGER NOT NULL -- it must be changed after so many days; -1 not said
);
CREATE TABLE group_password ( -- the same of groups, in group and gshadow
	position INTEGER PRIMARY KEY, -- in order of reading
	user_group TEXT NOT NULL, -- group name
	file TEXT NOT NULL CHECK (file IN ('/etc/group', '/etc/gshadow')), -- where
	is_set INTEGER NOT NULL CHECK (is_set IN (0, 1)) -- whoever knows it joins the group
);
CREATE TABLE pam_rule ( -- PAM rules of passwd, login, sshd, su and sudo, with what they include
	position INTEGER PRIMARY KEY, -- in order of reading
	service TEXT NOT NULL CHECK (service IN ('passwd', 'login', 'sshd', 'su', 'sudo')), -- whose
	type TEXT NOT NULL, -- auth, account, password, session
	control TEXT NOT NULL, -- required, sufficient, [success=1 default=ignore], …
	module TEXT NOT NULL, -- file name: pam_unix.so
	file TEXT NOT NULL, -- where
	line INTEGER NOT NULL -- line of the file
);
CREATE TABLE pam_argument ( -- arguments of those rules
	position INTEGER PRIMARY KEY, -- in order of reading; of two with one name the later counts
	rule INTEGER NOT NULL REFERENCES pam_rule (position), -- whose
	name TEXT NOT NULL, -- before the '='
	value TEXT NOT NULL -- behind it; '' when there is none
);
CREATE TABLE login_setting ( -- assignments in files that rule the login
	position INTEGER PRIMARY KEY, -- in order of reading: the last one of a key counts
	source TEXT NOT NULL CHECK (source IN ('login.defs', 'pwquality', 'faillock', 'pwhistory', 'shell')), -- shell: /etc/profile, profile.d and bashrc
	key TEXT NOT NULL, -- as spelt; of shell files TMOUT alone
	value TEXT NOT NULL, -- as written; '' for a word by itself, or unset
	file TEXT NOT NULL, -- where
	line INTEGER NOT NULL -- line of the file
);
CREATE TABLE fstab ( -- /etc/fstab
	line INTEGER PRIMARY KEY, -- line of the file
	mountpoint TEXT NOT NULL, -- where
	filesystem TEXT NOT NULL, -- type
	is_user INTEGER NOT NULL CHECK (is_user IN (0, 1)), -- users may mount it (user, users, owner, group)
	allows_suid INTEGER NOT NULL CHECK (allows_suid IN (0, 1)), -- programs on it may raise rights
	allows_devices INTEGER NOT NULL CHECK (allows_devices IN (0, 1)) -- device files on it work
);
CREATE TABLE process ( -- every process
	pid INTEGER PRIMARY KEY NOT NULL, -- process id
	parent INTEGER NOT NULL, -- its parent
	name TEXT NOT NULL, -- comm
	uid INTEGER NOT NULL, -- effective user id
	started INTEGER NOT NULL, -- start time, seconds since the epoch
	exe TEXT -- what /proc/PID/exe leads to, " (deleted)" kept; '' for kernel threads
);
CREATE TABLE listener ( -- TCP sockets that listen and UDP sockets that are bound and not connected
	id INTEGER PRIMARY KEY NOT NULL, -- inode of the socket
	protocol TEXT NOT NULL CHECK (protocol IN ('tcp', 'udp')), -- IPv4 and IPv6 alike
	address TEXT NOT NULL, -- numeric: 127.0.0.1, ::, …
	port INTEGER NOT NULL, -- port
	is_wildcard INTEGER NOT NULL CHECK (is_wildcard IN (0, 1)), -- all addresses
	is_loopback INTEGER NOT NULL CHECK (is_loopback IN (0, 1)), -- this machine only
	uid INTEGER NOT NULL, -- of the socket's creator
	pid INTEGER, -- a process that holds it, 0 when no process does
	process TEXT -- its name; '' when no process holds it
);
CREATE TABLE unix_listener ( -- listening UNIX sockets with a path in the file system
	id INTEGER PRIMARY KEY NOT NULL, -- inode of the socket
	path TEXT NOT NULL, -- path; '@…' for abstract names
	pid INTEGER, -- a process that holds it, 0 when no process does
	process TEXT -- its name; '' when no process holds it
);

-- ---------------------------------------------------------------- virtual switch

CREATE TABLE vswitch ( -- one row: Open vSwitch by its database; without Open vSwitch no row
	id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
	file TEXT NOT NULL, -- the database
	is_ovn INTEGER NOT NULL CHECK (is_ovn IN (0, 1)), -- OVN controls it (external_ids:ovn-remote is set)
	authority TEXT NOT NULL, -- certificate of the authority it trusts; '' when none is set
	takes_first_authority INTEGER NOT NULL CHECK (takes_first_authority IN (0, 1)), -- bootstrap_ca_cert: it trusts whatever the first peer shows
	socket_folder TEXT NOT NULL, -- other_config:vhost-sock-dir; '' when not set
	uses_guest_iommu INTEGER NOT NULL CHECK (uses_guest_iommu IN (0, 1)) -- other_config:vhost-iommu-support
);
CREATE TABLE vswitch_remote ( -- who commands the switch: managers and controllers of its database, OVN, and --remote arguments of running ovsdb-servers
	id INTEGER PRIMARY KEY NOT NULL, -- number
	kind TEXT NOT NULL CHECK (kind IN ('manager', 'controller', 'ovn', 'argument')), -- where it is set
	bridge TEXT NOT NULL, -- of a controller; '' otherwise
	target TEXT NOT NULL, -- as written: tcp:192.0.2.9:6642, ptcp:6640, …
	transport TEXT NOT NULL CHECK (transport IN ('ptcp', 'pssl', 'punix', 'tcp', 'ssl', 'unix', 'db', 'other')), -- p…: the switch listens
	address TEXT NOT NULL, -- of tcp and ssl the other end, of ptcp and pssl its own; '' any, or none
	is_loopback INTEGER NOT NULL CHECK (is_loopback IN (0, 1)) -- that address is of this machine only
);
CREATE TABLE vswitch_bridge ( -- bridges of the virtual switch
	name TEXT PRIMARY KEY NOT NULL, -- name
	fail_mode TEXT NOT NULL, -- secure, standalone; '' (standalone) when not set
	datapath TEXT NOT NULL -- netdev (DPDK), system; '' (system) when not set
);
CREATE TABLE vswitch_port ( -- ports of those bridges
	name TEXT PRIMARY KEY NOT NULL, -- name
	bridge TEXT NOT NULL, -- bridge
	tag INTEGER NOT NULL, -- VLAN, -1 when none
	trunks TEXT NOT NULL, -- VLANs it carries; '' when not limited
	mode TEXT NOT NULL -- vlan_mode: access, trunk, …; '' when not set
);
CREATE TABLE vswitch_interface ( -- interfaces of those ports
	name TEXT PRIMARY KEY NOT NULL, -- name
	port TEXT NOT NULL, -- port
	bridge TEXT NOT NULL, -- bridge
	type TEXT NOT NULL, -- internal, patch, geneve, dpdk, dpdkvhostuser, dpdkvhostuserclient, …; '' for a device of the host
	socket TEXT NOT NULL -- options:vhost-server-path; '' when none
);
CREATE TABLE vhost_socket ( -- sockets of vhost-user interfaces that exist
	path TEXT PRIMARY KEY NOT NULL, -- as the domain or the switch names it
	mode INTEGER NOT NULL, -- permission bits
	uid INTEGER NOT NULL, -- owner
	gid INTEGER NOT NULL, -- group
	folder_mode INTEGER -- permission bits of the folder it lies in
);

-- ---------------------------------------------------------------- audit, logging, time

CREATE TABLE audit ( -- one row: the kernel's audit subsystem, through which refusals by AppArmor, SELinux and seccomp are logged too
	id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
	is_present INTEGER CHECK (is_present IN (0, 1)), -- the kernel has it and was not booted with audit=0
	enabled INTEGER, -- records of rules: 0 off, 1 on, 2 on and locked until the next boot; 0 when not present
	failure INTEGER, -- what the kernel does when it cannot keep a record: 0 nothing, 1 a line in its log, 2 panic; 0 when not present
	pid INTEGER, -- process that takes the records, 0 when none does
	lost INTEGER, -- records lost since boot
	backlog_limit INTEGER -- records that may wait
);
CREATE TABLE audit_rule ( -- rules the kernel has now
	position INTEGER PRIMARY KEY NOT NULL, -- in order
	list TEXT NOT NULL, -- exit (system calls and files), user, task, exclude, filesystem, io_uring
	is_recorded INTEGER NOT NULL CHECK (is_recorded IN (0, 1)), -- 1 always, 0 never: what it matches is not recorded by later rules either
	path TEXT NOT NULL, -- file or folder it watches; '' when none
	is_tree INTEGER NOT NULL CHECK (is_tree IN (0, 1)), -- the folder with everything below it
	permissions TEXT NOT NULL, -- of rwxa those whose use is recorded; '' when it names none
	syscalls TEXT NOT NULL, -- numbers, ascending, or all; '' when none
	bits INTEGER NOT NULL CHECK (bits IN (0, 32, 64)), -- width of the system call interface it is for, 0 both
	fields INTEGER NOT NULL, -- number of its conditions, permissions and key included
	key TEXT NOT NULL -- the word its records carry; '' when none
);
CREATE TABLE clock ( -- one row: the kernel's clock as adjtimex() sees it
	id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
	is_synchronized INTEGER NOT NULL CHECK (is_synchronized IN (0, 1)), -- some daemon says it keeps the clock right, and did so lately
	maximum_error INTEGER NOT NULL -- microseconds; grows while nobody corrects it
);
CREATE TABLE time_source ( -- where the time daemons are told to take the time from
	id INTEGER PRIMARY KEY NOT NULL, -- number
	daemon TEXT NOT NULL CHECK (daemon IN ('chronyd', 'ntpd')), -- whose configuration
	kind TEXT NOT NULL CHECK (kind IN ('server', 'pool', 'peer', 'refclock')), -- refclock: a device of this machine
	address TEXT NOT NULL, -- name or address; of a refclock its driver
	authentication TEXT NOT NULL CHECK (authentication IN ('none', 'key', 'nts')), -- how its answers are known to be its own
	file TEXT NOT NULL, -- where
	line INTEGER NOT NULL -- line of the file
);
CREATE TABLE daemon_config ( -- configuration of logging, audit, time, switch and cloud services
	name TEXT PRIMARY KEY NOT NULL, -- journald, journal-upload, timesyncd, auditd, audisp-remote, nova, neutron
	is_present INTEGER NOT NULL CHECK (is_present IN (0, 1)) -- any of its files exists
);
CREATE TABLE daemon_setting ( -- what is written there, of the keys that tell something of security; secrets are never among them; defaults are not written
	daemon TEXT NOT NULL REFERENCES daemon_config (name), -- whose
	key TEXT NOT NULL, -- SECTION.KEY, or KEY where the format has no sections
	value TEXT NOT NULL, -- the last assignment in order of effect; user and password of addresses are cut out
	file TEXT NOT NULL, -- where
	line INTEGER NOT NULL, -- line of the file
	PRIMARY KEY (daemon, key)
);
CREATE TABLE log_target ( -- other machines that rsyslogd is told to send messages to
	id INTEGER PRIMARY KEY NOT NULL, -- number
	daemon TEXT NOT NULL CHECK (daemon IN ('rsyslogd')), -- whose configuration; what systemd-journal-upload and audisp-remote are told is in daemon_setting
	address TEXT NOT NULL, -- name or address
	protocol TEXT NOT NULL, -- udp, tcp, relp, dtls
	is_encrypted INTEGER NOT NULL CHECK (is_encrypted IN (0, 1)), -- TLS or DTLS
	file TEXT NOT NULL, -- where
	line INTEGER NOT NULL -- line of the file
);

-- ---------------------------------------------------------------- network interfaces

CREATE TABLE link ( -- network interfaces of process 1's network namespace
	name TEXT PRIMARY KEY NOT NULL, -- interface name
	number INTEGER NOT NULL, -- interface index
	kind TEXT NOT NULL, -- bridge, bond, vlan, tun (also tap), veth, macvtap, openvswitch, …; '' for the driver of a device, and for lo
	master TEXT NOT NULL, -- bridge, bond, … it is a port of; '' when none
	port_kind TEXT NOT NULL, -- kind of that master; '' when none
	lower TEXT NOT NULL, -- interface it lies on (VLAN, macvtap); '' when none or in another namespace
	mode TEXT NOT NULL, -- of macvlan and macvtap: private, vepa, bridge, passthrough, source; '' otherwise
	is_up INTEGER NOT NULL CHECK (is_up IN (0, 1)), -- switched on
	is_loopback INTEGER NOT NULL CHECK (is_loopback IN (0, 1)), -- lo
	is_isolated INTEGER NOT NULL CHECK (is_isolated IN (0, 1)) -- port of a bridge that hands it nothing of other isolated ports
);
CREATE TABLE link_address ( -- IP addresses of those interfaces
	link TEXT NOT NULL REFERENCES link (name), -- interface
	address TEXT NOT NULL, -- numeric
	prefix INTEGER NOT NULL, -- length of the network prefix
	scope TEXT NOT NULL CHECK (scope IN ('global', 'link', 'host')), -- how far it is valid; link: fe80:: and 169.254/16
	PRIMARY KEY (link, address, prefix)
);
CREATE TABLE virtual_function ( -- SR-IOV virtual functions, as their physical function's driver reports them
	name TEXT PRIMARY KEY NOT NULL, -- INTERFACE vf NUMBER
	link TEXT NOT NULL, -- interface of the physical function
	number INTEGER NOT NULL, -- number of the function
	address TEXT, -- its PCI address
	mac TEXT NOT NULL, -- hardware address the card holds for it; all zero: the guest chooses
	vlan INTEGER, -- VLAN the card puts its traffic in, 0 none
	checks_spoofing INTEGER CHECK (checks_spoofing IN (0, 1)), -- the card drops frames with another source address
	is_trusted INTEGER CHECK (is_trusted IN (0, 1)), -- it may change its address and see all frames
	state TEXT CHECK (state IN ('auto', 'enable', 'disable')) -- its virtual link
);

-- ---------------------------------------------------------------- libvirt: daemons and configuration

CREATE TABLE libvirt ( -- one row: the connection
	id INTEGER PRIMARY KEY CHECK (id = 1), -- always 1
	uri TEXT, -- connected URI
	driver TEXT, -- QEMU, TEST, …
	version INTEGER, -- of the daemon: major * 1000000 + minor * 1000 + release
	hypervisor_version INTEGER -- of QEMU, encoded likewise
);
CREATE TABLE libvirt_secmodel ( -- security models the capabilities list for the host
	model TEXT PRIMARY KEY NOT NULL, -- none, dac, apparmor, selinux
	baselabel TEXT NOT NULL -- label for type kvm, '' when none
);
CREATE TABLE libvirt_machine ( -- machine types the capabilities list
	name TEXT NOT NULL, -- pc-q35-7.2
	architecture TEXT NOT NULL, -- x86_64
	is_deprecated INTEGER NOT NULL CHECK (is_deprecated IN (0, 1)), -- by this QEMU
	PRIMARY KEY (name, architecture)
);
CREATE TABLE libvirt_file ( -- configuration files of the daemons and of the QEMU driver
	name TEXT PRIMARY KEY NOT NULL, -- qemu, libvirtd, virtqemud, virtproxyd, virtlogd, …
	path TEXT NOT NULL, -- where it is looked for
	is_present INTEGER NOT NULL CHECK (is_present IN (0, 1)), -- it exists
	modified INTEGER NOT NULL, -- mtime, 0 when absent
	mode INTEGER NOT NULL, -- permission bits, 0 when absent
	uid INTEGER NOT NULL, -- owner, 0 when absent
	gid INTEGER NOT NULL -- group, 0 when absent
);
CREATE TABLE libvirt_setting ( -- effective value of each key that has a documented default or is set
	file TEXT NOT NULL REFERENCES libvirt_file (name), -- qemu, libvirtd, …
	key TEXT NOT NULL, -- as in the file
	kind TEXT NOT NULL CHECK (kind IN ('integer', 'text', 'list')), -- syntax of the value
	value TEXT NOT NULL, -- integer in decimal, text unquoted, list joined with ','
	origin TEXT NOT NULL CHECK (origin IN ('file', 'default')), -- written there, or the default of the installed version and distribution
	line INTEGER NOT NULL, -- of the file, 0 for a default
	PRIMARY KEY (file, key)
);
CREATE TABLE libvirt_setting_item ( -- items of list settings
	file TEXT NOT NULL REFERENCES libvirt_file (name), -- qemu, libvirtd, …
	key TEXT NOT NULL, -- as in the file
	position INTEGER NOT NULL, -- from 0
	item TEXT NOT NULL, -- unquoted
	PRIMARY KEY (file, key, position)
);
CREATE TABLE libvirt_daemon ( -- running libvirt daemons
	pid INTEGER PRIMARY KEY NOT NULL, -- process
	name TEXT NOT NULL, -- libvirtd, virtqemud, virtproxyd, virtlogd, …
	uid INTEGER NOT NULL, -- 0 for the system daemon, else a session daemon
	started INTEGER NOT NULL, -- seconds since the epoch
	listens INTEGER NOT NULL CHECK (listens IN (0, 1)), -- --listen or -l among its arguments
	is_exe_deleted INTEGER CHECK (is_exe_deleted IN (0, 1)), -- runs a binary that was replaced
	config TEXT NOT NULL -- path given with --config, '' for the default
);
CREATE TABLE libvirt_daemon_stale_file ( -- libraries a daemon has mapped that were replaced or deleted since
	pid INTEGER NOT NULL REFERENCES libvirt_daemon (pid), -- whose
	path TEXT NOT NULL, -- as mapped, without " (deleted)"
	PRIMARY KEY (pid, path)
) WITHOUT ROWID;
CREATE TABLE libvirt_socket ( -- UNIX sockets of the daemons that exist
	path TEXT PRIMARY KEY NOT NULL, -- /run/libvirt/libvirt-sock
	kind TEXT NOT NULL CHECK (kind IN ('read-write', 'read-only', 'admin', 'internal')), -- internal: virtlogd, virtlockd
	mode INTEGER NOT NULL, -- permission bits
	uid INTEGER NOT NULL, -- owner
	gid INTEGER NOT NULL, -- group
	daemon TEXT -- name of the process that listens, '' when none does
);

-- ---------------------------------------------------------------- domains: what libvirt says
-- Rows describe the live XML of an active domain and the only XML of an inactive one.

CREATE TABLE domain ( -- every domain libvirt knows
	uuid TEXT PRIMARY KEY NOT NULL, -- lower case, with dashes
	name TEXT NOT NULL, -- domain name
	state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'shutdown', 'shutoff', 'crashed', 'suspended', 'vanished', 'other')), -- vanished: listed, then gone
	is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)), -- has a process
	is_persistent INTEGER NOT NULL CHECK (is_persistent IN (0, 1)), -- defined, not transient
	is_autostarted INTEGER NOT NULL CHECK (is_autostarted IN (0, 1)), -- started with the host
	has_managed_save INTEGER NOT NULL CHECK (has_managed_save IN (0, 1)), -- guest memory lies in a file
	type TEXT, -- kvm, qemu, test, …
	architecture TEXT, -- x86_64, …
	machine TEXT, -- pc-q35-7.2, …; '' when none
	emulator TEXT, -- path; '' when none
	tenant TEXT, -- project uuid of Nova metadata, '' when there is none
	vcpus INTEGER, -- maximum
	vcpus_current INTEGER, -- online now
	memory_kib INTEGER, -- maximum
	cpu_mode TEXT, -- host-passthrough, host-model, custom, maximum; '' when none
	cpu_model TEXT, -- model name; '' when none
	loader TEXT, -- firmware path; '' when none
	loader_type TEXT, -- rom, pflash; '' when none
	is_loader_readonly INTEGER CHECK (is_loader_readonly IN (0, 1)), -- 1 also without a loader
	is_loader_secure INTEGER CHECK (is_loader_secure IN (0, 1)), -- loader secure='yes'
	nvram TEXT, -- variable store path; '' when none
	kernel TEXT, -- direct boot kernel path; '' when none
	is_memory_locked INTEGER CHECK (is_memory_locked IN (0, 1)), -- <locked/>
	is_memory_unshared INTEGER CHECK (is_memory_unshared IN (0, 1)), -- <nosharepages/>
	memory_access TEXT, -- private, shared; '' when not given
	memory_source TEXT, -- anonymous, memfd, file; '' when not given
	has_hugepages INTEGER CHECK (has_hugepages IN (0, 1)), -- <hugepages/>
	hard_limit_kib INTEGER, -- memtune hard_limit, 0 when none
	dumps_core TEXT CHECK (dumps_core IN ('', 'on', 'off')), -- <memory dumpCore=…>, '' when not given
	launch_security TEXT -- sev, sev-snp, tdx, s390-pv; '' when none
);
CREATE TABLE domain_device ( -- every device of a domain, from XML, from arguments, or of the board
	domain TEXT NOT NULL REFERENCES domain (uuid), -- whose
	kind TEXT NOT NULL CHECK (kind IN ('disk', 'cdrom', 'floppy', 'fdc', 'ide', 'sata', 'scsi',
		'usb', 'virtio-serial', 'ccid', 'pci', 'isa', 'xenbus', 'nic', 'video', 'graphics', 'sound', 'audio', 'input',
		'serial', 'parallel', 'console', 'channel', 'filesystem', 'hostdev', 'redirdev', 'smartcard', 'hub',
		'watchdog', 'balloon', 'rng', 'tpm', 'shmem', 'memory', 'panic', 'vsock', 'iommu', 'crypto', 'nvram',
		'lease', 'pstore', 'vmport', 'hpet', 'pit', 'i8042', 'rtc', 'smbus', 'other')), -- what it is
	model TEXT NOT NULL, -- e1000, virtio, qxl, i6300esb, …; QEMU's default name when libvirt prints none; '' when it has none
	name TEXT NOT NULL, -- alias, target or id; '' when none
	origin TEXT NOT NULL CHECK (origin IN ('declared', 'argument', 'board')), -- domain XML, QEMU command line beyond it, or the machine type itself
	detail TEXT NOT NULL -- a few words a person recognises it by
);
CREATE TABLE domain_disk ( -- disks, cdroms and floppies
	domain TEXT NOT NULL REFERENCES domain (uuid), -- whose
	target TEXT NOT NULL, -- vda
	device TEXT NOT NULL, -- disk, cdrom, floppy, lun
	bus TEXT NOT NULL, -- virtio, sata, ide, …; '' when not printed
	type TEXT NOT NULL, -- file, block, network, dir, volume, nvme, vhostuser, vhostvdpa
	source TEXT NOT NULL, -- path, or pool/volume, or protocol:name; '' for an empty drive
	protocol TEXT NOT NULL, -- rbd, nbd, iscsi, http, …; '' when not network
	host TEXT NOT NULL, -- first network host; '' when none
	format TEXT NOT NULL, -- raw, qcow2, …; '' when not given
	cache TEXT NOT NULL, -- none, writeback, unsafe, …; '' when not given
	io TEXT NOT NULL, -- native, threads, io_uring; '' when not given
	discard TEXT NOT NULL, -- unmap, ignore; '' when not given
	error_policy TEXT NOT NULL, -- stop, report, ignore, enospace; '' when not given
	is_readonly INTEGER NOT NULL CHECK (is_readonly IN (0, 1)), -- <readonly/>
	is_shareable INTEGER NOT NULL CHECK (is_shareable IN (0, 1)), -- <shareable/>
	is_rawio INTEGER NOT NULL CHECK (is_rawio IN (0, 1)), -- rawio='yes'
	sgio TEXT NOT NULL, -- filtered, unfiltered; '' when not given
	encryption TEXT NOT NULL, -- luks, luks2, qcow, …; '' when none
	tls TEXT NOT NULL, -- yes, no; '' when not given
	relabel TEXT NOT NULL, -- relabel of the disk's own seclabel: yes, no; '' when not given
	PRIMARY KEY (domain, target)
) WITHOUT ROWID;
CREATE TABLE domain_disk_layer ( -- every image of a disk's chain that the XML prints (all of it while the domain is active) and that is a local path
	domain TEXT NOT NULL REFERENCES domain (uuid), -- whose
	target TEXT NOT NULL, -- of domain_disk
	depth INTEGER NOT NULL, -- 0 is the image the guest writes to
	path TEXT NOT NULL, -- as in the XML
	format TEXT NOT NULL, -- '' when not given
	identity TEXT, -- device and inode (fs:MAJ:MIN:INODE) or device number (dev:MAJ:MIN): equal means the same storage; '' when the path is absent
	mode INTEGER, -- permission bits; 0 when absent
	uid INTEGER, -- owner; 0 when absent
	gid INTEGER, -- group; 0 when absent
	PRIMARY KEY (domain, target, depth)
) WITHOUT ROWID;
CREATE TABLE domain_disk_image ( -- the images of a disk as their own headers chain them, and data files; domain_disk_layer is what the XML prints; nothing follows an image that is opened as raw
	domain TEXT NOT NULL REFERENCES domain (uuid), -- whose
	target TEXT NOT NULL, -- of domain_disk
	depth INTEGER NOT NULL, -- 0 is the image of the disk, then what stands behind it, data files included
	path TEXT NOT NULL, -- absolute, a relative name resolved against the image that gives it; as written when remote
	is_data INTEGER NOT NULL CHECK (is_data IN (0, 1)), -- external data file of the image before it
	is_written INTEGER NOT NULL CHECK (is_written IN (0, 1)), -- what the guest writes ends here: top or data file of a disk that is not read-only
	assumed_format TEXT NOT NULL, -- format it is opened as: of the XML for the top, else of the header before it; '' when nothing says it
	type TEXT CHECK (type IN ('file', 'block', 'remote', 'absent', 'other')), -- remote: no path of this host (a protocol, JSON)
	identity TEXT, -- as in domain_disk_layer; '' when absent or remote
	mode INTEGER, -- permission bits; 0 when absent or remote
	uid INTEGER, -- owner; 0 when absent or remote
	gid INTEGER, -- group; 0 when absent or remote
	folder_mode INTEGER, -- permission bits of the directory it lies in; 0 when remote
	folder_uid INTEGER, -- owner of that directory; 0 when remote
	format TEXT CHECK (format IN ('', 'raw', 'qcow', 'qcow2', 'qed', 'vmdk', 'vdi', 'vhdx', 'vpc', 'parallels', 'luks')), -- by the mark in its first bytes, raw without one; '' for what is never read: no file, a device, remote
	backing TEXT, -- name of the image behind it, as written in its header; '' when none or never read
	backing_format TEXT, -- format its header gives that image; '' when it gives none
	data_file TEXT, -- name of its external data file, as written; '' when none
	encryption TEXT CHECK (encryption IN ('', 'none', 'aes', 'luks')), -- of the image by its header; '' when never read
	PRIMARY KEY (domain, target, depth)
) WITHOUT ROWID;
CREATE TABLE domain_interface ( -- network interfaces
	domain TEXT NOT NULL REFERENCES domain (uuid), -- whose
	name TEXT NOT NULL, -- alias, or netN by position
	type TEXT NOT NULL, -- bridge, network, user, direct, vhostuser, hostdev, ethernet, …
	source TEXT NOT NULL, -- bridge, network, device or socket; '' when none
	backend TEXT NOT NULL, -- passt, vhost, …; '' when not given
	model TEXT NOT NULL, -- virtio, e1000, …; libvirt's default when not printed
	mac TEXT NOT NULL, -- address; '' when none
	target TEXT NOT NULL, -- tap device; '' when none
	filter TEXT NOT NULL, -- nwfilter; '' when none
	mode TEXT NOT NULL, -- macvtap mode, vhost-user client|server; '' otherwise
	trusts_guest_filters INTEGER NOT NULL CHECK (trusts_guest_filters IN (0, 1)), -- trustGuestRxFilters='yes'
	is_isolated INTEGER NOT NULL CHECK (is_isolated IN (0, 1)), -- <port isolated='yes'/>
	virtualport TEXT NOT NULL, -- openvswitch, 802.1Qbh, …; '' when none
	PRIMARY KEY (domain, name)
) WITHOUT ROWID;
CREATE TABLE domain_graphics ( -- graphical consoles: one row a listen address
	domain TEXT NOT NULL REFERENCES domain (uuid), -- whose
	type TEXT NOT NULL, -- vnc, spice, rdp, sdl, egl-headless, dbus
	listen_type TEXT NOT NULL, -- address, network, socket, none; '' when none
	address TEXT NOT NULL, -- numeric address or socket path; '' when none
	port INTEGER NOT NULL, -- -1 when none or not assigned
	tls_port INTEGER NOT NULL, -- -1 when none
	websocket INTEGER NOT NULL, -- -1 when none
	default_mode TEXT NOT NULL, -- SPICE: any, secure, insecure; '' otherwise
	is_loopback INTEGER NOT NULL CHECK (is_loopback IN (0, 1)) -- reachable from this machine only (socket, none, 127.0.0.0/8, ::1)
);
CREATE TABLE domain_chardev ( -- character devices and their host side
	domain TEXT NOT NULL REFERENCES domain (uuid), -- whose
	device TEXT NOT NULL, -- serial, parallel, console, channel, redirdev, smartcard, rng, monitor (also a gdb stub); chardev: an argument whose front end is not among the arguments
	name TEXT NOT NULL, -- alias or id; '' when none
	type TEXT NOT NULL, -- pty, unix, tcp, udp, file, pipe, dev, stdio, vc, null, spicevmc, spiceport, dbus, qemu-vdagent, nmdm, …
	mode TEXT NOT NULL, -- bind, connect; '' when not given
	host TEXT NOT NULL, -- address; '' when none
	service TEXT NOT NULL, -- port; '' when none
	protocol TEXT NOT NULL, -- raw, telnet, telnets, tls; '' when not given
	tls TEXT NOT NULL, -- yes, no; '' when not given
	path TEXT NOT NULL, -- path; '' when none
	target TEXT NOT NULL, -- name of a channel; '' otherwise
	origin TEXT NOT NULL CHECK (origin IN ('declared', 'argument')) -- domain XML or QEMU command line
);
CREATE TABLE domain_hostdev ( -- host devices handed to the guest
	domain TEXT NOT NULL REFERENCES domain (uuid), -- whose
	name TEXT NOT NULL, -- alias, or hostdevN by position
	type TEXT NOT NULL, -- pci, usb, scsi, scsi_host, mdev, storage, misc, net
	address TEXT NOT NULL, -- 0000:03:00.0, bus:device, uuid, …
	is_managed INTEGER NOT NULL CHECK (is_managed IN (0, 1)), -- libvirt binds and resets it
	is_rawio INTEGER NOT NULL CHECK (is_rawio IN (0, 1)), -- rawio='yes'
	sgio TEXT NOT NULL, -- filtered, unfiltered; '' when not given
	rom TEXT NOT NULL, -- option ROM file; '' when none
	PRIMARY KEY (domain, name)
) WITHOUT ROWID;
CREATE TABLE domain_filesystem ( -- directories of the host shared with the guest
	domain TEXT NOT NULL REFERENCES domain (uuid), -- whose
	name TEXT NOT NULL, -- alias, or fsN by position
	type TEXT NOT NULL, -- mount, file, block, ram, …
	driver TEXT NOT NULL, -- path (9p), virtiofs, mtp; path when not given
	access_mode TEXT NOT NULL, -- passthrough, mapped, squash; '' when not given
	source TEXT NOT NULL, -- path on the host or socket
	target TEXT NOT NULL, -- mount tag
	is_readonly INTEGER NOT NULL CHECK (is_readonly IN (0, 1)), -- <readonly/>
	PRIMARY KEY (domain, name)
) WITHOUT ROWID;
CREATE TABLE domain_seclabel ( -- security labels of a domain
	domain TEXT NOT NULL REFERENCES domain (uuid), -- whose
	model TEXT NOT NULL, -- dac, apparmor, selinux, none
	type TEXT NOT NULL, -- dynamic, static, none
	relabel TEXT NOT NULL, -- yes, no; '' when not given
	label TEXT NOT NULL, -- '' when none
	image_label TEXT NOT NULL -- '' when none
);
CREATE TABLE domain_feature ( -- children of <features>, and timers as timer-NAME
	domain TEXT NOT NULL REFERENCES domain (uuid), -- whose
	name TEXT NOT NULL, -- acpi, apic, vmport, pmu, smm, ps2, timer-hpet, …
	state TEXT NOT NULL, -- on, off, or the value; on when given without state; timers: yes, no
	PRIMARY KEY (domain, name)
) WITHOUT ROWID;
CREATE TABLE domain_cpu_feature ( -- <cpu><feature>
	domain TEXT NOT NULL REFERENCES domain (uuid), -- whose
	name TEXT NOT NULL, -- md-clear, ibpb, …
	policy TEXT NOT NULL, -- require, disable, force, optional, forbid
	PRIMARY KEY (domain, name)
) WITHOUT ROWID;
CREATE TABLE domain_pin ( -- processor pinning as declared
	domain TEXT NOT NULL REFERENCES domain (uuid), -- whose
	kind TEXT NOT NULL CHECK (kind IN ('vcpu', 'emulator', 'iothread')), -- what is pinned
	number INTEGER NOT NULL, -- vCPU or IO thread number, 0 for the emulator
	cpus INTEGER NOT NULL, -- cpu_set
	PRIMARY KEY (domain, kind, number)
) WITHOUT ROWID;
CREATE TABLE domain_qemu_argument ( -- what was handed to QEMU past libvirt (QEMU XML namespace, found by URI)
	domain TEXT NOT NULL REFERENCES domain (uuid), -- whose
	position INTEGER NOT NULL, -- in order
	kind TEXT NOT NULL CHECK (kind IN ('argument', 'environment', 'capability-add', 'capability-delete', 'device-override', 'deprecation')), -- which element
	value TEXT NOT NULL, -- the argument, NAME=value, capability or property
	PRIMARY KEY (domain, position)
) WITHOUT ROWID;
CREATE TABLE domain_message ( -- taints and deprecations libvirt reports
	domain TEXT NOT NULL REFERENCES domain (uuid), -- whose
	position INTEGER NOT NULL, -- in order
	message TEXT NOT NULL, -- libvirt's words
	PRIMARY KEY (domain, position)
) WITHOUT ROWID;
CREATE TABLE domain_setting ( -- where the two definitions of an active persistent domain differ in a security setting: flat rows; and domain.type of both, the sign that they were compared
	domain TEXT NOT NULL REFERENCES domain (uuid), -- whose
	definition TEXT NOT NULL CHECK (definition IN ('live', 'persistent')), -- which XML
	name TEXT NOT NULL, -- seclabel.apparmor.type, device.nic.52:54:00:….model, …
	value TEXT NOT NULL, -- as in the XML
	PRIMARY KEY (domain, definition, name)
) WITHOUT ROWID;
CREATE TABLE vm_state ( -- what is kept of VMs while they do not run, by its names in the system daemon's folders (session daemons have others) and in Nova's
	path TEXT PRIMARY KEY NOT NULL, -- file or folder
	kind TEXT NOT NULL CHECK (kind IN ('nvram', 'tpm', 'saved-memory', 'nova-instance', 'nova-resize')), -- what it is; nova-resize: the source of a resize that is not confirmed yet
	name TEXT NOT NULL, -- domain it is named after, '' when after a uuid
	uuid TEXT NOT NULL, -- domain it is named after, '' when after a name
	is_local INTEGER CHECK (is_local IN (0, 1)) -- on a file system of this machine alone; 0: of VMs of other machines too, or not known
);
CREATE TABLE network ( -- libvirt networks
	uuid TEXT PRIMARY KEY NOT NULL, -- uuid
	name TEXT NOT NULL, -- name
	is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)), -- running
	is_autostarted INTEGER NOT NULL CHECK (is_autostarted IN (0, 1)), -- started with the daemon
	forward TEXT, -- nat, route, open, bridge, …; '' for isolated
	bridge TEXT, -- bridge device; '' when none
	trusts_guest_filters INTEGER CHECK (trusts_guest_filters IN (0, 1)) -- trustGuestRxFilters='yes'
);

-- ---------------------------------------------------------------- VM processes: what /proc says

CREATE TABLE qemu_process ( -- processes that run a VM: hold a kvm-vm descriptor, belong to an active domain, or are a QEMU system emulator with a machine
	pid INTEGER PRIMARY KEY NOT NULL, -- process id
	domain TEXT REFERENCES domain (uuid), -- its domain, '' when libvirt knows none
	name TEXT NOT NULL, -- guest name of its arguments, else comm
	exe TEXT, -- emulator binary, " (deleted)" kept
	exe_inode INTEGER, -- inode of the file mapped as its program; 0 when no mapping is of that path
	started INTEGER NOT NULL, -- seconds since the epoch
	is_qemu INTEGER NOT NULL CHECK (is_qemu IN (0, 1)), -- QEMU by its arguments; 0: another VMM
	uid INTEGER, -- highest privilege among real, effective, saved and file-system user id: 0 if any is 0
	gid INTEGER, -- likewise for the group id
	capabilities_effective TEXT, -- CapEff, hexadecimal
	capabilities_permitted TEXT, -- CapPrm
	capabilities_inheritable TEXT, -- CapInh
	capabilities_ambient TEXT, -- CapAmb
	has_capabilities INTEGER CHECK (has_capabilities IN (0, 1)), -- any of the four is not zero, in any thread
	no_new_privileges INTEGER CHECK (no_new_privileges IN (0, 1)), -- set in every thread
	seccomp INTEGER, -- lowest mode of any thread: 0 none, 1 strict, 2 filter
	seccomp_filters INTEGER, -- lowest number of filters of any thread; -1 when the kernel does not say
	label TEXT, -- security label of the process; '' when no module labels processes
	label_mode TEXT, -- AppArmor: enforce, complain, …; '' otherwise
	threads_share_label INTEGER CHECK (threads_share_label IN (0, 1)), -- every thread has this label
	mount_namespace TEXT, -- identity of its mount namespace
	has_own_mount_namespace INTEGER CHECK (has_own_mount_namespace IN (0, 1)), -- neither process 1's nor a libvirt daemon's
	has_private_dev INTEGER CHECK (has_private_dev IN (0, 1)), -- its /dev is a tmpfs that neither process 1 nor a libvirt daemon has
	accelerator TEXT, -- kvm when it holds a kvm-vm descriptor, else what its arguments say: tcg, …
	holds_kvm_vm INTEGER CHECK (holds_kvm_vm IN (0, 1)), -- has an anon_inode:kvm-vm descriptor
	machine TEXT, -- machine type of its arguments; '' when none is given
	sandbox TEXT, -- value of -sandbox; '' when not given
	has_no_defaults INTEGER CHECK (has_no_defaults IN (0, 1)), -- -nodefaults
	has_no_user_config INTEGER CHECK (has_no_user_config IN (0, 1)), -- -no-user-config or -nodefconfig
	core_limit INTEGER, -- soft RLIMIT_CORE in bytes, -1 unlimited
	threads INTEGER -- number of threads
);
CREATE TABLE qemu_process_group ( -- supplementary groups
	pid INTEGER NOT NULL REFERENCES qemu_process (pid), -- whose
	gid INTEGER NOT NULL, -- group
	PRIMARY KEY (pid, gid)
) WITHOUT ROWID;
CREATE TABLE qemu_process_thread ( -- threads
	pid INTEGER NOT NULL REFERENCES qemu_process (pid), -- whose
	tid INTEGER NOT NULL, -- thread id
	name TEXT NOT NULL, -- comm: CPU 0/KVM, IO mon_iothread, …
	seccomp INTEGER NOT NULL, -- 0, 1, 2
	no_new_privileges INTEGER NOT NULL CHECK (no_new_privileges IN (0, 1)), -- set
	capabilities_effective TEXT NOT NULL, -- CapEff, hexadecimal
	cpus INTEGER NOT NULL, -- cpu_set it may run on
	PRIMARY KEY (pid, tid)
) WITHOUT ROWID;
CREATE TABLE qemu_process_namespace ( -- namespaces
	pid INTEGER NOT NULL REFERENCES qemu_process (pid), -- whose
	type TEXT NOT NULL, -- mnt, net, pid, user, ipc, uts, cgroup, time
	identity TEXT NOT NULL, -- mnt:[4026531841]
	is_of_process_1 INTEGER CHECK (is_of_process_1 IN (0, 1)), -- shared with process 1
	PRIMARY KEY (pid, type)
) WITHOUT ROWID;
CREATE TABLE qemu_process_cgroup ( -- control groups it is in
	pid INTEGER NOT NULL REFERENCES qemu_process (pid), -- whose
	controller TEXT NOT NULL, -- 'unified', or a v1 controller
	path TEXT NOT NULL, -- below the mount
	PRIMARY KEY (pid, controller)
) WITHOUT ROWID;
CREATE TABLE qemu_process_device_policy ( -- which devices its control group lets it open; no row: no mechanism exists on this host
	pid INTEGER PRIMARY KEY NOT NULL REFERENCES qemu_process (pid), -- whose
	bpf_programs INTEGER, -- device programs attached to its cgroup v2 directories (VM scope or below it); 0 when not on v2
	is_v1_restricted INTEGER CHECK (is_v1_restricted IN (0, 1)) -- its v1 devices.list is not "a *:* rwm"; 0 when not on v1
);
CREATE TABLE qemu_process_device_rule ( -- lines of the v1 devices.list
	pid INTEGER NOT NULL REFERENCES qemu_process (pid), -- whose
	rule TEXT NOT NULL, -- c 1:3 rw
	PRIMARY KEY (pid, rule)
) WITHOUT ROWID;
CREATE TABLE qemu_process_argument ( -- its command line
	pid INTEGER NOT NULL REFERENCES qemu_process (pid), -- whose
	position INTEGER NOT NULL, -- from 0, of the option
	option TEXT NOT NULL, -- device, netdev, … without dashes, -M as machine; '' for a bare word and for all words of a VMM that is not QEMU
	value TEXT NOT NULL, -- what follows it; '' when nothing does
	PRIMARY KEY (pid, position)
) WITHOUT ROWID;
CREATE TABLE qemu_process_property ( -- k=v and JSON values of its options, flat
	pid INTEGER NOT NULL REFERENCES qemu_process (pid), -- whose
	position INTEGER NOT NULL, -- of qemu_process_argument
	option TEXT NOT NULL, -- device, netdev, blockdev, …
	name TEXT NOT NULL, -- key; nested JSON joined with '.'; the leading word of k=v lists under QEMU's implied key (driver, type, qom-type, …); of a repeated key the last value, the earlier ones as KEY.0, KEY.1, …
	value TEXT NOT NULL, -- as text; JSON true and false are on and off
	PRIMARY KEY (pid, position, name)
) WITHOUT ROWID;
CREATE TABLE qemu_process_device_file ( -- device files and anonymous kernel objects it holds open
	pid INTEGER NOT NULL REFERENCES qemu_process (pid), -- whose
	descriptor INTEGER NOT NULL, -- number
	path TEXT NOT NULL, -- /dev/kvm, /dev/vfio/12, anon_inode:kvm-vm, …
	PRIMARY KEY (pid, descriptor)
) WITHOUT ROWID;
CREATE TABLE qemu_process_open_file ( -- regular files it holds open
	pid INTEGER NOT NULL REFERENCES qemu_process (pid), -- whose
	descriptor INTEGER NOT NULL, -- number
	path TEXT NOT NULL, -- where it leads
	PRIMARY KEY (pid, descriptor)
) WITHOUT ROWID;
CREATE TABLE qemu_process_filter ( -- its system call filters, as --deep reads them from the kernel; without --deep not collected
	pid INTEGER PRIMARY KEY NOT NULL REFERENCES qemu_process (pid), -- whose
	filters INTEGER NOT NULL, -- how many
	instructions INTEGER NOT NULL -- of all of them
);
CREATE TABLE qemu_process_syscall ( -- what these filters do with system calls that an intruder would like to make; no row: the architecture has no such call
	pid INTEGER NOT NULL REFERENCES qemu_process_filter (pid), -- whose
	name TEXT NOT NULL, -- execve, ptrace, …
	kind TEXT NOT NULL CHECK (kind IN ('start', 'privilege', 'namespace', 'kernel', 'process', 'key', 'surface')), -- what it is good for: start programs, gain privileges, leave namespaces, change the kernel, reach other processes, keys, rarely used parts of the kernel
	number INTEGER NOT NULL, -- of the call
	action TEXT NOT NULL CHECK (action IN ('allow', 'log', 'conditional', 'trace', 'notify', 'errno', 'trap', 'kill-thread', 'kill-process', 'unknown')), -- conditional: its arguments decide; unknown: the filter could not be followed
	PRIMARY KEY (pid, name)
) WITHOUT ROWID;
CREATE TABLE qemu_process_memory ( -- what the mappings of guest-sized memory say, one row a mapping of 1 MiB or more that is not a file of the emulator or a library
	pid INTEGER NOT NULL REFERENCES qemu_process (pid), -- whose
	address TEXT NOT NULL, -- start
	size_kib INTEGER NOT NULL, -- length
	path TEXT NOT NULL, -- memfd:…, /dev/hugepages/…, '' when anonymous
	is_shared INTEGER NOT NULL CHECK (is_shared IN (0, 1)), -- other processes may map it
	is_mergeable INTEGER CHECK (is_mergeable IN (0, 1)), -- VmFlags mg: KSM may merge it
	is_dumped INTEGER CHECK (is_dumped IN (0, 1)), -- no VmFlags dd: part of a core dump
	is_locked INTEGER CHECK (is_locked IN (0, 1)), -- VmFlags lo
	is_huge INTEGER CHECK (is_huge IN (0, 1)), -- VmFlags ht
	is_guest INTEGER CHECK (is_guest IN (0, 1)), -- VmFlags dc: QEMU marks memory of the guest so (its children do not get it), and nothing else of its own
	is_executable INTEGER NOT NULL CHECK (is_executable IN (0, 1)), -- writable and executable
	PRIMARY KEY (pid, address)
) WITHOUT ROWID;

-- ---------------------------------------------------------------- management plane: credentials and ways in

CREATE TABLE tls_use ( -- where libvirt and QEMU look for each TLS credential, by configuration or default, whether or not it is there
	file TEXT NOT NULL REFERENCES tls_file (path), -- path
	purpose TEXT NOT NULL CHECK (purpose IN ('libvirtd', 'virtproxyd', 'client', 'default', 'vnc', 'spice', 'chardev', 'migrate', 'backup', 'nbd')), -- the daemon's own interface, libvirt's client, or a use of QEMU's
	role TEXT NOT NULL CHECK (role IN ('authority', 'revocations', 'server-certificate', 'server-key', 'client-certificate', 'client-key')), -- what it is for
	PRIMARY KEY (file, purpose, role)
);
CREATE TABLE tls_file ( -- those of them that exist
	path TEXT PRIMARY KEY NOT NULL, -- path
	mode INTEGER NOT NULL, -- permission bits
	uid INTEGER NOT NULL, -- owner
	gid INTEGER NOT NULL, -- group
	directory_mode INTEGER, -- permission bits of the directory it lies in
	directory_uid INTEGER, -- owner of that directory
	holds_key INTEGER CHECK (holds_key IN (0, 1)) -- a private key is in it; of key files by their name, which are never read
);
CREATE TABLE tls_certificate ( -- certificates in those files
	file TEXT NOT NULL REFERENCES tls_file (path), -- path
	position INTEGER NOT NULL, -- from 0, in the file
	subject TEXT NOT NULL, -- distinguished name as RFC 4514 writes it
	issuer TEXT NOT NULL, -- likewise, as the certificate claims: signatures are not verified
	is_self_issued INTEGER NOT NULL CHECK (is_self_issued IN (0, 1)), -- issuer and subject are the same
	not_before INTEGER NOT NULL, -- valid from
	not_after INTEGER NOT NULL, -- valid until
	is_authority INTEGER NOT NULL CHECK (is_authority IN (0, 1)), -- basicConstraints CA:TRUE
	key_usage TEXT NOT NULL, -- keyUsage by the names of RFC 5280, comma-separated; '' when it does not say
	purposes TEXT NOT NULL, -- extendedKeyUsage: serverAuth,clientAuth or OIDs; '' when it does not say: any
	key_algorithm TEXT NOT NULL, -- rsa, ec, dsa, ed25519, ed448, else the OID
	key_bits INTEGER NOT NULL, -- size of the public key, 0 when not known
	key_sha256 TEXT NOT NULL, -- SHA-256 of the public key (SubjectPublicKeyInfo)
	digest TEXT NOT NULL, -- of the signature: sha256, sha1, md5, …; none (EdDSA); else the OID
	PRIMARY KEY (file, position)
);
CREATE TABLE tls_certificate_name ( -- subjectAltName of those certificates
	file TEXT NOT NULL REFERENCES tls_file (path), -- path
	position INTEGER NOT NULL, -- of the certificate
	number INTEGER NOT NULL, -- from 0
	kind TEXT NOT NULL CHECK (kind IN ('dns', 'ip', 'email', 'uri')), -- what it names
	name TEXT NOT NULL, -- the name
	PRIMARY KEY (file, position, number)
);
CREATE TABLE tls_revocations ( -- certificate revocation lists
	file TEXT PRIMARY KEY NOT NULL REFERENCES tls_file (path), -- path
	issuer TEXT NOT NULL, -- distinguished name
	this_update INTEGER NOT NULL, -- issued
	next_update INTEGER NOT NULL, -- to be renewed by; 0 when it does not say
	entries INTEGER NOT NULL -- certificates revoked
);
CREATE TABLE sshd_option ( -- effective settings of the SSH server outside Match blocks; no row: no configuration of one
	name TEXT PRIMARY KEY NOT NULL, -- keyword in lower case, aliases resolved
	value TEXT NOT NULL, -- arguments joined with a blank; yes and no in lower case
	origin TEXT NOT NULL CHECK (origin IN ('file', 'default')), -- written, or OpenSSH's default
	file TEXT NOT NULL, -- where; '' for a default
	line INTEGER NOT NULL -- line of the file; 0 for a default
);
CREATE TABLE sshd_match_option ( -- settings inside Match blocks: they hold for some connections only
	position INTEGER PRIMARY KEY, -- in order of reading
	criteria TEXT NOT NULL, -- the Match line: user alice, address 192.0.2.0/24, all
	name TEXT NOT NULL, -- as in sshd_option
	value TEXT NOT NULL, -- likewise
	file TEXT NOT NULL, -- where
	line INTEGER NOT NULL -- line of the file
);
CREATE TABLE systemd_unit ( -- units of libvirt and SSH as systemd finds them on disk; one that does not exist has no row
	name TEXT PRIMARY KEY NOT NULL, -- libvirtd-tcp.socket
	state TEXT NOT NULL CHECK (state IN ('loaded', 'masked')), -- masked: a link to /dev/null, or empty
	path TEXT NOT NULL, -- the unit file that counts
	is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)) -- started with the host: another unit's .wants or .requires names it
);
CREATE TABLE systemd_unit_file ( -- the unit file and the drop-ins that count
	unit TEXT NOT NULL REFERENCES systemd_unit (name), -- whose
	path TEXT NOT NULL, -- path
	mode INTEGER NOT NULL, -- permission bits
	uid INTEGER NOT NULL, -- owner
	gid INTEGER NOT NULL, -- group
	PRIMARY KEY (unit, path)
);
CREATE TABLE systemd_unit_setting ( -- settings of loaded units after drop-ins; an empty assignment has cleared what came before
	unit TEXT NOT NULL REFERENCES systemd_unit (name), -- whose
	section TEXT NOT NULL, -- Unit, Service, Socket, Install
	name TEXT NOT NULL, -- ListenStream, SocketMode, ExecStart, …
	position INTEGER NOT NULL, -- from 0 within the name; of settings with one value the last one counts
	value TEXT NOT NULL, -- as written
	file TEXT NOT NULL, -- where
	PRIMARY KEY (unit, section, name, position)
);
CREATE TABLE polkit_rule ( -- polkit's rule files: programs, looked at for words and not understood; comments do not count
	path TEXT PRIMARY KEY NOT NULL, -- path
	mode INTEGER NOT NULL, -- permission bits
	uid INTEGER NOT NULL, -- owner
	mentions_libvirt INTEGER NOT NULL CHECK (mentions_libvirt IN (0, 1)), -- "org.libvirt" is in it, and not only org.libvirt.unix.monitor, which libvirt's own policy lets everybody
	returns_yes INTEGER NOT NULL CHECK (returns_yes IN (0, 1)), -- polkit.Result.YES is in it
	names_action INTEGER NOT NULL CHECK (names_action IN (0, 1)), -- looks at the action
	names_subject INTEGER NOT NULL CHECK (names_subject IN (0, 1)), -- looks at who asks
	user_groups TEXT NOT NULL -- literal groups of isInGroup(), comma-separated
);
CREATE TABLE polkit_grant ( -- entries of .pkla files, which polkit before 0.106, and a helper since, read
	position INTEGER PRIMARY KEY, -- in order of reading
	path TEXT NOT NULL, -- file
	identity TEXT NOT NULL, -- unix-group:libvirt;unix-user:*
	action TEXT NOT NULL, -- org.libvirt.unix.manage;org.libvirt.*
	result_any TEXT NOT NULL, -- yes, no, auth_admin, …; '' when not given
	result_inactive TEXT NOT NULL, -- likewise
	result_active TEXT NOT NULL, -- likewise
	is_in_force INTEGER NOT NULL CHECK (is_in_force IN (0, 1)) -- this polkit reads .pkla files
);
CREATE TABLE sasl_service ( -- SASL configuration of libvirt's daemons and of QEMU's consoles; no row: no file
	name TEXT PRIMARY KEY NOT NULL CHECK (name IN ('libvirt', 'qemu')), -- service
	path TEXT NOT NULL, -- file
	mechanisms TEXT NOT NULL -- mech_list, as written; '' when not given: whatever is installed
);
CREATE TABLE sasl_mechanism ( -- the mechanisms it lists
	service TEXT NOT NULL REFERENCES sasl_service (name), -- service
	name TEXT NOT NULL, -- lower case: gssapi, scram-sha-256
	PRIMARY KEY (service, name)
);
CREATE TABLE sudo_grant ( -- user specifications of sudoers and sudoers.d; aliases are not resolved
	position INTEGER PRIMARY KEY, -- in order of reading
	user TEXT NOT NULL, -- user, %group, +netgroup, alias or ALL
	commands TEXT NOT NULL, -- commands, as written
	is_everything INTEGER NOT NULL CHECK (is_everything IN (0, 1)), -- ALL is among them
	needs_password INTEGER NOT NULL CHECK (needs_password IN (0, 1)), -- no NOPASSWD tag in force on what is_everything speaks of, else on any
	file TEXT NOT NULL, -- where
	line INTEGER NOT NULL -- line of the file
);
CREATE TABLE libvirt_hook ( -- the folder of hook scripts and everything in it
	path TEXT PRIMARY KEY NOT NULL, -- path
	type TEXT NOT NULL CHECK (type IN ('regular', 'directory', 'other')), -- after following links
	mode INTEGER NOT NULL, -- permission bits
	uid INTEGER NOT NULL, -- owner
	gid INTEGER NOT NULL -- group
);
CREATE TABLE libvirt_secret ( -- secrets libvirt keeps in /etc/libvirt/secrets; their values are never read
	uuid TEXT PRIMARY KEY NOT NULL, -- uuid
	usage TEXT, -- volume, ceph, iscsi, tls, vtpm; '' when none
	is_private INTEGER CHECK (is_private IN (0, 1)), -- the daemon tells its value to nobody
	is_ephemeral INTEGER CHECK (is_ephemeral IN (0, 1)), -- never written to disk
	has_value INTEGER NOT NULL CHECK (has_value IN (0, 1)) -- a file with its value lies beside it
);
CREATE TABLE credential ( -- files with keys and passwords of the host, of its neighbours and of the cloud that exist; never read
	path TEXT PRIMARY KEY NOT NULL, -- path
	scope TEXT NOT NULL CHECK (scope IN ('qemu', 'host', 'cloud')), -- whose power it is: QEMU's own by design, this host's, or more than this host's
	kind TEXT NOT NULL, -- a few words: libvirt TLS key, Ceph keyring, Nova configuration, …
	mode INTEGER NOT NULL, -- permission bits
	uid INTEGER NOT NULL, -- owner
	gid INTEGER NOT NULL -- group
);
CREATE TABLE credential_directory ( -- the directories one passes on the way to it
	credential TEXT NOT NULL REFERENCES credential (path), -- to what
	path TEXT NOT NULL, -- directory
	mode INTEGER NOT NULL, -- permission bits
	uid INTEGER NOT NULL, -- owner
	gid INTEGER NOT NULL, -- group
	PRIMARY KEY (credential, path)
);
CREATE TABLE qemu_process_stale_file ( -- libraries and modules it has mapped that were replaced or deleted since
	pid INTEGER NOT NULL REFERENCES qemu_process (pid), -- whose
	path TEXT NOT NULL, -- as mapped, without " (deleted)"
	PRIMARY KEY (pid, path)
) WITHOUT ROWID;
CREATE TABLE vm_helper ( -- processes that do a part of a VM's work: swtpm, virtiofsd, passt, vhost-user back ends, …
	pid INTEGER PRIMARY KEY NOT NULL, -- process id
	name TEXT NOT NULL, -- of its program
	domain TEXT REFERENCES domain (uuid), -- the VM in whose control group it is, '' when in none
	exe TEXT, -- what /proc/PID/exe leads to, " (deleted)" kept
	uid INTEGER, -- highest privilege among its four user ids: 0 if any is 0
	has_capabilities INTEGER CHECK (has_capabilities IN (0, 1)), -- any capability set is not empty
	no_new_privileges INTEGER CHECK (no_new_privileges IN (0, 1)), -- set
	seccomp INTEGER, -- 0 none, 1 strict, 2 filter, of its first thread
	label TEXT, -- security label; '' when no module labels processes
	label_mode TEXT -- AppArmor: enforce, complain, …; '' otherwise
);
CREATE TABLE emulator_program ( -- programs that VMs run as, and how they were built; cells are NULL when the file is not the one that runs
	path TEXT PRIMARY KEY NOT NULL, -- as /proc/PID/exe says, " (deleted)" kept
	mode INTEGER, -- permission bits of the file
	uid INTEGER, -- its owner
	gid INTEGER, -- its group
	is_static INTEGER CHECK (is_static IN (0, 1)), -- no dynamic linking
	is_position_independent INTEGER CHECK (is_position_independent IN (0, 1)), -- ELF type DYN: its addresses are randomised
	relro TEXT CHECK (relro IN ('none', 'partial', 'full')), -- relocations read-only: partial without binding at start
	has_executable_stack INTEGER CHECK (has_executable_stack IN (0, 1)), -- PT_GNU_STACK says so or is missing
	has_stack_protector INTEGER CHECK (has_stack_protector IN (0, 1)), -- it calls __stack_chk_fail
	has_fortified_calls INTEGER CHECK (has_fortified_calls IN (0, 1)), -- it calls a __…_chk function
	run_path TEXT -- DT_RUNPATH, else DT_RPATH; '' when none
);
CREATE TABLE helper_program ( -- likewise, programs of vm_helper
	path TEXT PRIMARY KEY NOT NULL, -- as /proc/PID/exe says, " (deleted)" kept
	mode INTEGER, -- permission bits of the file
	uid INTEGER, -- its owner
	gid INTEGER, -- its group
	is_static INTEGER CHECK (is_static IN (0, 1)), -- no dynamic linking
	is_position_independent INTEGER CHECK (is_position_independent IN (0, 1)), -- ELF type DYN: its addresses are randomised
	relro TEXT CHECK (relro IN ('none', 'partial', 'full')), -- relocations read-only: partial without binding at start
	has_executable_stack INTEGER CHECK (has_executable_stack IN (0, 1)), -- PT_GNU_STACK says so or is missing
	has_stack_protector INTEGER CHECK (has_stack_protector IN (0, 1)), -- it calls __stack_chk_fail
	has_fortified_calls INTEGER CHECK (has_fortified_calls IN (0, 1)), -- it calls a __…_chk function
	run_path TEXT -- DT_RUNPATH, else DT_RPATH; '' when none
);
CREATE TABLE libvirt_program ( -- likewise, programs of libvirt_daemon
	path TEXT PRIMARY KEY NOT NULL, -- as /proc/PID/exe says, " (deleted)" kept
	mode INTEGER, -- permission bits of the file
	uid INTEGER, -- its owner
	gid INTEGER, -- its group
	is_static INTEGER CHECK (is_static IN (0, 1)), -- no dynamic linking
	is_position_independent INTEGER CHECK (is_position_independent IN (0, 1)), -- ELF type DYN: its addresses are randomised
	relro TEXT CHECK (relro IN ('none', 'partial', 'full')), -- relocations read-only: partial without binding at start
	has_executable_stack INTEGER CHECK (has_executable_stack IN (0, 1)), -- PT_GNU_STACK says so or is missing
	has_stack_protector INTEGER CHECK (has_stack_protector IN (0, 1)), -- it calls __stack_chk_fail
	has_fortified_calls INTEGER CHECK (has_fortified_calls IN (0, 1)), -- it calls a __…_chk function
	run_path TEXT -- DT_RUNPATH, else DT_RPATH; '' when none
);

-- ---------------------------------------------------------------- what vendor and operator documented

CREATE TABLE declared ( -- scalar keys of declaration.yaml
	name TEXT PRIMARY KEY NOT NULL, -- hardware, …
	value TEXT NOT NULL -- accept-virtual, …
);
CREATE TABLE declared_listener ( -- documented network services of the host
	protocol TEXT NOT NULL CHECK (protocol IN ('tcp', 'udp')), -- transport
	port INTEGER NOT NULL, -- port
	address TEXT NOT NULL, -- address, '' for any
	PRIMARY KEY (protocol, port, address)
);
CREATE TABLE declared_vmm ( -- virtual machine monitors besides libvirt's that are meant to run
	exe TEXT PRIMARY KEY NOT NULL -- path of the binary
);
