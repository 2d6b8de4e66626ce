/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What libvirt's daemons do where their configuration says nothing. A key that is commented out is
 * a default, not unset, and the value in the comment is often not the default but its opposite.
 *
 * Sources: virQEMUDriverConfigNew and virQEMUDriverConfigSetDefaults (src/qemu/qemu_conf.c),
 * daemonConfigNew (src/remote/remote_daemon_config.c), virLogDaemonConfigNew,
 * virLockDaemonConfigNew, defaultDeviceACL (src/qemu/qemu_cgroup.c), of libvirt 9.0 and 11.3; the
 * accounts from the meson options and packaging of the distributions.
 */
#include <string.h>

#include "collect/libvirt_config.h"

#define IN(file) (1U << (file))
#define QEMU IN(GVNP_LIBVIRT_FILE_QEMU)
#define LIBVIRTD IN(GVNP_LIBVIRT_FILE_LIBVIRTD)
#define PROXY IN(GVNP_LIBVIRT_FILE_PROXY)
#define MODULAR IN(GVNP_LIBVIRT_FILE_MODULAR)
#define LOGD IN(GVNP_LIBVIRT_FILE_LOGD)
#define LOCKD IN(GVNP_LIBVIRT_FILE_LOCKD)
#define DAEMON (LIBVIRTD | PROXY | MODULAR)
#define NETWORK (LIBVIRTD | PROXY) /* built with a network side (src/remote/meson.build) */

#define INTEGER GVNP_LIBVIRT_INTEGER
#define TEXT GVNP_LIBVIRT_TEXT
#define LIST GVNP_LIBVIRT_LIST

#define VERSION(major, minor) ((major)*1000000 + (minor)*1000)

/* "" of a text or list is what an unset key means: none, all, or chosen at run time. */
static const struct {
	unsigned files;
	const char *key;
	enum gvnp_libvirt_kind kind;
	const char *value;
} fixed[] = {
	{ QEMU, "allow_disk_format_probing", INTEGER, "0" },
	{ QEMU, "auto_dump_path", TEXT, "/var/lib/libvirt/qemu/dump" },
	{ QEMU, "capability_filters", LIST, "" },
	{ QEMU, "cgroup_controllers", LIST, "" }, /* all that are mounted */
	{ QEMU, "chardev_tls", INTEGER, "0" },
	{ QEMU, "clear_emulator_capabilities", INTEGER, "1" },
	{ QEMU, "default_tls_x509_cert_dir", TEXT, "/etc/pki/qemu" },
	{ QEMU, "deprecation_behavior", TEXT, "none" },
	{ QEMU, "dump_guest_core", INTEGER, "0" },
	{ QEMU, "dynamic_ownership", INTEGER, "1" },
	{ QEMU, "hugetlbfs_mount", LIST, "" }, /* found in /proc/mounts */
	{ QEMU, "lock_manager", TEXT, "" },    /* none */
	{ QEMU, "log_timestamp", INTEGER, "1" },
	{ QEMU, "mac_filter", INTEGER, "0" },
	{ QEMU, "max_files", INTEGER, "0" },
	{ QEMU, "max_processes", INTEGER, "0" },
	{ QEMU, "max_queued", INTEGER, "0" },
	{ QEMU, "max_threads_per_process", INTEGER, "0" },
	{ QEMU, "memory_backing_dir", TEXT, "/var/lib/libvirt/qemu/ram" },
	{ QEMU, "migrate_tls_force", INTEGER, "0" },
	{ QEMU, "migration_address", TEXT, "" }, /* every address, IPv6 where there is */
	{ QEMU, "migration_host", TEXT, "" },	 /* the host's name */
	{ QEMU, "migration_port_max", INTEGER, "49215" },
	{ QEMU, "migration_port_min", INTEGER, "49152" },
	{ QEMU, "namespaces", LIST, "mount" },
	{ QEMU, "nbd_tls", INTEGER, "0" },
	{ QEMU, "nographics_allow_host_audio", INTEGER, "0" },
	{ QEMU, "nvram", LIST, "" }, /* the firmware descriptors of the distribution */
	{ QEMU, "relaxed_acs_check", INTEGER, "0" },
	{ QEMU, "remember_owner", INTEGER, "1" },
	{ QEMU, "remote_display_port_max", INTEGER, "65535" },
	{ QEMU, "remote_display_port_min", INTEGER, "5900" },
	{ QEMU, "remote_websocket_port_max", INTEGER, "65535" },
	{ QEMU, "remote_websocket_port_min", INTEGER, "5700" },
	{ QEMU, "sched_core", TEXT, "none" },
	{ QEMU, "seccomp_sandbox", INTEGER, "-1" }, /* on when QEMU can */
	{ QEMU, "security_default_confined", INTEGER, "1" },
	{ QEMU, "security_driver", LIST, "" }, /* whichever the host has */
	{ QEMU, "security_require_confined", INTEGER, "0" },
	{ QEMU, "set_process_name", INTEGER, "0" },
	{ QEMU, "shared_filesystems", LIST, "" },
	{ QEMU, "spice_auto_unix_socket", INTEGER, "0" },
	{ QEMU, "spice_listen", TEXT, "127.0.0.1" },
	{ QEMU, "spice_password", TEXT, "" },
	{ QEMU, "spice_sasl", INTEGER, "0" },
	{ QEMU, "spice_tls", INTEGER, "0" },
	{ QEMU, "stdio_handler", TEXT, "logd" },
	{ QEMU, "virtiofsd_debug", INTEGER, "0" },
	{ QEMU, "vnc_allow_host_audio", INTEGER, "0" },
	{ QEMU, "vnc_auto_unix_socket", INTEGER, "0" },
	{ QEMU, "vnc_listen", TEXT, "127.0.0.1" },
	{ QEMU, "vnc_password", TEXT, "" },
	{ QEMU, "vnc_sasl", INTEGER, "0" },
	{ QEMU, "vnc_tls", INTEGER, "0" },
	{ QEMU, "vxhs_tls", INTEGER, "0" },

	{ LIBVIRTD, "listen_tls", INTEGER, "1" }, /* only with --listen */
	{ PROXY, "listen_tls", INTEGER, "0" },
	{ NETWORK, "listen_tcp", INTEGER, "0" },
	{ NETWORK, "listen_addr", TEXT, "" }, /* every address */
	{ NETWORK, "tls_port", TEXT, "16514" },
	{ NETWORK, "tcp_port", TEXT, "16509" },
	{ NETWORK, "auth_tls", TEXT, "none" },
	{ NETWORK, "tcp_min_ssf", INTEGER, "56" },
	{ NETWORK, "tls_no_sanity_certificate", INTEGER, "0" },
	{ NETWORK, "tls_no_verify_certificate", INTEGER, "0" },
	{ NETWORK, "tls_allowed_dn_list", LIST, "" }, /* unset: whoever the CA signed */
	{ NETWORK, "tls_priority", TEXT, "" },	      /* GnuTLS's own */
	{ NETWORK, "key_file", TEXT, "/etc/pki/libvirt/private/serverkey.pem" },
	{ NETWORK, "cert_file", TEXT, "/etc/pki/libvirt/servercert.pem" },
	{ NETWORK, "ca_file", TEXT, "/etc/pki/CA/cacert.pem" },
	{ NETWORK, "crl_file", TEXT, "/etc/pki/CA/cacrl.pem" },

	{ DAEMON, "unix_sock_group", TEXT, "" }, /* root */
	{ DAEMON, "unix_sock_ro_perms", TEXT, "0777" },
	{ DAEMON, "unix_sock_admin_perms", TEXT, "0700" },
	{ DAEMON, "unix_sock_dir", TEXT, "/run/libvirt" },
	{ DAEMON, "access_drivers", LIST, "" }, /* none: whoever connects may do everything */
	{ DAEMON, "sasl_allowed_username_list", LIST, "" },
	{ DAEMON, "audit_level", INTEGER, "1" },
	{ DAEMON, "audit_logging", INTEGER, "0" },
	{ DAEMON, "max_clients", INTEGER, "5000" },
	{ DAEMON, "max_queued_clients", INTEGER, "1000" },
	{ DAEMON, "max_anonymous_clients", INTEGER, "20" },
	{ DAEMON, "min_workers", INTEGER, "5" },
	{ DAEMON, "max_workers", INTEGER, "20" },
	{ DAEMON, "prio_workers", INTEGER, "5" },
	{ DAEMON, "max_client_requests", INTEGER, "5" },
	{ DAEMON, "admin_min_workers", INTEGER, "5" },
	{ DAEMON, "admin_max_workers", INTEGER, "20" },
	{ DAEMON, "admin_max_queued_clients", INTEGER, "20" },
	{ DAEMON, "admin_max_client_requests", INTEGER, "5" },
	{ DAEMON, "keepalive_interval", INTEGER, "5" },
	{ DAEMON, "keepalive_count", INTEGER, "5" },

	{ LOGD | LOCKD, "max_clients", INTEGER, "1024" },
	{ LOGD, "max_size", INTEGER, "2097152" },
	{ LOGD, "max_backups", INTEGER, "3" },

	{ DAEMON | LOGD | LOCKD, "admin_max_clients", INTEGER, "5000" },
	{ DAEMON | LOGD | LOCKD, "log_level", INTEGER, "3" },
	{ DAEMON | LOGD | LOCKD, "log_filters", TEXT, "" },
	{ DAEMON | LOGD | LOCKD, "log_outputs", TEXT, "" }, /* journal, syslog or a file */
};

/* The account QEMU runs as. All of these build libvirt with polkit and SASL. */
static const struct {
	const char *distribution, *user, *group;
} accounts[] = {
	{ "debian", "libvirt-qemu", "libvirt-qemu" },
	{ "ubuntu", "libvirt-qemu", "kvm" },
	{ "redhat", "qemu", "qemu" },
	{ "suse", "qemu", "qemu" },
};

static const struct {
	unsigned files;
	const char *key, *value; /* NULL: of accounts */
} by_distribution[] = {
	{ QEMU, "user", NULL },
	{ QEMU, "group", NULL },
	{ NETWORK, "auth_tcp", "sasl" },
	{ DAEMON, "auth_unix_ro", "polkit" },
	{ DAEMON, "auth_unix_rw", "polkit" },
	/* polkit guards the door, so the socket is open; it stays so when auth_unix_rw is changed
	 */
	{ DAEMON, "unix_sock_rw_perms", "0777" },
};

/* *_tls_x509_verify follow default_tls_x509_verify where that is written, else these. */
static const struct {
	const char *key, *otherwise;
} verifications[] = {
	{ "backup_tls_x509_verify", "1" },
	{ "chardev_tls_x509_verify", "1" },
	{ "migrate_tls_x509_verify", "1" },
	{ "vnc_tls_x509_verify", "0" },
};

struct defaults {
	struct gvnp_libvirt_settings *settings;
	const struct gvnp_libvirt_host *host;
	void (*unknown)(void *context, const char *key, const char *why);
	void *context;
};

static void add(const struct defaults *defaults, const char *key, enum gvnp_libvirt_kind kind,
		const char *value)
{
	if (!gvnp_libvirt_settings_find(defaults->settings, key))
		gvnp_libvirt_settings_add(defaults->settings, key, kind, value);
}

static void not_known(const struct defaults *defaults, const char *key, const char *why)
{
	if (!gvnp_libvirt_settings_find(defaults->settings, key))
		defaults->unknown(defaults->context, key, why);
}

static void add_by_distribution(const struct defaults *defaults, unsigned file)
{
	size_t account = 0, n_accounts = sizeof accounts / sizeof *accounts;

	while (account < n_accounts &&
	       strcmp(accounts[account].distribution, defaults->host->distribution))
		account++;
	for (size_t i = 0; i < sizeof by_distribution / sizeof *by_distribution; i++) {
		const char *key = by_distribution[i].key, *value = by_distribution[i].value;

		if (!(by_distribution[i].files & file))
			continue;
		if (account == n_accounts) {
			not_known(defaults, key, "it depends on the distribution");
			continue;
		}
		if (!value)
			value = !strcmp(key, "user") ? accounts[account].user
						     : accounts[account].group;
		add(defaults, key, TEXT, value);
	}
}

static void add_device_acl(const struct defaults *defaults)
{
	static const char devices[] = "/dev/null\n/dev/full\n/dev/zero\n/dev/random\n/dev/urandom\n"
				      "/dev/ptmx\n/dev/kvm";
	static const char with_userfaultfd[] =
		"/dev/null\n/dev/full\n/dev/zero\n/dev/random\n/dev/urandom\n"
		"/dev/ptmx\n/dev/kvm\n/dev/userfaultfd";
	bool is_new = defaults->host->version >= VERSION(10, 1);

	if (!defaults->host->version)
		not_known(defaults, "cgroup_device_acl", "it depends on the version of libvirt");
	else
		add(defaults, "cgroup_device_acl", LIST, is_new ? with_userfaultfd : devices);
}

/*
 * 0 in 9.0 and 10.1, "unlimited" in 11.3. No release note says which release between changed it, so
 * those take the value that cannot make a check pass.
 */
static void add_core_limit(const struct defaults *defaults)
{
	if (!defaults->host->version)
		not_known(defaults, "max_core", "it depends on the version of libvirt");
	else if (defaults->host->version < VERSION(10, 2))
		add(defaults, "max_core", INTEGER, "0");
	else
		add(defaults, "max_core", TEXT, "unlimited");
}

static void add_qemu(const struct defaults *defaults)
{
	const struct gvnp_libvirt_setting *verify =
		gvnp_libvirt_settings_find(defaults->settings, "default_tls_x509_verify");
	const char *common = verify ? verify->value : NULL;

	/* `verify` points into what grows below; the text it holds does not move */
	for (size_t i = 0; i < sizeof verifications / sizeof *verifications; i++)
		add(defaults, verifications[i].key, INTEGER,
		    common ? common : verifications[i].otherwise);
	/* Where the account does not exist swtpm runs as root, and nothing says so: that is for
	 * whoever judges to join with table user. */
	add(defaults, "swtpm_user", TEXT, "tss");
	add(defaults, "swtpm_group", TEXT, "tss");
	add_device_acl(defaults);
	add_core_limit(defaults);
}

void gvnp_libvirt_defaults(enum gvnp_libvirt_file file, const struct gvnp_libvirt_host *host,
			   struct gvnp_libvirt_settings *settings,
			   void (*unknown)(void *context, const char *key, const char *why),
			   void *context)
{
	struct defaults defaults = { settings, host, unknown, context };

	if (file == GVNP_LIBVIRT_FILE_QEMU)
		add_qemu(&defaults);
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		if (fixed[i].files & IN(file))
			add(&defaults, fixed[i].key, fixed[i].kind, fixed[i].value);
	add_by_distribution(&defaults, IN(file));
}
