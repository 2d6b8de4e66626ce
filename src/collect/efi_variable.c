/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoding EFI variables. The rule kept here: every size a variable states is compared with what is
 * left of it before it is used, and whatever does not add up is an error and not a shorter list.
 */
#include "collect/efi_variable.h"

#include <errno.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/little_endian.h"

void gvnp_efi_guid(const char *bytes, char ret[GVNP_EFI_GUID_TEXT])
{
	const unsigned char *byte = (const unsigned char *)bytes;

	snprintf(ret, GVNP_EFI_GUID_TEXT, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		 (unsigned)gvnp_little32(bytes), (unsigned)gvnp_little16(bytes + 4),
		 (unsigned)gvnp_little16(bytes + 6), byte[8], byte[9], byte[10], byte[11], byte[12],
		 byte[13], byte[14], byte[15]);
}

/* Surrogates are not paired: names of variables and boot entries are of the first plane. */
void gvnp_efi_append_utf16(struct gvnp_buffer *buffer, struct gvnp_slice bytes, size_t most)
{
	for (size_t i = 0; i < most && 2 * i + 1 < bytes.size; i++) {
		uint16_t unit = gvnp_little16(bytes.text + 2 * i);
		char utf8[3] = { (char)unit, 0, 0 };
		size_t size = 1;

		if (!unit)
			return;
		if (unit < 0x20 || unit == 0x7f || (unit >= 0xd800 && unit < 0xe000)) {
			utf8[0] = '?';
		} else if (unit >= 0x800) {
			utf8[0] = (char)(0xe0 | unit >> 12);
			utf8[1] = (char)(0x80 | (unit >> 6 & 0x3f));
			utf8[2] = (char)(0x80 | (unit & 0x3f));
			size = 3;
		} else if (unit >= 0x80) {
			utf8[0] = (char)(0xc0 | unit >> 6);
			utf8[1] = (char)(0x80 | (unit & 0x3f));
			size = 2;
		}
		gvnp_buffer_append(buffer, utf8, size);
	}
}

static enum gvnp_efi_signature_kind kind_of(const char *type)
{
	/* a5c059a1-94e4-4aa7-87b5-ab155c2bf072, c1c41626-504c-4092-aca9-41f936934328 */
	static const char x509[] =
		"\xa1\x59\xc0\xa5\xe4\x94\xa7\x4a\x87\xb5\xab\x15\x5c\x2b\xf0\x72";
	static const char sha256[] =
		"\x26\x16\xc4\xc1\x4c\x50\x92\x40\xac\xa9\x41\xf9\x36\x93\x43\x28";

	if (!memcmp(type, x509, GVNP_EFI_GUID_SIZE))
		return GVNP_EFI_SIGNATURE_X509;
	if (!memcmp(type, sha256, GVNP_EFI_GUID_SIZE))
		return GVNP_EFI_SIGNATURE_SHA256;
	return GVNP_EFI_SIGNATURE_OTHER;
}

int gvnp_efi_signatures(struct gvnp_slice data,
			void (*seen)(void *context, const struct gvnp_efi_signature *signature),
			void *context)
{
	/* type GUID, size of the list, of its header, of one signature */
	enum { HEAD = GVNP_EFI_GUID_SIZE + 3 * 4 };

	while (data.size) {
		if (data.size < HEAD)
			return -EBADMSG;
		uint32_t list = gvnp_little32(data.text + 16);
		uint32_t header = gvnp_little32(data.text + 20);
		uint32_t size = gvnp_little32(data.text + 24);

		if (list < HEAD || list > data.size || header > list - HEAD)
			return -EBADMSG;
		size_t body = list - HEAD - header;
		if (size <= GVNP_EFI_GUID_SIZE || body % size)
			return -EBADMSG;
		for (const char *at = data.text + HEAD + header; body; at += size, body -= size) {
			const struct gvnp_efi_signature signature = {
				kind_of(data.text),
				at,
				{ at + GVNP_EFI_GUID_SIZE, size - GVNP_EFI_GUID_SIZE }
			};

			seen(context, &signature);
		}
		data = (struct gvnp_slice){ data.text + list, data.size - list };
	}
	return 0;
}

const char *gvnp_efi_device_name(enum gvnp_efi_device device)
{
	static const char *const names[] = {
		[GVNP_EFI_DEVICE_OTHER] = "other",	 [GVNP_EFI_DEVICE_DISK] = "disk",
		[GVNP_EFI_DEVICE_FIRMWARE] = "firmware", [GVNP_EFI_DEVICE_CDROM] = "cdrom",
		[GVNP_EFI_DEVICE_NETWORK] = "network",	 [GVNP_EFI_DEVICE_USB] = "usb",
		[GVNP_EFI_DEVICE_FLOPPY] = "floppy",
	};

	return names[device];
}

/* BIOS Boot Specification device types, UEFI 10.3.6. */
static enum gvnp_efi_device bios_device(struct gvnp_slice node)
{
	switch (node.size >= 6 ? gvnp_little16(node.text + 4) : 0) {
	case 0x01:
		return GVNP_EFI_DEVICE_FLOPPY;
	case 0x02:
		return GVNP_EFI_DEVICE_DISK;
	case 0x03:
		return GVNP_EFI_DEVICE_CDROM;
	case 0x05:
		return GVNP_EFI_DEVICE_USB;
	case 0x06:
		return GVNP_EFI_DEVICE_NETWORK;
	default:
		return GVNP_EFI_DEVICE_OTHER;
	}
}

/* UEFI 10.3.4: messaging devices. */
static enum gvnp_efi_device messaging_device(unsigned subtype)
{
	switch (subtype) {
	case 5:	 /* USB */
	case 15: /* USB class */
	case 16: /* USB WWID */
		return GVNP_EFI_DEVICE_USB;
	case 11: /* MAC address */
	case 12: /* IPv4 */
	case 13: /* IPv6 */
	case 19: /* iSCSI */
	case 20: /* VLAN */
	case 24: /* URI */
	case 27: /* Bluetooth */
	case 28: /* Wi-Fi */
	case 30: /* Bluetooth LE */
	case 31: /* DNS */
	case 34: /* NVMe over fabrics */
		return GVNP_EFI_DEVICE_NETWORK;
	case 1:	 /* ATAPI */
	case 2:	 /* SCSI */
	case 3:	 /* Fibre Channel */
	case 17: /* logical unit */
	case 18: /* SATA */
	case 21: /* Fibre Channel Ex */
	case 22: /* SAS Ex */
	case 23: /* NVMe */
	case 25: /* UFS */
	case 26: /* SD */
	case 29: /* eMMC */
		return GVNP_EFI_DEVICE_DISK;
	default:
		return GVNP_EFI_DEVICE_OTHER;
	}
}

/* UEFI 10.3.5: media. */
static enum gvnp_efi_device media_device(unsigned subtype)
{
	switch (subtype) {
	case 1: /* hard drive partition */
		return GVNP_EFI_DEVICE_DISK;
	case 2:
		return GVNP_EFI_DEVICE_CDROM;
	case 6: /* PIWG firmware file */
	case 7: /* PIWG firmware volume */
		return GVNP_EFI_DEVICE_FIRMWARE;
	default:
		return GVNP_EFI_DEVICE_OTHER;
	}
}

/* Of a path with several, the later in the enumeration tells more: a partition on a USB stick. */
static void take_node(struct gvnp_slice node, struct gvnp_efi_option *option)
{
	enum { MESSAGING = 3, MEDIA = 4, BIOS_BOOT = 5 };
	unsigned type = (unsigned char)node.text[0], subtype = (unsigned char)node.text[1];
	enum gvnp_efi_device device = GVNP_EFI_DEVICE_OTHER;

	if (type == MESSAGING)
		device = messaging_device(subtype);
	else if (type == MEDIA)
		device = media_device(subtype);
	else if (type == BIOS_BOOT)
		device = bios_device(node);
	if (device > option->device)
		option->device = device;
	if (type == MEDIA && subtype == 4)
		option->file = (struct gvnp_slice){ node.text + 4, node.size - 4 };
	if (type == MEDIA && subtype == 6 && node.size >= 4 + GVNP_EFI_GUID_SIZE)
		option->firmware_file = node.text + 4;
}

static int take_path(struct gvnp_slice path, struct gvnp_efi_option *option)
{
	enum { END = 0x7f };

	while (path.size >= 4) {
		uint16_t size = gvnp_little16(path.text + 2);

		if (size < 4 || size > path.size)
			return -EBADMSG;
		if ((unsigned char)path.text[0] == END)
			return 0;
		take_node((struct gvnp_slice){ path.text, size }, option);
		path = (struct gvnp_slice){ path.text + size, path.size - size };
	}
	return -EBADMSG; /* no end node */
}

int gvnp_efi_option(struct gvnp_slice data, struct gvnp_efi_option *ret)
{
	enum { HEAD = 6, ACTIVE = 1, CATEGORY = 0x1f00, CATEGORY_APP = 0x100 };
	struct gvnp_efi_option option = { 0 };

	if (data.size < HEAD)
		return -EBADMSG;
	uint32_t attributes = gvnp_little32(data.text);
	size_t path = gvnp_little16(data.text + 4), end = HEAD;
	while (end + 2 <= data.size && gvnp_little16(data.text + end))
		end += 2;
	if (end + 2 > data.size || path > data.size - end - 2)
		return -EBADMSG;
	option.is_active = attributes & ACTIVE;
	option.is_application = (attributes & CATEGORY) == CATEGORY_APP;
	option.description = (struct gvnp_slice){ data.text + HEAD, end - HEAD };
	option.file = (struct gvnp_slice){ "", 0 };
	int error = take_path((struct gvnp_slice){ data.text + end + 2, path }, &option);
	if (!error)
		*ret = option;
	return error;
}
