/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which answers say what names there are: libvirt's lists and XML, pid files, accounts, the
 * arguments of VM processes, mounts, firmware. Everything here only learns; nothing is changed.
 */
#include "source/redact_learn.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "gvnp/source.h"
#include "source/redact_image.h"
#include "source/redact_names.h"
#include "source/redact_scan.h"
#include "source/redact_settings.h"

/* ---- paths */

static bool is_standard_place(struct gvnp_slice path)
{
	static const char *const places[] = { "/usr/",	"/proc/", "/sys/",   "/etc/",
					      "/boot/", "/lib/",  "/lib64/", "/bin/" };

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (gvnp_slice_starts(path, places[i]))
			return true;
	return false;
}

static bool is_extension(struct gvnp_slice text)
{
	for (size_t i = 0; i < text.size; i++)
		if (!((text.text[i] | 0x20) >= 'a' && (text.text[i] | 0x20) <= 'z') &&
		    !(text.text[i] >= '0' && text.text[i] <= '9'))
			return false;
	return text.size && text.size <= 8;
}

/* "web01.qcow2" -> "web01", "web01_VARS.fd" -> "web01" */
static struct gvnp_slice stem_of(struct gvnp_slice name)
{
	const char *dot = memrchr(name.text, '.', name.size);
	static const char variables[] = "_VARS";

	if (dot && dot > name.text &&
	    is_extension((struct gvnp_slice){ dot + 1, name.size - (size_t)(dot + 1 - name.text) }))
		name.size = (size_t)(dot - name.text);
	if (name.size > strlen(variables) &&
	    !memcmp(name.text + name.size - strlen(variables), variables, strlen(variables)))
		name.size -= strlen(variables);
	return name;
}

/* Folders and sockets libvirt names after the domain are the domain's name, not names of their own.
 */
static bool is_libvirts(struct gvnp_slice component)
{
	return gvnp_slice_starts(component, "domain-") || gvnp_slice_starts(component, "qemu-") ||
	       gvnp_slice_starts(component, "libvirt-");
}

void gvnp_redact_learn_path(struct gvnp_redact_names *names, struct gvnp_slice path)
{
	struct gvnp_slice component;

	if (is_standard_place(path) || path.size > 4096)
		return;
	while (gvnp_slice_next(&path, '/', &component)) {
		struct gvnp_slice name = path.size ? component : stem_of(component);

		if (!name.size || gvnp_redact_is_common(name) || is_libvirts(name))
			continue;
		gvnp_redact_learn(names, path.size ? GVNP_REDACT_FOLDER : GVNP_REDACT_IMAGE, name);
	}
}

/* ---- names */

/* Lists of libvirt: the name is what follows `n` fields. */
static void learn_list(struct gvnp_redact_names *names, enum gvnp_redact_kind kind, size_t n,
		       struct gvnp_slice list)
{
	struct gvnp_slice line, field;

	while (gvnp_slice_next(&list, '\n', &line)) {
		size_t i = 0;

		while (i < n && gvnp_slice_next(&line, ' ', &field))
			i++;
		if (i == n)
			gvnp_redact_learn(names, kind, line);
	}
}

static void learn_accounts(struct gvnp_redact_names *names, struct gvnp_slice list)
{
	enum { NAME, ID = 2, COMMENT = 4, N_FIELDS };
	struct gvnp_slice line;

	while (gvnp_slice_next(&list, '\n', &line)) {
		struct gvnp_slice fields[N_FIELDS] = { 0 };
		uint64_t id = 0;

		for (size_t i = 0; i < N_FIELDS; i++)
			gvnp_slice_next(&line, ':', &fields[i]);
		/* Below are system accounts, 60000-65535 are allocated by distributions. */
		if (!gvnp_slice_unsigned(fields[ID], 10, &id) || id < 1000 ||
		    (id >= 60000 && id < 65536))
			continue;
		gvnp_redact_learn(names, GVNP_REDACT_USER, fields[NAME]);
		gvnp_redact_learn(names, GVNP_REDACT_USER, fields[COMMENT]);
		/* "Jane Doe,room,phone": the first part is the person. */
		if (gvnp_slice_next(&fields[COMMENT], ',', &line))
			gvnp_redact_learn(names, GVNP_REDACT_USER, line);
	}
}

static void learn_host_name(struct gvnp_redact_names *names, struct gvnp_slice text)
{
	struct gvnp_slice name = gvnp_slice_trim(text), first, domain;

	gvnp_redact_learn(names, GVNP_REDACT_HOST, name);
	if (!gvnp_slice_split(name, '.', &first, &domain))
		return;
	gvnp_redact_learn(names, GVNP_REDACT_HOST, first);
	gvnp_redact_learn(names, GVNP_REDACT_HOST, domain);
}

static void learn_pid_files(struct gvnp_redact_names *names, const struct gvnp_answer *answer)
{
	for (size_t i = 0; i < answer->n_entries; i++) {
		const char *name = answer->entries[i].name;
		struct gvnp_slice stem = { name, strlen(name) };

		if (!gvnp_text_ends(name, ".pid") || !strcmp(name, "driver.pid"))
			continue;
		stem.size -= strlen(".pid");
		/* dbus and helpers of a domain lie beside it */
		if (!gvnp_text_ends(name, "-swtpm.pid"))
			gvnp_redact_learn(names, GVNP_REDACT_VM, stem);
	}
}

/* Of VMs that are gone, whose names stand nowhere else: NAME_VARS.fd and NAME.save. */
static void learn_state_files(struct gvnp_redact_names *names, const struct gvnp_answer *answer,
			      const char *mark)
{
	for (size_t i = 0; i < answer->n_entries; i++) {
		const char *name = answer->entries[i].name, *end = NULL;

		for (const char *next = name; (next = strstr(next, mark)); next++)
			end = next;
		if (end && end != name)
			gvnp_redact_learn(names, GVNP_REDACT_VM,
					  (struct gvnp_slice){ name, (size_t)(end - name) });
	}
}

static bool is_vm_process(struct gvnp_slice program)
{
	static const char *const programs[] = { "qemu",	       "kvm",	 "cloud-hypervisor",
						"firecracker", "crosvm", "swtpm",
						"virtiofsd" };
	const char *slash = memrchr(program.text, '/', program.size);

	if (slash) {
		program.size -= (size_t)(slash + 1 - program.text);
		program.text = slash + 1;
	}
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (gvnp_slice_starts(program, programs[i]))
			return true;
	return false;
}

/* "a,guest=NAME,b" or "NAME,b"; a comma in a name is doubled. */
static void learn_guest_name(struct gvnp_redact_names *names, struct gvnp_slice argument)
{
	_cleanup_free_ char *name = gvnp_allocate(argument.size + 1);
	size_t n = 0;

	if (gvnp_slice_starts(argument, "guest=")) {
		argument.text += strlen("guest=");
		argument.size -= strlen("guest=");
	}
	for (size_t i = 0; i < argument.size; i++) {
		if (argument.text[i] == ',' && (++i == argument.size || argument.text[i] != ','))
			break;
		name[n++] = argument.text[i];
	}
	gvnp_redact_learn(names, GVNP_REDACT_VM, (struct gvnp_slice){ name, n });
}

/* Values of `key` in one argument, key=value or JSON. */
static void learn_values(struct gvnp_redact_names *names, enum gvnp_redact_kind kind,
			 struct gvnp_slice argument, const char *key)
{
	size_t size = strlen(key);

	for (size_t at = 0; at + size < argument.size; at++) {
		struct gvnp_slice value = { argument.text + at + size, 0 };
		size_t rest = argument.size - at - size, most = rest < 4096 ? rest : 4096;

		if (memcmp(argument.text + at, key, size) ||
		    (at && !strchr(",.{\"", argument.text[at - 1])))
			continue;
		while (value.size < most && !strchr(",\"}", value.text[value.size]))
			value.size++;
		if (kind != GVNP_REDACT_HOST || !gvnp_redact_is_address(value))
			gvnp_redact_learn(names, kind, value);
	}
}

static void learn_argument_names(struct gvnp_redact_names *names, struct gvnp_slice arguments)
{
	struct gvnp_slice argument, option = { "", 0 };

	if (!gvnp_slice_next(&arguments, '\0', &argument) || !is_vm_process(argument))
		return;
	while (gvnp_slice_next(&arguments, '\0', &argument)) {
		if (gvnp_slice_is(option, "-name"))
			learn_guest_name(names, argument);
		learn_values(names, GVNP_REDACT_HOST, argument, "host=");
		learn_values(names, GVNP_REDACT_HOST, argument, "\"host\":\"");
		option = argument;
	}
}

void gvnp_redact_learn_names(struct gvnp_redact_names *names, const struct gvnp_request *request,
			     const struct gvnp_answer *answer)
{
	struct gvnp_slice data = { answer->data, answer->size };
	const char *path = request->path;

	if (request->operation == GVNP_LIBVIRT) {
		if (!strcmp(path, "domains"))
			learn_list(names, GVNP_REDACT_VM, 6, data);
		else if (!strcmp(path, "networks"))
			learn_list(names, GVNP_REDACT_NETWORK, 4, data);
		else if (gvnp_text_ends(path, "xml"))
			gvnp_redact_learn_xml(names, gvnp_text_starts(path, "network/"), false,
					      data);
	} else if (!strcmp(path, "/etc/passwd") || !strcmp(path, "/etc/group")) {
		learn_accounts(names, data);
	} else if (!strcmp(path, "/proc/sys/kernel/hostname") || !strcmp(path, "/etc/hostname")) {
		learn_host_name(names, data);
	} else if (!strcmp(path, "/run/libvirt/qemu")) {
		learn_pid_files(names, answer);
	} else if (!strcmp(path, "/var/lib/libvirt/qemu/nvram")) {
		learn_state_files(names, answer, "_VARS");
	} else if (!strcmp(path, "/var/lib/libvirt/qemu/save")) {
		learn_state_files(names, answer, ".save");
	} else if (gvnp_text_ends(path, "/cmdline")) {
		learn_argument_names(names, data);
	} else if (request->operation == GVNP_READ) {
		gvnp_redact_learn_hosts(names, path, data);
	}
}

/* ---- the second look */

static void learn_argument_paths(struct gvnp_redact_names *names, struct gvnp_slice arguments)
{
	struct gvnp_slice argument;

	if (!gvnp_slice_next(&arguments, '\0', &argument) || !is_vm_process(argument))
		return;
	while (gvnp_slice_next(&arguments, '\0', &argument)) {
		learn_values(names, GVNP_REDACT_SERIAL, argument, "serial=");
		learn_values(names, GVNP_REDACT_SERIAL, argument, "serial\":\"");
		learn_values(names, GVNP_REDACT_SERIAL, argument, "wwn\":\"");
		for (size_t at = 0; at < argument.size; at++) {
			size_t end = at;

			if (argument.text[at] != '/' ||
			    (at && !strchr("=\":", argument.text[at - 1])))
				continue;
			while (end < argument.size && !strchr(",\"}", argument.text[end]))
				end++;
			gvnp_redact_learn_path(names,
					       (struct gvnp_slice){ argument.text + at, end - at });
			at = end;
		}
	}
}

static void learn_open_files(struct gvnp_redact_names *names, const struct gvnp_answer *answer)
{
	static const char *const images[] = { ".qcow2", ".img", ".raw", ".iso", ".vmdk" };

	for (size_t i = 0; i < answer->n_entries; i++)
		for (size_t k = 0; k < sizeof images / sizeof *images; k++)
			if (answer->entries[i].link &&
			    gvnp_text_ends(answer->entries[i].link, images[k]))
				gvnp_redact_learn_path(names, gvnp_slice(answer->entries[i].link));
}

/* "filer.example:/export" of a network file system, and where it is mounted. */
static void learn_mounts(struct gvnp_redact_names *names, struct gvnp_slice mounts)
{
	static const char separator[] = " - ";
	struct gvnp_slice line, word, host, path;

	while (gvnp_slice_next(&mounts, '\n', &line)) {
		const char *behind = memmem(line.text, line.size, separator, strlen(separator));

		if (!behind)
			continue;
		struct gvnp_slice rest = { behind + 3,
					   line.size - (size_t)(behind + 3 - line.text) };
		/* Each takes a word. NOLINTNEXTLINE(misc-redundant-expression) */
		if (!gvnp_slice_word(&rest, &word) || !gvnp_slice_word(&rest, &word) ||
		    !gvnp_slice_split(word, ':', &host, &path) || !gvnp_slice_starts(path, "/"))
			continue;
		if (!gvnp_redact_is_address(host))
			gvnp_redact_learn(names, GVNP_REDACT_HOST, host);
		gvnp_redact_learn_path(names, path);
		for (size_t i = 0; i < 5; i++) /* the fifth field is the mount point */
			gvnp_slice_word(&line, &word);
		gvnp_redact_learn_path(names, word);
	}
}

static bool is_firmware_serial(const char *path)
{
	return gvnp_text_starts(path, "/sys/class/dmi/id/") &&
	       (gvnp_text_ends(path, "_serial") || gvnp_text_ends(path, "_asset_tag"));
}

/* "CRYPT-LUKS2-HEX-name", "LVM-…": what stands behind the kind is the host's. */
static void learn_mapping(struct gvnp_redact_names *names, struct gvnp_slice text)
{
	struct gvnp_slice kind, rest = gvnp_slice_trim(text), format;

	if (!gvnp_slice_split(rest, '-', &kind, &rest))
		return;
	if (gvnp_slice_is(kind, "CRYPT") && !gvnp_slice_split(rest, '-', &format, &rest))
		return;
	gvnp_redact_learn(names, GVNP_REDACT_SERIAL, rest);
}

void gvnp_redact_learn_paths(struct gvnp_redact_names *names, const struct gvnp_request *request,
			     const struct gvnp_answer *answer)
{
	struct gvnp_slice data = { answer->data, answer->size };
	const char *path = request->path;

	if (request->operation == GVNP_LIBVIRT && gvnp_text_ends(path, "xml"))
		gvnp_redact_learn_xml(names, gvnp_text_starts(path, "network/"), true, data);
	else if (request->operation == GVNP_RANGE)
		gvnp_redact_learn_image(names, request, data);
	else if (gvnp_text_ends(path, "/cmdline"))
		learn_argument_paths(names, data);
	else if (gvnp_text_starts(path, "/proc/") && gvnp_text_ends(path, "/fd"))
		learn_open_files(names, answer);
	else if (gvnp_text_ends(path, "/mountinfo"))
		learn_mounts(names, data);
	else if (gvnp_text_ends(path, "/dm/uuid"))
		learn_mapping(names, data);
	else if (is_firmware_serial(path))
		gvnp_redact_learn(names, GVNP_REDACT_SERIAL, gvnp_slice_trim(data));
}
