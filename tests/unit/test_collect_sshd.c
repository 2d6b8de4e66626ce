/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_host.h"

#define CONFIG "/etc/ssh/sshd_config"
#define FOLDER "/etc/ssh/sshd_config.d"

/* Debian 12's file, shortened */
static const char debian[] = "# This is the sshd server system-wide configuration file.\n"
			     "\n"
			     "Include /etc/ssh/sshd_config.d/*.conf\n"
			     "\n"
			     "#PermitRootLogin prohibit-password\n"
			     "PermitRootLogin yes\n"
			     "KbdInteractiveAuthentication no\n"
			     "UsePAM yes\n"
			     "X11Forwarding yes\n"
			     "AcceptEnv LANG LC_*\n"
			     "Subsystem\tsftp\t/usr/lib/openssh/sftp-server\n";

static void the_first_value_counts_and_drop_ins_come_first(void **state)
{
	static const struct fake_file files[] = {
		READ(CONFIG, debian),
		LIST(FOLDER, "10-site.conf\n20-cloud.conf\nREADME\n.hidden.conf"),
		READ(FOLDER "/10-site.conf", "permitrootlogin NO # never\n"
					     "PasswordAuthentication=no\n"
					     "LoginGraceTime 1m30s\n"),
		READ(FOLDER "/20-cloud.conf", "PasswordAuthentication yes\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_sshd);
	assert_rows(&host,
		    "SELECT name, value, origin, file, line FROM sshd_option WHERE name IN"
		    " ('permitrootlogin', 'passwordauthentication', 'x11forwarding',"
		    "  'allowtcpforwarding', 'logingracetime', 'acceptenv') ORDER BY name",
		    "acceptenv|LANG LC_*|file|/etc/ssh/sshd_config|10\n"
		    "allowtcpforwarding|yes|default||0\n"
		    "logingracetime|90|file|/etc/ssh/sshd_config.d/10-site.conf|3\n"
		    "passwordauthentication|no|file|/etc/ssh/sshd_config.d/10-site.conf|2\n"
		    "permitrootlogin|no|file|/etc/ssh/sshd_config.d/10-site.conf|1\n"
		    "x11forwarding|yes|file|/etc/ssh/sshd_config|9\n");
	assert_rows(&host, "SELECT * FROM hole", "");
	assert_false(gvnp_collect_declares(GVNP_READ, "/etc/ssh/ssh_host_ed25519_key"));
}

static void match_blocks_are_kept_apart_but_for_match_all(void **state)
{
	static const struct fake_file files[] = {
		READ(CONFIG, "PermitRootLogin no\n"
			     "Match User backup Address 192.0.2.0/24\n"
			     "  PermitRootLogin without-password\n"
			     "  Include sshd_config.d/extra.conf\n"
			     "  X11Forwarding yes\n"
			     "Match all\n"
			     "  AllowTcpForwarding no\n"
			     "  PermitRootLogin \"forced-commands-only\"\n"),
		READ(FOLDER "/extra.conf", "PermitTTY no\nMatch all\nGatewayPorts yes\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_sshd);
	assert_rows(&host, "SELECT criteria, name, value, line FROM sshd_match_option",
		    "User backup Address 192.0.2.0/24|permitrootlogin|prohibit-password|3\n"
		    "User backup Address 192.0.2.0/24|permittty|no|1\n"
		    "User backup Address 192.0.2.0/24 and all|gatewayports|yes|3\n"
		    "User backup Address 192.0.2.0/24|x11forwarding|yes|5\n");
	assert_rows(&host,
		    "SELECT name, value FROM sshd_option WHERE name IN ('permitrootlogin',"
		    " 'allowtcpforwarding', 'gatewayports', 'x11forwarding') ORDER BY name",
		    "allowtcpforwarding|no\ngatewayports|no\npermitrootlogin|forced-commands-only\n"
		    "x11forwarding|no\n");
}

static void without_a_server_there_is_nothing(void **state)
{
	static const struct fake_file files[] = { READ("/etc/passwd", "") };
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_sshd);
	assert_rows(&host, "SELECT (SELECT count(*) FROM sshd_option), count(*) FROM hole",
		    "0|0\n");
}

static void what_is_not_seen_leaves_holes(void **state)
{
	static const struct {
		const char *text, *problem;
	} cases[] = {
		{ "Include /etc/ssh/*/*.conf\n",
		  "Include /etc/ssh/*/*.conf: folders by pattern are not followed\n" },
		{ "PermitRootLogin\n", "/etc/ssh/sshd_config:1: permitrootlogin has no value\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct fake_file files[] = { READ(CONFIG, cases[i].text) };
		FAKE_HOST(host, files);

		fake_collect(&host, &gvnp_collector_sshd);
		assert_rows(&host, "SELECT problem FROM hole WHERE table_name = 'sshd_option'",
			    cases[i].problem);
	}
	static const struct fake_file files[] = {
		REFUSED(GVNP_READ, CONFIG, EACCES),
	};
	FAKE_HOST(host, files);
	fake_collect(&host, &gvnp_collector_sshd);
	assert_rows(&host,
		    "SELECT table_name, problem, (SELECT count(*) FROM sshd_option) FROM hole"
		    " ORDER BY 1",
		    "sshd_match_option|/etc/ssh/sshd_config: Permission denied|0\n"
		    "sshd_option|/etc/ssh/sshd_config: Permission denied|0\n");
}

static void a_file_that_includes_itself_ends(void **state)
{
	static const struct fake_file files[] = {
		READ(CONFIG, "Include sshd_config.d/loop.conf\nPermitRootLogin no\n"),
		READ(FOLDER "/loop.conf", "Include sshd_config.d/loop.conf\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_sshd);
	assert_rows(&host, "SELECT problem FROM hole WHERE table_name = 'sshd_option'",
		    "/etc/ssh/sshd_config.d/loop.conf: included too deep or too often\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_value_counts_and_drop_ins_come_first),
		cmocka_unit_test(match_blocks_are_kept_apart_but_for_match_all),
		cmocka_unit_test(without_a_server_there_is_nothing),
		cmocka_unit_test(what_is_not_seen_leaves_holes),
		cmocka_unit_test(a_file_that_includes_itself_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
