/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files whose secrets no list of words could find are redacted the other way round: only what is
 * known to be harmless stays.
 */
#include "source/redact_settings.h"

#include <string.h>

#include "base/buffer.h"
#include "source/redact_names.h"
#include "source/redact_scan.h"

/* What collect/daemon_config.c keeps the value of. */
static const char *const harmless[] = {
	"transport_url",
	"debug",
	"compute_driver",
	"auth_strategy",
	"ssl",
	"rabbit_use_ssl",
	"www_authenticate_uri",
	"auth_uri",
	"auth_url",
	"insecure",
	"api_insecure",
	"api_servers",
	"endpoint_override",
	"endpoint_template",
	"verify_glance_signatures",
	"virt_type",
	"live_migration_with_native_tls",
	"live_migration_tunnelled",
	"live_migration_uri",
	"live_migration_scheme",
	"inject_password",
	"inject_key",
	"inject_partition",
	"images_type",
	"disk_cachemodes",
	"cpu_mode",
	"volume_clear",
	"enabled",
	"server_listen",
	"vncserver_listen",
	"auth_schemes",
	"backend",
	"device_spec",
	"passthrough_whitelist",
	"enable_security_group",
	"firewall_driver",
	"ovsdb_connection",
	"of_listen_address",
};

bool gvnp_redact_is_cloud(const char *path)
{
	static const char *const patterns[] = { "/etc/nova/**", "/etc/neutron/**", "/etc/kolla/**",
						"/usr/share/nova/**", "/usr/share/neutron/**" };

	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		if (gvnp_text_matches(patterns[i], path))
			return true;
	return false;
}

static bool is_harmless(struct gvnp_slice key)
{
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
		if (gvnp_slice_is(key, harmless[i]))
			return true;
	return false;
}

/* Whatever stands before the last '@' may be a secret, and of it only a scheme stays. */
static void append_value(struct gvnp_buffer *out, struct gvnp_slice value)
{
	static const char mark[] = "://";
	size_t behind = value.size; /* the last '@' */

	while (behind && value.text[behind - 1] != '@')
		behind--;
	if (behind) {
		const char *scheme = memmem(value.text, behind, mark, strlen(mark));

		if (scheme)
			gvnp_buffer_append(out, value.text,
					   (size_t)(scheme - value.text) + strlen(mark));
		gvnp_buffer_append_text(out, "removed@");
	}
	gvnp_buffer_append(out, value.text + behind, value.size - behind);
}

static void append_line(struct gvnp_buffer *out, struct gvnp_slice line)
{
	struct gvnp_slice key, value, text = gvnp_slice_trim(line);
	size_t at = 0;

	if (gvnp_slice_starts(text, "[")) {
		gvnp_buffer_append(out, line.text, line.size);
		return;
	}
	/* a comment or more of the value above may hold what was once a secret */
	if (!text.size || strchr("#; \t", line.text[0]))
		return;
	while (at < text.size && text.text[at] != '=' && text.text[at] != ':')
		at++;
	if (at == text.size)
		return;
	key = gvnp_slice_trim((struct gvnp_slice){ text.text, at });
	value = gvnp_slice_trim((struct gvnp_slice){ text.text + at + 1, text.size - at - 1 });
	gvnp_buffer_append(out, key.text, key.size);
	gvnp_buffer_append_text(out, " = ");
	if (is_harmless(key))
		append_value(out, value);
	else if (value.size)
		gvnp_buffer_append_text(out, "removed");
}

void gvnp_redact_cloud(struct gvnp_slice file, struct gvnp_buffer *out)
{
	struct gvnp_slice line;

	while (gvnp_slice_next(&file, '\n', &line)) {
		append_line(out, line);
		gvnp_buffer_append_text(out, "\n");
	}
}

/* ---- hosts */

static void learn(struct gvnp_redact_names *names, struct gvnp_slice text)
{
	size_t i = 0;

	while (i < text.size && text.text[i] && !strchr(" \t\r\n:/,;\"'()[]<>#?$@", text.text[i]))
		i++;
	text.size = i;
	/* "local" would be replaced in too many places; a host of one word has little to tell */
	if (memchr(text.text, '.', text.size) && !gvnp_redact_is_address(text))
		gvnp_redact_learn(names, GVNP_REDACT_HOST, text);
}

static void learn_behind(struct gvnp_redact_names *names, struct gvnp_slice file, const char *mark)
{
	size_t size = strlen(mark);
	const char *end = file.text + file.size;
	const char *found = file.text;

	while ((found = memmem(found, (size_t)(end - found), mark, size))) {
		found += size;
		learn(names, (struct gvnp_slice){ found, (size_t)(end - found) });
	}
}

/* "server NAME …", "pool NAME …", "NTP=NAME NAME" */
static void learn_words(struct gvnp_redact_names *names, struct gvnp_slice file)
{
	static const char *const keys[] = { "server", "pool", "peer" };
	struct gvnp_slice line, word, name;

	while (gvnp_slice_next(&file, '\n', &line)) {
		if (!gvnp_slice_word(&line, &word))
			continue;
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
			if (gvnp_slice_is(word, keys[i]) && gvnp_slice_word(&line, &name))
				learn(names, name);
		if (!gvnp_slice_starts(word, "NTP=") && !gvnp_slice_starts(word, "FallbackNTP="))
			continue;
		const char *equals = memchr(word.text, '=', word.size);
		learn(names, (struct gvnp_slice){ equals + 1,
						  word.size - (size_t)(equals + 1 - word.text) });
		while (gvnp_slice_word(&line, &name))
			learn(names, name);
	}
}

void gvnp_redact_learn_hosts(struct gvnp_redact_names *names, const char *path,
			     struct gvnp_slice file)
{
	static const struct {
		const char *pattern;
		const char *marks[4];
		bool has_words;
	} kinds[] = {
		{ "/etc/rsyslog.conf", { "@", "target=\"", ":omrelp:" }, false },
		{ "/etc/rsyslog.d/*", { "@", "target=\"", ":omrelp:" }, false },
		{ "/etc/systemd/**", { "://", "URL=" }, true },
		{ "/run/systemd/**", { "://", "URL=" }, true },
		{ "/etc/chrony/**", { NULL }, true },
		{ "/etc/chrony.conf", { NULL }, true },
		{ "/etc/chrony.d/*", { NULL }, true },
		{ "/run/chrony-dhcp/*", { NULL }, true },
		{ "/etc/ntp.conf", { NULL }, true },
		{ "/etc/ntpsec/ntp.conf", { NULL }, true },
		{ "/etc/audit/audisp-remote.conf", { "remote_server = " }, false },
		{ "/etc/openvswitch/conf.db", { "\"hostname\",\"", "tcp:", "ssl:" }, false },
		{ "/var/lib/openvswitch/conf.db", { "\"hostname\",\"", "tcp:", "ssl:" }, false },
	};

	if (gvnp_redact_is_cloud(path)) {
		learn_behind(names, file, "://");
		learn_behind(names, file, "@");
	}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!gvnp_text_matches(kinds[i].pattern, path))
			continue;
		for (const char *const *mark = kinds[i].marks; *mark; mark++)
			learn_behind(names, file, *mark);
		if (kinds[i].has_words)
			learn_words(names, file);
	}
}
