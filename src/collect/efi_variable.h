/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contents of EFI variables: signature databases and load options, and what both are made of.
 * Numbers and layouts: UEFI Specification 2.10, 3.1.3 (EFI_LOAD_OPTION), 8.2 (attributes), 10.3
 * (device paths), 32.4.1 (EFI_SIGNATURE_LIST).
 */
#ifndef GVNP_COLLECT_EFI_VARIABLE_H
#define GVNP_COLLECT_EFI_VARIABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct gvnp_buffer;

/* efivarfs.rst: a file is four bytes of attributes, then the data. */
enum { GVNP_EFI_ATTRIBUTES_SIZE = 4, GVNP_EFI_GUID_SIZE = 16, GVNP_EFI_GUID_TEXT = 37 };

/* A GUID as text, lower case. `bytes` are the 16 of it. */
void gvnp_efi_guid(const char *bytes, char ret[GVNP_EFI_GUID_TEXT]);

/* Appends UTF-16 up to a NUL or the end of the bytes as UTF-8, at most `most` code units. What is
 * no character becomes '?'. */
void gvnp_efi_append_utf16(struct gvnp_buffer *buffer, struct gvnp_slice bytes, size_t most);

enum gvnp_efi_signature_kind {
	GVNP_EFI_SIGNATURE_X509,   /* EFI_CERT_X509_GUID: a whole certificate */
	GVNP_EFI_SIGNATURE_SHA256, /* EFI_CERT_SHA256_GUID: of an image */
	GVNP_EFI_SIGNATURE_OTHER,
};

struct gvnp_efi_signature {
	enum gvnp_efi_signature_kind kind;
	const char *owner;	/* the 16 bytes of the owner's GUID */
	struct gvnp_slice data; /* certificate or digest */
};

/* Calls `seen` with every signature of a database (the data of the variable, without attributes).
 * Returns 0, or -EBADMSG when lists or sizes do not add up: then what was seen is not all. */
int gvnp_efi_signatures(struct gvnp_slice data,
			void (*seen)(void *context, const struct gvnp_efi_signature *signature),
			void *context);

enum gvnp_efi_device {
	GVNP_EFI_DEVICE_OTHER,
	GVNP_EFI_DEVICE_DISK,
	GVNP_EFI_DEVICE_FIRMWARE, /* a program inside the firmware's own volume */
	GVNP_EFI_DEVICE_CDROM,
	GVNP_EFI_DEVICE_NETWORK,
	GVNP_EFI_DEVICE_USB,
	GVNP_EFI_DEVICE_FLOPPY,
};

const char *gvnp_efi_device_name(enum gvnp_efi_device device);

struct gvnp_efi_option {
	bool is_active;		       /* LOAD_OPTION_ACTIVE */
	bool is_application;	       /* LOAD_OPTION_CATEGORY_APP: not tried at boot by itself */
	struct gvnp_slice description; /* UTF-16 */
	enum gvnp_efi_device device;
	struct gvnp_slice file;	   /* UTF-16 path of the media file, empty when there is none */
	const char *firmware_file; /* the 16 bytes of the GUID of a firmware file, or NULL */
};

/* A load option (the data of Boot####). Returns 0, or -EBADMSG when it is cut off or malformed. */
int gvnp_efi_option(struct gvnp_slice data, struct gvnp_efi_option *ret);

#endif
