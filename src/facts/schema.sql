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
	physical_function TEXT NOT NULL -- address of its PF when this is a VF, '' otherwise
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
