/* SPDX-License-Identifier: Apache-2.0 */
/*
 * X.509 certificates and revocation lists (RFC 5280), as far as they say who, for what, with which
 * algorithms and until when. Signatures are not verified: which authority issued a certificate is
 * what it claims.
 */
#ifndef GVNP_COLLECT_CERTIFICATE_H
#define GVNP_COLLECT_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/sha256.h"
#include "base/text.h"
#include "collect/der.h"

struct gvnp_certificate {
	struct gvnp_buffer subject, issuer;
	int64_t not_before, not_after;
	char key_algorithm[GVNP_DER_OID_TEXT]; /* rsa, dsa, ec, ed25519, ed448, else the OID */
	int64_t key_bits;		       /* 0 when not known */
	char key_sha256[GVNP_SHA256_TEXT];     /* of SubjectPublicKeyInfo */
	char digest[GVNP_DER_OID_TEXT]; /* of the signature: sha256, …; none; else the OID */
	bool is_authority;		/* basicConstraints: cA */
	bool is_self_issued;
	struct gvnp_buffer key_usage; /* names of RFC 5280, comma-separated; empty: none given */
	struct gvnp_buffer purposes;  /* extended key usage likewise; others by OID */
	struct gvnp_buffer names;     /* subjectAltName: KIND:NAME, a line each */
};
void gvnp_certificate_done(struct gvnp_certificate *certificate);

/* Decodes one certificate. NULL, or what is wrong with it. Pair with gvnp_certificate_done() in
 * either case. */
const char *gvnp_certificate_decode(struct gvnp_slice der, struct gvnp_certificate *ret);

struct gvnp_revocations {
	struct gvnp_buffer issuer;
	int64_t this_update;
	int64_t next_update; /* 0: none given */
	int64_t n;
};
void gvnp_revocations_done(struct gvnp_revocations *revocations);
const char *gvnp_revocations_decode(struct gvnp_slice der, struct gvnp_revocations *ret);

/* Finds the next -----BEGIN LABEL----- block and decodes it into *der. 1: found one; 0: no more;
 * -1: one that is no base64 or has no end, `rest` then stands behind its first line. */
int gvnp_pem_next(struct gvnp_slice *rest, const char *label, struct gvnp_buffer *der);
/* True if the text has a block that ends in "PRIVATE KEY". Its content is not looked at. */
bool gvnp_pem_has_key(struct gvnp_slice text);

#endif
