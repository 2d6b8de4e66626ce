/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_host.h"

#define CARELESS "5c0e0d3e-6a5e-4c5e-9d4e-0d5a0f1b2c3d"
#define CAREFUL "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
#define IMAGES "/var/lib/libvirt/images"
#define LIBVIRT(path_, data_)                                                                      \
	{                                                                                          \
		.operation = GVNP_LIBVIRT, .path = (path_), .data = (data_)                        \
	}
#define IMAGE(path_, inode_)                                                                       \
	{                                                                                          \
		.operation = GVNP_STAT, .path = (path_), .type = GVNP_TYPE_REGULAR, .mode = 0600,  \
		.uid = 64055, .gid = 107, .major = 254, .minor = 1, .inode = (inode_)              \
	}

static char *read_sample(const char *name)
{
	_cleanup_free_ char *path = gvnp_format(GVNP_TEST_DATA "/libvirt/%s", name);
	struct gvnp_buffer text = { 0 };
	char chunk[4096];
	FILE *file = fopen(path, "re");

	if (!file)
		fail_msg("%s is missing", path);
	for (size_t n; (n = fread(chunk, 1, sizeof chunk, file));)
		gvnp_buffer_append(&text, chunk, n);
	fclose(file);
	return gvnp_buffer_take(&text);
}

static const char listing[] = CARELESS " 4 1 1 0 0 careless\n" CAREFUL " -1 5 1 1 1 careful one\n";

static void collect_samples(struct fake_host *host, const char *careless_inactive)
{
	_cleanup_free_ char *careless = read_sample("careless-live.xml");
	_cleanup_free_ char *inactive = read_sample(careless_inactive);
	_cleanup_free_ char *careful = read_sample("careful-persistent.xml");
	const struct fake_file files[] = {
		LIBVIRT("domains", listing),
		LIBVIRT("domain/" CARELESS "/xml", careless),
		LIBVIRT("domain/" CARELESS "/inactive-xml", inactive),
		LIBVIRT("domain/" CARELESS "/messages",
			"tainted: custom configuration parameters specified\n"
			"tainted: hypervisor feature autodetection override\n"),
		LIBVIRT("domain/" CAREFUL "/xml", careful),
		LIBVIRT("domain/" CAREFUL "/messages", ""),
		IMAGE(IMAGES "/shared.raw", 11),
		IMAGE(IMAGES "/overlay.qcow2", 12),
	};

	host->files = files;
	host->n_files = sizeof files / sizeof *files;
	fake_collect(host, &gvnp_collector_domain);
	host->files = NULL;
	host->n_files = 0;
}

static void both_domains_have_their_row(void **state)
{
	_cleanup_(fake_host_done) struct fake_host host = { 0 };

	(void)state;
	collect_samples(&host, "careless-persistent.xml");
	assert_rows(&host, "SELECT * FROM hole", "");
	assert_rows(
		&host,
		"SELECT name, state, is_active, is_persistent, is_autostarted, has_managed_save,"
		" type, architecture, machine, emulator, tenant FROM domain ORDER BY name",
		"careful one|shutoff|0|1|1|1|kvm|x86_64|pc-q35-7.2|/usr/bin/qemu-system-x86_64|\n"
		"careless|running|1|1|0|0|qemu|x86_64|pc-i440fx-7.2|/usr/bin/qemu-system-x86_64"
		"|7b0d4c2a9e8f4d3b8c1a5e6f7d8c9b0a\n");
	assert_rows(&host,
		    "SELECT vcpus, vcpus_current, memory_kib, cpu_mode, cpu_model, loader,"
		    " is_loader_readonly, is_memory_unshared, hard_limit_kib, dumps_core"
		    " FROM domain ORDER BY name",
		    "1|1|65536|custom|qemu64||1|1|0|\n2|1|65536|custom|qemu64||1|0|0|\n");
}

static void devices_of_every_origin_are_seen(void **state)
{
	_cleanup_(fake_host_done) struct fake_host host = { 0 };

	(void)state;
	collect_samples(&host, "careless-persistent.xml");
	assert_rows(&host,
		    "SELECT origin, kind, model FROM domain_device WHERE domain = '" CARELESS
		    "' AND origin <> 'declared' ORDER BY 1, 2",
		    "argument|nic|ne2k_pci\n"
		    "board|fdc|isa-fdc\nboard|hpet|hpet\nboard|i8042|i8042\nboard|ide|piix3-ide\n"
		    "board|pit|isa-pit\nboard|rtc|mc146818rtc\nboard|smbus|PIIX4_PM\n"
		    "board|vmport|vmport\n");
	assert_rows(
		&host,
		"SELECT kind, model FROM domain_device WHERE domain = '" CARELESS
		"' AND origin = 'declared' ORDER BY 1, 2",
		"balloon|virtio\ncdrom|ide\nchannel|virtio\ndisk|ide\ndisk|virtio\nfdc|isa-fdc\n"
		"filesystem|9p\nfloppy|fdc\ngraphics|vnc\nide|piix3-ide\ninput|keyboard\n"
		"input|mouse\ninput|tablet\nnic|e1000\nnic|rtl8139\npanic|isa\nparallel|\n"
		"pci|pci-root\nrng|virtio\nscsi|lsilogic\nserial|isa-serial\nserial|isa-serial\n"
		"shmem|ivshmem-plain\nsound|ac97\nusb|piix3-uhci\nvideo|cirrus\n"
		"virtio-serial|virtio-serial\nwatchdog|i6300esb\n");
	/* vmport and HPET are switched off, USB and the balloon are "none" */
	assert_rows(&host,
		    "SELECT origin, kind FROM domain_device WHERE domain = '" CAREFUL
		    "' ORDER BY 1, 2",
		    "board|i8042\nboard|pit\nboard|rtc\nboard|sata\nboard|smbus\n"
		    "declared|input\ndeclared|input\ndeclared|pci\ndeclared|sata\n");
}

static void disks_and_their_images_are_seen(void **state)
{
	_cleanup_(fake_host_done) struct fake_host host = { 0 };

	(void)state;
	collect_samples(&host, "careless-persistent.xml");
	assert_rows(&host,
		    "SELECT target, device, bus, type, source, format, cache, is_readonly,"
		    " is_shareable FROM domain_disk ORDER BY target",
		    "fda|floppy|fdc|file||||0|0\nhda|disk|ide|file|" IMAGES
		    "/overlay.qcow2|qcow2||0|0\nhdc|cdrom|ide|file||||1|0\n"
		    "vda|disk|virtio|file|" IMAGES "/shared.raw|raw|unsafe|0|1\n");
	/* the backing image is not there: identity '' and not NULL */
	assert_rows(&host,
		    "SELECT target, depth, path, format, identity, mode, uid FROM domain_disk_layer"
		    " ORDER BY target, depth",
		    "hda|0|" IMAGES "/overlay.qcow2|qcow2|fs:254:1:12|384|64055\n"
		    "hda|1|" IMAGES "/base.raw|raw||0|0\n"
		    "vda|0|" IMAGES "/shared.raw|raw|fs:254:1:11|384|64055\n");
}

static void connections_to_the_outside_are_seen(void **state)
{
	_cleanup_(fake_host_done) struct fake_host host = { 0 };

	(void)state;
	collect_samples(&host, "careless-persistent.xml");
	assert_rows(&host,
		    "SELECT name, type, model, mac, target FROM domain_interface ORDER BY name",
		    "argument0|user|ne2k_pci||\nnet0|user|e1000|52:54:00:11:22:33|\n"
		    "net1|user|rtl8139|52:54:00:11:22:34|\n");
	assert_rows(&host,
		    "SELECT type, listen_type, address, port, tls_port, is_loopback"
		    " FROM domain_graphics",
		    "vnc|address|0.0.0.0|5900|-1|0\n");
	/* the console that repeats the first serial port is not a second one */
	assert_rows(&host,
		    "SELECT device, name, type, mode, host, service, protocol, tls, target, origin"
		    " FROM domain_chardev ORDER BY device, name",
		    "channel|channel0|unix|bind|||||org.qemu.guest_agent.0|declared\n"
		    "monitor||tcp|bind|127.0.0.1|24556|raw|||argument\n"
		    "parallel|parallel0|file|||||||declared\n"
		    "serial|serial0|tcp|bind|0.0.0.0|24555|telnet|no||declared\n"
		    "serial|serial1|pty|||||||declared\n");
}

static void labels_features_and_pins_are_seen(void **state)
{
	_cleanup_(fake_host_done) struct fake_host host = { 0 };

	(void)state;
	collect_samples(&host, "careless-persistent.xml");
	assert_rows(&host, "SELECT model, type, relabel, label, image_label FROM domain_seclabel",
		    "dac|static|yes|+0:+0|+0:+0\n");
	assert_rows(&host,
		    "SELECT d.name, f.name, f.state FROM domain_feature f JOIN domain d"
		    " ON d.uuid = f.domain ORDER BY 1, 2",
		    "careful one|acpi|on\ncareful one|apic|on\ncareful one|timer-hpet|no\n"
		    "careful one|vmport|off\ncareless|acpi|on\ncareless|apic|on\n"
		    "careless|timer-rtc|yes\ncareless|vmport|on\n");
	assert_rows(&host, "SELECT domain, name, policy FROM domain_cpu_feature ORDER BY 1, 2",
		    CAREFUL "|svm|disable\n" CARELESS "|hypervisor|require\n" CARELESS
			    "|lahf_lm|require\n");
	assert_rows(&host,
		    "SELECT kind, number, list FROM domain_pin p JOIN cpu_set s ON s.id = p.cpus"
		    " ORDER BY 1, 2",
		    "emulator|0|0\nvcpu|0|0-1\n");
	assert_rows(&host, "SELECT position, message FROM domain_message",
		    "0|tainted: custom configuration parameters specified\n"
		    "1|tainted: hypervisor feature autodetection override\n");
}

static void shared_directories_are_seen(void **state)
{
	_cleanup_(fake_host_done) struct fake_host host = { 0 };

	(void)state;
	collect_samples(&host, "careless-persistent.xml");
	assert_rows(&host,
		    "SELECT name, type, driver, access_mode, source, target, is_readonly"
		    " FROM domain_filesystem",
		    "fs0|mount|path|passthrough|" IMAGES "|share|0\n");
	assert_rows(&host,
		    "SELECT position, kind, value FROM domain_qemu_argument ORDER BY position",
		    "0|argument|-netdev\n1|argument|user,id=extra0\n2|argument|-device\n"
		    "3|argument|ne2k_pci,netdev=extra0,addr=0x1c\n4|argument|-monitor\n"
		    "5|argument|tcp:127.0.0.1:24556,server,nowait\n6|environment|TEST_VARIABLE=1\n"
		    "7|capability-delete|seccomp-sandbox\n");
}

static void equal_definitions_have_no_difference(void **state)
{
	_cleanup_(fake_host_done) struct fake_host host = { 0 };

	(void)state;
	collect_samples(&host, "careless-persistent.xml");
	/* only the sign that they were compared */
	assert_rows(&host, "SELECT domain, definition, name, value FROM domain_setting ORDER BY 2",
		    CARELESS "|live|domain.type|qemu\n" CARELESS "|persistent|domain.type|qemu\n");
}

static void a_difference_of_definitions_shows(void **state)
{
	_cleanup_(fake_host_done) struct fake_host host = { 0 };

	(void)state;
	collect_samples(&host, "careless-edited.xml");
	assert_rows(&host,
		    "SELECT definition, name, value FROM domain_setting WHERE name <> 'domain.type'"
		    " ORDER BY name, definition",
		    "live|device.disk.vda.cache|unsafe\npersistent|device.disk.vda.cache|none\n"
		    "live|device.filesystem.share.access_mode|passthrough\n"
		    "live|device.filesystem.share.present|yes\n"
		    "live|device.filesystem.share.source|/var/lib/libvirt/images\n"
		    "live|device.nic.52:54:00:11:22:33.model|e1000\n"
		    "persistent|device.nic.52:54:00:11:22:33.model|virtio\n"
		    "live|device.serial.0.host|0.0.0.0\npersistent|device.serial.0.host|127.0.0.1\n"
		    "live|feature.vmport|on\npersistent|feature.vmport|off\n"
		    "persistent|memory.nosharepages|yes\n"
		    "live|pin.emulator|0\npersistent|pin.emulator|1\n"
		    "live|qemu.del.7|seccomp-sandbox\n"
		    "live|seclabel.dac.label|+0:+0\nlive|seclabel.dac.relabel|yes\n"
		    "live|seclabel.dac.type|static\n");
}

static void a_vanished_domain_keeps_its_name(void **state)
{
	static const struct fake_file files[] = {
		LIBVIRT("domains", listing),
		{ .operation = GVNP_LIBVIRT,
		  .path = "domain/" CARELESS "/xml",
		  .error = GVNP_LIBVIRT_ERROR,
		  .data = "Domain not found: no domain with matching uuid '" CARELESS "'" },
		LIBVIRT("domain/" CAREFUL "/xml", "<domain type='kvm'><name>careful"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_domain);
	assert_rows(&host, "SELECT name, state, is_active, type FROM domain ORDER BY name",
		    "careful one|shutoff|0|NULL\ncareless|vanished|0|NULL\n");
	assert_rows(&host,
		    "SELECT count(DISTINCT table_name) FROM hole WHERE object = '" CARELESS
		    "' AND problem LIKE 'libvirt XML of careless: Domain not found%'",
		    "16\n");
	assert_rows(&host,
		    "SELECT count(DISTINCT table_name) FROM hole WHERE object = '" CAREFUL
		    "' AND problem LIKE '%not well-formed XML%'",
		    "16\n");
	assert_rows(&host, "SELECT count(*) FROM hole WHERE object = ''", "0\n");
	assert_true(gvnp_facts_is_collected(host.facts, "domain_device"));
}

static void without_libvirt_nothing_is_collected(void **state)
{
	static const struct fake_file files[] = {
		REFUSED(GVNP_LIBVIRT, "domains", GVNP_LIBVIRT_ASLEEP),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_domain);
	assert_false(gvnp_facts_is_collected(host.facts, "domain"));
	assert_false(gvnp_facts_is_collected(host.facts, "domain_disk_layer"));
	assert_rows(&host, "SELECT count(*) FROM hole WHERE object = ''", "16\n");
}

static void lines_that_are_not_understood_are_not_lost(void **state)
{
	static const struct fake_file files[] = {
		LIBVIRT("domains", "garbage\n" CAREFUL " -1 5 1 0\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_domain);
	assert_rows(&host, "SELECT count(*) FROM domain", "0\n");
	assert_rows(&host, "SELECT problem FROM hole WHERE table_name = 'domain' AND object = ''",
		    "libvirt domains: a line is not understood\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_domains_have_their_row),
		cmocka_unit_test(devices_of_every_origin_are_seen),
		cmocka_unit_test(disks_and_their_images_are_seen),
		cmocka_unit_test(connections_to_the_outside_are_seen),
		cmocka_unit_test(labels_features_and_pins_are_seen),
		cmocka_unit_test(shared_directories_are_seen),
		cmocka_unit_test(equal_definitions_have_no_difference),
		cmocka_unit_test(a_difference_of_definitions_shows),
		cmocka_unit_test(a_vanished_domain_keeps_its_name),
		cmocka_unit_test(without_libvirt_nothing_is_collected),
		cmocka_unit_test(lines_that_are_not_understood_are_not_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
