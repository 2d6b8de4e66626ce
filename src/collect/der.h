/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few things of DER (X.690) that certificates and revocation lists are made of. Nothing here
 * allocates but what says so, and every size is checked against the bytes there are.
 */
#ifndef GVNP_COLLECT_DER_H
#define GVNP_COLLECT_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct gvnp_buffer;

/* First octet of an element: class, constructed bit and number. All that certificates use. */
enum gvnp_der_tag {
	GVNP_DER_BOOLEAN = 0x01,
	GVNP_DER_INTEGER = 0x02,
	GVNP_DER_BIT_STRING = 0x03,
	GVNP_DER_OCTET_STRING = 0x04,
	GVNP_DER_OID = 0x06,
	GVNP_DER_UTF8_STRING = 0x0c,
	GVNP_DER_PRINTABLE_STRING = 0x13,
	GVNP_DER_TELETEX_STRING = 0x14,
	GVNP_DER_IA5_STRING = 0x16,
	GVNP_DER_UTC_TIME = 0x17,
	GVNP_DER_GENERALIZED_TIME = 0x18,
	GVNP_DER_SEQUENCE = 0x30,
	GVNP_DER_SET = 0x31,
	GVNP_DER_CONTEXT = 0x80, /* [n]: add the number, and 0x20 when it is constructed */
	GVNP_DER_CONSTRUCTED = 0x20,
};

struct gvnp_der {
	unsigned tag;		 /* 0 when there is none */
	struct gvnp_slice whole; /* with its header */
	struct gvnp_slice body;
};

/* Cuts the next element off *rest. False at the end, and when it is not whole: then *rest is not
 * empty. Indefinite lengths and tag numbers above 30 are refused. */
bool gvnp_der_next(struct gvnp_slice *rest, struct gvnp_der *ret);
/* The next element if it has that tag; otherwise false, and nothing is cut off. */
bool gvnp_der_take(struct gvnp_slice *rest, unsigned tag, struct gvnp_der *ret);

enum { GVNP_DER_OID_TEXT = 64 }; /* longer ones, and broken ones, are "?" */
void gvnp_der_oid(const struct gvnp_der *oid, char ret[GVNP_DER_OID_TEXT]);

/* UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 allows them, in seconds since the epoch. */
bool gvnp_der_time(const struct gvnp_der *time, int64_t *ret);

/* Bits of a non-negative INTEGER. */
int64_t gvnp_der_bits(const struct gvnp_der *integer);

/* Appends a distinguished name as RFC 4514 writes it, the most particular part first, cut at 1 KiB.
 * `name` is the body of the SEQUENCE. False when it is not one. */
bool gvnp_der_name(struct gvnp_slice name, struct gvnp_buffer *text);

#endif
