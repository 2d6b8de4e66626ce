/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of a certificate to what it says. The rule kept here: what does not have the shape that
 * RFC 5280 gives it is refused as a whole, because half a certificate would look like a good one.
 */
#include "collect/certificate.h"

#include <stdio.h>

void gvnp_certificate_done(struct gvnp_certificate *certificate)
{
	gvnp_buffer_done(&certificate->subject);
	gvnp_buffer_done(&certificate->issuer);
	gvnp_buffer_done(&certificate->key_usage);
	gvnp_buffer_done(&certificate->purposes);
	gvnp_buffer_done(&certificate->names);
}

void gvnp_revocations_done(struct gvnp_revocations *revocations)
{
	gvnp_buffer_done(&revocations->issuer);
}

/* RFC 3279, 4055, 5758, 8410 */
static const char *const key_algorithms[][2] = {
	{ "1.2.840.113549.1.1.1", "rsa" }, { "1.2.840.113549.1.1.10", "rsa" },
	{ "1.2.840.10040.4.1", "dsa" },	   { "1.2.840.10045.2.1", "ec" },
	{ "1.3.101.112", "ed25519" },	   { "1.3.101.113", "ed448" },
};
static const char *const digests[][2] = {
	{ "1.2.840.113549.1.1.2", "md2" },
	{ "1.2.840.113549.1.1.4", "md5" },
	{ "1.2.840.113549.1.1.5", "sha1" },
	{ "1.2.840.113549.1.1.14", "sha224" },
	{ "1.2.840.113549.1.1.11", "sha256" },
	{ "1.2.840.113549.1.1.12", "sha384" },
	{ "1.2.840.113549.1.1.13", "sha512" },
	{ "1.2.840.10040.4.3", "sha1" },
	{ "2.16.840.1.101.3.4.3.1", "sha224" },
	{ "2.16.840.1.101.3.4.3.2", "sha256" },
	{ "1.2.840.10045.4.1", "sha1" },
	{ "1.2.840.10045.4.3.1", "sha224" },
	{ "1.2.840.10045.4.3.2", "sha256" },
	{ "1.2.840.10045.4.3.3", "sha384" },
	{ "1.2.840.10045.4.3.4", "sha512" },
	{ "1.3.101.112", "none" },
	{ "1.3.101.113", "none" },
	{ "1.3.14.3.2.26", "sha1" },
	{ "2.16.840.1.101.3.4.2.1", "sha256" },
	{ "2.16.840.1.101.3.4.2.2", "sha384" },
	{ "2.16.840.1.101.3.4.2.3", "sha512" },
};
static const char *const purposes[][2] = {
	{ "1.3.6.1.5.5.7.3.1", "serverAuth" },	{ "1.3.6.1.5.5.7.3.2", "clientAuth" },
	{ "1.3.6.1.5.5.7.3.3", "codeSigning" }, { "1.3.6.1.5.5.7.3.4", "emailProtection" },
	{ "1.3.6.1.5.5.7.3.9", "OCSPSigning" }, { "2.5.29.37.0", "anyExtendedKeyUsage" },
};

static const char *name_of(const char *oid, const char *const pairs[][2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(pairs[i][0], oid))
			return pairs[i][1];
	return oid;
}
#define NAME_OF(table, oid) name_of((oid), (table), sizeof(table) / sizeof *(table))

static void set_name(char ret[GVNP_DER_OID_TEXT], const char *name)
{
	snprintf(ret, GVNP_DER_OID_TEXT, "%s", name);
}

/* RSASSA-PSS names its digest in [0] of its parameters; SHA-1 when it does not (RFC 4055 3.1). */
static bool decode_pss(struct gvnp_slice parameters, char ret[GVNP_DER_OID_TEXT])
{
	struct gvnp_der sequence, field, algorithm, oid;
	char text[GVNP_DER_OID_TEXT];

	set_name(ret, "sha1");
	if (!gvnp_der_take(&parameters, GVNP_DER_SEQUENCE, &sequence))
		return false;
	if (!gvnp_der_take(&sequence.body, GVNP_DER_CONTEXT | GVNP_DER_CONSTRUCTED, &field))
		return true;
	if (!gvnp_der_take(&field.body, GVNP_DER_SEQUENCE, &algorithm) ||
	    !gvnp_der_take(&algorithm.body, GVNP_DER_OID, &oid))
		return false;
	gvnp_der_oid(&oid, text);
	set_name(ret, NAME_OF(digests, text));
	return true;
}

static bool decode_signature(struct gvnp_slice algorithm, char ret[GVNP_DER_OID_TEXT])
{
	struct gvnp_der oid;
	char text[GVNP_DER_OID_TEXT];

	if (!gvnp_der_take(&algorithm, GVNP_DER_OID, &oid))
		return false;
	gvnp_der_oid(&oid, text);
	if (!strcmp(text, "1.2.840.113549.1.1.10"))
		return decode_pss(algorithm, ret);
	set_name(ret, NAME_OF(digests, text));
	return true;
}

/* SubjectPublicKeyInfo's BIT STRING holds RSAPublicKey { modulus, … }. */
static int64_t rsa_bits(struct gvnp_slice bits)
{
	struct gvnp_der sequence, modulus;

	return gvnp_der_take(&bits, GVNP_DER_SEQUENCE, &sequence) &&
			       gvnp_der_take(&sequence.body, GVNP_DER_INTEGER, &modulus)
		       ? gvnp_der_bits(&modulus)
		       : 0;
}

/* An EC point is 04 x y, or 02 or 03 and x; the field of P-521 is no whole number of octets. */
static int64_t ec_bits(struct gvnp_slice point)
{
	size_t octets;

	if (point.size < 2)
		return 0;
	octets = point.text[0] == 4 ? (point.size - 1) / 2 : point.size - 1;
	return octets == 66 ? 521 : 8 * (int64_t)octets;
}

static bool decode_key(const struct gvnp_der *info, struct gvnp_certificate *ret)
{
	struct gvnp_slice rest = info->body;
	struct gvnp_der algorithm, oid, bits, parameters, prime;
	char text[GVNP_DER_OID_TEXT];

	if (!gvnp_der_take(&rest, GVNP_DER_SEQUENCE, &algorithm) ||
	    !gvnp_der_take(&algorithm.body, GVNP_DER_OID, &oid) ||
	    !gvnp_der_take(&rest, GVNP_DER_BIT_STRING, &bits) || bits.body.size < 2)
		return false;
	bits.body.text++; /* the number of unused bits, 0 for octets */
	bits.body.size--;
	gvnp_der_oid(&oid, text);
	set_name(ret->key_algorithm, NAME_OF(key_algorithms, text));
	if (!strcmp(ret->key_algorithm, "rsa"))
		ret->key_bits = rsa_bits(bits.body);
	else if (!strcmp(ret->key_algorithm, "ec"))
		ret->key_bits = ec_bits(bits.body);
	else if (!strcmp(ret->key_algorithm, "ed25519"))
		ret->key_bits = 256;
	else if (!strcmp(ret->key_algorithm, "ed448"))
		ret->key_bits = 456;
	else if (!strcmp(ret->key_algorithm, "dsa") &&
		 gvnp_der_take(&algorithm.body, GVNP_DER_SEQUENCE, &parameters) &&
		 gvnp_der_take(&parameters.body, GVNP_DER_INTEGER, &prime))
		ret->key_bits = gvnp_der_bits(&prime);
	gvnp_sha256(info->whole.text, info->whole.size, ret->key_sha256);
	return true;
}

static bool decode_constraints(struct gvnp_slice value, struct gvnp_certificate *ret)
{
	struct gvnp_der sequence, boolean;

	if (!gvnp_der_take(&value, GVNP_DER_SEQUENCE, &sequence))
		return false;
	if (gvnp_der_take(&sequence.body, GVNP_DER_BOOLEAN, &boolean))
		ret->is_authority = boolean.body.size == 1 && boolean.body.text[0];
	return true;
}

static void append_word(struct gvnp_buffer *words, const char *word)
{
	gvnp_buffer_append_format(words, "%s%s", words->size ? "," : "", word);
}

static bool decode_key_usage(struct gvnp_slice value, struct gvnp_certificate *ret)
{
	/* RFC 5280 4.2.1.3, from the first bit on */
	static const char *const names[] = {
		"digitalSignature", "nonRepudiation", "keyEncipherment",
		"dataEncipherment", "keyAgreement",   "keyCertSign",
		"cRLSign",	    "encipherOnly",   "decipherOnly",
	};
	struct gvnp_der bits;

	if (!gvnp_der_take(&value, GVNP_DER_BIT_STRING, &bits) || !bits.body.size)
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (1 + i / 8 < bits.body.size &&
		    (unsigned char)bits.body.text[1 + i / 8] & (0x80U >> (i % 8)))
			append_word(&ret->key_usage, names[i]);
	return true;
}

static bool decode_purposes(struct gvnp_slice value, struct gvnp_certificate *ret)
{
	struct gvnp_der sequence, oid;
	char text[GVNP_DER_OID_TEXT];

	if (!gvnp_der_take(&value, GVNP_DER_SEQUENCE, &sequence))
		return false;
	for (size_t n = 0; sequence.body.size; n++) {
		if (n == 64 || !gvnp_der_take(&sequence.body, GVNP_DER_OID, &oid))
			return false;
		gvnp_der_oid(&oid, text);
		append_word(&ret->purposes, NAME_OF(purposes, text));
	}
	return true;
}

static void append_address(struct gvnp_slice bytes, struct gvnp_buffer *names)
{
	const unsigned char *octets = (const unsigned char *)bytes.text;

	if (bytes.size == 4) {
		gvnp_buffer_append_format(names, "ip:%u.%u.%u.%u\n", octets[0], octets[1],
					  octets[2], octets[3]);
		return;
	}
	gvnp_buffer_append_text(names, "ip:");
	for (size_t i = 0; i + 1 < bytes.size && i < 16; i += 2)
		gvnp_buffer_append_format(names, "%s%x", i ? ":" : "",
					  (unsigned)octets[i] << 8 | octets[i + 1]);
	gvnp_buffer_append_text(names, "\n");
}

/* GeneralNames, RFC 5280 4.2.1.6: [1] e-mail, [2] DNS, [6] URI, [7] address; others do not name a
 * host. */
static bool decode_names(struct gvnp_slice value, struct gvnp_certificate *ret)
{
	static const char *const kinds[] = { [1] = "email", [2] = "dns", [6] = "uri" };
	struct gvnp_der sequence, name;

	if (!gvnp_der_take(&value, GVNP_DER_SEQUENCE, &sequence))
		return false;
	for (size_t n = 0; sequence.body.size; n++) {
		if (n == 256 || !gvnp_der_next(&sequence.body, &name))
			return false;
		unsigned number = name.tag & 0x1fU;

		if (name.tag == (GVNP_DER_CONTEXT | 7U))
			append_address(name.body, &ret->names);
		if ((name.tag & 0xe0U) != GVNP_DER_CONTEXT ||
		    number >= sizeof kinds / sizeof *kinds || !kinds[number])
			continue;
		gvnp_buffer_append_format(&ret->names, "%s:", kinds[number]);
		for (size_t i = 0; i < name.body.size && i < 512; i++)
			gvnp_buffer_append(&ret->names,
					   name.body.text[i] > ' ' ? &name.body.text[i] : "?", 1);
		gvnp_buffer_append_text(&ret->names, "\n");
	}
	return true;
}

/* SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING } */
static bool decode_extension(struct gvnp_slice extension, struct gvnp_certificate *ret)
{
	static const struct {
		const char *oid;
		bool (*decode)(struct gvnp_slice value, struct gvnp_certificate *ret);
	} known[] = {
		{ "2.5.29.19", decode_constraints },
		{ "2.5.29.15", decode_key_usage },
		{ "2.5.29.37", decode_purposes },
		{ "2.5.29.17", decode_names },
	};
	struct gvnp_der oid, critical, value;
	char text[GVNP_DER_OID_TEXT];

	if (!gvnp_der_take(&extension, GVNP_DER_OID, &oid))
		return false;
	gvnp_der_take(&extension, GVNP_DER_BOOLEAN, &critical);
	if (!gvnp_der_take(&extension, GVNP_DER_OCTET_STRING, &value))
		return false;
	gvnp_der_oid(&oid, text);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(known[i].oid, text))
			return known[i].decode(value.body, ret);
	return true;
}

static bool decode_extensions(struct gvnp_slice rest, struct gvnp_certificate *ret)
{
	struct gvnp_der field, sequence, extension;

	while (rest.size) {
		if (!gvnp_der_next(&rest, &field))
			return false;
		if (field.tag != (GVNP_DER_CONTEXT | GVNP_DER_CONSTRUCTED | 3))
			continue; /* [1] and [2]: unique identifiers */
		if (!gvnp_der_take(&field.body, GVNP_DER_SEQUENCE, &sequence))
			return false;
		for (size_t n = 0; sequence.body.size; n++)
			if (n == 256 ||
			    !gvnp_der_take(&sequence.body, GVNP_DER_SEQUENCE, &extension) ||
			    !decode_extension(extension.body, ret))
				return false;
	}
	return true;
}

const char *gvnp_certificate_decode(struct gvnp_slice der, struct gvnp_certificate *ret)
{
	struct gvnp_der outer, tbs, version, serial, inner, issuer, validity, before, after;
	struct gvnp_der subject, key, signature;

	if (!gvnp_der_take(&der, GVNP_DER_SEQUENCE, &outer) || der.size ||
	    !gvnp_der_take(&outer.body, GVNP_DER_SEQUENCE, &tbs) ||
	    !gvnp_der_take(&outer.body, GVNP_DER_SEQUENCE, &signature))
		return "not a certificate";
	gvnp_der_take(&tbs.body, GVNP_DER_CONTEXT | GVNP_DER_CONSTRUCTED, &version);
	if (!gvnp_der_take(&tbs.body, GVNP_DER_INTEGER, &serial) ||
	    !gvnp_der_take(&tbs.body, GVNP_DER_SEQUENCE, &inner) ||
	    !gvnp_der_take(&tbs.body, GVNP_DER_SEQUENCE, &issuer) ||
	    !gvnp_der_take(&tbs.body, GVNP_DER_SEQUENCE, &validity) ||
	    !gvnp_der_take(&tbs.body, GVNP_DER_SEQUENCE, &subject) ||
	    !gvnp_der_take(&tbs.body, GVNP_DER_SEQUENCE, &key))
		return "not a whole certificate";
	if (!gvnp_der_next(&validity.body, &before) || !gvnp_der_next(&validity.body, &after) ||
	    !gvnp_der_time(&before, &ret->not_before) || !gvnp_der_time(&after, &ret->not_after))
		return "its validity is not understood";
	if (!gvnp_der_name(issuer.body, &ret->issuer) ||
	    !gvnp_der_name(subject.body, &ret->subject))
		return "its names are not understood";
	ret->is_self_issued = issuer.body.size == subject.body.size &&
			      !memcmp(issuer.body.text, subject.body.text, subject.body.size);
	if (!decode_key(&key, ret))
		return "its public key is not understood";
	if (!decode_signature(signature.body, ret->digest))
		return "its signature is not understood";
	if (!decode_extensions(tbs.body, ret))
		return "its extensions are not understood";
	return NULL;
}

/* TBSCertList: version OPTIONAL, signature, issuer, thisUpdate, nextUpdate OPTIONAL,
 * revokedCertificates SEQUENCE OPTIONAL, [0] extensions */
const char *gvnp_revocations_decode(struct gvnp_slice der, struct gvnp_revocations *ret)
{
	struct gvnp_der outer, tbs, version, signature, issuer, time, revoked, entry;

	if (!gvnp_der_take(&der, GVNP_DER_SEQUENCE, &outer) || der.size ||
	    !gvnp_der_take(&outer.body, GVNP_DER_SEQUENCE, &tbs))
		return "not a revocation list";
	gvnp_der_take(&tbs.body, GVNP_DER_INTEGER, &version);
	if (!gvnp_der_take(&tbs.body, GVNP_DER_SEQUENCE, &signature) ||
	    !gvnp_der_take(&tbs.body, GVNP_DER_SEQUENCE, &issuer) ||
	    !gvnp_der_name(issuer.body, &ret->issuer) || !gvnp_der_next(&tbs.body, &time) ||
	    !gvnp_der_time(&time, &ret->this_update))
		return "not a whole revocation list";
	if (gvnp_der_take(&tbs.body, GVNP_DER_UTC_TIME, &time) ||
	    gvnp_der_take(&tbs.body, GVNP_DER_GENERALIZED_TIME, &time)) {
		if (!gvnp_der_time(&time, &ret->next_update))
			return "its time of renewal is not understood";
	}
	if (!gvnp_der_take(&tbs.body, GVNP_DER_SEQUENCE, &revoked))
		return NULL;
	for (; revoked.body.size; ret->n++)
		if (!gvnp_der_take(&revoked.body, GVNP_DER_SEQUENCE, &entry))
			return "its entries are not understood";
	return NULL;
}
