/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_host.h"

#include "collect/login.h"
#include "source/shadow.h"

static void assert_stripped(const char *given, const char *expected)
{
	_cleanup_buffer_ struct gvnp_buffer out = { 0 };

	gvnp_shadow_strip(gvnp_slice(given), &out);
	assert_string_equal(gvnp_buffer_text(&out), expected);
}

static void no_hash_passes_the_seam(void **state)
{
	(void)state;
	assert_stripped("root:$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9S:19000:0:"
			"99999:7:::\n",
			"root:$y$:19000:0:99999:7:::\n");
	assert_stripped("old:!$6$rounds=5000$salt$hash:1::::::\n", "old:!$6$:1::::::\n");
	assert_stripped("des:abJnggxhB/yWI:1::::::\nbsdi:_J9..K0AyUubRRgaCHbA:1::::::",
			"des:?:1::::::\nbsdi:?:1::::::\n");
	assert_stripped("a:*:1\nb:!:1\nc:!!:1\nd::1\ne:x:1\nf:*LK*:1\ng:!*:1\n",
			"a:*:1\nb:!:1\nc:!!:1\nd::1\ne:x:1\nf:*:1\ng:!*:1\n");
	/* typed into the wrong field, or damaged */
	assert_stripped("m:secret:1\nn:$averyverylongidentifier$x:1\no:$6salthash:1\nno line\n",
			"m:*:1\nn:$?$:1\no:$?$:1\n");
	assert_stripped("p:$1$salt$hash", "p:$1$\n");
}

static void only_files_of_passwords_are_stripped(void **state)
{
	(void)state;
	assert_true(gvnp_shadow_is("/etc/shadow"));
	assert_true(gvnp_shadow_is("/etc/gshadow"));
	assert_true(gvnp_shadow_is("/etc/passwd"));
	assert_true(gvnp_shadow_is("/etc/group"));
	assert_false(gvnp_shadow_is("/etc/shadow.d"));
	assert_false(gvnp_shadow_is("/etc/login.defs"));
}

static void passwords_are_set_empty_or_locked(void **state)
{
	static const struct fake_file files[] = {
		READ("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\nguest::5:5::/:/bin/sh\n"
				    "ftp:*:6:6::/:/bin/false\n+::::::\n"),
		READ("/etc/shadow", "root:$y$:19000:0:90:7:::\nguest:*:19000::::::\n"
				    "old:!$1$:0:0:99999:7:::\nlegacy:?::::::::\n"),
		READ("/etc/group", "root:x:0:\nlegacy:?:7:\nopen::8:\n"),
		READ("/etc/gshadow", "root:*::\nteam:$6$::alice\ngone:!$6$::\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_password);
	assert_rows(&host,
		    "SELECT account, file, state, scheme, changed, most_days FROM account_password "
		    "ORDER BY position",
		    "guest|/etc/passwd|empty||-1|-1\nftp|/etc/passwd|locked||-1|-1\n"
		    "root|/etc/shadow|set|y|19000|90\nguest|/etc/shadow|locked||19000|-1\n"
		    "old|/etc/shadow|locked|1|0|99999\nlegacy|/etc/shadow|set|des|-1|-1\n");
	assert_rows(&host, "SELECT user_group, is_set FROM group_password ORDER BY position",
		    "root|0\nlegacy|1\nopen|0\nroot|0\nteam|1\ngone|0\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void a_shadow_file_that_only_root_reads_is_a_hole(void **state)
{
	static const struct fake_file files[] = {
		READ("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n"),
		REFUSED(GVNP_READ, "/etc/shadow", EACCES),
		READ("/etc/group", "root:x:0:\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_password);
	assert_rows(&host, "SELECT table_name, problem FROM hole",
		    "account_password|/etc/shadow: Permission denied\n");
}

static void rules_of_pam_come_with_what_they_include(void **state)
{
	static const struct fake_file files[] = {
		READ("/etc/pam.d/passwd", "# Debian\n@include common-password\n"),
		READ("/etc/pam.d/common-password",
		     "password requisite pam_pwquality.so retry=3 minlen=12 # why\n"
		     "password\t[success=1 default=ignore]\t/lib/security/pam_unix.so obscure \\\n"
		     "  yescrypt\n"
		     "-password optional pam_gone.so\n"
		     "auth required pam_env.so\n"),
		READ("/usr/lib/pam.d/login",
		     "auth substack system-auth\naccount include system-auth\n"),
		READ("/etc/pam.d/system-auth",
		     "auth required pam_faildelay.so delay=2000000\naccount required pam_unix.so\n"
		     "password required pam_deny.so\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_pam);
	assert_rows(
		&host,
		"SELECT service, type, control, module, file, line FROM pam_rule ORDER BY position",
		"passwd|password|requisite|pam_pwquality.so|/etc/pam.d/common-password|1\n"
		"passwd|password|[success=1 "
		"default=ignore]|pam_unix.so|/etc/pam.d/common-password|2\n"
		"passwd|password|optional|pam_gone.so|/etc/pam.d/common-password|4\n"
		"passwd|auth|required|pam_env.so|/etc/pam.d/common-password|5\n"
		"login|auth|required|pam_faildelay.so|/etc/pam.d/system-auth|1\n"
		"login|account|required|pam_unix.so|/etc/pam.d/system-auth|2\n");
	assert_rows(&host, "SELECT rule, name, value FROM pam_argument ORDER BY position",
		    "0|retry|3\n0|minlen|12\n1|obscure|\n1|yescrypt|\n4|delay|2000000\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void a_pam_file_that_includes_itself_ends_and_is_said(void **state)
{
	static const struct fake_file files[] = {
		READ("/etc/pam.d/su",
		     "@include su\n@include ../../etc/shadow\nauth [broken pam_unix.so\n"),
		REFUSED(GVNP_READ, "/etc/pam.d/sudo", EACCES),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_pam);
	assert_rows(&host, "SELECT count(*) FROM pam_rule", "0\n");
	assert_rows(&host, "SELECT problem FROM hole WHERE table_name = 'pam_rule' ORDER BY 1",
		    "/etc/pam.d/sudo: Permission denied\n"
		    "su: includes too deep, too often, or by a name with '/'\n");
}

static void settings_of_the_login_come_in_order_of_effect(void **state)
{
	static const struct fake_file files[] = {
		LIST("/etc/security/pwquality.conf.d", "10-site.conf\nREADME\n"),
		READ("/etc/security/pwquality.conf.d/10-site.conf", "minlen=14\n"),
		READ("/etc/security/pwquality.conf",
		     "# minlen = 8\nminlen = 10 # shorter\nenforce_for_root\n"),
		READ("/etc/login.defs", "ENCRYPT_METHOD\tSHA512\nUMASK\t\t022\n"),
		READ("/etc/profile", "PATH=/bin\nif true; then\n  export TMOUT=900; fi\n"),
		LIST("/etc/profile.d", "later.sh\nnotes.txt\n"),
		READ("/etc/profile.d/later.sh",
		     "#TMOUT=1\nreadonly TMOUT=600\nunset TMOUT\nMYTMOUT=5\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_login_setting);
	assert_rows(&host, "SELECT source, key, value, line FROM login_setting ORDER BY position",
		    "pwquality|minlen|14|1\nlogin.defs|ENCRYPT_METHOD|SHA512|1\nlogin.defs|UMASK|"
		    "022|2\n"
		    "pwquality|minlen|10|2\npwquality|enforce_for_root||3\nshell|TMOUT|900|3\n"
		    "shell|TMOUT|600|2\nshell|TMOUT||3\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void words_of_fstab_count_in_their_order(void **state)
{
	static const struct fake_file files[] = {
		READ("/etc/fstab", "# comment\nUUID=1 / ext4 defaults 0 1\n/dev/sdb1 /media/a vfat "
				   "user,noauto 0 0\n"
				   "/dev/sdc1 /media/b ext4 user,suid 0 0\n/dev/sdd1 /media/c ext4 "
				   "suid,dev,users\n"
				   "//s/x /media/d cifs users,defaults,password=hunter2\n/dev/sde1 "
				   "/media/e ext4 user,nouser\nbroken\n"),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_fstab);
	assert_rows(
		&host,
		"SELECT mountpoint, is_user, allows_suid, allows_devices FROM fstab ORDER BY line",
		"/|0|1|1\n/media/a|1|0|0\n/media/b|1|1|0\n/media/c|1|0|0\n/media/d|1|1|1\n"
		"/media/e|0|0|0\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_hash_passes_the_seam),
		cmocka_unit_test(only_files_of_passwords_are_stripped),
		cmocka_unit_test(passwords_are_set_empty_or_locked),
		cmocka_unit_test(a_shadow_file_that_only_root_reads_is_a_hole),
		cmocka_unit_test(rules_of_pam_come_with_what_they_include),
		cmocka_unit_test(a_pam_file_that_includes_itself_ends_and_is_said),
		cmocka_unit_test(settings_of_the_login_come_in_order_of_effect),
		cmocka_unit_test(words_of_fstab_count_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
