/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Netlink framing (linux/netlink.h). The rule kept here: nothing is read that the lengths given do
 * not cover, and bytes are copied, since a recording aligns nothing.
 */
#include "base/netlink.h"

#include <linux/netlink.h>
#include <string.h>

static struct gvnp_slice advance(struct gvnp_slice slice, size_t size)
{
	size_t aligned = NLMSG_ALIGN(size);

	if (aligned > slice.size)
		aligned = slice.size;
	return (struct gvnp_slice){ slice.text + aligned, slice.size - aligned };
}

bool gvnp_netlink_bytes(struct gvnp_slice slice, size_t offset, void *ret, size_t size)
{
	if (slice.size < offset || slice.size - offset < size)
		return false;
	memcpy(ret, slice.text + offset, size);
	return true;
}

uint32_t gvnp_netlink_number(struct gvnp_slice slice, size_t offset, uint32_t otherwise)
{
	uint32_t number = otherwise;

	gvnp_netlink_bytes(slice, offset, &number, sizeof number);
	return number;
}

struct gvnp_slice gvnp_netlink_text(struct gvnp_slice slice)
{
	const char *end = slice.size ? memchr(slice.text, '\0', slice.size) : NULL;

	if (end)
		slice.size = (size_t)(end - slice.text);
	return slice;
}

struct gvnp_slice gvnp_netlink_behind(struct gvnp_slice body, size_t size)
{
	return advance(body, size);
}

bool gvnp_netlink_next(struct gvnp_slice *rest, struct gvnp_netlink_message *ret)
{
	struct nlmsghdr header;

	if (!gvnp_netlink_bytes(*rest, 0, &header, sizeof header) ||
	    header.nlmsg_len < sizeof header || header.nlmsg_len > rest->size)
		return false;
	ret->type = header.nlmsg_type;
	ret->body =
		(struct gvnp_slice){ rest->text + sizeof header, header.nlmsg_len - sizeof header };
	*rest = advance(*rest, header.nlmsg_len);
	return true;
}

bool gvnp_netlink_attribute_next(struct gvnp_slice *rest, struct gvnp_netlink_attribute *ret)
{
	struct nlattr header;

	if (!gvnp_netlink_bytes(*rest, 0, &header, sizeof header) ||
	    header.nla_len < sizeof header || header.nla_len > rest->size)
		return false;
	ret->type = header.nla_type & NLA_TYPE_MASK;
	ret->value =
		(struct gvnp_slice){ rest->text + sizeof header, header.nla_len - sizeof header };
	*rest = advance(*rest, header.nla_len);
	return true;
}

struct gvnp_slice gvnp_netlink_find(struct gvnp_slice attributes, uint16_t type)
{
	struct gvnp_netlink_attribute attribute;

	while (gvnp_netlink_attribute_next(&attributes, &attribute))
		if (attribute.type == type)
			return attribute.value;
	return (struct gvnp_slice){ "", 0 };
}
