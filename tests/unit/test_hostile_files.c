/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A root of the worst kind: FIFOs, sockets, devices, folders, loops of links, links out of it and
 * files without end where a collector expects a file. All collectors run on it; none waits, none is
 * led outside, and each tells what it could not read.
 */
#include "fake_host.h"
#include "quickly.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

static char top_folder[] = "/tmp/gvnp-hostile-XXXXXX";

static char *inside(const char *path)
{
	return gvnp_format("%s/root%s", top_folder, path);
}

static void make_parents(const char *path)
{
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		_cleanup_free_ char *part = gvnp_duplicate_sized(path, (size_t)(slash - path));
		_cleanup_free_ char *folder = inside(part);

		mkdir(folder, 0755);
	}
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status, (void)type, (void)where;
	return remove(path);
}

static int make_root(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(top_folder));
	_cleanup_free_ char *root = inside("");
	_cleanup_free_ char *secret = gvnp_format("%s/secret", top_folder);
	assert_int_equal(mkdir(root, 0755), 0);
	_cleanup_close_ int fd = open(secret, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, "root:x:0:0:::/leaked\n", 21), 21);
	return 0;
}

static int remove_root(void **state)
{
	(void)state;
	return nftw(top_folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void make_fifo(const char *path)
{
	_cleanup_free_ char *name = inside(path);

	make_parents(path);
	assert_int_equal(mkfifo(name, 0644), 0);
}

static void make_socket(const char *path)
{
	_cleanup_free_ char *name = inside(path);
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	make_parents(path);
	assert_true(strlen(name) < sizeof address.sun_path);
	memcpy(address.sun_path, name, strlen(name));
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
}

static void make_link(const char *path, const char *target)
{
	_cleanup_free_ char *name = inside(path);

	make_parents(path);
	assert_int_equal(symlink(target, name), 0);
}

static void make_endless(const char *path)
{
	_cleanup_free_ char *name = inside(path);

	make_parents(path);
	_cleanup_close_ int fd = open(name, O_WRONLY | O_CREAT, 0644);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)1 << 40), 0);
}

/* The whole collection runs on it, as it would on the host of an attacker who owns every file. */
static void nothing_that_is_no_file_is_read_or_waited_for(void **state)
{
	static const char *const folders[] = { "/etc/modprobe.d/a.conf/x", "/proc/modules/x" };
	struct gvnp_names names = { 0 };

	(void)state;
	make_fifo("/etc/passwd");
	make_link("/etc/group", "../../../../../../../../secret");
	make_socket("/etc/libvirt/qemu.conf");
	make_link("/etc/libvirt/libvirtd.conf", "/etc/passwd");
	make_fifo("/etc/sysctl.d/99-wait.conf");
	make_link("/proc/1/mountinfo", "mountinfo");
	make_endless("/proc/cpuinfo");
	make_endless("/proc/cmdline");
	make_endless("/etc/machine-id");
	make_fifo("/proc/500/status");
	make_fifo("/proc/500/cmdline");
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		make_parents(folders[i]);
	_cleanup_free_ char *device = inside("/proc/swaps");
	_cleanup_free_ char *root = inside("");
	bool has_device = !mknod(device, S_IFCHR | 0666, makedev(1, 5)); /* zero */
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = gvnp_source_new_direct(root);
	_cleanup_(gvnp_facts_freep) struct gvnp_facts *facts = gvnp_facts_new();
	struct gvnp_collection collection = { source, facts, &names };
	struct fake_host host = { .facts = facts };

	alarm(60);
	QUICKLY(gvnp_collect(&collection));
	alarm(0);
	assert_rows(&host,
		    "SELECT count(*) > 0 FROM hole WHERE problem LIKE '%/etc/passwd: is a FIFO%'",
		    "1\n");
	assert_rows(
		&host,
		"SELECT count(*) > 0 FROM hole WHERE problem LIKE '%/proc/cpuinfo: larger than%'",
		"1\n");
	assert_rows(
		&host,
		"SELECT count(*) > 0 FROM hole WHERE problem LIKE '%mountinfo: Too many levels%'",
		"1\n");
	assert_rows(
		&host,
		"SELECT count(*) > 0 FROM hole WHERE table_name = 'sysctl_configured' AND problem "
		"LIKE '%99-wait.conf%'",
		"1\n");
	assert_rows(&host, "SELECT count(*) FROM user WHERE home = '/leaked'", "0\n");
	if (has_device)
		assert_rows(&host,
			    "SELECT count(*) > 0 FROM hole WHERE problem LIKE "
			    "'%/proc/swaps: is a character device%'",
			    "1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_that_is_no_file_is_read_or_waited_for,
						make_root, remove_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
