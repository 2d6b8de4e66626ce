/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Netlink messages are written anew from the attributes that are decoded (collect/link.c,
 * collect/audit.c) and from nothing else: what nobody reads cannot tell anything.
 */
#include "source/redact_netlink.h"

#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/audit_rule.h"
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/netlink.h"
#include "source/redact_names.h"
#include "source/redact_scan.h"

struct writer {
	struct gvnp_redact_names *names;
	const char *place;
	struct gvnp_buffer *out;
};

bool gvnp_redact_is_netlink(const char *name)
{
	static const char *const all[] = { "links", "addresses", "audit-rules", "audit-status" };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (!strcmp(all[i], name))
			return true;
	return false;
}

static void pad(struct gvnp_buffer *out)
{
	while (out->size % NLMSG_ALIGNTO)
		gvnp_buffer_append(out, "", 1);
}

static void put(struct gvnp_buffer *out, uint16_t type, const void *value, size_t size)
{
	struct nlattr header = { (uint16_t)(sizeof header + size), type };

	gvnp_buffer_append(out, &header, sizeof header);
	gvnp_buffer_append(out, value, size);
	pad(out);
}

static void put_message(struct gvnp_buffer *out, uint16_t type, const void *head, size_t head_size,
			const struct gvnp_buffer *rest)
{
	struct nlmsghdr header = { .nlmsg_len = (uint32_t)(NLMSG_LENGTH(NLMSG_ALIGN(head_size)) +
							   rest->size),
				   .nlmsg_type = type };

	gvnp_buffer_append(out, &header, sizeof header);
	gvnp_buffer_append(out, head, head_size);
	pad(out);
	gvnp_buffer_append(out, rest->data, rest->size);
	pad(out);
}

/* A name as it would be replaced where libvirt's XML has it. The caller frees. */
static char *redact_link_name(const struct writer *writer, struct gvnp_slice name)
{
	static const char before[] = "bridge='";
	_cleanup_free_ char *text = gvnp_format("%s%.*s'", before, (int)name.size, name.text);
	_cleanup_buffer_ struct gvnp_buffer out = { 0 };
	struct gvnp_redact_text whole = { writer->place, text, strlen(text), false };

	gvnp_redact_scan(writer->names, &whole, &out);
	if (out.size < strlen(before) + 1)
		return gvnp_duplicate("");
	return gvnp_duplicate_sized(out.data + strlen(before), out.size - strlen(before) - 1);
}

static void redact_mac(const struct writer *writer, unsigned char *mac)
{
	static const unsigned char zeros[6];

	if (!memcmp(mac, zeros, sizeof zeros))
		return;
	unsigned number = gvnp_redact_number(writer->names, GVNP_REDACT_MAC,
					     (struct gvnp_slice){ (const char *)mac, 6 });
	memset(mac, 0, 6);
	mac[0] = 2;
	for (int i = 0; i < 3; i++)
		mac[5 - i] = (unsigned char)(number >> (8 * i));
}

/* ---- links */

static void put_kept(struct gvnp_buffer *out, struct gvnp_slice attributes, const uint16_t *types,
		     size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct gvnp_slice value = gvnp_netlink_find(attributes, types[i]);

		if (value.size)
			put(out, types[i], value.text, value.size);
	}
}

static void put_nested(struct gvnp_buffer *out, uint16_t type, struct gvnp_slice attributes,
		       uint16_t kept)
{
	_cleanup_buffer_ struct gvnp_buffer nested = { 0 };

	put_kept(&nested, attributes, &kept, 1);
	if (nested.size)
		put(out, type, nested.data, nested.size);
}

static void put_info(struct gvnp_buffer *out, struct gvnp_slice info)
{
	static const uint16_t kept[] = { IFLA_INFO_KIND, IFLA_INFO_SLAVE_KIND };
	struct gvnp_slice kind = gvnp_netlink_text(gvnp_netlink_find(info, IFLA_INFO_KIND));
	_cleanup_buffer_ struct gvnp_buffer nested = { 0 };

	put_kept(&nested, info, kept, sizeof kept / sizeof *kept);
	if (gvnp_slice_is(kind, "macvlan") || gvnp_slice_is(kind, "macvtap"))
		put_nested(&nested, IFLA_INFO_DATA, gvnp_netlink_find(info, IFLA_INFO_DATA),
			   IFLA_MACVLAN_MODE);
	put_nested(&nested, IFLA_INFO_SLAVE_DATA, gvnp_netlink_find(info, IFLA_INFO_SLAVE_DATA),
		   IFLA_BRPORT_ISOLATED);
	if (nested.size)
		put(out, IFLA_LINKINFO, nested.data, nested.size);
}

static void put_functions(const struct writer *writer, struct gvnp_buffer *out,
			  struct gvnp_slice functions)
{
	static const uint16_t kept[] = { IFLA_VF_VLAN, IFLA_VF_SPOOFCHK, IFLA_VF_LINK_STATE,
					 IFLA_VF_TRUST };
	_cleanup_buffer_ struct gvnp_buffer all = { 0 };
	struct gvnp_netlink_attribute function;

	while (gvnp_netlink_attribute_next(&functions, &function)) {
		struct gvnp_slice address = gvnp_netlink_find(function.value, IFLA_VF_MAC);
		_cleanup_buffer_ struct gvnp_buffer one = { 0 };
		struct ifla_vf_mac mac;

		if (gvnp_netlink_bytes(address, 0, &mac, sizeof mac)) {
			redact_mac(writer, mac.mac);
			put(&one, IFLA_VF_MAC, &mac, sizeof mac);
		}
		put_kept(&one, function.value, kept, sizeof kept / sizeof *kept);
		put(&all, IFLA_VF_INFO, one.data, one.size);
	}
	if (all.size)
		put(out, IFLA_VFINFO_LIST, all.data, all.size);
}

static bool redact_link(const struct writer *writer, const struct gvnp_netlink_message *message)
{
	static const uint16_t kept[] = { IFLA_MASTER, IFLA_LINK, IFLA_LINK_NETNSID };
	_cleanup_buffer_ struct gvnp_buffer out = { 0 };
	struct ifinfomsg head;

	if (!gvnp_netlink_bytes(message->body, 0, &head, sizeof head))
		return false;
	struct gvnp_slice attributes = gvnp_netlink_behind(message->body, sizeof head);
	_cleanup_free_ char *name = redact_link_name(
		writer, gvnp_netlink_text(gvnp_netlink_find(attributes, IFLA_IFNAME)));

	put(&out, IFLA_IFNAME, name, strlen(name) + 1);
	put_kept(&out, attributes, kept, sizeof kept / sizeof *kept);
	put_info(&out, gvnp_netlink_find(attributes, IFLA_LINKINFO));
	put_functions(writer, &out, gvnp_netlink_find(attributes, IFLA_VFINFO_LIST));
	put_message(writer->out, message->type, &head, sizeof head, &out);
	return true;
}

/* ---- addresses */

static bool redact_address(const struct writer *writer, const struct gvnp_netlink_message *message)
{
	static const uint16_t types[] = { IFA_ADDRESS, IFA_LOCAL };
	_cleanup_buffer_ struct gvnp_buffer out = { 0 };
	struct ifaddrmsg head;

	if (!gvnp_netlink_bytes(message->body, 0, &head, sizeof head))
		return false;
	size_t size = head.ifa_family == AF_INET ? 4 : 16;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		struct gvnp_slice value = gvnp_netlink_find(
			gvnp_netlink_behind(message->body, sizeof head), types[i]);
		unsigned char address[16];

		if (value.size != size || !gvnp_netlink_bytes(value, 0, address, size))
			continue;
		gvnp_redact_address(writer->names, head.ifa_family, address);
		put(&out, types[i], address, size);
	}
	put_message(writer->out, message->type, &head, sizeof head, &out);
	return true;
}

/* ---- audit rules */

static bool redact_rule(const struct writer *writer, const struct gvnp_netlink_message *message)
{
	_cleanup_buffer_ struct gvnp_buffer texts = { 0 };
	struct gvnp_audit_rule rule;

	if (!gvnp_audit_rule_parse(message->body, &rule))
		return false;
	for (uint32_t i = 0; i < rule.head.field_count; i++) {
		struct gvnp_redact_text text = { writer->place, rule.texts[i].text,
						 rule.texts[i].size, false };
		size_t before = texts.size;

		if (!gvnp_audit_rule_has_text(rule.head.fields[i]))
			continue;
		gvnp_redact_scan(writer->names, &text, &texts);
		rule.head.values[i] = (uint32_t)(texts.size - before);
	}
	rule.head.buflen = (uint32_t)texts.size;
	put_message(writer->out, message->type, &rule.head, sizeof rule.head, &texts);
	return true;
}

void gvnp_redact_netlink(struct gvnp_redact_names *names, const char *name,
			 struct gvnp_slice messages, struct gvnp_buffer *out)
{
	const struct writer writer = { names, name, out };
	struct gvnp_netlink_message message;
	bool is_whole = true;

	if (!strcmp(name, "audit-status")) { /* numbers */
		gvnp_buffer_append(out, messages.text, messages.size);
		return;
	}
	while (is_whole && gvnp_netlink_next(&messages, &message))
		is_whole = !strcmp(name, "links")	? redact_link(&writer, &message)
			   : !strcmp(name, "addresses") ? redact_address(&writer, &message)
							: redact_rule(&writer, &message);
	/* so that a replay finds it malformed too */
	if (!is_whole || messages.size)
		gvnp_buffer_append_text(out, "cut");
}
