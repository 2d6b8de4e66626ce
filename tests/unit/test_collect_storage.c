/* SPDX-License-Identifier: Apache-2.0 */
/* Block devices and what stands on them, and what is kept of VMs that do not run. */
#include "fake_host.h"

#define NUMBERS "/sys/dev/block"
#define SLAVES(name_, data_) LIST("/sys/class/block/" name_ "/slaves", data_)
#define MOUNTS "/proc/1/mountinfo"
#define SWAPS_HEAD "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
#define BLOCK(path_, major_, minor_)                                                               \
	{                                                                                          \
		.operation = GVNP_STAT, .path = (path_), .type = GVNP_TYPE_BLOCK,                  \
		.major = (major_), .minor = (minor_)                                               \
	}
#define DISK "../../devices/pci0000:00/0000:00:1f.2/ata3/host2/target2:0:0/2:0:0:0/block/sda"
#define NVME "../../devices/pci0000:00/0000:00:1d.0/0000:03:00.0/nvme/nvme0/nvme0n1"
#define VIRTUAL "../../devices/virtual/block/"

/* LVM on LUKS on the third partition, a RAID of two NVMe partitions, a multipath LUN, an old RAID
 * controller, a loop device. */
static const char devices[] = "104:0 -> ../../devices/pci0000:00/0000:05:00.0/block/cciss!c0d0\n"
			      "253:0 -> " VIRTUAL "dm-0\n253:1 -> " VIRTUAL "dm-1\n"
			      "253:2 -> " VIRTUAL "dm-2\n253:3 -> " VIRTUAL "dm-3\n"
			      "259:0 -> " NVME "\n259:1 -> " NVME "/nvme0n1p1\n"
			      "7:0 -> " VIRTUAL "loop0\n8:0 -> " DISK "\n8:1 -> " DISK "/sda1\n"
			      "8:3 -> " DISK "/sda3\n9:127 -> " VIRTUAL "md127\n"
			      "259:9 -> " VIRTUAL "md127/md127p1\n";

#define STACK                                                                                      \
	LIST(NUMBERS, devices), SLAVES("dm-0", "dm-2 -> ../../dm-2\n"),                            \
		SLAVES("dm-1", "dm-2 -> ../../dm-2\n"),                                            \
		SLAVES("dm-2", "sda3 -> ../../../../pci0000:00/block/sda/sda3\n"),                 \
		SLAVES("dm-3", "cciss!c0d0 -> ../../../cciss!c0d0\nsda -> ../x/sda\n"),            \
		SLAVES("md127", "nvme0n1p1 -> ../../../nvme0n1p1\n")

static void collect_all(struct fake_host *host)
{
	fake_collect(host, &gvnp_collector_mount);
	fake_collect(host, &gvnp_collector_swap);
	fake_collect(host, &gvnp_collector_block_device);
}

static void devices_are_followed_to_what_they_stand_on(void **state)
{
	static const struct fake_file files[] = { STACK, READ(MOUNTS, "") };
	FAKE_HOST(host, files);

	(void)state;
	collect_all(&host);
	assert_rows(&host,
		    "SELECT name, device, scsi FROM block_device WHERE device IN ('8:0', '8:3', "
		    "'259:1', '104:0') ORDER BY name",
		    "cciss!c0d0|104:0|\nnvme0n1p1|259:1|\nsda|8:0|2:0:0:0\nsda3|8:3|\n");
	assert_rows(&host,
		    "SELECT d.name, b.name FROM block_device_base s"
		    "  JOIN block_device d ON d.device = s.device"
		    "  JOIN block_device b ON b.device = s.base ORDER BY 1, 2",
		    "dm-0|dm-2\ndm-1|dm-2\ndm-2|sda3\ndm-3|cciss!c0d0\ndm-3|sda\n"
		    "md127|nvme0n1p1\nmd127p1|md127\nnvme0n1p1|nvme0n1\nsda1|sda\nsda3|sda\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void a_device_that_went_away_is_nobodys_hole(void **state)
{
	static const struct fake_file files[] = {
		LIST(NUMBERS, "253:0 -> " VIRTUAL "dm-0\n253:1 -> " VIRTUAL "dm-1\n8:0\n"
			      "253:2 -> " VIRTUAL "dm-2\n"),
		/* dm-0 is gone, dm-1 stands on one that came later, dm-2 is closed */
		SLAVES("dm-1", "dm-9 -> ../../dm-9\n"),
		REFUSED(GVNP_LIST, "/sys/class/block/dm-2/slaves", EACCES),
		READ(MOUNTS, ""),
	};
	FAKE_HOST(host, files);

	(void)state;
	collect_all(&host);
	assert_rows(&host, "SELECT name FROM block_device ORDER BY name", "dm-0\ndm-1\ndm-2\n");
	assert_rows(&host, "SELECT table_name, object, problem FROM hole ORDER BY object",
		    "block_device_base|253:1|/sys/class/block/dm-1/slaves: dm-9 was not among the "
		    "block devices\n"
		    "block_device_base|253:2|/sys/class/block/dm-2/slaves: Permission denied\n");
}

static void what_the_host_uses_is_known_by_number(void **state)
{
	static const struct fake_file files[] = {
		STACK,
		READ(MOUNTS, "22 1 253:0 / / rw shared:1 - ext4 /dev/mapper/vg-root rw\n"
			     "23 22 253:0 /x /mnt/bind rw shared:1 - ext4 /dev/mapper/vg-root rw\n"
			     "24 22 8:1 / /boot/efi rw shared:2 - vfat /dev/sda1 rw\n"
			     "25 22 0:25 / /run rw shared:3 - tmpfs tmpfs rw\n"
			     "26 22 0:26 / /mnt/fuse rw shared:4 - fuse.fuse2fs /dev/nvme0n1 rw\n"
			     "27 22 0:27 / /mnt/gone rw shared:4 - fuse.x /dev/gone rw\n"
			     "28 22 0:28 / /srv rw shared:5 - zfs tank/srv rw\n"),
		READ("/proc/swaps", SWAPS_HEAD
		     "/dev/dm-1                               partition\t1048572\t\t12\t\t-2\n"
		     "/swapfile                               file\t\t4096\t\t0\t\t-4\n"),
		BLOCK("/dev/dm-1", 253, 1),
		BLOCK("/dev/nvme0n1", 259, 0),
	};
	FAKE_HOST(host, files);

	(void)state;
	collect_all(&host);
	assert_rows(&host, "SELECT device, use, place FROM host_storage ORDER BY device",
		    "|mount|/srv\n253:0|mount|/\n253:1|swap|/dev/dm-1\n259:0|mount|/mnt/fuse\n"
		    "8:1|mount|/boot/efi\n");
	assert_rows(&host, "SELECT * FROM hole WHERE table_name = 'host_storage'", "");
	assert_true(gvnp_facts_is_collected(host.facts, "host_storage"));
}

static void every_device_of_btrfs_counts(void **state)
{
	static const struct fake_file files[] = {
		STACK,
		READ(MOUNTS, "22 1 0:22 /root / rw shared:1 - btrfs /dev/sda3 rw,subvol=/root\n"),
		LIST("/sys/fs/btrfs", "0a1b2c3d-0000-4000-8000-000000000001/\nfeatures/\n"),
		LIST("/sys/fs/btrfs/0a1b2c3d-0000-4000-8000-000000000001/devices",
		     "nvme0n1p1 -> ../../../../devices/x/nvme0n1p1\nsda3 -> ../x/sda3\n"),
	};
	static const struct fake_file closed[] = {
		STACK,
		READ(MOUNTS, "22 1 0:22 /root / rw shared:1 - btrfs /dev/sda3 rw,subvol=/root\n"),
		REFUSED(GVNP_LIST, "/sys/fs/btrfs", GVNP_NOT_RECORDED),
	};
	FAKE_HOST(host, files);
	FAKE_HOST(unrecorded, closed);

	(void)state;
	collect_all(&host);
	assert_rows(&host, "SELECT * FROM host_storage ORDER BY device",
		    "259:1|mount|btrfs 0a1b2c3d-0000-4000-8000-000000000001\n"
		    "8:3|mount|btrfs 0a1b2c3d-0000-4000-8000-000000000001\n");
	assert_rows(&host, "SELECT * FROM hole", "");
	collect_all(&unrecorded);
	assert_rows(&unrecorded, "SELECT count(*) FROM host_storage", "0\n");
	assert_rows(&unrecorded, "SELECT table_name, object FROM hole", "host_storage|\n");
}

static void what_mounts_and_swap_do_not_tell_is_not_known_here(void **state)
{
	static const struct fake_file files[] = { STACK,
						  REFUSED(GVNP_READ, MOUNTS, GVNP_NOT_HOST_VIEW) };
	static const struct fake_file closed[] = { STACK, READ(MOUNTS, ""),
						   READ("/proc/swaps",
							SWAPS_HEAD "/dev/dm-1 partition 8 0 -2\n"),
						   REFUSED(GVNP_STAT, "/dev/dm-1", EACCES) };
	static const struct fake_file nothing[] = { REFUSED(GVNP_LIST, NUMBERS,
							    GVNP_NOT_RECORDED) };
	FAKE_HOST(host, files);
	FAKE_HOST(swap, closed);
	FAKE_HOST(unrecorded, nothing);

	(void)state;
	collect_all(&host);
	assert_false(gvnp_facts_is_collected(host.facts, "host_storage"));
	assert_rows(&host, "SELECT count(*) FROM hole WHERE table_name = 'host_storage'", "1\n");
	collect_all(&swap);
	assert_rows(&swap, "SELECT problem FROM hole WHERE table_name = 'host_storage'",
		    "/dev/dm-1: Permission denied\n");
	collect_all(&unrecorded);
	assert_rows(&unrecorded,
		    "SELECT table_name FROM hole WHERE table_name LIKE 'block%' ORDER BY 1",
		    "block_device\nblock_device_base\n");
}

#define NVRAM "/var/lib/libvirt/qemu/nvram"
#define SAVE "/var/lib/libvirt/qemu/save"
#define TPMS "/var/lib/libvirt/swtpm"
#define NOVA "/var/lib/nova/instances"
#define UUID "0a1b2c3d-0000-4000-8000-000000000001"
#define FILESYSTEM(path_, data_)                                                                   \
	{                                                                                          \
		.operation = GVNP_FILESYSTEM, .path = (path_), .data = (data_)                     \
	}

static void state_is_known_by_its_name(void **state)
{
	static const struct fake_file files[] = {
		LIST(NVRAM, "_VARS.fd\namf_VARS.fd\namf_VARS.qcow2\nodd_VARS_VARS\n"
			    "template.fd\nupf_VARS.raw\nx_VARS_old.fd\n"),
		LIST(SAVE, ".save\namf.save\nlost+found/\n"),
		LIST(TPMS, UUID "/\nempty/\n0A1B2C3D-0000-4000-8000-000000000001/\n"),
		LIST(NOVA, UUID "/\n" UUID "_del/\n" UUID "_resize/\n" UUID
				".bak/\n_base/\ncompute_nodes\nlocks/\n"),
		FILESYSTEM(NVRAM, "0xef53"),
		FILESYSTEM(SAVE, "0x58465342"),
		FILESYSTEM(TPMS, "0x1021994"),
		FILESYSTEM(NOVA, "0x6969"), /* NFS */
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_vm_state);
	assert_rows(&host, "SELECT path, kind, name, uuid, is_local FROM vm_state ORDER BY path",
		    NVRAM "/amf_VARS.fd|nvram|amf||1\n" NVRAM "/amf_VARS.qcow2|nvram|amf||1\n" NVRAM
			  "/odd_VARS_VARS|nvram|odd_VARS||1\n" NVRAM
			  "/upf_VARS.raw|nvram|upf||1\n" SAVE "/amf.save|saved-memory|amf||1\n" TPMS
			  "/" UUID "|tpm||" UUID "|1\n" NOVA "/" UUID "|nova-instance||" UUID
			  "|0\n" NOVA "/" UUID "_del|nova-instance||" UUID "|0\n" NOVA "/" UUID
			  "_resize|nova-resize||" UUID "|0\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void a_folder_that_is_closed_hides_state(void **state)
{
	static const struct fake_file files[] = {
		REFUSED(GVNP_LIST, SAVE, EACCES),
		LIST(TPMS, UUID "/\n"),
		REFUSED(GVNP_FILESYSTEM, TPMS, EACCES),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_vm_state);
	assert_rows(&host, "SELECT path, is_local FROM vm_state", TPMS "/" UUID "|NULL\n");
	assert_rows(&host, "SELECT column_name, object, problem FROM hole ORDER BY 1",
		    "||" SAVE ": Permission denied\n"
		    "is_local|" TPMS "/" UUID "|" TPMS ": Permission denied\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices_are_followed_to_what_they_stand_on),
		cmocka_unit_test(a_device_that_went_away_is_nobodys_hole),
		cmocka_unit_test(what_the_host_uses_is_known_by_number),
		cmocka_unit_test(every_device_of_btrfs_counts),
		cmocka_unit_test(what_mounts_and_swap_do_not_tell_is_not_known_here),
		cmocka_unit_test(state_is_known_by_its_name),
		cmocka_unit_test(a_folder_that_is_closed_hides_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
