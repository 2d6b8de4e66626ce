/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domains. Properties come from filtered lists, a handful of calls for all domains, instead of four
 * calls for each: with a hundred VMs that is most of the round trips. How many domains there can be
 * is bounded by libvirt's own protocol.
 */
#include "source/libvirt_domains.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"

/* The domains that one filter lets through. */
struct selection {
	unsigned flag;
	int n;					 /* -1: the list could not be had */
	unsigned char (*uuids)[VIR_UUID_BUFLEN]; /* sorted */
};

enum { RUNNING, PAUSED, SHUT_OFF, PERSISTENT, AUTOSTART, SAVED, N_SELECTIONS };

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, VIR_UUID_BUFLEN);
}

static void select_domains(virConnectPtr connection, struct selection *selection)
{
	virDomainPtr *domains = NULL;

	selection->n = virConnectListAllDomains(connection, &domains, selection->flag);
	if (selection->n < 0)
		return;
	selection->uuids = gvnp_allocate_array((size_t)selection->n, VIR_UUID_BUFLEN);
	for (int i = 0; i < selection->n; i++) {
		virDomainGetUUID(domains[i], selection->uuids[i]);
		virDomainFree(domains[i]);
	}
	free(domains);
	qsort(selection->uuids, (size_t)selection->n, VIR_UUID_BUFLEN, by_bytes);
}

static bool is_selected(const struct selection *selection, const unsigned char *uuid)
{
	return selection->n > 0 &&
	       bsearch(uuid, selection->uuids, (size_t)selection->n, VIR_UUID_BUFLEN, by_bytes);
}

static int state_of(const struct selection *selections, virDomainPtr domain,
		    const unsigned char *uuid)
{
	int state = VIR_DOMAIN_NOSTATE;

	if (is_selected(&selections[RUNNING], uuid))
		return VIR_DOMAIN_RUNNING;
	if (is_selected(&selections[PAUSED], uuid))
		return VIR_DOMAIN_PAUSED;
	if (is_selected(&selections[SHUT_OFF], uuid))
		return VIR_DOMAIN_SHUTOFF;
	/* crashed, suspended, dying …: rare, so asked one by one */
	virDomainGetState(domain, &state, NULL, 0);
	return state;
}

static bool is_persistent(const struct selection *selections, virDomainPtr domain,
			  const unsigned char *uuid)
{
	if (selections[PERSISTENT].n >= 0)
		return is_selected(&selections[PERSISTENT], uuid);
	return virDomainIsPersistent(domain) == 1;
}

static bool is_autostarted(const struct selection *selections, virDomainPtr domain,
			   const unsigned char *uuid)
{
	int autostart = 0;

	if (selections[AUTOSTART].n >= 0)
		return is_selected(&selections[AUTOSTART], uuid);
	return !virDomainGetAutostart(domain, &autostart) && autostart;
}

static bool has_saved_image(const struct selection *selections, virDomainPtr domain,
			    const unsigned char *uuid)
{
	if (selections[SAVED].n >= 0)
		return is_selected(&selections[SAVED], uuid);
	return virDomainHasManagedSaveImage(domain, 0) == 1;
}

static void append_line(struct gvnp_buffer *lines, const struct selection *selections,
			virDomainPtr domain)
{
	char text[VIR_UUID_STRING_BUFLEN];
	unsigned char uuid[VIR_UUID_BUFLEN];

	if (virDomainGetUUID(domain, uuid) < 0 || virDomainGetUUIDString(domain, text) < 0)
		return;
	gvnp_buffer_append_format(lines, "%s %d %d %d %d %d ", text, (int)virDomainGetID(domain),
				  state_of(selections, domain, uuid),
				  is_persistent(selections, domain, uuid),
				  is_autostarted(selections, domain, uuid),
				  has_saved_image(selections, domain, uuid));
	gvnp_push_append_name(lines, virDomainGetName(domain));
}

/* What libvirt itself thinks is wrong with a running domain: tainted, deprecated. */
static void push_messages(struct gvnp_push *push, virDomainPtr domain, const char *path)
{
#if LIBVIR_VERSION_NUMBER >= 7001000
	_cleanup_buffer_ struct gvnp_buffer lines = { 0 };
	char **messages = NULL;

	int n = virDomainGetMessages(domain, &messages, 0);
	if (n < 0) {
		gvnp_push_text(push, path, NULL);
		return;
	}
	for (int i = 0; i < n; i++) {
		gvnp_push_append_name(&lines, messages[i]);
		free(messages[i]);
	}
	free(messages);
	gvnp_push_text(push, path, gvnp_buffer_text(&lines));
#else
	(void)domain;
	gvnp_push_error(push, path, GVNP_LIBVIRT_ERROR,
			"built with a libvirt older than 7.1, which has no domain messages");
#endif
}

static void push_domain(struct gvnp_push *push, const struct selection *selections,
			virDomainPtr domain)
{
	char text[VIR_UUID_STRING_BUFLEN], path[80];
	unsigned char uuid[VIR_UUID_BUFLEN];
	bool is_active = virDomainGetID(domain) != (unsigned)-1;

	if (virDomainGetUUID(domain, uuid) < 0 || virDomainGetUUIDString(domain, text) < 0)
		return;
	snprintf(path, sizeof path, "domain/%s/xml", text);
	_cleanup_free_ char *xml = virDomainGetXMLDesc(domain, 0);
	gvnp_push_text(push, path, xml);
	if (is_active && is_persistent(selections, domain, uuid)) {
		snprintf(path, sizeof path, "domain/%s/inactive-xml", text);
		_cleanup_free_ char *inactive =
			virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
		gvnp_push_text(push, path, inactive);
	}
	snprintf(path, sizeof path, "domain/%s/messages", text);
	if (is_active)
		push_messages(push, domain, path);
	else
		gvnp_push_text(push, path, "");
}

void gvnp_libvirt_push_domains(struct gvnp_push *push, virConnectPtr connection)
{
	struct selection selections[N_SELECTIONS] = {
		[RUNNING] = { .flag = VIR_CONNECT_LIST_DOMAINS_RUNNING },
		[PAUSED] = { .flag = VIR_CONNECT_LIST_DOMAINS_PAUSED },
		[SHUT_OFF] = { .flag = VIR_CONNECT_LIST_DOMAINS_SHUTOFF },
		[PERSISTENT] = { .flag = VIR_CONNECT_LIST_DOMAINS_PERSISTENT },
		[AUTOSTART] = { .flag = VIR_CONNECT_LIST_DOMAINS_AUTOSTART },
		[SAVED] = { .flag = VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE },
	};
	_cleanup_buffer_ struct gvnp_buffer lines = { 0 };
	virDomainPtr *domains = NULL;

	int n = virConnectListAllDomains(connection, &domains, 0);
	if (n < 0) {
		gvnp_push_text(push, "domains", NULL);
		return;
	}
	for (size_t i = 0; n && i < N_SELECTIONS; i++)
		select_domains(connection, &selections[i]);
	for (int i = 0; i < n; i++)
		append_line(&lines, selections, domains[i]);
	gvnp_push_text(push, "domains", gvnp_buffer_text(&lines));
	gvnp_push_flush(push);
	for (int i = 0; i < n; i++) {
		push_domain(push, selections, domains[i]);
		virDomainFree(domains[i]);
	}
	free(domains);
	for (size_t i = 0; i < N_SELECTIONS; i++)
		free(selections[i].uuids);
}
