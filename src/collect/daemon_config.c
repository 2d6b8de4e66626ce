/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration of the services that log, keep the time, and run a cloud on this host. The rule
 * kept here: only keys of the lists below are kept, none of which is a secret; of a key that could
 * hold one only that it is set; from addresses user and password are cut.
 */
#include "collect/collectors.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "collect/collect.h"
#include "collect/dropin.h"
#include "collect/ini.h"

/* Before a key: '+' its assignments add up, and an empty one begins anew; '!' only that it has a
 * value is kept, as "set". */
static const char *const journald_keys[] = { "Journal.Storage",		"Journal.Seal",
					     "Journal.ForwardToSyslog", "Journal.Audit",
					     "Journal.SystemMaxUse",	NULL };
static const char *const upload_keys[] = { "Upload.URL", "Upload.TrustedCertificateFile",
					   "Upload.ServerCertificateFile", NULL };
static const char *const timesyncd_keys[] = { "+Time.NTP", "+Time.FallbackNTP", NULL };
static const char *const auditd_keys[] = { "write_logs",
					   "local_events",
					   "log_group",
					   "max_log_file_action",
					   "space_left_action",
					   "admin_space_left_action",
					   "disk_full_action",
					   "disk_error_action",
					   "tcp_listen_port",
					   "enable_krb5",
					   NULL };
static const char *const audisp_keys[] = { "remote_server", "transport", "enable_krb5", "active",
					   NULL };
static const char *const nova_keys[] = {
	"DEFAULT.transport_url",
	"DEFAULT.debug",
	"DEFAULT.compute_driver",
	"DEFAULT.auth_strategy",
	"api.auth_strategy",
	"oslo_messaging_rabbit.ssl",
	"oslo_messaging_rabbit.rabbit_use_ssl",
	"keystone_authtoken.www_authenticate_uri",
	"keystone_authtoken.auth_uri",
	"keystone_authtoken.auth_url",
	"keystone_authtoken.insecure",
	"service_user.auth_url",
	"service_user.insecure",
	"glance.api_servers",
	"glance.endpoint_override",
	"glance.insecure",
	"glance.api_insecure",
	"glance.verify_glance_signatures",
	"neutron.endpoint_override",
	"neutron.auth_url",
	"neutron.insecure",
	"placement.endpoint_override",
	"placement.auth_url",
	"placement.insecure",
	"cinder.endpoint_template",
	"cinder.insecure",
	"libvirt.virt_type",
	"libvirt.live_migration_with_native_tls",
	"libvirt.live_migration_tunnelled",
	"libvirt.live_migration_uri",
	"libvirt.live_migration_scheme",
	"libvirt.inject_password",
	"libvirt.inject_key",
	"libvirt.inject_partition",
	"libvirt.images_type",
	"libvirt.disk_cachemodes",
	"libvirt.cpu_mode",
	"libvirt.volume_clear",
	"vnc.enabled",
	"vnc.server_listen",
	"vnc.vncserver_listen",
	"vnc.auth_schemes",
	"spice.enabled",
	"spice.server_listen",
	"serial_console.enabled",
	"!key_manager.fixed_key",
	"key_manager.backend",
	"!database.connection",
	"!api_database.connection",
	"+pci.device_spec",
	"+pci.passthrough_whitelist",
	NULL,
};
static const char *const neutron_keys[] = {
	"DEFAULT.transport_url",
	"oslo_messaging_rabbit.ssl",
	"securitygroup.enable_security_group",
	"securitygroup.firewall_driver",
	"ovs.ovsdb_connection",
	"ovs.of_listen_address",
	NULL,
};

static const struct service {
	const char *name;
	bool has_colons;
	bool is_first_only; /* of the files below the first that exists counts */
	const char *files[7], *folders[5], *more_folders[2];
	const char *const *keys;
} services[] = {
	{ "journald",
	  false,
	  true,
	  { "/etc/systemd/journald.conf", "/run/systemd/journald.conf",
	    "/usr/lib/systemd/journald.conf" },
	  { "/etc/systemd/journald.conf.d", "/run/systemd/journald.conf.d",
	    "/usr/local/lib/systemd/journald.conf.d", "/usr/lib/systemd/journald.conf.d" },
	  { NULL },
	  journald_keys },
	{ "journal-upload",
	  false,
	  true,
	  { "/etc/systemd/journal-upload.conf", "/run/systemd/journal-upload.conf",
	    "/usr/lib/systemd/journal-upload.conf" },
	  { "/etc/systemd/journal-upload.conf.d", "/run/systemd/journal-upload.conf.d",
	    "/usr/local/lib/systemd/journal-upload.conf.d",
	    "/usr/lib/systemd/journal-upload.conf.d" },
	  { NULL },
	  upload_keys },
	{ "timesyncd",
	  false,
	  true,
	  { "/etc/systemd/timesyncd.conf", "/run/systemd/timesyncd.conf",
	    "/usr/lib/systemd/timesyncd.conf" },
	  { "/etc/systemd/timesyncd.conf.d", "/run/systemd/timesyncd.conf.d",
	    "/usr/local/lib/systemd/timesyncd.conf.d", "/usr/lib/systemd/timesyncd.conf.d" },
	  { NULL },
	  timesyncd_keys },
	{ "auditd", false, false, { "/etc/audit/auditd.conf" }, { NULL }, { NULL }, auditd_keys },
	{ "audisp-remote",
	  false,
	  false,
	  { "/etc/audit/audisp-remote.conf", "/etc/audit/plugins.d/au-remote.conf" },
	  { NULL },
	  { NULL },
	  audisp_keys },
	{ "nova",
	  true,
	  false,
	  { "/usr/share/nova/nova-dist.conf", "/etc/nova/nova.conf", "/etc/nova/nova-compute.conf",
	    "/etc/kolla/nova-compute/nova.conf" },
	  { "/etc/nova/nova.conf.d" },
	  { "/etc/nova/nova-compute.conf.d" },
	  nova_keys },
	{ "neutron",
	  true,
	  false,
	  { "/usr/share/neutron/neutron-dist.conf", "/etc/neutron/neutron.conf",
	    "/etc/neutron/plugins/ml2/openvswitch_agent.ini",
	    "/etc/neutron/plugins/ml2/linuxbridge_agent.ini",
	    "/etc/kolla/neutron-openvswitch-agent/neutron.conf",
	    "/etc/kolla/neutron-openvswitch-agent/openvswitch_agent.ini" },
	  { NULL },
	  { NULL },
	  neutron_keys },
};

struct setting {
	const char *key; /* of the list above, without its sign */
	char *value;
	const char *file; /* lives as long as the batch it was read with */
	int64_t line;
};

struct settings {
	struct setting *settings;
	size_t n;
};

static void settings_done(struct settings *settings)
{
	for (size_t i = 0; i < settings->n; i++)
		free(settings->settings[i].value);
	free(settings->settings);
}

static bool is_key(const struct gvnp_ini_line *line, const char *key)
{
	const char *dot = strchr(key, '.');
	size_t section = dot ? (size_t)(dot - key) : 0;

	if (!gvnp_slice_is(line->key, dot ? dot + 1 : key))
		return false;
	return !dot ||
	       (line->section.size == section && gvnp_text_same(line->section.text, key, section));
}

/* "rabbit://user:secret@host:5672/" -> "rabbit://host:5672/". Whatever stands before the last '@'
 * may be a secret, so of several hosts the last one is kept. The caller frees. */
static char *without_credentials(struct gvnp_slice value)
{
	static const char mark[] = "://";
	const char *scheme = memmem(value.text, value.size, mark, strlen(mark));
	const char *at = value.size ? memrchr(value.text, '@', value.size) : NULL;

	if (!at)
		return gvnp_slice_copy(value);
	size_t kept = scheme && scheme < at ? (size_t)(scheme - value.text) + strlen(mark) : 0;
	return gvnp_format("%.*s%.*s", (int)kept, value.text,
			   (int)(value.size - (size_t)(at + 1 - value.text)), at + 1);
}

static void set(struct settings *settings, const char *key, char sign,
		const struct gvnp_ini_line *line, const char *file)
{
	_cleanup_free_ char *value = sign == '!' ? gvnp_duplicate(line->value.size ? "set" : "")
						 : without_credentials(line->value);
	struct setting *setting = NULL;

	for (size_t i = 0; i < settings->n; i++)
		if (settings->settings[i].key == key)
			setting = &settings->settings[i];
	if (!setting) {
		settings->settings = gvnp_grow(settings->settings, settings->n);
		setting = &settings->settings[settings->n++];
		*setting = (struct setting){ .key = key };
	} else if (sign == '+' && value[0] && setting->value[0]) {
		char *both = gvnp_format("%s %s", setting->value, value);

		free(value);
		value = both;
	}
	free(setting->value);
	setting->value = gvnp_take(value);
	setting->file = file;
	setting->line = line->line;
}

static void decode(struct settings *settings, const struct service *service,
		   struct gvnp_slice bytes, const char *file)
{
	struct gvnp_ini ini = gvnp_ini_new(bytes);
	struct gvnp_ini_line line;

	while (gvnp_ini_next(&ini, service->has_colons, &line))
		for (const char *const *key = service->keys; *key; key++) {
			char sign = **key == '+' || **key == '!' ? **key : ' ';

			if (is_key(&line, *key + (sign != ' ')))
				set(settings, *key + (sign != ' '), sign, &line, file);
		}
}

static void insert(struct gvnp_facts *facts, const struct service *service,
		   const struct settings *settings, bool is_present)
{
	gvnp_insert(facts, "daemon_config", gvnp_text("name", service->name),
		    gvnp_integer("is_present", is_present));
	for (size_t i = 0; i < settings->n; i++) {
		const struct setting *setting = &settings->settings[i];

		gvnp_insert(facts, "daemon_setting", gvnp_text("daemon", service->name),
			    gvnp_text("key", setting->key), gvnp_text("value", setting->value),
			    gvnp_text("file", setting->file), gvnp_integer("line", setting->line));
	}
}

/* Whether any file of a service exists: where none was seen, the first that may. */
struct presence {
	bool is_present;
	const struct gvnp_batch *doubtful;
	size_t index;
};

static void doubt(struct presence *presence, const struct gvnp_batch *batch, size_t i)
{
	if (presence->doubtful)
		return;
	presence->doubtful = batch;
	presence->index = i;
}

static void doubt_unlisted(struct presence *presence, const struct gvnp_batch *folders)
{
	for (size_t i = 0; i < folders->n; i++)
		if (gvnp_collect_presence(gvnp_batch_answer(folders, i)) == GVNP_UNREADABLE)
			doubt(presence, folders, i);
}

/* A file that shows its type exists, also when nobody may read it; one in a folder that nobody may
 * search, and one that nobody asked for, may not. True if it counts as one that exists. */
static bool decode_file(struct gvnp_facts *facts, const struct service *service,
			struct settings *settings, struct presence *presence,
			const struct gvnp_batch *batch, size_t i)
{
	const struct gvnp_answer *answer = gvnp_batch_answer(batch, i);

	if (gvnp_collect_is_absent(answer))
		return false;
	if (answer->error) {
		gvnp_batch_hole(batch, i, facts, "daemon_setting", "", service->name);
		if (gvnp_collect_is_unanswered(answer))
			gvnp_batch_hole(batch, i, facts, "daemon_config", "", service->name);
		if (answer->type == GVNP_TYPE_NONE)
			doubt(presence, batch, i);
		else
			presence->is_present = true;
		return !gvnp_collect_is_unanswered(answer);
	}
	presence->is_present = true;
	decode(settings, service, gvnp_collect_bytes(answer), gvnp_batch_path(batch, i));
	return true;
}

static void dropins_done(struct gvnp_dropins (*both)[2])
{
	gvnp_dropins_done(&(*both)[0]);
	gvnp_dropins_done(&(*both)[1]);
}

static void collect_service(const struct gvnp_collection *collection, const struct service *service,
			    const struct gvnp_batch *files, size_t first)
{
	const char *const *groups[] = { service->folders, service->more_folders };
	_cleanup_(dropins_done) struct gvnp_dropins dropins[2] = { 0 };
	_cleanup_(settings_done) struct settings settings = { 0 };
	struct presence presence = { 0 };
	bool is_present = false;

	for (size_t i = 0; service->files[i] && !(is_present && service->is_first_only); i++)
		is_present |= decode_file(collection->facts, service, &settings, &presence, files,
					  first + i);
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		if (!groups[i][0])
			continue;
		gvnp_dropins_read_of(&dropins[i], collection->source, groups[i], collection->facts,
				     "daemon_setting", service->name);
		doubt_unlisted(&presence, &dropins[i].folders);
		for (size_t k = 0; k < dropins[i].files.n; k++)
			is_present |= decode_file(collection->facts, service, &settings, &presence,
						  &dropins[i].files, k);
	}
	if (!presence.is_present && presence.doubtful)
		gvnp_batch_hole(presence.doubtful, presence.index, collection->facts,
				"daemon_config", "is_present", service->name);
	insert(collection->facts, service, &settings, is_present);
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	size_t first = 0;

	for (size_t i = 0; i < sizeof services / sizeof *services; i++)
		for (size_t k = 0; services[i].files[k]; k++)
			gvnp_batch_add(&batch, GVNP_READ, "%s", services[i].files[k]);
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		collect_service(collection, &services[i], &batch, first);
		for (size_t k = 0; services[i].files[k]; k++)
			first++;
	}
	gvnp_facts_collected(collection->facts, "daemon_config");
	gvnp_facts_collected(collection->facts, "daemon_setting");
}

static const char *const paths[] = {
	"/etc/systemd/journald.conf",
	"/run/systemd/journald.conf",
	"/usr/lib/systemd/journald.conf",
	"/etc/systemd/journald.conf.d",
	"/etc/systemd/journald.conf.d/*",
	"/run/systemd/journald.conf.d",
	"/run/systemd/journald.conf.d/*",
	"/usr/local/lib/systemd/journald.conf.d",
	"/usr/local/lib/systemd/journald.conf.d/*",
	"/usr/lib/systemd/journald.conf.d",
	"/usr/lib/systemd/journald.conf.d/*",
	"/etc/systemd/journal-upload.conf",
	"/run/systemd/journal-upload.conf",
	"/usr/lib/systemd/journal-upload.conf",
	"/etc/systemd/journal-upload.conf.d",
	"/etc/systemd/journal-upload.conf.d/*",
	"/run/systemd/journal-upload.conf.d",
	"/run/systemd/journal-upload.conf.d/*",
	"/usr/local/lib/systemd/journal-upload.conf.d",
	"/usr/local/lib/systemd/journal-upload.conf.d/*",
	"/usr/lib/systemd/journal-upload.conf.d",
	"/usr/lib/systemd/journal-upload.conf.d/*",
	"/etc/systemd/timesyncd.conf",
	"/run/systemd/timesyncd.conf",
	"/usr/lib/systemd/timesyncd.conf",
	"/etc/systemd/timesyncd.conf.d",
	"/etc/systemd/timesyncd.conf.d/*",
	"/run/systemd/timesyncd.conf.d",
	"/run/systemd/timesyncd.conf.d/*",
	"/usr/local/lib/systemd/timesyncd.conf.d",
	"/usr/local/lib/systemd/timesyncd.conf.d/*",
	"/usr/lib/systemd/timesyncd.conf.d",
	"/usr/lib/systemd/timesyncd.conf.d/*",
	"/etc/audit/auditd.conf",
	"/etc/audit/audisp-remote.conf",
	"/etc/audit/plugins.d/au-remote.conf",
	"/usr/share/nova/nova-dist.conf",
	"/etc/nova/nova.conf",
	"/etc/nova/nova-compute.conf",
	"/etc/nova/nova.conf.d",
	"/etc/nova/nova.conf.d/*",
	"/etc/nova/nova-compute.conf.d",
	"/etc/nova/nova-compute.conf.d/*",
	"/etc/kolla/nova-compute/nova.conf",
	"/usr/share/neutron/neutron-dist.conf",
	"/etc/neutron/neutron.conf",
	"/etc/neutron/plugins/ml2/openvswitch_agent.ini",
	"/etc/neutron/plugins/ml2/linuxbridge_agent.ini",
	"/etc/kolla/neutron-openvswitch-agent/neutron.conf",
	"/etc/kolla/neutron-openvswitch-agent/openvswitch_agent.ini",
	NULL,
};

const struct gvnp_collector gvnp_collector_daemon_config = {
	.name = "daemon_config",
	.about = "configuration of logging, audit, time and cloud services",
	.paths = paths,
	.tables = (const char *const[]){ "daemon_config", "daemon_setting", NULL },
	.privileges =
		(const struct gvnp_privilege[]){
			{ "daemon_config", "CAP_DAC_READ_SEARCH, for audit, nova and neutron" },
			{ "daemon_setting", "CAP_DAC_READ_SEARCH, for audit, nova and neutron" },
			{ NULL, NULL } },
	.collect = collect,
};
