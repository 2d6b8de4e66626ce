/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_host.h"

static const char passwd[] =
	"root:x:0:0:root:/root:/bin/bash\n"
	"libvirt-qemu:x:64055:107:Libvirt Qemu,,,:/var/lib/libvirt:/usr/sbin/nologin\n"
	"root:x:5:5:again:/:/bin/sh\n"
	"+::::::\n"
	"# a comment\n"
	"broken:x:notanumber:5::/:/bin/sh\n"
	"short:x:1:1\n"
	"huge:x:4294967296:1::/:/bin/sh\n"
	"last:x:7:7::/:";
static const char group[] = "root:x:0:\n"
			    "kvm:x:107:last,last, root ,\n"
			    "kvm:x:108:intruder\n"
			    "libvirt:x:109:root,ghost\n"
			    "-gone:x:1:\n";

static void accounts_and_memberships_are_those_of_the_c_library(void **state)
{
	static const struct fake_file files[] = {
		READ("/etc/passwd", passwd),
		READ("/etc/group", group),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_user);
	assert_rows(&host, "SELECT name, uid, gid, home, shell FROM user ORDER BY uid",
		    "root|0|0|/root|/bin/bash\nlast|7|7|/|\n"
		    "libvirt-qemu|64055|107|/var/lib/libvirt|/usr/sbin/nologin\n");
	assert_rows(&host, "SELECT name, gid FROM user_group ORDER BY gid",
		    "root|0\nkvm|107\nlibvirt|109\n");
	assert_rows(&host, "SELECT user_group, user FROM user_group_member ORDER BY 1, 2",
		    "kvm|last\nkvm|libvirt-qemu\nkvm|root\nlibvirt|ghost\nlibvirt|root\n"
		    "root|root\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void a_file_that_cannot_be_read_leaves_holes(void **state)
{
	static const struct fake_file files[] = {
		READ("/etc/passwd", passwd),
		REFUSED(GVNP_READ, "/etc/group", EACCES),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_user);
	assert_rows(&host, "SELECT table_name, object, problem FROM hole ORDER BY 1",
		    "user_group||/etc/group: Permission denied\n"
		    "user_group_member||/etc/group: Permission denied\n");
	assert_rows(&host, "SELECT count(*) FROM user", "3\n");
}

static void files_are_asked_for_by_name_only(void **state)
{
	static const char *const names[] = { "/etc/absent", "/etc/shadow", "/root/.ssh/config" };
	static const struct fake_file files[] = {
		{ .operation = GVNP_STAT,
		  .path = "/etc/shadow",
		  .type = GVNP_TYPE_REGULAR,
		  .mode = 0640,
		  .modified = 17 },
		{ .operation = GVNP_STAT, .path = "/etc/passwd", .type = GVNP_TYPE_REGULAR },
		REFUSED(GVNP_STAT, "/root/.ssh/config", EACCES),
	};
	FAKE_HOST(host, files);

	(void)state;
	host.names.file = names;
	host.names.n_file = sizeof names / sizeof *names;
	fake_collect(&host, &gvnp_collector_file);
	assert_rows(&host, "SELECT path, type, mode, uid, gid, modified FROM file",
		    "/etc/shadow|regular|416|0|0|17\n");
	assert_rows(&host, "SELECT table_name, column_name, object, problem FROM hole",
		    "file||/root/.ssh/config|/root/.ssh/config: Permission denied\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accounts_and_memberships_are_those_of_the_c_library),
		cmocka_unit_test(a_file_that_cannot_be_read_leaves_holes),
		cmocka_unit_test(files_are_asked_for_by_name_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
