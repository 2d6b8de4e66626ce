/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libvirt's own configuration: its syntax and the defaults of what is not written.
 */
#ifndef GVNP_COLLECT_LIBVIRT_CONFIG_H
#define GVNP_COLLECT_LIBVIRT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gvnp/source.h"

/* qemu.conf, the longest of them, documents about a hundred keys. Each key is looked for among those
 * before it, so their number has a bound. */
enum { GVNP_LIBVIRT_MOST_SETTINGS = 4096 };

enum gvnp_libvirt_kind { GVNP_LIBVIRT_INTEGER, GVNP_LIBVIRT_TEXT, GVNP_LIBVIRT_LIST };

/* One setting. A text has one item, an integer none; the value of a list is its items joined. */
struct gvnp_libvirt_setting {
	char *key, *value;
	enum gvnp_libvirt_kind kind;
	char **items;
	size_t n_items;
	int line; /* 0: a default */
};

struct gvnp_libvirt_settings {
	struct gvnp_libvirt_setting *settings;
	size_t n;
};
void gvnp_libvirt_settings_done(struct gvnp_libvirt_settings *settings);

/* The setting of that key, NULL when there is none. */
const struct gvnp_libvirt_setting *
gvnp_libvirt_settings_find(const struct gvnp_libvirt_settings *settings, const char *key);

/* Appends a setting; for a list `value` is its items, one a line. */
void gvnp_libvirt_settings_add(struct gvnp_libvirt_settings *settings, const char *key,
			       enum gvnp_libvirt_kind kind, const char *value);

/*
 * Parses a file as libvirt does (src/util/virconf.c): KEY = VALUE with integers, 'texts', "texts",
 * """texts over lines""" and [ lists ], comments with '#', statements ended by a newline or ';'.
 * Of a key that is written twice the first one counts. Returns 0, or -EINVAL with the line and
 * what is wrong with it; the daemon would refuse such a file (unless it has too many settings).
 */
int gvnp_libvirt_parse(const char *data, size_t size, struct gvnp_libvirt_settings *ret,
		       int *ret_line, const char **ret_problem);

enum gvnp_libvirt_file {
	GVNP_LIBVIRT_FILE_QEMU,	    /* qemu.conf */
	GVNP_LIBVIRT_FILE_LIBVIRTD, /* the one daemon of old */
	GVNP_LIBVIRT_FILE_PROXY,    /* virtproxyd: the one modular daemon with a network side */
	GVNP_LIBVIRT_FILE_MODULAR,  /* virtqemud, virtnetworkd, … */
	GVNP_LIBVIRT_FILE_LOGD,	    /* virtlogd */
	GVNP_LIBVIRT_FILE_LOCKD,    /* virtlockd */
};

/* What defaults depend on. */
struct gvnp_libvirt_host {
	int64_t version; /* of libvirt, major * 1000000 + minor * 1000 + release; 0 when not known
			  */
	const char *distribution; /* "debian", "ubuntu", "redhat", "suse"; "" for another */
};

/*
 * Adds the default of every documented key that `settings` does not have. Calls `unknown` for each
 * key whose default depends on something that is not known.
 */
void gvnp_libvirt_defaults(enum gvnp_libvirt_file file, const struct gvnp_libvirt_host *host,
			   struct gvnp_libvirt_settings *settings,
			   void (*unknown)(void *context, const char *key, const char *why),
			   void *context);

/* The number of that name in the answer to GVNP_LIBVIRT "version". In libvirt.c. */
bool gvnp_libvirt_version(const struct gvnp_answer *answer, const char *name, int64_t *ret);

#endif
