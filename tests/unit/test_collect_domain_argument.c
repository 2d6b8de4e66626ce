/* SPDX-License-Identifier: Apache-2.0 */
/* What <qemu:commandline> brings into the other tables. */
#include "fake_host.h"

#include "collect/domain.h"
#include "collect/qemu_model.h"

#define UUID "5c0e0d3e-6a5e-4c5e-9d4e-0d5a0f1b2c3d"
#define ARG(value) "<x:arg value='" value "'/>"

static void collect_arguments(struct fake_host *host, const char *arguments)
{
	_cleanup_free_ char *xml = gvnp_format(
		"<domain type='kvm' xmlns:x='" GVNP_DOMAIN_QEMU_URI "'><os>"
		"<type arch='x86_64' machine='microvm'/></os><x:commandline>%s</x:commandline>"
		"</domain>",
		arguments);
	const struct fake_file files[] = {
		{ .operation = GVNP_LIBVIRT, .path = "domains", .data = UUID " 1 1 0 0 0 n\n" },
		{ .operation = GVNP_LIBVIRT, .path = "domain/" UUID "/xml", .data = xml },
		{ .operation = GVNP_LIBVIRT, .path = "domain/" UUID "/messages", .data = "" },
	};

	host->files = files;
	host->n_files = sizeof files / sizeof *files;
	fake_collect(host, &gvnp_collector_domain);
	host->files = NULL;
	host->n_files = 0;
}

#define ARGUMENTS(name, text)                                                                      \
	_cleanup_(fake_host_done) struct fake_host name = { 0 };                                   \
	(void)state;                                                                               \
	collect_arguments(&name, text)

#define DEVICES "SELECT kind, model FROM domain_device WHERE origin = 'argument' ORDER BY rowid"
#define CHARDEVS                                                                                   \
	"SELECT device, name, type, mode, host, service, protocol, tls, path FROM domain_chardev"  \
	" ORDER BY rowid"

static void devices_are_seen_in_both_notations(void **state)
{
	ARGUMENTS(host,
		  ARG("-device") ARG("e1000,netdev=n0,id=c0") ARG("--device")
			  ARG("{\"driver\":\"ivshmem-plain\",\"id\":\"s\"}") ARG("-device")
				  ARG("virtio-9p-pci,fsdev=f") ARG("-device")
					  ARG("usb-redir,chardev=c") ARG("-device") ARG("edu"));

	assert_rows(&host, DEVICES,
		    "nic|e1000\nshmem|ivshmem-plain\nfilesystem|virtio-9p-pci\n"
		    "redirdev|usb-redir\nother|edu\n");
	assert_rows(&host, "SELECT name, detail FROM domain_device WHERE model = 'e1000'",
		    "c0|-device e1000,netdev=n0,id=c0\n");
}

static void network_back_ends_are_interfaces(void **state)
{
	ARGUMENTS(host,
		  ARG("-netdev") ARG("user,id=n0") ARG("-device") ARG("rtl8139,netdev=n0")
			  ARG("-nic") ARG("user,model=pcnet") ARG("-net") ARG("nic,model=ne2k_pci")
				  ARG("-net") ARG("user") ARG("-nic") ARG("none") ARG("-netdev")
					  ARG("{\"type\":\"user\",\"id\":\"n1\"}"));

	assert_rows(&host, "SELECT name, type, model FROM domain_interface ORDER BY name",
		    "argument0|user|rtl8139\nargument2|user|pcnet\nargument4|user|\n"
		    "argument6|user|\n");
	assert_rows(&host, DEVICES, "nic|rtl8139\nnic|pcnet\nnic|ne2k_pci\n");
}

static void drives_bring_what_their_interface_says(void **state)
{
	ARGUMENTS(host,
		  ARG("-drive") ARG("if=floppy,file=/f.img") ARG("-drive")
			  ARG("if=none,id=d,file=/d.img") ARG("-drive")
				  ARG("file=/c.iso,media=cdrom") ARG("-fda") ARG("/f2.img")
					  ARG("-hdb") ARG("/h.img") ARG("-cdrom") ARG("/c2.iso")
						  ARG("-usbdevice") ARG("tablet") ARG("-vga")
							  ARG("cirrus") ARG("-soundhw") ARG("hda"));

	assert_rows(&host, DEVICES,
		    "floppy|floppy\ncdrom|\nfloppy|floppy\ndisk|\ncdrom|\ninput|tablet\n"
		    "video|cirrus\nsound|hda\n");
}

static void ports_and_monitors_lead_somewhere(void **state)
{
	ARGUMENTS(host,
		  ARG("-serial") ARG("telnet:0.0.0.0:4000,server=on,wait=off") ARG("-monitor")
			  ARG("tcp:[::1]:4001,server,nowait") ARG("-qmp") ARG("unix:/q.sock,server")
				  ARG("-serial") ARG("none") ARG("-parallel") ARG("/dev/parport0")
					  ARG("-s") ARG("-serial") ARG("mon:stdio") ARG("-gdb")
						  ARG("tcp:192.0.2.1:9,server=off") ARG("-serial")
							  ARG("file:/var/log/x"));

	assert_rows(&host, CHARDEVS,
		    "serial||tcp|bind|0.0.0.0|4000|telnet||\nmonitor||tcp|bind|::1|4001|raw||\n"
		    "monitor||unix|bind|||||/q.sock\nparallel||dev||||||/dev/parport0\n"
		    "monitor||tcp|bind||1234|raw||\nserial||stdio||||||\n"
		    "monitor||tcp|connect|192.0.2.1|9|raw||\nserial||file||||||/var/log/x\n");
	assert_rows(&host, "SELECT DISTINCT origin FROM domain_chardev", "argument\n");
	assert_rows(&host, DEVICES, "serial|\nparallel|\nserial|\nserial|\n");
}

static void a_chardev_belongs_to_what_uses_it(void **state)
{
	ARGUMENTS(host,
		  ARG("-chardev") ARG("socket,id=a,host=0.0.0.0,port=5,server=on,telnet=on") ARG(
			  "-mon") ARG("chardev=a,mode=control") ARG("-chardev")
			  ARG("socket,id=b,path=/b.sock") ARG("-device") ARG("isa-serial,chardev=b")
				  ARG("-chardev") ARG("udp,id=c,host=h,port=6") ARG("-chardev") ARG(
					  "socket,id=d,host=h,port=7,tls-creds=t") ARG("-serial")
					  ARG("chardev:d") ARG("-chardev")
						  ARG("{\"id\":\"e\",\"backend\":{\"type\":"
						      "\"socket\",\"data\":{\"addr\":{"
						      "\"type\":\"inet\",\"data\":{\"host\":\"j\","
						      "\"port\":\"8\"}}}}}"));

	assert_rows(&host, CHARDEVS,
		    "monitor|a|tcp|bind|0.0.0.0|5|telnet|no|\nserial|b|unix|connect|||||/b.sock\n"
		    "chardev|c|udp||h|6|||\nserial|d|tcp|connect|h|7|raw|yes|\n"
		    "chardev|e|tcp|bind|j|8|raw|no|\n");
}

static void consoles_may_be_arguments(void **state)
{
	ARGUMENTS(host, ARG("-vnc") ARG("0.0.0.0:1,websocket=on") ARG("-vnc") ARG("unix:/v.sock")
				ARG("-vnc") ARG("none") ARG("-spice")
					ARG("port=5930,password=hunter2,addr=127.0.0.1") ARG("-vnc")
						ARG(":2"));

	assert_rows(&host,
		    "SELECT type, listen_type, address, port, websocket, is_loopback"
		    " FROM domain_graphics ORDER BY rowid",
		    "vnc|address|0.0.0.0|5901|5701|0\nvnc|socket|/v.sock|-1|-1|1\n"
		    "spice|address|127.0.0.1|5930|-1|1\nvnc|address|0.0.0.0|5902|-1|0\n");
	/* a password stays out of the facts */
	assert_rows(&host, "SELECT count(*) FROM domain_qemu_argument WHERE value LIKE '%hunter%'",
		    "0\n");
	assert_rows(&host, "SELECT count(*) FROM domain_device WHERE detail LIKE '%hunter%'",
		    "0\n");
	assert_rows(&host, "SELECT value FROM domain_qemu_argument WHERE value LIKE '%password%'",
		    "port=5930,password=***,addr=127.0.0.1\n");
}

static void shared_folders_may_be_arguments(void **state)
{
	ARGUMENTS(host,
		  ARG("-virtfs") ARG("local,path=/srv,mount_tag=t,security_model=none")
			  ARG("-fsdev")
				  ARG("local,id=f,path=/etc,security_model=mapped,readonly=on"));

	assert_rows(&host,
		    "SELECT driver, access_mode, source, target, is_readonly FROM domain_filesystem"
		    " ORDER BY name",
		    "path|none|/srv|t|0\npath|mapped|/etc||1\n");
	assert_rows(&host, DEVICES, "filesystem|9p\n");
}

static void what_hides_devices_is_a_hole(void **state)
{
	ARGUMENTS(host, ARG("-readconfig") ARG("/etc/more.cfg"));

	assert_rows(&host, "SELECT table_name, object, problem FROM hole",
		    "domain_device|" UUID
		    "|its devices may be in /etc/more.cfg, which -readconfig names\n");
}

static void overrides_and_deprecations_are_rows(void **state)
{
	_cleanup_(fake_host_done) struct fake_host host = { 0 };

	(void)state;
	collect_arguments(&host,
			  "<x:env name='A' value='1'/></x:commandline>"
			  "<x:capabilities><x:add capability='a'/><x:del capability='b'/>"
			  "</x:capabilities><x:override><x:device alias='net0'><x:frontend>"
			  "<x:property name='p' type='bool' value='true'/></x:frontend></x:device>"
			  "</x:override><x:deprecation behavior='crash'/><x:commandline>");
	assert_rows(&host, "SELECT position, kind, value FROM domain_qemu_argument ORDER BY 1",
		    "0|environment|A=1\n1|capability-add|a\n2|capability-delete|b\n"
		    "3|device-override|net0.p=true\n4|deprecation|crash\n");
}

static void the_prefix_alone_means_nothing(void **state)
{
	const struct fake_file files[] = {
		{ .operation = GVNP_LIBVIRT, .path = "domains", .data = UUID " 1 1 0 0 0 n\n" },
		{ .operation = GVNP_LIBVIRT,
		  .path = "domain/" UUID "/xml",
		  .data = "<domain type='kvm' xmlns:qemu='urn:another'><os><type arch='x86_64'"
			  " machine='microvm'/></os><qemu:commandline><qemu:arg value='-usb'/>"
			  "</qemu:commandline></domain>" },
		{ .operation = GVNP_LIBVIRT, .path = "domain/" UUID "/messages", .data = "" },
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_domain);
	assert_rows(&host, "SELECT * FROM domain_qemu_argument", "");
	assert_rows(&host, DEVICES, "");
}

static void models_are_sorted_into_kinds(void **state)
{
	(void)state;
	assert_string_equal(gvnp_qemu_model_kind("i82801b11-bridge"), "pci");
	assert_string_equal(gvnp_qemu_model_kind("i82801"), "nic");
	assert_string_equal(gvnp_qemu_model_kind("i82559c"), "nic");
	assert_string_equal(gvnp_qemu_model_kind("vfio-pci"), "hostdev");
	assert_string_equal(gvnp_qemu_model_kind("virtio-net-pci-transitional"), "nic");
	assert_string_equal(gvnp_qemu_model_kind("isa-fdc"), "fdc");
	assert_string_equal(gvnp_qemu_model_kind("floppy"), "floppy");
	assert_string_equal(gvnp_qemu_model_kind("floppyx"), "other");
	assert_string_equal(gvnp_qemu_model_kind(""), "other");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices_are_seen_in_both_notations),
		cmocka_unit_test(network_back_ends_are_interfaces),
		cmocka_unit_test(drives_bring_what_their_interface_says),
		cmocka_unit_test(ports_and_monitors_lead_somewhere),
		cmocka_unit_test(a_chardev_belongs_to_what_uses_it),
		cmocka_unit_test(consoles_may_be_arguments),
		cmocka_unit_test(shared_folders_may_be_arguments),
		cmocka_unit_test(what_hides_devices_is_a_hole),
		cmocka_unit_test(overrides_and_deprecations_are_rows),
		cmocka_unit_test(the_prefix_alone_means_nothing),
		cmocka_unit_test(models_are_sorted_into_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
