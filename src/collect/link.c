/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Network interfaces of the host, their addresses, and the virtual functions of network cards: what
 * rtnetlink says (linux/if_link.h). The rule kept here: a virtual function's setting that its
 * driver does not report is unreadable, whatever zero would mean.
 */
#include "collect/collectors.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/netlink.h"
#include "collect/collect.h"

enum { MOST_LINKS = 65536 };

struct link {
	uint32_t number, master, lower;
	struct ifinfomsg header;
	struct gvnp_slice name, attributes, functions;
};

struct links {
	struct gvnp_facts *facts;
	struct link *links;
	size_t n;
};

static void links_done(struct links *links)
{
	free(links->links);
}

/* ---- links */

static int by_number(const void *a, const void *b)
{
	const struct link *first = a, *second = b;

	return first->number < second->number ? -1 : first->number > second->number;
}

/* Empty when there is none of that number. */
static struct gvnp_slice name_of(const struct links *links, uint32_t number)
{
	const struct link key = { .number = number }, *found = NULL;

	if (number && links->n)
		found = bsearch(&key, links->links, links->n, sizeof key, by_number);
	return found ? found->name : (struct gvnp_slice){ "", 0 };
}

static const char *macvlan_mode(struct gvnp_slice kind, struct gvnp_slice data)
{
	static const struct {
		uint32_t mode;
		const char *name;
	} modes[] = {
		{ MACVLAN_MODE_PRIVATE, "private" }, { MACVLAN_MODE_VEPA, "vepa" },
		{ MACVLAN_MODE_BRIDGE, "bridge" },   { MACVLAN_MODE_PASSTHRU, "passthrough" },
		{ MACVLAN_MODE_SOURCE, "source" },
	};
	uint32_t mode = gvnp_netlink_number(gvnp_netlink_find(data, IFLA_MACVLAN_MODE), 0, 0);

	if (!gvnp_slice_is(kind, "macvlan") && !gvnp_slice_is(kind, "macvtap"))
		return "";
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		if (modes[i].mode == mode)
			return modes[i].name;
	return "unknown";
}

static void insert_link(const struct links *links, const struct link *link)
{
	struct gvnp_slice info = gvnp_netlink_find(link->attributes, IFLA_LINKINFO);
	struct gvnp_slice kind = gvnp_netlink_text(gvnp_netlink_find(info, IFLA_INFO_KIND));
	struct gvnp_slice slave = gvnp_netlink_text(gvnp_netlink_find(info, IFLA_INFO_SLAVE_KIND));
	struct gvnp_slice port = gvnp_netlink_find(info, IFLA_INFO_SLAVE_DATA);
	struct gvnp_slice isolated = gvnp_netlink_find(port, IFLA_BRPORT_ISOLATED);
	struct gvnp_slice lower = { "", 0 };

	if (link->lower != link->number) /* most are their own */
		lower = name_of(links, link->lower);
	gvnp_insert(links->facts, "link", gvnp_text_slice("name", link->name),
		    gvnp_integer("number", link->number), gvnp_text_slice("kind", kind),
		    gvnp_text_slice("master", name_of(links, link->master)),
		    gvnp_text_slice("port_kind", slave), gvnp_text_slice("lower", lower),
		    gvnp_text("mode", macvlan_mode(kind, gvnp_netlink_find(info, IFLA_INFO_DATA))),
		    gvnp_integer("is_up", !!(link->header.ifi_flags & IFF_UP)),
		    gvnp_integer("is_loopback", !!(link->header.ifi_flags & IFF_LOOPBACK)),
		    gvnp_integer("is_isolated", gvnp_slice_is(slave, "bridge") && isolated.size &&
							isolated.text[0] != 0));
}

static bool decode_link(const struct gvnp_netlink_message *message, struct link *ret)
{
	struct link link = { .number = 0 };

	if (message->type != RTM_NEWLINK ||
	    !gvnp_netlink_bytes(message->body, 0, &link.header, sizeof link.header))
		return false;
	link.attributes = gvnp_netlink_behind(message->body, sizeof link.header);
	link.number = (uint32_t)link.header.ifi_index;
	link.name = gvnp_netlink_text(gvnp_netlink_find(link.attributes, IFLA_IFNAME));
	link.master = gvnp_netlink_number(gvnp_netlink_find(link.attributes, IFLA_MASTER), 0, 0);
	link.lower = gvnp_netlink_number(gvnp_netlink_find(link.attributes, IFLA_LINK), 0, 0);
	/* its number is then one of another namespace */
	if (gvnp_netlink_find(link.attributes, IFLA_LINK_NETNSID).size)
		link.lower = 0;
	link.functions = gvnp_netlink_find(link.attributes, IFLA_VFINFO_LIST);
	*ret = link;
	return link.name.size > 0;
}

/* First which links there are, since a master may come after its port; then the rows. */
static bool decode_links(struct links *links, struct gvnp_slice rest)
{
	struct gvnp_netlink_message message;
	bool is_whole = true;
	struct link link;

	while (gvnp_netlink_next(&rest, &message)) {
		if (links->n == MOST_LINKS || !decode_link(&message, &link)) {
			is_whole = false;
			break;
		}
		links->links = gvnp_grow(links->links, links->n);
		links->links[links->n++] = link;
	}
	if (links->n)
		qsort(links->links, links->n, sizeof *links->links, by_number);
	for (size_t i = 0; i < links->n; i++)
		insert_link(links, &links->links[i]);
	return is_whole && !rest.size;
}

/* ---- addresses */

static bool insert_address(const struct links *links, const struct ifaddrmsg *header,
			   struct gvnp_slice attributes)
{
	/* on a point-to-point link IFA_ADDRESS is the other end */
	struct gvnp_slice local = gvnp_netlink_find(attributes, IFA_LOCAL);
	struct gvnp_slice link = name_of(links, header->ifa_index);
	struct gvnp_slice bytes = local.size ? local : gvnp_netlink_find(attributes, IFA_ADDRESS);
	size_t size = header->ifa_family == AF_INET ? 4 : 16;
	const char *scope = header->ifa_scope == RT_SCOPE_HOST	 ? "host"
			    : header->ifa_scope == RT_SCOPE_LINK ? "link"
								 : "global";
	char text[INET6_ADDRSTRLEN];

	if (header->ifa_family != AF_INET && header->ifa_family != AF_INET6)
		return true;
	if (bytes.size != size || !inet_ntop(header->ifa_family, bytes.text, text, sizeof text))
		return false;
	if (!link.size) /* an interface that came after the other list was read */
		return true;
	gvnp_insert(links->facts, "link_address", gvnp_text_slice("link", link),
		    gvnp_text("address", text), gvnp_integer("prefix", header->ifa_prefixlen),
		    gvnp_text("scope", scope));
	return true;
}

static bool decode_addresses(const struct links *links, struct gvnp_slice rest)
{
	struct gvnp_netlink_message message;
	struct ifaddrmsg header;

	while (gvnp_netlink_next(&rest, &message))
		if (message.type != RTM_NEWADDR ||
		    !gvnp_netlink_bytes(message.body, 0, &header, sizeof header) ||
		    !insert_address(links, &header,
				    gvnp_netlink_behind(message.body, sizeof header)))
			return false;
	return !rest.size;
}

/* ---- virtual functions */

/* A setting every struct ifla_vf_* keeps behind the number of the function; -1 and no attribute:
 * the driver does not report it. */
static struct gvnp_cell setting(struct gvnp_facts *facts, const char *name, const char *column,
				struct gvnp_slice function, uint16_t type, uint32_t most)
{
	struct gvnp_slice value = gvnp_netlink_find(function, type);
	uint32_t number = gvnp_netlink_number(value, 4, UINT32_MAX);

	if (number > most)
		gvnp_facts_hole(facts, "virtual_function", column, name,
				"%s: the driver does not report %s", name, column);
	return gvnp_maybe(column, number <= most, number);
}

static const char *link_state(struct gvnp_slice function)
{
	static const char *const states[] = { [IFLA_VF_LINK_STATE_AUTO] = "auto",
					      [IFLA_VF_LINK_STATE_ENABLE] = "enable",
					      [IFLA_VF_LINK_STATE_DISABLE] = "disable" };
	uint32_t state =
		gvnp_netlink_number(gvnp_netlink_find(function, IFLA_VF_LINK_STATE), 4, UINT32_MAX);

	return state < sizeof states / sizeof *states ? states[state] : NULL;
}

/* The link virtfnN of the physical function leads to the virtual one. */
static const char *address_of(const struct gvnp_answer *folder, uint32_t number)
{
	char name[24];

	snprintf(name, sizeof name, "virtfn%u", number);
	const struct gvnp_entry *entry = folder->error ? NULL : gvnp_collect_entry(folder, name);
	return entry && entry->link ? gvnp_text_base_name(entry->link) : NULL;
}

static void insert_function(const struct links *links, const struct link *link,
			    struct gvnp_slice function, const struct gvnp_answer *folder)
{
	struct gvnp_slice mac = gvnp_netlink_find(function, IFLA_VF_MAC);
	uint32_t number = gvnp_netlink_number(mac, 0, UINT32_MAX);
	unsigned char bytes[6] = { 0 };
	char text[18];

	if (!gvnp_netlink_bytes(mac, 4, bytes, sizeof bytes))
		return gvnp_facts_hole(links->facts, "virtual_function", "", "",
				       "%.*s: a virtual function without a number",
				       (int)link->name.size, link->name.text);
	_cleanup_free_ char *name =
		gvnp_format("%.*s vf %u", (int)link->name.size, link->name.text, number);
	const char *address = address_of(folder, number);
	if (!address)
		gvnp_facts_hole(links->facts, "virtual_function", "address", name,
				"%s: no link virtfn%u in the folder of its device", name, number);
	snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2],
		 bytes[3], bytes[4], bytes[5]);
	gvnp_insert(links->facts, "virtual_function", gvnp_text("name", name),
		    gvnp_text_slice("link", link->name), gvnp_integer("number", number),
		    gvnp_text("address", address), gvnp_text("mac", text),
		    setting(links->facts, name, "vlan", function, IFLA_VF_VLAN, 4095),
		    setting(links->facts, name, "checks_spoofing", function, IFLA_VF_SPOOFCHK, 1),
		    setting(links->facts, name, "is_trusted", function, IFLA_VF_TRUST, 1),
		    gvnp_text("state", link_state(function)));
}

static void insert_functions(const struct links *links, const struct link *link,
			     const struct gvnp_answer *folder)
{
	struct gvnp_slice rest = link->functions;
	struct gvnp_netlink_attribute function;

	while (gvnp_netlink_attribute_next(&rest, &function))
		insert_function(links, link, function.value, folder);
}

static void collect_functions(const struct gvnp_collection *collection, const struct links *links)
{
	_cleanup_batch_ struct gvnp_batch devices = { 0 }, folders = { 0 };
	size_t k = 0;

	for (size_t i = 0; i < links->n; i++)
		if (links->links[i].functions.size)
			gvnp_batch_add(&devices, GVNP_LINK, "/sys/class/net/%.*s/device",
				       (int)links->links[i].name.size, links->links[i].name.text);
	if (devices.n)
		gvnp_batch_ask(&devices, collection->source);
	for (size_t i = 0; i < devices.n; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(&devices, i);

		gvnp_batch_add(&folders, GVNP_LIST, "/sys/bus/pci/devices/%s",
			       answer->error ? "unknown" : gvnp_text_base_name(answer->data));
	}
	if (folders.n)
		gvnp_batch_ask(&folders, collection->source);
	for (size_t i = 0; i < links->n; i++)
		if (links->links[i].functions.size)
			insert_functions(links, &links->links[i], gvnp_batch_answer(&folders, k++));
}

static void collect(const struct gvnp_collection *collection)
{
	static const char malformed[] = "%s: not what the kernel sends";
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	_cleanup_(links_done) struct links links = { .facts = collection->facts };
	size_t i = gvnp_batch_add(&batch, GVNP_SYSTEM, "links");
	size_t k = gvnp_batch_add(&batch, GVNP_SYSTEM, "addresses");

	gvnp_batch_ask(&batch, collection->source);
	const struct gvnp_answer *answer = gvnp_batch_answer(&batch, i);
	const struct gvnp_answer *addresses = gvnp_batch_answer(&batch, k);
	if (answer->error) {
		gvnp_collect_hole(collection->facts, "link", "", "", "links", answer);
		gvnp_collect_hole(collection->facts, "virtual_function", "", "", "links", answer);
		gvnp_collect_hole(collection->facts, "link_address", "", "", "links", answer);
		return;
	}
	if (!decode_links(&links, gvnp_collect_bytes(answer))) {
		gvnp_facts_hole(collection->facts, "link", "", "", malformed, "links");
		gvnp_facts_hole(collection->facts, "virtual_function", "", "", malformed, "links");
	}
	collect_functions(collection, &links);
	if (addresses->error)
		gvnp_collect_hole(collection->facts, "link_address", "", "", "addresses",
				  addresses);
	else if (!decode_addresses(&links, gvnp_collect_bytes(addresses)))
		gvnp_facts_hole(collection->facts, "link_address", "", "", malformed, "addresses");
	gvnp_facts_collected(collection->facts, "link");
	gvnp_facts_collected(collection->facts, "link_address");
	gvnp_facts_collected(collection->facts, "virtual_function");
}

const struct gvnp_collector gvnp_collector_link = {
	.name = "link",
	.about = "network interfaces, their addresses, virtual functions of network cards",
	.paths = (const char *const[]){ "system", "/sys/class/net/*/device",
					"/sys/bus/pci/devices/*", NULL },
	.tables = (const char *const[]){ "link", "link_address", "virtual_function", NULL },
	.privileges =
		(const struct gvnp_privilege[]){
			{ "link", "nothing, in the network namespace of process 1" },
			{ "link_address", "nothing, in the network namespace of process 1" },
			{ "virtual_function", "nothing, in the network namespace of process 1" },
			{ NULL, NULL } },
	.collect = collect,
};
