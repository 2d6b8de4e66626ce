/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration of logging, time and cloud services: what counts, what is kept, and that no secret
 * ever is. The rsyslog files are written after its manual, auditd.conf and nova.conf after
 * Debian's. */
#include "collect/ini.h"
#include "collect/rsyslog.h"
#include "fake_host.h"

#define SETTINGS "SELECT key, value, file, line FROM daemon_setting ORDER BY daemon, key"

static void dropins_of_systemd_override_the_main_file(void **state)
{
	static const struct fake_file files[] = {
		READ("/etc/systemd/journald.conf",
		     "[Journal]\n#Storage=none\nStorage=auto\nSeal=no\n"),
		READ("/usr/lib/systemd/journald.conf", "[Journal]\nStorage=volatile\n"),
		LIST("/etc/systemd/journald.conf.d", "10-x.conf"),
		LIST("/usr/lib/systemd/journald.conf.d", "10-x.conf\n20-y.conf"),
		READ("/etc/systemd/journald.conf.d/10-x.conf", "[Journal]\nStorage=persistent\n"),
		READ("/usr/lib/systemd/journald.conf.d/10-x.conf", "[Journal]\nStorage=none\n"),
		READ("/usr/lib/systemd/journald.conf.d/20-y.conf",
		     "[Other]\nSeal=yes\n[Journal]\nForwardToSyslog=yes\n"),
		READ("/etc/systemd/timesyncd.conf", "[Time]\nNTP=a.example b.example\n"),
		LIST("/run/systemd/timesyncd.conf.d", "dhcp.conf"),
		READ("/run/systemd/timesyncd.conf.d/dhcp.conf", "[Time]\nNTP=\nNTP=c.example\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_daemon_config);
	assert_rows(&host, SETTINGS,
		    "Journal.ForwardToSyslog|yes|/usr/lib/systemd/journald.conf.d/20-y.conf|4\n"
		    "Journal.Seal|no|/etc/systemd/journald.conf|4\n"
		    "Journal.Storage|persistent|/etc/systemd/journald.conf.d/10-x.conf|2\n"
		    "Time.NTP|c.example|/run/systemd/timesyncd.conf.d/dhcp.conf|3\n");
	assert_rows(&host, "SELECT name FROM daemon_config WHERE is_present = 1 ORDER BY 1",
		    "journald\ntimesyncd\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void no_secret_of_a_cloud_is_kept(void **state)
{
	static const struct fake_file files[] = {
		READ("/etc/nova/nova.conf",
		     "[DEFAULT]\n"
		     "transport_url = rabbit://openstack:S3cret@a.example:5672,openstack:S3c/@et@"
		     "b.example:5672/\n"
		     "my_ip=192.0.2.9\n"
		     "[keystone_authtoken]\nauth_url: https://id.example:5000\npassword = S3cret\n"
		     "[key_manager]\nfixed_key = S3cret\n"
		     "[database]\nconnection = mysql+pymysql://nova:S3cret@db.example/nova\n"
		     "[libvirt]\nvirt_type = kvm\n  continued = S3cret\n"
		     "[pci]\ndevice_spec = {\"devname\": \"a\"}\ndevice_spec = {\"devname\": "
		     "\"b\"}\n"),
		READ("/etc/nova/nova-compute.conf", "[libvirt]\nvirt_type=qemu\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_daemon_config);
	assert_rows(&host, SETTINGS,
		    "DEFAULT.transport_url|rabbit://b.example:5672/|/etc/nova/nova.conf|2\n"
		    "database.connection|set|/etc/nova/nova.conf|10\n"
		    "key_manager.fixed_key|set|/etc/nova/nova.conf|8\n"
		    "keystone_authtoken.auth_url|https://id.example:5000|/etc/nova/nova.conf|5\n"
		    "libvirt.virt_type|qemu|/etc/nova/nova-compute.conf|2\n"
		    "pci.device_spec|{\"devname\": \"a\"} {\"devname\": \"b\"}|/etc/nova/nova.conf|"
		    "16\n");
}

static void a_configuration_nobody_may_read_may_be_absent(void **state)
{
	static const struct fake_file files[] = {
		/* the folder is closed: nothing is seen of the file */
		REFUSED(GVNP_READ, "/etc/nova/nova.conf", EACCES),
		REFUSED(GVNP_READ, "/etc/audit/auditd.conf", GVNP_NOT_RECORDED),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_daemon_config);
	assert_rows(&host, "SELECT table_name, column_name, object FROM hole ORDER BY 1, 3, 2",
		    "daemon_config||auditd\ndaemon_config|is_present|auditd\n"
		    "daemon_config|is_present|nova\ndaemon_setting||auditd\n"
		    "daemon_setting||nova\n");
}

/* ---- rsyslog */

#define TARGETS "SELECT protocol, address, is_encrypted, line FROM log_target ORDER BY id"

static void targets_of_old_and_new_syntax_are_told_from_comments(void **state)
{
	static const char main_file[] =
		"module(load=\"imuxsock\") # provides @@no.example\n"
		"# *.* @@comment.example\n"
		"/* action(type=\"omfwd\" target=\"comment.example\") */\n"
		"global(DefaultNetstreamDriver=\"gtls\"\n  workDirectory=\"/var/spool\")\n"
		"$IncludeConfig /etc/rsyslog.d/*.conf\n"
		"*.*;auth.none\t@[2001:db8::1]:514\n"
		"if $msg contains \"@@text.example\" then {\n"
		"\taction(type=\"omfwd\"\n\t\tTarget=\"tls.example\" port=\"6514\" "
		"protocol=\"tcp\"\n"
		"\t\tStreamDriverMode=\"1\" StreamDriverAuthMode=\"x509/name\")\n"
		"}\n"
		"*.* action(type=\"omrelp\" target=[\"relp.example\", \"second\"] tls=\"on\")\n"
		"& :omrelp:plain.example:2514;T\n"
		"*.* action(type=\"omfile\" file=\"/var/log/x\")\n"
		"mail.* -/var/log/mail@x.log\n";
	static const struct fake_file files[] = {
		READ("/etc/rsyslog.conf", main_file),
		LIST("/etc/rsyslog.d", "10-a.conf\n20-b.conf\nREADME"),
		READ("/etc/rsyslog.d/10-a.conf", "*.* @@(o,z9)clear.example:514;Format\n"),
		READ("/etc/rsyslog.d/20-b.conf",
		     "$ActionSendStreamDriverMode 1\n*.* @@mode.example\nlocal0.* @192.0.2.7\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_log_target);
	assert_rows(&host, TARGETS,
		    "tcp|clear.example|0|1\ntcp|mode.example|1|2\nudp|192.0.2.7|0|3\n"
		    "udp|2001:db8::1|0|7\ntcp|tls.example|1|9\nrelp|relp.example|1|13\n"
		    "relp|plain.example|0|14\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void a_driver_without_its_mode_encrypts_nothing(void **state)
{
	static const struct fake_file files[] = {
		READ("/etc/rsyslog.conf", "action(type=\"omfwd\" target=\"a.example\" "
					  "protocol=\"tcp\" StreamDriver=\"gtls\")\n"
					  "action(type=\"omfwd\" target=\"b.example\" "
					  "protocol=\"udp\" StreamDriver=\"gtls\" "
					  "StreamDriverMode=\"1\")\n"
					  "include(file=\"/srv/rsyslog/x.conf\")\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_log_target);
	assert_rows(&host, TARGETS, "tcp|a.example|0|1\nudp|b.example|0|2\n");
	assert_rows(
		&host, "SELECT table_name, problem FROM hole",
		"log_target|/etc/rsyslog.conf: includes /srv/rsyslog/x.conf, which is not read\n");
}

static void an_open_quote_hides_no_target(void **state)
{
	static const struct fake_file files[] = {
		READ("/etc/rsyslog.conf", ":msg, contains, \"open\n*.* @@after.example\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_log_target);
	assert_rows(&host, TARGETS, "tcp|after.example|0|2\n");
}

/* ---- time */

static void time_sources_say_how_they_are_told_from_others(void **state)
{
	static const struct fake_file files[] = {
		{ .operation = GVNP_SYSTEM,
		  .path = "time-status",
		  .data = "0\n8193\n21000\n300\n" },
		READ("/etc/chrony/chrony.conf",
		     "# server comment.example\nconfdir /etc/chrony/conf.d\n"
		     "pool 2.debian.pool.ntp.org iburst\nsourcedir /etc/chrony/sources.d\n"
		     "keyfile /etc/chrony/chrony.keys\nrefclock PHC /dev/ptp0 poll 2\n"),
		LIST("/etc/chrony/conf.d", "README"),
		LIST("/etc/chrony/sources.d", "site.sources\nREADME"),
		READ("/etc/chrony/sources.d/site.sources",
		     "Server nts.example iburst NTS\npeer 192.0.2.5 key 7\n"),
		READ("/etc/ntpsec/ntp.conf", "server 127.127.20.0\nincludefile /etc/ntp.d/x\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_time);
	assert_rows(&host, "SELECT is_synchronized, maximum_error FROM clock", "1|21000\n");
	assert_rows(&host,
		    "SELECT daemon, kind, address, authentication FROM time_source ORDER BY id",
		    "chronyd|pool|2.debian.pool.ntp.org|none\nchronyd|refclock|PHC|none\n"
		    "ntpd|refclock|127.127.20.0|none\nchronyd|server|nts.example|nts\n"
		    "chronyd|peer|192.0.2.5|key\n");
	assert_rows(&host, "SELECT table_name, problem FROM hole",
		    "time_source|/etc/ntpsec/ntp.conf: includes /etc/ntp.d/x, which is not read\n");
}

static void a_clock_nobody_corrects_is_not_synchronized(void **state)
{
	static const char *const answers[] = { "5\n64\n16000000\n16000000\n", "0\n64\n1\n1\n",
					       "5\n0\n1\n1\n" };

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		const struct fake_file files[] = {
			{ .operation = GVNP_SYSTEM, .path = "time-status", .data = answers[i] }
		};
		FAKE_HOST(host, files);

		fake_collect(&host, &gvnp_collector_time);
		assert_rows(&host, "SELECT is_synchronized FROM clock", "0\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dropins_of_systemd_override_the_main_file),
		cmocka_unit_test(no_secret_of_a_cloud_is_kept),
		cmocka_unit_test(a_configuration_nobody_may_read_may_be_absent),
		cmocka_unit_test(targets_of_old_and_new_syntax_are_told_from_comments),
		cmocka_unit_test(a_driver_without_its_mode_encrypts_nothing),
		cmocka_unit_test(an_open_quote_hides_no_target),
		cmocka_unit_test(time_sources_say_how_they_are_told_from_others),
		cmocka_unit_test(a_clock_nobody_corrects_is_not_synchronized),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
