/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who would be woken by asking: daemons and the sockets of a service manager, played in a mount
 * namespace of the test's own, over an empty /run. Needs root.
 */
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "gvnp/source.h"
#include "source/libvirt_wake.h"

#define SHARED "/run/libvirt/libvirt-sock-ro"
#define OWN "/run/libvirt/virtqemud-sock-ro"
#define NETWORK "/run/libvirt/virtnetworkd-sock-ro"

static bool has_room; /* the test may make itself a /run */

/* Private first, so that nothing of it reaches the host. */
static bool empty_run(void)
{
	return !unshare(CLONE_NEWNS) && !mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("tmpfs", "/run", "tmpfs", 0, "mode=755,size=1m") &&
	       !mkdir("/run/libvirt", 0755);
}

static int make_room(void **state)
{
	(void)state;
	has_room = !geteuid() && empty_run();
	return 0;
}

static int listen_on(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path, path, strlen(path) + 1);
	unlink(path);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void closed(const int *fd)
{
	close(*fd);
}

static void ended(const pid_t *pid)
{
	kill(*pid, SIGKILL);
	waitpid(*pid, NULL, 0);
}

#define _cleanup_listener_ _cleanup_(closed)
#define _cleanup_daemon_ _cleanup_(ended)

/* A process of this name; in_container: with a /run of its own, where a socket of the same name
 * lies. */
static pid_t run_daemon(const char *name, bool in_container)
{
	int ready[2];
	char byte = 0;

	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, name);
		if (in_container && (!empty_run() || mknod(SHARED, S_IFREG | 0600, 0)))
			_exit(1);
		if (write(ready[1], &byte, 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void clean_run(void)
{
	static const char *const paths[] = { SHARED, OWN, NETWORK, "/run/libvirtd.pid" };

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		unlink(paths[i]);
}

static void assert_asks(bool activate, bool is_network_asleep)
{
	struct gvnp_libvirt_wake wake;

	gvnp_libvirt_wake_check("qemu:///system", activate, &wake);
	if (wake.error)
		fail_msg("%s", wake.problem);
	assert_null(wake.problem);
	assert_int_equal(wake.is_network_asleep, is_network_asleep);
}

static void assert_does_not_ask(int error, const char *socket)
{
	struct gvnp_libvirt_wake wake;

	gvnp_libvirt_wake_check("qemu:///system", false, &wake);
	assert_int_equal(wake.error, error);
	assert_non_null(strstr(wake.problem, socket));
	free(wake.problem);
}

static int begin(void **state)
{
	(void)state;
	if (has_room)
		clean_run();
	return 0;
}

static void a_host_without_a_socket_has_no_daemon(void **state)
{
	(void)state;
	if (!has_room)
		skip();
	assert_does_not_ask(GVNP_LIBVIRT_ABSENT, SHARED);
	assert_asks(true, false); /* whoever wants it started is not told beforehand */
}

static void a_socket_that_only_the_service_manager_holds_is_left_alone(void **state)
{
	(void)state;
	if (!has_room)
		skip();
	_cleanup_listener_ int manager = listen_on(SHARED);
	assert_does_not_ask(GVNP_LIBVIRT_ASLEEP, SHARED);
	assert_asks(true, false);
}

static void a_socket_file_nobody_listens_on_wakes_nobody(void **state)
{
	(void)state;
	if (!has_room)
		skip();
	close(listen_on(SHARED));
	assert_asks(false, false);
}

static void the_daemon_of_all_drivers_is_asked(void **state)
{
	(void)state;
	if (!has_room)
		skip();
	_cleanup_listener_ int socket = listen_on(SHARED), network = listen_on(NETWORK);
	_cleanup_daemon_ pid_t daemon = run_daemon("libvirtd", false);
	assert_asks(false, false);
}

static void the_pid_file_is_believed_only_where_it_names_the_daemon(void **state)
{
	(void)state;
	if (!has_room)
		skip();
	_cleanup_listener_ int socket = listen_on(SHARED);
	_cleanup_daemon_ pid_t other = run_daemon("other", false);
	static const char *const wrong[] = { "", "x\n", "1\n", "4194305\n" };

	for (size_t i = 0; i <= sizeof wrong / sizeof *wrong; i++) {
		FILE *file = fopen("/run/libvirtd.pid", "w");

		assert_non_null(file);
		if (i < sizeof wrong / sizeof *wrong)
			fputs(wrong[i], file);
		else
			fprintf(file, "%d\n", (int)other);
		assert_int_equal(fclose(file), 0);
		assert_does_not_ask(GVNP_LIBVIRT_ASLEEP, SHARED);
	}
	_cleanup_daemon_ pid_t daemon = run_daemon("libvirtd", false);
	assert_asks(false, false); /* found without the file */
	FILE *file = fopen("/run/libvirtd.pid", "w");
	assert_non_null(file);
	fprintf(file, "%d\n", (int)daemon);
	assert_int_equal(fclose(file), 0);
	assert_asks(false, false);
}

static void a_daemon_in_a_container_is_not_the_one_behind_our_socket(void **state)
{
	(void)state;
	if (!has_room)
		skip();
	_cleanup_listener_ int manager = listen_on(SHARED);
	_cleanup_daemon_ pid_t contained = run_daemon("libvirtd", true);
	assert_does_not_ask(GVNP_LIBVIRT_ASLEEP, SHARED);
}

static void each_modular_daemon_sleeps_for_itself(void **state)
{
	(void)state;
	if (!has_room)
		skip();
	_cleanup_listener_ int socket = listen_on(OWN), shared = listen_on(SHARED);
	_cleanup_listener_ int network = listen_on(NETWORK);
	{
		_cleanup_daemon_ pid_t unrelated = run_daemon("virtnetworkd", false);
		assert_does_not_ask(GVNP_LIBVIRT_ASLEEP, OWN);
	}
	_cleanup_daemon_ pid_t daemon = run_daemon("virtqemud", false);
	assert_asks(false, true);
	_cleanup_daemon_ pid_t of_networks = run_daemon("virtnetworkd", false);
	assert_asks(false, false);
}

/* Where virtqemud's own socket is not offered, virtproxyd stands before it: both must run. */
static void behind_a_proxy_both_daemons_must_run(void **state)
{
	(void)state;
	if (!has_room)
		skip();
	_cleanup_listener_ int shared = listen_on(SHARED);
	_cleanup_daemon_ pid_t proxy = run_daemon("virtproxyd", false);
	assert_does_not_ask(GVNP_LIBVIRT_ASLEEP, SHARED);
	_cleanup_daemon_ pid_t daemon = run_daemon("virtqemud", false);
	assert_asks(false, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_host_without_a_socket_has_no_daemon, begin),
		cmocka_unit_test_setup(a_socket_that_only_the_service_manager_holds_is_left_alone,
				       begin),
		cmocka_unit_test_setup(a_socket_file_nobody_listens_on_wakes_nobody, begin),
		cmocka_unit_test_setup(the_daemon_of_all_drivers_is_asked, begin),
		cmocka_unit_test_setup(the_pid_file_is_believed_only_where_it_names_the_daemon,
				       begin),
		cmocka_unit_test_setup(a_daemon_in_a_container_is_not_the_one_behind_our_socket,
				       begin),
		cmocka_unit_test_setup(each_modular_daemon_sleeps_for_itself, begin),
		cmocka_unit_test_setup(behind_a_proxy_both_daemons_must_run, begin),
	};

	return cmocka_run_group_tests(tests, make_room, NULL);
}
