/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_host.h"

#define ETC "/etc/systemd/system"
#define USR "/usr/lib/systemd/system"

/* Debian 12 */
static const char tls_socket[] = "[Unit]\n"
				 "Description=Libvirt TLS IP socket\n"
				 "Before=libvirtd.service\n"
				 "BindsTo=libvirtd.socket\n"
				 "After=libvirtd.socket\n"
				 "\n"
				 "[Socket]\n"
				 "ListenStream=16514\n"
				 "Service=libvirtd.service\n"
				 "\n"
				 "[Install]\n"
				 "WantedBy=sockets.target\n";

static void drop_ins_change_what_the_unit_file_says(void **state)
{
	static const struct fake_file files[] = {
		LIST(USR, "libvirtd-tls.socket\ncron.service\nsockets.target.wants/"),
		LIST(ETC, "libvirtd-tls.socket.d/\nlibvirtd-.socket.d/\nsocket.d/\n"
			  "sockets.target.wants/\ncron.service.d/"),
		LIST(ETC "/libvirtd-tls.socket.d", "20-address.conf\nREADME"),
		LIST(ETC "/libvirtd-.socket.d", "10-mode.conf\n20-address.conf"),
		LIST(ETC "/socket.d", "30-all.conf"),
		LIST(ETC "/sockets.target.wants",
		     "libvirtd-tls.socket -> /usr/lib/systemd/system/libvirtd-tls.socket"),
		{ .operation = GVNP_READ,
		  .path = USR "/libvirtd-tls.socket",
		  .data = tls_socket,
		  .mode = 0644 },
		{ .operation = GVNP_READ,
		  .path = ETC "/libvirtd-tls.socket.d/20-address.conf",
		  .data = "# management network only\n[Socket]\nListenStream=\n"
			  "ListenStream = \\\n; why\n  "
			  "192.0.2.7:16514\nListenStream=[2001:db8::7]:16514\n"
			  "nonsense\n",
		  .mode = 0664,
		  .uid = 1000 },
		READ(ETC "/libvirtd-.socket.d/10-mode.conf", "[Socket]\nSocketMode=0660\n"),
		READ(ETC "/socket.d/30-all.conf", "[Socket]\nSocketMode=0600"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_systemd);
	assert_rows(&host, "SELECT * FROM systemd_unit",
		    "libvirtd-tls.socket|loaded|/usr/lib/systemd/system/libvirtd-tls.socket|1\n");
	assert_rows(&host,
		    "SELECT name, position, value FROM systemd_unit_setting"
		    " WHERE section = 'Socket' ORDER BY name, position",
		    "ListenStream|0|192.0.2.7:16514\nListenStream|1|[2001:db8::7]:16514\n"
		    "Service|0|libvirtd.service\nSocketMode|0|0660\nSocketMode|1|0600\n");
	assert_rows(&host, "SELECT path, mode, uid FROM systemd_unit_file WHERE uid",
		    "/etc/systemd/system/libvirtd-tls.socket.d/20-address.conf|436|1000\n");
	assert_rows(&host, "SELECT count(*) FROM systemd_unit_file", "4\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void the_folder_of_the_administrator_goes_first_and_masks(void **state)
{
	static const struct fake_file files[] = {
		LIST(ETC, "libvirtd-tcp.socket -> /dev/null\nvirtlogd.service\n"
			  "sshd.service -> /lib/systemd/system/ssh.service\nlibvirtd.service"),
		LIST(USR, "libvirtd-tcp.socket\nvirtlogd.service\nssh.service\nlibvirtd.service"),
		READ(ETC "/virtlogd.service", "[Service]\nExecStart=/opt/virtlogd\n"),
		READ(ETC "/libvirtd.service", ""),
		READ(USR "/virtlogd.service", "[Service]\nExecStart=/usr/sbin/virtlogd\n"),
		READ(USR "/ssh.service",
		     "ExecStart=/nowhere\n[Service]\nExecStart=/usr/sbin/sshd -D\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_systemd);
	assert_rows(&host, "SELECT name, state, path, is_enabled FROM systemd_unit ORDER BY name",
		    "libvirtd-tcp.socket|masked|/etc/systemd/system/libvirtd-tcp.socket|0\n"
		    "libvirtd.service|masked|/etc/systemd/system/libvirtd.service|0\n"
		    "ssh.service|loaded|/usr/lib/systemd/system/ssh.service|0\n"
		    "virtlogd.service|loaded|/etc/systemd/system/virtlogd.service|0\n");
	assert_rows(&host, "SELECT unit, value FROM systemd_unit_setting ORDER BY unit",
		    "ssh.service|/usr/sbin/sshd -D\nvirtlogd.service|/opt/virtlogd\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void loops_and_garbage_leave_holes_of_that_unit(void **state)
{
	static const struct fake_file files[] = {
		LIST(ETC, "virtqemud.service -> virtlogd.service\n"
			  "virtlogd.service -> virtqemud.service\n"
			  "libvirtd.service\nvirtproxyd.socket\nssh.socket"),
		REFUSED(GVNP_READ, ETC "/libvirtd.service", ELOOP),
		{ .operation = GVNP_READ,
		  .path = ETC "/virtproxyd.socket",
		  .data = "[Socket]\nA=\0B",
		  .size = 13 },
		READ(ETC "/ssh.socket", "[Socket]\nListenStream=22\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_systemd);
	assert_rows(&host,
		    "SELECT object, problem FROM hole WHERE table_name = 'systemd_unit' ORDER BY 1",
		    "libvirtd.service|/etc/systemd/system/libvirtd.service: Too many levels of"
		    " symbolic links\n"
		    "virtlogd.service|a link to another unit that is not followed\n"
		    "virtproxyd.socket|/etc/systemd/system/virtproxyd.socket: not a text\n"
		    "virtqemud.service|a link to another unit that is not followed\n");
	assert_rows(&host, "SELECT unit, value FROM systemd_unit_setting", "ssh.socket|22\n");
}

static void a_folder_that_cannot_be_listed_is_said(void **state)
{
	static const struct fake_file files[] = { REFUSED(GVNP_LIST, ETC, EACCES) };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_systemd);
	assert_rows(&host, "SELECT table_name, object, problem FROM hole ORDER BY 1",
		    "systemd_unit||/etc/systemd/system: Permission denied\n"
		    "systemd_unit_file||/etc/systemd/system: Permission denied\n"
		    "systemd_unit_setting||/etc/systemd/system: Permission denied\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drop_ins_change_what_the_unit_file_says),
		cmocka_unit_test(the_folder_of_the_administrator_goes_first_and_masks),
		cmocka_unit_test(loops_and_garbage_leave_holes_of_that_unit),
		cmocka_unit_test(a_folder_that_cannot_be_listed_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
