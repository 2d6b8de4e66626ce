/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the domain collector on XML in small pieces, each for one thing that real hosts have. */
#include "fake_host.h"

#include "collect/domain.h"

#define UUID "5c0e0d3e-6a5e-4c5e-9d4e-0d5a0f1b2c3d"
#define HEAD(type, arch, machine)                                                                  \
	"<domain type='" type "' xmlns:x='" GVNP_DOMAIN_QEMU_URI "'><name>n</name>"                \
	"<memory unit='KiB'>1</memory><os><type arch='" arch "' machine='" machine                 \
	"'>hvm</type></os>"
#define PC HEAD("kvm", "x86_64", "pc-i440fx-7.2")
#define Q35 HEAD("kvm", "x86_64", "pc-q35-7.2")

static void collect_xml(struct fake_host *host, const char *xml)
{
	static const char line[] = UUID " 1 1 0 0 0 n\n";
	const struct fake_file files[] = {
		{ .operation = GVNP_LIBVIRT, .path = "domains", .data = line },
		{ .operation = GVNP_LIBVIRT, .path = "domain/" UUID "/xml", .data = xml },
		{ .operation = GVNP_LIBVIRT, .path = "domain/" UUID "/messages", .data = "" },
		{ .operation = GVNP_STAT,
		  .path = "/dev/vg/a",
		  .type = GVNP_TYPE_BLOCK,
		  .major = 253,
		  .minor = 7,
		  .mode = 0660 },
		{ .operation = GVNP_STAT, .path = "/closed/b.qcow2", .error = EACCES },
	};

	host->files = files;
	host->n_files = sizeof files / sizeof *files;
	fake_collect(host, &gvnp_collector_domain);
	host->files = NULL;
	host->n_files = 0;
}

#define DOMAIN(name, xml)                                                                          \
	_cleanup_(fake_host_done) struct fake_host name = { 0 };                                   \
	(void)state;                                                                               \
	collect_xml(&name, xml "</domain>")

static void models_libvirt_would_choose_are_filled_in(void **state)
{
	DOMAIN(host, PC "<devices><interface type='bridge'><mac address='m'/></interface>"
			"<controller type='scsi' index='0'/><controller type='usb' index='0'/>"
			"<video/><unheard-of model='z'/></devices>");

	assert_rows(&host,
		    "SELECT kind, model FROM domain_device WHERE origin = 'declared' ORDER BY 1, 2",
		    "nic|rtl8139\nother|unheard-of\nscsi|lsilogic\nusb|piix3-uhci\nvideo|cirrus\n");
}

static void virtio_is_the_default_elsewhere(void **state)
{
	DOMAIN(host,
	       HEAD("kvm", "aarch64",
		    "virt-7.2") "<devices><interface type='network'><mac address='m'/></interface>"
				"<serial type='pty'/></devices>");

	assert_rows(&host, "SELECT origin, kind, model FROM domain_device ORDER BY 1, 2",
		    "board|other|pl061\nboard|rtc|pl031\ndeclared|nic|virtio\ndeclared|serial|\n");
}

static void a_machine_nobody_knows_is_a_hole(void **state)
{
	DOMAIN(host, HEAD("kvm", "x86_64", "toaster-1.0") "<devices/>");

	assert_rows(&host, "SELECT table_name, object, problem FROM hole",
		    "domain_device|" UUID
		    "|what devices machine type \"toaster-1.0\" always has is not"
		    " known\n");
}

static void boards_are_known_by_every_name_they_have(void **state)
{
	static const struct {
		const char *machine, *marker;
	} boards[] = {
		{ "pc", "fdc" },
		{ "pc-1.0", "fdc" },
		{ "rhel6.6.0", "fdc" },
		{ "pc-i440fx-focal", "fdc" },
		{ "pc-i440fx-rhel7.6.0", "fdc" },
		{ "isapc", "fdc" },
		{ "q35", "sata" },
		{ "pc-q35-rhel9.4.0", "sata" },
		{ "microvm", "rtc" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
		_cleanup_(fake_host_done) struct fake_host host = { 0 };
		_cleanup_free_ char *xml = gvnp_format(
			"<domain type='kvm'><os><type arch='x86_64' machine='%s'/></os></domain>",
			boards[i].machine);
		_cleanup_free_ char *sql = gvnp_format("SELECT count(*) FROM domain_device WHERE"
						       " origin = 'board' AND kind = '%s'",
						       boards[i].marker);

		collect_xml(&host, xml);
		assert_rows(&host, sql, "1\n");
		assert_rows(&host, "SELECT * FROM hole", "");
	}
}

static void without_ps2_there_is_no_vmport_either(void **state)
{
	DOMAIN(host, Q35 "<features><ps2 state='off'/></features><devices/>");

	assert_rows(&host, "SELECT kind FROM domain_device ORDER BY 1",
		    "hpet\npit\nrtc\nsata\nsmbus\n");
}

static void other_hypervisors_have_no_qemu_board(void **state)
{
	DOMAIN(host, HEAD("test", "x86_64", "pc") "<devices/>");

	assert_rows(&host, "SELECT * FROM domain_device", "");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void host_devices_are_named_by_their_address(void **state)
{
	DOMAIN(host, Q35
	       "<devices>"
	       "<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000'"
	       " bus='0x03' slot='0x00' function='0x1'/></source><rom file='/r.rom'/>"
	       "<alias name='hostdev0'/></hostdev>"
	       "<hostdev mode='subsystem' type='usb'><source><vendor id='0x046d'/>"
	       "<product id='0xc52b'/></source></hostdev>"
	       "<hostdev mode='subsystem' type='mdev'><source><address uuid='u-u'/></source>"
	       "</hostdev>"
	       "<hostdev mode='subsystem' type='scsi' rawio='yes' sgio='unfiltered'><source>"
	       "<adapter name='scsi_host0'/><address bus='0' target='1' unit='2'/></source>"
	       "</hostdev>"
	       "<interface type='hostdev' managed='yes'><mac address='m'/><source><address "
	       "type='pci'"
	       " domain='0x0001' bus='0x0a' slot='0x1f' function='0x7'/></source></interface>"
	       "</devices>");

	assert_rows(
		&host,
		"SELECT name, type, address, is_managed, is_rawio, sgio, rom FROM domain_hostdev"
		" ORDER BY name",
		"hostdev0|pci|0000:03:00.1|1|0||/r.rom\nhostdev1|usb|0x046d:0xc52b|0|0||\n"
		"hostdev2|mdev|u-u|0|0||\nhostdev3|scsi|scsi_host0:0:1:2|0|1|unfiltered|\n"
		"hostdev4|pci|0001:0a:1f.7|1|0||\n");
	assert_rows(&host, "SELECT kind, model FROM domain_device WHERE kind = 'nic'", "nic|\n");
}

static void interfaces_say_what_they_are_connected_to(void **state)
{
	DOMAIN(host, Q35
	       "<devices>"
	       "<interface type='vhostuser'><mac address='a'/><source type='unix' path='/s'"
	       " mode='server'/><model type='virtio'/></interface>"
	       "<interface type='direct' trustGuestRxFilters='yes'><mac address='b'/>"
	       "<source dev='eth0' mode='passthrough'/><model type='virtio'/></interface>"
	       "<interface type='bridge'><mac address='c'/><source bridge='br0'/>"
	       "<virtualport type='openvswitch'/><port isolated='yes'/><model type='virtio'/>"
	       "<filterref filter='clean-traffic'/><target dev='vnet3'/>"
	       "<driver name='vhost'/></interface>"
	       "<interface type='user'><mac address='d'/><backend type='passt'/>"
	       "<model type='virtio'/></interface>"
	       "<interface type='udp'><mac address='e'/><source address='10.0.0.1' port='5000'/>"
	       "<model type='virtio'/></interface></devices>");

	assert_rows(
		&host,
		"SELECT name, type, source, backend, target, filter, mode, trusts_guest_filters,"
		" is_isolated, virtualport FROM domain_interface ORDER BY name",
		"net0|vhostuser|/s||||server|0|0|\nnet1|direct|eth0||||passthrough|1|0|\n"
		"net2|bridge|br0|vhost|vnet3|clean-traffic||0|1|openvswitch\n"
		"net3|user||passt||||0|0|\nnet4|udp|10.0.0.1:5000|||||0|0|\n");
}

static void every_listen_address_of_a_console_counts(void **state)
{
	DOMAIN(host, Q35 "<devices>"
			 "<graphics type='vnc' port='5901' websocket='5701'><listen type='socket'"
			 " socket='/run/v'/></graphics>"
			 "<graphics type='spice' port='5902' tlsPort='5903' defaultMode='secure'>"
			 "<listen type='network' address='::1' network='default'/>"
			 "<listen type='address' address='::ffff:127.1.2.3'/>"
			 "<listen type='address' address='::'/></graphics>"
			 "<graphics type='vnc' port='-1'><listen type='none'/></graphics>"
			 "<graphics type='vnc' port='-1'><listen type='address'/></graphics>"
			 "<graphics type='vnc' port='5905' listen='192.0.2.1'/>"
			 "<graphics type='egl-headless'/></devices>");

	assert_rows(&host,
		    "SELECT type, listen_type, address, port, tls_port, websocket, default_mode,"
		    " is_loopback FROM domain_graphics ORDER BY rowid",
		    "vnc|socket|/run/v|5901|-1|5701||1\n"
		    "spice|network|::1|5902|5903|-1|secure|1\n"
		    "spice|address|::ffff:127.1.2.3|5902|5903|-1|secure|1\n"
		    "spice|address|::|5902|5903|-1|secure|0\n"
		    "vnc|none||-1|-1|-1||1\nvnc|address||-1|-1|-1||0\n"
		    "vnc|address|192.0.2.1|5905|-1|-1||0\negl-headless|||-1|-1|-1||1\n");
}

static void a_console_without_address_gets_the_configured_one(void **state)
{
	_cleanup_(fake_host_done) struct fake_host host = { .facts = gvnp_facts_new() };

	(void)state;
	gvnp_insert(host.facts, "libvirt_setting", gvnp_text("file", "qemu"),
		    gvnp_text("key", "vnc_listen"), gvnp_text("kind", "text"),
		    gvnp_text("value", "127.0.0.1"), gvnp_text("origin", "default"),
		    gvnp_integer("line", 0));
	collect_xml(&host, Q35 "<devices><graphics type='vnc'><listen type='address'/></graphics>"
			       "</devices></domain>");
	assert_rows(&host, "SELECT address, is_loopback FROM domain_graphics", "127.0.0.1|1\n");
}

static void character_devices_show_both_ends(void **state)
{
	DOMAIN(host, Q35
	       "<devices>"
	       "<console type='udp'><source mode='bind' host='0.0.0.0' service='1'/>"
	       "<source mode='connect' host='192.0.2.2' service='2'/><target "
	       "type='virtio'/></console>"
	       "<channel type='spicevmc'><target type='virtio' "
	       "name='com.redhat.spice.0'/></channel>"
	       "<redirdev bus='usb' type='tcp'><source mode='connect' host='h' service='3'/>"
	       "<protocol type='raw'/></redirdev>"
	       "<smartcard mode='host'/>"
	       "<rng model='virtio'><backend model='egd' type='tcp'><source mode='connect' host='e'"
	       " service='4'/></backend></rng></devices>");

	assert_rows(&host,
		    "SELECT device, type, mode, host, service, target FROM domain_chardev"
		    " ORDER BY rowid",
		    "console|udp|bind|0.0.0.0|1|\nconsole|udp|connect|192.0.2.2|2|\n"
		    "channel|spicevmc||||com.redhat.spice.0\nredirdev|tcp|connect|h|3|\n"
		    "rng|tcp|connect|e|4|\n");
	assert_rows(&host,
		    "SELECT kind, model FROM domain_device WHERE origin = 'declared' ORDER BY 1",
		    "channel|virtio\nconsole|virtio\nredirdev|usb\nrng|virtio\nsmartcard|host\n");
}

static void a_chain_is_followed_to_its_end(void **state)
{
	DOMAIN(host,
	       Q35 "<devices><disk type='file' device='disk'><driver type='qcow2' cache='none'"
		   " io='native' discard='unmap' error_policy='stop'/>"
		   "<source file='/closed/b.qcow2'><dataStore type='file'><format type='raw'/>"
		   "<source file='/gone/data.raw'/></dataStore><seclabel model='dac' relabel='no'/>"
		   "<encryption format='luks'/></source>"
		   "<backingStore type='network'><format type='qcow2'/><source protocol='nbd' "
		   "name='x'/>"
		   "<backingStore type='block'><format type='raw'/><source dev='/dev/vg/a'/>"
		   "<backingStore/></backingStore></backingStore>"
		   "<target dev='vda' bus='virtio'/></disk>"
		   "<disk type='network' device='disk'><source protocol='rbd' name='pool/img' "
		   "tls='yes'>"
		   "<host name='mon' port='6789'/></source><target dev='vdb' bus='scsi'/></disk>"
		   "<disk type='volume' device='lun' rawio='yes' sgio='unfiltered'><source pool='p'"
		   " volume='v'/><target dev='sda'/></disk></devices>");

	assert_rows(&host,
		    "SELECT depth, path, format, identity, mode FROM domain_disk_layer"
		    " ORDER BY depth",
		    "0|/closed/b.qcow2|qcow2|NULL|NULL\n1|/gone/data.raw|raw||0\n"
		    "3|/dev/vg/a|raw|dev:253:7|432\n");
	assert_rows(
		&host,
		"SELECT target, source, protocol, host, io, discard, error_policy, encryption, tls,"
		" relabel, is_rawio, sgio FROM domain_disk ORDER BY target",
		"sda|p/v|||||||||1|unfiltered\n"
		"vda|/closed/b.qcow2|||native|unmap|stop|luks||no|0|\n"
		"vdb|rbd:pool/img|rbd|mon:6789|||||yes||0|\n");
}

static void memory_firmware_and_protection_are_read(void **state)
{
	DOMAIN(host, "<domain type='kvm'><memory unit='GiB' dumpCore='on'>2</memory>"
		     "<vcpu cpuset='1-2'>3</vcpu><iothreads>1</iothreads>"
		     "<memtune><hard_limit unit='MiB'>3</hard_limit></memtune>"
		     "<memoryBacking><hugepages/><locked/><source type='memfd'/>"
		     "<access mode='shared'/></memoryBacking>"
		     "<os><type arch='x86_64' machine='q35'>hvm</type>"
		     "<loader readonly='yes' secure='yes' type='pflash'>/code.fd</loader>"
		     "<nvram type='file'><source file='/vars.fd'/></nvram>"
		     "<kernel>/vmlinuz</kernel></os><cputune><vcpupin vcpu='1' cpuset='5,^5,7'/>"
		     "</cputune><cpu><model>Haswell</model></cpu>"
		     "<launchSecurity type='sev-snp'/>");

	assert_rows(&host,
		    "SELECT memory_kib, hard_limit_kib, dumps_core, loader, loader_type,"
		    " is_loader_readonly, is_loader_secure, nvram, kernel, is_memory_locked,"
		    " memory_access, memory_source, has_hugepages, cpu_mode, launch_security,"
		    " vcpus, vcpus_current FROM domain",
		    "2097152|3072|on|/code.fd|pflash|1|1|/vars.fd|/vmlinuz|1|shared|memfd|1|custom|"
		    "sev-snp|3|3\n");
	/* what is not pinned by itself runs where <vcpu> says */
	assert_rows(&host,
		    "SELECT kind, number, list FROM domain_pin p JOIN cpu_set s ON s.id = p.cpus"
		    " ORDER BY 1, 2",
		    "emulator|0|1-2\niothread|1|1-2\nvcpu|0|1-2\nvcpu|1|7\nvcpu|2|1-2\n");
}

static void writable_firmware_is_told_from_a_rom(void **state)
{
	DOMAIN(host, "<domain type='kvm'><os><type arch='x86_64' machine='q35'/>"
		     "<loader type='pflash'>/code.fd</loader></os>");

	assert_rows(&host, "SELECT is_loader_readonly FROM domain", "0\n");
}

static void what_is_no_number_is_unreadable(void **state)
{
	DOMAIN(host, "<domain type='kvm'><memory unit='furlong'>2</memory><vcpu>many</vcpu>"
		     "<os><type arch='x86_64' machine='q35'/></os><cputune>"
		     "<emulatorpin cpuset='x'/></cputune>");

	assert_rows(&host, "SELECT memory_kib, vcpus, hard_limit_kib FROM domain", "NULL|NULL|0\n");
	assert_rows(&host, "SELECT table_name, object FROM hole", "domain_pin|" UUID "\n");
}

static void features_inside_features_are_seen(void **state)
{
	DOMAIN(host,
	       Q35 "<features><kvm><hidden state='on'/></kvm><hyperv mode='custom'>"
		   "<relaxed state='on'/></hyperv><gic version='3'/><smm state='on'><tseg/></smm>"
		   "</features>");

	assert_rows(&host, "SELECT name, state FROM domain_feature ORDER BY name",
		    "gic|3\nhyperv|custom\nhyperv-relaxed|on\nkvm|on\nkvm-hidden|on\nsmm|on\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(models_libvirt_would_choose_are_filled_in),
		cmocka_unit_test(virtio_is_the_default_elsewhere),
		cmocka_unit_test(a_machine_nobody_knows_is_a_hole),
		cmocka_unit_test(boards_are_known_by_every_name_they_have),
		cmocka_unit_test(without_ps2_there_is_no_vmport_either),
		cmocka_unit_test(other_hypervisors_have_no_qemu_board),
		cmocka_unit_test(host_devices_are_named_by_their_address),
		cmocka_unit_test(interfaces_say_what_they_are_connected_to),
		cmocka_unit_test(every_listen_address_of_a_console_counts),
		cmocka_unit_test(a_console_without_address_gets_the_configured_one),
		cmocka_unit_test(character_devices_show_both_ends),
		cmocka_unit_test(a_chain_is_followed_to_its_end),
		cmocka_unit_test(memory_firmware_and_protection_are_read),
		cmocka_unit_test(writable_firmware_is_told_from_a_rom),
		cmocka_unit_test(what_is_no_number_is_unreadable),
		cmocka_unit_test(features_inside_features_are_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
